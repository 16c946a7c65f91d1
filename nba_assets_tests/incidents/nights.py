"""Sandbox nights on which everything goes wrong, as data: each fault on its own game."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from nba_assets.raw.schedule import game_id
from nba_assets.sandbox.faults import Fault
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import League

FIRST, LAST = date(2025, 10, 21), date(2025, 11, 9)


@dataclass(frozen=True)
class Flaw:
    """A way in which a box score is bad.

    Attributes:
        fault: what the sandbox is told.
        words: how the refusal says it.
        kept_in: the folder of the home that keeps the body.
        quarantining: the gate that quarantines the game's player rows where no other source remains;
            empty where the body is refused before it becomes rows.
    """

    fault: dict[str, Any]
    words: str
    kept_in: str = "landing"
    quarantining: str = ""


RECONCILE = "points_and_minutes_reconcile"

FLAWS = {
    "truncated": Flaw(
        {"kind": "truncated"}, "not_whole: the connection broke", "quarantine/landing"
    ),
    "truncated-of-honest-length": Flaw(
        {"kind": "truncated", "is_length_honest": True},
        "not_whole: 200 with broken JSON",
        "quarantine/landing",
    ),
    "html": Flaw(
        {"kind": "html"}, "wrong_kind: 200 with an HTML page instead of JSON", "quarantine/landing"
    ),
    "empty": Flaw({"kind": "empty"}, "empty: no players"),
    "renamed-key": Flaw({"kind": "renamed_key"}, "statistics.points: Field required"),
    "number-as-string": Flaw(
        {"kind": "number_as_string"}, "statistics.points: Input should be a valid integer"
    ),
    "conflicting-duplicate": Flaw({"kind": "conflicting_duplicate"}, "unique_key: two rows of"),
    "swapped": Flaw({"kind": "swapped"}, "home_away_matches_schedule"),
    "stale": Flaw({"kind": "stale"}, "the body is of game"),
    "wrong-sum": Flaw({"kind": "wrong_sum"}, "team_sum_equals_score", quarantining=RECONCILE),
    "zero-minutes": Flaw({"kind": "zero_minutes"}, "team_minutes: 0.0", quarantining=RECONCILE),
    "short-bench": Flaw({"kind": "short_bench"}, "team_sum_equals_score", quarantining=RECONCILE),
}
DUPLICATED = Flaw({"kind": "duplicated"}, "")  # identical copies are one row: nothing is refused


@dataclass(frozen=True)
class Night:
    """A date, the flaw of each of its first games' boxes, and the fault of its log."""

    day: date
    boxes: tuple[str, ...] = ()
    log: str | None = None


# Thirteen games, one for each flaw and one with a player listed twice; the log is in good health.
FALLBACK_NIGHT = Night(date(2025, 10, 22), (*FLAWS, "duplicated"))

# At least four games of five are left, and the log is of no use.
LONELY_NIGHTS = (
    Night(date(2025, 10, 24), ("truncated", "html"), "missing"),
    Night(date(2025, 10, 25), ("truncated-of-honest-length",), "html"),
    Night(date(2025, 10, 26), ("empty",), "truncated"),
    Night(date(2025, 10, 27), ("renamed-key",), "empty"),
    Night(date(2025, 10, 28), ("number-as-string",), "renamed_key"),
    Night(date(2025, 10, 29), ("swapped", "stale"), "stale"),
    Night(date(2025, 10, 31), ("wrong-sum", "zero-minutes"), "number_as_string"),
    Night(date(2025, 11, 1), ("short-bench",), "missing"),
)
DUPLICATED_NIGHT = Night(date(2025, 11, 3), ("duplicated",), "missing")

# Too few games are left, or copies of one row differ.
HALF_A_NIGHT = Night(date(2025, 10, 21), ("html",), "html")
THREE_OF_FOUR = Night(date(2025, 10, 23), ("renamed-key",), "missing")
THREE_OF_FOUR_IN_ROWS = Night(date(2025, 10, 30), ("wrong-sum",), "empty")
CONFLICTING_NIGHT = Night(date(2025, 11, 2), ("conflicting-duplicate",), "missing")
NIGHT_OF_NOTHING = Night(date(2025, 11, 7), tuple(FLAWS), "missing")
UNCOVERED_NIGHTS = (HALF_A_NIGHT, THREE_OF_FOUR, THREE_OF_FOUR_IN_ROWS, NIGHT_OF_NOTHING)


@dataclass(frozen=True)
class LoggedGame:
    """A game without a box score, and what is wrong with its lines in the log."""

    day: date
    fault: str
    number: int = 0
    words: str = ""


BAD_LINES = (
    LoggedGame(date(2025, 11, 4), "swapped", 0, "home_away_matches_schedule"),
    LoggedGame(date(2025, 11, 5), "wrong_sum", 0, "team_sum_equals_score"),
    LoggedGame(date(2025, 11, 5), "zero_minutes", 1, "team_minutes"),
)
CONFLICTING_LINES = LoggedGame(date(2025, 11, 6), "conflicting_duplicate")
REPEATED_LINES = LoggedGame(date(2025, 11, 8), "duplicated")

HELD = frozenset(night.day for night in (*UNCOVERED_NIGHTS, CONFLICTING_NIGHT)) | {
    CONFLICTING_LINES.day
}
NIGHTS = (FALLBACK_NIGHT, *LONELY_NIGHTS, DUPLICATED_NIGHT, *UNCOVERED_NIGHTS, CONFLICTING_NIGHT)
LOGGED = (*BAD_LINES, CONFLICTING_LINES, REPEATED_LINES)


def faults(league: League) -> list[Fault]:
    """All of it, for the sandbox."""
    found = []
    for night in NIGHTS:
        for game, name in zip(league.games_on(night.day), night.boxes, strict=False):
            flaw = FLAWS.get(name, DUPLICATED)
            found.append(Fault(feed="nba_boxscore", game=game.game_id, **flaw.fault))
        if night.log:
            found.append(Fault(kind=night.log, feed="nba_game_log", date=night.day))
    for logged in LOGGED:
        game = league.games_on(logged.day)[logged.number]
        found.append(Fault(kind="missing", feed="nba_boxscore", game=game.game_id))
        found.append(Fault(kind=logged.fault, feed="nba_game_log", game=game.game_id))
    return found


def flawed_game(league: League, night: Night, name: str) -> Fixture:
    """The game of the night that a flaw is on."""
    return league.games_on(night.day)[night.boxes.index(name)]


def our_id(fixture: Fixture) -> str:
    """Our own id of a fixture."""
    return game_id(fixture.day, fixture.away, fixture.home)
