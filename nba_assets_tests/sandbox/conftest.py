from collections.abc import Iterator
from pathlib import Path

import pytest

from nba_assets.sandbox.faults import FaultBook
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer


@pytest.fixture(scope="session")
def league() -> League:
    return League()


@pytest.fixture
def server(league: League) -> Iterator[SandboxServer]:
    with SandboxServer(league, FaultBook()) as running:
        yield running


@pytest.fixture(scope="session")
def shared() -> Path:
    """Recorded bodies beside the repository; they are not ours to carry."""
    folder = Path(__file__).parents[2].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"recorded bodies are kept beside the repository, and {folder} is absent")
    return folder
