"""What a feature row can be told by later: a hash of its vector and the digests of what it was made of."""

import hashlib
from collections.abc import Mapping

import pyarrow as pa

from nba_assets.gates.lineage import with_input_digests
from nba_assets.precompute.features import FEATURE_NAMES


def feature_hashes(rows: pa.Table) -> list[str]:
    """SHA-256 of each row's features as little-endian doubles in their order; NULL is NaN."""
    vectors = rows.select(FEATURE_NAMES).to_pandas().to_numpy(dtype="<f8", na_value=float("nan"))
    return [hashlib.sha256(vector.tobytes()).hexdigest() for vector in vectors]


def with_fingerprints(rows: pa.Table, digests: Mapping[str, str]) -> pa.Table:
    """The rows with `feature_hash` and `input_digests` filled.

    Args:
        rows: of one date of the feature store.
        digests: of what the date reads of each input, by `partition_name`.
    """
    hashes = pa.array(feature_hashes(rows), pa.string())
    rows = rows.set_column(rows.column_names.index("feature_hash"), "feature_hash", hashes)
    return with_input_digests(rows, digests)
