"""What the systems are worth: windows that end with a date, by slice, and how sure that is."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from nba_assets.gates.publish import Computed
from nba_assets.grading.intervals import gap_intervals, verdicts, wilson
from nba_assets.grading.measures import GROUP, READ, daily_sums, folded, rates
from nba_assets.grading.slices import has_gap_interval, of_players, slices
from nba_assets.grading.system_daily_performance import quality_of_dates
from nba_assets.grading.tables import PERFORMANCE_SUMMARY, PREDICTION_ACCURACY
from nba_assets.partitions import dates_between, season_of
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import typed

SEASON = "season"
MIN_PLAYER_ROWS = 20  # graded; of fewer a player's mean error is mostly luck
# Dates of the ledger in memory together; their sums are a tenth of it.
READ_AT_ONCE = 30
_NEVER = np.iinfo(np.int64).max


def window_starts(day: date) -> dict[str, date]:
    """The first date of each window that ends with a date of a season."""
    season = season_of(day)
    assert season is not None
    return {
        "7_days": day - timedelta(days=6),
        "30_days": day - timedelta(days=29),
        "month": day.replace(day=1),
        SEASON: season.first,
    }


@dataclass(frozen=True)
class Daily:
    """Sums of each date of a ledger, and the quality of what is made of it.

    Attributes:
        slices: by date and group, as `daily_sums` makes them.
        players: the same of players' active rows.
        quality: by date.
    """

    slices: pd.DataFrame
    players: pd.DataFrame
    quality: pd.DataFrame

    @classmethod
    def of(cls, ledgers: Iterable[pd.DataFrame]) -> "Daily":
        """The sums of some parts of a ledger, each of whole dates in key order within them."""
        found = [
            (
                daily_sums(part, slices),
                daily_sums(part, of_players, only_active=True),
                quality_of_dates(part),
            )
            for part in ledgers
            if len(part)
        ]
        if not found:
            return cls(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
        groups, players, quality = zip(*found, strict=True)
        return cls(stacked(groups), stacked(players), pd.concat(quality))


def stacked(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Sums of some parts, in their order; the columns of empty ones decide no type."""
    every = list(parts)
    return pd.concat([part for part in every if len(part)] or every[:1], ignore_index=True)


@dataclass
class Span:
    """Sums over the dates from the first one of a window on.

    Attributes:
        first: date of the window.
        last: date that is in it.
        sums: groups x measures.
        first_graded: per group, the ordinal of the first date with a graded row.
    """

    first: date
    last: date
    sums: np.ndarray
    first_graded: np.ndarray


class Spans:
    """Daily sums, ready to be added up over spans of dates, each date in its turn.

    Args:
        daily: sums by date and group, as `daily_sums` makes them.

    Attributes:
        groups: system, cut-off, kind and slice by number.
        names: of the measures.
    """

    def __init__(self, daily: pd.DataFrame) -> None:
        keys = daily[GROUP]
        self.groups = keys.drop_duplicates().sort_values(GROUP, ignore_index=True)
        self.names = [name for name in daily if name not in ("game_date", *GROUP)]
        number = pd.MultiIndex.from_frame(self.groups)
        places = number.get_indexer(pd.MultiIndex.from_frame(keys))
        values = daily[self.names].to_numpy(float)
        self._of_date = {
            day: (places[rows], values[rows])
            for day, rows in daily.groupby("game_date").indices.items()
        }
        self._running: dict[str, Span] = {}

    def over(self, window: str, first: date, last: date) -> Span:
        """The sums of a window; where it begins as the one of that name before, they are carried on."""
        span = self._running.get(window)
        if span is None or span.first != first or span.last > last:
            shape = (len(self.groups), len(self.names))
            nobody = np.full(len(self.groups), _NEVER)
            span = Span(first, first - timedelta(days=1), np.zeros(shape), nobody)
        for day, (places, values) in self._between(span.last + timedelta(days=1), last):
            span.sums[places] += values
            graded = places[values[:, self.names.index("graded")] > 0]
            span.first_graded[graded] = np.minimum(span.first_graded[graded], day.toordinal())
        span.last = last
        self._running[window] = span
        return span

    def by_date(self, name: str, groups: np.ndarray, first: date, last: date) -> np.ndarray:
        """One measure, dates with rows x the groups."""
        column = self.names.index(name)
        found = []
        for _, (places, values) in self._between(first, last):
            row = np.zeros(len(self.groups))
            row[places] = values[:, column]
            found.append(row[groups])
        return np.array(found).reshape(len(found), len(groups))

    def _between(self, first: date, last: date) -> Iterator[tuple[date, tuple[np.ndarray, ...]]]:
        for day in dates_between(first, last):
            if day in self._of_date:
                yield day, self._of_date[day]


@dataclass(frozen=True)
class Part:
    """Some groups of one window: their numbers, sums, days and the interval of their gap, as arrays."""

    day: date
    window: str
    groups: np.ndarray
    sums: np.ndarray
    days: np.ndarray
    low: np.ndarray
    high: np.ndarray


def performance_summary(daily: Daily, dates: Sequence[date]) -> pd.DataFrame:
    """A row per date, system, cut-off, kind, window and slice, with every column of the contract.

    Args:
        daily: sums of the ledger from the first date of the oldest window on.
        dates: of seasons; those without a row of the ledger have no summary.
    """
    days = sorted(set(dates) & set(daily.quality.index))
    if not days:
        return pd.DataFrame(columns=list(PERFORMANCE_SUMMARY.column_names))
    everybody, players = Spans(daily.slices), Spans(daily.players)
    groups = [
        _of_groups(everybody, day, window, first)
        for day in days
        for window, first in window_starts(day).items()
    ]
    known = [_of_players(players, day) for day in days]
    sums = stacked([_rows(everybody, groups), _rows(players, known)])
    found = rates(sums)
    decided = found["wins"] + found["losses"]
    low, high = wilson(found["wins"], decided)
    told = sums[["game_date", *GROUP, "window", "days", "mae_gap_low", "mae_gap_high"]]
    rows = pd.concat([told, found], axis=1).assign(
        hit_rate_low=low,
        hit_rate_high=high,
        verdict=verdicts(low, high, found["break_even"]),
    )
    return rows.join(daily.quality, on="game_date")


def _of_groups(spans: Spans, day: date, window: str, first: date) -> Part:
    """A window's sums of every slice but those of players, with the interval of the gap."""
    span = spans.over(window, first, day)
    groups = np.flatnonzero(span.sums[:, spans.names.index("predictions")] > 0)
    part = _part(span, groups, day, window)
    compared = np.flatnonzero(has_gap_interval(spans.groups["slice"].iloc[groups]).to_numpy())
    part.low[compared], part.high[compared] = gap_intervals(
        spans.by_date("gap", groups[compared], first, day),
        spans.by_date("lined", groups[compared], first, day),
        day,
        window,
    )
    return part


def _of_players(spans: Spans, day: date) -> Part:
    """The season's sums of every player with enough graded rows."""
    span = spans.over(SEASON, window_starts(day)[SEASON], day)
    is_known = span.sums[:, spans.names.index("graded")] >= MIN_PLAYER_ROWS
    return _part(span, np.flatnonzero(is_known), day, SEASON)


def _part(span: Span, groups: np.ndarray, day: date, window: str) -> Part:
    first = span.first_graded[groups]
    days = np.where(first == _NEVER, np.nan, day.toordinal() - first + 1.0)
    low, high = np.full((2, len(groups)), np.nan)
    return Part(day, window, groups, span.sums[groups], days, low, high)


def _rows(spans: Spans, parts: Sequence[Part]) -> pd.DataFrame:
    """The parts as rows of sums, what calibration is off by as one number."""
    sizes = [len(part.groups) for part in parts]
    sums = pd.DataFrame(np.concatenate([part.sums for part in parts]), columns=spans.names)
    groups = spans.groups.take(np.concatenate([part.groups for part in parts]))
    keys = {
        "game_date": np.repeat(np.array([part.day for part in parts], object), sizes),
        "window": np.repeat(np.array([part.window for part in parts], object), sizes),
        "days": np.concatenate([part.days for part in parts]),
        "mae_gap_low": np.concatenate([part.low for part in parts]),
        "mae_gap_high": np.concatenate([part.high for part in parts]),
    }
    return pd.concat([groups.reset_index(drop=True), pd.DataFrame(keys), folded(sums)], axis=1)


def ledger_up_to(
    warehouse: Warehouse, dates: Sequence[date], columns: Collection[str]
) -> Iterator[pd.DataFrame]:
    """The ledger from the first date of the dates' oldest window to the last of them, in parts of whole dates."""
    if not dates:
        return
    first = min(start for day in dates for start in window_starts(day).values())
    days = dates_between(first, max(dates))
    for n in range(0, len(days), READ_AT_ONCE):
        part = days[n : n + READ_AT_ONCE]
        yield pd.DataFrame(warehouse.read(PREDICTION_ACCURACY, part, columns).to_pandas())


def compute(_desk: object, warehouse: Warehouse, dates: list[date]) -> Computed:
    """The summaries of the dates, each of what is published of the ledger up to it."""
    in_season = [day for day in dates if season_of(day)]
    if not in_season:
        return Computed(PERFORMANCE_SUMMARY.rows([]))
    ledgers = ledger_up_to(warehouse, in_season, READ)
    return Computed(typed(PERFORMANCE_SUMMARY, performance_summary(Daily.of(ledgers), in_season)))
