"""ESPN's site API over the sandbox league: its feeds, and when each page changes."""

import re
from datetime import datetime, timedelta

from nba_assets.sandbox.espn_people import injuries, roster, roster_observed_at
from nba_assets.sandbox.espn_scores import asked_day, scoreboard, summary
from nba_assets.sandbox.feed import Feed, Params, Subject
from nba_assets.sandbox.league import League
from nba_assets.sandbox.pages import (
    about_date,
    about_game,
    about_no_date,
    date_before,
    game_before,
    morning_before,
    morning_page,
    page_changed_at,
)
from nba_assets.sandbox.provider_ids import (
    espn_event_id,
    game_of_espn,
)

_HOST = "site.api.espn.com"
_ROOT = "/apis/site/v2/sports/basketball/nba"
_SUMMARY_AFTER = timedelta(minutes=10)  # from the final horn to a complete summary


def _scoreboard_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    day = asked_day(params)
    return page_changed_at(league, day, as_of) if day else None


def _summary_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    game_id = game_of_espn(params.get("event", ""))
    fixture = league.fixture(game_id) if game_id else None
    if fixture is None or as_of < fixture.tip_at:
        return None
    published_at = league.box(fixture.game_id).final_at + _SUMMARY_AFTER
    return published_at if published_at <= as_of else None


def _scoreboard_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    return about_date(league, asked_day(params))


def _earlier_scoreboard(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The scoreboard of the last date with games before this one."""
    day = date_before(league, asked_day(params))
    changed_at = page_changed_at(league, day, observed_at) if day else None
    return ({**params, "dates": f"{day:%Y%m%d}"}, changed_at) if changed_at else None


def _summary_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    return about_game(league, game_of_espn(params.get("event", "")))


def _earlier_summary(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    del observed_at
    before = game_before(league, game_of_espn(params.get("event", "")))
    if before is None:
        return None
    event = espn_event_id(before.game_id)
    return {**params, "event": event}, league.box(before.game_id).final_at + _SUMMARY_AFTER


FEEDS: tuple[Feed, ...] = (
    Feed(
        "espn_scoreboard",
        "espn",
        _HOST,
        re.compile(f"{_ROOT}/scoreboard"),
        _scoreboard_observed_at,
        scoreboard,
        _scoreboard_subject,
        _earlier_scoreboard,
    ),
    Feed(
        "espn_summary",
        "espn",
        _HOST,
        re.compile(f"{_ROOT}/summary"),
        _summary_observed_at,
        summary,
        _summary_subject,
        _earlier_summary,
    ),
    Feed(
        "espn_injuries",
        "espn",
        _HOST,
        re.compile(f"{_ROOT}/injuries"),
        morning_page,
        injuries,
        about_no_date,
        morning_before,
    ),
    Feed(
        "espn_rosters",
        "espn",
        _HOST,
        re.compile(f"{_ROOT}/teams/(?P<team>\\d+)"),
        roster_observed_at,
        roster,
        about_no_date,
        morning_before,
    ),
)
