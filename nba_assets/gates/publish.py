"""The one publish step of all tables: compute, stage, audit, publish what passed. Dagster is told elsewhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.gates.audit import Audit, Earlier, Gate, audit, listed
from nba_assets.gates.lineage import digest_read, partition_name
from nba_assets.partitions import dates_between, season_dates, season_of, week_of, weeks_of
from nba_assets.warehouse.base import Published, Staged, Warehouse
from nba_assets.warehouse.frames import keys_of
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import UNDATED, Table


@dataclass
class Computed:
    """What a table's function made of a range of dates.

    Attributes:
        rows: of all dates, typed as the contract says, or the query that makes them.
        evidence: frames that gates read beside the rows, by name.
        missing_inputs: what a date cannot be made without, by date.
        notes: facts for a date's metadata, by date.
        frozen: rows that nothing changes any more, published beside the others as they are: neither
            judged again nor marked for what is wrong with the others.
        instead: rows that are published where the gates leave none of their key, as they are.
    """

    rows: pa.Table | Query
    evidence: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    missing_inputs: Mapping[date, Sequence[str]] = field(default_factory=dict)
    notes: Mapping[date, Mapping[str, object]] = field(default_factory=dict)
    frozen: pa.Table | None = None
    instead: pa.Table | None = None


class Progress(Protocol):
    """Who wants to see long work going on."""

    def done(self, asset: str, day: date, state: str) -> None:
        """A date of an asset has been dealt with: answered, published, degraded, empty or held."""
        ...


class NoProgress:
    """Nobody looks."""

    def done(self, asset: str, day: date, state: str) -> None:
        """Nothing to show."""


# The first argument is where a table reads what is no table: the landing desk. It is passed on
# unseen, for this room knows no landing.
Compute = Callable[[Any, Warehouse, list[date]], Computed]
# A date's rows that passed, the digests of its inputs by `partition_name`, of optional ones those that
# are published → the rows to publish.
Finish = Callable[[pa.Table, Mapping[str, str]], pa.Table]


@dataclass(frozen=True)
class Step:
    """The work of one table's step.

    Attributes:
        table: the contract.
        inputs: tables that have to be published for a date to be made.
        gates: beside the contract's own.
        compute: dates → rows and what the gates need.
        schedule: the table that says which games there are.
        expected_games: of its rows, those that must have results.
        history: tables whose earlier dates are read, and how many days far. Of these the eve has to be
            published, but for a weekly table; other dates that lack are named.
        weekly: tables of which the date's week has to be published.
        first_date: before which nothing is kept.
        finish: sees the rows of a date and the digests of its inputs before they are published.
        optional: tables that are made before it, and that it can do without.
    """

    table: Table
    inputs: tuple[Table, ...]
    gates: tuple[Gate, ...]
    compute: Compute
    schedule: Table
    expected_games: Callable[[pd.DataFrame], pd.DataFrame]
    history: Mapping[Table, int] = field(default_factory=dict)
    weekly: tuple[Table, ...] = ()
    first_date: date = date.min
    finish: Finish | None = None
    optional: tuple[Table, ...] = ()

    @contextmanager
    def staged(
        self, desk: Any, warehouse: Warehouse, dates: list[date], run_id: str
    ) -> Iterator[tuple[Computed, Staged]]:
        """The dates' rows where no reader looks, for as long as the block lasts."""
        computed = self.compute(desk, warehouse, dates)
        if self.table.is_undated and isinstance(computed.rows, pa.Table):
            column = pa.array([UNDATED] * computed.rows.num_rows, pa.date32())
            computed = replace(computed, rows=computed.rows.add_column(0, "game_date", column))
        staged = self._stage(warehouse, dates, computed, run_id)
        try:
            yield computed, staged
        finally:
            warehouse.discard(staged)

    def _stage(
        self, warehouse: Warehouse, dates: list[date], computed: Computed, run_id: str
    ) -> Staged:
        stage = warehouse.stage_query if isinstance(computed.rows, Query) else warehouse.stage_rows
        staged: Staged = stage(self.table, dates, computed.rows, run_id)
        return staged

    def audited(
        self, warehouse: Warehouse, computed: Computed, staged: Staged
    ) -> dict[date, Audit]:
        """What the gates say of each date."""
        read = {t.name: t for gate in self.gates for t in gate.tables}
        frames = dict(computed.evidence) | {
            name: warehouse.read(t, staged.dates).to_pandas() for name, t in read.items()
        }
        for earlier in (i for gate in self.gates for i in gate.inputs if isinstance(i, Earlier)):
            first = min(staged.dates)
            days = dates_between(first - timedelta(days=earlier.days), first - timedelta(days=1))
            rows = warehouse.read(earlier.table, days, earlier.columns)
            frames[earlier.name] = rows.to_pandas()
        missing = self._missing_inputs(warehouse, staged.dates, computed)
        return audit(self.table.dated, staged.dates, staged.rows, self.gates, frames, missing)

    def published(
        self,
        warehouse: Warehouse,
        computed: Computed,
        staged: Staged,
        audits: Mapping[date, Audit],
        progress: Progress,
    ) -> dict[date, dict[str, Any]]:
        """Publish every date that nothing holds; the facts of each for its event."""
        judged = [day for day in staged.dates if self._is_held_to_its_games(audits[day])]
        scheduled = self._scheduled(warehouse, judged)
        expected = scheduled if self.table.has_every_game else None
        gaps = self._gaps(warehouse, staged.dates)
        facts = {}
        for day, found in audits.items():
            if found.refusals:
                warehouse.quarantine(self.table, day, found.held)
                progress.done(self.table.name, day, "held")
                continue
            rows, state = stamped(found, expected[day] if expected else None)
            if self.finish:
                digests = {
                    partition_name(t, day): digest_read(warehouse, t, day) or ""
                    for t in (*self.inputs, *self.weekly)
                }
                for table in self.optional:
                    if digest := digest_read(warehouse, table, day):
                        digests[partition_name(table, day)] = digest
                rows = self.finish(rows, digests)
            rows, state = self._with_unjudged(rows, state, computed, day)
            published = warehouse.publish(staged, day, rows)
            warehouse.quarantine(self.table, day, found.held)
            notes = {**computed.notes.get(day, {}), **gaps.get(day, {})}
            is_of_games = not (self.table.is_undated or self.table.is_weekly)
            if state == "empty" and is_of_games and not (scheduled or {}).get(day):
                notes["no_games"] = True
            facts[day] = _facts(published, state, found, rows, notes)
            progress.done(self.table.name, day, state)
        return facts

    def _with_unjudged(
        self, rows: pa.Table, state: str, computed: Computed, day: date
    ) -> tuple[pa.Table, str]:
        key = self.table.key
        own = []
        if (frozen := _of_date(computed.frozen, day)) is not None:
            own.append(frozen)
        if (instead := _of_date(computed.instead, day)) is not None:
            there = set(keys_of(rows, key))
            own.append(instead.filter(pa.array([k not in there for k in keys_of(instead, key)])))
        more = pa.concat_tables(own) if own else None
        if more is None or not more.num_rows:
            return rows, state
        merged = pa.concat_tables([rows, more])
        if state == "empty":
            state = "degraded" if pc.any(more["is_degraded"]).as_py() else "published"
        return merged.sort_by([(name, "ascending") for name in key]), state

    def _is_held_to_its_games(self, found: Audit) -> bool:
        """Whether the schedule is asked: of a table without every game, only where a date is empty."""
        return self.table.has_every_game or not (found.rows and found.rows.num_rows)

    def _scheduled(
        self, warehouse: Warehouse, dates: Sequence[date]
    ) -> dict[date, set[str]] | None:
        """The games of each date that must have results; None of the schedule, and of what has no dates."""
        if self.table is self.schedule or self.table.is_undated or self.table.is_weekly:
            return None
        schedule = warehouse.read(self.schedule, dates).to_pandas()
        games = self.expected_games(schedule)
        return {day: set(games.loc[games["game_date"] == day, "game_id"]) for day in dates}

    def _missing_inputs(
        self, warehouse: Warehouse, dates: Sequence[date], computed: Computed
    ) -> dict[date, list[str]]:
        missing = {
            day: list(reasons) for day, reasons in computed.missing_inputs.items() if reasons
        }
        # A table without dates takes what there is; it waits for no date of its inputs.
        in_season = [day for day in dates if day != UNDATED and season_of(day)]
        is_due = is_week_in_season if self.table.is_weekly else season_of
        begun = [day for day in dates if day != UNDATED and is_due(day)]
        for table in self.inputs:
            for day in sorted(set(in_season) - warehouse.published_dates(table, in_season)):
                missing.setdefault(day, []).append(
                    f"required_inputs: {table.name} is not published for {day}; materialize it first"
                )
        for table in self.weekly:
            published = warehouse.published_dates(table, weeks_of(begun))
            for day in begun:
                if (week := week_of(day)) not in published:
                    missing.setdefault(day, []).append(
                        f"required_inputs: {table.name} is not published for the week of {week};"
                        " materialize it first"
                    )
        if self.table.is_weekly:
            return missing  # a week is not lost for one night
        eves = {eve: day for day in in_season if (eve := eve_of(day, self.first_date))}
        for table in self.history:
            for eve in sorted(eves.keys() - warehouse.published_dates(table, list(eves))):
                missing.setdefault(eves[eve], []).append(
                    f"required_inputs: {table.name} is not published for {eve}, the eve;"
                    " materialize it first"
                )
        return missing

    def _gaps(self, warehouse: Warehouse, dates: Sequence[date]) -> dict[date, dict[str, object]]:
        """Dates of the history that should be published and are not, as a note of each date."""
        found: dict[date, list[str]] = {}
        for table, reach in self.history.items():
            first = max(min(dates) - timedelta(days=reach), self.first_date)
            window = season_dates(first, max(dates) - timedelta(days=1))
            lacking = sorted(set(window) - warehouse.published_dates(table, window))
            for day in dates:
                oldest = day - timedelta(days=reach)
                if own := [str(gap) for gap in lacking if oldest <= gap < day]:
                    found.setdefault(day, []).append(f"{table.name}: {listed(own)}")
        return {day: {"history_gaps": listed(gaps)} for day, gaps in found.items()}


def is_week_in_season(week: date) -> bool:
    """Whether any of a week's seven dates lies in a season: opening nights are Tuesdays."""
    return any(season_of(week + timedelta(days=n)) for n in range(7))


def eve_of(day: date, first_date: date) -> date | None:
    """The date before, where something of it is to be waited for: in the season, and kept at all."""
    eve = day - timedelta(days=1)
    return eve if season_of(eve) and eve >= first_date else None


def stamped(found: Audit, expected: set[str] | None) -> tuple[pa.Table, str]:
    """The date's rows with completeness and degradation as the gates left them, and its state.

    Args:
        found: the date's audit, nothing of it held.
        expected: games the date must have; None for the table that says so itself.
    """
    rows = found.rows
    assert rows is not None
    state = "degraded" if found.reasons else "published"
    if "is_degraded" not in rows.column_names:
        return rows, state if rows.num_rows else "empty"
    if expected is not None and "game_id" in rows.column_names:
        present = expected & set(rows["game_id"].to_pylist())
        share = 100.0 * len(present) / len(expected) if expected else None
        rows = _with(rows, "completeness_pct", pa.array([share] * rows.num_rows, pa.float64()))
    if found.reasons:
        own = rows["degraded_reasons"].to_pylist()
        of_date = [_reasons_of(found, cutoff) for cutoff in _cutoffs(rows)]
        more = [
            [*reasons, *(r for r in date_reasons if r not in reasons)]
            for reasons, date_reasons in zip(own, of_date, strict=True)
        ]
        is_degraded = [
            bool(date_reasons) or already
            for date_reasons, already in zip(of_date, rows["is_degraded"].to_pylist(), strict=True)
        ]
        rows = _with(rows, "degraded_reasons", pa.array(more, pa.list_(pa.string())))
        rows = _with(rows, "is_degraded", pa.array(is_degraded, pa.bool_()))
    if not rows.num_rows:
        return rows, "degraded" if found.reasons else "empty"
    return rows, "degraded" if pc.any(rows["is_degraded"]).as_py() else "published"


def _of_date(rows: pa.Table | None, day: date) -> pa.Table | None:
    """The rows of a date; None without any."""
    own = None if rows is None else rows.filter(pc.equal(rows["game_date"], pa.scalar(day)))
    return own if own is not None and own.num_rows else None


def _cutoffs(rows: pa.Table) -> list[str]:
    return rows["cutoff"].to_pylist() if "cutoff" in rows.column_names else [""] * rows.num_rows


def _reasons_of(found: Audit, cutoff: str) -> list[str]:
    """The date's reasons without those that are about rows of other cut-offs alone."""
    others = {r for other, own in found.reasons_of.items() if other != cutoff for r in own}
    return [reason for reason in found.reasons if reason not in others]


def _with(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, values)


def _facts(
    published: Published,
    state: str,
    found: Audit,
    rows: pa.Table,
    notes: Mapping[str, object],
) -> dict[str, Any]:
    games = len(rows["game_id"].unique()) if "game_id" in rows.column_names else 0
    reasons = list(found.reasons)
    if state == "degraded" and "degraded_reasons" in rows.column_names:
        of_rows = {r for rs in rows["degraded_reasons"].to_pylist() for r in rs or ()}
        reasons += sorted(of_rows - set(reasons))
    return {
        "dagster/partition_row_count": published.rows,
        "state": state,
        "games": games,
        "digest": published.digest,
        "changed": published.changed,
        **({"reasons": listed(reasons)} if reasons else {}),
        **notes,
    }
