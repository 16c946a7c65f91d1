"""How often what systems give a chance happens: by threshold and bin of probability, up to a date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from nba_assets.gates.publish import Computed
from nba_assets.grading.intervals import wilson
from nba_assets.grading.measures import ACTIVE, BINS, bins_of, sums_by_date
from nba_assets.grading.performance_summary import (
    SEASON,
    Spans,
    ledger_up_to,
    stacked,
    window_starts,
)
from nba_assets.grading.system_daily_performance import quality_of_dates
from nba_assets.grading.tables import RELIABILITY
from nba_assets.partitions import dates_between, season_of
from nba_assets.predictions.tables import THRESHOLDS
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import typed

WINDOWS = ("30_days", SEASON)
LINE = "line"
# Evidence of the gate: how many rows of the ledger each window has to judge.
JUDGED = "rows of the ledger with a probability"
KEY = ["game_date", "system_id", "cutoff", "kind", "window", "threshold"]
READ = frozenset(
    {
        "game_date", "system_id", "cutoff", "kind", "is_active_row", "actual_points", "line", "p_over",
        "p_push", "brier", "source_score", "completeness_pct", "is_degraded", "is_bootstrap",
        *(f"p_over_{points}" for points in THRESHOLDS),
    }
)  # fmt: skip
_COUNTED = ("rows", "chance", "happened")
SUMS = ("graded", *(f"{name}_{n}" for name in _COUNTED for n in range(BINS)))


def chances(ledger: pd.DataFrame) -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Of each threshold the rows' probabilities of more, whether it happened, and who is judged.

    Of the line it is the probability given no push, and a push is not judged.

    Args:
        ledger: rows with the columns `READ`.
    """
    actual = ledger["actual_points"].to_numpy(float)
    limits = {str(points): (f"p_over_{points}", float(points)) for points in THRESHOLDS}
    for threshold, (column, points) in limits.items():
        chance = ledger[column].to_numpy(float)
        yield threshold, chance, actual > points, ~np.isnan(chance) & ~np.isnan(actual)
    line, push = ledger["line"].to_numpy(float), ledger["p_push"].to_numpy(float)
    decided = np.where(push < 1, 1 - push, np.nan)
    chance = ledger["p_over"].to_numpy(float) / decided
    is_judged = ~np.isnan(chance) & ~np.isnan(actual - line) & (actual != line)
    yield LINE, chance, actual > line, is_judged


def reliability_sums(ledger: pd.DataFrame) -> pd.DataFrame:
    """Sums per date, system, cut-off (active too), kind and threshold, which stands as `slice`.

    Returns:
        game_date, the columns `GROUP` and `SUMS`: rows, their probabilities and how many happened, by bin.
    """
    every = ledger.reset_index(drop=True)
    families = []
    for threshold, chance, happened, is_judged in chances(every):
        label = pd.Series(threshold, every.index, dtype=object).where(is_judged)
        families.append((label, partial(_by_bin, bins_of(chance), chance, happened)))
    return sums_by_date(every, families, SUMS)


def _by_bin(
    bins: np.ndarray,
    chance: np.ndarray,
    happened: np.ndarray,
    places: np.ndarray,
    count: int,
    rows: np.ndarray,
) -> pd.DataFrame:
    cells = places * BINS + bins[rows]
    sums = {"graded": np.bincount(places, minlength=count).astype(float)}
    for name, weights in zip(_COUNTED, (None, chance[rows], happened[rows]), strict=True):
        found = np.bincount(cells, weights, count * BINS).reshape(count, BINS)
        sums |= {f"{name}_{n}": found[:, n].astype(float) for n in range(BINS)}
    return pd.DataFrame(sums)


def judged_rows(ledger: pd.DataFrame) -> pd.DataFrame:
    """How many rows have to be in some bin, a column per threshold: counted from the ledger alone.

    Returns:
        rows by game_date, system_id, cutoff (active too) and kind.
    """
    played = ledger["actual_points"].notna()
    known = pd.DataFrame(
        {str(points): played & ledger[f"p_over_{points}"].notna() for points in THRESHOLDS}
        | {LINE: ledger["brier"].notna()}
    ).astype("int64")
    by = [ledger[name] for name in ("game_date", "system_id", "cutoff", "kind")]
    is_active = ledger["is_active_row"].astype(bool)
    active = [key[is_active] for key in by]
    active[2] = active[2].map(lambda _: ACTIVE)
    return pd.concat([known.groupby(by).sum(), known[is_active].groupby(active).sum()])


@dataclass(frozen=True)
class Daily:
    """What each date of a ledger adds to its windows.

    Attributes:
        sums: as `reliability_sums` makes them.
        judged: as `judged_rows` counts them.
        quality: by date.
    """

    sums: pd.DataFrame
    judged: pd.DataFrame
    quality: pd.DataFrame

    @classmethod
    def of(cls, ledgers: Iterable[pd.DataFrame]) -> "Daily":
        """The sums of some parts of a ledger, each of whole dates in key order within them."""
        found = [
            (reliability_sums(part), judged_rows(part), quality_of_dates(part))
            for part in ledgers
            if len(part)
        ]
        if not found:
            return cls(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
        sums, judged, quality = zip(*found, strict=True)
        return cls(stacked(sums), pd.concat(judged), pd.concat(quality))

    def graded(self, dates: Sequence[date]) -> list[date]:
        """Those of the dates that have a row of the ledger; the others have no reliability."""
        return sorted(set(dates) & set(self.quality.index))


def reliability(daily: Daily, dates: Sequence[date]) -> pd.DataFrame:
    """A row per date, system, cut-off, kind, window, threshold and bin that holds rows.

    Args:
        daily: sums of the ledger from the first date of the oldest window on.
        dates: of seasons.
    """
    days = daily.graded(dates)
    if not days:
        return pd.DataFrame(columns=list(RELIABILITY.column_names))
    spans = Spans(daily.sums)
    columns = {name: [spans.names.index(f"{name}_{n}") for n in range(BINS)] for name in _COUNTED}
    parts: list[dict[str, np.ndarray]] = []
    for day in days:
        for window in WINDOWS:
            sums = spans.over(window, window_starts(day)[window], day).sums
            groups, bins = np.nonzero(sums[:, columns["rows"]])
            parts.append(
                {
                    "game_date": np.full(len(groups), day, object),
                    "window": np.full(len(groups), window, object),
                    "group": groups,
                    "bin": bins + 1,
                    **{name: sums[:, own][groups, bins] for name, own in columns.items()},
                }
            )
    rows = pd.DataFrame({name: np.concatenate([p[name] for p in parts]) for name in parts[0]})
    of_groups = spans.groups.take(rows["group"].to_numpy()).rename(columns={"slice": "threshold"})
    low, high = wilson(rows["happened"], rows["rows"])
    found: pd.DataFrame = pd.concat([rows, of_groups.reset_index(drop=True)], axis=1).assign(
        graded=rows["rows"].astype("int64"),
        mean_probability=rows["chance"] / rows["rows"],
        happened=rows["happened"].astype("int64"),
        share=rows["happened"] / rows["rows"],
        share_low=low,
        share_high=high,
    )
    return found.join(daily.quality, on="game_date")


def judged_in_windows(daily: Daily, dates: Sequence[date]) -> pd.DataFrame:
    """How many rows of the ledger each window has to judge: the columns `KEY` and rows.

    Args:
        daily: what the ledger adds, of all dates of the windows.
        dates: that the windows end with.
    """
    days = daily.graded(dates)
    if not days:
        return pd.DataFrame(columns=[*KEY, "rows"])
    named = daily.judged.rename_axis(columns="threshold")
    wide = named.unstack(["system_id", "cutoff", "kind"])
    first = wide.index.min() - timedelta(days=1)
    every = dates_between(first, max(days))
    counts = wide.reindex(every).fillna(0).cumsum().to_numpy()
    eves = {
        (day, window): max(window_starts(day)[window] - timedelta(days=1), first)
        for day in days
        for window in WINDOWS
    }
    place = {day: n for n, day in enumerate(every)}
    own = counts[[place[day] for day, _ in eves]] - counts[[place[eve] for eve in eves.values()]]
    index = pd.MultiIndex.from_tuples(list(eves), names=["game_date", "window"])
    rows = pd.DataFrame(own, index, wide.columns).melt(ignore_index=False, value_name="rows")
    return rows[rows["rows"] > 0].reset_index()[[*KEY, "rows"]]


def compute(_desk: object, warehouse: Warehouse, dates: list[date]) -> Computed:
    """The reliability of the dates, each of what is published of the ledger up to it."""
    in_season = [day for day in dates if season_of(day)]
    daily = Daily.of(ledger_up_to(warehouse, in_season, READ))
    evidence: Mapping[str, pd.DataFrame] = {JUDGED: judged_in_windows(daily, in_season)}
    rows = typed(RELIABILITY, reliability(daily, in_season))
    return Computed(rows, evidence)
