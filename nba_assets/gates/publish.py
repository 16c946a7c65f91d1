"""The one publish step: compute, stage, audit, publish what passed, record only that. For all tables."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import dagster as dg
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.gates.audit import CONTRACT_GATE, Audit, Gate, Verdict, audit, listed
from nba_assets.landing.desk import Desk
from nba_assets.partitions import season_of
from nba_assets.warehouse.base import Published, Staged, Warehouse
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import Table

log = logging.getLogger(__name__)

OWNER = "team:data-platform"
SYNTHETIC = "**SYNTHETIC**: games of the simulated sandbox league, no results of anything real."


@dataclass
class Computed:
    """What a table's function made of a range of dates.

    Attributes:
        rows: of all dates, typed as the contract says, or the query that makes them.
        evidence: frames that gates read beside the rows, by name.
        missing_inputs: what a date cannot be made without, by date.
        notes: facts for a date's metadata, by date.
    """

    rows: pa.Table | Query
    evidence: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    missing_inputs: Mapping[date, Sequence[str]] = field(default_factory=dict)
    notes: Mapping[date, Mapping[str, object]] = field(default_factory=dict)


class Progress(Protocol):
    """Who wants to see long work going on."""

    def done(self, asset: str, day: date, state: str) -> None:
        """A date of an asset has been dealt with: answered, published, degraded, empty or held."""
        ...


class NoProgress:
    """Nobody looks."""

    def done(self, asset: str, day: date, state: str) -> None:
        """Nothing to show."""


Compute = Callable[[Desk, Warehouse, list[date]], Computed]


@dataclass(frozen=True)
class Room:
    """What the assets of a build share.

    Attributes:
        game_dates: the one partitions definition.
        automation: when derived tables are made.
        freshness: by layer.
        tables: all contracts, by name.
        schedule: the table that says which games there are.
        expected_games: of its rows, those that must have results.
        synthetic: whether every number is simulated, and labelled so.
    """

    game_dates: dg.DailyPartitionsDefinition
    automation: dg.AutomationCondition
    freshness: Mapping[str, dg.FreshnessPolicy]
    tables: Mapping[str, Table]
    schedule: Table
    expected_games: Callable[[pd.DataFrame], pd.DataFrame]
    synthetic: bool

    def described(self, description: str) -> str:
        """An asset's description, with the label that simulated games need wherever they are shown."""
        return f"{description}\n\n{SYNTHETIC}" if self.synthetic else description

    @property
    def tags(self) -> dict[str, str]:
        """Tags of every asset."""
        return {"synthetic": "sandbox"} if self.synthetic else {}


def asset_key(table: Table) -> dg.AssetKey:
    """`["raw", "schedule"]` of `raw.schedule`."""
    return dg.AssetKey(table.name.split("."))


def table_asset(
    room: Room,
    table: Table,
    compute: Compute,
    *,
    reads: Sequence[Table],
    feeds: Sequence[str] = (),
    gates: Sequence[Gate] = (),
    kinds: set[str],
    source: Path,
    lineage: dg.TableColumnLineage | None = None,
) -> dg.AssetsDefinition:
    """One table as an asset whose partitions are materialized if and only if their gates passed.

    Args:
        room: what all assets share.
        table: the contract; the asset is named as the table.
        compute: dates → rows and what the gates need.
        reads: tables it is made of; dates that lack one of them are held.
        feeds: landing feeds it is made of.
        gates: beside the contract's own.
        kinds: shown in the UI.
        source: the file a person opens to change it.
        lineage: which upstream columns each column is made of.
    """
    key = asset_key(table)
    inputs = {t.name: t for t in (*reads, *(t for g in gates for t in g.tables))}
    if table is not room.schedule:
        inputs[room.schedule.name] = room.schedule
    check_specs = [
        dg.AssetCheckSpec(
            name,
            asset=key,
            partitions_def=room.game_dates,
            blocking=True,
            description=description,
        )
        for name, description in (
            (CONTRACT_GATE, _contract_in_words(table)),
            *((gate.name, gate.description) for gate in gates),
        )
    ]
    spec = dg.AssetSpec(
        key,
        description=room.described(table.description),
        tags=room.tags,
        partitions_def=room.game_dates,
        group_name=table.schema_name,
        deps=[
            *(asset_key(t) for t in inputs.values()),
            *(dg.AssetKey(["landing", feed]) for feed in feeds),
        ],
        kinds=kinds,
        owners=[OWNER],
        automation_condition=room.automation,
        freshness_policy=room.freshness.get(table.schema_name),
        skippable=True,
        metadata={
            "dagster/table_name": table.name,
            "dagster/column_schema": column_schema(table),
            "dagster/code_references": dg.CodeReferencesMetadataValue(
                code_references=[
                    dg.LocalFileCodeReference(
                        file_path=str(source), line_number=1, label=source.name
                    )
                ]
            ),
            **({"dagster/column_lineage": lineage} if lineage else {}),
        },
    )

    step = _Step(room, table, tuple(inputs.values()), tuple(gates), compute)

    @dg.multi_asset(
        name="__".join(key.path),
        specs=[spec],
        check_specs=check_specs,
        # Makes the check outputs optional: each date's verdict is logged with its date instead.
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def write_audit_publish(
        context: dg.AssetExecutionContext,
        desk: dg.ResourceParam[Desk],
        warehouse: dg.ResourceParam[Warehouse],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.MaterializeResult]:
        dates = [date.fromisoformat(key) for key in context.partition_keys]
        with step.staged(desk, warehouse, dates, context.run.run_id) as (computed, staged):
            audits = step.audited(warehouse, computed, staged)
            for found in audits.values():
                refused = computed.notes.get(found.day, {}).get("passed_over", "")
                for verdict in found.verdicts:
                    context.log_event(_evaluation(key, verdict, found.day, refused))
            if not context.selected_asset_keys:  # the checks were launched alone
                return
            facts = step.published(warehouse, computed, staged, audits, progress)
        if facts and lineage:
            # Dagster looks for it in the newest event: one date of a run carries it.
            facts[max(facts)]["dagster/column_lineage"] = lineage
        held = {
            day: [*found.refusals, *_passed_over(computed, day)]
            for day, found in audits.items()
            if found.refusals
        }
        if not held:
            for day, entry in facts.items():
                context.add_asset_metadata(entry, asset_key=key, partition_key=str(day))
            yield dg.MaterializeResult(asset_key=key)
            return
        # A step that fails records nothing by itself: what was published is recorded by hand.
        for day, entry in facts.items():
            context.log_event(dg.AssetMaterialization(key, partition=str(day), metadata=entry))
        raise dg.Failure(_refusal(table, held), allow_retries=False)

    return write_audit_publish


@dataclass(frozen=True)
class _Step:
    """The work of one table's step, apart from what is told to Dagster."""

    room: Room
    table: Table
    inputs: tuple[Table, ...]
    gates: tuple[Gate, ...]
    compute: Compute

    @contextmanager
    def staged(
        self, desk: Desk, warehouse: Warehouse, dates: list[date], run_id: str
    ) -> Iterator[tuple[Computed, Staged]]:
        """The dates' rows where no reader looks, for as long as the block lasts."""
        computed = self.compute(desk, warehouse, dates)
        stage = warehouse.stage_query if isinstance(computed.rows, Query) else warehouse.stage_rows
        staged = stage(self.table, dates, computed.rows, run_id)
        try:
            yield computed, staged
        finally:
            warehouse.discard(staged)

    def audited(
        self, warehouse: Warehouse, computed: Computed, staged: Staged
    ) -> dict[date, Audit]:
        """What the gates say of each date."""
        frames = dict(computed.evidence) | {
            t.name: warehouse.read(t, staged.dates).to_pandas()
            for gate in self.gates
            for t in gate.tables
        }
        missing = _missing_inputs(warehouse, self.inputs, staged.dates, computed)
        return audit(self.table, staged.dates, staged.rows, self.gates, frames, missing)

    def published(
        self,
        warehouse: Warehouse,
        computed: Computed,
        staged: Staged,
        audits: Mapping[date, Audit],
        progress: Progress,
    ) -> dict[date, dict[str, Any]]:
        """Publish every date that nothing holds; the facts of each for its event."""
        expected = self._expected(warehouse, staged.dates)
        facts = {}
        for day, found in audits.items():
            if found.refusals:
                progress.done(self.table.name, day, "held")
                continue
            rows, state = stamped(found, expected[day] if expected else None)
            published = warehouse.publish(staged, day, rows)
            warehouse.quarantine(self.table, day, found.held)
            facts[day] = _facts(published, state, found, rows, computed.notes.get(day, {}))
            progress.done(self.table.name, day, state)
        return facts

    def _expected(self, warehouse: Warehouse, dates: Sequence[date]) -> dict[date, set[str]] | None:
        """The games each date must have; None for the table that is the schedule itself."""
        if self.table is self.room.schedule:
            return None
        schedule = warehouse.read(self.room.schedule, dates).to_pandas()
        games = self.room.expected_games(schedule)
        return {day: set(games.loc[games["game_date"] == day, "game_id"]) for day in dates}


def sql_asset(
    room: Room, table: Table, sql: Path, *, gates: Sequence[Gate] = ()
) -> dg.AssetsDefinition:
    """A table that one `.sql` file says: upstream tables and column lineage are read from the SQL.

    Raises:
        LookupError: where the SQL reads a table that has no contract; a rename breaks the build.
    """
    query = Query(sql)
    if unknown := [name for name in query.upstreams if name not in room.tables]:
        raise LookupError(f"{sql.name} reads {', '.join(unknown)}: no contract has that name")

    def compute(_desk: Desk, _warehouse: Warehouse, _dates: list[date]) -> Computed:
        return Computed(query)

    return table_asset(
        room,
        table,
        compute,
        reads=[room.tables[name] for name in query.upstreams],
        gates=gates,
        kinds={"sql", "duckdb", "parquet"},
        source=sql,
        lineage=lineage_metadata(query, room.tables),
    )


def lineage_metadata(query: Query, tables: Mapping[str, Table]) -> dg.TableColumnLineage:
    """Which upstream columns each column is made of, for the UI."""
    return dg.TableColumnLineage(
        {
            column: [
                dg.TableColumnDep(dg.AssetKey(table.split(".")), upstream)
                for table, upstream in sorted(sources)
            ]
            for column, sources in query.column_lineage(tables).items()
        }
    )


def column_schema(table: Table) -> dg.TableSchema:
    """The contract as the UI shows it."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                c.name,
                c.type,
                description=c.meaning + (f"; NULL: {c.null_means}" if c.null_means else ""),
                constraints=dg.TableColumnConstraints(
                    nullable=c.null_means is not None,
                    other=["key"] if c.name in table.key else None,
                ),
            )
            for c in table.columns
        ]
    )


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
    if expected is not None:
        present = expected & set(rows["game_id"].to_pylist())
        share = 100.0 * len(present) / len(expected) if expected else None
        rows = _with(rows, "completeness_pct", pa.array([share] * rows.num_rows, pa.float64()))
    if found.reasons:
        own = rows["degraded_reasons"].to_pylist()
        more = [[*reasons, *(r for r in found.reasons if r not in reasons)] for reasons in own]
        rows = _with(rows, "degraded_reasons", pa.array(more, pa.list_(pa.string())))
        rows = _with(rows, "is_degraded", pa.array([True] * rows.num_rows, pa.bool_()))
    if not rows.num_rows:
        return rows, "degraded" if found.reasons else "empty"
    return rows, "degraded" if pc.any(rows["is_degraded"]).as_py() else "published"


def _with(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, values)


def _refusal(table: Table, held: Mapping[date, Sequence[str]]) -> str:
    refusals = [f"{table.name} {day} {refusal}" for day, own in held.items() for refusal in own]
    dates = ", ".join(str(day) for day in sorted(held))
    return (
        "\n".join(refusals)
        + "\nThe last good data stays. Mend the input, then materialize"
        + f" {asset_key(table).to_user_string()} again for {dates}."
    )


def _missing_inputs(
    warehouse: Warehouse, inputs: Sequence[Table], dates: Sequence[date], computed: Computed
) -> dict[date, list[str]]:
    missing = {day: list(reasons) for day, reasons in computed.missing_inputs.items() if reasons}
    in_season = [day for day in dates if season_of(day)]
    for table in inputs:
        for day in sorted(set(in_season) - warehouse.published_dates(table, in_season)):
            missing.setdefault(day, []).append(
                f"required_inputs: {table.name} is not published for {day}; materialize it first"
            )
    return missing


def _passed_over(computed: Computed, day: date) -> list[str]:
    refused = computed.notes.get(day, {}).get("passed_over")
    return [f"had to pass over: {refused}"] if refused else []


def _evaluation(
    key: dg.AssetKey, verdict: Verdict, day: date, passed_over: object
) -> dg.AssetCheckEvaluation:
    held = verdict.effect == "holds"
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=verdict.gate,
        passed=verdict.effect == "passed",
        partition=str(day),
        blocking=True,
        severity=dg.AssetCheckSeverity.ERROR if held else dg.AssetCheckSeverity.WARN,
        metadata={
            "effect": verdict.effect,
            "offenders": len(verdict.offenders),
            **({"named": listed(verdict.offenders)} if verdict.offenders else {}),
            **({"passed_over": str(passed_over)} if verdict.offenders and passed_over else {}),
        },
    )


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
        **({"no_games": True} if state == "empty" else {}),
        **({"reasons": listed(reasons)} if reasons else {}),
        **notes,
    }


def _contract_in_words(table: Table) -> str:
    key = ", ".join(table.key)
    return (
        f"Columns and types of the contract, no NULL where it knows none, one row per ({key}),"
        " only rows of the date, and every required input published."
    )
