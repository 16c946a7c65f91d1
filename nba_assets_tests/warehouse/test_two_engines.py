"""Every `.sql` file of the package means to BigQuery what DuckDB makes of it: names, types and rows."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import nba_assets
from nba_assets.definitions import TABLES
from nba_assets.warehouse.sql import Query
from nba_assets.warehouse.table import Table
from nba_assets_tests.warehouse.small_league import DATES, SmallLeague

pytest.importorskip("zetasql", reason="without zetasql it is unproven what BigQuery would say")

from nba_assets_tests.warehouse.comparison import differences
from nba_assets_tests.warehouse.reference import Reference, RefusedSqlError

UNDATED = frozenset(table.name for table in TABLES.values() if table.is_undated)
QUERIES = {
    f"{path.parent.name}.{path.stem}": Query(path, UNDATED)
    for path in sorted(Path(nba_assets.__file__).parent.rglob("*.sql"))
}
# The dates before it are history; of the rest each date is both a tonight and a history.
SPAN = {"start_date": DATES[3], "end_date": DATES[-1]}
EVERYTHING = {"start_date": DATES[0], "end_date": DATES[-1]}
# What the SQL leaves to the publish step, which stamps it.
STAMPED_LATER = {"completeness_pct"}
# Columns of all forecasts that a formula has nothing to say in, by its table.
_NO_MODEL = {"forecast_minutes", "model_id", "model_age_weeks"}
_NO_ADJUSTMENT = {"venue_points", "fatigue_points", "zone_points", "pace_points", "usage_points"}
NEVER_SAID = {
    "predictions.line": {*_NO_MODEL, "form_points", *_NO_ADJUSTMENT, "games_used"},
    "predictions.ewma": {*_NO_MODEL, *_NO_ADJUSTMENT},
    "predictions.moving_average": _NO_MODEL,
    "predictions.zone_matchup": {*_NO_MODEL, "usage_points"},
    "predictions.similarity": {*_NO_MODEL, "venue_points"},
}
BROKEN = {
    "an unknown column": ("game_date", "nobody"),
    "an unknown function": ("SELECT", "SELECT NOBODY(1) AS n,"),
    "an unknown table": ("raw.", "raw.no_"),
}


def parameters(query: Query, values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name in query.parameters}


def in_duckdb(query: Query, rows: Mapping[str, pa.Table], values: Mapping[str, object]) -> pa.Table:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in query.upstreams:
            schema, table = name.split(".")
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.register(f"{schema}_{table}", rows[name])
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {schema}_{table}")
        return connection.execute(query.duckdb, parameters(query, values)).to_arrow_table()


class World(Mapping[str, pa.Table]):
    """Rows of every table: those of a league, and what each query makes of the rows it reads."""

    def __init__(self, league: SmallLeague) -> None:
        self.league = league
        self._rows: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._rows:
            self._rows[name] = self._made(name)
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)

    def _made(self, name: str) -> pa.Table:
        table = TABLES[name]
        if name not in QUERIES:
            return table.rows(self.league.of(table))
        found = in_duckdb(QUERIES[name], self, EVERYTHING)
        schema = table.schema_of()
        return found.select(schema.names).cast(schema)


@pytest.fixture(scope="module")
def world() -> World:
    return World(SmallLeague())


def read_by(query: Query, world: World) -> dict[str, pa.Table]:
    return {name: world[name] for name in query.upstreams}


def test_there_is_a_query_for_each_room_of_sql() -> None:
    assert {name.split(".")[0] for name in QUERIES} >= {"analytics"}
    assert set(QUERIES) <= set(TABLES)


@pytest.mark.parametrize("name", QUERIES)
def test_bigquery_sees_the_columns_of_the_contract(name: str) -> None:
    query = QUERIES[name]
    declared = {column.name: column.type for column in TABLES[name].columns}
    assert dict(Reference(TABLES).columns(query.text, parameters(query, SPAN))) == declared


@pytest.mark.parametrize("name", QUERIES)
def test_both_engines_answer_the_same_rows(name: str, world: World) -> None:
    query = QUERIES[name]
    rows = read_by(query, world)
    answer = Reference(TABLES).answer(query.text, rows, parameters(query, SPAN))
    found = in_duckdb(query, rows, SPAN)
    table = TABLES[name]
    assert differences(answer, found, key_of(table)) == []


@pytest.mark.parametrize("name", QUERIES)
def test_no_column_is_compared_on_nulls_alone(name: str, world: World) -> None:
    found = in_duckdb(QUERIES[name], world, SPAN)
    empty = {c for c in found.column_names if found[c].null_count == found.num_rows}
    assert empty - STAMPED_LATER == NEVER_SAID.get(name, set())


def key_of(table: Table) -> list[str]:
    return list(dict.fromkeys([*(() if table.is_undated else ("game_date",)), *table.key]))


@pytest.mark.parametrize(("old", "new"), BROKEN.values(), ids=BROKEN.keys())
def test_analysis_refuses_a_query_that_says(old: str, new: str) -> None:
    query = QUERIES["analytics.team_offense_game_summary"]
    with pytest.raises(RefusedSqlError, match=r"(?i)no_|nobody"):
        Reference(TABLES).columns(query.text.replace(old, new, 1), SPAN)


def test_a_query_that_says_something_else_is_found_to_differ(world: World) -> None:
    query = QUERIES["analytics.team_offense_game_summary"]
    rows = read_by(query, world)
    changed = query.text.replace("48 + 5 *", "48 + 6 *")
    answer = Reference(TABLES).answer(changed, rows, EVERYTHING)
    found = differences(answer, in_duckdb(query, rows, EVERYTHING), ["game_id", "team"])
    # One overtime, two sides: nothing else depends on the length of a game.
    assert [text.split(":")[0].split()[-1] for text in found] == ["pace", "pace"]


def test_one_cell_of_one_input_is_found_to_differ(world: World) -> None:
    query = QUERIES["analytics.team_offense_game_summary"]
    rows = read_by(query, world)
    answer = Reference(TABLES).answer(query.text, rows, SPAN)
    teams = rows["raw.team_box_scores"]
    last = pc.equal(pa.array(range(teams.num_rows)), teams.num_rows - 1)
    points = pc.if_else(last, pc.add(teams["points"], 1), teams["points"])
    at = teams.column_names.index("points")
    planted = rows | {"raw.team_box_scores": teams.set_column(at, "points", points)}
    assert differences(answer, in_duckdb(query, planted, SPAN), ["game_id", "team"])


def test_the_league_holds_what_the_engines_are_to_agree_on(world: World) -> None:
    schedule = world["raw.schedule"]
    assert {"final", "postponed"} == set(schedule["status"].to_pylist())
    assert pc.max(schedule["overtime_periods"]).as_py() == 1
    assert pc.any(schedule["is_neutral"]).as_py()
    nullable = {
        (table.name, column.name)
        for table in TABLES.values()
        if table.name in world.league.rows
        for column in table.columns
        if column.null_means is not None and world[table.name][column.name].null_count
    }
    assert len(nullable) > 60
