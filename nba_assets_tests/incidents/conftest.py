from collections.abc import Iterator

import pytest

from nba_assets.sandbox.faults import FaultBook
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import Findings, findings, sandboxed
from nba_assets_tests.incidents.nights import FIRST, LAST, faults
from nba_assets_tests.platform import Platform


@pytest.fixture(scope="session")
def league() -> League:
    return League()


@pytest.fixture(scope="session")
def server(league: League) -> Iterator[SandboxServer]:
    """One sandbox for all homes, in good health whenever no test is breaking it."""
    with SandboxServer(league, FaultBook()) as running:
        yield running


@pytest.fixture(scope="session")
def undisturbed(server: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The nights as they are when nothing goes wrong."""
    with sandboxed(tmp_path_factory.mktemp("undisturbed"), server) as found:
        return findings(found, found.backfill(FIRST, LAST), FIRST, LAST)


@pytest.fixture(scope="session")
def troubled(
    league: League,
    server: SandboxServer,
    undisturbed: Findings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Platform]:
    with sandboxed(tmp_path_factory.mktemp("troubled"), server) as found:
        yield found


@pytest.fixture(scope="session")
def broken(league: League, server: SandboxServer, troubled: Platform) -> Findings:
    """The nights with all their faults, as one backfill of the range left them."""
    for fault in faults(league):
        server.faults.add(fault)
    try:
        return findings(troubled, troubled.backfill(FIRST, LAST), FIRST, LAST)
    finally:
        server.faults.clear()


@pytest.fixture(scope="session")
def healed(broken: Findings, troubled: Platform) -> Findings:
    """The same home after a second backfill, the faults being mended."""
    mended = [key for key in troubled.keys if not key.endswith("schedule")]
    return findings(troubled, troubled.backfill(FIRST, LAST, mended), FIRST, LAST)
