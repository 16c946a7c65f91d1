import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from nba_assets.landing.rounds import needs
from nba_assets.partitions import season
from nba_assets.sources.feed import ExpectedGame, Feed, Subject, has_a_log
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE, expected_games
from nba_assets.sources.layout import SECRETS
from nba_assets.sources.nba import BoxScore, Schedule
from nba_assets.sources.policy import POLICIES
from nba_assets_tests.sources.payloads import (
    CURRY,
    as_bytes,
    box_score,
    changed,
    game,
    game_log,
    log_row,
    renamed,
    schedule,
)

DAY = date(2025, 10, 21)
TIP = datetime(2025, 10, 21, 23, 30, tzinfo=UTC)
TONIGHT = Subject(DAY, season(2025))
GAME = Subject(DAY, season(2025), game=ExpectedGame("0022500001", "BOS", "NYK", TIP))
LOGGED = Subject(date(2025, 3, 15), season(2024))


def refusal(feed: Feed, body: Any, subject: Subject) -> str:
    payload, reason = feed.judge(body if isinstance(body, bytes) else as_bytes(body), subject)
    assert payload is None
    return reason


def test_what_answers_is_accepted() -> None:
    for feed, body, subject in (
        (NBA_SCHEDULE, schedule(game()), TONIGHT),
        (NBA_BOXSCORE, box_score(), GAME),
        (NBA_GAME_LOG, game_log(CURRY), LOGGED),
    ):
        payload, reason = feed.judge(as_bytes(body), subject)
        assert isinstance(payload, feed.payload)
        assert reason == ""


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("game.gameId", "0022500002", "the body is of game 0022500002, asked was 0022500001"),
        ("game.gameEt", "2025-10-20T19:30:00-04:00", "of 2025-10-20, asked was 2025-10-21"),
        ("game.gameStatus", 2, "the game is not final"),
        ("game.homeTeam.teamTricode", "BKN", "home_away_matches_schedule: BOS at BKN"),
    ],
)
def test_a_box_score_that_does_not_answer_is_refused_by_what_was_found(
    path: str, value: object, named: str
) -> None:
    assert named in refusal(NBA_BOXSCORE, changed(box_score(), path, value), GAME)


def test_swapped_sides_are_refused_naming_both() -> None:
    found = refusal(NBA_BOXSCORE, box_score(away="NYK", home="BOS"), GAME)
    assert found == ("home_away_matches_schedule: NYK at BOS, the schedule has BOS at NYK")


def test_a_box_score_without_players_is_refused_as_empty() -> None:
    body = changed(box_score(), "game.homeTeam.players", [])
    assert "NYK: 0 players played, at least 5" in refusal(NBA_BOXSCORE, body, GAME)
    empty = changed(body, "game.awayTeam.players", [])
    assert refusal(NBA_BOXSCORE, empty, GAME) == "empty: no players"


def test_a_side_of_four_is_refused_and_one_of_five_is_not() -> None:
    four = changed(box_score(), "game.awayTeam.players.4.played", "0")
    assert refusal(NBA_BOXSCORE, four, GAME) == "BOS: 4 players played, at least 5 must have"
    assert NBA_BOXSCORE.judge(as_bytes(box_score()), GAME)[1] == ""


def test_the_date_of_a_box_score_is_eastern() -> None:
    late = changed(box_score(), "game.gameEt", "2025-10-21T23:59:00-04:00")
    assert NBA_BOXSCORE.judge(as_bytes(late), GAME)[1] == ""


def test_a_box_score_is_judged_against_its_game() -> None:
    with pytest.raises(LookupError, match="judged against its scheduled game"):
        NBA_BOXSCORE.judge(as_bytes(box_score()), TONIGHT)


def test_a_season_file_of_another_season_or_of_no_game_is_refused() -> None:
    last_year = schedule(game(), season="2024-25")
    assert refusal(NBA_SCHEDULE, last_year, TONIGHT) == "season 2024-25 instead of 2025-26"
    assert refusal(NBA_SCHEDULE, schedule(), TONIGHT).startswith("empty:")


def test_a_log_of_another_date_or_without_rows_is_refused() -> None:
    assert refusal(NBA_GAME_LOG, game_log(), LOGGED).startswith("empty:")
    mixed = game_log(CURRY, log_row(GAME_DATE="2025-03-14"))
    assert refusal(NBA_GAME_LOG, mixed, LOGGED) == "rows of 2025-03-14, asked was 2025-03-15"


def test_a_contract_break_names_field_and_finding() -> None:
    path = "game.homeTeam.players.0.statistics.points"
    found = refusal(NBA_BOXSCORE, changed(box_score(), path, "twenty"), GAME)
    assert f"{path}: Input should be a valid integer" in found
    assert "found 'twenty'" in found
    assert f"{path}: Field required" in refusal(
        NBA_BOXSCORE, renamed(box_score(), path, "pts"), GAME
    )


def test_many_breaks_are_counted_and_three_are_named() -> None:
    body = box_score()
    for one in body["game"]["homeTeam"]["players"]:
        one["personId"] = "1"
    found = refusal(NBA_BOXSCORE, body, GAME)
    assert found.count("personId") == 3
    assert found.endswith("(+2 more)")


def test_a_body_that_is_no_json_is_refused_and_not_raised() -> None:
    assert "Invalid JSON" in refusal(NBA_BOXSCORE, b"<html>", GAME)


def test_requests_are_those_that_the_archive_answers() -> None:
    (log,) = NBA_GAME_LOG.requests(Subject(date(2023, 10, 24), season(2023)))
    assert str(log) == (
        "https://stats.nba.com/stats/leaguegamelog?Counter=1000&DateFrom=10/24/2023"
        "&DateTo=10/24/2023&Direction=DESC&LeagueID=00&PlayerOrTeam=P&Season=2023-24"
        "&SeasonType=Regular Season&Sorter=DATE"
    )
    box, box_of_stats = NBA_BOXSCORE.requests(GAME)
    assert str(box) == (
        "https://cdn.nba.com/static/json/liveData/boxscore/boxscore_0022500001.json"
    )
    assert str(box_of_stats) == (
        "https://stats.nba.com/stats/boxscoretraditionalv3?EndPeriod=0&EndRange=0"
        "&GameID=0022500001&RangeType=0&StartPeriod=0&StartRange=0"
    )
    cdn, stats = NBA_SCHEDULE.requests(TONIGHT)
    assert cdn.host == "cdn.nba.com"
    assert str(stats) == "https://stats.nba.com/stats/scheduleleaguev2?LeagueID=00&Season=2025-26"


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_route_leads_to_a_host_with_a_policy(feed: Feed) -> None:
    assert feed.routes
    assert {route.host for route in (*feed.routes, *feed.history)} <= set(POLICIES)


def test_the_register_lists_each_feed_once_and_after_those_it_needs() -> None:
    names = [feed.name for feed in FEEDS]
    assert len(set(names)) == len(names)
    for feed in FEEDS:
        for other in needs(feed):
            assert names.index(other.name) < names.index(feed.name)
    assert names.index("nba_schedule") == 0


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_no_template_of_a_route_holds_a_secret(feed: Feed) -> None:
    for route in (*feed.routes, *feed.history):
        assert not {name.lower() for name in route.params} & SECRETS


def test_only_the_cup_final_is_in_no_log() -> None:
    assert all(has_a_log(kind) for kind in ("regular", "play_in", "playoffs"))
    assert not has_a_log("cup_final")


def test_expected_are_games_with_two_teams_that_count_and_were_not_called_off() -> None:
    body = schedule(
        game("0022500001"),
        game("0022500001"),
        game("0022500002", home=None),
        game("0022500003", gameStatusText="PPD"),
        game("0022500004", gameStatusText="Cancelled"),
        game("0012500005"),
        game("0032500006"),
        game("0062500007"),
        game("0022500008", "2025-10-22"),
    )
    found = Schedule.model_validate_json(as_bytes(body))
    assert expected_games(DAY, found, None) == [
        ExpectedGame("0022500001", "BOS", "NYK", TIP),
        ExpectedGame("0062500007", "BOS", "NYK", TIP),
    ]
    assert expected_games(date(2025, 12, 24), found, None) == []


def test_a_judged_payload_is_the_one_that_was_read() -> None:
    payload, _ = NBA_BOXSCORE.judge(as_bytes(box_score()), GAME)
    assert isinstance(payload, BoxScore)
    assert payload.game.homeTeam.score == 100


def test_the_readme_lists_the_feeds_of_the_register() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in readme.splitlines()
        if re.match(r"\| `\w+` \|", line)
    ]
    words = {
        "opening": "opening night",
        "slate": "morning",
        "lock": "before each tip",
        "closing": "at each tip",
    }
    found = {row[0].strip("`"): row[1:] for row in rows}
    assert list(found) == [feed.name for feed in FEEDS]
    for feed in FEEDS:
        provider, serves, asked, proven = found[feed.name]
        folded = provider.lower().replace(".com", "").replace("the ", "")
        assert folded.replace(" ", "_").replace("-", "_") == POLICIES[feed.host].provider
        tables = [f"`{table.removeprefix('raw.')}`" for table in feed.serves]
        assert serves == ", ".join(tables) or (not tables and serves.startswith(("ids", "kept")))
        times = [words.get(name, "after the games") for name in feed.instants]
        assert asked == ("by hand" if feed.on_demand else ", ".join(times))
        assert proven.startswith(("recording", "sandbox"))


@pytest.mark.parametrize("host", [h for h, policy in POLICIES.items() if policy.key])
def test_the_example_of_the_environment_names_every_key(host: str) -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    key = POLICIES[host].key
    assert key is not None
    assert f"# {key.setting}=\n" in example
