"""Game dates, seasons and the instants that belong to a date. Whatever asks "which day is it?" asks here."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import dagster as dg

EASTERN = ZoneInfo("America/New_York")


class Season(NamedTuple):
    """A season by its start year, from opening night to the last possible Finals game, both inclusive."""

    year: int
    first: date
    last: date

    @property
    def label(self) -> str:
        """The NBA's own form: 2023 is "2023-24"."""
        return f"{self.year}-{(self.year + 1) % 100:02d}"


# Opening night and the last Finals game as played (NBA.com season pages). A season that is not
# listed runs from 15 October to 30 June: dates before its first game are simply empty.
_PLAYED = {
    2015: (date(2015, 10, 27), date(2016, 6, 19)),
    2016: (date(2016, 10, 25), date(2017, 6, 12)),
    2017: (date(2017, 10, 17), date(2018, 6, 8)),
    2018: (date(2018, 10, 16), date(2019, 6, 13)),
    2019: (date(2019, 10, 22), date(2020, 10, 11)),
    2020: (date(2020, 12, 22), date(2021, 7, 20)),
    2021: (date(2021, 10, 19), date(2022, 6, 16)),
    2022: (date(2022, 10, 18), date(2023, 6, 12)),
    2023: (date(2023, 10, 24), date(2024, 6, 17)),
    2024: (date(2024, 10, 22), date(2025, 6, 22)),
    2025: (date(2025, 10, 21), date(2026, 6, 30)),
}


def season(year: int) -> Season:
    """The season that starts in `year`."""
    return Season(year, *_PLAYED.get(year, (date(year, 10, 15), date(year + 1, 6, 30))))


def season_of(day: date) -> Season | None:
    """The season a date lies in; None between seasons."""
    return next(
        (s for y in (day.year, day.year - 1) if (s := season(y)).first <= day <= s.last), None
    )


def current_season(today: date) -> Season:
    """The season under way or, in summer, the last one."""
    this_year = season(today.year)
    return this_year if this_year.first <= today else season(today.year - 1)


def season_dates(first: date, last: date) -> list[date]:
    """Every date of `first` … `last`, both inclusive, that lies in a season."""
    return [day for day in dates_between(first, last) if season_of(day)]


def dates_between(first: date, last: date) -> list[date]:
    """Every calendar date of `first` … `last`, both inclusive."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def eastern_date(instant: datetime) -> date:
    """The league's day of an instant."""
    return instant.astimezone(EASTERN).date()


def slate_instant(day: date) -> datetime:
    """10:00 ET of the date, the `morning` cut-off, in UTC."""
    return datetime.combine(day, time(10), EASTERN).astimezone(UTC)


def results_instant(day: date) -> datetime:
    """Noon ET of the next day, in UTC: late games are over and the first corrections are in."""
    return datetime.combine(day + timedelta(days=1), time(12), EASTERN).astimezone(UTC)


def week_of(day: date) -> date:
    """The Monday that a date's week begins with; it ends with Sunday."""
    return day - timedelta(days=day.weekday())


def weeks_of(dates: Iterable[date]) -> list[date]:
    """The Mondays of the dates' weeks, sorted."""
    return sorted({week_of(day) for day in dates})


def game_weeks(first: date, last: date | None) -> dg.WeeklyPartitionsDefinition:
    """One partition per week that holds a date of `first` … `last`, by its Monday."""
    return dg.WeeklyPartitionsDefinition(
        start_date=week_of(first).isoformat(),
        end_date=(week_of(last) + timedelta(days=7)).isoformat() if last else None,
        timezone=str(EASTERN),
        day_offset=1,
        # A week's models are wanted when it begins, not when it is over.
        end_offset=1,
    )


def game_dates(first: date, last: date | None) -> dg.DailyPartitionsDefinition:
    """One partition per Eastern date from `first` to `last` inclusive, or open-ended.

    Tonight's date exists from midnight ET on (`end_offset=1`), so the morning can ask for it.
    """
    return dg.DailyPartitionsDefinition(
        start_date=first.isoformat(),
        # Dagster's end is exclusive, ours is the last date people mean.
        end_date=(last + timedelta(days=1)).isoformat() if last else None,
        timezone=str(EASTERN),
        end_offset=1,
    )
