"""How the tests of the sandbox ask it for pages: over HTTP, or without."""

from typing import Any

import requests

from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.server import SandboxServer

BOX = "cdn.nba.com/static/json/liveData/boxscore/boxscore_{}.json"
CDN_SCHEDULE = "cdn.nba.com/static/json/staticData/scheduleLeagueV2_1.json"
STATS_SCHEDULE = "stats.nba.com/stats/scheduleleaguev2?LeagueID=00&Season=2025-26"


def box_of(fixture: Fixture) -> str:
    return BOX.format(fixture.game_id)


def log_of(fixture: Fixture) -> str:
    day = f"{fixture.day:%m/%d/%Y}"
    return (
        f"stats.nba.com/stats/leaguegamelog?Counter=1000&DateFrom={day}&DateTo={day}"
        "&Direction=DESC&LeagueID=00&PlayerOrTeam=P&Season=2025-26"
        "&SeasonType=Regular Season&Sorter=DATE"
    )


def get(server: SandboxServer, page: str, as_of: str | None = None) -> requests.Response:
    headers = {"X-As-Of": as_of} if as_of else {}
    return requests.get(f"{server.url}/{page}", headers=headers, timeout=120)


def json_of(server: SandboxServer, page: str, as_of: str | None = None) -> Any:
    response = get(server, page, as_of)
    assert response.status_code == 200
    return response.json()
