"""The raw assets: each made from what its table brings."""

import dagster as dg

from nba_assets.gates.table_asset import Room, table_asset
from nba_assets.raw import (
    arena_distances,
    arenas,
    box_scores,
    game_lines,
    injuries,
    lineups,
    officials,
    player_prop_lines,
    players,
    rosters,
    schedule,
    shots,
    standings,
    teams,
    transactions,
)
from nba_assets.raw.entity import Entity

ENTITIES: tuple[Entity, ...] = (
    schedule.ENTITY,
    teams.ENTITY,
    arenas.ENTITY,
    arena_distances.ENTITY,
    players.ENTITY,
    box_scores.PLAYERS_ENTITY,
    box_scores.TEAMS_ENTITY,
    shots.ENTITY,
    rosters.ENTITY,
    lineups.ENTITY,
    injuries.ENTITY,
    player_prop_lines.ENTITY,
    game_lines.ENTITY,
    officials.ENTITY,
    standings.ENTITY,
    transactions.ENTITY,
)
# Rows read from bodies are Python dictionaries until they are staged; a season of them is a gigabyte.
DATES_AT_ONCE = 28
TABLES = tuple(entity.table for entity in ENTITIES)


def raw_assets(room: Room) -> list[dg.AssetsDefinition]:
    """The tables of this room."""
    return [
        table_asset(
            room,
            entity.table,
            entity.rows,
            reads=entity.reads,
            after=entity.after,
            feeds=[feed.name for feed in entity.feeds],
            gates=entity.gates,
            kinds={"python", "parquet"},
            source=entity.source,
            dates_at_once=DATES_AT_ONCE,
        )
        for entity in ENTITIES
    ]
