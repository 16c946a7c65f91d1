"""A sandbox of a module's own, whose platform reads it without waiting between two tries."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from nba_assets.automation.backfill import LayerRun
from nba_assets.partitions import dates_between
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import Verdict, materialized_facts, sandboxed, verdicts
from nba_assets_tests.platform import Platform


class Faulty:
    """A range of dates over some assets, as one backfill left them."""

    def __init__(
        self, found: Platform, server: SandboxServer, first: date, last: date, assets: Sequence[str]
    ) -> None:
        self.platform, self.server = found, server
        self.first, self.last, self.assets = first, last, assets
        self.runs: list[LayerRun] = found.backfill(first, last, assets)
        self._verdicts: list[Verdict] = verdicts(found)

    def again(self, assets: Sequence[str]) -> list[LayerRun]:
        """Backfill some of the assets once more."""
        runs = self.platform.backfill(self.first, self.last, assets)
        self._verdicts = verdicts(self.platform)
        return runs

    def said(self, asset: str, gate: str, day: date) -> Verdict:
        """A gate's newest verdict of a date."""
        logged = (asset, gate, str(day))
        return next(v for v in self._verdicts if (v.asset, v.gate, v.partition) == logged)

    def state(self, asset: str, day: date) -> str:
        """The word of `status` for a date."""
        return self.platform.status(day, assets=[asset])[asset, day].state

    def reason(self, asset: str, day: date) -> str:
        """What `status` says beside the word."""
        return self.platform.status(day, assets=[asset])[asset, day].reason

    def facts(self, asset: str, day: date) -> dict[str, str]:
        """The metadata of the date's newest materialization."""
        days = dates_between(self.first, self.last)
        return materialized_facts(self.platform, asset, days).get(day, {})

    def told(self, asset: str, day: date) -> str:
        """All that a date's event says, in one text."""
        return " | ".join(self.facts(asset, day).values())


@contextmanager
def faulty(
    home: Path,
    league: League,
    first: date,
    last: date,
    assets: Sequence[str],
    faults: Sequence[Fault],
) -> Iterator[Faulty]:
    """A home after a backfill of the range while the faults were in force; they still are."""
    with (
        SandboxServer(league, FaultBook(faults)) as server,
        sandboxed(home, server) as found,
    ):
        yield Faulty(found, server, first, last, assets)
