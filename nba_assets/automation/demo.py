"""What a demo made, in a few lines: scorers, the league, how well tonight is known, what the systems are off by."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table as Grid

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import CUTOFFS
from nba_assets.grading.report import champion_lines, performance_lines
from nba_assets.grading.tables import PERFORMANCE_SUMMARY
from nba_assets.partitions import weeks_of
from nba_assets.precompute.tables import ML_FEATURE_STORE
from nba_assets.predictions.weekly_tables import WEEKLY_CHAMPIONS
from nba_assets.warehouse.base import Warehouse

_SHOWN_OF_STORE = ("game_date", "cutoff", "available", "quality_tier")


def show_demo(console: Console, warehouse: Warehouse, dates: Sequence[date], home: Path) -> None:
    """Show what the dates hold; nothing where no game was played.

    Args:
        console: to show it on.
        warehouse: where it is published.
        dates: that were made.
        home: the folder of everything local.
    """
    players = warehouse.read(PLAYER_GAME_SUMMARY, dates).to_pandas()
    teams = warehouse.read(TEAM_OFFENSE_GAME_SUMMARY, dates).to_pandas()
    if players.empty:
        return
    on_court = players[players["played"]]
    games = players["game_id"].nunique()
    console.print(
        f"\n[bold]{games} games, {len(on_court)} player-games[/] of the sandbox league,"
        f" {min(dates)} … {max(dates)}. [bold]SYNTHETIC: no real game, nothing to bet on.[/]\n"
    )
    console.print(_scorers(on_court))
    console.print(
        f"League: {teams['points'].mean():.1f} points a team, pace {teams['pace'].mean():.1f},"
        f" offensive rating {teams['offensive_rating'].mean():.1f},"
        f" {100 * (teams['overtime_periods'] > 0).mean():.1f} % overtime"
    )
    store = warehouse.read(ML_FEATURE_STORE, dates, _SHOWN_OF_STORE).to_pandas()
    console.print(_last_slate(store))
    graded = warehouse.read(PERFORMANCE_SUMMARY, [max(dates)]).to_pandas()
    console.print("Systems, the active rows of each game:")
    judged = warehouse.read(WEEKLY_CHAMPIONS, weeks_of(dates)).to_pandas()
    for line in (
        *performance_lines(graded, synthetic=True, cutoffs=("active",)),
        *champion_lines(judged),
    ):
        console.print(line, markup=False, soft_wrap=True)
    console.print()
    console.print(
        f"Tables: {home / 'warehouse'}/<schema>/<table>/game_date=…/*.parquet",
        soft_wrap=True,
    )
    console.print(
        "Calendar: .venv/bin/nba-assets status      UI: make dev, then http://127.0.0.1:3000",
        soft_wrap=True,
    )


def _scorers(on_court: pd.DataFrame) -> Grid:
    means = on_court.groupby(["player_name", "team"]).agg(
        games=("points", "size"),
        points=("points", "mean"),
        minutes=("minutes", "mean"),
        usage=("usage_rate", "mean"),
        shooting=("ts_pct", "mean"),
    )
    grid = Grid(title="Top scorers", box=None, pad_edge=False)
    grid.add_column("player", no_wrap=True)
    for name in ("team", "games", "points", "minutes", "usage %", "true shooting"):
        grid.add_column(name, justify="left" if name == "team" else "right")
    leaders: Any = means[means["games"] >= 5].sort_values("points", ascending=False).head(8)
    for (name, team), row in leaders.iterrows():
        grid.add_row(
            name, team, f"{row['games']:.0f}", f"{row['points']:.1f}", f"{row['minutes']:.1f}",
            f"{row['usage']:.1f}", f"{row['shooting']:.3f}",
        )  # fmt: skip
    return grid


def _last_slate(store: pd.DataFrame) -> str:
    """How well the players of the last slate are known at each cut-off."""
    if store.empty:
        return "No slate has features.\n"
    last = store["game_date"].max()
    tonight = store[(store["game_date"] == last) & store["available"]]
    told = []
    for cutoff in CUTOFFS:
        tiers = tonight.loc[tonight["cutoff"] == cutoff, "quality_tier"].value_counts()
        counts = ", ".join(f"{count} {tier}" for tier, count in tiers.items())
        told.append(f"{cutoff} {counts or 'nobody'}")
    return f"Features of the {last} slate, players who are available: {'; '.join(told)}\n"
