"""Spreads and totals: what a capture becomes, what is set aside, what the gates hold out."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nba_assets.definitions import build_desk
from nba_assets.landing.desk import Desk
from nba_assets.raw.game_lines import GAME_LINES, GameLines, game_lines
from nba_assets.raw.tables import SCHEDULE
from nba_assets_tests.platform import Platform, platform
from nba_assets_tests.raw.odds_payloads import (
    EVENT,
    LOCK,
    MORNING,
    TIP,
    event,
    land_events,
    land_game_lines,
    market_book,
    odds,
    state_of,
)
from nba_assets_tests.raw.payloads import GAME, Body, desk_in, land_schedule, scheduled_game
from nba_assets_tests.raw.rows import DAY, scheduled

SECOND = timedelta(seconds=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def read(desk: Desk) -> GameLines:
    """The lines of BOS at NYK; they fit their contract."""
    rows = SCHEDULE.rows([scheduled(tip_at=TIP)]).to_pylist()
    found = game_lines(desk, rows, [DAY])
    GAME_LINES.rows(found.rows)
    return found


def spread(home: float, price: float | None = -110) -> list[Body]:
    """A spread of NYK and its mirror of BOS."""
    sides = {"New York Knicks": home, "Boston Celtics": -home}
    return [{"name": n, "point": p, **priced(price)} for n, p in sides.items()]


def total(points: float, price: float | None = -110) -> list[Body]:
    return [{"name": n, "point": points, **priced(price)} for n in ("Over", "Under")]


def priced(price: float | None) -> Body:
    return {} if price is None else {"price": price}


def told(found: GameLines) -> list[tuple[str, str, str, float]]:
    return sorted((r["book"], r["market"], r["side"], r["line"]) for r in found.rows)


def both(key: str, spreads: Sequence[Body], totals: Sequence[Body]) -> Body:
    return market_book(key, {"spreads": spreads, "totals": totals})


def test_a_side_is_read_by_the_names_of_its_fields(desk: Desk) -> None:
    path = land_game_lines(desk, odds(market_book("betmgm", {"spreads": spread(-3.5, -115)})), LOCK)
    home = next(row for row in read(desk).rows if row["side"] == "NYK")
    assert home == {
        "game_date": DAY,
        "game_id": "20251105_BOS_NYK",
        "nba_game_id": GAME,
        "book": "betmgm",
        "market": "spreads",
        "side": "NYK",
        "line": -3.5,
        "price": -115,
        "price_decimal": 1 + 100 / 115,
        "price_format": "american",
        "minutes_before_tip": 31.0,
        "book_updated_at": MORNING,
        "odds_event_id": EVENT,
        "source": "odds_game_lines",
        "source_score": 100,
        "quality_score": 100,
        "quality_tier": "gold",
        "completeness_pct": 100.0,
        "is_degraded": False,
        "degraded_reasons": [],
        "is_bootstrap": False,
        "observed_at": LOCK,
        "landing_path": path,
    }


def test_every_book_market_and_side_of_every_snapshot_is_a_row(desk: Desk) -> None:
    for at, points in ((MORNING, 221.5), (LOCK, 223.0)):
        land_game_lines(desk, odds(both("betmgm", spread(-3.5), total(points))), at)
    assert told(read(desk)) == [
        ("betmgm", "spreads", "BOS", 3.5),
        ("betmgm", "spreads", "BOS", 3.5),
        ("betmgm", "spreads", "NYK", -3.5),
        ("betmgm", "spreads", "NYK", -3.5),
        ("betmgm", "totals", "over", 221.5),
        ("betmgm", "totals", "over", 223.0),
        ("betmgm", "totals", "under", 221.5),
        ("betmgm", "totals", "under", 223.0),
    ]


def test_a_line_without_a_price_is_a_line(desk: Desk) -> None:
    land_game_lines(desk, odds(both("consensus", spread(2.0, None), total(230.5, None))))
    found = read(desk)
    assert len(found.rows) == 4
    assert {(r["price"], r["price_decimal"], r["price_format"]) for r in found.rows} == {
        (None, None, None)
    }


def test_a_spread_of_a_team_that_does_not_play_is_set_aside(desk: Desk) -> None:
    stranger = [{"name": "Los Angeles Lakers", "point": 2.0, "price": -110}]
    path = land_game_lines(desk, odds(market_book("betmgm", {"spreads": stranger + spread(-2.0)})))
    found = read(desk)
    assert {row["side"] for row in found.rows} == {"BOS", "NYK"}
    (aside,) = found.unknown_sides
    assert aside["reason"] == (
        "20251105_BOS_NYK spreads at betmgm: 'LAL' is no side of it"
    )  # fmt: skip
    assert aside["landing_path"] == path


def test_two_lines_of_one_side_contradict_each_other_and_copies_are_one(desk: Desk) -> None:
    books = (
        market_book("betmgm", {"totals": total(221.5) + total(224.5)}),
        market_book("fanduel", {"totals": total(222.5) + total(222.5)}),
    )
    land_game_lines(desk, odds(*books))
    found = read(desk)
    assert told(found) == [
        ("fanduel", "totals", "over", 222.5),
        ("fanduel", "totals", "under", 222.5),
    ]
    assert [row["line"] for row in found.repeated] == [221.5, 224.5] * 2
    assert found.notes[DAY].collapsed == 2


def test_events_are_matched_to_the_schedule(desk: Desk) -> None:
    land_events(desk, event("a" * 32, "LAL", "NYK"), event("b" * 32, "NYK", "BOS"))
    found = read(desk)
    assert [row["event_id"] for row in found.unknown_events] == ["b" * 32]
    assert len(found.notes[DAY].unmatched) == 1


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Platform]:
    with platform(tmp_path, source="replay", replay_roots=str(tmp_path)) as planted:
        desk = build_desk(planted.settings)
        games = [
            scheduled_game(GAME, gameStatus=1, gameStatusText="7:00 pm ET"),
            scheduled_game("0022500002", day=DAY + timedelta(days=1)),
        ]
        land_schedule(desk, *games, at=datetime(2025, 10, 1, 13, tzinfo=UTC))
        land_game_lines(desk, odds(both("betmgm", spread(-3.5), total(221.5))))
        late = odds(both("betmgm", spread(-9.5), total(240.5)), starts_at=TIP + 600 * SECOND)
        land_game_lines(desk, late, TIP + SECOND)
        assert planted.run(["raw/schedule"], DAY, DAY + timedelta(days=1)).success
        yield planted


def test_what_was_observed_after_tip_is_quarantined_and_the_rest_is_published(
    night: Platform,
) -> None:
    assert night.run(["raw/game_lines"], DAY).success
    rows = night.read("raw.game_lines", DAY)
    assert sorted(rows["line"]) == [-3.5, 3.5, 221.5, 221.5]
    held = night.quarantined("raw.game_lines", DAY)
    assert {gate: len(found) for gate, found in held.items()} == {"line_before_tip": 4}


def test_a_range_run_equals_its_days_and_a_date_without_lines_is_degraded(
    night: Platform,
) -> None:
    last = DAY + timedelta(days=1)
    assert night.run(["raw/game_lines"], DAY, last).success
    once = night.digests()
    for day in (DAY, last):
        assert night.run(["raw/game_lines"], day).success
    assert night.digests() == once
    assert state_of(night, "raw/game_lines", last) == "degraded"
