"""The feeds of stats.nba.com."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sandbox.feed import Body, Feed, Params, Subject
from nba_assets.sandbox.fixtures import morning_after, newest_morning
from nba_assets.sandbox.game_logs import game_log_body
from nba_assets.sandbox.league import League
from nba_assets.sandbox.nba_standings import standings_changed_at
from nba_assets.sandbox.nba_tables import (
    players_body,
    roster_body,
    shot_chart_body,
    standings_body,
)
from nba_assets.sandbox.pages import about_no_date, morning_before, morning_page
from nba_assets.sources.teams import TEAMS

_TRICODES = {str(team.nba_id): team.tricode for team in TEAMS}


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
    if asked is None:
        return None
    first, last = asked
    newest = min(morning_after(last), newest_morning(as_of))
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


def _shots(league: League, params: Params, observed_at: datetime) -> Body:
    asked = _log_dates(params)
    if asked is None:
        raise ValueError(f"shotchartdetail needs DateFrom and DateTo as MM/DD/YYYY, not {params}")
    return shot_chart_body(league, params, *asked, observed_at)


def _of_season(league: League, params: Params, as_of: datetime) -> datetime | None:
    """The newest morning, for the league's own season."""
    is_season = params.get("Season") == league.season.label
    return morning_page(league, params, as_of) if is_season else None


def _players(league: League, params: Params, observed_at: datetime) -> Body:
    return players_body(league, params, observed_at)


def _roster_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    is_team = params.get("TeamID") in _TRICODES
    return _of_season(league, params, as_of) if is_team else None


def _roster(league: League, params: Params, observed_at: datetime) -> Body:
    return roster_body(league, _TRICODES[params["TeamID"]], params, observed_at)


def _standings_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    is_season = params.get("Season") == league.season.label
    return standings_changed_at(league, as_of) if is_season else None


def _standings(league: League, params: Params, observed_at: datetime) -> Body:
    return standings_body(league, params, observed_at)


def _earlier_standings(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The table before the last game."""
    before = standings_changed_at(league, observed_at - timedelta(seconds=1))
    return (params, before) if before else None


def _feed(
    name: str,
    endpoint: str,
    observed_at: Callable[[League, Params, datetime], datetime | None],
    body: Callable[[League, Params, datetime], Body],
    subject: Callable[[League, Params, datetime], Subject | None],
    earlier: Callable[[League, Params, datetime], tuple[Params, datetime] | None],
    query: tuple[tuple[str, str], ...] = (),
) -> Feed:
    path = re.compile(f"/stats/{endpoint}")
    return Feed(
        name, "nba", "stats.nba.com", path, observed_at, body, subject, earlier, query=query
    )


FEEDS: tuple[Feed, ...] = (
    _feed(
        "nba_game_log", "leaguegamelog", _log_observed_at, _log, _log_subject, _earlier_log,
        (("PlayerOrTeam", "P"),),
    ),
    _feed(
        "nba_team_game_log", "leaguegamelog", _log_observed_at, _log, _log_subject, _earlier_log,
        (("PlayerOrTeam", "T"),),
    ),
    _feed(
        "nba_shot_chart", "shotchartdetail", _log_observed_at, _shots, _log_subject, _earlier_log
    ),
    _feed("nba_players", "playerindex", _of_season, _players, about_no_date, morning_before),
    _feed(
        "nba_rosters", "commonteamroster", _roster_observed_at, _roster, about_no_date,
        morning_before,
    ),
    _feed(
        "nba_standings", "leaguestandingsv3", _standings_observed_at, _standings, about_no_date,
        _earlier_standings,
    ),
)  # fmt: skip
