"""The yardstick's feature store: the vector, what each feature is worth, and its hash."""

import hashlib

import polars as pl

from nba_assets.precompute.features import FEATURE_NAMES, FEATURES, SCORES, Feature
from nba_assets.precompute.tables import ML_FEATURE_STORE
from nba_assets_tests.polars_yardstick.frames import (
    TEXTS,
    col,
    is_ready,
    listed,
    ratio,
    reason,
    tier,
    too_few,
)

NIGHT = ["game_date", "player_id"]
MAN = ["game_id", "cutoff", "player_id"]
GAMES_OF = {
    "player": "games_played_season",
    "team": "team_games",
    "opponent": "opponent_games_in_sample",
    "both_teams": "fewer_team_games",
}


def _steps(value: pl.Expr, one: float, two: float) -> pl.Expr:
    return (
        pl.when(value >= two).then(2.0)
        .when(value >= one).then(1.0)
        .when(value <= -two).then(-2.0)
        .when(value <= -one).then(-1.0)
        .when(value.is_not_null()).then(0.0)
    )  # fmt: skip


def feature_store(
    context: pl.DataFrame,
    sides: pl.DataFrame,
    cache: pl.DataFrame,
    factors: pl.DataFrame,
    zones: pl.DataFrame,
    defenses: pl.DataFrame,
) -> pl.DataFrame:
    """`precompute.ml_feature_store`."""
    rows = _joined(context, sides, cache, factors, zones, defenses)
    number = {
        name: col(source).cast(pl.Float64)
        for name, source in {
            "games_in_last_7_days": "games_last_7_days", "rest_advantage": "rest_advantage",
            "injury_risk": "injury_risk", "expected_starter": "is_expected_starter",
            "teammates_out": "teammates_out", "time_zones": "time_zones",
            "days_since_return": "days_since_return",
            "days_since_last_game": "days_since_last_game",
            "back_to_back": "back_to_back",
        }.items()
    }  # fmt: skip
    same_team = col("form_team") == col("team")
    same_opponent = col("form_opponent") == col("opponent")
    position = col("position")
    rows = rows.with_columns(
        **number,
        recent_trend=_steps(col("points_trend"), 2, 5),
        minutes_change=_steps(col("minutes_change"), 0.1, 0.2),
        opponent_def_rating="defensive_rating_last_15",
        opponent_pace="pace_last_15",
        home=pl.when("is_neutral").then(0.5).when("is_home").then(1.0).otherwise(0.0),
        playoff_game=(col("season_type") == "playoffs").cast(pl.Float64),
        pct_paint="paint_share_last_10",
        pct_mid="mid_share_last_10",
        pct_three="three_share_last_10",
        pct_free_throw="free_throw_points_share_last_10",
        team_pace=pl.when(same_team).then("team_pace_last_10"),
        team_off_rating=pl.when(same_team).then("team_offensive_rating_last_10"),
        team_win_pct="win_pct",
        line_points="points_line",
        line_opening="opening_line",
        has_line=col("points_line").is_not_null().cast(pl.Float64),
        avg_points_vs_opponent=pl.when(same_opponent).then("points_avg_vs_opponent"),
        games_vs_opponent=pl.when(same_opponent).then(col("games_vs_opponent").cast(pl.Float64)),
        opponent_position_points_vs_league=pl.when(
            position.is_in(("PG", "SG")) | position.str.starts_with("G")
        )
        .then("guard_points_vs_league")
        .when(position.is_in(("SF", "PF")) | position.str.starts_with("F"))
        .then("forward_points_vs_league")
        .when(position.str.starts_with("C"))
        .then("center_points_vs_league"),
        opponent_free_throw_rate="opponent_free_throw_rate_allowed_last_15",
        team_implied_points="implied_points",
        blowout_risk=col("game_spread").abs(),
        feature_version=pl.lit("f33plus"),
    )
    rows = rows.with_columns(feature_sources=pl.concat_str(_letter(f) for f in FEATURES))
    counts = {
        letter: col("feature_sources").str.count_matches(letter, literal=True).cast(pl.Int64)
        for letter in SCORES
    }
    worth = pl.sum_horizontal(SCORES[letter] * count for letter, count in counts.items())
    # A few dozen different vectors of letters for all rows of a season.
    missing = (
        rows.select("feature_sources")
        .unique()
        .with_columns(
            missing_features=listed(
                *(
                    reason(col("feature_sources").str.slice(n, 1) == "M", name)
                    for n, name in enumerate(FEATURE_NAMES)
                )
            )
        )
    )
    blocks, completeness = col("absent_blocks"), col("completeness_pct")
    rows = (
        rows.join(missing, on="feature_sources", how="left")
        .with_columns(
            quality_score=ratio(worth, pl.sum_horizontal(counts.values())),
            absent_blocks=listed(
                blocks,
                reason(col("no_zones") & ~blocks.list.contains("zones"), "zones"),
                reason(
                    col("no_prior_seasons") & ~blocks.list.contains("prior_seasons"),
                    "prior_seasons",
                ),
            ),
            is_production_ready=is_ready(completeness),
            is_degraded=col("is_degraded") | col("defense_degraded") | too_few(completeness),
            degraded_reasons=listed(
                "degraded_reasons",
                reason(col("defense_degraded"), "the zone analysis of the opponent is degraded"),
                reason(
                    too_few(completeness),
                    "fewer than 90 % of the expected games of him or of a team are published",
                ),
            ),
            input_digests=pl.lit([], dtype=TEXTS),
            feature_hash=pl.lit(""),
        )
        .with_columns(quality_tier=tier(col("quality_score")))
    )
    return rows.select(ML_FEATURE_STORE.column_names)


def _joined(
    context: pl.DataFrame,
    sides: pl.DataFrame,
    cache: pl.DataFrame,
    factors: pl.DataFrame,
    zones: pl.DataFrame,
    defenses: pl.DataFrame,
) -> pl.DataFrame:
    own = sides.select(
        "game_id", "team", "cutoff", "win_pct", team_games="games_in_last_10",
        own_score="source_score", own_pct="completeness_pct",
    )  # fmt: skip
    other = sides.select(
        "game_id", "cutoff", opponent="team", other_games="games_in_last_10",
        other_score="source_score", other_pct="completeness_pct",
    )  # fmt: skip
    form = cache.select(
        *NIGHT, "points_avg_season", "points_std_last_10", "points_trend", "minutes_change",
        "paint_share_last_10", "mid_share_last_10", "three_share_last_10",
        "free_throw_points_share_last_10", "team_pace_last_10", "team_offensive_rating_last_10",
        "points_avg_vs_opponent", "games_vs_opponent", "points_per_minute_last_10",
        "minutes_std_last_10", "points_ewma", "points_avg_prior_season", "newest_input_date",
        "newest_input_age_days", form_team="team", form_opponent="opponent",
        form_score="source_score", form_pct="completeness_pct",
    )  # fmt: skip
    adjusted = factors.select(
        *MAN, "fatigue_score", "shot_zone_mismatch", "pace_score", "usage_spike",
        factors_score="source_score",
    )  # fmt: skip
    shots = zones.select(
        *NIGHT,
        has_no_attempt=(col("games_in_sample") >= 10) & col("paint_share").is_null(),
    )
    faced = defenses.select(
        "game_date", "defensive_rating_last_15", "pace_last_15", "guard_points_vs_league",
        "forward_points_vs_league", "center_points_vs_league", opponent="team",
        opponent_games_in_sample="games_in_sample", defense_score="source_score",
        defense_degraded="is_degraded",
    )  # fmt: skip
    dates = (
        defenses.group_by("game_date")
        .agg(told_games=col("games_with_zones").max())
        .join(
            cache.group_by("game_date").agg(col("history_from").min()),
            on="game_date", how="left",
        )
    )  # fmt: skip
    percentages = ("form_pct", "own_pct", "other_pct")
    return (
        context.drop("completeness_pct")
        .join(own, on=["game_id", "team", "cutoff"], how="left")
        .join(other, on=["game_id", "opponent", "cutoff"], how="left")
        .join(form, on=NIGHT, how="left")
        .join(adjusted, on=MAN, how="left")
        .join(shots, on=NIGHT, how="left")
        .join(faced, on=["game_date", "opponent"], how="left")
        .join(dates, on="game_date", how="left")
        .with_columns(
            fewer_team_games=pl.min_horizontal("team_games", "other_games"),
            no_injuries=col("absent_blocks").list.contains("injuries"),
            no_zones=(col("told_games").fill_null(0) == 0)
            | col("absent_blocks").list.contains("zones"),
            no_prior_seasons=(
                col("history_from") > col("game_date") - pl.duration(days=1096)
            ).fill_null(value=True),
            source_score=pl.min_horizontal(
                "source_score", "own_score", "other_score", "form_score", "factors_score",
                "defense_score",
            ),
            completeness_pct=pl.min_horizontal(percentages),
            defense_degraded=col("defense_degraded").fill_null(value=False),
            sample_label=pl.when(col("games_in_last_10") >= 10)
            .then(pl.lit("excellent"))
            .when(col("games_in_last_10") >= 7)
            .then(pl.lit("good"))
            .when(col("games_in_last_10") >= 5)
            .then(pl.lit("limited"))
            .otherwise(pl.lit("insufficient")),
        )
    )  # fmt: skip


def _letter(feature: Feature) -> pl.Expr:
    """R real, S of a short window, F of too few games, M missing, N not applicable."""
    value, games = col(feature.name), col(GAMES_OF[feature.whose])
    facts = {
        "no_attempt": col("has_no_attempt"),
        "no_point": col("points_avg_last_10") == 0,
        "no_minute": col("minutes_avg_last_10") == 0,
        "no_meeting": col("games_vs_opponent") == 0,
        "no_line": pl.lit(value=True),
        "no_report": pl.lit(value=True),
    }
    known: pl.Expr = pl.lit("R")
    if feature.short_below:
        known = pl.when(games < feature.short_below).then(pl.lit("S")).otherwise(known)
    lacking: pl.Expr = pl.lit("M")
    if feature.fact:
        excused = facts[feature.fact].fill_null(value=False)
        lacking = pl.when(excused).then(pl.lit("N")).otherwise(lacking)
    if feature.needs_games:
        lacking = pl.when(games < feature.needs_games).then(pl.lit("F")).otherwise(lacking)
    if feature.block in ("injuries", "zones"):
        lacking = pl.when(f"no_{feature.block}").then(pl.lit("N")).otherwise(lacking)
    letter: pl.Expr = pl.when(value.is_null()).then(lacking).otherwise(known)
    if feature.block == "prior_seasons":
        letter = pl.when("no_prior_seasons").then(pl.lit("N")).otherwise(letter)
    return letter


def with_hashes(rows: pl.DataFrame) -> pl.DataFrame:
    """The store with a hash of each row's vector; NULL is NaN."""
    vectors = rows.select(col(FEATURE_NAMES).fill_null(float("nan"))).to_numpy(order="c")
    hashes = [hashlib.sha256(vector.tobytes()).hexdigest() for vector in vectors]
    return rows.with_columns(feature_hash=pl.Series(hashes))
