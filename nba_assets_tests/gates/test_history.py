"""Tables that read earlier dates: what the engine hands over, what is waited for, what is named."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd
import pyarrow as pa
import pytest

from nba_assets.automation.backfill import RANGE_END, RANGE_START, Backfill
from nba_assets.gates.audit import Earlier, notice_gate
from nba_assets.gates.publish import NoProgress, eve_of
from nba_assets.gates.table_asset import HISTORY, OPTIONAL, sql_asset
from nba_assets.raw.lineups import LINEUPS
from nba_assets.raw.tables import GAME_DATE, SCHEDULE, TEAM, TEAM_BOX_SCORES
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets.warehouse.table import Column, Table
from nba_assets_tests.analytics.world import publish
from nba_assets_tests.gates.test_publish import DAYS, PAIRS, ROOM, teams
from nba_assets_tests.gates.verdicts import failures, verdicts
from nba_assets_tests.platform import QUIET
from nba_assets_tests.raw.payloads import desk_in
from nba_assets_tests.raw.rows import scheduled

FORM = Table(
    "analytics.form",
    "home team of a game: what came before",
    ("team",),
    (
        GAME_DATE,
        TEAM,
        Column("games", "INT64", "games in the 7 days before"),
        Column("fingerprint", "STRING", "of the inputs"),
    ),
    has_every_game=False,
)
TABLES = {t.name: t for t in (SCHEDULE, TEAM_BOX_SCORES, LINEUPS, FORM)}
REACH = 7
SQL = """
WITH tonight AS (
  SELECT game_date, home_team AS team FROM raw.schedule
  WHERE game_date BETWEEN @start_date AND @end_date
),
named AS (
  SELECT DISTINCT game_date, team FROM raw.lineups
  WHERE game_date BETWEEN @start_date AND @end_date
),
played AS (
  SELECT game_date, team, game_id FROM raw.team_box_scores
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 7 DAY) AND game_date < @end_date
)
SELECT t.game_date, t.team, COUNT(played.game_id) AS games, '' AS fingerprint
FROM tonight AS t
LEFT JOIN named ON named.game_date = t.game_date AND named.team = t.team
LEFT JOIN played
  ON played.team = t.team
  AND played.game_date < t.game_date
  AND played.game_date >= DATE_SUB(t.game_date, INTERVAL 7 DAY)
GROUP BY t.game_date, t.team
"""


def fingerprinted(rows: pa.Table, digests: Mapping[str, str]) -> pa.Table:
    text = ",".join(f"{name}@{digest[:6]}" for name, digest in sorted(digests.items()))
    column = rows.column_names.index("fingerprint")
    return rows.set_column(column, "fingerprint", pa.array([text] * rows.num_rows, pa.string()))


def earlier_dates(rows: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Each date that is judged is told with what was published before it."""
    known = ", ".join(str(day) for day in sorted(set(earlier["game_date"])))
    days = sorted(set(rows["game_date"]))
    return pd.DataFrame({"game_date": days, "reason": [f"{list(earlier)}: {known}" for _ in days]})


class World:
    """`analytics.form` over schedules and box scores that a test has planted."""

    def __init__(self, home: Path, sql: str = SQL) -> None:
        file = home / "form.sql"
        file.write_text(sql)
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)
        games = SCHEDULE.rows(scheduled(*pair, day) for pair in PAIRS for day in DAYS)
        publish(self.warehouse, SCHEDULE, games, DAYS)
        self.played(*DAYS)
        self.instance = dg.DagsterInstance.local_temp(str(home))
        self.asset = sql_asset(
            ROOM,
            FORM,
            file,
            after=(LINEUPS,),
            gates=[
                notice_gate(
                    "dates_are_told", earlier_dates, Earlier(FORM, 1, ("game_date", "team"))
                )
            ],
            finish=fingerprinted,
        )
        self.defs = dg.Definitions(
            assets=[self.asset],
            resources={
                "desk": desk_in(home),
                "warehouse": self.warehouse,
                "progress": NoProgress(),
            },
        )

    def played(self, *days: date) -> None:
        rows = TEAM_BOX_SCORES.rows(row for day in days for row in teams(*PAIRS, day=day))
        publish(self.warehouse, TEAM_BOX_SCORES, rows, days)

    def forget(self, day: date) -> None:
        self.warehouse.path(TEAM_BOX_SCORES, day).unlink()

    def run(self, first: date, last: date | None = None) -> dg.ExecuteInProcessResult:
        return self.defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=self.instance,
            tags={RANGE_START: str(first), RANGE_END: str(last or first)},
            run_config=QUIET,
            raise_on_error=False,
        )

    def games(self, day: date) -> list[int]:
        return list(self.read(day)["games"])

    def read(self, *days: date) -> pd.DataFrame:
        return pd.DataFrame(self.warehouse.read(FORM, days).to_pandas())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    with made.instance:
        yield made


def test_a_date_knows_the_games_before_it_and_none_of_its_own(world: World) -> None:
    assert world.run(DAYS[0], DAYS[-1]).success
    assert [set(world.games(day)) for day in DAYS] == [{0}, {1}, {2}]


def test_a_range_run_equals_its_days(tmp_path: Path, world: World) -> None:
    assert world.run(DAYS[0], DAYS[-1]).success
    ranged = world.read(*DAYS)
    for day in DAYS:
        assert world.run(day).success
    pd.testing.assert_frame_equal(world.read(*DAYS), ranged, check_exact=True)


def test_a_query_that_would_see_its_own_date_is_given_none_and_differs_from_its_range(
    tmp_path: Path,
) -> None:
    leaking = World(tmp_path, SQL.replace("game_date < t.game_date", "game_date <= t.game_date"))
    with leaking.instance:
        assert leaking.run(DAYS[1]).success
        assert set(leaking.games(DAYS[1])) == {1}
        assert leaking.run(DAYS[0], DAYS[-1]).success
        assert set(leaking.games(DAYS[1])) == {2}


def test_the_eve_is_waited_for_and_a_gap_further_back_is_named(world: World) -> None:
    world.forget(DAYS[1])
    assert not world.run(DAYS[2]).success
    world.played(DAYS[1])
    world.forget(DAYS[0])
    result = world.run(DAYS[1])
    assert failures(result)["analytics__form"].startswith(
        f"analytics.form {DAYS[1]} held back by rows_keep_the_contract: 1 offender: required_inputs:"
        f" raw.team_box_scores is not published for {DAYS[0]}, the eve; materialize it first"
    )
    assert world.run(DAYS[2]).success
    (record,) = world.instance.fetch_materializations(self_key(), limit=1).records
    assert record.asset_materialization
    named = record.asset_materialization.metadata["history_gaps"].value
    assert named == f"raw.team_box_scores: {DAYS[0]}"


def test_a_gate_sees_as_many_earlier_dates_of_its_own_table_as_it_asks_for(world: World) -> None:
    gate = ("analytics/form", "dates_are_told")
    told = [verdicts(world.instance, world.run(day))[*gate, day].named for day in DAYS]
    assert told == [f"['game_date', 'team']: {day}".strip() for day in ("", *DAYS[:2])]
    ranged = verdicts(world.instance, world.run(DAYS[1], DAYS[2]))
    assert {ranged[*gate, day].named for day in DAYS[1:]} == {f"['game_date', 'team']: {DAYS[0]}"}


def self_key() -> dg.AssetKey:
    return dg.AssetKey(["analytics", "form"])


def test_the_first_date_of_the_window_has_no_eve_to_wait_for(world: World) -> None:
    assert world.run(DAYS[0]).success
    assert eve_of(DAYS[0], DAYS[0]) is None
    assert eve_of(DAYS[1], DAYS[0]) == DAYS[0]
    opening = date(2025, 10, 21)
    assert eve_of(opening, date(2021, 10, 19)) is None, "between seasons nothing is waited for"


def test_the_edge_of_a_history_is_the_eve_and_its_reach_is_told(world: World) -> None:
    spec = world.asset.get_asset_spec(self_key())
    mappings = {dep.asset_key.to_user_string(): dep.partition_mapping for dep in spec.deps}
    assert mappings == {
        "raw/schedule": None,
        "raw/lineups": None,
        "raw/team_box_scores": dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1),
    }
    assert spec.metadata[HISTORY] == {"raw/team_box_scores": REACH}
    assert spec.metadata[OPTIONAL] == ["raw/lineups"]


def test_a_backfill_asks_for_the_dates_whose_eve_is_there_and_needs_no_optional_input(
    world: World,
) -> None:
    for name in ("raw/schedule", "raw/team_box_scores"):
        for day in (DAYS[0], DAYS[2]) if name.endswith("scores") else DAYS:
            world.instance.report_runless_asset_event(
                dg.AssetMaterialization(name.split("/"), partition=str(day))
            )
    upstream = [
        dg.AssetSpec(t.name.split("."), partitions_def=ROOM.game_dates)
        for t in (SCHEDULE, TEAM_BOX_SCORES, LINEUPS)
    ]
    defs = dg.Definitions(
        assets=[world.asset, *upstream],
        resources={
            "desk": desk_in(world.warehouse.root.parent),
            "warehouse": world.warehouse,
            "progress": NoProgress(),
        },
        executor=dg.in_process_executor,
    )
    work = Backfill(defs, world.instance, {self_key()})
    runs = [run for layer in work.layers for run in work.run(layer, DAYS, "test")]
    assert [run.dates for run in runs] == [(DAYS[0], DAYS[1])]
    assert [(left.day, left.lacks) for left in work.left_out] == [
        (DAYS[2], ("raw/team_box_scores",))
    ]


def test_what_is_finished_sees_the_digests_of_its_inputs(world: World) -> None:
    assert world.run(DAYS[1]).success
    digest = world.warehouse.digest(SCHEDULE, DAYS[1])
    assert digest
    assert set(world.read(DAYS[1])["fingerprint"]) == {f"raw.schedule/{DAYS[1]}@{digest[:6]}"}


def test_an_optional_input_that_the_sql_does_not_read_does_not_build(tmp_path: Path) -> None:
    file = tmp_path / "form.sql"
    file.write_text(SQL)
    with pytest.raises(LookupError, match=r"form\.sql does not read analytics\.form"):
        sql_asset(ROOM, FORM, file, after=(FORM,))
