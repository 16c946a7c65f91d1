"""Where teams let others shoot from and players shoot from: exact values of both queries, by a real DuckDB."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import LOCK, MORNING, PLAYER_AVAILABILITY, UPCOMING_GAMES
from nba_assets.raw.schedule import game_id
from nba_assets.raw.teams import TEAMS, team_rows
from nba_assets_tests.analytics.pregame import NIGHT, SEASON, Pregame, nights_ago
from nba_assets_tests.raw.rows import Row

UNPUBLISHED = 25  # of the 30 nights of `season`
NAMES = ("paint_fgm", "paint_fga", "mid_fgm", "mid_fga", "three_fgm", "three_fga")


@pytest.fixture
def league(tmp_path: Path) -> Pregame:
    """Thirty teams that have not played yet."""
    found = Pregame(tmp_path, "precompute/team_defense_zone_analysis.sql")
    found.plant(TEAMS, [{"team": row["team"]} for row in team_rows()])
    return found


@pytest.fixture
def shooters(tmp_path: Path) -> Pregame:
    return Pregame(tmp_path, "precompute/player_shot_zone_analysis.sql")


def allowed(*counts: int, **more: Any) -> Row:
    """Makes and attempts allowed, by zone; a game without shots where none are given."""
    told = zip(NAMES, counts, strict=True) if counts else ()
    return {f"{name}_allowed": count for name, count in told} | more


def faced(
    league: Pregame, nights: Sequence[int], zones: Row, team: str = "BOS", other: str = "NYK"
) -> None:
    """Home games of a team; both sides allow the same."""
    for n in nights:
        league.played(nights_ago(n), other, team, defense=zones)


def start(day: date, team: str, opponent: str, position: str | None, points: int) -> Row:
    """A starter of NYK at BOS."""
    return {
        "game_date": day,
        "game_id": game_id(day, "NYK", "BOS"),
        "player_id": f"{team}-{position}-{points}",
        "team": team,
        "opponent": opponent,
        "season_year": SEASON,
        "season_type": "regular",
        "is_starter": True,
        "played": True,
        "position": position,
        "points": points,
    }


def box(day: date, *counts: int, team: str = "BOS", other: str = "NYK", **changes: Any) -> Row:
    """A home game of the player `1`, with his makes and attempts by zone where they are told."""
    return {
        "game_date": day,
        "game_id": game_id(day, other, team),
        "player_id": "1",
        "team": team,
        "opponent": other,
        "season_year": SEASON,
        "season_type": "regular",
        "played": True,
        **(dict(zip(NAMES, counts, strict=True)) if counts else {}),
        **changes,
    }


def shot(shooters: Pregame, nights: Sequence[int], *counts: int, **changes: Any) -> None:
    """Games of the player `1`, played and scheduled."""
    for n in nights:
        row = box(nights_ago(n), *counts, **changes)
        shooters.plant(PLAYER_GAME_SUMMARY, [row])
        shooters.played(nights_ago(n), row["opponent"], row["team"], is_published=False)


def slate(shooters: Pregame, day: date = NIGHT, player: str = "1", **changes: Any) -> None:
    """A night whose slate has the player at both cut-offs."""
    game = shooters.tonight("LAL", "BOS", day, cutoffs=(MORNING, LOCK))
    shooters.plant(
        PLAYER_AVAILABILITY,
        [
            {
                "game_date": day, "game_id": game, "player_id": player, "cutoff": cutoff,
                "team": "BOS", "season_year": SEASON, **changes,
            }
            for cutoff in (MORNING, LOCK)
        ],
    )  # fmt: skip


def test_all_thirty_teams_are_analysed_on_a_date_with_one_game(league: Pregame) -> None:
    league.tonight("BOS", "NYK", cutoffs=(MORNING, LOCK), source="nba_schedule", is_bootstrap=True)
    found = league.ask()
    assert found["team"].tolist() == sorted(row["team"] for row in team_rows())
    row = league.one(team="MIA")
    assert (row["games_in_sample"], row["games_with_zones"]) == (0, 0)
    assert (row["paint_vs_league"], row["weakest_zone"], row["pace_last_15"]) == (None, None, None)
    assert (row["completeness_pct"], row["is_production_ready"]) == (None, True)
    assert (row["sample_label"], row["source"], row["is_bootstrap"]) == (
        "insufficient", "nba_schedule", True,
    )  # fmt: skip


def test_a_date_without_games_has_no_analysis(league: Pregame) -> None:
    faced(league, (1, 2), allowed(1, 2, 3, 4, 5, 6))
    league.plant(UPCOMING_GAMES, [])
    assert league.ask().empty


def test_what_a_team_allowed_is_summed_before_it_is_divided(league: Pregame) -> None:
    faced(league, range(1, 5), allowed(20, 40, 5, 10, 10, 30))
    faced(league, [5], allowed(35, 60, 0, 5, 20, 30))
    faced(league, range(1, 6), allowed(10, 40, 9, 15, 20, 30), "MIA", "LAL")
    last_season = allowed(40, 40, 9, 9, 9, 9)
    league.played(nights_ago(250), "NYK", "BOS", defense=last_season, season_year=SEASON - 1)
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["games_in_sample"], row["games_with_zones"]) == (5, 5)
    assert row["paint_fg_pct_allowed"] == pytest.approx(115 / 220, rel=1e-12)
    assert row["paint_attempts_allowed_per_game"] == pytest.approx(44.0, rel=1e-12)
    assert row["paint_points_allowed_per_game"] == pytest.approx(46.0, rel=1e-12)
    assert row["mid_points_allowed_per_game"] == pytest.approx(8.0, rel=1e-12)
    assert row["three_points_allowed_per_game"] == pytest.approx(36.0, rel=1e-12)
    # Both sides of either pair allow the same: the league is the two pairs together.
    league_pct = {"paint": 330 / 840, "mid": 130 / 240, "three": 320 / 600}
    own_pct = {"paint": 115 / 220, "mid": 20 / 45, "three": 60 / 150}
    for zone, pct in own_pct.items():
        expected = 100 * (pct - league_pct[zone])
        assert row[f"{zone}_vs_league"] == pytest.approx(expected, rel=1e-9)
    assert (row["weakest_zone"], row["strongest_zone"]) == ("paint", "three")


@pytest.mark.parametrize(("told", "are_known"), [(5, True), (4, False)])
def test_zones_are_of_five_games_that_tell_them(
    league: Pregame, told: int, are_known: bool
) -> None:
    faced(league, range(1, 1 + told), allowed(20, 40, 5, 10, 10, 30))
    faced(league, range(1 + told, 8), allowed(defensive_rating=111.5, pace=99.5))
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["games_in_sample"], row["games_with_zones"]) == (7, told)
    assert (row["paint_fg_pct_allowed"] == 0.5) is are_known
    assert (row["paint_vs_league"] is not None) is are_known
    assert row["opponent_points_last_15"] == 100.0
    assert row["source_score"] == (100 if are_known else 85)


def test_a_season_without_shots_lacks_nothing_that_anybody_told(league: Pregame) -> None:
    faced(league, range(1, 8), allowed())
    league.tonight("BOS", "NYK", absent_blocks=["lines", "zones"])
    assert league.one(team="BOS")["source_score"] == 100


def test_the_window_is_of_the_last_15_games_of_the_season(league: Pregame) -> None:
    faced(league, range(1, 16), allowed(20, 40, 5, 10, 10, 30, defensive_rating=110.0, pace=99.0))
    faced(league, [16, 17], allowed(40, 40, 9, 10, 30, 30, defensive_rating=150.0, pace=120.0))
    league.played(
        nights_ago(250), "NYK", "BOS", defense=allowed(40, 40, 9, 9, 9, 9), season_year=SEASON - 1
    )
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["games_in_sample"], row["sample_label"]) == (15, "excellent")
    assert (row["paint_fg_pct_allowed"], row["defensive_rating_last_15"], row["pace_last_15"]) == (
        0.5, 110.0, 99.0,
    )  # fmt: skip


def test_the_cup_final_is_owed_and_in_no_mean(league: Pregame) -> None:
    faced(league, range(2, 7), allowed(20, 40, 5, 10, 10, 30))
    league.played(
        nights_ago(1),
        "NYK",
        "BOS",
        defense=allowed(40, 40, 10, 10, 30, 30),
        season_type="cup_final",
    )
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["games_in_sample"], row["paint_fg_pct_allowed"]) == (5, 0.5)
    assert row["completeness_pct"] == 100


@pytest.mark.parametrize(("games", "label"), [(11, "good"), (10, "limited"), (8, "limited"), (7, "insufficient")])  # fmt: skip
def test_the_label_tells_how_much_of_the_window_is_there(
    league: Pregame, games: int, label: str
) -> None:
    faced(league, range(1, 1 + games), allowed())
    league.tonight("BOS", "NYK")
    assert league.one(team="BOS")["sample_label"] == label


def test_the_league_is_of_30_days_and_of_teams_with_five_games_in_them(league: Pregame) -> None:
    faced(league, range(31, 41), allowed(40, 40, 10, 10, 30, 30))  # too old for the league
    faced(league, range(27, 31), allowed(20, 40, 5, 10, 10, 30))  # four games in it
    faced(league, range(1, 6), allowed(10, 40, 5, 10, 10, 30), "MIA", "LAL")
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert row["paint_fg_pct_allowed"] == pytest.approx(480 / 560, rel=1e-12)
    assert row["paint_vs_league"] == pytest.approx(100 * (480 / 560 - 0.25), rel=1e-12)
    faced(league, [26], allowed(20, 40, 5, 10, 10, 30))
    row = league.one(team="BOS")
    assert row["paint_vs_league"] == pytest.approx(100 * (500 / 600 - 0.375), rel=1e-12)


@pytest.mark.parametrize(("games_told", "blocks"), [(6, 3.0), (5, None), (0, None)])
def test_blocks_are_of_the_same_games_as_the_zones(
    league: Pregame, games_told: int, blocks: float | None
) -> None:
    told = {f"{zone}_blocked_fga_allowed": 3 for zone in ("paint", "mid", "three")}
    zones = allowed(20, 40, 5, 10, 10, 30)
    faced(league, range(1, 1 + games_told), {**zones, **told})
    faced(league, range(1 + games_told, 7), zones)
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert (row["paint_blocks_per_game"], row["three_blocks_per_game"]) == (blocks, blocks)
    assert row["paint_fg_pct_allowed"] == 0.5


def test_starters_are_of_the_group_that_their_label_begins_with(league: Pregame) -> None:
    labels = {"PG": 10, "SG": 20, "G-F": 30, "SF": 1, "PF": 2, "F-C": 3, "C": 50, None: 99}
    for n in range(1, 7):
        league.played(nights_ago(n), "NYK", "BOS")
        day = nights_ago(n)
        league.plant(
            PLAYER_GAME_SUMMARY,
            [start(day, "NYK", "BOS", position, points) for position, points in labels.items()]
            + [start(day, "BOS", "NYK", "PG", 40), start(day, "BOS", "NYK", "PF", 8)]
            + [{**start(day, "NYK", "BOS", "PG", 77), "player_id": "b", "is_starter": False}]
            + [{**start(day, "NYK", "BOS", "C", 77), "player_id": "u", "is_starter": None}],
        )
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert row["guard_points_vs_league"] == pytest.approx(20 - 25, rel=1e-12)
    assert row["forward_points_vs_league"] == pytest.approx(2 - 3.5, rel=1e-12)
    assert row["center_points_vs_league"] == pytest.approx(0, abs=1e-12)
    assert league.one(team="NYK")["guard_points_vs_league"] == pytest.approx(15, rel=1e-12)
    assert league.one(team="NYK")["center_points_vs_league"] is None  # it faced no centre


def test_fewer_than_five_starts_tell_nothing_of_a_group(league: Pregame) -> None:
    for n in range(1, 7):
        league.played(nights_ago(n), "NYK", "BOS")
        if n < 5:
            league.plant(PLAYER_GAME_SUMMARY, [start(nights_ago(n), "NYK", "BOS", "C", 20)])
    league.tonight("BOS", "NYK")
    assert league.one(team="BOS")["center_points_vs_league"] is None
    league.plant(PLAYER_GAME_SUMMARY, [start(nights_ago(5), "NYK", "BOS", "C", 30)])
    assert league.one(team="BOS")["center_points_vs_league"] == 0.0


@pytest.mark.parametrize(("missing", "is_ready", "is_degraded"), [(1, True, False), (2, True, True), (4, True, True), (5, False, True)])  # fmt: skip
def test_a_team_is_ready_with_seven_of_ten_expected_games(
    league: Pregame, missing: int, is_ready: bool, is_degraded: bool
) -> None:
    for n in range(1, 17):
        league.played(nights_ago(n), "NYK", "BOS", is_published=n > missing)
    league.tonight("BOS", "NYK")
    row = league.one(team="BOS")
    assert row["completeness_pct"] == pytest.approx(100 * (15 - missing) / 15, rel=1e-12)
    assert (row["is_production_ready"], row["is_degraded"]) == (is_ready, is_degraded)
    assert len(row["degraded_reasons"]) == is_degraded


def test_shares_rates_and_attempts_of_a_player_are_exact(shooters: Pregame) -> None:
    shot(shooters, range(1, 10), 3, 6, 1, 2, 2, 8)
    shot(shooters, [10], 3, 6, 0, 0, 0, 4)
    slate(shooters)
    row = shooters.one()
    assert (row["games_in_sample"], row["sample_label"], row["primary_zone"]) == (
        10,
        "high",
        "three",
    )
    assert row["paint_share"] == pytest.approx(100 * 60 / 154, rel=1e-12)
    assert row["mid_share"] == pytest.approx(100 * 18 / 154, rel=1e-12)
    assert row["three_share"] == pytest.approx(100 * 76 / 154, rel=1e-12)
    assert (row["paint_fg_pct"], row["mid_fg_pct"]) == (0.5, 0.5)
    assert row["three_fg_pct"] == pytest.approx(18 / 76, rel=1e-12)
    assert row["three_attempts_per_game"] == pytest.approx(7.6, rel=1e-12)
    assert (row["paint_share_trend"], row["assisted_share"]) == (None, None)


def test_nine_games_with_shots_have_no_zones(shooters: Pregame) -> None:
    shot(shooters, range(1, 10), 3, 6, 1, 2, 2, 8)
    shot(shooters, [10, 11])  # played, and nobody told of his shots
    shot(shooters, [12], 3, 6, 1, 2, 2, 8, played=False)
    shot(shooters, [13], 3, 6, 1, 2, 2, 8, season_type="cup_final")
    shot(shooters, [250], 3, 6, 1, 2, 2, 8, season_year=SEASON - 1)
    slate(shooters)
    row = shooters.one()
    assert (row["games_in_sample"], row["sample_label"]) == (9, "medium")
    assert (row["paint_share"], row["paint_fg_pct"], row["primary_zone"]) == (None, None, None)
    assert row["paint_attempts_per_game"] is None
    assert row["source_score"] == 85


def test_games_without_shots_are_passed_over(shooters: Pregame) -> None:
    shot(shooters, (1, 3, 5))
    shot(shooters, (2, 4, *range(6, 14)), 1, 2, 0, 0, 1, 2)
    shot(shooters, [14], 90, 90, 0, 0, 0, 0)
    slate(shooters)
    row = shooters.one()
    assert (row["games_in_sample"], row["paint_share"], row["source_score"]) == (10, 50.0, 100)


@pytest.mark.parametrize(("older", "trend"), [(5, 50.0 - 100 * 50 / 110), (4, None)])
def test_a_trend_is_of_15_games_among_the_last_20(
    shooters: Pregame, older: int, trend: float | None
) -> None:
    shot(shooters, range(1, 11), 2, 4, 0, 0, 1, 4)
    shot(shooters, range(11, 11 + older), 1, 2, 0, 0, 1, 4)
    slate(shooters)
    row = shooters.one()
    expected = None if trend is None else pytest.approx(trend, rel=1e-9)
    assert row["paint_share_trend"] == expected


def test_a_trend_ends_with_the_twentieth_game(shooters: Pregame) -> None:
    shot(shooters, range(1, 21), 2, 4, 0, 0, 1, 4)
    shot(shooters, range(21, 26), 9, 90, 0, 0, 0, 0)
    slate(shooters)
    row = shooters.one()
    assert (row["paint_share_trend"], row["games_in_sample"]) == (0.0, 10)


@pytest.mark.parametrize(
    ("attempts", "zone"),
    [
        ((40, 35, 25), "paint"),
        ((39, 36, 25), "mid"),
        ((39, 34, 27), "balanced"),
        ((20, 40, 40), "three"),
        ((20, 41, 39), "mid"),
        ((45, 10, 45), "paint"),
        ((41, 16, 43), "three"),
        ((42, 43, 15), "mid"),
    ],
)
def test_the_largest_zone_that_is_large_enough_is_his(
    shooters: Pregame, attempts: tuple[int, int, int], zone: str
) -> None:
    paint, mid, three = attempts
    shot(shooters, range(1, 11), 0, paint, 0, mid, 0, three)
    slate(shooters)
    row = shooters.one()
    assert row["primary_zone"] == zone
    assert row["paint_share"] + row["mid_share"] + row["three_share"] == pytest.approx(100)
    assert row["paint_fg_pct"] == 0.0


def test_who_never_shot_has_no_share_and_no_zone(shooters: Pregame) -> None:
    shot(shooters, range(1, 11), 0, 0, 0, 0, 0, 0)
    slate(shooters)
    row = shooters.one()
    assert (row["games_in_sample"], row["paint_share"], row["primary_zone"]) == (10, None, None)
    assert (row["paint_attempts_per_game"], row["paint_fg_pct"]) == (0.0, None)


@pytest.mark.parametrize(("told", "share"), [(10, 40.0), (9, None)])
def test_assists_are_of_every_game_of_the_window(
    shooters: Pregame, told: int, share: float | None
) -> None:
    assists = {"paint_assisted_fgm": 1, "mid_assisted_fgm": 0, "three_assisted_fgm": 1}
    shot(shooters, range(1, 1 + told), 2, 4, 1, 2, 2, 4, **assists)
    shot(shooters, range(1 + told, 11), 2, 4, 1, 2, 2, 4)
    slate(shooters)
    assert shooters.one()["assisted_share"] == share


def test_a_player_of_both_cut_offs_has_one_row(shooters: Pregame) -> None:
    slate(shooters)
    slate(shooters, player="2", is_degraded=True)
    found = shooters.ask()
    assert found["player_id"].tolist() == ["1", "2"]
    assert found["is_degraded"].tolist() == [False, True]
    assert found["degraded_reasons"].map(list).tolist() == [
        [],
        ["his row of the slate is degraded"],
    ]
    assert shooters.one(player_id="1")["completeness_pct"] is None


def test_his_games_are_those_of_the_team_he_was_of(shooters: Pregame) -> None:
    shot(shooters, range(11, 21), 1, 2, 1, 2, 1, 2, team="MIA", other="CHI")
    shot(shooters, range(1, 7), 1, 2, 1, 2, 1, 2)
    for n in (12, 25):
        shooters.played(nights_ago(n), "NYK", "BOS", is_published=False)
    for n in (2, 4):
        shooters.played(nights_ago(n), "CHI", "MIA", is_published=False)
    slate(shooters)
    row = shooters.one()
    assert (row["games_in_sample"], row["completeness_pct"]) == (10, 100)
    # Between the two teams the old one's games are owed; what lies before his window is not.
    for n in (9, 30):
        shooters.played(nights_ago(n), "CHI", "MIA", is_published=False)
    assert shooters.one()["completeness_pct"] == pytest.approx(100 * 10 / 11, rel=1e-12)


def test_an_absence_of_the_player_is_no_missing_box(shooters: Pregame) -> None:
    shot(shooters, (1, 3, 4), 1, 2, 1, 2, 1, 2)
    shooters.plant(PLAYER_GAME_SUMMARY, [box(nights_ago(2), played=False) | {"player_id": "2"}])
    shooters.played(nights_ago(2), "NYK", "BOS", is_published=False)
    slate(shooters)
    assert shooters.one(player_id="1")["completeness_pct"] == 100


def test_a_missing_box_within_the_window_is_owed(shooters: Pregame) -> None:
    shot(shooters, (1, 3), 1, 2, 1, 2, 1, 2)
    shooters.played(nights_ago(2), "NYK", "BOS", is_published=False)
    shooters.played(nights_ago(4), "NYK", "BOS", is_published=False)
    slate(shooters)
    row = shooters.one()
    assert row["completeness_pct"] == pytest.approx(200 / 3, rel=1e-12)
    assert (row["is_production_ready"], row["is_degraded"]) == (False, True)


def season(world: Pregame) -> list[date]:
    """Two teams that meet 30 nights in a row, with a man who shoots a little more each night.

    Of one night nothing was published: whoever counts it a night early is less complete.
    """
    nights = [nights_ago(n) for n in range(30, 0, -1)]
    for n, night in enumerate(nights):
        home, away = ("BOS", "NYK") if n % 2 else ("NYK", "BOS")
        world.played(
            night, away, home, (100 + n, 101),
            defense={
                **allowed(10 + n, 40 + n, n, 10 + n, 5, 20),
                "defensive_rating": 110.1 + n / 3, "pace": 99.7 - n / 7,
            },
            is_published=n != UNPUBLISHED,
        )  # fmt: skip
        row = box(night, n, 2 * n, 1, 3, 2, 5, game_id=game_id(night, away, home))
        row |= {"is_starter": True, "position": "PG", "points": n}
        world.plant(PLAYER_GAME_SUMMARY, [row] if n != UNPUBLISHED else [])
        slate_of = {"player_id": "1", "cutoff": LOCK, "team": "BOS", "season_year": SEASON}
        game = world.tonight(away, home, night)
        world.plant(PLAYER_AVAILABILITY, [{"game_date": night, "game_id": game, **slate_of}])
    return nights


@pytest.mark.parametrize("kind", ["league", "shooters"])
def test_a_range_answers_as_its_nights_do(kind: str, request: pytest.FixtureRequest) -> None:
    world: Pregame = request.getfixturevalue(kind)
    nights = season(world)
    ranged = world.ask(*nights)
    daily = pd.concat([world.ask(night) for night in nights], ignore_index=True)
    assert ranged["three_fg_pct_allowed" if kind == "league" else "three_share"].notna().any()
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)


@pytest.mark.parametrize("run", ["night", "range"])
@pytest.mark.parametrize("kind", ["league", "shooters"])
def test_what_is_of_the_night_or_later_changes_nothing(
    kind: str, run: str, request: pytest.FixtureRequest
) -> None:
    world: Pregame = request.getfixturevalue(kind)
    nights = season(world)
    middle = nights[20]
    asked = nights if run == "range" else [middle]
    before = world.ask(*asked)
    for night in nights[20:]:
        world.played(night, "NYK", "BOS", (1000, 1), defense=allowed(900, 1000, 1, 1000, 900, 900))
        poison = box(night, 999, 1000, 1, 1000, 1, 2, game_id="poison", points=1000)
        world.plant(PLAYER_GAME_SUMMARY, [{**poison, "is_starter": True, "position": "PG"}])
        world.plant(PLAYER_GAME_SUMMARY, [{**poison, "team": "MIA", "game_id": "traded"}])
    after = world.ask(*asked)
    assert before["game_date"].eq(middle).any()
    pd.testing.assert_frame_equal(
        before[before["game_date"] <= middle], after[after["game_date"] <= middle], check_exact=True
    )
    later = world.ask(nights[21])
    sample = later[later["player_id"] == "1"] if kind == "shooters" else later
    planted = before[before["game_date"] == nights[21]]
    assert run == "night" or not planted.reset_index(drop=True).equals(
        sample.reset_index(drop=True)
    )
