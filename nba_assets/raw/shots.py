"""Play-by-plays and shot charts → field-goal attempts and free throws of a date, the best source per game."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from nba_assets.gates.audit import notice_gate, partition_gate, row_gate
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk
from nba_assets.raw.entity import DateNotes, Entity, Row, collapse, in_metadata, provenance
from nba_assets.raw.gates import expected_games
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.shot_sources import (
    FEEDS,
    UNRESOLVED_NAME,
    ShotSources,
    Telling,
    offence_of,
    refuse,
)
from nba_assets.raw.tables import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    PLAYER_BOX_SCORES,
    SCHEDULE,
    SEASON_TYPE,
    SEASON_YEAR,
    TEAM,
)
from nba_assets.raw.unresolved import NAME_GATE, UNRESOLVED
from nba_assets.sources.feeds.nba import NBA_PLAY_BY_PLAY, NBA_SHOT_CHART
from nba_assets.sources.shots import Shot
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

PAINT_AREAS = frozenset({"Restricted Area", "In The Paint (Non-RA)"})
PAINT_FEET = 8.0  # where no area is given: as far as the painted area counts

_NO_PLAYS = "the source tells of field goals alone"

SHOTS = Table(
    name="raw.shots",
    row="field-goal attempt of a finished game of the date, and free throw where a play-by-play tells of it",
    key=("game_id", "event_seq"),
    columns=(
        GAME_DATE,
        GAME_ID,
        Column(
            "event_seq",
            "INT64",
            "the provider's event number; where it has none, the place among the game's attempts",
        ),
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        Column("player_id", "STRING", "the NBA person id of the shooter"),
        Column("nba_player_id", "STRING", "the NBA person id of the shooter"),
        TEAM,
        Column("defending_team", "STRING", "tricode"),
        Column("period", "INT64", "1 to 4, then overtimes"),
        Column("clock_s", "FLOAT64", "seconds left in the period"),
        Column("shot_value", "INT64", "points that it is worth: 1 (free throw), 2 or 3"),
        Column("made", "BOOL", "it went in"),
        Column("distance_ft", "FLOAT64", "feet from the basket", "free throw, or not told"),
        Column("area", "STRING", "the provider's name of the place", "free throw, or not told"),
        Column(
            "zone",
            "STRING",
            "three by its value; of two-pointers paint, in the painted area or up to 8 ft, or mid",
            "free throw, or neither area nor distance is told",
        ),
        Column("x", "INT64", "tenths of a foot from the basket, across", "free throw, or not told"),
        Column("y", "INT64", "tenths of a foot from the basket, along", "free throw, or not told"),
        Column("is_assisted", "BOOL", "made from a pass that counts as an assist", _NO_PLAYS),
        Column("assist_player_id", "STRING", "who passed", "nobody, or not told by an id"),
        Column("is_blocked", "BOOL", "missed because it was blocked", _NO_PLAYS),
        Column("blocker_player_id", "STRING", "who blocked", "nobody, or not told by an id"),
        Column(
            "fouled", "BOOL", "went in and was followed by its one free throw (and-one)", _NO_PLAYS
        ),
        Column(
            "is_complete",
            "BOOL",
            "the shooter's field-goal attempts of the game are as many as in his box score",
            "no box score of the game is published",
        ),
        *QUALITY,
        *LINEAGE,
    ),
)

WITHOUT_SHOTS = ("game_date", "game_id", "reason")


@dataclass
class Found:
    """The shots of some dates, and what is to be said beside them."""

    rows: list[Row]
    without_shots: list[Row]
    unresolved: list[Row]
    notes: dict[date, DateNotes]
    repeats: Counter[date]


def zone_of(shot: Shot) -> str | None:
    """paint, mid or three; None of a free throw, and of a two-pointer from nobody knows where.

    A three is known by its value, never by its distance: corner threes are 22 ft.
    """
    if shot.is_free_throw:
        return None
    if shot.value == 3:
        return "three"
    if shot.area:
        return "paint" if shot.area in PAINT_AREAS else "mid"
    feet = shot.distance_ft
    if feet is None and shot.x is not None and shot.y is not None:
        feet = math.hypot(shot.x, shot.y) / 10
    return None if feet is None else "paint" if feet <= PAINT_FEET else "mid"


def numbered(shots: Sequence[Shot]) -> list[tuple[int, Shot]]:
    """The shots of a game with their `event_seq`, in its order.

    The provider's number; where any shot has none, the rank by (period, clock descending, player,
    x, y, made, occurrence), which does not depend on the order in which they came.
    """
    if all(shot.event is not None for shot in shots):
        return sorted(((shot.event or 0, shot) for shot in shots), key=lambda pair: pair[0])
    return list(enumerate(sorted(shots, key=_place), 1))


def without_repeats(
    shots: Sequence[Shot], attempts: Mapping[str, int] | None
) -> tuple[list[Shot], int]:
    """The shots without exact repeats that the box score does not count, and how many those were.

    Two attempts can be alike in everything that is told of them (a tip-in at the same tenth of a
    second), so a repeat goes only where its shooter has more attempts than his box score.

    Args:
        shots: of one game.
        attempts: `fga` by player id; None where no box score is known, and nothing is dropped.
    """
    if attempts is None:
        return list(shots), 0
    surplus = Counter(str(s.person_id) for s in shots if not s.is_free_throw)
    surplus.subtract(attempts)
    kept: list[Shot] = []
    seen: set[Shot] = set()
    for _, shot in numbered(shots):
        alike, player_id = replace(shot, event=None), str(shot.person_id)
        if alike in seen and not shot.is_free_throw and surplus[player_id] > 0:
            surplus[player_id] -= 1
            continue
        seen.add(alike)
        kept.append(shot)
    return kept, len(shots) - len(kept)


def shots_of(
    desk: Desk, warehouse: Warehouse, schedule: pd.DataFrame, boxes: pd.DataFrame
) -> Found:
    """The shots of every expected game of the schedule's dates, from the first source that has them.

    Args:
        desk: to read what landed.
        warehouse: where the registry of players is, for sources that know names alone.
        schedule: published rows of `raw.schedule`.
        boxes: published rows of `raw.player_box_scores` of the same dates.
    """
    games: list[Any] = list(expected_games(schedule).itertuples(index=False))
    found = Found([], [], [], {game.game_date: DateNotes() for game in games}, Counter())
    attempts = {
        str(game_id): dict(zip(own["player_id"], own["fga"].astype(int), strict=True))
        for game_id, own in boxes.groupby("game_id")
    }
    sources = ShotSources(desk, warehouse)
    for game in games:
        _tell(sources, game, attempts.get(game.game_id), found)
    return found


def _tell(
    sources: ShotSources, game: Any, attempts: Mapping[str, int] | None, found: Found
) -> None:
    notes = found.notes[game.game_date]
    refused: list[str] = []
    for telling in sources.tellings(game, notes, refused):
        # A copy of one event is one event.
        shots = list(dict.fromkeys(s for s in telling.shots if s.event is not None)) + [
            s for s in telling.shots if s.event is None
        ]
        if offence := offence_of(shots, game.away_team, game.home_team):
            refuse(notes, refused, telling.reading.path, offence)
            continue
        kept, repeats = without_repeats(shots, attempts)
        notes.collapsed += len(telling.shots) - len(shots)
        notes.corrections += telling.reading.corrections
        found.repeats[game.game_date] += repeats
        found.rows += _rows(sources.desk, game, telling, kept, attempts, refused)
        found.unresolved += telling.unresolved
        return
    why = "; ".join(dict.fromkeys(refused)) or "no body landed"
    names = ", ".join(feed.name for feed in FEEDS)
    found.without_shots.append(
        {
            "game_date": game.game_date,
            "game_id": game.game_id,
            "reason": f"{game.game_id} has no shots from any of {names}: {why}",
        }
    )


def _rows(
    desk: Desk,
    game: Any,
    telling: Telling,
    shots: Sequence[Shot],
    attempts: Mapping[str, int] | None,
    refused: Sequence[str],
) -> list[Row]:
    degraded = []
    if telling.lacks:
        why = "; ".join(dict.fromkeys(refused))
        name = telling.feed.name
        first = (
            "its second host"
            if telling.feed is NBA_PLAY_BY_PLAY
            else f"instead of {NBA_PLAY_BY_PLAY.name}"
        )
        degraded.append(f"{name} {first} ({telling.lacks})" + (f": {why}" if why else ""))
    tells_plays = telling.feed is not NBA_SHOT_CHART
    taken = Counter((str(s.person_id), s.team) for s in shots if not s.is_free_throw)
    common = {
        "game_date": game.game_date,
        "game_id": game.game_id,
        "nba_game_id": game.nba_game_id,
        "season_year": game.season_year,
        "season_type": game.season_type,
        **provenance(
            desk,
            telling.feed,
            telling.reading,
            is_bootstrap=game.is_bootstrap,
            degraded=degraded,
        ),
    }
    rows = []
    for event_seq, shot in numbered(shots):
        player_id = str(shot.person_id)
        passed = shot.assist_person_id is not None or shot.event in telling.unnamed_passers
        blocked = shot.block_person_id is not None or shot.event in telling.unnamed_blockers
        is_free = shot.is_free_throw
        rows.append(
            common
            | {
                "event_seq": event_seq,
                "player_id": player_id,
                "nba_player_id": player_id,
                "team": shot.team,
                "defending_team": game.home_team if shot.team == game.away_team else game.away_team,
                "period": shot.period,
                "clock_s": shot.clock_s,
                "shot_value": shot.value,
                "made": shot.made,
                "distance_ft": None if is_free else shot.distance_ft,
                "area": None if is_free else shot.area,
                "zone": zone_of(shot),
                "x": None if is_free else shot.x,
                "y": None if is_free else shot.y,
                "is_assisted": passed if tells_plays else None,
                "assist_player_id": _text_id(shot.assist_person_id),
                "is_blocked": blocked if tells_plays else None,
                "blocker_player_id": _text_id(shot.block_person_id),
                "fouled": shot.fouled,
                "is_complete": None
                if attempts is None
                else taken[player_id, shot.team] == attempts.get(player_id),
            }
        )
    return rows


def _text_id(person_id: int | None) -> str | None:
    return None if person_id is None else str(person_id)


def _place(shot: Shot) -> tuple[object, ...]:
    x, y = (math.inf if place is None else place for place in (shot.x, shot.y))
    # The value last: two attempts that differ in nothing before it still have one order.
    return (shot.period, -shot.clock_s, shot.person_id, x, y, shot.made, shot.value)


def shooters_of_no_side(
    shots: pd.DataFrame, schedule: pd.DataFrame, boxes: pd.DataFrame
) -> pd.DataFrame:
    """A shot of somebody who is not in the game counts for a team that did not take it.

    Args:
        shots: rows of `raw.shots`.
        schedule: rows of `raw.schedule`.
        boxes: rows of `raw.player_box_scores`; a game that is not among them is judged by its teams
            alone.
    """
    sides = {
        (game, team)
        for column in ("home_team", "away_team")
        for game, team in zip(schedule["game_id"], schedule[column], strict=True)
    }
    listed = set(zip(boxes["game_id"], boxes["team"], boxes["player_id"], strict=True))
    boxed = set(boxes["game_id"])
    reasons = [
        _foreign(game, team, player, sides, listed, boxed)
        for game, team, player in zip(
            shots["game_id"], shots["team"], shots["player_id"], strict=True
        )
    ]
    found = shots.assign(reason=reasons)
    return found[found["reason"] != ""]


def _foreign(
    game: str,
    team: str,
    player: str,
    sides: set[tuple[str, str]],
    listed: set[tuple[str, str, str]],
    boxed: set[str],
) -> str:
    if (game, team) not in sides:
        return f"{team} does not play in {game}"
    if game in boxed and (game, team, player) not in listed:
        return f"{player} is not in the box score of {team} in {game}"
    return ""


def games_without_shots(_shots: pd.DataFrame, without_shots: pd.DataFrame) -> pd.DataFrame:
    """A game without shots has no zones: NULL, not 0, in everything that is made of them."""
    return without_shots.assign(blocks=False)


def players_off_their_attempts(shots: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """Zones that do not add up to the box score's attempts are not his: whoever reads them makes them NULL.

    Args:
        shots: rows of `raw.shots`.
        boxes: rows of `raw.player_box_scores`; games without shots are not judged.

    Returns:
        One row per player and game, those included of whom no attempt is told.
    """
    by_player = ["game_date", "game_id", "team", "player_id"]
    taken = (
        shots[shots["shot_value"] > 1].groupby(by_player, as_index=False).agg(told=("made", "size"))
    )
    owed = boxes[boxes["game_id"].isin(set(shots["game_id"]))]
    both = owed[[*by_player, "player_name", "fga"]].merge(taken, on=by_player, how="left")
    both["told"] = both["told"].fillna(0).astype(int)
    off = both[both["told"] != both["fga"]]
    return off.assign(
        reason=off["player_name"]
        + " ("
        + off["player_id"]
        + ") has "
        + off["told"].astype(str)
        + " attempts in "
        + off["game_id"]
        + ", "
        + off["fga"].astype(str)
        + " in the box score",
    )


def _compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    boxes = warehouse.read(PLAYER_BOX_SCORES, dates).to_pandas()
    found = shots_of(desk, warehouse, schedule, boxes)
    metadata = in_metadata(found.notes)
    for day, repeats in found.repeats.items():
        if repeats:
            metadata[day]["repeats_beyond_the_box_score"] = repeats
    return Computed(
        rows=SHOTS.rows(found.rows),
        evidence={
            "without_shots": pd.DataFrame(found.without_shots, columns=list(WITHOUT_SHOTS)),
            UNRESOLVED: pd.DataFrame(collapse(found.unresolved), columns=list(UNRESOLVED_NAME)),
        },
        notes=metadata,
    )


ENTITY = Entity(
    SHOTS,
    _compute,
    feeds=FEEDS,
    reads=(SCHEDULE, PLAYER_BOX_SCORES, PLAYERS),
    gates=(
        row_gate("every_shooter_is_of_the_game", shooters_of_no_side, SCHEDULE, PLAYER_BOX_SCORES),
        NAME_GATE,
        partition_gate("every_game_has_shots", games_without_shots, "without_shots"),
        notice_gate(
            "zone_attempts_equal_box_attempts", players_off_their_attempts, PLAYER_BOX_SCORES
        ),
    ),
)
