"""The yardstick's precomputed tables: zones, cache and factors."""

from datetime import date
from pathlib import Path

import polars as pl

from nba_assets.precompute.tables import (
    PLAYER_COMPOSITE_FACTORS,
    PLAYER_DAILY_CACHE,
    PLAYER_SHOT_ZONE_ANALYSIS,
    TEAM_DEFENSE_ZONE_ANALYSIS,
)
from nba_assets_tests.polars_yardstick.form import SEASON, TEAM_SEASON, coverage
from nba_assets_tests.polars_yardstick.frames import (
    COUNTED_TYPES,
    before,
    both_sides,
    col,
    in_last_days,
    is_ready,
    listed,
    over_games,
    ratio,
    raw,
    reason,
    scored,
    too_few,
)

ZONES = ("paint", "mid", "three")
NIGHT = ["game_date", "player_id"]
WORTH = {"paint": 2, "mid": 2, "three": 3}
PLACES = {"guard": "G", "forward": "F", "center": "C"}


def _dates(games: pl.DataFrame) -> pl.DataFrame:
    return games.group_by("game_date").agg(
        col("season_year").min(),
        source=col("source").min(),
        date_score=col("source_score").min(),
        is_bootstrap=col("is_bootstrap").all(),
        lacks_zones=col("absent_blocks").list.contains("zones").all(),
    )


def shot_zones(
    games: pl.DataFrame,
    statuses: pl.DataFrame,
    boxes: pl.DataFrame,
    stints: pl.DataFrame,
    calendar: pl.DataFrame,
) -> pl.DataFrame:
    """`precompute.player_shot_zone_analysis`."""
    tonight = (
        statuses.group_by(NIGHT)
        .agg(col("season_year").min(), slate_degraded=col("is_degraded").any())
        .join(_dates(games).drop("season_year"), on="game_date")
    )
    counted = boxes.filter(col("played"), col("season_type").is_in(COUNTED_TYPES)).sort(
        *SEASON, "game_date", "game_id"
    )
    all_games = counted.select(
        *SEASON, on="game_date",
        games_played=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(SEASON),
    )  # fmt: skip
    assisted = pl.sum_horizontal(
        (col(f"{zone}_assisted_fgm") for zone in ZONES), ignore_nulls=False
    )
    shots = [f"{zone}_{what}" for zone in ZONES for what in ("fgm", "fga")]
    told = counted.drop_nulls("paint_fga").select(
        *SEASON,
        *(over_games(col(name), 10, SEASON).alias(name) for name in shots),
        *(over_games(col(f"{zone}_fga"), 20, SEASON).alias(f"{zone}_fga_20") for zone in ZONES),
        on="game_date",
        nth=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(SEASON),
        assisted_fgm=over_games(assisted, 10, SEASON),
        assisted_games=over_games(assisted.is_not_null().cast(pl.Int64), 10, SEASON),
        oldest_on=pl.coalesce(
            col("game_date").shift(9).over(SEASON), col("game_date").first().over(SEASON)
        ),
        shots_score=col("source_score").rolling_min(10, min_samples=1).over(SEASON),
    )
    rows = before(tonight, all_games, SEASON).drop("on")
    rows = before(rows, told, SEASON).drop("on")
    spans = (
        rows.drop_nulls("oldest_on")
        .select("game_date", *SEASON, "oldest_on")
        .join(stints, on=SEASON)
        .select(
            "game_date", "player_id", "team",
            from_date=pl.max_horizontal("from_date", "oldest_on"),
            before_date=pl.min_horizontal("next_date", "game_date"),
        )
    )  # fmt: skip
    rows = rows.join(coverage(spans, calendar), on=NIGHT, how="left")
    sample = pl.min_horizontal(col("nth").fill_null(0), 10)
    is_whole = col("nth") >= 10
    attempts, attempts_20 = (
        pl.sum_horizontal(f"{zone}_fga{more}" for zone in ZONES) for more in ("", "_20")
    )
    completeness = col("completeness_pct")
    lacks = (col("games_played") >= 10) & (sample < 10) & ~col("lacks_zones")
    rows = rows.with_columns(
        pl.when(is_whole)
        .then(ratio(100 * col(f"{zone}_fga"), attempts))
        .alias(f"{zone}_share")
        for zone in ZONES
    ).with_columns(
        *(
            (
                col(f"{zone}_share")
                - pl.when(col("nth") >= 15).then(
                    ratio(100 * col(f"{zone}_fga_20"), attempts_20)
                )
            ).alias(f"{zone}_share_trend")
            for zone in ZONES
        ),
        *(
            pl.when(is_whole)
            .then(ratio(col(f"{zone}_fgm"), col(f"{zone}_fga")))
            .alias(f"{zone}_fg_pct")
            for zone in ZONES
        ),
        *(
            pl.when(is_whole).then(col(f"{zone}_fga") / 10).alias(f"{zone}_attempts_per_game")
            for zone in ZONES
        ),
        games_in_sample=sample,
        assisted_share=pl.when(is_whole & (col("assisted_games") == 10)).then(
            ratio(100 * col("assisted_fgm"), pl.sum_horizontal(f"{zone}_fgm" for zone in ZONES))
        ),
        primary_zone=_primary(*(col(f"{zone}_share") for zone in ZONES)),
        sample_label=pl.when(sample >= 10)
        .then(pl.lit("high"))
        .when(sample >= 7)
        .then(pl.lit("medium"))
        .otherwise(pl.lit("low")),
        is_production_ready=is_ready(completeness),
        source_score=(
            pl.min_horizontal("date_score", "shots_score")
            - pl.when(lacks).then(15).otherwise(0)
        ).clip(0).cast(pl.Int64),
        is_degraded=col("slate_degraded") | too_few(completeness),
        degraded_reasons=listed(
            reason(col("slate_degraded"), "his row of the slate is degraded"),
            reason(
                too_few(completeness),
                "fewer than 90 % of the expected games of his window are published",
            ),
        ),
    )  # fmt: skip
    return scored(rows).select(PLAYER_SHOT_ZONE_ANALYSIS.column_names)


def _primary(paint: pl.Expr, mid: pl.Expr, three: pl.Expr) -> pl.Expr:
    return (
        pl.when(paint.is_null()).then(None)
        .when((paint >= 40) & (paint >= mid) & (paint >= three)).then(pl.lit("paint"))
        .when((three >= 40) & (three >= mid)).then(pl.lit("three"))
        .when(mid >= 35).then(pl.lit("mid"))
        .otherwise(pl.lit("balanced"))
    )  # fmt: skip


def defense_zones(
    folder: Path,
    games: pl.DataFrame,
    boxes: pl.DataFrame,
    defense: pl.DataFrame,
    expected: pl.DataFrame,
    first: date,
    last: date,
) -> pl.DataFrame:
    """`precompute.team_defense_zone_analysis`."""
    league_teams = raw(folder, "teams", first, last, ("team",)).collect()
    defenders = _dates(games).join(league_teams, how="cross")
    summaries = _faced(boxes, defense)
    totals = [
        *(f"{zone}_{what}_allowed" for zone in ZONES for what in ("fgm", "fga", "blocked_fga")),
        *(name for place in PLACES for name in (f"{place}s", f"{place}_points")),
        "points_allowed", "is_zoned", "is_blocked",
    ]  # fmt: skip
    running = summaries.select(
        *TEAM_SEASON,
        *(over_games(col(name), 15, TEAM_SEASON).alias(name) for name in totals),
        *(
            col(name).rolling_mean(15, min_samples=5).over(TEAM_SEASON)
            for name in ("defensive_rating", "pace")
        ),
        on="game_date",
        nth=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(TEAM_SEASON),
        own_score=col("source_score").rolling_min(15, min_samples=1).over(TEAM_SEASON),
    )
    grown = [
        *(f"{zone}_{what}_allowed" for zone in ZONES for what in ("fgm", "fga")),
        *(name for place in PLACES for name in (f"{place}s", f"{place}_points")),
        "is_zoned", "one",
    ]  # fmt: skip
    sums = summaries.select(
        *TEAM_SEASON,
        *(col(name).fill_null(0).cum_sum().over(TEAM_SEASON) for name in grown),
        on="game_date",
    )  # fmt: skip
    month = before(defenders.select("game_date", *TEAM_SEASON), sums, TEAM_SEASON).drop("on")
    month = in_last_days(month, sums, TEAM_SEASON, grown, 30)
    zoned, enough = col("is_zoned_30") >= 5, col("one_30") >= 5
    league = month.group_by("game_date").agg(
        *(
            ratio(
                col(f"{zone}_fgm_allowed_30").filter(zoned).sum(),
                col(f"{zone}_fga_allowed_30").filter(zoned).sum(),
            ).alias(f"league_{zone}")
            for zone in ZONES
        ),
        *(
            ratio(
                col(f"{place}_points_30").filter(enough).sum(),
                col(f"{place}s_30").filter(enough).sum(),
            ).alias(f"league_{place}")
            for place in PLACES
        ),
    )
    rows = (
        before(defenders, running, TEAM_SEASON)
        .drop("on")
        .join(league, on="game_date")
        .join(_published_share(defenders, defense, expected), on=["game_date", "team"], how="left")
    )
    return _zone_rows(rows).select(TEAM_DEFENSE_ZONE_ANALYSIS.column_names)


def _faced(boxes: pl.DataFrame, defense: pl.DataFrame) -> pl.DataFrame:
    """Counted games of each defending team, with the opponent's starters by place."""
    place = (
        pl.when(col("position").is_in(("PG", "SG"))).then(pl.lit("G"))
        .when(col("position").is_in(("SF", "PF"))).then(pl.lit("F"))
        .otherwise(col("position").str.head(1))
    )  # fmt: skip
    faced = (
        boxes.filter(col("is_starter"), col("position").is_not_null())
        .with_columns(place=place)
        .group_by("game_id", team="opponent")
        .agg(
            *(
                (col("place") == letter).sum().cast(pl.Int64).alias(f"{name}s")
                for name, letter in PLACES.items()
            ),
            *(
                col("points").filter(col("place") == letter).sum().alias(f"{name}_points")
                for name, letter in PLACES.items()
            ),
        )
    )
    return (
        defense.filter(col("season_type").is_in(COUNTED_TYPES))
        .join(faced, on=["game_id", "team"], how="left")
        .sort(*TEAM_SEASON, "game_date", "game_id")
        .with_columns(
            one=pl.lit(1, pl.Int64),
            is_zoned=col("paint_fga_allowed").is_not_null().cast(pl.Int64),
            is_blocked=col("paint_blocked_fga_allowed").is_not_null().cast(pl.Int64),
        )
    )


def _published_share(
    defenders: pl.DataFrame, defense: pl.DataFrame, expected: pl.DataFrame
) -> pl.DataFrame:
    published = defense.select("game_id", "team", is_published=pl.lit(1, pl.Int64))
    is_owed = (col("game_date") >= defense["game_date"].min()).cast(pl.Int64)
    running = (
        both_sides(expected)
        .join(published, on=["game_id", "team"], how="left")
        .sort(*TEAM_SEASON, "game_date", "game_id")
        .select(
            *TEAM_SEASON,
            on="game_date",
            owed=over_games(is_owed, 15, TEAM_SEASON),
            made=over_games(is_owed * col("is_published").fill_null(0), 15, TEAM_SEASON),
        )
    )
    return before(defenders.select("game_date", *TEAM_SEASON), running, TEAM_SEASON).select(
        "game_date", "team", completeness_pct=ratio(100 * col("made"), col("owed"))
    )


def _zone_rows(rows: pl.DataFrame) -> pl.DataFrame:
    zoned, nth = col("is_zoned"), col("nth").fill_null(0)
    blocks_told = (zoned >= 5) & (col("is_blocked") == zoned)
    completeness = col("completeness_pct")
    sample = pl.min_horizontal(nth, 15)
    rows = rows.with_columns(
        *(
            pl.when(zoned >= 5)
            .then(ratio(col(f"{zone}_fgm_allowed"), col(f"{zone}_fga_allowed")))
            .alias(f"{zone}_fg_pct_allowed")
            for zone in ZONES
        ),
        *(
            pl.when(zoned >= 5)
            .then(col(f"{zone}_fga_allowed") / zoned)
            .alias(f"{zone}_attempts_allowed_per_game")
            for zone in ZONES
        ),
        *(
            pl.when(zoned >= 5)
            .then(WORTH[zone] * col(f"{zone}_fgm_allowed") / zoned)
            .alias(f"{zone}_points_allowed_per_game")
            for zone in ZONES
        ),
        *(
            pl.when(blocks_told)
            .then(col(f"{zone}_blocked_fga_allowed") / zoned)
            .alias(f"{zone}_blocks_per_game")
            for zone in ZONES
        ),
        *(
            pl.when(col(f"{place}s") >= 5)
            .then(col(f"{place}_points") / col(f"{place}s") - col(f"league_{place}"))
            .alias(f"{place}_points_vs_league")
            for place in PLACES
        ),
    ).with_columns(
        (100 * (col(f"{zone}_fg_pct_allowed") - col(f"league_{zone}"))).alias(f"{zone}_vs_league")
        for zone in ZONES
    )
    paint, mid, three = (col(f"{zone}_vs_league") for zone in ZONES)
    unknown = paint.is_null() | mid.is_null() | three.is_null()
    lacks = (nth >= 5) & (zoned.fill_null(0) < 5) & ~col("lacks_zones")
    rows = rows.with_columns(
        games_in_sample=sample,
        games_with_zones=zoned.fill_null(0),
        weakest_zone=pl.when(unknown)
        .then(None)
        .when((paint >= mid) & (paint >= three))
        .then(pl.lit("paint"))
        .when(mid >= three)
        .then(pl.lit("mid"))
        .otherwise(pl.lit("three")),
        strongest_zone=pl.when(unknown)
        .then(None)
        .when((paint <= mid) & (paint <= three))
        .then(pl.lit("paint"))
        .when(mid <= three)
        .then(pl.lit("mid"))
        .otherwise(pl.lit("three")),
        defensive_rating_last_15="defensive_rating",
        opponent_points_last_15=pl.when(nth >= 5).then(col("points_allowed") / sample),
        pace_last_15="pace",
        sample_label=pl.when(sample >= 15)
        .then(pl.lit("excellent"))
        .when(100 * sample >= 70 * 15)
        .then(pl.lit("good"))
        .when(100 * sample >= 50 * 15)
        .then(pl.lit("limited"))
        .otherwise(pl.lit("insufficient")),
        is_production_ready=is_ready(completeness),
        source_score=(
            pl.min_horizontal("date_score", "own_score") - pl.when(lacks).then(15).otherwise(0)
        )
        .clip(0)
        .cast(pl.Int64),
        is_degraded=too_few(completeness),
        degraded_reasons=listed(
            reason(
                too_few(completeness), "fewer than 90 % of the last 15 expected games are published"
            )
        ),
    )
    return scored(rows)


def daily_cache(
    context: pl.DataFrame,
    sides: pl.DataFrame,
    zones: pl.DataFrame,
    boxes: pl.DataFrame,
    form: pl.DataFrame,
    stints: pl.DataFrame,
    calendar: pl.DataFrame,
) -> pl.DataFrame:
    """`precompute.player_daily_cache`."""
    morning_first = pl.when(col("cutoff") == "morning").then(0).otherwise(1).alias("_order")
    slate = (
        context.sort(morning_first, "game_id")
        .unique(NIGHT, keep="first", maintain_order=True)
        .drop("quality_score", "quality_tier", "completeness_pct", "cutoff")
    )
    teams = (
        sides.sort(morning_first)
        .unique(["game_id", "team"], keep="first", maintain_order=True)
        .select(
            "game_id", "team", team_pace_last_10="pace_last_10",
            team_offensive_rating_last_10="offensive_rating_last_10",
        )
    )  # fmt: skip
    shares = zones.select(
        *NIGHT,
        *((col(f"{zone}_share") / 100).alias(f"{zone}_share_last_10") for zone in ZONES),
        assisted_share_last_10=col("assisted_share") / 100,
    )
    figures = form.select(
        *NIGHT, "n", "points_3", "points_5", "points_10", "points_20", "squared_points_10",
        "seconds_10", "squared_seconds_10", "fga_10", "fta_10", "ftm_10", "usage_season",
        "points_season", "seconds_season", "points_weighted", "window_from", "score_season",
        "season_points", "season_games",
    )  # fmt: skip
    rows = (
        slate.join(figures, on=NIGHT)
        .join(teams, on=["game_id", "team"], how="left")
        .join(shares, on=NIGHT, how="left")
    )
    listed = boxes.sort("game_date", "game_id")
    rows = before(
        rows, listed.select(*SEASON, on="game_date", newest_box_on="game_date"), SEASON
    ).drop("on")
    rows = before(
        rows,
        listed.filter("played").select("player_id", on="game_date", newest_game_date="game_date"),
        ["player_id"],
        within_days=1096,
    ).drop("on")
    rows = before(
        rows,
        calendar.select(*TEAM_SEASON, "on", "expected_on", newest_input_date="published_on"),
        TEAM_SEASON,
    ).drop("on")
    rows = _meetings(rows, listed)
    origin = listed["game_date"].min()
    rows = rows.join(
        coverage(_cache_spans(rows, stints), calendar), on=NIGHT, how="left"
    ).with_columns(
        history_from=pl.when(col("game_date") > origin).then(pl.lit(origin, pl.Date))
    )  # fmt: skip
    return _cache_rows(rows).select(PLAYER_DAILY_CACHE.column_names)


def _meetings(rows: pl.DataFrame, boxes: pl.DataFrame) -> pl.DataFrame:
    by = ["player_id", "opponent"]
    met = boxes.filter(col("played"), col("season_type").is_in(COUNTED_TYPES)).select(
        *by,
        on="game_date",
        met_points=col("points").cum_sum().over(by),
        met=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(by),
    )
    rows = before(rows, met, by).drop("on")
    return in_last_days(rows, met, by, ["met_points", "met"], 1096)


def _cache_spans(rows: pl.DataFrame, stints: pl.DataFrame) -> pl.DataFrame:
    known = rows.filter(col("n") > 0)
    after_box = col("newest_box_on") + pl.duration(days=1)
    listed = (
        known.select("game_date", *SEASON, "window_from", "newest_box_on")
        .join(stints, on=SEASON)
        .filter(col("from_date") < col("game_date"))
        .select(
            *NIGHT, "team",
            from_date=pl.max_horizontal("window_from", "from_date"),
            before_date=pl.min_horizontal("next_date", "game_date", after_box),
        )
    )  # fmt: skip
    since = known.select(*NIGHT, "team", from_date=after_box, before_date="game_date")
    return pl.concat([listed, since])


def _cache_rows(rows: pl.DataFrame) -> pl.DataFrame:
    n = col("n")
    last_10, last_20 = pl.min_horizontal(n, 10), pl.min_horizontal(n, 20)

    def from_five(value: pl.Expr) -> pl.Expr:
        return pl.when(n >= 5).then(value)

    def deviation(what: str) -> pl.Expr:
        squares, total = col(f"squared_{what}_10"), col(f"{what}_10")
        return ((last_10 * squares - total * total) / (last_10 * (last_10 - 1))).sqrt()

    points, completeness = col("points_10"), col("completeness_pct")
    rows = rows.with_columns(
        points_avg_last_20=from_five(col("points_20") / last_20),
        games_in_last_20=last_20,
        points_avg_season=ratio(col("points_season"), n),
        points_ewma="points_weighted",
        points_std_last_10=from_five(deviation("points")),
        minutes_std_last_10=from_five(deviation("seconds") / 60),
        points_trend=from_five((2 * col("points_3") - 3 * (col("points_5") - col("points_3"))) / 6),
        minutes_change=from_five(
            ratio(
                col("seconds_10") * n - col("seconds_season") * last_10,
                col("seconds_season") * last_10,
            )
        ),
        ts_last_10=from_five(ratio(points, 2 * (col("fga_10") + 0.44 * col("fta_10")))),
        free_throw_points_share_last_10=from_five(
            ratio(col("ftm_10"), points).clip(upper_bound=0.5)
        ),
        points_per_minute_last_10=from_five(ratio(60 * points, col("seconds_10"))),
        points_avg_prior_season=ratio(col("season_points"), col("season_games")),
        games_prior_season=col("season_games").fill_null(0),
        points_avg_vs_opponent=ratio(col("met_points_1096"), col("met_1096")),
        games_vs_opponent=col("met_1096").fill_null(0),
        newest_input_age_days=(col("expected_on") - col("newest_input_date")).dt.total_days(),
        sample_label=pl.when(last_10 >= 10)
        .then(pl.lit("excellent"))
        .when(last_10 >= 7)
        .then(pl.lit("good"))
        .when(last_10 >= 5)
        .then(pl.lit("limited"))
        .otherwise(pl.lit("insufficient")),
        is_production_ready=is_ready(completeness),
        source_score=pl.min_horizontal("source_score", "score_season"),
        is_degraded=col("is_degraded") | too_few(completeness),
        degraded_reasons=listed(
            "degraded_reasons",
            reason(
                too_few(completeness),
                "fewer than 90 % of the games since his last ten began are published",
            ),
        ),
    )
    return scored(rows)


def composite_factors(
    context: pl.DataFrame,
    sides: pl.DataFrame,
    cache: pl.DataFrame,
    zones: pl.DataFrame,
    defenses: pl.DataFrame,
) -> pl.DataFrame:
    """`precompute.player_composite_factors`."""
    own = sides.select("game_id", "team", "cutoff", "pace_last_10", own_pct="completeness_pct")
    other = sides.select("game_id", "cutoff", opponent="team", other_pct="completeness_pct")
    form = cache.select(*NIGHT, form_score="source_score", form_pct="completeness_pct")
    shots = zones.select(*NIGHT, "primary_zone", *(f"{zone}_share" for zone in ZONES))
    faced = defenses.select("game_date", *(f"{zone}_vs_league" for zone in ZONES), opponent="team")
    rows = (
        context.drop("completeness_pct")
        .join(own, on=["game_id", "team", "cutoff"], how="left")
        .join(other, on=["game_id", "opponent", "cutoff"], how="left")
        .join(form, on=NIGHT, how="left")
        .join(shots, on=NIGHT, how="left")
        .join(faced, on=["game_date", "opponent"], how="left")
    )
    freshness = (
        100
        + pl.when("back_to_back").then(-15)
        .when(col("days_since_last_game") >= 3).then(5).otherwise(0)
        + pl.when(col("games_last_7_days") >= 4).then(-10).otherwise(0)
        + pl.when(col("minutes_last_7_days") > 240).then(-10).otherwise(0)
        + pl.when(col("minutes_per_game_last_7_games") > 35).then(-8).otherwise(0)
        + pl.when(col("back_to_backs_last_14_days") >= 2).then(-12)
        .when(col("back_to_backs_last_14_days") == 1).then(-5).otherwise(0)
        + pl.when(col("age") >= 35).then(-10).when(col("age") >= 30).then(-5).otherwise(0)
    )  # fmt: skip
    mismatch: pl.Expr = pl.when(col("primary_zone") == "balanced").then(
        (
            col("paint_share") * col("paint_vs_league")
            + col("mid_share") * col("mid_vs_league")
            + col("three_share") * col("three_vs_league")
        )
        / 100
    )
    for zone in ZONES:
        share = (col(f"{zone}_share") / 50).clip(upper_bound=1.0)
        mismatch = (
            pl.when(col("primary_zone") == zone)
            .then(col(f"{zone}_vs_league") * share)
            .otherwise(mismatch)
        )
    percentages = ("form_pct", "own_pct", "other_pct")
    inputs = (
        "back_to_back", "days_since_last_game", "games_last_7_days", "minutes_last_7_days",
        "minutes_per_game_last_7_games", "back_to_backs_last_14_days", "age",
    )  # fmt: skip
    rows = rows.with_columns(
        fatigue_score=pl.when(~pl.all_horizontal(col(name).is_null() for name in inputs)).then(
            freshness.clip(0, 100).cast(pl.Float64)
        ),
        shot_zone_mismatch=mismatch,
        pace_score=((col("opponent_pace_last_10") - col("pace_last_10")) / 2).clip(-3, 3),
        usage_spike=(0.3 * (col("projected_usage") - col("usage_last_7_games"))).clip(-3, 3),
        completeness_pct=pl.when(
            ~pl.all_horizontal(col(name).is_null() for name in percentages)
        ).then(pl.min_horizontal(percentages)),
    ).with_columns(
        fatigue_adjustment=(col("fatigue_score") - 100) / 20,
        shot_zone_mismatch=pl.when(col("shot_zone_mismatch").abs() > 5)
        .then(1.2 * col("shot_zone_mismatch"))
        .otherwise("shot_zone_mismatch")
        .clip(-10, 10),
    )
    terms = ("fatigue_score", "shot_zone_mismatch", "pace_score", "usage_spike")
    rows = rows.with_columns(
        total_adjustment=pl.when(pl.any_horizontal(col(name).is_not_null() for name in terms)).then(
            col("fatigue_adjustment").fill_null(0)
            + 0.3 * col("shot_zone_mismatch").fill_null(0)
            + 0.3 * col("pace_score").fill_null(0)
            + 0.4 * col("usage_spike").fill_null(0)
        )
    )
    completeness = col("completeness_pct")
    rows = rows.with_columns(
        warnings=listed(
            reason(col("fatigue_score") < 50, "fatigue_score"),
            reason(col("shot_zone_mismatch").abs() > 8, "shot_zone_mismatch"),
            reason(col("total_adjustment").abs() > 12, "total_adjustment"),
        ),
        absent_terms=listed(*(reason(col(name).is_null(), name) for name in (*inputs, *terms[1:]))),
        is_production_ready=is_ready(completeness),
        source_score=pl.min_horizontal("source_score", "form_score"),
        is_degraded=col("is_degraded") | too_few(completeness),
        degraded_reasons=listed(
            "degraded_reasons",
            reason(
                too_few(completeness),
                "fewer than 90 % of the expected games of him or of a team are published",
            ),
        ),
    )
    return scored(rows).select(PLAYER_COMPOSITE_FACTORS.column_names)
