"""Runs `nba-assets` and stands still in the middle of one write, until its parent kills it.

Arguments: `half` or `whole`, part of the path that is being written, then those of `nba-assets`.
`half` cuts the new file in two before it is in its place; `whole` stops as soon as it is there.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from nba_assets.cli import main

STOPPED = "stands still"


def stand_still_at(moment: str, part: str) -> None:
    """Stop for ever when a path with this part is given its name."""
    for name in ("replace", "link"):
        setattr(os, name, _stopping(getattr(os, name), moment, part))


def _stopping(naming: Callable[..., None], moment: str, part: str) -> Callable[..., None]:
    def stopping(partial: Path, target: Path, **options: object) -> None:
        if part not in str(target):
            naming(partial, target, **options)
            return
        if moment == "half":
            os.truncate(partial, partial.stat().st_size // 2)
        else:
            naming(partial, target, **options)
        print(STOPPED, flush=True)  # noqa: T201 the word its parent waits for
        while True:
            signal.pause()

    return stopping


if __name__ == "__main__":
    stand_still_at(sys.argv[1], sys.argv[2])
    main(sys.argv[3:])
