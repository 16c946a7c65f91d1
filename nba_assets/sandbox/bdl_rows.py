"""BallDontLie's rows over the sandbox league: teams, people, lines, and how it pages."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from nba_assets.sandbox.feed import Params
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.people import COUNTRY, SCHOOL, draft, height, weight
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import (
    CODES,
    bdl_player_id,
    spelling,
)
from nba_assets.sandbox.simulation import Line
from nba_assets.sources.teams import BY_TRICODE

PER_PAGE, MAX_PER_PAGE = 25, 100
_LETTERS = {"PG": "G", "SG": "G", "SF": "F", "PF": "F-C", "C": "C"}


Row = dict[str, Any]


def team_row(tricode: str) -> Row:
    """A team by BallDontLie's number."""
    team, codes = BY_TRICODE[tricode], CODES[tricode]
    return {
        "id": codes.bdl_id,
        "conference": team.conference,
        "division": codes.division,
        "city": team.city,
        "name": team.name,
        "full_name": team.full_name,
        "abbreviation": tricode,
    }


def player_row(league: League, player: Player) -> Row:
    """A player by BallDontLie's number, without his team."""
    first, family = spelling(league, "balldontlie", player)
    drafted, pick = draft(league, player)
    return {
        "id": bdl_player_id(player),
        "first_name": first,
        "last_name": family,
        "position": _LETTERS[player.position],
        "height": height(player),
        "weight": weight(player),
        "jersey_number": player.jersey,
        "college": SCHOOL,
        "country": COUNTRY,
        "draft_year": drafted if pick else None,
        "draft_round": 1 + (pick > 30) if pick else None,
        "draft_number": pick,
    }


def paged(rows: Sequence[Row], params: Params, key: Callable[[Row], int]) -> Row:
    """The rows after the cursor, which is the key of the last row of the page before.

    Rows are in the order of their keys. The last page names no next cursor.
    """
    per_page = min(MAX_PER_PAGE, max(1, int(params.get("per_page", PER_PAGE))))
    cursor = int(params.get("cursor") or -1)
    left = [row for row in rows if key(row) > cursor]
    page = left[:per_page]
    meta: Row = {"per_page": per_page}
    if len(left) > per_page:
        meta = {"next_cursor": key(page[-1]), "per_page": per_page}
    return {"data": page, "meta": meta}


def page_is_sound(params: Params) -> bool:
    """Whether page size and cursor, where given, are numbers."""
    return all(
        not text or text.isdigit() for text in (params.get("per_page"), params.get("cursor"))
    )


def line_row(line: Line | None) -> Row:
    """Whole minutes with two digits; nothing was tried prints as null for free throws and threes."""
    if line is None:
        counts: dict[str, int] = defaultdict(int)
        seconds = 0
    else:
        counts, seconds = line.counts, line.seconds
    threes, frees = counts["threePointersAttempted"], counts["freeThrowsAttempted"]
    made = counts["twoPointersMade"] + counts["threePointersMade"]
    tried = counts["twoPointersAttempted"] + threes
    return {
        "min": f"{max(int(seconds > 0), (seconds + 30) // 60):02d}",
        "fgm": made,
        "fga": tried,
        "fg_pct": _rate(made, tried) or 0,
        "fg3m": counts["threePointersMade"],
        "fg3a": threes,
        "fg3_pct": _rate(counts["threePointersMade"], threes),
        "ftm": counts["freeThrowsMade"],
        "fta": frees,
        "ft_pct": _rate(counts["freeThrowsMade"], frees),
        "oreb": counts["reboundsOffensive"],
        "dreb": counts["reboundsDefensive"],
        "reb": counts["reboundsOffensive"] + counts["reboundsDefensive"],
        "ast": counts["assists"],
        "stl": counts["steals"],
        "blk": counts["blocks"],
        "turnover": counts["turnovers"],
        "pf": counts["foulsPersonal"],
        "pts": counts["points"],
        "plus_minus": counts["plus"] - counts["minus"],
    }


def _rate(made: int, tried: int) -> float | None:
    return round(made / tried, 7) if tried else None


def people_of(box: Box, tricode: str) -> list[tuple[Player, Line | None]]:
    """Everybody a team lists; those who did not play or were out have a row as well."""
    lines: list[tuple[Player, Line | None]] = [
        (line.player, line) for line in box.team(tricode).lines
    ]
    return lines + [(unused.player, None) for unused in box.lineups[tricode].unused]


def row_id(row: Row) -> int:
    """The key of most rows."""
    return int(row["id"])
