"""Where the shots of a game came from, per player, team and defence; and when that is not known."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.tables import (
    PLAYER_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
)
from nba_assets.analytics.zones import ZONES, zone_counts
from nba_assets.warehouse.table import Table
from nba_assets_tests.analytics.world import World, shots
from nba_assets_tests.raw.rows import Row, dnp, player, team

COUNTED = [f"{zone}_{what}" for zone in ZONES for what in ("fgm", "fga")]
PLAYS = [
    *(f"{z}_{what}" for z in ZONES for what in ("assisted_fgm", "unassisted_fgm", "blocked_fga")),
    "and_ones",
]
STAR: Row = {"fga": 12, "fgm": 6, "fg3a": 4, "fg3m": 1, "points": 13}
STARS_ZONES = {
    "paint_fgm": 4, "paint_fga": 5, "mid_fgm": 1, "mid_fga": 3, "three_fgm": 1, "three_fga": 4,
}  # fmt: skip
VISITOR: Row = {"fga": 3, "fgm": 1, "fg3a": 1, "fg3m": 0, "points": 2}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def stars_shots(**changes: Any) -> list[Row]:
    """The star's twelve, by a shot chart."""
    return [
        *shots("1", "paint", 4, 1, first=1, **changes),
        *shots("1", "mid", 1, 2, first=10, **changes),
        *shots("1", "three", 1, 3, first=20, **changes),
    ]


def visitors_shots(**changes: Any) -> list[Row]:
    sides = {"team": "BOS", "opponent": "NYK", **changes}
    return [
        *shots("4", "paint", 1, 1, first=30, **sides),
        *shots("4", "three", 0, 1, first=40, **sides),
    ]


def plant(world: World, told: list[Row], **changes: Any) -> None:
    """A star and a visitor who shoot, one who plays and does not, one who sits."""
    world.plant(
        [
            player("1", **STAR),
            player("2"),
            dnp("3"),
            player("4", "BOS", "NYK", is_home=False, **VISITOR),
        ],
        [
            team(**STAR | {"points": 110} | changes),
            team("BOS", "NYK", is_home=False, **VISITOR | {"points": 104}),
        ],
        shots=told,
    )


def row(world: World, table: Table, **where: str) -> pd.Series:
    found = world.read(table)
    for column, value in where.items():
        found = found[found[column] == value]
    (only,) = found.to_dict("records")
    return pd.Series(only)


def zones(found: pd.Series, whose: str = "") -> dict[str, int]:
    return {name: int(found[f"{name}{whose}"]) for name in COUNTED}


def are_null(found: pd.Series, names: list[str], whose: str = "") -> bool:
    return bool(found[[f"{name}{whose}" for name in names]].isna().all())


def test_the_contract_names_every_count_that_the_tests_know() -> None:
    assert [c.name for c in zone_counts("_of_it")] == [f"{n}_of_it" for n in (*COUNTED, *PLAYS)]


def test_a_players_attempts_and_makes_are_counted_where_he_took_them(world: World) -> None:
    plant(world, [*stars_shots(), *visitors_shots()])
    assert zones(row(world, PLAYER_GAME_SUMMARY, player_id="1")) == STARS_ZONES
    assert zones(row(world, PLAYER_GAME_SUMMARY, player_id="4")) == {
        "paint_fgm": 1, "paint_fga": 2, "mid_fgm": 0, "mid_fga": 0, "three_fgm": 0, "three_fga": 1,
    }  # fmt: skip


@pytest.mark.parametrize("player_id", ["2", "3"])
def test_who_took_no_shot_in_a_game_that_has_shots_has_zeros(world: World, player_id: str) -> None:
    plant(world, [*stars_shots(), *visitors_shots()])
    assert set(zones(row(world, PLAYER_GAME_SUMMARY, player_id=player_id)).values()) == {0}


def test_a_game_without_shots_has_no_zones_for_anybody(world: World) -> None:
    plant(world, [])
    for table in (PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY):
        found = world.read(table)
        assert len(found) > 1
        assert found[[*COUNTED, *PLAYS]].isna().all(axis=None)
    allowed = world.read(TEAM_DEFENSE_GAME_SUMMARY)
    assert allowed[[f"{name}_allowed" for name in (*COUNTED, *PLAYS)]].isna().all(axis=None)


@pytest.mark.parametrize("is_complete", [False, None])
def test_whose_attempts_are_not_those_of_his_box_score_has_no_zones(
    world: World, is_complete: bool | None
) -> None:
    plant(world, [*stars_shots(is_complete=is_complete), *visitors_shots()])
    assert are_null(row(world, PLAYER_GAME_SUMMARY, player_id="1"), COUNTED)
    assert not are_null(row(world, PLAYER_GAME_SUMMARY, player_id="4"), COUNTED)


@pytest.mark.parametrize("lost", [slice(0, 12), slice(0, 1)], ids=["all", "one"])
def test_attempts_that_are_missing_leave_player_and_team_without_zones(
    world: World, lost: slice
) -> None:
    told = stars_shots()
    del told[lost]
    plant(world, [*told, *visitors_shots()])
    assert are_null(row(world, PLAYER_GAME_SUMMARY, player_id="1"), COUNTED)
    assert are_null(row(world, TEAM_OFFENSE_GAME_SUMMARY, team="NYK"), COUNTED)
    assert not are_null(row(world, PLAYER_GAME_SUMMARY, player_id="2"), COUNTED)
    assert not are_null(row(world, TEAM_OFFENSE_GAME_SUMMARY, team="BOS"), COUNTED)


@pytest.mark.parametrize("place", [0, 11], ids=["make", "three"])
def test_makes_or_threes_that_the_box_score_does_not_count_leave_no_zones(
    world: World, place: int
) -> None:
    told = stars_shots()
    told[place] |= {"made": False} if place == 0 else {"shot_value": 2, "zone": "mid"}
    plant(world, [*told, *visitors_shots()])
    assert are_null(row(world, PLAYER_GAME_SUMMARY, player_id="1"), COUNTED)
    assert are_null(row(world, TEAM_OFFENSE_GAME_SUMMARY, team="NYK"), COUNTED)


def test_a_shot_from_nobody_knows_where_leaves_its_player_and_team_without_zones(
    world: World,
) -> None:
    told = stars_shots()
    told[4]["zone"] = None
    plant(world, [*told, *visitors_shots()])
    assert are_null(row(world, PLAYER_GAME_SUMMARY, player_id="1"), COUNTED)
    assert are_null(row(world, TEAM_OFFENSE_GAME_SUMMARY, team="NYK"), COUNTED)
    assert are_null(row(world, TEAM_DEFENSE_GAME_SUMMARY, team="BOS"), COUNTED, "_allowed")


def test_an_attempt_beyond_the_box_score_leaves_no_zones_though_the_others_add_up(
    world: World,
) -> None:
    plant(world, [*stars_shots(), *visitors_shots(), *shots("1", None, 0, 1, first=50)])
    assert are_null(row(world, PLAYER_GAME_SUMMARY, player_id="1"), COUNTED)
    assert are_null(row(world, TEAM_OFFENSE_GAME_SUMMARY, team="NYK"), COUNTED)


def test_free_throws_are_no_attempts_from_anywhere(world: World) -> None:
    free = shots("1", None, 3, 1, first=50, shot_value=1)
    plant(world, [*stars_shots(), *visitors_shots(), *free])
    assert zones(row(world, PLAYER_GAME_SUMMARY, player_id="1")) == STARS_ZONES


def test_a_game_of_free_throws_alone_has_no_zones(world: World) -> None:
    plant(world, shots("1", None, 2, first=50, shot_value=1))
    assert are_null(row(world, PLAYER_GAME_SUMMARY, player_id="2"), COUNTED)


def test_a_shot_chart_tells_no_assists_blocks_or_fouls_of_anybody(world: World) -> None:
    plant(world, [*stars_shots(), *visitors_shots()])
    found = world.read(PLAYER_GAME_SUMMARY)
    assert len(found) == 4
    assert found[PLAYS].isna().all(axis=None)
    assert world.read(TEAM_OFFENSE_GAME_SUMMARY)[PLAYS].isna().all(axis=None)


def by_play_by_play() -> list[Row]:
    """The same shots: two dunks and the three from passes, one dunk with a foul, two blocks."""
    told = [*stars_shots(), *visitors_shots()]
    for shot in told:
        shot |= {"is_assisted": False, "is_blocked": False, "fouled": False}
    for n in (0, 1, 8):
        told[n]["is_assisted"] = True
    told[2]["fouled"] = True
    told[4]["is_blocked"] = told[7]["is_blocked"] = True
    return told


PLAYS_OF_THE_STAR = {
    "paint_assisted_fgm": 2, "paint_unassisted_fgm": 2, "paint_blocked_fga": 1,
    "mid_assisted_fgm": 0, "mid_unassisted_fgm": 1, "mid_blocked_fga": 1,
    "three_assisted_fgm": 1, "three_unassisted_fgm": 0, "three_blocked_fga": 0,
    "and_ones": 1,
}  # fmt: skip


def test_a_play_by_play_tells_assists_blocks_and_fouls(world: World) -> None:
    plant(world, by_play_by_play())
    star = row(world, PLAYER_GAME_SUMMARY, player_id="1")
    assert {name: star[name] for name in PLAYS} == PLAYS_OF_THE_STAR
    assert (row(world, PLAYER_GAME_SUMMARY, player_id="3")[PLAYS] == 0).all()


@pytest.mark.parametrize(
    ("column", "unknown"),
    [("is_assisted", "assisted_fgm"), ("is_blocked", "blocked_fga"), ("fouled", "and_ones")],
)
def test_what_is_not_told_of_one_shot_is_not_known_of_its_shooter(
    world: World, column: str, unknown: str
) -> None:
    told = by_play_by_play()
    told[0][column] = None
    plant(world, told)
    for found in (
        row(world, PLAYER_GAME_SUMMARY, player_id="1"),
        row(world, TEAM_OFFENSE_GAME_SUMMARY, team="NYK"),
    ):
        assert are_null(found, [name for name in PLAYS if unknown in name])
        assert found[[name for name in PLAYS if unknown not in name]].notna().all()
    assert row(world, PLAYER_GAME_SUMMARY, player_id="4")[PLAYS].notna().all()


def test_a_teams_zones_are_counted_of_all_its_players(world: World) -> None:
    told = by_play_by_play()
    told[0] |= {"player_id": "2"}
    plant(world, told)
    offense = row(world, TEAM_OFFENSE_GAME_SUMMARY, team="NYK")
    assert zones(offense) == STARS_ZONES
    assert {name: offense[name] for name in PLAYS} == PLAYS_OF_THE_STAR
    assert are_null(row(world, PLAYER_GAME_SUMMARY, player_id="1"), COUNTED)


def test_a_defense_allows_what_its_opponent_took(world: World) -> None:
    plant(world, by_play_by_play())
    found = row(world, TEAM_DEFENSE_GAME_SUMMARY, team="BOS")
    assert zones(found, "_allowed") == STARS_ZONES
    assert {name: found[f"{name}_allowed"] for name in PLAYS} == PLAYS_OF_THE_STAR
    assert zones(row(world, TEAM_DEFENSE_GAME_SUMMARY, team="NYK"), "_allowed")["paint_fga"] == 2


def test_a_team_with_an_attempt_that_nobody_is_charged_with_has_no_zones(world: World) -> None:
    plant(world, [*stars_shots(), *visitors_shots()], fga=13)
    assert are_null(row(world, TEAM_OFFENSE_GAME_SUMMARY, team="NYK"), COUNTED)
    assert zones(row(world, PLAYER_GAME_SUMMARY, player_id="1")) == STARS_ZONES
