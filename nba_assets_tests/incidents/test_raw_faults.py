"""What must reach no published row: strange codes, lines from in play, one man taken for another."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from nba_assets.landing.zone import LandingZone
from nba_assets.partitions import dates_between, season, slate_instant
from nba_assets.sandbox.faults import Fault
from nba_assets.sandbox.league import League
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds.nba import NBA_SCHEDULE
from nba_assets.sources.teams import TEAMS
from nba_assets_tests.incidents.faulty import Faulty, faulty
from nba_assets_tests.incidents.findings import PLAYERS
from nba_assets_tests.incidents.nights import our_id
from nba_assets_tests.incidents.test_identity import NEMO
from nba_assets_tests.platform import platform
from nba_assets_tests.sources.payloads import as_bytes, game, schedule

TRICODES = {team.tricode for team in TEAMS}

# Without a season file: two nights of all thirty teams by each of the providers that list games,
# and then a night of each on which one code is nobody's.
BY_ESPN = (date(2025, 10, 21), date(2025, 10, 22))
BY_BDL = (date(2025, 10, 23), date(2025, 10, 24))
STRANGE = {"espn_scoreboard": date(2025, 10, 25), "bdl_games": date(2025, 10, 26)}
LISTS = ("landing/nba_schedule", "landing/espn_scoreboard", "landing/bdl_games", "raw/schedule")
SCHEDULE = "raw/schedule"


@pytest.fixture(scope="module")
def listed(league: League, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    faults = [
        Fault(kind="missing", feed="nba_schedule"),
        *(
            Fault(kind="missing", feed="espn_scoreboard", date=day)
            for day in (*BY_BDL, STRANGE["bdl_games"])
        ),
        *(
            Fault(kind="unknown_team", feed=feed, game=league.games_on(day)[0].game_id)
            for feed, day in STRANGE.items()
        ),
    ]
    home = tmp_path_factory.mktemp("listed")
    with faulty(home, league, BY_ESPN[0], STRANGE["bdl_games"], LISTS, faults) as found:
        yield found


@pytest.mark.parametrize(
    ("days", "source"), [(BY_ESPN, "espn_scoreboard"), (BY_BDL, "bdl_games")], ids=["espn", "bdl"]
)
def test_all_thirty_teams_come_back_from_the_spelling_of_whoever_lists_the_games(
    league: League, listed: Faulty, days: tuple[date, date], source: str
) -> None:
    rows = listed.platform.read("raw.schedule", *days)
    assert set(rows["source"]) == {f"sandbox:{source}"}
    assert set(rows["home_team"]) | set(rows["away_team"]) == TRICODES
    expected = {our_id(fixture) for day in days for fixture in league.games_on(day)}
    assert set(rows["game_id"]) == expected
    assert {listed.state(SCHEDULE, day) for day in days} == {"degraded"}


@pytest.mark.parametrize("source", STRANGE)
def test_a_game_of_a_code_that_nobody_knows_is_quarantined_and_the_date_degraded(
    league: League, listed: Faulty, source: str
) -> None:
    day = STRANGE[source]
    strange, *others = league.games_on(day)
    rows = listed.platform.read("raw.schedule", day)
    assert set(rows["source"]) == {f"sandbox:{source}"}
    assert set(rows["game_id"]) == {our_id(fixture) for fixture in others}
    said = listed.said(SCHEDULE, "every_team_is_known", day)
    assert (said.passed, said.effect, said.offenders) == (False, "quarantines", 1)
    assert "known_team: " in said.named
    assert "XYZ" in said.named
    (held,) = listed.platform.quarantined("raw.schedule", day)["every_team_is_known"].to_dict(
        "records"
    )
    assert {held["home_team"], held["away_team"]} == {"XYZ"} | (
        {strange.home, strange.away} & {held["home_team"], held["away_team"]}
    )
    assert held["landing_path"]
    assert listed.state(SCHEDULE, day) == "degraded"
    assert "XYZ" in listed.reason(SCHEDULE, day)


# Lines. On the first date each game of The Odds API has its own fault, on the second its clock or a
# code is wrong, on the third it has no lines and each game of BettingPros has its own fault.
ODDS_FAULTS, CLOCKS, BETTINGPROS_FAULTS = dates_between(date(2025, 11, 3), date(2025, 11, 5))
ODDS, LINES, OFFERS = "odds_player_points", "odds_game_lines", "bettingpros_offers"
OF_ODDS = (
    "html",
    "truncated",
    "renamed_key",
    "number_as_string",
    "unknown_player",
    "in_play_lines",
    "alternate_lines",
    "one_sided_prices",
    "duplicated",
)
OF_BETTINGPROS = (
    "html",
    "partial_pages",
    "renamed_key",
    "empty",
    "number_as_string",
    "unknown_player",
    "one_sided_prices",
    "in_play_lines",
    "duplicated",
)
SILENCED = OF_BETTINGPROS[:5]
PROPS, GAME_LINES = "raw.player_prop_lines", "raw.game_lines"
BOOKS = (
    *(
        f"landing/{name}"
        for name in (
            "nba_schedule", "nba_players", "odds_events", ODDS, LINES, "bettingpros_events", OFFERS,
        )
    ),
    "raw/schedule", "raw/players", "raw/player_prop_lines", "raw/game_lines",
)  # fmt: skip
THREE_HOURS = timedelta(hours=3)


@pytest.fixture(scope="module")
def books(league: League, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    def nth(day: date, number: int) -> str:
        return league.games_on(day)[number].game_id

    ahead = THREE_HOURS.total_seconds()
    faults = [
        *(Fault(kind=kind, feed=ODDS, game=nth(ODDS_FAULTS, n)) for n, kind in enumerate(OF_ODDS)),
        Fault(kind="in_play_lines", feed=LINES, game=nth(ODDS_FAULTS, 0)),
        Fault(kind="unknown_team", feed="odds_events", game=nth(CLOCKS, 0)),
        Fault(kind="skewed_clock", feed=ODDS, game=nth(CLOCKS, 1), seconds=ahead),
        Fault(kind="skewed_clock", feed=LINES, game=nth(CLOCKS, 2), seconds=ahead),
        Fault(kind="skewed_clock", feed=ODDS, game=nth(CLOCKS, 3), seconds=600),
        Fault(kind="missing", feed=ODDS, date=BETTINGPROS_FAULTS),
        *(
            Fault(kind=kind, feed=OFFERS, game=nth(BETTINGPROS_FAULTS, n))
            for n, kind in enumerate(OF_BETTINGPROS)
        ),
    ]
    home = tmp_path_factory.mktemp("books")
    with faulty(home, league, ODDS_FAULTS, BETTINGPROS_FAULTS, BOOKS, faults) as found:
        yield found


@pytest.fixture(scope="module")
def props(books: Faulty) -> pd.DataFrame:
    return books.platform.read(PROPS, ODDS_FAULTS, BETTINGPROS_FAULTS)


def faulty_game(league: League, day: date, number: int) -> str:
    return our_id(league.games_on(day)[number])


def held_of(books: Faulty, table: str, day: date, gate: str, game_id: str) -> pd.DataFrame:
    """The quarantined rows of a game by one gate; none where the gate held nothing."""
    held = books.platform.quarantined(table, day).get(gate)
    return pd.DataFrame() if held is None else held[held["game_id"] == game_id]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("html", "wrong_kind: 200 with an HTML page"),
        ("truncated", "not_whole: the connection broke"),
        ("renamed_key", " has a price"),
        ("number_as_string", "Input should be a valid"),
    ],
)
def test_bettingpros_stands_in_for_a_game_that_the_odds_api_spoils(
    league: League, books: Faulty, props: pd.DataFrame, kind: str, words: str
) -> None:
    rows = props[props["game_id"] == faulty_game(league, ODDS_FAULTS, OF_ODDS.index(kind))]
    assert set(rows["source"]) == {f"sandbox:{OFFERS}"}
    assert rows["is_degraded"].all()
    assert words in books.facts("raw/player_prop_lines", ODDS_FAULTS)["passed_over"]
    assert books.state(f"landing/{ODDS}", ODDS_FAULTS) == "incomplete"


@pytest.mark.parametrize(
    ("day", "kinds"),
    [(ODDS_FAULTS, OF_ODDS), (BETTINGPROS_FAULTS, OF_BETTINGPROS)],
    ids=["odds", "bettingpros"],
)
def test_a_line_that_is_stamped_after_the_tip_reaches_no_row(
    league: League, books: Faulty, props: pd.DataFrame, day: date, kinds: tuple[str, ...]
) -> None:
    game_id = faulty_game(league, day, kinds.index("in_play_lines"))
    assert props[props["game_id"] == game_id].empty
    held = held_of(books, PROPS, day, "line_before_tip", game_id)
    assert len(held) > 100
    assert held["quarantine_reason"].str.contains(r" moved 12\.0 minutes after tip").all()
    said = books.said("raw/player_prop_lines", "line_before_tip", day)
    assert (said.passed, said.effect, said.offenders) == (False, "quarantines", len(held))
    assert books.state("raw/player_prop_lines", day) == "degraded"


def test_a_spread_that_is_stamped_after_the_tip_reaches_no_row(
    league: League, books: Faulty
) -> None:
    game_id = faulty_game(league, ODDS_FAULTS, 0)
    rows = books.platform.read(GAME_LINES, ODDS_FAULTS)
    assert rows["game_id"].nunique() == 8
    assert game_id not in set(rows["game_id"])
    assert len(held_of(books, GAME_LINES, ODDS_FAULTS, "line_before_tip", game_id))


def test_further_points_of_a_book_are_counted_and_make_no_row(
    league: League, books: Faulty, props: pd.DataFrame
) -> None:
    game_id = faulty_game(league, ODDS_FAULTS, OF_ODDS.index("alternate_lines"))
    rows = props[props["game_id"] == game_id]
    assert len(rows)
    assert not rows.duplicated(["player_id", "book", "observed_at"]).any()
    # The further points are two off and long on one side: the balanced line is the one that is left.
    spread = rows.groupby(["player_id", "observed_at"])["line"].agg(lambda x: x.max() - x.min())
    assert spread.median() < 2
    counted = int(books.facts("raw/player_prop_lines", ODDS_FAULTS)["alternate_lines"])
    assert counted >= 2 * len(rows)


@pytest.mark.parametrize(
    ("day", "kinds"),
    [(ODDS_FAULTS, OF_ODDS), (BETTINGPROS_FAULTS, OF_BETTINGPROS)],
    ids=["odds", "bettingpros"],
)
def test_a_line_of_one_price_is_quarantined_and_its_neighbours_published(
    league: League, books: Faulty, props: pd.DataFrame, day: date, kinds: tuple[str, ...]
) -> None:
    game_id = faulty_game(league, day, kinds.index("one_sided_prices"))
    rows = props[props["game_id"] == game_id]
    assert len(rows)
    held = held_of(books, PROPS, day, "two_prices", game_id)
    assert held["quarantine_reason"].str.contains("only over has a price").all()
    assert len(held) == books.said("raw/player_prop_lines", "two_prices", day).offenders > 50
    assert not props[["over_price", "under_price"]].isna().any().any()


@pytest.mark.parametrize(
    ("day", "kinds"),
    [(ODDS_FAULTS, OF_ODDS), (BETTINGPROS_FAULTS, OF_BETTINGPROS)],
    ids=["odds", "bettingpros"],
)
def test_lines_of_a_man_whom_nobody_knows_are_set_aside_with_their_body(
    league: League, books: Faulty, props: pd.DataFrame, day: date, kinds: tuple[str, ...]
) -> None:
    game_id = faulty_game(league, day, kinds.index("unknown_player"))
    aside = held_of(books, PROPS, day, "every_name_is_resolved", game_id)
    assert set(aside["player_name"]) == {NEMO}
    assert all(
        (books.platform.settings.landing_url / path).is_file() for path in aside["landing_path"]
    )
    rows = props[props["game_id"] == game_id]
    assert len(rows)
    assert NEMO not in set(rows["player_name"])


@pytest.mark.parametrize(
    ("day", "kinds"),
    [(ODDS_FAULTS, OF_ODDS), (BETTINGPROS_FAULTS, OF_BETTINGPROS)],
    ids=["odds", "bettingpros"],
)
def test_a_line_that_is_offered_twice_alike_is_one_row(
    league: League, props: pd.DataFrame, day: date, kinds: tuple[str, ...]
) -> None:
    rows = props[props["game_id"] == faulty_game(league, day, kinds.index("duplicated"))]
    assert len(rows)
    assert not rows.duplicated(["player_id", "market", "book", "observed_at"]).any()


def test_where_no_bookmaker_can_be_read_the_game_has_no_line_and_is_named(
    league: League, books: Faulty, props: pd.DataFrame
) -> None:
    silent = {faulty_game(league, BETTINGPROS_FAULTS, n) for n in range(len(SILENCED))}
    assert not silent & set(props["game_id"])
    said = books.said("raw/player_prop_lines", "every_game_has_a_market", BETTINGPROS_FAULTS)
    assert (said.passed, said.effect) == (False, "degrades")
    assert all(game_id in said.named for game_id in silent)
    passed_over = books.facts("raw/player_prop_lines", BETTINGPROS_FAULTS)["passed_over"]
    assert "wrong_kind: 200 with an HTML page" in passed_over


@pytest.mark.parametrize(
    ("table", "number", "late"),
    # Of the lock, and where closing lines are asked for, of 10 minutes before the tip.
    [(PROPS, 1, r"150\.0|170\.0"), (GAME_LINES, 2, r"150\.0")],
    ids=["players", "games"],
)
def test_a_line_that_the_later_of_two_clocks_calls_after_the_tip_is_quarantined(
    league: League, books: Faulty, table: str, number: int, late: str
) -> None:
    fixture = league.games_on(CLOCKS)[number]
    held = held_of(books, table, CLOCKS, "line_before_tip", our_id(fixture))
    assert len(held) > 20
    assert (held["observed_at"] > fixture.tip_at).all()
    said = held["quarantine_reason"].str.extract(r" observed (\S+) minutes after tip")[0]
    assert said.str.fullmatch(late).all()
    rows = books.platform.read(table, CLOCKS)
    rows = rows[rows["game_id"] == our_id(fixture)]
    # The capture of the morning stays, dated by the later clock.
    well = books.platform.read(table, CLOCKS)
    well = well[well["game_id"] == faulty_game(league, CLOCKS, 4)]
    is_odds = rows["source"].str.contains("odds")
    assert set(rows.loc[is_odds, "observed_at"]) == {well["observed_at"].min() + THREE_HOURS}
    # By that clock nothing was told by 10:00: there BettingPros stands in, and nowhere else.
    assert (rows.loc[~is_odds, "observed_at"] <= slate_instant(CLOCKS)).all()
    assert (~is_odds).any() == (table == PROPS)
    asset = table.replace(".", "/")
    assert books.state(asset, CLOCKS) == "degraded"
    assert "line_before_tip" in books.reason(asset, CLOCKS)


def test_clocks_that_disagree_are_told_by_the_landing_asset(books: Faulty) -> None:
    told = books.facts(f"landing/{ODDS}", CLOCKS)["clock_skew"]
    assert "+10800 s" in told
    assert "+600 s" in told


def test_an_event_of_a_team_that_nobody_knows_is_set_aside_and_its_game_keeps_its_lines(
    league: League, books: Faulty, props: pd.DataFrame
) -> None:
    for asset in ("raw/player_prop_lines", "raw/game_lines"):
        said = books.said(asset, "every_event_is_unmistakable", CLOCKS)
        assert (said.passed, said.effect, said.offenders) == (False, "quarantines", 1)
        assert "no team is called 'Nowhere Nobodies'" in said.named
    assert faulty_game(league, CLOCKS, 0) in set(props["game_id"])


# A man who plays for two teams in three days; on the second of them ESPN knows him by name alone.
BEFORE, AFTER = date(2025, 10, 29), date(2025, 10, 31)
TRADED = (
    *(
        f"landing/{name}"
        for name in (
            "nba_schedule", "nba_players", "nba_transactions", "espn_scoreboard", "nba_boxscore",
            "nba_game_log", "espn_summary",
        )
    ),
    "raw/schedule", "raw/players", "raw/transactions", "raw/player_box_scores",
    "raw/team_box_scores",
)  # fmt: skip


@pytest.fixture(scope="module")
def traded(league: League, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    faults = [
        Fault(kind="missing", feed=feed, date=AFTER) for feed in ("nba_boxscore", "nba_game_log")
    ]
    with faulty(tmp_path_factory.mktemp("traded"), league, BEFORE, AFTER, TRADED, faults) as found:
        yield found


def test_a_man_who_is_traded_in_the_week_is_one_man_of_the_team_of_each_box(
    league: League, traded: Faulty
) -> None:
    trade = next(trade for trade in league.trades if BEFORE < trade.day < AFTER)
    rows = traded.platform.read(PLAYERS, BEFORE, AFTER)
    teams = {}
    for person in (trade.one, trade.other):
        own = rows[(rows["player_id"] == str(person)) & rows["played"]].sort_values("game_date")
        assert own["game_date"].tolist() == [BEFORE, AFTER]
        assert own["source"].tolist() == ["sandbox:nba_boxscore", "sandbox:espn_summary"]
        teams[person] = own["team"].tolist()
    assert teams[trade.one] == teams[trade.other][::-1]
    assert len(set(teams[trade.one])) == 2
    for day in (BEFORE, AFTER):
        assert traded.said("raw/player_box_scores", "both_line_ups_are_plausible", day).passed
        assert traded.platform.quarantined(PLAYERS, day) == {}
    assert traded.state("raw/player_box_scores", BEFORE) == "published"


# The clocks go back on 2 November and forward on 8 March.
@pytest.mark.parametrize("sunday", [date(2025, 11, 2), date(2026, 3, 8)], ids=str)
def test_games_of_the_nights_on_which_clocks_change_are_each_of_one_date(
    tmp_path: Path, league: League, sunday: date
) -> None:
    first, last = sunday - timedelta(days=1), sunday + timedelta(days=1)
    with platform(tmp_path) as found:
        found.backfill(first, last, ["landing/nba_schedule", "raw/schedule"])
        rows = found.read("raw.schedule", first, last)
    assert not rows["game_id"].duplicated().any()
    fixtures = [fixture for day in dates_between(first, last) for fixture in league.games_on(day)]
    assert set(rows["game_id"]) >= {our_id(fixture) for fixture in fixtures}
    tips = rows.set_index("game_id")["tip_at"]
    assert all(tips[our_id(fixture)] == fixture.tip_at for fixture in fixtures)
    late = [fixture for fixture in fixtures if fixture.tip_at.date() > fixture.day]
    assert late


def test_a_date_of_an_all_star_game_alone_is_one_without_games(tmp_path: Path) -> None:
    sunday = date(2026, 2, 15)
    exhibition = game("0032500003", "2026-02-15", "STP", "STR", "2026-02-15T22:00:00Z")
    (request, *_) = NBA_SCHEDULE.requests(Subject(sunday, season(2025)))
    with platform(tmp_path) as found:
        zone = LandingZone(found.settings.landing_url, tmp_path / "quarantine" / "landing")
        zone.keep(request, slate_instant(sunday), as_bytes(schedule(game(), exhibition)))
        result = found.run(["raw/schedule", "raw/player_box_scores", "raw/team_box_scores"], sunday)
        assert result.success
        for table in ("raw.schedule", PLAYERS):
            assert found.read(table, sunday).empty
            assert found.quarantined(table, sunday) == {}
            cell = found.status(sunday, assets=[table.replace(".", "/")])
            assert [one.state for one in cell.values()] == ["empty"]
