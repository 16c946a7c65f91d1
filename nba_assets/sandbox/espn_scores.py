"""ESPN's games over the sandbox league: the scoreboard and a game's summary."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.arenas import ARENAS
from nba_assets.sandbox.espn_people import athlete_row, team_row, utc, utc_seven
from nba_assets.sandbox.feed import Body, Params
from nba_assets.sandbox.in_play import Progress, progress
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.pages import (
    Listed,
    day_asked,
    games_listed,
)
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import (
    CODES,
    espn_event_id,
    game_of_espn,
)
from nba_assets.sandbox.simulation import Line, TeamResult
from nba_assets.sources.teams import BY_TRICODE

_COLUMNS = (
    ("minutes", "MIN"),
    ("fieldGoalsMade-fieldGoalsAttempted", "FG"),
    ("threePointFieldGoalsMade-threePointFieldGoalsAttempted", "3PT"),
    ("freeThrowsMade-freeThrowsAttempted", "FT"),
    ("offensiveRebounds", "OREB"),
    ("defensiveRebounds", "DREB"),
    ("rebounds", "REB"),
    ("assists", "AST"),
    ("steals", "STL"),
    ("blocks", "BLK"),
    ("turnovers", "TO"),
    ("fouls", "PF"),
    ("plusMinus", "+/-"),
    ("points", "PTS"),
)


def asked_day(params: Params) -> date | None:
    """The one Eastern date asked for; None for a range or no date at all."""
    return day_asked(params, "dates", "%Y%m%d")


def scoreboard(league: League, params: Params, observed_at: datetime) -> Body:
    """The games of a date. Raises ValueError where no single date is asked for."""
    day = asked_day(params)
    if day is None:
        raise ValueError(f"the scoreboard needs dates as YYYYMMDD, not {params.get('dates')!r}")
    first, last = utc_seven(league.season.first), utc_seven(league.season.last)
    season = {
        "year": league.season_year + 1,
        "startDate": first,
        "endDate": last,
        "displayName": league.season.label,
        "type": {"id": "2", "type": 2, "name": "Regular Season", "abbreviation": "reg"},
    }
    return {
        "leagues": [
            {
                "id": "46",
                "uid": "s:40~l:46",
                "name": "National Basketball Association",
                "abbreviation": "NBA",
                "slug": "nba",
                "season": season,
                "calendarType": "day",
                "calendarIsWhitelist": True,
                "calendarStartDate": first,
                "calendarEndDate": last,
                "calendar": [utc_seven(day) for day in league.dates if league.games_on(day)],
            }
        ],
        "events": [
            _event(league, game, observed_at) for game in games_listed(league, day, observed_at)
        ],
    }


def _event(league: League, game: Listed, observed_at: datetime) -> dict[str, Any]:
    fixture = game.fixture
    event = espn_event_id(fixture.game_id)
    away, home = CODES[fixture.away].espn, CODES[fixture.home].espn
    away_name, home_name = (BY_TRICODE[t] for t in (fixture.away, fixture.home))
    now = Progress("pre") if game.is_postponed else progress(league, fixture, observed_at)
    status = _status(game, now)
    arena = ARENAS[fixture.home]
    uid = f"s:40~l:46~e:{event}"
    is_final = now.state == "post"
    return {
        "id": event,
        "uid": uid,
        "date": utc(game.tip_at),
        "name": f"{away_name.full_name} at {home_name.full_name}",
        "shortName": f"{away} @ {home}",
        "season": {"year": league.season_year + 1, "type": 2, "slug": "regular-season"},
        "competitions": [
            {
                "id": event,
                "uid": f"{uid}~c:{event}",
                "date": utc(game.tip_at),
                "attendance": now.box.attendance if is_final and now.box else 0,
                "type": {"id": "1", "abbreviation": "STD"},
                "timeValid": True,
                "neutralSite": False,
                "conferenceCompetition": False,
                "playByPlayAvailable": now.state != "pre",
                "recent": is_final and observed_at - game.tip_at < timedelta(days=1),
                "venue": {
                    "id": str(arena.arena_id),
                    "fullName": arena.name,
                    "address": {"city": arena.city, "state": arena.state},
                    "indoor": True,
                },
                "competitors": [
                    _competitor(league, fixture.home, "home", now, now.home, now.away),
                    _competitor(league, fixture.away, "away", now, now.away, now.home),
                ],
                "notes": [],
                "status": status,
                "broadcasts": [],
                "format": {"regulation": {"periods": 4}},
                "startDate": utc(game.tip_at),
                "broadcast": "",
                "geoBroadcasts": [],
                "highlights": [],
            }
        ],
        "status": status,
    }


def _status(game: Listed, now: Progress) -> dict[str, Any]:
    overtimes = now.period - 4
    if game.is_postponed:
        kind = ("6", "STATUS_POSTPONED", "post", False, "Postponed", "Postponed")
    elif now.state == "pre":
        tip = game.tip_at.astimezone(EASTERN)
        detail = f"{tip:%a, %B} {tip.day} at {tip.hour % 12 or 12}:{tip:%M %p %Z}"
        kind = ("1", "STATUS_SCHEDULED", "pre", False, "Scheduled", detail)
    elif now.state == "in":
        part = ("1st", "2nd", "3rd", "4th")[now.period - 1] if overtimes <= 0 else "OT"
        kind = ("2", "STATUS_IN_PROGRESS", "in", False, "In Progress", f"{now.clock} - {part}")
    else:
        extra = "" if overtimes <= 0 else "/OT" if overtimes == 1 else f"/{overtimes}OT"
        kind = ("3", "STATUS_FINAL", "post", True, "Final", f"Final{extra}")
    kind_id, name, state, is_completed, description, detail = kind
    is_playing = now.state == "in"
    return {
        "clock": float(now.clock_seconds),
        "displayClock": now.clock if is_playing else "0.0",
        "period": now.period,
        "type": {
            "id": kind_id,
            "name": name,
            "state": state,
            "completed": is_completed,
            "description": description,
            "detail": detail,
            "shortDetail": detail,
        },
    }


def _competitor(
    league: League,
    tricode: str,
    side: str,
    now: Progress,
    ours: tuple[int, ...],
    theirs: tuple[int, ...],
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": str(CODES[tricode].espn_id),
        "uid": f"s:40~l:46~t:{CODES[tricode].espn_id}",
        "type": "team",
        "order": 0 if side == "home" else 1,
        "homeAway": side,
    }
    is_final = now.state == "post" and now.box is not None
    if is_final:
        row["winner"] = sum(ours) > sum(theirs)
    row |= {"team": team_row(tricode), "score": str(sum(ours))}
    if now.state != "pre":
        row["linescores"] = [
            {"value": float(points), "displayValue": str(points), "period": n}
            for n, points in enumerate(ours, 1)
        ]
    result = now.box.team(tricode) if is_final and now.box else None
    return row | {
        "statistics": _team_statistics(result) if result else [],
        "leaders": _leaders(league, tricode, result) if result else [],
        "records": [],
    }


def _team_statistics(result: TeamResult) -> list[dict[str, str]]:
    total = _Totals(result.lines)
    rows = (
        ("rebounds", "REB", str(total.rebounds)),
        ("assists", "AST", str(total.of("assists"))),
        ("fieldGoalsAttempted", "FGA", str(total.field_goals[1])),
        ("fieldGoalsMade", "FGM", str(total.field_goals[0])),
        ("fieldGoalPct", "FG%", _percent(*total.field_goals)),
        ("freeThrowPct", "FT%", _percent(*total.free_throws)),
        ("freeThrowsAttempted", "FTA", str(total.free_throws[1])),
        ("freeThrowsMade", "FTM", str(total.free_throws[0])),
        ("points", "PTS", str(result.score)),
        ("threePointFieldGoalPct", "3P%", _percent(*total.threes)),
        ("threePointFieldGoalsAttempted", "3PA", str(total.threes[1])),
        ("threePointFieldGoalsMade", "3PM", str(total.threes[0])),
    )
    return [
        {"name": name, "abbreviation": short, "displayValue": value} for name, short, value in rows
    ]


def _percent(made: int, tried: int) -> str:
    return f"{100 * made / tried:.1f}" if tried else "0.0"


class _Totals:
    """Counts of some lines in ESPN's grouping: pairs are made and attempted."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = tuple(lines)

    def of(self, name: str) -> int:
        return sum(line.counts[name] for line in self._lines)

    @property
    def threes(self) -> tuple[int, int]:
        return self.of("threePointersMade"), self.of("threePointersAttempted")

    @property
    def field_goals(self) -> tuple[int, int]:
        made, tried = self.threes
        return made + self.of("twoPointersMade"), tried + self.of("twoPointersAttempted")

    @property
    def free_throws(self) -> tuple[int, int]:
        return self.of("freeThrowsMade"), self.of("freeThrowsAttempted")

    @property
    def rebounds(self) -> int:
        return self.of("reboundsOffensive") + self.of("reboundsDefensive")


def _leaders(league: League, tricode: str, result: TeamResult) -> list[dict[str, Any]]:
    columns = (
        ("points", "Points", "Pts"),
        ("rebounds", "Rebounds", "Reb"),
        ("assists", "Assists", "Ast"),
    )
    rows = []
    for name, display, short in columns:
        values = {
            line.player.person_id: _Totals([line]).rebounds
            if name == "rebounds"
            else line.counts[name]
            for line in result.lines
        }
        best = max(result.lines, key=lambda line: values[line.player.person_id])
        value = values[best.player.person_id]
        team = {"id": str(CODES[tricode].espn_id)}
        athlete = athlete_row(league, best.player) | {"team": team, "active": True}
        leader = {
            "displayValue": str(value),
            "value": float(value),
            "athlete": athlete,
            "team": team,
        }
        rows.append(
            {
                "name": name,
                "displayName": display,
                "shortDisplayName": short,
                "abbreviation": short,
                "leaders": [leader],
            }
        )
    return rows


def _summary_box(league: League, params: Params) -> Box | None:
    game_id = game_of_espn(params.get("event", ""))
    return league.box(game_id) if game_id and league.fixture(game_id) else None


def summary(league: League, params: Params, observed_at: datetime) -> Body:
    """A finished game. Raises ValueError for an event the season has not."""
    box = _summary_box(league, params)
    if box is None:
        raise ValueError(f"no ESPN event {params.get('event')!r} in the season")
    fixture = box.fixture
    event = _event(league, Listed(fixture, fixture.tip_at, False), observed_at)
    competition = event["competitions"][0]
    sides = (fixture.away, fixture.home)
    return {
        "boxscore": {
            "teams": [
                {
                    "team": team_row(tricode),
                    "statistics": _team_statistics(box.team(tricode)),
                    "displayOrder": n,
                    "homeAway": "home" if tricode == fixture.home else "away",
                }
                for n, tricode in enumerate(sides, 1)
            ],
            "players": [
                {
                    "team": team_row(tricode),
                    "statistics": [_box_table(league, box, tricode)],
                    "displayOrder": n,
                }
                for n, tricode in enumerate(sides, 1)
            ],
        },
        "gameInfo": {
            "venue": competition["venue"],
            "attendance": box.attendance,
            "officials": [
                {
                    "fullName": f"{official.first_name} {official.family_name}",
                    "displayName": f"{official.first_name} {official.family_name}",
                    "position": {"name": "Referee", "displayName": "Referee", "id": "100"},
                    "order": n,
                }
                for n, official in enumerate(box.officials, 1)
            ],
        },
        "injuries": [],
        "plays": [],
        "header": {
            "id": event["id"],
            "uid": event["uid"],
            "season": {"year": league.season_year + 1, "type": 2},
            "timeValid": True,
            "competitions": [
                {
                    "id": event["id"],
                    "uid": competition["uid"],
                    "date": event["date"],
                    "neutralSite": False,
                    "conferenceCompetition": False,
                    "boxscoreAvailable": True,
                    "competitors": competition["competitors"],
                    "status": competition["status"],
                }
            ],
        },
    }


def _box_table(league: League, box: Box, tricode: str) -> dict[str, Any]:
    result, lineup = box.team(tricode), box.lineups[tricode]
    places = {person_id: n for n, person_id in enumerate(lineup.slots)}
    lines = sorted(
        result.lines, key=lambda line: (places.get(line.player.person_id, 5), not line.seconds)
    )
    rows = [
        _box_row(league, line.player, line, line.player.person_id in places, "COACH'S DECISION")
        for line in lines
    ]
    rows += [
        _box_row(
            league,
            unused.player,
            None,
            False,
            (unused.description or "").upper() or "NOT WITH TEAM",
        )
        for unused in lineup.unused
        if unused.description  # of those who are out ESPN lists the injured
    ]
    total = _Totals(result.lines)
    totals = _stats(result.lines)
    return {
        "names": [label for _, label in _COLUMNS],
        "keys": [key for key, _ in _COLUMNS],
        "labels": [label for _, label in _COLUMNS],
        "descriptions": [key for key, _ in _COLUMNS],
        "athletes": rows,
        "totals": ["", *totals[1:12], "", str(total.of("points"))],
    }


def _box_row(
    league: League, player: Player, line: Line | None, is_starter: bool, reason: str
) -> dict[str, Any]:
    played = line is not None and line.seconds > 0
    return {
        "active": played,
        "athlete": athlete_row(league, player),
        "starter": is_starter,
        "didNotPlay": not played,
        "reason": "" if played else reason,
        "ejected": False,
        "stats": _stats([line]) if line is not None and line.seconds else [],
    }


def _stats(lines: Iterable[Line]) -> list[str]:
    """The values of `_COLUMNS` as text. A player of some seconds is credited with a minute."""
    lines = tuple(lines)
    total = _Totals(lines)
    seconds = sum(line.seconds for line in lines)
    plus = total.of("plus") - total.of("minus")
    return [
        str(max(1, (seconds + 30) // 60)),
        "{}-{}".format(*total.field_goals),
        "{}-{}".format(*total.threes),
        "{}-{}".format(*total.free_throws),
        str(total.of("reboundsOffensive")),
        str(total.of("reboundsDefensive")),
        str(total.rebounds),
        str(total.of("assists")),
        str(total.of("steals")),
        str(total.of("blocks")),
        str(total.of("turnovers")),
        str(total.of("foulsPersonal")),
        f"+{plus}" if plus > 0 else str(plus),
        str(total.of("points")),
    ]
