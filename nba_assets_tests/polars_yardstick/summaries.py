"""The yardstick's tables of finished games."""

from datetime import date
from pathlib import Path

import polars as pl

from nba_assets.analytics.tables import (
    PLAYER_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
)
from nba_assets_tests.polars_yardstick.frames import TEXTS, col, ratio, raw, scored, tier

COUNTED = (
    "points", "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "ast", "stl", "blk",
)  # fmt: skip
QUALITY = (
    "source", "source_score", "completeness_pct", "is_degraded", "degraded_reasons", "is_bootstrap",
)  # fmt: skip
GAME = (
    "game_date", "game_id", "nba_game_id", "season_year", "season_type", "team", "opponent",
    "is_home", "overtime_periods",
)  # fmt: skip
ZONES = ("paint", "mid", "three")
SHOT = (
    "game_date", "game_id", "player_id", "team", "zone", "shot_value", "made", "is_assisted",
    "is_blocked", "fouled", "is_complete",
)  # fmt: skip


def field_goals(folder: Path, first: date, last: date) -> pl.DataFrame:
    """Shots from the field; play-by-plays tell free throws, too."""
    return raw(folder, "shots", first, last, SHOT).filter(col("shot_value") > 1).collect()


def with_zones(rows: pl.DataFrame, shots: pl.DataFrame, who: str) -> pl.DataFrame:
    """Rows with what they shot from where, as far as as much is told as the box score counts."""
    made, assisted, three = col("made"), col("is_assisted"), col("shot_value") == 3
    counts = {
        "shots": pl.len(),
        "complete": col("is_complete").sum(),
        "zoned": col("zone").count(),
        "made": made.sum(),
        "threes": three.sum(),
        "threes_made": (three & made).sum(),
        "assists": assisted.count(),
        "blocks": col("is_blocked").count(),
        "fouls": col("fouled").count(),
        "and_ones": (made & col("fouled")).sum(),
    }
    for zone in ZONES:
        here = col("zone") == zone
        counts |= {
            f"{zone}_fgm": (here & made).sum(),
            f"{zone}_fga": here.sum(),
            f"{zone}_assisted_fgm": (here & made & assisted).sum(),
            f"{zone}_unassisted_fgm": (here & made & ~assisted).sum(),
            f"{zone}_blocked_fga": (here & col("is_blocked")).sum(),
        }
    games = shots.group_by("game_id").agg(
        tells_assists=assisted.count() > 0,
        tells_blocks=col("is_blocked").count() > 0,
        tells_fouls=col("fouled").count() > 0,
    )
    totals = shots.group_by("game_id", who).agg(
        value.cast(pl.Int64).alias(f"z_{name}") for name, value in counts.items()
    )
    z = {name: col(f"z_{name}") for name in counts}
    is_told = (
        (z["shots"] == col("fga"))
        & (z["zoned"] == col("fga"))
        & (z["made"] == col("fgm"))
        & (z["threes"] == col("fg3a"))
        & (z["threes_made"] == col("fg3m"))
    )
    if who == "player_id":
        is_told &= z["complete"] == col("fga")
    assists = is_told & col("tells_assists") & (z["assists"] == col("fga"))
    blocks = is_told & col("tells_blocks") & (z["blocks"] == col("fga"))
    fouls = is_told & col("tells_fouls") & (z["fouls"] == col("fga"))
    told = {"and_ones": fouls}
    for zone in ZONES:
        told |= {
            f"{zone}_fgm": is_told,
            f"{zone}_fga": is_told,
            f"{zone}_assisted_fgm": assists,
            f"{zone}_unassisted_fgm": assists,
            f"{zone}_blocked_fga": blocks,
        }
    return (
        rows.join(games, on="game_id", how="left")
        .join(totals, on=["game_id", who], how="left")
        .with_columns(
            pl.when(col("tells_assists").is_not_null()).then(value.fill_null(0)).alias(f"z_{name}")
            for name, value in z.items()
        )
        .with_columns(pl.when(known).then(z[name]).alias(name) for name, known in told.items())
    )


def team_offense(folder: Path, shots: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """`analytics.team_offense_game_summary`."""
    box = ("played", "player_status", "is_starter", "tov", "pf", "source", "source_score",
           "completeness_pct", "is_bootstrap")  # fmt: skip
    players = (
        raw(folder, "player_box_scores", first, last, (*GAME, *COUNTED, *box))
        .group_by(GAME)
        .agg(
            *(col(name).sum() for name in COUNTED),
            player_tov=col("tov").sum(),
            pf=col("pf").sum(),
            inactive_players=pl.when((~col("played")).any()).then(
                (col("player_status") == "inactive").sum().cast(pl.Int64)
            ),
            starters=pl.when(col("is_starter").count() > 0).then(
                col("is_starter").sum().cast(pl.Int64)
            ),
            source=col("source").min(),
            source_score=pl.min_horizontal(col("source_score").min(), 85),
            completeness_pct=col("completeness_pct").min(),
            is_bootstrap=col("is_bootstrap").any(),
        )
        .with_columns(
            is_degraded=pl.lit(value=True),
            degraded_reasons=pl.lit(
                ["sum of the players instead of the team: no team row is published"], dtype=TEXTS
            ),
            team_tov=pl.lit(None, pl.Int64),
        )
    )
    own = (*GAME, *COUNTED, "player_tov", "team_tov", "pf", *QUALITY)
    key = ["game_date", "game_id", "team"]
    totals = raw(folder, "team_box_scores", first, last, own).join(
        players, on=key, how="full", coalesce=True, suffix="_p"
    )
    totals = totals.with_columns(
        pl.coalesce(name, f"{name}_p").alias(name) for name in own if name not in (*key, "team_tov")
    ).with_columns(
        possessions=col("fga") + 0.44 * col("fta") + col("player_tov") - col("oreb"),
        game_minutes=48 + 5 * col("overtime_periods"),
    )
    other = totals.select(
        "game_date", "game_id", opponent="team", opponent_points="points",
        opponent_possessions="possessions", other_score="source_score",
        other_degraded="is_degraded", other_reasons="degraded_reasons",
    )  # fmt: skip
    crews = (
        raw(folder, "officials", first, last, ("game_id", "official_name", "worked"))
        .filter("worked")
        .group_by("game_id")
        .agg(officials_crew=col("official_name").sort().str.join(", "))
    )
    rows = (
        totals.join(other, on=["game_date", "game_id", "opponent"])
        .join(crews, on="game_id", how="left")
        .with_columns(
            is_win=col("points") > col("opponent_points"),
            margin=col("points") - col("opponent_points"),
            pace=ratio(
                48 * (col("possessions") + col("opponent_possessions")), 2 * col("game_minutes")
            ),
            offensive_rating=ratio(100 * col("points"), col("possessions")),
            efg_pct=ratio(col("fgm") + 0.5 * col("fg3m"), col("fga")),
            ts_pct=ratio(col("points"), 2 * (col("fga") + 0.44 * col("fta"))),
            source_score=pl.min_horizontal("source_score", "other_score"),
            degraded_reasons=pl.when("is_degraded")
            .then("degraded_reasons")
            .otherwise("other_reasons"),
            is_degraded=col("is_degraded") | col("other_degraded"),
        )
        .collect()
    )
    return scored(with_zones(rows, shots, "team")).select(TEAM_OFFENSE_GAME_SUMMARY.column_names)


def team_defense(offense: pl.DataFrame) -> pl.DataFrame:
    """`analytics.team_defense_game_summary`: the mirror of the opponent's offence."""
    allowed = [
        *("points", "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "and_ones"),
        *(
            f"{zone}_{what}"
            for zone in ZONES
            for what in ("fgm", "fga", "assisted_fgm", "unassisted_fgm", "blocked_fga")
        ),
    ]
    other = offense.select(
        "game_id",
        *(col(name).alias(f"{name}_allowed") for name in allowed),
        opponent="team",
        turnovers_forced="player_tov",
        opponent_possessions="possessions",
        defensive_rating="offensive_rating",
        opponent_ts_pct="ts_pct",
        opponent_efg_pct="efg_pct",
    )
    return offense.join(other, on=["game_id", "opponent"]).select(
        TEAM_DEFENSE_GAME_SUMMARY.column_names
    )


def player_games(
    folder: Path,
    shots: pl.DataFrame,
    offense: pl.DataFrame,
    lines: pl.DataFrame,
    first: date,
    last: date,
) -> pl.DataFrame:
    """`analytics.player_game_summary`."""
    names = (
        *GAME, "player_id", "nba_player_id", "player_name", "player_lookup", "is_starter", "played",
        "player_status", "dnp_reason", "minutes", "seconds_played", "minutes_precision", *COUNTED,
        "tov", "pf", "plus_minus", *QUALITY,
    )  # fmt: skip
    boxes = raw(folder, "player_box_scores", first, last, names)
    teams = offense.lazy().select(
        "game_id", "team", "is_win", team_score="source_score", team_degraded="is_degraded",
        team_reasons="degraded_reasons",
        team_plays=col("fga") + 0.44 * col("fta") + col("player_tov"),
    )  # fmt: skip
    announced = (
        "game_id", "team", "player_id", "lineup_status", "is_starter", "position", "observed_at",
    )  # fmt: skip
    newest = col("observed_at").max().over("game_id", "team")
    starters = (
        raw(folder, "lineups", first, last, announced)
        .filter(col("lineup_status") == "confirmed")
        .filter(col("observed_at") == newest, "is_starter")
        .select("game_id", "team", "player_id", "position")
    )
    market = lines.lazy().filter(col("cutoff") == "lock").select(
        "game_id", "player_id", "points_line", "opening_line", "line_observed_at",
        line_source="source",
    )  # fmt: skip
    seconds, team_minutes = col("seconds_played"), 240 + 25 * col("overtime_periods")
    plays = col("fga") + 0.44 * col("fta") + col("tov")
    result = (
        pl.when(~col("played")).then(None)
        .when(col("points") > col("points_line")).then(pl.lit("OVER"))
        .when(col("points") < col("points_line")).then(pl.lit("UNDER"))
        .when(col("points") == col("points_line")).then(pl.lit("PUSH"))
    )  # fmt: skip
    rows = (
        boxes.join(teams, on=["game_id", "team"])
        .join(starters, on=["game_id", "team", "player_id"], how="left")
        .join(market, on=["game_id", "player_id"], how="left")
        .with_columns(
            efg_pct=ratio(col("fgm") + 0.5 * col("fg3m"), col("fga")),
            ts_pct=ratio(col("points"), 2 * (col("fga") + 0.44 * col("fta"))),
            usage_rate=ratio(100 * plays * team_minutes * 60, 5 * seconds * col("team_plays")),
            margin=pl.when("played").then(col("points") - col("points_line")),
            over_under_result=result,
            source_score=pl.min_horizontal("source_score", "team_score"),
            degraded_reasons=pl.when("is_degraded")
            .then("degraded_reasons")
            .otherwise("team_reasons"),
            is_degraded=col("is_degraded") | col("team_degraded"),
        )
        .with_columns(quality_score=col("source_score"), quality_tier=tier(col("source_score")))
        .collect()
    )
    return with_zones(rows, shots, "player_id").select(PLAYER_GAME_SUMMARY.column_names)
