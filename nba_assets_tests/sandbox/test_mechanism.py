"""What a feed may be, and how the server serves and breaks it, whatever it says."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
import requests

from nba_assets.sandbox.breakage import KINDS
from nba_assets.sandbox.exchange import Call, Reply, as_bytes, headers_of, honest
from nba_assets.sandbox.faults import Fault, FaultBook, afflict
from nba_assets.sandbox.feed import Feed, Params, page_of
from nba_assets.sandbox.feeds import FEEDS, answer, route
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.kinds import EDITS, edit
from nba_assets.sandbox.league import League, parse_utc
from nba_assets.sandbox.server import SandboxServer
from nba_assets.sources.nba_pdf import InjuryReport
from nba_assets_tests.sandbox.asking import box_of, get, json_of, log_of

AS_OF = "2025-11-03T17:00:00Z"
BOARD = "stats.nba.com/stats/scoreboardv3?GameDate=2025-10-29&LeagueID=00"
PLAYERS = "stats.nba.com/stats/playerindex?Historical=0&LeagueID=00&Season=2025-26"
REPORT = "ak-static.cms.nba.com/referee/injury/Injury-Report_2025-10-29_05PM.pdf"
OFFERS = "/v3/offers"


@pytest.fixture
def game(league: League) -> Fixture:
    """A game of 29 October 2025, final at AS_OF."""
    return league.games_on(league.dates[8])[0]


def call_of(league: League, page: str, as_of: str = AS_OF, asked: int = 1) -> Call:
    host, _, rest = page.partition("/")
    path, _, query = rest.partition("?")
    params = dict(part.split("=", 1) for part in query.split("&")) if query else {}
    routed = route(host, f"/{path}", params)
    assert routed
    return Call(league, *routed, parse_utc(as_of), f"/{page}", asked)


def test_a_document_is_served_as_what_it_is(server: SandboxServer) -> None:
    response = get(server, REPORT, AS_OF)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert response.headers["X-Observed-At"] == "2025-10-29T21:00:00Z"
    assert get(server, REPORT, AS_OF).content == response.content


def test_a_document_is_cut_and_blocked_like_any_body(server: SandboxServer) -> None:
    whole = get(server, REPORT, AS_OF).content
    server.faults.add(Fault(kind="truncated", is_length_honest=True))
    assert get(server, REPORT, AS_OF).content == whole[: len(whole) // 2]
    server.faults.clear()
    server.faults.add(Fault(kind="html"))
    blocked = get(server, REPORT, AS_OF)
    assert blocked.headers["Content-Type"] == "text/html"
    server.faults.clear()
    server.faults.add(Fault(kind="stale"))
    stale = InjuryReport.parse(get(server, REPORT, AS_OF).content)
    assert stale.reported_at.day == 28


def test_a_report_may_name_nobody_known(server: SandboxServer) -> None:
    server.faults.add(Fault(kind="unknown_player", feed="nba_injury_report"))
    rows = InjuryReport.parse(get(server, REPORT, AS_OF).content).rows
    assert "Nescio, Nemo" in {row.player for row in rows}
    server.faults.clear()
    server.faults.add(Fault(kind="unknown_team"))
    report = InjuryReport.parse(get(server, REPORT, AS_OF).content)
    teams = {row.team for row in report.rows} | {team.team for team in report.not_submitted}
    assert "Nowhere Nobodies" in teams


def test_a_provider_is_broken_as_a_whole(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="missing", provider="espn"))
    assert get(server, box_of(game), AS_OF).status_code == 200
    server.faults.clear()
    server.faults.add(Fault(kind="missing", provider="nba"))
    for page in (box_of(game), log_of(game), REPORT, PLAYERS):
        assert get(server, page, AS_OF).status_code == 404


def test_a_page_about_no_date_is_about_the_day_on_which_it_is_asked_for(
    server: SandboxServer,
) -> None:
    server.faults.add(Fault.model_validate({"kind": "missing", "date": "2025-11-03"}))
    assert get(server, PLAYERS, AS_OF).status_code == 404
    assert get(server, PLAYERS, "2025-11-04T17:00:00Z").status_code == 200


@pytest.mark.parametrize(
    ("params", "page"), [({}, "1"), ({"page": "3"}, "3"), ({"cursor": "1700"}, "1700")]
)
def test_a_page_is_its_number_or_its_cursor(params: dict[str, str], page: str) -> None:
    assert page_of(params) == page


def test_a_later_page_of_a_paged_feed_may_fail(server: SandboxServer) -> None:
    first = "api.balldontlie.io/v1/players/active?per_page=100"
    cursor = json_of(server, first, AS_OF)["meta"]["next_cursor"]
    second = f"{first}&cursor={cursor}"
    third = f"{first}&cursor={json_of(server, second, AS_OF)['meta']['next_cursor']}"
    pages = (first, second, third)
    server.faults.add(Fault(kind="partial_pages", status=500))
    assert [get(server, page, AS_OF).status_code for page in pages] == [200, 500, 500]
    server.faults.clear()
    server.faults.add(Fault(kind="partial_pages", page=str(cursor), status=503, retry_after=2))
    assert [get(server, page, AS_OF).status_code for page in pages] == [200, 503, 200]
    assert get(server, second, AS_OF).headers["Retry-After"] == "2"


def test_flaky_hits_its_share_of_the_answers_the_same_ones_again(league: League) -> None:
    fault = Fault(kind="flaky", share=0.2, retry_after=1)

    def statuses() -> list[int]:
        found = []
        for fixture in league.fixtures[:60]:
            for asked in range(1, 11):
                call = call_of(league, box_of(fixture), asked=asked)
                found.append(afflict([fault], call, Reply()).status)
        return found

    seen = Counter(statuses())
    assert set(seen) == {200, 429, 503}
    assert 0.15 < 1 - seen[200] / seen.total() < 0.25
    assert statuses() == statuses()


def test_asking_again_ends_a_flaky_answer(server: SandboxServer, league: League) -> None:
    server.faults.add(Fault(kind="flaky", share=0.5, retry_after=1))
    for fixture in league.games_on(league.dates[8]):
        replies = [get(server, box_of(fixture), AS_OF) for _ in range(12)]
        assert 200 in {reply.status_code for reply in replies}
        assert {r.headers["Retry-After"] for r in replies if r.status_code != 200} <= {"1"}


def test_flaky_hits_no_more_than_it_may(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="flaky", share=0.0))
    assert {get(server, box_of(game), AS_OF).status_code for _ in range(5)} == {200}


def test_every_answer_takes_the_latency(league: League, game: Fixture) -> None:
    with SandboxServer(league, FaultBook(), latency=60) as server:
        for page in (box_of(game), "cdn.nba.com/no/such/page"):
            with pytest.raises((requests.ReadTimeout, requests.ConnectionError)):
                requests.get(f"{server.url}/{page}", timeout=0.2)
        assert len(server.requests) == 2


def test_a_request_is_recorded_with_its_instant(league: League, game: Fixture) -> None:
    ticks = iter(range(100))
    with SandboxServer(league, FaultBook(), clock=lambda: float(next(ticks))) as server:
        get(server, box_of(game), AS_OF)
        get(server, log_of(game), AS_OF)
        assert [(request.host, request.at) for request in server.requests] == [
            ("cdn.nba.com", 0.0),
            ("stats.nba.com", 1.0),
        ]


def test_requests_are_counted_by_host(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="refused", times=1))
    for page in (box_of(game), box_of(game), log_of(game)):
        get(server, page, AS_OF)
    assert server.requests_by_host() == {"cdn.nba.com": 2, "stats.nba.com": 1}


def test_a_feed_may_set_headers(league: League, game: Fixture) -> None:
    plain = call_of(league, box_of(game))
    assert headers_of(plain) == {}

    def credits_left(_league: League, _params: Params, as_of: datetime) -> dict[str, str]:
        return {"x-requests-remaining": str(as_of.day)}

    feed = plain.feed
    told = Feed(
        feed.name, feed.provider, feed.host, feed.path, feed.observed_at, feed.body, feed.subject,
        headers=credits_left,
    )  # fmt: skip
    reply = honest(Call(league, told, plain.params, plain.as_of))
    assert reply.headers == {"x-requests-remaining": "3"}
    assert told.earlier(league, plain.params, plain.as_of) is None


def test_an_edit_is_registered_once() -> None:
    with pytest.raises(ValueError, match="'empty' on nba_boxscore has an edit"):
        edit("empty", "nba_boxscore")(lambda _fault, _call, _body: None)


def test_every_edit_is_of_a_known_kind_and_feed() -> None:
    feeds = {feed.name for feed in FEEDS}
    assert {kind for kind, _ in EDITS} <= set(KINDS)
    assert {feed for _, feed in EDITS} <= feeds


def nba_pages(league: League, game: Fixture) -> list[str]:
    day, compact = f"{game.day:%m/%d/%Y}", f"{game.day:%Y%m%d}"
    span = f"DateFrom={day}&DateTo={day}&LeagueID=00&Season=2025-26&SeasonType=Regular Season"
    stats = "stats.nba.com/stats"
    return [
        box_of(game),
        f"{stats}/boxscoretraditionalv3?GameID={game.game_id}",
        f"cdn.nba.com/static/json/liveData/playbyplay/playbyplay_{game.game_id}.json",
        f"{stats}/playbyplayv3?GameID={game.game_id}",
        "cdn.nba.com/static/json/liveData/scoreboard/todaysScoreboard_00.json",
        BOARD,
        log_of(game),
        f"{stats}/leaguegamelog?PlayerOrTeam=T&{span}",
        f"{stats}/shotchartdetail?ContextMeasure=FGA&{span}",
        PLAYERS,
        f"{stats}/commonteamroster?LeagueID=00&Season=2025-26&TeamID=1610612739",
        f"{stats}/leaguestandingsv3?LeagueID=00&Season=2025-26&SeasonType=Regular Season",
        f"stats.nba.com/js/data/leaders/00_daily_lineups_{compact}.json",
        "stats.nba.com/js/data/playermovement/NBA_Player_Movement.json",
        f"official.nba.com/wp-json/api/v1/get-game-officials?date={game.day}",
        REPORT,
        f"statsdmz.nba.com/pdfs/{compact}/{compact}_{game.away}{game.home}.pdf",
    ]


def test_every_edit_of_nba_com_changes_its_page(league: League, game: Fixture) -> None:
    for page in nba_pages(league, game):
        call = call_of(league, page)
        straight = honest(call).content()
        kinds = [kind for kind, feed in EDITS if feed == call.feed.name]
        for kind in kinds:
            fault = Fault(kind=kind, hours=0)
            assert afflict([fault], call, honest(call)).content() != straight, (kind, page)


def test_a_stale_page_is_another_page_under_the_same_instant(league: League, game: Fixture) -> None:
    unchanged = ("/playerindex", "/commonteamroster")  # nobody had moved since the day before
    for page in nba_pages(league, game):
        if any(endpoint in page for endpoint in unchanged):
            continue
        call = call_of(league, page)
        straight = honest(call)
        for kind in ("stale", "wrong_date"):
            reply = afflict([Fault(kind=kind)], call, honest(call))
            assert reply.content() != straight.content(), page
            assert reply.observed_at == straight.observed_at, page


def test_short_keeps_the_first_games(server: SandboxServer, game: Fixture) -> None:
    def games(page: str) -> Any:
        return json_of(server, page, AS_OF)

    whole = [g["gameId"] for g in games(BOARD)["scoreboard"]["games"]]
    server.faults.add(Fault.model_validate({"kind": "short", "games": 2, "date": "2025-10-29"}))
    assert [g["gameId"] for g in games(BOARD)["scoreboard"]["games"]] == whole[:2]
    rows = games(log_of(game))["resultSets"][0]
    at = rows["headers"].index("GAME_ID")
    assert len({row[at] for row in rows["rowSet"]}) == 2


def test_a_body_is_private_to_its_reply(league: League, game: Fixture) -> None:
    for page in nba_pages(league, game)[:4]:
        call = call_of(league, page)
        before = as_bytes(honest(call).body)
        afflict([Fault(kind="unknown_team")], call, honest(call))
        assert as_bytes(honest(call).body) == before


def test_an_unknown_page_of_a_known_host_is_no_page(league: League) -> None:
    assert answer(league, "api.bettingpros.com", f"{OFFERS}/none", {}, league.end) is None
