"""The raw rows that the oracle reads, and the instants it reads them at."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow.dataset as ds

from nba_assets.definitions import TABLES

# Columns of a row; a frame knows no more of their types.
Values = dict[str, Any]

# Kinds of games that were to be played, and those of them that form and seasons are made of.
COVERED = ("regular", "cup_final", "play_in", "playoffs")
COUNTED = ("regular", "play_in", "playoffs")
YEARS_BACK = 3
OPTIONAL = ("shots", "player_prop_lines", "game_lines", "rosters", "injuries")


@dataclass(frozen=True)
class Raw:
    """Raw tables as frames; a field is the table of its name."""

    schedule: pd.DataFrame
    player_box_scores: pd.DataFrame
    team_box_scores: pd.DataFrame
    shots: pd.DataFrame
    lineups: pd.DataFrame
    player_prop_lines: pd.DataFrame
    game_lines: pd.DataFrame
    arenas: pd.DataFrame
    arena_distances: pd.DataFrame
    rosters: pd.DataFrame
    injuries: pd.DataFrame

    @classmethod
    def of(cls, warehouse: Path) -> "Raw":
        """Read every published file of a warehouse.

        Raises:
            FileNotFoundError: naming the table of which nothing is published, unless it is of a
                feed that a home may lack.
            ValueError: where there are rosters or injury reports: the recorded seasons have none,
                and what a slate is made of where there are is not told here.
        """
        raw = cls(**{field.name: _read(warehouse / "raw" / field.name) for field in fields(cls)})
        for name in ("rosters", "injuries"):
            if len(rows := getattr(raw, name)):
                raise ValueError(f"raw.{name} has {len(rows)} rows; the oracle knows of none")
        return raw


def _read(folder: Path) -> pd.DataFrame:
    files = sorted(str(path) for path in folder.glob("**/*.parquet"))
    if not files and folder.name in OPTIONAL:
        nothing: pd.DataFrame = TABLES[f"raw.{folder.name}"].rows([]).to_pandas()
        return nothing
    if not files:
        raise FileNotFoundError(f"no rows of {folder.name} in {folder.parent}")
    rows: pd.DataFrame = ds.dataset(files).to_table().to_pandas()
    return rows


def three_years_before(day: date) -> date:
    """The same day of the calendar three years ago."""
    return (pd.Timestamp(day) - pd.DateOffset(years=YEARS_BACK)).date()


def days_before(day: date, days: int) -> date:
    return day - timedelta(days=days)


def morning_of(day: date) -> pd.Timestamp:
    """10:00 on the clocks of New York."""
    return pd.Timestamp(datetime.combine(day, time(10), ZoneInfo("America/New_York")))


def mean(values: pd.Series, at_least: int = 1) -> float | None:
    """The mean of what is known, where there are as many rows."""
    known = values.dropna()
    if len(values) < at_least or known.empty:
        return None
    return float(known.mean())


def ratio(above: float, below: float) -> float | None:
    return None if below == 0 else float(above) / float(below)


def clamp(value: float | None, least: float, most: float) -> float | None:
    return None if value is None else max(least, min(most, value))


def lower_median(values: pd.Series) -> float | None:
    """The middle one, of an even number the lower of the two in the middle."""
    ordered = sorted(values)
    return float(ordered[(len(ordered) - 1) // 2]) if ordered else None
