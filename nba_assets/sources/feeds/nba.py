"""NBA.com's season file and results as feeds, and what makes a body of them no answer."""

from datetime import date, timedelta

from nba_assets.partitions import results_instant
from nba_assets.sources.feed import ExpectedGame, Feed, Route, Subject
from nba_assets.sources.feeds.refusals import game_of, other_dates, too_few, wrong_sides
from nba_assets.sources.nba import (
    BoxScore,
    GameLog,
    Schedule,
    ScheduledGame,
    games_of,
    is_expected,
    season_type_of,
)
from nba_assets.sources.nba_live import PlayByPlay, Scoreboard
from nba_assets.sources.nba_stats import BoxScoreV3, PlayByPlayV3, ShotChart, TeamGameLog

LONGEST_GAME = timedelta(hours=4)


def expected_games(day: date, latest: Schedule, slate: Schedule | None) -> list[ExpectedGame]:
    """The date's games that must have results, as the newest file and the morning's slate tell."""
    known = {g.gameId: g for g in slate.by_date.get(day, [])} if slate else {}
    games = {g.gameId: g for g, status, _ in games_of(day, latest, slate) if _counts(g, status)}
    return [
        ExpectedGame(
            game.gameId,
            game.awayTeam.teamTricode or "",
            game.homeTeam.teamTricode or "",
            # Without an announced tip nothing is due before the date is over.
            game.tip_at or results_instant(day) - LONGEST_GAME,
            known[game.gameId].tip_at if game.gameId in known else None,
        )
        for game in games.values()
    ]


def _counts(game: ScheduledGame, status: str) -> bool:
    return game.has_two_teams and is_expected(season_type_of(game.gameId), status)


def _refuses_schedule(schedule: Schedule, subject: Subject) -> str | None:
    if schedule.is_empty:
        return "empty: the season file names no game"
    if schedule.season != subject.season.label:
        return f"season {schedule.season} instead of {subject.season.label}"
    return None


def _refuses_box(box: BoxScore | BoxScoreV3, subject: Subject) -> str | None:
    if isinstance(box, BoxScoreV3):
        return _refuses_box_v3(box, subject)
    game, scheduled = box.game, game_of(subject)
    if game.gameId != scheduled.nba_game_id:
        return f"the body is of game {game.gameId}, asked was {scheduled.nba_game_id}"
    if game.gameEt[:10] != subject.day.isoformat():
        return f"the body is of {game.gameEt[:10]}, asked was {subject.day}"
    found = (game.awayTeam.teamTricode, game.homeTeam.teamTricode)
    if found != (scheduled.away, scheduled.home):
        return wrong_sides(*found, scheduled)
    if game.gameStatus != 3:
        return "the game is not final"
    if box.is_empty:
        return "empty: no players"
    for side in (game.awayTeam, game.homeTeam):
        if reason := too_few(side.teamTricode, (p.played for p in side.players)):
            return reason
    return None


def _refuses_box_v3(box: BoxScoreV3, subject: Subject) -> str | None:
    scheduled = game_of(subject)
    if box.game_id != scheduled.nba_game_id:
        return f"the body is of game {box.game_id}, asked was {scheduled.nba_game_id}"
    if box.is_empty:
        return "empty: no team has players"
    home, away = box.sides
    if (away.teamTricode, home.teamTricode) != (scheduled.away, scheduled.home):
        return wrong_sides(away.teamTricode, home.teamTricode, scheduled)
    if box.overtime_periods is None:
        return "the game is not final: its minutes are not those of whole periods"
    return next(
        filter(None, (too_few(s.teamTricode, (p.played for p in s.players)) for s in box.sides)),
        None,
    )


def _refuses_log(log: GameLog | TeamGameLog, subject: Subject) -> str | None:
    if log.is_empty:
        return "empty: no rows for a date with games"
    return other_dates({str(row.GAME_DATE) for row in log.rows}, subject)


def _refuses_play_by_play(plays: PlayByPlay | PlayByPlayV3, subject: Subject) -> str | None:
    scheduled = game_of(subject)
    if plays.game.gameId != scheduled.nba_game_id:
        return f"the body is of game {plays.game.gameId}, asked was {scheduled.nba_game_id}"
    if plays.is_empty:
        return "empty: no actions"
    return None if plays.is_final else "the game is not final: its last action is not its end"


def _refuses_shot_chart(chart: ShotChart, subject: Subject) -> str | None:
    if chart.is_empty:
        return "empty: no shots for a date with games"
    return other_dates({str(day) for day in chart.dates}, subject)


def _refuses_board(board: Scoreboard, subject: Subject) -> str | None:
    return other_dates({str(board.game_date)}, subject)


NBA_SCHEDULE = Feed(
    name="nba_schedule",
    about="season file of NBA.com, all games from preseason on, as it stood at an instant",
    per="season",
    routes=(
        Route("https://cdn.nba.com/static/json/staticData/scheduleLeagueV2_1.json"),
        Route(
            "https://stats.nba.com/stats/scheduleleaguev2", {"LeagueID": "00", "Season": "{season}"}
        ),
    ),
    payload=Schedule,
    refuses=_refuses_schedule,
    instants=("opening", "slate", "results"),
    score=100,
    max_age=timedelta(hours=6),
    serves=("raw.schedule",),
)

NBA_BOXSCORE = Feed(
    name="nba_boxscore",
    about="finished game of the date, box score of both teams from NBA.com",
    per="game",
    routes=(
        Route("https://cdn.nba.com/static/json/liveData/boxscore/boxscore_{nba_game_id}.json"),
        Route(
            "https://stats.nba.com/stats/boxscoretraditionalv3",
            {
                "EndPeriod": "0",
                "EndRange": "0",
                "GameID": "{nba_game_id}",
                "RangeType": "0",
                "StartPeriod": "0",
                "StartRange": "0",
            },
            payload=BoxScoreV3,
            score=95,
        ),
    ),
    payload=BoxScore,
    refuses=_refuses_box,
    instants=("results",),
    score=100,
    serves=("raw.player_box_scores", "raw.team_box_scores", "raw.officials", "raw.players"),
)

_LOG = {
    "Counter": "1000",
    "DateFrom": "{mdy}",
    "DateTo": "{mdy}",
    "Direction": "DESC",
    "LeagueID": "00",
    "Season": "{season}",
    "SeasonType": "{season_type}",
    "Sorter": "DATE",
}

NBA_GAME_LOG = Feed(
    name="nba_game_log",
    about="date and kind of season, the log lines of everybody who played, from stats.nba.com",
    per="date",
    routes=(Route("https://stats.nba.com/stats/leaguegamelog", {**_LOG, "PlayerOrTeam": "P"}),),
    payload=GameLog,
    refuses=_refuses_log,
    instants=("results",),
    score=95,
    serves=("raw.player_box_scores", "raw.team_box_scores"),
)

NBA_TEAM_GAME_LOG = Feed(
    name="nba_team_game_log",
    about="date and kind of season, the log lines of every team that played, from stats.nba.com",
    per="date",
    routes=(Route("https://stats.nba.com/stats/leaguegamelog", {**_LOG, "PlayerOrTeam": "T"}),),
    payload=TeamGameLog,
    refuses=_refuses_log,
    instants=("results",),
    score=95,
)

NBA_PLAY_BY_PLAY = Feed(
    name="nba_play_by_play",
    about="finished game of the date, every action in order, from NBA.com",
    per="game",
    routes=(
        Route("https://cdn.nba.com/static/json/liveData/playbyplay/playbyplay_{nba_game_id}.json"),
        Route(
            "https://stats.nba.com/stats/playbyplayv3",
            {"EndPeriod": "0", "GameID": "{nba_game_id}", "StartPeriod": "0"},
            payload=PlayByPlayV3,
        ),
    ),
    payload=PlayByPlay,
    refuses=_refuses_play_by_play,
    instants=("results",),
    score=95,
    serves=("raw.shots",),
)

NBA_SHOT_CHART = Feed(
    name="nba_shot_chart",
    about="date and kind of season, every field-goal attempt with its place, from stats.nba.com",
    per="date",
    routes=(
        Route(
            "https://stats.nba.com/stats/shotchartdetail",
            {
                "ContextMeasure": "FGA",
                "DateFrom": "{mdy}",
                "DateTo": "{mdy}",
                "LastNGames": "0",
                "LeagueID": "00",
                "Month": "0",
                "OpponentTeamID": "0",
                "Period": "0",
                "PlayerID": "0",
                "Season": "{season}",
                "SeasonType": "{season_type}",
                "TeamID": "0",
            },
        ),
    ),
    payload=ShotChart,
    refuses=_refuses_shot_chart,
    instants=("results",),
    score=95,
    serves=("raw.shots",),
)

NBA_SCOREBOARD = Feed(
    name="nba_scoreboard",
    about="date, the board of live scores of NBA.com",
    per="date",
    routes=(
        Route("https://cdn.nba.com/static/json/liveData/scoreboard/todaysScoreboard_00.json"),
        Route("https://stats.nba.com/stats/scoreboardv3", {"GameDate": "{ymd}", "LeagueID": "00"}),
    ),
    payload=Scoreboard,
    refuses=_refuses_board,
    empty="no games on the board",
    instants=("results",),
    score=100,
    # Live state: once the games are over the box scores say more.
    on_demand=True,
)
