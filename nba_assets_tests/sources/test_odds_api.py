import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.sources.odds_api import (
    PLAYER_POINTS,
    EventOdds,
    Events,
    Outcome,
    PlayerLine,
    american_of,
    decimal_of,
    main_lines,
)
from nba_assets.sources.payload import Payload

EVENT = {
    "id": "cd0bc7d0c238f4446ce1c03d0cea7ec4",
    "commence_time": "2024-01-25T03:20:30Z",
    "home_team": "Los Angeles Clippers",
    "away_team": "Atlanta Hawks",
}
SNAPSHOT = {
    "timestamp": "2024-01-25T03:55:40Z",
    "previous_timestamp": "2024-01-25T03:50:38Z",
    "next_timestamp": None,
}


def body(content: Any) -> bytes:
    return json.dumps(content).encode()


def refusal(model: type[Payload], content: Any) -> str:
    with pytest.raises(ValueError, match=model.__name__) as refused:
        model.parse(body(content))
    return str(refused.value)


def odds(*outcomes: Any, market: str = PLAYER_POINTS, **book: Any) -> dict[str, Any]:
    markets = [{"key": market, "outcomes": list(outcomes)}]
    return {**EVENT, "bookmakers": [{"key": "b", "title": "B", "markets": markets, **book}]}


def side(name: str, price: Any, point: Any = 20.5, player: str | None = "A") -> dict[str, Any]:
    found = {"name": name, "description": player, "price": price, "point": point}
    return {key: value for key, value in found.items() if value is not None}


def over(price: Any, point: float = 20.5, player: str = "A") -> Outcome:
    return Outcome(name="Over", description=player, price=price, point=point)


def under(price: Any, point: float = 20.5, player: str = "A") -> Outcome:
    return Outcome(name="Under", description=player, price=price, point=point)


def test_a_live_answer_is_of_no_snapshot() -> None:
    found = EventOdds.parse(body(odds(side("Over", -130))))
    assert (found.snapshot_at, found.previous_at, found.next_at) == (None, None, None)
    assert found.key == (date(2024, 1, 24), "ATL", "LAC")


def test_a_snapshot_is_read_by_the_same_models() -> None:
    at = datetime(2024, 1, 25, 3, 55, 40, tzinfo=UTC)
    wrapped = EventOdds.parse(body({**SNAPSHOT, "data": odds(side("Over", 1.91))}))
    assert (wrapped.snapshot_at, wrapped.next_at) == (at, None)
    assert wrapped.bookmakers == EventOdds.parse(body(odds(side("Over", 1.91)))).bookmakers
    events = Events.parse(body({**SNAPSHOT, "data": [EVENT]}))
    assert events.snapshot_at == at
    assert events.events == Events.parse(body([EVENT])).events


def test_without_bookmakers_or_events_it_is_empty() -> None:
    assert EventOdds.parse(body({**EVENT, "bookmakers": []})).is_empty
    assert EventOdds.parse(body(odds())).is_empty
    assert Events.parse(body([])).is_empty
    assert not Events.parse(body([EVENT])).is_empty


@pytest.mark.parametrize("model", [Events, EventOdds])
def test_an_error_of_the_provider_is_no_payload(model: type[Payload]) -> None:
    assert refusal(model, {"message": "Unknown event", "error_code": "EVENT_NOT_FOUND"})
    assert refusal(model, {**SNAPSHOT, "data": None})


@pytest.mark.parametrize("told", ["2024-01-25T03:20:30", "yesterday", 1706152830])
def test_an_instant_without_its_zone_is_refused(told: Any) -> None:
    assert "commence_time" in refusal(Events, [{**EVENT, "commence_time": told}])


@pytest.mark.parametrize(
    ("price", "american", "decimal"),
    [
        (-110, -110, 1 + 100 / 110),
        (150, 150, 2.5),
        (100, 100, 2.0),
        (-100, -100, 2.0),
        (1.91, -110, 1.91),
        (2.5, 150, 2.5),
        (2, 100, 2.0),
        (1.01, -10000, 1.01),
        (None, None, None),
    ],
)
def test_a_price_is_told_in_both_formats(
    price: Any, american: int | None, decimal: float | None
) -> None:
    outcome = over(price)
    assert outcome.american == american
    assert outcome.decimal == (None if decimal is None else pytest.approx(decimal))
    chance = None if decimal is None else pytest.approx(1 / decimal)
    assert outcome.implied_probability == chance


@given(st.integers(100, 10_000).flatmap(lambda n: st.sampled_from([n, -n])))
def test_an_american_price_survives_its_decimal_form(price: int) -> None:
    assert american_of(decimal_of(price)) == (100 if price == -100 else price)


@pytest.mark.parametrize("price", [0, 1, 1.0, 0.5, -50, -1.91, 250.5, "1.91", True])
def test_a_price_of_no_format_is_refused(price: Any) -> None:
    assert "price" in refusal(EventOdds, odds(side("Over", price)))


def test_american_and_decimal_prices_in_one_body_are_refused() -> None:
    mixed = odds(side("Over", -110), side("Under", 1.91))
    assert "American and decimal prices together, -110 and 1.91" in refusal(EventOdds, mixed)


@pytest.mark.parametrize(
    ("outcome", "market", "named"),
    [
        (side("Over", -110, player=None), PLAYER_POINTS, "no player"),
        (side("Over", -110, point=None), PLAYER_POINTS, "no point"),
        (side("Yes", -110), PLAYER_POINTS, "neither Over nor Under"),
        (side("Atlanta Hawks", -110, player=None), "totals", "neither Over nor Under"),
        (side("Atlanta Hawks", -110, point=None, player=None), "spreads", "no point"),
        (side("Over", -110, point="20.5"), PLAYER_POINTS, "point"),
    ],
)
def test_an_outcome_that_lacks_what_its_market_needs_is_named(
    outcome: Any, market: str, named: str
) -> None:
    assert named in refusal(EventOdds, odds(outcome, market=market))


def test_sides_of_game_lines_are_tricodes_and_unknown_words_stay() -> None:
    content = odds(
        side("Los Angeles Clippers", None, -1.5, None),
        side("Seattle SuperSonics", None, 1.5, None),
        market="spreads",
    )
    (quotes,) = EventOdds.parse(body(content)).quotes("spreads")
    assert [outcome.side for outcome in quotes.outcomes] == ["LAC", "Seattle SuperSonics"]
    assert [outcome.american for outcome in quotes.outcomes] == [None, None]


def test_a_quote_is_dated_by_its_market_else_by_its_book() -> None:
    content = odds(side("Over", -110), last_update="2024-01-25T03:55:22Z")
    found = EventOdds.parse(body(content))
    (quotes,) = found.quotes(PLAYER_POINTS)
    assert quotes.updated_at == datetime(2024, 1, 25, 3, 55, 22, tzinfo=UTC)
    assert found.markets == {PLAYER_POINTS}
    content["bookmakers"][0]["markets"][0]["last_update"] = "2024-01-25T03:50:00Z"
    (quotes,) = EventOdds.parse(body(content)).quotes(PLAYER_POINTS)
    assert quotes.updated_at == datetime(2024, 1, 25, 3, 50, tzinfo=UTC)


LADDER = [
    over(-182, 18.5), under(128, 18.5), under(-129, 20.5), over(-104, 20.5),
    over(155, 22.5), under(-235, 22.5), over(-110, 7.5, "B"), under(-110, 7.5, "B"),
]  # fmt: skip


@given(st.permutations(LADDER))
def test_the_main_line_is_the_balanced_one_in_any_order(outcomes: list[Outcome]) -> None:
    assert main_lines(outcomes) == [
        PlayerLine("A", 20.5, over(-104, 20.5), under(-129, 20.5)),
        PlayerLine("B", 7.5, over(-110, 7.5, "B"), under(-110, 7.5, "B")),
    ]


def test_chances_are_compared_not_prices() -> None:
    """-105 and +100 lie 205 apart as numbers, -150 and -130 only 20."""
    close = (over(-105, 18.5), under(100, 18.5))
    (found,) = main_lines([*close, over(-150, 19.5), under(-130, 19.5)])
    assert found == PlayerLine("A", 18.5, *close)


def test_equal_differences_go_to_the_smaller_margin_then_to_the_lower_point() -> None:
    dear, fair, same = (
        (over(p, n), under(p, n)) for p, n in ((-120, 18.5), (-110, 20.5), (-110, 19.5))
    )
    (found,) = main_lines([*dear, *fair])
    assert found.point == 20.5
    (found,) = main_lines([*dear, *fair, *same])
    assert found.point == 19.5


def test_a_point_offered_twice_competes_as_two_pairs() -> None:
    (found,) = main_lines([under(-142, 7.5), over(104, 7.5), over(-120, 7.5), under(-120, 7.5)])
    assert found == PlayerLine("A", 7.5, over(-120, 7.5), under(-120, 7.5))


def test_a_one_sided_line_is_kept_without_its_other_side() -> None:
    assert main_lines([under(-115, 8.5)]) == [PlayerLine("A", 8.5, None, under(-115, 8.5))]


def test_a_line_of_two_prices_goes_before_any_of_one() -> None:
    pair = (over(-200, 18.5), under(150, 18.5))
    (found,) = main_lines([over(-110, 20.5), *pair, over(None, 19.5), under(100, 19.5)])
    assert found == PlayerLine("A", 18.5, *pair)


def test_of_one_sided_lines_the_most_even_is_kept_and_unpriced_ones_come_last() -> None:
    (found,) = main_lines([over(-300, 15.5), over(110, 25.5), over(None, 10.5), over(400, 30.5)])
    assert found == PlayerLine("A", 25.5, over(110, 25.5), None)
    (found,) = main_lines([over(None, 12.5), under(None, 12.5), over(None, 10.5)])
    assert (found.point, found.under) == (10.5, None)


def test_outcomes_of_no_player_are_refused() -> None:
    with pytest.raises(ValueError, match="Over None: no player"):
        main_lines([Outcome(name="Over", price=-110, point=220.5)])
