"""Homes that hold the raw tables of a season and nothing that is made of them.

`python -m nba_assets_tests.bench.homes` records the published raw dates of a home in its event log: a
backfill asks only for dates whose inputs are recorded.
"""

import os
import re
import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nba_assets.definitions import TABLES
from nba_assets.gates.table_asset import asset_key
from nba_assets.partitions import season
from nba_assets_tests.bench.processes import REPLAYED, backfill, process

UNPREFIXED = re.compile("^[0-9]{8}_")
RAW = "group:landing or group:raw"


def raw_home(
    home: Path, first: date, last: date, world: Mapping[str, str] = REPLAYED
) -> tuple[Path, float]:
    """A home whose landing and raw tables of the dates are made by the platform, and the seconds it took."""
    return home, backfill(home, first, last, (first, last), RAW, world).seconds


def with_raw_of(
    source: Path, home: Path, first: date, last: date, world: Mapping[str, str] = REPLAYED
) -> Path:
    """A new home with the raw dates of another, linked and recorded."""
    for path in sorted((source / "warehouse" / "raw").glob("*/**/part-0.parquet")):
        day = path.parent.name.partition("=")[2]
        if not day or str(first) <= day <= str(last):
            copy = home / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, copy) if _one_device(path, home) else copy.write_bytes(path.read_bytes())
    return recorded(home, first, last, world)


def copied(home: Path, to: Path) -> Path:
    """Another home of the same raw dates and event log; files are replaced whole, so a link will do."""
    shutil.copytree(home, to, copy_function=os.link, ignore=shutil.ignore_patterns("dagster"))
    shutil.copytree(home / "dagster", to / "dagster")
    (to / "bench.log").unlink(missing_ok=True)
    return to


def with_seasons(
    source: Path, home: Path, first: date, last: date, seasons: int, world: Mapping[str, str]
) -> list[tuple[date, date]]:
    """A new home with a season's raw dates, and the same games again as of the seasons before it.

    Each opens on its own opening night, and a date keeps its weekday. Ids of games, seasons and instants move with their dates, and birthdays too, or the youngest were
    too young to play; players keep their ids, so that the last season's rows have all earlier ones for
    their history.

    Returns:
        the seasons' first and last dates, oldest first.
    """
    earlier = {years: first - season(first.year - years).first for years in range(seasons)}
    for path in sorted((source / "warehouse" / "raw").glob("*/**/part-0.parquet")):
        day = path.parent.name.partition("=")[2]
        if day and not str(first) <= day <= str(last):
            continue
        rows = pq.ParquetFile(path).read()
        for years in range(seasons) if day else (0,):
            copy = home / path.relative_to(source)
            if years:
                moved = date.fromisoformat(day) - earlier[years]
                copy = copy.parents[1] / f"game_date={moved}" / copy.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(_moved(rows, years, earlier[years]), copy, compression="lz4")
    spans = [(first - earlier[n], last - earlier[n]) for n in reversed(range(seasons))]
    recorded(home, spans[0][0], last, world)
    return spans


def recorded(home: Path, first: date, last: date, world: Mapping[str, str]) -> Path:
    """The home, with its published raw dates in its event log."""
    process(home, ["-m", "nba_assets_tests.bench.homes"], (first, last), world)
    return home


def _one_device(path: Path, home: Path) -> bool:
    return path.stat().st_dev == home.stat().st_dev


def _moved(rows: pa.Table, years: int, earlier: timedelta) -> pa.Table:
    """The rows as of a season that many years, and exactly so much, earlier."""
    if not years:
        return rows
    for place, field in enumerate(rows.schema):
        values = rows[field.name]
        if pa.types.is_date(field.type):
            values = pc.cast(pc.subtract(values, pa.scalar(earlier)), field.type)
        elif pa.types.is_timestamp(field.type):
            values = pc.subtract(values, pa.scalar(earlier, pa.duration("us")))
        elif field.name == "season_year":
            values = pc.subtract(values, years)
        elif field.name in ("game_id", "nba_game_id"):
            known = {v: _renamed(v, years, earlier) for v in pc.unique(values).to_pylist()}
            values = pa.array([known[v] for v in values.to_pylist()], pa.string())
        else:
            continue
        rows = rows.set_column(place, field, pc.cast(values, field.type))
    return rows


def _renamed(name: str | None, years: int, earlier: timedelta) -> str | None:
    """`20251021_HOU_OKC` by its date, `0022500001` by the two digits of its season."""
    if name is None:
        return None
    if UNPREFIXED.match(name):
        day = date.fromisoformat(f"{name[:4]}-{name[4:6]}-{name[6:8]}") - earlier
        return f"{day:%Y%m%d}{name[8:]}"
    return f"{name[:3]}{(int(name[3:5]) - years) % 100:02d}{name[5:]}"


def _record(home: Path) -> None:
    (home / "WORLD").write_text(
        "sandbox" if os.environ["NBA_ASSETS_SOURCE"] == "sandbox" else "real"
    )
    with dg.DagsterInstance.get() as instance:
        for path in sorted((home / "warehouse" / "raw").glob("*/**/part-0.parquet")):
            table = TABLES[f"raw.{path.relative_to(home / 'warehouse' / 'raw').parts[0]}"]
            day = path.parent.name.partition("=")[2] or None
            instance.report_runless_asset_event(
                dg.AssetMaterialization(asset_key(table), partition=day)
            )


if __name__ == "__main__":
    _record(Path(os.environ["NBA_ASSETS_HOME"]))
