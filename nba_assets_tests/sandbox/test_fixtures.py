from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.fixtures import fixtures, play_dates
from nba_assets.sandbox.league import League
from nba_assets.sources.teams import TEAMS


def dates_of(league: League, tricode: str) -> list[date]:
    return [game.day for game in league.games_of(tricode)]


def test_every_team_plays_82_games_and_41_at_home(league: League) -> None:
    assert len(league.fixtures) == 1230
    for team in TEAMS:
        games = league.games_of(team.tricode)
        assert len(games) == 82
        assert sum(game.home == team.tricode for game in games) == 41


@pytest.mark.parametrize(("seed", "year"), [(1, 2025), (2, 2024), (3, 2020), (4, 2026)])
def test_any_seed_and_season_makes_a_playable_list(seed: int, year: int) -> None:
    games = fixtures(seed, year)
    assert len({game.game_id for game in games}) == 1230
    assert set(Counter(game.home for game in games).values()) == {41}
    assert set(Counter(game.away for game in games).values()) == {41}
    assert sum(game.is_postponed for game in games) == 6


def test_no_team_plays_twice_a_date_or_three_nights_in_a_row(league: League) -> None:
    for team in TEAMS:
        gaps = [(b - a).days for a, b in pairwise(dates_of(league, team.tricode))]
        assert min(gaps) >= 1
        assert all(a + b > 2 for a, b in pairwise(gaps))


def test_back_to_backs_are_as_many_as_in_a_real_season(league: League) -> None:
    doubles = [
        sum((b - a).days == 1 for a, b in pairwise(dates_of(league, team.tricode)))
        for team in TEAMS
    ]
    assert 14 <= sum(doubles) / 30 <= 16
    assert max(doubles) <= 18


def test_conference_opponents_meet_three_or_four_times_and_others_twice(league: League) -> None:
    side = {team.tricode: team.conference for team in TEAMS}
    meetings = Counter(frozenset((game.home, game.away)) for game in league.fixtures)
    across = {n for pair, n in meetings.items() if len({side[team] for team in pair}) == 2}
    within = {n for pair, n in meetings.items() if len({side[team] for team in pair}) == 1}
    assert across == {2}
    assert within == {3, 4}


def test_the_league_rests_when_it_should(league: League) -> None:
    days = {game.day for game in league.fixtures}
    assert not days & {date(2025, 11, 27), date(2025, 12, 24)}
    assert not days & {date(2026, 2, 13) + timedelta(n) for n in range(6)}
    assert min(days) == date(2025, 10, 21)
    assert max(days) == date(2026, 4, 12)
    assert max(Counter(game.day for game in league.fixtures).values()) <= 15


def test_late_tips_fall_on_the_next_utc_date(league: League) -> None:
    late = [game for game in league.fixtures if game.tip_at.date() != game.day]
    latest = max(game.tip_at.astimezone(EASTERN).strftime("%H:%M") for game in league.fixtures)
    assert len(late) > 300
    assert latest == "22:30"


def test_a_postponed_game_moves_to_a_later_date(league: League) -> None:
    moved = [game for game in league.fixtures if game.is_postponed]
    assert len(moved) == 6
    assert all(game.day > game.first_day for game in moved)
    assert min(game.first_day for game in moved) in play_dates(2025)[:30]
