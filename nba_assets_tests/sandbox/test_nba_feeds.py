"""NBA.com's boards, notices, tables and documents as of an instant."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.exchange import as_bytes
from nba_assets.sandbox.feed import Answer, Document
from nba_assets.sandbox.feeds import FEEDS, answer
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import League
from nba_assets.sandbox.nba_tables import PLAYERS
from nba_assets.sources.nba_gamebook import Gamebook
from nba_assets.sources.nba_live import PlayByPlay, Scoreboard
from nba_assets.sources.nba_officials import GameOfficials
from nba_assets.sources.nba_pdf import InjuryReport
from nba_assets.sources.nba_people import (
    DailyLineups,
    PlayerIndex,
    PlayerMovement,
    Standings,
    TeamRoster,
)
from nba_assets.sources.nba_stats import BoxScoreV3, PlayByPlayV3, ShotChart, TeamGameLog

SECOND = timedelta(seconds=1)
SEASON = {"LeagueID": "00", "Season": "2025-26", "SeasonType": "Regular Season"}
BOARD = ("cdn.nba.com", "/static/json/liveData/scoreboard/todaysScoreboard_00.json")
MOVES = ("stats.nba.com", "/js/data/playermovement/NBA_Player_Movement.json")


def stats(league: League, endpoint: str, as_of: datetime, **params: str) -> Answer | None:
    return answer(league, "stats.nba.com", f"/stats/{endpoint}", params, as_of)


def eastern(day: date, hour: int, minute: int = 0) -> datetime:
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=EASTERN)
    return at.astimezone(UTC)


def lineups(league: League, day: date, as_of: datetime) -> Any:
    path = f"/js/data/leaders/00_daily_lineups_{day:%Y%m%d}.json"
    found = answer(league, "stats.nba.com", path, {}, as_of)
    return found.body["games"] if found else None


def report_path(day: date, hour: str) -> str:
    minutes = hour if day < date(2025, 12, 22) else f"{hour[:2]}_00{hour[2:]}"
    return f"/referee/injury/Injury-Report_{day}_{minutes}.pdf"


def report(league: League, day: date, hour: str, as_of: datetime) -> InjuryReport | None:
    found = answer(league, "ak-static.cms.nba.com", report_path(day, hour), {}, as_of)
    return InjuryReport.parse(found.body.content) if found else None


@pytest.fixture
def game(league: League) -> Fixture:
    """A game of the second week."""
    return league.games_on(league.dates[8])[0]


def pages(game: Fixture) -> list[tuple[Any, str, str, dict[str, str]]]:
    """Every page of NBA.com with the model that reads it."""
    log = {"DateFrom": f"{game.day:%m/%d/%Y}", "DateTo": f"{game.day:%m/%d/%Y}", **SEASON}
    host, day = "stats.nba.com", f"{game.day:%Y%m%d}"
    plays = f"/static/json/liveData/playbyplay/playbyplay_{game.game_id}.json"
    return [
        (Scoreboard, *BOARD, {}),
        (Scoreboard, host, "/stats/scoreboardv3", {"GameDate": str(game.day)}),
        (BoxScoreV3, host, "/stats/boxscoretraditionalv3", {"GameID": game.game_id}),
        (PlayByPlayV3, host, "/stats/playbyplayv3", {"GameID": game.game_id}),
        (PlayByPlay, "cdn.nba.com", plays, {}),
        (TeamGameLog, host, "/stats/leaguegamelog", {"PlayerOrTeam": "T", **log}),
        (ShotChart, host, "/stats/shotchartdetail", {"ContextMeasure": "FGA", **log}),
        (PlayerIndex, host, "/stats/playerindex", SEASON),
        (TeamRoster, host, "/stats/commonteamroster", {"TeamID": "1610612739", **SEASON}),
        (Standings, host, "/stats/leaguestandingsv3", SEASON),
        (DailyLineups, host, f"/js/data/leaders/00_daily_lineups_{day}.json", {}),
        (PlayerMovement, *MOVES, {}),
        (
            GameOfficials,
            "official.nba.com",
            "/wp-json/api/v1/get-game-officials",
            {"date": str(game.day)},
        ),
        (InjuryReport, "ak-static.cms.nba.com", report_path(game.day, "05PM"), {}),
        (
            Gamebook,
            "statsdmz.nba.com",
            f"/pdfs/{day}/{day}_{game.away}{game.home}.pdf",
            {},
        ),
    ]


def test_every_page_is_read_and_was_visible_when_it_says(league: League, game: Fixture) -> None:
    hours = (-30, -9, -0.75, -0.3, 0.02, 1.3, 3.5, 18)
    instants = [game.tip_at + timedelta(hours=hour) for hour in hours]
    for model, host, path, query in pages(game):
        seen = 0
        for as_of in instants:
            found = answer(league, host, path, query, as_of)
            if found is None:
                continue
            seen += 1
            assert found.observed_at <= as_of, path
            assert found.observed_at.microsecond == 0, path
            model.parse(as_bytes(found.body))
            again = answer(league, host, path, query, found.observed_at)
            assert again is not None, path
            assert again.observed_at == found.observed_at, path
            assert as_bytes(again.body) == as_bytes(found.body), path
        assert seen, path


def test_the_board_turns_at_noon_and_follows_its_games(league: League, game: Fixture) -> None:
    def board(as_of: datetime) -> Any:
        found = answer(league, *BOARD, {}, as_of)
        assert found
        return found.body["scoreboard"]

    noon, box = eastern(game.day, 12), league.box(game.game_id)
    assert board(noon - SECOND)["gameDate"] == league.dates[7].isoformat()
    assert board(noon)["gameDate"] == game.day.isoformat()
    assert board(eastern(game.day + timedelta(days=1), 11, 59))["gameDate"] == game.day.isoformat()

    def state(as_of: datetime) -> Any:
        return next(g for g in board(as_of)["games"] if g["gameId"] == game.game_id)

    assert state(game.tip_at - SECOND)["gameStatus"] == 1
    live = state(game.tip_at + timedelta(hours=1))
    assert live["gameStatus"] == 2
    assert 0 < live["homeTeam"]["score"] < box.result.home.score
    assert sum(p["score"] for p in live["homeTeam"]["periods"]) == live["homeTeam"]["score"]
    final = state(box.final_at)
    assert final["gameStatus"] == 3
    assert final["awayTeam"]["score"] == box.result.away.score
    wins = [final[side]["wins"] - live[side]["wins"] for side in ("homeTeam", "awayTeam")]
    assert sorted(wins) == [0, 1]


def test_a_day_without_games_is_an_empty_board(league: League) -> None:
    found = stats(league, "scoreboardv3", league.end, GameDate="2025-11-27", LeagueID="00")
    assert found
    assert found.body["scoreboard"]["games"] == []


def test_a_postponed_game_stands_on_both_boards(league: League) -> None:
    moved = next(fixture for fixture in league.fixtures if fixture.is_postponed)

    def board(day: date) -> dict[str, Any]:
        found = stats(league, "scoreboardv3", league.end, GameDate=str(day), LeagueID="00")
        assert found
        return {g["gameId"]: g for g in found.body["scoreboard"]["games"]}

    first = board(moved.first_day)[moved.game_id]
    assert (first["gameStatus"], first["gameStatusText"]) == (1, "PPD")
    assert board(moved.day)[moved.game_id]["gameStatus"] == 3


def test_lineups_are_expected_and_then_confirmed(league: League, game: Fixture) -> None:
    first = min(fixture.tip_at for fixture in league.games_on(game.day))
    posted, confirmed = first - timedelta(minutes=60), game.tip_at - timedelta(minutes=40)
    assert lineups(league, game.day, posted - SECOND) is None

    def mine(as_of: datetime) -> Any:
        return next(g for g in lineups(league, game.day, as_of) if g["gameId"] == game.game_id)

    early = mine(confirmed - SECOND)["homeTeam"]["players"]
    assert len(early) == 5
    assert {player["lineupStatus"] for player in early} == {"Expected"}
    late = mine(confirmed)["homeTeam"]["players"]
    assert {player["lineupStatus"] for player in late} == {"Confirmed"}
    lineup = league.box(game.game_id).lineups[game.home]
    starters = {p["personId"] for p in late if p["position"]}
    assert starters == set(lineup.slots)
    active = {p["personId"] for p in late if p["rosterStatus"] == "Active"}
    assert active == {player.person_id for player in lineup.side.players}
    inactive = {p["personId"] for p in late if p["rosterStatus"] == "Inactive"}
    assert inactive == {unused.player.person_id for unused in lineup.unused}
    others = [g for g in league.games_on(game.day) if g.tip_at > game.tip_at + timedelta(hours=1)]
    for other in others:
        row = next(g for g in lineups(league, game.day, confirmed) if g["gameId"] == other.game_id)
        assert {p["lineupStatus"] for p in row["homeTeam"]["players"]} == {"Expected"}


def test_some_expected_fives_are_wrong(league: League) -> None:
    wrong = total = 0
    for fixture in league.fixtures[:60]:
        as_of = fixture.tip_at - timedelta(minutes=41)
        row = next(g for g in lineups(league, fixture.day, as_of) if g["gameId"] == fixture.game_id)
        box = league.box(fixture.game_id)
        for side, team in (("homeTeam", fixture.home), ("awayTeam", fixture.away)):
            five = {player["personId"] for player in row[side]["players"]}
            wrong += five != set(box.lineups[team].slots)
            total += 1
    assert 0 < wrong < total / 3


def test_officials_asked_too_early_are_yesterdays(league: League, game: Fixture) -> None:
    def asked(as_of: datetime) -> Any:
        query = {"date": game.day.isoformat()}
        found = answer(
            league, "official.nba.com", "/wp-json/api/v1/get-game-officials", query, as_of
        )
        assert found
        return found.body["nba"]["Table"]["rows"]

    early, late = asked(eastern(game.day, 8, 59)), asked(eastern(game.day, 9))
    assert {row["game_date"] for row in early} == {f"{league.dates[7]:%m/%d/%Y}"}
    assert {row["game_date"] for row in late} == {f"{game.day:%m/%d/%Y}"}
    row = next(row for row in late if row["game_id"] == game.game_id)
    crew = [one.person_id for one in league.box(game.game_id).officials]
    assert [row[f"official{n}_code"] for n in (1, 2, 3)] == crew


def test_a_trade_is_posted_that_morning_and_moves_both_men(league: League) -> None:
    trade = league.trades[0]
    morning = eastern(trade.day, 9)

    def rows(as_of: datetime) -> list[dict[str, Any]]:
        found = answer(league, *MOVES, {}, as_of)
        assert found
        moves: list[dict[str, Any]] = found.body["NBA_Player_Movement"]["rows"]
        return moves

    before, after = rows(morning - SECOND), rows(morning)
    new = after[: len(after) - len(before)]
    assert {row["Transaction_Type"] for row in new} == {"Trade"}
    assert {row["PLAYER_ID"] for row in new} == {float(trade.one), float(trade.other)}

    def index(as_of: datetime) -> dict[int, int]:
        found = stats(league, "playerindex", as_of, **SEASON)
        assert found
        who, team = PLAYERS.index("PERSON_ID"), PLAYERS.index("TEAM_ID")
        return {row[who]: row[team] for row in found.body["resultSets"][0]["rowSet"]}

    was, now = index(morning - SECOND), index(morning)
    assert (was[trade.one], was[trade.other]) == (now[trade.other], now[trade.one])
    for row in new:
        assert row["TEAM_ID"] == now[int(row["PLAYER_ID"])]
        team = str(int(row["TEAM_ID"]))
        roster = stats(league, "commonteamroster", morning, TeamID=team, **SEASON)
        assert roster
        ids = {player[14]: player[15] for player in roster.body["resultSets"][0]["rowSet"]}
        assert ids[int(row["PLAYER_ID"])].startswith("Traded from ")


def test_standings_count_the_games_that_are_over(league: League, game: Fixture) -> None:
    box = league.box(game.game_id)

    def wins(as_of: datetime) -> dict[str, tuple[int, int]]:
        found = stats(league, "leaguestandingsv3", as_of, **SEASON)
        assert found
        table = found.body["resultSets"][0]
        rows = [dict(zip(table["headers"], row, strict=True)) for row in table["rowSet"]]
        assert len(rows) == 30
        assert all(row["Record"] == f"{row['WINS']}-{row['LOSSES']}" for row in rows)
        return {
            f"{row['TeamCity']} {row['TeamName']}": (row["WINS"], row["LOSSES"]) for row in rows
        }

    before, after = wins(box.final_at - SECOND), wins(box.final_at)
    changed = {name for name in after if after[name] != before[name]}
    assert len(changed) == 2
    over = [f for f in league.fixtures if f.tip_at < box.final_at]
    over = [f for f in over if league.box(f.game_id).final_at <= box.final_at]
    assert sum(w for w, _ in after.values()) == len(over)


def test_the_report_of_an_hour_exists_from_then_on(league: League, game: Fixture) -> None:
    at = eastern(game.day, 17)
    assert report(league, game.day, "05PM", at - SECOND) is None
    assert report(league, game.day, "05PM", at) == report(league, game.day, "05PM", league.end)
    assert report(league, game.day, "08AM", league.end) is None
    late = answer(
        league, "ak-static.cms.nba.com",
        f"/referee/injury/Injury-Report_{game.day}_05_00PM.pdf", {}, league.end,
    )  # fmt: skip
    assert late is None  # the minutes are in the name since 22 December 2025


def test_the_report_settles_by_the_evening_and_tells_the_truth(league: League) -> None:
    unsubmitted, uncertain = 0, 0
    for day in league.dates[20:24]:
        games = {fixture.game_id: fixture for fixture in league.games_on(day)}
        morning = report(league, day, "09AM", league.end)
        evening = report(league, day, "10PM", league.end)
        assert morning
        assert evening
        today = [row for row in evening.rows if row.game_date == day]
        assert {row.status for row in today} <= {"Out", "Available"}
        unsubmitted += sum(team.game_date == day for team in morning.not_submitted)
        uncertain += sum(row.status in ("Doubtful", "Questionable") for row in morning.rows)
        teams = {team for f in games.values() for team in (f.home, f.away)}
        assert {row.team for row in today} <= teams
        assert not any(team.game_date == day for team in evening.not_submitted)
        out = {row.player for row in today if row.status == "Out"}
        for fixture in games.values():
            for tricode in (fixture.home, fixture.away):
                lineup = league.box(fixture.game_id).lineups[tricode]
                for unused in lineup.unused:
                    if unused.reason == "INACTIVE_INJURY" and unused.player.name.isascii():
                        player = unused.player
                        assert f"{player.family_name}, {player.first_name}" in out
    assert unsubmitted
    assert uncertain


def test_a_gamebook_is_its_box_score(league: League, game: Fixture) -> None:
    box, day = league.box(game.game_id), f"{game.day:%Y%m%d}"
    path = f"/pdfs/{day}/{day}_{game.away}{game.home}.pdf"
    visible = box.published_at + timedelta(minutes=15)
    assert answer(league, "statsdmz.nba.com", path, {}, visible - SECOND) is None
    found = answer(league, "statsdmz.nba.com", path, {}, visible)
    assert found
    assert isinstance(found.body, Document)
    book = Gamebook.parse(found.body.content)
    for side, result in ((book.home, box.result.home), (book.away, box.result.away)):
        played = [line for line in result.lines if line.seconds]
        assert sorted(p.seconds_played for p in side.players) == sorted(
            line.seconds for line in played
        )
        assert sum(p.pts for p in side.players) == result.score


def test_no_gamebook_or_report_of_the_season_is_too_wide_to_print(league: League) -> None:
    for day in league.dates[::18]:
        assert report(league, day, "05PM", league.end) is not None
        for fixture in league.games_on(day)[:1]:
            name = f"{day:%Y%m%d}_{fixture.away}{fixture.home}"
            path = f"/pdfs/{day:%Y%m%d}/{name}_book.pdf"
            assert answer(league, "statsdmz.nba.com", path, {}, league.end)


def test_the_team_log_is_the_sum_of_the_players(league: League, game: Fixture) -> None:
    day = f"{game.day:%m/%d/%Y}"
    names = ("PTS", "FGA", "REB", "AST", "TOV")
    difference: Counter[tuple[str, int, str]] = Counter()
    for letter, sign in (("P", 1), ("T", -1)):
        found = stats(
            league, "leaguegamelog", league.end,
            PlayerOrTeam=letter, DateFrom=day, DateTo=day, **SEASON,
        )  # fmt: skip
        assert found
        table = found.body["resultSets"][0]
        assert table["rowSet"]
        for values in table["rowSet"]:
            row = dict(zip(table["headers"], values, strict=True))
            for name in names:
                difference[row["GAME_ID"], row["TEAM_ID"], name] += sign * row[name]
    assert set(difference.values()) == {0}


def test_the_shot_chart_has_every_attempt_of_the_date(league: League, game: Fixture) -> None:
    day = f"{game.day:%m/%d/%Y}"

    def chart(**more: str) -> list[list[Any]]:
        found = stats(
            league, "shotchartdetail", league.end, DateFrom=day, DateTo=day, **SEASON, **more
        )
        assert found
        rows: list[list[Any]] = found.body["resultSets"][0]["rowSet"]
        return rows

    everything = chart(ContextMeasure="FGA", PlayerID="0", TeamID="0")
    boxes = [league.box(fixture.game_id) for fixture in league.games_on(game.day)]
    sides = [side for box in boxes for side in (box.result.home, box.result.away)]
    lines = [line for side in sides for line in side.lines]
    tried = sum(
        line.counts["twoPointersAttempted"] + line.counts["threePointersAttempted"]
        for line in lines
    )
    assert len(everything) == tried
    made = [row for row in everything if row[20]]
    assert chart(ContextMeasure="PTS") == made
    who = everything[0][3]
    assert {row[3] for row in chart(ContextMeasure="FGA", PlayerID=str(who))} == {who}


def test_a_feed_of_stats_knows_only_its_season(league: League) -> None:
    other = SEASON | {"Season": "2024-25"}
    for endpoint in ("playerindex", "leaguestandingsv3", "commonteamroster"):
        assert stats(league, endpoint, league.end, TeamID="1610612739", **other) is None


def test_bodies_that_are_json_can_be_written_as_json(league: League, game: Fixture) -> None:
    for _, host, path, query in pages(game):
        found = answer(league, host, path, query, game.tip_at + timedelta(hours=18))
        assert found, path
        if not isinstance(found.body, Document):
            assert json.loads(as_bytes(found.body)) == found.body


def test_every_feed_has_one_host_and_path() -> None:
    keys = [(feed.host, feed.path.pattern, feed.query) for feed in FEEDS]
    assert len(set(keys)) == len(keys)
