"""Real bookmakers' captures of spring 2024, from landing to published lines and what they join to."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from nba_assets.definitions import build_desk
from nba_assets.landing.desk import Desk
from nba_assets.partitions import dates_between
from nba_assets.raw.lines import LinedGame, LineNotes, lined_games, odds_of
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feeds.nba import NBA_BOXSCORE
from nba_assets.sources.feeds.odds import ODDS_PLAYER_POINTS
from nba_assets.sources.nba import BoxScore
from nba_assets.sources.odds_api import PLAYER_POINTS, EventOdds, Outcome
from nba_assets_tests.platform import SHARED, Platform, platform
from nba_assets_tests.raw.odds_payloads import state_of

REPLAY = SHARED / "replay"
MIN_RATE = 0.99
PROPS, GAME_LINES = "raw.player_prop_lines", "raw.game_lines"
BOOKS = [
    "betmgm", "betonlineag", "betrivers", "bovada", "draftkings", "fanduel", "mybookieag",
    "pointsbetus", "unibet_us", "williamhill_us",
]  # fmt: skip

pytestmark = pytest.mark.skipif(not REPLAY.exists(), reason=f"no recorded captures at {REPLAY}")


# Of 2024-03-02 to 03-05: 28 games, all captured half an hour before tip at the latest.
LANDED = 28
POINTS = "v4/sports/basketball_nba/events/*/odds/*markets=player_points*/*.gz"


class Span(NamedTuple):
    """Consecutive dates and what the archive has of them.

    Attributes:
        games: with a capture of player points.
        in_play: of these, the games whose one capture came after tip.
        pairs: of an event and a name that any book offers for it.
        players: of a game, with a line before its tip.
        rows: main lines with both prices before tip, of a book and a name.
        bare: dates without an event of their own.
    """

    first: date
    last: date
    games: int
    in_play: int
    pairs: int
    players: int
    rows: int
    bare: tuple[date, ...]


SPRING = Span(
    first=date(2024, 3, 2),
    last=date(2024, 4, 14),
    games=306,
    in_play=7,
    pairs=2958,
    players=2827,
    rows=23665,
    bare=(date(2024, 3, 16), date(2024, 4, 7)),
)


class Recorded(NamedTuple):
    """A platform with all captures of a span in its landing zone, and its tables made of them."""

    platform: Platform
    span: Span
    games: list[LinedGame]
    # By game: the bodies of its event, and everybody whom its final box score lists.
    bodies: dict[str, list[EventOdds]]
    listed: dict[str, set[str]]

    @property
    def days(self) -> list[date]:
        return dates_between(self.span.first, self.span.last)

    def read(self, table: str) -> pd.DataFrame:
        return self.platform.read(table, self.span.first, self.span.last)

    def quarantined(self, table: str, gate: str) -> pd.DataFrame:
        """What a gate held out on all dates."""
        held = [self.platform.quarantined(table, day) for day in self.days]
        found = [frames[gate] for frames in held if gate in frames]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """The archive is read as a landing zone: every capture of it has landed, those in play too."""
    span = SPRING
    with platform(
        tmp_path_factory.mktemp("lines"),
        source="replay",
        replay_roots=str(REPLAY),
        landing_url=str(REPLAY),
        first_date=str(span.first),
        last_date=str(span.last),
    ) as made:
        for table in ("raw/schedule", "raw/players", "raw/player_prop_lines", "raw/game_lines"):
            assert made.run([table], span.first, span.last).success, table
        desk = build_desk(made.settings)
        days = dates_between(span.first, span.last)
        rows = made.warehouse.read(SCHEDULE, days).to_pylist()
        games = [game for own in lined_games(rows, days).values() for game in own]
        bodies = {
            game.game_id: [o for o, _, _ in odds_of(desk, ODDS_PLAYER_POINTS, game, LineNotes())]
            for game in games
        }
        yield Recorded(made, span, games, bodies, listed_players(desk, games))


def listed_players(desk: Desk, games: list[LinedGame]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for game in games:
        box = desk.read(NBA_BOXSCORE, game.subject).payload
        assert isinstance(box, BoxScore), game.game_id
        sides = (box.game.homeTeam, box.game.awayTeam)
        found[game.game_id] = {str(player.personId) for side in sides for player in side.players}
    return found


def outcomes(odds: EventOdds) -> list[tuple[str, Outcome]]:
    """Every outcome that a body offers, with its book."""
    return [(q.book, outcome) for q in odds.quotes(PLAYER_POINTS) for outcome in q.outcomes]


def test_names_of_all_bodies_mean_players_listed_for_the_game(
    recorded: Recorded, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = {
        (game_id, odds.id, str(outcome.description))
        for game_id, bodies in recorded.bodies.items()
        for odds in bodies
        for _, outcome in outcomes(odds)
    }
    made = [recorded.read(PROPS)]
    made += [
        recorded.quarantined(PROPS, gate)
        for gate in ("line_before_tip", "two_prices", "no_book_contradicts_itself")
    ]
    meant = {
        (str(row.odds_event_id), str(row.player_name)): str(row.player_id)
        for frame in made
        for row in frame.itertuples(index=False)
    }
    lost = sorted(
        (game_id, name, meant.get((event_id, name), "nobody"))
        for game_id, event_id, name in pairs
        if meant.get((event_id, name)) not in recorded.listed[game_id]
    )
    rate = 1 - len(lost) / len(pairs)
    aside = recorded.quarantined(PROPS, "every_name_is_resolved")
    text = "\n".join(
        [
            f"{len(pairs) - len(lost)} of {len(pairs)} (event, name) pairs are listed, {rate:.4%}",
            *(f"  {game_id} {name!r}: {found}" for game_id, name, found in lost),
            *aside.get("quarantine_reason", pd.Series(dtype=str)).tolist(),
        ]
    )
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201
    assert len(pairs) == recorded.span.pairs
    assert rate >= MIN_RATE, text


def test_every_published_player_is_listed_in_the_box_of_his_game(recorded: Recorded) -> None:
    rows = recorded.read(PROPS)
    published = sorted(set(zip(rows["game_id"], rows["player_id"], strict=True)))
    assert len(published) == recorded.span.players
    strangers = [pair for pair in published if pair[1] not in recorded.listed[pair[0]]]
    assert strangers == []


def test_no_published_line_was_observed_after_tip(recorded: Recorded) -> None:
    schedule = recorded.read("raw.schedule")[["game_id", "tip_at"]]
    for table in (PROPS, GAME_LINES):
        rows = recorded.read(table).merge(schedule, on="game_id", validate="many_to_one")
        assert len(rows) > 0
        assert (rows["observed_at"] <= rows["tip_at"]).all()
        assert (rows["minutes_before_tip"] >= 0).all()


def test_games_captured_only_in_play_are_quarantined_and_not_published(recorded: Recorded) -> None:
    rows, late = recorded.read(PROPS), recorded.quarantined(PROPS, "line_before_tip")
    assert late["game_id"].nunique() == recorded.span.in_play
    assert not set(late["game_id"]) & set(rows["game_id"])
    assert (late["minutes_before_tip"] < 0).all()
    assert late["landing_path"].str.len().min() > 0


def test_each_row_is_the_most_balanced_of_the_lines_its_book_lists(recorded: Recorded) -> None:
    rows = recorded.read(PROPS)
    assert not rows.duplicated(["game_id", "player_id", "book", "observed_at"]).any()
    gap = (1 / rows["over_decimal"] - 1 / rows["under_decimal"]).abs()
    keys = zip(rows["odds_event_id"], rows["book"], rows["player_name"], strict=True)
    published = dict(zip(keys, zip(rows["line"], gap, strict=True), strict=True))
    alternates = 0
    for bodies in recorded.bodies.values():
        for odds in bodies:
            gaps = both_prices(odds)
            for (book, name), lines in gaps.items():
                if (found := published.get((odds.id, book, name))) is not None:
                    assert found[0] in lines
                    assert found[1] == pytest.approx(min(lines.values()))
                    alternates += len(lines) - 1
    assert alternates > len(rows)


def both_prices(odds: EventOdds) -> dict[tuple[str, str], dict[float, float]]:
    """By book and name: each point that has both prices, and how far apart these are."""
    sides: dict[tuple[str, str, float], dict[str, float]] = {}
    for book, outcome in outcomes(odds):
        assert outcome.description is not None
        assert outcome.point is not None
        if outcome.implied_probability is not None:
            own = sides.setdefault((book, outcome.description, outcome.point), {})
            own.setdefault(outcome.name, outcome.implied_probability)
    found: dict[tuple[str, str], dict[float, float]] = {}
    for (book, name, point), told in sides.items():
        if len(told) == 2:
            found.setdefault((book, name), {})[point] = abs(told["Over"] - told["Under"])
    return found


def test_rows_games_and_books_are_those_of_the_archive(recorded: Recorded) -> None:
    span, rows = recorded.span, recorded.read(PROPS)
    assert sum(bool(bodies) for bodies in recorded.bodies.values()) == span.games
    assert rows["game_id"].nunique() == span.games - span.in_play
    assert sorted(rows["book"].unique()) == BOOKS
    assert len(rows) == span.rows
    assert set(rows["source"]) == {"odds_player_points"}
    assert set(rows["price_format"]) == {"american"}


def test_dates_without_events_of_their_own_have_no_line(recorded: Recorded) -> None:
    rows = recorded.read(PROPS)
    for day in recorded.span.bare:
        assert not (rows["game_date"] == day).any()
        assert state_of(recorded.platform, "raw/player_prop_lines", day) == "degraded"
    empty = set(recorded.days) - set(rows["game_date"])
    with_games = {game.subject.day for game in recorded.games}
    assert empty & with_games == set(recorded.span.bare)


def test_game_lines_are_of_one_book_without_prices_and_their_sides_mirror_each_other(
    recorded: Recorded,
) -> None:
    rows = recorded.read(GAME_LINES)
    assert set(rows["book"]) == {"consensus"}
    assert rows["price"].isna().all()
    assert rows["game_id"].nunique() == recorded.span.games
    assert (rows.groupby("game_id").size() == 4).all()
    assert rows["line"].notna().all()
    spreads = rows[rows["market"] == "spreads"]
    assert (spreads.groupby("game_id")["line"].sum() == 0).all()
    totals = rows[rows["market"] == "totals"]
    assert totals["line"].between(180, 280).all()
    assert (totals.groupby("game_id")["line"].nunique() == 1).all()


def test_what_lands_by_the_cut_offs_is_published_with_nothing_after_them(tmp_path: Path) -> None:
    """Asked as a night asks: at 10:00 Eastern and at each game's lock."""
    first, last = date(2024, 3, 2), date(2024, 3, 5)
    with platform(
        tmp_path,
        source="replay",
        replay_roots=str(REPLAY),
        first_date=str(first),
        last_date=str(last),
    ) as asked:
        for feeds in (
            ["nba_schedule"],
            ["odds_events", "nba_lineups", "nba_boxscore"],
            ["odds_player_points", "odds_game_lines"],
        ):
            assert asked.run([f"landing/{feed}" for feed in feeds], first, last).success
        for table in ("raw/schedule", "raw/players", "raw/player_prop_lines", "raw/game_lines"):
            assert asked.run([table], first, last).success
        rows, lines = asked.read(PROPS, first, last), asked.read(GAME_LINES, first, last)
        assert (rows["minutes_before_tip"] >= 30).all()
        assert (lines["minutes_before_tip"] >= 30).all()
        landed = list((asked.settings.landing_url / "api.the-odds-api.com").glob(POINTS))
        assert rows["game_id"].nunique() == len(landed) == LANDED
        assert set(rows["landing_path"]) == {
            str(path.relative_to(asked.settings.landing_url)) for path in landed
        }
