"""NBA.com's season file, box scores and logs as feeds, and what makes a body of them no answer."""

from datetime import date, timedelta

from nba_assets.partitions import results_instant
from nba_assets.sources.feed import ExpectedGame, Feed, Route, Subject
from nba_assets.sources.nba import (
    MIN_PLAYERS,
    BoxScore,
    GameLog,
    Schedule,
    ScheduledGame,
    games_of,
    is_expected,
    season_type_of,
)

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


def _refuses_box(box: BoxScore, subject: Subject) -> str | None:
    game, scheduled = box.game, subject.game
    if scheduled is None:
        raise ValueError("a box score is judged against its scheduled game")
    if game.gameId != scheduled.nba_game_id:
        return f"the body is of game {game.gameId}, asked was {scheduled.nba_game_id}"
    if game.gameEt[:10] != subject.day.isoformat():
        return f"the body is of {game.gameEt[:10]}, asked was {subject.day}"
    found = (game.awayTeam.teamTricode, game.homeTeam.teamTricode)
    if found != (scheduled.away, scheduled.home):
        return (
            f"home_away_matches_schedule: {found[0]} at {found[1]},"
            f" the schedule has {scheduled.away} at {scheduled.home}"
        )
    if game.gameStatus != 3:
        return "the game is not final"
    if box.is_empty:
        return "empty: no players"
    for side in (game.awayTeam, game.homeTeam):
        if (played := sum(p.played for p in side.players)) < MIN_PLAYERS:
            return f"{side.teamTricode}: {played} players played, at least {MIN_PLAYERS} must have"
    return None


def _refuses_log(log: GameLog, subject: Subject) -> str | None:
    if log.is_empty:
        return "empty: no rows for a date with games"
    others = {row.GAME_DATE for row in log.rows} - {subject.day.isoformat()}
    if others:
        return f"rows of {', '.join(sorted(others))}, asked was {subject.day}"
    return None


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
)

NBA_BOXSCORE = Feed(
    name="nba_boxscore",
    about="finished game of the date, box score of both teams from NBA.com's live data",
    per="game",
    routes=(
        Route("https://cdn.nba.com/static/json/liveData/boxscore/boxscore_{nba_game_id}.json"),
    ),
    payload=BoxScore,
    refuses=_refuses_box,
    instants=("results",),
    score=100,
)

NBA_GAME_LOG = Feed(
    name="nba_game_log",
    about="date and kind of season, the log lines of everybody who played, from stats.nba.com",
    per="date",
    routes=(
        Route(
            "https://stats.nba.com/stats/leaguegamelog",
            {
                "Counter": "1000",
                "DateFrom": "{mdy}",
                "DateTo": "{mdy}",
                "Direction": "DESC",
                "LeagueID": "00",
                "PlayerOrTeam": "P",
                "Season": "{season}",
                "SeasonType": "{season_type}",
                "Sorter": "DATE",
            },
        ),
    ),
    payload=GameLog,
    refuses=_refuses_log,
    instants=("results",),
    score=95,
)
