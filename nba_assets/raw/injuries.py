"""Who is hurt, as reported before the games: per cut-off and team the first source that speaks of the team."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from nba_assets.gates.audit import aside_gate, listed, row_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.names import player_lookup
from nba_assets.landing.desk import REPORT_DELAY, Desk, Reading
from nba_assets.raw.entity import DateNotes, Entity, Row, in_metadata, provenance, source_name
from nba_assets.raw.identity import registry_of
from nba_assets.raw.injury_sources import SOURCES, STATUSES, Entry, Told
from nba_assets.raw.people import (
    ESPN_PLAYER_ID,
    NBA_PLAYER_ID,
    PLAYER_ID,
    PLAYER_LOOKUP,
    PLAYER_NAME,
    Names,
    PlayedGame,
    games_by_date,
    games_by_team,
    start_of,
)
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.tables import GAME_DATE, GAME_ID, NBA_GAME_ID, SCHEDULE, SEASON_YEAR, TEAM
from nba_assets.raw.unresolved import NAME_GATE, UNRESOLVED
from nba_assets.sources.feed import Feed, Subject
from nba_assets.sources.feeds.nba_slate import NBA_INJURY_REPORT
from nba_assets.sources.teams import BY_TRICODE
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

INJURIES = Table(
    name="raw.injuries",
    row="player in an injury report of the date, per capture of the report",
    key=("game_date", "player_id", "observed_at"),
    has_every_game=False,  # nobody may be hurt in a game
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

STRANGERS = "entries_of_unknown_teams"
_STRANGER = (
    "game_date", "team", "player_name", "entry", "source", "observed_at", "landing_path", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class _Telling:
    """A body as it speaks for a cut-off: of which teams, and what."""

    feed: Feed
    reading: Reading
    silent_on: frozenset[str]
    entries: tuple[Entry, ...]


@dataclass
class InjuryNotes(DateNotes):
    """The notes of a date.

    Attributes:
        unknown: by cut-off, teams of which no source has spoken yet.
        not_submitted: by cut-off, teams whose report is late.
        strangers: entries of teams that nobody knows, as quarantine rows.
    """

    unknown: list[str] = field(default_factory=list)
    not_submitted: list[str] = field(default_factory=list)
    strangers: list[Row] = field(default_factory=list)


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
        spoken_of = sum(heard.issuperset(game.sides) for game in self.games)
        share = 100.0 * spoken_of / len(self.games)
        return [row | {"completeness_pct": share} for row in self.rows.values()]

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

    def _telling(self, feed: Feed, told: Told, reading: Reading) -> _Telling:
        silent, entries = told(reading, self.day)
        return _Telling(feed, reading, silent, tuple(entries))

    def _add(self, telling: _Telling, teams: set[str], why: Sequence[str]) -> None:
        """Rows of the teams; what one body says of a team is met once, for however many cut-offs."""
        reading, feed = telling.reading, telling.feed
        strangers = {entry.team for entry in telling.entries} - BY_TRICODE.keys()
        new = {team for team in teams | strangers if (reading.path, team) not in self.met}
        self.met |= {(reading.path, team) for team in new}
        games = games_by_team(self.games)
        said: dict[str, Entry] = {}
        for entry in telling.entries:
            if entry.team not in games:
                self._note_absent(entry, telling, is_new=entry.team in new)
            elif entry.team in new:
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
            row = (
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
                | entry.facts
            )
            other = self.rows.setdefault((player_id, reading.observed_at), row)
            if other["team"] != entry.team:
                reason = f"{entry.name} ({player_id}) is of {other['team']} by {other['source']}"
                told = (entry.name, entry.team, game, feed, reading, entry.body)
                self.names.keep_aside(*told, reason)

    def _note_absent(self, entry: Entry, telling: _Telling, *, is_new: bool) -> None:
        """Note an entry of no team that plays: nobody's team, or one that a report of the date has."""
        reading, feed = telling.reading, telling.feed
        if entry.team not in BY_TRICODE:
            if is_new:
                self.notes.strangers.append(
                    {
                        "game_date": self.day,
                        "team": entry.team,
                        "player_name": entry.name,
                        "entry": str(entry.body),
                        "source": source_name(self.desk, feed.name),
                        "observed_at": reading.observed_at,
                        "landing_path": reading.path,
                        "reason": f"no team is called {entry.team!r}, of {entry.name}",
                    }
                )
        elif feed.per == "hour":
            # The other sources list the whole league, a report the date's games alone.
            unmatched = f"{feed.name}: {entry.team} has no game on {self.day}"
            if unmatched not in self.notes.unmatched:
                self.notes.unmatched.append(unmatched)


def _settled(said: dict[str, Entry], player_id: str, entry: Entry) -> str:
    """Let an entry speak for a player; why it does not, where another says otherwise of him.

    Of several injuries of one man the newest entry says how he stands.
    """
    other = said.get(player_id)
    if other is None:
        said[player_id] = entry
    elif other.dated and entry.dated and other.dated != entry.dated:
        if entry.dated > other.dated:
            said[player_id] = entry
    elif (other.team, other.facts) != (entry.team, entry.facts):
        words = [
            e.facts["status"] + (f" of {e.team}" if other.team != entry.team else "")
            for e in (other, entry)
        ]
        return f"{entry.name} ({player_id}) is listed twice: {' and '.join(words)}"
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


def entries_of_strangers(_rows: pd.DataFrame, strangers: pd.DataFrame) -> pd.DataFrame:
    """A man who is out for a team that nobody knows would count as healthy for his own."""
    return strangers


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
    strangers = [row for own in notes.values() for row in own.strangers]
    return Computed(
        INJURIES.rows(rows),
        evidence={
            UNRESOLVED: names.frame,
            STRANGERS: pd.DataFrame(strangers, columns=list(_STRANGER)),
        },
        notes=metadata,
    )


ENTITY = Entity(
    INJURIES,
    _compute,
    feeds=tuple(feed for feed, _ in SOURCES),
    reads=(SCHEDULE, PLAYERS),
    gates=(
        row_gate("every_status_is_known", unknown_statuses),
        aside_gate("every_team_is_known", entries_of_strangers, STRANGERS),
        NAME_GATE,
    ),
)
