"""Names that led to nobody, over all tables: their gate, what the quarantine holds, how to bring it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from nba_assets.gates.audit import Gate, aside_gate

GATE = "every_name_is_resolved"  # of each table that reads players by their names
UNRESOLVED = (
    "unresolved_names"  # its evidence: what a body says of each name, and why it is nobody's
)
_DATED = "game_date="


def unresolved_names(_rows: pd.DataFrame, unresolved: pd.DataFrame) -> pd.DataFrame:
    """A name that is dropped is a man missing in silence; one that is guessed gives him another's numbers.

    An alias, or a body of the NBA that lists him, brings him back when the date is made again.
    """
    return unresolved


NAME_GATE: Gate = aside_gate(GATE, unresolved_names, UNRESOLVED)


@dataclass(frozen=True)
class UnresolvedName:
    """A spelling that one table could not use.

    Attributes:
        name: as the provider writes it.
        teams: that he was looked for in.
        table: `schema.table` whose rows he is missing from.
        dates: the game dates, sorted.
        count: of quarantined entries.
        reason: of the newest.
        landing_path: of one body that has him, the newest.
    """

    name: str
    teams: str
    table: str
    dates: tuple[date, ...]
    count: int
    reason: str
    landing_path: str

    @property
    def replay(self) -> str:
        """The command that reads the same bodies again, once an alias says who is meant."""
        asset = self.table.replace(".", "/")
        return f"nba-assets backfill --from {self.dates[0]} --to {self.dates[-1]} --select {asset}"


def unresolved_names_in(quarantine: Path) -> list[UnresolvedName]:
    """Every name in quarantine, by table and spelling.

    Args:
        quarantine: the folder of held rows, one file per table, date and gate.
    """
    parts = list(_quarantined(quarantine))
    if not parts:
        return []
    rows = pd.concat(parts, ignore_index=True)
    return [
        UnresolvedName(
            str(name),
            str(teams),
            str(table),
            tuple(sorted(set(own["game_date"]))),
            len(own),
            newest["quarantine_reason"],
            newest["landing_path"],
        )
        for (table, name, teams), own in rows.groupby(["table", "player_name", "teams"])
        for newest in [own.sort_values(["game_date", "landing_path"]).iloc[-1]]
    ]


def _quarantined(quarantine: Path) -> Iterator[pd.DataFrame]:
    for path in sorted(quarantine.glob(f"*/*/{_DATED}*/{GATE}.parquet")):
        folder = path.parent
        rows = pd.read_parquet(path)
        yield pd.DataFrame(
            {
                "table": f"{folder.parents[1].name}.{folder.parent.name}",
                "game_date": date.fromisoformat(folder.name.removeprefix(_DATED)),
                "player_name": rows["player_name"],
                "teams": rows["team"] if "team" in rows else rows["game_id"].map(_sides),
                "quarantine_reason": rows["quarantine_reason"],
                "landing_path": rows["landing_path"],
            }
        )


def _sides(game_id: str) -> str:
    """The two teams of `YYYYMMDD_AWAY_HOME`."""
    return ", ".join(game_id.split("_")[1:])
