"""Who tells of a game, the most trusted first, and how each one's body becomes player and team rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from nba_assets.identity.names import player_lookup
from nba_assets.landing.desk import Reading
from nba_assets.raw.box_candidates import Candidate, Source, candidate_of, summed
from nba_assets.raw.entity import Row
from nba_assets.raw.tables import COUNT_NAMES
from nba_assets.sources.balldontlie import BoxLine
from nba_assets.sources.balldontlie import BoxScores as BdlBoxScores
from nba_assets.sources.balldontlie import BoxTeam as BdlTeam
from nba_assets.sources.basketball_reference import BoxAbsence, BoxRow, BoxScorePage
from nba_assets.sources.espn import AthleteLine, Summary
from nba_assets.sources.feed import ExpectedGame, Subject
from nba_assets.sources.feeds.archives import BREF_BOX_SCORES
from nba_assets.sources.feeds.balldontlie import BDL_BOX_SCORES
from nba_assets.sources.feeds.espn import ESPN_SUMMARY
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG
from nba_assets.sources.feeds.refusals import game_of, too_few, wrong_sides
from nba_assets.sources.nba import (
    BoxGame,
    BoxPlayer,
    BoxScore,
    BoxTeam,
    GameLog,
    GameLogRow,
    PlayerStatistics,
    TeamStatistics,
)
from nba_assets.sources.nba_stats import BoxPlayerV3, BoxScoreV3
from nba_assets.sources.teams import BY_TRICODE

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
    "pf": "foulsPersonal",
}
_LOG_NAMES = {name: name.upper() for name in (*COUNT_NAMES, "tov", "pf")} | {"points": "PTS"}
_BDL_NAMES = {name: name for name in (*COUNT_NAMES, "pf")} | {"points": "pts", "tov": "turnover"}
_BREF_NAMES = {name: name for name in ("fga", "fg3a", "fta", "ast", "stl", "blk", "tov", "pf")} | {
    "points": "pts",
    "fgm": "fg",
    "fg3m": "fg3",
    "ftm": "ft",
    "oreb": "orb",
    "dreb": "drb",
}


def from_box(game: BoxGame, reading: Reading) -> Candidate:
    """The rows of a final box score of live data, before their ids and provenance are put in."""
    overtimes = max(0, game.period - game.regulationPeriods)
    # A source that flags nobody knows no starters: that is not the same as a bench of all.
    knows_starters = any(p.starter for side in (game.homeTeam, game.awayTeam) for p in side.players)
    sides = ((game.homeTeam, game.awayTeam), (game.awayTeam, game.homeTeam))
    players: list[Row] = []
    teams: list[Row] = []
    for side, other in sides:
        common = _side(side.teamTricode, other.teamTricode, side is game.homeTeam, overtimes)
        starters = {} if knows_starters else {"is_starter": None}
        players += [_box_player(player) | common | starters for player in side.players]
        teams.append(_totals(side.statistics) | _told_of_the_score(side) | common)
    return candidate_of(players, teams, reading)


def _from_cdn(box: BoxScore, _subject: Subject, reading: Reading) -> Candidate:
    return from_box(box.game, reading)


def _from_stats(box: BoxScoreV3, _subject: Subject, reading: Reading) -> Candidate:
    home, away = box.sides
    knows_starters = any(player.is_starter for side in box.sides for player in side.players)
    players: list[Row] = []
    teams: list[Row] = []
    for side, other in ((home, away), (away, home)):
        common = _side(side.teamTricode, other.teamTricode, side is home, box.overtime_periods or 0)
        starters = {} if knows_starters else {"is_starter": None}
        players += [_box_player_v3(player) | common | starters for player in side.players]
        # What stands on the scoreboard is told nowhere but in the points.
        teams.append(_totals(side.statistics) | {"score": None, "line_score": None} | common)
    return candidate_of(players, teams, reading)


def _side(team: str, opponent: str, is_home: bool, overtimes: int) -> Row:
    return {
        "team": team,
        "opponent": opponent,
        "is_home": is_home,
        "overtime_periods": overtimes,
    }


def _person(name: str, nba_id: int | None) -> Row:
    return {
        "player_id": None if nba_id is None else str(nba_id),
        "nba_player_id": None if nba_id is None else str(nba_id),
        "player_name": name,
        "player_lookup": player_lookup(name),
    }


def _presence(
    status: Literal["played", "dnp", "inactive"], is_starter: bool | None, reason: str | None = None
) -> Row:
    played = status == "played"
    return {
        "is_starter": is_starter,
        "played": played,
        "player_status": status,
        # Reasons stand beside players who played, too: `played` decides.
        "dnp_reason": None if played else reason or None,
    }


def _time(seconds: int, precision: Literal["second", "minute"]) -> Row:
    return {
        "minutes": seconds / 60,
        "seconds_played": seconds,
        "minutes_precision": precision,
    }


def _counted(statistics: object, names: dict[str, str], plus_minus: float | None) -> Row:
    counts: Row = {ours: getattr(statistics, theirs) for ours, theirs in names.items()}
    return {"plus_minus": None if plus_minus is None else round(plus_minus), **counts}


def _uncounted() -> Row:
    """The zeros of a man who did not play."""
    return dict.fromkeys((*COUNT_NAMES, "tov", "pf"), 0) | {"plus_minus": None}


def _box_player(player: BoxPlayer) -> Row:
    status: Literal["played", "dnp", "inactive"]
    status = "played" if player.played else "inactive" if player.status == "INACTIVE" else "dnp"
    reason = player.notPlayingReason or player.notPlayingDescription
    return (
        _person(player.name, player.personId)
        | _presence(status, player.starter, reason)
        | _nba_line(player.statistics)
    )


def _box_player_v3(player: BoxPlayerV3) -> Row:
    return (
        _person(player.name, player.personId)
        | _presence("played" if player.played else "dnp", player.is_starter, player.comment)
        | _nba_line(player.statistics)
    )


def _nba_line(stats: PlayerStatistics) -> Row:
    counts = _counted(stats, _BOX_NAMES, stats.plusMinusPoints)
    return _time(stats.minutes, "second") | counts | {"tov": stats.turnovers}


def _totals(stats: TeamStatistics) -> Row:
    return {
        "seconds_played": stats.minutes,
        "minutes": stats.minutes / 60,
        "player_tov": stats.turnovers,
        "team_tov": stats.turnoversTeam,
        "second_chance_points": stats.pointsSecondChance,
        "fast_break_points": stats.pointsFastBreak,
        "points_in_paint": stats.pointsInThePaint,
    } | {ours: getattr(stats, theirs) for ours, theirs in _BOX_NAMES.items()}


def _told_of_the_score(side: BoxTeam) -> Row:
    periods = [period.score for period in side.periods]
    return {"score": side.score, "line_score": sum(periods) if periods else None}


def _from_log(log: GameLog, subject: Subject, reading: Reading) -> Candidate | str:
    game = game_of(subject)
    if game.nba_game_id:
        lines = [line for line in log.rows if game.nba_game_id == line.GAME_ID]
    else:
        lines = [r for r in log.rows if r.TEAM_ABBREVIATION in (game.away, game.home)]
    if reason := _refuses_lines(lines, game.away, game.home):
        return reason
    players = [
        _log_player(line)
        # At a neutral arena the lines of both sides read "@": who is at home, the schedule says.
        | (
            _side(game.home, game.away, True, 0)
            if game.home == line.TEAM_ABBREVIATION
            else _side(game.away, game.home, False, 0)
        )
        for line in lines
    ]
    return summed(players, reading)


def _refuses_lines(lines: Sequence[GameLogRow], away: str, home: str) -> str:
    """Why the log's lines of a game are not a game; empty where they are."""
    if not lines:
        return "the log has no line of the game"
    sides = {(line.TEAM_ABBREVIATION, line.is_home) for line in lines}
    exchanged = {(away, True), (home, False)}
    if {team for team, _ in sides} != {away, home} or sides == exchanged:
        found = ", ".join(
            f"{team} {'at home' if at_home else 'away'}" for team, at_home in sorted(sides)
        )
        return f"home_away_matches_schedule: the log has {found}, the schedule {away} at {home}"
    return ""


def _log_player(line: GameLogRow) -> Row:
    return (
        _person(line.PLAYER_NAME, line.PLAYER_ID)
        | _presence("played", None)
        | _time(line.MIN * 60, "minute")
        | _counted(line, _LOG_NAMES, line.PLUS_MINUS)
    )


def _from_espn(summary: Summary, subject: Subject, reading: Reading) -> Candidate | str:
    game, event = game_of(subject), summary.event
    if (found := len(summary.boxscore.players)) != 2:
        return f"{found} teams have a block of players"
    players = [
        _espn_player(line) | _side(*sides, 0)
        for sides in ((game.home, game.away, True), (game.away, game.home, False))
        for line in summary.sides[sides[0]]
    ]
    told: dict[str, Row] = {
        competitor.team.abbreviation: {
            "score": competitor.score,
            "line_score": sum(competitor.period_scores) if competitor.period_scores else None,
        }
        for competitor in (event.home, event.away)
    }
    return summed(players, reading, told, event.overtime_periods)


def _espn_player(line: AthleteLine) -> Row:
    who = _person(line.athlete.displayName, None) | {"provider_player_id": line.athlete.id}
    if not (stats := line.statistics):
        return who | _presence("dnp", line.starter, line.reason) | _time(0, "minute") | _uncounted()
    return (
        who
        | _presence("played", line.starter)
        | _time(stats.seconds, "minute")
        | {
            "points": stats.points,
            "fgm": stats.fieldGoals.made,
            "fga": stats.fieldGoals.attempted,
            "fg3m": stats.threePointers.made,
            "fg3a": stats.threePointers.attempted,
            "ftm": stats.freeThrows.made,
            "fta": stats.freeThrows.attempted,
            "oreb": stats.offensiveRebounds,
            "dreb": stats.defensiveRebounds,
            "ast": stats.assists,
            "stl": stats.steals,
            "blk": stats.blocks,
            "tov": stats.turnovers,
            "pf": stats.fouls,
            "plus_minus": stats.plusMinus,
        }
    )


def _from_bdl(boxes: BdlBoxScores, subject: Subject, reading: Reading) -> Candidate | str:
    game = game_of(subject)
    found = [b for b in boxes.data if b.key == (subject.day, game.away, game.home)]
    if not found and any(b.key == (subject.day, game.home, game.away) for b in boxes.data):
        return wrong_sides(game.home, game.away, game)
    if not found and (half := _of_unknown_team(boxes, game)):
        return f"known_team: {half}, the schedule has {game.away} at {game.home}"
    if len(found) != 1:
        return f"the body has {len(found) or 'no'} box score{'s' * bool(found)} of the game"
    (box,) = found
    if box.state != "final":
        return f"the game is not final: {box.status}"
    players: list[Row] = []
    idle = 0
    sides: tuple[tuple[BdlTeam, str, bool], ...] = (
        (box.home_team, game.away, True),
        (box.visitor_team, game.home, False),
    )
    for side, opponent, is_home in sides:
        if reason := too_few(side.tricode, (line.played for line in side.players)):
            return reason
        common = _side(side.tricode, opponent, is_home, 0)
        players += [_bdl_player(line) | common for line in side.players if line.played]
        idle += sum(not line.played for line in side.players)
    told: dict[str, Row] = {
        team: {"score": score, "line_score": sum(periods) if periods else None}
        for team, score, periods in (
            (game.home, box.home_team_score, box.home_period_scores),
            (game.away, box.visitor_team_score, box.visitor_period_scores),
        )
    }
    candidate = summed(players, reading, told, box.overtime_periods)
    if not idle:
        return candidate
    # Dressed or inactive, BallDontLie does not tell: to call them either would be a guess.
    return replace(candidate, left_out=f"{idle} players without minutes, dressed or not")


def _of_unknown_team(boxes: BdlBoxScores, game: ExpectedGame) -> str:
    """The box score that one side of the game shares with a team that nobody knows, in words."""
    for box in boxes.data:
        sides = {box.visitor_team.tricode, box.home_team.tricode}
        if sides & {game.away, game.home} and not sides <= BY_TRICODE.keys():
            return f"{box.visitor_team.tricode} at {box.home_team.tricode}"
    return ""


def _bdl_player(line: BoxLine) -> Row:
    return (
        _person(line.player.name, None)
        | {"provider_player_id": str(line.player.id)}
        | _presence("played", None)
        | _time(line.seconds, "minute")
        | _counted(line, _BDL_NAMES, line.plus_minus)
    )


def _from_bref(page: BoxScorePage, _subject: Subject, reading: Reading) -> Candidate:
    players: list[Row] = []
    told: dict[str, Row] = {}
    for side, other in ((page.home, page.away), (page.away, page.home)):
        common = _side(side.team, other.team, side is page.home, 0)
        players += [_bref_player(row) | common for row in side.players]
        players += [_bref_absence(row) | common for row in side.absences]
        told[side.team] = {"score": side.points, "line_score": None}
    return summed(players, reading, told)


def _bref_player(row: BoxRow) -> Row:
    return (
        _person(row.player, None)
        | {"provider_player_id": row.slug}
        | _presence("played", row.is_starter)
        | _time(row.seconds_played, "second")
        | _counted(row, _BREF_NAMES, row.plus_minus)
    )


def _bref_absence(row: BoxAbsence) -> Row:
    inactive = row.reason == "Inactive"
    status = _presence("inactive", False) if inactive else _presence("dnp", False, row.reason)
    who = _person(row.player, None) | {"provider_player_id": row.slug}
    return who | status | _time(0, "second") | _uncounted()


_CDN, _STATS = NBA_BOXSCORE.routes

# In the order to try (providers, section 1): BallDontLie after ESPN in spite of its score, for it is
# keyed, late for games in the West, and wrong by an assist or a block more often.
SOURCES: tuple[Source, ...] = (
    Source(replace(NBA_BOXSCORE, routes=(_CDN,)), NBA_BOXSCORE.name, _from_cdn, True),
    Source(
        replace(NBA_BOXSCORE, routes=(_STATS,)),
        f"{NBA_BOXSCORE.name} of {_STATS.host}",
        _from_stats,
        True,
        team_score=NBA_BOXSCORE.score,
    ),
    Source(NBA_GAME_LOG, NBA_GAME_LOG.name, _from_log),
    Source(ESPN_SUMMARY, ESPN_SUMMARY.name, _from_espn),
    Source(BDL_BOX_SCORES, BDL_BOX_SCORES.name, _from_bdl),
    Source(BREF_BOX_SCORES, BREF_BOX_SCORES.name, _from_bref),
)
FEEDS = (NBA_BOXSCORE, NBA_GAME_LOG, ESPN_SUMMARY, BDL_BOX_SCORES, BREF_BOX_SCORES)
