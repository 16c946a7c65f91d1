"""What NBA.com and the league office say before games: people, line-ups, injuries, officials, records."""

from datetime import timedelta

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sources.feed import Feed, Route, Subject
from nba_assets.sources.feeds.refusals import game_of, other_dates, wrong_sides
from nba_assets.sources.nba_gamebook import Gamebook
from nba_assets.sources.nba_officials import GameOfficials
from nba_assets.sources.nba_pdf import InjuryReport
from nba_assets.sources.nba_people import (
    DailyLineups,
    PlayerIndex,
    PlayerMovement,
    Standings,
    TeamRoster,
)

_HOUR = timedelta(hours=1)
_STATS = "https://stats.nba.com/stats"
_REPORT = "https://ak-static.cms.nba.com/referee/injury/Injury-Report_{%s}.pdf"


def _refuses_roster(roster: TeamRoster, subject: Subject) -> str | None:
    asked = subject.team.tricode if subject.team else ""
    if roster.teams - {asked}:
        return f"the roster of {', '.join(sorted(roster.teams))}, asked was {asked}"
    return None


def _refuses_standings(standings: Standings, subject: Subject) -> str | None:
    asked = f"2{subject.season.year}"  # 2 is the regular season
    if others := standings.seasons - {asked}:
        return f"standings of season {', '.join(sorted(others))}, asked was {asked}"
    return None


def _refuses_lineups(lineups: DailyLineups, subject: Subject) -> str | None:
    # The body names no date: its announcements do, and a game that has none yet says nothing.
    announced = {
        eastern_date(player.announced_at)
        for game in lineups.games
        for side in game.sides
        for player in side.players
        if player.announced_at
    }
    if announced and subject.day not in announced:
        days = ", ".join(str(day) for day in sorted(announced))
        return f"line-ups announced on {days}, asked was {subject.day}"
    return None


def _refuses_report(report: InjuryReport, subject: Subject) -> str | None:
    if subject.hour is None:
        raise LookupError(f"{subject}: an injury report is judged against its hour")
    # Named by its hour and printed within it; a report of the hour before stands in for one that is
    # not published yet.
    if not subject.hour - _HOUR <= report.reported_at < subject.hour + _HOUR:
        printed = report.reported_at.astimezone(EASTERN)
        return f"the report of {printed:%Y-%m-%d %H:%M} ET, asked was {subject}"
    return None


def _refuses_officials(officials: GameOfficials, subject: Subject) -> str | None:
    return other_dates((str(day) for day in officials.dates), subject)


def _refuses_gamebook(book: Gamebook, subject: Subject) -> str | None:
    scheduled = game_of(subject)
    if (book.away.team, book.home.team) != (scheduled.away, scheduled.home):
        return wrong_sides(book.away.team, book.home.team, scheduled)
    return other_dates({str(book.game_date)}, subject)


NBA_PLAYERS = Feed(
    name="nba_players",
    about="season, everybody who is or was on a roster in it, from stats.nba.com",
    per="season",
    routes=(
        Route(f"{_STATS}/playerindex", {"Historical": "0", "LeagueID": "00", "Season": "{season}"}),
    ),
    payload=PlayerIndex,
    instants=("slate",),
    score=100,
    max_age=timedelta(hours=20),
    serves=("raw.players",),
)

NBA_ROSTERS = Feed(
    name="nba_rosters",
    about="team that plays on the date, its roster, from stats.nba.com",
    per="team",
    routes=(
        Route(
            f"{_STATS}/commonteamroster",
            {"LeagueID": "00", "Season": "{season}", "TeamID": "{nba_team_id}"},
        ),
    ),
    payload=TeamRoster,
    refuses=_refuses_roster,
    instants=("slate",),
    score=100,
    max_age=timedelta(hours=12),
    serves=("raw.rosters", "raw.players"),
)

NBA_STANDINGS = Feed(
    name="nba_standings",
    about="season, every team's record as it stands when asked, from stats.nba.com",
    per="season",
    routes=(
        Route(
            f"{_STATS}/leaguestandingsv3",
            {"LeagueID": "00", "Season": "{season}", "SeasonType": "Regular Season"},
        ),
    ),
    payload=Standings,
    refuses=_refuses_standings,
    # Before its first game a season has no table.
    empty="no standings yet",
    instants=("slate",),
    score=100,
    max_age=timedelta(hours=6),
    serves=("raw.standings",),
)

NBA_LINEUPS = Feed(
    name="nba_lineups",
    about="date, the line-ups of its games as far as they are announced, from NBA.com",
    per="date",
    routes=(Route("https://stats.nba.com/js/data/leaders/00_daily_lineups_{yyyymmdd}.json"),),
    payload=DailyLineups,
    refuses=_refuses_lineups,
    empty="nothing is announced yet",
    instants=("lock",),
    score=100,
    max_age=timedelta(minutes=2),
    serves=("raw.lineups", "raw.players"),
)

NBA_TRANSACTIONS = Feed(
    name="nba_transactions",
    about="instant, every player move since 2015, from NBA.com",
    per="league",
    routes=(Route("https://stats.nba.com/js/data/playermovement/NBA_Player_Movement.json"),),
    payload=PlayerMovement,
    instants=("slate",),
    score=100,
    max_age=timedelta(hours=12),
    serves=("raw.transactions",),
)

NBA_INJURY_REPORT = Feed(
    name="nba_injury_report",
    about="full hour before a cut-off, the league's injury report as a PDF",
    per="hour",
    # Renamed on 22 December 2025: `_06PM` became `_06_00PM`.
    routes=tuple(
        Route(_REPORT % name) for name in ("hour", "hour_short", "hour_before", "hour_before_short")
    ),
    payload=InjuryReport,
    kind="pdf",
    refuses=_refuses_report,
    empty="a report without a name",
    instants=("slate", "lock"),
    score=100,
    max_age=timedelta(hours=6),
    serves=("raw.injuries",),
)

NBA_OFFICIALS = Feed(
    name="nba_officials",
    about="date, the referees of its games, from the league's officials page",
    per="date",
    routes=(
        Route("https://official.nba.com/wp-json/api/v1/get-game-officials", {"date": "{ymd}"}),
    ),
    payload=GameOfficials,
    refuses=_refuses_officials,
    # Asked too early the page shows another date's games: what the morning lacks, a lock can have.
    instants=("slate", "lock"),
    score=100,
    max_age=timedelta(hours=6),
    serves=("raw.officials",),
)

NBA_GAMEBOOK = Feed(
    name="nba_gamebook",
    about="finished game of the date, the official scorer's report as a PDF",
    per="game",
    routes=tuple(
        Route(f"https://statsdmz.nba.com/pdfs/{{yyyymmdd}}/{{yyyymmdd}}_{{away}}{{home}}{end}.pdf")
        for end in ("", "_book")
    ),
    payload=Gamebook,
    kind="pdf",
    refuses=_refuses_gamebook,
    instants=("results",),
    score=100,
    # A cross-check at one request every five seconds, in a layout that no recording proves.
    on_demand=True,
)
