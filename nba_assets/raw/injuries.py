"""Who is hurt, as reported before the games: per cut-off and team the first source that speaks of the team."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from nba_assets.gates.audit import aside_gate, listed, row_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.names import player_lookup
from nba_assets.landing.desk import REPORT_DELAY, Desk, Reading
from nba_assets.partitions import eastern_date
from nba_assets.raw.entity import DateNotes, Entity, Row, in_metadata, provenance
from nba_assets.raw.identity import registry_of
from nba_assets.raw.people import (
    ESPN_PLAYER_ID,
    NBA_PLAYER_ID,
    PLAYER_ID,
    PLAYER_LOOKUP,
    PLAYER_NAME,
    UNRESOLVED,
    Names,
    PlayedGame,
    games_by_date,
    games_by_team,
    start_of,
    unresolved_names,
)
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.tables import GAME_DATE, GAME_ID, NBA_GAME_ID, SCHEDULE, SEASON_YEAR, TEAM
from nba_assets.sources import balldontlie, espn
from nba_assets.sources.feed import Feed, Subject
from nba_assets.sources.feeds.balldontlie import BDL_INJURIES
from nba_assets.sources.feeds.espn import ESPN_INJURIES
from nba_assets.sources.feeds.nba_slate import NBA_INJURY_REPORT
from nba_assets.sources.nba_pdf import InjuryReport
from nba_assets.sources.teams import TEAMS, by_bdl_id
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

INJURIES = Table(
    name="raw.injuries",
    row="player in an injury report of the date, per capture of the report",
    key=("game_date", "player_id", "observed_at"),
    may_not_know=(
        "A series up to the last lock of the date: consumers take the newest capture of the team"
        " before their cut-off. A team without rows may be one that has not reported: that is unknown,"
        " not healthy, and `teams_unknown` of the date's metadata names it."
    ),
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        TEAM,
        PLAYER_ID,
        NBA_PLAYER_ID,
        ESPN_PLAYER_ID,
        PLAYER_NAME,
        PLAYER_LOOKUP,
        Column("status", "STRING", "available, probable, questionable, doubtful or out"),
        Column("reason", "STRING", "the source's words", "none is given"),
        Column("category", "STRING", "Injury/Illness and the like", "the source has none"),
        Column(
            "reported_at", "TIMESTAMP", "the source's own clock, UTC", "the source dates nothing"
        ),
        Column("return_date", "DATE", "when he is expected back", "none is given"),
        *QUALITY,
        *LINEAGE,
    ),
)

_TRICODES = frozenset(team.tricode for team in TEAMS)

STATUSES = ("available", "probable", "questionable", "doubtful", "out")
# ESPN and BallDontLie call a player whose game is not decided yet by this word.
_OF_OTHERS = {"day-to-day": "questionable"}


@dataclass(frozen=True)
class _Entry:
    """What a body says of one player; `dated` orders a player's entries where a body has several."""

    team: str
    name: str
    facts: Row
    body: object
    dated: datetime | None = None


@dataclass(frozen=True)
class _Telling:
    """A body as it speaks for a cut-off: of which teams, and what."""

    feed: Feed
    reading: Reading
    silent_on: frozenset[str]
    entries: tuple[_Entry, ...]


def status_of(word: str) -> str:
    """Our word for a source's; a word that nobody has seen stays, in lower case, for the gate."""
    return _OF_OTHERS.get(word.lower(), word.lower())


def _of_report(reading: Reading, day: date) -> tuple[frozenset[str], Iterator[_Entry]]:
    report = reading.payload
    assert isinstance(report, InjuryReport)
    silent = frozenset(team.team for team in report.not_submitted if team.game_date == day)
    return silent, (
        _Entry(
            row.team,
            row.player_name,
            {
                "status": status_of(row.status),
                "reason": row.text or None,
                "category": row.category or None,
                "reported_at": report.reported_at,
            },
            row,
        )
        for row in report.rows
        if row.game_date == day
    )


def _of_espn(reading: Reading, _day: date) -> tuple[frozenset[str], Iterator[_Entry]]:
    snapshot = reading.payload
    assert isinstance(snapshot, espn.Injuries)
    return frozenset(), (
        _Entry(
            team,
            entry.athlete.displayName,
            {
                "espn_player_id": entry.athlete.id,
                "status": status_of(entry.status),
                "reason": entry.reason,
                "reported_at": entry.date,
                "return_date": entry.details.returnDate if entry.details else None,
            },
            entry,
            entry.date,
        )
        for team, entry in snapshot.by_player
    )


def _of_balldontlie(reading: Reading, _day: date) -> tuple[frozenset[str], Iterator[_Entry]]:
    assert reading.observed_at is not None
    captured = eastern_date(reading.observed_at)
    found = []
    for page in reading.pages:
        assert isinstance(page, balldontlie.Injuries)
        for injury in page.data:
            team = by_bdl_id(injury.player.team_id)
            facts = {
                "status": status_of(injury.status),
                "reason": injury.description or None,
                "return_date": injury.returns_on(captured),
            }
            side = team.tricode if team else f"BallDontLie's team {injury.player.team_id}"
            found.append(_Entry(side, injury.player.name, facts, injury))
    return frozenset(), iter(found)


_Told = Callable[[Reading, date], tuple[frozenset[str], Iterator[_Entry]]]
# In the order to try.
SOURCES: tuple[tuple[Feed, _Told], ...] = (
    (NBA_INJURY_REPORT, _of_report),
    (ESPN_INJURIES, _of_espn),
    (BDL_INJURIES, _of_balldontlie),
)


@dataclass
class InjuryNotes(DateNotes):
    """The notes of a date, by cut-off: teams of which no source has spoken yet, and late reports."""

    unknown: list[str] = field(default_factory=list)
    not_submitted: list[str] = field(default_factory=list)


@dataclass
class _Date:
    """The reports of one date's games."""

    desk: Desk
    games: Sequence[PlayedGame]
    names: Names
    notes: InjuryNotes
    rows: dict[tuple[str, datetime], Row] = field(default_factory=dict)
    met: set[tuple[str, str]] = field(default_factory=set)

    @property
    def day(self) -> date:
        return self.games[0].game_date

    def read(self) -> list[Row]:
        """The rows of every capture that speaks for a cut-off, from the first cut-off to the last."""
        hours = [s.hour for s in self.desk.subjects(NBA_INJURY_REPORT, self.day)[0] if s.hour]
        slate = self.desk.instant("slate", self.day)
        locks = {team: self.desk.cut(g.lock_at) for team, g in games_by_team(self.games).items()}
        cutoffs = sorted({slate, *locks.values()})
        since = start_of(self.day)
        heard: set[str] = set()
        snapshots = {
            feed: list(self._readings(feed, None, cutoffs[-1]))
            for feed, _ in SOURCES
            if feed.per != "hour"
        }
        for cutoff in cutoffs:
            # The report is named by its hour: that of the cut-off is the newest before it.
            hour = max((h for h in hours if h <= cutoff - REPORT_DELAY), default=None)
            reports = list(self._readings(NBA_INJURY_REPORT, hour, cutoff)) if hour else []
            newer = {
                feed: [r for r in own if r.observed_at and since < r.observed_at <= cutoff]
                for feed, own in snapshots.items()
            }
            unknown = self._answer(cutoff, {NBA_INJURY_REPORT: reports, **newer})
            heard |= locks.keys() - unknown
            if unheard := {team for team in unknown - heard if locks[team] >= cutoff}:
                who = "all teams" if unheard == locks.keys() else ", ".join(sorted(unheard))
                self.notes.unknown.append(f"{who} at {cutoff:%H:%M}Z")
            since = cutoff
        return list(self.rows.values())

    def _answer(self, cutoff: datetime, readings: Mapping[Feed, Sequence[Reading]]) -> set[str]:
        """Rows of each team by the first source that speaks of it; the teams that none speaks of.

        A source that did not look since the last cut-off has nothing to add to what was known then.
        """
        left = set(games_by_team(self.games))
        why: list[str] = []
        for feed, told in SOURCES:
            tellings = [self._telling(feed, told, reading) for reading in readings[feed]]
            if not tellings:
                why.append(f"{feed.name}: no body since the last cut-off")
                continue
            silent = left & tellings[0].silent_on
            for telling in tellings:
                self._add(telling, left - silent - telling.silent_on, why)
            if silent:
                # In the morning that is how it is: the row's source says who spoke for the team.
                self.notes.not_submitted.append(f"{', '.join(sorted(silent))} at {cutoff:%H:%M}Z")
            left = silent
            if not left:
                break
        return left

    def _readings(self, feed: Feed, hour: datetime | None, until: datetime) -> Iterator[Reading]:
        """Captures that speak, newest first: those of the hour, or all since the date began.

        A list that is empty of everybody in the league is no answer.
        """
        about = Subject(self.day, self.games[0].season, hour=hour)
        begin = start_of(self.day)
        for reading in self.desk.readings(feed, about, until):
            self.notes.pass_over(reading)
            if reading.observed_at is None or (hour is None and reading.observed_at <= begin):
                return
            if reading.payload is not None and not reading.payload.is_empty:
                yield reading

    def _telling(self, feed: Feed, told: _Told, reading: Reading) -> _Telling:
        silent, entries = told(reading, self.day)
        return _Telling(feed, reading, silent, tuple(entries))

    def _add(self, telling: _Telling, teams: set[str], why: Sequence[str]) -> None:
        """Rows of the teams; what one body says of a team is met once, for however many cut-offs."""
        reading, feed = telling.reading, telling.feed
        new = {team for team in teams if (reading.path, team) not in self.met}
        self.met |= {(reading.path, team) for team in new}
        games = games_by_team(self.games)
        said: dict[str, _Entry] = {}
        for entry in telling.entries:
            if entry.team not in _TRICODES and entry.team not in self.notes.unmatched:
                self.notes.unmatched.append(entry.team)
            if entry.team in new:
                told = (entry.name, entry.team, games[entry.team], feed, reading, entry.body)
                player_id = self.names.player_id(*told)
                if player_id is None:
                    continue
                if reason := _settled(said, player_id, entry):
                    self.names.keep_aside(*told, reason)
        degraded = [f"{feed.name} instead of {SOURCES[0][0].name}: {'; '.join(why)}"] if why else []
        for player_id, entry in said.items():
            game = games[entry.team]
            assert reading.observed_at is not None
            self.rows.setdefault(
                (player_id, reading.observed_at),
                game.columns
                | provenance(
                    self.desk, feed, reading, is_bootstrap=game.is_bootstrap, degraded=degraded
                )
                | {
                    "team": entry.team,
                    "player_id": player_id,
                    "nba_player_id": player_id,
                    "player_name": entry.name,
                    "player_lookup": player_lookup(entry.name),
                }
                | entry.facts,
            )


def _settled(said: dict[str, _Entry], player_id: str, entry: _Entry) -> str:
    """Let an entry speak for a player; why it does not, where another says otherwise of him.

    Of several injuries of one man the newest entry says how he stands.
    """
    other = said.get(player_id)
    if other is None:
        said[player_id] = entry
    elif other.dated and entry.dated and other.dated != entry.dated:
        if entry.dated > other.dated:
            said[player_id] = entry
    elif other.facts != entry.facts:
        statuses = f"{other.facts['status']} and {entry.facts['status']}"
        return f"{entry.name} ({player_id}) is listed twice: {statuses}"
    return ""


def injury_rows(
    desk: Desk, names: Names, schedule: pd.DataFrame, dates: Sequence[date]
) -> tuple[list[Row], dict[date, InjuryNotes]]:
    """The rows of every report that speaks for a cut-off of the dates' games.

    Args:
        desk: to read what landed.
        names: to resolve those of the reports.
        schedule: published rows of `raw.schedule` of the dates.
        dates: the dates to make rows of.
    """
    notes = {day: InjuryNotes() for day in dates}
    rows = [
        row
        for day, games in games_by_date(schedule, dates).items()
        if games
        for row in _Date(desk, games, names, notes[day]).read()
    ]
    return rows, notes


def unknown_statuses(injuries: pd.DataFrame) -> pd.DataFrame:
    """A word that nobody has seen could mean out: read as anything else it would sell his over."""
    found = injuries[~injuries["status"].isin(STATUSES)]
    return found.assign(
        reason=found["team"] + ": " + found["player_name"] + " is " + found["status"]
    )


def _compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    names = Names(desk, registry_of(desk, warehouse))
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    rows, notes = injury_rows(desk, names, schedule, dates)
    metadata = in_metadata(notes)
    for day, own in notes.items():
        if own.not_submitted:
            metadata[day]["teams_not_submitted"] = listed(own.not_submitted)
        if own.unknown:
            metadata[day]["teams_unknown"] = listed(own.unknown)
    return Computed(INJURIES.rows(rows), evidence={UNRESOLVED: names.frame}, notes=metadata)


ENTITY = Entity(
    INJURIES,
    _compute,
    feeds=tuple(feed for feed, _ in SOURCES),
    reads=(SCHEDULE, PLAYERS),
    gates=(
        row_gate("every_status_is_known", unknown_statuses),
        aside_gate("every_name_is_resolved", unresolved_names, UNRESOLVED),
    ),
)
