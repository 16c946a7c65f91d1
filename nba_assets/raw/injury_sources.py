"""Who tells who is hurt, the most trusted first, and how each one's body becomes entries of players."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from nba_assets.landing.desk import Reading
from nba_assets.partitions import eastern_date
from nba_assets.raw.entity import Row
from nba_assets.sources import balldontlie, espn
from nba_assets.sources.feed import Feed
from nba_assets.sources.feeds.balldontlie import BDL_INJURIES
from nba_assets.sources.feeds.espn import ESPN_INJURIES
from nba_assets.sources.feeds.nba_slate import NBA_INJURY_REPORT
from nba_assets.sources.nba_pdf import InjuryReport
from nba_assets.sources.teams import by_bdl_id

STATUSES = ("available", "probable", "questionable", "doubtful", "out")
# ESPN and BallDontLie call a player whose game is not decided yet by this word.
_OF_OTHERS = {"day-to-day": "questionable"}


@dataclass(frozen=True)
class Entry:
    """What a body says of one player; `dated` orders a player's entries where a body has several."""

    team: str
    name: str
    facts: Row
    body: object
    dated: datetime | None = None


def status_of(word: str) -> str:
    """Our word for a source's; a word that nobody has seen stays, in lower case, for the gate."""
    return _OF_OTHERS.get(word.lower(), word.lower())


def _of_report(reading: Reading, day: date) -> tuple[frozenset[str], Iterator[Entry]]:
    report = reading.payload
    assert isinstance(report, InjuryReport)
    silent = frozenset(team.team for team in report.not_submitted if team.game_date == day)
    return silent, (
        Entry(
            row.team,
            row.player_name,
            {
                "status": status_of(row.status),
                "reason": row.text or None,
                "category": row.category or None,
                "reported_at": report.reported_at,
            },
            row,
        )
        for row in report.rows
        if row.game_date == day
    )


def _of_espn(reading: Reading, _day: date) -> tuple[frozenset[str], Iterator[Entry]]:
    snapshot = reading.payload
    assert isinstance(snapshot, espn.Injuries)
    return frozenset(), (
        Entry(
            team,
            entry.athlete.displayName,
            {
                "espn_player_id": entry.athlete.id,
                "status": status_of(entry.status),
                "reason": entry.reason,
                "reported_at": entry.date,
                "return_date": entry.details.returnDate if entry.details else None,
            },
            entry,
            entry.date,
        )
        for team, entry in snapshot.by_player
    )


def _of_balldontlie(reading: Reading, _day: date) -> tuple[frozenset[str], Iterator[Entry]]:
    assert reading.observed_at is not None
    captured = eastern_date(reading.observed_at)
    found = []
    for page in reading.pages:
        assert isinstance(page, balldontlie.Injuries)
        for injury in page.data:
            team = by_bdl_id(injury.player.team_id)
            facts = {
                "status": status_of(injury.status),
                "reason": injury.description or None,
                "return_date": injury.returns_on(captured),
            }
            side = team.tricode if team else f"BallDontLie's team {injury.player.team_id}"
            found.append(Entry(side, injury.player.name, facts, injury))
    return frozenset(), iter(found)


Told = Callable[[Reading, date], tuple[frozenset[str], Iterator[Entry]]]
# In the order to try.
SOURCES: tuple[tuple[Feed, Told], ...] = (
    (NBA_INJURY_REPORT, _of_report),
    (ESPN_INJURIES, _of_espn),
    (BDL_INJURIES, _of_balldontlie),
)
