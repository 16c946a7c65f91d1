"""Every team's record on a date, before its games: made of results, held against the league's own table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from nba_assets.gates.audit import listed, notice_gate, partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk, Reading
from nba_assets.partitions import Season, season_of
from nba_assets.raw.entity import DateNotes, Entity, Row, in_metadata, missing_inputs, provenance
from nba_assets.raw.tables import GAME_DATE, SCHEDULE, SEASON_YEAR, TEAM
from nba_assets.sources import balldontlie
from nba_assets.sources.feed import ExpectedGame, Feed, Subject
from nba_assets.sources.feeds.balldontlie import BDL_STANDINGS
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE
from nba_assets.sources.feeds.nba_slate import NBA_STANDINGS
from nba_assets.sources.nba import (
    BoxScore,
    GameLog,
    GameLogRow,
    Schedule,
    ScheduledGame,
    season_type_of,
)
from nba_assets.sources.nba_people import Standings
from nba_assets.sources.nba_stats import BoxScoreV3
from nba_assets.sources.teams import TEAMS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

# The league's divisions since 2013-14, when New Orleans took its present name.
DIVISIONS = {
    "Atlantic": ("BOS", "BKN", "NYK", "PHI", "TOR"),
    "Central": ("CHI", "CLE", "DET", "IND", "MIL"),
    "Southeast": ("ATL", "CHA", "MIA", "ORL", "WAS"),
    "Northwest": ("DEN", "MIN", "OKC", "POR", "UTA"),
    "Pacific": ("GSW", "LAC", "LAL", "PHX", "SAC"),
    "Southwest": ("DAL", "HOU", "MEM", "NOP", "SAS"),
}
DIVISION_OF = {team: division for division, teams in DIVISIONS.items() for team in teams}
CONFERENCE_OF = {team.tricode: team.conference for team in TEAMS}
# From tip to end: a table that is older lacks the game for sure.
SHORTEST_GAME = timedelta(hours=2)
NO_GAME_YET = 0.5  # between the winners and the losers of opening night, as every table shows it

STANDINGS = Table(
    name="raw.standings",
    row="team of the league on a date with games, before its games",
    may_not_know="It knows the regular season's results of earlier dates, and none of its own date.",
    key=("team",),
    columns=(
        GAME_DATE,
        TEAM,
        SEASON_YEAR,
        Column("conference", "STRING", "East or West"),
        Column("division", "STRING", "of the conference"),
        Column("wins", "INT64", "regular-season games; the cup final counts in no record"),
        Column("losses", "INT64", "regular-season games; the cup final counts in no record"),
        Column("win_pct", "FLOAT64", "wins / games, a fraction", "no game yet"),
        Column(
            "conference_rank",
            "INT64",
            "1 to 15 by win share; ties by wins, then by tricode, and not by the league's rules",
        ),
        Column("division_rank", "INT64", "1 to 5, by the same rule"),
        *QUALITY,
        *LINEAGE,
    ),
)

UNKNOWN = ("game_date", "reason")
TOLD = ("game_date", "team", "told_by", "told_wins", "told_losses")


class Record(NamedTuple):
    """Games won and lost."""

    wins: int = 0
    losses: int = 0

    @property
    def share(self) -> float | None:
        """Wins per game; None before the first."""
        games = self.wins + self.losses
        return self.wins / games if games else None


class Result(NamedTuple):
    """Who won a game, and who lost it."""

    winner: str
    loser: str


@dataclass
class Found:
    """The standings of some dates, and what is to be said beside them."""

    rows: list[Row] = field(default_factory=list)
    unknown: list[Row] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)


def ranks(records: Mapping[str, Record], group_of: Mapping[str, str]) -> dict[str, int]:
    """Each team's place in its group, from 1.

    By the share of games won, a team without a game counting as .500; ties by the number of wins, then
    by tricode. The league breaks ties by head-to-head, division and conference records instead
    (NBA.com, "NBA Tie-Break Procedures"), so a rank among equals can differ from the official one.
    """
    found: dict[str, int] = {}
    places: dict[str, int] = {}
    for team in sorted(records, key=lambda team: _standing(team, records[team])):
        group = group_of[team]
        found[team] = places[group] = places.get(group, 0) + 1
    return found


def _standing(team: str, record: Record) -> tuple[float, int, str]:
    share = NO_GAME_YET if record.share is None else record.share
    return -share, -record.wins, team


def standings_of(desk: Desk, schedule: pd.DataFrame, notes: Mapping[date, DateNotes]) -> Found:
    """All teams of the league on every date of the schedule.

    The games of earlier dates are those of the season file as of the slate; who won is said there
    too, and by the game log or the box score where the file is older than the game.

    Args:
        desk: to read what landed.
        schedule: published rows of `raw.schedule`; a date without any has no standings.
        notes: of the dates, to be filled.
    """
    found = Found()
    results = _Results(desk)
    bootstrap: dict[date, bool] = {}
    for day, flag in zip(schedule["game_date"], schedule["is_bootstrap"], strict=True):
        bootstrap[day] = bootstrap.get(day, False) or bool(flag)
    for day, is_bootstrap in sorted(bootstrap.items()):
        season = season_of(day)
        assert season is not None
        _stand(results, day, season, is_bootstrap, notes[day], found)
    return found


def _stand(
    results: "_Results",
    day: date,
    season: Season,
    is_bootstrap: bool,
    notes: DateNotes,
    found: Found,
) -> None:
    desk = results.desk
    told = _told(desk, day, season, notes)
    # Live, a date that is caught up has no file of its morning: a later one tells the same results.
    file = next(
        (r for r in (desk.schedule(day, "slate"), desk.schedule(day)) if r.payload is not None),
        None,
    )
    if file is None or not isinstance(file.payload, Schedule):
        if not told:
            notes.missing_input = (
                f"neither landing/{NBA_SCHEDULE.name} nor the standings of a provider, as of the"
                f" slate of {day}"
            )
            return
        feed, reading, records = told[0]
        why = [f"{feed.name} instead of results: no {NBA_SCHEDULE.name} body"]
        found.rows += _rows(
            day,
            season,
            records,
            provenance(desk, feed, reading, is_bootstrap=is_bootstrap, degraded=why),
        )
        return
    won: dict[str, int] = {}
    lost: dict[str, int] = {}
    without: dict[str, list[str]] = {}
    games = list(_earlier_games(file.payload, day))
    for game in games:
        result = results.of(game, season)
        if result:
            won[result.winner] = won.get(result.winner, 0) + 1
            lost[result.loser] = lost.get(result.loser, 0) + 1
            continue
        name = f"{game.game_date} {game.awayTeam.teamTricode} at {game.homeTeam.teamTricode}"
        found.unknown.append(
            {"game_date": day, "reason": f"the result of {name} ({game.gameId}) is not known"}
        )
        for side in (game.awayTeam, game.homeTeam):
            without.setdefault(side.teamTricode or "", []).append(name)
    records = {team: Record(won.get(team, 0), lost.get(team, 0)) for team in DIVISION_OF}
    rows = _rows(
        day, season, records, provenance(desk, NBA_SCHEDULE, file, is_bootstrap=is_bootstrap)
    )
    for row in rows:
        if uncounted := without.get(str(row["team"])):
            reason = f"not counted, their result is not known: {listed(sorted(uncounted))}"
            row |= {"is_degraded": True, "degraded_reasons": [reason]}
    found.rows += rows
    last_tip = max((game.tip_at for game in games if game.tip_at), default=None)
    for feed, reading, theirs in told:
        assert reading.observed_at is not None
        # A table from before the last game was over lacks it: that is no difference.
        if last_tip is None or reading.observed_at >= last_tip + SHORTEST_GAME:
            found.told += [
                dict(zip(TOLD, (day, team, feed.name, *record), strict=True))
                for team, record in sorted(theirs.items())
            ]


def _rows(day: date, season: Season, records: Mapping[str, Record], of_the_body: Row) -> list[Row]:
    in_conference = ranks(records, CONFERENCE_OF)
    in_division = ranks(records, DIVISION_OF)
    return [
        {
            "game_date": day,
            "team": team,
            "season_year": season.year,
            "conference": CONFERENCE_OF[team],
            "division": DIVISION_OF[team],
            "wins": record.wins,
            "losses": record.losses,
            "win_pct": record.share,
            "conference_rank": in_conference[team],
            "division_rank": in_division[team],
            **of_the_body,
        }
        for team, record in sorted(records.items())
    ]


def _earlier_games(schedule: Schedule, day: date) -> Iterable[ScheduledGame]:
    """The regular season's games of dates before the date; never one of the date or after."""
    return (
        game
        for played, games in schedule.by_date.items()
        if played < day
        for game in games
        if season_type_of(game.gameId) == "regular"
        and game.has_two_teams
        and game.status not in ("postponed", "cancelled")
    )


class _Results:
    """Who won: of the season file, the game log or the box score; each body is read once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._logs: dict[date, dict[str, Result]] = {}
        self._boxes: dict[tuple[date, str], Result | None] = {}

    def of(self, game: ScheduledGame, season: Season) -> Result | None:
        """The game's result; None where nothing that landed has it."""
        if game.status == "final":
            away, home = game.awayTeam, game.homeTeam
            scores = {away.teamTricode or "": away.score, home.teamTricode or "": home.score}
            if result := _by_score(scores):
                return result
        day = game.game_date
        if day not in self._logs:
            reading = self.desk.read(NBA_GAME_LOG, Subject(day, season))
            payload = reading.payload
            self._logs[day] = _in_log(payload.rows) if isinstance(payload, GameLog) else {}
        return self._logs[day].get(game.gameId) or self._in_box(game, season)

    def _in_box(self, game: ScheduledGame, season: Season) -> Result | None:
        key = (game.game_date, game.gameId)
        if key not in self._boxes:
            tip_at = game.tip_at or self.desk.instant("slate", game.game_date)
            expected = ExpectedGame(
                game.gameId,
                game.awayTeam.teamTricode or "",
                game.homeTeam.teamTricode or "",
                tip_at,
            )
            about = Subject(game.game_date, season, game=expected)
            box = self.desk.read(NBA_BOXSCORE, about).payload
            scores: dict[str, int | None] = {}
            if isinstance(box, BoxScore):
                sides = (box.game.awayTeam, box.game.homeTeam)
                scores = {side.teamTricode: side.score for side in sides}
            elif isinstance(box, BoxScoreV3):
                scores = {side.teamTricode: side.statistics.points for side in box.sides}
            self._boxes[key] = _by_score(scores)
        return self._boxes[key]


def _by_score(scores: Mapping[str, int | None]) -> Result | None:
    points = sorted((score, team) for team, score in scores.items() if score is not None)
    if len(points) != 2 or points[0][0] == points[1][0]:
        return None
    return Result(winner=points[1][1], loser=points[0][1])


def _in_log(lines: Sequence[GameLogRow]) -> dict[str, Result]:
    """The winner and the loser of each game of a log, where its lines agree on one of each."""
    sides: dict[str, dict[str, set[str]]] = {}
    for line in lines:
        sides.setdefault(line.GAME_ID, {}).setdefault(line.WL or "", set()).add(
            line.TEAM_ABBREVIATION
        )
    return {
        game: Result(winner=next(iter(told["W"])), loser=next(iter(told["L"])))
        for game, told in sides.items()
        if told.keys() == {"W", "L"}
        and len(told["W"]) == len(told["L"]) == 1
        and told["W"] != told["L"]
    }


def _told(
    desk: Desk, day: date, season: Season, notes: DateNotes
) -> list[tuple[Feed, Reading, dict[str, Record]]]:
    """What providers' own tables say as of the slate, the most trusted first."""
    found: list[tuple[Feed, Reading, dict[str, Record]]] = []
    for feed in (NBA_STANDINGS, BDL_STANDINGS):
        reading = desk.read(feed, Subject(day, season), "slate")
        notes.pass_over(reading)
        payload = reading.payload
        records: dict[str, Record] = {}
        if isinstance(payload, Standings):
            records = {row.team: Record(row.WINS, row.LOSSES) for row in payload.rows}
        elif isinstance(payload, balldontlie.Standings):
            records = {row.team.tricode: Record(row.wins, row.losses) for row in payload.data}
        if records.keys() == DIVISION_OF.keys():
            found.append((feed, reading, records))
        elif records:
            missing = sorted(DIVISION_OF.keys() ^ records.keys())
            notes.left_out.append(f"{reading.path}: not the thirty teams, differs in {missing}")
    return found


def results_not_known(_standings: pd.DataFrame, unknown: pd.DataFrame) -> pd.DataFrame:
    """A game that nobody counts leaves two teams a game short, and every rank beside them in doubt."""
    return unknown.assign(blocks=False)


def records_the_league_tells_otherwise(standings: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """A record that the league's own table of the morning has otherwise is wrong here or there.

    Args:
        standings: rows of `raw.standings`.
        told: records of providers' tables since the last of those results: game_date, team, told_by,
            told_wins, told_losses.
    """
    both = standings.merge(told, on=["game_date", "team"])
    off = both[(both["wins"] != both["told_wins"]) | (both["losses"] != both["told_losses"])]
    ours = off["wins"].astype(str) + "-" + off["losses"].astype(str)
    theirs = off["told_wins"].astype(str) + "-" + off["told_losses"].astype(str)
    return off.assign(
        reason=off["team"] + " is " + ours + " by results, " + theirs + " by " + off["told_by"],
    )


def teams_missing(standings: pd.DataFrame) -> pd.DataFrame:
    """A table of fewer than thirty teams ranks those it has too high."""
    counts = standings.groupby("game_date", as_index=False).agg(teams=("team", "nunique"))
    short = counts[counts["teams"] != len(DIVISION_OF)]
    return short.assign(
        reason=short["teams"].astype(str) + f" teams of {len(DIVISION_OF)} have a record"
    )


def _compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    notes = {day: DateNotes() for day in dates}
    found = standings_of(desk, schedule, notes)
    return Computed(
        rows=STANDINGS.rows(found.rows),
        evidence={
            "unknown": pd.DataFrame(found.unknown, columns=list(UNKNOWN)),
            "told": pd.DataFrame(found.told, columns=list(TOLD)),
        },
        missing_inputs=missing_inputs(notes),
        notes=in_metadata(notes),
    )


ENTITY = Entity(
    STANDINGS,
    _compute,
    feeds=(NBA_SCHEDULE, NBA_GAME_LOG, NBA_BOXSCORE, NBA_STANDINGS, BDL_STANDINGS),
    reads=(SCHEDULE,),
    gates=(
        partition_gate("all_teams_have_a_record", teams_missing),
        partition_gate("earlier_results_are_known", results_not_known, "unknown"),
        notice_gate("records_equal_the_leagues_own", records_the_league_tells_otherwise, "told"),
    ),
)
