"""The yardstick's running figures: what a player's or team's games add up to, row by row."""

import polars as pl

from nba_assets_tests.polars_yardstick.frames import (
    COUNTED_TYPES,
    before,
    both_sides,
    col,
    over_games,
    ratio,
)

SEASON = ["player_id", "season_year"]
TEAM_SEASON = ["team", "season_year"]


def played_games(boxes: pl.DataFrame) -> pl.DataFrame:
    """Running totals over the games a player played, cup finals included."""
    lined = col("over_under_result").is_in(("OVER", "UNDER"))
    return (
        boxes.filter("played")
        .sort(*SEASON, "game_date", "game_id")
        .with_columns(
            gap=(col("game_date") - col("game_date").shift(1).over(SEASON)).dt.total_days(),
            results=lined.fill_null(value=False).cum_sum().over(SEASON),
        )
        .select(
            *SEASON,
            on="game_date",
            last_played_on="game_date",
            all_games=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(SEASON),
            all_seconds=col("seconds_played").cum_sum().over(SEASON),
            back_to_backs=(col("gap") == 1).fill_null(value=False).cum_sum().over(SEASON)
            .cast(pl.Int64),
            returned_on=pl.when(col("gap") > 10).then("game_date").forward_fill().over(SEASON),
            lined=col("over_under_result").is_not_null().cum_sum().over(SEASON),
            last_over=pl.when(col("over_under_result") == "OVER").then("results").forward_fill()
            .over(SEASON).cast(pl.Int64),
            last_under=pl.when(col("over_under_result") == "UNDER").then("results").forward_fill()
            .over(SEASON).cast(pl.Int64),
        )
    )  # fmt: skip


def counted_games(boxes: pl.DataFrame) -> pl.DataFrame:
    """Running figures over a player's games that count for his form."""
    points, seconds, usage = col("points"), col("seconds_played"), col("usage_rate")

    def last(value: pl.Expr, games: int) -> pl.Expr:
        return over_games(value, games, SEASON)

    def total(value: pl.Expr) -> pl.Expr:
        return value.cum_sum().over(SEASON)

    return (
        boxes.filter(col("played"), col("season_type").is_in(COUNTED_TYPES))
        .sort(*SEASON, "game_date", "game_id")
        .select(
            *SEASON,
            on="game_date",
            n=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(SEASON),
            points_3=last(points, 3),
            points_5=last(points, 5),
            points_10=last(points, 10),
            points_20=last(points, 20),
            squared_points_10=last(points * points, 10),
            seconds_7=last(seconds, 7),
            seconds_10=last(seconds, 10),
            squared_seconds_10=last(seconds * seconds, 10),
            fga_10=last(col("fga"), 10),
            fta_10=last(col("fta"), 10),
            ftm_10=last(col("ftm"), 10),
            usage_7=usage.rolling_mean(7, min_samples=1).over(SEASON),
            usage_10=usage.rolling_mean(10, min_samples=1).over(SEASON),
            usage_season=ratio(total(usage.fill_null(0)), total(usage.is_not_null())),
            points_season=total(points),
            seconds_season=total(seconds),
            seconds_weighted=seconds.cast(pl.Float64).ewm_mean(half_life=5).over(SEASON),
            points_weighted=points.cast(pl.Float64).ewm_mean(half_life=8).over(SEASON),
            window_from=pl.coalesce(
                col("game_date").shift(9).over(SEASON), col("game_date").first().over(SEASON)
            ),
            score_10=col("source_score").rolling_min(10, min_samples=1).over(SEASON),
            score_season=col("source_score").cum_min().over(SEASON),
        )
    )


def seasons_of(boxes: pl.DataFrame) -> pl.DataFrame:
    """What a player's whole seasons came to."""
    counts = col("played") & col("season_type").is_in(COUNTED_TYPES)
    return boxes.group_by(SEASON).agg(
        season_points=col("points").filter(counts).sum(),
        season_games=counts.sum().cast(pl.Int64),
        season_minutes=col("seconds_played").filter(counts).mean() / 60,
        newest_box_on=col("game_date").max(),
        newest_game_on=col("game_date").filter(col("played")).max(),
    )


def stints(boxes: pl.DataFrame) -> pl.DataFrame:
    """Who was with which team from when, by the box scores that list him."""
    listed = boxes.select(*SEASON, "team", "game_date", "game_id").sort(
        *SEASON, "game_date", "game_id"
    )
    return (
        listed.with_columns(
            stint=(col("team") != col("team").shift(1)).fill_null(value=True).cum_sum().over(SEASON)
        )
        .group_by(*SEASON, "stint", maintain_order=True)
        .agg(
            col("team").first(),
            from_date=col("game_date").first(),
            last_date=col("game_date").last(),
        )
        .with_columns(next_date=col("from_date").shift(-1).over(SEASON))
        .drop("stint")
    )


def calendar(expected: pl.DataFrame, boxes: pl.DataFrame) -> pl.DataFrame:
    """Per team, how many games were expected and published until each of its dates."""
    published = boxes.select("game_id", "team", is_published=pl.lit(1, pl.Int64)).unique()
    return (
        both_sides(expected)
        .join(published, on=["game_id", "team"], how="left")
        .sort("team", "game_date", "game_id")
        .select(
            "team",
            "season_year",
            on="game_date",
            owed=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("team"),
            made=col("is_published").fill_null(0).cum_sum().over("team"),
            expected_on="game_date",
            published_on=pl.when(col("is_published").is_not_null()).then("game_date")
            .forward_fill().over(TEAM_SEASON),
        )
    )  # fmt: skip


def coverage(spans: pl.DataFrame, games: pl.DataFrame) -> pl.DataFrame:
    """Per player and date, % of the expected games of his spans that are published.

    Args:
        spans: `game_date`, `player_id`, `team`, `from_date` and `before_date`.
        games: the teams' calendar.
    """
    totals = games.select("team", "on", "owed", "made")
    spans = spans.filter(col("before_date") > col("from_date"))
    until = before(spans, totals, ["team"], at=col("before_date")).drop("on")
    since = before(
        until, totals.rename({"owed": "owed_before", "made": "made_before"}), ["team"],
        at=col("from_date"),
    )  # fmt: skip
    return (
        since.group_by("game_date", "player_id")
        .agg(
            owed=(col("owed").fill_null(0) - col("owed_before").fill_null(0)).sum(),
            made=(col("made").fill_null(0) - col("made_before").fill_null(0)).sum(),
        )
        .select("game_date", "player_id", completeness_pct=ratio(100 * col("made"), col("owed")))
    )
