"""Tables of stats.nba.com beside the game logs: shots, players, rosters, and the box score v3."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from nba_assets.partitions import dates_between, eastern_date
from nba_assets.sandbox.fixtures import morning_after
from nba_assets.sandbox.league import Box, League, utc_text
from nba_assets.sandbox.nba_actions_v3 import shot_rows
from nba_assets.sandbox.nba_standings import HEADERS as STANDINGS
from nba_assets.sandbox.nba_standings import standings_rows
from nba_assets.sandbox.people import (
    COUNTRY,
    LETTERS,
    SCHOOL,
    birth_date,
    draft,
    height,
    rosters_on,
    weight,
)
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import slug
from nba_assets.sandbox.simulation import Line
from nba_assets.sources.teams import BY_TRICODE, Team

Json = dict[str, Any]
Params = Mapping[str, str]

SHOTS = (
    "GRID_TYPE", "GAME_ID", "GAME_EVENT_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "TEAM_NAME",
    "PERIOD", "MINUTES_REMAINING", "SECONDS_REMAINING", "EVENT_TYPE", "ACTION_TYPE", "SHOT_TYPE",
    "SHOT_ZONE_BASIC", "SHOT_ZONE_AREA", "SHOT_ZONE_RANGE", "SHOT_DISTANCE", "LOC_X", "LOC_Y",
    "SHOT_ATTEMPTED_FLAG", "SHOT_MADE_FLAG", "GAME_DATE", "HTM", "VTM",
)  # fmt: skip
_AVERAGES = (
    "GRID_TYPE", "SHOT_ZONE_BASIC", "SHOT_ZONE_AREA", "SHOT_ZONE_RANGE", "FGA", "FGM", "FG_PCT",
)  # fmt: skip
_CHART_ASKED = (
    "LeagueID", "Season", "SeasonType", "TeamID", "PlayerID", "GameID", "Outcome", "Location",
    "Month", "SeasonSegment", "DateFrom", "DateTo", "OpponentTeamID", "VsConference",
    "VsDivision", "Position", "RookieYear", "GameSegment", "Period", "LastNGames", "ISTRound",
    "ClutchTime", "AheadBehind", "PointDiff", "RangeType", "StartPeriod", "EndPeriod",
    "StartRange", "EndRange", "ContextFilter", "ContextMeasure",
)  # fmt: skip
PLAYERS = (
    "PERSON_ID", "PLAYER_LAST_NAME", "PLAYER_FIRST_NAME", "PLAYER_SLUG", "TEAM_ID", "TEAM_SLUG",
    "IS_DEFUNCT", "TEAM_CITY", "TEAM_NAME", "TEAM_ABBREVIATION", "JERSEY_NUMBER", "POSITION",
    "HEIGHT", "WEIGHT", "COLLEGE", "COUNTRY", "DRAFT_YEAR", "DRAFT_ROUND", "DRAFT_NUMBER",
    "ROSTER_STATUS", "FROM_YEAR", "TO_YEAR", "PTS", "REB", "AST", "STATS_TIMEFRAME",
)  # fmt: skip
_INDEX_ASKED = (
    "LeagueID", "Season", "Historical", "TeamID", "Country", "College", "DraftYear", "DraftPick",
    "PlayerPosition", "Height", "Weight", "Active", "AllStar",
)  # fmt: skip
ROSTER = (
    "TeamID", "SEASON", "LeagueID", "PLAYER", "NICKNAME", "PLAYER_SLUG", "NUM", "POSITION",
    "HEIGHT", "WEIGHT", "BIRTH_DATE", "AGE", "EXP", "SCHOOL", "PLAYER_ID", "HOW_ACQUIRED",
)  # fmt: skip
_COACHES = (
    "TEAM_ID", "SEASON", "COACH_ID", "FIRST_NAME", "LAST_NAME", "COACH_NAME", "IS_ASSISTANT",
    "COACH_TYPE", "SORT_SEQUENCE", "SUB_SORT_SEQUENCE",
)  # fmt: skip
_NUMBERS = (
    "TeamID", "PlayerID", "Month", "OpponentTeamID", "Period", "LastNGames", "Historical",
)  # fmt: skip
_COUNTS = (
    "reboundsOffensive", "reboundsDefensive", "reboundsTotal", "assists", "steals", "blocks",
    "turnovers", "foulsPersonal", "points",
)  # fmt: skip


def _asked(params: Params, names: Iterable[str]) -> Json:
    """The echo of the parameters: numbers as numbers, what was not asked as null."""
    return {
        name: int(params.get(name) or 0) if name in _NUMBERS else params.get(name) or None
        for name in names
    }


def _envelope(resource: str, asked: Json, *tables: tuple[str, Iterable[str], list[Any]]) -> Json:
    return {
        "resource": resource,
        "parameters": asked,
        "resultSets": [
            {"name": name, "headers": list(headers), "rowSet": rows}
            for name, headers, rows in tables
        ],
    }


def shot_chart_body(
    league: League, params: Params, first: date, last: date, published_at: datetime
) -> Json:
    """All attempts of the dates whose morning has come; ContextMeasure=PTS leaves the makes only."""
    at = {name: n for n, name in enumerate(SHOTS)}
    rows: list[list[Any]] = []
    is_asked = params.get("Season") in (None, "", league.season.label)
    is_asked = is_asked and params.get("SeasonType") == "Regular Season"
    for day in dates_between(first, last) if is_asked else ():
        if morning_after(day) > published_at:
            continue
        for fixture in league.games_on(day):
            if params.get("GameID") in (None, "", fixture.game_id):
                rows += shot_rows(league, fixture.game_id)
    for parameter, column in (("PlayerID", "PLAYER_ID"), ("TeamID", "TEAM_ID")):
        wanted = int(params.get(parameter) or 0)
        rows = [row for row in rows if wanted in (0, row[at[column]])]
    if params.get("ContextMeasure") == "PTS":
        rows = [row for row in rows if row[at["SHOT_MADE_FLAG"]]]
    asked = _asked(params, _CHART_ASKED)
    return _envelope(
        "shotchartdetail",
        asked,
        ("Shot_Chart_Detail", SHOTS, rows),
        ("LeagueAverages", _AVERAGES, _averages(rows)),
    )


def _averages(rows: list[list[Any]]) -> list[list[Any]]:
    zones: dict[tuple[str, str, str], list[int]] = {}
    zone, made = SHOTS.index("SHOT_ZONE_BASIC"), SHOTS.index("SHOT_MADE_FLAG")
    for row in rows:
        tried = zones.setdefault(tuple(row[zone : zone + 3]), [0, 0])
        tried[0] += 1
        tried[1] += row[made]
    return [
        ["League Averages", *names, tried, fell, round(fell / tried, 3)]
        for names, (tried, fell) in sorted(zones.items())
    ]


def players_body(league: League, params: Params, observed_at: datetime) -> Json:
    """Everybody on a roster that day, with his team of the day."""
    rows = [
        _player_row(league, BY_TRICODE[tricode], player)
        for tricode, player in rosters_on(league, eastern_date(observed_at))
    ]
    asked = _asked(params, _INDEX_ASKED)
    return _envelope("playerindex", asked, ("PlayerIndex", PLAYERS, rows))


def _player_row(league: League, team: Team, player: Player) -> list[Any]:
    year, pick = draft(league, player)
    return [
        player.person_id,
        player.family_name,
        player.first_name,
        slug(player.name),
        team.nba_id,
        team.slug,
        0,
        team.city,
        team.name,
        team.tricode,
        player.jersey,
        LETTERS[player.position],
        height(player),
        weight(player),
        SCHOOL,
        COUNTRY,
        year if pick else None,
        1 + (pick > 30) if pick else None,
        pick,
        1.0,
        str(year),
        str(league.season_year),
        None,
        None,
        None,
        "Season",
    ]


def roster_body(league: League, tricode: str, params: Params, observed_at: datetime) -> Json:
    """A team's players of the day, and nobody to coach them."""
    team, day = BY_TRICODE[tricode], eastern_date(observed_at)
    rows = [_roster_row(league, team, player, day) for player in league.roster(tricode, day)]
    rows.sort(key=lambda row: str(row[ROSTER.index("PLAYER")]))
    asked = {**_asked(params, ("TeamID", "LeagueID", "Season")), "TeamID": team.nba_id}
    return _envelope(
        "commonteamroster", asked, ("CommonTeamRoster", ROSTER, rows), ("Coaches", _COACHES, [])
    )


def _roster_row(league: League, team: Team, player: Player, day: date) -> list[Any]:
    born = birth_date(league, player)
    years = league.season_year - draft(league, player)[0]
    return [
        team.nba_id,
        str(league.season_year),
        "00",
        player.name,
        player.first_name,
        slug(player.name),
        player.jersey,
        LETTERS[player.position],
        height(player),
        weight(player),
        f"{born:%b %d, %Y}".upper(),
        float((day - born).days // 365),
        "R" if years < 1 else str(years),
        SCHOOL,
        player.person_id,
        _how_acquired(league, team.tricode, player, day),
    ]


def _how_acquired(league: League, tricode: str, player: Player, day: date) -> str:
    for trade in league.trades:
        if trade.day <= day and player.person_id in (trade.one, trade.other):
            was = next(t for t, men in league.rosters.items() if player in men)
            if was != tricode:
                return f"Traded from {was} on {trade.day:%m/%d/%y}"
    return f"Signed on 07/06/{league.season_year % 100:02d}"


def standings_body(league: League, params: Params, observed_at: datetime) -> Json:
    """The table as of an instant; `resource` is what the real one says."""
    asked = {
        "LeagueID": params.get("LeagueID"),
        "SeasonYear": params.get("Season"),
        "SeasonType": params.get("SeasonType"),
    }
    rows = standings_rows(league, observed_at)
    return _envelope("leaguestandings", asked, ("Standings", STANDINGS, rows))


def box_score_v3_body(league: League, game_id: str) -> Json:
    """`boxscoretraditionalv3` of a finished game. Raises KeyError for an unknown id."""
    box = league.box(game_id)
    home, away = BY_TRICODE[box.fixture.home], BY_TRICODE[box.fixture.away]
    return {
        "meta": {
            "version": 1,
            "request": f"http://nba.cloud/games/{game_id}/boxscoretraditional?Format=json",
            "time": utc_text(box.published_at),
        },
        "boxScoreTraditional": {
            "gameId": game_id,
            "awayTeamId": away.nba_id,
            "homeTeamId": home.nba_id,
            "homeTeam": _v3_team(box, home),
            "awayTeam": _v3_team(box, away),
        },
    }


def _v3_team(box: Box, team: Team) -> Json:
    """Only those who dressed are listed; the bench's minutes repeat the starters', as they do."""
    lineup, lines = box.lineups[team.tricode], box.team(team.tricode).lines
    places = {person: n for n, person in enumerate(lineup.slots)}
    ordered = sorted(lines, key=lambda one: (places.get(one.player.person_id, 5), not one.seconds))
    starters = [line for line in lines if line.player.person_id in places]
    bench = [line for line in lines if line.player.person_id not in places]
    minutes = _minutes(sum(line.seconds for line in starters))
    home, away = box.result.home.score, box.result.away.score
    margin = home - away if team.tricode == box.fixture.home else away - home
    return {
        "teamId": team.nba_id,
        "teamCity": team.city,
        "teamName": team.name,
        "teamTricode": team.tricode,
        "teamSlug": team.slug,
        "players": [_v3_player(line, lineup.slots.get(line.player.person_id)) for line in ordered],
        "statistics": {
            "minutes": _minutes(5 * box.result.seconds),
            **_v3_counts(lines),
            "plusMinusPoints": float(margin),
        },
        "starters": {"minutes": minutes, **_v3_counts(starters)},
        "bench": {"minutes": minutes, **_v3_counts(bench)},
    }


def _v3_player(line: Line, slot: str | None) -> Json:
    margin = line.counts["plus"] - line.counts["minus"]
    return {
        **_v3_person(line.player),
        "position": LETTERS[slot] if slot else "",
        "comment": "" if line.seconds else "DNP - Coach's Decision                  ",
        "jerseyNum": line.player.jersey,
        "statistics": {
            "minutes": _minutes(line.seconds) if line.seconds else "",
            **_v3_counts([line]),
            "plusMinusPoints": float(margin),
        },
    }


def _v3_person(player: Player) -> Json:
    return {
        "personId": player.person_id,
        "firstName": player.first_name,
        "familyName": player.family_name,
        "nameI": player.short_name,
        "playerSlug": slug(player.name),
    }


def _minutes(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def _v3_counts(lines: Iterable[Line]) -> Json:
    lines = list(lines)
    found = _shooting(lines)
    for name in _COUNTS:
        parts = ("reboundsOffensive", "reboundsDefensive") if name == "reboundsTotal" else (name,)
        found[name] = sum(line.counts[part] for line in lines for part in parts)
    return found


def _shooting(lines: list[Line]) -> Json:
    def total(*names: str) -> int:
        return sum(line.counts[name] for line in lines for name in names)

    found: Json = {}
    for name, parts in (
        ("fieldGoals", ("twoPointers", "threePointers")),
        ("threePointers", ("threePointers",)),
        ("freeThrows", ("freeThrows",)),
    ):
        made = total(*(f"{part}Made" for part in parts))
        tried = total(*(f"{part}Attempted" for part in parts))
        found |= {
            f"{name}Made": made,
            f"{name}Attempted": tried,
            f"{name}Percentage": round(made / tried, 3) if tried else 0.0,
        }
    return found
