"""How often what was given a chance happened: by hand, by range and by day, and what its gate holds."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nba_assets.gates.audit import contract_breaks
from nba_assets.grading.gates import miscounted_bins
from nba_assets.grading.reliability import (
    READ,
    Daily,
    judged_in_windows,
    reliability,
)
from nba_assets.grading.tables import PREDICTION_ACCURACY, RELIABILITY
from nba_assets.warehouse.frames import typed
from nba_assets_tests.grading.rows import entry, ledger_frame, void
from nba_assets_tests.grading.test_performance_summary import days_ago, random_ledger
from nba_assets_tests.precompute.form_world import DAY, Row

KEY = ["game_date", *RELIABILITY.key[1:]]
BARE: Row = dict.fromkeys(
    ("p_over_5", "p_over_10", "p_over_15", "p_over_20", "p_over_25", "p_over", "p_push", "brier")
)


def table(ledger: pd.DataFrame, dates: Sequence[date] = (DAY,)) -> pd.DataFrame:
    made = typed(RELIABILITY, reliability(Daily.of([ledger]), dates))
    assert contract_breaks(RELIABILITY, made, dates) == {}
    return pd.DataFrame(made.to_pandas()).sort_values(KEY, ignore_index=True)


def of(
    rows: Iterable[Row], threshold: str, window: str = "season", cutoff: str = "active"
) -> dict[int, tuple[Any, ...]]:
    """Rows, mean probability, how many happened and their share, by bin."""
    found = table(ledger_frame(rows))
    own = found[
        (found["threshold"] == threshold)
        & (found["window"] == window)
        & (found["cutoff"] == cutoff)
    ]
    told = ["graded", "mean_probability", "happened", "share"]
    return {int(row["bin"]): tuple(row[name] for name in told) for _, row in own.iterrows()}


def test_a_bin_is_what_happened_of_its_rows() -> None:
    rows = [
        entry("1", p_over_20=0.61, actual_points=24),
        entry("2", p_over_20=0.65, actual_points=21),
        entry("3", p_over_20=0.69, actual_points=20),
        entry("4", p_over_20=0.70, actual_points=20),
        entry("5", p_over_20=1.0, actual_points=30),
        entry("6", p_over_20=0.0, actual_points=30),
    ]
    assert of(rows, "20") == {
        1: (1, 0.0, 1, 1.0),
        7: (3, pytest.approx(0.65), 2, pytest.approx(2 / 3)),
        8: (1, 0.7, 0, 0.0),
        10: (1, 1.0, 1, 1.0),
    }
    found = table(ledger_frame(rows)).query("threshold == '20' and bin == 7")
    assert set(found["window"]) == {"30_days", "season"}
    # Wilson's interval of 2 of 3: (2 + z²/2 ± z·√(2/3 + z²/4)) / (3 + z²).
    ends = found[["share_low", "share_high"]].drop_duplicates().to_numpy().tolist()
    assert ends == [pytest.approx([0.2077, 0.9385], abs=1e-4)]


def test_of_the_line_a_push_is_not_judged_and_the_chance_is_given_none() -> None:
    rows = [
        entry("1", line=20.0, p_over=0.59, p_push=0.1, actual_points=21),
        entry("2", line=20.0, p_over=0.59, p_push=0.1, actual_points=19),
        entry("3", line=20.0, p_over=0.59, p_push=0.1, actual_points=20, brier=None),
        entry("4", line=None, p_over=None, p_push=None, brier=None),
        entry("5", p_over=None, p_push=None, brier=None),
    ]
    assert of(rows, "line") == {7: (2, pytest.approx(0.59 / 0.9), 1, 0.5)}


def test_who_did_not_play_and_who_has_no_distribution_is_in_no_bin() -> None:
    found = table(ledger_frame([entry("1", p_over_5=None), void("2")]))
    assert "5" not in set(found["threshold"])
    assert set(found["graded"]) == {1}
    assert table(ledger_frame([entry(**BARE), void("2")])).empty
    assert table(ledger_frame([])).empty


def test_a_window_holds_its_dates_and_a_cutoff_its_rows() -> None:
    rows = [
        entry(str(n), game_date=days_ago(n), cutoff=cutoff, is_active_row=cutoff == "lock")
        for n in (0, 29, 30, 133, 134)
        for cutoff in ("morning", "lock")
    ]
    for cutoff in ("morning", "lock", "active"):
        assert of(rows, "10", "30_days", cutoff)[10][0] == 2
        assert of(rows, "10", "season", cutoff)[10][0] == 4
    rows[0] = rows[0] | {"system_id": "line", "kind": "walk_forward"}
    assert of(rows, "10", "season", "lock")[10][0] == 4


def spread(ledger: pd.DataFrame, seed: int = 2) -> pd.DataFrame:
    """The same rows with probabilities of all bins; a tenth has no distribution."""
    random = np.random.default_rng(seed)
    names = [name for name in BARE if name.startswith("p_over")]
    bare = random.random(len(ledger)) < 0.1
    made = {name: np.where(bare, np.nan, random.random(len(ledger))) for name in names}
    lined = ledger["line"].notna() & ledger["actual_points"].notna() & ~bare
    over = pd.Series(made["p_over"], ledger.index).where(ledger["line"].notna())
    brier = ledger["brier"].where(lined).fillna(0.25).where(lined)
    return ledger.assign(**made).assign(p_over=over, brier=brier)


def test_a_range_is_its_days_to_the_bit() -> None:
    dates = [days_ago(n) for n in range(45, -1, -1) if n not in (3, 17)]
    ledger = spread(random_ledger(dates))
    last = [days_ago(n) for n in range(8, -1, -1)]
    ranged = table(ledger, last)
    assert ranged["bin"].nunique() == 10
    for day in last:
        known = ledger[ledger["game_date"] <= day]
        # A day's run reads the ledger in other parts, and knows none of the later groups.
        halves = [known[known["game_date"] <= days_ago(20)], known[known["game_date"] > days_ago(20)]]  # fmt: skip
        alone = typed(RELIABILITY, reliability(Daily.of(halves), [day]))
        own = typed(RELIABILITY, ranged[ranged["game_date"] == day])
        assert own.equals(alone.sort_by([(name, "ascending") for name in KEY]))


def audited(rows: pd.DataFrame, ledger: pd.DataFrame, dates: Sequence[date]) -> list[str]:
    judged = judged_in_windows(Daily.of([ledger]), dates)
    return list(miscounted_bins(rows, judged)["reason"])


def test_the_bins_hold_every_row_of_the_ledger() -> None:
    dates = [days_ago(n) for n in (40, 20, 2, 0)]
    ledger = spread(random_ledger(dates))
    rows = table(ledger, dates)
    assert audited(rows, ledger, dates) == []
    # A date without a row of its own has no reliability, and owes none.
    assert audited(rows, ledger, [*dates, days_ago(1), date(2024, 3, 9)]) == []
    (cell,) = rows[
        (rows["game_date"] == DAY) & (rows["system_id"] == "ewma") & (rows["cutoff"] == "active")
        & (rows["kind"] == "forward") & (rows["window"] == "season") & (rows["threshold"] == "15")
        & (rows["bin"] == 3)
    ].index  # fmt: skip
    whole = rows.loc[(rows[KEY[:-1]] == rows.loc[cell, KEY[:-1]]).all(axis=1), "graded"].sum()
    left = whole - rows.loc[cell, "graded"]
    where = "counts_add_up: ewma active forward season 15"
    assert audited(rows.drop(cell), ledger, dates) == [
        f"{where}: {left} of {whole} rows of the ledger"
    ]
    twice = audited(pd.concat([rows, rows.loc[[cell]]]), ledger, dates)
    assert twice == [f"{where}: {2 * whole - left} of {whole} rows of the ledger"]
    (early,) = rows[(rows["game_date"] == dates[0])].head(1).index
    assert len(audited(rows.drop(early), ledger, dates)) == 1
    assert len(audited(rows.head(0), ledger, [DAY])) > 100


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"happened": 9}, "more happened than was judged"),
        ({"happened": -1}, "more happened than was judged"),
        ({"mean_probability": 0.71}, "the mean of its probabilities is in another bin"),
        ({"mean_probability": 0.59}, "the mean of its probabilities is in another bin"),
        ({"share_high": 0.9}, "the share is not within its interval"),
        ({"share": 0.1}, "the share is not within its interval"),
    ],
)
def test_a_bin_that_cannot_be_is_named(changes: Row, why: str) -> None:
    ledger = ledger_frame(entry(str(n), p_over_20=0.6 + 0.03 * n) for n in range(3))
    rows = table(ledger)
    bad = (rows["threshold"] == "20") & (rows["window"] == "season") & (rows["cutoff"] == "lock")
    for name, value in changes.items():
        rows.loc[bad, name] = value
    assert audited(rows, ledger, [DAY]) == [
        f"counts_add_up: ewma lock forward season 20 bin 7: {why}; "
    ]


def test_the_ledger_has_the_columns_that_are_read() -> None:
    assert set(PREDICTION_ACCURACY.column_names) >= READ
