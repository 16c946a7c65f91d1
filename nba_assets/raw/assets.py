"""The raw assets: each made from what its table brings."""

import dagster as dg

from nba_assets.gates.table_asset import Room, table_asset
from nba_assets.raw import box_scores, schedule
from nba_assets.raw.entity import Entity

ENTITIES: tuple[Entity, ...] = (
    schedule.ENTITY,
    box_scores.PLAYERS_ENTITY,
    box_scores.TEAMS_ENTITY,
)
TABLES = tuple(entity.table for entity in ENTITIES)


def raw_assets(room: Room) -> list[dg.AssetsDefinition]:
    """The tables of this room."""
    return [
        table_asset(
            room,
            entity.table,
            entity.rows,
            reads=entity.reads,
            feeds=[feed.name for feed in entity.feeds],
            gates=entity.gates,
            kinds={"python", "parquet"},
            source=entity.source,
        )
        for entity in ENTITIES
    ]
