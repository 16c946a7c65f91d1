"""The published rows of a case beside what the oracle says."""

from datetime import date, datetime
from functools import cache
from typing import Any

import pandas as pd

from nba_assets.definitions import TABLES
from nba_assets.warehouse.base import Warehouse
from nba_assets_tests.precompute.oracle.cases import Man, Side
from nba_assets_tests.precompute.oracle.features import Oracle

CUTOFFS = ("morning", "lock")
TOLERANCE = 1e-9
TEAM_TABLES = (
    "analytics.upcoming_team_game_context",
    "precompute.team_defense_zone_analysis",
)
PLAYER_TABLES = (
    "analytics.upcoming_player_game_context",
    "precompute.player_shot_zone_analysis",
    "precompute.player_daily_cache",
    "precompute.player_composite_factors",
    "precompute.ml_feature_store",
)
PER_CUTOFF = frozenset(
    name for name in (*TEAM_TABLES, *PLAYER_TABLES) if "cutoff" in TABLES[name].key
)

# Every game of the archive is published.
READY = {"is_production_ready": True}

Row = dict[str, Any]


class Judge:
    """A warehouse and the oracle over its raw rows."""

    def __init__(self, warehouse: Warehouse, oracle: Oracle) -> None:
        self.warehouse = warehouse
        self.oracle = oracle

    @cache  # noqa: B019
    def rows(self, table: str, day: date) -> list[Row]:
        found: list[Row] = self.warehouse.read(TABLES[table], [day]).to_pylist()
        return found

    def side(self, table: str, side: Side, cutoff: str | None) -> tuple[Row | None, Row]:
        """The published row of a team, and the oracle's."""
        found = _one(self.rows(table, side.day), team=side.team, cutoff=cutoff)
        if table == "precompute.team_defense_zone_analysis":
            return found, self.oracle.zones.defence(side.team, side.day) | READY
        assert cutoff is not None
        return found, self.oracle.team_context(side.team, side.day, cutoff)

    def man(self, table: str, man: Man, cutoff: str | None) -> tuple[Row | None, Row | None]:
        """The published row of a player, and the oracle's; None where he is not of the slate."""
        player = self.player_id(man.name)
        found = _one(self.rows(table, man.day), player_id=player, cutoff=cutoff)
        slates = [cutoff] if cutoff else CUTOFFS
        if not any(player in self.oracle.slate.men(man.team, man.day, c) for c in slates):
            return found, None
        expected = self._expected(table, player, man, cutoff)
        return found, expected | (READY if table.startswith("precompute.") else {})

    def _expected(self, table: str, player: str, man: Man, cutoff: str | None) -> Row:
        oracle, team, day = self.oracle, man.team, man.day
        if table == "precompute.player_shot_zone_analysis":
            return oracle.zones.shooter(player, day)
        if table == "precompute.player_daily_cache":
            return oracle.form.cache_row(player, team, day)
        assert cutoff is not None
        if table == "analytics.upcoming_player_game_context":
            return oracle.player_context(player, team, day, cutoff)
        if table == "precompute.player_composite_factors":
            return oracle.factors(player, team, day, cutoff)
        return oracle.features(player, team, day, cutoff)

    @cache  # noqa: B019
    def player_id(self, name: str) -> str:
        """The one player of the name.

        Raises:
            ValueError: where none or several bear it.
        """
        boxes = self.oracle.raw.player_box_scores
        found = set(boxes.loc[boxes["player_name"] == name, "player_id"])
        if len(found) != 1:
            raise ValueError(f"{name!r} is {len(found)} players: {sorted(found)}")
        return str(found.pop())


def differences(found: Row | None, expected: Row | None) -> list[str]:
    """What is not the same, column by column; no words where all is."""
    if found is None or expected is None:
        if found is expected:
            return []
        return ["no row is published" if found is None else "a row that should not be there"]
    return [
        f"{name} is {found[name]!r}, not {value!r}"
        for name, value in expected.items()
        if not is_same(found[name], value)
    ]


def is_same(found: Any, expected: Any) -> bool:
    """Equal; numbers to 1e-9, NULL only to NULL."""
    found, expected = _plain(found), _plain(expected)
    if found is None or expected is None:
        return found is None and expected is None
    if isinstance(expected, bool | str | list | date) or not isinstance(found, int | float):
        return bool(found == expected)
    return bool(abs(found - expected) <= TOLERANCE * max(1.0, abs(expected)))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return value
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, datetime):
        return pd.Timestamp(value).tz_convert("UTC")
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and value != value else value


def _one(rows: list[Row], **key: str | None) -> Row | None:
    """The row of a key; a part of it that is None is none of the table's."""
    wanted = {name: value for name, value in key.items() if value is not None}
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    assert len(found) <= 1, f"{wanted} has {len(found)} rows"
    return found[0] if found else None
