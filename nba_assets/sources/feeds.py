"""Feeds as data: what is asked, of whom, about what, and when an answer counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import ValidationError

from nba_assets.partitions import Season, results_instant
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
from nba_assets.sources.payload import Payload
from nba_assets.sources.transport import Request

LONGEST_GAME = timedelta(hours=4)


@dataclass(frozen=True)
class ExpectedGame:
    """A game that must have results: ids and sides as the schedule has them."""

    nba_game_id: str
    away: str
    home: str
    tip_at: datetime


@dataclass(frozen=True)
class Subject:
    """What one request is about: a date of a season, and for a feed per game that game."""

    day: date
    season: Season
    season_type: str = "regular"
    game: ExpectedGame | None = None

    @property
    def fields(self) -> dict[str, str]:
        """What a route's template may name."""
        return {
            "season": self.season.label,
            "mdy": f"{self.day:%m/%d/%Y}",
            "season_type": _STATS_SEASON_TYPE.get(self.season_type, ""),
            "nba_game_id": self.game.nba_game_id if self.game else "",
        }


@dataclass(frozen=True)
class Route:
    """One URL a feed can be had from; `{name}` is a field of the subject."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)

    def request(self, subject: Subject) -> Request:
        """The GET of this route about the subject."""
        fields = subject.fields
        return Request(
            self.url.format(**fields), {k: v.format(**fields) for k, v in self.params.items()}
        )


@dataclass(frozen=True)
class Feed:
    """A provider feed. Its landing asset, its parsing and its place in a fallback chain follow from it.

    Attributes:
        name: of the landing asset, and in the `source` column.
        about: completes "One body per …".
        per: how many requests a date takes.
        routes: tried in order until one answer is accepted.
        payload: the model a body has to match.
        refuses: why a matching body does not answer for the subject; None where it does.
        instants: for which instants of a date it is asked.
        score: trust in its rows, 0-100 (providers, section 1).
        max_age: live only: a capture younger than this is not asked for again.
    """

    name: str
    about: str
    per: Literal["season", "date", "game"]
    routes: tuple[Route, ...]
    payload: type[Payload]
    refuses: Callable[[Any, Subject], str | None]
    instants: tuple[Literal["opening", "slate", "results"], ...]
    score: int
    max_age: timedelta = timedelta(0)

    def requests(self, subject: Subject) -> list[Request]:
        """The GETs that can answer for the subject, in the order to try."""
        return [route.request(subject) for route in self.routes]

    def judge(self, body: bytes, subject: Subject) -> tuple[Payload | None, str]:
        """A body's payload, or None and why it is refused: field and what was found there."""
        try:
            payload = self.payload.model_validate_json(body)
        except ValidationError as error:
            return None, _first_offences(error)
        if reason := self.refuses(payload, subject):
            return None, reason
        return payload, ""


# The values stats.nba.com knows; the cup final counts in no log.
_STATS_SEASON_TYPE = {"regular": "Regular Season", "play_in": "PlayIn", "playoffs": "Playoffs"}


def has_a_log(season_type: str) -> bool:
    """Whether games of this type are in the game log."""
    return season_type in _STATS_SEASON_TYPE


def expected_games(day: date, latest: Schedule, slate: Schedule | None) -> list[ExpectedGame]:
    """The date's games that must have results, as the newest file and the morning's slate tell."""
    games = {g.gameId: g for g, status, _ in games_of(day, latest, slate) if _counts(g, status)}
    return [
        ExpectedGame(
            game.gameId,
            game.awayTeam.teamTricode or "",
            game.homeTeam.teamTricode or "",
            # Without an announced tip nothing is due before the date is over.
            game.tip_at or results_instant(day) - LONGEST_GAME,
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


def _first_offences(error: ValidationError, most: int = 3) -> str:
    found = [
        f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}, found {str(item['input'])[:60]!r}"
        for item in error.errors(include_url=False)[:most]
    ]
    more = error.error_count() - len(found)
    return "; ".join(found) + (f" (+{more} more)" if more > 0 else "")


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

FEEDS = (NBA_SCHEDULE, NBA_BOXSCORE, NBA_GAME_LOG)
