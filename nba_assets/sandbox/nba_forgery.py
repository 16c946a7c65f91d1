"""Content faults of NBA.com's other feeds: boards, plays, tables, line-ups, officials, the report.

Importing this module registers them.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nba_assets.sandbox.exchange import Call
from nba_assets.sandbox.feed import Document
from nba_assets.sandbox.forgery import (
    UNKNOWN_PERSON_ID,
    UNKNOWN_PLAYER,
    UNKNOWN_TEAM,
    UNKNOWN_TRICODE,
)
from nba_assets.sandbox.kinds import edit
from nba_assets.sandbox.nba_documents import PDF, report_of
from nba_assets.sandbox.pdf import Report, ReportedGame, ReportedPlayer, injury_report_pdf

if TYPE_CHECKING:
    from nba_assets.sandbox.faults import Fault

Json = dict[str, Any]

BOARD, LINEUPS, OFFICIALS = "nba_scoreboard", "nba_lineups", "nba_officials"
PLAYS, MOVES, REPORT = "nba_play_by_play", "nba_transactions", "nba_injury_report"
TEAM_LOG, SHOTS, PLAYERS = "nba_team_game_log", "nba_shot_chart", "nba_players"
ROSTERS, STANDINGS = "nba_rosters", "nba_standings"
TABLES = (TEAM_LOG, SHOTS, PLAYERS, ROSTERS, STANDINGS)
LISTS = (BOARD, LINEUPS, OFFICIALS, PLAYS, MOVES)
GAMES = (BOARD, LINEUPS, OFFICIALS)

# The column that is renamed or becomes a text where the fault names none.
_COLUMNS = {
    TEAM_LOG: "PTS",
    SHOTS: "LOC_X",
    PLAYERS: "PERSON_ID",
    ROSTERS: "PLAYER_ID",
    STANDINGS: "WINS",
}
_KEYS = {
    BOARD: "gameStatus",
    LINEUPS: "gameStatus",
    OFFICIALS: "official1_code",
    PLAYS: "personId",
    MOVES: "PLAYER_ID",
}
_TEAM_COLUMNS = {
    "TEAM_ABBREVIATION": UNKNOWN_TRICODE,
    "TEAM_NAME": UNKNOWN_TEAM,
    "TeamName": "Nobodies",
    "TeamCity": "Nowhere",
    "TEAM_ID": 1,
    "TeamID": 1,
}
_PLAYER_COLUMNS = {
    "PLAYER_NAME": " ".join(UNKNOWN_PLAYER),
    "PLAYER": " ".join(UNKNOWN_PLAYER),
    "PLAYER_FIRST_NAME": UNKNOWN_PLAYER[0],
    "PLAYER_LAST_NAME": UNKNOWN_PLAYER[1],
    "PERSON_ID": UNKNOWN_PERSON_ID,
    "PLAYER_ID": UNKNOWN_PERSON_ID,
}


def _rows(call: Call, body: Json) -> list[Json]:
    """The list of games, plays or moves that a body is."""
    rows: list[Json] = {
        BOARD: lambda: body["scoreboard"]["games"],
        LINEUPS: lambda: body["games"],
        OFFICIALS: lambda: body["nba"]["Table"]["rows"],
        PLAYS: lambda: body["game"]["actions"],
        MOVES: lambda: body["NBA_Player_Movement"]["rows"],
    }[call.feed.name]()
    return rows


def _game_of(row: Json) -> str | None:
    return row.get("gameId") or row.get("game_id")


def _chosen(fault: "Fault", call: Call, body: Json) -> list[Json]:
    """The rows of the fault's game; all of them where it names none."""
    rows = _rows(call, body)
    if fault.game is None or call.feed.name not in GAMES:
        return rows
    return [row for row in rows if _game_of(row) == fault.game]


def _sides(row: Json) -> Iterator[Json]:
    yield from (row[side] for side in ("homeTeam", "awayTeam") if side in row)


@edit("empty", *LISTS)
def _empty_list(fault: "Fault", call: Call, body: Json) -> None:
    gone = [id(row) for row in _chosen(fault, call, body)]
    rows = _rows(call, body)
    rows[:] = [row for row in rows if id(row) not in gone]


@edit("short", *GAMES)
def _short_list(fault: "Fault", call: Call, body: Json) -> None:
    del _rows(call, body)[fault.games :]


@edit("renamed_key", *LISTS)
def _renamed_list(fault: "Fault", call: Call, body: Json) -> None:
    old = fault.field or _KEYS[call.feed.name]
    for row in _chosen(fault, call, body):
        renamed = {fault.to or "renamed" if key == old else key: row[key] for key in row}
        row.clear()
        row.update(renamed)


@edit("number_as_string", *LISTS)
def _quoted_list(fault: "Fault", call: Call, body: Json) -> None:
    name = fault.field or _KEYS[call.feed.name]
    for row in _chosen(fault, call, body):
        for holder in (row, *_sides(row)):
            if name in holder:
                holder[name] = str(holder[name])


@edit("duplicated", *LISTS)
@edit("conflicting_duplicate", *LISTS)
def _duplicate_list(fault: "Fault", call: Call, body: Json) -> None:
    """The first row again; in the copy that conflicts one number is higher by one."""
    for row in _chosen(fault, call, body)[:1]:
        copy = deepcopy(row)
        if fault.kind == "conflicting_duplicate":
            copy[_KEYS[call.feed.name]] += 1
        _rows(call, body).append(copy)


@edit("swapped", BOARD, LINEUPS)
def _swapped_list(fault: "Fault", call: Call, body: Json) -> None:
    for row in _chosen(fault, call, body):
        row["homeTeam"], row["awayTeam"] = row["awayTeam"], row["homeTeam"]


@edit("reordered", *LISTS)
def _reordered_list(_fault: "Fault", call: Call, body: Json) -> None:
    for row in _rows(call, body):
        turned = dict(reversed(row.items()))
        row.clear()
        row.update(turned)


@edit("unknown_team", BOARD, LINEUPS, OFFICIALS, MOVES)
def _unknown_team_in_list(fault: "Fault", call: Call, body: Json) -> None:
    """The away team of the first row, or the team of the newest move."""
    nobody = {
        "teamTricode": UNKNOWN_TRICODE,
        "teamAbbreviation": UNKNOWN_TRICODE,
        "teamId": 1,
        "away_team_abbr": UNKNOWN_TRICODE,
        "away_team_id": 1,
        "TEAM_ID": 1.0,
        "TEAM_SLUG": "nobodies",
    }
    for row in _chosen(fault, call, body)[:1]:
        holder = row.get("awayTeam", row)
        holder.update({name: word for name, word in nobody.items() if name in holder})


@edit("unknown_team", PLAYS)
def _unknown_team_in_plays(_fault: "Fault", call: Call, body: Json) -> None:
    """The first team that is named, wherever it is."""
    rows = [row for row in _rows(call, body) if row.get("teamTricode")]
    for row in [row for row in rows if row["teamTricode"] == rows[0]["teamTricode"]]:
        row.update(teamTricode=UNKNOWN_TRICODE, teamId=1)


@edit("unknown_player", PLAYS)
def _unknown_player_in_plays(fault: "Fault", call: Call, body: Json) -> None:
    """The player a fault names, else whoever shoots first, in each of his own plays."""
    rows = _rows(call, body)
    shooters = [row["personId"] for row in rows if row["isFieldGoal"]]
    who = fault.player or next(iter(shooters), None)
    for row in [row for row in rows if row["personId"] == who]:
        row.update(personId=UNKNOWN_PERSON_ID, playerName=UNKNOWN_PLAYER[1])


@edit("unknown_player", LINEUPS)
def _unknown_player_in_lineups(fault: "Fault", call: Call, body: Json) -> None:
    first, family = UNKNOWN_PLAYER
    players = [
        player
        for row in _chosen(fault, call, body)
        for side in _sides(row)
        for player in side["players"]
        if fault.player in (None, player["personId"])
    ]
    for player in players[:1]:
        player.update(
            personId=UNKNOWN_PERSON_ID,
            firstName=first,
            lastName=family,
            playerName=f"{first} {family}",
        )


@edit("unknown_player", OFFICIALS)
def _unknown_official(fault: "Fault", call: Call, body: Json) -> None:
    for row in _chosen(fault, call, body)[:1]:
        row.update(official1=" ".join(UNKNOWN_PLAYER), official1_code=UNKNOWN_PERSON_ID)


@edit("unknown_player", MOVES)
def _unknown_mover(_fault: "Fault", call: Call, body: Json) -> None:
    for row in _rows(call, body)[:1]:
        row.update(PLAYER_ID=float(UNKNOWN_PERSON_ID), PLAYER_SLUG="-".join(UNKNOWN_PLAYER).lower())


@edit("wrong_sum", PLAYS)
def _wrong_plays(_fault: "Fault", call: Call, body: Json) -> None:
    """The last basket is told as a miss, and the score still rises."""
    made = [row for row in _rows(call, body) if row["isFieldGoal"] and row["shotResult"] == "Made"]
    for row in made[-1:]:
        row["shotResult"] = "Missed"


# Tables of stats.nba.com


def _table(body: Json) -> Json:
    table: Json = body["resultSets"][0]
    return table


def _of_game(fault: "Fault", table: Json) -> list[list[Any]]:
    """The rows of the fault's game; all of them where it names none or the table has no games."""
    rows: list[list[Any]] = table["rowSet"]
    if fault.game is None or "GAME_ID" not in table["headers"]:
        return rows
    at = table["headers"].index("GAME_ID")
    return [row for row in rows if row[at] == fault.game]


@edit("empty", *TABLES)
def _empty_table(fault: "Fault", _call: Call, body: Json) -> None:
    table = _table(body)
    gone = [id(row) for row in _of_game(fault, table)]
    table["rowSet"] = [row for row in table["rowSet"] if id(row) not in gone]


@edit("short", TEAM_LOG, SHOTS)
def _short_table(fault: "Fault", _call: Call, body: Json) -> None:
    table = _table(body)
    at = table["headers"].index("GAME_ID")
    kept = list(dict.fromkeys(row[at] for row in table["rowSet"]))[: fault.games]
    table["rowSet"] = [row for row in table["rowSet"] if row[at] in kept]


@edit("renamed_key", *TABLES)
def _renamed_table(fault: "Fault", call: Call, body: Json) -> None:
    table, old = _table(body), fault.field or _COLUMNS[call.feed.name]
    table["headers"] = [fault.to or "RENAMED" if name == old else name for name in table["headers"]]


@edit("number_as_string", *TABLES)
def _quoted_table(fault: "Fault", call: Call, body: Json) -> None:
    table = _table(body)
    at = table["headers"].index(fault.field or _COLUMNS[call.feed.name])
    for row in _of_game(fault, table):
        row[at] = str(row[at])


@edit("duplicated", *TABLES)
@edit("conflicting_duplicate", *TABLES)
def _duplicate_table(fault: "Fault", call: Call, body: Json) -> None:
    """The first row again; in the copy that conflicts one number is higher by one."""
    table = _table(body)
    at = table["headers"].index(_COLUMNS[call.feed.name])
    for row in _of_game(fault, table)[:1]:
        copy = list(row)
        copy[at] += fault.kind == "conflicting_duplicate"
        table["rowSet"].append(copy)


@edit("reordered", *TABLES)
def _reordered_table(_fault: "Fault", _call: Call, body: Json) -> None:
    table = _table(body)
    table["headers"] = table["headers"][::-1]
    table["rowSet"] = [row[::-1] for row in table["rowSet"]]


@edit("swapped", TEAM_LOG)
def _swapped_team_log(fault: "Fault", _call: Call, body: Json) -> None:
    table = _table(body)
    at = table["headers"].index("MATCHUP")
    for row in _of_game(fault, table):
        ours, sign, theirs = row[at].split()
        row[at] = f"{ours} {'@' if sign == 'vs.' else 'vs.'} {theirs}"


@edit("wrong_sum", TEAM_LOG)
def _wrong_team_log(fault: "Fault", _call: Call, body: Json) -> None:
    table = _table(body)
    for row in _of_game(fault, table)[:1]:
        row[table["headers"].index("PTS")] += fault.amount


@edit("unknown_team", *TABLES)
def _unknown_team_in_table(fault: "Fault", _call: Call, body: Json) -> None:
    """The team of the first row, in that row."""
    _overwrite(fault, _table(body), _TEAM_COLUMNS)


@edit("unknown_player", SHOTS, PLAYERS, ROSTERS)
def _unknown_player_in_table(fault: "Fault", _call: Call, body: Json) -> None:
    """The player of the first row, in that row."""
    _overwrite(fault, _table(body), _PLAYER_COLUMNS)


def _overwrite(fault: "Fault", table: Json, words: dict[str, Any]) -> None:
    for row in _of_game(fault, table)[:1]:
        for at, name in enumerate(table["headers"]):
            row[at] = words.get(name, row[at])


# The injury report, printed anew from what it is about


def _reprinted(report: Report, games: list[ReportedGame]) -> Document:
    return Document(injury_report_pdf(replace(report, games=games)), PDF)


@edit("empty", REPORT)
def _empty_report(_fault: "Fault", call: Call, _body: Document) -> Document:
    """No team has handed in anything."""
    report = _report(call)
    games = [
        replace(
            game,
            away=replace(game.away, players=(), is_submitted=False),
            home=replace(game.home, players=(), is_submitted=False),
        )
        for game in report.games
    ]
    return _reprinted(report, games)


@edit("short", REPORT)
def _short_report(fault: "Fault", call: Call, _body: Document) -> Document:
    report = _report(call)
    return _reprinted(report, list(report.games[: fault.games]))


@edit("unknown_team", REPORT)
def _unknown_team_in_report(_fault: "Fault", call: Call, _body: Document) -> Document:
    """The away team of the first game."""
    report = _report(call)
    first, *rest = report.games
    return _reprinted(report, [replace(first, away=replace(first.away, name=UNKNOWN_TEAM)), *rest])


@edit("unknown_player", REPORT)
def _unknown_player_in_report(_fault: "Fault", call: Call, _body: Document) -> Document:
    """One man more on the away team of the first game."""
    report = _report(call)
    first, *rest = report.games
    name = f"{UNKNOWN_PLAYER[1]}, {UNKNOWN_PLAYER[0]}"
    nobody = ReportedPlayer(name, "Out", "Injury/Illness - Left Ankle; Sprain")
    away = replace(first.away, players=(*first.away.players, nobody), is_submitted=True)
    return _reprinted(report, [replace(first, away=away), *rest])


def _report(call: Call) -> Report:
    observed_at = call.feed.observed_at(call.league, call.params, call.as_of)
    if observed_at is None:
        raise ValueError(f"no injury report of {dict(call.params)} at {call.as_of}")
    return report_of(call.league, observed_at)
