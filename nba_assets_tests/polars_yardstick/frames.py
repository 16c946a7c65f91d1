"""What the yardstick's tables share: reading published raw dates, quality, and "as of before the date"."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

EXPECTED_TYPES = ("regular", "cup_final", "play_in", "playoffs")
COUNTED_TYPES = ("regular", "play_in", "playoffs")
CALLED_OFF = ("postponed", "cancelled")
TEXTS = pl.List(pl.String)

col = pl.col


def raw(folder: Path, table: str, first: date, last: date, columns: Sequence[str]) -> pl.LazyFrame:
    """Columns of the published dates of a raw table; of an undated one all rows."""
    undated = folder / table / "part-0.parquet"
    if undated.exists():
        return pl.scan_parquet(undated).select(columns)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    paths = (folder / table / f"game_date={day}" / "part-0.parquet" for day in days)
    files = [path for path in paths if path.exists()]
    return pl.scan_parquet(files, hive_partitioning=False).select(columns)


def expected_games(folder: Path, first: date, last: date) -> pl.DataFrame:
    """Games of the schedule that were expected; of their status nothing else counts."""
    columns = (
        "game_date", "game_id", "season_year", "season_type", "status", "home_team", "away_team",
        "arena", "is_neutral", "source_score",
    )  # fmt: skip
    return (
        raw(folder, "schedule", first, last, columns)
        .filter(col("season_type").is_in(EXPECTED_TYPES), ~col("status").is_in(CALLED_OFF))
        .drop("season_type", "status")
        .collect()
    )


def both_sides(games: pl.DataFrame) -> pl.DataFrame:
    """A row per team of rows per game: `team`, `opponent` and `is_home`."""
    home = games.with_columns(
        team=col("home_team"), opponent=col("away_team"), is_home=pl.lit(value=True)
    )
    away = games.with_columns(
        team=col("away_team"), opponent=col("home_team"), is_home=pl.lit(value=False)
    )
    return pl.concat([home, away]).drop("home_team", "away_team")


def before(
    rows: pl.DataFrame,
    running: pl.DataFrame,
    by: Sequence[str],
    at: pl.Expr | None = None,
    within_days: int | None = None,
) -> pl.DataFrame:
    """Each row with the newest row of `running` whose date `on` is before its own.

    Args:
        rows: with `game_date` and `by`.
        running: with `on`, in order within a date, and `by`.
        by: what both belong to.
        at: the date that it has to be before; by default `game_date`.
        within_days: how old it may be at most.
    """
    return (
        rows.with_columns(_at=col("game_date") if at is None else at)
        .sort("_at")
        .join_asof(
            running.sort("on", maintain_order=True),
            left_on="_at",
            right_on="on",
            by=list(by),
            allow_exact_matches=False,
            coalesce=False,
            check_sortedness=False,
            tolerance=None if within_days is None else timedelta(days=within_days),
        )
        .drop("_at")
    )


def in_last_days(
    rows: pl.DataFrame,
    running: pl.DataFrame,
    by: Sequence[str],
    totals: Sequence[str],
    days: int,
) -> pl.DataFrame:
    """What running totals grew by in the days [d - days, d - 1], as `<total>_<days>`; rows have the totals up to d."""
    earlier = running.select(*by, "on", *(col(name).alias(f"_{name}") for name in totals))
    return (
        before(rows, earlier, by, col("game_date") - pl.duration(days=days))
        .with_columns(
            (col(name).fill_null(0) - col(f"_{name}").fill_null(0)).alias(f"{name}_{days}")
            for name in totals
        )
        .drop("on", *(f"_{name}" for name in totals))
    )


def over_games(value: pl.Expr, games: int, by: Sequence[str], least: int = 1) -> pl.Expr:
    """The sum over a row and those before it, `games` in all."""
    return value.rolling_sum(games, min_samples=least).over(by)


def ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A division that says NULL by zero."""
    return pl.when(whole != 0).then(part / whole)


def tier(score: pl.Expr) -> pl.Expr:
    """The name of a score."""
    return (
        pl.when(score >= 95).then(pl.lit("gold"))
        .when(score >= 75).then(pl.lit("silver"))
        .when(score >= 50).then(pl.lit("bronze"))
        .when(score >= 25).then(pl.lit("poor"))
        .otherwise(pl.lit("unusable"))
    )  # fmt: skip


def scored(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `quality_score` and `quality_tier` of their `source_score`."""
    return rows.with_columns(
        quality_score=col("source_score"), quality_tier=tier(col("source_score"))
    )


def reason(condition: pl.Expr, text: str) -> pl.Expr:
    """The text where the condition holds."""
    return pl.when(condition).then(pl.lit(text))


def listed(*reasons: pl.Expr | str) -> pl.Expr:
    """Lists and texts as one list, without what is NULL."""
    return pl.concat_list(*reasons).list.drop_nulls()


def too_few(completeness: pl.Expr) -> pl.Expr:
    """Whether a window lacks more than a tenth of what was expected."""
    return (completeness < 90).fill_null(value=False)


def is_ready(completeness: pl.Expr) -> pl.Expr:
    """Whether a window is whole enough to be used."""
    return (completeness >= 70).fill_null(value=True)
