"""What NBA.com tells before a game: line-ups, who referees, and who changed teams."""

from datetime import date, datetime, timedelta
from typing import Any

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sandbox.feed import Body, Params, Subject
from nba_assets.sandbox.fixtures import morning_of, newest_morning
from nba_assets.sandbox.in_play import Progress, progress
from nba_assets.sandbox.league import League
from nba_assets.sandbox.nba_scoreboards import status_text
from nba_assets.sandbox.pages import Listed, about_date, date_before, day_asked, games_listed
from nba_assets.sandbox.people import LETTERS, WORDS
from nba_assets.sandbox.players import Player, Trade
from nba_assets.sandbox.provider_ids import share, slug
from nba_assets.sources.teams import BY_TRICODE

Json = dict[str, Any]

POSTED_BEFORE = timedelta(minutes=60)  # the file, before the date's first tip
CONFIRMED_BEFORE = timedelta(minutes=40)  # a game's line-ups, before its own tip
_SURPRISES = 0.15  # of the expected fives have a man who does not start
_SIGNED = 0.3  # of the players were signed in the summer before the season
_STATUS = {"pre": 1, "in": 2, "post": 3}
_QUARTERS = ("1st Qtr", "2nd Qtr", "3rd Qtr", "4th Qtr")


def lineups_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """When the date's file last changed: posted, a line-up confirmed, a period or a game over."""
    day = day_asked(params, "day", "%Y%m%d")
    listed = games_listed(league, day, as_of) if day else []
    if not listed:
        return None
    changes = [min(game.tip_at for game in listed) - POSTED_BEFORE]
    for game in listed:
        if game.tip_at != game.fixture.tip_at:
            continue
        changes.append(game.tip_at - CONFIRMED_BEFORE)
        if game.tip_at <= as_of:
            changes += _turns(league, game)
    seen = [change for change in changes if change <= as_of]
    return max(seen) if seen else None


def _turns(league: League, game: Listed) -> list[datetime]:
    """The tip, the starts of periods, rounded up to whole seconds, and the end."""
    box = league.box(game.fixture.game_id)
    pace, played, turns = box.duration / box.result.seconds, 0, [game.tip_at]
    for stint, seconds in enumerate(box.result.lengths):
        if stint and stint in box.result.starts:
            turn = game.tip_at + pace * played + timedelta(seconds=1)
            turns.append(turn.replace(microsecond=0))
        played += seconds
    return [*turns, box.final_at]


def lineups(league: League, params: Params, observed_at: datetime) -> Body:
    """The file of a date. Raises ValueError where the path has no date as YYYYMMDD."""
    day = day_asked(params, "day", "%Y%m%d")
    if day is None:
        raise ValueError(f"a file of line-ups has its date as YYYYMMDD, not {dict(params)}")
    listed = games_listed(league, day, observed_at)
    first = min(game.tip_at for game in listed) - POSTED_BEFORE
    return {"games": [_lineup_game(league, game, first, observed_at) for game in listed]}


def _lineup_game(league: League, game: Listed, posted_at: datetime, instant: datetime) -> Json:
    fixture, is_here = game.fixture, game.tip_at == game.fixture.tip_at
    now = progress(league, fixture, instant) if is_here else Progress("pre")
    text = status_text(now, game.tip_at.astimezone(EASTERN))
    if now.state == "in":
        text = _QUARTERS[now.period - 1] if now.period <= 4 else f"OT{now.period - 4}"
        text = f"{text:<20}"  # padded in play
    return {
        "gameId": fixture.game_id,
        "gameStatus": _STATUS[now.state],
        "gameStatusText": text,
        **{
            side: {
                "teamId": BY_TRICODE[tricode].nba_id,
                "teamAbbreviation": tricode,
                "players": _lineup(league, game, tricode, posted_at, instant) if is_here else [],
            }
            for side, tricode in (("homeTeam", fixture.home), ("awayTeam", fixture.away))
        },
    }


def _lineup(
    league: League, game: Listed, tricode: str, posted_at: datetime, instant: datetime
) -> list[Json]:
    box = league.box(game.fixture.game_id)
    lineup = box.lineups[tricode]
    confirmed_at = game.tip_at - CONFIRMED_BEFORE
    starters = {player.person_id: player for player in lineup.side.starters}
    five = [(starters[person], slot) for person, slot in lineup.slots.items()]
    if instant < confirmed_at:
        bench = [p for p in lineup.side.players if p.person_id not in starters]
        if share("expected", game.fixture.game_id, tricode) < _SURPRISES:
            five[-1] = (bench[0], five[-1][1])
        return [
            _listed(player, tricode, "Expected", slot, "Active", posted_at) for player, slot in five
        ]
    rest = [p for p in lineup.side.players if p.person_id not in starters]
    return [
        *(_listed(p, tricode, "Confirmed", slot, "Active", confirmed_at) for p, slot in five),
        *(_listed(p, tricode, "Confirmed", "", "Active", confirmed_at) for p in rest),
        *(
            _listed(one.player, tricode, "Confirmed", "", "Inactive", confirmed_at)
            for one in lineup.unused
        ),
    ]


def _listed(
    player: Player, tricode: str, status: str, slot: str, roster: str, at: datetime
) -> Json:
    return {
        "personId": player.person_id,
        "teamId": BY_TRICODE[tricode].nba_id,
        "firstName": player.first_name,
        "lastName": player.family_name,
        "playerName": player.name,
        "lineupStatus": status,
        "position": slot,
        "rosterStatus": roster,
        "timestamp": f"{at.astimezone(EASTERN):%Y-%m-%dT%H:%M:%S}",
    }


def lineups_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    """The games of the file's date."""
    del as_of
    return about_date(league, day_asked(params, "day", "%Y%m%d"))


def earlier_lineups(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The last state of the file of the date before."""
    before = date_before(league, day_asked(params, "day", "%Y%m%d"))
    if before is None:
        return None
    params = {**params, "day": f"{before:%Y%m%d}"}
    last = lineups_observed_at(league, params, observed_at)
    return (params, last) if last else None


# Officials

_TABLE = (
    "game_id", "game_date", "season", "game_code", "home_team_id", "home_team", "home_team_abbr",
    "away_team_id", "away_team", "away_team_abbr",
    *(f"official{n}{what}" for n in (1, 2, 3, 4) for what in ("", "_code", "_JNum")),
)  # fmt: skip
_NUMBERS = ("home_team_id", "away_team_id", *(f"official{n}_code" for n in (1, 2, 3, 4)))
_TABLE1 = ("game_date", "official_code", "replaycenter_official")


def _officials_day(params: Params, as_of: datetime) -> date | None:
    """The date answered: the one asked for, or the newest posted where it is asked too early."""
    day = day_asked(params, "date")
    return min(day, eastern_date(newest_morning(as_of))) if day else None


def officials_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """09:00 ET of the date answered."""
    day = _officials_day(params, as_of)
    if day is None or morning_of(day) < league.first_publication:
        return None
    return morning_of(day)


def officials(league: League, params: Params, observed_at: datetime) -> Body:
    """The officials of the date whose morning `observed_at` is; other leagues' tables are empty."""
    del params
    day = eastern_date(observed_at)
    rows = [
        _officials_row(league, game, day)
        for game in games_listed(league, day, observed_at)
        if not game.is_postponed
    ]
    busy = {row[f"official{n}_code"] for row in rows for n in (1, 2, 3)}
    free = [one for one in league.officials if one.person_id not in busy]
    replay = [
        {
            "game_date": f"{day:%m/%d/%Y}",
            "official_code": one.person_id,
            "replaycenter_official": f"{one.first_name} {one.family_name}",
        }
        for one in free[: 3 if rows else 0]
    ]
    return {
        name: {"Table": _table(_TABLE, mine), "Table1": _table(_TABLE1, replay)}
        for name, mine in (("nba", rows), ("gl", []), ("wnba", []))
    }


def _table(columns: tuple[str, ...], rows: list[Json]) -> Json:
    kinds = dict.fromkeys((*_NUMBERS, "official_code"), "Int32")
    names = [{"Name": name, "DataType": kinds.get(name, "String")} for name in columns]
    return {"rows": rows, "columns": names}


def _officials_row(league: League, game: Listed, day: date) -> Json:
    fixture = game.fixture
    home, away = BY_TRICODE[fixture.home], BY_TRICODE[fixture.away]
    row: Json = {
        "game_id": fixture.game_id,
        "game_date": f"{day:%m/%d/%Y}",
        "season": f"2{league.season_year}",
        "game_code": f"{day:%Y%m%d}/{fixture.away}{fixture.home}",
        "home_team_id": home.nba_id,
        "home_team": home.city,
        "home_team_abbr": home.tricode,
        "away_team_id": away.nba_id,
        "away_team": away.city,
        "away_team_abbr": away.tricode,
    }
    crew = [*league.box(fixture.game_id).officials, None]
    for n, one in enumerate(crew, 1):
        row[f"official{n}"] = f"{one.first_name} {one.family_name}" if one else None
        row[f"official{n}_code"] = one.person_id if one else None
        row[f"official{n}_JNum"] = one.jersey if one else None
    return row


def officials_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    """The games of the date asked for."""
    del as_of
    return about_date(league, day_asked(params, "date"))


def earlier_officials(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The officials of the date with games before."""
    before = date_before(league, eastern_date(observed_at))
    return ({**params, "date": before.isoformat()}, morning_of(before)) if before else None


# Player movement

_MOVEMENT = (
    ("Transaction_Type", "String"), ("TRANSACTION_DATE", "DateTime"),
    ("TRANSACTION_DESCRIPTION", "String"), ("TEAM_ID", "Decimal"), ("TEAM_SLUG", "String"),
    ("PLAYER_ID", "Decimal"), ("PLAYER_SLUG", "String"), ("Additional_Sort", "Decimal"),
    ("GroupSort", "String"),
)  # fmt: skip


def movement_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """09:00 ET of the newest transaction; there is no file before the season's first."""
    del params
    days = [day for day, _ in _signings(league)] + [trade.day for trade in league.trades]
    seen = [morning_of(day) for day in days if morning_of(day) <= as_of]
    return max(seen) if seen else None


def movement(league: League, params: Params, observed_at: datetime) -> Body:
    """Every signing and trade so far, the newest first."""
    del params
    rows = [
        row
        for number, trade in enumerate(league.trades, 1)
        if morning_of(trade.day) <= observed_at
        for row in _trade_rows(league, trade, number)
    ]
    rows += [row for day, row in _signings(league) if morning_of(day) <= observed_at]
    rows.sort(key=lambda row: str(row["TRANSACTION_DATE"]), reverse=True)
    columns = [{"Name": name, "DataType": kind} for name, kind in _MOVEMENT]
    return {"NBA_Player_Movement": {"rows": rows, "columns": columns}}


def _signings(league: League) -> list[tuple[date, Json]]:
    """Summer signings; they name the team for which a player opens the season."""
    found = []
    for tricode, players in league.rosters.items():
        for player in players:
            draw = share("signed", league.seed, player.person_id)
            if draw >= _SIGNED:
                continue
            day = date(league.season_year, 7, 1) + timedelta(days=int(75 * draw / _SIGNED))
            group = f"Signing {player.person_id}"
            text = f"signed {_described(player)} to a Contract."
            found.append((day, _movement_row("Signing", day, tricode, player, text, 0.0, group)))
    return found


def _trade_rows(league: League, trade: Trade, number: int) -> list[Json]:
    eve = trade.day - timedelta(days=1)
    teams = {p.person_id: (t, p) for t in league.rosters for p in league.roster(t, eve)}
    (one_team, one), (other_team, other) = teams[trade.one], teams[trade.other]
    group = f"Trade {league.season_year}{number:03d}"
    rows = []
    for player, old, new in ((one, one_team, other_team), (other, other_team, one_team)):
        giver = BY_TRICODE[old]
        text = f"received {_described(player)} from {giver.full_name}."
        sort = float(giver.nba_id)
        rows.append(_movement_row("Trade", trade.day, new, player, text, sort, group))
    return rows


def _described(player: Player) -> str:
    return f"{WORDS[LETTERS[player.position]]} {player.name}"


def _movement_row(
    kind: str, day: date, tricode: str, player: Player, text: str, sort: float, group: str
) -> Json:
    team = BY_TRICODE[tricode]
    return {
        "Transaction_Type": kind,
        "TRANSACTION_DATE": f"{day}T00:00:00",
        "TRANSACTION_DESCRIPTION": f"{team.full_name} {text}",
        "TEAM_ID": float(team.nba_id),
        "TEAM_SLUG": team.slug,
        "PLAYER_ID": float(player.person_id),
        "PLAYER_SLUG": slug(player.name),
        "Additional_Sort": sort,
        "GroupSort": group,
    }


def earlier_movement(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The file before its newest transaction."""
    before = movement_observed_at(league, params, observed_at - timedelta(seconds=1))
    return (params, before) if before else None
