"""The league's PDFs: an injury report at each full hour, and a gamebook for each finished game."""

import re
from datetime import UTC, date, datetime, time, timedelta

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sandbox.feed import Body, Document, Feed, Params, Subject
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import Box, League, Unused
from nba_assets.sandbox.pages import about_game, day_asked, game_before, games_listed
from nba_assets.sandbox.pdf import (
    Book,
    BookAbsence,
    BookPlayer,
    BookTeam,
    Report,
    ReportedGame,
    ReportedPlayer,
    ReportedTeam,
    gamebook_pdf,
    injury_report_pdf,
)
from nba_assets.sandbox.people import LETTERS
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import share
from nba_assets.sandbox.simulation import Line
from nba_assets.sources.teams import BY_TRICODE

PDF = "application/pdf"
FIRST_HOUR, LAST_HOUR = 9, 22  # Eastern, both with a report
MINUTES_NAMED_FROM = date(2025, 12, 22)  # `_06_00PM`; before that date `_06PM`
BOOK_AFTER = timedelta(minutes=15)  # the box score
SETTLED_AT = time(17)  # Eastern: the hour by which the league wants a day's statuses
SUBMITTED_AT = time(13)  # Eastern: a game day's late teams

_BOOK_NAME = 21  # characters that fit the book's column, whichever they are

_LATE = 0.2  # of the teams have not reported on the morning of their game
_EARLY = 0.3  # of the teams report on tomorrow's game before they must
_DOUBTED = 0.35  # of those who will not play are first said to be uncertain
_SORE = 0.05  # of those who will play are first said to be uncertain

_REASONS = {
    "INACTIVE_REST": "Rest",
    "INACTIVE_PERSONAL": "Personal Reasons",
    "INACTIVE_NOT_WITH_TEAM": "Not With Team",
    "INACTIVE_GLEAGUE_TWOWAY": "G League - Two-Way",
}
_SORENESS = "Injury/Illness - Left Knee; Soreness"


def _reported_at(params: Params) -> datetime | None:
    """The instant of a report's name; None for a name that no report has."""
    day = day_asked(params, "day")
    hour = int(params["hour"]) % 12 + (12 if params["half"] == "PM" else 0)
    has_minutes = params.get("minute") is not None
    if day is None or has_minutes != (day >= MINUTES_NAMED_FROM):
        return None
    if not 1 <= int(params["hour"]) <= 12 or not FIRST_HOUR <= hour <= LAST_HOUR:
        return None
    return datetime.combine(day, time(hour), EASTERN).astimezone(UTC)


def _report_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """The hour of its name. There is no report where nobody plays that day or the next."""
    at = _reported_at(params)
    return at if at and at <= as_of and _games(league, at) else None


def _games(league: League, at: datetime) -> list[tuple[date, Fixture, datetime]]:
    today = eastern_date(at)
    return [
        (day, game.fixture, game.tip_at)
        for day in (today, today + timedelta(days=1))
        for game in games_listed(league, day, at)
        if not game.is_postponed
    ]


def _report(league: League, params: Params, observed_at: datetime) -> Body:
    del params
    return Document(injury_report_pdf(report_of(league, observed_at)), PDF)


def report_of(league: League, observed_at: datetime) -> Report:
    """The report of a full hour, today's games before tomorrow's."""
    games = [
        ReportedGame(
            day,
            tip_at,
            f"{fixture.away}@{fixture.home}",
            _reported_team(league, fixture.away, fixture, day, observed_at),
            _reported_team(league, fixture.home, fixture, day, observed_at),
        )
        for day, fixture, tip_at in _games(league, observed_at)
    ]
    return Report(observed_at, games)


def is_submitted(tricode: str, day: date, instant: datetime) -> bool:
    """Whether a team has reported on its game of a date by then."""
    local = instant.astimezone(EASTERN)
    draw = share("submitted", tricode, day)
    if local.date() < day:
        return local.time() >= SETTLED_AT or draw < _EARLY
    return local.time() >= SUBMITTED_AT or draw < 1 - _LATE


def _reported_team(
    league: League, tricode: str, fixture: Fixture, day: date, instant: datetime
) -> ReportedTeam:
    name = BY_TRICODE[tricode].full_name
    if not is_submitted(tricode, day, instant):
        return ReportedTeam(name, is_submitted=False)
    return ReportedTeam(name, reported_players(league, tricode, fixture, day, instant))


def reported_players(
    league: League, tricode: str, fixture: Fixture, day: date, instant: datetime
) -> list[ReportedPlayer]:
    """A team's report on its game of a date as known at an instant, by family name.

    By 17:00 ET of the game's own date whoever will not play is `Out` and the others `Available`;
    before, some of both are uncertain. A game called off that evening is reported on all the same,
    from the absences of the date for which it is still listed.
    """
    if fixture.day == day:
        lineup = league.box(fixture.game_id).lineups[tricode]
        out = {unused.player: unused for unused in lineup.unused}
        fit = lineup.side.players
    else:
        roster = league.roster(tricode, day)
        away = {player: absence for player in roster if (absence := league.absence(player, day))}
        out = {
            player: Unused(player, False, absence.reason, absence.description)
            for player, absence in away.items()
        }
        fit = tuple(player for player in roster if player not in away)
    is_settled = instant >= datetime.combine(day, SETTLED_AT, EASTERN)
    found = []
    for player, unused in out.items():
        reason = _reason(unused)
        if reason is None:
            continue
        draw = share("doubt", player.person_id, day)
        status = "Out"
        if not is_settled and reason.startswith("Injury") and draw < _DOUBTED:
            status = "Doubtful" if draw < _DOUBTED / 3 else "Questionable"
        found.append(ReportedPlayer(_last_first(player), status, reason))
    for player in fit:
        draw = share("doubt", player.person_id, day)
        if draw < _SORE:
            early = "Probable" if draw < _SORE / 2 else "Questionable"
            status = "Available" if is_settled else early
            found.append(ReportedPlayer(_last_first(player), status, _SORENESS))
    return sorted(found, key=lambda row: row.player)


def _reason(unused: Unused) -> str | None:
    """The report's words; None for a healthy man whom the coach left out, whom it does not list."""
    if unused.reason == "INACTIVE_INJURY":
        what = unused.description or ""
        return f"Injury/Illness - {what if ';' in what else f'{what}; {what}'}"
    return _REASONS.get(unused.reason or "")


def _last_first(player: Player) -> str:
    return f"{player.family_name}, {player.first_name}"


def _report_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    at = _reported_at(params)
    if at is None:
        return None
    games = {fixture.game_id for _, fixture, _ in _games(league, at)}
    return Subject(eastern_date(at), games.__contains__)


def _earlier_report(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The report of the same hour of the day before."""
    before = observed_at.astimezone(EASTERN) - timedelta(days=1)
    at = before.astimezone(UTC)
    return (params, at) if _games(league, at) else None


def _book_game(league: League, params: Params) -> Fixture | None:
    day = day_asked(params, "day", "%Y%m%d")
    if day is None or params["day"] != params["again"]:
        return None
    return next(
        (game for game in league.games_on(day) if f"{game.away}{game.home}" == params["teams"]),
        None,
    )


def _book_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    game = _book_game(league, params)
    if game is None or as_of < game.tip_at:
        return None
    printed_at = league.box(game.game_id).published_at + BOOK_AFTER
    return printed_at if printed_at <= as_of else None


def _book(league: League, params: Params, observed_at: datetime) -> Body:
    del observed_at  # one book a game
    game = _book_game(league, params)
    if game is None:
        raise ValueError(f"no game of the sandbox league has the gamebook {dict(params)}")
    box = league.box(game.game_id)
    officials = [f"{one.first_name} {one.family_name}" for one in box.officials]
    book = Book(game.day, _book_team(box, game.away), _book_team(box, game.home), officials)
    return Document(gamebook_pdf(book), PDF)


def _book_team(box: Box, tricode: str) -> BookTeam:
    lineup, lines = box.lineups[tricode], box.team(tricode).lines
    places = {person: n for n, person in enumerate(lineup.slots)}
    ordered = sorted(lines, key=lambda line: places.get(line.player.person_id, len(places)))
    return BookTeam(
        BY_TRICODE[tricode].full_name,
        [
            BookPlayer(
                line.player.jersey,
                _book_name(line.player),
                LETTERS[lineup.slots[line.player.person_id]]
                if line.player.person_id in places
                else "",
                line.seconds,
                _book_counts(line),
            )
            for line in ordered
            if line.seconds
        ],
        [
            BookAbsence(line.player.jersey, _book_name(line.player), "DNP - Coach's Decision")
            for line in ordered
            if not line.seconds
        ],
        [(unused.player.name, _reason(unused) or "Coach's Decision") for unused in lineup.unused],
    )


def _book_name(player: Player) -> str:
    """The whole name, its first part an initial where it is long."""
    return player.name if len(player.name) <= _BOOK_NAME else player.short_name


def _book_counts(line: Line) -> list[int]:
    """In the order of the book's columns, FG to PTS."""
    counts = line.counts
    return [
        counts["twoPointersMade"] + counts["threePointersMade"],
        counts["twoPointersAttempted"] + counts["threePointersAttempted"],
        counts["threePointersMade"],
        counts["threePointersAttempted"],
        counts["freeThrowsMade"],
        counts["freeThrowsAttempted"],
        counts["reboundsOffensive"],
        counts["reboundsDefensive"],
        counts["reboundsOffensive"] + counts["reboundsDefensive"],
        counts["assists"],
        counts["foulsPersonal"],
        counts["steals"],
        counts["turnovers"],
        counts["blocks"],
        counts["plus"] - counts["minus"],
        counts["points"],
    ]


def _book_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    game = _book_game(league, params)
    return about_game(league, game.game_id) if game else None


def _earlier_book(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The home team's book before this one."""
    del observed_at
    game = _book_game(league, params)
    before = game_before(league, game.game_id) if game else None
    if before is None:
        return None
    day = f"{before.day:%Y%m%d}"
    changed = {"day": day, "again": day, "teams": f"{before.away}{before.home}"}
    return {**params, **changed}, league.box(before.game_id).published_at + BOOK_AFTER


FEEDS: tuple[Feed, ...] = (
    Feed(
        "nba_injury_report",
        "nba",
        "ak-static.cms.nba.com",
        re.compile(
            r"/referee/injury/Injury-Report_(?P<day>\d{4}-\d\d-\d\d)_(?P<hour>\d\d)"
            r"(_(?P<minute>00))?(?P<half>AM|PM)\.pdf"
        ),
        _report_observed_at,
        _report,
        _report_subject,
        _earlier_report,
    ),
    Feed(
        "nba_gamebook",
        "nba",
        "statsdmz.nba.com",
        re.compile(r"/pdfs/(?P<day>\d{8})/(?P<again>\d{8})_(?P<teams>[A-Z]{6})(_book)?\.pdf"),
        _book_observed_at,
        _book,
        _book_subject,
        _earlier_book,
    ),
)
