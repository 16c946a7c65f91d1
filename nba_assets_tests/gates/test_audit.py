from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.gates.audit import (
    CONTRACT_GATE,
    Audit,
    Gate,
    audit,
    contract_breaks,
    game_gate,
    listed,
    notice_gate,
    partition_gate,
)
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.table import Column, Table

FIRST, SECOND = date(2025, 11, 5), date(2025, 11, 6)

TABLE = Table(
    name="raw.things",
    row="thing",
    key=("game_id", "team"),
    columns=(
        Column("game_date", "DATE", "date"),
        Column("game_id", "STRING", "id"),
        Column("team", "STRING", "tricode"),
        Column("points", "INT64", "points"),
        Column("rating", "FLOAT64", "points", "not rated"),
    ),
)


def thing(game: str, team: str = "NYK", day: date = FIRST, **changes: Any) -> dict[str, Any]:
    return {"game_date": day, "game_id": game, "team": team, "points": 100, **changes}


GOOD = [thing("a"), thing("a", "BOS"), thing("b"), thing("c", day=SECOND)]


def negative_games(rows: pd.DataFrame) -> pd.DataFrame:
    """Nobody scores less than nothing.

    A second paragraph is for whoever reads the code.
    """
    bad = rows[rows["points"] < 0]
    return bad.assign(reason="negative: " + bad["game_id"])


def lonely_games(rows: pd.DataFrame) -> pd.DataFrame:
    """A game without points is played by nobody."""
    bad = rows[rows["points"] == 0]
    return bad.assign(reason=bad["team"] + " lonely")


def dates_without_a(rows: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """A date without game a is half a date."""
    has = days["game_date"].map(
        lambda day: ((rows["game_date"] == day) & (rows["game_id"] == "a")).any()
    )
    return days[~has.astype(bool)].assign(reason="game a is missing")  # fmt: skip


NOT_NEGATIVE = game_gate("no_points_are_negative", negative_games)
NOT_LONELY = game_gate("nobody_is_lonely", lonely_games)
HAS_A = partition_gate("game_a_is_there", dates_without_a, "days")


def audited(
    rows: Sequence[dict[str, Any]],
    *gates: Gate,
    days: Sequence[date] = (FIRST, SECOND),
    missing: dict[date, list[str]] | None = None,
    wanted: Sequence[date] = (FIRST,),
) -> dict[date, Audit]:
    """An audit of two dates; `wanted` are those that must have a game a."""
    inputs = {"days": pd.DataFrame({"game_date": list(wanted)})}
    return audit(TABLE, days, TABLE.rows(rows), gates, inputs, missing or {})


def effects(found: Audit) -> dict[str, str]:
    return {verdict.gate: verdict.effect for verdict in found.verdicts}


def test_good_rows_pass_every_gate_and_are_all_published() -> None:
    found = audited(GOOD, NOT_NEGATIVE, HAS_A)
    for day, own in ((FIRST, 3), (SECOND, 1)):
        assert effects(found[day]) == {
            CONTRACT_GATE: "passed",
            "no_points_are_negative": "passed",
            "game_a_is_there": "passed",
        }
        rows = found[day].rows
        assert rows is not None
        assert rows.num_rows == own
        assert set(rows["game_date"].to_pylist()) == {day}
        assert found[day].refusals == found[day].reasons == []
        assert found[day].held == {}


def test_a_date_without_rows_is_judged_too() -> None:
    found = audited([], NOT_NEGATIVE, HAS_A, wanted=[])
    assert set(effects(found[SECOND]).values()) == {"passed"}
    rows = found[SECOND].rows
    assert rows is not None
    assert rows.num_rows == 0


def test_a_game_gate_takes_the_whole_game_out_and_leaves_the_rest() -> None:
    rows = [thing("a"), thing("b", points=-3), thing("b", "BOS"), thing("b", day=SECOND)]
    found = audited(rows, NOT_NEGATIVE)
    first = found[FIRST]
    assert effects(first)["no_points_are_negative"] == "quarantines"
    assert first.rows is not None
    assert first.rows["game_id"].to_pylist() == ["a"]
    held = first.held["no_points_are_negative"]
    assert held["team"].tolist() == ["NYK", "BOS"]
    assert set(held["quarantine_reason"]) == {"negative: b"}
    assert first.refusals == []
    assert first.reasons == ["no_points_are_negative: negative: b"]
    second = found[SECOND]
    assert second.rows is not None
    assert second.rows.num_rows == 1
    assert second.held == {}


def test_games_held_by_two_game_gates_are_kept_by_both_with_their_reasons() -> None:
    rows = [thing("a"), thing("b", points=-3), thing("b", "BOS", points=0), thing("c", points=0)]
    found = audited(rows, NOT_NEGATIVE, NOT_LONELY)[FIRST]
    assert {gate: sorted(set(held["game_id"])) for gate, held in found.held.items()} == {
        "no_points_are_negative": ["b"],
        "nobody_is_lonely": ["b", "c"],
    }
    assert found.rows is not None
    assert found.rows["game_id"].to_pylist() == ["a"]


def test_games_that_game_gates_hold_are_missing_for_partition_gates() -> None:
    found = audited([thing("a", points=-1), thing("b")], HAS_A, NOT_NEGATIVE)[FIRST]
    assert effects(found)["game_a_is_there"] == "holds"
    assert found.refusals == ["held back by game_a_is_there: 1 offender: game a is missing"]


def test_verdicts_stand_in_the_order_of_the_gates() -> None:
    found = audited(GOOD, HAS_A, NOT_NEGATIVE)[FIRST]
    assert [v.gate for v in found.verdicts] == [
        CONTRACT_GATE,
        "game_a_is_there",
        "no_points_are_negative",
    ]


def test_a_partition_gate_holds_its_own_date_only() -> None:
    found = audited(GOOD, HAS_A, wanted=[FIRST, SECOND])
    assert found[FIRST].refusals == []
    assert effects(found[SECOND])["game_a_is_there"] == "holds"
    assert found[SECOND].refusals


@pytest.mark.parametrize(("blocks", "effect"), [(True, "holds"), (False, "degrades")])
def test_offenders_that_do_not_block_degrade(blocks: bool, effect: str) -> None:
    def some(rows: pd.DataFrame) -> pd.DataFrame:
        """A game is missing."""
        return pd.DataFrame(
            {"game_date": [FIRST, FIRST], "reason": ["x", "y"], "blocks": [False, blocks]}
        )

    found = audited(GOOD, partition_gate("all_are_there", some))
    assert effects(found[FIRST])["all_are_there"] == effect
    assert bool(found[FIRST].refusals) is blocks
    assert bool(found[FIRST].reasons) is not blocks
    assert effects(found[SECOND])["all_are_there"] == "passed"


def test_a_notice_tells_and_touches_neither_rows_nor_date() -> None:
    rows = [thing("a", points=0), thing("b", points=-1), thing("b", "BOS", points=0)]
    found = audited(rows, notice_gate("nobody_is_lonely", lonely_games), NOT_NEGATIVE)[FIRST]
    (verdict, _) = (v for v in found.verdicts if v.gate != CONTRACT_GATE)
    # Of what another gate holds out there is no notice.
    assert (verdict.effect, verdict.offenders) == ("notices", ["a NYK lonely"])
    assert found.rows is not None
    assert found.rows["game_id"].to_pylist() == ["a"]
    assert set(found.held) == {"no_points_are_negative"}
    assert found.reasons == ["no_points_are_negative: negative: b"]
    assert found.refusals == []


def test_missing_inputs_hold_their_date() -> None:
    found = audited(GOOD, NOT_NEGATIVE, missing={SECOND: ["raw.schedule is not published"]})
    assert found[FIRST].refusals == []
    assert found[SECOND].refusals == [
        f"held back by {CONTRACT_GATE}: 1 offender: raw.schedule is not published"
    ]


def test_a_refusal_names_every_gate_and_cuts_a_long_list() -> None:
    rows = [thing(f"g{n:02d}", points=None) for n in range(2)]
    rows += [thing("a"), *(thing(f"d{n:02d}") for n in range(13) for _ in range(2))]
    found = audited(rows, NOT_NEGATIVE)[FIRST]
    (refusal,) = found.refusals
    assert refusal.startswith(f"held back by {CONTRACT_GATE}: 14 offenders: points: 2 rows without")
    assert refusal.endswith("; and 4 more")


def test_a_gate_is_described_by_what_it_would_cost() -> None:
    assert NOT_NEGATIVE.description == "Nobody scores less than nothing."
    assert NOT_NEGATIVE.tables == ()
    assert partition_gate("x", dates_without_a, SCHEDULE, "days").tables == (SCHEDULE,)


def test_an_offender_is_named_with_its_game_once() -> None:
    found = audited([thing("a", points=-1), thing("b", points=0)], NOT_NEGATIVE, NOT_LONELY)[FIRST]
    named = {v.gate: v.offenders for v in found.verdicts}
    assert named["no_points_are_negative"] == ["negative: a"]
    assert named["nobody_is_lonely"] == ["b NYK lonely"]


@given(st.integers(0, 40))
def test_a_list_of_offenders_shows_ten_and_counts_the_rest(count: int) -> None:
    text = listed([f"offender {n}" for n in range(count)])
    assert text.count("offender") == min(count, 10)
    assert text.endswith(f"; and {count - 10} more") is (count > 10)


def breaks(rows: pa.Table, days: Sequence[date] = (FIRST, SECOND)) -> dict[date | None, list[str]]:
    return contract_breaks(TABLE, rows, days)


def test_rows_of_the_contract_break_nothing() -> None:
    assert breaks(TABLE.rows(GOOD)) == {}


def test_a_missing_and_a_foreign_column_are_named() -> None:
    rows = TABLE.rows(GOOD).drop_columns(["points"]).append_column("score", pa.array([1] * 4))
    assert breaks(rows) == {None: ["columns: missing ['points'], not in the contract ['score']"]}


def test_columns_in_another_order_are_a_break() -> None:
    rows = TABLE.rows(GOOD)
    assert None in breaks(rows.select(list(reversed(rows.column_names))))


def test_a_column_of_another_type_is_named_with_both() -> None:
    rows = TABLE.rows(GOOD)
    text = rows["points"].cast(pa.string())
    assert breaks(rows.set_column(3, "points", text)) == {None: ["points: string instead of INT64"]}


def test_columns_that_are_off_hold_every_date_before_any_gate_reads_them() -> None:
    rows = TABLE.rows(GOOD).drop_columns(["points"])
    found = audit(TABLE, [FIRST, SECOND], rows, [NOT_NEGATIVE], {}, {})
    for day in (FIRST, SECOND):
        assert effects(found[day]) == {CONTRACT_GATE: "holds", "no_points_are_negative": "holds"}
        assert "missing ['points']" in found[day].refusals[0]
        assert found[day].rows is None


def test_a_null_is_a_break_where_the_contract_knows_none() -> None:
    rows = [thing("a", points=None), thing("b", points=None), thing("c", day=SECOND)]
    assert breaks(TABLE.rows(rows)) == {FIRST: ["points: 2 rows without a value"]}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_float_that_is_no_number_breaks_the_contract_of_its_date(value: float) -> None:
    rows = TABLE.rows([thing("a", rating=101.5), thing("b"), thing("c", day=SECOND, rating=value)])
    assert breaks(rows) == {SECOND: ["rating: 1 rows with NaN or an infinite value"]}


def test_a_null_that_means_something_is_no_break() -> None:
    assert breaks(TABLE.rows([thing("a", rating=None)])) == {}


def test_rows_of_a_date_that_was_not_asked_for_are_a_break() -> None:
    assert breaks(TABLE.rows(GOOD), [FIRST]) == {
        None: ["rows of 2025-11-06, which were not asked for"]
    }


def test_a_key_twice_is_named_on_its_date() -> None:
    rows = [thing("a"), thing("a", points=1), thing("a", day=SECOND)]
    assert breaks(TABLE.rows(rows)) == {FIRST: ["unique_key: game_id a, team NYK more than once"]}


def test_one_dates_broken_rows_hold_that_date_only() -> None:
    found = audited([*GOOD, thing("c", day=SECOND)], NOT_NEGATIVE)
    assert found[FIRST].refusals == []
    assert found[SECOND].refusals == [
        f"held back by {CONTRACT_GATE}: 1 offender: unique_key: game_id c, team NYK more than once"
    ]
