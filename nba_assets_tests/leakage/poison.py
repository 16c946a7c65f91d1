"""What a game leaves behind, made absurd: whoever reads it before the game shows it."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from nba_assets_tests.leakage.chain import Raw
from nba_assets_tests.leakage.league import (
    CAPTURES,
    ROSTERS,
    Cut,
    changed,
    contradicted,
    told_after,
    told_again,
)

ABSURD = 1000
# Numbers that tell of no game.
_NOT_PLAYED = {
    "season_year", "source_score", "quality_score", "completeness_pct", "list_position",
    "announced_position", "event_seq",
}  # fmt: skip
LEFT_BEHIND = (
    "raw.player_box_scores",
    "raw.team_box_scores",
    "raw.shots",
    "raw.schedule",
    "raw.officials",
    "raw.standings",
)


def poisoned(
    raw: Raw, day: date, cut: Cut, tables: Collection[str] = (*LEFT_BEHIND, *CAPTURES, ROSTERS)
) -> dict[str, pa.Table]:
    """Raw rows with everything absurd that was not known at the cut-offs of the date.

    Box scores, shots, officials and results of the date and later; records of later dates, for those of
    the date stand before its games; captures of the date and later that came after the cut-off, and
    one more of each game. Of the schedule `arena`, `is_neutral`, `source` and the quality columns stay:
    they are read as last known, for where a game is played is known before it.

    Args:
        raw: the rows by table.
        day: the date that must not notice.
        cut: which cut-off of it.
        tables: which are poisoned.
    """
    found = dict(raw)
    for name in set(tables) & set(LEFT_BEHIND):
        rows = raw[name]
        since = pc.greater if name == "raw.standings" else pc.greater_equal
        absurd = _results(rows) if name == "raw.schedule" else _played(rows)
        found[name] = changed(rows, since(rows["game_date"], pa.scalar(day)), absurd)
    for name in set(tables) & {*CAPTURES, ROSTERS}:
        rows = raw[name]
        unheard = pc.and_(
            pc.greater_equal(rows["game_date"], pa.scalar(day)), told_after(raw, name, cut)
        )
        found[name] = changed(rows, unheard, contradicted(name, rows))
    again = [name for name in CAPTURES if name in tables]
    return told_again(found, cut, since=day, seconds=2, tables=again)


def _results(rows: pa.Table) -> Mapping[str, Any]:
    """The schedule as it may stand when a date is over; its `slate_*` columns and teams stay."""
    return {
        "home_score": ABSURD,
        "away_score": 2 * ABSURD,
        "overtime_periods": ABSURD,
        # A game that is called off after the slate does not leave it.
        "status": "postponed",
        "national_tv": "Nobody",
        "original_date": pc.subtract(rows["game_date"], pa.scalar(timedelta(days=1))),
        "tip_at": pc.add(rows["tip_at"], pa.scalar(timedelta(hours=3))),
        "observed_at": pc.add(rows["observed_at"], pa.scalar(timedelta(days=2))),
    }


def _played(rows: pa.Table) -> Mapping[str, Any]:
    """Numbers a thousand too high, flags turned round, and the rows of the poorest source."""
    absurd: dict[str, Any] = {}
    for field in rows.schema:
        column = rows[field.name]
        if field.name in _NOT_PLAYED:
            continue
        if pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            absurd[field.name] = pc.add(column, ABSURD)
        elif pa.types.is_boolean(field.type) and field.name not in ("is_home", "is_bootstrap"):
            absurd[field.name] = pc.invert(column)
    if "player_status" in rows.column_names:
        played = pc.equal(rows["player_status"], "played")
        absurd["player_status"] = pc.if_else(played, "inactive", "played")
    if "zone" in rows.column_names:
        absurd["zone"] = pc.if_else(pc.equal(rows["zone"], "paint"), "mid", "paint")
    if "official_name" in rows.column_names:
        absurd["official_name"] = "Nobody"
    return absurd | {"source_score": 1, "quality_score": 1, "source": "nowhere"}
