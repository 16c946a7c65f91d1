import pyarrow as pa
import pytest

from nba_assets_tests.leakage.chain import Chain
from nba_assets_tests.leakage.league import PRIOR, league
from nba_assets_tests.warehouse.small_league import DATES


@pytest.fixture(scope="session")
def raw() -> dict[str, pa.Table]:
    """The raw rows of the league."""
    return league()


@pytest.fixture(scope="session")
def clean(raw: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """The league as one range run of each table leaves it; tests copy it before they change it."""
    chain = Chain(tmp_path_factory.mktemp("clean"), PRIOR)
    chain.plant(raw, DATES)
    chain.make(DATES)
    return chain
