"""What a team brings to a night: exact values of the query on literal seasons, by a real DuckDB."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from nba_assets.analytics.tables import (
    PLAYER_GAME_SUMMARY,
    TEAM_DEFENSE_GAME_SUMMARY,
    TEAM_OFFENSE_GAME_SUMMARY,
)
from nba_assets.analytics.upcoming_tables import LOCK, MORNING, PLAYER_AVAILABILITY, UPCOMING_GAMES
from nba_assets.raw.arena_distances import ARENA_DISTANCES
from nba_assets.raw.arenas import ARENAS
from nba_assets.raw.game_lines import GAME_LINES
from nba_assets.raw.schedule import game_id
from nba_assets.raw.tables import SCHEDULE
from nba_assets_tests.analytics.pregame import NIGHT, SEASON, Pregame, nights_ago
from nba_assets_tests.raw.rows import Row

SQL = "analytics/upcoming_team_game_context.sql"
HOMES = {"BOS": "TD Garden", "NYK": "Madison Square Garden", "LAL": "Crypto.com Arena"}
PARIS = "Accor Arena"
MILES = {
    ("TD Garden", "Madison Square Garden"): (190.25, 0),
    ("TD Garden", "Crypto.com Arena"): (2591.1, -3),
    ("Madison Square Garden", "Crypto.com Arena"): (2451.7, -3),
    ("TD Garden", PARIS): (3440.4, 6),
    ("Madison Square Garden", PARIS): (3628.61, 6),
}
LOCK_AT = datetime(2024, 1, 21, 0, 0, tzinfo=UTC)


@pytest.fixture
def league(tmp_path: Path) -> Pregame:
    """Three arenas and Paris; no game yet."""
    found = Pregame(tmp_path, SQL)
    found.plant(
        ARENAS,
        [{"arena": arena, "home_team": team, "is_current": True} for team, arena in HOMES.items()]
        + [{"arena": PARIS}, {"arena": "Boston Garden", "home_team": "BOS"}],
    )
    places = [*HOMES.values(), PARIS]
    ways = {
        **MILES,
        **{(b, a): (m, -z) for (a, b), (m, z) in MILES.items()},
        **{(a, a): (0.0, 0) for a in places},
    }
    found.plant(
        ARENA_DISTANCES,
        [
            {"from_arena": a, "to_arena": b, "miles": miles, "time_zones": zones}
            for (a, b), (miles, zones) in ways.items()
        ],
    )
    return found


def every_night(
    league: Pregame, games: int, team: str = "BOS", other: str = "NYK", first: int = 1
) -> None:
    """So many home games, the newest `first` nights ago."""
    for n in range(first, first + games):
        league.played(nights_ago(n), other, team)


def quotes(
    game: str, book: str, spread: float | None, total: float | None, at: datetime
) -> list[Row]:
    """Both sides of what a book offered on BOS at NYK, `spread` of the home side."""
    away, home = game.split("_")[1:]
    common = {"game_date": NIGHT, "game_id": game, "book": book, "observed_at": at}
    rows: list[Row] = []
    if spread is not None:
        rows += [
            {**common, "market": "spreads", "side": home, "line": spread},
            {**common, "market": "spreads", "side": away, "line": -spread},
        ]
    if total is not None:
        rows += [
            {**common, "market": "totals", "side": side, "line": total}
            for side in ("over", "under")
        ]
    return rows


def listed(game: str, team: str, player_id: str, status: str | None, cutoff: str = LOCK) -> Row:
    return {
        "game_date": NIGHT,
        "game_id": game,
        "player_id": player_id,
        "cutoff": cutoff,
        "team": team,
        "season_year": SEASON,
        "status": status,
    }


def started(team: str, opponent: str, player_id: str, nights: Sequence[int]) -> list[Row]:
    """His starts in home games."""
    return [
        {
            "game_date": nights_ago(n),
            "game_id": game_id(nights_ago(n), opponent, team),
            "player_id": player_id,
            "team": team,
            "season_year": SEASON,
            "season_type": "regular",
            "is_starter": True,
        }
        for n in nights
    ]


def test_opening_night_has_rest_and_no_way(league: Pregame) -> None:
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["days_since_last_game"], row["days_rest"], row["back_to_back"]) == (None, 7, False)
    assert (row["travel_miles"], row["time_zones"], row["miles_last_14_days"]) == (None, None, 0.0)
    assert (row["consecutive_road_games"], row["games_last_14_days"]) == (1, 0)
    assert (row["games_played_season"], row["season_phase"], row["streak"]) == (0, "early", 0)
    assert (row["last_margin"], row["win_pct"], row["pace_last_10"]) == (None, None, None)
    assert (row["completeness_pct"], row["is_degraded"], row["arena"]) == (
        None, False, "Madison Square Garden",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("boston", "new_york", "rest", "advantage"),
    [(1, 3, (0, 2), -2), (1, 2, (0, 1), -1), (3, 3, (2, 2), 0), (30, 1, (7, 0), 2)],
)
def test_rest_is_what_lies_between_and_the_two_advantages_sum_to_zero(
    league: Pregame, boston: int, new_york: int, rest: tuple[int, int], advantage: int
) -> None:
    league.played(nights_ago(boston), "BOS", "LAL")
    league.played(nights_ago(new_york), "LAL", "NYK")
    league.tonight("BOS", "NYK")
    own, other = league.one(team="BOS"), league.one(team="NYK")
    assert (own["days_rest"], other["days_rest"]) == rest
    assert own["days_since_last_game"] == boston
    assert (own["rest_advantage"], other["rest_advantage"]) == (advantage, -advantage)
    assert (own["back_to_back"], other["back_to_back"]) == (boston == 1, new_york == 1)


def test_the_last_days_have_both_their_ends(league: Pregame) -> None:
    for n in (1, 7, 8, 14, 15):
        league.played(nights_ago(n), "LAL", "BOS")
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["games_last_7_days"], row["games_last_14_days"]) == (2, 4)


def test_coming_home_costs_as_much_as_going(league: Pregame) -> None:
    league.played(nights_ago(2), "BOS", "LAL")
    league.tonight("NYK", "BOS")
    row = league.one(team="BOS")
    assert (row["travel_miles"], row["time_zones"]) == (2591.1, 3)
    assert row["consecutive_road_games"] == 0


def test_a_game_abroad_is_travelled_to_and_left_from(league: Pregame) -> None:
    league.played(
        nights_ago(4), "BOS", "NYK", scheduled={"arena": PARIS, "is_neutral": True}
    )  # fmt: skip
    league.tonight("NYK", "LAL", arena=HOMES["LAL"])
    league.tonight("LAL", "BOS", nights_ago(-3), arena=PARIS, is_neutral=True)
    assert league.one(team="NYK")["travel_miles"] is None  # nobody knows the way to Los Angeles
    home = league.one(nights_ago(-3), team="BOS")
    assert (home["travel_miles"], home["time_zones"], home["arena"]) == (0.0, 0, PARIS)


def test_the_miles_of_14_days_have_the_way_into_their_first_game(league: Pregame) -> None:
    league.played(nights_ago(20), "NYK", "BOS")
    league.played(nights_ago(14), "BOS", "LAL")  # 2591.1, and still in
    league.played(nights_ago(5), "BOS", "NYK")  # 2451.7
    league.tonight("LAL", "BOS")  # 190.25
    assert league.one(team="BOS")["miles_last_14_days"] == pytest.approx(5233.05, rel=1e-12)
    league.tonight("LAL", "BOS", nights_ago(-1))
    later = league.one(nights_ago(-1), team="BOS")
    assert later["miles_last_14_days"] == pytest.approx(2641.95, rel=1e-12)


def test_an_arena_that_nobody_knows_leaves_the_miles_unknown_for_14_days(league: Pregame) -> None:
    league.played(nights_ago(9), "BOS", "NYK")
    league.played(nights_ago(6), "BOS", "LAL", scheduled={"arena": "A new hall"})
    league.played(nights_ago(3), "BOS", "NYK")
    league.tonight("LAL", "BOS")
    row = league.one(team="BOS")
    assert (row["travel_miles"], row["miles_last_14_days"]) == (190.25, None)
    league.tonight("LAL", "BOS", nights_ago(-12))
    assert league.one(nights_ago(-12), team="BOS")["miles_last_14_days"] == 190.25


def test_only_a_neutral_game_without_an_arena_is_nowhere(league: Pregame) -> None:
    league.played(nights_ago(3), "BOS", "NYK", scheduled={"is_neutral": False})
    league.played(nights_ago(3), "MIA", "LAL", scheduled={"is_neutral": True})
    league.tonight("LAL", "BOS")
    assert league.one(team="BOS")["travel_miles"] == 190.25
    assert league.one(team="LAL")["travel_miles"] is None
    league.tonight("BOS", "NYK", nights_ago(-2), is_neutral=True)
    assert league.one(nights_ago(-2), team="BOS")["arena"] is None


def test_games_that_were_not_expected_tire_nobody(league: Pregame) -> None:
    league.played(nights_ago(5), "BOS", "LAL")
    league.played(
        nights_ago(2), "BOS", "NYK", is_published=False, scheduled={"status": "postponed"}
    )
    league.played(nights_ago(1), "BOS", "NYK", is_published=False, season_type="preseason")
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["days_since_last_game"], row["games_last_7_days"]) == (5, 1)
    assert row["completeness_pct"] == 100


def test_a_season_starts_anew(league: Pregame) -> None:
    league.played(nights_ago(200), "BOS", "LAL", (90, 120), season_year=SEASON - 1)
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["days_since_last_game"], row["travel_miles"], row["streak"]) == (None, None, 0)


def test_the_cup_final_tires_and_counts_in_no_form(league: Pregame) -> None:
    league.played(nights_ago(4), "BOS", "LAL", (120, 100))
    league.played(nights_ago(2), "BOS", "NYK", (80, 130), season_type="cup_final")
    league.tonight("BOS", "LAL")
    row = league.one(team="BOS")
    assert (row["days_rest"], row["games_last_7_days"]) == (1, 2)
    assert (row["games_played_season"], row["streak"], row["last_margin"]) == (1, 1, 20)
    assert (row["travel_miles"], row["consecutive_road_games"]) == (2451.7, 3)
    assert row["completeness_pct"] == 100


def test_a_road_trip_is_counted_up_to_tonight(league: Pregame) -> None:
    league.played(nights_ago(6), "LAL", "BOS")
    league.played(nights_ago(4), "BOS", "NYK")
    league.played(nights_ago(2), "BOS", "LAL")
    league.tonight("BOS", "NYK")
    assert league.one(team="BOS")["consecutive_road_games"] == 3
    assert league.one(team="NYK")["consecutive_road_games"] == 0


def test_a_streak_ends_where_the_result_turns(league: Pregame) -> None:
    for n, score in ((4, (90, 110)), (3, (110, 90)), (2, (100, 90)), (1, (99, 98))):
        league.played(nights_ago(n), "BOS", "LAL", score)
    league.tonight("BOS", "LAL")
    own, other = league.one(team="BOS"), league.one(team="LAL")
    assert (own["streak"], own["last_margin"]) == (3, 1)
    assert (other["streak"], other["last_margin"]) == (-3, -1)


def test_means_are_of_the_last_ten_and_of_five_at_least(league: Pregame) -> None:
    for n in range(1, 12):
        league.played(
            nights_ago(n), "LAL", "BOS", (100, 110 if n < 4 else 90),
            offense={"pace": 90.0 + n, "offensive_rating": 100.0 + n},
            defense={"defensive_rating": 110.0 + n, "fta_allowed": n, "fga_allowed": 80},
        )  # fmt: skip
    league.played(nights_ago(1), "MIA", "NYK")
    league.tonight("BOS", "NYK")
    own, few = league.one(team="BOS"), league.one(team="NYK")
    assert own["games_in_last_10"] == 10
    assert own["pace_last_10"] == pytest.approx(95.5, rel=1e-12)
    assert own["offensive_rating_last_10"] == pytest.approx(105.5, rel=1e-12)
    assert own["defensive_rating_last_10"] == pytest.approx(115.5, rel=1e-12)
    assert own["free_throw_rate_allowed_last_15"] == pytest.approx(66 / 880, rel=1e-12)
    assert own["win_pct"] == pytest.approx(3 / 11, rel=1e-12)
    assert (few["games_in_last_10"], few["pace_last_10"], few["win_pct"]) == (1, None, None)
    assert few["free_throw_rate_allowed_last_15"] is None


@pytest.mark.parametrize(
    ("games", "season_type", "phase"),
    [
        (20, "regular", "early"),
        (21, "regular", "mid"),
        (60, "regular", "mid"),
        (61, "regular", "late"),
        (30, "cup_final", "mid"),
        (2, "play_in", "play_in"),
        (2, "playoffs", "playoffs"),
    ],
)
def test_the_phase_is_of_the_games_played(
    league: Pregame, games: int, season_type: str, phase: str
) -> None:
    every_night(league, games)
    league.tonight("BOS", "NYK", season_type=season_type)
    row = league.one(team="BOS")
    assert (row["games_played_season"], row["season_phase"]) == (games, phase)


def test_a_spread_is_some_books_and_the_visitors_is_its_negative(league: Pregame) -> None:
    game = league.tonight("BOS", "NYK")
    early = LOCK_AT - timedelta(hours=3)
    for book, spread, total in (("a", -5.5, 220.5), ("b", -4.0, 222.0), ("c", -4.5, 219.0), ("d", -6.0, 225.5)):  # fmt: skip
        league.plant(GAME_LINES, quotes(game, book, spread, total, early))
    home, away = league.one(team="NYK"), league.one(team="BOS")
    assert (home["game_spread"], away["game_spread"]) == (-5.5, 5.5)
    assert (home["game_total"], away["game_total"]) == (220.5, 220.5)
    assert (home["implied_points"], away["implied_points"]) == (113.0, 107.5)
    assert (home["opening_spread"], home["spread_move"]) == (None, None)


@pytest.mark.parametrize(("minutes", "opening"), [(60, -3.0), (59, None)])
def test_an_opening_is_an_hour_older_than_the_line(
    league: Pregame, minutes: int, opening: float | None
) -> None:
    game = league.tonight("BOS", "NYK")
    newest = LOCK_AT - timedelta(minutes=5)
    league.plant(GAME_LINES, quotes(game, "a", -3.0, 210.0, newest - timedelta(minutes=minutes)))
    league.plant(GAME_LINES, quotes(game, "a", -5.0, 212.5, newest))
    league.plant(GAME_LINES, quotes(game, "b", -4.0, 212.0, newest))
    home, away = league.one(team="NYK"), league.one(team="BOS")
    assert home["game_spread"] == -5.0
    assert home["opening_spread"] == opening
    assert home["spread_move"] == (None if opening is None else -2.0)
    assert away["spread_move"] == (None if opening is None else 2.0)
    assert home["opening_total"] == (None if opening is None else 210.0)
    assert home["total_move"] == (None if opening is None else 2.0)


def test_a_line_counts_from_the_cut_off_that_saw_it(league: Pregame) -> None:
    game = league.tonight("BOS", "NYK", cutoffs=(MORNING, LOCK))
    league.plant(GAME_LINES, quotes(game, "a", -3.0, 210.0, LOCK_AT))
    league.plant(GAME_LINES, quotes(game, "b", -9.0, 230.0, LOCK_AT + timedelta(microseconds=1)))
    lock, morning = league.one(team="NYK", cutoff=LOCK), league.one(team="NYK", cutoff=MORNING)
    assert (lock["game_spread"], lock["game_total"]) == (-3.0, 210.0)
    assert (morning["game_spread"], morning["game_total"], morning["implied_points"]) == (
        None, None, None,
    )  # fmt: skip


def test_what_no_feed_ever_told_is_absent_and_what_it_told_of_others_is_missing(
    league: Pregame,
) -> None:
    league.tonight("BOS", "NYK", absent_blocks=["game_lines", "injuries"])
    league.tonight("MIA", "LAL")
    absent, missing = league.one(team="BOS"), league.one(team="MIA")
    assert (absent["source_score"], absent["quality_tier"]) == (100, "gold")
    assert (missing["source_score"], missing["quality_tier"]) == (85, "silver")  # -10 and -5
    assert list(absent["absent_blocks"]) == ["game_lines", "injuries"]


def test_a_context_is_trusted_as_little_as_the_least_of_its_games(league: Pregame) -> None:
    blocks = ["game_lines", "injuries"]
    league.played(nights_ago(3), "BOS", "LAL", offense={"source_score": 60})
    league.tonight("BOS", "NYK", absent_blocks=blocks)
    assert league.one(team="BOS")["quality_score"] == 60
    assert league.one(team="NYK")["quality_score"] == 100


def test_usual_starters_who_are_out_are_counted(league: Pregame) -> None:
    every_night(league, 11)
    game = league.tonight("BOS", "NYK", cutoffs=(MORNING, LOCK))
    six, five, old = range(1, 7), range(1, 6), (*range(1, 6), 11)
    for player_id, nights in (("1", six), ("2", five), ("3", old), ("4", six), ("5", six), ("6", six)):  # fmt: skip
        league.plant(PLAYER_GAME_SUMMARY, started("BOS", "NYK", player_id, nights))
    statuses = {"1": "out", "2": "out", "3": "out", "4": "doubtful", "5": "questionable", "6": "available"}  # fmt: skip
    league.plant(PLAYER_AVAILABILITY, [listed(game, "BOS", *own) for own in statuses.items()])
    league.plant(PLAYER_AVAILABILITY, [listed(game, "BOS", "1", None, MORNING)])
    league.plant(PLAYER_AVAILABILITY, [listed(game, "NYK", "9", None)])
    own = league.one(team="BOS", cutoff=LOCK)
    assert (own["starters_out"], own["questionable_count"]) == (2, 1)
    for unknown in (league.one(team="BOS", cutoff=MORNING), league.one(team="NYK", cutoff=LOCK)):
        assert (unknown["starters_out"], unknown["questionable_count"]) == (None, None)
    assert own["source_score"] == 90  # the lines alone are missing


@pytest.mark.parametrize(
    ("missing", "share", "is_degraded"), [(0, 100.0, False), (1, 1400 / 15, False), (2, 1300 / 15, True)]
)  # fmt: skip
def test_completeness_is_of_the_last_15_expected_games(
    league: Pregame, missing: int, share: float, is_degraded: bool
) -> None:
    for n in range(1, 18):
        league.played(nights_ago(n), "LAL", "BOS", is_published=not (n <= missing or n == 16))
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert row["completeness_pct"] == pytest.approx(share, rel=1e-12)
    assert row["is_degraded"] == is_degraded
    assert len(row["degraded_reasons"]) == is_degraded
    assert row["games_played_season"] == 16 - missing


def test_nothing_is_owed_from_before_the_first_published_date(league: Pregame) -> None:
    every_night(league, 3)
    for n in (4, 5, 6):
        league.played(nights_ago(n), "LAL", "BOS", is_published=False)
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["completeness_pct"], row["games_last_7_days"]) == (100, 6)


def test_a_degraded_slate_degrades_its_contexts(league: Pregame) -> None:
    league.tonight("BOS", "NYK", is_degraded=True, degraded_reasons=["another schedule"])
    row = league.one(team="BOS")
    assert (row["is_degraded"], list(row["degraded_reasons"])) == (True, ["another schedule"])


def test_both_sides_of_every_game_and_cut_off_have_a_row(league: Pregame) -> None:
    league.tonight("BOS", "NYK", cutoffs=(MORNING, LOCK), is_bootstrap=True, source="nba_schedule")
    league.tonight("MIA", "LAL", cutoffs=(LOCK,))
    found = league.ask()
    assert list(zip(found["team"], found["cutoff"], strict=True)) == [
        ("BOS", "lock"), ("BOS", "morning"), ("NYK", "lock"), ("NYK", "morning"),
        ("LAL", "lock"), ("MIA", "lock"),
    ]  # fmt: skip
    row = league.one(team="BOS", cutoff=MORNING)
    assert (row["is_bootstrap"], row["source"], row["opponent"], row["is_home"]) == (
        True, "nba_schedule", "NYK", False,
    )  # fmt: skip


def test_a_night_without_games_has_no_rows(league: Pregame) -> None:
    every_night(league, 3)
    league.plant(UPCOMING_GAMES, [])
    assert league.ask().empty


def season(league: Pregame) -> list[date]:
    """Three teams, a game a night for 25 nights, each on the slate; the nights."""
    pairs = (("BOS", "NYK"), ("NYK", "LAL"), ("LAL", "BOS"))
    nights = [nights_ago(n) for n in range(25, 0, -1)]
    for n, night in enumerate(nights):
        away, home = pairs[n % 3]
        league.played(
            night, away, home, (100 + n % 7, 103),
            offense={"pace": 95.1 + n / 3, "offensive_rating": 110.7 + n / 7},
            defense={"defensive_rating": 112.3 - n / 7, "fta_allowed": n, "fga_allowed": 80 + n},
        )  # fmt: skip
        game = league.tonight(away, home, night, cutoffs=(MORNING, LOCK))
        at = datetime.combine(night, datetime.min.time(), UTC) + timedelta(hours=12)
        for hours, line in ((0, -3.5), (8, 3 - n / 2)):
            own = quotes(game, "a", line, 210.0 + n, at + timedelta(hours=hours))
            league.plant(GAME_LINES, [{**row, "game_date": night} for row in own])
        starts = [*started(home, away, home, [0]), *started(away, home, away, [0])]
        league.plant(
            PLAYER_GAME_SUMMARY, [{**row, "game_date": night, "game_id": game} for row in starts]
        )
        league.plant(PLAYER_AVAILABILITY, [{**listed(game, home, home, "out"), "game_date": night}])
    return nights


def test_a_range_answers_as_its_nights_do(league: Pregame) -> None:
    nights = season(league)
    ranged = league.ask(*nights)
    daily = pd.concat([league.ask(night) for night in nights], ignore_index=True)
    assert len(ranged) == 4 * len(nights)
    assert ranged["starters_out"].max() == 1
    assert ranged["opening_spread"].notna().any()
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)


@pytest.mark.parametrize("run", ["night", "range"])
def test_what_is_of_the_night_or_later_changes_nothing(league: Pregame, run: str) -> None:
    nights = season(league)
    middle = nights[12]
    asked = nights if run == "range" else [middle]
    before = league.ask(*asked)
    before = before[before["game_date"] == middle]
    for night in nights[12:]:
        poison = {"points": 2000, "margin": 1000, "is_win": True, "pace": 1000.0, "offensive_rating": 1000.0}  # fmt: skip
        beaten = {"defensive_rating": 1000.0, "fta_allowed": 1000, "fga_allowed": 1}
        league.played(night, "MIA", "BOS", offense=poison, defense=beaten)
        league.played(night, "NYK", "BOS", offense=poison, defense=beaten)
        league.plant(
            PLAYER_GAME_SUMMARY,
            [{**row, "game_date": night, "game_id": f"{night:%Y%m%d}_NYK_BOS"} for row in started("BOS", "NYK", "BOS", [0])],
        )  # fmt: skip
        late = datetime.combine(night, datetime.min.time(), UTC) + timedelta(hours=24, minutes=1)
        for away, home in (("BOS", "NYK"), ("NYK", "LAL"), ("LAL", "BOS")):
            own = quotes(game_id(night, away, home), "z", -30.0, 300.0, late)
            league.plant(GAME_LINES, [{**row, "game_date": night} for row in own])
    after = league.ask(*asked)
    after = after[after["game_date"] == middle]
    assert len(after) == 4
    pd.testing.assert_frame_equal(before, after, check_exact=True)


def test_what_is_planted_for_the_poison_would_be_seen(league: Pregame) -> None:
    nights = season(league)
    before = league.ask(nights[13])
    league.played(
        nights[12], "NYK", "BOS", offense={"pace": 1000.0}, defense={"defensive_rating": 1000.0}
    )
    after = league.ask(nights[13])
    assert not before["pace_last_10"].equals(after["pace_last_10"])
    assert {SCHEDULE, TEAM_OFFENSE_GAME_SUMMARY, TEAM_DEFENSE_GAME_SUMMARY} <= set(league.planted)
