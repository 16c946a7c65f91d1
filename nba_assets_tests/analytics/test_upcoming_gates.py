from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.upcoming_gates import (
    LIMITS,
    impossible_contexts,
    players_of_two_games,
    rows_that_know_too_much,
    sides_without_eight_available,
    slate_games_without_players,
    unreconciled_players,
)
from nba_assets.analytics.upcoming_tables import (
    PLAYER_AVAILABILITY,
    UPCOMING_GAMES,
    UPCOMING_PLAYER_GAME_CONTEXT,
)
from nba_assets.raw.schedule import game_id
from nba_assets_tests.analytics.world import slate
from nba_assets_tests.raw.rows import DAY, Row, frame

CUTOFF_AT = {
    "morning": datetime(2025, 11, 5, 15, tzinfo=UTC),
    "lock": datetime(2025, 11, 5, 22, 30, tzinfo=UTC),
}
GAMES = (("BOS", "NYK"), ("LAL", "GSW"))
GAME, OTHER = (game_id(DAY, *pair) for pair in GAMES)
CUTS = ("morning", "lock")


def man(player_id: str, team: str, opponent: str, cutoff: str, **changes: Any) -> Row:
    return {
        "game_date": DAY,
        "game_id": game_id(DAY, *((opponent, team) if team in ("NYK", "GSW") else (team, opponent))),
        "player_id": player_id,
        "cutoff": cutoff,
        "cutoff_at": CUTOFF_AT[cutoff],
        "team": team,
        "opponent": opponent,
        "available": True,
        "projected_minutes": 30.0,
        "status_observed_at": CUTOFF_AT[cutoff],
        **changes,
    }  # fmt: skip


def sides(men: int = 8) -> list[Row]:
    return [
        man(f"{team}{n}", team, opponent, cutoff)
        for away, home in GAMES
        for team, opponent in ((away, home), (home, away))
        for cutoff in CUTS
        for n in range(men)
    ]


@pytest.fixture
def available() -> pd.DataFrame:
    return frame(PLAYER_AVAILABILITY, sides())


@pytest.fixture
def contexts() -> pd.DataFrame:
    return frame(UPCOMING_PLAYER_GAME_CONTEXT, sides())


def games(count: int = 2, **changes: Any) -> pd.DataFrame:
    pairs = [*GAMES, ("MIA", "CHI"), ("DEN", "UTA"), ("ATL", "ORL")][:count]
    return frame(UPCOMING_GAMES, [row | changes for pair in pairs for row in slate(DAY, *pair)])


def test_whole_rows_offend_nobody(available: pd.DataFrame, contexts: pd.DataFrame) -> None:
    assert sides_without_eight_available(available).empty
    assert players_of_two_games(available).empty
    assert slate_games_without_players(available, games()).empty
    assert rows_that_know_too_much(available).empty
    assert rows_that_know_too_much(contexts).empty
    assert unreconciled_players(contexts, available).empty
    assert impossible_contexts(contexts).empty


def test_gates_have_nothing_to_say_of_a_date_without_games() -> None:
    nobody, no_context = frame(PLAYER_AVAILABILITY, []), frame(UPCOMING_PLAYER_GAME_CONTEXT, [])
    assert sides_without_eight_available(nobody).empty
    assert players_of_two_games(nobody).empty
    assert slate_games_without_players(nobody, frame(UPCOMING_GAMES, [])).empty
    assert rows_that_know_too_much(no_context).empty
    assert unreconciled_players(no_context, nobody).empty
    assert impossible_contexts(no_context).empty


def test_a_side_of_seven_takes_its_game_and_cutoff_and_leaves_the_others(
    available: pd.DataFrame,
) -> None:
    out = (available["player_id"] == "NYK3") & (available["cutoff"] == "lock")
    available.loc[out, "available"] = False
    found = sides_without_eight_available(available)
    expected = available[(available["game_id"] == GAME) & (available["cutoff"] == "lock")]
    assert found.index.tolist() == expected.index.tolist()
    assert set(found["reason"]) == {"eight_available: 7 available of NYK at lock"}


def test_a_side_without_a_row_is_short_too(available: pd.DataFrame) -> None:
    found = sides_without_eight_available(available[available["team"] != "LAL"])
    assert set(found["player_id"].str[:3]) == {"GSW"}
    assert set(found["cutoff"]) == set(CUTS)
    assert set(found["reason"].str[:35]) == {"eight_available: 0 available of LAL"}


def test_a_man_in_two_games_is_named_with_both(available: pd.DataFrame) -> None:
    doubled = (available["player_id"] == "LAL0") & (available["cutoff"] == "morning")
    available.loc[doubled, "player_id"] = "NYK0"
    found = players_of_two_games(available)
    assert sorted(found["game_id"]) == [GAME, OTHER]
    assert set(found["cutoff"]) == {"morning"}
    assert set(found["reason"]) == {
        f"one_game: NYK0 at morning of LAL in {OTHER} and NYK in {GAME}"
    }


@pytest.mark.parametrize(("line_ups", "offenders"), [(0, 2), (1, 0), (2, 2)])
def test_one_line_up_decides_between_two_games(
    available: pd.DataFrame, line_ups: int, offenders: int
) -> None:
    at_lock = available["cutoff"] == "lock"
    available.loc[at_lock & (available["player_id"] == "LAL0"), "player_id"] = "NYK0"
    both = available.index[at_lock & (available["player_id"] == "NYK0")]
    available.loc[both[:line_ups], "status_source"] = "lineup"
    assert len(players_of_two_games(available)) == offenders


def test_a_slate_without_players_holds_the_date(available: pd.DataFrame) -> None:
    found = slate_games_without_players(available[:0], games(is_bootstrap=True))
    assert sorted(set(found["game_id"])) == [GAME, OTHER]
    assert found["blocks"].all()
    assert f"slate_has_players: no player of {GAME} is there at lock" in set(found["reason"])


@pytest.mark.parametrize(("there", "of", "blocks"), [(1, 2, True), (4, 5, False), (3, 4, True)])
def test_less_than_four_fifths_of_a_cutoff_hold_the_date(there: int, of: int, blocks: bool) -> None:
    slated = games(of)
    rows = slated.drop_duplicates(["game_id", "cutoff"]).groupby("cutoff").head(there)
    found = slate_games_without_players(rows, slated)
    assert len(found) == 2 * (of - there)
    assert set(found["blocks"]) == {blocks}


def test_in_the_days_after_opening_night_games_without_a_list_are_only_named(
    available: pd.DataFrame,
) -> None:
    at_lock = available[available["cutoff"] == "lock"]
    found = slate_games_without_players(at_lock, games(is_bootstrap=True))
    assert sorted(found["game_id"]) == [GAME, OTHER]
    assert set(found["cutoff"]) == {"morning"}
    assert not found["blocks"].any()
    assert slate_games_without_players(at_lock, games())["blocks"].all()


@pytest.mark.parametrize("column", ["status_observed_at", "line_observed_at"])
def test_a_capture_after_the_cutoff_is_named(contexts: pd.DataFrame, column: str) -> None:
    late = (contexts["player_id"] == "BOS5") & (contexts["cutoff"] == "lock")
    contexts.loc[late, column] = CUTOFF_AT["lock"] + timedelta(seconds=1)
    found = rows_that_know_too_much(contexts)
    assert found["player_id"].tolist() == ["BOS5"]
    assert found["reason"].tolist() == [
        f"known_by_the_cutoff: BOS5 at lock: {column} 2025-11-05 22:30:01 is after"
        " 2025-11-05 22:30:00"
    ]


def test_a_man_without_a_context_blocks(contexts: pd.DataFrame, available: pd.DataFrame) -> None:
    lost = (contexts["player_id"] == "GSW2") & (contexts["cutoff"] == "morning")
    found = unreconciled_players(contexts[~lost], available)
    assert found["reason"].tolist() == ["row_reconciliation: GSW2 at morning has no context"]
    assert found["blocks"].tolist() == [True]


def test_a_context_of_nobody_blocks(contexts: pd.DataFrame, available: pd.DataFrame) -> None:
    found = unreconciled_players(contexts, available[available["player_id"] != "GSW2"])
    assert len(found) == 2
    assert set(found["reason"].str.endswith("is not of player_availability")) == {True}
    assert found["blocks"].all()


@pytest.mark.parametrize(("of", "blocks"), [(5, False), (4, True)])
def test_a_game_that_is_missing_whole_blocks_below_four_fifths(of: int, blocks: bool) -> None:
    available = games(of).assign(player_id="1")
    found = unreconciled_players(available[available["game_id"] != OTHER], available)
    assert found["game_id"].tolist() == [OTHER, OTHER]
    assert set(found["blocks"]) == {blocks}


@pytest.mark.parametrize("column", sorted(LIMITS))
def test_what_no_man_can_have_is_named(contexts: pd.DataFrame, column: str) -> None:
    lowest, highest = LIMITS[column]
    contexts["projected_minutes"] = 1.0
    contexts[column] = contexts[column].astype("float64").fillna(lowest)
    contexts.loc[3, column] = highest + 1
    contexts.loc[5, column] = lowest - 1
    contexts.loc[7, column] = highest
    found = impossible_contexts(contexts)
    assert found.index.tolist() == [3, 5]
    assert found["reason"].str.contains(f"{column} .* is not in {lowest} to {highest}$").all()


def test_a_side_of_more_minutes_than_a_game_offends_whole(contexts: pd.DataFrame) -> None:
    one = (contexts["player_id"] == "BOS5") & (contexts["cutoff"] == "lock")
    contexts.loc[one, "projected_minutes"] += 1e-3
    found = impossible_contexts(contexts)
    expected = (contexts["team"] == "BOS") & (contexts["cutoff"] == "lock")
    assert found.index.tolist() == contexts.index[expected].tolist()
    assert set(found["reason"].str.endswith("projected minutes of BOS sum to 240.001")) == {True}
    contexts.loc[one, "projected_minutes"] -= 1e-3 - 1e-9
    assert impossible_contexts(contexts).empty


def test_unknown_minutes_offend_nobody_and_hide_no_sum(contexts: pd.DataFrame) -> None:
    unknown = contexts["player_id"].isin(["BOS0", "BOS1"]) | (contexts["team"] == "NYK")
    contexts.loc[unknown, "projected_minutes"] = None
    contexts.loc[(contexts["team"] == "BOS") & ~unknown, "projected_minutes"] = 40.0
    assert impossible_contexts(contexts).empty
    one = (contexts["player_id"] == "BOS5") & (contexts["cutoff"] == "lock")
    contexts.loc[one, "projected_minutes"] += 1e-3
    found = impossible_contexts(contexts)
    assert set(found["team"]) == {"BOS"}
    assert set(found["cutoff"]) == {"lock"}
    assert len(found) == 8
