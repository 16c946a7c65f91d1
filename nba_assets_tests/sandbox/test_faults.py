from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import ValidationError

from nba_assets.sandbox.breakage import KINDS
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import League, parse_utc, utc_text
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.sandbox.asking import CDN_SCHEDULE, box_of, get, json_of, log_of

AS_OF = "2025-11-03T17:00:00Z"


@pytest.fixture
def game(league: League) -> Fixture:
    """A game of the second week, final at AS_OF."""
    return league.games_on(league.dates[8])[0]


def listed(body: Any) -> list[dict[str, Any]]:
    return [game for day in body["leagueSchedule"]["gameDates"] for game in day["games"]]


def players(body: Any) -> list[dict[str, Any]]:
    home, away = body["game"]["homeTeam"], body["game"]["awayTeam"]
    return [*home["players"], *away["players"]]


def rows(body: Any) -> list[dict[str, Any]]:
    table = body["resultSets"][0]
    return [dict(zip(table["headers"], row, strict=True)) for row in table["rowSet"]]


def broken(server: SandboxServer, page: str, kind: str, **options: Any) -> Any:
    """A page's body while one fault is in force."""
    server.faults.clear()
    server.faults.add(Fault(kind=kind, **options))
    return json_of(server, page, AS_OF)


def test_missing_is_404(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="missing"))
    assert get(server, box_of(game), AS_OF).status_code == 404


def test_late_is_invisible_until_its_instant_and_observed_then(
    server: SandboxServer, league: League, game: Fixture
) -> None:
    until = league.box(game.game_id).published_at + timedelta(hours=20)
    server.faults.add(Fault(kind="late", until=until))
    early = until - timedelta(seconds=1)
    assert get(server, box_of(game), utc_text(early)).status_code == 404
    response = get(server, box_of(game), utc_text(until))
    assert response.status_code == 200
    assert parse_utc(response.headers["X-Observed-At"]) == until
    server.faults.clear()
    server.faults.add(Fault(kind="late"))
    assert get(server, box_of(game)).status_code == 404


@pytest.mark.parametrize("kind", ["slow", "drip"])
def test_a_slow_answer_outlasts_a_patient_client(
    server: SandboxServer, game: Fixture, kind: str
) -> None:
    server.faults.add(Fault(kind=kind, seconds=60))
    with pytest.raises((requests.ReadTimeout, requests.ConnectionError)):
        requests.get(f"{server.url}/{box_of(game)}", timeout=0.2)


@pytest.mark.parametrize("kind", ["slow", "drip"])
def test_a_slow_answer_is_whole_in_the_end(server: SandboxServer, game: Fixture, kind: str) -> None:
    whole = get(server, box_of(game), AS_OF).content
    server.faults.add(Fault(kind=kind, seconds=0))
    assert get(server, box_of(game), AS_OF).content == whole


@pytest.mark.parametrize("status", [403, 407, 429, 500, 503])
def test_refused_has_its_status(server: SandboxServer, game: Fixture, status: int) -> None:
    server.faults.add(Fault(kind="refused", status=status, retry_after=90))
    response = get(server, box_of(game), AS_OF)
    assert response.status_code == status
    assert response.headers["Retry-After"] == "90"
    server.faults.clear()
    server.faults.add(Fault(kind="refused", status=status))
    assert "Retry-After" not in get(server, box_of(game), AS_OF).headers


def test_a_cut_body_is_shorter_than_it_says(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="truncated"))
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        get(server, box_of(game), AS_OF)


def test_a_cut_body_may_have_an_honest_length(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="truncated", is_length_honest=True))
    response = get(server, box_of(game), AS_OF)
    assert len(response.content) == int(response.headers["Content-Length"])
    with pytest.raises(requests.exceptions.JSONDecodeError):
        response.json()


def test_a_block_page_is_html_with_status_200(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="html"))
    response = get(server, box_of(game), AS_OF)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html"
    assert response.content.startswith(b"<")


def test_a_skewed_clock_is_in_the_date_header(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="skewed_clock", seconds=600))
    response = get(server, box_of(game), AS_OF)
    assert response.headers["Date"] == "Mon, 03 Nov 2025 17:10:00 GMT"


def test_empty_is_valid_json_with_nothing_in_it(server: SandboxServer, game: Fixture) -> None:
    assert listed(broken(server, CDN_SCHEDULE, "empty")) == []
    assert rows(broken(server, log_of(game), "empty")) == []
    assert players(broken(server, box_of(game), "empty")) == []


def test_empty_may_leave_out_one_game(server: SandboxServer, game: Fixture) -> None:
    schedule = broken(server, CDN_SCHEDULE, "empty", game=game.game_id)
    assert len(listed(schedule)) == 1229
    log = rows(broken(server, log_of(game), "empty", game=game.game_id))
    assert log
    assert game.game_id not in {row["GAME_ID"] for row in log}


def test_a_renamed_key_has_its_new_name_only(server: SandboxServer, game: Fixture) -> None:
    statistics = players(broken(server, box_of(game), "renamed_key"))[0]["statistics"]
    assert "pts" in statistics
    assert "points" not in statistics
    row = rows(broken(server, log_of(game), "renamed_key"))[0]
    assert "POINTS" in row
    assert "PTS" not in row
    one = listed(broken(server, CDN_SCHEDULE, "renamed_key"))[0]
    assert "id" in one
    assert "gameId" not in one
    body = broken(server, box_of(game), "renamed_key", field="assists", to="helpers")
    assert "helpers" in players(body)[0]["statistics"]


def test_a_number_may_come_as_a_string(server: SandboxServer, game: Fixture) -> None:
    box = players(broken(server, box_of(game), "number_as_string"))
    assert {type(p["statistics"]["points"]) for p in box} == {str}
    log = rows(broken(server, log_of(game), "number_as_string", field="MIN"))
    assert {type(row["MIN"]) for row in log} == {str}
    schedule = listed(broken(server, CDN_SCHEDULE, "number_as_string"))
    assert {type(g["homeTeam"]["score"]) for g in schedule} == {str}


@pytest.mark.parametrize(("kind", "difference"), [("duplicated", 0), ("conflicting_duplicate", 1)])
def test_copies_are_equal_or_differ_by_a_point(
    server: SandboxServer, game: Fixture, kind: str, difference: int
) -> None:
    box = players(broken(server, box_of(game), kind))
    twice = [n for n, count in Counter(p["personId"] for p in box).items() if count == 2]
    one, other = (p["statistics"]["points"] for p in box if p["personId"] in twice)
    assert abs(one - other) == difference

    log = rows(broken(server, log_of(game), kind, game=game.game_id))
    mine = [row for row in log if row["GAME_ID"] == game.game_id]
    assert set(Counter(row["PLAYER_ID"] for row in mine).values()) == {2}
    half = len(mine) // 2
    points = [sum(row["PTS"] for row in part) for part in (mine[:half], mine[half:])]
    assert points[1] - points[0] == difference

    schedule = listed(broken(server, CDN_SCHEDULE, kind, game=game.game_id))
    copies = [g for g in schedule if g["gameId"] == game.game_id]
    assert len(copies) == 2
    assert copies[1]["homeTeam"]["score"] - copies[0]["homeTeam"]["score"] == difference


def test_swapped_sides_are_the_other_way_round(server: SandboxServer, game: Fixture) -> None:
    box = broken(server, box_of(game), "swapped")["game"]
    assert (box["homeTeam"]["teamTricode"], box["awayTeam"]["teamTricode"]) == (
        game.away,
        game.home,
    )
    schedule = broken(server, CDN_SCHEDULE, "swapped", game=game.game_id)
    swapped = [
        g for g in listed(schedule) if not g["gameCode"].endswith(g["homeTeam"]["teamTricode"])
    ]
    assert [g["gameId"] for g in swapped] == [game.game_id]
    matchups = {
        row["MATCHUP"]
        for row in rows(broken(server, log_of(game), "swapped", game=game.game_id))
        if row["GAME_ID"] == game.game_id
    }
    assert matchups == {f"{game.home} @ {game.away}", f"{game.away} vs. {game.home}"}


def test_stale_is_the_body_before_under_this_url(
    server: SandboxServer, league: League, game: Fixture
) -> None:
    fresh = get(server, box_of(game), AS_OF).headers["X-Observed-At"]
    stale = broken(server, box_of(game), "stale")["game"]
    assert stale["gameId"] != game.game_id
    assert league.fixture(stale["gameId"]).day < game.day  # type: ignore[union-attr]
    assert get(server, box_of(game), AS_OF).headers["X-Observed-At"] == fresh
    log = broken(server, log_of(game), "stale")
    assert {row["GAME_DATE"] for row in rows(log)} == {league.dates[7].isoformat()}
    schedule = broken(server, CDN_SCHEDULE, "stale")
    assert schedule["meta"]["time"] == "2025-11-02T14:00:00Z"


def test_a_wrong_sum_is_no_longer_the_line_score(server: SandboxServer, game: Fixture) -> None:
    box = broken(server, box_of(game), "wrong_sum")["game"]
    over = [
        sum(p["statistics"]["points"] for p in team["players"]) - team["score"]
        for team in (box["homeTeam"], box["awayTeam"])
    ]
    assert sorted(over) == [0, 2]
    server.faults.clear()
    true = sum(row["PTS"] for row in rows(json_of(server, log_of(game), AS_OF)))
    wrong = rows(broken(server, log_of(game), "wrong_sum", amount=5))
    assert sum(row["PTS"] for row in wrong) == true + 5


def test_a_correction_is_a_later_body_with_one_more_assist(
    server: SandboxServer, league: League, game: Fixture
) -> None:
    first = league.box(game.game_id).published_at
    server.faults.add(Fault(kind="corrected", hours=6))
    before = get(server, box_of(game), utc_text(first + timedelta(hours=5)))
    after = get(server, box_of(game), utc_text(first + timedelta(hours=6)))
    assert parse_utc(before.headers["X-Observed-At"]) == first
    assert parse_utc(after.headers["X-Observed-At"]) == first + timedelta(hours=6)

    def assists(body: Any) -> int:
        return sum(p["statistics"]["assists"] for p in players(body))

    def points(body: Any) -> int:
        return sum(p["statistics"]["points"] for p in players(body))

    assert assists(after.json()) == assists(before.json()) + 1
    assert points(after.json()) == points(before.json())
    late = get(server, log_of(game), "2026-01-01T00:00:00Z").json()
    server.faults.clear()
    plain = get(server, log_of(game), "2026-01-01T00:00:00Z").json()
    assert sum(r["AST"] for r in rows(late)) == sum(r["AST"] for r in rows(plain)) + 1


def test_zero_minutes_leave_the_points(server: SandboxServer, game: Fixture) -> None:
    box = players(broken(server, box_of(game), "zero_minutes"))
    assert {p["statistics"]["minutes"] for p in box} == {"PT00M00.00S"}
    assert any(p["statistics"]["points"] for p in box)
    assert {row["MIN"] for row in rows(broken(server, log_of(game), "zero_minutes"))} == {0}


def test_a_short_bench_lists_six(server: SandboxServer, game: Fixture) -> None:
    assert len(players(broken(server, box_of(game), "short_bench"))) == 12


def test_reordered_facts_are_the_same_facts(server: SandboxServer, game: Fixture) -> None:
    for page, read in ((box_of(game), players), (log_of(game), rows), (CDN_SCHEDULE, listed)):
        server.faults.clear()
        straight = get(server, page, AS_OF)
        server.faults.add(Fault(kind="reordered"))
        turned = get(server, page, AS_OF)
        assert turned.content != straight.content
        assert read(turned.json()) == read(straight.json())


@pytest.mark.parametrize(
    ("selector", "hit"),
    [
        ({"feed": "nba_game_log"}, {"log"}),
        ({"host": "stats.nba.com"}, {"log"}),
        ({"date": "2025-10-29"}, {"box", "log"}),
        ({"date": "2025-11-03"}, {"schedule"}),
        ({"feed": "nba_boxscore", "host": "stats.nba.com"}, set()),
        ({}, {"box", "log", "schedule"}),
    ],
)
def test_a_fault_hits_what_it_selects(
    server: SandboxServer, game: Fixture, selector: dict[str, str], hit: set[str]
) -> None:
    server.faults.add(Fault.model_validate({"kind": "missing", **selector}))
    pages = {"box": box_of(game), "log": log_of(game), "schedule": CDN_SCHEDULE}
    assert {
        name for name, page in pages.items() if get(server, page, AS_OF).status_code == 404
    } == hit


def test_a_fault_of_one_game_spares_the_others(
    server: SandboxServer, league: League, game: Fixture
) -> None:
    other = league.games_on(game.day)[1]
    server.faults.add(Fault(kind="missing", feed="nba_boxscore", game=game.game_id))
    assert get(server, box_of(game), AS_OF).status_code == 404
    assert get(server, box_of(other), AS_OF).status_code == 200
    assert get(server, log_of(game), AS_OF).status_code == 200


def test_a_fault_ends_after_its_times(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="refused", times=2))
    statuses = [get(server, box_of(game), AS_OF).status_code for _ in range(4)]
    assert statuses == [503, 503, 200, 200]


def test_faults_add_up(server: SandboxServer, game: Fixture) -> None:
    server.faults.add(Fault(kind="swapped"))
    server.faults.add(Fault(kind="short_bench"))
    body = json_of(server, box_of(game), AS_OF)
    assert body["game"]["homeTeam"]["teamTricode"] == game.away
    assert len(players(body)) == 12


def test_a_healed_feed_is_as_it_was(server: SandboxServer, game: Fixture) -> None:
    page = box_of(game)
    before = get(server, page, AS_OF).content
    for kind in sorted(KINDS.keys() - {"slow", "drip", "truncated", "late", "missing", "refused"}):
        server.faults.add(Fault(kind=kind))
    get(server, page, AS_OF)
    server.faults.clear()
    assert get(server, page, AS_OF).content == before


def test_a_running_sandbox_is_broken_and_mended_through_its_file(
    league: League, game: Fixture, tmp_path: Path
) -> None:
    path = tmp_path / "faults.json"
    elsewhere = FaultBook.load(path)
    with SandboxServer(league, FaultBook.load(path)) as server:
        assert get(server, box_of(game), AS_OF).status_code == 200
        fault = elsewhere.add(Fault(kind="missing"))
        assert get(server, box_of(game), AS_OF).status_code == 404
        assert server.faults.faults() == (fault,)
        elsewhere.remove(fault.id or "")
        assert get(server, box_of(game), AS_OF).status_code == 200
        path.write_text('[{"kind": "refused", "status": 500, "times": 1}]')
        assert get(server, box_of(game), AS_OF).status_code == 500
        assert get(server, box_of(game), AS_OF).status_code == 200
        path.unlink()
        assert get(server, box_of(game), AS_OF).status_code == 200


def test_a_book_keeps_its_faults_and_their_options(tmp_path: Path) -> None:
    path = tmp_path / "book" / "faults.json"
    fault = Fault(kind="late", feed="nba_boxscore", until=parse_utc(AS_OF), times=3)
    kept = FaultBook([fault], path).faults()
    assert FaultBook.load(path).faults() == kept
    assert kept[0].model_copy(update={"id": None}) == fault


def test_a_fault_that_returns_is_counted_anew(server: SandboxServer, game: Fixture) -> None:
    for _ in range(2):
        server.faults.add(Fault(kind="missing", times=1))
        assert get(server, box_of(game), AS_OF).status_code == 404
        assert get(server, box_of(game), AS_OF).status_code == 200
        server.faults.clear()


def test_a_broken_book_is_named_and_not_guessed_at(
    league: League, game: Fixture, tmp_path: Path
) -> None:
    path = tmp_path / "faults.json"
    with SandboxServer(league, FaultBook.load(path)) as server:
        path.write_text('[{"kind": "brokken"}]')
        response = get(server, box_of(game), AS_OF)
        assert response.status_code == 500
        assert "brokken" in response.text
        path.unlink()
        assert get(server, box_of(game), AS_OF).status_code == 200


def test_an_unknown_kind_or_option_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="no fault of kind 'broken'"):
        Fault(kind="broken")
    with pytest.raises(ValidationError, match="statuss"):
        Fault.model_validate({"kind": "refused", "statuss": 500})
