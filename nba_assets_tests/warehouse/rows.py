"""A small table, its rows, and a query over it."""

from datetime import UTC, date, datetime

import pyarrow as pa

from nba_assets.warehouse.table import LINEAGE, Column, Table

FIRST, SECOND, THIRD = date(2025, 10, 21), date(2025, 10, 22), date(2025, 10, 23)

POINTS = Table(
    name="raw.points",
    row="player of a game",
    key=("game_id", "player_id"),
    columns=(
        Column("game_date", "DATE", "league day"),
        Column("game_id", "STRING", "id"),
        Column("player_id", "STRING", "id"),
        Column("points", "INT64", "points", "did not play"),
        Column("share", "FLOAT64", "of the team's points", "no points"),
        Column("is_home", "BOOL", "at home"),
        Column("reasons", "ARRAY<STRING>", "why; empty where not degraded"),
        *LINEAGE,
    ),
)
TOTALS = Table(
    name="analytics.totals",
    row="game",
    key=("game_id",),
    columns=(
        Column("game_date", "DATE", "league day"),
        Column("game_id", "STRING", "id"),
        Column("points", "INT64", "points", "nobody played"),
    ),
)
TABLES = {table.name: table for table in (POINTS, TOTALS)}
TOTALS_SQL = """
SELECT game_date, game_id, SUM(points) AS points
FROM raw.points
WHERE game_date BETWEEN @start_date AND @end_date
GROUP BY game_date, game_id
"""


def row(
    day: date, game: str, player: str, points: int | None = 10, hour: int = 5
) -> dict[str, object]:
    return {
        "game_date": day,
        "game_id": game,
        "player_id": player,
        "points": points,
        "share": None if points is None else points / 7,
        "is_home": True,
        "reasons": [],
        "observed_at": datetime(2025, 10, 24, hour, tzinfo=UTC),
        "landing_path": f"cdn.nba.com/{game}/{hour}.json.gz",
    }


def rows(*given: dict[str, object]) -> pa.Table:
    return POINTS.rows(given)
