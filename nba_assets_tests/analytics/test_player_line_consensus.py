"""The line that books offered by a cut-off, on literal captures and against a naive count."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import (
    LOCK,
    MORNING,
    PLAYER_LINE_CONSENSUS,
    UPCOMING_GAMES,
)
from nba_assets.raw.player_prop_lines import PLAYER_PROP_LINES
from nba_assets_tests.analytics.world import World, lines_of, prop_line, slate
from nba_assets_tests.raw.rows import DAY, Row, dnp, player, team

TEN, LOCKED = datetime(2025, 11, 5, 15, tzinfo=UTC), datetime(2025, 11, 5, 22, 30, tzinfo=UTC)
EARLY, NOON = TEN - timedelta(hours=1), TEN + timedelta(hours=2)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def offered(world: World, rows: list[Row], cutoff: str = LOCK) -> Any:
    """The one line of the cut-off."""
    lines_of(world, rows)
    found = world.read(PLAYER_LINE_CONSENSUS)
    (only,) = found[found["cutoff"] == cutoff].itertuples(index=False)
    return only


@pytest.mark.parametrize(
    ("lines", "consensus"),
    [
        ([20.0], 20.0),
        ([21.5, 20.5], 20.5),
        ([22.5, 20.5, 21.5], 21.5),
        ([19.5, 24.5, 20.5, 21.5], 20.5),
        ([20.5, 20.5, 20.5, 30.5], 20.5),
    ],
    ids=["one", "two", "three", "four", "same"],
)
def test_the_line_is_the_lower_median_of_the_books(
    world: World, lines: list[float], consensus: float
) -> None:
    line = offered(world, [prop_line(f"book{n}", points, EARLY) for n, points in enumerate(lines)])
    assert line.points_line == consensus
    assert (line.line_books, line.line_lowest, line.line_highest) == (
        len(lines),
        min(lines),
        max(lines),
    )


def test_each_book_counts_with_its_newest_line(world: World) -> None:
    rows = [
        prop_line("fanduel", 18.5, EARLY),
        prop_line("fanduel", 21.5, NOON),
        prop_line("betmgm", 19.5, EARLY),
        prop_line("betmgm", 22.5, NOON),
    ]
    assert offered(world, rows).points_line == 21.5
    assert offered(world, rows, MORNING).points_line == 18.5


@pytest.mark.parametrize("before", [timedelta(microseconds=1), timedelta(hours=5)])
def test_a_book_that_is_gone_from_the_newest_capture_counts_nowhere(
    world: World, before: timedelta
) -> None:
    gone = LOCKED - timedelta(minutes=5) - before
    newest = LOCKED - timedelta(minutes=5)
    line = offered(
        world,
        [
            prop_line("fanduel", 20.5, gone, 1.90, 1.90),
            prop_line("fanduel", 20.5, newest, 1.85, 1.95),
            prop_line("betmgm", 21.5, newest, 1.80, 2.00),
            # The best price of both sides, and a lower line: nobody offers them any more.
            prop_line("draftkings", 20.5, gone, 2.40, 2.40),
            prop_line("bovada", 18.5, gone, 1.90, 1.90),
        ],
    )
    assert (line.points_line, line.line_books) == (20.5, 2)
    assert (line.line_lowest, line.line_highest) == (20.5, 21.5)
    assert (line.over_decimal, line.over_book) == (1.85, "fanduel")
    assert (line.under_decimal, line.under_book) == (1.95, "fanduel")
    assert line.line_observed_at == newest


def test_who_is_suspended_in_the_newest_capture_has_no_line(world: World) -> None:
    lines_of(
        world,
        [
            prop_line("fanduel", 20.5, EARLY, 2.10, 1.70),
            prop_line("fanduel", 8.5, EARLY, player_id="2"),
            prop_line("fanduel", 9.5, LOCKED, player_id="2"),
        ],
    )
    found = world.read(PLAYER_LINE_CONSENSUS)
    told = set(zip(found["player_id"], found["cutoff"], strict=True))
    assert told == {("1", MORNING), ("2", MORNING), ("2", LOCK)}


@pytest.mark.parametrize(
    ("empty_at", "cutoffs"),
    [(TEN, set()), (LOCKED, {MORNING}), (LOCKED + timedelta(microseconds=1), {MORNING, LOCK})],
)
def test_a_capture_that_lists_nobody_withdraws_the_whole_market(
    world: World, empty_at: datetime, cutoffs: set[str]
) -> None:
    lines_of(world, [prop_line("fanduel", 20.5, EARLY, superseded_at=empty_at)])
    assert set(world.read(PLAYER_LINE_CONSENSUS)["cutoff"]) == cutoffs


def test_a_capture_of_another_game_or_after_the_cutoff_withdraws_nothing(world: World) -> None:
    elsewhere = {"game_id": slate(away="LAL", home="GSW")[0]["game_id"]}
    lines_of(
        world,
        [
            prop_line("fanduel", 20.5, EARLY),
            prop_line("fanduel", 8.5, NOON, player_id="2", **elsewhere),
            prop_line("fanduel", 9.5, LOCKED + timedelta(seconds=1), player_id="3"),
        ],
    )
    world.publish(UPCOMING_GAMES, [*slate(), *slate(away="LAL", home="GSW")])
    found = world.read(PLAYER_LINE_CONSENSUS)
    told = set(zip(found["player_id"], found["cutoff"], strict=True))
    assert told == {("1", MORNING), ("1", LOCK), ("2", LOCK)}


@pytest.mark.parametrize(("cutoff", "cutoff_at"), [(MORNING, TEN), (LOCK, LOCKED)])
def test_a_line_of_the_very_cutoff_is_known_and_one_after_it_is_not(
    world: World, cutoff: str, cutoff_at: datetime
) -> None:
    line = offered(
        world,
        [
            prop_line("fanduel", 20.5, cutoff_at),
            prop_line("fanduel", 29.5, cutoff_at + timedelta(microseconds=1)),
            prop_line("betmgm", 28.5, cutoff_at + timedelta(microseconds=1)),
        ],
        cutoff,
    )
    assert (line.points_line, line.line_books, line.line_observed_at) == (20.5, 1, cutoff_at)
    assert line.cutoff_at == cutoff_at


def test_who_had_no_line_by_a_cutoff_has_no_row_of_it(world: World) -> None:
    lines_of(world, [prop_line("fanduel", 20.5, NOON)])
    assert world.read(PLAYER_LINE_CONSENSUS)["cutoff"].tolist() == [LOCK]


def test_the_price_is_the_best_of_those_who_offer_the_line(world: World) -> None:
    line = offered(
        world,
        [
            prop_line("bovada", 20.5, EARLY, 1.95, 1.80),
            prop_line("betmgm", 20.5, EARLY, 1.85, 1.90),
            prop_line("fanduel", 20.5, EARLY, 1.90, 1.85),
            prop_line("draftkings", 21.5, EARLY, 2.30, 1.60),
            prop_line("bet365", 19.5, EARLY, 1.60, 2.30),
        ],
    )
    assert (line.over_decimal, line.over_book) == (1.95, "bovada")
    assert (line.under_decimal, line.under_book) == (1.90, "betmgm")


ORDER = ["draftkings", "fanduel", "betmgm", "williamhill_us", "bet365", "betrivers", "bovada"]


@pytest.mark.parametrize("books", [ORDER[n:] for n in range(len(ORDER))], ids=lambda b: b[0])
def test_of_equal_prices_the_preferred_book_is_taken_then_the_first_by_name(
    world: World, books: list[str]
) -> None:
    line = offered(world, [prop_line(book, 20.5, EARLY) for book in reversed(books)])
    assert (line.over_book, line.under_book) == (books[0], books[0])


def test_a_book_without_a_price_does_not_win_it(world: World) -> None:
    rows = [
        prop_line("draftkings", 20.5, EARLY, over=None, under=1.7),
        prop_line("fanduel", 20.5, EARLY, over=1.8, under=None),
    ]
    line = offered(world, rows)
    assert (line.over_decimal, line.over_book) == (1.8, "fanduel")
    assert (line.under_decimal, line.under_book) == (1.7, "draftkings")


def test_where_no_book_has_a_price_none_has_the_best(world: World) -> None:
    line = offered(world, [prop_line("fanduel", 20.5, EARLY, over=None, under=None)])
    assert line.points_line == 20.5
    assert (line.over_book, line.under_book) == (None, None)
    assert pd.isna([line.over_decimal, line.under_decimal]).all()


def test_the_opening_is_the_lower_median_of_first_lines_of_books_seen_an_hour_apart(
    world: World,
) -> None:
    line = offered(
        world,
        [
            prop_line("fanduel", 18.5, EARLY),
            prop_line("fanduel", 21.5, EARLY + timedelta(minutes=30)),
            prop_line("fanduel", 22.5, NOON),
            prop_line("betmgm", 19.5, EARLY),
            prop_line("betmgm", 23.5, NOON),
            # What has withdrawn since has opened all the same.
            prop_line("betrivers", 18.5, EARLY),
            prop_line("betrivers", 24.5, NOON - timedelta(minutes=30)),
            # Seen once, and twice too soon: neither has an opening.
            prop_line("bovada", 10.5, EARLY),
            prop_line("bet365", 11.5, EARLY),
            prop_line("bet365", 12.5, EARLY + timedelta(minutes=59, seconds=59)),
        ],
    )
    assert line.opening_line == 18.5
    assert (line.points_line, line.line_move) == (22.5, 4.0)


@pytest.mark.parametrize(
    ("apart", "opening"),
    [(timedelta(minutes=60), 18.5), (timedelta(minutes=60) - timedelta(microseconds=1), None)],
)
def test_an_hour_is_sixty_minutes_to_the_microsecond(
    world: World, apart: timedelta, opening: float | None
) -> None:
    first = EARLY + timedelta(microseconds=700_000)
    rows = [prop_line("fanduel", 18.5, first), prop_line("fanduel", 20.5, first + apart)]
    line = offered(world, rows)
    if opening is None:
        assert pd.isna(line.opening_line)
        assert pd.isna(line.line_move)
    else:
        assert (line.opening_line, line.line_move) == (opening, 2.0)


def test_captures_after_the_cutoff_make_no_opening(world: World) -> None:
    rows = [prop_line("fanduel", 18.5, EARLY), prop_line("fanduel", 20.5, NOON)]
    assert offered(world, rows).opening_line == 18.5
    morning = offered(world, rows, MORNING)
    assert morning.points_line == 18.5
    assert pd.isna(morning.opening_line)


def test_other_markets_are_no_points(world: World) -> None:
    rows = [
        prop_line("fanduel", 20.5, EARLY),
        prop_line("fanduel", 8.5, EARLY, market="player_rebounds"),
    ]
    assert offered(world, rows).points_line == 20.5


def test_a_line_of_no_game_of_the_slate_is_no_line(world: World) -> None:
    world.publish(UPCOMING_GAMES, slate(away="LAL", home="GSW"))
    world.publish(PLAYER_PROP_LINES, [prop_line("fanduel", 20.5, EARLY)])
    assert world.read(PLAYER_LINE_CONSENSUS).empty


def test_a_line_is_trusted_as_little_as_the_least_of_game_and_books(world: World) -> None:
    weak: Row = {"source": "bettingpros_offers", "source_score": 85, "is_degraded": True}
    line = offered(
        world,
        [prop_line("fanduel", 20.5, EARLY), prop_line("betmgm", 22.5, EARLY, **weak)],
    )
    assert (line.source, line.source_score, line.quality_score) == ("odds_player_points", 85, 85)
    assert (line.quality_tier, line.is_degraded) == ("silver", True)
    assert line.degraded_reasons.tolist() == ["the lines it is made of are degraded"]
    assert pd.isna(line.completeness_pct)


def test_a_degraded_game_says_why_in_its_lines(world: World) -> None:
    reasons = ["espn_scoreboard instead of nba_schedule: 404"]
    weak: Row = {"source_score": 60, "is_degraded": True, "degraded_reasons": reasons}
    world.publish(UPCOMING_GAMES, slate(is_bootstrap=True, **weak))
    world.publish(PLAYER_PROP_LINES, [prop_line("fanduel", 20.5, EARLY)])
    found = world.read(PLAYER_LINE_CONSENSUS)
    assert found["source_score"].tolist() == [60, 60]
    assert found["quality_tier"].tolist() == ["bronze", "bronze"]
    assert found["is_bootstrap"].tolist() == [True, True]
    assert [told.tolist() for told in found["degraded_reasons"]] == [reasons, reasons]


def test_clean_lines_are_gold_and_not_degraded(world: World) -> None:
    line = offered(world, [prop_line("fanduel", 20.5, EARLY)])
    assert (line.quality_tier, line.is_degraded, line.is_bootstrap) == ("gold", False, False)
    assert len(line.degraded_reasons) == 0


def test_a_range_answers_as_its_days_do(world: World) -> None:
    days = (DAY, DAY + timedelta(days=1))
    rows = [
        prop_line(book, line + n, EARLY + timedelta(days=n, hours=hour), day=day)
        for n, day in enumerate(days)
        for book, line, hour in (("fanduel", 20.5, 0), ("fanduel", 21.5, 2), ("betmgm", 19.5, 1))
    ]
    lines_of(world, rows, days)
    ranged = world.read(PLAYER_LINE_CONSENSUS, days)
    daily = pd.concat([world.read(PLAYER_LINE_CONSENSUS, [d]) for d in days], ignore_index=True)
    assert len(ranged) == 4
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)


# Captures of a game, 20 minutes each from one hour before EARLY on: the last two are after the lock.
STEPS = [0, 1, 3, 6, 7, 27, 28, 29, 40]
CAPTURES = st.dictionaries(
    st.tuples(st.sampled_from(["1", "2"]), st.sampled_from(ORDER), st.sampled_from(STEPS)),
    st.tuples(st.integers(39, 43), st.sampled_from([1.8, 1.9, 2.0]), st.sampled_from([1.8, 1.9])),
    min_size=1,
    max_size=25,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(captures=CAPTURES)
def test_the_query_finds_what_a_naive_count_finds(
    world: World, captures: dict[tuple[str, str, int], tuple[int, float, float]]
) -> None:
    rows = [
        prop_line(book, half / 2, _instant(step), over, under, player_id=player_id)
        for (player_id, book, step), (half, over, under) in captures.items()
    ]
    lines_of(world, rows)
    found = {
        (line.player_id, line.cutoff): line
        for line in world.read(PLAYER_LINE_CONSENSUS).itertuples()
    }
    expected = {
        (player_id, cutoff): naive
        for player_id in ("1", "2")
        for cutoff, cutoff_at in ((MORNING, TEN), (LOCK, LOCKED))
        if (naive := _naive(rows, player_id, cutoff_at))
    }
    assert set(found) == set(expected)
    for key, naive in expected.items():
        for name, value in naive.items():
            told = getattr(found[key], name)
            assert pd.isna(told) if value is None else told == value, (key, name, told, value)


def _instant(step: int) -> datetime:
    return EARLY - timedelta(hours=1) + timedelta(minutes=20 * step)


def _naive(every: list[Row], player_id: str, cutoff_at: datetime) -> Row | None:
    seen = [row for row in every if row["observed_at"] <= cutoff_at]
    rows = [row for row in seen if row["player_id"] == player_id]
    if not rows:
        return None
    by_book: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda r: r["observed_at"]):
        by_book.setdefault(row["book"], []).append(row)
    last = max(row["observed_at"] for row in seen)
    newest = sorted((r for r in rows if r["observed_at"] == last), key=lambda r: r["line"])
    if not newest:
        return None
    line = newest[(len(newest) - 1) // 2]["line"]
    firsts = sorted(
        own[0]["line"]
        for own in by_book.values()
        if own[-1]["observed_at"] - own[0]["observed_at"] >= timedelta(hours=1)
    )
    opening = firsts[(len(firsts) - 1) // 2] if firsts else None
    offers = sorted((r for r in newest if r["line"] == line), key=lambda r: ORDER.index(r["book"]))
    over, under = (max(offers, key=lambda r: r[f"{side}_decimal"]) for side in ("over", "under"))
    return {
        "points_line": line,
        "line_books": len(newest),
        "line_lowest": newest[0]["line"],
        "line_highest": newest[-1]["line"],
        "over_decimal": over["over_decimal"],
        "over_book": over["book"],
        "under_decimal": under["under_decimal"],
        "under_book": under["book"],
        "line_observed_at": last,
        "opening_line": opening,
        "line_move": None if opening is None else line - opening,
    }


# What the summary of a finished game tells of the line.

SCORED = 21


def summary(world: World, player_id: str = "1") -> Any:
    world.make(PLAYER_LINE_CONSENSUS)
    _plant_the_game(world)
    found = world.read(PLAYER_GAME_SUMMARY)
    (only,) = found[found["player_id"] == player_id].itertuples(index=False)
    return only


def _plant_the_game(world: World) -> None:
    world.plant(
        [
            player("1", points=SCORED),
            dnp("2"),
            player("4", "BOS", "NYK", is_home=False),
        ],
        [team(points=110), team("BOS", "NYK", is_home=False, points=104)],
    )


@pytest.mark.parametrize(
    ("line", "margin", "result"), [(20.5, 0.5, "OVER"), (21.5, -0.5, "UNDER"), (21.0, 0.0, "PUSH")]
)
def test_a_result_is_over_under_or_a_push(
    world: World, line: float, margin: float, result: str
) -> None:
    lines_of(world, [prop_line("fanduel", line, EARLY)])
    star = summary(world)
    assert (star.points_line, star.margin, star.over_under_result) == (line, margin, result)


def test_a_summary_tells_the_line_of_the_lock(world: World) -> None:
    lines_of(world, [prop_line("fanduel", 18.5, EARLY), prop_line("fanduel", 21.5, NOON)])
    star = summary(world)
    assert (star.points_line, star.opening_line, star.margin) == (21.5, 18.5, -0.5)
    assert (star.line_source, star.line_observed_at) == ("odds_player_points", NOON)


def test_who_did_not_play_has_a_line_and_no_result(world: World) -> None:
    lines_of(world, [prop_line("fanduel", 10.5, EARLY, player_id="2")])
    bench = summary(world, "2")
    assert bench.points_line == 10.5
    assert pd.isna(bench.margin)
    assert pd.isna(bench.over_under_result)


def test_who_had_no_line_has_no_result(world: World) -> None:
    lines_of(world, [prop_line("fanduel", 10.5, EARLY, player_id="2")])
    star = summary(world)
    assert star.points == SCORED
    assert pd.isna([star.points_line, star.margin, star.line_observed_at]).all()
    assert star.line_source is None
    assert star.over_under_result is None


def test_where_no_lines_were_published_the_summary_is_whole_and_has_no_results(
    world: World,
) -> None:
    _plant_the_game(world)
    found = world.read(PLAYER_GAME_SUMMARY)
    assert len(found) == 3
    assert found[["points_line", "margin", "over_under_result"]].isna().all(axis=None)
