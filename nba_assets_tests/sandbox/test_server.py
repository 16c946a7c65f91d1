from email.utils import parsedate_to_datetime

import pytest
import requests

from nba_assets.sandbox.exchange import as_json
from nba_assets.sandbox.feeds import answer
from nba_assets.sandbox.league import League, parse_utc
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.sandbox.asking import (
    CDN_SCHEDULE,
    STATS_SCHEDULE,
    box_of,
    get,
    json_of,
    log_of,
)


def test_every_feed_is_served_with_the_instant_it_became_visible(
    server: SandboxServer, league: League
) -> None:
    for page in (
        CDN_SCHEDULE,
        STATS_SCHEDULE,
        box_of(league.fixtures[0]),
        log_of(league.fixtures[0]),
    ):
        response = get(server, page, "2025-11-20T16:00:00Z")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("application/json")
        assert int(response.headers["Content-Length"]) == len(response.content)
        assert parse_utc(response.headers["X-Observed-At"]) <= parse_utc("2025-11-20T16:00:00Z")


def test_the_server_says_what_the_feed_says(server: SandboxServer, league: League) -> None:
    fixture = league.fixtures[5]
    host, _, path = box_of(fixture).partition("/")
    found = answer(league, host, f"/{path}", {}, league.end)
    assert found
    response = get(server, box_of(fixture))
    assert response.content == as_json(found.body).encode()
    assert get(server, box_of(fixture)).content == response.content
    assert parse_utc(response.headers["X-Observed-At"]) == found.observed_at


def test_the_date_header_is_the_simulated_clock(server: SandboxServer) -> None:
    response = get(server, CDN_SCHEDULE, "2025-11-20T16:00:00Z")
    assert parsedate_to_datetime(response.headers["Date"]) == parse_utc("2025-11-20T16:00:00Z")


def test_without_an_instant_the_season_is_over(server: SandboxServer) -> None:
    dates = json_of(server, CDN_SCHEDULE)["leagueSchedule"]["gameDates"]
    assert {game["gameStatus"] for day in dates for game in day["games"]} == {3}


def test_what_is_not_there_yet_is_404(server: SandboxServer, league: League) -> None:
    response = get(server, box_of(league.fixtures[0]), "2025-10-21T16:00:00Z")
    assert response.status_code == 404
    assert "X-Observed-At" not in response.headers
    assert get(server, "cdn.nba.com/nothing").status_code == 404


@pytest.mark.parametrize("instant", ["yesterday", "2025-10-22T16:00:00"])
def test_an_instant_that_is_none_is_refused(server: SandboxServer, instant: str) -> None:
    response = get(server, CDN_SCHEDULE, instant)
    assert response.status_code == 400
    assert "X-As-Of" in response.text


def test_one_connection_carries_many_requests(server: SandboxServer, league: League) -> None:
    ports = set()
    with requests.Session() as session:
        for fixture in league.fixtures[:5]:
            response = session.get(f"{server.url}/{box_of(fixture)}", stream=True, timeout=20)
            connection = response.raw.connection
            assert connection
            ports.add(connection.sock.getsockname()[1])
            assert response.json()["game"]["gameId"] == fixture.game_id
    assert len(ports) == 1


def test_requests_are_counted(server: SandboxServer, league: League) -> None:
    get(server, log_of(league.fixtures[0]), "2025-11-20T16:00:00Z")
    get(server, "cdn.nba.com/nothing")
    first, second = server.requests
    assert first.method == "GET"
    assert first.path.startswith("/stats.nba.com/stats/leaguegamelog?Counter=1000")
    assert first.as_of == parse_utc("2025-11-20T16:00:00Z")
    assert (first.status, second.status) == (200, 404)


def test_a_host_that_is_asked_too_fast_says_so(league: League) -> None:
    now = [0.0]
    limits = {"cdn.nba.com": 0.5}
    with SandboxServer(league, limits=limits, clock=lambda: now[0]) as server:
        page = box_of(league.fixtures[0])
        assert get(server, page).status_code == 200
        refused = get(server, page)
        assert refused.status_code == 429
        now[0] += int(refused.headers["Retry-After"])
        assert get(server, page).status_code == 200
        assert get(server, log_of(league.fixtures[0])).status_code == 200


def test_a_stopped_server_answers_nobody(league: League) -> None:
    page = box_of(league.fixtures[0])
    with requests.Session() as session:
        with SandboxServer(league) as server:
            assert session.get(f"{server.url}/{page}", timeout=20).status_code == 200
        with pytest.raises(requests.ConnectionError):
            session.get(f"{server.url}/{page}", timeout=20)


def test_two_servers_do_not_share_a_port(league: League) -> None:
    with SandboxServer(league) as one, SandboxServer(league) as other:
        assert one.url != other.url
        assert get(one, box_of(league.fixtures[0])).status_code == 200
        assert other.requests == []
