"""Faults that change what a body says: each kind states its effect on every feed it can hurt."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from nba_assets.sandbox.exchange import Call, Reply
from nba_assets.sandbox.kinds import kind

if TYPE_CHECKING:
    from nba_assets.sandbox.faults import Fault

BENCHLESS = 6  # players a team that `short_bench` leaves in a box

Edit = Callable[["Fault", dict[str, Any]], None]


@kind
def empty(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """Valid JSON without players, rows or games. With `game`, only that game is left out."""

    def box(_: "Fault", body: dict[str, Any]) -> None:
        for team in _teams(body):
            team["players"] = []

    def log(fault: "Fault", body: dict[str, Any]) -> None:
        table = body["resultSets"][0]
        at = table["headers"].index("GAME_ID")
        kept = [row for row in table["rowSet"] if fault.game not in (None, row[at])]
        table["rowSet"] = kept

    def schedule(fault: "Fault", body: dict[str, Any]) -> None:
        dates = body["leagueSchedule"]["gameDates"]
        for day in dates:
            day["games"] = [g for g in day["games"] if fault.game not in (None, g["gameId"])]
        body["leagueSchedule"]["gameDates"] = [day for day in dates if day["games"]]

    return _edit(fault, call, reply, box, log, schedule)


@kind
def renamed_key(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """`field` is called `to`: box points → pts, log PTS → POINTS, schedule gameId → id."""

    def box(fault: "Fault", body: dict[str, Any]) -> None:
        old, new = fault.field or "points", fault.to or "pts"
        for player in _players(body):
            player["statistics"] = _renamed(player["statistics"], old, new)

    def log(fault: "Fault", body: dict[str, Any]) -> None:
        old, new = fault.field or "PTS", fault.to or "POINTS"
        table = body["resultSets"][0]
        table["headers"] = [new if name == old else name for name in table["headers"]]

    def schedule(fault: "Fault", body: dict[str, Any]) -> None:
        old, new = fault.field or "gameId", fault.to or "id"
        for day in body["leagueSchedule"]["gameDates"]:
            day["games"] = [
                _renamed(g, old, new) if fault.game in (None, g["gameId"]) else g
                for g in day["games"]
            ]

    return _edit(fault, call, reply, box, log, schedule)


@kind
def number_as_string(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """`field` is written "124" for 124: box points, log PTS, schedule score."""

    def box(fault: "Fault", body: dict[str, Any]) -> None:
        for player in _players(body):
            _quote(player["statistics"], fault.field or "points")

    def log(fault: "Fault", body: dict[str, Any]) -> None:
        at = body["resultSets"][0]["headers"].index(fault.field or "PTS")
        for row in _rows(fault, body):
            row[at] = str(row[at])

    def schedule(fault: "Fault", body: dict[str, Any]) -> None:
        for game in _games(fault, body):
            for holder in (game, game["homeTeam"], game["awayTeam"]):
                _quote(holder, fault.field or "score")

    return _edit(fault, call, reply, box, log, schedule)


@kind
def duplicated(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """A game's rows twice in the log, one player twice in the box, a game twice in the schedule."""
    return _duplicate(fault, call, reply, differing_by=0)


@kind
def conflicting_duplicate(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """As `duplicated`, and the copies differ by one point."""
    return _duplicate(fault, call, reply, differing_by=1)


@kind
def swapped(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """Home and away exchanged."""

    def box(_: "Fault", body: dict[str, Any]) -> None:
        _swap(body["game"])

    def log(fault: "Fault", body: dict[str, Any]) -> None:
        at = body["resultSets"][0]["headers"].index("MATCHUP")
        for row in _rows(fault, body):
            ours, sign, theirs = row[at].split()
            row[at] = f"{ours} {'@' if sign == 'vs.' else 'vs.'} {theirs}"

    def schedule(fault: "Fault", body: dict[str, Any]) -> None:
        for game in _games(fault, body):
            _swap(game)

    return _edit(fault, call, reply, box, log, schedule)


@kind
def wrong_sum(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """One player's points are `amount` too many, so players and line score disagree."""

    def box(fault: "Fault", body: dict[str, Any]) -> None:
        _subject_player(fault, body)["statistics"]["points"] += fault.amount

    def log(fault: "Fault", body: dict[str, Any]) -> None:
        _add_to_row(fault, body, {"PTS": fault.amount})

    return _edit(fault, call, reply, box, log)


@kind
def zero_minutes(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """Everybody played no time at all, and scored in it."""

    def box(_: "Fault", body: dict[str, Any]) -> None:
        for player in _players(body):
            player["statistics"] |= {"minutes": "PT00M00.00S", "minutesCalculated": "PT00M"}

    def log(fault: "Fault", body: dict[str, Any]) -> None:
        at = body["resultSets"][0]["headers"].index("MIN")
        for row in _rows(fault, body):
            row[at] = 0

    return _edit(fault, call, reply, box, log)


@kind
def short_bench(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """Each team's box lists its first six players only."""

    def box(_: "Fault", body: dict[str, Any]) -> None:
        for team in _teams(body):
            team["players"] = team["players"][:BENCHLESS]

    return _edit(fault, call, reply, box)


@kind
def reordered(fault: "Fault", call: Call, reply: Reply) -> Reply:
    """The same facts with columns and keys in the opposite order; nobody may notice."""

    def box(_: "Fault", body: dict[str, Any]) -> None:
        for player in _players(body):
            player["statistics"] = dict(reversed(player["statistics"].items()))

    def log(_: "Fault", body: dict[str, Any]) -> None:
        table = body["resultSets"][0]
        table["headers"] = table["headers"][::-1]
        table["rowSet"] = [row[::-1] for row in table["rowSet"]]

    def schedule(_: "Fault", body: dict[str, Any]) -> None:
        for day in body["leagueSchedule"]["gameDates"]:
            day["games"] = [dict(reversed(game.items())) for game in day["games"]]

    return _edit(fault, call, reply, box, log, schedule)


def one_more_assist(fault: "Fault", call: Call, reply: Reply) -> bool:
    """A scorer's late correction; False where the body holds nobody to credit."""

    def box(fault: "Fault", body: dict[str, Any]) -> None:
        player = _subject_player(fault, body)
        player["statistics"]["assists"] += 1
        team = next(team for team in _teams(body) if player in team["players"])["statistics"]
        team["assists"] += 1
        team["assistsTurnoverRatio"] = team["assists"] / max(team["turnovers"], 1)

    def log(fault: "Fault", body: dict[str, Any]) -> None:
        _add_to_row(fault, body, {"AST": 1, "FANTASY_PTS": 1.5})

    before = deepcopy(reply.body)
    _edit(fault, call, reply, box, log)
    return reply.body != before


def _edit(
    fault: "Fault",
    call: Call,
    reply: Reply,
    box: Edit | None = None,
    log: Edit | None = None,
    schedule: Edit | None = None,
) -> Reply:
    """Apply the feed's edit, if there is a body and the kind means anything to the feed."""
    edits = {"nba_boxscore": box, "nba_game_log": log, "nba_schedule": schedule}
    edit = edits.get(call.feed.name)
    if edit is not None and reply.body is not None and reply.observed_at is not None:
        edit(fault, reply.body)
    return reply


def _duplicate(fault: "Fault", call: Call, reply: Reply, differing_by: int) -> Reply:
    def box(fault: "Fault", body: dict[str, Any]) -> None:
        player = _subject_player(fault, body)
        team = next(team for team in _teams(body) if player in team["players"])
        copy = deepcopy(player)
        copy["statistics"]["points"] += differing_by
        team["players"].append(copy)

    def log(fault: "Fault", body: dict[str, Any]) -> None:
        table = body["resultSets"][0]
        game, points = table["headers"].index("GAME_ID"), table["headers"].index("PTS")
        rows = list(_rows(fault, body))
        copies = [list(row) for row in rows if row[game] == rows[0][game]]
        for copy in copies[:1]:
            copy[points] += differing_by
        table["rowSet"] += copies

    def schedule(fault: "Fault", body: dict[str, Any]) -> None:
        chosen = next(_games(fault, body), None)
        for day in body["leagueSchedule"]["gameDates"]:
            if chosen is not None and chosen in day["games"]:
                copy = deepcopy(chosen)
                copy["homeTeam"]["score"] += differing_by
                day["games"].append(copy)
                break

    return _edit(fault, call, reply, box, log, schedule)


def _teams(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [body["game"]["homeTeam"], body["game"]["awayTeam"]]


def _players(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for team in _teams(body):
        yield from team["players"]


def _subject_player(fault: "Fault", body: dict[str, Any]) -> dict[str, Any]:
    """The player a fault names, else the game's top scorer."""
    named = [p for p in _players(body) if p["personId"] == fault.player]
    if named:
        return named[0]
    return max(_players(body), key=lambda p: (p["statistics"]["points"], p["personId"]))


def _rows(fault: "Fault", body: dict[str, Any]) -> Iterator[list[Any]]:
    table = body["resultSets"][0]
    at = table["headers"].index("GAME_ID")
    return (row for row in table["rowSet"] if fault.game in (None, row[at]))


def _add_to_row(fault: "Fault", body: dict[str, Any], changes: dict[str, float]) -> None:
    """Change the row of the named player, else of the top scorer; an empty log has nobody."""
    headers = body["resultSets"][0]["headers"]
    who, points = headers.index("PLAYER_ID"), headers.index("PTS")
    rows = list(_rows(fault, body))
    named = [row for row in rows if row[who] == fault.player]
    if not rows:
        return
    chosen = named[0] if named else max(rows, key=lambda row: (row[points], row[who]))
    for name, change in changes.items():
        at = headers.index(name)
        chosen[at] = round(chosen[at] + change, 1)


def _games(fault: "Fault", body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for day in body["leagueSchedule"]["gameDates"]:
        yield from (game for game in day["games"] if fault.game in (None, game["gameId"]))


def _swap(holder: dict[str, Any]) -> None:
    holder["homeTeam"], holder["awayTeam"] = holder["awayTeam"], holder["homeTeam"]


def _renamed(holder: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: value for name, value in holder.items()}


def _quote(holder: dict[str, Any], name: str) -> None:
    if name in holder:
        holder[name] = str(holder[name])
