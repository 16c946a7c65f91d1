"""Who is on the roster of a team on the date: per team the first source that is fresh and whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from nba_assets.gates.audit import partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.names import player_lookup
from nba_assets.landing.desk import Desk, Reading
from nba_assets.raw.entity import DateNotes, Entity, Row, in_metadata, provenance
from nba_assets.raw.identity import registry_of
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
)
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.tables import GAME_DATE, GAME_ID, NBA_GAME_ID, SCHEDULE, SEASON_YEAR, TEAM
from nba_assets.raw.unresolved import NAME_GATE, UNRESOLVED
from nba_assets.sources import balldontlie, basketball_reference, espn, nba_people
from nba_assets.sources.feed import Feed, Subject
from nba_assets.sources.feeds.archives import BREF_ROSTERS
from nba_assets.sources.feeds.balldontlie import BDL_PLAYERS
from nba_assets.sources.feeds.espn import ESPN_ROSTERS
from nba_assets.sources.feeds.nba_slate import NBA_ROSTERS
from nba_assets.sources.payload import Payload
from nba_assets.sources.teams import BY_TRICODE
from nba_assets.sources.units import CM_PER_INCH, KG_PER_POUND
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

MIN_ROSTER = 8  # a side of fewer cannot be priced; its game is held where nobody lists more
MAX_AGE = timedelta(days=3)  # nine-day-old rosters of two teams once lost a whole game

ROSTERS = Table(
    name="raw.rosters",
    row="player on a team that plays on the date, as known at 10:00 ET",
    key=("game_date", "team", "player_id"),
    may_not_know="Nothing observed after 10:00 ET of the date is in it.",
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
        Column("position", "STRING", "as the source writes it", "the source has none"),
        Column("jersey", "STRING", "number, as the source writes it", "the source has none"),
        Column("birth_date", "DATE", "date of birth", "the source has none"),
        Column("height_cm", "FLOAT64", "centimetres", "the source has none"),
        Column("weight_kg", "FLOAT64", "kilograms", "the source has none"),
        Column("roster_status", "STRING", "the source's word", "the source has none"),
        Column("snapshot_age_days", "INT64", "whole days from the body to 10:00 ET of the date"),
        *QUALITY,
        *LINEAGE,
    ),
)

_UNREADABLE = "unreadable"
# NBA person id where the source has it, columns, and the entry they are read from.
_Entries = Iterator[tuple[int | None, Row, object]]


def _of_nba(roster: nba_people.TeamRoster, _team: str) -> _Entries:
    for row in roster.rows:
        facts = {
            "player_name": row.PLAYER,
            "position": row.POSITION or None,
            "jersey": row.NUM or None,
            "birth_date": row.BIRTH_DATE,
            "height_cm": row.HEIGHT,
            "weight_kg": row.WEIGHT,
        }
        yield row.PLAYER_ID, facts, row


def _of_espn(roster: espn.TeamRoster, _team: str) -> _Entries:
    for athlete in roster.team.athletes:
        facts = {
            "player_name": athlete.displayName,
            "espn_player_id": athlete.id,
            "position": athlete.position.abbreviation if athlete.position else None,
            "jersey": athlete.jersey,
            "birth_date": athlete.birth_date,
            "height_cm": athlete.height_cm,
            "weight_kg": athlete.weight_kg,
            "roster_status": athlete.status.type if athlete.status else None,
        }
        yield None, facts, athlete


def _of_balldontlie(page: balldontlie.Players, team: str) -> _Entries:
    for player in page.data:
        if player.team.tricode == team:
            facts: Row = {
                "player_name": player.name,
                "position": player.position or None,
                "jersey": player.jersey_number or None,
                "roster_status": "active",
            }
            try:
                facts |= {"height_cm": player.height_cm, "weight_kg": player.weight_kg}
            except ValueError as error:
                facts[_UNREADABLE] = str(error)
            yield None, facts, player


def _of_bref(page: basketball_reference.RosterPage, _team: str) -> _Entries:
    for row in page.players:
        facts = {
            "player_name": row.player,
            "position": row.pos or None,
            "jersey": row.number or None,
            "birth_date": row.birth_date,
            "height_cm": None if row.height is None else row.height * CM_PER_INCH,
            "weight_kg": None if row.weight is None else row.weight * KG_PER_POUND,
            "roster_status": "two-way" if row.is_two_way else None,
        }
        yield None, facts, row


# In the order to try.
SOURCES: tuple[tuple[Feed, Callable[[Any, str], _Entries]], ...] = (
    (NBA_ROSTERS, _of_nba),
    (ESPN_ROSTERS, _of_espn),
    (BDL_PLAYERS, _of_balldontlie),
    (BREF_ROSTERS, _of_bref),
)


@dataclass(frozen=True)
class _Side:
    """A team of a game, and where its roster is looked for."""

    team: str
    game: PlayedGame
    desk: Desk
    names: Names
    notes: DateNotes

    def rows(self) -> list[Row]:
        """Its roster by the first source that lists enough, else by the one that lists most."""
        fullest: list[Row] = []
        why: list[str] = []
        for feed, entries in SOURCES:
            reading, reason = self._fresh(feed)
            if reading is None:
                why.append(f"{feed.name}: {reason}")
                continue
            rows = self._told(feed, entries, reading, why)
            if len(rows) >= MIN_ROSTER:
                return rows
            why.append(f"{feed.name}: lists {len(rows)} players")
            fullest = max(fullest, rows, key=len)
        return fullest

    def _fresh(self, feed: Feed) -> tuple[Reading | None, str]:
        """The newest capture as of the slate, where it is not too old to be today's roster."""
        day = self.game.game_date
        per_team = feed.per == "team"
        about = Subject(day, self.game.season, team=BY_TRICODE[self.team] if per_team else None)
        reading = self.desk.read(feed, about, "slate")
        self.notes.pass_over(reading)
        if reading.observed_at is None:
            refused = [refused.reason for refused in reading.passed_over[:1]]
            return None, "; ".join(refused) or "no body"
        if self.desk.instant("slate", day) - reading.observed_at > MAX_AGE:
            return None, f"its newest body is older than {MAX_AGE.days} days"
        return reading, ""

    def _name_strangers(self, feed: Feed, page: Payload) -> None:
        """A list of all teams may have players of a code that nobody knows: they are on no roster."""
        players = page.data if isinstance(page, balldontlie.Players) else []
        for player in players:
            if player.team.tricode not in BY_TRICODE:
                named = f"{feed.name}: {player.name} of {player.team.tricode}"
                if named not in self.notes.unmatched:
                    self.notes.unmatched.append(named)

    def _told(
        self,
        feed: Feed,
        entries: Callable[[Any, str], _Entries],
        reading: Reading,
        why: Sequence[str],
    ) -> list[Row]:
        assert reading.observed_at is not None
        day = self.game.game_date
        common = (
            self.game.columns
            | provenance(
                self.desk,
                feed,
                reading,
                is_bootstrap=self.game.is_bootstrap,
                degraded=[f"{feed.name} instead of {SOURCES[0][0].name}: {'; '.join(why)}"]
                if why
                else [],
            )
            | {
                "team": self.team,
                "snapshot_age_days": (self.desk.instant("slate", day) - reading.observed_at).days,
            }
        )
        rows: dict[str, Row] = {}
        for page in reading.pages:
            self._name_strangers(feed, page)
            for known_id, facts, entry in entries(page, self.team):
                told = (str(facts["player_name"]), self.team, self.game, feed, reading, entry)
                if reason := facts.get(_UNREADABLE):
                    self.names.keep_aside(*told, str(reason))
                    continue
                player_id = str(known_id) if known_id else self.names.player_id(*told)
                if player_id is None:
                    continue
                own = {"player_id": player_id, "nba_player_id": player_id} | facts
                own["player_lookup"] = player_lookup(str(facts["player_name"]))
                if (first := rows.get(player_id)) and first != common | own:
                    twice = f"{first['player_name']!r} and {facts['player_name']!r} are one man"
                    self.names.keep_aside(*told, f"{twice} ({player_id})")
                    continue
                rows[player_id] = common | own
        return list(rows.values())


def roster_rows(
    desk: Desk, names: Names, schedule: pd.DataFrame, dates: Sequence[date]
) -> tuple[list[Row], dict[date, DateNotes]]:
    """The rosters of every team that plays on the dates.

    Args:
        desk: to read what landed.
        names: to resolve those of other providers.
        schedule: published rows of `raw.schedule` of the dates.
        dates: the dates to make rows of.
    """
    notes = {day: DateNotes() for day in dates}
    rows = [
        row
        for day, games in games_by_date(schedule, dates).items()
        for team, game in sorted(games_by_team(games).items())
        if team in BY_TRICODE
        for row in _Side(team, game, desk, names, notes[day]).rows()
    ]
    return rows, notes


def short_sides(rosters: pd.DataFrame, schedule: pd.DataFrame) -> pd.DataFrame:
    """A side of fewer than eight players cannot be priced: its game will be held, the date is not."""
    counts = rosters.groupby(["game_date", "team"]).size()
    found = [
        {
            "game_date": day,
            "game_id": game.game_id,
            "reason": f"{game.game_id}: {listed} players are listed for {team}",
            "blocks": False,
        }
        for day, games in games_by_date(schedule, set(schedule["game_date"])).items()
        for team, game in sorted(games_by_team(games).items())
        if (listed := int(counts.get((day, team), 0))) < MIN_ROSTER
    ]
    return pd.DataFrame(found, columns=["game_date", "game_id", "reason", "blocks"])


def _compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    names = Names(desk, registry_of(desk, warehouse))
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    rows, notes = roster_rows(desk, names, schedule, dates)
    return Computed(
        ROSTERS.rows(rows), evidence={UNRESOLVED: names.frame}, notes=in_metadata(notes)
    )


ENTITY = Entity(
    ROSTERS,
    _compute,
    feeds=tuple(feed for feed, _ in SOURCES),
    reads=(SCHEDULE, PLAYERS),
    gates=(
        NAME_GATE,
        partition_gate("every_side_lists_eight_players", short_sides, SCHEDULE),
    ),
)
