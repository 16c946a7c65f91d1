"""A season as it comes: at each cut-off a warehouse that physically holds nothing of later."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.definitions import TABLES
from nba_assets_tests.leakage.chain import RESULTS, Chain, Raw, pregame
from nba_assets_tests.leakage.league import CAPTURES, ROSTERS, Cut, changed, told_after


def as_known(raw: Raw, cut: Cut) -> dict[str, pa.Table]:
    """What is there of one date at its cut-offs: games that have no result, and captures until then.

    Box scores, shots, officials: nothing at all.
    """
    schedule = raw["raw.schedule"]
    slated = pc.is_valid(schedule["slate_tip_at"])
    known: dict[str, pa.Table] = {
        "raw.schedule": changed(
            schedule.filter(slated),
            True,
            {
                "tip_at": schedule.filter(slated)["slate_tip_at"],
                "status": "scheduled",
                "home_score": pa.scalar(None, pa.int64()),
                "away_score": pa.scalar(None, pa.int64()),
                "overtime_periods": pa.scalar(None, pa.int64()),
            },
        )
    }
    for name in (*CAPTURES, ROSTERS):
        known[name] = raw[name].filter(pc.invert(told_after(raw, name, cut)))
    return known


def of_date(raw: Raw, day: date) -> dict[str, pa.Table]:
    """The dated tables' rows of one date."""
    return {
        name: rows.filter(pc.equal(rows["game_date"], pa.scalar(day)))
        for name, rows in raw.items()
        if not TABLES[name].is_undated
    }


def unequal(
    ranged: Chain, daily: Chain, day: date, tables: Sequence[str], until: datetime
) -> list[str]:
    """Tables whose rows of the date, of cut-offs until an instant, differ from the range run's."""
    found = []
    for name in tables:
        ours, theirs = daily.rows(name, [day]), ranged.rows(name, [day])
        if "cutoff_at" in theirs.column_names:
            theirs = theirs.filter(pc.less_equal(theirs["cutoff_at"], pa.scalar(until)))
        if "input_digests" in theirs.column_names:  # they tell of whole files, of all cut-offs
            ours, theirs = (t.drop_columns(["input_digests"]) for t in (ours, theirs))
        if not ours.equals(theirs):
            found.append(f"{name} {day}: {_difference(ours, theirs)}")
    return found


def _difference(ours: pa.Table, theirs: pa.Table) -> str:
    if ours.num_rows != theirs.num_rows:
        return f"{ours.num_rows} rows by day, {theirs.num_rows} of the range"
    columns = [c for c in ours.column_names if not ours[c].equals(theirs[c])]
    return f"{', '.join(columns)} differ"


def lived(
    ranged: Chain, daily: Chain, raw: Raw, day: date, cuts: Sequence[tuple[Cut, bool]]
) -> list[str]:
    """Live through one date and name what is not as the range run has it.

    Args:
        ranged: where the range run is published.
        daily: holds the dates before, and nothing else.
        raw: the date's rows, whole.
        day: the date.
        cuts: at which the date is made, and whether tables that have no cut-off are whole by then.
    """
    games = [row for row in raw["raw.schedule"].to_pylist() if row["slate_tip_at"]]
    found: list[str] = []
    for cut, is_last in cuts:
        instants = [cut(day, game["slate_tip_at"]) for game in games]
        if not instants:
            continue
        daily.plant(as_known(raw, cut), [day])
        daily.make([day], pregame(), as_of=max(instants))
        tables = [n for n in pregame() if is_last or "cutoff" in TABLES[n].column_names]
        found += unequal(ranged, daily, day, tables, max(instants))
    daily.plant(raw, [day])
    daily.make([day], RESULTS)
    return found + unequal(ranged, daily, day, RESULTS, datetime.max.replace(tzinfo=UTC))
