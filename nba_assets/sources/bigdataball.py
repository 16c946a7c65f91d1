"""Payload models of BigDataBall: the Drive folder's file search, and a game's play-by-play as CSV.

The provider has names and no player ids; they are kept. Whoever knows the ids turns a `NamedShot`
into a `Shot`.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

from pydantic import ValidationError

from nba_assets.sources.payload import GameId, Payload, Tricode
from nba_assets.sources.shots import Shot

COLUMNS = (
    "game_id", "data_set", "date", "a1", "a2", "a3", "a4", "a5", "h1", "h2", "h3", "h4", "h5",
    "period", "away_score", "home_score", "remaining_time", "elapsed", "play_length", "play_id",
    "team", "event_type", "assist", "away", "home", "block", "entered", "left", "num", "opponent",
    "outof", "player", "points", "possession", "reason", "result", "steal", "type",
    "shot_distance", "original_x", "original_y", "converted_x", "converted_y", "description",
)  # fmt: skip
FREE_THROW = "free throw"
SHOTS = frozenset({"shot", FREE_THROW})
AND_ONE = "free throw 1/1"


class DriveFile(Payload):
    """A file of the folder."""

    id: str
    name: str


class FileSearch(Payload):
    """Drive's answer to a search for `[<game id>]` in the name."""

    files: list[DriveFile]

    @property
    def is_empty(self) -> bool:
        return not self.files

    def file_of(self, nba_game_id: str) -> DriveFile | None:
        """The file that names the game in brackets; None where none does.

        Raises:
            ValueError: where several do.
        """
        found = [file for file in self.files if f"[{nba_game_id}]" in file.name]
        if len(found) > 1:
            raise ValueError(f"{nba_game_id}: {len(found)} files, {[f.name for f in found]}")
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class NamedShot:
    """A field-goal attempt or free throw, with the fields of `Shot` and names for ids."""

    game_id: str
    event: int
    period: int
    clock_s: float
    player: str
    team: str
    value: int
    made: bool
    distance_ft: float | None
    x: int | None
    y: int | None
    assist: str | None
    block: str | None
    fouled: bool

    def with_ids(self, person_ids: Mapping[str, int]) -> Shot:
        """The shot in the neutral form, by the NBA person id of each name as the provider has it.

        Raises:
            KeyError: of a name without an id.
        """
        return Shot(
            game_id=self.game_id,
            event=self.event,
            period=self.period,
            clock_s=self.clock_s,
            person_id=person_ids[self.player],
            team=self.team,
            value=self.value,
            made=self.made,
            distance_ft=self.distance_ft,
            x=self.x,
            y=self.y,
            assist_person_id=None if self.assist is None else person_ids[self.assist],
            block_person_id=None if self.block is None else person_ids[self.block],
            fouled=self.fouled,
        )


class Play(Payload):
    """A line of the file, as far as it is read; `line` counts the header as 1.

    `clock_s` are the seconds left in the period. `team` is "" of an event of nobody. Coordinates
    are tenths of feet from the basket, distances feet.
    """

    line: int
    game_id: GameId
    game_date: date
    period: int
    clock_s: float
    play_id: int
    team: Tricode
    event_type: str
    type: str
    player: str
    points: int | None
    result: str
    assist: str
    block: str
    shot_distance: int | None
    original_x: int | None
    original_y: int | None
    away_score: int
    home_score: int


class DetailedPlayByPlay(Payload):
    """A game's CSV: every line a play, in the order of the game."""

    plays: list[Play]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The plays of a file.

        Raises:
            ValueError: naming the line and column that is not as expected, or a second game.
        """
        rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        try:
            header = next(rows, [])
            if unlike := sorted(set(COLUMNS) - set(header)):
                raise ValueError(f"line 1: no column {', '.join(unlike)}")
            plays = [_play(header, row, rows.line_num) for row in rows]
        except csv.Error as error:
            raise ValueError(f"line {rows.line_num}: {error}") from error
        for play in plays:
            if (play.game_id, play.game_date) != (plays[0].game_id, plays[0].game_date):
                raise ValueError(
                    f"line {play.line}: game {play.game_id} of {play.game_date} in the file of "
                    f"{plays[0].game_id} of {plays[0].game_date}"
                )
        return cls(plays=plays)

    @property
    def is_empty(self) -> bool:
        return not self.plays

    @cached_property
    def shots(self) -> list[NamedShot]:
        """The field goals and free throws.

        Raises:
            ValueError: naming the line of a shot whose result, points and type disagree.
        """
        taken = [play for play in self.plays if play.event_type in SHOTS]
        # The free throw of an and-one is the shooter's, at the very clock of his field goal.
        single = {_moment(play) for play in taken if play.type == AND_ONE}
        return [_shot(play, _moment(play) in single) for play in taken]


def _play(header: list[str], row: list[str], line: int) -> Play:
    if len(row) != len(header):
        raise ValueError(f"line {line}: {len(row)} cells, the header has {len(header)}")
    cells = dict(zip(header, row, strict=True))
    try:
        return Play(
            line=line,
            game_id=cells["game_id"].zfill(10),  # written without its leading zeros
            game_date=date.fromisoformat(cells["date"]),
            period=int(cells["period"]),
            clock_s=_clock(cells["remaining_time"]),
            play_id=int(cells["play_id"]),
            team=cells["team"],
            event_type=cells["event_type"],
            type=cells["type"],
            player=cells["player"],
            points=_int_or_none(cells["points"]),
            result=cells["result"],
            assist=cells["assist"],
            block=cells["block"],
            shot_distance=_int_or_none(cells["shot_distance"]),
            original_x=_int_or_none(cells["original_x"]),
            original_y=_int_or_none(cells["original_y"]),
            away_score=int(cells["away_score"]),
            home_score=int(cells["home_score"]),
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"line {line}: {first['loc'][0]}: {first['msg']}") from error
    except ValueError as error:
        raise ValueError(f"line {line}: {error}") from error


def _int_or_none(text: str) -> int | None:
    return int(text) if text else None


def _clock(text: str) -> float:
    """Seconds of "0:11:44"."""
    match = re.fullmatch(r"(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)", text)
    if not match:
        raise ValueError(f"remaining_time {text!r} is not H:MM:SS")
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])


def _moment(play: Play) -> tuple[int, float, str, str]:
    return play.period, play.clock_s, play.team, play.player


def _shot(play: Play, is_moment_of_one: bool) -> NamedShot:
    is_free = play.event_type == FREE_THROW
    value = 1 if is_free else 3 if play.type.startswith("3pt ") else 2
    is_made = play.result == "made"
    if not play.player or not play.team or play.result not in ("made", "missed"):
        raise ValueError(
            f"line {play.line}: a {play.event_type} of {play.player!r} of {play.team!r}, "
            f"result {play.result!r}"
        )
    if play.points != (value if is_made else 0):
        raise ValueError(
            f"line {play.line}: {play.type!r} {play.result}, worth {value}, has {play.points} points"
        )
    return NamedShot(
        game_id=play.game_id,
        event=play.play_id,
        period=play.period,
        clock_s=play.clock_s,
        player=play.player,
        team=play.team,
        value=value,
        made=is_made,
        distance_ft=None if is_free else play.shot_distance,
        x=None if is_free else play.original_x,
        y=None if is_free else play.original_y,
        assist=play.assist or None,
        block=play.block or None,
        fouled=is_made and not is_free and is_moment_of_one,
    )
