"""Who plays for whom: every spelling of a player, by season and team, as the NBA's own ids know it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from nba_assets.gates.audit import listed, row_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.names import player_lookup
from nba_assets.landing.desk import Desk, Reading
from nba_assets.partitions import Season, dates_between, eastern_date, season
from nba_assets.raw.entity import Entity, Row, provenance
from nba_assets.raw.tables import SEASON_YEAR
from nba_assets.sources.feed import ExpectedGame, Feed, Subject, has_a_log
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG
from nba_assets.sources.feeds.nba_slate import NBA_LINEUPS, NBA_PLAYERS, NBA_ROSTERS
from nba_assets.sources.nba import (
    COUNTED_SEASON_TYPES,
    BoxScore,
    GameLog,
    Schedule,
    season_type_of,
)
from nba_assets.sources.nba_people import DailyLineups, PlayerIndex, TeamRoster
from nba_assets.sources.nba_stats import BoxScoreV3
from nba_assets.sources.payload import Payload
from nba_assets.sources.teams import BY_TRICODE, TEAMS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, UNDATED, Column, Table

PLAYERS = Table(
    name="raw.players",
    row="spelling of a player's name, by season and team",
    key=("player_id", "season_year", "team", "player_name"),
    is_undated=True,
    columns=(
        Column("player_id", "STRING", "the NBA person id"),
        Column("nba_player_id", "STRING", "the NBA person id"),
        Column("player_name", "STRING", "as an NBA body writes it"),
        Column("player_lookup", "STRING", "name without diacritics, lower case, a-z and 0-9 only"),
        SEASON_YEAR,
        Column("team", "STRING", "tricode of a team he was listed for in the season"),
        Column("first_seen", "DATE", "first date on which a body lists him so"),
        Column("last_seen", "DATE", "last date on which a body lists him so"),
        *QUALITY,
        *LINEAGE,
    ),
)

# Which body is named beside a spelling that several bodies of its first date have.
FEEDS = (NBA_PLAYERS, NBA_ROSTERS, NBA_BOXSCORE, NBA_LINEUPS, NBA_GAME_LOG)
UNION_SCORE = 90  # trust in who is listed for games, where no list of players names him
_RANK = {feed: n for n, feed in enumerate(FEEDS)}


class Listing(NamedTuple):
    """A body lists a player for a team on a date."""

    player_id: int
    name: str
    team: str
    day: date


_Named = tuple[int, str, str]  # NBA person id, spelling, team


class _Spelling(NamedTuple):
    player_id: int
    season_year: int
    team: str
    name: str


@dataclass
class _Seen:
    """When a spelling was seen, and the first body that has it."""

    feed: Feed
    body: Reading
    first: date
    last: date

    @property
    def order(self) -> tuple[date, int, str]:
        return self.first, _RANK[self.feed], self.body.path


@dataclass
class _People:
    """Every spelling of every body that was read."""

    seen: dict[_Spelling, _Seen] = field(default_factory=dict)
    bodies: int = 0
    passed_over: list[str] = field(default_factory=list)

    def add(
        self, feed: Feed, reading: Reading, listings: Iterator[Listing], season_year: int
    ) -> None:
        self.bodies += 1
        body = replace(reading, payload=None, pages=(), passed_over=())
        for listing in listings:
            key = _Spelling(listing.player_id, season_year, listing.team, listing.name)
            new = _Seen(feed, body, listing.day, listing.day)
            if (old := self.seen.get(key)) is None:
                self.seen[key] = new
                continue
            first = min(old, new, key=lambda seen: seen.order)
            last = max(old.last, new.last)
            self.seen[key] = _Seen(first.feed, first.body, first.first, last)

    def pass_over(self, reading: Reading) -> None:
        self.passed_over += [str(refused) for refused in reading.passed_over]


def spellings(desk: Desk) -> tuple[list[Row], dict[str, object]]:
    """Every spelling of what landed up to now, and what is to be said beside them.

    The dates of the window are walked whole, whichever date is asked for: what a day run knows and
    what a range run knows is the same. A box score, line-up or log lists for its game's date; a
    roster or the player list, which name none, for the Eastern date of the capture. Of the line-ups
    of a date the newest capture counts, for it lists everybody, dressed or not.

    Returns:
        Rows of `raw.players`, and facts for the metadata.
    """
    people = _People()
    for one, dates in _seasons(desk):
        _add_season(desk, one, dates, people)
    rows = [_row(desk, key, people.seen[key]) for key in sorted(people.seen)]
    facts: dict[str, object] = {
        "players": len({key.player_id for key in people.seen}),
        "bodies_read": people.bodies,
    }
    if people.passed_over:
        facts["passed_over"] = listed(sorted(set(people.passed_over)))
    return rows, facts


def _seasons(desk: Desk) -> Iterator[tuple[Season, list[date]]]:
    """The seasons of the window and their dates in it."""
    first = desk.settings.first_date
    # Of a date to come nothing can have landed.
    last = desk.settings.last_date or eastern_date(desk.transport.now())
    for year in range(first.year - 1, last.year + 1):
        one = season(year)
        begin, end = max(one.first, first), min(one.last, last)
        if begin <= end:
            yield one, dates_between(begin, end)


def _add_season(desk: Desk, one: Season, dates: Sequence[date], people: _People) -> None:
    newest = desk.schedule(dates[-1]).payload
    games = newest.by_date if isinstance(newest, Schedule) else {}
    for day in dates:
        about = Subject(day, one)
        for game in games.get(day, []):
            kind = season_type_of(game.gameId)
            away, home = game.awayTeam.teamTricode, game.homeTeam.teamTricode
            if kind in COUNTED_SEASON_TYPES and away and home and game.tip_at:
                expected = ExpectedGame(game.gameId, away, home, game.tip_at)
                _add_newest(desk, NBA_BOXSCORE, replace(about, game=expected), people)
        _add_newest(desk, NBA_LINEUPS, about, people)
        for kind in sorted(filter(has_a_log, COUNTED_SEASON_TYPES)):
            _add_newest(desk, NBA_GAME_LOG, replace(about, season_type=kind), people)
    about = Subject(dates[-1], one)
    _add_all(desk, NBA_PLAYERS, about, people)
    for team in TEAMS:
        _add_all(desk, NBA_ROSTERS, replace(about, team=team), people)


def _add_newest(desk: Desk, feed: Feed, about: Subject, people: _People) -> None:
    reading = desk.read(feed, about)
    people.pass_over(reading)
    if reading.payload is not None:
        people.add(feed, reading, _listed(reading, about.day), about.season.year)


def _add_all(desk: Desk, feed: Feed, about: Subject, people: _People) -> None:
    for reading in desk.readings(feed, about):
        if reading.observed_at is None or reading.payload is None:
            people.pass_over(reading)
        else:
            day = eastern_date(reading.observed_at)
            people.add(feed, reading, _listed(reading, day), about.season.year)


def _listed(reading: Reading, day: date) -> Iterator[Listing]:
    """Everybody a body lists for a team, in its own order."""
    of_model = _LISTED[type(reading.payload)]
    return (Listing(*named, day) for named in of_model(reading.payload))


def _of_box(box: BoxScore) -> Iterator[_Named]:
    for side in (box.game.awayTeam, box.game.homeTeam):
        for player in side.players:
            yield player.personId, player.name, side.teamTricode


def _of_box_v3(box: BoxScoreV3) -> Iterator[_Named]:
    for side in box.sides:
        for player in side.players:
            yield player.personId, player.name, side.teamTricode


def _of_log(log: GameLog) -> Iterator[_Named]:
    return ((line.PLAYER_ID, line.PLAYER_NAME, line.TEAM_ABBREVIATION) for line in log.rows)


def _of_lineups(lineups: DailyLineups) -> Iterator[_Named]:
    for game in lineups.games:
        # All-Star sides are nobody's teams.
        if season_type_of(game.gameId) in COUNTED_SEASON_TYPES:
            for side in game.sides:
                for player in side.players:
                    yield player.personId, player.playerName, side.teamAbbreviation


def _of_roster(roster: TeamRoster) -> Iterator[_Named]:
    return ((row.PLAYER_ID, row.PLAYER, row.team) for row in roster.rows)


def _of_index(index: PlayerIndex) -> Iterator[_Named]:
    return ((row.PERSON_ID, row.name, row.team) for row in index.rows if row.team)


_LISTED: Mapping[type[Payload] | type[None], Callable[[Any], Iterator[_Named]]] = {
    BoxScore: _of_box,
    BoxScoreV3: _of_box_v3,
    GameLog: _of_log,
    DailyLineups: _of_lineups,
    TeamRoster: _of_roster,
    PlayerIndex: _of_index,
}


def _row(desk: Desk, key: _Spelling, seen: _Seen) -> Row:
    score = None if seen.feed in (NBA_PLAYERS, NBA_ROSTERS) else UNION_SCORE
    return provenance(desk, seen.feed, seen.body, is_bootstrap=False, score=score) | {
        "player_id": str(key.player_id),
        "nba_player_id": str(key.player_id),
        "player_name": key.name,
        "player_lookup": player_lookup(key.name),
        "season_year": key.season_year,
        "team": key.team,
        "first_seen": seen.first,
        "last_seen": seen.last,
    }


def nobody(players: pd.DataFrame) -> pd.DataFrame:
    """A spelling without a letter or an id would answer for whoever is asked without a name."""
    found = players[
        (players["player_lookup"] == "") | ~players["player_id"].str.fullmatch("[1-9]\\d*")
    ]
    return found.assign(
        reason=[f"player {i} of {t} is called {n!r}" for i, t, n in _columns(found)]
    )


def strangers(players: pd.DataFrame) -> pd.DataFrame:
    """A player of a team that nobody knows would be a candidate of no game."""
    found = players[~players["team"].isin(list(BY_TRICODE))]
    return found.assign(reason=[f"unknown team {t!r} of {n} ({i})" for i, t, n in _columns(found)])


def _columns(players: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    return zip(players["player_id"], players["team"], players["player_name"], strict=True)


def _compute(desk: Desk, _warehouse: Warehouse, _dates: list[date]) -> Computed:
    rows, facts = spellings(desk)
    return Computed(PLAYERS.rows(rows), notes={UNDATED: facts})


ENTITY = Entity(
    PLAYERS,
    _compute,
    feeds=FEEDS,
    gates=(
        row_gate("every_spelling_names_a_player", nobody),
        row_gate("every_team_is_known", strangers),
    ),
)
