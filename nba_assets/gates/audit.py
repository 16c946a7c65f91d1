"""Holding staged rows to a table's gates: verdicts per date, what is held out, what may be published."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.warehouse.table import Table

CONTRACT_GATE = "rows_keep_the_contract"
_SHOWN = 10  # offenders named in a message; all of them are in the quarantine or the count
# Judged last, by the rows that the gates which quarantine let through.
_OF_WHAT_IS_LEFT = ("partition", "notice")


@dataclass(frozen=True)
class Earlier:
    """What a gate reads of its own table's published dates before those it judges.

    Attributes:
        table: the table it is a gate of.
        days: how many before the first date.
        columns: of the rows.
    """

    table: Table
    days: int
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.table.name} of the last {self.days} days"


@dataclass(frozen=True)
class Gate:
    """One promise of a table, as the offenders that break it.

    Attributes:
        name: a sentence that is true when it passes.
        holds: "row": the offenders are quarantined and the rest is published, degraded; "game": so
            are all rows of the offenders' games; "aside": the offenders are no rows of the table but
            what could not become one, and are quarantined as they are; "partition": the date is
            held. A partition gate may return a column `blocks`: offenders without it are named and
            the date is published, degraded; "notice": the offenders are told in the verdict, and
            neither rows nor date are touched.
        find: rows, then the inputs in order → offenders with `game_date`, `reason` and, for a game
            gate, `game_id`; those of a row gate keep their index.
        inputs: what `find` reads beside the rows: tables as published, evidence by name, or the
            table's own earlier dates.
    """

    name: str
    holds: Literal["row", "game", "aside", "partition", "notice"]
    find: Callable[..., pd.DataFrame]
    inputs: tuple[Table | str | Earlier, ...] = ()

    @property
    def description(self) -> str:
        """What it would cost to publish in spite of it: the docstring of `find`."""
        return " ".join((self.find.__doc__ or "").split("\n\n")[0].split())

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables it reads."""
        return tuple(i for i in self.inputs if isinstance(i, Table))


def row_gate(name: str, find: Callable[..., pd.DataFrame], *inputs: Table | str | Earlier) -> Gate:
    """A gate that quarantines bad rows and lets the others through."""
    return Gate(name, "row", find, inputs)


def game_gate(name: str, find: Callable[..., pd.DataFrame], *inputs: Table | str) -> Gate:
    """A gate that quarantines one bad game and lets the others through."""
    return Gate(name, "game", find, inputs)


def aside_gate(name: str, find: Callable[..., pd.DataFrame], evidence: str) -> Gate:
    """A gate on what could not become a row of the table: it is quarantined, and counted."""
    return Gate(name, "aside", find, (evidence,))


def partition_gate(name: str, find: Callable[..., pd.DataFrame], *inputs: Table | str) -> Gate:
    """A gate that holds the date."""
    return Gate(name, "partition", find, inputs)


def notice_gate(
    name: str, find: Callable[..., pd.DataFrame], *inputs: Table | str | Earlier
) -> Gate:
    """A gate that tells of what it finds among the rows that the others leave, and changes nothing."""
    return Gate(name, "notice", find, inputs)


@dataclass
class Verdict:
    """What one gate found on one date.

    `cutoffs` says of each offender which cut-off's rows it is about; empty where it is about all.
    """

    gate: str
    offenders: list[str]
    effect: Literal["passed", "notices", "degrades", "quarantines", "holds"]
    is_of_rows: bool = False
    cutoffs: list[str] = field(default_factory=list)


@dataclass
class Audit:
    """What the gates left of one date.

    Attributes:
        verdicts: one per gate, in their order.
        rows: what may be published, where nothing holds the date.
        held: rows held out, by gate.
        refusals: why the date is held; empty where it is published.
        reasons: why the published date is degraded.
        reasons_of: by cut-off, those of them that are about its rows alone: what happens at a lock is
            no word about the morning.
    """

    day: date
    verdicts: list[Verdict] = field(default_factory=list)
    rows: pa.Table | None = None
    held: dict[str, pd.DataFrame] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    reasons_of: dict[str, list[str]] = field(default_factory=dict)


def audit(
    table: Table,
    dates: Sequence[date],
    rows: pa.Table,
    gates: Iterable[Gate],
    inputs: Mapping[str, pd.DataFrame],
    missing_inputs: Mapping[date, Sequence[str]],
) -> dict[date, Audit]:
    """Run the contract and every gate over a range, each date judged by its own rows.

    Gates that quarantine come first: what they hold out is missing for the partition gates, so that a night of
    quarantined games is not a covered night, and no notice is of it.

    Args:
        table: the contract.
        dates: the dates that were computed; a date without rows is judged too.
        rows: staged rows of all dates.
        gates: of the table, beside its contract.
        inputs: a frame by the name of each gate input.
        missing_inputs: what a date could not be computed without.
    """
    audits = {day: Audit(day) for day in dates}
    broken = contract_breaks(table, rows, dates)
    for day, found in audits.items():
        offences = [*missing_inputs.get(day, ()), *broken.get(day, ()), *broken.get(None, ())]
        _conclude(found, Verdict(CONTRACT_GATE, offences, "holds" if offences else "passed"))
    if None in broken:
        # Columns or types are off: no gate could read the rows.
        for found in audits.values():
            found.verdicts += [
                Verdict(g.name, ["not judged: columns are off"], "holds") for g in gates
            ]
        return audits
    frame = rows.to_pandas()
    ordered = sorted(gates, key=lambda gate: gate.holds in _OF_WHAT_IS_LEFT)
    held = pd.Series(False, frame.index)
    for gate in ordered:
        seen = frame[~held] if gate.holds in _OF_WHAT_IS_LEFT else frame
        offenders = gate.find(seen, *(inputs[_name(i)] for i in gate.inputs))
        for day, found in audits.items():
            own = offenders[offenders["game_date"] == day]
            _conclude(found, _verdict(gate, own))
            if gate.holds not in _OF_WHAT_IS_LEFT and len(own):
                quarantined = _quarantined(gate, frame, own, day)
                found.held[gate.name] = quarantined
                if gate.holds != "aside":
                    held[quarantined.index] = True
    kept = rows.filter(pa.array(~held.to_numpy(dtype=bool)))
    for day, found in audits.items():
        found.rows = kept.filter(pc.equal(kept["game_date"], pa.scalar(day)))
        found.verdicts.sort(key=lambda v: [CONTRACT_GATE, *(g.name for g in gates)].index(v.gate))
    return audits


def contract_breaks(
    table: Table, rows: pa.Table, dates: Sequence[date]
) -> dict[date | None, list[str]]:
    """Every break of the contract by date; those of the whole table under None.

    Columns and types, NULL where the contract knows none, floats that are no numbers, rows of other
    dates, keys that repeat.
    """
    whole = []
    if list(rows.column_names) != list(table.column_names):
        missing = sorted(set(table.column_names) - set(rows.column_names))
        extra = sorted(set(rows.column_names) - set(table.column_names))
        whole.append(f"columns: missing {missing}, not in the contract {extra}")
    whole += [
        f"{column.name}: {rows[column.name].type} instead of {column.type}"
        for column in table.columns
        if column.name in rows.column_names and rows[column.name].type != column.arrow
    ]
    if whole:
        return {None: whole}
    found: dict[date | None, list[str]] = {}
    days = rows["game_date"]
    others = set(days.unique().to_pylist()) - set(dates)
    if others:
        found[None] = [
            f"rows of {', '.join(sorted(str(d) for d in others))}, which were not asked for"
        ]
    for column in table.columns:
        if column.null_means is None and rows[column.name].null_count:
            nulls = days.filter(pc.is_null(rows[column.name]))
            for day, count in _counts(nulls):
                found.setdefault(day, []).append(f"{column.name}: {count} rows without a value")
        if column.type == "FLOAT64":
            # No number passes for one: it is neither a value nor the NULL that says there is none.
            for day, count in _counts(days.filter(pc.invert(pc.is_finite(rows[column.name])))):
                found.setdefault(day, []).append(
                    f"{column.name}: {count} rows with NaN or an infinite value"
                )
    keys = rows.select(list(dict.fromkeys(("game_date", *table.key)))).to_pandas()
    repeated = keys[keys.duplicated(keep="first")]
    for _, key in repeated.iterrows():
        shown = ", ".join(f"{name} {key[name]}" for name in table.key)
        found.setdefault(key["game_date"], []).append(f"unique_key: {shown} more than once")
    return found


def listed(offenders: Sequence[str]) -> str:
    """Offenders in a sentence, cut where they are many."""
    more = len(offenders) - _SHOWN
    return "; ".join(offenders[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _conclude(found: Audit, verdict: Verdict) -> None:
    found.verdicts.append(verdict)
    if verdict.effect == "holds":
        count = len(verdict.offenders)
        found.refusals.append(
            f"held back by {verdict.gate}: {count} offender{'s' * (count != 1)}: {listed(verdict.offenders)}"
        )
    elif verdict.effect not in ("passed", "notices"):
        about: dict[str, list[str]] = {}
        for n, offender in enumerate(verdict.offenders):
            about.setdefault(verdict.cutoffs[n] if verdict.cutoffs else "", []).append(offender)
        for cutoff, offenders in about.items():
            reasons = [f"{verdict.gate}: {offender}" for offender in offenders]
            if verdict.is_of_rows:
                # Many rows may offend in one way: a reason of the date is a count and some of them.
                reasons = [f"{verdict.gate}: {len(offenders)} rows: {listed(offenders)}"]
            found.reasons += reasons
            if cutoff:
                found.reasons_of.setdefault(cutoff, []).extend(reasons)


def _verdict(gate: Gate, own: pd.DataFrame) -> Verdict:
    if not len(own):
        return Verdict(gate.name, [], "passed")
    offenders = [_shown(row) for row in own.to_dict("records")]
    cutoffs = own["cutoff"].tolist() if "cutoff" in own else []
    if gate.holds == "notice":
        return Verdict(gate.name, offenders, "notices")
    if gate.holds != "partition":
        return Verdict(gate.name, offenders, "quarantines", gate.holds != "game", cutoffs)
    blocks = own["blocks"].any() if "blocks" in own else True
    return Verdict(gate.name, offenders, "holds" if blocks else "degrades", cutoffs=cutoffs)


def _shown(row: Mapping[object, object]) -> str:
    game, reason = row.get("game_id"), str(row["reason"]).strip().rstrip(";")
    return reason if game is None or str(game) in reason else f"{game} {reason}"


def _quarantined(gate: Gate, frame: pd.DataFrame, own: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows that a gate takes out of a date, each with its reason."""
    if gate.holds == "game":
        # A game that is wrong at one cut-off is not wrong at the other.
        by = (
            ["game_id", "cutoff"]
            if {"cutoff"} <= {*own.columns} & {*frame.columns}
            else ["game_id"]
        )
        reasons = own["reason"].str.rstrip("; ").groupby([own[name] for name in by]).agg("; ".join)
        rows = frame[frame["game_date"] == day]
        named = rows[by].apply(tuple, axis=1) if len(by) > 1 else rows["game_id"]
        rows = rows[named.isin(reasons.index)]
        return rows.assign(quarantine_reason=named.loc[rows.index].map(reasons))
    reasons = own["reason"].str.rstrip("; ")
    rows = own.drop(columns="reason") if gate.holds == "aside" else frame.loc[own.index]
    return rows.assign(quarantine_reason=reasons)


def _counts(days: pa.ChunkedArray) -> list[tuple[date, int]]:
    return [(c["values"], c["counts"]) for c in days.value_counts().to_pylist()]


def _name(item: Table | str | Earlier) -> str:
    return item if isinstance(item, str) else item.name
