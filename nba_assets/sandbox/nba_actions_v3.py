"""A game's actions as stats.nba.com words them, and the rows of its shot chart."""

from collections import Counter
from typing import Any

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.league import Box, League, utc_text
from nba_assets.sandbox.nba_actions import FIELD_GOALS, GameClock, clock_text
from nba_assets.sandbox.play_by_play import Action, play_by_play
from nba_assets.sources.teams import BY_TRICODE

Json = dict[str, Any]

_V3_KINDS = {
    "rebound": "Rebound",
    "turnover": "Turnover",
    "foul": "Foul",
    "timeout": "Timeout",
    "freethrow": "Free Throw",
    "jumpball": "Jump Ball",
    "period": "period",
    "steal": "",
    "block": "",
}
_ORDINALS = ("1st", "2nd", "3rd", "4th")


def play_by_play_v3_body(league: League, game_id: str) -> Json:
    """The same actions from stats.nba.com: fewer fields, and scores only where they changed."""
    box = league.box(game_id)
    clock = GameClock(box)
    rows: list[Json] = []
    outs: list[Action] = []
    shot_before: Action | None = None
    totals: Counter[int] = Counter()
    for action in play_by_play(league, game_id):
        if action.kind == "game":
            continue
        if action.kind == "substitution" and action.sub == "out":
            outs.append(action)
            continue
        partner = outs.pop(0) if action.kind == "substitution" else None
        # A steal and a block share the number of the action they belong to.
        number = action.number
        if action.kind in ("steal", "block") and shot_before:
            number = shot_before.number
        shot_before = action
        row = _v3(box, clock, action, partner, totals)
        rows.append({**row, "actionNumber": number, "actionId": len(rows) + 1})
    return {
        "meta": {
            "version": 1,
            "request": f"http://nba.cloud/games/{game_id}/playbyplay?Format=json",
            "time": f"{utc_text(box.published_at)[:-1]}.0Z",
        },
        "game": {"gameId": game_id, "videoAvailable": 1, "actions": rows},
    }


def _v3(
    box: Box, clock: GameClock, action: Action, partner: Action | None, totals: Counter[int]
) -> Json:
    player = partner.player if partner else action.player
    team = BY_TRICODE[action.team] if action.team else None
    is_shot = action.kind in FIELD_GOALS
    place = action.place if is_shot else None
    worth = int(action.kind[0]) if action.kind in FIELD_GOALS else int(action.kind == "freethrow")
    is_score = action.kind == "period" or bool(action.is_made)
    points = 0
    if player and action.is_made:
        totals[player.person_id] += worth
    if action.kind == "period":
        points = action.home_score + action.away_score
    elif player and is_score:
        points = totals[player.person_id]
    kind, sub = v3_words(action)
    return {
        "actionNumber": 0,
        "clock": clock_text(action.clock),
        "period": action.period,
        "teamId": team.nba_id if team and player else 0,
        "teamTricode": team.tricode if team and player else "",
        # A team's own action has the team's id where a player's would be.
        "personId": player.person_id if player else (team.nba_id if team else 0),
        "playerName": player.family_name if player else "",
        "playerNameI": player.short_name if player else "",
        "xLegacy": place.x if place else 0,
        "yLegacy": place.y if place else 0,
        "shotDistance": int(place.feet) if place else 0,
        "shotResult": ("Made" if action.is_made else "Missed") if is_shot else "",
        "isFieldGoal": int(is_shot),
        "scoreHome": str(action.home_score) if is_score else "",
        "scoreAway": str(action.away_score) if is_score else "",
        "pointsTotal": points,
        "location": {box.fixture.home: "h", box.fixture.away: "v"}.get(action.team or "", ""),
        "description": _v3_description(clock, action, partner),
        "actionType": kind,
        "subType": sub,
        "videoAvailable": int(player is not None),
        "shotValue": worth if is_shot else 0,
        "actionId": 0,
    }


def v3_words(action: Action) -> tuple[str, str]:
    """The type and subtype of an action at stats.nba.com, `Made Shot`, `Driving Layup Shot`."""
    if action.kind in FIELD_GOALS:
        shot = {"Layup": "Layup Shot", "DUNK": "Dunk Shot", "Hook": "Hook Shot"}.get(action.sub)
        # Its own spelling: `Jump Shot`, but `Pullup Jump shot`.
        jump = "Jump shot" if action.descriptor in ("pullup", "step back") else "Jump Shot"
        manner = f"{action.descriptor.title()} " if action.descriptor else ""
        return ("Made Shot" if action.is_made else "Missed Shot"), f"{manner}{shot or jump}"
    if action.kind == "foul":
        word = "Shooting" if action.descriptor == "shooting" else action.sub.title()
        return "Foul", word
    sub = {
        "period": action.sub,
        "timeout": "Regular",
        "rebound": "Unknown",
        "freethrow": f"Free Throw {action.sub}",
        "turnover": action.sub.replace("-", " ").title(),
    }.get(action.kind, "")
    return _V3_KINDS.get(action.kind, action.kind.title()), sub


def _v3_description(clock: GameClock, action: Action, partner: Action | None) -> str:
    who = action.player.family_name if action.player else (action.team or "")
    if partner and partner.player:
        return f"SUB: {who} FOR {partner.player.family_name}"
    if action.kind == "period":
        at = clock.at(action.period, action.clock).astimezone(EASTERN)
        name = (
            f"{_ORDINALS[action.period - 1]} Period"
            if action.period <= 4
            else f"{action.period - 4}OT"
        )
        return f"{action.sub.title()} of {name} ({at:%-I:%M %p} EST)"
    feet = f"{int(action.place.feet)}' " if action.place and action.kind in FIELD_GOALS else ""
    miss = "" if action.is_made is not False else "MISS "
    three = "3PT " if action.kind == "3pt" else ""
    kind, sub = v3_words(action)
    words = f"{feet}{three}{sub or kind or action.kind.upper()}"
    if action.kind == "rebound":
        words = "REBOUND"
    return f"{miss}{who} {words}"


def shot_rows(league: League, game_id: str) -> list[list[Any]]:
    """One row per field goal attempt, in the columns of `Shot_Chart_Detail`."""
    box = league.box(game_id)
    fixture = box.fixture
    rows: list[list[Any]] = []
    for action in play_by_play(league, game_id):
        place, player = action.place, action.player
        if action.kind not in FIELD_GOALS or place is None or player is None or action.team is None:
            continue
        team = BY_TRICODE[action.team]
        event, manner = v3_words(action)
        rows.append(
            [
                "Shot Chart Detail",
                game_id,
                action.number,
                player.person_id,
                player.name,
                team.nba_id,
                team.full_name,
                action.period,
                action.clock // 60,
                action.clock % 60,
                event,
                manner,
                f"{action.kind[0]}PT Field Goal",
                place.area,
                place.zone_area,
                place.zone_range,
                int(place.feet),
                place.x,
                place.y,
                1,
                int(bool(action.is_made)),
                f"{fixture.day:%Y%m%d}",
                fixture.home,
                fixture.away,
            ]
        )
    return rows
