"""What every date of every table is: published, degraded, empty, missing or blocked, and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph, AssetNode
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from nba_assets.automation.backfill import dates_of, is_weekly
from nba_assets.gates.publish import is_week_in_season
from nba_assets.landing.assets import ON_DEMAND
from nba_assets.partitions import season_of
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import Table

# Words of `status`, and what they mean to a reader.
MEANINGS = {
    "published": "all gates passed",
    "degraded": "published, with games missing or from a fallback source",
    "empty": "published empty: no games, or nothing that could be said of them",
    "answered": "landing: every request that was due was answered",
    "not due": "landing: nothing can be asked yet",
    "skipped": "landing: the feed is not configured or switched off, or it is too late for it",
    "incomplete": "landing: a request that was due has no accepted answer",
    "blocked": "a gate held the newest attempt; the last good data, if any, stays",
    "failed": "the newest attempt broke before its gates could judge",
    "running": "a run is at work on it",
    "missing": "never run, or its published file is gone",
}
_UNDONE = frozenset({AssetPartitionStatus.IN_PROGRESS, AssetPartitionStatus.FAILED})
GAPS = frozenset({"missing", "blocked", "failed"})


@dataclass(frozen=True)
class Cell:
    """One date of one asset."""

    asset: str
    day: date
    state: str
    reason: str = ""


def status(
    instance: dg.DagsterInstance,
    graph: AssetGraph,
    keys: Sequence[dg.AssetKey],
    dates: Sequence[date],
    warehouse: Warehouse | None = None,
    tables: Mapping[str, Table] | None = None,
    gone: Collection[str] = (),
) -> list[Cell]:
    """The state of each asset on each date: from the event log, held against the published files.

    A date between seasons that was never run is no gap and has no cell.

    Args:
        instance: whose event log is read.
        graph: the assets.
        keys: those to show.
        dates: the dates to show.
        warehouse: where `tables` are published; without it the event log is believed.
        tables: contracts by name.
        gone: ids of runs whose process is gone.
    """
    found = []
    for key in keys:
        node = graph.get(key)
        if node.partitions_def is None:
            continue  # rewritten whole: it has no dates
        # A week is shown on its Monday, which for opening night lies before the season.
        own = dates_of(node, dates)
        wanted = [str(day) for day in own]
        states = instance.get_status_by_partition(key, wanted, node.partitions_def) or {}
        facts = _newest_facts(instance, key, wanted) if any(states.values()) else {}
        recorded = [day for day in own if str(day) in facts]
        table = (tables or {}).get(".".join(key.path))
        kept = set(recorded)
        if warehouse is not None and table is not None:
            kept = warehouse.published_dates(table, recorded)
        attempts = _attempts(instance, key) if set(states.values()) & _UNDONE else {}
        for day in own:
            cell = _cell(node, day, states.get(str(day)), facts.get(str(day), {}), day in kept)
            if cell and cell.state in ("running", "failed"):
                attempt = attempts.get(str(day), "")
                cell = _undone(instance, node, cell, attempt, attempt in gone)
            if cell:
                found.append(cell)
    return found


def _cell(
    node: AssetNode,
    day: date,
    state: AssetPartitionStatus | None,
    facts: Mapping[str, str],
    is_kept: bool,
) -> Cell | None:
    name = node.key.to_user_string()
    if state is None:
        is_played = is_week_in_season(day) if is_weekly(node) else season_of(day)
        is_due = is_played and ON_DEMAND not in node.tags
        return Cell(name, day, "missing") if is_due else None
    if state in _UNDONE:
        word = "running" if state is AssetPartitionStatus.IN_PROGRESS else "failed"
        return Cell(name, day, word, "the last good data stays" if is_kept else "")
    if not is_kept:
        return Cell(name, day, "missing", "recorded as published, but its file is gone")
    word = facts.get("state", "published").replace("_", " ")
    if node.group_name == "landing" and word == "empty" and "note" not in facts:
        return Cell(name, day, word, facts.get("no_data", ""))
    return Cell(
        name, day, word, facts.get("reasons") or facts.get("failed") or facts.get("note", "")
    )


def _undone(
    instance: dg.DagsterInstance, node: AssetNode, cell: Cell, run_id: str, is_gone: bool
) -> Cell:
    """The cell of a date whose newest attempt has not made it: why not, in words."""
    if cell.state == "running" and not is_gone:
        return Cell(cell.asset, cell.day, "running")
    kept = f"; {cell.reason}" if cell.reason else ""
    if is_gone:
        return Cell(cell.asset, cell.day, "failed", "its process is gone" + kept)
    if held := _failed_verdicts(instance, node.check_keys, cell.day, run_id):
        return Cell(cell.asset, cell.day, "blocked", held + kept)
    reason = "the run failed before its gates; see its log" + kept
    return Cell(cell.asset, cell.day, "failed", reason)


def _attempts(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, str]:
    """The newest run of each date that was to make it and has not."""
    log = instance.event_log_storage
    found = log.get_latest_asset_partition_materialization_attempts_without_materializations(key)
    return {day: run_id for day, (run_id, _) in found.items()}


def _newest_facts(
    instance: dg.DagsterInstance, key: dg.AssetKey, partitions: Sequence[str]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    cursor = None
    while True:
        page = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=key, asset_partitions=list(partitions)),
            limit=1000,
            cursor=cursor,
        )
        for record in page.records:
            if (
                record.partition_key
                and record.partition_key not in found
                and record.asset_materialization
            ):
                metadata = record.asset_materialization.metadata
                found[record.partition_key] = {
                    k: str(v.value) for k, v in metadata.items() if "/" not in k
                }
        if not page.has_more or len(found) == len(partitions):
            return found
        cursor = page.cursor


def _failed_verdicts(
    instance: dg.DagsterInstance, checks: Iterable[dg.AssetCheckKey], day: date, run_id: str
) -> str:
    """What the gates held the date for, in the run or in a later one of the checks alone."""
    run = instance.get_run_record_by_id(run_id)
    since = run.create_timestamp.timestamp() if run else 0.0
    newest = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        list(checks), PartitionKeyFilter(key=str(day))
    )
    reasons = []
    for key, record in newest.items():
        evaluation = record.evaluation
        # A step that broke before its gates leaves them planned, without a verdict.
        if (
            isinstance(evaluation, dg.AssetCheckEvaluation)
            and record.event is not None
            and record.event.timestamp >= since
            and not evaluation.passed
            and evaluation.severity is dg.AssetCheckSeverity.ERROR
        ):
            words = [
                str(evaluation.metadata[name].value)
                for name in ("named", "passed_over")
                if name in evaluation.metadata
            ]
            reasons.append(f"{key.name}: {'; passed over: '.join(words)}")
    return "; ".join(sorted(reasons))
