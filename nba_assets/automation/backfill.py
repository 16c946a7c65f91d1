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
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph, AssetNode
from dagster._core.events import DagsterEvent, DagsterEventType, JobFailureData, RunFailureReason
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from nba_assets.gates.publish import eve_of
from nba_assets.gates.table_asset import HISTORY, ONLY_CHANGES, OPTIONAL
from nba_assets.landing.assets import ON_DEMAND
from nba_assets.partitions import week_of, weeks_of

# Where a run covers more than one date, Dagster reads its range from these tags.
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
BACKFILL_TAG = "nba_assets/backfill"

_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.CANCELING,
]
# Held dates are reported by the caller; the event log has every line.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class LayerRun:
    """What one run of a layer came to; `dates` are its first and last, None for tables without dates.

    Of weekly tables they are Mondays.

    `failures` say which dates are held or broken and why; `unanswered` are requests of landing that
    were due and have no accepted answer, which is for the tables to judge.
    """

    assets: tuple[str, ...]
    dates: tuple[date, date] | None
    run_id: str
    failures: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LeftOut:
    """A date that an asset was not asked for, and the inputs it lacks."""

    asset: str
    day: date
    lacks: tuple[str, ...]


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


def is_weekly(node: AssetNode) -> bool:
    """Whether the dates of an asset are the Mondays of weeks."""
    return isinstance(node.partitions_def, dg.WeeklyPartitionsDefinition)


def dates_of(node: AssetNode, dates: Sequence[date]) -> Sequence[date]:
    """The partitions that an asset has of these dates: the dates, or the Mondays of their weeks."""
    return weeks_of(dates) if is_weekly(node) else dates


def stretches(dates: Sequence[date], step: int = 1) -> list[tuple[date, date]]:
    """Sorted dates as unbroken ranges, both ends inclusive; of weeks, `step` is 7 days."""
    found: list[tuple[date, date]] = []
    for day in sorted(dates):
        if found and day - found[-1][1] == timedelta(days=step):
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
        only_changes: dates whose rows are as they were are not recorded anew.

    Attributes:
        layers: the selected assets in the order to run them.
        left_out: dates that the layers run so far were not asked for.
    """

    def __init__(
        self,
        defs: dg.Definitions,
        instance: dg.DagsterInstance,
        selected: set[AssetKey],
        *,
        only_changes: bool = False,
    ) -> None:
        self._job = defs.resolve_implicit_global_asset_job_def()
        self._graph = defs.resolve_asset_graph()
        self._instance = instance
        self._only_changes = only_changes
        self._first_date = _first_date(self._graph)
        self.layers = layers(self._graph, selected)
        self.left_out: list[LeftOut] = []

    def run(self, layer: Sequence[AssetKey], dates: Sequence[date], tag: str) -> Iterator[LayerRun]:
        """Run one layer over the dates, one run per unbroken range of dates that its inputs hold.

        An input outside the selection counts as well: where it is not materialized, or its newest
        attempt failed, the date is left out.

        Raises:
            KeyboardInterrupt: where a run was interrupted; it is recorded as failed.
        """
        undated = [key for key in layer if self._graph.get(key).partitions_def is None]
        if undated:
            yield self._launch(undated, None, tag)
        layer = [key for key in layer if key not in undated]
        weekly = [key for key in layer if is_weekly(self._graph.get(key))]
        for own, step in ((weekly, 7), ([key for key in layer if key not in weekly], 1)):
            for assets, ready in self._ready(own, dates).items():
                if self._only_changes:
                    for key in assets:
                        yield from self._restated(key, ready, tag, step)
                    continue
                for first, last in stretches(ready, step):
                    yield self._launch(assets, (first, last), tag)

    def partitions(self, layer: Sequence[AssetKey], dates: Sequence[date]) -> int:
        """How many dates and weeks there are to do, over the assets of a layer."""
        return sum(len(dates_of(self._graph.get(key), dates)) for key in layer)

    def _ready(
        self, layer: Sequence[AssetKey], dates: Sequence[date]
    ) -> dict[tuple[AssetKey, ...], tuple[date, ...]]:
        optional = {key: _named(self._graph.get(key), OPTIONAL) for key in layer}
        parents = {
            key: self._graph.get(key).parent_keys - set(layer) - optional[key] for key in layer
        }
        history = {key: _named(self._graph.get(key), HISTORY) for key in layer}
        eves = {day: eve_of(day, self._first_date) for day in dates}
        asked = sorted({*dates, *(eve for eve in eves.values() if eve), *weeks_of(dates)})
        held = {p: self._held(p, asked) for p in {p for own in parents.values() for p in own}}
        by_dates: dict[tuple[date, ...], list[AssetKey]] = {}
        for key in layer:
            ready = []
            feeds = {p for p in parents[key] if _group(p) == "landing"}
            # A table without dates holds no date back: its gates say what they cannot do without.
            undated = {p for p in parents[key] if self._graph.get(p).partitions_def is None}
            weeks = {p for p in parents[key] if is_weekly(self._graph.get(p))}
            for day in dates_of(self._graph.get(key), dates):
                of_date = parents[key] - feeds - undated - weeks - history[key]
                lacks = {p for p in of_date if day not in held[p]}
                lacks |= {p for p in weeks if week_of(day) not in held[p]}
                # Of the history the eve is waited for; what else lacks is named and lowers completeness.
                if not is_weekly(self._graph.get(key)) and (eve := eves[day]):
                    lacks |= {p for p in history[key] if eve not in held[p]}
                # One feed that was asked is enough to try: whether a date can live without the
                # others is decided by raw's gates.
                if feeds and not any(day in held[p] for p in feeds):
                    lacks |= feeds
                if lacks:
                    names = tuple(sorted(p.to_user_string() for p in lacks))
                    self.left_out.append(LeftOut(key.to_user_string(), day, names))
                else:
                    ready.append(day)
            by_dates.setdefault(tuple(ready), []).append(key)
        return {tuple(keys): ready for ready, keys in by_dates.items() if ready}

    def _restated(
        self, key: AssetKey, dates: Sequence[date], tag: str, step: int
    ) -> Iterator[LayerRun]:
        """One asset in runs of its own: in a run that fails, dates without a record count as failed."""
        whole = self._held(key, dates)
        for first, last in stretches(sorted(whole), step):
            yield self._launch([key], (first, last), tag, {ONLY_CHANGES: "true"})
        # A date that failed, or was never recorded, is recorded whatever its rows are.
        for first, last in stretches(sorted(set(dates) - whole), step):
            yield self._launch([key], (first, last), tag)

    def _held(self, key: AssetKey, dates: Sequence[date]) -> set[date]:
        """The dates whose newest attempt, if any came after the last good one, did not fail."""
        materialized = self._instance.get_materialized_partitions(key)
        days = [day for day in dates if str(day) in materialized]
        partitions = self._graph.get(key).partitions_def
        if not days or partitions is None:
            return set(days)
        names = [str(day) for day in days]
        states = self._instance.get_status_by_partition(key, names, partitions) or {}
        return {day for day in days if states.get(str(day)) is not AssetPartitionStatus.FAILED}

    def _launch(
        self,
        assets: Sequence[AssetKey],
        dates: tuple[date, date] | None,
        tag: str,
        tags: Mapping[str, str] = {},
    ) -> LayerRun:
        over = {RANGE_START: str(dates[0]), RANGE_END: str(dates[1])} if dates else {}
        result = self._job.execute_in_process(
            instance=self._instance,
            asset_selection=list(assets),
            run_config=_QUIET,
            tags={**over, **tags, BACKFILL_TAG: tag},
            raise_on_error=False,
        )
        found = LayerRun(tuple(k.to_user_string() for k in assets), dates, result.run_id)
        for event in result.all_events:
            if _is_interruption(event):
                raise KeyboardInterrupt
            found.unanswered += _unanswered(event)
            if event.is_step_failure:
                failure = event.step_failure_data
                described = failure.user_failure_data
                error = failure.error
                found.failures.append(
                    (described.description if described else None)
                    or (str(error.cause or error).strip() if error else "failed without a word")
                )
        if not result.success and not found.failures:
            found.failures.append(f"run {found.run_id} failed outside its steps; see its log")
        return found


def _first_date(graph: AssetGraph) -> date:
    """The first date of the graph's window."""
    partitions = next(
        (
            p
            for n in graph.asset_nodes
            if isinstance(p := n.partitions_def, dg.DailyPartitionsDefinition)
        ),
        None,
    )
    return partitions.start.date() if partitions else date.min


def _named(node: AssetNode, entry: str) -> set[AssetKey]:
    """The assets that an entry of an asset's metadata names."""
    value = node.metadata.get(entry)
    named = getattr(value, "value", value) or ()
    return {AssetKey(str(name).split("/")) for name in named}


def _is_interruption(event: DagsterEvent) -> bool:
    # Dagster turns Ctrl-C into a failure of the run and carries on with whatever comes next.
    return (
        event.is_job_failure
        and isinstance(event.event_specific_data, JobFailureData)
        and event.event_specific_data.failure_reason is RunFailureReason.UNEXPECTED_TERMINATION
    )


def _unanswered(event: DagsterEvent) -> list[str]:
    if event.event_type is not DagsterEventType.ASSET_CHECK_EVALUATION:
        return []
    evaluation = event.asset_check_evaluation_data
    if evaluation.passed or _group(evaluation.asset_key) != "landing":
        return []
    named = evaluation.metadata.get("named")
    words = str(named.value) if named else "some requests"
    return [f"{evaluation.asset_key.to_user_string()} {evaluation.partition}: {words}"]


@contextmanager
def sole_owner(home: Path, instance: dg.DagsterInstance) -> Iterator[str]:
    """A tag for the runs of this process; runs whose process was killed are closed first.

    Args:
        home: the Dagster home, for locks belong beside the runs that they speak of.
        instance: of that home.
    """
    home.mkdir(parents=True, exist_ok=True)
    for run in orphans(home, instance):
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


def orphans(home: Path, instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Runs of backfills whose process is gone.

    A killed process leaves its run "started" for ever. The lock it held died with it, so whoever
    comes next can tell it from one that is still at work.
    """
    return [
        run
        for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED))
        if (owner := run.tags.get(BACKFILL_TAG)) and _is_free(home / f".{owner}.lock")
    ]


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
    """The assets a person names, in Dagster's own selection words.

    Where nothing is named, all but the feeds that are asked on demand only.

    Raises:
        LookupError: for words that name no asset.
    """
    if text is None:
        keys = graph.get_all_asset_keys()
        return {key for key in keys if ON_DEMAND not in graph.get(key).tags}
    try:
        found = set(dg.AssetSelection.from_coercible(text.split(",")).resolve(graph))
    except (dg.DagsterError, NotImplementedError) as error:
        raise LookupError(str(error).splitlines()[0] if str(error) else "not understood") from None
    if not found:
        raise LookupError("no asset is selected")
    return found


def held_dates(runs: Sequence[LayerRun]) -> Mapping[str, list[str]]:
    """Failures by asset names, for the summary."""
    found: dict[str, list[str]] = {}
    for run in runs:
        if run.failures:
            found.setdefault(", ".join(run.assets), []).extend(run.failures)
    return found
