"""Why a body is not of what was asked for, in the words that all feeds share."""

from collections.abc import Iterable

from nba_assets.sources.feed import ExpectedGame, Subject
from nba_assets.sources.nba import MIN_PLAYERS


def game_of(subject: Subject) -> ExpectedGame:
    """The scheduled game that a body is judged against."""
    if subject.game is None:
        raise LookupError(f"{subject}: a body of a game is judged against its scheduled game")
    return subject.game


def wrong_sides(away: str, home: str, scheduled: ExpectedGame) -> str:
    """The body has another game, or the sides exchanged."""
    return (
        f"home_away_matches_schedule: {away} at {home},"
        f" the schedule has {scheduled.away} at {scheduled.home}"
    )


def too_few(team: str, played: Iterable[bool]) -> str | None:
    """A side that could not fill the floor."""
    if (count := sum(played)) < MIN_PLAYERS:
        return f"{team}: {count} players played, at least {MIN_PLAYERS} must have"
    return None


def other_dates(found: Iterable[str], subject: Subject) -> str | None:
    """Rows of dates that were not asked for."""
    if others := set(found) - {subject.day.isoformat()}:
        return f"rows of {', '.join(sorted(others))}, asked was {subject.day}"
    return None
