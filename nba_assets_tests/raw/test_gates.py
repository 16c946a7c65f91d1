from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.raw.gates import (
    MAX_HEAVES,
    expected_games,
    games_of_unknown_teams,
    implausible_sides,
    irreconcilable_games,
    teams_off_their_players,
    teams_playing_twice,
    uncovered_games,
)
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE, TEAM_BOX_SCORES
from nba_assets.sources.teams import TEAMS
from nba_assets_tests.raw.rows import (
    DAY,
    FULL_GAME,
    Row,
    dnp,
    five,
    frame,
    player,
    scheduled,
    team,
    whole_game,
)

TRICODES = [t.tricode for t in TEAMS]
PAIRS = list(zip(TRICODES[::2], TRICODES[1::2], strict=True))


def schedule_of(*games: Row) -> pd.DataFrame:
    return frame(SCHEDULE, games)


def players_of(*rows: Row) -> pd.DataFrame:
    return frame(PLAYER_BOX_SCORES, rows)


def tellings_of(*rows: Row) -> pd.DataFrame:
    """Team lines with the tellings of their score, as the reader hands them to the gate."""
    return pd.DataFrame(rows)


def night(covered: int, expected: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Box rows of the first `covered` games of a date, and its schedule."""
    pairs = PAIRS[:expected]
    boxes = [row for pair in pairs[:covered] for row in whole_game(*pair)[0]]
    return players_of(*boxes), schedule_of(*(scheduled(*pair) for pair in pairs))


def named(offenders: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(offenders["game_id"], offenders["team"], strict=True))


def test_thirty_teams_are_known() -> None:
    assert games_of_unknown_teams(schedule_of(*(scheduled(*pair) for pair in PAIRS))).empty


@pytest.mark.parametrize(("away", "home"), [("XYZ", "NYK"), ("BOS", "XYZ"), ("BRK", "NYK")])
def test_a_game_of_an_unknown_team_is_named(away: str, home: str) -> None:
    found = games_of_unknown_teams(schedule_of(scheduled("LAL", "GSW"), scheduled(away, home)))
    assert found["game_id"].tolist() == [f"20251105_{away}_{home}"]
    assert found["reason"].tolist() == [f"known_team: {away} at {home}"]


def test_a_team_in_two_games_of_a_date_is_named_with_both() -> None:
    found = teams_playing_twice(
        schedule_of(scheduled("BOS", "NYK"), scheduled("MIA", "BOS"), scheduled("LAL", "GSW"))
    )
    assert sorted(found["game_id"]) == ["20251105_BOS_NYK", "20251105_MIA_BOS"]
    assert set(found["reason"]) == {"one_game_per_team: BOS plays twice"}


def test_a_back_to_back_is_not_two_games_of_a_date() -> None:
    next_day = DAY + timedelta(days=1)
    games = schedule_of(scheduled("BOS", "NYK"), scheduled("BOS", "MIA", next_day))
    assert teams_playing_twice(games).empty


@pytest.mark.parametrize("status", ["postponed", "cancelled"])
def test_a_game_that_was_called_off_does_not_make_a_team_play_twice(status: str) -> None:
    games = schedule_of(scheduled("BOS", "NYK", status=status), scheduled("BOS", "MIA"))
    assert teams_playing_twice(games).empty


def test_games_are_expected_whatever_status_a_lagging_schedule_gives() -> None:
    games = [
        scheduled(*pair, status=status)
        for pair, status in zip(PAIRS, ["scheduled", "live", "final"], strict=False)
    ]
    assert len(expected_games(schedule_of(*games))) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "postponed"},
        {"status": "cancelled"},
        {"season_type": "preseason"},
        {"season_type": "all_star"},
        {"season_type": "unknown"},
    ],
    ids=lambda changes: next(iter(changes.values())),
)
def test_a_game_without_results_that_count_is_not_expected(changes: Row) -> None:
    schedule = schedule_of(scheduled("LAL", "GSW"), scheduled("BOS", "NYK", **changes))
    assert expected_games(schedule)["game_id"].tolist() == ["20251105_LAL_GSW"]
    assert uncovered_games(players_of(*whole_game("LAL", "GSW")[0]), schedule).empty


@pytest.mark.parametrize(
    ("covered", "expected", "blocks"),
    [(4, 5, False), (3, 5, True), (8, 10, False), (7, 10, True), (9, 11, False), (8, 11, True)],
)
def test_coverage_of_four_fifths_degrades_and_less_blocks(
    covered: int, expected: int, blocks: bool
) -> None:
    found = uncovered_games(*night(covered, expected))
    missing = [f"20251105_{away}_{home}" for away, home in PAIRS[covered:expected]]
    assert found["game_id"].tolist() == missing
    assert found["blocks"].tolist() == [blocks] * len(missing)
    assert all(reason.startswith("coverage_of_schedule: ") for reason in found["reason"])


@given(st.integers(1, 15).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_coverage_blocks_by_whole_numbers_not_by_floats(share: tuple[int, int]) -> None:
    covered, expected = share
    boxes = pd.DataFrame(
        [
            {"game_id": f"20251105_{away}_{home}", "team": side}
            for away, home in PAIRS[:covered]
            for side in (away, home)
        ],
        columns=["game_id", "team"],
    )
    schedule = schedule_of(*(scheduled(*pair) for pair in PAIRS[:expected]))
    found = uncovered_games(boxes, schedule)
    assert len(found) == expected - covered
    assert found["blocks"].astype(bool).all() == (not len(found) or 5 * covered < 4 * expected)


def test_no_box_at_all_blocks_with_every_game_named() -> None:
    found = uncovered_games(*night(0, 5))
    assert len(found) == 5
    assert found["blocks"].all()


def test_a_game_with_one_side_is_not_covered() -> None:
    players, schedule = night(5, 5)
    home = PAIRS[4][1]
    found = uncovered_games(players[players["team"] != home], schedule)
    assert found["game_id"].tolist() == [f"20251105_{PAIRS[4][0]}_{home}"]
    assert not found["blocks"].any()


def test_each_date_is_covered_by_its_own_games() -> None:
    next_day = DAY + timedelta(days=1)
    players, schedule = night(5, 5)
    both = pd.concat([schedule, schedule_of(scheduled("BOS", "NYK", next_day))])
    found = uncovered_games(players, both)
    assert found["game_date"].tolist() == [next_day]
    assert found["blocks"].tolist() == [True]


def test_a_date_without_games_is_covered() -> None:
    assert uncovered_games(players_of(), schedule_of()).empty


def test_a_game_that_adds_up_reconciles() -> None:
    players, teams = whole_game()
    assert irreconcilable_games(players_of(*players), tellings_of(*teams)).empty


@pytest.mark.parametrize(
    ("precision", "minutes_off", "is_named"),
    [
        ("second", 1.0, False),
        ("second", -1.0, False),
        ("second", 1.1, True),
        ("second", -1.1, True),
        ("minute", 5.0, False),
        ("minute", -5.0, False),
        ("minute", 6.0, True),
        ("minute", -6.0, True),
    ],
)
def test_team_minutes_may_be_off_by_what_rounding_does(
    precision: str, minutes_off: float, is_named: bool
) -> None:
    own = five(minutes_precision=precision)
    own[0]["seconds_played"] += round(60 * minutes_off)
    found = irreconcilable_games(players_of(*own), tellings_of(team()))
    assert named(found) == ([("20251105_BOS_NYK", "NYK")] if is_named else [])
    if is_named:
        minutes = 240 + minutes_off
        assert found["reason"].tolist() == [f"NYK team_minutes: {minutes} of 240; "]


def test_one_rounded_line_makes_the_side_a_rounded_one() -> None:
    own = five()
    own[0] |= {"minutes_precision": "minute", "seconds_played": FULL_GAME + 5 * 60}
    assert irreconcilable_games(players_of(*own), tellings_of(team())).empty


@pytest.mark.parametrize("overtimes", [1, 2, 4])
def test_team_minutes_grow_by_25_an_overtime(overtimes: int) -> None:
    seconds = FULL_GAME + overtimes * 5 * 60
    long = five(seconds_played=seconds, overtime_periods=overtimes)
    line = tellings_of(team(overtime_periods=overtimes))
    assert irreconcilable_games(players_of(*long), line).empty
    short = five(overtime_periods=overtimes)
    assert named(irreconcilable_games(players_of(*short), line)) == [("20251105_BOS_NYK", "NYK")]


def test_zero_minutes_for_everybody_are_named() -> None:
    players, teams = whole_game(seconds_played=0)
    found = irreconcilable_games(players_of(*players), tellings_of(*teams))
    assert named(found) == [("20251105_BOS_NYK", "BOS"), ("20251105_BOS_NYK", "NYK")]


def test_six_men_with_240_minutes_pass() -> None:
    six = [player(f"N{n}", points=10, seconds_played=40 * 60, is_starter=n < 5) for n in range(6)]
    rows = players_of(*six, dnp("N7"))
    assert irreconcilable_games(rows, tellings_of(team(points=60))).empty
    assert implausible_sides(rows).empty


def test_players_who_do_not_add_up_to_their_team_are_named() -> None:
    players, teams = whole_game()
    teams[1] |= {"points": 98, "score": 98, "line_score": 98, "scheduled_score": 98}
    found = irreconcilable_games(players_of(*players), tellings_of(*teams))
    assert named(found) == [("20251105_BOS_NYK", "BOS")]
    assert "the players have 97 points, the team 98" in found["reason"].item()


@pytest.mark.parametrize(
    ("telling", "teller"),
    [("line_score", "its periods"), ("score", "its score"), ("scheduled_score", "the schedule")],
)
def test_each_telling_of_the_score_is_held_against_the_points(telling: str, teller: str) -> None:
    players, teams = whole_game()
    teams[0][telling] = 99
    found = irreconcilable_games(players_of(*players), tellings_of(*teams))
    assert named(found) == [("20251105_BOS_NYK", "NYK")]
    assert f"team_sum_equals_score: {teller} 99" in found["reason"].item()


def test_a_telling_that_is_null_is_not_compared() -> None:
    players, teams = whole_game(line_score=None, score=None, scheduled_score=None)
    assert irreconcilable_games(players_of(*players), tellings_of(*teams)).empty


def test_one_game_without_a_line_score_does_not_excuse_the_next() -> None:
    first, of_first = whole_game("BOS", "NYK", line_score=None)
    other, of_other = whole_game("LAL", "GSW")
    of_other[0]["line_score"] = 99
    found = irreconcilable_games(players_of(*first, *other), tellings_of(*of_first, *of_other))
    assert named(found) == [("20251105_LAL_GSW", "GSW")]


def test_plausible_line_ups_pass() -> None:
    assert implausible_sides(players_of(*whole_game()[0], dnp("N9"))).empty


@pytest.mark.parametrize("starters", [0, 4, 6])
def test_other_than_five_starters_are_named(starters: int) -> None:
    away = five("BOS", "NYK", is_home=False)
    home = [player(f"N{n}", is_starter=n < starters) for n in range(7)]
    found = implausible_sides(players_of(*home, *away))
    assert named(found) == [("20251105_BOS_NYK", "NYK")]
    assert found["reason"].item() == f"NYK five_starters: {starters}; "


def test_starters_that_the_source_does_not_know_are_not_counted() -> None:
    assert implausible_sides(players_of(*whole_game(is_starter=None)[0])).empty


def test_unknown_starters_of_one_game_do_not_excuse_the_next() -> None:
    unknown = whole_game("BOS", "NYK", is_starter=None)[0]
    four = whole_game("LAL", "GSW")[0]
    four[0]["is_starter"] = False
    found = implausible_sides(players_of(*unknown, *four))
    assert named(found) == [("20251105_LAL_GSW", "GSW")]


def test_fewer_than_five_who_played_are_named() -> None:
    four = [*five()[:4], dnp("NYK5", is_starter=True)]
    found = implausible_sides(players_of(*four, *five("BOS", "NYK", is_home=False)))
    assert named(found) == [("20251105_BOS_NYK", "NYK")]
    assert found["reason"].item() == "NYK players_who_played: 4; "


def test_a_player_in_both_teams_is_named() -> None:
    players = whole_game()[0]
    players[7] |= {"player_id": "NYK2", "player_name": "Player NYK2"}
    found = implausible_sides(players_of(*players))
    assert found["player_id"].tolist() == ["NYK2"]
    assert found["game_id"].tolist() == ["20251105_BOS_NYK"]
    assert found["reason"].item() == "one_team_per_game: NYK2 Player NYK2 plays for both"


def test_a_player_traded_between_two_games_is_in_no_two_teams() -> None:
    first, second = whole_game("BOS", "NYK")[0], whole_game("LAL", "GSW")[0]
    second[0]["player_id"] = "NYK2"
    assert implausible_sides(players_of(*first, *second)).empty


def totals(**changes: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A team's totals with one of them changed, and its players: 10 of 20, 4 of 5, 3 turnovers."""
    own = five()
    own[0] |= {"fgm": 10, "fga": 20, "ftm": 4, "fta": 5, "tov": 3}
    of_team = {"fgm": 10, "fga": 20, "ftm": 4, "fta": 5, "player_tov": 3} | changes
    return frame(TEAM_BOX_SCORES, [team(**of_team)]), players_of(*own)


def test_totals_that_are_their_players_pass() -> None:
    assert teams_off_their_players(*totals()).empty


@pytest.mark.parametrize(
    "changes",
    [
        {"ftm": 5},
        {"fta": 4},
        {"player_tov": 4},
        {"fga": 19},
        {"fga": 20 + MAX_HEAVES + 1},
        {"seconds_played": 14_400 + 61},
        {"seconds_played": 0},
    ],
    ids=str,
)
def test_totals_that_are_not_their_players_are_named(changes: Row) -> None:
    assert named(teams_off_their_players(*totals(**changes))) == [("20251105_BOS_NYK", "NYK")]


def test_a_heave_that_nobody_is_charged_with_passes() -> None:
    assert teams_off_their_players(*totals(fga=21)).empty
    assert teams_off_their_players(*totals(fga=20 + MAX_HEAVES)).empty


def sides(*rows: Row) -> pd.DataFrame:
    return frame(TEAM_BOX_SCORES, rows)
