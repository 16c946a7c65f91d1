"""What each provider URL answers as of an instant. A further feed is one more entry in `FEEDS`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sandbox.box_scores import box_score_body
from nba_assets.sandbox.fixtures import morning_after, morning_of
from nba_assets.sandbox.game_logs import game_log_body
from nba_assets.sandbox.league import League
from nba_assets.sandbox.schedules import schedule_body

Params = Mapping[str, str]
Body = dict[str, Any]


class Subject(NamedTuple):
    """What a request is about: an Eastern date, and a test whether a game id is in the body."""

    day: date
    covers: Callable[[str], bool]


@dataclass(frozen=True)
class Feed:
    """One kind of URL. All functions are pure; `params` holds the query and the path's named parts.

    `observed_at` is the instant the body of `as_of` became visible, None where there is none yet
    (404). `body` depends on that instant alone, so equal instants mean equal bytes.
    """

    name: str
    host: str
    path: re.Pattern[str]
    observed_at: Callable[[League, Params, datetime], datetime | None]
    body: Callable[[League, Params, datetime], Body]
    subject: Callable[[League, Params, datetime], Subject | None]
    earlier: Callable[[League, Params, datetime], tuple[Params, datetime] | None]
    """Parameters and instant of the body before this one, for a server that serves it again."""


class Answer(NamedTuple):
    """A body, and the instant it became visible (UTC, whole seconds)."""

    body: Body
    observed_at: datetime


def route(host: str, path: str, query: Params) -> tuple[Feed, dict[str, str]] | None:
    """The feed of a URL and its parameters; None where the sandbox has no such page."""
    for feed in FEEDS:
        found = feed.path.fullmatch(path) if feed.host == host else None
        if found:
            return feed, {**query, **found.groupdict()}
    return None


def answer(league: League, host: str, path: str, query: Params, as_of: datetime) -> Answer | None:
    """What a URL answers at an instant; None is 404: no such page, or not there yet."""
    routed = route(host, path, query)
    if routed is None:
        return None
    feed, params = routed
    observed_at = feed.observed_at(league, params, as_of)
    if observed_at is None:
        return None
    return Answer(feed.body(league, params, observed_at), observed_at)


def _schedule_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """The newest 09:00 ET; the CDN file has no season in its URL, the stats endpoint has."""
    if params.get("Season", league.season.label) != league.season.label:
        return None
    published_at = _newest_morning(as_of)
    return published_at if published_at >= league.first_publication else None


def _newest_morning(as_of: datetime) -> datetime:
    today = eastern_date(as_of)
    morning = morning_of(today)
    return morning if morning <= as_of else morning_of(today - timedelta(days=1))


def _schedule(league: League, params: Params, observed_at: datetime) -> Body:
    del params  # both URLs answer with the whole season
    return schedule_body(league, observed_at)


def _schedule_subject(league: League, params: Params, as_of: datetime) -> Subject:
    del params
    return Subject(
        eastern_date(_newest_morning(as_of)), lambda game: league.fixture(game) is not None
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


def _log_dates(params: Params) -> tuple[date, date] | None:
    try:
        first, last = (
            datetime.strptime(params[name], "%m/%d/%Y").replace(tzinfo=EASTERN).date()
            for name in ("DateFrom", "DateTo")
        )
    except (KeyError, ValueError):
        return None
    return first, last


def _log_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """The newest morning that added a date; before the first, an empty log since midnight ET."""
    del league
    asked = _log_dates(params)
    if asked is None or params.get("PlayerOrTeam") != "P":
        return None
    first, last = asked
    newest = min(morning_after(last), _newest_morning(as_of))
    if newest >= morning_after(first):
        return newest
    midnight = min(first, eastern_date(as_of))
    return datetime.combine(midnight, time(), EASTERN).astimezone(UTC)


def _log(league: League, params: Params, observed_at: datetime) -> Body:
    asked = _log_dates(params)
    if asked is None:
        raise ValueError(f"leaguegamelog needs DateFrom and DateTo as MM/DD/YYYY, not {params}")
    return game_log_body(league, params, *asked, observed_at)


def _log_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    asked = _log_dates(params)
    if asked is None:
        return None
    first, last = asked

    def covers(game: str) -> bool:
        fixture = league.fixture(game)
        return fixture is not None and first <= fixture.day <= last

    return Subject(first, covers)


def _earlier_log(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The log of the last date with games before this one."""
    del observed_at
    asked = _log_dates(params)
    days = [day for day in league.dates if asked and day < asked[0] and league.games_on(day)]
    if not days:
        return None
    text = f"{days[-1]:%m/%d/%Y}"
    return {**params, "DateFrom": text, "DateTo": text}, morning_after(days[-1])


def _schedule_feed(host: str, path: str) -> Feed:
    return Feed(
        "nba_schedule",
        host,
        re.compile(path),
        _schedule_observed_at,
        _schedule,
        _schedule_subject,
        _earlier_schedule,
    )


FEEDS = (
    _schedule_feed("cdn.nba.com", r"/static/json/staticData/scheduleLeagueV2(_1)?\.json"),
    _schedule_feed("stats.nba.com", r"/stats/scheduleleaguev2(int)?"),
    Feed(
        "nba_boxscore",
        "cdn.nba.com",
        re.compile(r"/static/json/liveData/boxscore/boxscore_(?P<game_id>\d{10})\.json"),
        _box_observed_at,
        _box,
        _box_subject,
        _earlier_box,
    ),
    Feed(
        "nba_game_log",
        "stats.nba.com",
        re.compile(r"/stats/leaguegamelog"),
        _log_observed_at,
        _log,
        _log_subject,
        _earlier_log,
    ),
)
