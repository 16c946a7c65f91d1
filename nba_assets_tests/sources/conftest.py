from collections.abc import Iterator

import pytest

from nba_assets_tests.sources.provider import Provider, TestClock


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    # Where the internet is behind a proxy, this machine is not.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Provider() as running:
        yield running


@pytest.fixture
def clock() -> TestClock:
    return TestClock()
