from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest

from nba_assets.partitions import eastern_date, slate_instant
from nba_assets.sandbox.exchange import as_json
from nba_assets.sandbox.feeds import answer
from nba_assets.sandbox.fixtures import morning_after, morning_of
from nba_assets.sandbox.league import League

SCHEDULE = ("cdn.nba.com", "/static/json/staticData/scheduleLeagueV2_1.json")
STATS_SCHEDULE = ("stats.nba.com", "/stats/scheduleleaguev2")
SECOND = timedelta(seconds=1)


def games_at(league: League, as_of: datetime) -> dict[str, dict[str, Any]]:
    found = answer(league, *SCHEDULE, {}, as_of)
    assert found
    return {
        game["gameId"]: game
        for day in found.body["leagueSchedule"]["gameDates"]
        for game in day["games"]
    }


def log_query(day: str) -> dict[str, str]:
    return {
        "Counter": "1000",
        "DateFrom": day,
        "DateTo": day,
        "Direction": "DESC",
        "LeagueID": "00",
        "PlayerOrTeam": "P",
        "Season": "2025-26",
        "SeasonType": "Regular Season",
        "Sorter": "DATE",
    }


def log_at(league: League, day: str, as_of: datetime) -> tuple[list[list[Any]], datetime]:
    found = answer(league, "stats.nba.com", "/stats/leaguegamelog", log_query(day), as_of)
    assert found
    return found.body["resultSets"][0]["rowSet"], found.observed_at


def test_the_schedule_is_the_newest_of_nine_in_the_morning(league: League) -> None:
    nine = datetime(2025, 10, 24, 13, tzinfo=UTC)
    for as_of, expected in (
        (nine - SECOND, nine - timedelta(days=1)),
        (nine, nine),
        (nine + timedelta(hours=9), nine),
    ):
        found = answer(league, *SCHEDULE, {}, as_of)
        assert found
        assert found.observed_at == expected


def test_there_is_no_schedule_before_15_september(league: League) -> None:
    first = league.first_publication
    assert first == datetime(2025, 9, 15, 13, tzinfo=UTC)
    assert answer(league, *SCHEDULE, {}, first - SECOND) is None
    assert len(games_at(league, first)) == 1230
    assert {game["gameStatus"] for game in games_at(league, first).values()} == {1}


def test_last_nights_games_are_final_in_the_morning_and_tonights_are_not(league: League) -> None:
    day = league.dates[20]
    listed = games_at(league, slate_instant(day))
    for game in listed.values():
        date_of_game = datetime.fromisoformat(game["gameDateEst"]).date()
        assert game["gameStatus"] == (3 if date_of_game < day else 1)
    tonight = listed[league.games_on(day)[0].game_id]
    assert tonight["gameStatusText"].endswith(" pm ET")
    assert tonight["homeTeam"]["score"] == 0
    assert tonight["pointsLeaders"] == []


def test_final_scores_and_records_agree_with_the_box_scores(league: League) -> None:
    listed = games_at(league, league.end)
    wins = {"home": 0, "away": 0}
    for fixture in league.games_of("BOS"):
        game, box = listed[fixture.game_id], league.box(fixture.game_id)
        assert game["homeTeam"]["score"] == box.result.home.score
        assert game["awayTeam"]["score"] == box.result.away.score
        assert game["gameStatusText"] == box.status_text
        wins["home" if fixture.home == "BOS" else "away"] += box.winner == "BOS"
    last = league.games_of("BOS")[-1]
    side = "homeTeam" if last.home == "BOS" else "awayTeam"
    assert listed[last.game_id][side]["wins"] == sum(wins.values())
    assert listed[last.game_id][side]["losses"] == 82 - sum(wins.values())
    assert {"Final", "Final/OT"} <= {game["gameStatusText"] for game in listed.values()}


def test_a_postponed_game_is_on_its_first_date_until_the_next_morning(league: League) -> None:
    for fixture in (fixture for fixture in league.fixtures if fixture.is_postponed):
        morning = games_at(league, slate_instant(fixture.first_day))[fixture.game_id]
        before = games_at(league, morning_after(fixture.first_day) - SECOND)[fixture.game_id]
        after = games_at(league, morning_after(fixture.first_day))[fixture.game_id]
        assert morning["gameDateEst"] == before["gameDateEst"]
        assert morning["gameDateEst"] == f"{fixture.first_day}T00:00:00Z"
        assert after["gameDateEst"] == f"{fixture.day}T00:00:00Z"
        assert after["gameStatus"] == 1


def test_only_utc_fields_are_utc(league: League) -> None:
    fixture = next(f for f in league.fixtures if f.tip_at.date() != f.day)
    game = games_at(league, league.first_publication)[fixture.game_id]
    assert datetime.fromisoformat(game["gameDateTimeUTC"]) == fixture.tip_at
    assert datetime.fromisoformat(game["gameDateTimeEst"]).date() == fixture.first_day
    assert eastern_date(datetime.fromisoformat(game["gameDateUTC"])) == fixture.first_day


def test_dates_and_games_are_listed_in_order(league: League) -> None:
    games = list(games_at(league, league.end).values())
    codes = [game["gameCode"][:8] for game in games]
    assert codes == sorted(codes)
    for _, night in groupby(games, key=lambda game: game["gameCode"][:8]):
        numbers = [game["gameSequence"] for game in night]
        assert numbers == list(range(1, len(numbers) + 1))


def test_both_schedule_urls_tell_the_same(league: League) -> None:
    season = {"LeagueID": "00", "Season": "2025-26"}
    assert answer(league, *STATS_SCHEDULE, season, league.end) == answer(
        league, *SCHEDULE, {}, league.end
    )
    assert answer(league, *STATS_SCHEDULE, season | {"Season": "2024-25"}, league.end) is None


def test_a_box_score_appears_a_quarter_of_an_hour_after_the_horn(league: League) -> None:
    fixture = league.fixtures[40]
    page = ("cdn.nba.com", f"/static/json/liveData/boxscore/boxscore_{fixture.game_id}.json")
    box = league.box(fixture.game_id)
    visible = box.final_at + timedelta(minutes=15)
    assert answer(league, *page, {}, fixture.tip_at) is None
    assert answer(league, *page, {}, visible - SECOND) is None
    found = answer(league, *page, {}, visible)
    assert found
    assert found.observed_at == visible
    assert found == answer(league, *page, {}, league.end)


def test_an_unknown_game_or_page_is_not_found(league: League) -> None:
    box = "/static/json/liveData/boxscore/boxscore_0022599999.json"
    assert answer(league, "cdn.nba.com", box, {}, league.end) is None
    assert answer(league, "cdn.nba.com", "/static/json/nothing.json", {}, league.end) is None
    assert answer(league, "example.com", SCHEDULE[1], {}, league.end) is None


def test_the_log_is_empty_until_nine_the_next_morning(league: League) -> None:
    day = league.dates[1]
    text, morning = f"{day:%m/%d/%Y}", morning_after(day)
    rows, observed_at = log_at(league, text, morning - SECOND)
    assert rows == []
    assert observed_at == datetime(2025, 10, 22, 4, tzinfo=UTC)
    rows, observed_at = log_at(league, text, morning + timedelta(days=9))
    assert observed_at == morning
    games = {fixture.game_id for fixture in league.games_on(day)}
    assert {row[6] for row in rows} == games


def test_an_answer_is_never_observed_after_it_was_asked_for(league: League) -> None:
    for hours in range(0, 24 * 4, 5):
        as_of = morning_of(league.dates[0]) + timedelta(hours=hours, minutes=13)
        for day in ("10/21/2025", "10/22/2025", "10/30/2025"):
            rows, observed_at = log_at(league, day, as_of)
            assert observed_at <= as_of
            assert log_at(league, day, observed_at) == (rows, observed_at)


def test_the_log_agrees_with_the_box_scores(league: League) -> None:
    day = league.dates[1]
    rows, _ = log_at(league, f"{day:%m/%d/%Y}", league.end)
    logged = {(row[6], row[1]): row for row in rows}
    played = {
        (fixture.game_id, line.player.person_id): line
        for fixture in league.games_on(day)
        for tricode in (fixture.home, fixture.away)
        for line in league.box(fixture.game_id).team(tricode).lines
        if line.seconds
    }
    assert logged.keys() == played.keys()
    for key, line in played.items():
        assert logged[key][28] == line.counts["points"]
        assert logged[key][10] == (line.seconds + 30) // 60


@pytest.mark.parametrize(
    "other", [{"Season": "2024-25"}, {"SeasonType": "Playoffs"}], ids=["season", "type"]
)
def test_a_log_of_another_season_is_empty(league: League, other: dict[str, str]) -> None:
    query = log_query("10/22/2025") | other
    found = answer(league, "stats.nba.com", "/stats/leaguegamelog", query, league.end)
    assert found
    assert found.body["resultSets"][0]["rowSet"] == []


def test_a_schedule_does_not_depend_on_what_was_asked_before(league: League) -> None:
    as_of = slate_instant(league.dates[6])
    fresh = answer(League(), *SCHEDULE, {}, as_of)
    known = answer(league, *SCHEDULE, {}, as_of)
    assert fresh
    assert known
    assert as_json(fresh.body) == as_json(known.body)
