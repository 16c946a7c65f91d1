"""BallDontLie's API over the sandbox league: its feeds, games, box scores and people."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nba_assets.partitions import eastern_date
from nba_assets.sandbox.bdl_rows import (
    Row,
    line_row,
    page_is_sound,
    paged,
    people_of,
    player_row,
    row_id,
    team_row,
)
from nba_assets.sandbox.bdl_standings import standings
from nba_assets.sandbox.feed import Body, Feed, Params, Subject
from nba_assets.sandbox.in_play import Progress, line_so_far, progress
from nba_assets.sandbox.league import League
from nba_assets.sandbox.pages import (
    Listed,
    about_date,
    about_no_date,
    date_before,
    day_asked,
    games_listed,
    midnight,
    morning_before,
    morning_page,
    page_changed_at,
)
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import (
    CODES,
    bdl_game_id,
    share,
)

_HOST = "api.balldontlie.io"
_ROOT = "(/nba)?/v1"
_SETTLING = timedelta(minutes=20)  # from the final horn to a final score
_QUARTERS = ("1st Qtr", "2nd Qtr", "3rd Qtr", "4th Qtr")
_OVERTIMES = 3  # columns for overtimes in a box score


def _game(league: League, game: Listed, now: Progress) -> Row:
    fixture = game.fixture
    return {
        "id": bdl_game_id(fixture.game_id),
        "date": f"{fixture.day if game.tip_at == fixture.tip_at else fixture.first_day}",
        "season": league.season_year,
        **_state(game, now),
        "postseason": False,
        "home_team_score": now.home_score,
        "visitor_team_score": now.away_score,
        "datetime": game.tip_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }


def _state(game: Listed, now: Progress) -> Row:
    """Before the tip the status is the tip itself, as an instant."""
    if now.state == "post":
        return {"status": "Final", "period": now.period, "time": "Final"}
    if now.state == "pre":
        tip = game.tip_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"status": tip, "period": 0, "time": None}
    quarter = _QUARTERS[now.period - 1] if now.period <= 4 else f"OT{now.period - 4}"
    return {"status": quarter, "period": now.period, "time": f"{quarter[:3]} {now.clock}"}


def _games(league: League, day: date, instant: datetime) -> list[tuple[Listed, Progress]]:
    """The date's games, those that were called off left out."""
    return [
        (game, progress(league, game.fixture, instant, _SETTLING))
        for game in games_listed(league, day, instant)
        if not game.is_postponed
    ]


def _day(params: Params) -> date | None:
    return day_asked(params, "dates[]") or day_asked(params, "date")


def _games_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    day = _day(params)
    if day is None or not page_is_sound(params):
        return None
    return page_changed_at(league, day, as_of, _SETTLING)


def _games_body(league: League, params: Params, observed_at: datetime) -> Body:
    rows = [
        _game(league, game, now)
        | {"home_team": team_row(game.fixture.home), "visitor_team": team_row(game.fixture.away)}
        for game, now in _games(league, _asked(params), observed_at)
    ]
    return paged(sorted(rows, key=row_id), params, row_id)


def _asked(params: Params) -> date:
    day = _day(params)
    if day is None:
        raise ValueError(f"BallDontLie needs one date as YYYY-MM-DD, not {dict(params)}")
    return day


def _finals_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """When the last of the date's games came in; before the first, an empty list since midnight."""
    day = _day(params)
    if day is None or as_of < league.first_publication or not page_is_sound(params):
        return None
    final = [
        settled
        for fixture in league.games_on(day)
        if fixture.tip_at <= as_of
        and (settled := league.box(fixture.game_id).final_at + _SETTLING) <= as_of
    ]
    return max([max(league.first_publication, midnight(min(day, eastern_date(as_of)))), *final])


def _box_scores_body(league: League, params: Params, observed_at: datetime) -> Body:
    games = _games(league, _asked(params), observed_at)
    return {"data": [_box_score(league, game, now) for game, now in games if now.state == "post"]}


def _live_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """When the list of games in play last changed; games of last night may still be on."""
    del params
    today = eastern_date(as_of)
    days = (today - timedelta(days=1), today)
    changes = [page_changed_at(league, day, as_of, _SETTLING) for day in days]
    return max((change for change in changes if change), default=None)


def _live_body(league: League, params: Params, observed_at: datetime) -> Body:
    del params
    today = eastern_date(observed_at)
    games = [
        pair
        for day in (today - timedelta(days=1), today)
        for pair in _games(league, day, observed_at)
    ]
    return {"data": [_box_score(league, game, now) for game, now in games if now.state == "in"]}


def _box_score(league: League, game: Listed, now: Progress) -> Row:
    fixture, box = game.fixture, now.box
    if box is None:
        raise ValueError(f"game {fixture.game_id} has no box score before its tip")
    facts = _game(league, game, now)
    sides = (("home", now.home, fixture.home), ("visitor", now.away, fixture.away))
    row: Row = {name: facts.pop(name) for name in ("id", "date")}
    row["datetime"] = facts.pop("datetime")
    for side, points, _ in sides:
        parts = dict(enumerate(points, 1))
        row |= {f"{side}_q{n}": parts.get(n) for n in range(1, 5)}
        row |= {f"{side}_ot{n}": parts.get(4 + n) for n in range(1, _OVERTIMES + 1)}
        row[f"{side}_timeouts_remaining"] = 7 - int(6 * now.share)
        row[f"{side}_in_bonus"] = now.period >= 4
    row |= facts
    for side, _, tricode in sides:
        players = [
            line_row(line_so_far(line, now.share) if line else None)
            | {"player": player_row(league, player)}
            for player, line in people_of(box, tricode)
        ]
        row[f"{side}_team"] = team_row(tricode) | {"players": players}
    return row


def _stats_body(league: League, params: Params, observed_at: datetime) -> Body:
    rows = []
    for game, now in _games(league, _asked(params), observed_at):
        if now.state != "post" or now.box is None:
            continue
        fixture = game.fixture
        facts = _game(league, game, now) | {
            "home_team_id": CODES[fixture.home].bdl_id,
            "visitor_team_id": CODES[fixture.away].bdl_id,
        }
        number = 0
        for tricode in (fixture.home, fixture.away):
            team = team_row(tricode)
            for player, line in people_of(now.box, tricode):
                counted = line_row(line)
                del counted["plus_minus"]
                person = player_row(league, player) | {"team_id": team["id"]}
                rows.append(
                    {"id": 100 * facts["id"] + number, **counted}
                    | {"player": person, "team": team, "game": facts}
                )
                number += 1
    return paged(sorted(rows, key=row_id), params, row_id)


def _people_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    return morning_page(league, params, as_of) if page_is_sound(params) else None


def _roster(league: League, day: date) -> list[tuple[str, Player]]:
    """Everybody in the league with his team, by BallDontLie's number."""
    people = [
        (tricode, player) for tricode in league.rosters for player in league.roster(tricode, day)
    ]
    return sorted(people, key=lambda pair: pair[1].person_id)


def _players_body(league: League, params: Params, observed_at: datetime) -> Body:
    rows = [
        player_row(league, player) | {"team": team_row(tricode)}
        for tricode, player in _roster(league, eastern_date(observed_at))
    ]
    return paged(rows, params, row_id)


def _injuries_body(league: League, params: Params, observed_at: datetime) -> Body:
    """Who is away today. The date of return is a guess, printed without its year."""
    today = eastern_date(observed_at)
    rows = []
    for tricode, player in _roster(league, today):
        absence = league.absence(player, today)
        if absence is None:
            continue
        guess = 1 + int(10 * share("bdl return", player.person_id, absence.first))
        back = max(absence.first + timedelta(days=guess), today + timedelta(days=1))
        word = absence.description or absence.reason.removeprefix("INACTIVE_").replace("_", " ")
        word = word.replace(";", "").lower()
        rows.append(
            {
                "player": player_row(league, player) | {"team_id": CODES[tricode].bdl_id},
                "return_date": f"{back:%b} {back.day}",
                "description": (
                    f"{absence.first:%b} {absence.first.day}: "
                    f"{player.family_name} ({word}) will not play."
                ),
                "status": "Out" if absence.reason == "INACTIVE_INJURY" else "Day-To-Day",
            }
        )
    return paged(rows, params, lambda row: row_id(row["player"]))


def _standings_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    is_season = params.get("season") == str(league.season_year)
    return morning_page(league, params, as_of) if is_season else None


def _dated_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    return about_date(league, _day(params))


def _live_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del params
    return about_date(league, eastern_date(as_of))


def _earlier(
    observed: Callable[[League, Params, datetime], datetime | None],
) -> Callable[[League, Params, datetime], tuple[Params, datetime] | None]:
    """The same page of the last date with games before the one asked for."""

    def before(
        league: League, params: Params, observed_at: datetime
    ) -> tuple[Params, datetime] | None:
        day = date_before(league, _day(params))
        if day is None:
            return None
        name = "dates[]" if "dates[]" in params else "date"
        earlier = {**params, name: str(day)}
        seen_at = observed(league, earlier, observed_at)
        return (earlier, seen_at) if seen_at else None

    return before


def _feed(name: str, path: str, observed_at: Any, body: Any, subject: Any, earlier: Any) -> Feed:
    route = re.compile(_ROOT + path)
    return Feed(name, "balldontlie", _HOST, route, observed_at, body, subject, earlier)


FEEDS: tuple[Feed, ...] = (
    _feed(
        "bdl_games",
        "/games",
        _games_observed_at,
        _games_body,
        _dated_subject,
        _earlier(_games_observed_at),
    ),
    _feed(
        "bdl_box_scores",
        "/box_scores",
        _finals_observed_at,
        _box_scores_body,
        _dated_subject,
        _earlier(_finals_observed_at),
    ),
    _feed(
        "bdl_stats",
        "/stats",
        _finals_observed_at,
        _stats_body,
        _dated_subject,
        _earlier(_finals_observed_at),
    ),
    _feed(
        "bdl_injuries",
        "/player_injuries",
        _people_observed_at,
        _injuries_body,
        about_no_date,
        morning_before,
    ),
    _feed(
        "bdl_players",
        "/players/active",
        _people_observed_at,
        _players_body,
        about_no_date,
        morning_before,
    ),
    _feed(
        "bdl_standings",
        "/standings",
        _standings_observed_at,
        standings,
        about_no_date,
        morning_before,
    ),
    Feed(
        "bdl_live",
        "balldontlie",
        _HOST,
        re.compile(_ROOT + "/box_scores/live"),
        _live_observed_at,
        _live_body,
        _live_subject,
    ),
)
