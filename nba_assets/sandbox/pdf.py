"""The sandbox's PDFs: the injury report and the gamebook as NBA.com lays them out.

Pure: the same report is the same bytes. Text is plain, as the official reports print it ("Cancar,
Vlatko"): accents are dropped, and a letter that has no plain form is an error.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from fpdf import FPDF

from nba_assets.partitions import EASTERN
from nba_assets.sources.nba_gamebook import COLUMNS as BOOK_COLUMNS
from nba_assets.sources.nba_gamebook import COUNTS, TITLES
from nba_assets.sources.nba_pdf import COLUMNS, NOT_SUBMITTED

_PRINTED_AT = datetime(2000, 1, 1, tzinfo=UTC)  # fixed: a file's bytes tell nothing of its making
_LETTERS = str.maketrans(
    {"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{RIGHT SINGLE QUOTATION MARK}": "'"}
)
_FONT = "Helvetica"
_SIZE = 10.0
_ASCENT = 8.0  # points from the top of a word to its baseline

# Measured in a report of 2024, in points: page, where columns begin, where rows stand.
_WIDTH, _HEIGHT = 841.95, 595.35
_EDGES = (23.1, 119.6, 200.0, 264.2, 425.0, 585.7, 666.1)
_INDENT = 1.0
_REASON_WIDTH = 150.0
_FIRST_TOP, _TITLES_TOP, _FIRST_TOP_BELOW_TITLES = 83.6, 107.7, 128.9
_FOOTER_TOP = 538.1
_LEADING = 14.0
_ROW = 22.0  # of one line; each further line of its reason adds the leading


@dataclass(frozen=True)
class ReportedPlayer:
    """A player as the report prints him: "Duke Jr., David"."""

    player: str
    status: str
    reason: str


@dataclass(frozen=True)
class ReportedTeam:
    """A team by its full name; with no players it is not printed, and not submitted is unknown."""

    name: str
    players: Sequence[ReportedPlayer] = ()
    is_submitted: bool = True


@dataclass(frozen=True)
class ReportedGame:
    """A game with its matchup "MIL@SAS" and tip, a UTC instant."""

    game_date: date
    tip_at: datetime
    matchup: str
    away: ReportedTeam
    home: ReportedTeam


@dataclass(frozen=True)
class Report:
    """An injury report of a UTC instant; games in the order they are printed."""

    reported_at: datetime
    games: Sequence[ReportedGame]


@dataclass(frozen=True)
class BookPlayer:
    """A player's line; counts in the order of `nba_gamebook.COUNTS`, position of starters only."""

    number: str
    name: str
    position: str
    seconds_played: int
    counts: Sequence[int]


@dataclass(frozen=True)
class BookAbsence:
    """Who did not play, and the words of his line: "DNP - Coach's Decision"."""

    number: str
    name: str
    words: str


@dataclass(frozen=True)
class BookTeam:
    """A team by its full name; inactive players with their reasons."""

    name: str
    players: Sequence[BookPlayer]
    absences: Sequence[BookAbsence] = ()
    inactive: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Book:
    """The official scorer's report of a finished game."""

    game_date: date
    away: BookTeam
    home: BookTeam
    officials: Sequence[str]


def injury_report_pdf(report: Report) -> bytes:
    """The report as a PDF of as many pages as it takes.

    Raises:
        ValueError: where a text has a letter without a plain form, or outgrows its column.
    """
    sheet = _Sheet(_WIDTH, _HEIGHT)
    pages = list(_paged(list(_printed_rows(sheet, report))))
    local = report.reported_at.astimezone(EASTERN)
    for number, rows in enumerate(pages, start=1):
        sheet.page()
        title = f"Injury Report: {local:%m/%d/%y %I:%M %p}"
        sheet.write(289.1, 45.5, title, size=22, bold=True)
        if number == 1:
            for x, column in zip(_EDGES, COLUMNS, strict=True):
                sheet.write(x, _TITLES_TOP, column, bold=True)
        for top, row in rows:
            _write_row(sheet, top, row)
        sheet.write(398.5, _FOOTER_TOP, f"Page {number} of {len(pages)}")
    return sheet.body()


def gamebook_pdf(book: Book) -> bytes:
    """The book as a PDF, a page per team.

    Raises:
        ValueError: where a text has a letter without a plain form, or outgrows its column.
    """
    sheet = _Sheet(_WIDTH, _HEIGHT)
    heading = [
        *TITLES,
        f"Game Date: {book.game_date:%m/%d/%Y}",
        f"Matchup: {book.away.name} @ {book.home.name}",
        f"Officials: {', '.join(book.officials)}",
    ]
    sides = (("VISITOR", book.away), ("HOME", book.home))
    for page, (side, team) in enumerate(sides, start=1):
        sheet.page()
        lines = [*(heading if page == 1 else []), f"{side}: {team.name}"]
        for number, text in enumerate(lines):
            sheet.write(30, 40 + number * _LEADING, text, bold=True)
        _write_team(sheet, 40 + len(lines) * _LEADING, team)
        sheet.write(398.5, _FOOTER_TOP, f"Page {page} of {len(sides)}")
    return sheet.body()


class _Sheet:
    """A PDF that is written word by word, and its measure."""

    def __init__(self, width: float, height: float) -> None:
        self._pdf = FPDF(unit="pt", format=(width, height))
        self._pdf.set_creation_date(_PRINTED_AT)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_font(_FONT, size=_SIZE)

    def page(self) -> None:
        self._pdf.add_page()

    def write(
        self, x: float, top: float, text: str, *, size: float = _SIZE, bold: bool = False
    ) -> None:
        self._pdf.set_font(_FONT, "B" if bold else "", size)
        self._pdf.text(x, top + _ASCENT * size / _SIZE, _plain(text))

    def fits(self, text: str, width: float) -> bool:
        self._pdf.set_font(_FONT, "", _SIZE)
        return self._pdf.get_string_width(_plain(text)) <= width

    def wrapped(self, text: str, width: float) -> list[str]:
        """The text on lines of at most the width, broken between words."""
        lines: list[str] = []
        for word in text.split():
            if lines and self.fits(f"{lines[-1]} {word}", width):
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def body(self) -> bytes:
        return bytes(self._pdf.output())


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    if not plain.isascii():
        raise ValueError(f"{text!r} has a letter without a plain form: {plain!r}")
    return plain


_Row = tuple[tuple[str, ...], list[str]]  # the cells but the last, and the reason's lines


def _printed_rows(sheet: _Sheet, report: Report) -> Iterator[_Row]:
    """Rows with the grouped cells where they change."""
    before: tuple[str, ...] = ("", "", "", "")
    for game in report.games:
        local = game.tip_at.astimezone(EASTERN)
        for team in (game.away, game.home):
            group = (f"{game.game_date:%m/%d/%Y}", f"{local:%I:%M} (ET)", game.matchup, team.name)
            players = (
                [(p.player, p.status, p.reason) for p in team.players]
                if team.is_submitted
                else [("", "", NOT_SUBMITTED)]
            )
            for player, status, reason in players:
                cells = (*_changed(before, group), player, status)
                before = group
                for x, end, text in zip(_EDGES, _EDGES[1:], cells, strict=False):
                    if not sheet.fits(text, end - x - 2 * _INDENT):
                        raise ValueError(f"{text!r} does not fit its column")
                yield cells, sheet.wrapped(reason, _REASON_WIDTH)


def _changed(before: tuple[str, ...], group: tuple[str, ...]) -> tuple[str, ...]:
    """A changed cell and all to its right; the others are left blank."""
    first = next((i for i, cell in enumerate(group) if cell != before[i]), len(group))
    return tuple("" if i < first else cell for i, cell in enumerate(group))


def _paged(rows: Sequence[_Row]) -> Iterator[list[tuple[float, _Row]]]:
    """Rows with their tops, page by page; at least one page."""
    page: list[tuple[float, _Row]] = []
    top = _FIRST_TOP_BELOW_TITLES
    for row in rows:
        height = _ROW + _LEADING * max(0, len(row[1]) - 1)
        if top + height > _FOOTER_TOP:
            yield page
            page, top = [], _FIRST_TOP
        page.append((top, row))
        top += height
    yield page


def _write_row(sheet: _Sheet, top: float, row: _Row) -> None:
    """The cells stand in the middle of a row whose reason takes several lines."""
    cells, reason = row
    middle = top + _LEADING * max(0, len(reason) - 1) / 2
    for x, text in zip(_EDGES, cells, strict=False):
        sheet.write(x + _INDENT, middle, text)
    for number, text in enumerate(reason):
        sheet.write(_EDGES[-1] + _INDENT, top + number * _LEADING, text)


_BOOK_EDGES = (30.0, 52.0, 172.0, 200.0, *(240.0 + 34.0 * i for i in range(len(COUNTS))))


def _write_team(sheet: _Sheet, top: float, team: BookTeam) -> None:
    total_seconds = sum(player.seconds_played for player in team.players)
    totals = [sum(player.counts[i] for player in team.players) for i in range(len(COUNTS))]
    rows: list[tuple[str, ...]] = [BOOK_COLUMNS]
    for player in team.players:
        clock = _clock(player.seconds_played)
        counts = [str(n) for n in player.counts]
        rows.append((player.number, player.name, player.position, clock, *counts))
    rows += [(absent.number, absent.name, absent.words) for absent in team.absences]
    rows.append(("TOTALS", "", "", _clock(total_seconds), *map(str, totals)))
    for row in rows:
        if len(row) > 2 and not sheet.fits(row[1], _BOOK_EDGES[2] - _BOOK_EDGES[1] - 4):
            raise ValueError(f"{row[1]!r} does not fit its column")
        for x, text in zip(_BOOK_EDGES, row, strict=False):
            sheet.write(x, top, text)
        top += _LEADING
    inactive = ", ".join(f"{name} ({reason})" for name, reason in team.inactive) or "None"
    for line in sheet.wrapped(f"Inactive: {inactive}", _WIDTH - 60):
        sheet.write(30, top, line)
        top += _LEADING


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"
