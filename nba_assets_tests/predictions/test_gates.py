"""Each gate names those who break its promise, and nobody else."""

from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import PLAYER_LINE_CONSENSUS
from nba_assets.predictions.gates import (
    MIN_COMMON,
    estimated_lines,
    forecasts_of_nobody,
    identical_systems,
    impossible_forecasts,
    uncovered_slate,
    unexplained_players,
    unfaithful_sums,
    unknown_reasons,
    unknown_skips,
    unlisted_players,
    unpredicted_slate,
    untraceable_forecasts,
    wrong_errors,
)
from nba_assets_tests.precompute.form_world import DAY, TONIGHT, Row, box, frame, whole
from nba_assets_tests.predictions.rows import (
    error,
    errors,
    forecast,
    forecasts,
    players,
    predicted,
    skip,
    skips,
)

SUM: Row = {
    "forecast_points": 19.5, "form_points": 18.6, "venue_points": 0.5, "fatigue_points": -1.0,
    "zone_points": 1.2, "pace_points": 0.6, "usage_points": -0.4,
}  # fmt: skip


def who(offenders: pd.DataFrame) -> list[str]:
    return offenders["player_id"].tolist()


def offered(player_id: str, line: float, **changes: Any) -> Row:
    given: Row = {"game_date": DAY, "game_id": TONIGHT, "player_id": player_id, "points_line": line}
    return whole(PLAYER_LINE_CONSENSUS, **(given | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_predicted": False, "skip_reason": None}, "is skipped for no reason"),
        ({"is_predicted": False, "skip_reason": "tired"}, "is skipped for tired"),
        ({"is_predicted": False, "skip_reason": "no_model"}, "is skipped for no_model"),
        ({"is_predicted": True, "skip_reason": "out"}, "is predicted in spite of out"),
    ],
)
def test_a_player_without_a_known_reason_is_named(changes: Row, words: str) -> None:
    fine = predicted("1"), predicted("3", skip_reason="out")
    found = unknown_reasons(players(fine[0], predicted("2", **changes), fine[1]))
    assert who(found) == ["2"]
    assert found.index.tolist() == [1]
    assert words in found["reason"].iloc[0]


def slate(known: int, unknown: int, **changes: Any) -> list[Row]:
    return [
        predicted(f"{changes.get('cutoff', '')}{n}", skip_reason=None if n < known else "few_games", **changes)
        for n in range(known + unknown)
    ]  # fmt: skip


@pytest.mark.parametrize(("known", "is_told"), [(4, True), (5, False), (10, False)])
def test_a_slate_of_which_less_than_half_is_predicted_is_held(known: int, is_told: bool) -> None:
    found = unpredicted_slate(players(*slate(known, 10 - known)))
    assert found["reason"].str.contains("4 of 10 available players").tolist() == [True] * is_told


def test_who_is_out_or_in_a_game_that_is_held_is_owed_nothing() -> None:
    others = [predicted(f"x{n}", skip_reason=("out", "team_held")[n % 2]) for n in range(40)]
    assert unpredicted_slate(players(*slate(5, 5), *others)).empty


def test_each_cutoff_is_a_slate_and_a_seasons_first_days_are_none() -> None:
    rows = players(*slate(5, 5), *slate(1, 9, cutoff="lock"))
    found = unpredicted_slate(rows)
    assert found["cutoff"].tolist() == ["lock"]
    assert unpredicted_slate(rows.assign(is_bootstrap=True)).empty


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"forecast_points": 60.5}, "forecast_points 60.5 is not within 0 to 60"),
        ({"forecast_points": -0.5}, "forecast_points -0.5 is not within 0 to 60"),
        ({"forecast_points": None}, "it has no points"),
        ({"is_out_of_range": True}, "it is said to be cut to 20.0"),
        ({"forecast_minutes": 1800.0}, "forecast_minutes 1800.0 is not within 0 to 58"),
        ({"system_id": "xgboost_v1"}, "no system is called xgboost_v1"),
    ],
)
def test_a_forecast_that_nobody_can_play_is_named(changes: Row, words: str) -> None:
    found = impossible_forecasts(forecasts(forecast(), forecast(**({"player_id": "2"} | changes))))
    assert who(found) == ["2"]
    assert found.index.tolist() == [1]
    assert words in found["reason"].iloc[0]


def test_forecasts_at_the_ends_of_the_range_pass() -> None:
    ends: Row = {"is_out_of_range": True, "forecast_minutes": 58.0}
    rows = [forecast(forecast_points=p, **ends) for p in (0.0, 60.0)]
    assert impossible_forecasts(forecasts(*rows, forecast(forecast_points=20.0))).empty


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"forecast_points": 21.5}, "it is 21.5, its terms 19.5"),
        ({"fatigue_points": 1.0, "forecast_points": 21.5}, "fatigue adds 1.0"),
        ({"zone_points": None}, "it is 19.5, its terms 18.3"),
        ({"absent_terms": ["zone", "pace"], "pace_points": None, "forecast_points": 18.9},
         "zone is not absent"),
        ({"form_points": 80.0, "forecast_points": 60.0}, "are flagged as they are not"),
        ({"is_out_of_range": True, "form_points": 30.0, "forecast_points": 60.0}, "it is 60.0, its terms 30.9"),
    ],
)  # fmt: skip
def test_a_forecast_that_is_not_its_terms_is_named(changes: Row, words: str) -> None:
    rows = forecasts(
        forecast("moving_average", **SUM), forecast("moving_average", "2", **(SUM | changes))
    )
    found = unfaithful_sums(rows)
    assert who(found) == ["2"]
    assert found.index.tolist() == [1]
    assert words in found["reason"].iloc[0]


def test_sums_that_are_cut_or_lack_a_term_pass() -> None:
    cut = {"form_points": 80.0, "forecast_points": 60.0, "is_out_of_range": True}
    part = {"pace_points": None, "absent_terms": ["pace"], "forecast_points": 18.9}
    zones = {"absent_terms": ["zone_paint"]}
    alone: Row = {"form_points": 9.0, "forecast_points": 9.0}
    rows = [forecast("moving_average", **(SUM | changes)) for changes in ({}, cut, part, zones)]
    assert unfaithful_sums(forecasts(*rows, forecast("ewma", **alone), forecast("catboost"))).empty


def test_a_line_that_no_book_has_is_named() -> None:
    own = [
        forecast("line", n, forecast_points=p) for n, p in (("1", 20.0), ("2", 20.5), ("3", 9.5))
    ]
    lines = [offered("1", 20.0), offered("2", 20.0), offered("2", 20.5, cutoff="lock")]
    found = estimated_lines(forecasts(*own), frame(PLAYER_LINE_CONSENSUS, lines))
    assert who(found) == ["2", "3"]
    assert found.index.tolist() == [1, 2]
    assert "it is 20.5, the line 20.0" in found["reason"].iloc[0]
    assert "no book has a line of him" in found["reason"].iloc[1]


def test_forecasts_of_whoever_is_not_predicted_are_named() -> None:
    rows = forecasts(
        *(forecast("catboost", n) for n in "123"), forecast("ewma", "1", cutoff="lock")
    )
    found = forecasts_of_nobody(rows, players(predicted("1"), predicted("2", skip_reason="out")))
    assert who(found) == ["2", "3", "1"]
    assert found.index.tolist() == [1, 2, 3]
    assert "2 is not predicted, and has a forecast of catboost" in found["reason"].iloc[0]


@pytest.mark.parametrize(("covered", "is_held"), [(8, False), (7, True), (0, True)])
def test_eight_of_ten_predicted_players_are_a_slate(covered: int, is_held: bool) -> None:
    men = players(*(predicted(str(n)) for n in range(10)), predicted("out", skip_reason="out"))
    others = [forecast("line", str(n)) for n in range(10)]
    found = uncovered_slate(
        forecasts(*others, *(forecast("ewma", str(n)) for n in range(covered))), men
    )
    assert who(found) == [str(n) for n in range(covered, 10)]
    assert set(found["blocks"]) == {is_held}
    assert "has no forecast of ewma" in found["reason"].iloc[0]


def test_a_game_of_which_nobody_has_a_forecast_is_no_slate() -> None:
    men = players(*(predicted(str(n)) for n in range(9)), predicted("9", game_id="another game"))
    told = [forecast("ewma", str(n)) for n in range(9)]
    found = uncovered_slate(forecasts(*told), men)
    assert (who(found), found["blocks"].tolist()) == (["9"], [True])
    line = forecast("line", "9", game_id="another game")
    assert uncovered_slate(forecasts(*told, line), men)["blocks"].tolist() == [False]


def test_coverage_is_of_each_cutoff_and_of_the_rotation_in_a_seasons_first_days() -> None:
    men = players(*(predicted(str(n), cutoff=c) for n in range(5) for c in ("morning", "lock")))
    told = forecasts(*(forecast("ewma", str(n)) for n in range(5)))
    found = uncovered_slate(told, men)
    assert set(found["cutoff"]) == {"lock"}
    assert found["blocks"].all()
    early = men.assign(is_bootstrap=True, is_rotation=men["player_id"] == "3")
    found = uncovered_slate(told, early)
    assert found[["player_id", "cutoff", "blocks"]].to_numpy().tolist() == [["3", "lock", True]]
    assert uncovered_slate(told, early.assign(is_rotation=False)).empty


def pairs(rows: int, same: int, **changes: Any) -> list[Row]:
    return [
        forecast(s, str(n), forecast_points=n + (0.5 if s == "catboost" and n >= same else 0.0), **changes)
        for n in range(rows) for s in ("ewma", "catboost")
    ]  # fmt: skip


def test_two_systems_that_say_the_same_of_everybody_are_named() -> None:
    rows = [*pairs(MIN_COMMON, MIN_COMMON), *pairs(MIN_COMMON, MIN_COMMON - 1, cutoff="lock")]
    found = identical_systems(forecasts(*rows, *(forecast("line", str(n)) for n in range(30))))
    assert found["cutoff"].tolist() == ["morning"]
    assert found["game_date"].tolist() == [DAY]
    (reason,) = found["reason"]
    assert reason == "distinct_systems: morning: catboost and ewma are the same in 20 rows"


def test_systems_that_agree_on_a_few_are_two() -> None:
    assert identical_systems(forecasts(*pairs(MIN_COMMON - 1, MIN_COMMON))).empty
    assert identical_systems(forecasts(*pairs(MIN_COMMON + 5, MIN_COMMON))).empty
    assert identical_systems(forecasts()).empty


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"feature_hash": ""}, "its feature_hash is ;"),
        ({"feature_hash": "6" * 64}, "it is of another vector than ewma"),
        ({"input_digests": []}, "it names no input"),
        ({"model_id": None}, "it names no model"),
    ],
)
def test_a_forecast_that_does_not_say_what_it_is_of_is_named(changes: Row, words: str) -> None:
    known = {"model_id": "catboost-1"}
    rows = [forecast("ewma", n) for n in "12"]
    rows += [forecast("catboost", "1", **known), forecast("catboost", "2", **(known | changes))]
    found = untraceable_forecasts(forecasts(*rows))
    assert found.index.tolist() == [3]
    assert words in found["reason"].iloc[0] + ";"


def test_a_vector_is_compared_where_there_is_another() -> None:
    rows = [forecast("line", "1", feature_hash="6" * 64), forecast("ewma", "1", cutoff="lock")]
    assert untraceable_forecasts(forecasts(*rows)).empty


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"error": -3.0}, "error is -3.0 instead of 3.0"),
        ({"error": None}, "error is nan instead of 3.0"),
        ({"forecast_points": 25.0}, "error is 3.0 instead of 8.0"),
        ({"played": False, "is_target": False}, "he did not play, and has an error"),
        ({"is_target": False}, "is_target is False"),
        ({"season_type": "playoffs"}, "is_target is True"),
        ({"is_rotation": False}, "is_target is True"),
    ],
)
def test_an_error_that_is_none_is_named(changes: Row, words: str) -> None:
    found = wrong_errors(errors(error(), error(player_id="2", **changes)))
    assert who(found) == ["2"]
    assert found.index.tolist() == [1]
    assert words in found["reason"].iloc[0]


def test_who_did_not_play_or_is_no_target_passes() -> None:
    none: Row = dict.fromkeys(("actual_points", "actual_minutes", "error"))
    rows = [error(played=False, is_target=False, **none),
            error(season_type="playoffs", is_target=False)]  # fmt: skip
    assert wrong_errors(errors(*rows)).empty


@pytest.mark.parametrize(("met", "is_told"), [(8, False), (7, True)])
def test_predicted_players_of_finished_games_are_in_their_box_scores(
    met: int, is_told: bool
) -> None:
    men = [predicted(str(n)) for n in range(10)]
    men += [predicted("out", skip_reason="out"), predicted("later", game_id="not played yet")]
    boxes = frame(PLAYER_GAME_SUMMARY, [box(DAY, 9)])
    found = unlisted_players(
        errors(*(error(player_id=str(n)) for n in range(met))), players(*men), boxes
    )
    assert who(found) == ([str(n) for n in range(met, 10)] if is_told else [])
    first = players(*men).assign(is_bootstrap=True)
    assert unlisted_players(errors(), first, boxes).empty


@pytest.mark.parametrize(
    "changes",
    [{"skip_reason": "no_value"}, {"skip_reason": "tired"}, {"system_id": "ewma"},
     {"system_id": "ewma", "skip_reason": "no_model"}, {"system_id": "ewma", "skip_reason": "not_published"},
     {"system_id": "xgboost_v1", "skip_reason": "no_value"}],
)  # fmt: skip
def test_a_skip_for_no_reason_of_its_kind_is_named(changes: Row) -> None:
    known = [skip(), skip(system_id="ewma", skip_reason="no_value"),
             skip(system_id="catboost", skip_reason="no_model"),
             skip(system_id="catboost", skip_reason="not_published")]  # fmt: skip
    found = unknown_skips(skips(*known, skip("2", **changes)))
    assert who(found) == ["2"]
    assert found.index.tolist() == [len(known)]


def test_players_without_a_forecast_and_without_a_reason_are_named() -> None:
    men = players(predicted("1"), predicted("2", skip_reason="out"), predicted("3", skip_reason="out"),
                  predicted("4"), predicted("2", cutoff="lock", skip_reason="out"))  # fmt: skip
    told = skips(skip("2"), skip("4"), skip("1", system_id="line", skip_reason="no_value"))
    found = unexplained_players(told, men)
    assert who(found) == ["3", "4", "2"]
    assert found["cutoff"].tolist() == ["morning", "morning", "lock"]
    assert "Player 3 has no reason" in found["reason"].iloc[0]
    assert "Player 4 is predicted, and skipped" in found["reason"].iloc[1]


def test_nothing_to_judge_is_no_offence() -> None:
    nobody, none = players(), forecasts()
    assert unknown_reasons(nobody).empty
    assert unpredicted_slate(nobody).empty
    for gate in (impossible_forecasts, unfaithful_sums, untraceable_forecasts):
        assert gate(none).empty
    assert forecasts_of_nobody(none, nobody).empty
    assert uncovered_slate(none, nobody).empty
    assert estimated_lines(none, frame(PLAYER_LINE_CONSENSUS, [])).empty
    assert wrong_errors(errors()).empty
    assert unlisted_players(errors(), nobody, frame(PLAYER_GAME_SUMMARY, [])).empty
    assert unknown_skips(skips()).empty
    assert unexplained_players(skips(), nobody).empty
