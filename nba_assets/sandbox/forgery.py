"""Faults that change what a body says, and what each does to the feeds of NBA.com.

The kinds are named here; their effect on a feed is an edit, registered beside that feed's provider.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from nba_assets.partitions import eastern_date
from nba_assets.sandbox.exchange import Call
from nba_assets.sandbox.kinds import KINDS, edit, edited

if TYPE_CHECKING:
    from nba_assets.sandbox.faults import Fault

Json = dict[str, Any]

BENCHLESS = 6  # players a team that `short_bench` leaves in a box
BOX, LOG, SCHEDULE = "nba_boxscore", "nba_game_log", "nba_schedule"

CONTENT = {
    "empty": "Valid and without players, rows or games. With `game`, only that one is left out.",
    "renamed_key": "`field` is called `to`: box points → pts, log PTS → POINTS, schedule gameId → id.",
    "number_as_string": '`field` is written "124" for 124: box points, log PTS, schedule score.',
    "duplicated": "A game's rows twice in a log, one player twice in a box, a game in a schedule.",
    "conflicting_duplicate": "As `duplicated`, and the copies differ by one point.",
    "swapped": "Home and away exchanged.",
    "wrong_sum": "One player's points are `amount` too many, so players and team disagree.",
    "zero_minutes": "Everybody played no time at all, and scored in it.",
    "short_bench": "Each team's box lists its first six players only.",
    "short": "Of the games in the body only the first `games` are left.",
    "unknown_team": "One team goes by a code or name that nobody knows.",
    "unknown_player": "One player goes by a name and an id that nobody knows.",
    "reordered": "The same facts with columns and keys in the opposite order; nobody may notice.",
}
"""The kinds of content faults, with what each means. `kinds.edit` registers it for a feed."""

KINDS.update(dict.fromkeys(CONTENT, edited))

UNKNOWN_TRICODE, UNKNOWN_TEAM = "XYZ", "Nowhere Nobodies"
UNKNOWN_PLAYER, UNKNOWN_PERSON_ID = ("Nemo", "Nescio"), 9_999_999


@edit("empty", BOX)
def _empty_box(_fault: "Fault", _call: Call, body: Json) -> None:
    for team in _teams(body):
        team["players"] = []


@edit("empty", LOG)
def _empty_log(fault: "Fault", _call: Call, body: Json) -> None:
    table = body["resultSets"][0]
    at = table["headers"].index("GAME_ID")
    table["rowSet"] = [row for row in table["rowSet"] if fault.game not in (None, row[at])]


@edit("empty", SCHEDULE)
def _empty_schedule(fault: "Fault", _call: Call, body: Json) -> None:
    _keep_games(body, lambda game: fault.game not in (None, game["gameId"]))


@edit("short", SCHEDULE)
def _short_schedule(fault: "Fault", call: Call, body: Json) -> None:
    """Only the games of one date are cut: that of the fault, else the publication's."""
    day = fault.date or eastern_date(call.as_of)
    of_day = [g["gameId"] for g in _games(fault, body) if g["gameDateEst"].startswith(f"{day}")]
    gone = set(of_day[fault.games :])
    _keep_games(body, lambda game: game["gameId"] not in gone)


@edit("short", LOG)
def _short_log(fault: "Fault", _call: Call, body: Json) -> None:
    table = body["resultSets"][0]
    at = table["headers"].index("GAME_ID")
    kept = set(list(dict.fromkeys(row[at] for row in table["rowSet"]))[: fault.games])
    table["rowSet"] = [row for row in table["rowSet"] if row[at] in kept]


@edit("renamed_key", BOX)
def _renamed_box(fault: "Fault", _call: Call, body: Json) -> None:
    old, new = fault.field or "points", fault.to or "pts"
    for player in _players(body):
        player["statistics"] = _renamed(player["statistics"], old, new)


@edit("renamed_key", LOG)
def _renamed_log(fault: "Fault", _call: Call, body: Json) -> None:
    old, new = fault.field or "PTS", fault.to or "POINTS"
    table = body["resultSets"][0]
    table["headers"] = [new if name == old else name for name in table["headers"]]


@edit("renamed_key", SCHEDULE)
def _renamed_schedule(fault: "Fault", _call: Call, body: Json) -> None:
    old, new = fault.field or "gameId", fault.to or "id"
    for day in body["leagueSchedule"]["gameDates"]:
        day["games"] = [
            _renamed(g, old, new) if fault.game in (None, g["gameId"]) else g for g in day["games"]
        ]


@edit("number_as_string", BOX)
def _quoted_box(fault: "Fault", _call: Call, body: Json) -> None:
    for player in _players(body):
        _quote(player["statistics"], fault.field or "points")


@edit("number_as_string", LOG)
def _quoted_log(fault: "Fault", _call: Call, body: Json) -> None:
    at = body["resultSets"][0]["headers"].index(fault.field or "PTS")
    for row in _rows(fault, body):
        row[at] = str(row[at])


@edit("number_as_string", SCHEDULE)
def _quoted_schedule(fault: "Fault", _call: Call, body: Json) -> None:
    for game in _games(fault, body):
        for holder in (game, game["homeTeam"], game["awayTeam"]):
            _quote(holder, fault.field or "score")


@edit("duplicated", BOX)
@edit("conflicting_duplicate", BOX)
def _duplicate_box(fault: "Fault", _call: Call, body: Json) -> None:
    player = _subject_player(fault, body)
    team = next(team for team in _teams(body) if player in team["players"])
    copy = deepcopy(player)
    copy["statistics"]["points"] += _difference(fault)
    team["players"].append(copy)


@edit("duplicated", LOG)
@edit("conflicting_duplicate", LOG)
def _duplicate_log(fault: "Fault", _call: Call, body: Json) -> None:
    table = body["resultSets"][0]
    game, points = table["headers"].index("GAME_ID"), table["headers"].index("PTS")
    rows = list(_rows(fault, body))
    copies = [list(row) for row in rows if row[game] == rows[0][game]]
    for copy in copies[:1]:
        copy[points] += _difference(fault)
    table["rowSet"] += copies


@edit("duplicated", SCHEDULE)
@edit("conflicting_duplicate", SCHEDULE)
def _duplicate_schedule(fault: "Fault", _call: Call, body: Json) -> None:
    chosen = next(_games(fault, body), None)
    for day in body["leagueSchedule"]["gameDates"]:
        if chosen is not None and chosen in day["games"]:
            copy = deepcopy(chosen)
            copy["homeTeam"]["score"] += _difference(fault)
            day["games"].append(copy)
            break


@edit("swapped", BOX)
def _swapped_box(_fault: "Fault", _call: Call, body: Json) -> None:
    _swap(_boxed(body))


@edit("swapped", LOG)
def _swapped_log(fault: "Fault", _call: Call, body: Json) -> None:
    at = body["resultSets"][0]["headers"].index("MATCHUP")
    for row in _rows(fault, body):
        ours, sign, theirs = row[at].split()
        row[at] = f"{ours} {'@' if sign == 'vs.' else 'vs.'} {theirs}"


@edit("swapped", SCHEDULE)
def _swapped_schedule(fault: "Fault", _call: Call, body: Json) -> None:
    for game in _games(fault, body):
        _swap(game)


@edit("wrong_sum", BOX)
def _wrong_box(fault: "Fault", _call: Call, body: Json) -> None:
    _subject_player(fault, body)["statistics"]["points"] += fault.amount


@edit("wrong_sum", LOG)
def _wrong_log(fault: "Fault", _call: Call, body: Json) -> None:
    _add_to_row(fault, body, {"PTS": fault.amount})


@edit("zero_minutes", BOX)
def _timeless_box(_fault: "Fault", _call: Call, body: Json) -> None:
    for player in _players(body):
        if "minutesCalculated" in player["statistics"]:
            player["statistics"] |= {"minutes": "PT00M00.00S", "minutesCalculated": "PT00M"}
        else:
            player["statistics"]["minutes"] = "0:00"


@edit("zero_minutes", LOG)
def _timeless_log(fault: "Fault", _call: Call, body: Json) -> None:
    at = body["resultSets"][0]["headers"].index("MIN")
    for row in _rows(fault, body):
        row[at] = 0


@edit("short_bench", BOX)
def _benchless_box(_fault: "Fault", _call: Call, body: Json) -> None:
    for team in _teams(body):
        team["players"] = team["players"][:BENCHLESS]


@edit("unknown_team", BOX)
def _unknown_team_in_box(_fault: "Fault", _call: Call, body: Json) -> None:
    _boxed(body)["awayTeam"]["teamTricode"] = UNKNOWN_TRICODE


@edit("unknown_team", LOG)
def _unknown_team_in_log(fault: "Fault", _call: Call, body: Json) -> None:
    """The team of the first row of the game, in each of its rows."""
    headers = body["resultSets"][0]["headers"]
    code, name = headers.index("TEAM_ABBREVIATION"), headers.index("TEAM_NAME")
    rows = list(_rows(fault, body))
    for row in [row for row in rows if row[code] == rows[0][code]]:
        row[code], row[name] = UNKNOWN_TRICODE, UNKNOWN_TEAM


@edit("unknown_team", SCHEDULE)
def _unknown_team_in_schedule(fault: "Fault", _call: Call, body: Json) -> None:
    for game in list(_games(fault, body))[:1]:
        game["awayTeam"]["teamTricode"] = UNKNOWN_TRICODE


@edit("unknown_player", BOX)
def _unknown_player_in_box(fault: "Fault", _call: Call, body: Json) -> None:
    first, family = UNKNOWN_PLAYER
    player = _subject_player(fault, body)
    nobody = {
        "personId": UNKNOWN_PERSON_ID,
        "firstName": first,
        "familyName": family,
        "name": f"{first} {family}",
        "nameI": f"{first[0]}. {family}",
    }
    player.update({name: word for name, word in nobody.items() if name in player})


@edit("unknown_player", LOG)
def _unknown_player_in_log(fault: "Fault", _call: Call, body: Json) -> None:
    headers = body["resultSets"][0]["headers"]
    row = _subject_row(fault, body)
    if row is not None:
        row[headers.index("PLAYER_ID")] = UNKNOWN_PERSON_ID
        row[headers.index("PLAYER_NAME")] = " ".join(UNKNOWN_PLAYER)


@edit("reordered", BOX)
def _reordered_box(_fault: "Fault", _call: Call, body: Json) -> None:
    for player in _players(body):
        player["statistics"] = dict(reversed(player["statistics"].items()))


@edit("reordered", LOG)
def _reordered_log(_fault: "Fault", _call: Call, body: Json) -> None:
    table = body["resultSets"][0]
    table["headers"] = table["headers"][::-1]
    table["rowSet"] = [row[::-1] for row in table["rowSet"]]


@edit("reordered", SCHEDULE)
def _reordered_schedule(_fault: "Fault", _call: Call, body: Json) -> None:
    for day in body["leagueSchedule"]["gameDates"]:
        day["games"] = [dict(reversed(game.items())) for game in day["games"]]


@edit("corrected", BOX)
def _corrected_box(fault: "Fault", _call: Call, body: Json) -> None:
    player = _subject_player(fault, body)
    player["statistics"]["assists"] += 1
    team = next(team for team in _teams(body) if player in team["players"])["statistics"]
    team["assists"] += 1
    if "assistsTurnoverRatio" in team:
        team["assistsTurnoverRatio"] = team["assists"] / max(team["turnovers"], 1)


@edit("corrected", LOG)
def _corrected_log(fault: "Fault", _call: Call, body: Json) -> None:
    _add_to_row(fault, body, {"AST": 1, "FANTASY_PTS": 1.5})


def _difference(fault: "Fault") -> int:
    return 1 if fault.kind == "conflicting_duplicate" else 0


def _keep_games(body: Json, is_kept: Callable[[Json], bool]) -> None:
    dates = body["leagueSchedule"]["gameDates"]
    for day in dates:
        day["games"] = [game for game in day["games"] if is_kept(game)]
    body["leagueSchedule"]["gameDates"] = [day for day in dates if day["games"]]


def _boxed(body: Json) -> Json:
    """The game of a box score, the CDN's or stats.nba.com's."""
    game: Json = body["game"] if "game" in body else body["boxScoreTraditional"]
    return game


def _teams(body: Json) -> list[Json]:
    return [_boxed(body)["homeTeam"], _boxed(body)["awayTeam"]]


def _players(body: Json) -> Iterator[Json]:
    for team in _teams(body):
        yield from team["players"]


def _subject_player(fault: "Fault", body: Json) -> Json:
    """The player a fault names, else the game's top scorer."""
    named = [p for p in _players(body) if p["personId"] == fault.player]
    if named:
        return named[0]
    return max(_players(body), key=lambda p: (p["statistics"]["points"], p["personId"]))


def _rows(fault: "Fault", body: Json) -> Iterator[list[Any]]:
    table = body["resultSets"][0]
    at = table["headers"].index("GAME_ID")
    return (row for row in table["rowSet"] if fault.game in (None, row[at]))


def _subject_row(fault: "Fault", body: Json) -> list[Any] | None:
    """The row of the player a fault names, else of the top scorer; an empty log has nobody."""
    headers = body["resultSets"][0]["headers"]
    who, points = headers.index("PLAYER_ID"), headers.index("PTS")
    rows = list(_rows(fault, body))
    named = [row for row in rows if row[who] == fault.player]
    if named:
        return named[0]
    return max(rows, key=lambda row: (row[points], row[who])) if rows else None


def _add_to_row(fault: "Fault", body: Json, changes: dict[str, float]) -> None:
    headers, chosen = body["resultSets"][0]["headers"], _subject_row(fault, body)
    if chosen is None:
        return
    for name, change in changes.items():
        at = headers.index(name)
        chosen[at] = round(chosen[at] + change, 1)


def _games(fault: "Fault", body: Json) -> Iterator[Json]:
    for day in body["leagueSchedule"]["gameDates"]:
        yield from (game for game in day["games"] if fault.game in (None, game["gameId"]))


def _swap(holder: Json) -> None:
    holder["homeTeam"], holder["awayTeam"] = holder["awayTeam"], holder["homeTeam"]


def _renamed(holder: Json, old: str, new: str) -> Json:
    return {new if name == old else name: value for name, value in holder.items()}


def _quote(holder: Json, name: str) -> None:
    if name in holder:
        holder[name] = str(holder[name])
