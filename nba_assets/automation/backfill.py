"""Backfills layer by layer: each layer asks only for the dates its inputs hold, so one bad date stops no other."""

import fcntl
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

import dagster as dg
from dagster import AssetKey
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

# Where a run covers more than one date, Dagster reads its range from these tags.
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
BACKFILL_TAG = "nba_assets/backfill"

_UNFINISHED = [
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.CANCELING,
]
# Held dates are reported by the caller; the event log has every line.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class LayerRun:
    """What one run of a layer came to."""

    assets: tuple[str, ...]
    first: date
    last: date
    run_id: str
    failures: list[str] = field(default_factory=list)


def layers(graph: AssetGraph, selected: set[AssetKey]) -> list[list[AssetKey]]:
    """The selected assets in the order to run them; those of one layer do not read one another.

    Landing is one layer: its steps never fail, so nothing in it can stop anything else.
    """
    depth: dict[AssetKey, int] = {}

    def of(key: AssetKey) -> int:
        if key not in depth:
            parents = [of(p) for p in graph.get(key).parent_keys if _group(p) != "landing"]
            depth[key] = 0 if _group(key) == "landing" else 1 + max(parents, default=0)
        return depth[key]

    found: dict[int, list[AssetKey]] = {}
    for key in sorted(selected):
        found.setdefault(of(key), []).append(key)
    return [found[level] for level in sorted(found)]


def stretches(dates: Sequence[date]) -> list[tuple[date, date]]:
    """Sorted dates as unbroken ranges, both ends inclusive."""
    found: list[tuple[date, date]] = []
    for day in sorted(dates):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


class Backfill:
    """Runs of selected assets over dates, in this process, recorded in the instance like any other.

    Args:
        defs: the definitions to run.
        instance: where runs are recorded.
        selected: assets to run.
    """

    def __init__(
        self, defs: dg.Definitions, instance: dg.DagsterInstance, selected: set[AssetKey]
    ) -> None:
        self._job = defs.resolve_implicit_global_asset_job_def()
        self._graph = defs.resolve_asset_graph()
        self._instance = instance
        self.layers = layers(self._graph, selected)

    def run(self, layer: Sequence[AssetKey], dates: Sequence[date], tag: str) -> Iterator[LayerRun]:
        """Run one layer over the dates, one run per unbroken range of dates that its inputs hold.

        An input outside the selection counts as well: what is not materialized is not asked for.
        """
        for assets, ready in self._ready(layer, dates).items():
            for first, last in stretches(ready):
                yield self._launch(assets, first, last, tag)

    def _ready(
        self, layer: Sequence[AssetKey], dates: Sequence[date]
    ) -> dict[tuple[AssetKey, ...], tuple[date, ...]]:
        by_dates: dict[tuple[date, ...], list[AssetKey]] = {}
        for key in layer:
            parents = self._graph.get(key).parent_keys - set(layer)
            held = [self._instance.get_materialized_partitions(parent) for parent in parents]
            ready = tuple(day for day in dates if all(str(day) in own for own in held))
            by_dates.setdefault(ready, []).append(key)
        return {tuple(keys): ready for ready, keys in by_dates.items() if ready}

    def _launch(self, assets: Sequence[AssetKey], first: date, last: date, tag: str) -> LayerRun:
        result = self._job.execute_in_process(
            instance=self._instance,
            asset_selection=list(assets),
            run_config=_QUIET,
            tags={RANGE_START: str(first), RANGE_END: str(last), BACKFILL_TAG: tag},
            raise_on_error=False,
        )
        found = LayerRun(tuple(k.to_user_string() for k in assets), first, last, result.run_id)
        for event in result.all_events:
            if event.is_step_failure:
                failure = event.step_failure_data
                described = failure.user_failure_data
                error = failure.error
                found.failures.append(
                    (described.description if described else None)
                    or (str(error.cause or error).strip() if error else "failed without a word")
                )
        return found


@contextmanager
def sole_owner(home: Path, instance: dg.DagsterInstance) -> Iterator[str]:
    """A tag for the runs of this process; runs whose process was killed are closed first.

    A killed process leaves its run "started" for ever. The lock it held died with it, so whoever
    comes next can tell it from one that is still at work.
    """
    home.mkdir(parents=True, exist_ok=True)
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        owner = run.tags.get(BACKFILL_TAG)
        if owner and _is_free(home / f".{owner}.lock"):
            instance.report_run_failed(
                run, "The process of this run was killed; its dates can be run again."
            )
    name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    path = home / f".{name}.lock"
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield name
        finally:
            path.unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    try:
        lock: BinaryIO = path.open("rb")
    except FileNotFoundError:
        return True
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        path.unlink(missing_ok=True)
        return True


def _group(key: AssetKey) -> str:
    return key.path[0]


def selection(graph: AssetGraph, text: str | None) -> set[AssetKey]:
    """The assets a person names, in Dagster's own selection words; all where nothing is named.

    Raises:
        dg.DagsterInvalidSubsetError: for a name that no asset has.
    """
    chosen = dg.AssetSelection.from_coercible(text.split(",")) if text else dg.AssetSelection.all()
    return set(chosen.resolve(graph))


def held_dates(runs: Sequence[LayerRun]) -> Mapping[str, list[str]]:
    """Failures by asset names, for the summary."""
    found: dict[str, list[str]] = {}
    for run in runs:
        if run.failures:
            found.setdefault(", ".join(run.assets), []).extend(run.failures)
    return found
