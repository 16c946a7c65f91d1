"""What every date of every table is: published, degraded, empty, missing or blocked, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph, AssetNode
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from nba_assets.partitions import season_of

# Words of `status`, and what they mean to a reader.
MEANINGS = {
    "published": "all gates passed",
    "degraded": "published, with games missing or from a fallback source",
    "empty": "published empty: no games",
    "answered": "landing: every request that was due was answered",
    "not due": "landing: nothing can be asked yet",
    "incomplete": "landing: a request that was due has no accepted answer",
    "blocked": "a gate held the newest attempt; the last good data, if any, stays",
    "failed": "the newest attempt broke before its gates could judge",
    "missing": "never run",
}
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
) -> list[Cell]:
    """The state of each asset on each date, from the event log alone.

    A date between seasons that was never run is no gap and has no cell.
    """
    wanted = [str(day) for day in dates]
    found = []
    for key in keys:
        node = graph.get(key)
        if node.partitions_def is None:
            raise ValueError(f"{key.to_user_string()} has no dates to show")
        states = instance.get_status_by_partition(key, wanted, node.partitions_def) or {}
        facts = _newest_facts(instance, key, wanted) if any(states.values()) else {}
        for day in dates:
            cell = _cell(instance, node, day, states.get(str(day)), facts.get(str(day), {}))
            if cell:
                found.append(cell)
    return found


def _cell(
    instance: dg.DagsterInstance,
    node: AssetNode,
    day: date,
    state: AssetPartitionStatus | None,
    facts: Mapping[str, str],
) -> Cell | None:
    name = node.key.to_user_string()
    if state is None:
        return Cell(name, day, "missing") if season_of(day) else None
    if state is AssetPartitionStatus.IN_PROGRESS:
        return Cell(name, day, "running")
    if state is AssetPartitionStatus.FAILED:
        reason = _failed_verdicts(instance, node.check_keys, day)
        kept = "; the last good data stays" if facts else ""
        if reason:
            return Cell(name, day, "blocked", reason + kept)
        return Cell(name, day, "failed", "the run failed before its gates; see its log" + kept)
    word = facts.get("state", "published").replace("_", " ")
    if node.group_name == "landing" and word == "empty" and "note" not in facts:
        return Cell(name, day, word, facts.get("no_data", ""))
    return Cell(
        name, day, word, facts.get("reasons") or facts.get("failed") or facts.get("note", "")
    )


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
    instance: dg.DagsterInstance, checks: Iterable[dg.AssetCheckKey], day: date
) -> str:
    newest = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        list(checks), PartitionKeyFilter(key=str(day))
    )
    reasons = []
    for key, record in newest.items():
        evaluation = record.evaluation
        # A step that broke before its gates leaves them planned, without a verdict.
        if (
            isinstance(evaluation, dg.AssetCheckEvaluation)
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
