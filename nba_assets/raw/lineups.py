"""Who starts, dresses and sits, as announced: every capture of the date's line-ups, game by game."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
import pyarrow as pa

from nba_assets.gates.audit import aside_gate, row_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.names import player_lookup
from nba_assets.landing.desk import Desk, Reading
from nba_assets.raw.entity import DateNotes, Entity, Row, collapse, in_metadata, on_date, provenance
from nba_assets.raw.gates import STARTERS
from nba_assets.raw.people import (
    NBA_PLAYER_ID,
    PLAYER_ID,
    PLAYER_LOOKUP,
    PLAYER_NAME,
    PlayedGame,
    end_of,
    games_by_date,
)
from nba_assets.raw.tables import (
    GAME_DATE,
    GAME_ID,
    IS_HOME,
    NBA_GAME_ID,
    OPPONENT,
    SCHEDULE,
    SEASON_YEAR,
    TEAM,
)
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds.nba_slate import NBA_LINEUPS
from nba_assets.sources.nba import COUNTED_SEASON_TYPES, season_type_of
from nba_assets.sources.nba_people import DailyLineups, LineupGame, LineupPlayer
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

LINEUPS = Table(
    name="raw.lineups",
    row="player listed for a game of the date, per capture of the line-ups",
    key=("game_id", "player_id", "observed_at"),
    may_not_know="A series: consumers take the newest capture of game and team before their cut-off.",
    columns=(
        GAME_DATE,
        GAME_ID,
        PLAYER_ID,
        NBA_GAME_ID,
        NBA_PLAYER_ID,
        PLAYER_NAME,
        PLAYER_LOOKUP,
        SEASON_YEAR,
        TEAM,
        OPPONENT,
        IS_HOME,
        Column(
            "lineup_status",
            "STRING",
            "expected, which lists likely starters alone and is no announcement, or confirmed",
        ),
        Column("is_starter", "BOOL", "has a position in the five, be it expected or confirmed"),
        Column("position", "STRING", "PG, SG, SF, PF or C", "does not start"),
        Column("roster_status", "STRING", "active or inactive"),
        Column("announced_at", "TIMESTAMP", "the provider's own clock, UTC", "none is given"),
        *QUALITY,
        *LINEAGE,
    ),
)

LINEUP_STATUSES = frozenset({"expected", "confirmed"})
ROSTER_STATUSES = frozenset({"active", "inactive"})
CONTRADICTIONS = "contradictory_lineups"
_CONTRADICTION = (
    "game_date", "game_id", "players", "observed_at", "landing_path", "reason",
)  # fmt: skip


@dataclass
class Lineups:
    """The line-ups of some dates, and captures of games that contradict themselves."""

    rows: list[Row] = field(default_factory=list)
    contradictions: list[Row] = field(default_factory=list)
    notes: dict[date, DateNotes] = field(default_factory=dict)


def lineups(desk: Desk, schedule: pd.DataFrame, dates: Sequence[date]) -> Lineups:
    """Every capture of the dates' line-ups up to their end, as rows of the scheduled games.

    What one capture says of one game is taken whole or not at all: a man in both teams, twice in
    different words, or a sixth starter leaves nobody to believe.

    Args:
        desk: to read what landed.
        schedule: published rows of `raw.schedule` of the dates.
        dates: the dates to make rows of.
    """
    found = Lineups(notes={day: DateNotes() for day in dates})
    for day, games in games_by_date(schedule, dates).items():
        if not games:
            continue
        about = Subject(day, games[0].season)
        for reading in desk.readings(NBA_LINEUPS, about, desk.cut(end_of(day))):
            found.notes[day].pass_over(reading)
            if isinstance(reading.payload, DailyLineups):
                _add_capture(desk, reading, reading.payload, games, found)
    return found


def _add_capture(
    desk: Desk,
    reading: Reading,
    payload: DailyLineups,
    games: Sequence[PlayedGame],
    found: Lineups,
) -> None:
    day = games[0].game_date
    common = provenance(desk, NBA_LINEUPS, reading, is_bootstrap=False)
    for listed in payload.games:
        game = _scheduled(listed, games)
        if game is None:
            if season_type_of(listed.gameId) in COUNTED_SEASON_TYPES:
                sides = f"{listed.awayTeam.teamAbbreviation} at {listed.homeTeam.teamAbbreviation}"
                unmatched = f"{listed.gameId}, {sides}, is no game of {day}"
                if unmatched not in found.notes[day].unmatched:
                    found.notes[day].unmatched.append(unmatched)
            continue
        listing = list(_rows_of(listed))
        own = collapse(listing)
        found.notes[day].collapsed += len(listing) - len(own)
        if reason := _contradiction(own, game):
            found.contradictions.append(
                {
                    "game_date": day,
                    "game_id": game.game_id,
                    "players": len(own),
                    "observed_at": reading.observed_at,
                    "landing_path": reading.path,
                    "reason": f"{game.game_id}: {reason}",
                }
            )
            continue
        shared = common | game.columns | {"is_bootstrap": game.is_bootstrap}
        found.rows += [shared | row for row in own]


def _scheduled(listed: LineupGame, games: Sequence[PlayedGame]) -> PlayedGame | None:
    """The game by its id; by its sides where the schedule is another provider's and has none."""
    sides = (listed.awayTeam.teamAbbreviation, listed.homeTeam.teamAbbreviation)
    of_id = (game for game in games if game.nba_game_id == listed.gameId)
    of_sides = (game for game in games if game.nba_game_id is None and game.sides == sides)
    return next(of_id, None) or next(of_sides, None)


def _rows_of(listed: LineupGame) -> Iterator[Row]:
    for side, other in (
        (listed.awayTeam, listed.homeTeam),
        (listed.homeTeam, listed.awayTeam),
    ):
        for player in side.players:
            yield _of_player(player) | {
                "team": side.teamAbbreviation,
                "opponent": other.teamAbbreviation,
                "is_home": side is listed.homeTeam,
            }


def _of_player(player: LineupPlayer) -> Row:
    return {
        "player_id": str(player.personId),
        "nba_player_id": str(player.personId),
        "player_name": player.playerName,
        "player_lookup": player_lookup(player.playerName),
        "lineup_status": player.lineupStatus.lower(),
        "is_starter": player.is_starter,
        "position": player.position or None,
        "roster_status": player.rosterStatus.lower(),
        "announced_at": player.announced_at,
    }


def _contradiction(rows: Sequence[Row], game: PlayedGame) -> str:
    """Why what a capture says of a game cannot be; empty where it can."""
    if others := sorted({row["team"] for row in rows} - set(game.sides)):
        return f"players of {', '.join(others)} are listed"
    twice = [i for i, times in Counter(row["player_id"] for row in rows).items() if times > 1]
    if twice:
        named = [row for row in rows if row["player_id"] == twice[0]]
        said = " and ".join(f"{r['player_name']} of {r['team']}" for r in named)
        return f"player {twice[0]} is listed twice: {said}"
    starters = Counter(row["team"] for row in rows if row["is_starter"])
    if many := [f"{n} starters of {team}" for team, n in starters.items() if n > STARTERS]:
        return f"{', '.join(many)} instead of {STARTERS}"
    return ""


def contradictory_lineups(_rows: pd.DataFrame, contradictions: pd.DataFrame) -> pd.DataFrame:
    """Six starters or a man on both sides: whoever reads on picks the wrong five."""
    return contradictions


def unknown_words(rows: pd.DataFrame) -> pd.DataFrame:
    """A status that nobody has seen could mean out as well as in: it is neither, until it is known."""
    bad = ~rows["lineup_status"].isin(LINEUP_STATUSES) | ~rows["roster_status"].isin(
        ROSTER_STATUSES
    )
    found = rows[bad]
    return found.assign(
        reason=found["game_id"]
        + ": "
        + found["player_name"]
        + " is "
        + found["lineup_status"]
        + " and "
        + found["roster_status"]
    )


def _compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    made, contradictions, notes = [LINEUPS.rows([])], list[Row](), dict[date, DateNotes]()
    for day in dates:
        # A season is 140,000 rows: as columns they weigh a tenth of what they do one by one.
        found = lineups(desk, on_date(schedule, day), [day])
        made.append(LINEUPS.rows(found.rows))
        contradictions += found.contradictions
        notes |= found.notes
    return Computed(
        pa.concat_tables(made),
        evidence={CONTRADICTIONS: pd.DataFrame(contradictions, columns=list(_CONTRADICTION))},
        notes=in_metadata(notes),
    )


ENTITY = Entity(
    LINEUPS,
    _compute,
    feeds=(NBA_LINEUPS,),
    reads=(SCHEDULE,),
    gates=(
        row_gate("every_status_is_known", unknown_words),
        aside_gate("no_lineup_contradicts_itself", contradictory_lineups, CONTRADICTIONS),
    ),
)
