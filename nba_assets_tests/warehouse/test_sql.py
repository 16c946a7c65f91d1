from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

import nba_assets
from nba_assets.definitions import TABLES
from nba_assets.warehouse.sql import Query, SqlLintError, lint
from nba_assets.warehouse.table import Column, Table
from nba_assets_tests.warehouse.rows import POINTS

FILES = sorted(Path(nba_assets.__file__).parent.rglob("*.sql"))
BOUND = "WHERE game_date BETWEEN @start_date AND @end_date"


def offences(expression: str, tail: str = BOUND) -> list[str]:
    return lint(
        sqlglot.parse_one(f"SELECT {expression} AS y FROM raw.games {tail}", read="bigquery")
    )


def query(folder: Path, text: str) -> Query:
    path = folder / "totals.sql"
    path.write_text(text)
    return Query(path)


def of_project(path: Path) -> Query:
    return Query(path, frozenset(t.name for t in TABLES.values() if t.is_undated))


@pytest.mark.parametrize(
    ("expression", "instead"),
    [
        ("TIMESTAMP_DIFF(a, b, HOUR)", "TimestampDiff is not known"),
        ("UNIX_SECONDS(a)", "UNIX_MICROS"),
        ("ARRAY_AGG(x)", "ARRAY_AGG(x ORDER BY"),
        ("ARRAY_AGG(x IGNORE NULLS)", "ARRAY_AGG(x ORDER BY"),
        ("STRING_AGG(x, ',')", "STRING_AGG(x, ',' ORDER BY"),
        ("ROUND(x, 2)", "round when publishing"),
        ("DIV(a - b, n)", "write DIV((…), (…))"),
        ("DIV(a, b + c)", "write DIV((…), (…))"),
        ("CAST(x AS INT64)", "CAST(ROUND(…) AS INT64)"),
        ("CAST((a / 2) AS INT64)", "CAST(ROUND(…) AS INT64)"),
        ("CAST(2.5 AS INT64)", "CAST(ROUND(…) AS INT64)"),
        ("CAST(x AS INTEGER)", "CAST(ROUND(…) AS INT64)"),
        ("SAFE_CAST('2.7' AS INT64)", "CAST(ROUND(…) AS INT64)"),
        ("x / 0", "write SAFE_DIVIDE"),
        ("x / 0.0", "write SAFE_DIVIDE"),
        ("x / y", "write SAFE_DIVIDE"),
        ("EXTRACT(DAYOFWEEK FROM d)", "Extract is not known"),
        ("EXTRACT(ISOWEEK FROM d)", "Extract is not known"),
        ("SUBSTR(s, 0, 2)", "start from 1"),
        ("SUBSTR(s, n, 2)", "start from 1"),
        ("FORMAT('%05.2f', x)", "Format is not known"),
        ("CAST(x AS STRING)", "do not print in SQL"),
        ("SAFE_CAST(x AS STRING)", "do not print in SQL"),
        ("DATE_TRUNC(d, WEEK(MONDAY))", "DateTrunc is not known"),
        ("0.1 + x", "write CAST(… AS FLOAT64)"),
        (
            "SUM(x) OVER (ORDER BY game_date RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING)",
            "ORDER BY UNIX_DATE(game_date)",
        ),
        ("COUNTIF(is_home)", "CountIf is not known"),
        ("FARM_FINGERPRINT(s)", "FarmFingerprint is not known"),
        ("IEEE_DIVIDE(a, b)", "IEEE_DIVIDE(a, b): Anonymous is not known"),
        ("NORMALIZE(s)", "Normalize is not known"),
        ("SAFE.SUBSTR(s, 1, 2)", "SafeFunc is not known"),
        ("COUNT(x) FILTER (WHERE x > 1)", "Filter is not known"),
        ("d + INTERVAL 1 DAY", "write DATE_ADD or DATE_SUB"),
        ("d - INTERVAL 1 DAY", "write DATE_ADD or DATE_SUB"),
        ("CURRENT_DATE()", "CurrentDate is not known"),
        ("CURRENT_TIMESTAMP()", "CurrentTimestamp is not known"),
        ("CAST(d AS DATETIME)", "TIMESTAMP, in UTC"),
        ("CAST(x AS NUMERIC)", "INT64, FLOAT64"),
        ("APPROX_COUNT_DISTINCT(x)", "ApproxDistinct is not known"),
        ("RAND()", "Rand is not known"),
        ("ANY_VALUE(x)", "AnyValue is not known"),
        ("DATE_DIFF(a, b, MONTH)", "write DATE_DIFF(…, …, DAY)"),
        ("ROW_NUMBER() OVER (PARTITION BY team)", "order is not total"),
        ("ROW_NUMBER() OVER (ORDER BY game_date)", "order is not total"),
        ("LAG(x) OVER (ORDER BY player_id, game_date)", "order is not total"),
        (
            "SUM(x) OVER (ORDER BY game_date ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING)",
            "order is not total",
        ),
        (
            "SUM(x) OVER (ORDER BY game_id ROWS BETWEEN 5 PRECEDING AND CURRENT ROW)",
            "end its frame at 1 PRECEDING",
        ),
        ("SUM(x) OVER (ORDER BY game_id)", "end its frame at 1 PRECEDING"),
        ("*", "no SELECT *"),
        ("g.*", "no SELECT *"),
    ],
)
def test_what_the_engines_answer_differently_is_refused_with_what_to_write(
    expression: str, instead: str
) -> None:
    assert instead in "\n".join(offences(expression))


@pytest.mark.parametrize(
    "expression",
    [
        "DIV((UNIX_MICROS(a) - UNIX_MICROS(b)), 3600000000)",
        "DIV((a), (b + c))",
        "CAST(ROUND(x) AS INT64)",
        "x / 48",
        "SAFE_DIVIDE(a, b)",
        "SAFE_CAST(s AS FLOAT64)",
        "SUBSTR(s, 1, 2)",
        "CAST(0.44 AS FLOAT64)",
        "COUNT(IF(is_home, 1, NULL))",
        "COUNT(*)",
        "DATE_DIFF(a, b, DAY)",
        "DATE_ADD(d, INTERVAL 1 DAY)",
        "SPLIT(s, ',')[SAFE_OFFSET(0)]",
        "ROW_NUMBER() OVER (PARTITION BY team ORDER BY game_date DESC, game_id)",
        "SUM(x) OVER (PARTITION BY game_id)",
        "SUM(x) OVER (ORDER BY game_date, game_id ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING)",
        "SUM(x) OVER (PARTITION BY p ORDER BY UNIX_DATE(game_date)"
        " RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING)",
        "DATE '2025-10-21'",
        "1",
        "'0.5'",
    ],
)
def test_what_is_shown_to_be_equal_is_allowed(expression: str) -> None:
    assert offences(expression) == []


@pytest.mark.parametrize("tail", [f"{BOUND} LIMIT 5", f"{BOUND} ORDER BY x LIMIT 5"])
def test_a_limit_is_refused(tail: str) -> None:
    assert "Limit is not known" in "\n".join(offences("x", tail))


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "WHERE x = 1",
        "WHERE game_date = other",
        "WHERE game_date > d.game_date",
        "WHERE game_date BETWEEN @start_date AND last_date",
        "WHERE game_date >= @start_date OR x = 1",
        "WHERE NOT game_date = @start_date",
        "JOIN raw.days AS d ON d.id = games.id WHERE d.game_date = @start_date",
    ],
)
def test_a_scan_without_a_constant_bound_is_refused(tail: str) -> None:
    found = offences("x", tail)
    assert any("raw.games: BigQuery refuses a scan" in offence for offence in found)


@pytest.mark.parametrize(
    "tail",
    [
        BOUND,
        "WHERE x = 1 AND game_date = DATE '2025-10-21' AND y = 2",
        "WHERE games.game_date < @end_date",
        "WHERE game_date >= DATE_SUB(@start_date, INTERVAL 60 DAY) AND game_date < @end_date",
        "AS g JOIN raw.days AS d ON d.id = g.id"
        " WHERE g.game_date >= @start_date AND d.game_date = @start_date",
    ],
)
def test_a_scan_with_a_constant_bound_is_allowed(tail: str) -> None:
    assert offences("1", tail) == []


@pytest.mark.parametrize(
    "tail",
    [
        "WHERE game_date >= DATE_SUB(@start_date, INTERVAL 60 DAY)",
        "WHERE game_date >= DATE_SUB(@start_date, INTERVAL 60 DAY) AND game_date <= @end_date",
        "WHERE game_date BETWEEN DATE_SUB(@start_date, INTERVAL 60 DAY) AND @end_date",
    ],
)
def test_a_scan_of_earlier_dates_that_holds_the_last_one_is_refused(tail: str) -> None:
    found = offences("x", tail)
    assert any("write AND game_date < @end_date" in offence for offence in found)


def test_a_table_without_dates_needs_no_bound(tmp_path: Path) -> None:
    path = tmp_path / "ways.sql"
    path.write_text("SELECT a.miles FROM raw.ways AS a")
    assert Query(path, frozenset({"raw.ways"})).tree
    with pytest.raises(SqlLintError, match="BigQuery refuses a scan"):
        _ = Query(path).tree


def test_the_history_of_a_query_is_what_its_scans_say(tmp_path: Path) -> None:
    text = """
    WITH tonight AS (SELECT a.team FROM raw.a AS a WHERE a.game_date = @start_date),
    near AS (
      SELECT b.team FROM raw.b AS b
      WHERE b.game_date >= DATE_SUB(@start_date, INTERVAL 30 DAY) AND b.game_date < @end_date
    ),
    far AS (
      SELECT b.team FROM raw.b AS b
      WHERE b.game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND b.game_date < @end_date
    )
    SELECT t.team FROM tonight AS t JOIN near AS n ON n.team = t.team JOIN far ON far.team = t.team
    """
    assert query(tmp_path, text).history == {"raw.b": 300}
    both = text.replace("raw.a AS a", "raw.b AS a")
    with pytest.raises(SqlLintError, match=r"raw\.b is read of its dates and as history"):
        _ = query(tmp_path, both).history


def test_a_query_names_the_columns_that_it_reads(tmp_path: Path) -> None:
    text = """
    WITH a AS (SELECT game_id, team AS side FROM raw.points WHERE game_date = @start_date)
    SELECT a.game_id FROM a WHERE a.side = 'BOS'
    """
    team = Column("team", "STRING", "tricode")
    points = replace(POINTS, columns=(*POINTS.columns, team))
    found = query(tmp_path, text).columns_read({"raw.points": points})
    assert found == {"raw.points": {"game_date", "game_id", "team"}}


@pytest.mark.parametrize("kind", ["ASOF JOIN", "NATURAL JOIN"])
def test_only_plain_joins_are_allowed(kind: str) -> None:
    text = f"""
    SELECT a.x FROM raw.a AS a {kind} raw.b AS b {"ON a.x = b.x" if kind[0] == "A" else ""}
    WHERE a.game_date = @start_date AND b.game_date = @start_date
    """
    (found,) = lint(sqlglot.parse_one(text, read="bigquery"))
    assert "only plain joins" in found


def test_the_project_is_not_named() -> None:
    text = f"SELECT x FROM project.raw.games {BOUND}"
    (found,) = lint(sqlglot.parse_one(text, read="bigquery"))
    assert found == "project.raw.games: the project is the engine's business; write schema.table"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 AS x; SELECT 2 AS x",
        "CREATE TABLE raw.t AS SELECT 1 AS x",
        "DELETE FROM raw.t WHERE game_date = '2025-10-21'",
        "",
    ],
)
def test_a_file_is_one_select(tmp_path: Path, text: str) -> None:
    with pytest.raises(SqlLintError, match=r"totals\.sql: holds \d statements; write one SELECT"):
        _ = query(tmp_path, text).tree


def test_a_refusal_names_the_file_and_every_offence(tmp_path: Path) -> None:
    with pytest.raises(SqlLintError) as refused:
        _ = query(
            tmp_path, f"SELECT a / b AS x, RAND() AS y, c::FLOAT64 AS z FROM raw.a {BOUND}"
        ).tree
    lines = str(refused.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("totals.sql: ") for line in lines)
    assert "a / b" in str(refused.value)
    assert "RAND()" in str(refused.value)
    assert "::" in str(refused.value)


def test_there_are_files_to_hold() -> None:
    found = {f"{path.parent.name}.{path.stem}" for path in FILES}
    made_in_python = {"analytics.upcoming_games"}
    rooms = {name for name in TABLES if name.split(".")[0] in ("analytics", "precompute")}
    of_predictions = {name for name in found if name.startswith("predictions.")}
    assert found == (rooms - made_in_python) | of_predictions
    assert len(of_predictions) == 9, (
        "formulas, who is predicted, errors, skips: the rest is trained"
    )
    assert of_predictions <= set(TABLES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_of_the_project_is_in_the_portable_subset(path: Path) -> None:
    assert of_project(path).tree
    assert of_project(path).parameters == {"start_date", "end_date"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_printing_a_file_and_reading_it_again_is_the_same_statement(path: Path) -> None:
    tree = of_project(path).tree
    assert sqlglot.parse_one(tree.sql(dialect="bigquery"), read="bigquery") == tree


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_gives_the_columns_of_its_contract_in_duckdb(path: Path) -> None:
    """Over empty tables: names, and types but for the width of whole numbers."""
    found = of_project(path)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in found.upstreams:
            schema, table = name.split(".")
            connection.register(f"{schema}__{table}", TABLES[name].rows([]))
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {schema}__{table}")
        day = date(2025, 10, 21)
        result = connection.execute(found.duckdb, {"start_date": day, "end_date": day})
        names = [str(column[0]) for column in result.description or ()]
    declared = TABLES[f"{path.parent.name}.{path.stem}"].column_names
    assert set(names) == set(declared)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_column_of_a_file_is_traced_to_known_columns(path: Path) -> None:
    found = of_project(path)
    traced = found.column_lineage(TABLES)
    assert set(traced) == set(TABLES[f"{path.parent.name}.{path.stem}"].column_names)
    for column, sources in traced.items():
        for table, upstream in sources:
            assert table in found.upstreams
            assert upstream in TABLES[table].column_names, column


def sums_of_floats(found: Query) -> list[str]:
    """Aggregates whose value depends on the order of rows."""
    schema: dict[str, object] = {}
    for name in found.upstreams:
        db, table = name.split(".")
        columns = {c.name: c.type for c in TABLES[name].columns}
        schema[db] = {**dict(schema.get(db, {})), table: columns}  # type: ignore[call-overload]
    tree = qualify(found.tree.copy(), schema=schema, dialect="bigquery")
    typed = annotate_types(tree, schema=schema, dialect="bigquery")
    return [
        node.sql(dialect="bigquery")
        for node in typed.find_all(exp.Sum, exp.Avg, exp.Stddev, exp.Variance)
        if node.this.type is None or not node.this.type.is_type(*exp.DataType.INTEGER_TYPES)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_whole_numbers_are_summed(path: Path) -> None:
    assert sums_of_floats(of_project(path)) == []


@pytest.mark.parametrize("mean", ["AVG(t.pace)", "SUM(t.pace / 2)", "STDDEV(t.pace)"])
def test_a_mean_of_fractions_is_seen(tmp_path: Path, mean: str) -> None:
    text = f"SELECT {mean} AS x FROM analytics.team_offense_game_summary AS t WHERE t.game_date = @start_date"
    (found,) = sums_of_floats(query(tmp_path, text))
    assert "pace" in found


def test_upstreams_are_tables_and_not_with_clauses(tmp_path: Path) -> None:
    text = """
    WITH games AS (SELECT game_id FROM raw.schedule WHERE game_date = @start_date),
    days AS (SELECT game_id FROM games)
    SELECT d.game_id FROM days AS d JOIN analytics.b AS b ON b.game_id = d.game_id
    WHERE b.game_date = @start_date AND b.game_id IN
      (SELECT game_id FROM raw.schedule WHERE game_date = @end_date)
    """
    found = query(tmp_path, text)
    assert found.upstreams == ("analytics.b", "raw.schedule")
    assert found.parameters == {"start_date", "end_date"}


def test_a_column_is_traced_through_its_expressions(tmp_path: Path) -> None:
    day = Column("game_date", "DATE", "league day")
    a, b = (
        Table(name, "x", ("id",), (day, *(Column(n, "INT64", "n") for n in ("id", "m", "n"))))
        for name in ("raw.a", "raw.b")
    )
    text = """
    WITH summed AS (
      SELECT id, SUM(m + n) AS s FROM raw.a WHERE game_date = @start_date GROUP BY id
    )
    SELECT s.id, SAFE_DIVIDE(s.s, b.n) AS share, 1 AS one
    FROM summed AS s JOIN raw.b AS b ON b.id = s.id
    WHERE b.game_date = @start_date
    """
    found = query(tmp_path, text).column_lineage({"raw.a": a, "raw.b": b})
    assert found == {
        "id": {("raw.a", "id")},
        "share": {("raw.a", "m"), ("raw.a", "n"), ("raw.b", "n")},
        "one": set(),
    }


def test_parameters_become_values_of_duckdb(tmp_path: Path) -> None:
    found = query(tmp_path, f"SELECT SAFE_DIVIDE(x, y) AS z FROM raw.a {BOUND}").duckdb
    assert "$start_date" in found
    assert "@" not in found


def answer(expression: str, values: dict[str, object]) -> object:
    """What DuckDB says to a transpiled expression over one row of typed values."""
    types = {int: "BIGINT", float: "DOUBLE", str: "VARCHAR", bool: "BOOLEAN", date: "DATE"}
    row = ", ".join(f"CAST(${n} AS {types[type(v)]}) AS {n}" for n, v in values.items())
    text = sqlglot.parse_one(f"SELECT {expression} AS y FROM a.t", read="bigquery").sql("duckdb")
    with duckdb.connect() as connection:
        found = connection.execute(f"WITH t AS (SELECT {row}) {text.replace('a.t', 't')}", values)
        return found.fetchall()[0][0]


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        ("SAFE_DIVIDE(a, b)", {"a": 1, "b": 0}, None),
        ("SAFE_DIVIDE(a, b)", {"a": 1, "b": 2}, 0.5),
        ("DIV((a - b), 3)", {"a": 11, "b": 4}, 2),
        ("CAST(ROUND(a) AS INT64)", {"a": 2.5}, 3),
        ("CAST(ROUND(a) AS INT64)", {"a": -2.5}, -3),
        ("a / 2", {"a": 5}, 2.5),
        ("SUBSTR(s, 1, 2)", {"s": "abc"}, "ab"),
        ("DATE_DIFF(a, b, DAY)", {"a": date(2025, 11, 3), "b": date(2025, 11, 1)}, 2),
        ("IF(a > 1, 'x', 'y')", {"a": 2}, "x"),
        ("GREATEST(a, b)", {"a": 1, "b": 2}, 2),
        ("UNIX_DATE(a)", {"a": date(1970, 1, 3)}, 2),
    ],
)
def test_transpiled_expressions_mean_what_bigquery_means(
    expression: str, values: dict[str, object], expected: object
) -> None:
    assert answer(expression, values) == expected


NAMES = st.sampled_from(["points", "fga", "tov"])
EXPRESSIONS = st.recursive(
    st.one_of(NAMES, st.integers(0, 99).map(str)),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
            "({0[0]} {0[1]} {0[2]})".format
        ),
        st.tuples(inner, inner).map("SAFE_DIVIDE({0[0]}, {0[1]})".format),
        st.tuples(inner, inner).map("IF({0[0]} > {0[1]}, {0[0]}, NULL)".format),
        st.tuples(inner, inner).map("COALESCE({0[0]}, {0[1]})".format),
        st.tuples(inner, inner).map("DIV(({0[0]}), ({0[1]}))".format),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_reading_what_was_printed_is_the_identity(expression: str) -> None:
    text = f"SELECT {expression} AS y FROM raw.games {BOUND}"
    tree = sqlglot.parse_one(text, read="bigquery")
    assert lint(tree) == []
    assert sqlglot.parse_one(tree.sql(dialect="bigquery"), read="bigquery") == tree
