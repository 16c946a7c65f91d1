"""Each gate names those who break its promise, and nobody else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.upcoming_tables import UPCOMING_PLAYER_GAME_CONTEXT
from nba_assets.precompute.features import FEATURE_NAMES
from nba_assets.precompute.gates import (
    CHANGING,
    broken_vectors,
    constant_features,
    history_after_its_date,
    impossible_factors,
    impossible_features,
    impossible_form,
    long_constant_features,
    missing_players,
    over_imputed_features,
    players_past_the_clock,
    thin_games,
    uncovered_slate,
    unfaithful_discrete_features,
)
from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_COMPOSITE_FACTORS,
    PLAYER_DAILY_CACHE,
)
from nba_assets_tests.precompute.form_world import DAY, TONIGHT, Row, frame, tonight, whole

REAL = "R" * len(FEATURE_NAMES)
# Values that a player of New York has against Boston, and that his context and cache agree with.
VALUES: Row = dict.fromkeys(FEATURE_NAMES, 1.0) | {
    "fatigue_score": 90.0, "opponent_def_rating": 112.0, "opponent_pace": 99.0, "team_pace": 98.0,
    "team_off_rating": 113.0, "pct_paint": 0.5, "pct_mid": 0.25, "pct_three": 0.25,
    "pct_free_throw": 0.2, "team_win_pct": 0.5, "line_points": 20.5, "line_opening": 19.5,
    "injury_risk": 0.0, "playoff_game": 0.0,
}  # fmt: skip


def stored(player_id: str = "1", **changes: Any) -> Row:
    given: Row = {
        "game_date": DAY, "game_id": TONIGHT, "player_id": player_id, "team": "NYK",
        "opponent": "BOS", "available": True, "feature_version": "f33plus",
        "feature_sources": REAL, "missing_features": [], "quality_score": 100.0,
        "absent_blocks": [], "input_digests": [], **VALUES,
    }  # fmt: skip
    return whole(ML_FEATURE_STORE, **(given | changes))


def context(player_id: str = "1", **changes: Any) -> Row:
    given: Row = {
        "rest_advantage": 1, "status": "available", "days_since_last_game": 1, "points_line": 20.5,
        "opening_line": 19.5,
    }  # fmt: skip
    return tonight(player_id, **(given | changes))


def cached(player_id: str = "1", **changes: Any) -> Row:
    given: Row = {
        "game_date": DAY, "player_id": player_id, "team": "NYK", "opponent": "BOS",
        "games_last_7_days": 1, "points_trend": 2.5, "minutes_change": 0.15, "games_vs_opponent": 1,
        "games_played_season": 40,
    }  # fmt: skip
    return whole(PLAYER_DAILY_CACHE, **(given | changes))


def store(*rows: Row) -> pd.DataFrame:
    return frame(ML_FEATURE_STORE, rows)


def contexts(*rows: Row) -> pd.DataFrame:
    return frame(UPCOMING_PLAYER_GAME_CONTEXT, rows)


def caches(*rows: Row) -> pd.DataFrame:
    return frame(PLAYER_DAILY_CACHE, rows)


def who(offenders: pd.DataFrame) -> list[str]:
    return offenders["player_id"].tolist()


def with_letter(name: str, letter: str) -> str:
    position = FEATURE_NAMES.index(name)
    return REAL[:position] + letter + REAL[position + 1 :]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"feature_sources": REAL[:-1]}, "letters are"),
        ({"feature_version": "f33"}, "version is f33"),
        ({"team_pace": None}, "team_pace has the letter R"),
        ({"feature_sources": with_letter("team_pace", "M"), "missing_features": ["team_pace"],
          "quality_score": (3200 + 40) / 33}, "team_pace has the letter M"),
        ({"feature_sources": with_letter("team_pace", "N")}, "team_pace has the letter N"),
        ({"feature_sources": with_letter("team_pace", "x")}, "team_pace has the letter x"),
        ({"missing_features": ["home"]}, "missing_features are ['home']"),
        ({"team_pace": None, "feature_sources": with_letter("team_pace", "M"),
          "quality_score": (3200 + 40) / 33}, "missing_features are []"),
        ({"quality_score": 99.0}, "quality_score is 99.0"),
    ],
)  # fmt: skip
def test_a_vector_that_its_letters_do_not_tell_is_named(changes: Row, words: str) -> None:
    found = broken_vectors(store(stored("1"), stored("2", **changes), stored("3")))
    assert who(found) == ["2"]
    assert found.index.tolist() == [1]
    assert words in found["reason"].iloc[0]


def test_a_vector_that_its_letters_tell_passes() -> None:
    rows = store(
        stored(),
        stored("2", home=None, feature_sources=with_letter("home", "M"), missing_features=["home"],
               quality_score=(3200 + 40) / 33),
        stored("3", feature_sources=with_letter("home", "S"), quality_score=(3200 + 87) / 33),
        stored("4", home=None, feature_sources=with_letter("home", "N")),
        stored("5", feature_sources=with_letter("games_vs_opponent", "N")),
    )  # fmt: skip
    assert broken_vectors(rows).empty
    assert broken_vectors(rows.head(0)).empty


def crowd(number: int, row: Callable[..., Row], **constant: Any) -> list[Row]:
    """Players of whom everything continuous differs, but for what is given."""
    rows = [row(str(n)) for n in range(number)]
    for n, one in enumerate(rows):
        for name, value in one.items():
            if isinstance(value, float):
                one[name] = value + n / 1000
        one |= constant
    return rows


@pytest.mark.parametrize(("number", "is_held"), [(50, True), (49, False)])
def test_fifty_players_with_one_value_hold_the_date(number: int, is_held: bool) -> None:
    rows = crowd(number, stored, pace_score=1.25)
    found = constant_features(store(*rows), caches(cached()))
    assert found["feature"].tolist() == (["pace_score"] if is_held else [])


def test_nulls_and_other_cutoffs_are_no_part_of_the_fifty() -> None:
    rows = crowd(60, stored, pace_score=1.25)
    for row in rows[:11]:
        row["pace_score"] = None
    late = crowd(60, stored, cutoff="lock")
    assert constant_features(store(*rows, *late), caches(cached())).empty


def test_discrete_features_may_be_one_value() -> None:
    rows = crowd(60, stored, home=1.0, playoff_game=0.0, recent_trend=0.0, injury_risk=0.0)
    assert constant_features(store(*rows), caches(cached())).empty


def test_the_change_of_minutes_is_judged_before_its_steps_and_after_ten_games() -> None:
    rows = crowd(60, cached, minutes_change=0.0)
    found = constant_features(store(stored()), caches(*rows))
    assert found["feature"].tolist() == ["minutes_change"]
    early = [row | {"games_played_season": 10} for row in rows]
    assert constant_features(store(stored()), caches(*early)).empty


def test_everybody_may_be_rested_in_a_seasons_first_days() -> None:
    rows = crowd(60, stored, fatigue_score=100.0, is_bootstrap=True)
    assert constant_features(store(*rows), caches(cached(is_bootstrap=True))).empty
    later = crowd(60, stored, fatigue_score=100.0)
    assert not constant_features(store(*later), caches(cached())).empty


def weeks(changed_on: int | None = None, **changes: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Seven game dates of a man whose flags are always the same but for one date, and those before the last."""
    rows = [
        stored(game_date=DAY - timedelta(days=2 * n), **(changes if n == changed_on else {}))
        for n in reversed(range(7))
    ]
    return store(rows[-1]), store(*rows[:-1])


def test_a_flag_that_is_the_same_for_seven_game_dates_is_told() -> None:
    found = long_constant_features(*weeks())
    assert len(found) == len(CHANGING)
    assert set(found["game_date"]) == {DAY}
    assert found["reason"].str.contains("back_to_back is 1 in every row of 7 game dates").sum() == 1


@pytest.mark.parametrize("name", CHANGING)
def test_a_flag_that_changed_once_in_a_week_is_not(name: str) -> None:
    found = long_constant_features(*weeks(changed_on=3, **{name: 0.5}))
    assert len(found) == len(CHANGING) - 1
    assert not found["reason"].str.contains(f" {name} ").any()


def test_six_game_dates_prove_nothing() -> None:
    rows, earlier = weeks()
    assert long_constant_features(rows, earlier[1:]).empty


def test_dates_on_which_a_flag_is_not_known_are_none_of_the_seven() -> None:
    found = long_constant_features(*weeks(changed_on=2, line_move=None))
    assert not found["reason"].str.contains("line_move").any()
    assert len(found) == len(CHANGING) - 1


def test_a_range_is_judged_date_by_date() -> None:
    rows, earlier = weeks()
    found = long_constant_features(pd.concat([earlier, rows]), earlier[:0])
    assert set(found["game_date"]) == {DAY}


def test_in_the_first_days_of_a_season_no_flag_is_told() -> None:
    rows, earlier = weeks()
    assert long_constant_features(rows.assign(is_bootstrap=True), earlier).empty


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("games_in_last_7_days", 2.0), ("rest_advantage", 0.0), ("injury_risk", None),
     ("recent_trend", -1.0), ("minutes_change", 2.0), ("home", 0.0), ("back_to_back", 0.0),
     ("playoff_game", 1.0), ("line_move", -1.0), ("has_line", 0.0), ("games_vs_opponent", 0.0)],
)  # fmt: skip
def test_a_discrete_feature_that_its_input_contradicts_is_named(
    name: str, wrong: float | None
) -> None:
    rows = store(stored("1"), stored("2", **{name: wrong}))
    players, form = contexts(context("1"), context("2")), caches(cached("1"), cached("2"))
    found = unfaithful_discrete_features(rows, players, form)
    assert who(found) == ["2"]
    assert found.index.tolist() == [1]
    assert f"{name} is" in found["reason"].iloc[0]


@pytest.mark.parametrize(
    ("changes", "of_context", "of_cache"),
    [
        ({"home": 0.5}, {"is_neutral": True}, {}),
        ({"home": 0.0}, {"is_home": False}, {}),
        ({"back_to_back": 0.0}, {"days_since_last_game": None}, {}),
        ({"injury_risk": None}, {"status": None}, {}),
        ({"injury_risk": 3.0}, {"status": "doubtful"}, {}),
        ({"playoff_game": 1.0}, {"season_type": "playoffs"}, {}),
        ({"has_line": 0.0, "line_move": None}, {"points_line": None}, {}),
        ({"recent_trend": -2.0}, {}, {"points_trend": -5.0}),
        ({"recent_trend": 0.0}, {}, {"points_trend": 1.9}),
        ({"recent_trend": None}, {}, {"points_trend": None}),
        ({"minutes_change": -1.0}, {}, {"minutes_change": -0.1}),
        ({"games_vs_opponent": None}, {}, {"opponent": "MIA"}),
    ],
)
def test_a_discrete_feature_that_is_its_input_passes(
    changes: Row, of_context: Row, of_cache: Row
) -> None:
    found = unfaithful_discrete_features(
        store(stored(**changes)), contexts(context(**of_context)), caches(cached(**of_cache))
    )
    assert found.empty, found["reason"].tolist()


def test_a_row_whose_inputs_are_gone_is_not_faithful() -> None:
    found = unfaithful_discrete_features(
        store(stored()), contexts(context("9")), caches(cached("9"))
    )
    assert who(found) == ["1"]


def imputed(number: int, missing: int, **changes: Any) -> list[Row]:
    hole: Row = {"team_pace": None, "feature_sources": with_letter("team_pace", "M")}
    return [stored(str(n), **((hole if n < missing else {}) | changes)) for n in range(number)]


@pytest.mark.parametrize(("missing", "is_held"), [(10, False), (11, True)])
def test_more_than_a_fifth_missing_holds_the_date(missing: int, is_held: bool) -> None:
    found = over_imputed_features(store(*imputed(50, missing)))
    assert found["feature"].tolist() == (["team_pace"] if is_held else [])
    assert all("11 of 50" in reason for reason in found["reason"])


def test_what_is_not_applicable_is_no_part_of_the_fifth() -> None:
    none = {"team_pace": None, "feature_sources": with_letter("team_pace", "N")}
    rows = imputed(60, 12)
    rows[20:] = [stored(str(n), **none) for n in range(20, 60)]
    (reason,) = over_imputed_features(store(*rows))["reason"]
    assert "12 of 20" in reason
    assert over_imputed_features(store(*imputed(60, 12))).empty


def test_a_night_of_one_game_may_not_be_missing_whole() -> None:
    assert not over_imputed_features(store(*imputed(9, 9))).empty


def test_missing_features_are_the_rows_matter_in_a_seasons_first_days() -> None:
    assert over_imputed_features(store(*imputed(50, 50, is_bootstrap=True))).empty


@pytest.mark.parametrize(("rows", "is_held"), [(8, False), (7, True), (0, True)])
def test_a_table_without_the_players_of_the_slate_is_held(rows: int, is_held: bool) -> None:
    players = contexts(*(context(str(n)) for n in range(10)))
    made = caches(*(cached(player_id=str(n)) for n in range(rows)))
    found = missing_players(made, players)
    assert sorted(found["player_id"]) == [str(n) for n in range(rows, 10)]
    assert set(found["blocks"]) == {is_held}
    assert found["reason"].str.contains("of the slate has no row").all()


@pytest.mark.parametrize(("rows", "is_held"), [(8, False), (7, True)])
def test_eight_of_ten_available_players_are_a_slate(rows: int, is_held: bool) -> None:
    players = contexts(*(context(str(n)) for n in range(10)), context("out", available=False))
    found = uncovered_slate(store(*(stored(str(n)) for n in range(rows))), players)
    assert who(found) == [str(n) for n in range(rows, 10)]
    assert set(found["blocks"]) == {is_held}


def test_each_cutoff_is_a_slate_of_its_own() -> None:
    both = [context(str(n), cutoff=c) for n in range(5) for c in ("morning", "lock")]
    found = uncovered_slate(store(*(stored(str(n)) for n in range(5))), contexts(*both))
    assert set(found["cutoff"]) == {"lock"}
    assert found["blocks"].all()


def sides(own: int, other: int, **changes: Any) -> list[Row]:
    home = [stored(f"h{n}", available=n < own, **changes) for n in range(9)]
    away = {"team": "BOS", "opponent": "NYK"}
    guests = [stored(f"a{n}", available=n < other, **away, **changes) for n in range(9)]
    return home + guests


def test_a_game_with_seven_available_on_a_side_is_held_whole() -> None:
    rows = store(*sides(9, 8), *sides(9, 7, cutoff="lock"))
    found = thin_games(rows)
    assert len(found) == 18
    assert set(found["cutoff"]) == {"lock"}
    assert found.index.tolist() == list(range(18, 36))
    assert "has 9 available, BOS 7" in found["reason"].iloc[0]


def test_a_game_of_which_one_side_is_not_there_is_held() -> None:
    assert len(thin_games(store(*sides(9, 9)[:9]))) == 9


@pytest.mark.parametrize("name", ["newest_input_date", "newest_game_date", "history_from"])
@pytest.mark.parametrize("day", [DAY, DAY + timedelta(days=1)])
def test_history_of_the_date_itself_is_named(name: str, day: date) -> None:
    good = cached("1", **{name: DAY - timedelta(days=1)})
    found = history_after_its_date(caches(good, cached("2", **{name: day}), cached("3")))
    assert who(found) == ["2"]
    assert f"{name} is" in found["reason"].iloc[0]


def test_an_input_newer_than_the_newest_expected_game_is_named() -> None:
    rows = store(stored("1", newest_input_age_days=0), stored("2", newest_input_age_days=-1))
    assert who(history_after_its_date(rows)) == ["2"]


@pytest.mark.parametrize(
    "changes",
    [{"points_avg_last_5": 81.0}, {"minutes_avg_last_10": 61.0}, {"points_std_last_10": -0.1},
     {"fatigue_score": 101.0}, {"shot_zone_mismatch": 10.1}, {"pace_score": -3.1},
     {"usage_spike": 3.1}, {"opponent_pace": 1.9}, {"team_off_rating": 1.1}, {"line_points": 61.0},
     {"line_opening": 0.0}, {"recent_trend": 3.0}, {"minutes_change": -3.0}, {"team_win_pct": 50.0},
     {"pct_paint": 0.51}, {"pct_mid": None}, {"pct_paint": 50.0}, {"games_in_last_7_days": 8.0},
     {"points_ewma": -1.0}, {"quality_score": 101.0}],
)  # fmt: skip
def test_a_feature_that_no_game_can_make_is_named(changes: Row) -> None:
    found = impossible_features(store(stored("1"), stored("2", **changes)))
    assert who(found) == ["2"]
    assert found.index.tolist() == [1]


def test_features_at_their_limits_and_unknown_ones_pass() -> None:
    nothing: Row = dict.fromkeys(FEATURE_NAMES)
    rows = store(
        stored(shot_zone_mismatch=-10.0, pace_score=3.0, recent_trend=-2.0, line_points=60.0),
        stored("2", **nothing),
    )
    assert impossible_features(rows).empty


@pytest.mark.parametrize(
    "changes",
    [{"points_avg_vs_opponent": 101.0}, {"team_pace_last_10": 60.0}, {"age": 16.0},
     {"ts_last_10": 60.0}, {"minutes_std_last_10": 300.0}, {"paint_share_last_10": 0.5},
     {"free_throw_points_share_last_10": 0.6}],
)  # fmt: skip
def test_form_that_nobody_can_be_in_is_named(changes: Row) -> None:
    assert who(impossible_form(caches(cached("1"), cached("2", **changes)))) == ["2"]


@pytest.mark.parametrize(
    "changes",
    [{"fatigue_adjustment": 0.5}, {"fatigue_adjustment": -5.1}, {"fatigue_score": -1.0},
     {"total_adjustment": 5.2}, {"total_adjustment": -10.2}, {"usage_spike": -3.1}],
)  # fmt: skip
def test_an_adjustment_beyond_its_clamp_is_named(changes: Row) -> None:
    good = {"game_date": DAY, "fatigue_adjustment": 0.0, "total_adjustment": 5.1}
    rows = [
        whole(PLAYER_COMPOSITE_FACTORS, player_id="1", **good),
        whole(PLAYER_COMPOSITE_FACTORS, player_id="2", **(good | changes)),
    ]
    assert who(impossible_factors(frame(PLAYER_COMPOSITE_FACTORS, rows))) == ["2"]


@pytest.mark.parametrize("name", ["minutes_avg_last_10", "minutes_avg_season"])
def test_seconds_read_as_minutes_are_named(name: str) -> None:
    rows = caches(cached("1", **{name: 58.0}), cached("2", **{name: 2160.0}), cached("3"))
    found = players_past_the_clock(rows)
    assert who(found) == ["2"]
    assert "2160" in found["reason"].iloc[0]
