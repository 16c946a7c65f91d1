import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import mean
from typing import Any

import pytest

from nba_assets.partitions import eastern_date
from nba_assets.sandbox.fixtures import Fixture, morning_after, morning_of
from nba_assets.sandbox.league import League, parse_utc, utc_text
from nba_assets.sandbox.odds import BOOKS
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import (
    bettingpros_event_id,
    bettingpros_player_id,
    display_name,
    odds_event_id,
    odds_name,
)
from nba_assets.sources.bettingpros import CONSENSUS_BOOK, Offers
from nba_assets.sources.odds_api import EventOdds, PlayerLine, main_lines
from nba_assets_tests.sandbox.provider_pages import (
    BETTINGPROS,
    ODDS,
    PAST_ODDS,
    content,
    page,
    routed,
    visible,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
US = {"regions": "us", "oddsFormat": "american", "dateFormat": "iso"}
POINTS = US | {"markets": "player_points"}
GAME = US | {"markets": "spreads,totals"}
ALTERNATE_BOOKS = {"betrivers", "unibet_us"}


def odds_url(fixture: Fixture, root: str = ODDS) -> str:
    return f"{root}/{odds_event_id(fixture.game_id)}/odds"


def closing(fixture: Fixture) -> datetime:
    return fixture.tip_at - MINUTE


def listed(league: League, as_of: datetime) -> dict[str, Any]:
    return {event["id"]: event for event in page(league, ODDS, {}, as_of)}


def books_of(league: League, fixture: Fixture, as_of: datetime) -> dict[str, list[PlayerLine]]:
    """Each book's main line of each player."""
    body = EventOdds.parse(content(league, odds_url(fixture), POINTS, as_of))
    return {quotes.book: main_lines(quotes.outcomes) for quotes in body.quotes("player_points")}


@pytest.fixture(scope="module")
def fixture(league: League) -> Fixture:
    return next(f for f in league.fixtures if f.day.month == 11 and f.day.weekday() == 4)


@pytest.fixture(scope="module")
def month(league: League) -> list[Fixture]:
    days = [day for day in league.dates if (day.year, day.month) == (2026, 1)]
    return [f for day in days for f in league.games_on(day)]


# --- events


def test_an_event_is_listed_two_days_before_its_tip_and_until_its_end(
    league: League, fixture: Fixture
) -> None:
    event, end = odds_event_id(fixture.game_id), league.box(fixture.game_id).final_at
    first = fixture.tip_at - timedelta(hours=48)
    assert event not in listed(league, first - SECOND)
    assert event in listed(league, first)
    assert event in listed(league, end - SECOND)
    assert event not in listed(league, end)


def test_the_list_mixes_games_in_play_with_those_of_tomorrow(
    league: League, fixture: Fixture
) -> None:
    rows = listed(league, fixture.tip_at + timedelta(minutes=30)).values()
    days = {eastern_date(parse_utc(row["commence_time"])) for row in rows}
    assert {fixture.day, fixture.day + timedelta(days=1)} <= days


def test_the_advertised_start_drifts_and_is_overwritten_in_play(
    league: League, month: list[Fixture]
) -> None:
    before, during = set(), set()
    for game in month[:40]:
        event = odds_event_id(game.game_id)
        early = parse_utc(listed(league, game.tip_at - MINUTE)[event]["commence_time"])
        late = parse_utc(
            listed(league, game.tip_at + timedelta(minutes=40))[event]["commence_time"]
        )
        before.add((early - game.tip_at) / MINUTE)
        during.add(late)
        assert timedelta(minutes=8) <= late - game.tip_at <= timedelta(minutes=14)
        assert eastern_date(early) == eastern_date(late) == game.day
    assert before == {0.0, 10.0}


def test_a_game_called_off_is_dropped_at_its_tip_and_listed_again(league: League) -> None:
    moved = next(f for f in league.fixtures if f.is_postponed)
    event = odds_event_id(moved.game_id)
    assert event in listed(league, moved.first_tip_at - SECOND)
    assert event not in listed(league, moved.first_tip_at)
    assert event not in listed(league, morning_after(moved.first_day))
    assert event in listed(league, closing(moved))
    assert visible(league, odds_url(moved), POINTS, moved.first_tip_at) is None


def test_events_can_be_cut_by_their_start(league: League, fixture: Fixture) -> None:
    as_of = morning_of(fixture.day)
    first, last = utc_text(fixture.tip_at), utc_text(fixture.tip_at + timedelta(minutes=20))
    query = {"commenceTimeFrom": first, "commenceTimeTo": last}
    rows = page(league, ODDS, query, as_of)
    assert 0 < len(rows) < len(listed(league, as_of))
    assert all(first <= row["commence_time"] <= last for row in rows)


# --- markets in time


def test_there_is_no_market_before_nine_in_the_morning(league: League, fixture: Fixture) -> None:
    opening = morning_of(fixture.day)
    for query in (POINTS, GAME):
        assert page(league, odds_url(fixture), query, opening - SECOND)["bookmakers"] == []
        assert page(league, odds_url(fixture), query, opening)["bookmakers"]


def test_lines_move_at_noon_in_the_evening_every_half_hour_before_the_tip_and_at_the_close(
    league: League, fixture: Fixture
) -> None:
    nine = morning_of(fixture.day)
    expected = {nine, nine + timedelta(hours=4), nine + timedelta(hours=8)}
    expected |= {fixture.tip_at - timedelta(minutes=30 * n) for n in range(1, 7)}
    expected.add(fixture.tip_at - timedelta(minutes=10))
    seen = set()
    as_of = nine
    while as_of < fixture.tip_at:
        found = visible(league, odds_url(fixture), POINTS, as_of)
        assert found
        seen.add(found[0])
        as_of += timedelta(minutes=7)
    assert seen == {instant for instant in expected if instant < fixture.tip_at}


def test_moves_are_small_and_most_players_move_between_opening_and_close(
    league: League, fixture: Fixture
) -> None:
    opened = books_of(league, fixture, morning_of(fixture.day))["betmgm"]
    closed = {line.player: line for line in books_of(league, fixture, closing(fixture))["betmgm"]}
    shifts = [abs(line.point - closed[line.player].point) for line in opened]
    assert max(shifts) <= 5
    assert any(shifts)


def test_lines_in_play_say_that_they_are_later_than_the_tip(
    league: League, fixture: Fixture
) -> None:
    before = page(league, odds_url(fixture), POINTS, closing(fixture))
    during = page(league, odds_url(fixture), POINTS, fixture.tip_at + timedelta(minutes=70))

    def updates(body: Any) -> list[datetime]:
        return [
            parse_utc(market["last_update"])
            for book in body["bookmakers"]
            for market in book["markets"]
        ]

    assert max(updates(before)) < fixture.tip_at
    assert min(updates(during)) > fixture.tip_at
    assert visible(league, odds_url(fixture), POINTS, league.box(fixture.game_id).final_at) is None


@pytest.mark.parametrize("minutes", [-600, -200, -31, 3, 50, 110])
def test_no_price_is_from_the_future(league: League, fixture: Fixture, minutes: int) -> None:
    as_of = fixture.tip_at + timedelta(minutes=minutes)
    for query in (POINTS, GAME):
        for book in page(league, odds_url(fixture), query, as_of)["bookmakers"]:
            for market in book["markets"]:
                updated_at = parse_utc(market["last_update"])
                assert as_of - timedelta(hours=6) < updated_at <= as_of


# --- prices


def test_american_prices_are_whole_and_decimal_ones_are_not(
    league: League, fixture: Fixture
) -> None:
    def prices(form: dict[str, str]) -> list[float]:
        body = page(league, odds_url(fixture), POINTS | form, closing(fixture))
        return [
            outcome["price"]
            for book in body["bookmakers"]
            for market in book["markets"]
            for outcome in market["outcomes"]
        ]

    american = prices({"oddsFormat": "american"})
    decimal = prices({"oddsFormat": "decimal"})
    assert all(isinstance(price, int) and abs(price) >= 100 for price in american)
    assert all(1 < price < 30 for price in decimal)
    for whole, ratio in zip(american, decimal, strict=True):
        exact = 1 + (whole / 100 if whole > 0 else -100 / whole)
        assert exact == pytest.approx(ratio, rel=0.06)


def test_every_book_takes_its_margin(league: League, fixture: Fixture) -> None:
    margins: dict[str, list[float]] = defaultdict(list)
    for book, lines in books_of(league, fixture, closing(fixture)).items():
        for line in lines:
            assert line.over
            assert line.under
            over, under = line.over.implied_probability, line.under.implied_probability
            assert over
            assert under
            margins[book].append(over + under - 1)
    assert all(0.02 < mean(found) < 0.09 for found in margins.values())


def test_two_books_list_further_points_and_the_main_one_is_the_most_balanced(
    league: League, fixture: Fixture
) -> None:
    body = page(league, odds_url(fixture), POINTS, closing(fixture))
    mains = books_of(league, fixture, closing(fixture))
    most = {}
    for book in body["bookmakers"]:
        points = defaultdict(set)
        for outcome in book["markets"][0]["outcomes"]:
            points[outcome["description"]].add(outcome["point"])
        most[book["key"]] = max(map(len, points.values()))
        for line in mains[book["key"]]:
            assert abs(line.point - mean(points[line.player])) <= 2
    assert {book for book, count in most.items() if count > 1} == ALTERNATE_BOOKS & set(most)
    assert max(most.values()) <= 8


def test_spreads_mirror_each_other_and_carry_full_names(league: League, fixture: Fixture) -> None:
    body = page(league, odds_url(fixture), GAME, closing(fixture))
    assert 7 <= len(body["bookmakers"]) <= 10
    for book in body["bookmakers"]:
        spreads, totals = book["markets"]
        sides = {outcome["name"]: outcome["point"] for outcome in spreads["outcomes"]}
        assert set(sides) == {odds_name(fixture.home), odds_name(fixture.away)}
        assert sum(sides.values()) == 0
        assert {outcome["name"] for outcome in totals["outcomes"]} == {"Over", "Under"}
        assert len({outcome["point"] for outcome in totals["outcomes"]}) == 1
        assert 170 < totals["outcomes"][0]["point"] < 290


# --- history and credits


def test_a_snapshot_is_the_newest_at_or_before_the_instant_asked_for(
    league: League, fixture: Fixture
) -> None:
    asked = closing(fixture)
    query = POINTS | {"date": utc_text(asked)}
    body = page(league, odds_url(fixture, PAST_ODDS), query, league.end)
    stamp = parse_utc(body["timestamp"])
    assert asked - timedelta(minutes=5) < stamp <= asked
    assert parse_utc(body["next_timestamp"]) - stamp == timedelta(minutes=5)
    live = page(league, odds_url(fixture), POINTS, stamp)

    def lines(found: Any) -> list[Any]:
        return [market["outcomes"] for book in found["bookmakers"] for market in book["markets"]]

    assert lines(body["data"]) == lines(live)
    assert {"last_update"} <= set(body["data"]["bookmakers"][0])
    past = page(league, PAST_ODDS, {"date": utc_text(asked)}, league.end)
    assert past["data"] == page(league, ODDS, {}, stamp)


def test_there_is_no_snapshot_of_the_future_or_of_an_event_not_listed(
    league: League, fixture: Fixture
) -> None:
    tip = fixture.tip_at
    url = odds_url(fixture, PAST_ODDS)
    late, early = ({"date": utc_text(tip + timedelta(hours=h))} for h in (6, -60))
    assert visible(league, url, POINTS | {"date": utc_text(tip)}, tip - timedelta(hours=1)) is None
    assert visible(league, url, POINTS | late, league.end) is None
    assert visible(league, url, POINTS | early, league.end) is None
    assert visible(league, PAST_ODDS, {"date": "yesterday"}, league.end) is None


def test_credits_are_markets_times_ten_in_the_past_and_nothing_without_prices(
    league: League, fixture: Fixture
) -> None:
    def last(url: str, query: dict[str, str], as_of: datetime) -> int:
        feed, params = routed(url, query)
        assert feed.headers
        headers = feed.headers(league, params, as_of)
        used, left = (int(headers[f"x-requests-{name}"]) for name in ("used", "remaining"))
        assert used >= 0
        assert left > 0
        return int(headers["x-requests-last"])

    then = {"date": utc_text(closing(fixture))}
    tip, night = closing(fixture), morning_of(fixture.day) - SECOND
    assert last(ODDS, {}, tip) == 0
    assert last(PAST_ODDS, then, league.end) == 1
    assert last(odds_url(fixture), POINTS, tip) == 1
    assert last(odds_url(fixture), GAME, tip) == 2
    assert last(odds_url(fixture), POINTS, night) == 0
    assert last(odds_url(fixture, PAST_ODDS), POINTS | then, league.end) == 10
    assert last(odds_url(fixture, PAST_ODDS), GAME | then, league.end) == 20


# --- what the lines know


def people(league: League, fixture: Fixture) -> dict[str, Player]:
    return {
        display_name(league, "odds", player): player
        for tricode in (fixture.home, fixture.away)
        for player in league.roster(tricode, fixture.day)
    }


def closing_lines(league: League, fixture: Fixture) -> Iterator[tuple[Player, str, PlayerLine]]:
    named = people(league, fixture)
    for book, lines in books_of(league, fixture, closing(fixture)).items():
        for line in lines:
            yield named[line.player], book, line


def points_of(league: League, fixture: Fixture) -> dict[int, int]:
    box = league.box(fixture.game_id)
    return {
        line.player.person_id: line.counts["points"]
        for tricode in (fixture.home, fixture.away)
        for line in box.team(tricode).lines
        if line.seconds
    }


def test_over_a_month_an_over_is_as_likely_as_an_under(
    league: League, month: list[Fixture]
) -> None:
    """1,900 players' closing lines: a fair coin stays within 0.03 of one half."""
    overs: list[bool] = []
    by_level: dict[bool, list[bool]] = defaultdict(list)
    errors = []
    for fixture in month[::2]:
        scored = points_of(league, fixture)
        for player, book, line in closing_lines(league, fixture):
            if book == "betmgm" and player.person_id in scored:
                over = scored[player.person_id] > line.point
                overs.append(over)
                by_level[line.point > 14].append(over)
                errors.append(scored[player.person_id] - line.point)
    assert len(overs) > 1_500
    assert mean(overs) == pytest.approx(0.5, abs=0.03)
    assert all(mean(found) == pytest.approx(0.5, abs=0.05) for found in by_level.values())
    assert 4 < mean(map(abs, errors)) < 6


def test_over_a_month_neither_side_of_a_game_line_wins_more(
    league: League, month: list[Fixture]
) -> None:
    covers, overs = [], []
    for fixture in month:
        box = league.box(fixture.game_id)
        home, away = box.result.home.score, box.result.away.score
        body = EventOdds.parse(content(league, odds_url(fixture), GAME, closing(fixture)))
        spread = next(body.quotes("spreads")).outcomes
        total = next(body.quotes("totals")).outcomes[0].point
        handicap = next(o.point for o in spread if o.side == fixture.home)
        assert handicap is not None
        assert total is not None
        if home + handicap != away:
            covers.append(home + handicap > away)
        if home + away != total:
            overs.append(home + away > total)
    assert len(covers) > 200
    assert mean(covers) == pytest.approx(0.5, abs=0.1)
    assert mean(overs) == pytest.approx(0.5, abs=0.1)


def test_only_the_rotation_of_those_who_are_not_ruled_out_has_lines(
    league: League, month: list[Fixture]
) -> None:
    for fixture in month[::12]:
        quoted: dict[int, set[str]] = defaultdict(set)
        for player, book, _ in closing_lines(league, fixture):
            assert league.absence(player, fixture.day) is None
            quoted[player.person_id].add(book)
        for tricode in (fixture.home, fixture.away):
            ours = [p for p in league.roster(tricode, fixture.day) if p.person_id in quoted]
            assert 8 <= len(ours) <= 10
        counts = sorted(map(len, quoted.values()))
        assert counts[0] <= 4
        assert counts[-1] >= 7


def test_lines_of_the_books_agree_within_a_few_points(league: League, fixture: Fixture) -> None:
    points: dict[int, list[float]] = defaultdict(list)
    for player, _, line in closing_lines(league, fixture):
        points[player.person_id].append(line.point)
    assert all(max(found) - min(found) <= 2 for found in points.values())


def test_a_line_knows_nothing_of_the_result(league: League, month: list[Fixture]) -> None:
    """The same night in another league of the same players: only the games' own luck differs."""
    fixture = month[5]
    before = books_of(league, fixture, closing(fixture))
    other = League()
    kept = other.box(fixture.game_id)
    swapped = other.box(month[50].game_id)
    other._boxes[fixture.game_id] = replace(kept, result=swapped.result)
    assert other.box(fixture.game_id).result != league.box(fixture.game_id).result
    assert books_of(other, fixture, closing(fixture)) == before


# --- BettingPros


def offers(league: League, fixtures: list[Fixture], as_of: datetime, limit: int) -> list[Any]:
    ids = ":".join(str(bettingpros_event_id(f.game_id)) for f in fixtures)
    query = {"event_id": ids, "market_id": "156", "sport": "NBA", "limit": str(limit)}
    found = []
    number: int | None = 1
    while number:
        body = content(league, f"{BETTINGPROS}/offers", query | {"page": str(number)}, as_of)
        assert Offers.parse(body)
        parsed = json.loads(body)
        found.append(parsed)
        number = parsed["_pagination"]["next_page"]
    return found


def test_offers_come_in_pages_that_hold_each_player_once(league: League, fixture: Fixture) -> None:
    games = list(league.games_on(fixture.day))
    found = offers(league, games, closing(games[0]), 10)
    rows = [offer for body in found for offer in body["offers"]]
    assert [len(body["offers"]) for body in found[:-1]] == [10] * (len(found) - 1)
    assert {body["_pagination"]["total_items"] for body in found} == {len(rows)}
    assert {body["_pagination"]["total_pages"] for body in found} == {len(found)}
    assert len({offer["id"] for offer in rows}) == len(rows)
    assert {row["event_id"] for row in rows} == {bettingpros_event_id(f.game_id) for f in games}
    assert found[0]["offers"] == offers(league, games, closing(games[0]), 10)[0]["offers"]


def test_offers_are_near_the_other_bookmakers_lines(league: League, fixture: Fixture) -> None:
    lines: dict[str, list[float]] = defaultdict(list)
    for player, _, line in closing_lines(league, fixture):
        lines[bettingpros_player_id(player)].append(line.point)
    [body] = offers(league, [fixture], closing(fixture), 50)
    assert {row["participants"][0]["id"] for row in body["offers"]} >= set(lines)
    for row in body["offers"]:
        known = lines.get(row["participants"][0]["id"], [])
        books = row["selections"][0]["books"]
        assert CONSENSUS_BOOK in {book["id"] for book in books}
        assert len(books) >= 2
        for book in books:
            [line] = book["lines"]
            assert all(abs(line["line"] - point) <= 3 for point in known)
            assert abs(line["cost"]) >= 100


def test_there_are_no_offers_before_the_opening_and_the_closing_ones_stay(
    league: League, fixture: Fixture
) -> None:
    opening = morning_of(fixture.day)
    [before] = offers(league, [fixture], opening - SECOND, 50)
    assert before["offers"] == []
    [closed] = offers(league, [fixture], closing(fixture), 50)
    [later] = offers(league, [fixture], league.end, 50)
    assert later["offers"] == closed["offers"]
    for row in later["offers"]:
        for book in row["selections"][0]["books"]:
            assert book["lines"][0]["updated"] < f"{fixture.tip_at:%Y-%m-%d %H:%M:%S}"


def test_offers_of_a_game_called_off_are_taken_down_at_its_tip(league: League) -> None:
    moved = next(f for f in league.fixtures if f.is_postponed)
    [before] = offers(league, [moved], moved.first_tip_at - SECOND, 50)
    [after] = offers(league, [moved], moved.first_tip_at, 50)
    assert before["offers"]
    assert after["offers"] == []
    query = {"event_id": str(bettingpros_event_id(moved.game_id)), "market_id": "156"}
    seen = [
        visible(league, f"{BETTINGPROS}/offers", query, moved.first_tip_at + timedelta(hours=h))
        for h in (-1, 0, 1, 48)
    ]
    instants = [found[0] for found in seen if found]
    assert len(instants) == 4
    assert instants == sorted(instants)


def test_every_book_is_one_the_odds_api_knows(league: League, fixture: Fixture) -> None:
    found = books_of(league, fixture, closing(fixture))
    assert set(found) <= {book.key for book in BOOKS}
    assert len(found) >= 7
