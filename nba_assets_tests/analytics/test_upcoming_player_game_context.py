"""A player's form, rest, projections and absences before tip-off, by a real DuckDB."""

import itertools
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import (
    PLAYER_AVAILABILITY,
    PLAYER_LINE_CONSENSUS,
    UPCOMING_GAMES,
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets.raw.schedule import game_id
from nba_assets.raw.tables import SCHEDULE
from nba_assets_tests.analytics.world import World, slate
from nba_assets_tests.raw.rows import DAY, Row, player, scheduled

NYK = tuple(f"n{n}" for n in range(9))
_QUALITY = (
    "source", "source_score", "quality_score", "quality_tier", "completeness_pct", "is_degraded",
    "degraded_reasons", "is_bootstrap",
)  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def quality() -> Row:
    return {name: player("0")[name] for name in _QUALITY}


def game(
    man: str, days_ago: int, minutes: float = 30, *, team: str = "NYK", day: date = DAY, **row: Any
) -> Row:
    """A game that he played."""
    on = day - timedelta(days=days_ago)
    opponent = "PHI" if team == "NYK" else "MIA"
    seconds = round(minutes * 60)
    made = player(man, team, opponent, day=on, seconds_played=seconds) | {"is_win": True}
    return made | {"usage_rate": 20.0, "points": 10, **row}


def remember(
    world: World, rows: Iterable[Row], days: Sequence[date] = (), lost: Sequence[date] = ()
) -> None:
    """Publish box rows with the schedule; of a lost date the boxes are missing."""
    rows = list(rows)
    dates = sorted({row["game_date"] for row in rows} | set(days))
    sides = {(row["game_date"], row["game_id"], row["team"]): row for row in rows}
    games = {
        key[1]: scheduled(row["opponent"], row["team"], row["game_date"])
        | {"game_id": key[1], "season_year": row["season_year"]}
        for key, row in sides.items()
    }
    world.publish(SCHEDULE, games.values(), dates)
    kept = [row for row in rows if row["game_date"] not in lost]
    world.publish(PLAYER_GAME_SUMMARY, kept, dates)


def listed(man: str, cutoff: Row, team: str = "NYK", **changes: Any) -> Row:
    return {
        "game_date": cutoff["game_date"],
        "game_id": cutoff["game_id"],
        "player_id": man,
        "cutoff": cutoff["cutoff"],
        "cutoff_at": cutoff["cutoff_at"],
        "season_year": 2025,
        "season_type": "regular",
        "team": team,
        "opponent": "BOS" if team == "NYK" else "NYK",
        "is_home": team == "NYK",
        "player_name": f"Player {man}",
        "player_lookup": f"player{man}",
        "roster_source": "recent_box",
        "available": True,
        **quality(),
        **changes,
    }


def side(cutoff: Row, team: str, **changes: Any) -> Row:
    return {
        **{c.name: 0 for c in UPCOMING_TEAM_GAME_CONTEXT.columns if c.type == "INT64"},
        "game_date": cutoff["game_date"],
        "game_id": cutoff["game_id"],
        "team": team,
        "cutoff": cutoff["cutoff"],
        "cutoff_at": cutoff["cutoff_at"],
        "season_type": "regular",
        "opponent": "BOS" if team == "NYK" else "NYK",
        "is_home": team == "NYK",
        "tip_at": cutoff["tip_at"],
        "back_to_back": False,
        "season_phase": "early",
        "game_spread": -3.5,
        "game_total": 220.5,
        "absent_blocks": [],
        **quality(),
        **changes,
    }


def tonight(
    world: World,
    men: dict[str, Row],
    days: Sequence[date] = (DAY,),
    blocks: Sequence[str] = ("injuries",),
    **of_team: Any,
) -> pd.DataFrame:
    """The contexts of a slate of one game a day with these men of New York, at lock."""
    cuts = [row | {"absent_blocks": list(blocks)} for day in days for row in slate(day)]
    world.publish(UPCOMING_GAMES, cuts, days)
    rows = [listed(man, cut, **changes) for cut in cuts for man, changes in men.items()]
    world.publish(PLAYER_AVAILABILITY, rows, days)
    sides = [side(cut, "NYK", **of_team) for cut in cuts]
    sides += [side(cut, "BOS", pace_last_10=101.5) for cut in cuts]
    world.publish(UPCOMING_TEAM_GAME_CONTEXT, sides, days)
    found = world.read(UPCOMING_PLAYER_GAME_CONTEXT, days)
    assert len(found) == len(rows)
    return found[found["cutoff"] == "lock"].set_index("player_id")


def some(*men: str, **changes: Any) -> dict[str, Row]:
    return {man: dict(changes) for man in men}


def spread(base: dict[str, float]) -> dict[str, float]:
    """Scaled to 240, cut at 40, the excess given to the others in proportion, until it is gone."""
    share = {man: 240 * minutes / sum(base.values()) for man, minutes in base.items()}
    full: set[str] = set()
    for _ in base:
        full |= {man for man, minutes in share.items() if minutes > 40 + 1e-12}
        rest = {man: minutes for man, minutes in base.items() if man not in full}
        left = 240 - 40 * len(full)
        share = dict.fromkeys(full, 40.0)
        share |= {man: left * minutes / sum(rest.values()) for man, minutes in rest.items()}
    return share


def mean(values: Sequence[float], least: int = 1) -> float | None:
    return sum(values) / len(values) if len(values) >= least else None


def by_hand(history: Sequence[Row], day: date = DAY) -> dict[str, float | None]:
    """The columns of one man again, one at a time, out of plain lists."""
    games = sorted((r for r in history if r["played"]), key=lambda r: r["game_date"], reverse=True)
    games = [r for r in games if r["game_date"] < day and r["season_year"] == 2025]
    ago = [(day - row["game_date"]).days for row in games]
    own = [row for row in games if row["season_type"] != "cup_final"]
    gaps = [later - sooner for sooner, later in itertools.pairwise(ago)]
    minutes = [row["seconds_played"] / 60 for row in own]
    weights = [0.5 ** (n / 5) for n in range(len(own))]
    results = [r["over_under_result"] for r in games if r["over_under_result"] in ("OVER", "UNDER")]
    streak = next((n for n, r in enumerate(results) if r != results[0]), len(results))
    usage = [row["usage_rate"] for row in own]
    ewma = sum(w * m for w, m in zip(weights, minutes, strict=True)) / sum(weights)
    return {
        "days_since_last_game": ago[0],
        "days_rest": min(ago[0] - 1, 7),
        "back_to_back": ago[0] == 1,
        "games_last_7_days": sum(n <= 7 for n in ago),
        "games_last_14_days": sum(n <= 14 for n in ago),
        "minutes_last_7_days": sum(r["seconds_played"] / 60 for r, n in zip(games, ago, strict=True) if n <= 7),
        "minutes_last_14_days": sum(r["seconds_played"] / 60 for r, n in zip(games, ago, strict=True) if n <= 14),
        "back_to_backs_last_14_days": sum(
            gap == 1 and n <= 14 for gap, n in zip(gaps, ago, strict=False)
        ),
        "days_since_return": next((n for gap, n in zip(gaps, ago, strict=False) if gap > 10), None),
        "games_played_season": len(own),
        "games_in_last_10": len(own[:10]),
        "points_avg_last_5": mean([r["points"] for r in own[:5]], 5),
        "points_avg_last_10": mean([r["points"] for r in own[:10]], 5),
        "minutes_avg_last_10": mean(minutes[:10], 5),
        "minutes_avg_season": mean(minutes),
        "minutes_per_game_last_7_games": mean(minutes[:7]),
        "usage_last_7_games": mean(usage[:7], 5),
        "usage_last_10": mean(usage[:10], 5),
        "over_under_streak": streak * (1 if results[0] == "OVER" else -1) if results else None,
        "expected": 0.6 * ewma + 0.4 * sum(minutes) / len(minutes),
    }  # fmt: skip


def seasons(seed: int) -> list[Row]:
    """Nine men over 80 dates, each with his own gaps, minutes and lines; one game is a cup final."""
    draw = random.Random(seed)
    rows = []
    for days_ago in range(1, 81):
        kind = "cup_final" if days_ago == 6 else "regular"
        for n, man in enumerate(NYK):
            if draw.random() < 0.5 + n / 30 or (n == 2 and 20 < days_ago < 40):
                continue
            rows.append(
                game(
                    man,
                    days_ago,
                    draw.randrange(60, 2700) / 60,
                    season_type=kind,
                    points=draw.randrange(45),
                    usage_rate=draw.uniform(5, 40),
                    over_under_result=draw.choice(["OVER", "UNDER", "PUSH", None]),
                )
            )
            if draw.random() < 0.1:
                rows[-1] |= {"played": False, "seconds_played": 0, "over_under_result": None}
    return rows


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_of_a_man_is_what_plain_lists_give(world: World, seed: int) -> None:
    history = seasons(seed)
    remember(world, history)
    found = tonight(world, some(*NYK))
    hands = {man: by_hand([r for r in history if r["player_id"] == man]) for man in NYK}
    for man, hand in hands.items():
        for name, value in hand.items():
            if name == "expected":
                continue
            if value is None:
                assert pd.isna(found[name][man]), (man, name)
            else:
                assert found.loc[man, name] == pytest.approx(value, rel=1e-9), (man, name)
    expected = spread({man: float(hand["expected"] or 0) for man, hand in hands.items()})
    assert found["projected_minutes"].to_dict() == pytest.approx(expected, rel=1e-6)
    assert found["projected_minutes"].sum() == pytest.approx(240, abs=1e-6)
    known = [man for man in NYK if hands[man]["usage_last_10"] is not None]
    usage = {man: float(hands[man]["usage_last_10"] or 0) for man in known}
    weighted = sum(usage[m] * expected[m] for m in known) / sum(expected[m] for m in known)
    factor = min(max(20 / weighted, 0.85), 1.25)
    for man in known:
        assert found.loc[man, "projected_usage"] == pytest.approx(usage[man] * factor, rel=1e-5)


@pytest.mark.parametrize(
    "minutes",
    [[48.0] * 3 + [20.0] * 5, [48.0, 47.0, 46.0, 45.0, 44.0, 2.0, 1.0, 1.0], [1.0] * 6, [30.0] * 12],
    ids=["three stars", "five stars", "six men", "twelve alike"],
)  # fmt: skip
def test_the_excess_is_spread_until_nobody_is_above_forty(
    world: World, minutes: list[float]
) -> None:
    men = [f"m{n:02}" for n in range(len(minutes))]
    remember(world, [game(man, 2, m) for man, m in zip(men, minutes, strict=True)])
    found = tonight(world, some(*men))["projected_minutes"]
    expected = spread(dict(zip(men, minutes, strict=True))) if len(men) > 6 else dict.fromkeys(men, 40)  # fmt: skip
    assert found.to_dict() == pytest.approx(expected, rel=1e-9)
    assert found.max() <= 40
    assert found.sum() == pytest.approx(240, abs=1e-6)


def test_of_five_men_each_has_forty(world: World) -> None:
    remember(world, [game(man, 2) for man in NYK[:5]])
    assert tonight(world, some(*NYK[:5]))["projected_minutes"].tolist() == [40.0] * 5


def test_who_is_not_available_leaves_his_minutes_to_the_others(world: World) -> None:
    remember(world, [game(man, n, 24) for man in NYK for n in range(2, 8)])
    found = tonight(world, some(*NYK[:8]) | some("n8", available=False, status="out"))
    assert found.loc["n8", "projected_minutes"] == 0
    assert found.loc["n0", "projected_minutes"] == pytest.approx(30)
    assert found.loc["n8", "projected_usage"] == pytest.approx(20)


def test_before_his_first_game_the_season_before_speaks(world: World) -> None:
    rows = [game("n0", 200 + n, 20, season_year=2024) for n in range(4)]
    rows += [game("n1", 200 + n, 10, season_year=2024) for n in range(4)]
    rows += [game(man, 300, 30, season_year=2024) for man in NYK[2:9]]
    remember(world, rows)
    found = tonight(world, some(*NYK, "rookie"))
    assert found.loc["n0", "projected_minutes"] == pytest.approx(20)
    assert found.loc["n1", "projected_minutes"] == pytest.approx(10)
    unknown = ["days_since_last_game", "points_avg_last_5", "minutes_avg_season", "usage_last_10",
               "projected_usage", "days_since_return", "over_under_streak"]  # fmt: skip
    assert found[unknown].isna().all(axis=None)
    assert set(found["days_rest"]) == {7}
    assert not found["back_to_back"].any()
    assert set(found["games_played_season"]) == {0}


def test_who_is_unknown_has_no_minutes_and_takes_none_of_the_others(world: World) -> None:
    cup = game("n7", 2, 30, season_type="cup_final")
    far = game("n8", 401, 30, season_year=2024)
    sat = game("n6", 2, 0, played=False)
    rows = [game(man, 2, 20 + n) for n, man in enumerate(NYK[:6])]
    remember(world, [*rows, game("n5", 300, 30, season_year=2024), cup, far, sat])
    men = some(*NYK, "a rookie", "z rookie")
    found = tonight(world, men | some("hurt", available=False, status="out"))
    unknown = ["n6", "n7", "n8", "a rookie", "z rookie"]
    assert found.index[found["projected_minutes"].isna()].tolist() == sorted(unknown)
    assert found.loc[unknown, "projected_usage"].isna().all()
    assert found.loc["hurt", "projected_minutes"] == 0
    assert found.loc[list(NYK[:6]), "projected_minutes"].tolist() == [40.0] * 6


@pytest.mark.parametrize("days_ago", [400, 401])
def test_the_season_before_speaks_as_far_as_four_hundred_days(world: World, days_ago: int) -> None:
    remember(world, [game("n0", days_ago, 20, season_year=2024)])
    found = tonight(world, some("n0", "n1"))
    assert found["projected_minutes"].isna().to_dict() == {"n0": days_ago > 400, "n1": True}


def test_the_shares_of_the_known_are_the_same_with_unknown_men_among_them(world: World) -> None:
    remember(world, [game(man, n, 12 + 3 * k) for k, man in enumerate(NYK) for n in range(2, 8)])
    alone = tonight(world, some(*NYK))
    among = tonight(world, some("a rookie", *NYK, "z rookie"))
    assert among["projected_minutes"].isna().sum() == 2
    assert among["projected_minutes"].sum() == pytest.approx(240, abs=1e-6)
    assert alone["projected_minutes"].nunique() == len(NYK)
    for name in ("projected_minutes", "projected_usage"):
        assert among.loc[list(NYK), name].tolist() == alone[name].tolist()


def test_on_the_first_date_of_all_nobody_has_minutes_but_who_is_out_has_none(world: World) -> None:
    found = tonight(world, some(*NYK[:8]) | some("n8", available=False, status="out"))
    assert found.loc[list(NYK[:8]), "projected_minutes"].isna().all()
    assert found.loc["n8", "projected_minutes"] == 0


def test_the_first_game_of_a_season_ends_no_break(world: World) -> None:
    rows = [game("n0", 200, season_year=2024), game("n0", 4), game("n0", 2)]
    rows += [game("n1", n) for n in (30, 19, 4)] + [game("n2", n) for n in (30, 20, 4)]
    remember(world, rows)
    found = tonight(world, some("n0", "n1", "n2"))["days_since_return"].astype("float64")
    assert found.to_dict() == pytest.approx({"n0": float("nan"), "n1": 4, "n2": 4}, nan_ok=True)


def test_one_game_of_this_season_ends_the_one_before(world: World) -> None:
    rows = [game("n0", 200, 40, season_year=2024), game("n0", 3, 12)]
    remember(world, rows + [game(man, 3, 30) for man in NYK[1:]])
    expected = spread({"n0": 12.0} | dict.fromkeys(NYK[1:], 30.0))
    found = tonight(world, some(*NYK))
    assert found["projected_minutes"].to_dict() == pytest.approx(expected, rel=1e-9)


def test_team_mates_who_are_out_count_without_himself(world: World) -> None:
    rows = [
        game(man, n, minutes, points=points)
        for man, minutes, points in (("n0", 30, 20), ("n1", 12, 6), ("n2", 8, 2), ("n3", 20, 19))
        for n in range(2, 12)
    ]
    remember(world, rows)
    status = {"n0": "out", "n1": "doubtful", "n2": "out", "n3": "questionable"}
    found = tonight(world, {man: {"status": word} for man, word in status.items()})
    assert found.loc[["n0", "n1", "n2", "n3"], "teammates_out"].tolist() == [1, 1, 2, 2]
    assert found.loc[["n0", "n1", "n2", "n3"], "star_teammates_out"].tolist() == [0, 1, 1, 1]
    assert found.loc["n3", "teammates_out_minutes"] == pytest.approx(42)
    assert found.loc["n3", "teammates_out_points"] == pytest.approx(26)
    assert found.loc["n3", "teammates_out_usage"] == pytest.approx(20 * 42 / 48)
    assert found.loc["n0", "teammates_out_minutes"] == pytest.approx(12)


def test_where_nobody_speaks_of_the_team_who_is_out_is_unknown(world: World) -> None:
    remember(world, [game(man, n) for man in NYK for n in range(2, 12)])
    found = tonight(world, some(*NYK[:8]) | some("n8", available=False))
    out = [c for c in UPCOMING_PLAYER_GAME_CONTEXT.column_names if "teammates_out" in c]
    assert len(out) == 5
    assert found[out].isna().all(axis=None)
    spoken = tonight(world, some(*NYK, status="available"))
    assert (spoken[out] == 0).all(axis=None)


def test_age_counts_the_days(world: World) -> None:
    found = tonight(world, some("n0", birth_date=DAY - timedelta(days=10_000)) | some("n1"))
    assert found.loc["n0", "age"] == pytest.approx(10_000 / 365.25)
    assert found["age"].isna()["n1"]


def test_pushes_alone_are_a_streak_of_none(world: World) -> None:
    rows = [game("n0", 2, over_under_result="PUSH")]
    rows += [game("n1", n, over_under_result=word) for n, word in enumerate(
        ["UNDER", "PUSH", "UNDER", None, "UNDER", "OVER"], 2)]  # fmt: skip
    remember(world, rows)
    found = tonight(world, some("n0", "n1"))
    assert found["over_under_streak"].tolist() == [0, -3]


def test_the_team_the_opponent_and_the_line_ride_along(world: World) -> None:
    line = {
        "game_date": DAY, "game_id": game_id(DAY, "BOS", "NYK"), "player_id": "n0",
        "cutoff": "lock", "cutoff_at": slate()[1]["cutoff_at"], "points_line": 20.5,
        "line_books": 2, "line_lowest": 20.5, "line_highest": 21.5, "over_decimal": 1.9,
        "over_book": "fanduel", "under_decimal": 1.95, "under_book": "draftkings",
        "line_observed_at": slate()[0]["cutoff_at"], **quality(),
    }  # fmt: skip
    world.publish(PLAYER_LINE_CONSENSUS, [line])
    found = tonight(world, some("n0", "n1"), travel_miles=190.0, rest_advantage=-1, starters_out=2)
    assert found["opponent_pace_last_10"].tolist() == [101.5, 101.5]
    assert found["travel_miles"].tolist() == [190.0, 190.0]
    assert found["rest_advantage"].tolist() == [-1, -1]
    assert found["points_line"].tolist() == pytest.approx([20.5, float("nan")], nan_ok=True)
    assert found.loc["n0", "under_book"] == "draftkings"


@pytest.mark.parametrize(
    ("blocks", "spread_of", "status", "score"),
    [
        (("injuries", "game_lines"), None, None, 100),
        ((), -3.5, "available", 100),
        (("injuries",), None, None, 90),
        (("game_lines",), None, None, 95),
        ((), None, None, 85),
    ],
)
def test_what_a_running_feed_does_not_tell_lowers_the_score(
    world: World, blocks: Sequence[str], spread_of: float | None, status: str | None, score: int
) -> None:
    found = tonight(world, some("n0", status=status), blocks=blocks, game_spread=spread_of)
    assert found["source_score"].tolist() == [score]
    assert found["absent_blocks"].iloc[0].tolist() == list(blocks)


def test_a_row_is_trusted_as_little_as_the_least_of_his_last_ten_games(world: World) -> None:
    rows = [game("n0", n, source_score=60 if n == 13 else 85) for n in range(2, 14)]
    remember(world, rows)
    assert tonight(world, some("n0"))["source_score"].tolist() == [85]
    assert tonight(world, some("n0", source_score=40))["source_score"].tolist() == [40]


def test_a_missing_box_since_his_tenth_last_game_lowers_completeness(world: World) -> None:
    rows = [game("n0", n) for n in range(2, 12)] + [game("n1", n) for n in (2, 3)]
    remember(world, rows, lost=[DAY - timedelta(days=3)])
    found = tonight(world, some("n0", "n1"))
    assert found.loc["n0", "completeness_pct"] == pytest.approx(90)
    assert found.loc["n1", "completeness_pct"] == 100
    assert found["is_degraded"].tolist() == [False, False]
    remember(world, rows, lost=[DAY - timedelta(days=n) for n in (3, 4)])
    found = tonight(world, some("n0"))
    assert found["completeness_pct"].tolist() == pytest.approx([80])
    assert found["is_degraded"].tolist() == [True]


def test_totals_of_a_team_do_not_stand_in_for_a_box_that_is_missing_in_between(
    world: World,
) -> None:
    rows = [game("n0", n) for n in range(2, 7)]
    remember(world, rows, lost=[DAY - timedelta(days=4)])
    zeros = dict.fromkeys((c.name for c in TEAM_OFFENSE_GAME_SUMMARY.columns if c.type == "INT64"), 0)  # fmt: skip
    sides = [zeros | row | {"possessions": 1.0} for row in rows]
    world.publish(TEAM_OFFENSE_GAME_SUMMARY, sides, sorted(row["game_date"] for row in rows))
    found = tonight(world, some("n0"))
    assert found["games_played_season"].tolist() == [4]
    assert found["completeness_pct"].tolist() == pytest.approx([80])


def test_games_of_a_team_that_he_left_are_expected_until_it_listed_him_last(world: World) -> None:
    chicago = [game("n0", n, team="CHI") for n in (20, 18)] + [game("c1", 16, team="CHI")]
    # Of his new team one box is lost; of the old one's a game after he left.
    own = [game("n0", 10), game("n1", 8), game("n0", 6)]
    days = {n: DAY - timedelta(days=n) for n in (16, 8)}
    remember(world, chicago + own, lost=[days[16], days[8]])
    found = tonight(world, some("n0"))
    assert found["completeness_pct"].tolist() == pytest.approx([80])


def test_what_the_game_leaves_behind_changes_nothing(world: World) -> None:
    history = seasons(3)
    remember(world, history)
    clean = tonight(world, some(*NYK))
    poison = [game(man, 0, 48, points=1000, over_under_result="OVER") for man in NYK]
    remember(world, history + poison)
    pd.testing.assert_frame_equal(tonight(world, some(*NYK)), clean)


def test_a_range_answers_as_its_days_do(world: World) -> None:
    days = [DAY - timedelta(days=n) for n in (9, 7, 6, 3, 1, 0)]
    remember(world, [*seasons(4), *(game(m, 250, 25, season_year=2024) for m in NYK)], days)
    tonight(world, some(*NYK, "rookie"), days)
    ranged = world.read(UPCOMING_PLAYER_GAME_CONTEXT, days)
    daily = pd.concat(
        [world.read(UPCOMING_PLAYER_GAME_CONTEXT, [day]) for day in days], ignore_index=True
    )
    assert len(ranged) == 2 * 10 * len(days)
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)
