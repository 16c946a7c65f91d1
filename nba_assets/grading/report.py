"""What the systems are worth, in lines for people. No rate stands without its count and its interval."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from nba_assets.grading.intervals import ABOVE, BELOW, NOT_DISTINGUISHABLE
from nba_assets.grading.performance_summary import SEASON
from nba_assets.grading.reliability import LINE
from nba_assets.grading.slices import ALL, PICKS, TARGET
from nba_assets.predictions.tables import FORWARD, SYSTEMS, THRESHOLDS, WALK_FORWARD

CUTOFFS = ("active", "lock", "morning")
_VERDICTS = {
    ABOVE: "above break-even",
    BELOW: "below break-even",
    NOT_DISTINGUISHABLE: "not distinguishable from break-even",
}
# Never mixed: what was committed before tip, and what was made later from what was known then.
_KINDS = {
    FORWARD: "forward: committed before tip",
    WALK_FORWARD: "walk_forward: made later, as of each cut-off; no performance, never quoted as one",
}
# Of the archive that other seasons are made from (domain rules, section 8.2).
FINAL_LINEUPS = (
    "  lock, and what is active at it, rests on line-ups as archived 40 minutes before tip, which are final"
    " knowledge: optimistic against live"
)
SYNTHETIC = "SYNTHETIC: games of the simulated sandbox league; no hit rate of them is told"


def performance_lines(
    summary: pd.DataFrame, *, synthetic: bool, cutoffs: Sequence[str] = CUTOFFS
) -> list[str]:
    """The season's figures of each system up to the newest date, forward and walk_forward apart.

    Args:
        summary: rows of `grading.performance_summary`, of one date or more.
        synthetic: whether the games are simulated; then nothing is said of bets.
        cutoffs: that are told of, in this order.

    Returns:
        One line per kind as a heading, below it one per system and cut-off: rows, mean error and the
        gap to the line (points), how much the intervals cover, how far off probabilities are and, of
        bets, the hit rate with its count, Wilson interval and verdict, those that stood at tip apart.
    """
    season = summary[summary["window"] == SEASON]
    if season.empty:
        return ["no graded predictions"]
    day = season["game_date"].max()
    told = season[(season["game_date"] == day) & season["slice"].isin([ALL, TARGET, PICKS])]
    lines = [SYNTHETIC] if synthetic else []
    for kind, meaning in _KINDS.items():
        rows = {
            (row["system_id"], row["cutoff"], row["slice"]): row
            for row in told[told["kind"] == kind].to_dict("records")
        }
        if not rows:
            continue
        lines.append(f"season up to {day}, {meaning}")
        if kind == WALK_FORWARD and not synthetic:
            lines.append(FINAL_LINEUPS)
        for system_id in _in_order({system_id for system_id, _, _ in rows}):
            for cutoff in cutoffs:
                if whole := rows.get((system_id, cutoff, ALL)):
                    target, picks = (rows.get((system_id, cutoff, s)) for s in (TARGET, PICKS))
                    said = _said(whole, target, None if synthetic else picks, synthetic)
                    lines.append(f"  {system_id}, {cutoff}: {said}")
    return lines


def reliability_lines(
    reliability: pd.DataFrame, system_id: str, *, synthetic: bool, cutoffs: Sequence[str] = CUTOFFS
) -> list[str]:
    """How often came to pass what a system gave a chance, over the season up to the newest date.

    Args:
        reliability: rows of `grading.reliability`, of one date or more.
        system_id: whose chances.
        synthetic: whether the games are simulated; then nothing is said of lines.
        cutoffs: that are told of, in this order.

    Returns:
        A heading per kind, cut-off and threshold, below it one line per bin of chance: how many there
        were, what they were given on average, and how often it happened, with Wilson's interval.
    """
    season = reliability[
        (reliability["window"] == SEASON) & (reliability["system_id"] == system_id)
    ]
    if season.empty:
        return [f"no graded chances of {system_id}"]
    day = season["game_date"].max()
    told = season[season["game_date"] == day]
    lines = [SYNTHETIC] if synthetic else []
    for kind, cutoff, threshold in product(_KINDS, cutoffs, (*map(str, THRESHOLDS), LINE)):
        own = told[
            (told["kind"] == kind) & (told["cutoff"] == cutoff) & (told["threshold"] == threshold)
        ]
        if own.empty or (synthetic and threshold == LINE):
            continue
        what = "the line" if threshold == LINE else f"{threshold} points"
        lines.append(f"{system_id}, {cutoff}, season up to {day}, {kind}: more than {what}")
        lines += [
            f"  given {100 * row['mean_probability']:5.1f} %: happened {100 * row['share']:5.1f} % of"
            f" n={row['graded']:,} (95 % {100 * row['share_low']:.1f} to {100 * row['share_high']:.1f} %)"
            for row in own.sort_values("bin").to_dict("records")
        ]
    return lines


def champion_lines(champions: pd.DataFrame) -> list[str]:
    """Which system bets are made from in the newest week, by cut-off, or why there are none.

    Args:
        champions: rows of `predictions.weekly_champions`, of one week or more.

    Returns:
        One line per cut-off; where it has no champion, below it the systems by what each one lacks.
    """
    if champions.empty:
        return ["no bets: no week has its champions published"]
    week = champions["game_date"].max()
    newest = champions[champions["game_date"] == week]
    lines = []
    for cutoff in CUTOFFS:
        own = newest[newest["cutoff"] == cutoff]
        if own.empty:
            continue
        best = own[own["is_champion"]].to_dict("records")
        lines += [f"bets at {cutoff} in the week of {week}: {_champion(row)}" for row in best]
        if not best:
            lines.append(f"no bets: no champion at {cutoff} in the week of {week}:")
            why = dict(zip(own["system_id"], own["why"], strict=True))
            alike: dict[str, list[str]] = {}
            for system_id in _in_order(set(why)):
                alike.setdefault(why[system_id], []).append(system_id)
            lines += [f"  {', '.join(systems)}: {reason}" for reason, systems in alike.items()]
    return lines


def _champion(row: Mapping[Hashable, Any]) -> str:
    return (
        f"{row['system_id']} is champion, gap to ewma {row['gap']:+.3f} points (95 %"
        f" {row['gap_low']:+.3f} to {row['gap_high']:+.3f}; n={row['target_rows']:,})"
    )


def _in_order(systems: set[str]) -> list[str]:
    return [*(s for s in SYSTEMS if s in systems), *sorted(systems - set(SYSTEMS))]


def _said(
    whole: Mapping[Hashable, Any],
    target: Mapping[Hashable, Any] | None,
    picks: Mapping[Hashable, Any] | None,
    synthetic: bool,
) -> str:
    parts = [
        f"N={whole['graded']:,} graded, {whole['voids']:,} void",
        _error(whole),
        *([f"on target rows {_error(target)}, N={target['graded']:,}"] if target else []),
        _gap(whole),
        _coverage(whole),
        *([] if synthetic else [_hit_rate(whole)]),
        *([f"of the bets that stood {_hit_rate(picks)}"] if picks else []),
    ]
    return "; ".join(part for part in parts if part)


def _error(row: Mapping[Hashable, Any]) -> str:
    return "no result" if pd.isna(row["mae"]) else f"MAE {row['mae']:.3f}"


def _gap(row: Mapping[Hashable, Any]) -> str:
    if pd.isna(row["mae_gap"]):
        return "no line"
    interval = "no interval: too few rows or dates"
    if not pd.isna(row["mae_gap_low"]):
        interval = f"95 % {row['mae_gap_low']:+.3f} to {row['mae_gap_high']:+.3f}"
    return (
        f"gap to the line {row['mae_gap']:+.3f} ({interval}; n={row['lined']:,},"
        f" line {row['line_mae']:.3f})"
    )


def _coverage(row: Mapping[Hashable, Any]) -> str:
    if pd.isna(row["coverage_80"]):
        return ""
    return (
        f"intervals of 80 % and 50 % cover {100 * row['coverage_80']:.1f} and"
        f" {100 * row['coverage_50']:.1f} %, calibration error {row['calibration_error']:.3f}"
    )


def _hit_rate(row: Mapping[Hashable, Any]) -> str:
    decided = row["wins"] + row["losses"]
    if not decided:
        return "none was decided" if row["slice"] == PICKS else "no bets"
    return (
        f"hit rate {100 * row['hit_rate']:.1f} % of n={decided:,} bets"
        f" (95 % {100 * row['hit_rate_low']:.1f} to {100 * row['hit_rate_high']:.1f} %,"
        f" break-even {100 * row['break_even']:.1f} %): {_VERDICTS[str(row['verdict'])]}"
    )
