import unicodedata
from collections import defaultdict
from typing import Any

import numpy as np

from nba_assets.sandbox.box_scores import box_score_body
from nba_assets.sandbox.exchange import as_json
from nba_assets.sandbox.league import League

SAMPLE = slice(None, None, 12)  # 103 games of the season


def box_scores(league: League) -> list[dict[str, Any]]:
    return [box_score_body(league, f.game_id)["game"] for f in league.fixtures[SAMPLE]]


def sides(game: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    home, away = game["homeTeam"], game["awayTeam"]
    return [(home, away), (away, home)]


def total(team: dict[str, Any], name: str) -> int:
    return sum(player["statistics"][name] for player in team["players"])


def seconds(text: str) -> int:
    minutes, rest = text.removeprefix("PT").removesuffix(".00S").split("M")
    return 60 * int(minutes) + int(rest)


def test_the_same_seed_gives_the_same_games_in_any_order_of_asking() -> None:
    one, other = League(seed=3), League(seed=3)
    asked = [fixture.game_id for fixture in one.fixtures[:25]]
    forward = {game: as_json(box_score_body(one, game)) for game in asked}
    backward = {game: as_json(box_score_body(other, game)) for game in reversed(asked)}
    assert forward == backward


def test_another_seed_gives_another_league() -> None:
    one, other = League(seed=3), League(seed=4)
    assert one.fixtures != other.fixtures
    assert one.rosters != other.rosters


def test_points_agree_between_players_periods_team_and_opponent(league: League) -> None:
    for game in box_scores(league):
        for team, opponent in sides(game):
            statistics = team["statistics"]
            assert total(team, "points") == team["score"] == statistics["points"]
            assert sum(period["score"] for period in team["periods"]) == team["score"]
            assert opponent["statistics"]["pointsAgainst"] == team["score"]
            assert team["score"] != opponent["score"]
            assert len(team["periods"]) == game["period"]


def test_every_players_points_are_his_shots(league: League) -> None:
    for game in box_scores(league):
        for player in game["homeTeam"]["players"] + game["awayTeam"]["players"]:
            s = player["statistics"]
            made = 2 * s["twoPointersMade"] + 3 * s["threePointersMade"] + s["freeThrowsMade"]
            assert s["points"] == made
            assert s["fieldGoalsMade"] == s["twoPointersMade"] + s["threePointersMade"]
            assert s["fieldGoalsMade"] <= s["fieldGoalsAttempted"]
            assert s["threePointersMade"] <= s["threePointersAttempted"]
            assert s["freeThrowsMade"] <= s["freeThrowsAttempted"]
            assert s["foulsPersonal"] <= 6


def test_the_minutes_of_a_team_fill_five_places_for_the_whole_game(league: League) -> None:
    for game in box_scores(league):
        clock = 5 * (48 + 5 * (game["period"] - 4)) * 60
        for team, _ in sides(game):
            played = [seconds(p["statistics"]["minutes"]) for p in team["players"]]
            assert sum(played) == seconds(team["statistics"]["minutes"]) == clock
            if game["period"] == 4:
                assert max(played) <= 44 * 60


def test_plus_minus_sums_to_five_times_the_margin(league: League) -> None:
    for game in box_scores(league):
        for team, opponent in sides(game):
            margin = team["score"] - opponent["score"]
            assert total(team, "plusMinusPoints") == 5 * margin
            assert total(team, "plus") == 5 * team["score"]


def test_team_counts_are_the_players_and_what_belongs_to_nobody(league: League) -> None:
    summed = ("assists", "reboundsOffensive", "steals", "blocks", "turnovers", "foulsPersonal")
    shots = ("fieldGoalsMade", "fieldGoalsAttempted", "freeThrowsAttempted", "pointsInThePaint")
    apart = 0
    for game in box_scores(league):
        for team, opponent in sides(game):
            s = team["statistics"]
            assert all(total(team, name) == s[name] for name in (*summed, *shots))
            assert s["turnoversTotal"] == s["turnovers"] + s["turnoversTeam"]
            assert s["reboundsTotal"] == s["reboundsPersonal"] + s["reboundsTeam"]
            assert s["blocks"] == opponent["statistics"]["blocksReceived"]
            assert s["steals"] <= opponent["statistics"]["turnovers"]
            apart += s["turnoversTeam"] > 0
    assert apart


def test_five_start_eight_to_eleven_play_and_the_rest_are_zeros(league: League) -> None:
    reasons, silent = set(), 0
    for game in box_scores(league):
        for team, _ in sides(game):
            players = team["players"]
            assert sorted(p["position"] for p in players if p["starter"] == "1") == sorted(
                ["PG", "SG", "SF", "PF", "C"]
            )
            assert sum(p["oncourt"] == "1" for p in players) == 5
            assert 8 <= sum(p["played"] == "1" for p in players) <= 11
            assert 15 <= len(players) <= 17
            for player in players:
                if player["played"] == "0":
                    assert not any(
                        v for v in player["statistics"].values() if isinstance(v, int | float)
                    )
                    reasons.add(player.get("notPlayingReason"))
                    silent += player["status"] == "ACTIVE"
    assert silent
    assert {None, "DNP_COACH", "INACTIVE_INJURY", "INACTIVE_GLEAGUE_TWOWAY"} <= reasons


def test_a_season_looks_like_basketball(league: League) -> None:
    games = [league.box(fixture.game_id) for fixture in league.fixtures]
    teams = [team for game in games for team in (game.result.home, game.result.away)]
    scores = np.array([(game.result.home.score, game.result.away.score) for game in games])
    sums: dict[str, float] = defaultdict(float)
    points: dict[int, list[int]] = defaultdict(list)
    for team in teams:
        for line in team.lines:
            for name, count in line.counts.items():
                sums[name] += count / len(teams)
            if line.seconds:
                points[line.player.person_id].append(line.counts["points"])
    shots = sums["twoPointersAttempted"] + sums["threePointersAttempted"]
    made = sums["twoPointersMade"] + sums["threePointersMade"]
    scorers = sorted((np.mean(p) for p in points.values() if len(p) > 40), reverse=True)
    assert 111 < scores.mean() < 116
    assert 11 < scores.std() < 14
    assert 1.2 < (scores[:, 0] - scores[:, 1]).mean() < 3.8
    assert 0.04 < np.mean([game.result.periods > 4 for game in games]) < 0.08
    assert 0.46 < made / shots < 0.49
    assert 0.38 < sums["threePointersAttempted"] / shots < 0.42
    assert 0.76 < sums["freeThrowsMade"] / sums["freeThrowsAttempted"] < 0.80
    assert 12 < sums["turnovers"] < 15
    assert 9.5 < sums["reboundsOffensive"] < 12
    assert 24 < sums["assists"] < 29
    assert 27 < scorers[0] < 33
    assert 20 < scorers[29] < 27


def test_names_are_unique_and_as_hard_as_real_ones(league: League) -> None:
    players = [player for roster in league.rosters.values() for player in roster]
    names = {player.name for player in players}
    assert len(names) == len(players)
    assert all(player.person_id >= 9_000_001 for player in players)
    assert any(unicodedata.normalize("NFD", name) != name for name in names)
    for mark in ("'", "-", " Jr.", " III"):
        assert any(mark in name for name in names)
    assert any(f"{name} Jr." in names for name in names), "a father and his son"


def test_a_traded_player_plays_for_both_teams(league: League) -> None:
    trade = league.trades[0]
    teams = {
        tricode
        for fixture in league.fixtures
        for tricode in (fixture.home, fixture.away)
        for line in league.box(fixture.game_id).team(tricode).lines
        if line.player.person_id == trade.one and line.seconds
    }
    assert len(teams) == 2
