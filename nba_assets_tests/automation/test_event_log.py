import sqlite3
from pathlib import Path

import dagster as dg

from nba_assets.automation.event_log import KEPT_OPEN, lighter_event_log

DAY = dg.AssetKey(["raw", "schedule"])


def report(instance: dg.DagsterInstance, times: int = 1) -> None:
    for _ in range(times):
        instance.report_runless_asset_event(dg.AssetMaterialization(DAY))


def logs(home: Path) -> set[str]:
    """Databases whose write-ahead log was not written back."""
    return {path.name.removesuffix("-wal") for path in home.rglob("*.db-wal")}


def test_the_log_of_a_database_is_written_back_once_at_the_end(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        report(instance)
        assert logs(tmp_path) == set()
        with lighter_event_log():
            report(instance)
            assert "index.db" in logs(tmp_path)
        assert logs(tmp_path) == set()
        assert len(instance.fetch_materializations(DAY, limit=9).records) == 2


def test_a_reader_sees_an_event_as_soon_as_it_is_stored(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance, lighter_event_log():
        report(instance, times=3)
        (index,) = tmp_path.rglob("index.db")
        with sqlite3.connect(f"file:{index}?mode=ro", uri=True) as reader:
            (count,) = reader.execute("SELECT COUNT(*) FROM event_logs").fetchone()
        assert count == 3


def test_a_database_that_was_made_within_is_kept_open_too(tmp_path: Path) -> None:
    with lighter_event_log(), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        report(instance)
        assert "index.db" in logs(tmp_path)


def test_of_many_runs_only_the_newest_databases_are_held(tmp_path: Path) -> None:
    @dg.asset
    def nothing() -> None: ...

    with lighter_event_log(), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        for _ in range(KEPT_OPEN):
            assert dg.materialize([nothing], instance=instance).success
        assert len(list(tmp_path.rglob("*.db"))) > KEPT_OPEN
        assert len(logs(tmp_path)) <= KEPT_OPEN
