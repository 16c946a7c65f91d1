"""The payload models against recorded responses, where they are kept beside the repository."""

import gzip
import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from nba_assets.partitions import season, season_of
from nba_assets.sources.feed import ExpectedGame, Subject
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE, expected_games
from nba_assets.sources.layout import captures_in, url_folder
from nba_assets.sources.nba import BoxScore, GameLog, Schedule, season_type_of
from nba_assets.sources.teams import BY_NBA_ID, GUESTS, tricode_of
from nba_assets_tests.platform import SHARED

REPLAY = SHARED / "replay"
CONTRACTS = SHARED / "contracts"
BOXES = "https://cdn.nba.com/static/json/liveData/boxscore/boxscore_{}.json"
CORRECTED = "0022500746"
SEASONS = {2021: 1230, 2022: 1230, 2023: 1231}

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)


def body(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def boxes_of(pattern: str) -> list[Path]:
    folder = REPLAY / url_folder(BOXES.format("")).parent
    return [
        capture.path
        for game in sorted(folder.glob(f"boxscore_{pattern}.json"))
        for capture in captures_in(game)
    ]


def as_asked(path: Path) -> Subject:
    """The subject that a recorded box score answers for, by its own words."""
    game = json.loads(body(path))["game"]
    day = date.fromisoformat(game["gameEt"][:10])
    found = season_of(day)
    assert found
    return Subject(
        day,
        found,
        season_type_of(game["gameId"]),
        ExpectedGame(
            game["gameId"],
            game["awayTeam"]["teamTricode"],
            game["homeTeam"]["teamTricode"],
            datetime.fromisoformat(game["gameTimeUTC"]),
        ),
    )


def test_all_box_scores_of_2026_are_read_and_only_the_one_in_play_is_refused() -> None:
    paths = boxes_of("00225*")
    assert len(paths) == 19
    outcomes: Counter[str] = Counter()
    for path in paths:
        payload, reason = NBA_BOXSCORE.judge(body(path), as_asked(path))
        outcomes[reason] += 1
        if reason:
            assert "0022500749" in str(path)
            continue
        assert isinstance(payload, BoxScore)
        for side in (payload.game.homeTeam, payload.game.awayTeam):
            assert sum(p.statistics.points for p in side.players) == side.score
            assert sum(p.score for p in side.periods) == side.score
            assert sum(p.starter for p in side.players) == 5
            assert side.statistics.minutes == 240 * 60
            assert tricode_of(side.teamTricode) == BY_NBA_ID[side.teamId].tricode
    assert outcomes == {"": 18, "the game is not final": 1}


def test_the_late_correction_is_one_assist_of_one_player() -> None:
    def assists(path: Path) -> dict[str, int]:
        game = BoxScore.model_validate_json(body(path)).game
        return {
            p.name: p.statistics.assists
            for side in (game.homeTeam, game.awayTeam)
            for p in side.players
        }

    early, late = (assists(path) for path in boxes_of(CORRECTED))
    assert set(early) == set(late)
    changed = {name: (early[name], late[name]) for name in early if early[name] != late[name]}
    assert changed == {"Maxime Raynaud": (1, 2)}


@pytest.mark.parametrize("year", SEASONS)
def test_a_sample_of_each_seasons_box_scores_adds_up(year: int) -> None:
    paths = boxes_of(f"00[26]{year % 100}*")
    assert len(paths) == SEASONS[year]
    for path in [*paths[::40], paths[-1]]:
        payload, reason = NBA_BOXSCORE.judge(body(path), as_asked(path))
        assert reason == "", path
        assert isinstance(payload, BoxScore)
        overtimes = payload.game.period - payload.game.regulationPeriods
        for side in (payload.game.homeTeam, payload.game.awayTeam):
            assert sum(p.statistics.points for p in side.players) == side.score, path
            assert side.statistics.minutes == (240 + 25 * overtimes) * 60, path
            seconds = sum(p.statistics.minutes for p in side.players)
            assert abs(seconds - side.statistics.minutes) <= 60, path


@pytest.mark.parametrize("year", SEASONS)
def test_every_schedule_capture_is_read_and_answers_for_its_season(year: int) -> None:
    subject = Subject(season(year).first, season(year))
    _, request = NBA_SCHEDULE.requests(subject)
    captures = captures_in(REPLAY / url_folder(request.url, request.params))
    assert len(captures) >= 10
    for capture in captures:
        payload, reason = NBA_SCHEDULE.judge(body(capture.path), subject)
        assert reason == "", capture.path
        assert isinstance(payload, Schedule)
    # The last capture holds the whole season as it was played.
    assert isinstance(payload, Schedule)
    days = [day for day in payload.by_date if season(year).first <= day]
    games = [game for day in days for game in expected_games(day, payload, None)]
    assert len(games) == SEASONS[year]
    assert {payload.date_of[game.nba_game_id] for game in games} <= set(days)


@pytest.mark.parametrize("year", SEASONS)
def test_a_sample_of_each_seasons_logs_is_read(year: int) -> None:
    folder = REPLAY / "stats.nba.com/stats/leaguegamelog"
    queries = sorted(folder.glob(f"*Season={year}-{year % 100 + 1}*"))
    assert len(queries) >= 160
    for query in queries[::8]:
        (capture,) = captures_in(query)
        day = datetime.strptime(query.name.split("DateFrom=")[1][:14], "%m%%2F%d%%2F%Y").date()  # noqa: DTZ007
        payload, reason = NBA_GAME_LOG.judge(body(capture.path), Subject(day, season(year)))
        assert reason == "", query.name
        assert isinstance(payload, GameLog)
        sides = {(row.GAME_ID, row.TEAM_ABBREVIATION, row.is_home) for row in payload.rows}
        for game in {row.GAME_ID for row in payload.rows}:
            assert sorted(home for g, _, home in sides if g == game) == [False, True]


def test_a_recorded_log_is_what_its_request_asks_for() -> None:
    (path,) = (CONTRACTS / "nbac_player_boxscore").iterdir()
    payload, reason = NBA_GAME_LOG.judge(body(path), Subject(date(2025, 3, 15), season(2024)))
    assert reason == ""
    assert isinstance(payload, GameLog)
    assert len(payload.rows) == 157
    (curry,) = (row for row in payload.rows if row.PLAYER_NAME == "Stephen Curry")
    assert (curry.PTS, curry.MIN, curry.is_home) == (28, 35, True)


def test_a_recorded_log_of_another_date_is_refused() -> None:
    (path,) = (CONTRACTS / "nbac_player_boxscore").iterdir()
    _, reason = NBA_GAME_LOG.judge(body(path), Subject(date(2025, 3, 16), season(2024)))
    assert reason == "rows of 2025-03-15, asked was 2025-03-16"


def schedule_in(folder: str) -> Schedule:
    (path,) = (CONTRACTS / folder).iterdir()
    return Schedule.model_validate_json(body(path))


def test_the_recorded_season_of_stats_is_a_whole_season() -> None:
    found = schedule_in("nbac_schedule_api")
    games = [game for games in found.by_date.values() for game in games]
    assert found.season == "2024-25"
    assert Counter(season_type_of(game.gameId) for game in games) == {
        "preseason": 73,
        "regular": 1230,
        "all_star": 6,
        "playoffs": 84,
        "play_in": 6,
        "cup_final": 1,
    }
    assert {game.status for game in games} <= {"final", "postponed", "scheduled"}
    counted = [g for g in games if season_type_of(g.gameId) not in ("preseason", "all_star")]
    assert all(game.overtime_periods is not None for game in counted if game.status == "final")
    assert all(tricode_of(side) for g in counted for side in sides(g))
    guests = {side for g in games if season_type_of(g.gameId) == "all_star" for side in sides(g)}
    assert guests <= GUESTS | {""}


def sides(game: Any) -> tuple[str, str]:
    return game.awayTeam.teamTricode or "", game.homeTeam.teamTricode or ""


def test_the_recorded_tips_lie_on_the_eastern_date_or_after_its_midnight_in_utc() -> None:
    found = schedule_in("nbac_schedule_api")
    days_later = [
        (game.tip_at.date() - game.game_date).days
        for games in found.by_date.values()
        for game in games
        if season_type_of(game.gameId) == "regular" and game.tip_at
    ]
    assert (days_later.count(1), len(days_later)) == (938, 1230)
    assert set(days_later) == {0, 1}


def test_the_recorded_preseason_of_the_cdn_has_no_game_that_counts() -> None:
    found = schedule_in("nbac_schedule_cdn")
    assert found.season == "2025-26"
    games = [game for games in found.by_date.values() for game in games]
    assert len(games) == 13
    assert games[0].arenaName == "Etihad Arena"
    assert games[0].isNeutral
    assert [game for day in found.by_date for game in expected_games(day, found, None)] == []
