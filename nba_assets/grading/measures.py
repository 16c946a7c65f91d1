"""What a performance is made of: sums over rows of the ledger, and the rates that follow from sums. Pure.

Sums are of one date and taken in the ledger's order; spans add dates up in theirs. So a rate of a range run is
that of its day to the bit, and a season is never summed from its rows again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from nba_assets.grading.outcomes import LOSS, OVER, PASS, PENDING, PUSH, UNDER, VOID, WIN
from nba_assets.predictions.tables import BETS, THRESHOLDS

ACTIVE = "active"
GROUP = ["system_id", "cutoff", "kind", "slice"]
CONFIDENT = 0.6  # of a bet, from which on it is counted apart
BINS = 10  # of equal width, of a probability
CALIBRATION = tuple(f"off_{points}_{n}" for points in THRESHOLDS for n in range(BINS))
# Columns of the ledger that sums and slices are made of.
READ = frozenset(
    {
        "game_date", "player_id", "system_id", "cutoff", "kind", "is_active_row", "is_pick",
        "is_target", "is_home", "is_back_to_back", "outcome", "recommendation", "predicted_points",
        "mean_points", "actual_points", "abs_error", "in_50", "in_80", "line", "line_abs_error",
        "confidence", "edge", "price_decimal", "profit_units", "clv", "brier", "market_brier",
        "log_loss", "market_log_loss", "source_score", "completeness_pct", "is_degraded",
        "is_bootstrap", *(f"p_over_{points}" for points in THRESHOLDS),
    }
)  # fmt: skip

Slices = Callable[[pd.DataFrame], Mapping[str, pd.Series]]
# The group of each row, how many groups there are, the rows' places in the ledger → sums by group.
Summed = Callable[[np.ndarray, int, np.ndarray], pd.DataFrame]


def measures(ledger: pd.DataFrame) -> pd.DataFrame:
    """What each row adds to the sums, a column per sum; what it does not know adds nothing."""
    outcome, side = ledger["outcome"], ledger["recommendation"]
    actual = ledger["actual_points"].astype(float)
    graded = actual.notna()
    counted = graded | (outcome == VOID)
    bet = counted & side.isin(BETS)
    won, lost = outcome == WIN, outcome == LOSS
    confident = ledger["confidence"] >= CONFIDENT
    lined = graded & ledger["line"].notna()
    scored = ledger["brier"].notna() & ledger["market_brier"].notna()
    means = ledger["mean_points"].fillna(ledger["predicted_points"])
    size = ledger["abs_error"].where(graded)
    known = {
        "predictions": counted,
        "graded": graded,
        "voids": outcome == VOID,
        "pending": outcome == PENDING,
        "picks": bet,
        "wins": won,
        "losses": lost,
        "pushes": outcome == PUSH,
        "over_picks": bet & (side == OVER),
        "over_wins": won & (side == OVER),
        "under_picks": bet & (side == UNDER),
        "under_wins": won & (side == UNDER),
        "passes": counted & (side == PASS),
        "confidence": ledger["confidence"].where(bet),
        "confident_picks": bet & confident,
        "confident_wins": won & confident,
        "confident_losses": lost & confident,
        "abs_error": size,
        "squared_error": size**2,
        "points": actual,
        "squared_points": actual**2,
        "bias": means - actual,
        "within_3": size <= 3,
        "within_5": size <= 5,
        "intervals": ledger["in_80"].notna() & ledger["in_50"].notna(),
        "in_80": ledger["in_80"].eq(True),
        "in_50": ledger["in_50"].eq(True),
        "distributions": graded & ledger[f"p_over_{THRESHOLDS[0]}"].notna(),
        "lined": lined,
        "lined_abs_error": size.where(lined),
        "line_abs_error": ledger["line_abs_error"].where(lined),
        "gap": (ledger["line_abs_error"] - size).where(lined),
        "scored": scored,
        **{
            name: ledger[name].where(scored)
            for name in ("brier", "market_brier", "log_loss", "market_log_loss")
        },
        "profit_units": ledger["profit_units"],
        "closings": ledger["clv"].notna(),
        "clv": ledger["clv"],
        "prices": ledger["price_decimal"].where(won | lost),
    }
    return pd.DataFrame({n: v.astype(float).fillna(0.0) for n, v in known.items()})


def daily_sums(
    ledger: pd.DataFrame, families: Slices, *, only_active: bool = False
) -> pd.DataFrame:
    """Sums per date, system, cut-off, kind and slice.

    The cut-offs are the ledger's own and `active`: of each game the rows that count.

    Args:
        ledger: rows with the columns `READ`, in key order within their date.
        families: → the row's slice of each family, NULL where it falls into none.
        only_active: no cut-off but `active`, and no sums for a calibration error.

    Returns:
        game_date, the columns `GROUP`, those of `measures` and, but for `only_active`, `CALIBRATION`:
        sums of probability - result by threshold and bin.
    """
    every = ledger.reset_index(drop=True)
    values = measures(every)
    offs = {} if only_active else _calibration(every)
    summed = partial(_summed, values, offs)
    names = [*values, *(() if only_active else CALIBRATION)]
    labels = [(label, summed) for label in families(every).values()]
    return sums_by_date(every, labels, names, only_active=only_active)


def sums_by_date(
    every: pd.DataFrame,
    families: Iterable[tuple[pd.Series, Summed]],
    names: Sequence[str],
    *,
    only_active: bool = False,
) -> pd.DataFrame:
    """Sums per date, system, cut-off, kind and label, whatever is summed.

    Args:
        every: rows of the ledger, numbered from 0 in key order within their date.
        families: the rows' labels, NULL where a row has none, and what sums up those that have.
        names: of the sums.
        only_active: no cut-off but `active`.

    Returns:
        game_date, the columns `GROUP`, the label as `slice`, and the sums.
    """
    active = every["is_active_row"].to_numpy(bool)
    taken_as = [(pd.Series(ACTIVE, every.index, dtype=object), active)]
    if not only_active:
        taken_as.append((every["cutoff"], np.full(len(every), True)))
    labels = [(label, *_codes(label), summed) for label, summed in families]
    parts: list[pd.DataFrame] = []
    shared = np.zeros(len(every), np.int64)
    for name in ("game_date", "system_id", "kind"):
        own, count = _codes(every[name])
        shared = shared * count + own
    for cutoffs, is_taken in taken_as:
        keys = every[["game_date", "system_id", "kind"]].assign(cutoff=cutoffs)
        own, count = _codes(cutoffs)
        codes = shared * count + own
        for label, own, count, summed in labels:
            rows = np.flatnonzero(is_taken & (own >= 0))
            if len(rows):
                places, first = _numbered(codes[rows] * count + own[rows])
                groups = keys.iloc[rows[first]].assign(slice=label.iloc[rows[first]])
                sums = summed(places, len(first), rows)
                parts.append(pd.concat([groups.reset_index(drop=True), sums], axis=1))
    if not parts:
        return pd.DataFrame(columns=["game_date", *GROUP, *names])
    return pd.concat(parts, ignore_index=True)


def _calibration(ledger: pd.DataFrame) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Per threshold the bin of each row's probability, and probability - result; 0 without either."""
    actual = ledger["actual_points"].to_numpy(float)
    found = {}
    for points in THRESHOLDS:
        chance = ledger[f"p_over_{points}"].to_numpy(float)
        off = np.nan_to_num(np.where(np.isnan(actual), np.nan, chance - (actual > points)))
        found[points] = (bins_of(chance), off)
    return found


def bins_of(chance: np.ndarray) -> np.ndarray:
    """The bin of each probability, numbered from 0; certainty is in the last, and so is NaN."""
    # Tenths, not a division: 0.3 / 0.1 lies below 3.
    places = np.searchsorted(np.arange(1, BINS) / BINS, chance, side="right")
    return np.asarray(np.minimum(places, BINS - 1))


def _summed(
    values: pd.DataFrame,
    offs: Mapping[int, tuple[np.ndarray, np.ndarray]],
    places: np.ndarray,
    count: int,
    rows: np.ndarray,
) -> pd.DataFrame:
    """One family's sums; `bincount` adds in the order of the rows, whatever other groups there are."""
    sums = {n: np.bincount(places, values[n].to_numpy()[rows], count) for n in values}
    for points, (bins, off) in offs.items():
        by_bin = np.bincount(places * BINS + bins[rows], off[rows], count * BINS)
        by_bin = by_bin.reshape(count, BINS)
        sums |= {f"off_{points}_{n}": by_bin[:, n] for n in range(BINS)}
    return pd.DataFrame(sums)


def _codes(values: pd.Series) -> tuple[np.ndarray, int]:
    """A number from 0 for each value, -1 for NULL, and how many values there are."""
    codes, known = pd.factorize(values)
    return codes.astype(np.int64), max(len(known), 1)


def _numbered(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes without gaps, and where each is met first."""
    is_met = np.bincount(codes) > 0
    places = (np.cumsum(is_met) - 1)[codes]
    first = np.zeros(int(is_met.sum()), np.int64)
    first[places[::-1]] = np.arange(len(codes))[::-1]
    return places, first


def folded(sums: pd.DataFrame) -> pd.DataFrame:
    """Sums whose bins of calibration are one column, `off`: what is off, over all bins; NULL without bins."""
    if not set(CALIBRATION) <= set(sums):
        return sums.assign(off=np.nan)
    off = np.abs(sums[list(CALIBRATION)].to_numpy(float)).sum(axis=1)
    kept = [name for name in sums if name not in CALIBRATION]
    return sums[kept].assign(off=off)


def rates(sums: pd.DataFrame) -> pd.DataFrame:
    """The rates of every row of sums, under their names in the contracts; the one place that divides.

    Counts are whole numbers; a rate of nothing is NULL. The calibration error is the expected one: per
    threshold the mean distance of a bin's probabilities from its results (Guo et al., On Calibration of
    Modern Neural Networks, 2017, section 2, with ten equal bins); the mean over the thresholds.

    Args:
        sums: the columns of `measures`, and `off`.
    """
    decided = sums["wins"] + sums["losses"]
    found = {
        name: sums[name].astype("int64")
        for name in ("predictions", "graded", "voids", "picks", "wins", "losses", "pushes", "lined")
    }
    shares = {
        "hit_rate": (sums["wins"], decided),
        "mae": (sums["abs_error"], sums["graded"]),
        "bias": (sums["bias"], sums["graded"]),
        "within_3": (sums["within_3"], sums["graded"]),
        "within_5": (sums["within_5"], sums["graded"]),
        "coverage_80": (sums["in_80"], sums["intervals"]),
        "coverage_50": (sums["in_50"], sums["intervals"]),
        "lined_mae": (sums["lined_abs_error"], sums["lined"]),
        "line_mae": (sums["line_abs_error"], sums["lined"]),
        "mae_gap": (sums["gap"], sums["lined"]),
        "brier": (sums["brier"], sums["scored"]),
        "market_brier": (sums["market_brier"], sums["scored"]),
        "log_loss": (sums["log_loss"], sums["scored"]),
        "market_log_loss": (sums["market_log_loss"], sums["scored"]),
        "roi": (sums["profit_units"], decided + sums["pushes"]),
        "clv": (sums["clv"], sums["closings"]),
        # Of flat stakes: at a mean price p every win returns p, so 1 / p of the bets have to win.
        "break_even": (decided, sums["prices"]),
    }
    divided = {name: _share(part, whole) for name, (part, whole) in shares.items()}
    return pd.DataFrame(
        {
            **found,
            **divided,
            "rmse": np.sqrt(_share(sums["squared_error"], sums["graded"])),
            "r2": _explained(sums),
            "calibration_error": _share(sums["off"], len(THRESHOLDS) * sums["distributions"]),
            "profit_units": sums["profit_units"].astype(float),
        },
        index=sums.index,
    )


def _explained(sums: pd.DataFrame) -> pd.Series:
    """R²: 1 - squared errors / squared distances of the points from their mean; of whole numbers, exact."""
    spread = sums["graded"] * sums["squared_points"] - sums["points"] ** 2
    return 1 - _share(sums["graded"] * sums["squared_error"], spread)


def mean_confidence(sums: pd.DataFrame) -> pd.Series:
    """Of the bets; NULL of none."""
    return _share(sums["confidence"], sums["picks"])


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part.astype(float) / whole.astype(float).where(whole > 0)
