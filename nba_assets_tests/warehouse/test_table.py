from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from nba_assets.definitions import TABLES
from nba_assets.warehouse.table import LINEAGE_COLUMNS, QUALITY, Column, Table, tier
from nba_assets_tests.warehouse.rows import FIRST, POINTS, row, rows


def test_each_type_of_a_contract_has_its_arrow_type() -> None:
    assert [column.arrow for column in POINTS.columns] == [
        pa.date32(),
        pa.string(),
        pa.string(),
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.list_(pa.string()),
        pa.timestamp("us", tz="UTC"),
        pa.string(),
    ]


def test_only_a_column_that_says_what_null_means_may_be_null() -> None:
    nullable = [field.name for field in POINTS.arrow_schema if field.nullable]
    assert nullable == ["points", "share"]


def test_rows_are_typed_in_the_order_of_the_contract() -> None:
    shuffled = dict(sorted(row(FIRST, "g", "p").items()))
    found = rows(shuffled)
    assert found.column_names == list(POINTS.column_names)
    assert [f.type for f in found.schema] == [c.arrow for c in POINTS.columns]
    assert found.to_pylist() == [row(FIRST, "g", "p")]


def test_a_missing_value_is_null_and_an_unknown_one_is_left_out() -> None:
    (found,) = rows({"game_id": "g", "surprise": 1}).to_pylist()
    assert found == {**dict.fromkeys(POINTS.column_names), "game_id": "g"}


def test_no_rows_still_have_columns() -> None:
    found = rows()
    assert found.num_rows == 0
    assert found.schema.types == POINTS.arrow_schema.types


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("points", "10"),
        ("points", 2.5),
        ("game_id", 22500001),
        ("is_home", "yes"),
        ("game_date", "2025-10-21"),
        ("reasons", "late"),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(pa.ArrowTypeError, match=f"raw.points.{name} is "):
        rows({**row(FIRST, "g", "p"), name: value})


def test_a_description_begins_with_what_a_row_is() -> None:
    assert POINTS.description == "One row per player of a game."
    knowing = Table("a.b", "game", ("id",), (), may_not_know="It may not know the score.")
    assert knowing.description == "One row per game. It may not know the score."
    assert (knowing.schema_name, knowing.table_name) == ("a", "b")


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (100, "gold"),
        (95, "gold"),
        (94, "silver"),
        (75, "silver"),
        (74, "bronze"),
        (50, "bronze"),
        (49, "poor"),
        (25, "poor"),
        (24, "unusable"),
        (0, "unusable"),
    ],
)
def test_tiers_begin_at_their_least_score(score: int, name: str) -> None:
    assert tier(score) == name


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_contract_is_whole(table: Table) -> None:
    names = table.column_names
    assert len(set(names)) == len(names)
    assert (names[0] == "game_date") != table.is_undated
    assert set(table.key) <= set(names)
    assert table.name.count(".") == 1
    for column in table.columns:
        assert column.meaning
        assert column.null_means is None or column.null_means
        if column.name in ("game_date", *table.key):
            assert column.null_means is None


# What became of somebody or something, in the words of the game.
PARTICIPLES = {
    "played",
    "made",
    "fouled",
    "worked",
    "assigned_before_tip",
    "available",
    "back_to_back",
    "within_3",
    "within_5",
    "in_50",
    "in_80",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_booleans_and_instants_are_named_as_such(table: Table) -> None:
    for column in table.columns:
        if column.type == "BOOL":
            assert column.name.startswith(("is_", "has_")) or column.name in PARTICIPLES
        if column.type == "TIMESTAMP":
            assert column.name.endswith("_at")


def test_every_table_but_the_schedule_says_how_far_it_can_be_trusted() -> None:
    quality = {column.name for column in QUALITY}
    for name, table in TABLES.items():
        if name != "raw.schedule":
            assert quality <= set(table.column_names), name


def test_lineage_is_the_body_and_its_instant() -> None:
    assert LINEAGE_COLUMNS == ("observed_at", "landing_path", "input_digests")


def test_instants_are_kept_to_the_microsecond_in_utc() -> None:
    table = Table("a.b", "x", ("at",), (Column("at", "TIMESTAMP", "instant"),))
    instant = datetime(2025, 10, 21, 23, 30, 0, 123456, tzinfo=UTC)
    assert table.rows([{"at": instant}])["at"].to_pylist() == [instant]
    assert isinstance(FIRST, date)
