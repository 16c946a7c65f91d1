"""Main lines of players' points: what a capture becomes, what is set aside, what the gates hold out."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from nba_assets.definitions import build_desk
from nba_assets.identity.aliases import Aliases
from nba_assets.identity.registry import Evidence, Registry
from nba_assets.landing.desk import Desk
from nba_assets.partitions import results_instant, slate_instant
from nba_assets.raw.lines import games_without_lines, lines_after_tip
from nba_assets.raw.player_prop_lines import (
    PLAYER_PROP_LINES,
    PropLines,
    crossed_prices,
    implausible_lines,
    lines_of_no_book,
    one_sided_lines,
    prop_lines,
)
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feeds.odds import ODDS_PLAYER_POINTS
from nba_assets.warehouse.table import UNDATED
from nba_assets_tests.gates.verdicts import verdicts
from nba_assets_tests.platform import Platform, platform
from nba_assets_tests.raw.odds_payloads import (
    EVENT,
    LOCK,
    MORNING,
    TIP,
    about,
    book,
    event,
    land_events,
    land_odds,
    land_offers,
    line,
    odds,
    offer,
    state_of,
    zulu,
)
from nba_assets_tests.raw.payloads import (
    GAME,
    desk_in,
    land_schedule,
    scheduled_game,
    tip_of,
)
from nba_assets_tests.raw.rows import DAY, Row, frame, scheduled

BRUNSON, CLAXTON, BROWN = "1628973", "1629651", "1627759"
PEOPLE = (
    (BRUNSON, "Jalen Brunson", "NYK"),
    (CLAXTON, "Nic Claxton", "NYK"),
    (BROWN, "Jaylen Brown", "BOS"),
)
REGISTRY = Registry(
    [Evidence(i, name, team, 2025, DAY - timedelta(days=9)) for i, name, team in PEOPLE]
)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
SLATE = slate_instant(DAY)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def read(desk: Desk, *games: Row, registry: Registry = REGISTRY) -> PropLines:
    """The lines of the scheduled games, BOS at NYK by default; they fit their contract."""
    rows = SCHEDULE.rows(games or [scheduled(tip_at=TIP)]).to_pylist()
    found = prop_lines(desk, registry, rows, [DAY])
    PLAYER_PROP_LINES.rows(found.rows)
    return found


def told(found: PropLines) -> list[tuple[str, str, float]]:
    return sorted((row["player_id"], row["book"], row["line"]) for row in found.rows)


def test_a_line_is_read_by_the_names_of_its_fields(desk: Desk) -> None:
    path = land_odds(desk, odds(book("draftkings", line("Jalen Brunson", 27.5, -115, 105))))
    assert read(desk).rows == [
        {
            "game_date": DAY,
            "game_id": "20251105_BOS_NYK",
            "player_id": BRUNSON,
            "nba_game_id": GAME,
            "nba_player_id": BRUNSON,
            "player_name": "Jalen Brunson",
            "player_lookup": "jalenbrunson",
            "market": "player_points",
            "book": "draftkings",
            "line": 27.5,
            "over_price": -115,
            "under_price": 105,
            "over_decimal": 1 + 100 / 115,
            "under_decimal": 2.05,
            "price_format": "american",
            "minutes_before_tip": 540.0,
            "book_updated_at": MORNING,
            "superseded_at": None,
            "odds_event_id": EVENT,
            "bettingpros_event_id": None,
            "source": "odds_player_points",
            "source_score": 100,
            "quality_score": 100,
            "quality_tier": "gold",
            "completeness_pct": 100.0,
            "is_degraded": False,
            "degraded_reasons": [],
            "is_bootstrap": False,
            "observed_at": MORNING,
            "landing_path": path,
        }
    ]


def until(found: PropLines) -> dict[tuple[str, str, datetime], datetime | None]:
    return {(r["player_id"], r["source"], r["observed_at"]): r["superseded_at"] for r in found.rows}


def test_a_line_stands_until_the_next_capture_of_its_game_whatever_that_lists(desk: Desk) -> None:
    brunson, brown = line("Jalen Brunson", 27.5), line("Jaylen Brown", 24.5)
    land_odds(desk, odds(book("fanduel", brunson)), MORNING)
    land_odds(desk, odds(book("betmgm", brown)), LOCK - MINUTE)
    land_odds(desk, odds(), LOCK)
    assert until(read(desk)) == {
        (BRUNSON, "odds_player_points", MORNING): LOCK - MINUTE,
        (BROWN, "odds_player_points", LOCK - MINUTE): LOCK,
    }


def test_an_empty_body_of_the_odds_api_withdraws_nothing_while_bettingpros_stands_in(
    desk: Desk,
) -> None:
    land_events(desk, event(), at=MORNING)
    land_offers(desk, offer("Jalen Brunson", BETTINGPROS_BOOKS), at=SLATE - MINUTE)
    land_odds(desk, odds(), SLATE)
    assert set(until(read(desk)).values()) == {None}
    land_offers(desk, at=LOCK)
    assert set(until(read(desk)).values()) == {LOCK}, "an empty body of its own does"
    land_odds(desk, odds(book("fanduel", line("Jaylen Brown", 24.5))), SLATE + MINUTE)
    assert until(read(desk)) == {
        (BRUNSON, "bettingpros_offers", SLATE - MINUTE): SLATE + MINUTE,
        (BROWN, "odds_player_points", SLATE + MINUTE): None,
    }


def test_every_snapshot_and_every_book_is_a_row(desk: Desk) -> None:
    for at, point in ((MORNING, 26.5), (LOCK, 27.5)):
        books = [book(key, line("Jalen Brunson", point)) for key in ("betmgm", "fanduel")]
        land_odds(desk, odds(*books), at)
    found = read(desk)
    assert sorted((r["observed_at"], r["book"], r["line"]) for r in found.rows) == [
        (MORNING, "betmgm", 26.5),
        (MORNING, "fanduel", 26.5),
        (LOCK, "betmgm", 27.5),
        (LOCK, "fanduel", 27.5),
    ]
    assert found.notes[DAY].counted["captures"] == 2


def test_minutes_before_tip_are_of_the_schedule_and_not_of_the_event(desk: Desk) -> None:
    drifted = TIP + timedelta(minutes=20)
    land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 27.5)), starts_at=drifted), LOCK)
    assert [row["minutes_before_tip"] for row in read(desk).rows] == [31.0]


def test_of_many_lines_of_a_book_the_balanced_one_is_the_row_and_the_others_are_counted(
    desk: Desk,
) -> None:
    many = [
        *line("Jalen Brunson", 22.5, -350, 260),
        *line("Jalen Brunson", 27.5, -112, -108),
        *line("Jalen Brunson", 31.5, 230, -300),
    ]
    land_odds(desk, odds(book("betrivers", many, line("Jaylen Brown", 23.5))))
    found = read(desk)
    assert told(found) == [(BROWN, "betrivers", 23.5), (BRUNSON, "betrivers", 27.5)]
    assert found.notes[DAY].in_words()["alternate_lines"] == 2


def test_decimal_prices_keep_their_format_beside_them(desk: Desk) -> None:
    land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 27.5, 1.91, 2.5))))
    (row,) = read(desk).rows
    assert (row["over_price"], row["under_price"], row["price_format"]) == (-110, 150, "decimal")
    assert (row["over_decimal"], row["under_decimal"]) == (1.91, 2.5)


def test_a_book_that_is_listed_twice_is_one_book(desk: Desk) -> None:
    twice = [
        book("fanduel", line("Jalen Brunson", 30.5, 240, -320)),
        book("fanduel", line("Jalen Brunson", 27.5)),
    ]
    land_odds(desk, odds(*twice))
    assert told(read(desk)) == [(BRUNSON, "fanduel", 27.5)]


def test_a_name_that_means_nobody_is_set_aside_with_its_body_until_an_alias_is_known(
    desk: Desk,
) -> None:
    offers = (line("Jalen Brunson", 27.5), line("Big Apple", 11.5))
    path = land_odds(desk, odds(book("betmgm", *offers), book("fanduel", *offers)))
    found = read(desk)
    assert told(found) == [(BRUNSON, "betmgm", 27.5), (BRUNSON, "fanduel", 27.5)]
    (aside,) = found.unresolved
    assert (aside["player_name"], aside["books"], aside["lines"]) == (
        "Big Apple",
        "betmgm, fanduel",
        "11.5, 11.5",
    )
    assert (aside["landing_path"], aside["observed_at"]) == (path, MORNING)
    assert "20251105_BOS_NYK 'Big Apple': nobody of BOS or NYK" in aside["reason"]
    known = [Evidence(i, n, t, 2025, DAY - timedelta(days=9)) for i, n, t in PEOPLE]
    known.append(Evidence(CLAXTON, "Big Apple", "NYK", 2025, DAY))
    again = read(desk, registry=Registry(known, Aliases()))
    assert again.unresolved == []
    assert len(again.rows) == 4


def test_a_man_of_a_third_team_is_nobody_of_the_game(desk: Desk) -> None:
    land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 27.5))))
    elsewhere = Registry([Evidence(BRUNSON, "Jalen Brunson", "LAL", 2025, DAY)])
    found = read(desk, registry=elsewhere)
    assert found.rows == []
    assert [aside["player_name"] for aside in found.unresolved] == ["Jalen Brunson"]


def test_two_spellings_that_say_the_same_are_one_row(desk: Desk) -> None:
    same = (line("Nic Claxton", 11.5), line("NIC CLAXTON", 11.5))
    land_odds(desk, odds(book("fanduel", *same)))
    found = read(desk)
    assert told(found) == [(CLAXTON, "fanduel", 11.5)]
    assert found.notes[DAY].collapsed == 1
    assert found.repeated == []


def test_two_spellings_that_contradict_each_other_are_both_set_aside(desk: Desk) -> None:
    differing = (line("Nic Claxton", 11.5), line("NIC CLAXTON", 13.5))
    land_odds(desk, odds(book("fanduel", *differing, line("Jaylen Brown", 23.5))))
    found = read(desk)
    assert told(found) == [(BROWN, "fanduel", 23.5)]
    assert sorted(row["line"] for row in found.repeated) == [11.5, 13.5]
    assert {"11.5" in row["reason"] and "13.5" in row["reason"] for row in found.repeated} == {True}


def test_an_event_that_kept_its_id_when_its_game_was_moved_makes_no_row_of_its_old_date(
    desk: Desk,
) -> None:
    before = TIP - timedelta(days=3)
    path = land_odds(
        desk, odds(book("fanduel", line("Jalen Brunson", 20.5)), starts_at=before), before - SECOND
    )
    land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 27.5))))
    found = read(desk)
    assert told(found) == [(BRUNSON, "fanduel", 27.5)]
    assert [text for text in found.notes[DAY].passed_over if path in text] == [
        f"{path}: an event of 2025-11-02, the game is of 2025-11-05"
    ]


def test_an_event_whose_start_drifted_past_midnight_is_still_of_its_games_date(desk: Desk) -> None:
    late_tip = datetime(2025, 11, 6, 3, 30, tzinfo=UTC)  # 22:30 Eastern
    drifted = datetime(2025, 11, 6, 5, 5, tzinfo=UTC)
    fanduel = book("fanduel", line("Jalen Brunson", 27.5))
    land_odds(desk, odds(fanduel, starts_at=drifted), late_tip - timedelta(minutes=30))
    found = read(desk, scheduled(tip_at=late_tip))
    assert [row["minutes_before_tip"] for row in found.rows] == [30.0]
    assert found.notes[DAY].unmatched == []


def test_a_snapshot_of_the_archive_and_the_live_body_of_its_instant_are_one_row(desk: Desk) -> None:
    body = odds(book("fanduel", line("Jalen Brunson", 27.5)))
    land_odds(desk, body, LOCK)
    at_lock = replace(about(ODDS_PLAYER_POINTS), at=TIP - timedelta(minutes=30))
    request = ODDS_PLAYER_POINTS.request(ODDS_PLAYER_POINTS.history[0], at_lock)
    wrapped = {"timestamp": zulu(LOCK), "data": body}
    desk.zone.keep(request, LOCK, json.dumps(wrapped).encode())
    found = read(desk)
    assert told(found) == [(BRUNSON, "fanduel", 27.5)]
    assert (found.notes[DAY].counted["captures"], found.notes[DAY].collapsed) == (2, 1)


def test_an_event_without_a_scheduled_game_is_named_and_makes_no_row(desk: Desk) -> None:
    tomorrow = event("c" * 32, "LAL", "BOS", TIP + timedelta(days=1))
    land_events(desk, event(), event("a" * 32, "LAL", "NYK"), tomorrow)
    found = read(desk)
    assert found.rows == found.unknown_events == []
    (unmatched,) = found.notes[DAY].unmatched
    assert "LAL at NYK is not scheduled on 2025-11-05" in unmatched


def test_a_game_of_the_night_before_that_starts_past_midnight_is_no_event_of_the_date(
    desk: Desk,
) -> None:
    past_midnight = datetime(2025, 11, 5, 5, 5, tzinfo=UTC)
    land_events(desk, event("a" * 32, "LAL", "NYK", past_midnight), at=past_midnight)
    assert read(desk).notes[DAY].unmatched == []


def test_a_list_of_an_earlier_date_is_not_the_dates_list(desk: Desk) -> None:
    yesterday = MORNING - timedelta(days=1)
    land_events(desk, event("a" * 32, "LAL", "NYK"), at=yesterday)
    assert read(desk).notes[DAY].unmatched == []


@pytest.mark.parametrize(
    ("sides", "reason"),
    [
        (("NYK", "BOS"), "is scheduled the other way"),
        (("Boston Celts", "NYK"), "no team is called 'Boston Celts'"),
    ],
)
def test_an_event_of_exchanged_or_unknown_sides_is_set_aside(
    desk: Desk, sides: tuple[str, str], reason: str
) -> None:
    path = land_events(desk, event(EVENT, *sides))
    (unknown,) = read(desk).unknown_events
    assert reason in unknown["reason"]
    assert (unknown["event_id"], unknown["landing_path"]) == (EVENT, path)


def test_one_game_under_two_events_is_set_aside(desk: Desk) -> None:
    land_events(desk, event(), event("f" * 32))
    assert [row["event_id"] for row in read(desk).unknown_events] == [EVENT, "f" * 32]


def test_no_bookmaker_is_no_market_and_no_row(desk: Desk) -> None:
    land_odds(desk, odds())
    found = read(desk)
    assert found.rows == []
    assert found.notes[DAY].passed_over == []


@pytest.mark.parametrize("source", ["replay", "live"])
def test_nothing_after_the_noon_that_follows_is_read(tmp_path: Path, source: str) -> None:
    roots = (tmp_path,) if source == "replay" else ()
    desk = desk_in(tmp_path, source=source, replay_roots=roots)
    noon = results_instant(DAY)
    for at, key in ((noon, "fanduel"), (noon + SECOND, "betmgm")):
        land_odds(desk, odds(book(key, line("Jalen Brunson", 27.5))), at)
    assert told(read(desk)) == [(BRUNSON, "fanduel", 27.5)]


BETTINGPROS_BOOKS = {0: (26.5, -110, -110), 12: (27.5, -115, -105), 77: (27.0, -110, -110)}


def test_bettingpros_serves_where_the_odds_api_has_nothing(desk: Desk) -> None:
    land_odds(desk, odds())
    path = land_offers(desk, offer("Jalen Brunson", BETTINGPROS_BOOKS), at=LOCK)
    found = read(desk)
    # Book 0 is the site's own average.
    assert told(found) == [(BRUNSON, "bettingpros-77", 27.0), (BRUNSON, "draftkings", 27.5)]
    row = found.rows[0]
    assert (row["source"], row["source_score"], row["quality_tier"]) == (
        "bettingpros_offers",
        90,
        "silver",
    )
    assert (row["bettingpros_event_id"], row["odds_event_id"]) == ("27001", None)
    assert (row["landing_path"], row["observed_at"]) == (path, LOCK)
    assert row["degraded_reasons"] == [
        "bettingpros_offers instead of odds_player_points: no line by then"
    ]


def test_bettingpros_is_not_mixed_into_a_game_that_the_odds_api_has(desk: Desk) -> None:
    land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 27.5))))
    land_offers(desk, offer("Jalen Brunson", BETTINGPROS_BOOKS))
    bare = scheduled("LAL", "GSW", tip_at=TIP)
    assert told(read(desk, scheduled(tip_at=TIP), bare)) == [(BRUNSON, "fanduel", 27.5)]


@pytest.mark.parametrize(
    ("offered_at", "told_at", "is_kept"),
    [
        (SLATE - MINUTE, SLATE, False),
        (SLATE - MINUTE, SLATE + SECOND, True),
        (SLATE + MINUTE, LOCK, False),
        (LOCK, LOCK + MINUTE, False),
        (LOCK, LOCK + MINUTE + SECOND, True),
        (LOCK + 2 * MINUTE, TIP, False),
        (TIP - MINUTE, TIP + SECOND, True),
    ],
)
def test_what_the_odds_api_tells_after_a_cut_off_takes_back_no_line_that_was_told_before_it(
    desk: Desk, offered_at: datetime, told_at: datetime, is_kept: bool
) -> None:
    land_events(desk, event(), at=min(offered_at, told_at))
    land_offers(desk, offer("Jalen Brunson", BETTINGPROS_BOOKS), at=offered_at)
    before = read(desk).rows
    land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 27.5))), told_at)
    after = read(desk)
    kept = [row for row in after.rows if row["source"] == "bettingpros_offers"]
    assert len(before) == 2
    until = told_at if told_at <= TIP else None
    assert kept == ([{**row, "superseded_at": until} for row in before] if is_kept else [])
    assert (BRUNSON, "fanduel", 27.5) in told(after)


def test_an_offer_that_is_not_needed_is_not_judged(desk: Desk) -> None:
    """One that cannot be read would be held against a date that it says nothing of."""
    land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 27.5))), LOCK)
    land_offers(desk, offer("Jalen Brunson", BETTINGPROS_BOOKS, participants=[]), at=LOCK)
    assert read(desk).unreadable == []


def test_bettingpros_serves_where_the_odds_api_was_seen_only_after_tip(desk: Desk) -> None:
    land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 27.5))), TIP + SECOND)
    land_offers(desk, offer("Jalen Brunson", BETTINGPROS_BOOKS))
    assert {row["source"] for row in read(desk).rows} == {
        "odds_player_points",
        "bettingpros_offers",
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"participants": []}, "is about []"),
        ({"selections": [{"selection": "yes", "books": [{"id": 12, "lines": [{"line": 9.5, "cost": -110}]}]}]}, "'yes' is neither over nor under"),
        ({"selections": [{"selection": "over", "books": [{"id": 12, "lines": [{"line": 9.5, "cost": 50}]}]}]}, "50 is no American price"),
    ],
)  # fmt: skip
def test_an_offer_that_says_no_line_is_set_aside_and_its_neighbours_are_read(
    desk: Desk, changes: dict[str, Any], reason: str
) -> None:
    path = land_offers(
        desk,
        offer("Nic Claxton", BETTINGPROS_BOOKS, **changes),
        offer("Jalen Brunson", BETTINGPROS_BOOKS),
    )
    found = read(desk)
    assert {row["player_id"] for row in found.rows} == {BRUNSON}
    (aside,) = found.unreadable
    assert reason in aside["reason"]
    assert (aside["landing_path"], aside["event_id"]) == (path, "27001")


def lines(**columns: list[Any]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    given: dict[str, list[Any]] = {
        "game_date": [DAY] * count,
        "player_name": ["Jalen Brunson"] * count,
        "book": ["fanduel"] * count,
        "line": [27.5] * count,
        "over_price": [-110.0] * count,
        "under_price": [-110.0] * count,
        "minutes_before_tip": [60.0] * count,
        "observed_at": [TIP - timedelta(hours=1)] * count,
        "book_updated_at": [None] * count,
    }
    return pd.DataFrame(given | columns)


def test_lines_after_tip_are_named_and_one_at_tip_is_not() -> None:
    found = lines_after_tip(lines(minutes_before_tip=[1.0, 0.0, -0.1, -45.25, None]))
    assert found.index.tolist() == [2, 3]
    assert found["reason"].tolist()[1] == "fanduel observed 45.2 minutes after tip"


def test_a_line_that_its_book_calls_later_than_the_tip_is_one_after_tip() -> None:
    moved = [TIP, TIP + timedelta(minutes=12), None, TIP - timedelta(hours=2)]
    found = lines_after_tip(lines(book_updated_at=moved))
    assert found.index.tolist() == [1]
    assert found["reason"].tolist() == ["fanduel moved 12.0 minutes after tip"]


def test_lines_without_both_prices_are_named_with_the_side_they_have() -> None:
    found = one_sided_lines(
        lines(over_price=[-110, None, -110, None], under_price=[-110, -110, None, None])
    )
    assert found.index.tolist() == [1, 2, 3]
    assert [reason.split(": ")[1] for reason in found["reason"]] == [
        "only under has a price",
        "only over has a price",
        "neither side has a price",
    ]


def test_a_book_that_pays_more_than_both_sides_cost_is_named() -> None:
    found = crossed_prices(
        lines(over_decimal=[1.91, 2.2, 2.0, None], under_decimal=[1.91, 2.2, 2.0, 1.9])
    )
    assert found.index.tolist() == [1]
    assert found["reason"].tolist() == [
        "Jalen Brunson 27.5 at fanduel: its prices ask for 90.9 % of certainty"
    ]


def test_a_line_is_a_multiple_of_a_half_from_a_half_to_sixty_and_twenty_is_one() -> None:
    points = [0.5, 20.0, 20.5, 60.0, 0.0, -1.5, 60.5, 18.3, 20.25]
    found = implausible_lines(lines(line=points))
    assert found["line"].tolist() == [0.0, -1.5, 60.5, 18.3, 20.25]
    assert found["reason"].iloc[0].startswith("Jalen Brunson 0.0 at fanduel: ")


def test_a_line_without_a_book_is_named() -> None:
    assert lines_of_no_book(lines(book=["fanduel", " ", ""])).index.tolist() == [1, 2]


def test_a_game_without_a_market_is_named_and_blocks_nothing() -> None:
    other = DAY + timedelta(days=1)
    schedule = frame(
        SCHEDULE,
        [
            scheduled("BOS", "NYK"),
            scheduled("LAL", "GSW"),
            scheduled("MIA", "CHI", status="postponed"),
            scheduled("BOS", "NYK", other),
            scheduled("LAL", "GSW", other),
        ],
    )
    rows = pd.DataFrame({"game_date": [DAY], "game_id": ["20251105_BOS_NYK"]})
    found = games_without_lines(rows, schedule)
    assert sorted(zip(found["game_date"], found["reason"], strict=True)) == [
        (DAY, "no market: 20251105_LAL_GSW has no line"),
        (other, "no market: no book's line of any of its 2 games"),
    ]
    assert not found["blocks"].any()
    assert games_without_lines(rows, schedule.head(0)).empty


ALIASES = "alias,name,note\nBig Apple,Nic Claxton,nickname\n"
GOOD, BARE, OFF = DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)


def publish_players(warehouse: Any, people: tuple[tuple[str, str, str], ...] = PEOPLE) -> None:
    """Publish the registry's evidence as `raw.players` would."""
    rows = [
        scheduled()
        | {
            "player_id": player_id,
            "nba_player_id": player_id,
            "player_name": name,
            "player_lookup": name.lower().replace(" ", ""),
            "season_year": 2025,
            "team": team,
            "first_seen": DAY - timedelta(days=9),
            "last_seen": DAY,
        }
        for player_id, name, team in people
    ]
    table = PLAYERS.rows(rows)
    days = pa.array([UNDATED] * len(rows), pa.date32())
    staged = warehouse.stage_rows(PLAYERS, [UNDATED], table.add_column(0, "game_date", days), "t")
    warehouse.publish(staged, UNDATED, staged.rows)
    warehouse.discard(staged)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Platform]:
    """BOS at NYK on two dates, lines of the first only; nothing on the third."""
    with platform(tmp_path, source="replay", replay_roots=str(tmp_path)) as planted:
        desk = build_desk(planted.settings)
        land_schedule(
            desk,
            *(
                scheduled_game(f"002250000{n}", day=day, gameStatus=1, gameStatusText="7:00 pm ET")
                for n, day in enumerate((GOOD, BARE), 1)
            ),
            at=datetime(2025, 10, 1, 13, tzinfo=UTC),
        )
        books = (
            book("fanduel", line("Jalen Brunson", 20.0), line("Big Apple", 9.5)),
            book("betmgm", line("Jalen Brunson", 27.3), line("Jaylen Brown", 23.5, -110, None)),
            book("bovada", line("Nic Claxton", 11.5), line("NIC CLAXTON", 12.5)),
        )
        land_odds(desk, odds(*books))
        land_odds(desk, odds(book("fanduel", line("Jalen Brunson", 31.5))), TIP + 60 * SECOND)
        publish_players(planted.warehouse)
        assert planted.run(["raw/schedule"], GOOD, OFF).success
        yield planted


def run(night: Platform, first: date, last: date | None = None) -> Any:
    result = night.run(["raw/player_prop_lines"], first, last)
    assert result.success
    return result


def test_each_gate_holds_out_its_rows_and_the_good_line_of_twenty_is_published(
    night: Platform,
) -> None:
    result = run(night, GOOD, OFF)
    rows = night.read("raw.player_prop_lines", GOOD, OFF)
    assert rows[["player_id", "book", "line"]].to_numpy().tolist() == [[BRUNSON, "fanduel", 20.0]]
    held = night.quarantined("raw.player_prop_lines", GOOD)
    assert {gate: len(found) for gate, found in held.items()} == {
        "every_name_is_resolved": 1,
        "no_book_contradicts_itself": 2,
        "line_before_tip": 1,
        "two_prices": 1,
        "line_is_plausible": 1,
    }
    assert all(found["landing_path"].notna().all() for found in held.values())
    said = verdicts(night.instance, result)
    assert not said["raw/player_prop_lines", "every_name_is_resolved", GOOD].passed


def test_a_date_without_a_line_is_degraded_and_one_without_games_is_empty(night: Platform) -> None:
    run(night, GOOD, OFF)
    states = [state_of(night, "raw/player_prop_lines", day) for day in (GOOD, BARE, OFF)]
    assert states == ["degraded", "degraded", "empty"]


def test_an_alias_added_later_brings_the_quarantined_line_back(night: Platform) -> None:
    run(night, GOOD)
    night.settings.home.joinpath("aliases.csv").write_text(ALIASES)
    run(night, GOOD)
    rows = night.read("raw.player_prop_lines", GOOD)
    assert sorted(rows["player_name"]) == ["Big Apple", "Jalen Brunson"]
    assert "every_name_is_resolved" not in night.quarantined("raw.player_prop_lines", GOOD)


def test_a_range_run_equals_its_days_and_twice_equals_once(night: Platform) -> None:
    run(night, GOOD, OFF)
    once = night.digests()
    for day in (GOOD, BARE, OFF):
        run(night, day)
    assert night.digests() == once


def test_a_capture_of_a_later_date_is_no_line_of_an_earlier_one(desk: Desk) -> None:
    later = DAY + timedelta(days=2)
    land_odds(
        desk,
        odds(book("fanduel", line("Jalen Brunson", 27.5)), starts_at=tip_of(later)),
        tip_of(later) - timedelta(hours=1),
        later,
    )
    assert read(desk).rows == []
    assert zulu(tip_of(later)).startswith("2025-11-07")


SANDBOX_FEEDS = (
    "nba_schedule", "nba_lineups", "nba_boxscore", "odds_events", "odds_player_points",
    "bettingpros_events", "bettingpros_offers",
)  # fmt: skip


def test_a_night_of_the_sandbox_is_read_from_landing_to_lines(tmp_path: Path) -> None:
    day = date(2025, 10, 22)
    with platform(tmp_path) as sandbox:
        assert sandbox.run([f"landing/{feed}" for feed in SANDBOX_FEEDS], day).success
        for table in ("raw/schedule", "raw/players", "raw/player_prop_lines"):
            assert sandbox.run([table], day).success
        rows = sandbox.read("raw.player_prop_lines", day)
        games = set(sandbox.read("raw.schedule", day)["game_id"])
        players = rows[["game_id", "player_id"]].drop_duplicates()
        unresolved = sandbox.quarantined("raw.player_prop_lines", day).get(
            "every_name_is_resolved", pd.DataFrame()
        )
        assert len(rows) > 100
        assert set(rows["game_id"]) == games
        assert rows["source"].str.startswith("sandbox:").all()
        assert len(unresolved) <= len(players) // 100
        closing = rows["minutes_before_tip"] < 30
        assert set(rows.loc[closing, "minutes_before_tip"]) == {10.0}
        assert set(rows.loc[closing, "game_id"]) == games
        assert rows.loc[~closing, "observed_at"].nunique() > 1
