"""Which system picks are made from, told by its past."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from nba_assets.predictions.ensembles import MIN_ERRORS
from nba_assets.predictions.errors import ensemble_forecasts, gap_interval
from nba_assets.predictions.tables import SYSTEMS
from nba_assets.predictions.weekly import calibrated, champions

FIRST = date(2023, 11, 1)
NO_LINES = pd.DataFrame(
    columns=[
        "cutoff", "system_id", "line", "p_over", "p_push", "no_vig_over", "residual",
        "actual_points",
    ]
)  # fmt: skip


def errors(spread: dict[str, float], rows: int = 3000) -> pd.DataFrame:
    """Systems that see the same result with an error of their own."""
    chance = np.random.default_rng(3)
    days = [FIRST + timedelta(days=n % 60) for n in range(rows)]
    common = chance.normal(0, 5.6, rows)
    parts = [
        pd.DataFrame(
            {
                "game_date": days,
                "game_id": [str(n) for n in range(rows)],
                "player_id": "1",
                "cutoff": "lock",
                "system_id": name,
                "residual": common + chance.normal(0, deviation, rows),
                "actual_points": 12 + common,
                "is_target": True,
            }
        )
        for name, deviation in spread.items()
    ]
    return pd.concat(parts, ignore_index=True)


def champion(spread: dict[str, float], rows: int = 3000) -> dict[str, tuple[bool, str]]:
    judged = champions(errors(spread, rows), NO_LINES, "lock")
    assert [row["system_id"] for row in judged] == list(SYSTEMS)
    return {str(row["system_id"]): (bool(row["is_champion"]), str(row["why"])) for row in judged}


def test_the_best_that_is_surely_better_than_ewma_is_champion() -> None:
    found = champion({"ewma": 3.0, "catboost": 0.5, "ensemble": 0.0, "line": 0.0})
    assert [name for name, (is_champion, _) in found.items() if is_champion] == ["ensemble"]
    assert found["catboost"][1] == "ensemble has the lower error on 3000 rows of both"
    assert found["line"][1] == found["ewma"][1] == "a baseline: nothing is bet on it"


def test_nobody_is_champion_who_is_not_surely_better() -> None:
    found = champion({"ewma": 1.0, "catboost": 1.0})
    assert not any(is_champion for is_champion, _ in found.values())
    assert found["catboost"][1] == "not surely better than ewma"
    assert found["similarity"][1] == f"0 target rows, {MIN_ERRORS} are needed"


def test_few_rows_make_no_champion() -> None:
    found = champion({"ewma": 3.0, "catboost": 0.0}, MIN_ERRORS - 1)
    assert found["catboost"] == (False, f"{MIN_ERRORS - 1} target rows, {MIN_ERRORS} are needed")


def test_a_system_that_knows_too_much_is_no_champion() -> None:
    leaking = errors({"ewma": 3.0, "catboost": 0.0})
    leaking.loc[leaking["system_id"] == "catboost", "residual"] *= 0.5
    judged = {row["system_id"]: row for row in champions(leaking, NO_LINES, "lock")}
    assert "suspected leakage" in str(judged["catboost"]["why"])
    assert not judged["catboost"]["is_champion"]


def test_systems_are_compared_on_players_that_both_forecast() -> None:
    rows = errors({"ewma": 3.0, "catboost": 1.0, "catboost_with_line": 0.0})
    # Of stars alone, and on them everybody errs more.
    is_star = rows["game_id"].astype(int) < 900
    rows.loc[is_star, "residual"] *= 1.3
    rows = rows[is_star | (rows["system_id"] != "catboost_with_line")]
    judged = {row["system_id"]: row for row in champions(rows, NO_LINES, "lock")}
    own, lined_only = (judged[name]["mae"] for name in ("catboost", "catboost_with_line"))
    assert isinstance(own, float)
    assert isinstance(lined_only, float)
    assert own < lined_only
    assert judged["catboost_with_line"]["is_champion"]
    assert judged["catboost"]["why"] == "catboost_with_line has the lower error on 900 rows of both"


def lined(rows: pd.DataFrame, chance: float) -> pd.DataFrame:
    """Rows of catboost with a line at 12 that the market prices fairly."""
    own = rows[rows["system_id"] == "catboost"]
    over = np.where(own["actual_points"] > 12, chance, 1 - chance)
    return own.assign(line=12.0, p_over=over, p_push=0.0, no_vig_over=0.5)


def test_probabilities_worse_than_the_markets_make_no_champion() -> None:
    rows = errors({"ewma": 3.0, "catboost": 0.0})
    better = {r["system_id"]: r for r in champions(rows, lined(rows, 0.51).head(1900), "lock")}
    assert better["catboost"]["is_champion"]
    worse = {r["system_id"]: r for r in champions(rows, lined(rows, 0.45).head(1900), "lock")}
    assert str(worse["catboost"]["why"]).startswith("its probabilities are worse than the market's")
    few = lined(rows, 0.45).head(MIN_ERRORS - 1)
    assert {r["system_id"]: r for r in champions(rows, few, "lock")}["catboost"]["is_champion"]


def test_probabilities_that_are_not_tested_yet_make_no_champion() -> None:
    rows = errors({"ewma": 3.0, "catboost": 0.0})
    untold = lined(rows, 0.51).head(1200)
    # Before a week's calibration is there a system says no probability, and misses no line.
    untold.loc[untold.index[MIN_ERRORS - 1 :], "p_over"] = None
    found = {r["system_id"]: r for r in champions(rows, untold, "lock")}["catboost"]
    assert (found["lined_rows"], found["brier"]) == (1200, None)
    assert (found["is_champion"], found["why"]) == (
        False,
        "its probabilities are not tested against the market yet: 499 of 1200 lined rows tell,"
        " 500 are needed",
    )
    assert {r["system_id"]: r for r in champions(rows, untold.head(MIN_ERRORS - 1), "lock")}[
        "catboost"
    ]["is_champion"], "without lines the errors decide"
    one_more = untold.assign(p_over=untold["p_over"].where(untold.index != untold.index[600], 0.5))
    assert {r["system_id"]: r for r in champions(rows, one_more, "lock")}["catboost"]["brier"]


def test_an_r2_or_an_error_on_lined_rows_that_nobody_reaches_is_a_leak() -> None:
    rows = errors({"ewma": 3.0, "catboost": 0.0})
    wide = rows.assign(actual_points=rows["actual_points"] * 3)
    found = {r["system_id"]: r for r in champions(wide, NO_LINES, "lock")}
    assert str(found["catboost"]["why"]).startswith("suspected leakage: R²")
    exact = lined(rows, 0.51)
    exact["residual"] *= 0.9
    found = {r["system_id"]: r for r in champions(rows, exact, "lock")}
    assert "lined rows" in str(found["catboost"]["why"])


def test_an_interval_of_a_gap_is_of_dates_and_always_the_same() -> None:
    chance = np.random.default_rng(1)
    nights = np.repeat(chance.normal(0.1, 0.5, 60), 50)  # all rows of a night err together
    dates = np.repeat([FIRST + timedelta(days=n) for n in range(60)], 50)
    low, high = gap_interval(pd.Series(nights), list(dates))
    assert (low, high) == gap_interval(pd.Series(nights), list(dates))
    expected = 1.96 * 0.5 / np.sqrt(60)
    assert (high - low) / 2 == np.clip((high - low) / 2, 0.8 * expected, 1.2 * expected)


def test_the_errors_of_an_ensemble_are_by_the_weights_of_its_own_week() -> None:
    week = date(2023, 11, 6)
    rows = [
        {
            "game_date": day, "game_id": str(day), "player_id": "1", "cutoff": "lock",
            "system_id": name, "forecast_points": points, "forecast_minutes": None,
            "actual_points": 20, "actual_minutes": 30.0, "is_rotation": True, "is_target": True,
        }
        for day in (week - timedelta(days=1), week)
        for name, points in (("catboost", 10.0), ("ewma", 20.0))
    ]  # fmt: skip
    weights = pd.DataFrame(
        [
            {"game_date": monday, "cutoff": "lock", "system_id": name, "weight": weight}
            for monday, own in (
                (week - timedelta(days=7), (0.5, 0.5)),
                (week, (0.9, 0.1)),
            )
            for name, weight in zip(("catboost", "ewma"), own, strict=True)
        ]
    )
    found = ensemble_forecasts(pd.DataFrame(rows), weights)
    learned = found[found["system_id"] == "ensemble"].set_index("game_date")["forecast_points"]
    assert learned.to_dict() == {week - timedelta(days=1): 15.0, week: 11.0}
    assert "ensemble_fixed" not in set(found["system_id"]), "catboost alone is no mean"


def test_calibration_tells_minutes_where_they_are_forecast() -> None:
    chance = np.random.default_rng(2)
    rows = pd.DataFrame(
        {
            "forecast_points": 14.0, "actual_points": chance.poisson(14, 1000),
            "forecast_minutes": 30.0, "actual_minutes": chance.normal(31, 5, 1000),
            "is_rotation": True,
        }
    )  # fmt: skip
    found = calibrated(rows)
    assert found["minutes:25+"][1] == 1000
    assert abs(float(np.median(found["minutes:25+"][0])) - 1) < 0.6
    assert "minutes:<15" not in found
    untold = calibrated(rows.assign(forecast_minutes=np.nan))
    assert not [name for name in untold if name.startswith("minutes")]
