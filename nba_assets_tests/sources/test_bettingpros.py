import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from nba_assets.sources.bettingpros import CONSENSUS_BOOK, POINTS_MARKET, Events, Offers
from nba_assets.sources.odds_api import main_lines
from nba_assets.sources.payload import Payload

EVENT = {
    "id": 20881,
    "scheduled": "2021-10-22 02:00:00",
    "season": 2021,
    "season_type": "REG",
    "status": "closed",
    "home": "GSW",
    "visitor": "LAC",
}
PAGE = {"page": 1, "total_pages": 3, "total_items": 27}


def body(content: Any) -> bytes:
    return json.dumps(content).encode()


def refusal(model: type[Payload], content: Any) -> str:
    with pytest.raises(ValueError, match=model.__name__) as refused:
        model.parse(body(content))
    return str(refused.value)


def line(cost: Any = -110, point: Any = 27.5, **facts: Any) -> dict[str, Any]:
    return {
        "line": point,
        "cost": cost,
        "best": False,
        "is_off": False,
        "updated": "2021-10-21 22:10:05",
        "active": True,
        "replaced": False,
        **facts,
    }


def selection(side: str, **books: Any) -> dict[str, Any]:
    """`book_12=[…]` are the lines of book 12."""
    listed = [{"id": int(name[5:]), "lines": lines} for name, lines in books.items()]
    return {"selection": side, "books": listed}


def offers(*selections: Any, page: Any = None, **facts: Any) -> dict[str, Any]:
    name = {"first_name": "Stephen", "last_name": "Curry"}
    offer = {
        "id": "5-156",
        "event_id": 20881,
        "market_id": POINTS_MARKET,
        "participants": [{"id": "3448", "name": "Stephen Curry", "player": name}],
        "selections": list(selections),
        **facts,
    }
    return {"offers": [offer], "_pagination": page or PAGE}


def test_a_tip_is_utc_without_saying_so() -> None:
    found = Events.parse(body({"events": [EVENT]}))
    assert found.events[0].tip_at == datetime(2021, 10, 22, 2, 0, tzinfo=UTC)
    assert found.events[0].key == (date(2021, 10, 21), "LAC", "GSW")
    assert found.game_dates == {date(2021, 10, 21)}
    assert found.parameters is None


@pytest.mark.parametrize("told", ["2021-10-22T02:00:00Z", "2021-10-22", 1634868000, None])
def test_a_tip_of_another_form_is_refused(told: Any) -> None:
    assert "events.0.scheduled" in refusal(Events, {"events": [{**EVENT, "scheduled": told}]})


def test_no_events_and_no_offers_are_empty() -> None:
    assert Events.parse(body({"events": []})).is_empty
    nothing = {"offers": [], "_pagination": {"page": 1, "total_pages": 0, "total_items": 0}}
    found = Offers.parse(body(nothing))
    assert found.is_empty
    assert found.next_page is None


@pytest.mark.parametrize(("page", "following"), [(1, 2), (2, 3), (3, None)])
def test_a_page_tells_the_next(page: int, following: int | None) -> None:
    found = Offers.parse(body(offers(page={**PAGE, "page": page})))
    assert (found.next_page, found.total_items) == (following, 27)


def test_offers_without_paging_are_refused() -> None:
    assert "_pagination" in refusal(Offers, {"offers": []})


def test_an_offer_becomes_outcomes_by_book() -> None:
    content = offers(
        selection("over", book_0=[line(-112)], book_12=[line(-115), line(120, 30.5)]),
        selection("under", book_12=[line(-105), line(-150, 30.5)]),
    )
    found = Offers.parse(body(content))
    assert (found.event_ids, found.market_ids) == ({20881}, {POINTS_MARKET})
    (offer,) = found.offers
    assert offer.player == "Stephen Curry"
    by_book = [(quote.book_id, quote.outcome.side, quote.outcome.point) for quote in offer.quotes]
    assert by_book == [
        (CONSENSUS_BOOK, "over", 27.5),
        (12, "over", 27.5),
        (12, "over", 30.5),
        (12, "under", 27.5),
        (12, "under", 30.5),
    ]
    assert {q.updated_at for q in offer.quotes} == {datetime(2021, 10, 21, 22, 10, 5, tzinfo=UTC)}
    (main,) = main_lines(quote.outcome for quote in offer.quotes if quote.book_id == 12)
    assert main.over
    assert main.under
    assert (main.player, main.point) == ("Stephen Curry", 27.5)
    assert (main.over.american, main.under.american) == (-115, -105)


@pytest.mark.parametrize(
    "gone",
    [{"is_off": True}, {"active": False}, {"replaced": True}, {"cost": None}, {"line": None}],
)
def test_a_line_that_cannot_be_had_is_not_quoted(gone: dict[str, Any]) -> None:
    content = offers(selection("over", book_12=[{**line(), **gone}, line(100)]))
    (offer,) = Offers.parse(body(content)).offers
    assert [quote.outcome.price for quote in offer.quotes] == [100]
    assert len(offer.selections[0].books[0].lines) == 2


def test_an_unknown_side_and_two_participants_are_named() -> None:
    (odd,) = Offers.parse(body(offers(selection("yes", book_12=[line()])))).offers
    with pytest.raises(ValueError, match="offer 5-156 of event 20881: 'yes' is neither"):
        _ = odd.quotes
    pair = [{"id": "1", "name": "A"}, {"id": "2", "name": "B"}]
    (both,) = Offers.parse(body(offers(participants=pair))).offers
    with pytest.raises(ValueError, match=r"is about \['A', 'B'\]"):
        _ = both.player
