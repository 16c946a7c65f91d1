"""A table as a Dagster asset: what the UI shows of it, and how a step tells Dagster what it published."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import dagster as dg
import pandas as pd

from nba_assets.gates.audit import CONTRACT_GATE, Gate, Verdict, listed
from nba_assets.gates.publish import Compute, Computed, Finish, Progress, Step
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.sql import Query, parsed
from nba_assets.warehouse.table import UNDATED, Table

OWNER = "team:data-platform"
# Evidence of a table that one file says: inputs that it can do without, and the dates that lack them.
ABSENT = "absent_inputs"
UNDATED_TAG = "nba_assets/undated"
WEEKLY = "weekly"
WEEKLY_TAG = "nba_assets/weekly"
# Of an asset's metadata: assets whose earlier dates it reads with the days, and those it can do without.
HISTORY, OPTIONAL = "nba_assets/history", "nba_assets/optional"
# Of a run: dates whose rows are as they were are not recorded anew. What reads them in the same run
# would be skipped, so each layer is a run of its own.
ONLY_CHANGES = "nba_assets/only_changes"
# A window of dates as an edge would wait for every one of them and be made again for each that is
# corrected: the edge is the eve, and how far back is read is the engine's business.
EVE = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
SAME_WEEK = dg.TimeWindowPartitionMapping()
_EFFECT = {
    "row": "Quarantines the row.",
    "game": "Quarantines the game.",
    "aside": "Sets the row aside.",
    "partition": "Holds the date.",
    "notice": "Is told, and holds nothing.",
}
SYNTHETIC = "**SYNTHETIC**: games of the simulated sandbox league, no results of anything real."


class HomeKeeper(Protocol):
    """Whoever knows which world a home belongs to: the landing desk."""

    def claim_home(self) -> None:
        """Refuse a home of the other world, simulated or real."""
        ...


@dataclass(frozen=True)
class Room:
    """What the assets of a build share.

    Attributes:
        game_dates: the one partitions definition of dates.
        game_weeks: that of weeks, by their Mondays.
        automation: when derived tables are made, given the inputs that they can do without.
        automation_weekly: when what a week is begun with is made.
        automation_undated: when a table without dates is rewritten.
        freshness: by layer, and of what is made weekly.
        tables: all contracts, by name.
        first_date: before which nothing is kept.
        schedule: the table that says which games there are.
        expected_games: of its rows, those that must have results.
        synthetic: whether every number is simulated, and labelled so.
    """

    game_dates: dg.DailyPartitionsDefinition
    game_weeks: dg.WeeklyPartitionsDefinition
    automation: Callable[[Sequence[dg.AssetKey]], dg.AutomationCondition]
    automation_weekly: dg.AutomationCondition
    automation_undated: dg.AutomationCondition
    freshness: Mapping[str, dg.FreshnessPolicy]
    tables: Mapping[str, Table]
    first_date: date
    schedule: Table
    expected_games: Callable[[pd.DataFrame], pd.DataFrame]
    synthetic: bool

    def partitions_of(self, table: Table) -> dg.TimeWindowPartitionsDefinition | None:
        """The dates or weeks of a table; None of one that has none."""
        if table.is_undated:
            return None
        return self.game_weeks if table.is_weekly else self.game_dates

    def automation_of(
        self, table: Table, optional: Sequence[dg.AssetKey]
    ) -> dg.AutomationCondition:
        """When the table is made without a hand, given the inputs that it can do without."""
        if table.is_undated:
            return self.automation_undated
        return self.automation_weekly if table.is_weekly else self.automation(optional)

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
    after: Sequence[Table] = (),
    history: Mapping[Table, int] | None = None,
    weekly: Sequence[Table] = (),
    feeds: Sequence[str] = (),
    gates: Sequence[Gate] = (),
    kinds: set[str],
    source: Path,
    lineage: dg.TableColumnLineage | None = None,
    finish: Finish | None = None,
    dates_at_once: int | None = None,
) -> dg.AssetsDefinition:
    """One table as an asset whose partitions are materialized if and only if their gates passed.

    Args:
        room: what all assets share.
        table: the contract; the asset is named as the table.
        compute: dates → rows and what the gates need.
        reads: tables it is made of; dates that lack one of them are held.
        after: tables that are made before it, and that it can do without.
        history: tables whose earlier dates it reads, and how many days far; it waits for the eve's.
        weekly: tables of which it reads the date's week.
        feeds: landing feeds it is made of.
        gates: beside the contract's own.
        kinds: shown in the UI.
        source: the file a person opens to change it.
        lineage: which upstream columns each column is made of.
        finish: sees the rows of a date and the digests of its inputs before they are published.
        dates_at_once: how many dates of a range are held in memory together; by default all.
    """
    key = asset_key(table)
    inputs = _inputs(room, table, reads, gates, after, history or {}, weekly, feeds)
    partitions = room.partitions_of(table)
    check_specs = _check_specs(table, gates, partitions)
    spec = _spec(room, table, inputs, partitions, kinds, source, lineage)
    step = Step(
        table,
        inputs.required,
        tuple(gates),
        compute,
        room.schedule,
        room.expected_games,
        inputs.history,
        inputs.weekly,
        room.first_date,
        finish,
        inputs.optional,
    )

    @dg.multi_asset(
        name="__".join(key.path),
        specs=[spec],
        check_specs=check_specs,
        # Makes the check outputs optional: each date's verdict is logged with its date instead.
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
    )
    def write_audit_publish(
        context: dg.AssetExecutionContext,
        desk: dg.ResourceParam[HomeKeeper],
        warehouse: dg.ResourceParam[Warehouse],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.MaterializeResult]:
        desk.claim_home()
        dates = (
            [date.fromisoformat(key) for key in context.partition_keys] if partitions else [UNDATED]
        )
        facts: dict[date, dict[str, Any]] = {}
        held: dict[date, list[str]] = {}
        for part in _parts(dates, dates_at_once):
            published, refused = _published(context, step, desk, warehouse, progress, part)
            facts |= published
            held |= refused
        if not context.selected_asset_keys:
            return
        # Where a step fails, Dagster takes every date it has no record of for failed.
        only_changes = ONLY_CHANGES in context.run.tags and not held
        if only_changes:
            facts = {day: entry for day, entry in facts.items() if entry["changed"]}
        if facts and lineage:
            # Dagster looks for it in the newest event: one date of a run carries it.
            facts[max(facts)]["dagster/column_lineage"] = lineage
        if not held and not only_changes:
            for day, entry in facts.items():
                partition = str(day) if partitions else None
                context.add_asset_metadata(entry, asset_key=key, partition_key=partition)
            yield dg.MaterializeResult(asset_key=key)
            return
        # A step that fails records nothing by itself: what was published is recorded by hand.
        for day, entry in facts.items():
            context.log_event(dg.AssetMaterialization(key, partition=str(day), metadata=entry))
        if not held:
            return
        raise dg.Failure(_refusal(table, held), allow_retries=False)

    return write_audit_publish


def sql_asset(
    room: Room,
    table: Table,
    sql: Path,
    *,
    after: Sequence[Table] = (),
    gates: Sequence[Gate] = (),
    finish: Finish | None = None,
) -> dg.AssetsDefinition:
    """A table that one `.sql` file says: inputs, how far back they are read, and column lineage.

    Args:
        room: what all assets share.
        table: the contract.
        sql: the file.
        after: of the tables it reads, those it can do without.
        gates: beside the contract's own.
        finish: sees the rows of a date and the digests of its inputs before they are published.

    Raises:
        LookupError: where the SQL reads a table that has no contract, or a table is declared that it
            does not read; a rename breaks the build.
    """
    query = parsed(sql, frozenset(t.name for t in room.tables.values() if t.is_undated))
    if unknown := [name for name in query.upstreams if name not in room.tables]:
        raise LookupError(f"{sql.name} reads {', '.join(unknown)}: no contract has that name")
    if unread := {t.name for t in after} - set(query.upstreams):
        raise LookupError(f"{sql.name} does not read {', '.join(sorted(unread))}")

    history = {room.tables[name]: days for name, days in query.history.items()}
    watched = after if any(ABSENT in gate.inputs for gate in gates) else ()

    def compute(_desk: object, warehouse: Warehouse, dates: list[date]) -> Computed:
        absent = [
            {"game_date": day, "table": table.name}
            for table in watched
            for day in sorted(set(dates) - warehouse.published_dates(table, dates))
        ]
        return Computed(query, {ABSENT: pd.DataFrame(absent, columns=["game_date", "table"])})

    return table_asset(
        room,
        table,
        compute,
        reads=[
            room.tables[name]
            for name in query.upstreams
            if room.tables[name] not in (*history, *after)
        ],
        after=after,
        history=history,
        gates=gates,
        kinds={"sql", "duckdb", "parquet"},
        source=sql,
        lineage=lineage_metadata(query, room.tables),
        finish=finish,
    )


@dataclass(frozen=True)
class _Inputs:
    """What an asset is made of."""

    required: tuple[Table, ...]
    optional: tuple[Table, ...]
    history: Mapping[Table, int]
    history_mapping: dg.PartitionMapping
    weekly: tuple[Table, ...]
    feeds: tuple[str, ...]

    @property
    def deps(self) -> list[dg.AssetDep]:
        """The edges of the graph."""
        return [
            *(dg.AssetDep(asset_key(t)) for t in (*self.required, *self.optional)),
            *(
                dg.AssetDep(asset_key(t), partition_mapping=self.history_mapping)
                for t in self.history
            ),
            *(dg.AssetDep(asset_key(t), partition_mapping=SAME_WEEK) for t in self.weekly),
            *(dg.AssetDep(dg.AssetKey(["landing", feed])) for feed in self.feeds),
        ]

    @property
    def metadata(self) -> dict[str, Any]:
        """What the edges do not show."""
        reach = {asset_key(t).to_user_string(): days for t, days in self.history.items()}
        optional = [asset_key(t).to_user_string() for t in self.optional]
        return {**({HISTORY: reach} if reach else {}), **({OPTIONAL: optional} if optional else {})}


def _inputs(
    room: Room,
    table: Table,
    reads: Sequence[Table],
    gates: Sequence[Gate],
    after: Sequence[Table],
    history: Mapping[Table, int],
    weekly: Sequence[Table],
    feeds: Sequence[str],
) -> _Inputs:
    required = {t.name: t for t in (*reads, *(t for g in gates for t in g.tables))}
    if table is not room.schedule and not table.is_undated and table.has_every_game:
        required[room.schedule.name] = room.schedule
    return _Inputs(
        tuple(t for t in required.values() if t not in after),
        tuple(after),
        history,
        _week_before() if table.is_weekly else EVE,
        tuple(weekly),
        tuple(feeds),
    )


def _week_before() -> dg.PartitionMapping:
    """Of a week: the seven dates before it. It waits for none of them; see `Room.automation_weekly`."""
    return dg.TimeWindowPartitionMapping(
        start_offset=-1, end_offset=-1, allow_nonexistent_upstream_partitions=True
    )


def _published(
    context: dg.AssetExecutionContext,
    step: Step,
    desk: object,
    warehouse: Warehouse,
    progress: Progress,
    dates: list[date],
) -> tuple[dict[date, dict[str, Any]], dict[date, list[str]]]:
    """The facts of the dates that were published, and why the others are held; verdicts are logged."""
    key = asset_key(step.table)
    with step.staged(desk, warehouse, dates, context.run.run_id) as (computed, staged):
        audits = step.audited(warehouse, computed, staged)
        for found in audits.values():
            refused = computed.notes.get(found.day, {}).get("passed_over", "")
            for verdict in found.verdicts:
                context.log_event(_evaluation(key, verdict, found.day, refused))
        held = {
            day: [*found.refusals, *_passed_over(computed, day)]
            for day, found in audits.items()
            if found.refusals
        }
        if not context.selected_asset_keys:  # the checks were launched alone
            return {}, held
        return step.published(warehouse, computed, staged, audits, progress), held


def _parts(dates: list[date], size: int | None) -> list[list[date]]:
    size = size or len(dates)
    return [dates[n : n + size] for n in range(0, len(dates), size)]


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


def _check_specs(
    table: Table, gates: Sequence[Gate], partitions: dg.PartitionsDefinition | None
) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name,
            asset=asset_key(table),
            partitions_def=partitions,
            # Not `blocking`: Dagster would look for yielded results, which have no date, and log for
            # every step downstream that it goes on without them. A held date fails the step instead.
            description=description,
        )
        for name, description in (
            (CONTRACT_GATE, _contract_in_words(table)),
            *((gate.name, f"{_EFFECT[gate.holds]} {gate.description}") for gate in gates),
        )
    ]


def _spec(
    room: Room,
    table: Table,
    inputs: _Inputs,
    partitions: dg.PartitionsDefinition | None,
    kinds: set[str],
    source: Path,
    lineage: dg.TableColumnLineage | None,
) -> dg.AssetSpec:
    return dg.AssetSpec(
        asset_key(table),
        description=room.described(table.description),
        tags={**room.tags, **_kind_of_dates(table)},
        partitions_def=partitions,
        group_name=table.schema_name,
        deps=inputs.deps,
        kinds=kinds,
        owners=[OWNER],
        automation_condition=room.automation_of(table, [asset_key(t) for t in inputs.optional]),
        # What is made of nothing never changes, and is late for nothing.
        freshness_policy=room.freshness.get(WEEKLY if table.is_weekly else table.schema_name)
        if inputs.deps
        else None,
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
            **inputs.metadata,
        },
    )


def _kind_of_dates(table: Table) -> dict[str, str]:
    """A tag for tables that are not partitioned by game date, so that a selection can leave them out."""
    if table.is_undated:
        return {UNDATED_TAG: ""}
    return {WEEKLY_TAG: ""} if table.is_weekly else {}


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
        partition=None if day == UNDATED else str(day),
        severity=dg.AssetCheckSeverity.ERROR if held else dg.AssetCheckSeverity.WARN,
        metadata={
            "effect": verdict.effect,
            "offenders": len(verdict.offenders),
            **({"named": listed(verdict.offenders)} if verdict.offenders else {}),
            **({"passed_over": str(passed_over)} if verdict.offenders and passed_over else {}),
        },
    )


def _refusal(table: Table, held: Mapping[date, Sequence[str]]) -> str:
    days = {day: "" if table.is_undated else f" {day}" for day in sorted(held)}
    refusals = [
        f"{table.name}{days[day]} {refusal}" for day, own in held.items() for refusal in own
    ]
    dates = "" if table.is_undated else f" for{','.join(days.values())}"
    return (
        "\n".join(refusals)
        + "\nThe last good data stays. Mend the input, then materialize"
        + f" {asset_key(table).to_user_string()} again{dates}."
    )


def _contract_in_words(table: Table) -> str:
    key = ", ".join(table.key)
    return (
        f"{_EFFECT['partition']} Columns and types of the contract, no NULL where it knows none, one row per ({key}),"
        " only rows of the date, and every required input published."
    )
