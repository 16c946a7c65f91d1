"""Content faults of ESPN, BallDontLie, the betting sites, Basketball-Reference and BigDataBall.

Importing this module registers them. Three kinds exist for lines alone: `in_play_lines`,
`alternate_lines` and `one_sided_prices`.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from nba_assets.sandbox.exchange import Call
from nba_assets.sandbox.feed import Document
from nba_assets.sandbox.forgery import UNKNOWN_PLAYER, UNKNOWN_TEAM, UNKNOWN_TRICODE
from nba_assets.sandbox.kinds import KINDS, edit, edited
from nba_assets.sandbox.league import utc_text
from nba_assets.sandbox.provider_ids import (
    game_of_bdl,
    game_of_bettingpros,
    game_of_espn,
    game_of_odds,
)

if TYPE_CHECKING:
    from nba_assets.sandbox.faults import Fault

Json = Any

LINE_FAULTS = {
    "in_play_lines": "Lines from before the tip, stamped as if updated in play.",
    "alternate_lines": "Every book lists further points beside each player's line.",
    "one_sided_prices": "Every second line has lost its Under.",
}
KINDS.update(dict.fromkeys(LINE_FAULTS, edited))

PLAYER_LINES, GAME_LINES = "odds_player_points", "odds_game_lines"
LINES = (PLAYER_LINES, GAME_LINES)
OFFERS = "bettingpros_offers"
DOCUMENTS = ("bref_box_scores", "bref_rosters", "detailed_pbp")

GAME_LISTS = (
    "espn_scoreboard",
    "bdl_games",
    "bdl_box_scores",
    "bdl_stats",
    "bdl_live",
    "odds_events",
    "bettingpros_events",
    OFFERS,
)
PEOPLE_LISTS = ("espn_summary", "espn_rosters", "espn_injuries", "bdl_players", "bdl_injuries")

# The key that is renamed where the fault names none, and the one that becomes a text.
_KEYS = {
    "espn_scoreboard": ("score", "period"),
    "espn_summary": ("points", "period"),
    "espn_rosters": ("displayName", "height"),
    "espn_injuries": ("displayName", "year"),
    "bdl_games": ("home_team_score", "home_team_score"),
    "bdl_box_scores": ("pts", "pts"),
    "bdl_stats": ("pts", "pts"),
    "bdl_live": ("pts", "pts"),
    "bdl_players": ("first_name", "id"),
    "bdl_injuries": ("status", "id"),
    "bdl_standings": ("wins", "wins"),
    "odds_events": ("commence_time", ""),
    PLAYER_LINES: ("price", "price"),
    GAME_LINES: ("price", "price"),
    "bettingpros_events": ("scheduled", "id"),
    OFFERS: ("cost", "line"),
}
_NEW_NAME = "renamed"
_IN_PLAY_AFTER = timedelta(minutes=12)


def _content(body: Json) -> Json:
    """The live form of an answer of The Odds API, the others as they are."""
    if isinstance(body, dict) and "timestamp" in body and "data" in body:
        return body["data"]
    return body


def _games(feed: str, body: Json) -> list[Json]:
    """The list of a body whose rows are games, or belong to one."""
    if feed == "espn_scoreboard" or feed == "bettingpros_events":
        found: list[Json] = body["events"]
    elif feed == OFFERS:
        found = body["offers"]
    elif feed == "odds_events":
        found = _content(body)
    else:
        found = body["data"]
    return found


def _game_of(call: Call, row: Json) -> str | None:
    """The NBA game id of a row."""
    feed = call.feed.name
    if feed == "espn_scoreboard":
        return game_of_espn(row["id"])
    if feed == "odds_events":
        return game_of_odds(call.league, row["id"])
    if feed == OFFERS:
        return game_of_bettingpros(str(row["event_id"]))
    if feed == "bettingpros_events":
        return game_of_bettingpros(str(row["id"]))
    return game_of_bdl((row["game"] if feed == "bdl_stats" else row)["id"])


def _people(feed: str, body: Json) -> list[list[Json]]:
    """The lists of a body whose rows are people."""
    if feed == "espn_summary":
        return [team["statistics"][0]["athletes"] for team in body["boxscore"]["players"]]
    if feed == "espn_rosters":
        return [body["team"]["athletes"]]
    if feed == "espn_injuries":
        return [team["injuries"] for team in body["injuries"]]
    return [body["data"]]


def _outcomes(body: Json) -> Iterator[list[Json]]:
    for book in _content(body)["bookmakers"]:
        for market in book["markets"]:
            yield market["outcomes"]


@edit("empty", *GAME_LISTS)
def _no_games(fault: "Fault", call: Call, body: Json) -> None:
    rows = _games(call.feed.name, body)
    rows[:] = [row for row in rows if fault.game not in (None, _game_of(call, row))]


@edit("empty", *PEOPLE_LISTS)
def _nobody(_fault: "Fault", call: Call, body: Json) -> None:
    for rows in _people(call.feed.name, body):
        rows.clear()


@edit("empty", "bdl_standings")
def _no_standings(_fault: "Fault", _call: Call, body: Json) -> None:
    body["data"] = []


@edit("empty", *LINES)
def _no_lines(_fault: "Fault", _call: Call, body: Json) -> None:
    _content(body)["bookmakers"] = []


@edit("empty", "bigdataball_files")
def _no_files(_fault: "Fault", _call: Call, body: Json) -> None:
    body["files"] = []


@edit("empty", "bref_box_scores", "bref_rosters")
def _no_rows(_fault: "Fault", _call: Call, body: Document) -> Document:
    return _replaced(body, rb"<tbody>.*?</tbody>", b"<tbody></tbody>")


@edit("empty", "detailed_pbp")
def _header_only(_fault: "Fault", _call: Call, body: Document) -> Document:
    return body._replace(content=body.content.split(b"\n", 1)[0] + b"\n")


@edit("short", *GAME_LISTS)
def _few_games(fault: "Fault", call: Call, body: Json) -> None:
    rows = _games(call.feed.name, body)
    kept = list(dict.fromkeys(_game_of(call, row) for row in rows))[: fault.games]
    rows[:] = [row for row in rows if _game_of(call, row) in kept]


@edit("renamed_key", *_KEYS)
def _renamed(fault: "Fault", call: Call, body: Json) -> None:
    old, new = fault.field or _KEYS[call.feed.name][0], fault.to or _NEW_NAME
    for node in list(_nodes(body)):
        if old in node:
            renamed = {new if name == old else name: value for name, value in node.items()}
            node.clear()
            node.update(renamed)
        if isinstance(node.get("keys"), list):  # ESPN's columns are named in a list
            node["keys"] = [new if key == old else key for key in node["keys"]]


@edit("renamed_key", *DOCUMENTS)
def _renamed_in_document(fault: "Fault", call: Call, body: Document) -> Document:
    """A column of a table, and of the CSV's first line."""
    new = (fault.to or _NEW_NAME).encode()
    if call.feed.name == "detailed_pbp":
        header, _, rest = body.content.partition(b"\n")
        old = (fault.field or "result").encode()
        columns = [new if column == old else column for column in header.split(b",")]
        return body._replace(content=b",".join(columns) + b"\n" + rest)
    old = (fault.field or ("pts" if call.feed.name == "bref_box_scores" else "pos")).encode()
    return _replaced(body, rb'data-stat="' + old + rb'"', b'data-stat="' + new + b'"')


@edit("number_as_string", *(feed for feed, (_, number) in _KEYS.items() if number))
def _quoted(fault: "Fault", call: Call, body: Json) -> None:
    name = fault.field or _KEYS[call.feed.name][1]
    for node in _nodes(body):
        if isinstance(node.get(name), int | float):
            node[name] = str(node[name])


@edit("duplicated", *GAME_LISTS)
def _twice(fault: "Fault", call: Call, body: Json) -> None:
    rows = _games(call.feed.name, body)
    chosen = [row for row in rows if fault.game in (None, _game_of(call, row))]
    rows += deepcopy(chosen[:1])


@edit("duplicated", *PEOPLE_LISTS)
def _somebody_twice(_fault: "Fault", call: Call, body: Json) -> None:
    for rows in _people(call.feed.name, body)[:1]:
        rows += deepcopy(rows[:1])


@edit("duplicated", *LINES)
def _line_twice(_fault: "Fault", _call: Call, body: Json) -> None:
    for outcomes in _outcomes(body):
        outcomes += deepcopy(outcomes[:2])


@edit("unknown_team", "espn_scoreboard", "espn_summary")
def _unknown_espn_team(fault: "Fault", call: Call, body: Json) -> None:
    if call.feed.name == "espn_summary":
        teams = [body["boxscore"]["players"][0]["team"]]
    else:
        events = [e for e in body["events"] if fault.game in (None, _game_of(call, e))]
        teams = [e["competitions"][0]["competitors"][0]["team"] for e in events[:1]]
    for team in teams:
        team |= {"abbreviation": UNKNOWN_TRICODE, "displayName": UNKNOWN_TEAM}


@edit("unknown_team", "bdl_games", "bdl_box_scores", "bdl_stats")
def _unknown_bdl_team(fault: "Fault", call: Call, body: Json) -> None:
    side = "team" if call.feed.name == "bdl_stats" else "home_team"
    rows = [row for row in body["data"] if fault.game in (None, _game_of(call, row))]
    for row in rows[:1]:
        row[side] |= {"abbreviation": UNKNOWN_TRICODE, "full_name": UNKNOWN_TEAM}


@edit("unknown_team", "odds_events", *LINES)
def _unknown_odds_team(fault: "Fault", call: Call, body: Json) -> None:
    content = _content(body)
    rows = content if call.feed.name == "odds_events" else [content]
    for row in [row for row in rows if fault.game in (None, game_of_odds(call.league, row["id"]))][
        :1
    ]:
        old, row["home_team"] = row["home_team"], UNKNOWN_TEAM
        for node in _nodes(row):
            if node.get("name") == old:
                node["name"] = UNKNOWN_TEAM


@edit("unknown_team", "bettingpros_events")
def _unknown_bettingpros_team(fault: "Fault", call: Call, body: Json) -> None:
    rows = [row for row in body["events"] if fault.game in (None, _game_of(call, row))]
    for row in rows[:1]:
        row["home"] = UNKNOWN_TRICODE


@edit("unknown_player", *PEOPLE_LISTS, "bdl_box_scores", "bdl_stats")
def _unknown_person(fault: "Fault", call: Call, body: Json) -> None:
    """The first person of the body, or of the game."""
    feed = call.feed.name
    first, family = UNKNOWN_PLAYER
    if feed in ("bdl_box_scores", "bdl_stats"):
        rows = [row for row in body["data"] if fault.game in (None, _game_of(call, row))]
        if feed == "bdl_box_scores":
            rows = [line for row in rows for line in row["home_team"]["players"]]
    else:
        rows = [row for people in _people(feed, body) for row in people]
    for row in rows[:1]:
        person = row.get("athlete") or row.get("player") or row
        if "displayName" in person:
            person["displayName"] = f"{first} {family}"
        else:
            person |= {"first_name": first, "last_name": family}


@edit("unknown_player", PLAYER_LINES)
def _unknown_name_in_lines(_fault: "Fault", _call: Call, body: Json) -> None:
    """One player at every book."""
    first = next((rows[0]["description"] for rows in _outcomes(body) if rows), None)
    for outcomes in _outcomes(body):
        for outcome in outcomes:
            if outcome["description"] == first:
                outcome["description"] = " ".join(UNKNOWN_PLAYER)


@edit("unknown_player", OFFERS)
def _unknown_name_in_offers(_fault: "Fault", _call: Call, body: Json) -> None:
    for offer in body["offers"][:1]:
        first, family = UNKNOWN_PLAYER
        offer["participants"][0]["name"] = f"{first} {family}"
        offer["participants"][0]["player"] |= {"first_name": first, "last_name": family}


@edit("corrected", "espn_summary")
def _corrected_summary(_fault: "Fault", _call: Call, body: Json) -> None:
    """One more assist for the first who played."""
    for team in body["boxscore"]["players"][:1]:
        block = team["statistics"][0]
        at = block["keys"].index("assists")
        row = next(row for row in block["athletes"] if row["stats"])
        row["stats"][at] = str(int(row["stats"][at]) + 1)


@edit("corrected", "bdl_box_scores")
def _corrected_box_scores(fault: "Fault", call: Call, body: Json) -> None:
    """One more assist for the first who played."""
    rows = [row for row in body["data"] if fault.game in (None, _game_of(call, row))]
    lines = [line for row in rows for line in row["home_team"]["players"] if line["min"] != "00"]
    for line in lines[:1]:
        line["ast"] += 1


@edit("in_play_lines", *LINES)
def _lines_in_play(_fault: "Fault", call: Call, body: Json) -> None:
    """The same numbers, as if updated after the tip."""
    content = _content(body)
    game_id = game_of_odds(call.league, content["id"])
    fixture = call.league.fixture(game_id) if game_id else None
    if fixture is None:
        return
    for node in _nodes(content["bookmakers"]):
        if "last_update" in node:
            node["last_update"] = utc_text(fixture.tip_at + _IN_PLAY_AFTER)


@edit("in_play_lines", OFFERS)
def _offers_in_play(_fault: "Fault", call: Call, body: Json) -> None:
    for offer in body["offers"]:
        game_id = game_of_bettingpros(str(offer["event_id"]))
        fixture = call.league.fixture(game_id) if game_id else None
        for node in _nodes(offer["selections"]):
            if fixture is not None and "updated" in node:
                node["updated"] = f"{fixture.tip_at + _IN_PLAY_AFTER:%Y-%m-%d %H:%M:%S}"


@edit("alternate_lines", PLAYER_LINES)
def _alternates_everywhere(_fault: "Fault", _call: Call, body: Json) -> None:
    """A point two above with a long Over, a point two below with a long Under."""
    for outcomes in _outcomes(body):
        further = []
        for outcome in outcomes:
            for shift in (2.0, -2.0):
                is_long = (outcome["name"] == "Over") == (shift > 0)
                price = _long(outcome["price"]) if is_long else _short(outcome["price"])
                if outcome["point"] + shift > 0:
                    further.append(outcome | {"point": outcome["point"] + shift, "price": price})
        outcomes += further


@edit("one_sided_prices", PLAYER_LINES)
def _without_unders(_fault: "Fault", _call: Call, body: Json) -> None:
    for outcomes in _outcomes(body):
        players = list(dict.fromkeys(outcome["description"] for outcome in outcomes))
        lost = set(players[::2])
        outcomes[:] = [o for o in outcomes if o["name"] == "Over" or o["description"] not in lost]


@edit("one_sided_prices", OFFERS)
def _offers_without_unders(_fault: "Fault", _call: Call, body: Json) -> None:
    for offer in body["offers"][::2]:
        offer["selections"] = [s for s in offer["selections"] if s["selection"] == "over"]


def _long(price: float) -> float:
    return 150 if isinstance(price, int) else 2.5


def _short(price: float) -> float:
    return -190 if isinstance(price, int) else 1.53


def _nodes(body: Json) -> Iterator[dict[str, Any]]:
    """Every JSON object of a body, outer ones first."""
    if isinstance(body, dict):
        yield body
        for value in list(body.values()):
            yield from _nodes(value)
    elif isinstance(body, list):
        for value in body:
            yield from _nodes(value)


def _replaced(body: Document, pattern: bytes, replacement: bytes) -> Document:
    literal: Callable[[re.Match[bytes]], bytes] = lambda _: replacement  # noqa: E731
    return body._replace(content=re.sub(pattern, literal, body.content, flags=re.DOTALL))
