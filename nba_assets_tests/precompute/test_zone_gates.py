"""Gates of zone analyses and of readiness: red on planted faults, and green beside them."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.upcoming_tables import UPCOMING_GAMES
from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_SHOT_ZONE_ANALYSIS,
    TEAM_DEFENSE_ZONE_ANALYSIS,
)
from nba_assets.precompute.zone_gates import impossible_zones, missing_teams, unready_tables
from nba_assets.sources.teams import TEAMS
from nba_assets_tests.analytics.pregame import NIGHT, whole
from nba_assets_tests.raw.rows import Row, frame

TRICODES = sorted(team.tricode for team in TEAMS)
EVE = NIGHT - timedelta(days=1)


def team(tricode: str = "BOS", **changes: Any) -> Row:
    given = {"game_date": NIGHT, "team": tricode, "is_production_ready": True, **changes}
    return whole(TEAM_DEFENSE_ZONE_ANALYSIS, given)


def teams(*rows: Row) -> pd.DataFrame:
    return frame(TEAM_DEFENSE_ZONE_ANALYSIS, rows)


def players(*rows: Row) -> pd.DataFrame:
    given = [{"game_date": NIGHT, "is_production_ready": True, **row} for row in rows]
    return frame(
        PLAYER_SHOT_ZONE_ANALYSIS, [whole(PLAYER_SHOT_ZONE_ANALYSIS, row) for row in given]
    )


def shares(paint: float | None, mid: float | None, three: float | None) -> Row:
    return {"paint_share": paint, "mid_share": mid, "three_share": three}


def games(*days: date) -> pd.DataFrame:
    return frame(
        UPCOMING_GAMES,
        [whole(UPCOMING_GAMES, {"game_date": d, "game_id": f"{d:%Y%m%d}_BOS_NYK"}) for d in days],
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"paint_fg_pct_allowed": 55.0}, "paint_fg_pct_allowed 55.0 is not within 0 to 1"),
        ({"mid_fg_pct_allowed": -0.1}, "mid_fg_pct_allowed -0.1 is not within 0 to 1"),
        ({"three_vs_league": 60.5}, "three_vs_league 60.5 is not within -60 to 60"),
        ({"paint_vs_league": -61.0}, "paint_vs_league -61.0 is not within -60 to 60"),
    ],
)
def test_a_defence_that_cannot_be_is_named(changes: Row, told: str) -> None:
    whole_row = {"paint_fg_pct_allowed": 1.0, "mid_vs_league": -60.0, "three_vs_league": 60.0}
    rows = teams(team("BOS", **whole_row), team("NYK", **changes), team("LAL"))
    found = impossible_zones(rows)
    assert found.index.tolist() == [1]
    assert found["reason"].iloc[0].startswith("possible_zones: NYK: ")
    assert told in found["reason"].iloc[0]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (shares(50.0, 20.0, 30.0 + 1e-7), "shares sum to 100.0000001"),
        (shares(0.5, 0.2, 0.3), "shares sum to 1.0"),
        (shares(60.0, None, 30.0), "shares sum to 90.0"),
        (shares(-10.0, 60.0, 50.0), "shares sum to 100.0"),
        ({"three_fg_pct": 1.5}, "three_fg_pct 1.5 is not within 0 to 1"),
        ({"assisted_share": 101.0}, "assisted_share 101.0 is not within 0 to 100"),
    ],
)
def test_a_player_whose_zones_cannot_be_is_named(changes: Row, told: str) -> None:
    rows = players(
        {"player_id": "1", **shares(100 / 3, 100 / 3, 100 / 3)},
        {"player_id": "2", **changes},
        {"player_id": "3"},
    )
    found = impossible_zones(rows)
    assert found["player_id"].tolist() == ["2"]
    assert told in found["reason"].iloc[0]


def test_all_thirty_teams_are_owed_on_a_date_with_games() -> None:
    rows = teams(*(team(name) for name in TRICODES if name != "BOS"))
    found = missing_teams(rows, games(NIGHT))
    assert found["reason"].tolist() == ["all_teams: BOS is missing"]
    assert not found["blocks"].any()
    assert missing_teams(teams(*map(team, TRICODES)), games(NIGHT)).empty


@pytest.mark.parametrize(("there", "blocks"), [(24, False), (23, True), (0, True)])
def test_under_four_fifths_of_the_league_the_date_is_held(there: int, blocks: bool) -> None:
    rows = teams(*map(team, TRICODES[:there]))
    found = missing_teams(rows, games(NIGHT))
    assert found["team"].tolist() == TRICODES[there:]
    assert (found["game_date"] == NIGHT).all()
    assert (found["blocks"] == blocks).all()


def test_a_date_without_games_owes_no_team() -> None:
    assert missing_teams(teams(), games()).empty
    found = missing_teams(teams(*map(team, TRICODES)), games(NIGHT, EVE))
    assert set(found["game_date"]) == {EVE}


@pytest.mark.parametrize(("ready", "holds"), [(7, False), (6, True)])
def test_seven_of_ten_rows_have_to_be_ready(ready: int, holds: bool) -> None:
    rows = teams(
        *(team(name, is_production_ready=n < ready) for n, name in enumerate(TRICODES[:10]))
    )
    found = unready_tables(rows)
    assert len(found) == holds
    if holds:
        named = ", ".join(TRICODES[ready : ready + 3])
        assert found["game_date"].tolist() == [NIGHT]
        assert found["blocks"].tolist() == [True]
        assert found["reason"].tolist() == [f"ready_rows: 6 of 10 rows are ready, not {named} and 1 more"]  # fmt: skip


def test_the_first_days_of_a_season_are_told_and_hold_nothing() -> None:
    rows = teams(team("BOS", is_production_ready=False, is_bootstrap=True))
    found = unready_tables(rows)
    assert found["reason"].tolist() == ["ready_rows: 0 of 1 rows are ready, not BOS"]
    assert found["blocks"].tolist() == [False]


def test_a_cut_off_is_judged_by_itself_and_players_are_named() -> None:
    rows = [
        whole(
            ML_FEATURE_STORE,
            {
                "game_date": NIGHT, "game_id": "g", "player_id": player, "team": "BOS",
                "cutoff": cutoff, "is_production_ready": cutoff == "lock" or player == "1",
            },
        )
        for player in ("1", "2")
        for cutoff in ("morning", "lock")
    ]  # fmt: skip
    found = unready_tables(frame(ML_FEATURE_STORE, rows))
    assert found["cutoff"].tolist() == ["morning"]
    assert found["reason"].tolist() == ["ready_rows: morning: 1 of 2 rows are ready, not 2"]


def test_a_date_without_rows_is_none_of_these_gates_business() -> None:
    assert unready_tables(teams()).empty
    assert impossible_zones(teams()).empty
    assert impossible_zones(players()).empty
