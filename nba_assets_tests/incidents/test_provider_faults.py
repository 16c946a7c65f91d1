"""Every provider at its worst: what each feed refuses, who stands in for it, and what is then missing."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from nba_assets.landing.desk import Asked, Desk
from nba_assets.landing.zone import LandingZone
from nba_assets.partitions import dates_between, eastern_date, slate_instant
from nba_assets.sandbox.adapter import SandboxAdapter
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets.settings import Settings
from nba_assets.sources.balldontlie import Page
from nba_assets.sources.feed import Feed
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.policy import POLICIES
from nba_assets.sources.transport import Transport
from nba_assets_tests.incidents.faulty import Faulty, faulty
from nba_assets_tests.incidents.findings import PLAYERS, TEAMS, HurriedClock
from nba_assets_tests.incidents.nights import our_id
from nba_assets_tests.incidents.test_identity import NEMO
from nba_assets_tests.landing.by_hand import ALL_KEYS, DAY, ONE_TRY, desk_in, plain, with_games
from nba_assets_tests.load import SkippingClock
from nba_assets_tests.platform import Platform, platform
from nba_assets_tests.sources.provider import Provider, Reply, TestClock

BY_NAME = {feed.name: feed for feed in FEEDS}
FOUR_GAMES = date(2025, 10, 23)
# Whose bodies tell what to ask the others about.
NEEDED = (
    "nba_schedule",
    "espn_scoreboard",
    "odds_events",
    "bettingpros_events",
    "bigdataball_files",
)

PAGE = "wrong_kind: 200 with an HTML page instead of"
HALF = "not_whole: the connection broke"
NO_NUMBER = "Input should be a valid"
NO_FIELD = "Field required"
SAYS_NOTHING = "empty: the body is well formed and says nothing"
YESTERDAY = "rows of 2025-10-22, asked was 2025-10-23"
ANOTHER_GAME = "home_away_matches_schedule: LAC at BOS, the schedule has MIA at BOS"

# By feed and fault: how the refusal says it.
REFUSALS: dict[str, dict[str, str]] = {
    "nba_players": {"renamed_key": NO_FIELD, "number_as_string": NO_NUMBER, "empty": SAYS_NOTHING},
    "nba_rosters": {
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
        "empty": SAYS_NOTHING,
        "unknown_team": "the roster of 1, BOS, asked was BOS",
    },
    "nba_standings": {"html": PAGE, "renamed_key": NO_FIELD, "number_as_string": NO_NUMBER},
    "nba_transactions": {
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
        "empty": SAYS_NOTHING,
    },
    "nba_lineups": {
        "wrong_date": "line-ups announced on 2025-10-22, asked was 2025-10-23",
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
    },
    "nba_officials": {
        "html": PAGE,
        "truncated": HALF,
        "wrong_date": YESTERDAY,
        "number_as_string": NO_NUMBER,
        "empty": SAYS_NOTHING,
    },
    "nba_injury_report": {
        "html": f"{PAGE} PDF",
        "truncated": HALF,
        "wrong_date": "the report of 2025-10-22 09:00 ET, asked was 2025-10-23 09:00 ET",
    },
    "nba_gamebook": {"html": f"{PAGE} PDF", "truncated": HALF, "wrong_date": ANOTHER_GAME},
    "espn_scoreboard": {
        "html": PAGE,
        "truncated": HALF,
        "wrong_date": YESTERDAY,
        "number_as_string": NO_NUMBER,
        "empty": "empty: no events, and the calendar has games on 2025-10-23",
    },
    "espn_summary": {
        "html": PAGE,
        "truncated": HALF,
        "wrong_date": ANOTHER_GAME,
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
        "empty": "empty: no players",
        "unknown_team": "known_team: players of XYZ in MIA at BOS",
    },
    "espn_injuries": {"html": PAGE, "truncated": HALF, "renamed_key": NO_FIELD},
    "espn_rosters": {
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
        "empty": SAYS_NOTHING,
    },
    "bdl_games": {
        "wrong_date": YESTERDAY,
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
    },
    "bdl_box_scores": {
        "html": PAGE,
        "truncated": HALF,
        "wrong_date": YESTERDAY,
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
    },
    "bdl_stats": {
        "html": PAGE,
        "wrong_date": YESTERDAY,
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
    },
    "bdl_players": {"html": PAGE, "renamed_key": NO_FIELD, "number_as_string": NO_NUMBER},
    "bdl_injuries": {"html": PAGE, "renamed_key": NO_FIELD, "number_as_string": NO_NUMBER},
    "bdl_standings": {"html": PAGE, "renamed_key": NO_FIELD, "number_as_string": NO_NUMBER},
    "odds_events": {"html": PAGE, "truncated": HALF, "renamed_key": NO_FIELD},
    "odds_player_points": {
        "html": PAGE,
        "truncated": HALF,
        "renamed_key": " has a price",
        "number_as_string": NO_NUMBER,
        "unknown_team": "home_away_matches_schedule: MIA at ",
    },
    "odds_game_lines": {
        "html": PAGE,
        "number_as_string": NO_NUMBER,
        "unknown_team": "home_away_matches_schedule: MIA at ",
    },
    "bettingpros_events": {
        "html": PAGE,
        "truncated": HALF,
        "wrong_date": "events of 2025-10-22, asked was 2025-10-23",
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
    },
    "bettingpros_offers": {
        "html": PAGE,
        "truncated": HALF,
        "renamed_key": NO_FIELD,
        "number_as_string": NO_NUMBER,
        "partial_pages": "pages_complete: ",
    },
    "bigdataball_files": {"html": PAGE, "truncated": HALF},
    "detailed_pbp": {
        "html": f"{PAGE} CSV",
        "truncated": HALF,
        "renamed_key": "line 1: no column result",
        "wrong_date": "the file is of game 0022500008, asked was 0022500016",
    },
    "bref_box_scores": {
        # The block page is of the kind that is asked for: its content is what gives it away.
        "html": "the scorebox has the teams [], not two",
        "truncated": HALF,
        "wrong_date": ANOTHER_GAME,
        "renamed_key": "box-MIA-game-basic, row 1: no pts",
        "empty": "box-MIA-game-basic: the players' points are 0",
    },
    "bref_rosters": {
        "html": "the heading is [], not a season and a team",
        "truncated": HALF,
        "renamed_key": "roster, row 1: no pos",
        "empty": SAYS_NOTHING,
    },
}
MATRIX = [(feed, kind, words) for feed, kinds in REFUSALS.items() for kind, words in kinds.items()]
# One feed of each provider's host; nothing there is word that there is none, and no failure.
ABSENT = (
    "nba_lineups",
    "nba_injury_report",
    "nba_officials",
    "espn_summary",
    "bdl_box_scores",
    "odds_player_points",
    "bettingpros_offers",
    "bigdataball_files",
    "bref_box_scores",
)


class Counter:
    """Desks of their own zones over one sandbox, in each of which the lists of games have landed."""

    def __init__(self, home: Path, server: SandboxServer) -> None:
        self.home, self.server = home, server
        settings = Settings.load({"NBA_ASSETS_SOURCE": "sandbox"}, folder=home)
        self.settings = settings.model_copy(update={"home": home, "keys": ALL_KEYS})
        adapter = SandboxAdapter(server.url, settings.sandbox_seed, home / "none")
        self.transport = Transport(
            lambda session: session.mount("https://", adapter),
            clock=HurriedClock(),
            paced=False,
            keys=ALL_KEYS,
        )
        for name in NEEDED:
            assert self.desk(home).ask(BY_NAME[name], FOUR_GAMES).state == "answered"

    def desk(self, home: Path) -> Desk:
        """A desk over what has landed in a folder; another one's is copied into it."""
        if not (home / "landing").exists() and home != self.home:
            shutil.copytree(self.home / "landing", home / "landing")
        return Desk(self.settings, self.transport, LandingZone(home / "landing", home / "apart"))


@pytest.fixture(scope="module")
def counter(league: League, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with SandboxServer(league) as server:
        yield Counter(tmp_path_factory.mktemp("counter"), server)


@pytest.fixture
def broken_by(counter: Counter) -> Iterator[SandboxServer]:
    """The sandbox, mended when the test is over."""
    yield counter.server
    counter.server.faults.clear()


def answers(desk: Desk, feed: Feed) -> list[bool]:
    """Of each subject of the date, whether a capture answers for it."""
    return [
        desk.read(feed, subject, desk.instant("results", FOUR_GAMES)).payload is not None
        for subject in desk.subjects(feed, FOUR_GAMES)[0]
    ]


@pytest.mark.parametrize(
    ("name", "kind", "words"), MATRIX, ids=[f"{feed}-{kind}" for feed, kind, _ in MATRIX]
)
def test_a_bad_body_is_refused_by_what_is_wrong_with_it_and_answers_for_nobody(
    counter: Counter, broken_by: SandboxServer, tmp_path: Path, name: str, kind: str, words: str
) -> None:
    feed, desk = BY_NAME[name], counter.desk(tmp_path)
    if name in NEEDED:  # its good body has landed with the others: it is not what this is about
        shutil.rmtree(desk.zone.root / feed.host)
    broken_by.faults.add(Fault(kind=kind, feed=name))
    asked = desk.ask(feed, FOUR_GAMES)
    assert asked.state == "incomplete"
    assert asked.failed
    assert words in asked.failed[0]
    is_no_body = words.startswith((PAGE, HALF))
    assert (asked.bodies == 0) == is_no_body
    assert any(tmp_path.glob("apart/**/*.gz")) == is_no_body
    assert not any(answers(desk, feed))


def test_a_list_whose_finals_have_lost_their_scores_leaves_the_mornings_list_standing(
    counter: Counter, broken_by: SandboxServer, tmp_path: Path
) -> None:
    feed, desk = BY_NAME["espn_scoreboard"], counter.desk(tmp_path)
    shutil.rmtree(desk.zone.root / feed.host)
    broken_by.faults.add(Fault(kind="renamed_key", feed=feed.name))
    asked = desk.ask(feed, FOUR_GAMES)
    assert asked.state == "incomplete"
    (failed,) = asked.failed
    assert "is final and has no score" in failed
    (subject,) = desk.subjects(feed, FOUR_GAMES)[0]
    reading = desk.read(feed, subject)
    assert reading.observed_at is not None
    assert reading.observed_at <= slate_instant(FOUR_GAMES)
    (refused,) = reading.passed_over
    assert refused.reason in failed


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_not_there_is_word_of_the_provider_and_no_failure(
    counter: Counter, broken_by: SandboxServer, tmp_path: Path, name: str
) -> None:
    feed, desk = BY_NAME[name], counter.desk(tmp_path)
    if name in NEEDED:
        shutil.rmtree(desk.zone.root / feed.host)
    broken_by.faults.add(Fault(kind="missing", feed=name))
    asked = desk.ask(feed, FOUR_GAMES)
    assert (asked.state, asked.failed, asked.bodies) == ("empty", [], 0)
    assert all(line.endswith("not_found") for line in asked.no_data)
    assert len(asked.no_data) >= len(desk.subjects(feed, FOUR_GAMES)[0]) > 0
    assert asked.attempts == asked.requests


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("odds_player_points", "no market yet"),
        ("odds_game_lines", "no market yet"),
        ("odds_events", "no events are listed"),
        ("bettingpros_offers", "no offers before the lines open"),
        ("nba_lineups", "nothing is announced yet"),
        ("espn_injuries", "nobody is hurt"),
        ("nba_standings", "no standings yet"),
    ],
)
def test_an_empty_list_where_that_is_legal_is_an_answer_in_its_own_words(
    counter: Counter, broken_by: SandboxServer, tmp_path: Path, name: str, words: str
) -> None:
    desk = counter.desk(tmp_path)
    broken_by.faults.add(Fault(kind="empty", feed=name))
    asked = desk.ask(BY_NAME[name], FOUR_GAMES)
    assert (asked.state, asked.failed) == ("answered", [])
    assert all(line.endswith(words) for line in asked.no_data)
    assert asked.no_data


# What the classes of failure are called, and how often a host is then asked.
CLASSES = {
    "refused": (Reply(403), {"blocked", "not_found"}),
    "proxy": (Reply(407), {"settings"}),
    "auth": (Reply(401), {"auth"}),
    "silence": (Reply(manner="mute"), {"timeout"}),
}


@pytest.mark.parametrize("host", POLICIES)
def test_what_a_host_does_wrong_has_one_class_each_and_is_not_repeated_where_that_is_no_use(
    tmp_path: Path, host: str
) -> None:
    policies = {
        name: replace(policy, timeout=0.2, stops_on=frozenset(), breaker_failures=99)
        for name, policy in ONE_TRY.items()
    }
    policies[host] = replace(policies[host], tries=2)
    clock = TestClock(datetime(2025, 10, 21, 13, tzinfo=UTC))
    with Provider() as provider:
        desk = with_games(desk_in(tmp_path, provider, clock, policies=policies))
        found: dict[str, Asked] = {}
        for kind, (reply, _) in CLASSES.items():
            provider.serve(f"/{host}/{kind}", reply)
            found[kind] = desk.ask(plain(kind, host), DAY)
        asked = [seen.path.partition("?")[0].rpartition("/")[2] for seen in provider.seen]
    for kind, (_, outcomes) in CLASSES.items():
        assert set(found[kind].outcomes) <= outcomes, kind
        if kind != "silence":
            assert asked.count(kind) == found[kind].attempts == 1, kind
    assert found["silence"].attempts == 1 + ("timeout" in policies[host].retries)
    assert POLICIES[host].deadline <= 90


# Box scores of a week: NBA.com has none, and ESPN or BallDontLie stand in for it.
(
    UNKNOWN_CODE,
    UNKNOWN_NAME,
    ONE_OF_NINE,
    NONE_OF_FIVE,
    ESPN_NIGHT,
    NOBODY,
    SECOND_SOURCE,
) = dates_between(date(2025, 11, 1), date(2025, 11, 7))
BOXES = (
    *(
        f"landing/{name}"
        for name in (
            "nba_schedule", "nba_players", "espn_scoreboard", "nba_boxscore", "nba_game_log",
            "espn_summary", "bdl_box_scores",
        )
    ),
    "raw/schedule", "raw/players", "raw/player_box_scores", "raw/team_box_scores",
)  # fmt: skip
RAW_PLAYERS, RAW_TEAMS = "raw/player_box_scores", "raw/team_box_scores"
COVERED = "scheduled_games_are_covered"
# Of ESPN_NIGHT, one game each: what ESPN's summary suffers, and how the rows say why it is not theirs.
ESPN_FLAWS: dict[str, tuple[dict[str, Any], str]] = {
    "html": ({"kind": "html"}, PAGE),
    "missing": ({"kind": "missing"}, "no espn_summary body"),
    "truncated": ({"kind": "truncated"}, HALF),
    "honest": ({"kind": "truncated", "is_length_honest": True}, "not_whole: 200 with broken JSON"),
    "renamed_key": ({"kind": "renamed_key"}, NO_FIELD),
    "number_as_string": ({"kind": "number_as_string"}, NO_NUMBER),
    "empty": ({"kind": "empty"}, "empty: no players"),
    "stale": ({"kind": "stale"}, "home_away_matches_schedule"),
    "unknown_team": ({"kind": "unknown_team"}, "known_team: players of XYZ"),
    "unknown_player": ({"kind": "unknown_player"}, f"{NEMO} "),
}


@pytest.fixture(scope="module")
def boxes(league: League, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    def game(day: date, number: int) -> str:
        return league.games_on(day)[number].game_id

    espn, bdl = "espn_summary", "bdl_box_scores"
    faults = [Fault(kind="missing", feed=feed) for feed in ("nba_boxscore", "nba_game_log")]
    faults += [
        Fault(kind="missing", feed=espn, date=day)
        for day in (UNKNOWN_CODE, UNKNOWN_NAME, ONE_OF_NINE, NONE_OF_FIVE)
    ]
    faults += [
        Fault(kind="unknown_team", feed=bdl, game=game(UNKNOWN_CODE, 1)),
        Fault(kind="unknown_player", feed=bdl, game=game(UNKNOWN_NAME, 1)),
        Fault(kind="short", games=1, feed=bdl, date=ONE_OF_NINE),
        Fault(kind="empty", feed=bdl, date=NONE_OF_FIVE),
        Fault(kind="html", feed=espn, date=NOBODY),
        Fault(kind="wrong_date", feed=bdl, date=NOBODY),
        Fault(kind="missing", feed=espn, game=game(SECOND_SOURCE, 3)),
        Fault(kind="short", games=1, feed=bdl, date=SECOND_SOURCE),
    ]
    faults += [
        Fault.model_validate({"feed": espn, "game": game(ESPN_NIGHT, n), **flaw})
        for n, (flaw, _) in enumerate(ESPN_FLAWS.values())
    ]
    home = tmp_path_factory.mktemp("boxes")
    with faulty(home, league, UNKNOWN_CODE, SECOND_SOURCE, BOXES, faults) as found:
        yield found


@pytest.mark.parametrize("name", ESPN_FLAWS)
def test_a_game_that_espn_spoils_is_balldontlies_degraded_and_says_why(
    league: League, boxes: Faulty, name: str
) -> None:
    game = our_id(league.games_on(ESPN_NIGHT)[list(ESPN_FLAWS).index(name)])
    for table in (PLAYERS, TEAMS):
        rows = boxes.platform.read(table, ESPN_NIGHT)
        rows = rows[rows["game_id"] == game]
        assert set(rows["source"]) == {"sandbox:bdl_box_scores"}
        assert rows["is_degraded"].all()
        reason = next(r for r in rows["degraded_reasons"].iloc[0] if "instead of" in r)
        assert reason.startswith("bdl_box_scores instead of nba_boxscore: ")
        assert ESPN_FLAWS[name][1] in reason
    assert boxes.state(RAW_PLAYERS, ESPN_NIGHT) == "degraded"


def test_a_name_that_espn_spoils_is_quarantined_though_another_source_serves_his_game(
    boxes: Faulty,
) -> None:
    aside = boxes.platform.quarantined(PLAYERS, ESPN_NIGHT)["every_name_is_resolved"]
    assert set(aside["player_name"]) == {NEMO}
    assert aside["landing_path"].str.contains("/summary/event=").all()


@pytest.mark.parametrize("day", [ONE_OF_NINE, NONE_OF_FIVE], ids=str)
def test_a_body_of_too_few_games_holds_the_date_and_is_never_a_date_without_games(
    league: League, boxes: Faulty, day: date
) -> None:
    games, told = league.games_on(day), {ONE_OF_NINE: 1, NONE_OF_FIVE: 0}[day]
    assert len(games) == {ONE_OF_NINE: 9, NONE_OF_FIVE: 5}[day]
    said = boxes.said(RAW_PLAYERS, COVERED, day)
    assert (said.passed, said.effect, said.offenders) == (False, "holds", len(games) - told)
    assert "coverage_of_schedule" in said.named
    assert f"covered {100 * told / len(games):.1f} %" in said.named
    for asset, table in ((RAW_PLAYERS, PLAYERS), (RAW_TEAMS, TEAMS)):
        assert boxes.state(asset, day) == "blocked"
        assert boxes.platform.read(table, day).empty
        assert "the body has no box score of the game" in boxes.reason(asset, day)
    # The body itself was an answer: what it lacks only the schedule knows.
    assert boxes.state("landing/bdl_box_scores", day) == "answered"


def test_with_a_second_source_a_body_of_one_game_costs_the_date_nothing_but_its_worth(
    league: League, boxes: Faulty
) -> None:
    games = league.games_on(SECOND_SOURCE)
    lost = our_id(games[3])
    rows = boxes.platform.read(PLAYERS, SECOND_SOURCE)
    assert set(rows["game_id"]) == {our_id(game) for game in games} - {lost}
    assert set(rows["source"]) == {"sandbox:espn_summary"}
    assert rows["is_degraded"].all()
    assert boxes.state(RAW_PLAYERS, SECOND_SOURCE) == "degraded"
    said = boxes.said(RAW_PLAYERS, COVERED, SECOND_SOURCE)
    assert (said.passed, said.effect, said.offenders) == (False, "degrades", 1)
    assert lost in said.named
    assert "covered 91.7 %" in said.named


def test_where_every_source_fails_the_date_is_held_and_each_body_is_named(boxes: Faulty) -> None:
    assert boxes.state(RAW_PLAYERS, NOBODY) == "blocked"
    assert boxes.platform.read(PLAYERS, NOBODY).empty
    reason = boxes.reason(RAW_PLAYERS, NOBODY)
    assert "covered 0.0 %" in reason
    assert f"{PAGE} JSON" in reason
    assert "rows of 2025-11-05, asked was 2025-11-06" in reason


def test_a_code_of_balldontlie_that_nobody_knows_costs_its_game_and_is_named(
    league: League, boxes: Faulty
) -> None:
    game = our_id(league.games_on(UNKNOWN_CODE)[1])
    for asset, table in ((RAW_PLAYERS, PLAYERS), (RAW_TEAMS, TEAMS)):
        rows = boxes.platform.read(table, UNKNOWN_CODE)
        assert rows["game_id"].nunique() == 4
        assert game not in set(rows["game_id"])
        assert boxes.state(asset, UNKNOWN_CODE) == "degraded"
        told = boxes.facts(asset, UNKNOWN_CODE)["passed_over"]
        assert f"{game}: known_team: " in told
        assert "XYZ" in told
    assert game in boxes.said(RAW_PLAYERS, COVERED, UNKNOWN_CODE).named


def test_a_man_of_balldontlie_whom_nobody_knows_is_never_lost_without_his_game(
    league: League, boxes: Faulty
) -> None:
    game = our_id(league.games_on(UNKNOWN_NAME)[1])
    held = boxes.platform.quarantined(PLAYERS, UNKNOWN_NAME)
    (nemo,) = held["every_name_is_resolved"].to_dict("records")
    assert (nemo["player_name"], nemo["game_id"]) == (NEMO, game)
    assert nemo["landing_path"].startswith("api.balldontlie.io/v1/box_scores/")
    assert set(held["every_player_is_known"]["game_id"]) == {game}
    rows = boxes.platform.read(PLAYERS, UNKNOWN_NAME)
    assert rows["game_id"].nunique() == 5
    assert game not in set(rows["game_id"])
    assert boxes.state(RAW_PLAYERS, UNKNOWN_NAME) == "degraded"


def test_names_of_other_providers_mean_the_men_who_played_and_nobody_else(
    league: League, boxes: Faulty
) -> None:
    rows = boxes.platform.read(PLAYERS, UNKNOWN_CODE, SECOND_SOURCE)
    truth = {
        our_id(fixture): {
            str(line.player.person_id)
            for team in (fixture.home, fixture.away)
            for line in league.box(fixture.game_id).team(team).lines
            if line.seconds
        }
        for day in dates_between(UNKNOWN_CODE, SECOND_SOURCE)
        for fixture in league.games_on(day)
    }
    played = {
        str(game): set(own["player_id"]) for game, own in rows[rows["played"]].groupby("game_id")
    }
    assert len(played) > 25
    assert played == {game: truth[game] for game in played}
    # A father and his son, whose names differ by a suffix that not everybody writes, are among them.
    known = {man.name: str(man.person_id) for roster in league.rosters.values() for man in roster}
    families = {(known[name], known[f"{name} Jr."]) for name in known if f"{name} Jr." in known}
    assert families
    assert {person for family in families for person in family} <= set(rows["player_id"])


# Rosters and injuries of two dates, and a list of all players that breaks off on its third page.
BROKEN_PAGE, BDL_ALONE = date(2025, 11, 1), date(2025, 11, 2)
PEOPLE = (
    *(
        f"landing/{name}"
        for name in (
            "nba_schedule", "nba_players", "nba_rosters", "espn_rosters", "bdl_players",
            "nba_injury_report", "espn_injuries", "bdl_injuries",
        )
    ),
    "raw/schedule", "raw/players", "raw/rosters", "raw/injuries",
)  # fmt: skip
ROSTERS, INJURIES = "raw/rosters", "raw/injuries"


@pytest.fixture(scope="module")
def third_page(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The cursor of the third page of BallDontLie's players."""
    desk = counter.desk(tmp_path_factory.mktemp("pages"))
    feed = BY_NAME["bdl_players"]
    assert desk.ask(feed, FOUR_GAMES).bodies == 5
    (subject,) = desk.subjects(feed, FOUR_GAMES)[0]
    second = desk.read(feed, subject, "slate").pages[1]
    assert isinstance(second, Page)
    return str(second.next_cursor)


@pytest.fixture(scope="module")
def people(
    league: League, third_page: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Faulty]:
    faults = [
        Fault(kind="missing", feed="nba_rosters"),
        Fault(kind="html", feed="espn_rosters"),
        Fault(kind="partial_pages", feed="bdl_players", page=third_page, date=BROKEN_PAGE),
        Fault(kind="html", feed="nba_injury_report", date=BROKEN_PAGE),
        Fault(kind="wrong_date", feed="nba_injury_report", date=BDL_ALONE),
        Fault(kind="renamed_key", feed="espn_injuries", date=BDL_ALONE),
    ]
    home = tmp_path_factory.mktemp("people")
    with faulty(home, league, BROKEN_PAGE, BDL_ALONE, PEOPLE, faults) as found:
        yield found


def pages_asked(found: Faulty, day: date) -> list[str]:
    """What was asked of the list of players on a date, in order; one entry for each try."""
    return [
        request.path.partition("?")[2]
        for request in found.server.requests
        if "/players/active" in request.path
        and request.as_of is not None
        and eastern_date(request.as_of) == day
    ]


def test_a_list_that_breaks_off_is_kept_and_never_stands_for_the_whole(
    people: Faulty, third_page: str
) -> None:
    landing = people.platform.settings.landing_url / "api.balldontlie.io/v1/players/active"
    kept = [path for path in landing.rglob("*.gz") if BROKEN_PAGE.strftime("%Y%m%dT") in path.name]
    assert len(kept) == 2
    asset = "landing/bdl_players"
    assert people.state(asset, BROKEN_PAGE) == "incomplete"
    failed = people.facts(asset, BROKEN_PAGE)["failed"]
    assert "pages_complete" in failed
    assert f"cursor={third_page}" in failed
    assert people.platform.read("raw.rosters", BROKEN_PAGE).empty
    assert "pages_complete: 2 pages landed" in people.told(ROSTERS, BROKEN_PAGE)
    said = people.said(ROSTERS, "every_side_lists_eight_players", BROKEN_PAGE)
    assert (said.passed, said.offenders) == (False, 10)


def test_where_neither_nba_com_nor_espn_has_rosters_balldontlie_has(people: Faulty) -> None:
    rows = people.platform.read("raw.rosters", BDL_ALONE)
    assert set(rows["source"]) == {"sandbox:bdl_players"}
    assert rows["team"].nunique() == 12
    assert rows["is_degraded"].all()
    (reason,) = {reason for given in rows["degraded_reasons"] for reason in given}
    assert reason.startswith("bdl_players instead of nba_rosters: nba_rosters: no body; ")
    assert f"espn_rosters: {PAGE} JSON" in reason
    assert people.state(ROSTERS, BDL_ALONE) == "degraded"


@pytest.mark.parametrize(
    ("day", "source", "words"),
    [
        (BROKEN_PAGE, "espn_injuries", [f"{PAGE} PDF"]),
        (BDL_ALONE, "bdl_injuries", ["the report of 2025-11-01 09:00 ET", NO_FIELD]),
    ],
)
def test_injuries_come_from_who_can_be_read_and_the_unread_report_is_named(
    people: Faulty, day: date, source: str, words: list[str]
) -> None:
    rows = people.platform.read("raw.injuries", day)
    assert set(rows["source"]) == {f"sandbox:{source}"}
    assert rows["is_degraded"].all()
    reasons = {reason for given in rows["degraded_reasons"] for reason in given}
    assert all(r.startswith(f"{source} instead of nba_injury_report") for r in reasons)
    assert people.state(INJURIES, day) == "degraded"
    passed_over = people.facts(INJURIES, day)["passed_over"]
    assert all(word in passed_over for word in words)
    assert people.state("landing/nba_injury_report", day) == "incomplete"


def test_the_mended_list_is_asked_for_its_missing_pages_alone_and_is_then_a_roster(
    people: Faulty, third_page: str
) -> None:
    before = len(pages_asked(people, BROKEN_PAGE))
    for fault in people.server.faults.faults():
        if fault.kind == "partial_pages" and fault.id:
            people.server.faults.remove(fault.id)
    people.again(["landing/bdl_players", ROSTERS])
    asked = pages_asked(people, BROKEN_PAGE)[before:]
    assert len(asked) == 3
    assert asked[0] == f"cursor={third_page}&per_page=100"
    assert people.state("landing/bdl_players", BROKEN_PAGE) == "answered"
    rows = people.platform.read("raw.rosters", BROKEN_PAGE)
    assert set(rows["source"]) == {"sandbox:bdl_players"}
    assert rows["team"].nunique() == 10


# The detailed play-by-play: optional, configured, and answering nothing for six days.
SIX_DAYS = dates_between(date(2025, 10, 21), date(2025, 10, 26))
BIGDATABALL = "www.googleapis.com"


def six_days(home: Path, league: League, fault: Fault) -> tuple[list[Asked], list[Asked], int]:
    """What asking for its two feeds every quarter of an hour of an evening, and by day, comes to."""
    with SandboxServer(league, FaultBook([fault])) as server:
        settings = Settings.load({"NBA_ASSETS_SOURCE": "sandbox"}, folder=home)
        settings = settings.model_copy(update={"home": home, "keys": ALL_KEYS})
        adapter = SandboxAdapter(server.url, settings.sandbox_seed, home / "none")
        clock = SkippingClock(datetime(2025, 10, 22, 12, tzinfo=UTC))
        transport = Transport(
            lambda session: session.mount("https://", adapter),
            clock=clock,
            state=home / "hosts",
            keys=ALL_KEYS,
        )
        desk = Desk(settings, transport, LandingZone(home / "landing", home / "apart"))
        files: list[Asked] = []
        plays: list[Asked] = []
        for day in SIX_DAYS:
            assert desk.ask(BY_NAME["nba_schedule"], day).state == "answered"
            for _ in range(4):
                files.append(desk.ask(BY_NAME["bigdataball_files"], day))
                plays.append(desk.ask(BY_NAME["detailed_pbp"], day))
                clock.sleep(15 * 60)
            clock.sleep(23 * 3600)
        return files, plays, server.requests_by_host().get(BIGDATABALL, 0)


def test_an_optional_source_that_refuses_for_six_days_is_stopped_and_probed_once_a_day(
    tmp_path: Path, league: League
) -> None:
    fault = Fault(kind="refused", status=503, feed="bigdataball_files")
    files, plays, calls = six_days(tmp_path, league, fault)
    policy = POLICIES[BIGDATABALL]
    # The breaker opens in the first tick that fails so often; then one probe in each cool-down.
    assert calls <= policy.breaker_failures + len(SIX_DAYS)
    assert calls < 4 * sum(len(league.games_on(day)) for day in SIX_DAYS) / 10
    assert {asked.state for asked in files} == {"incomplete"}
    assert all("blocked" in asked.failed[-1] for asked in files[4:])
    assert {asked.state for asked in plays} == {"empty"}


def test_an_optional_source_that_has_nothing_for_six_days_keeps_to_its_budget(
    tmp_path: Path, league: League
) -> None:
    fault = Fault(kind="missing", host=BIGDATABALL)
    files, plays, calls = six_days(tmp_path, league, fault)
    budget = POLICIES[BIGDATABALL].daily_budget
    assert budget is not None
    assert calls <= budget * (len(SIX_DAYS) + 1)
    assert sum("not_found" in line for asked in files for line in asked.no_data) == calls
    assert {asked.state for asked in plays} == {"empty"}


def test_without_the_detailed_plays_shots_are_those_of_nba_com(
    tmp_path: Path, league: League
) -> None:
    assets = [
        *(
            f"landing/{name}"
            for name in (
                "nba_schedule", "nba_boxscore", "nba_play_by_play", "nba_shot_chart",
                "bigdataball_files", "detailed_pbp",
            )
        ),
        "raw/schedule", "raw/players", "raw/player_box_scores", "raw/shots",
    ]  # fmt: skip
    missing = Fault(kind="missing", host=BIGDATABALL)
    with (
        SandboxServer(league, FaultBook([missing])) as server,
        platform(tmp_path, sandbox_url=server.url) as made,
    ):
        keyed = made.settings.model_copy(update={"keys": ALL_KEYS})
        found = Faulty(Platform(keyed, made.instance), server, DAY, DAY, assets)
        assert [failure for run in found.runs for failure in run.failures] == []
        assert server.requests_by_host()[BIGDATABALL] == len(league.games_on(DAY))
        assert found.state("landing/bigdataball_files", DAY) == "empty"
        assert "not_found" in found.facts("landing/bigdataball_files", DAY)["no_data"]
        rows = found.platform.read("raw.shots", DAY)
        assert rows["game_id"].nunique() == len(league.games_on(DAY))
        assert set(rows["source"]) == {"sandbox:nba_play_by_play"}
        # NBA.com's own plays come before them, so that nothing is lost but the cross-check.
        assert found.state("raw/shots", DAY) == "published"
