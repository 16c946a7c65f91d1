from collections.abc import Iterator
from datetime import timedelta

import pytest

from nba_assets.partitions import slate_instant
from nba_assets_tests.landing.by_hand import DAY
from nba_assets_tests.sources.provider import Provider, TestClock


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def clock() -> TestClock:
    """Half past nine in the morning, Eastern, of the date."""
    return TestClock(slate_instant(DAY) - timedelta(minutes=30))
