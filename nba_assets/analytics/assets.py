"""The analytics assets: each a contract, a SQL file (the slate: a function) and its gates."""

from pathlib import Path

import dagster as dg

from nba_assets.analytics import upcoming_games
from nba_assets.analytics.gates import (
    allowed_zones_that_are_not_the_box,
    games_without_one_pace,
    lines_outside_their_books,
    moves_without_an_opening,
    prices_that_pay_nothing,
    sides_without_their_opponent,
    teams_whose_usage_does_not_add_up,
    unaccounted_players,
    zones_that_are_not_the_box,
)
from nba_assets.analytics.tables import (
    PLAYER_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
)
from nba_assets.analytics.team_gates import (
    impossible_team_contexts,
    slate_games_without_two_sides,
    unbalanced_rests,
)
from nba_assets.analytics.upcoming_gates import (
    impossible_contexts,
    players_of_two_games,
    rows_that_know_too_much,
    sides_without_eight_available,
    slate_games_without_players,
    unreconciled_players,
)
from nba_assets.analytics.upcoming_tables import (
    PLAYER_AVAILABILITY,
    PLAYER_LINE_CONSENSUS,
    UPCOMING_GAMES,
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets.gates.audit import Gate, game_gate, partition_gate, row_gate
from nba_assets.gates.table_asset import Room, sql_asset, table_asset
from nba_assets.raw.game_lines import GAME_LINES
from nba_assets.raw.injuries import INJURIES
from nba_assets.raw.lineups import LINEUPS
from nba_assets.raw.officials import OFFICIALS
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets.raw.rosters import ROSTERS
from nba_assets.raw.shots import SHOTS
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE
from nba_assets.warehouse.table import Table

HERE = Path(__file__).parent
# Of every table that is cut: what was observed later may not be in it.
NOTHING_IS_KNOWN_TOO_EARLY = partition_gate(
    "nothing_is_known_before_it_was_observed", rows_that_know_too_much
)


def analytics_assets(room: Room) -> list[dg.AssetsDefinition]:
    """The tables of this room."""
    return [*_what_happened(room), *_what_is_known_before(room)]


def _what_happened(room: Room) -> list[dg.AssetsDefinition]:
    return [
        _asset(
            room,
            TEAM_OFFENSE_GAME_SUMMARY,
            (SHOTS, OFFICIALS),
            game_gate("each_game_has_one_pace", games_without_one_pace),
            game_gate("every_shot_is_in_one_zone", zones_that_are_not_the_box),
        ),
        _asset(
            room,
            TEAM_DEFENSE_GAME_SUMMARY,
            (),
            game_gate(
                "each_defense_mirrors_its_opponent",
                sides_without_their_opponent,
                TEAM_OFFENSE_GAME_SUMMARY,
            ),
            game_gate("every_allowed_shot_is_in_one_zone", allowed_zones_that_are_not_the_box),
        ),
        _asset(
            room,
            PLAYER_GAME_SUMMARY,
            (SHOTS, LINEUPS, PLAYER_LINE_CONSENSUS),
            game_gate(
                "usage_adds_up_to_five_players",
                teams_whose_usage_does_not_add_up,
                TEAM_OFFENSE_GAME_SUMMARY,
            ),
            game_gate("every_shot_is_in_one_zone", zones_that_are_not_the_box),
            partition_gate(
                "every_raw_row_is_accounted_for", unaccounted_players, PLAYER_BOX_SCORES
            ),
        ),
    ]


def _what_is_known_before(room: Room) -> list[dg.AssetsDefinition]:
    return [
        table_asset(
            room,
            UPCOMING_GAMES,
            upcoming_games.compute,
            reads=(SCHEDULE,),
            # Whether a feed has told anything this season names its block; tonight waits for none.
            after=(LINEUPS, *upcoming_games.BLOCKS.values(), SHOTS),
            gates=(
                partition_gate(
                    "the_slate_is_whole", upcoming_games.lost_games, upcoming_games.OWED
                ),
            ),
            kinds={"python", "parquet"},
            source=Path(upcoming_games.__file__),
        ),
        _asset(
            room,
            PLAYER_LINE_CONSENSUS,
            (PLAYER_PROP_LINES,),
            row_gate("every_line_is_within_its_books", lines_outside_their_books),
            row_gate("every_price_pays", prices_that_pay_nothing),
            row_gate("every_move_has_an_opening", moves_without_an_opening),
            NOTHING_IS_KNOWN_TOO_EARLY,
        ),
        _asset(
            room,
            PLAYER_AVAILABILITY,
            (ROSTERS, LINEUPS, INJURIES),
            row_gate("each_side_has_eight_available", sides_without_eight_available),
            row_gate("nobody_plays_in_two_games", players_of_two_games),
            partition_gate(
                "most_slate_games_have_players", slate_games_without_players, UPCOMING_GAMES
            ),
            NOTHING_IS_KNOWN_TOO_EARLY,
        ),
        _asset(
            room,
            UPCOMING_TEAM_GAME_CONTEXT,
            (GAME_LINES,),
            partition_gate(
                "every_slate_game_has_two_sides", slate_games_without_two_sides, UPCOMING_GAMES
            ),
            game_gate("the_sides_of_a_game_agree", unbalanced_rests),
            game_gate("every_team_is_possible", impossible_team_contexts),
        ),
        _asset(
            room,
            UPCOMING_PLAYER_GAME_CONTEXT,
            (PLAYER_LINE_CONSENSUS,),
            partition_gate(
                "every_player_of_the_slate_has_a_context",
                unreconciled_players,
                PLAYER_AVAILABILITY,
            ),
            row_gate("every_context_is_possible", impossible_contexts),
            NOTHING_IS_KNOWN_TOO_EARLY,
        ),
    ]


def _asset(
    room: Room, table: Table, without: tuple[Table, ...], *gates: Gate
) -> dg.AssetsDefinition:
    """One table of a `.sql` file of its name.

    Args:
        room: what all assets share.
        table: the contract.
        without: inputs that it can do without.
        gates: beside the contract's own.
    """
    return sql_asset(room, table, HERE / f"{table.table_name}.sql", after=without, gates=gates)
