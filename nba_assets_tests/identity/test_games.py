"""Which scheduled game a provider's event is."""

from datetime import date, datetime

import pytest

from nba_assets.identity.games import Event, Game, match_event, match_events
from nba_assets_tests.platform import utc

DAY, NEXT = date(2024, 3, 2), date(2024, 3, 3)
GAMES = (
    Game("20240302_HOU_PHI", DAY, "HOU", "PHI"),
    Game("20240302_UTA_LAC", DAY, "UTA", "LAC"),
    Game("20240303_LAC_MIN", NEXT, "LAC", "MIN"),
)


def event(
    starts_at: datetime | None = None,
    away: str = "HOU",
    home: str = "PHI",
    event_id: str = "e1",
    day: date | None = None,
) -> Event:
    return Event(event_id, away, home, day, starts_at)


@pytest.mark.parametrize("away", ["HOU", "Houston Rockets"])
@pytest.mark.parametrize("start", ["2024-03-03T00:40Z", "2024-03-03T00:10Z", "2024-03-02T18:00Z"])
def test_the_eastern_date_of_the_start_decides(away: str, start: str) -> None:
    assert match_event(event(utc(start), away), GAMES) == ("game", "20240302_HOU_PHI", None)


def test_a_start_decides_before_a_date_and_a_date_serves_without_a_start() -> None:
    assert match_event(event(day=DAY), GAMES).game_id == "20240302_HOU_PHI"
    assert match_event(event(utc("2024-03-03T00:40Z"), day=NEXT), GAMES).outcome == "game"


@pytest.mark.parametrize(
    ("start", "outcome"),
    [
        ("2024-03-03T05:00Z", "game"),
        ("2024-03-03T08:20Z", "game"),
        ("2024-03-03T08:21Z", "no_game"),
        ("2024-03-03T18:00Z", "no_game"),
        ("2024-03-02T04:59Z", "no_game"),
    ],
)
def test_a_start_past_midnight_belongs_to_the_date_before_for_three_hours_and_twenty_minutes(
    start: str, outcome: str
) -> None:
    late = match_event(event(utc(start), "UTA", "LA Clippers"), GAMES)
    assert late.outcome == outcome


def test_a_game_of_its_own_date_goes_before_one_of_the_date_before() -> None:
    again = (*GAMES, Game("20240303_UTA_LAC", NEXT, "UTA", "LAC"))
    found = match_event(event(utc("2024-03-03T05:10Z"), "UTA", "LAC"), again)
    assert found.game_id == "20240303_UTA_LAC"


def test_swapped_sides_are_a_conflict_and_no_match() -> None:
    found = match_event(event(utc("2024-03-03T00:40Z"), "PHI", "HOU"), GAMES)
    assert found.is_conflict
    assert found.game_id is None
    assert found.reason == (
        "e1: PHI at HOU on 2024-03-02 is scheduled the other way: 20240302_HOU_PHI"
    )


def test_an_event_without_a_game_is_no_conflict_and_makes_none() -> None:
    found = match_event(event(utc("2024-03-05T00:40Z")), GAMES)
    assert (found.outcome, found.game_id, found.is_conflict) == ("no_game", None, False)
    assert found.reason == "e1: HOU at PHI is not scheduled on 2024-03-04"


def test_a_team_that_nobody_knows_is_a_conflict_and_a_guest_is_none() -> None:
    unknown = match_event(event(day=DAY, away="Seattle SuperSonics"), GAMES)
    assert unknown.is_conflict
    assert unknown.reason == "e1: no team is called 'Seattle SuperSonics'"
    guest = match_event(event(day=DAY, away="CHK", home="SHQ"), GAMES)
    assert (guest.outcome, guest.is_conflict) == ("guest", False)
    assert match_event(event(day=DAY, away="CHK", home="XYZ"), GAMES).outcome == "unknown_team"


def test_two_events_of_one_game_are_both_refused() -> None:
    other = event(utc("2024-03-02T20:00Z"), event_id="e2")
    found = match_events([event(utc("2024-03-03T00:40Z")), other], GAMES)
    assert {name: match.outcome for name, match in found.items()} == {"e1": "taken", "e2": "taken"}
    assert found["e1"].reason == "e1: 20240302_HOU_PHI is the game of e2 too"
    assert all(match.is_conflict for match in found.values())


def test_copies_of_an_event_are_one_and_the_last_start_counts() -> None:
    copies = [event(utc("2024-03-05T00:40Z")), event(utc("2024-03-03T00:40Z"))]
    assert match_events(copies, GAMES)["e1"].game_id == "20240302_HOU_PHI"


def test_a_schedule_with_one_game_twice_is_an_error() -> None:
    twice = (*GAMES, Game("other", DAY, "HOU", "PHI"))
    with pytest.raises(ValueError, match="2024-03-02 HOU at PHI is scheduled twice"):
        match_event(event(day=DAY), twice)


def test_an_event_needs_a_date_or_a_start_with_a_zone() -> None:
    with pytest.raises(ValueError, match="e1 has neither a date nor a start"):
        match_event(event(), GAMES)
    naive = utc("2024-03-03T00:40Z").replace(tzinfo=None)
    with pytest.raises(ValueError, match="has no zone"):
        match_event(event(naive), GAMES)
