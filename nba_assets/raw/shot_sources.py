"""Which bodies tell of a game's shots, in the order of trust, and whom their names mean."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from nba_assets.identity.registry import Registry
from nba_assets.landing.desk import Desk, Reading
from nba_assets.partitions import season_of
from nba_assets.raw.entity import DateNotes, Row, source_name
from nba_assets.raw.identity import registry_of
from nba_assets.sources.bigdataball import DetailedPlayByPlay
from nba_assets.sources.feed import ExpectedGame, Feed, Subject, has_a_log
from nba_assets.sources.feeds.archives import DETAILED_PBP
from nba_assets.sources.feeds.nba import NBA_PLAY_BY_PLAY, NBA_SHOT_CHART
from nba_assets.sources.nba_live import PlayByPlay
from nba_assets.sources.nba_stats import PlayByPlayV3, ShotChart
from nba_assets.sources.shots import Shot
from nba_assets.warehouse.base import Warehouse

FEEDS = (NBA_PLAY_BY_PLAY, NBA_SHOT_CHART, DETAILED_PBP)
UNRESOLVED_NAME = (
    "game_date", "game_id", "nba_game_id", "event", "role", "player_name", "team", "period",
    "clock_s", "shot_value", "made", "source", "observed_at", "landing_path", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Telling:
    """One source's shots of a game, and where they were read.

    Attributes:
        feed: whose body it is.
        reading: the body.
        shots: in any order.
        unnamed_passers: events of assisted shots whose passer has no id.
        unnamed_blockers: events of blocked shots whose blocker has no id.
        unresolved: names that lead to nobody, as quarantine rows.
        lacks: what the source does not tell that the first one does; empty where it tells all.
    """

    feed: Feed
    reading: Reading
    shots: list[Shot]
    unnamed_passers: frozenset[int] = frozenset()
    unnamed_blockers: frozenset[int] = frozenset()
    unresolved: list[Row] = field(default_factory=list)
    lacks: str = ""


def offence_of(shots: Sequence[Shot], away: str, home: str) -> str:
    """Why shots cannot be those of a game of the two teams; empty where they can."""
    if not shots:
        return "no shot of the game"
    if others := {shot.team for shot in shots} - {away, home}:
        return (
            f"home_away_matches_schedule: shots of {', '.join(sorted(others))} in {away} at {home}"
        )
    numbers = Counter(shot.event for shot in shots if shot.event is not None)
    if twice := sorted(number for number, count in numbers.items() if count > 1):
        return f"unique_key: {len(twice)} event numbers of two shots that differ, first {twice[0]}"
    return ""


class ShotSources:
    """What tells of shots, in the order of trust; a date's shot chart is read once."""

    def __init__(self, desk: Desk, warehouse: Warehouse) -> None:
        self.desk = desk
        self._warehouse = warehouse
        self._charts: dict[tuple[date, str], tuple[Reading, dict[str, list[Shot]]]] = {}
        self._names: Registry | None = None

    def tellings(self, game: Any, notes: DateNotes, refused: list[str]) -> Iterator[Telling]:
        season = season_of(game.game_date)
        assert season is not None
        # Without an id of NBA.com none of its bodies is of the game.
        expected = ExpectedGame(game.nba_game_id or "", game.away_team, game.home_team, game.tip_at)
        subject = Subject(game.game_date, season, game.season_type, expected)
        yield from self._plays(subject, notes, refused)
        if has_a_log(game.season_type):
            chart = Subject(game.game_date, season, game.season_type)
            reading, by_game = self._chart(chart)
            _pass_over(notes, refused, reading)
            if reading.payload is not None:
                shots = by_game.get(game.nba_game_id, [])
                yield Telling(
                    NBA_SHOT_CHART, reading, shots, lacks="no assists, blocks, fouls or free throws"
                )
        for reading in self.desk.readings(DETAILED_PBP, subject):
            _pass_over(notes, refused, reading)
            if isinstance(reading.payload, DetailedPlayByPlay):
                yield self._named(game, reading, reading.payload)

    def _plays(self, subject: Subject, notes: DateNotes, refused: list[str]) -> Iterator[Telling]:
        """NBA.com's play-by-plays, those of the CDN first: the other host's have no areas."""
        others: list[Telling] = []
        for reading in self.desk.readings(NBA_PLAY_BY_PLAY, subject):
            _pass_over(notes, refused, reading)
            if isinstance(reading.payload, PlayByPlay):
                yield Telling(NBA_PLAY_BY_PLAY, reading, reading.payload.shots)
            elif isinstance(reading.payload, PlayByPlayV3):
                plays = reading.payload
                unknown = plays.unknown_passers
                notes.unmatched += [
                    f"{subject}: the passer {name!r} of event {event}" for event, name in unknown
                ]
                others.append(
                    Telling(
                        NBA_PLAY_BY_PLAY,
                        reading,
                        plays.shots,
                        frozenset(event for event, _ in unknown),
                        lacks="no areas, passers by name",
                    )
                )
        yield from others

    def _chart(self, subject: Subject) -> tuple[Reading, dict[str, list[Shot]]]:
        key = (subject.day, subject.season_type)
        if key not in self._charts:
            reading = self.desk.read(NBA_SHOT_CHART, subject)
            by_game: dict[str, list[Shot]] = {}
            if isinstance(reading.payload, ShotChart):
                for shot in reading.payload.shots:
                    by_game.setdefault(shot.game_id, []).append(shot)
            self._charts[key] = (reading, by_game)
        return self._charts[key]

    def _named(self, game: Any, reading: Reading, plays: DetailedPlayByPlay) -> Telling:
        if self._names is None:
            self._names = registry_of(self.desk, self._warehouse)
        shots: list[Shot] = []
        unresolved: list[Row] = []
        unnamed: dict[str, set[int]] = {"assist": set(), "block": set()}
        ids: dict[str, int] = {}
        for named in plays.shots:
            people = {"player": named.player, "assist": named.assist, "block": named.block}
            for role, name in people.items():
                if name is None or name in ids:
                    continue
                who = self._names.resolve(name, [game.away_team, game.home_team], game.game_date)
                if who.nba_id is not None:
                    ids[name] = int(who.nba_id)
                    continue
                if role in unnamed:
                    unnamed[role].add(named.event)
                unresolved.append(
                    {
                        "game_date": game.game_date,
                        "game_id": game.game_id,
                        "nba_game_id": game.nba_game_id,
                        "event": named.event,
                        "role": role,
                        "player_name": name,
                        "team": named.team,
                        "period": named.period,
                        "clock_s": named.clock_s,
                        "shot_value": named.value,
                        "made": named.made,
                        "source": source_name(self.desk, DETAILED_PBP.name),
                        "observed_at": reading.observed_at,
                        "landing_path": reading.path,
                        "reason": f"{game.game_id} event {named.event}, {role}: {who.reason}",
                    }
                )
            if named.player in ids:
                known = replace(
                    named,
                    assist=named.assist if named.assist in ids else None,
                    block=named.block if named.block in ids else None,
                )
                shots.append(known.with_ids(ids))
        return Telling(
            DETAILED_PBP,
            reading,
            shots,
            frozenset(unnamed["assist"]),
            frozenset(unnamed["block"]),
            unresolved,
            lacks="no areas, people by name",
        )


def _pass_over(notes: DateNotes, refused: list[str], reading: Reading) -> None:
    for body in reading.passed_over:
        refuse(notes, refused, body.path, body.reason)


def refuse(notes: DateNotes, refused: list[str], path: str, reason: str) -> None:
    """Note why a body is passed over: for its game, and with its path for the date."""
    # Reasons without the path of the body: a path holds an instant, and the same refusal of a later
    # capture is no change of the row. The metadata of the date has the paths.
    refused.append(reason)
    if (said := f"{path}: {reason}") not in notes.passed_over:
        notes.passed_over.append(said)
