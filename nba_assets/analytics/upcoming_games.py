"""The slate per cut-off: the one place that says which games there are before they are played, and when each is cut.

Of the schedule it reads what is known before the games alone; the row also holds how they ended.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import pandas as pd

from nba_assets.analytics.upcoming_tables import LOCK, MORNING, UPCOMING_GAMES
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk
from nba_assets.landing.readings import NO_LIMIT
from nba_assets.partitions import dates_between, season_dates, season_of, slate_instant
from nba_assets.raw.entity import Row
from nba_assets.raw.game_lines import GAME_LINES
from nba_assets.raw.injuries import INJURIES
from nba_assets.raw.lineups import LINEUPS
from nba_assets.raw.people import PlayedGame, games_by_date
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets.raw.rosters import ROSTERS
from nba_assets.raw.shots import SHOTS
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feed import LOCK_LEAD
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import Table

# Whose first capture of the season makes a block; before it, its values are nobody's fault.
BLOCKS = {
    "injuries": INJURIES,
    "lines": PLAYER_PROP_LINES,
    "game_lines": GAME_LINES,
    "rosters": ROSTERS,
}
OWED = "games_at_their_cutoffs"
# Of a date's notes: why it lacks rows although there are games.
NOT_DUE = "not_due"
_KNOWN_BEFORE = (
    "game_date", "game_id", "nba_game_id", "season_year", "season_type", "home_team", "away_team",
    "arena", "is_neutral", "tip_at", "slate_tip_at", "slate_observed_at", "status", "source",
    "source_score", "quality_score", "quality_tier", "is_degraded", "degraded_reasons",
    "is_bootstrap",
)  # fmt: skip


def upcoming_games(
    games: Sequence[PlayedGame],
    slate: Mapping[str, Row],
    named_by_lineups: Mapping[str, datetime],
    known_until: datetime,
) -> Iterator[Row]:
    """A row per game and cut-off that it can be named at.

    The slate of 10:00 ET names a game for both cut-offs; a line-up that names one which the slate
    did not is enough for the lock that it came before.

    Args:
        games: of the dates.
        slate: rows of `raw.schedule` by `game_id`.
        named_by_lineups: the first capture of each game's line-up.
        known_until: a cut-off that is later has not passed.
    """
    for game in games:
        row = slate[game.game_id]
        is_slated = row["slate_observed_at"] is not None
        for cutoff, at in cutoffs_of(game).items():
            first_named = named_by_lineups.get(game.game_id)
            is_named = is_slated or (first_named is not None and first_named <= at)
            if not is_named or at > known_until:
                continue
            yield {
                **row,
                "cutoff": cutoff,
                "cutoff_at": at,
                "tip_at": game.lock_at + LOCK_LEAD,
                "completeness_pct": None,
            }


def cutoffs_of(game: PlayedGame) -> dict[str, datetime]:
    """The instants of a game's cut-offs."""
    return {MORNING: slate_instant(game.game_date), LOCK: game.lock_at}


class FirstCaptures:
    """When each feed was first heard of in a season, from what is published.

    Args:
        warehouse: where the tables are.
        first_date: before which nothing is kept.
    """

    def __init__(self, warehouse: Warehouse, first_date: date) -> None:
        self._warehouse = warehouse
        self._first_date = first_date
        self._seen: dict[tuple[str, date], datetime | None] = {}

    def absent_blocks(self, day: date, cutoff_at: datetime) -> list[str]:
        """What no feed has told of this season up to a cut-off of the date."""
        season = season_of(day)
        assert season is not None
        opening = max(season.first, self._first_date)
        absent = []
        for block, table in BLOCKS.items():
            if not self._was_heard_of(table, opening, day, cutoff_at):
                absent.append(block)
        # Shots are history: whenever they were told, they count from the next date on.
        if not self._was_heard_of(SHOTS, opening, day - timedelta(days=1), NO_LIMIT):
            absent.append("zones")
        return absent

    def _was_heard_of(self, table: Table, opening: date, last: date, until: datetime) -> bool:
        firsts = (self._of_date(table, day) for day in dates_between(opening, last))
        return any(first is not None and first <= until for first in firsts)

    def _of_date(self, table: Table, day: date) -> datetime | None:
        key = (table.name, day)
        if key not in self._seen:
            captures = self._warehouse.read(table, [day], ["observed_at"])["observed_at"]
            self._seen[key] = min(captures.to_pylist(), default=None)
        return self._seen[key]


def lost_games(games: pd.DataFrame, owed: pd.DataFrame) -> pd.DataFrame:
    """A slate that lacks a game prices a night without it, and nobody asks where it went.

    Args:
        games: rows of the slate.
        owed: `game_date`, `game_id`, `cutoff` of each scheduled game at each cut-off that has passed,
            and whether the schedule of 10:00 ET named it (`is_slated`).

    Returns:
        slated games without their row; and where a date has games and nothing told of them before any
        cut-off, all of them.
    """
    found = owed.merge(games[["game_id", "cutoff"]], how="left", indicator=True)
    missing = found["_merge"] == "left_only"
    is_dark = missing.groupby(found["game_date"]).transform("all")
    off = found[missing & (found["is_slated"] | is_dark)]
    why = off["is_slated"].map({True: " is not in it", False: " was not known before the cut-off"})
    return off.assign(
        reason="slate_is_whole: " + off["game_id"] + " at " + off["cutoff"] + why.astype(str)
    )


def compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    """The slate of the dates, of both cut-offs as far as they have passed."""
    in_season = season_dates(min(dates), max(dates))
    schedule = warehouse.read(SCHEDULE, in_season, _KNOWN_BEFORE)
    slate = {row["game_id"]: row for row in schedule.to_pylist()}
    captures = warehouse.read(LINEUPS, in_season, ["game_id", "observed_at"]).to_pandas()
    named = {str(game): at for game, at in captures.groupby("game_id")["observed_at"].min().items()}
    first = FirstCaptures(warehouse, desk.settings.first_date)
    # One instant for all dates: a clock that goes on must not pass a cut-off between two of them.
    until = desk.known_until()
    rows = []
    owed: list[Row] = []
    notes = {}
    for day, games in games_by_date(schedule.to_pandas(), in_season).items():
        cutoffs = {(g.game_id, c): at for g in games for c, at in cutoffs_of(g).items()}
        if waiting := sorted({at for at in cutoffs.values() if at > until}):
            notes[day] = {NOT_DUE: f"cut-offs to come: {', '.join(map(str, waiting))}"}
        owed += [
            {
                "game_date": day,
                "game_id": game_id,
                "cutoff": cutoff,
                "is_slated": slate[game_id]["slate_observed_at"] is not None,
            }
            for (game_id, cutoff), at in cutoffs.items()
            if at <= until
        ]
        # Games of one tip share their cut-off, and all of a date its morning.
        absent = {at: first.absent_blocks(day, at) for at in set(cutoffs.values()) if at <= until}
        for row in upcoming_games(games, slate, named, until):
            rows.append(row | {"absent_blocks": absent[row["cutoff_at"]]})
    evidence = {OWED: pd.DataFrame(owed, columns=["game_date", "game_id", "cutoff", "is_slated"])}
    return Computed(UPCOMING_GAMES.rows(rows), evidence, notes=notes)
