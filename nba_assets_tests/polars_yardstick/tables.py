"""The yardstick whole: every table of analytics and precompute from the published raw dates."""

from datetime import date
from pathlib import Path

import polars as pl

from nba_assets_tests.polars_yardstick import context, form, precompute, slate, store, summaries
from nba_assets_tests.polars_yardstick.frames import expected_games

STORE = "precompute.ml_feature_store"
NAMES = (
    "analytics.upcoming_games",
    "analytics.player_line_consensus",
    "analytics.team_offense_game_summary",
    "analytics.team_defense_game_summary",
    "analytics.player_game_summary",
    "analytics.player_availability",
    "analytics.upcoming_team_game_context",
    "analytics.upcoming_player_game_context",
    "precompute.player_shot_zone_analysis",
    "precompute.team_defense_zone_analysis",
    "precompute.player_daily_cache",
    "precompute.player_composite_factors",
    STORE,
)


def made(raw: Path, first: date, last: date) -> dict[str, pl.DataFrame]:
    """Tables by name.

    Args:
        raw: the folder of the published raw tables.
        first: of the raw dates; all of them are made.
        last: of the dates.
    """
    span = (first, last)
    shots = summaries.field_goals(raw, *span)
    games = slate.upcoming_games(raw, shots, *span)
    lines = slate.line_consensus(raw, games, *span)
    offense = summaries.team_offense(raw, shots, *span)
    defense = summaries.team_defense(offense)
    boxes = summaries.player_games(raw, shots, offense, lines, *span)
    expected = expected_games(raw, *span)
    statuses = slate.availability(raw, games, boxes, expected, *span)
    sides = context.team_context(raw, games, offense, defense, boxes, statuses, expected, *span)
    stints, calendar = form.stints(boxes), form.calendar(expected, boxes)
    running = context.player_form(statuses, boxes)
    players = context.player_context(games, statuses, sides, lines, running, stints, calendar)
    zones = precompute.shot_zones(games, statuses, boxes, stints, calendar)
    defenses = precompute.defense_zones(raw, games, boxes, defense, expected, *span)
    cache = precompute.daily_cache(players, sides, zones, boxes, running, stints, calendar)
    factors = precompute.composite_factors(players, sides, cache, zones, defenses)
    features = store.feature_store(players, sides, cache, factors, zones, defenses)
    tables = (
        games, lines, offense, defense, boxes, statuses, sides, players, zones, defenses, cache,
        factors, features,
    )  # fmt: skip
    return dict(zip(NAMES, tables, strict=True))


def written(tables: dict[str, pl.DataFrame], folder: Path, *, per_date: bool) -> None:
    """Keep the tables as Parquet: a file per table, or per table and date as the platform does."""
    hashed = {STORE: store.with_hashes(tables[STORE])}
    for name, rows in (tables | hashed).items():
        home = folder.joinpath(*name.split("."))
        home.mkdir(parents=True, exist_ok=True)
        if not per_date:
            rows.write_parquet(home / "part-0.parquet")
            continue
        for (day,), part in rows.partition_by("game_date", as_dict=True).items():
            dated = home / f"game_date={day}"
            dated.mkdir(exist_ok=True)
            part.write_parquet(dated / "part-0.parquet")
