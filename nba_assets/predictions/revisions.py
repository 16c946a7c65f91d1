"""Versions of what was said before tip: their numbers, and the table that keeps every one of them."""

from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.gates.publish import Computed
from nba_assets.predictions.tables import (
    FORWARD,
    PLAYER_PREDICTIONS,
    PREDICTION_KEY,
    PREDICTION_REVISIONS,
)
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.frames import keys_of

# Another digest of an input that says the same of him is no other word about him, and neither is what
# is wrong with other rows of the date.
_NOT_SAID = ("revision", "issued_at", "input_digests", "is_degraded", "degraded_reasons")
_VERSION = (*PREDICTION_KEY, "revision")
_SAID = [name for name in PLAYER_PREDICTIONS.column_names if name not in _NOT_SAID]


def numbered(made: pa.Table, published: pa.Table, kept: pa.Table, now: datetime) -> pa.Table:
    """Rows with the number of their version and when it was first said.

    A forward row that says what the published one says is the same version. One that says something
    else is the next. Rows made after tip are of no version: nobody could have acted on them.

    Args:
        made: rows of `predictions.player_predictions` of a date, their versions not yet known.
        published: the rows of the date as they are published.
        kept: versions of the date that are kept; a row that was gone for a while goes on from its last.
        now: when the made ones are committed.
    """
    said = made.filter(pc.equal(made["kind"], FORWARD))
    silent = made.filter(pc.not_equal(made["kind"], FORWARD))
    if not said.num_rows:
        return made
    before: dict[tuple[Any, ...], dict[str, Any]] = {}
    for rows in (kept, published.filter(pc.equal(published["kind"], FORWARD))):
        for row in rows.to_pylist():
            key = tuple(row[name] for name in PREDICTION_KEY)
            if key not in before or before[key]["revision"] <= row["revision"]:
                before[key] = row
    revisions, issued = [], []
    for row in said.select(_SAID).to_pylist():
        last = before.get(tuple(row[name] for name in PREDICTION_KEY))
        is_same = last is not None and all(row[name] == last[name] for name in _SAID)
        revisions.append(last["revision"] + (not is_same) if last else 0)
        issued.append(last["issued_at"] if last and is_same else now)
    for name, values in (("revision", revisions), ("issued_at", issued)):
        at = said.schema.get_field_index(name)
        said = said.set_column(at, said.schema.field(at), pa.array(values, said.schema.types[at]))
    return pa.concat_tables([said, silent])


def unkept_rows(said: pa.Table, kept: pa.Table) -> pa.Table:
    """Of what is published and was said before tip, the rows whose version is not kept yet.

    Another word in their place would be the end of them: they stay until they are kept.
    """
    known = set(keys_of(kept, _VERSION))
    return said.filter(pa.array([key not in known for key in keys_of(said, _VERSION)], pa.bool_()))


def newer_than(made: pa.Table, unkept: pa.Table) -> pa.Table:
    """The rows that are another version of what is not kept yet."""
    versions = {key[:-1]: key[-1] for key in keys_of(unkept, _VERSION)}
    own = keys_of(made, _VERSION)
    is_newer = [key[:-1] in versions and versions[key[:-1]] != key[-1] for key in own]
    return made.filter(pa.array(is_newer, pa.bool_()))


def waiting_rows(_predictions: pd.DataFrame, waiting: pd.DataFrame) -> pd.DataFrame:
    """What is said now and is not published yet, as the version before it would be lost.

    Args:
        waiting: rows of `predictions.player_predictions` that take the place of such versions.

    Returns:
        one row per date, with `reason`.
    """
    counts = waiting.groupby("game_date").size()
    reasons = [
        f"{n} rows are another word about whom the last one is not kept: materialize"
        " predictions/prediction_revisions, then predictions/player_predictions again"
        for n in counts
    ]
    return pd.DataFrame({"game_date": counts.index, "reason": reasons})


def compute(_desk: Any, warehouse: Warehouse, dates: list[date]) -> Computed:
    """What the dates kept so far, and the versions that are new since."""
    parts = [PREDICTION_REVISIONS.schema_of().empty_table()]
    for day in dates:
        kept = warehouse.read(PREDICTION_REVISIONS, [day])
        known = set(keys_of(kept, _VERSION))
        said = warehouse.read(PLAYER_PREDICTIONS, [day])
        said = said.filter(pc.equal(said["kind"], FORWARD))
        new = said.filter(
            pa.array([key not in known for key in keys_of(said, _VERSION)], pa.bool_())
        )
        parts += [kept, new.select(PREDICTION_REVISIONS.column_names)]
    return Computed(pa.concat_tables(parts))


def lost_versions(revisions: pd.DataFrame) -> pd.DataFrame:
    """A word that was said and is nowhere to be found can be denied: what was bet on it, too.

    Returns:
        first kept rows of those whose versions are not numbered without a gap, with `reason`.
    """
    by = revisions.groupby(list(PREDICTION_KEY))["revision"]
    counts = by.transform("count")
    highest = by.transform("max")
    lost = (highest + 1 != counts) & (revisions["revision"] == highest)
    found = revisions[lost]
    missing = (highest + 1 - counts)[lost].astype(str)
    return found.assign(
        reason="every_version_is_kept: " + missing + " of " + (highest + 1)[lost].astype(str)
        + " versions were replaced before they were kept; materialize"
        " predictions/prediction_revisions after each run of predictions/player_predictions"
    )  # fmt: skip
