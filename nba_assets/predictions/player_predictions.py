"""Predictions: each system's forecast with its past errors around it, held against the line, kept after tip."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.analytics.upcoming_tables import PLAYER_LINE_CONSENSUS, UPCOMING_GAMES
from nba_assets.gates.lineage import digest_read, partition_name
from nba_assets.gates.publish import Compute, Computed
from nba_assets.partitions import week_of
from nba_assets.predictions.distribution import (
    LEVELS,
    Distribution,
    buckets,
    distribution,
    fair_over,
    minute_buckets,
)
from nba_assets.predictions.forecasts import weights_of
from nba_assets.predictions.revisions import newer_than, numbered, unkept_rows
from nba_assets.predictions.rules import PickRule, judged
from nba_assets.predictions.tables import (
    BASELINES,
    ENSEMBLES,
    FORECASTS,
    FORWARD,
    PLAYER_PREDICTIONS,
    PREDICTED_PLAYERS,
    PREDICTION_KEY,
    PREDICTION_REVISIONS,
    SYSTEM_POINT_FORECASTS,
    THRESHOLDS,
    WALK_FORWARD,
    WITHDRAWN,
)
from nba_assets.predictions.weekly_tables import WEEKLY_CALIBRATION
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import keys_of, typed
from nba_assets.warehouse.table import Table

PLAYER = ["game_id", "player_id", "cutoff"]
# What a row of today is made from beside its forecast; a frozen one keeps what it was made from.
DATED_INPUTS = (PREDICTED_PLAYERS, UPCOMING_GAMES, PLAYER_LINE_CONSENSUS)
PUBLISHED_INPUTS = "inputs_as_published"
COMMITTED, WAITING = "rows_of_games_that_have_begun", "rows_whose_last_version_is_not_kept"
_OF_THE_PLAYER = (
    "nba_game_id", "season_year", "season_type", "team", "opponent", "is_home", "player_name",
    "status", "is_few_minutes", "is_rotation",
)  # fmt: skip
_OF_THE_LINE = {
    "points_line": "line",
    "line_observed_at": "line_observed_at",
    "over_decimal": "over_decimal",
    "over_book": "over_book",
    "under_decimal": "under_decimal",
    "under_book": "under_book",
}
_NUMBERS = (
    *(f"p{q}" for q in (10, 25, 50, 75, 90)),
    *(f"{side}_{share}" for share in (50, 80) for side in ("low", "high")),
    *(f"p_over_{points}" for points in THRESHOLDS),
    "mean_points", "sd", "p_over", "p_push", "p_under", "minutes_p10", "minutes_p90",
)  # fmt: skip


def predicted(tables: Mapping[str, Table]) -> Compute:
    """The compute of the predictions; it leaves alone what was said before a tip that has passed.

    Args:
        tables: contracts of everything that a prediction may name as its input.
    """

    def compute(desk: Any, warehouse: Warehouse, dates: list[date]) -> Computed:
        now = committed_at(desk)
        rule = PickRule(
            desk.settings.pick_min_edge,
            desk.settings.pick_min_expected_value,
            desk.settings.pick_min_quality,
            desk.settings.pick_max_line_age,
        )
        calibrated = {
            week: _quantiles(warehouse, week) for week in sorted({week_of(day) for day in dates})
        }
        rows = [PLAYER_PREDICTIONS.schema_of().empty_table()]
        frozen, instead, waiting = list(rows), list(rows), list(rows)
        published_inputs = []
        for day in dates:
            published = warehouse.read(PLAYER_PREDICTIONS, [day])
            versions = warehouse.read(PREDICTION_REVISIONS, [day])
            begun = begun_games(warehouse, day, now)
            committed = frozen_rows(published, now, begun)
            said = published.filter(pc.equal(published["kind"], FORWARD))
            said = without(said, committed)
            unkept = unkept_rows(said, versions)
            made = _made(warehouse, day, calibrated[week_of(day)], rule, now, begun)
            made = numbered(without(made, committed), published, versions, now)
            late = newer_than(made, unkept)
            rows.append(without(made, late))
            frozen.append(committed)
            gone = numbered(withdrawn(without(said, unkept)), published, versions, now)
            instead += [unkept, gone]
            waiting.append(late)
            published_inputs += published_of(warehouse, tables, made, day)
        evidence = {
            PUBLISHED_INPUTS: pd.DataFrame(
                published_inputs, columns=["game_date", "input", "digest"]
            ),
            COMMITTED: pa.concat_tables(frozen).to_pandas(),
            WAITING: pa.concat_tables(waiting).to_pandas(),
        }
        return Computed(
            pa.concat_tables(rows),
            evidence,
            frozen=pa.concat_tables(frozen),
            instead=pa.concat_tables(instead),
        )

    return compute


def committed_at(desk: Any) -> datetime:
    """When the rows of this run are committed: the clock's instant; in the sandbox the simulated one."""
    if desk.settings.synthetic and desk.settings.as_of:
        at: datetime = desk.settings.as_of
        return at
    now: datetime = desk.transport.now()
    return now


def begun_games(warehouse: Warehouse, day: date, now: datetime) -> list[str]:
    """Games of a date whose tip has passed by the newest schedule: it may have been moved forward.

    Only what is `forward` hangs on it; no number does, and no row names the schedule as its input:
    it is written again with every score.
    """
    games = warehouse.read(SCHEDULE, [day], ["game_id", "tip_at"])
    begun: list[str] = games.filter(pc.less_equal(games["tip_at"], _at(now)))["game_id"].to_pylist()
    return begun


def frozen_rows(published: pa.Table, now: datetime, begun: Sequence[str]) -> pa.Table:
    """Rows that were committed before a tip that has passed: nothing changes them any more.

    Args:
        published: rows of a date.
        now: the instant of this run.
        begun: games that have begun although the tip of their rows has not passed.
    """
    has_begun = pc.or_(
        pc.less_equal(published["tip_at"], _at(now)),
        pc.is_in(published["game_id"], value_set=pa.array(begun, pa.string())),
    )
    return published.filter(pc.and_(pc.equal(published["kind"], FORWARD), has_begun))


def _at(now: datetime) -> pa.Scalar:
    return pa.scalar(now, pa.timestamp("us", tz="UTC"))


def without(rows: pa.Table, frozen: pa.Table) -> pa.Table:
    """The rows whose key is not among the frozen ones."""
    if not frozen.num_rows or not rows.num_rows:
        return rows
    known = set(keys_of(frozen, PREDICTION_KEY))
    return rows.filter(pa.array([key not in known for key in keys_of(rows, PREDICTION_KEY)]))


def withdrawn(said: pa.Table) -> pa.Table:
    """What stands for rows that were said before tip and are not made again, or are held by a gate.

    Nothing is bet on them any more. They are what somebody read, and are graded.
    """
    rows = said.to_pandas()
    has_line = rows["line"].notna()
    rows["recommendation"] = np.where(has_line, "PASS", "NO_LINE")
    rows["pass_reason"] = pd.Series(WITHDRAWN, rows.index, dtype=object).where(has_line)
    return typed(PLAYER_PREDICTIONS, rows)


def published_of(
    warehouse: Warehouse, tables: Mapping[str, Table], rows: pa.Table, day: date
) -> list[dict[str, object]]:
    """Of every table that a row names as its input, what the date reads of it and its published digest."""
    named = {text.partition("@")[0] for own in rows["input_digests"].to_pylist() for text in own}
    read = {name.partition("/")[0] for name in named}
    return [
        {
            "game_date": day,
            "input": partition_name(table, day),
            "digest": digest_read(warehouse, table, day),
        }
        for name in sorted(read & tables.keys())
        for table in [tables[name]]
    ]


def digests_of(warehouse: Warehouse, day: date) -> list[str]:
    """partition@digest of what the predictions of a date are made of, beside their forecasts' own inputs."""
    read = (
        *DATED_INPUTS,
        SYSTEM_POINT_FORECASTS,
        *(FORECASTS[e] for e in ENSEMBLES),
        WEEKLY_CALIBRATION,
    )
    found = []
    for table in read:
        if digest := digest_read(warehouse, table, day):
            found.append(f"{partition_name(table, day)}@{digest}")
    return sorted(found)


def _made(
    warehouse: Warehouse,
    day: date,
    quantiles: Mapping[tuple[str, str], Mapping[str, np.ndarray]],
    rule: PickRule,
    now: datetime,
    begun: Sequence[str],
) -> pa.Table:
    members = warehouse.read(SYSTEM_POINT_FORECASTS, [day]).to_pandas()
    ensembles = [warehouse.read(FORECASTS[name], [day]).to_pandas() for name in ENSEMBLES]
    rows = pd.concat([frame for frame in (members, *ensembles) if len(frame)] or [members])
    if rows.empty:
        return PLAYER_PREDICTIONS.schema_of().empty_table()
    rows = rows.drop(columns=["game_date"]).reset_index(drop=True)
    for table, columns in (
        (PREDICTED_PLAYERS, [*PLAYER, *_OF_THE_PLAYER]),
        (PLAYER_LINE_CONSENSUS, [*PLAYER, *_OF_THE_LINE]),
    ):
        facts = warehouse.read(table, [day], columns).to_pandas()
        rows = rows.merge(facts.rename(columns=_OF_THE_LINE), on=PLAYER, how="left")
    games = warehouse.read(UPCOMING_GAMES, [day], ["game_id", "cutoff", "tip_at"]).to_pandas()
    rows = rows.merge(games, on=["game_id", "cutoff"], how="left")
    digests = digests_of(warehouse, day)
    weights = {e: weights_of(e, warehouse, [day]) for e in ENSEMBLES}
    rows = with_agreement(_with_distribution(rows, quantiles), members, weights)
    rows = judged(_with_market(rows), rule)
    is_before_tip = (rows["tip_at"] > pd.Timestamp(now)) & ~rows["game_id"].isin(begun)
    rows = rows.assign(
        game_date=day,
        kind=np.where(is_before_tip, FORWARD, WALK_FORWARD),
        predicted_at=rows["cutoff_at"],
        revision=None,
        issued_at=None,
        input_digests=pd.Series(
            [_named(own, digests) for own in rows["input_digests"]], rows.index, dtype=object
        ),
    )
    return typed(PLAYER_PREDICTIONS, rows)


def _named(own: Iterable[str], digests: Sequence[str]) -> list[str]:
    """The inputs of a forecast and of the prediction, each once: as the prediction read it."""
    read = {text.partition("@")[0] for text in digests}
    return sorted({*(text for text in own if text.partition("@")[0] not in read), *digests})


def _quantiles(warehouse: Warehouse, week: date) -> dict[tuple[str, str], dict[str, np.ndarray]]:
    """Kept quantiles of errors by system and cut-off, then by bucket."""
    columns = ["system_id", "cutoff", "bucket", "level", "residual"]
    kept = warehouse.read(WEEKLY_CALIBRATION, [week], columns).to_pandas()
    found: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    for (system_id, cutoff, bucket), own in kept.sort_values("level").groupby(
        ["system_id", "cutoff", "bucket"]
    ):
        found.setdefault((system_id, cutoff), {})[bucket] = own["residual"].to_numpy(dtype=float)
    return found


def _with_distribution(
    rows: pd.DataFrame, quantiles: Mapping[tuple[str, str], Mapping[str, np.ndarray]]
) -> pd.DataFrame:
    numbers = {name: np.full(len(rows), np.nan) for name in _NUMBERS}
    lines = rows["line"].to_numpy(dtype=float)
    forecasts = rows["forecast_points"].to_numpy(dtype=float)
    named = buckets(forecasts, rows["is_rotation"].to_numpy(dtype=bool))
    for (system_id, cutoff), own in rows.groupby(["system_id", "cutoff"]):
        if kept := quantiles.get((str(system_id), str(cutoff))):
            at = rows.index.get_indexer(own.index)
            told = _told(distribution(forecasts[at], named[at].tolist(), kept), lines[at])
            told |= _minutes(own["forecast_minutes"].to_numpy(dtype=float), kept)
            for name, values in told.items():
                numbers[name][at] = values
    is_baseline = rows["system_id"].isin(BASELINES).to_numpy()
    has_none = is_baseline | np.isnan(numbers["p50"])
    numbers["predicted_minutes"] = rows["forecast_minutes"].to_numpy(dtype=float)
    return rows.assign(**numbers, predicted_points=np.where(has_none, forecasts, numbers["p50"]))


def _minutes(minutes: np.ndarray, kept: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    named = minute_buckets(minutes)
    found = {}
    for level in (100, 900):
        at = LEVELS.index(level)
        off = np.array([kept[n][at] if n in kept else np.nan for n in named], dtype=float)
        found[f"minutes_p{level // 10}"] = np.maximum(minutes + off, 0.0)
    return found


def _told(found: Distribution, lines: np.ndarray) -> dict[str, np.ndarray]:
    over, push = found.over(lines), found.push(lines)
    bounds = {share: found.interval(share / 100) for share in (50, 80)}
    return {
        **{f"p{q}": found.quantile(10 * q) for q in (10, 25, 50, 75, 90)},
        **{f"low_{share}": low for share, (low, _) in bounds.items()},
        **{f"high_{share}": high for share, (_, high) in bounds.items()},
        **{f"p_over_{t}": found.over(np.full(len(lines), float(t))) for t in THRESHOLDS},
        "mean_points": found.mean,
        "sd": found.deviation,
        "p_over": over,
        "p_push": push,
        "p_under": np.maximum(1 - over - push, 0.0),
    }


def _with_market(rows: pd.DataFrame) -> pd.DataFrame:
    over, under = (rows[f"{side}_decimal"].to_numpy(dtype=float) for side in ("over", "under"))
    return rows.assign(
        no_vig_over=fair_over(over, under), edge=rows["predicted_points"] - rows["line"]
    )


def with_agreement(
    rows: pd.DataFrame,
    members: pd.DataFrame,
    weights: Mapping[str, Mapping[tuple[date, str], Mapping[str, float]]],
) -> pd.DataFrame:
    """The rows with, for those of ensembles, who contributes and how far apart they are.

    Args:
        rows: forecasts of one date.
        members: those of the members.
        weights: by ensemble, then by week and cut-off, of each member.
    """
    wide = members.pivot(index=PLAYER, columns="system_id", values="forecast_points")
    systems: dict[tuple[str, object], list[str]] = {}
    spread: dict[tuple[str, object], float] = {}
    for ensemble, by_week in weights.items():
        for (_, cutoff), own in by_week.items():
            names = [m for m in wide.columns if own.get(m, 0) > 0]
            present = wide.loc[wide.index.get_level_values("cutoff") == cutoff, names]
            for player, values in zip(present.index, present.to_numpy(dtype=float), strict=True):
                told = ~np.isnan(values)
                systems[ensemble, player] = [
                    m for m, is_told in zip(names, told, strict=True) if is_told
                ]
                spread[ensemble, player] = (
                    float(np.std(values[told], ddof=1)) if told.sum() > 1 else np.nan
                )
    keys = [
        (system_id, player)
        for system_id, player in zip(
            rows["system_id"], rows[PLAYER].itertuples(index=False, name=None), strict=True
        )
    ]
    return rows.assign(
        contributing_systems=pd.Series(
            [systems.get(key, []) for key in keys], rows.index, dtype=object
        ),
        agreement=[spread.get(key, np.nan) for key in keys],
    )
