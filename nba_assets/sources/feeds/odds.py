"""The Odds API and BettingPros as feeds: keyed, what bookmakers offer as it stands when asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from nba_assets.partitions import EASTERN
from nba_assets.sources import bettingpros
from nba_assets.sources.feed import Feed, Ids, Route, Subject
from nba_assets.sources.feeds.refusals import game_of, wrong_sides
from nba_assets.sources.odds_api import PLAYER_POINTS, EventOdds, Events

_LIVE = "https://api.the-odds-api.com/v4/sports/basketball_nba"
_PAST = "https://api.the-odds-api.com/v4/historical/sports/basketball_nba"
_ODDS = {"dateFormat": "iso", "oddsFormat": "american", "regions": "us"}
_SNAPSHOT = {"date": "{snapshot}"}
_BETTINGPROS = "https://api.bettingpros.com/v3"

# A start is overwritten by the real one in play: a late game can seem to begin after midnight.
_DRIFT = timedelta(hours=3, minutes=20)


def is_on(starts_at: datetime, subject: Subject) -> bool:
    """Whether an event that is said to start at an instant is of the subject's Eastern date."""
    local = starts_at.astimezone(EASTERN)
    return subject.day in (local.date(), (local - _DRIFT).date())


def _event_of(events: Events, subject: Subject) -> Mapping[str, str]:
    game = game_of(subject)
    found = [
        event.id
        for event in events.events
        if (event.away_team, event.home_team) == (game.away, game.home)
        and is_on(event.commence_time, subject)
    ]
    # Two events of one game are no id: which of them is played is not ours to guess.
    return {"odds_event_id": found[0]} if len(found) == 1 else {}


def _refuses_odds(odds: EventOdds, subject: Subject) -> str | None:
    game, event_id = game_of(subject), subject.found.get("odds_event_id")
    if odds.id != event_id:
        return f"the body is of event {odds.id}, asked was {event_id}"
    if (odds.away_team, odds.home_team) != (game.away, game.home):
        return wrong_sides(odds.away_team, odds.home_team, game)
    return None


def _refuses_points(odds: EventOdds, subject: Subject) -> str | None:
    if reason := _refuses_odds(odds, subject):
        return reason
    # Now and then a book has no price for a line; where no book has one, the body has lost them.
    outcomes = [outcome for quotes in odds.quotes(PLAYER_POINTS) for outcome in quotes.outcomes]
    if outcomes and all(outcome.price is None for outcome in outcomes):
        return f"no outcome of {len(outcomes)} has a price"
    return None


def _bettingpros_event_of(events: bettingpros.Events, subject: Subject) -> Mapping[str, str]:
    game = game_of(subject)
    found = [e.id for e in events.events if e.key == (subject.day, game.away, game.home)]
    return {"bettingpros_event_id": str(found[0])} if len(found) == 1 else {}


def _refuses_events(events: bettingpros.Events, subject: Subject) -> str | None:
    if events.game_dates and subject.day not in events.game_dates:
        days = ", ".join(str(day) for day in sorted(events.game_dates))
        return f"events of {days}, asked was {subject.day}"
    return None


def _refuses_offers(offers: bettingpros.Offers, subject: Subject) -> str | None:
    asked = subject.found.get("bettingpros_event_id")
    if others := {str(event_id) for event_id in offers.event_ids} - {asked}:
        return f"offers of events {', '.join(sorted(others))}, asked was {asked}"
    if markets := offers.market_ids - {bettingpros.POINTS_MARKET}:
        return f"offers of markets {sorted(markets)} instead of {bettingpros.POINTS_MARKET}"
    return None


def _next_page(offers: bettingpros.Offers) -> Mapping[str, str] | None:
    return {"page": str(offers.next_page)} if offers.next_page else None


ODDS_EVENTS = Feed(
    name="odds_events",
    about="instant, the events that bookmakers have, from The Odds API",
    per="league",
    routes=(Route(f"{_LIVE}/events", {"dateFormat": "iso"}),),
    history=(Route(f"{_PAST}/events", {"dateFormat": "iso", **_SNAPSHOT}, cost=1),),
    payload=Events,
    empty="no events are listed",
    instants=("slate", "lock"),
    score=100,
    max_age=timedelta(minutes=10),
)

ODDS_PLAYER_POINTS = Feed(
    name="odds_player_points",
    about="game of the date, every book's player-points lines, from The Odds API",
    per="game",
    routes=(
        Route(
            f"{_LIVE}/events/{{odds_event_id}}/odds", {**_ODDS, "markets": "player_points"}, cost=1
        ),
    ),
    history=(
        Route(
            f"{_PAST}/events/{{odds_event_id}}/odds",
            {**_ODDS, "markets": "player_points", **_SNAPSHOT},
            cost=10,
        ),
    ),
    payload=EventOdds,
    refuses=_refuses_points,
    empty="no market yet",
    instants=("slate", "lock", "closing"),
    score=100,
    max_age=timedelta(minutes=10),
    ids=Ids(ODDS_EVENTS, _event_of),
    serves=("raw.player_prop_lines",),
)

ODDS_GAME_LINES = Feed(
    name="odds_game_lines",
    about="game of the date, every book's spread and total, from The Odds API",
    per="game",
    routes=(
        Route(
            f"{_LIVE}/events/{{odds_event_id}}/odds", {**_ODDS, "markets": "spreads,totals"}, cost=2
        ),
    ),
    history=(
        Route(
            f"{_PAST}/events/{{odds_event_id}}/odds",
            {**_ODDS, "markets": "spreads,totals", **_SNAPSHOT},
            cost=20,
        ),
    ),
    payload=EventOdds,
    refuses=_refuses_odds,
    empty="no market yet",
    instants=("slate", "lock"),
    score=100,
    max_age=timedelta(minutes=10),
    ids=Ids(ODDS_EVENTS, _event_of),
    serves=("raw.game_lines",),
)

BETTINGPROS_EVENTS = Feed(
    name="bettingpros_events",
    about="date, its events from BettingPros",
    per="date",
    routes=(Route(f"{_BETTINGPROS}/events", {"date": "{ymd}", "lineups": "true", "sport": "NBA"}),),
    payload=bettingpros.Events,
    refuses=_refuses_events,
    empty="no events are listed",
    instants=("slate",),
    score=90,
    max_age=timedelta(hours=2),
)

BETTINGPROS_OFFERS = Feed(
    name="bettingpros_offers",
    about="game of the date, a page of its player-points offers, from BettingPros",
    per="game",
    routes=(
        Route(
            f"{_BETTINGPROS}/offers",
            {
                "event_id": "{bettingpros_event_id}",
                "limit": "10",
                "market_id": str(bettingpros.POINTS_MARKET),
                "page": "1",
                "sport": "NBA",
            },
        ),
    ),
    payload=bettingpros.Offers,
    refuses=_refuses_offers,
    empty="no offers before the lines open",
    next_page=_next_page,
    instants=("slate", "lock", "closing"),
    score=90,
    max_age=timedelta(minutes=20),
    ids=Ids(BETTINGPROS_EVENTS, _bettingpros_event_of),
    serves=("raw.player_prop_lines",),
)
