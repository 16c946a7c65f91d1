"""Who officiates a game: announced in the morning, named in the box score afterwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from nba_assets.gates.audit import game_gate, partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.names import player_lookup
from nba_assets.landing.desk import Desk, Reading
from nba_assets.partitions import season_of
from nba_assets.raw.entity import DateNotes, Entity, Row, in_metadata, provenance
from nba_assets.raw.gates import expected_games
from nba_assets.raw.tables import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    SCHEDULE,
    SEASON_TYPE,
    SEASON_YEAR,
)
from nba_assets.sources.feed import ExpectedGame, Feed, Subject
from nba_assets.sources.feeds.nba import NBA_BOXSCORE
from nba_assets.sources.feeds.nba_slate import NBA_OFFICIALS
from nba_assets.sources.nba import BoxScore
from nba_assets.sources.nba_officials import Assignment, GameOfficials, Official
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

CALLED_OFF = ("postponed", "cancelled")

OFFICIALS = Table(
    name="raw.officials",
    row="official of a game of the date, who worked it or was announced for it",
    may_not_know=(
        "`announced_*` are cut at the game's lock; list, `worked` and names of who worked are known"
        " after the game."
    ),
    key=("game_id", "list_position"),
    columns=(
        GAME_DATE,
        GAME_ID,
        Column(
            "list_position",
            "INT64",
            "from 1: the box score's list, then who was announced and is not in it; before the game"
            " the announced list",
        ),
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        Column("official_id", "STRING", "the NBA person id", "the sources name him without an id"),
        Column("official_name", "STRING", "as the source writes it"),
        Column(
            "is_crew_chief", "BOOL", "first of the crew that worked; before the game, announced"
        ),
        Column("worked", "BOOL", "named in the box score", "no box score names officials"),
        Column(
            "assigned_before_tip",
            "BOOL",
            "in the announced list, the alternate included",
            "no announced list was seen before the game's lock",
        ),
        Column("announced_position", "INT64", "1 crew chief to 4 alternate", "was not announced"),
        Column(
            "announced_observed_at",
            "TIMESTAMP",
            "instant of the announced list's body, UTC",
            "no announced list was seen before the game's lock",
        ),
        *QUALITY,
        *LINEAGE,
    ),
)

WITHOUT_OFFICIALS = ("game_date", "game_id", "reason")


@dataclass(frozen=True)
class Crew:
    """The officials of one game as one body lists them."""

    officials: tuple[Official, ...] = ()
    reading: Reading | None = None


def officials_of(
    desk: Desk, schedule: pd.DataFrame, dates: Sequence[date]
) -> tuple[list[Row], list[Row], dict[date, DateNotes]]:
    """The officials of every game of the dates that was not called off.

    Returns:
        The rows; expected games without any, with the reason; the dates' notes.
    """
    notes = {day: DateNotes() for day in dates}
    rows: list[Row] = []
    without: list[Row] = []
    expected = set(expected_games(schedule)["game_id"])
    games: list[Any] = list(schedule[~schedule["status"].isin(CALLED_OFF)].itertuples(index=False))
    for game in games:
        own = _rows_of(desk, game, notes[game.game_date])
        rows += own
        if not own and game.game_id in expected:
            feeds = f"{NBA_BOXSCORE.name} or {NBA_OFFICIALS.name}"
            without.append(
                {
                    "game_date": game.game_date,
                    "game_id": game.game_id,
                    "reason": f"{game.game_id} has no officials from {feeds}",
                }
            )
    return rows, without, notes


def _rows_of(desk: Desk, game: Any, notes: DateNotes) -> list[Row]:
    season = season_of(game.game_date)
    assert season is not None
    slate_tip_at = None if pd.isna(game.slate_tip_at) else game.slate_tip_at
    scheduled = ExpectedGame(
        game.nba_game_id or "", game.away_team, game.home_team, game.tip_at, slate_tip_at
    )
    announced = _announced(desk, Subject(game.game_date, season), scheduled, notes)
    worked = _worked(desk, Subject(game.game_date, season, game.season_type, scheduled), notes)
    return [
        {
            "game_date": game.game_date,
            "game_id": game.game_id,
            "nba_game_id": game.nba_game_id,
            "season_year": game.season_year,
            "season_type": game.season_type,
            **row,
            **provenance(desk, feed, reading, is_bootstrap=game.is_bootstrap),
        }
        for row, feed, reading in crew_rows(worked, announced)
    ]


def crew_rows(worked: Crew, announced: Crew) -> list[tuple[Row, Feed, Reading]]:
    """The officials of a game as rows, each with the feed and the body that put him in the list.

    Who worked stands first, in the box score's order. An official whom the announced list has too
    (by id, else by name) takes the id that the box score lacks; who was announced and did not work,
    an alternate or one who was replaced, follows.
    """
    found: list[tuple[Row, Feed, Reading]] = []
    left = list(announced.officials)
    for official in worked.officials:
        assert worked.reading is not None
        same = next((other for other in left if _is_one(official, other)), None)
        if same:
            left.remove(same)
        row = _row(len(found) + 1, official, same, announced.reading)
        found.append((row | {"worked": True}, NBA_BOXSCORE, worked.reading))
    did_not = False if worked.reading else None
    for official in left:
        assert announced.reading is not None
        row = _row(len(found) + 1, official, official, announced.reading)
        found.append((row | {"worked": did_not}, NBA_OFFICIALS, announced.reading))
    return found


def _is_one(official: Official, other: Official) -> bool:
    if official.person_id and other.person_id:
        return official.person_id == other.person_id
    return player_lookup(official.name) == player_lookup(other.name)


def _row(
    position: int, official: Official, same: Official | None, announced: Reading | None
) -> Row:
    person_id = official.person_id or (same.person_id if same else None)
    return {
        "list_position": position,
        "official_id": str(person_id) if person_id else None,
        "official_name": official.name,
        "is_crew_chief": position == 1,
        "assigned_before_tip": None if announced is None else same is not None,
        "announced_position": same.position if same else None,
        "announced_observed_at": announced.observed_at if announced else None,
    }


def _announced(desk: Desk, about: Subject, game: ExpectedGame, notes: DateNotes) -> Crew:
    """The list as of the slate; where none was seen by then, the first known by the game's lock."""
    for instant in (desk.instant("slate", about.day), desk.cut(game.lock_at)):
        reading = desk.read(NBA_OFFICIALS, about, instant)
        notes.pass_over(reading)
        if isinstance(reading.payload, GameOfficials):
            own = [a for a in reading.payload.games if _is_of(a, game)]
            if own:
                return Crew(tuple(own[0].officials), reading)
            named = game.nba_game_id or f"{game.away} at {game.home}"
            unlisted = f"{named} is not in the announced list of {about.day}"
            if unlisted not in notes.unmatched:
                notes.unmatched.append(unlisted)
    return Crew()


def _is_of(assignment: Assignment, game: ExpectedGame) -> bool:
    """By the game's id; by its sides where the schedule is another provider's and has none."""
    if game.nba_game_id:
        return assignment.game_id == game.nba_game_id
    return (assignment.away_team_abbr, assignment.home_team_abbr) == (game.away, game.home)


def _worked(desk: Desk, about: Subject, notes: DateNotes) -> Crew:
    """The newest box score that lists officials: the one of stats.nba.com does not."""
    for reading in desk.readings(NBA_BOXSCORE, about):
        notes.pass_over(reading)
        if isinstance(reading.payload, BoxScore) and reading.payload.game.officials:
            notes.corrections += reading.corrections
            listed = reading.payload.game.officials
            crew = (Official(n, o.personId, o.name) for n, o in enumerate(listed, 1))
            return Crew(tuple(crew), reading)
    return Crew()


def officials_named_twice(officials: pd.DataFrame) -> pd.DataFrame:
    """One man in two places of a crew makes two crews of one, wherever crews are compared."""
    people = officials.assign(
        person=officials["official_id"].fillna(officials["official_name"].map(player_lookup))
    )
    twice = people[people.duplicated(["game_id", "person"], keep="first")]
    return twice.drop(columns="person").assign(
        reason=twice["official_name"] + " stands in the list of " + twice["game_id"] + " twice"
    )


def games_without_officials(_officials: pd.DataFrame, without: pd.DataFrame) -> pd.DataFrame:
    """A game without officials is left out of everything that is said of crews."""
    return without.assign(blocks=False)


def _compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    rows, without, notes = officials_of(desk, schedule, dates)
    metadata = in_metadata(notes)
    listed = Counter((row["game_date"], row["source"]) for row in rows)
    for (day, source), count in sorted(listed.items()):
        metadata[day][f"officials_from_{source.replace(':', '_')}"] = count
    return Computed(
        rows=OFFICIALS.rows(rows),
        evidence={"without": pd.DataFrame(without, columns=list(WITHOUT_OFFICIALS))},
        notes=metadata,
    )


ENTITY = Entity(
    OFFICIALS,
    _compute,
    feeds=(NBA_BOXSCORE, NBA_OFFICIALS),
    reads=(SCHEDULE,),
    gates=(
        game_gate("nobody_officiates_twice_in_a_game", officials_named_twice),
        partition_gate("every_game_has_officials", games_without_officials, "without"),
    ),
)
