"""The board of a game day: cdn.nba.com's of today, and stats.nba.com's of any date."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.feed import Body, Params, Subject
from nba_assets.sandbox.in_play import Progress, line_so_far, progress
from nba_assets.sandbox.league import League, utc_text
from nba_assets.sandbox.pages import (
    Listed,
    about_date,
    date_before,
    day_asked,
    games_listed,
    midnight,
    page_changed_at,
)
from nba_assets.sandbox.people import LETTERS
from nba_assets.sandbox.provider_ids import slug
from nba_assets.sources.teams import BY_TRICODE

Json = dict[str, Any]

ROLLS_OVER_AT = time(12)  # Eastern: until then the board shows the night before
_STATUS = {"pre": 1, "in": 2, "post": 3}


def board_day(instant: datetime) -> date:
    """The Eastern date that today's board shows."""
    local = instant.astimezone(EASTERN)
    return local.date() - timedelta(days=local.time() < ROLLS_OVER_AT)


def today_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """When today's board last changed: with a game, or by rolling over to its date."""
    del params
    day = board_day(as_of)
    changed_at = page_changed_at(league, day, as_of)
    rolled_at = datetime.combine(day, ROLLS_OVER_AT, EASTERN).astimezone(UTC)
    return max(changed_at, rolled_at) if changed_at else None


def today(league: League, params: Params, observed_at: datetime) -> Body:
    """The CDN's board."""
    del params
    day = board_day(observed_at)
    local = observed_at.astimezone(EASTERN)
    return {
        "meta": {
            "version": 1,
            "request": "https://nba-prod-us-east-1-mediaops-stats.s3.amazonaws.com/NBA/liveData/scoreboard/todaysScoreboard_00.json",
            "time": f"{local:%Y-%m-%d %H:%M:%S}.0",
            "code": 200,
        },
        "scoreboard": _board(league, day, observed_at, is_live=True),
    }


def today_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    """The games of the date it shows."""
    del params
    return about_date(league, board_day(as_of))


def earlier_today(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The last board of the date with games before."""
    before = date_before(league, board_day(observed_at))
    return (params, midnight(before) + timedelta(hours=35)) if before else None


def dated_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """When the board of the date asked for last changed."""
    day = day_asked(params, "GameDate")
    return page_changed_at(league, day, as_of) if day else None


def dated(league: League, params: Params, observed_at: datetime) -> Body:
    """The board of stats.nba.com. Raises ValueError without GameDate as YYYY-MM-DD."""
    day = day_asked(params, "GameDate")
    if day is None:
        raise ValueError(f"scoreboardv3 needs GameDate as YYYY-MM-DD, not {dict(params)}")
    return {
        "meta": {
            "version": 1,
            "request": f"http://nba.cloud/league/00/{day:%Y/%m/%d}/scoreboard?Format=json",
            "time": utc_text(observed_at),
        },
        "scoreboard": _board(league, day, observed_at, is_live=False),
    }


def dated_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    """The games of the date asked for."""
    del as_of
    return about_date(league, day_asked(params, "GameDate"))


def earlier_dated(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The board of the date with games before."""
    before = date_before(league, day_asked(params, "GameDate"))
    return ({**params, "GameDate": before.isoformat()}, observed_at) if before else None


def _board(league: League, day: date, instant: datetime, is_live: bool) -> Json:
    return {
        "gameDate": day.isoformat(),
        "leagueId": "00",
        "leagueName": "National Basketball Association",
        "games": [
            _game(league, game, instant, is_live) for game in games_listed(league, day, instant)
        ],
    }


def _game(league: League, game: Listed, instant: datetime, is_live: bool) -> Json:
    fixture, local = game.fixture, game.tip_at.astimezone(EASTERN)
    is_here = game.tip_at == fixture.tip_at
    now = progress(league, fixture, instant) if is_here else Progress("pre")
    row: Json = {
        "gameId": fixture.game_id,
        "gameCode": f"{local:%Y%m%d}/{fixture.away}{fixture.home}",
        "gameStatus": _STATUS[now.state],
        "gameStatusText": "PPD" if game.is_postponed else status_text(now, local),
        "period": now.period,
        "gameClock": f"PT{now.clock_seconds // 60:02d}M{now.clock_seconds % 60:02d}.00S"
        if now.state == "in"
        else "",
        "gameTimeUTC": utc_text(game.tip_at),
        "gameEt": f"{local:%Y-%m-%dT%H:%M:%SZ}",  # Eastern, whatever the Z says
        "regulationPeriods": 4,
        "ifNecessary": False,
        "seriesGameNumber": "",
        "gameLabel": "",
        "gameSubLabel": "",
        "seriesText": "",
        "seriesConference": "",
        "poRoundDesc": "",
        "gameSubtype": "",
        "isNeutral": False,
        "homeTeam": _team(league, fixture.home, instant, now.home, is_live),
        "awayTeam": _team(league, fixture.away, instant, now.away, is_live),
        "gameLeaders": {
            "homeLeaders": _leader(now, fixture.home, is_live),
            "awayLeaders": _leader(now, fixture.away, is_live),
        },
    }
    if is_live:
        return row | {"pbOdds": {"team": None, "odds": 0.0, "suspended": 0}}
    return row | {
        "teamLeaders": {
            "homeLeaders": _leader(Progress("pre"), fixture.home, is_live),
            "awayLeaders": _leader(Progress("pre"), fixture.away, is_live),
            "seasonLeadersFlag": 0,
        },
        "broadcasters": {
            f"{scope}{medium}Broadcasters": []
            for scope, medium in (
                ("national", ""), ("national", "Radio"), ("national", "Ott"),
                ("home", "Tv"), ("home", "Radio"), ("home", "Ott"),
                ("away", "Tv"), ("away", "Radio"), ("away", "Ott"),
            )
        },
    }  # fmt: skip


def status_text(now: Progress, local: datetime) -> str:
    """`7:30 pm ET`, `Q3 5:21`, `Final/OT`."""
    if now.state == "post" and now.box:
        return now.box.status_text
    if now.state == "in":
        name = f"Q{now.period}" if now.period <= 4 else f"OT{now.period - 4}"
        return f"{name} {now.clock}"
    half = "am" if local.hour < 12 else "pm"
    return f"{(local.hour - 1) % 12 + 1}:{local:%M} {half} ET"


def _team(
    league: League, tricode: str, instant: datetime, points: tuple[int, ...], is_live: bool
) -> Json:
    team = BY_TRICODE[tricode]
    wins, losses = record_at(league, tricode, instant)
    row: Json = {
        "teamId": team.nba_id,
        "teamName": team.name,
        "teamCity": team.city,
        "teamTricode": tricode,
    }
    if not is_live:
        row["teamSlug"] = team.slug
    return row | {
        "wins": wins,
        "losses": losses,
        "score": sum(points),
        "seed": None if is_live else 0,
        "inBonus": None,
        "timeoutsRemaining": 0 if points else 7,
        "periods": [
            {"period": n, "periodType": "REGULAR" if n <= 4 else "OVERTIME", "score": score}
            for n, score in enumerate(points, 1)
        ],
    }


def record_at(league: League, tricode: str, instant: datetime) -> tuple[int, int]:
    """A team's wins and losses in games that are over at an instant."""
    over = [game for game in league.games_of(tricode) if game.tip_at < instant]
    while over and league.box(over[-1].game_id).final_at > instant:
        over.pop()
    return league.record_after(tricode, over[-1]) if over else (0, 0)


def _leader(now: Progress, tricode: str, is_live: bool) -> Json:
    """The top scorer so far; before the tip a row of nothing, as the real board has it."""
    row: Json = {
        "personId": 0,
        "name": "",
        "playerSlug": None if is_live else "",
        "jerseyNum": "",
        "position": "",
        "teamTricode": tricode,
        "points": 0,
        "rebounds": 0,
        "assists": 0,
    }
    if now.box is None:
        return row
    lines = [line_so_far(line, now.share) for line in now.box.team(tricode).lines]
    best = max(lines, key=lambda line: (line.counts["points"], -line.player.person_id))
    counts, player = best.counts, best.player
    return row | {
        "personId": player.person_id,
        "name": player.name,
        "playerSlug": None if is_live else slug(player.name),
        "jerseyNum": player.jersey,
        "position": LETTERS[player.position],
        "points": counts["points"],
        "rebounds": counts["reboundsOffensive"] + counts["reboundsDefensive"],
        "assists": counts["assists"],
    }
