"""Expressions that the SQL files may use mean the same to BigQuery's evaluator and to DuckDB."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import sqlglot

from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import Column, Table

pytest.importorskip("zetasql", reason="without zetasql it is unproven what BigQuery would say")

from nba_assets_tests.warehouse.comparison import (
    NothingToCompareError,
    differences,
)
from nba_assets_tests.warehouse.reference import Answer, Reference, RefusedSqlError

DAY = date(2024, 2, 27)
PARAMETERS = {"start_date": DAY, "end_date": DAY + timedelta(days=10)}
MEASURES = Table(
    name="raw.measures",
    row="measure",
    key=("row_id",),
    columns=(
        Column("game_date", "DATE", "league day"),
        Column("row_id", "STRING", "id"),
        Column("team", "STRING", "tricode"),
        Column("n", "INT64", "count, of any sign", "none"),
        Column("m", "INT64", "count from 1"),
        Column("x", "FLOAT64", "number, of any sign", "none"),
        Column("y", "FLOAT64", "number above 0"),
        Column("s", "STRING", "text", "none"),
        Column("b", "BOOL", "flag", "none"),
        Column("d", "DATE", "date", "none"),
        Column("ts", "TIMESTAMP", "instant", "none"),
        Column("us", "TIMESTAMP", "instant"),
        Column("words", "ARRAY<STRING>", "texts"),
    ),
)


def at(hour: int, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(2024, 2, 29, hour, minute, second, micro, tzinfo=UTC)


# Halves, ties, signs, NULLs, a leap day, the days clocks change, microseconds, letters beyond ASCII.
_ROWS: tuple[tuple[object, ...], ...] = (
    (0, "01", "AAA", 3, 7, 2.5, 0.5, "back", True, date(2024, 2, 29), at(11, 1), at(10, 59), ["a", "b"]),
    (0, "02", "AAA", -3, 2, -2.5, 1.5, "knee, left", False, date(2023, 12, 31), at(10, 59, 59, 999999), at(11), []),
    (1, "03", "AAA", None, 5, 0.1, 2.25, None, None, None, None, at(0), ["b"]),
    (1, "04", "BBB", 10, 1, None, 3.75, "", True, date(2024, 1, 1), at(0, 0, 0, 1), at(23, 59, 59, 1), ["c", "a", "a"]),
    (2, "05", "BBB", 0, 9, 1e-9, 4.0, "Éric Ünal", None, date(1999, 12, 31), at(5), at(4), ["é"]),
    (3, "06", "BBB", 3, 4, -0.25, 0.001, "back ", False, date(2024, 3, 10), at(5, 30), at(5, 30), ["z"]),
    (3, "07", "CCC", 3, 3, 3.5, 456.789, "Back", True, date(2024, 11, 3), at(7), at(1, 2, 3, 4), ["y", "x"]),
    (5, "08", "CCC", 7, 8, 0.30000000000000004, 9.0, "a,b,c", False, date(2025, 1, 1), at(1), at(6), ["b"]),
    (9, "09", "DDD", None, 6, None, 1.0, None, None, None, None, at(9), []),
    (9, "10", "EEE", 12, 12, -7.5, 2.0, "zz", True, date(2024, 2, 29), at(3), at(3), ["q"]),
)  # fmt: skip
ROWS = MEASURES.rows(
    dict(zip(MEASURES.column_names, (DAY + timedelta(days=int(str(days))), *rest), strict=True))
    for days, *rest in _ROWS
)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference({MEASURES.name: MEASURES})


def in_duckdb(sql: str) -> pa.Table:
    """What DuckDB answers to its own dialect over the rows."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE SCHEMA raw")
        connection.register("measures", ROWS)
        connection.execute("CREATE VIEW raw.measures AS SELECT * FROM measures")
        bound = {k: v for k, v in PARAMETERS.items() if f"${k}" in sql}
        return connection.execute(sql, bound).to_arrow_table()


def transpiled(sql: str) -> str:
    tree = sqlglot.parse_one(sql, read="bigquery")
    return tree.sql(dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)


_SCAN = "FROM raw.measures AS a WHERE a.game_date BETWEEN @start_date AND @end_date"


def each(expression: str) -> str:
    return f"SELECT a.row_id AS k, {expression} AS v {_SCAN}"


def per_team(expression: str) -> str:
    return f"SELECT team AS k, {expression} AS v {_SCAN} GROUP BY team"


def joined(how: str, k: str = "CONCAT(a.row_id, COALESCE(b.row_id, ''))") -> str:
    scan = "FROM raw.measures WHERE game_date BETWEEN @start_date AND @end_date"
    return (
        f"WITH a AS (SELECT row_id, team, game_date, n, m {scan}),"
        f" b AS (SELECT row_id, team, game_date, m {scan} AND m > 3)"
        f" SELECT {k} AS k, a.n AS v, b.m AS w {how}"
    )


def over(frame: str, order: str = "game_date, row_id") -> str:
    return f"OVER (PARTITION BY team ORDER BY {order} {frame})"


LAST_TWO = over("ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING")
ALL_BEFORE = over("ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING")
_OTHERS = f"SELECT 1 {_SCAN.replace(' a ', ' o ').replace('a.game', 'o.game')}"
_KEPT = "WHERE w IS NOT NULL"

# One row for each function that the lint lets through, beside what was compared before it was written.
EQUAL = {
    "sqrt": each("SQRT(y)"),
    "sqrt of NULL": each("SQRT(ABS(x))"),
    "pow to a fraction": each("POW(y, x)"),
    "pow": each("POW(m, 2)"),
    "exp": each("EXP(x)"),
    "ln": each("LN(y)"),
    "sign": each("CAST(SIGN(x) AS FLOAT64)"),
    "sign in a product": each("SIGN(x) * y"),
    "floor": each("FLOOR(x)"),
    "ceil": each("CEIL(x)"),
    "haversine": each("2 * 3959 * ASIN(SQRT(LEAST(1, ABS(SIN(y) * COS(y)))))"),
    "pi": each("ACOS(-1) * m"),
    "fixed point": each("CAST(ROUND(x * 1000000000) AS INT64)"),
    "round halves": each("ROUND(x)"),
    "minutes back": each("TIMESTAMP_SUB(ts, INTERVAL 30 MINUTE)"),
    "seconds on": each("TIMESTAMP_ADD(ts, INTERVAL 90 SECOND)"),
    "minutes of a column": each("TIMESTAMP_ADD(us, INTERVAL n MINUTE)"),
    "instants in order": each("ts <= us"),
    "instant in a window": each("ts BETWEEN us AND TIMESTAMP_ADD(us, INTERVAL 60 MINUTE)"),
    "micros": each("UNIX_MICROS(ts)"),
    "whole minutes": each("DIV((UNIX_MICROS(ts) - UNIX_MICROS(us)), 60000000)"),
    "hours": each("(UNIX_MICROS(ts) - UNIX_MICROS(us)) / 3600000000"),
    "date of an instant": each("DATE(ts)"),
    "date in New York": each("DATE(us, 'America/New_York')"),
    "date before": each("DATE(DATE_SUB(d, INTERVAL 60 DAY))"),
    "date compared": each("d >= DATE_SUB(a.game_date, INTERVAL 60 DAY)"),
    "days apart": each("DATE_DIFF(a.game_date, d, DAY)"),
    "starts with": each("STARTS_WITH(s, 'b')"),
    "replace": each("REPLACE(s, 'a', 'xy')"),
    "rtrim": each("RTRIM(s)"),
    "rtrim of letters": each("RTRIM(s, 'k')"),
    "trim": each("TRIM(s)"),
    "lpad": each("LPAD(s, 6, '0')"),
    "lpad that cuts": each("LPAD(s, 2, '0')"),
    "length": each("LENGTH(s)"),
    "upper": each("UPPER(s)"),
    "array length": each("ARRAY_LENGTH(words)"),
    "array concat": each("ARRAY_CONCAT(IF(b, ['h'], []), words)"),
    "empty array": each("IF(FALSE, [''], [])"),
    "array by case": each("CASE WHEN b THEN ['x', 'y'] WHEN n > 3 THEN [] ELSE words END"),
    "array without its NULLs": each(
        f"ARRAY(SELECT w FROM UNNEST([s, IF(b, 'hot', NULL), 'end']) AS w {_KEPT} ORDER BY w)"
    ),
    "first of an array": each("words[SAFE_OFFSET(0)]"),
    "in an array": each("s IN UNNEST(words)"),
    "not in a list": each("s NOT IN UNNEST(['back', 'zz'])"),
    "unnested list": f"SELECT CONCAT(row_id, w) AS k, n AS v FROM (SELECT row_id, n {_SCAN})"
    " CROSS JOIN UNNEST(['morning', 'lock']) AS w",
    "array of rows": per_team("ARRAY_AGG(row_id ORDER BY n DESC, row_id)"),
    "array of what is there": per_team(
        "COALESCE(ARRAY_AGG(IF(b, row_id, NULL) IGNORE NULLS ORDER BY row_id), [])"
    ),
    "best by": per_team("ARRAY_AGG(row_id ORDER BY y DESC, row_id)[SAFE_OFFSET(0)]"),
    "least by, NULL first": per_team("ARRAY_AGG(row_id ORDER BY n, row_id)[SAFE_OFFSET(0)]"),
    "string of rows": per_team("STRING_AGG(s, ',' ORDER BY s)"),
    "string of distinct": per_team("STRING_AGG(DISTINCT s, ',' ORDER BY s)"),
    "last text": per_team("MAX(s)"),
    "first text": per_team("MIN(s)"),
    "any flag": per_team("MAX(b)"),
    "all flags": per_team("LOGICAL_AND(b)"),
    "last instant": per_team("MAX(ts)"),
    "distinct": per_team("COUNT(DISTINCT IF(b, n, NULL))"),
    "variance": per_team("VAR_SAMP(y)"),
    "deviation": per_team("STDDEV(x)"),
    "sum of products": per_team("SUM(n * m)"),
    "pivot": per_team("MAX(IF(row_id IN ('01', '04', '07'), y, NULL))"),
    "first value": each(f"FIRST_VALUE(s) {LAST_TWO}"),
    "last value": each(f"LAST_VALUE(s) {ALL_BEFORE}"),
    "last known value": each(f"LAST_VALUE(n IGNORE NULLS) {ALL_BEFORE}"),
    "moving sum": each(f"SUM(n) {LAST_TWO}"),
    "moving average": each(f"AVG(x) {LAST_TWO}"),
    "moving deviation": each(f"STDDEV(y) {ALL_BEFORE}"),
    "days before": each(
        "SUM(m) " + over("RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING", "UNIX_DATE(game_date)")
    ),
    "all days before": each(
        "MAX(d) "
        + over("RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING", "UNIX_DATE(game_date)")
    ),
    "full outer join": joined("FROM a FULL OUTER JOIN b USING (row_id)", "row_id"),
    "left join using": joined("FROM a LEFT JOIN b USING (row_id, team)", "row_id"),
    "left join on earlier": joined(
        "FROM a LEFT JOIN b ON b.team = a.team AND b.game_date < a.game_date"
    ),
    "cross join": joined("FROM a CROSS JOIN b"),
    "union all": joined(
        "FROM a LEFT JOIN b USING (row_id)"
        " UNION ALL SELECT CONCAT(row_id, 'again') AS k, n AS v, m AS w FROM a",
        "row_id",
    ),
    "exists": f"{each('n')} AND EXISTS ({_OTHERS} AND o.n = a.m)",
    "not exists": f"{each('n')} AND NOT EXISTS ({_OTHERS} AND o.team = a.team"
    " AND o.game_date < a.game_date)",
    "the same or both NULL": each("n IS NOT DISTINCT FROM m - 4"),
    "changed": each("s IS DISTINCT FROM team"),
    "not true": each("b IS NOT TRUE"),
    "NULL of a type": each("CAST(NULL AS FLOAT64)"),
}
# What a writer may take for portable: why the lint does not let it through, or a rule narrows it.
DIFFERENT = {
    "seconds of an instant: floored, rounded": each("UNIX_SECONDS(ts)"),
    "seconds apart: full ones, boundaries": each("TIMESTAMP_DIFF(ts, us, SECOND)"),
    "digits of a half: 2.67, 2.68": each("ROUND(CAST(2.675 AS FLOAT64) + n, 2)"),
    "position in an array: from 0, from 1": each(
        "(SELECT MAX(o) FROM UNNEST(words) AS w WITH OFFSET AS o)"
    ),
    "concat with a NULL: NULL, without it": each("ARRAY_CONCAT(words, IF(b, ['x'], NULL))"),
    "weekday: from 1, from 0": each("EXTRACT(DAYOFWEEK FROM d)"),
    "integer literals: INT64, INT32": each("IF(b, 1, 0)"),
    "sign: FLOAT64, INT8": each("SIGN(x)"),
    "day before: DATE, TIMESTAMP": each("DATE_SUB(d, INTERVAL 1 DAY)"),
    "count of no flag: 0, NULL": per_team("COUNTIF(b)"),
    "correlation of one row: NULL, NaN": per_team("CORR(x, y)"),
}
# Errors there, a value here: to be kept away from by a condition around them.
REFUSED = {
    "root of a negative": each("POW(x, CAST(0.5 AS FLOAT64))"),
    "overflow": each("EXP(y * 1000)"),
    "remainder of nothing": each("MOD(n, m - 7)"),
    "the evaluator has no MAX_BY": per_team("MAX_BY(row_id, y)"),
    "a cast of PostgreSQL": each("n::INT64"),
    "an unknown column": each("nobody"),
    "an unknown function": each("NOBODY(n)"),
    "an ungrouped column": per_team("n"),
    "a date against an instant": each("d < ts"),
    "a range over dates": each(
        "SUM(m) " + over("RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING", "game_date")
    ),
}


@pytest.mark.parametrize("sql", EQUAL.values(), ids=EQUAL.keys())
def test_an_expression_of_the_portable_subset_means_the_same_to_both(
    reference: Reference, tmp_path: Path, sql: str
) -> None:
    path = tmp_path / "measures.sql"
    path.write_text(sql)
    found = in_duckdb(Query(path).duckdb)
    assert differences(answered(reference, sql), found, ["k"]) == []


@pytest.mark.parametrize("sql", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_an_expression_outside_the_subset_is_found_to_differ(
    reference: Reference, sql: str
) -> None:
    assert differences(answered(reference, sql), in_duckdb(transpiled(sql)), ["k"])


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED.keys())
def test_the_reference_refuses_what_bigquery_refuses(reference: Reference, sql: str) -> None:
    with pytest.raises(RefusedSqlError):
        answered(reference, sql)


def answered(reference: Reference, sql: str) -> Answer:
    return reference.answer(sql, {MEASURES.name: ROWS}, PARAMETERS)


def test_values_of_every_type_come_back_as_they_went_in(reference: Reference) -> None:
    columns = ", ".join(MEASURES.column_names)
    answer = reference.answer(f"SELECT {columns} FROM raw.measures", {MEASURES.name: ROWS})
    assert differences(answer, ROWS, ["row_id"]) == []
    assert answer.columns == tuple((c.name, c.type) for c in MEASURES.columns)


def test_analysis_alone_tells_names_and_types(reference: Reference) -> None:
    sql = "SELECT row_id, SUM(x) AS total, @start_date AS first FROM raw.measures GROUP BY row_id"
    assert reference.columns(sql, PARAMETERS) == (
        ("row_id", "STRING"),
        ("total", "FLOAT64"),
        ("first", "DATE"),
    )
    with pytest.raises(RefusedSqlError, match="Unrecognized name: nobody"):
        reference.columns("SELECT nobody FROM raw.measures")
    with pytest.raises(RefusedSqlError, match=r"Table not found: raw\.nobody"):
        reference.columns("SELECT n FROM raw.nobody")


def answer_of(rows: Iterable[tuple[object, ...]]) -> Answer:
    return Answer((("k", "STRING"), ("v", "FLOAT64"), ("w", "ARRAY<STRING>")), list(rows))


DUCKS = pa.table({"k": ["a", "b"], "v": [1.0, None], "w": [["x", "y"], []]})


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("b", None, []), ("a", 1.0 + 5e-10, ["x", "y"])], []),
        ([("b", None, []), ("a", 1.0 + 5e-9, ["x", "y"])], ["a v: BigQuery 1.000000005, DuckDB 1.0"]),
        ([("b", 0.0, []), ("a", 1.0, ["x", "y"])], ["b v: BigQuery 0.0, DuckDB None"]),
        ([("b", None, []), ("a", 1.0, ["y", "x"])], ["a w: BigQuery ['y', 'x'], DuckDB ['x', 'y']"]),
        ([("b", None, None), ("a", 1.0, ["x", "y"])], ["b w: BigQuery None, DuckDB []"]),
        ([("a", 1.0, ["x", "y"])], ["b: only DuckDB answers it"]),
        (
            [("a", 1.0, ["x", "y"]), ("b", None, []), ("c", 1.0, [])],
            ["c: only BigQuery answers it"],
        ),
    ],
)  # fmt: skip
def test_differences_are_named_by_row_and_column(
    rows: list[tuple[object, ...]], found: list[str]
) -> None:
    assert differences(answer_of(rows), DUCKS, ["k"]) == found


def test_a_difference_of_names_or_types_is_one_of_columns() -> None:
    answer = Answer((("k", "STRING"), ("v", "INT64"), ("w", "ARRAY<STRING>")), [])
    (found,) = differences(answer, DUCKS, ["k"])
    assert found.startswith("columns: BigQuery (('k', 'STRING'), ('v', 'INT64')")


def test_engines_that_answer_nothing_agree_on_nothing() -> None:
    with pytest.raises(NothingToCompareError):
        differences(answer_of([]), DUCKS.slice(0, 0), ["k"])


def test_rows_without_a_key_of_their_own_are_not_paired() -> None:
    with pytest.raises(AssertionError, match="2 rows have 1 keys"):
        differences(answer_of([("a", 1.0, []), ("a", 2.0, [])]), DUCKS, ["k"])
