"""What every raw table brings: a contract, the rows of its dates, the feeds they are read from, and gates."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from nba_assets.gates.audit import Gate, listed
from nba_assets.gates.publish import Compute
from nba_assets.landing.desk import Desk, Reading
from nba_assets.sources.feed import Feed
from nba_assets.warehouse.table import Table, tier

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Entity:
    """One raw table as it is made; its asset follows from it.

    Attributes:
        table: the contract.
        rows: dates → rows, from landing and the tables it reads.
        feeds: that it is read from, the most trusted first.
        reads: tables that have to be published before it.
        after: tables that are made before it and read where they are published.
        gates: beside the contract's own.
    """

    table: Table
    rows: Compute
    feeds: tuple[Feed, ...]
    reads: tuple[Table, ...] = ()
    after: tuple[Table, ...] = ()
    gates: tuple[Gate, ...] = ()

    @property
    def source(self) -> Path:
        """The file a person opens to change it."""
        function: Any = getattr(self.rows, "func", self.rows)
        return Path(inspect.getfile(function))


@dataclass
class DateNotes:
    """What a date's rows do not show: why there are none, what was passed over, what was left out."""

    missing_input: str = ""
    passed_over: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    collapsed: int = 0
    corrections: int = 0
    unmatched: list[str] = field(default_factory=list)

    def pass_over(self, reading: Reading) -> None:
        """Name the bodies that a reading had to pass over."""
        for refused in reading.passed_over:
            if str(refused) not in self.passed_over:
                self.passed_over.append(str(refused))


def in_metadata(notes: Mapping[date, DateNotes]) -> dict[date, dict[str, object]]:
    """The notes as metadata of the dates' events."""
    return {
        day: {
            **({"passed_over": listed(n.passed_over)} if n.passed_over else {}),
            **({"left_out": listed(n.left_out)} if n.left_out else {}),
            **({"unmatched": listed(n.unmatched)} if n.unmatched else {}),
            **({"unmatched_count": len(n.unmatched)} if n.unmatched else {}),
            **({"identical_copies_collapsed": n.collapsed} if n.collapsed else {}),
            **({"corrections": n.corrections} if n.corrections else {}),
        }
        for day, n in notes.items()
    }


def missing_inputs(notes: Mapping[date, DateNotes]) -> dict[date, list[str]]:
    """What dates could not be made without."""
    return {day: [n.missing_input] for day, n in notes.items() if n.missing_input}


def source_name(desk: Desk, feed: str) -> str:
    """The feed's name in the `source` column; simulated rows are labelled as such."""
    return f"sandbox:{feed}" if desk.settings.synthetic else feed


def provenance(
    desk: Desk,
    feed: Feed,
    reading: Reading,
    *,
    is_bootstrap: bool,
    score: int | None = None,
    degraded: Sequence[str] = (),
) -> Row:
    """The quality and lineage columns of rows that were read from one body.

    Args:
        desk: that read it.
        feed: whose body it is.
        reading: the body.
        is_bootstrap: of the rows' game.
        score: trust, where it is not that of the reading's route.
        degraded: why the rows are not from their first source; a path has no place in it, for a path
            holds an instant and the same body of later would be a change.
    """
    trust = feed.score_of(reading.route) if score is None else score
    return {
        "source": source_name(desk, feed.name),
        "source_score": trust,
        "quality_score": trust,
        "quality_tier": tier(trust),
        "completeness_pct": 100.0,
        "is_degraded": bool(degraded),
        "degraded_reasons": list(degraded),
        "is_bootstrap": is_bootstrap,
        "observed_at": reading.observed_at,
        "landing_path": reading.path,
    }


def collapse(rows: Sequence[Row]) -> list[Row]:
    """Identical copies are one row; copies that differ stay, for the key to find."""
    return list({tuple(sorted((k, repr(v)) for k, v in row.items())): row for row in rows}.values())


def on_date(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows of one game date."""
    return frame[frame["game_date"] == day]
