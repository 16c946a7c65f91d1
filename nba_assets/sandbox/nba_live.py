"""The feeds of cdn.nba.com, and what stats.nba.com answers when the CDN does not."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from nba_assets.partitions import eastern_date
from nba_assets.sandbox import nba_scoreboards
from nba_assets.sandbox.box_scores import box_score_body
from nba_assets.sandbox.feed import Body, Feed, Params, Subject
from nba_assets.sandbox.fixtures import morning_of, newest_morning
from nba_assets.sandbox.league import League
from nba_assets.sandbox.nba_actions import play_by_play_body
from nba_assets.sandbox.nba_actions_v3 import play_by_play_v3_body
from nba_assets.sandbox.nba_tables import box_score_v3_body
from nba_assets.sandbox.schedules import schedule_body


def _schedule_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """The newest 09:00 ET; the CDN file has no season in its URL, the stats endpoint has."""
    if params.get("Season", league.season.label) != league.season.label:
        return None
    published_at = newest_morning(as_of)
    return published_at if published_at >= league.first_publication else None


def _schedule(league: League, params: Params, observed_at: datetime) -> Body:
    del params  # both URLs answer with the whole season
    return schedule_body(league, observed_at)


def _schedule_subject(league: League, params: Params, as_of: datetime) -> Subject:
    del params
    return Subject(
        eastern_date(newest_morning(as_of)), lambda game: league.fixture(game) is not None
    )


def _earlier_schedule(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    published_at = morning_of(eastern_date(observed_at) - timedelta(days=1))
    return (params, published_at) if published_at >= league.first_publication else None


def _box_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    fixture = league.fixture(params["game_id"])
    if fixture is None or as_of < fixture.tip_at:
        return None
    published_at = league.box(fixture.game_id).published_at
    return published_at if published_at <= as_of else None


def _box(league: League, params: Params, observed_at: datetime) -> Body:
    del observed_at  # one body a game
    return box_score_body(league, params["game_id"])


def _box_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    fixture = league.fixture(params["game_id"])
    return Subject(fixture.day, lambda game: game == params["game_id"]) if fixture else None


def _earlier_box(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The home team's game before this one; on its first night, any game of an earlier date."""
    del observed_at
    fixture = league.fixture(params["game_id"])
    if fixture is None:
        return None
    candidates = [g for g in league.games_of(fixture.home) if g.day < fixture.day] or [
        g for g in league.fixtures if g.day < fixture.day
    ]
    if not candidates:
        return None
    before = max(candidates, key=lambda game: game.tip_at)
    return {**params, "game_id": before.game_id}, league.box(before.game_id).published_at


def _schedule_feed(host: str, path: str) -> Feed:
    return Feed(
        "nba_schedule",
        "nba",
        host,
        re.compile(path),
        _schedule_observed_at,
        _schedule,
        _schedule_subject,
        _earlier_schedule,
    )


def _box_v3(league: League, params: Params, observed_at: datetime) -> Body:
    del observed_at
    return box_score_v3_body(league, params["GameID"])


def _plays(league: League, params: Params, observed_at: datetime) -> Body:
    del observed_at
    return play_by_play_body(league, params["game_id"])


def _plays_v3(league: League, params: Params, observed_at: datetime) -> Body:
    del observed_at
    return play_by_play_v3_body(league, params["GameID"])


def _game_feed(
    name: str, host: str, path: str, body: Callable[[League, Params, datetime], Body], key: str
) -> Feed:
    """A feed of one finished game, whose id is the parameter `key`."""

    def renamed(params: Params) -> Params:
        return {**params, "game_id": params.get(key, "")}

    def earlier(
        league: League, params: Params, observed_at: datetime
    ) -> tuple[Params, datetime] | None:
        before = _earlier_box(league, renamed(params), observed_at)
        return ({**params, key: before[0]["game_id"]}, before[1]) if before else None

    return Feed(
        name,
        "nba",
        host,
        re.compile(path),
        lambda league, params, as_of: _box_observed_at(league, renamed(params), as_of),
        body,
        lambda league, params, as_of: _box_subject(league, renamed(params), as_of),
        earlier,
    )


_GAME = r"(?P<game_id>\d{10})\.json"

FEEDS: tuple[Feed, ...] = (
    _schedule_feed("cdn.nba.com", r"/static/json/staticData/scheduleLeagueV2(_1)?\.json"),
    _schedule_feed("stats.nba.com", r"/stats/scheduleleaguev2(int)?"),
    _game_feed(
        "nba_boxscore",
        "cdn.nba.com",
        rf"/static/json/liveData/boxscore/boxscore_{_GAME}",
        _box,
        "game_id",
    ),
    _game_feed("nba_boxscore", "stats.nba.com", r"/stats/boxscoretraditionalv3", _box_v3, "GameID"),
    _game_feed(
        "nba_play_by_play",
        "cdn.nba.com",
        rf"/static/json/liveData/playbyplay/playbyplay_{_GAME}",
        _plays,
        "game_id",
    ),
    _game_feed("nba_play_by_play", "stats.nba.com", r"/stats/playbyplayv3", _plays_v3, "GameID"),
    Feed(
        "nba_scoreboard",
        "nba",
        "cdn.nba.com",
        re.compile(r"/static/json/liveData/scoreboard/todaysScoreboard_00\.json"),
        nba_scoreboards.today_observed_at,
        nba_scoreboards.today,
        nba_scoreboards.today_subject,
        nba_scoreboards.earlier_today,
    ),
    Feed(
        "nba_scoreboard",
        "nba",
        "stats.nba.com",
        re.compile(r"/stats/scoreboardv3"),
        nba_scoreboards.dated_observed_at,
        nba_scoreboards.dated,
        nba_scoreboards.dated_subject,
        nba_scoreboards.earlier_dated,
    ),
)
