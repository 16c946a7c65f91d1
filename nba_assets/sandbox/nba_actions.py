"""A game's actions as cdn.nba.com words them."""

from collections import Counter
from datetime import datetime
from typing import Any

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.play_by_play import Action, play_by_play
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.simulation import OVERTIME_SECONDS, PERIOD_SECONDS
from nba_assets.sources.teams import BY_TRICODE

Json = dict[str, Any]

_TENTHS_LONG, _TENTHS_WIDE, _HOOP = 940.0, 500.0, 52.5  # of feet; the hoop from its baseline
FIELD_GOALS = ("2pt", "3pt")


def play_by_play_body(league: League, game_id: str) -> Json:
    """The CDN's play-by-play of a finished game. Raises KeyError for an unknown id."""
    box = league.box(game_id)
    actions, clock = play_by_play(league, game_id), GameClock(box)
    tally: Counter[tuple[str, int]] = Counter()
    return {
        "meta": {
            "version": 1,
            "code": 200,
            "request": f"https://nba-prod-us-east-1-mediaops-stats.s3.amazonaws.com/NBA/liveData/playbyplay/playbyplay_{game_id}.json",
            "time": f"{box.published_at.astimezone(EASTERN):%Y-%m-%d %H:%M:%S}",
        },
        "game": {
            "gameId": game_id,
            "actions": [_action(box, clock, action, tally) for action in actions],
        },
    }


def clock_text(seconds: int) -> str:
    """Seconds left as `PT11M42.00S`."""
    return f"PT{seconds // 60:02d}M{seconds % 60:02d}.00S"


class GameClock:
    """When each moment of a game was: its real duration spread over its clock."""

    def __init__(self, box: Box) -> None:
        self._tip_at = box.fixture.tip_at
        self._pace = box.duration / box.result.seconds
        self._texts: dict[tuple[int, int], tuple[str, str]] = {}

    def at(self, period: int, clock: int) -> datetime:
        """The instant in UTC."""
        played = PERIOD_SECONDS * min(period, 4) + OVERTIME_SECONDS * max(period - 4, 0) - clock
        return self._tip_at + self._pace * played

    def texts(self, period: int, clock: int) -> tuple[str, str]:
        """`2026-02-07T00:47:07.2Z` and, in whole seconds, `2026-02-07T00:47:07Z`."""
        key = period, clock
        if key not in self._texts:
            text = self.at(period, clock).isoformat(timespec="milliseconds")
            self._texts[key] = f"{text[:21]}Z", f"{text[:19]}Z"
        return self._texts[key]


def _action(box: Box, clock: GameClock, action: Action, tally: Counter[tuple[str, int]]) -> Json:
    happened_at, edited_at = clock.texts(action.period, action.clock)
    player, place, is_shot = action.player, action.place, action.kind in FIELD_GOALS
    team = BY_TRICODE[action.team] if action.team else None
    row: Json = {
        "actionNumber": action.number,
        "clock": clock_text(action.clock),
        "timeActual": happened_at,
        "period": action.period,
        "periodType": "REGULAR" if action.period <= 4 else "OVERTIME",
    }
    if team:
        row |= {"teamId": team.nba_id, "teamTricode": team.tricode}
    row |= {"actionType": action.kind, "subType": action.sub}
    if action.descriptor:
        row["descriptor"] = action.descriptor
    x, y, side = _floor(box, action) if is_shot and place else (None, None, None)
    row |= {
        "qualifiers": list(action.qualifiers),
        "personId": player.person_id if player else 0,
        "x": x,
        "y": y,
    }
    if place:
        row |= {"area": place.area, "areaDetail": place.detail}
    if place and (is_shot or action.kind == "heave"):
        row["shotDistance"] = round(place.feet, 2)
    row |= {
        "side": side,
        "possession": 0
        if action.kind == "game" or action.possession is None
        else BY_TRICODE[action.possession].nba_id,
        "scoreHome": str(action.home_score),
        "scoreAway": str(action.away_score),
        "edited": edited_at,
        "orderNumber": action.number * 10_000,
        "isTargetScoreLastPeriod": False,
        "xLegacy": place.x if is_shot and place else None,
        "yLegacy": place.y if is_shot and place else None,
        "isFieldGoal": int(is_shot),
    }
    if action.is_made is not None:
        row["shotResult"] = "Made" if action.is_made else "Missed"
    row["description"] = ""
    if player:
        row |= {"playerName": player.family_name, "playerNameI": player.short_name}
    people = (player, action.other, action.blocker, action.rival)
    row["personIdsFilter"] = [one.person_id for one in people if one]
    row |= _details(action, tally)
    row["description"] = _description(action, row)
    return row


def _floor(box: Box, action: Action) -> tuple[float, float, str]:
    """Percent of the floor's length and width: the home side shoots to the right before the half."""
    place = action.place
    if place is None:
        raise ValueError(f"{action.kind} of {box.fixture.game_id} has no place")
    is_right = (action.team == box.fixture.home) == (action.period <= 2)
    along = 100 * (_HOOP + place.y) / _TENTHS_LONG
    across = 100 * place.x / _TENTHS_WIDE
    if is_right:
        return 100 - along, 50 + across, "right"
    return along, 50 - across, "left"


def _details(action: Action, tally: Counter[tuple[str, int]]) -> Json:
    """What only actions of one kind have, running totals among it."""
    player, other = action.player, action.other
    if player is None:
        is_rebound = action.kind == "rebound" and action.shot
        return {"shotActionNumber": action.shot.number} if is_rebound and action.shot else {}
    who = player.person_id

    def count(name: str, more: int = 1) -> int:
        tally[name, who] += more
        return tally[name, who]

    match action.kind:
        case "2pt" | "3pt":
            return _shot_details(action, tally)
        case "freethrow":
            return {"pointsTotal": count("points")} if action.is_made else {}
        case "rebound":
            count(action.sub)
            offensive, defensive = tally["offensive", who], tally["defensive", who]
            return {
                "shotActionNumber": action.shot.number if action.shot else 0,
                "reboundTotal": offensive + defensive,
                "reboundDefensiveTotal": defensive,
                "reboundOffensiveTotal": offensive,
            }
        case "turnover":
            stolen = (
                {"stealPlayerName": other.family_name, "stealPersonId": other.person_id}
                if other
                else {}
            )
            return {"turnoverTotal": count("turnovers"), **stolen}
        case "steal" | "block":
            count(action.kind)
            return {}
        case "foul":
            count("technical" if action.sub == "technical" else "personal")
            drawn = (
                {"foulDrawnPlayerName": other.family_name, "foulDrawnPersonId": other.person_id}
                if other
                else {}
            )
            return {
                "foulPersonalTotal": tally["personal", who],
                "foulTechnicalTotal": tally["technical", who],
                **drawn,
            }
        case "jumpball":
            return _jump_details(action)
    return {}


def _shot_details(action: Action, tally: Counter[tuple[str, int]]) -> Json:
    found: Json = {}
    if action.is_made and action.player:
        tally["points", action.player.person_id] += int(action.kind[0])
        found["pointsTotal"] = tally["points", action.player.person_id]
    if action.other:
        tally["assists", action.other.person_id] += 1
        found |= {
            "assistPlayerNameInitial": action.other.short_name,
            "assistPersonId": action.other.person_id,
            "assistTotal": tally["assists", action.other.person_id],
        }
    if action.blocker:
        found |= {
            "blockPlayerName": action.blocker.family_name,
            "blockPersonId": action.blocker.person_id,
        }
    return found


def _jump_details(action: Action) -> Json:
    caught, won, lost = action.player, action.other, action.rival
    if caught is None or won is None or lost is None:
        raise ValueError(f"a jump ball in period {action.period} lacks one of its players")
    return {
        "jumpBallRecoveredName": caught.short_name,
        "jumpBallRecoverdPersonId": caught.person_id,
        "jumpBallWonPlayerName": won.family_name,
        "jumpBallWonPersonId": won.person_id,
        "jumpBallLostPlayerName": lost.family_name,
        "jumpBallLostPersonId": lost.person_id,
    }


def _description(action: Action, row: Json) -> str:
    who = action.player.short_name if action.player else (action.team or "")
    if action.kind in (*FIELD_GOALS, "freethrow"):
        return _shot_description(action, row, who)
    manner = " ".join(word for word in (action.descriptor, action.sub) if word)
    match action.kind:
        case "rebound" if action.player is None:
            return f"TEAM {action.sub} REBOUND"
        case "rebound":
            off, defence = row["reboundOffensiveTotal"], row["reboundDefensiveTotal"]
            return f"{who} REBOUND (Off:{off} Def:{defence})"
        case "turnover":
            return f"{who} {manner} TURNOVER ({row.get('turnoverTotal', 0)} TO)"
        case "foul":
            is_technical = action.sub == "technical"
            total = row["foulTechnicalTotal" if is_technical else "foulPersonalTotal"]
            return f"{who} {manner} FOUL ({total} {'Tech' if is_technical else 'PF'})"
        case "jumpball":
            return f"Jump Ball {_short(action.other)} vs. {_short(action.rival)}: Tip to {who}"
    return {
        "substitution": f"SUB {action.sub}: {who}",
        "period": f"Period {action.sub.title()}",
        "game": f"Game {action.sub.title()}",
        "timeout": f"{action.team} Timeout",
    }.get(action.kind, f"{who} {action.kind.upper()}")


def _shot_description(action: Action, row: Json, who: str) -> str:
    manner = " ".join(word for word in (action.descriptor, action.sub) if word)
    shot = {"2pt": manner, "3pt": f"3PT {action.descriptor or ''}"}.get(
        action.kind, f"Free Throw {action.sub}"
    )
    if not action.is_made:
        return f"MISS {who} {shot}{' - blocked' if action.blocker else ''}"
    assist = ""
    if action.other:
        assist = f" ({row['assistPlayerNameInitial']} {row['assistTotal']} AST)"
    return f"{who} {shot} ({row['pointsTotal']} PTS){assist}"


def _short(player: Player | None) -> str:
    return player.short_name if player else ""
