import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import dagster as dg
from sqlalchemy import Engine, create_engine, text

from nba_assets.automation.event_log import KEPT_OPEN, open_event_log

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
        with open_event_log():
            report(instance)
            assert "index.db" in logs(tmp_path)
        assert logs(tmp_path) == set()
        assert len(instance.fetch_materializations(DAY, limit=9).records) == 2


def test_a_reader_sees_an_event_as_soon_as_it_is_stored(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance, open_event_log():
        report(instance, times=3)
        (index,) = tmp_path.rglob("index.db")
        with sqlite3.connect(f"file:{index}?mode=ro", uri=True) as reader:
            (count,) = reader.execute("SELECT COUNT(*) FROM event_logs").fetchone()
        assert count == 3


def test_a_database_that_was_made_within_is_kept_open_too(tmp_path: Path) -> None:
    with open_event_log(), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        report(instance)
        assert "index.db" in logs(tmp_path)


def test_of_many_runs_only_the_newest_databases_are_held(tmp_path: Path) -> None:
    @dg.asset
    def nothing() -> None: ...

    with open_event_log(), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        for _ in range(KEPT_OPEN):
            assert dg.materialize([nothing], instance=instance).success
        assert len(list(tmp_path.rglob("*.db"))) > KEPT_OPEN
        assert len(logs(tmp_path)) == KEPT_OPEN


def test_what_is_asked_of_the_disk_is_asked_within_alone(tmp_path: Path) -> None:
    def waits() -> int:
        with create_engine(f"sqlite:///{tmp_path}/one.db").connect() as connection:
            found = connection.execute(text("PRAGMA synchronous")).scalar_one()
        return int(found)

    full, normal = 2, 1
    with suppress(RuntimeError), open_event_log():
        assert waits() == normal
        raise RuntimeError
    assert waits() == full


def test_an_error_within_leaves_nothing_open_and_nobody_listening(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        with suppress(RuntimeError), open_event_log():
            report(instance)
            raise RuntimeError
        assert logs(tmp_path) == set()
        report(instance)
        assert logs(tmp_path) == set()


def test_threads_share_the_connections_that_are_kept(tmp_path: Path) -> None:
    engines = [create_engine(f"sqlite:///{tmp_path}/{n}.db") for n in range(KEPT_OPEN + 4)]

    def touch(engine: Engine) -> int:
        with engine.connect() as connection:
            connection.execute(text("PRAGMA journal_mode = WAL"))
        engine.dispose()
        return 1

    with open_event_log(), ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(touch, engines * 20)) == len(engines) * 20
