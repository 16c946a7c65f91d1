"""Box scores and game logs → player and team rows of a date, the best source per game."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from nba_assets.gates.audit import Gate, game_gate, partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.names import player_lookup
from nba_assets.landing.desk import Desk, Reading, Refused
from nba_assets.partitions import season_of
from nba_assets.raw.entity import DateNotes, Entity, in_metadata, source_name
from nba_assets.raw.gates import (
    TELLINGS_OF_THE_SCORE,
    expected_games,
    implausible_sides,
    irreconcilable_games,
    teams_off_their_players,
    uncovered_games,
)
from nba_assets.raw.tables import COUNT_NAMES, PLAYER_BOX_SCORES, SCHEDULE, TEAM_BOX_SCORES
from nba_assets.sources.feed import ExpectedGame, Feed, Subject, has_a_log
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG
from nba_assets.sources.nba import BoxGame, BoxPlayer, BoxScore, BoxTeam, GameLog, GameLogRow
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import Table, tier

SUM_OF_PLAYERS_SCORE = 85  # trust in a team total that was added up from its players' rows

Row = dict[str, Any]

_BOX_NAMES = {
    "points": "points",
    "fgm": "fieldGoalsMade",
    "fga": "fieldGoalsAttempted",
    "fg3m": "threePointersMade",
    "fg3a": "threePointersAttempted",
    "ftm": "freeThrowsMade",
    "fta": "freeThrowsAttempted",
    "oreb": "reboundsOffensive",
    "dreb": "reboundsDefensive",
    "ast": "assists",
    "stl": "steals",
    "blk": "blocks",
}
_LOG_NAMES = {"points": "PTS"} | {name: name.upper() for name in COUNT_NAMES if name != "points"}


@dataclass(frozen=True)
class Candidate:
    """One source's telling of a game: its player rows, its team rows, and where they were read."""

    feed: Feed
    players: list[Row]
    teams: list[Row]
    reading: Reading
    collapsed: int = 0
    teams_are_sums: bool = False


@dataclass(frozen=True)
class BoxScores:
    """All chosen rows of some dates.

    `teams` has beside the table's columns `line_score`, `score` and `scheduled_score`: what the
    points are checked against (NULL where the source or the schedule has none).
    """

    players: list[Row]
    teams: list[Row]
    notes: dict[date, DateNotes]


def box_scores(desk: Desk, schedule: pd.DataFrame, dates: Sequence[date]) -> BoxScores:
    """The rows of every expected game of the dates that any source has, per game the first clean one.

    A body whose rows break a rule of the row gates is passed over for the next capture or source;
    where no source is clean the first one stays, for the gates to quarantine.

    Args:
        desk: to read what landed.
        schedule: published rows of `raw.schedule` of the dates.
        dates: the dates to make rows of.
    """
    notes = {day: DateNotes() for day in dates}
    rows: list[Any] = list(expected_games(schedule).itertuples(index=False))
    games = [_Game(desk, row, notes[row.game_date]) for row in rows]
    undecided = [game for game in games if game.candidate]
    while undecided:
        offences = _offences(undecided)
        undecided = [
            game
            for game in undecided
            if (offence := offences.get(game.scheduled.game_id)) and game.pass_over(offence)
        ]
    chosen = [game for game in games if game.candidate]
    for game in chosen:
        game.notes.collapsed += game.candidate.collapsed if game.candidate else 0
    return BoxScores(
        players=[row for game in chosen for row in game.rows("players")],
        teams=[row for game in chosen for row in game.rows("teams")],
        notes=notes,
    )


class _Game:
    """The sources of one game, tried in order until one is clean."""

    def __init__(self, desk: Desk, scheduled: Any, notes: DateNotes) -> None:
        self.scheduled = scheduled
        self.notes = notes
        self.refused: list[str] = []
        self._desk = desk
        self._rest = self._candidates()
        self._first = self.candidate = next(self._rest, None)

    def pass_over(self, offence: str) -> bool:
        """Try the next source; False where there is none, and the first one stands after all."""
        assert self.candidate is not None
        refused = []
        # The sums of a box are tried beside the box itself: what is off with both was said once.
        if not self.candidate.teams_are_sums or self.candidate.feed is NBA_GAME_LOG:
            refused = [Refused(self.candidate.reading.path, offence)]
        following = next(self._rest, None)
        if following is None:
            self.candidate = self._first
            return False
        self._pass(refused)
        self.candidate = following
        return True

    def rows(self, kind: str) -> list[Row]:
        """The chosen rows with their provenance."""
        candidate, scheduled = self.candidate, self.scheduled
        assert candidate is not None
        feed, reading = candidate.feed, candidate.reading
        summed = kind == "teams" and candidate.teams_are_sums
        score = SUM_OF_PLAYERS_SCORE if summed else feed.score
        # Reasons without the path of the body: a path holds an instant, and the same refusal of a
        # later capture is no change of the row. The metadata of the date has the paths.
        why = "; ".join(dict.fromkeys(self.refused)) or f"no {NBA_BOXSCORE.name} body"
        degraded = []
        if feed is not NBA_BOXSCORE:
            degraded.append(f"{feed.name} instead of {NBA_BOXSCORE.name}: {why}")
        elif summed:
            degraded.append(f"sum of the players instead of the team's totals: {why}")
        common = {
            "game_date": scheduled.game_date,
            "game_id": scheduled.game_id,
            "nba_game_id": scheduled.nba_game_id,
            "season_year": scheduled.season_year,
            "season_type": scheduled.season_type,
            "source": source_name(self._desk, feed.name),
            "source_score": score,
            "quality_score": score,
            "quality_tier": tier(score),
            "is_degraded": bool(degraded),
            "degraded_reasons": degraded,
            "is_bootstrap": scheduled.is_bootstrap,
            "observed_at": reading.observed_at,
            "landing_path": reading.path,
        }
        scores = {
            True: scheduled.home_score if scheduled.status == "final" else None,
            False: scheduled.away_score if scheduled.status == "final" else None,
        }
        return [
            row | common | {"scheduled_score": scores[row["is_home"]]}
            for row in getattr(candidate, kind)
        ]

    def _candidates(self) -> Iterator[Candidate]:
        row = self.scheduled
        season = season_of(row.game_date)
        assert season is not None
        game = ExpectedGame(row.nba_game_id, row.away_team, row.home_team, row.tip_at)
        subject = Subject(row.game_date, season, row.season_type, game)
        for reading in self._desk.readings(NBA_BOXSCORE, subject):
            self._pass(reading.passed_over)
            if isinstance(reading.payload, BoxScore):
                candidate = from_box(reading.payload.game, reading)
                yield candidate
                yield _with_summed_teams(candidate)
        if has_a_log(row.season_type):
            log_subject = Subject(row.game_date, season, row.season_type)
            reading = self._desk.read(NBA_GAME_LOG, log_subject)
            if isinstance(reading.payload, GameLog):
                found = [r for r in reading.payload.rows if row.nba_game_id == r.GAME_ID]
                if reason := _refuses_lines(found, row.away_team, row.home_team):
                    self._pass([Refused(reading.path, f"{row.game_id}: {reason}")])
                else:
                    yield _from_log(found, row, reading)
            else:
                self._pass(reading.passed_over)

    def _pass(self, found: Sequence[Refused]) -> None:
        for refused in found:
            if str(refused) not in self.notes.passed_over:
                self.refused.append(refused.reason)
                self.notes.passed_over.append(str(refused))


_JUDGED_OF_PLAYERS = (
    "game_date", "game_id", "team", "player_id", "player_name", "points", "ftm", "fta", "fga", "tov",
    "seconds_played", "minutes_precision", "played", "is_starter",
)  # fmt: skip
_JUDGED_OF_TEAMS = (
    "game_date", "game_id", "team", "points", "ftm", "fta", "fga", "player_tov", "seconds_played",
    "line_score", "score", "scheduled_score", "overtime_periods",
)  # fmt: skip


def _offences(games: Sequence[_Game]) -> dict[str, str]:
    """What each game's candidate breaks of the rules that the row gates will hold it to."""
    players = _frame(games, "players", _JUDGED_OF_PLAYERS)
    teams = _frame(games, "teams", _JUDGED_OF_TEAMS)
    twice = players[players.duplicated(["game_id", "player_id", "team"])]
    found = pd.concat(
        [
            irreconcilable_games(players, teams),
            implausible_sides(players),
            teams_off_their_players(teams, players),
            twice.assign(reason="unique_key: two rows of " + twice["player_name"] + " that differ"),
        ],
        ignore_index=True,
    )
    return {
        str(game): "; ".join(reason.rstrip("; ") for reason in rows["reason"])
        for game, rows in found.groupby("game_id")
    }


def _frame(games: Sequence[_Game], kind: str, columns: Sequence[str]) -> pd.DataFrame:
    rows = [[row[c] for c in columns] for game in games for row in game.rows(kind)]
    return pd.DataFrame(rows, columns=list(columns))


def from_box(game: BoxGame, reading: Reading) -> Candidate:
    """The rows of a final box score of live data, before their ids and provenance are put in."""
    overtimes = max(0, game.period - game.regulationPeriods)
    players: list[Row] = []
    teams: list[Row] = []
    listed = 0
    # A source that flags nobody knows no starters: that is not the same as a bench of all.
    knows_starters = any(p.starter for side in (game.homeTeam, game.awayTeam) for p in side.players)
    for side, other in ((game.homeTeam, game.awayTeam), (game.awayTeam, game.homeTeam)):
        common = {
            "team": side.teamTricode,
            "opponent": other.teamTricode,
            "is_home": side is game.homeTeam,
            "overtime_periods": overtimes,
        } | ({} if knows_starters else {"is_starter": None})
        players += [_box_player(player) | common for player in side.players]
        listed += len(side.players)
        teams.append(_box_team(side) | common)
    players = _collapse(players)
    return Candidate(NBA_BOXSCORE, players, teams, reading, listed - len(players))


def _box_player(player: BoxPlayer) -> Row:
    stats = player.statistics
    status = "played" if player.played else "inactive" if player.status == "INACTIVE" else "dnp"
    return {
        "player_id": str(player.personId),
        "nba_player_id": str(player.personId),
        "player_name": player.name,
        "player_lookup": player_lookup(player.name),
        "is_starter": player.starter,
        "played": player.played,
        "player_status": status,
        # Reasons stand beside players who played, too: `played` decides.
        "dnp_reason": None
        if player.played
        else player.notPlayingReason or player.notPlayingDescription,
        "minutes": stats.minutes / 60,
        "seconds_played": stats.minutes,
        "minutes_precision": "second",
        "tov": stats.turnovers,
        "pf": stats.foulsPersonal,
        "plus_minus": None if stats.plusMinusPoints is None else round(stats.plusMinusPoints),
    } | {ours: getattr(stats, theirs) for ours, theirs in _BOX_NAMES.items()}


def _box_team(side: BoxTeam) -> Row:
    stats = side.statistics
    return {
        "seconds_played": stats.minutes,
        "minutes": stats.minutes / 60,
        "player_tov": stats.turnovers,
        "team_tov": stats.turnoversTeam,
        "pf": stats.foulsPersonal,
        "second_chance_points": stats.pointsSecondChance,
        "fast_break_points": stats.pointsFastBreak,
        "points_in_paint": stats.pointsInThePaint,
        "score": side.score,
        "line_score": sum(period.score for period in side.periods) if side.periods else None,
    } | {ours: getattr(stats, theirs) for ours, theirs in _BOX_NAMES.items()}


def _with_summed_teams(candidate: Candidate) -> Candidate:
    """The same players, and team totals added up from them; what only the team has stays."""
    kept = ("score", "line_score", "second_chance_points", "fast_break_points", "points_in_paint")
    teams = [
        _sum_of_players(candidate.players, team["team"]) | {name: team[name] for name in kept}
        for team in candidate.teams
        if any(player["team"] == team["team"] for player in candidate.players)
    ]
    return replace(candidate, teams=teams, teams_are_sums=True)


def _refuses_lines(lines: list[GameLogRow], away: str, home: str) -> str:
    """Why the log's lines of a game are not a game; empty where they are."""
    sides = {(line.TEAM_ABBREVIATION, line.is_home) for line in lines}
    if not lines:
        return "the log has no line of the game"
    if sides != {(away, False), (home, True)}:
        found = ", ".join(
            f"{team} {'at home' if at_home else 'away'}" for team, at_home in sorted(sides)
        )
        return f"home_away_matches_schedule: the log has {found}, the schedule {away} at {home}"
    return ""


def _from_log(lines: list[GameLogRow], scheduled: Any, reading: Reading) -> Candidate:
    players = _collapse([_log_player(line, scheduled) for line in lines])
    minutes = {
        team: sum(p["seconds_played"] for p in players if p["team"] == team) / 60
        for team in (scheduled.home_team, scheduled.away_team)
    }
    # The log does not say how many overtimes were played: the players' minutes do.
    overtimes = round(max(0.0, max(minutes.values()) - 240) / 25)
    for player in players:
        player["overtime_periods"] = overtimes
    teams = [_sum_of_players(players, team) for team in minutes]
    return Candidate(
        NBA_GAME_LOG, players, teams, reading, len(lines) - len(players), teams_are_sums=True
    )


def _log_player(line: GameLogRow, scheduled: Any) -> Row:
    home = line.is_home
    return {
        "player_id": str(line.PLAYER_ID),
        "nba_player_id": str(line.PLAYER_ID),
        "player_name": line.PLAYER_NAME,
        "player_lookup": player_lookup(line.PLAYER_NAME),
        "team": line.TEAM_ABBREVIATION,
        "opponent": scheduled.away_team if home else scheduled.home_team,
        "is_home": home,
        "is_starter": None,
        "played": True,
        "player_status": "played",
        "dnp_reason": None,
        "minutes": float(line.MIN),
        "seconds_played": line.MIN * 60,
        "minutes_precision": "minute",
        "tov": line.TOV,
        "pf": line.PF,
        "plus_minus": None if line.PLUS_MINUS is None else round(line.PLUS_MINUS),
    } | {ours: getattr(line, theirs) for ours, theirs in _LOG_NAMES.items()}


def _sum_of_players(players: list[Row], team: str) -> Row:
    own = [player for player in players if player["team"] == team]
    total = {name: sum(p[name] for p in own) for name in (*COUNT_NAMES, "pf", "seconds_played")}
    return total | {
        "team": team,
        "opponent": own[0]["opponent"],
        "is_home": own[0]["is_home"],
        "overtime_periods": own[0]["overtime_periods"],
        "minutes": total["seconds_played"] / 60,
        "player_tov": sum(p["tov"] for p in own),
        "team_tov": None,
        "second_chance_points": None,
        "fast_break_points": None,
        "points_in_paint": None,
        "score": None,
        "line_score": None,
    }


def _collapse(rows: list[Row]) -> list[Row]:
    """Identical copies are one row; copies that differ stay, for the key to find."""
    return list(
        {tuple(sorted(row.items(), key=lambda item: item[0])): row for row in rows}.values()
    )


def _compute(table: Table, desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    found = box_scores(desk, schedule, dates)
    own = found.players if table is PLAYER_BOX_SCORES else found.teams
    return Computed(
        rows=table.rows(own),
        # Typed: a date without games has frames too, and the gates count in them.
        evidence={
            "players": PLAYER_BOX_SCORES.rows(found.players).to_pandas(),
            "teams": TEAM_BOX_SCORES.rows(found.teams)
            .to_pandas()
            .assign(
                **{
                    name: pd.Series([row[name] for row in found.teams], dtype="float64")
                    for name in TELLINGS_OF_THE_SCORE
                }
            ),
        },
        notes=in_metadata(found.notes),
    )


def _entity(table: Table, *gates: Gate) -> Entity:
    return Entity(
        table,
        partial(_compute, table),
        feeds=(NBA_BOXSCORE, NBA_GAME_LOG),
        reads=(SCHEDULE,),
        gates=(
            *gates,
            partition_gate("scheduled_games_are_covered", uncovered_games, SCHEDULE),
        ),
    )


PLAYERS_ENTITY = _entity(
    PLAYER_BOX_SCORES,
    game_gate("points_and_minutes_reconcile", irreconcilable_games, "teams"),
    game_gate("both_line_ups_are_plausible", implausible_sides),
)
TEAMS_ENTITY = _entity(
    TEAM_BOX_SCORES,
    game_gate("team_totals_are_their_players", teams_off_their_players, "players", "teams"),
)
