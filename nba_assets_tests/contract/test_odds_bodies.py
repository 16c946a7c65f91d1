"""The Odds API's payload models against recorded responses, American and decimal."""

import gzip
import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from nba_assets.sources.layout import captures_in
from nba_assets.sources.odds_api import (
    PLAYER_POINTS,
    SPREADS,
    TOTALS,
    EventOdds,
    Events,
    main_lines,
)
from nba_assets.sources.teams import TEAMS
from nba_assets_tests.platform import SHARED

CONTRACTS = SHARED / "contracts"
EVENTS = SHARED / "replay/api.the-odds-api.com/v4/sports/basketball_nba/events"
ALTERNATES = {"betrivers", "unibet_us"}  # books that list alternate lines in the plain market
TRICODES = {team.tricode for team in TEAMS}

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)


def body(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def contract(name: str) -> bytes:
    return body(CONTRACTS / name)


def odds_of(markets: str) -> list[EventOdds]:
    """Every recorded body of some markets, each checked to be of the event in its path."""
    found = []
    for folder in sorted(EVENTS.glob(f"*/odds/*markets={markets}&*")):
        for capture in captures_in(folder):
            odds = EventOdds.parse(body(capture.path))
            assert odds.id == folder.parent.parent.name
            found.append(odds)
    return found


@pytest.fixture(scope="module")
def player_points() -> list[EventOdds]:
    return odds_of("player_points")


def test_all_player_points_are_read(player_points: list[EventOdds]) -> None:
    assert len(player_points) == 306
    outcomes = [
        outcome
        for odds in player_points
        for quotes in odds.quotes(PLAYER_POINTS)
        for outcome in quotes.outcomes
    ]
    assert Counter(outcome.side for outcome in outcomes) == {"over": 49_330, "under": 49_330}
    assert all(outcome.american == outcome.price for outcome in outcomes)
    assert len({quotes.book for o in player_points for quotes in o.quotes(PLAYER_POINTS)}) == 10
    assert all(odds.markets == {PLAYER_POINTS} for odds in player_points)
    assert all({odds.home_team, odds.away_team} <= TRICODES for odds in player_points)
    assert {odds.snapshot_at for odds in player_points} == {None}
    dates = {odds.game_date for odds in player_points}
    assert (min(dates), max(dates)) == (date(2024, 3, 2), date(2024, 4, 14))
    assert not dates & {date(2024, 3, 16), date(2024, 4, 7)}


def test_each_player_of_each_book_has_one_main_line(player_points: list[EventOdds]) -> None:
    lines, one_sided = Counter[str](), set()
    for odds in player_points:
        for quotes in odds.quotes(PLAYER_POINTS):
            found = main_lines(quotes.outcomes)
            assert {line.player for line in found} == {o.description for o in quotes.outcomes}
            assert found == main_lines(reversed(quotes.outcomes))
            lines[quotes.book] += len(found)
            one_sided |= {
                (quotes.book, line.player, line.over and line.over.american)
                for line in found
                if not (line.over and line.under)
            }
    # As many as there are distinct (body, book, player).
    assert lines.total() == 23_786
    assert lines["betrivers"] == 2_194
    assert one_sided == {("draftkings", "Alex Caruso", None), ("bovada", "Coby White", -110)}


def test_the_main_line_stands_close_to_those_of_books_without_alternates(
    player_points: list[EventOdds],
) -> None:
    """A book's alternates span ten points and more; its main line is where the others have theirs."""
    apart = Counter[bool]()
    for odds in player_points:
        points: dict[str, dict[str, float]] = {}
        for quotes in odds.quotes(PLAYER_POINTS):
            for line in main_lines(quotes.outcomes):
                points.setdefault(line.player, {})[quotes.book] = line.point
        for books in points.values():
            plain = [point for book, point in books.items() if book not in ALTERNATES]
            for book in ALTERNATES & set(books):
                if plain:
                    apart[min(abs(books[book] - point) for point in plain) > 1] += 1
    assert apart == {False: 4_334, True: 9}


def test_all_game_lines_are_read_without_a_price() -> None:
    bodies = odds_of("spreads%2Ctotals")
    assert len(bodies) == 306
    for odds in bodies:
        (spreads,) = odds.quotes(SPREADS)
        (totals,) = odds.quotes(TOTALS)
        assert (spreads.book, totals.book) == ("consensus", "consensus")
        assert {o.side for o in spreads.outcomes} == {odds.home_team, odds.away_team}
        assert {o.side for o in totals.outcomes} == {"over", "under"}
        assert sum(o.point or 0 for o in spreads.outcomes) == 0
        assert {o.american for o in (*spreads.outcomes, *totals.outcomes)} == {None}
        assert not odds.is_empty


def test_all_lists_of_events_name_the_games_with_player_points(
    player_points: list[EventOdds],
) -> None:
    (folder,) = EVENTS.glob("dateFormat=iso")
    captures = captures_in(folder)
    assert len(captures) == 40
    lists = [Events.parse(body(capture.path)) for capture in captures]
    events = [event for found in lists for event in found.events]
    assert len(events) == 306
    assert {event.id for event in events} == {odds.id for odds in player_points}
    assert all({event.home_team, event.away_team} <= TRICODES for event in events)
    assert all(found.snapshot_at is None and not found.is_empty for found in lists)
    assert all(len(set(found.events)) == len({e.key for e in found.events}) for found in lists)


def test_a_recorded_american_body_is_read_field_by_field() -> None:
    odds = EventOdds.parse(contract("odds_api_event_odds/raw_orl_cle_2024-02-22.json.gz"))
    assert odds.key == (date(2024, 2, 22), "ORL", "CLE")
    assert odds.commence_time == datetime(2024, 2, 23, 0, 0, tzinfo=UTC)
    (draftkings,) = (q for q in odds.quotes(PLAYER_POINTS) if q.book == "draftkings")
    assert draftkings.updated_at == datetime(2024, 2, 22, 23, 55, 7, tzinfo=UTC)
    (levert,) = (x for x in main_lines(draftkings.outcomes) if x.player == "Caris LeVert")
    assert levert.over
    assert levert.under
    assert (levert.point, levert.over.american, levert.under.american) == (11.5, -130, 100)
    assert levert.over.decimal == pytest.approx(1.7692, abs=1e-4)
    assert levert.under.decimal == 2.0
    other = EventOdds.parse(contract("odds_api_event_odds/raw_bkn_tor_2024-02-22.json.gz"))
    assert other.key == (date(2024, 2, 22), "BKN", "TOR")


def test_a_recorded_book_that_offers_a_point_twice_has_one_main_line() -> None:
    odds = EventOdds.parse(contract("odds_api_event_odds/raw_bkn_tor_2024-02-22.json.gz"))
    (quotes,) = (q for q in odds.quotes(PLAYER_POINTS) if q.book == "williamhill_us")
    lines = {
        line.player: (
            line.point,
            line.over and line.over.american,
            line.under and line.under.american,
        )
        for line in main_lines(quotes.outcomes)
    }
    assert lines["Ben Simmons"] == (7.5, -112, -128)  # beside -106 and -129
    assert lines["Cam Thomas"] == (20.5, -126, -114)  # beside -125 and -109
    assert lines["Scottie Barnes"] == (20.5, -126, -114)  # beside 102 and -139


def test_a_recorded_book_with_eight_points_has_its_balanced_one_as_main_line() -> None:
    odds = EventOdds.parse(contract("odds_api_event_odds/raw_bkn_tor_2024-02-22.json.gz"))
    (quotes,) = (q for q in odds.quotes(PLAYER_POINTS) if q.book == "unibet_us")
    points = {line.player: line.point for line in main_lines(quotes.outcomes)}
    assert sum(o.description == "RJ Barrett" for o in quotes.outcomes) == 16
    assert (points["RJ Barrett"], points["Ben Simmons"], points["Cam Thomas"]) == (20.5, 6.5, 21.5)


def test_a_recorded_snapshot_of_game_lines_has_decimal_prices() -> None:
    odds = EventOdds.parse(contract("oddsa_game_lines_his/raw_b722994c.json"))
    assert odds.snapshot_at == datetime(2024, 1, 25, 3, 55, 40, tzinfo=UTC)
    assert odds.previous_at == datetime(2024, 1, 25, 3, 50, 38, tzinfo=UTC)
    assert odds.next_at == datetime(2024, 1, 25, 4, 0, 38, tzinfo=UTC)
    assert odds.key == (date(2024, 1, 24), "ATL", "GSW")
    assert odds.markets == {SPREADS, TOTALS}
    outcome = next(odds.quotes(SPREADS)).outcomes[0]
    assert (outcome.side, outcome.point, outcome.price) == ("ATL", 6.5, 1.91)
    assert (outcome.american, outcome.decimal) == (-110, 1.91)


def test_what_is_filed_as_props_are_game_lines() -> None:
    odds = EventOdds.parse(contract("oddsa_player_props_his/raw_815b3ee3.json"))
    assert PLAYER_POINTS not in odds.markets
    assert list(odds.quotes(PLAYER_POINTS)) == []


def test_a_recorded_snapshot_of_moneylines_has_no_points() -> None:
    odds = EventOdds.parse(contract("odds_api_historical_game_lines/raw_9221b91f.json"))
    assert odds.markets == {"h2h"}
    outcome = next(odds.quotes("h2h")).outcomes[0]
    assert (outcome.side, outcome.point, outcome.american) == ("ATL", None, 230)


@pytest.mark.parametrize(
    ("name", "events", "at"),
    [
        ("raw_4c3bc8f6.json", 10, datetime(2024, 1, 25, 3, 55, 40, tzinfo=UTC)),
        ("raw_aaf97612.json", 16, None),
    ],
)
def test_a_recorded_snapshot_of_events_mixes_dates(
    name: str, events: int, at: datetime | None
) -> None:
    raw = contract(f"oddsa_events_his/{name}")
    found = Events.parse(raw)
    assert len(found.events) == events
    assert found.snapshot_at == (at or datetime.fromisoformat(json.loads(raw)["timestamp"]))
    assert len(found.game_dates) > 1
