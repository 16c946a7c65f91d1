from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_assets.partitions import (
    EASTERN,
    current_season,
    dates_between,
    eastern_date,
    game_dates,
    results_instant,
    season,
    season_dates,
    season_of,
    slate_instant,
)

DATES = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def keys(first: date, last: date | None, now: datetime) -> list[str]:
    return list(game_dates(first, last).get_partition_keys(current_time=now))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}Z")


def test_a_closed_window_has_its_first_and_its_last_date() -> None:
    found = keys(date(2023, 10, 24), date(2024, 4, 14), utc("2026-01-15T17:00"))
    assert (found[0], found[-1]) == ("2023-10-24", "2024-04-14")
    assert len(found) == 174


def test_a_window_of_one_date_has_one_partition() -> None:
    assert keys(date(2025, 10, 21), date(2025, 10, 21), utc("2026-01-15T17:00")) == ["2025-10-21"]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-01-16T04:59", "2026-01-15"),
        ("2026-01-16T05:00", "2026-01-16"),
        ("2026-01-16T15:00", "2026-01-16"),
        ("2026-04-02T03:59", "2026-04-01"),
        ("2026-04-02T04:00", "2026-04-02"),
    ],
)
def test_tonight_is_open_from_midnight_eastern_on(now: str, last: str) -> None:
    assert keys(date(2025, 10, 21), None, utc(now))[-1] == last


def test_a_window_is_not_longer_than_its_last_date_on_that_date_and_after() -> None:
    for now in ("2026-01-15T17:00", "2026-01-16T17:00"):
        assert keys(date(2026, 1, 10), date(2026, 1, 15), utc(now))[-1] == "2026-01-15"


@pytest.mark.parametrize("night", [date(2025, 11, 2), date(2026, 3, 8)])
def test_the_nights_the_clocks_change_are_one_date_each(night: date) -> None:
    around = keys(night - timedelta(days=1), night + timedelta(days=1), utc("2026-05-01T17:00"))
    assert around == [str(night + timedelta(days=n)) for n in (-1, 0, 1)]


def test_the_window_is_continuous_over_a_summer() -> None:
    found = [
        date.fromisoformat(k)
        for k in keys(season(2022).first, season(2023).last, utc("2025-01-01T17:00"))
    ]
    assert all(b - a == timedelta(days=1) for a, b in pairwise(found))
    assert "2023-08-01" in map(str, found)


@pytest.mark.parametrize(
    ("day", "slate", "results"),
    [
        (date(2026, 1, 15), "2026-01-15T15:00", "2026-01-16T17:00"),
        (date(2026, 4, 1), "2026-04-01T14:00", "2026-04-02T16:00"),
        (date(2025, 11, 1), "2025-11-01T14:00", "2025-11-02T17:00"),
        (date(2025, 11, 2), "2025-11-02T15:00", "2025-11-03T17:00"),
        (date(2026, 3, 7), "2026-03-07T15:00", "2026-03-08T16:00"),
        (date(2026, 3, 8), "2026-03-08T14:00", "2026-03-09T16:00"),
    ],
)
def test_instants_are_ten_and_noon_eastern_in_winter_and_in_summer(
    day: date, slate: str, results: str
) -> None:
    assert slate_instant(day) == utc(slate)
    assert results_instant(day) == utc(results)
    assert slate_instant(day).tzinfo is UTC
    assert results_instant(day).tzinfo is UTC


@given(DATES)
def test_instants_say_the_same_clock_on_every_date(day: date) -> None:
    slate, results = (
        slate_instant(day).astimezone(EASTERN),
        results_instant(day).astimezone(EASTERN),
    )
    assert (slate.date(), slate.hour, slate.minute) == (day, 10, 0)
    assert (results.date(), results.hour, results.minute) == (day + timedelta(days=1), 12, 0)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-01-16T03:30", date(2026, 1, 15)),
        ("2026-01-16T05:00", date(2026, 1, 16)),
        ("2026-04-02T03:59", date(2026, 4, 1)),
        ("2026-04-02T04:00", date(2026, 4, 2)),
    ],
)
def test_the_day_of_an_instant_is_the_leagues(instant: str, day: date) -> None:
    assert eastern_date(utc(instant)) == day


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2023, 10, 23), None),
        (date(2023, 10, 24), 2023),
        (date(2023, 12, 31), 2023),
        (date(2024, 4, 14), 2023),
        (date(2024, 6, 17), 2023),
        (date(2024, 6, 18), None),
        (date(2020, 10, 11), 2019),
        (date(2020, 12, 22), 2020),
        (date(2030, 10, 15), 2030),
        (date(2031, 6, 30), 2030),
        (date(2031, 7, 1), None),
    ],
)
def test_a_date_lies_in_one_season_or_in_none(day: date, year: int | None) -> None:
    found = season_of(day)
    assert (found.year if found else None) == year


def test_seasons_follow_each_other_and_carry_the_leagues_label() -> None:
    seasons = [season(year) for year in range(2010, 2035)]
    for one, following in pairwise(seasons):
        assert one.first < one.last < following.first
    assert [season(year).label for year in (1999, 2009, 2023)] == ["1999-00", "2009-10", "2023-24"]


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 1, 15), 2025),
        (date(2026, 8, 1), 2025),
        (date(2025, 10, 20), 2024),
        (date(2025, 10, 21), 2025),
    ],
)
def test_the_current_season_is_the_one_under_way_or_the_last(today: date, year: int) -> None:
    assert current_season(today).year == year


def test_dates_of_seasons_leave_the_summer_out() -> None:
    found = season_dates(date(2023, 6, 11), date(2023, 10, 25))
    assert found == [date(2023, 6, 11), date(2023, 6, 12), date(2023, 10, 24), date(2023, 10, 25)]


@given(DATES, st.integers(0, 400))
def test_dates_between_are_all_and_both_ends(first: date, days: int) -> None:
    found = dates_between(first, first + timedelta(days=days))
    assert (found[0], found[-1], len(found)) == (first, first + timedelta(days=days), days + 1)
    assert len(set(found)) == len(found)
    assert dates_between(first, first - timedelta(days=1)) == []
