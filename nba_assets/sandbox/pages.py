"""What a page lists, when it last changed, and what it is about: shared by the providers' feeds."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.feed import Params, Subject
from nba_assets.sandbox.fixtures import Fixture, morning_after, morning_of, newest_morning
from nba_assets.sandbox.league import League

TICK = timedelta(minutes=5)  # between two looks of a page at a game in play


class Listed(NamedTuple):
    """A game on a date's page as known at an instant. `tip_at` is the tip then public."""

    fixture: Fixture
    tip_at: datetime
    is_postponed: bool


def midnight(day: date) -> datetime:
    """The first instant of an Eastern date."""
    return datetime.combine(day, time(), EASTERN).astimezone(UTC)


def games_listed(league: League, day: date, instant: datetime) -> list[Listed]:
    """The games that a page of the date lists, those called off that day included, by tip."""
    games = [
        Listed(fixture, fixture.tip_at, False)
        for fixture in league.games_on(day)
        if fixture.tip_known_at(instant) == fixture.tip_at
    ]
    games += [
        Listed(fixture, fixture.first_tip_at, fixture.tip_known_at(instant) == fixture.tip_at)
        for fixture in league.fixtures
        if fixture.is_postponed and fixture.first_day == day
    ]
    return sorted(games, key=lambda game: (game.tip_at, game.fixture.game_id))


def page_changed_at(
    league: League, day: date, as_of: datetime, settling: timedelta = timedelta()
) -> datetime | None:
    """When a page of the date's games last changed; None before there is a schedule.

    It changes every morning up to the date's own, every five minutes while a game is in play, when
    a game is final (`settling` after its horn), and on the morning after a game was called off.
    """
    if as_of < league.first_publication:
        return None
    changes = [max(league.first_publication, min(newest_morning(as_of), morning_of(day)))]
    for game in games_listed(league, day, as_of):
        if game.is_postponed:
            changes.append(morning_after(day))
        elif game.tip_at == game.fixture.tip_at <= as_of:
            over = league.box(game.fixture.game_id).final_at + settling
            ticks = (as_of - game.tip_at) // TICK
            changes.append(over if over <= as_of else game.tip_at + ticks * TICK)
    return max(changes)


def day_asked(params: Params, name: str, form: str = "%Y-%m-%d") -> date | None:
    """The one date of a parameter; None where it is missing or of another form."""
    try:
        return datetime.strptime(params.get(name, ""), form).replace(tzinfo=EASTERN).date()
    except ValueError:
        return None


def morning_page(league: League, params: Params, as_of: datetime) -> datetime | None:
    """The newest 09:00 ET since the schedule came out: pages gone over once a day."""
    del params
    newest = newest_morning(as_of)
    return newest if newest >= league.first_publication else None


def morning_before(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The morning page of the day before."""
    before = newest_morning(observed_at - timedelta(seconds=1))
    return (params, before) if before >= league.first_publication else None


def about_no_date(league: League, params: Params, as_of: datetime) -> Subject:
    """A page about the league as it is, no game among it."""
    del league, params, as_of
    return Subject(None, lambda _: False)


def about_date(league: League, day: date | None) -> Subject | None:
    """A page about all games of an Eastern date."""
    if day is None:
        return None
    games = {fixture.game_id for fixture in league.games_on(day)}
    return Subject(day, games.__contains__)


def about_game(league: League, game_id: str | None) -> Subject | None:
    """A page about one game."""
    fixture = league.fixture(game_id) if game_id else None
    return Subject(fixture.day, lambda game: game == fixture.game_id) if fixture else None


def date_before(league: League, day: date | None) -> date | None:
    """The last date with games before this one."""
    days = [d for d in league.dates if day and d < day and league.games_on(d)]
    return days[-1] if days else None


def game_before(league: League, game_id: str | None) -> Fixture | None:
    """The home team's game before this one."""
    fixture = league.fixture(game_id) if game_id else None
    if fixture is None:
        return None
    before = [game for game in league.games_of(fixture.home) if game.day < fixture.day]
    return before[-1] if before else None
