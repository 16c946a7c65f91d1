"""A finished game as the NBA.com CDN words it."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.arenas import ARENAS
from nba_assets.sandbox.league import Box, League, Unused, utc_text
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.simulation import Line, TeamResult
from nba_assets.sources.teams import BY_TRICODE

_SUMMED = (
    "assists", "blocks", "blocksReceived", "foulsOffensive", "foulsDrawn", "foulsPersonal",
    "foulsTechnical", "freeThrowsAttempted", "freeThrowsMade", "points", "pointsFastBreak",
    "pointsInThePaint", "pointsSecondChance", "reboundsDefensive", "reboundsOffensive", "steals",
    "threePointersAttempted", "threePointersMade", "turnovers", "twoPointersAttempted",
    "twoPointersMade",
)  # fmt: skip
_COUNTED = (*_SUMMED, "plus", "minus")
_NOTHING = dict.fromkeys(_COUNTED, 0)
_SHOTS = ("fieldGoals", "freeThrows", "threePointers", "twoPointers")


def box_score_body(league: League, game_id: str) -> dict[str, Any]:
    """The box score of a finished game, both teams complete. Raises KeyError for an unknown id."""
    box = league.box(game_id)
    fixture = box.fixture
    home, away = box.result.home, box.result.away
    arena = box.arena
    host = fixture.tip_at.astimezone(arena.clock).isoformat()
    return {
        "meta": {
            "version": 1,
            "code": 200,
            "request": f"https://cdn.nba.com/static/json/liveData/boxscore/boxscore_{game_id}.json",
            # Eastern, on a 24-hour clock without a zone, as the CDN prints it.
            "time": f"{box.published_at.astimezone(EASTERN):%Y-%m-%d %H:%M:%S}",
        },
        "game": {
            "gameId": game_id,
            "gameTimeLocal": host,
            "gameTimeUTC": utc_text(fixture.tip_at),
            "gameTimeHome": host,
            "gameTimeAway": fixture.tip_at.astimezone(ARENAS[fixture.away].clock).isoformat(),
            "gameEt": fixture.tip_at.astimezone(EASTERN).isoformat(),
            "duration": int(box.duration / timedelta(minutes=1)),
            "gameCode": f"{fixture.day:%Y%m%d}/{fixture.away}{fixture.home}",
            "gameStatusText": box.status_text,
            "gameStatus": 3,
            "regulationPeriods": 4,
            "period": box.result.periods,
            "gameClock": "PT00M00.00S",
            "attendance": box.attendance,
            "sellout": "1" if box.attendance == arena.capacity else "0",
            "arena": {
                "arenaId": arena.arena_id,
                "arenaName": arena.name,
                "arenaCity": arena.city,
                "arenaState": arena.state,
                "arenaCountry": arena.country,
                "arenaTimezone": arena.timezone,
            },
            "officials": [
                {
                    "personId": official.person_id,
                    "name": f"{official.first_name} {official.family_name}",
                    "nameI": f"{official.first_name[0]}. {official.family_name}",
                    "firstName": official.first_name,
                    "familyName": official.family_name,
                    "jerseyNum": official.jersey,
                    "assignment": f"OFFICIAL{n}",
                }
                for n, official in enumerate(box.officials, 1)
            ],
            "homeTeam": _team(box, fixture.home, home, away, +1),
            "awayTeam": _team(box, fixture.away, away, home, -1),
        },
    }


def _team(
    box: Box, tricode: str, ours: TeamResult, theirs: TeamResult, sign: int
) -> dict[str, Any]:
    team = BY_TRICODE[tricode]
    return {
        "teamId": team.nba_id,
        "teamName": team.name,
        "teamCity": team.city,
        "teamTricode": tricode,
        "score": ours.score,
        "inBonus": "1",
        "timeoutsRemaining": 0,
        "periods": [
            {"period": n, "periodType": "REGULAR" if n <= 4 else "OVERTIME", "score": score}
            for n, score in enumerate(ours.periods, 1)
        ],
        "players": _players(box, tricode, ours),
        "statistics": _team_statistics(box, tricode, ours, theirs, sign),
    }


def _players(box: Box, tricode: str, ours: TeamResult) -> list[dict[str, Any]]:
    """Starters by position, then who came in, then who stayed on the bench, then who was out."""
    lineup = box.lineups[tricode]
    places = {person_id: n for n, person_id in enumerate(lineup.slots)}
    lines = sorted(
        ours.lines,
        key=lambda line: (places.get(line.player.person_id, 5), line.seconds == 0),
    )
    rows: list[dict[str, Any]] = []
    for line in lines:
        played = line.seconds > 0
        slot = lineup.slots.get(line.player.person_id)
        # The real feed gives a reason for some of the unused and none for others.
        reason = "DNP_COACH" if not played and line.player.person_id % 2 else None
        facts = Unused(line.player, True, reason, None)
        rows.append(_player(facts, line, len(rows) + 1, slot))
    for unused in lineup.unused:
        rows.append(_player(unused, None, len(rows) + 1, None))
    return rows


def _player(facts: Unused, line: Line | None, order: int, slot: str | None) -> dict[str, Any]:
    player: Player = facts.player
    row: dict[str, Any] = {"status": "ACTIVE" if facts.is_active else "INACTIVE"}
    if facts.reason:
        row["notPlayingReason"] = facts.reason
    if facts.description:
        row["notPlayingDescription"] = facts.description
    row |= {"order": order, "personId": player.person_id, "jerseyNum": player.jersey}
    if slot:
        row["position"] = slot
    seconds = line.seconds if line else 0
    return row | {
        "starter": "1" if slot else "0",
        "oncourt": "1" if line and line.is_on_court else "0",
        "played": "1" if seconds else "0",
        "statistics": _statistics(line.counts if line else _NOTHING, seconds),
        "name": player.name,
        "nameI": player.short_name,
        "firstName": player.first_name,
        "familyName": player.family_name,
    }


def _statistics(counts: dict[str, int], seconds: int) -> dict[str, Any]:
    found: dict[str, Any] = {name: counts[name] for name in _COUNTED}
    found |= _shots(counts)
    return found | {
        "minutes": f"PT{seconds // 60:02d}M{seconds % 60:02d}.00S",
        "minutesCalculated": f"PT{(seconds + 30) // 60:02d}M",
        "plusMinusPoints": counts["plus"] - counts["minus"],
        "reboundsTotal": counts["reboundsOffensive"] + counts["reboundsDefensive"],
    }


def _shots(counts: dict[str, int]) -> dict[str, Any]:
    both = {
        f"fieldGoals{what}": counts[f"twoPointers{what}"] + counts[f"threePointers{what}"]
        for what in ("Made", "Attempted")
    }
    counts = counts | both
    rates = {
        f"{name}Percentage": _ratio(counts[f"{name}Made"], counts[f"{name}Attempted"])
        for name in _SHOTS
    }
    return both | rates


def _ratio(part: float, whole: float) -> float:
    """NBA.com prints 0 where nothing was tried."""
    return part / whole if whole else 0.0


def _team_statistics(
    box: Box, tricode: str, ours: TeamResult, theirs: TeamResult, sign: int
) -> dict[str, Any]:
    counts = {name: sum(line.counts[name] for line in ours.lines) for name in _SUMMED}
    starters = box.lineups[tricode].slots
    team, seconds = ours.team, 5 * box.result.seconds
    shots = _shots(counts)
    attempts = shots["fieldGoalsAttempted"]
    shooting = attempts + 0.44 * counts["freeThrowsAttempted"]
    offensive, defensive = team["reboundsTeamOffensive"], team["reboundsTeamDefensive"]
    personal = counts["reboundsOffensive"] + counts["reboundsDefensive"]
    lead, lead_score = box.result.leads["home" if sign > 0 else "away"]
    run, run_score = _longest_run(box, sign)
    return {
        **counts,
        **shots,
        **team,
        "assistsTurnoverRatio": _ratio(counts["assists"], counts["turnovers"]),
        "benchPoints": sum(
            line.counts["points"] for line in ours.lines if line.player.person_id not in starters
        ),
        "biggestLead": lead,
        "biggestLeadScore": lead_score,
        "biggestScoringRun": run,
        "biggestScoringRunScore": run_score,
        "fastBreakPointsPercentage": _ratio(
            team["fastBreakPointsMade"], team["fastBreakPointsAttempted"]
        ),
        "fieldGoalsEffectiveAdjusted": _ratio(
            shots["fieldGoalsMade"] + 0.5 * counts["threePointersMade"], attempts
        ),
        "foulsTeam": counts["foulsPersonal"] - counts["foulsOffensive"],
        "foulsTeamTechnical": 0,
        "leadChanges": _lead_changes(box.result.margins),
        "minutes": f"PT{seconds // 60}M{seconds % 60:02d}.00S",
        "minutesCalculated": f"PT{seconds // 60}M",
        "pointsAgainst": theirs.score,
        "pointsInThePaintPercentage": _ratio(
            team["pointsInThePaintMade"], team["pointsInThePaintAttempted"]
        ),
        "reboundsPersonal": personal,
        "reboundsTeam": offensive + defensive,
        "reboundsTotal": personal + offensive + defensive,
        "secondChancePointsPercentage": _ratio(
            team["secondChancePointsMade"], team["secondChancePointsAttempted"]
        ),
        "timeLeading": _time_leading(box, sign),
        "timesTied": sum(margin == 0 for margin in box.result.margins),
        "trueShootingAttempts": round(shooting, 2),
        "trueShootingPercentage": _ratio(counts["points"], 2 * shooting),
        "turnoversTotal": counts["turnovers"] + team["turnoversTeam"],
    }


def _lead_changes(margins: tuple[int, ...]) -> int:
    ahead = [margin > 0 for margin in margins if margin]
    return sum(a != b for a, b in pairwise(ahead))


def _time_leading(box: Box, sign: int) -> str:
    """Stints ended in front, as a share of the game's clock."""
    margins = box.result.margins
    seconds = box.result.seconds * sum(sign * m > 0 for m in margins) // len(margins)
    return f"PT{seconds // 60:02d}M{seconds % 60:02d}.00S"


def _longest_run(box: Box, sign: int) -> tuple[int, str]:
    """The largest gain within one stint. The score beside it is the final one: no finer is kept."""
    margins = (0, *(sign * m for m in box.result.margins))
    gain = max(0, *(b - a for a, b in pairwise(margins)))
    return gain, f"{box.result.away.score}-{box.result.home.score}"
