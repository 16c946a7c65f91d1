"""Payload model of NBA.com's injury report, a PDF read by the position of its words.

Every word of every page belongs to something that is read; one that does not is an error with
page and line. The gamebook stands in `nba_gamebook`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, Self, get_args

from nba_assets.partitions import EASTERN
from nba_assets.sources.payload import Payload, Tricode
from nba_assets.sources.pdf_lines import Line, Word, check_footer, pages_of, printed_date
from nba_assets.sources.teams import tricode_of

InjuryStatus = Literal["Out", "Doubtful", "Questionable", "Probable", "Available"]

COLUMNS = (
    "Game Date",
    "Game Time",
    "Matchup",
    "Team",
    "Player Name",
    "Current Status",
    "Reason",
)
GROUPED = COLUMNS[:4]  # printed once, and holding for the rows below
NOT_SUBMITTED = "NOT YET SUBMITTED"

_INDENT = 3.0  # points between a title and its cells: 1.0 in the recording
_WRAPPED = 1.8  # font sizes between the tops of lines of one cell: 1.4 there, rows are 2.2 apart
_LEVEL = 3.0  # points between the middles of the cells of one row
_TITLE = re.compile(r"Injury Report: (\d\d/\d\d/\d\d \d\d:\d\d [AP]M)")
_SUFFIX = re.compile(r"(.+) (Jr\.?|Sr\.?|I{2,3}|IV|V)")


class InjuryRow(Payload):
    """A player of the report.

    `game_time` is the printed one, Eastern and without am or pm. `player` is "Last, First" as
    printed. `team` and the sides of the game are tricodes, or the provider's word where unknown.
    """

    game_date: date
    game_time: str
    away: Tricode
    home: Tricode
    team: Tricode
    player: str
    status: InjuryStatus
    reason: str
    page: int
    line: int

    @property
    def player_name(self) -> str:
        """First name first and the suffix last: "David Duke Jr." of "Duke Jr., David"."""
        last, comma, first = self.player.partition(", ")
        if not comma or "," in first:
            return self.player
        suffixed = _SUFFIX.fullmatch(last)
        return f"{first} {suffixed[1]} {suffixed[2]}" if suffixed else f"{first} {last}"

    @property
    def category(self) -> str:
        """Such as "Injury/Illness", "G League - Two-Way", "League Suspension"; "" where none is."""
        if self.reason.startswith("G League"):
            return self.reason
        return self.reason.partition(" - ")[0]

    @property
    def text(self) -> str:
        """What follows the category: "Left Acl; Tear"."""
        return self.reason.removeprefix(self.category).removeprefix(" - ")


class TeamNotSubmitted(Payload):
    """A team whose report is still due: nothing is known of its players."""

    game_date: date
    game_time: str
    away: Tricode
    home: Tricode
    team: Tricode


class InjuryReport(Payload):
    """`Injury-Report_<date>_<time>.pdf`: the players of about two days' games, one row each.

    A team that is neither in `rows` nor in `not_submitted` has reported nobody (unverified: the
    recorded report names both teams of every game).
    """

    reported_at: datetime
    rows: list[InjuryRow]
    not_submitted: list[TeamNotSubmitted]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The report of a PDF.

        Raises:
            ValueError: where the PDF is damaged, or a word is not where the layout has it.
        """
        pages = pages_of(body)
        reading = _Reading()
        for lines in pages:
            reading.add(lines, len(pages))
        return cls(
            reported_at=reading.reported_at(),
            rows=reading.rows,
            not_submitted=reading.not_submitted,
        )

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.not_submitted


class _Cell(NamedTuple):
    """The lines of one cell, joined."""

    column: str
    text: str
    middle: float
    line: Line


@dataclass
class _Reading:
    """What has been read so far; the grouped cells hold across pages."""

    title: str = ""
    edges: dict[str, float] = field(default_factory=dict)
    group: dict[str, str] = field(default_factory=dict)
    is_submitted: bool = True
    rows: list[InjuryRow] = field(default_factory=list)
    not_submitted: list[TeamNotSubmitted] = field(default_factory=list)

    def reported_at(self) -> datetime:
        """The printed time, which is Eastern, as a UTC instant."""
        try:
            local = datetime.strptime(self.title, "%m/%d/%y %I:%M %p")  # noqa: DTZ007
        except ValueError as error:
            raise ValueError(
                f"page 1, line 1: the report's time {self.title!r}: {error}"
            ) from error
        return local.replace(tzinfo=EASTERN).astimezone(UTC)

    def add(self, lines: Sequence[Line], pages: int) -> None:
        for row in _rows(_cells(self._body(lines, pages), self.edges)):
            self._add_row(row)

    def _body(self, lines: Sequence[Line], pages: int) -> list[Line]:
        """The lines between the titles and the footer, which are checked."""
        title, rest, footer = lines[0], list(lines[1:-1]), lines[-1]
        printed = _TITLE.fullmatch(title.text)
        if not printed or (self.title and printed[1] != self.title):
            raise title.error(f"the title is not {self._expected_title()}")
        self.title = printed[1]
        check_footer(footer, pages)
        if rest and rest[0].text == " ".join(COLUMNS):
            self.edges = _edges(rest.pop(0))
        if not self.edges:
            found = rest[0] if rest else title
            raise found.error(f"not the column titles {', '.join(COLUMNS)}")
        return rest

    def _expected_title(self) -> str:
        return f'"Injury Report: {self.title or "MM/DD/YY HH:MM AM|PM"}"'

    def _add_row(self, row: dict[str, _Cell]) -> None:
        line = min((cell.line for cell in row.values()), key=lambda line: line.number)
        self._carry(row, line)
        teams = _group(self.group, line)
        player, status, reason = (
            row[column].text if column in row else "" for column in COLUMNS[4:]
        )
        if not player and not status and reason == NOT_SUBMITTED and "Team" in row:
            self.is_submitted = False
            self.not_submitted.append(TeamNotSubmitted(**teams))
            return
        if not player:
            raise line.error(f'a row without a player that is not "{NOT_SUBMITTED}" of a team')
        if reason == NOT_SUBMITTED or not self.is_submitted:
            raise line.error(f"a player of a team that has {NOT_SUBMITTED}")
        if status not in get_args(InjuryStatus):
            raise line.error(
                f"the status {status!r} is none of {', '.join(get_args(InjuryStatus))}"
            )
        self.rows.append(
            InjuryRow.model_validate(
                teams
                | {"player": player, "status": status, "reason": reason}
                | {"page": line.page, "line": line.number}
            )
        )

    def _carry(self, row: dict[str, _Cell], line: Line) -> None:
        """A printed cell renews those to its right: a new game never keeps the team before it."""
        printed = [column for column in GROUPED if column in row]
        if printed and tuple(printed) != GROUPED[-len(printed) :]:
            missing = next(c for c in GROUPED[GROUPED.index(printed[0]) :] if c not in row)
            raise line.error(f"a new {printed[0]} without a {missing}")
        self.group |= {column: row[column].text for column in printed}
        if printed:
            self.is_submitted = True
        if missing_group := [column for column in GROUPED if column not in self.group]:
            raise line.error(f"no {missing_group[0]} stands here or above")


def _edges(titles: Line) -> dict[str, float]:
    """Where each column begins: at the first word of its title."""
    first, edges = 0, {}
    for column in COLUMNS:
        edges[column] = titles.words[first].x0
        first += len(column.split())
    return edges


def _cells(lines: Sequence[Line], edges: dict[str, float]) -> list[_Cell]:
    columns: dict[str, list[tuple[Line, list[Word]]]] = {column: [] for column in COLUMNS}
    for line in lines:
        found: dict[str, list[Word]] = {}
        for word in line.words:
            left = [column for column, x0 in edges.items() if x0 <= word.x0 + _INDENT]
            if not left:
                raise line.error(f"{word.text!r} at {word.x0:.0f} points stands before all columns")
            found.setdefault(left[-1], []).append(word)
        for column, words in found.items():
            if abs(words[0].x0 - edges[column]) > _INDENT:
                raise line.error(
                    f"{words[0].text!r} at {words[0].x0:.0f} points begins no column "
                    f"({column} is at {edges[column]:.0f})"
                )
            columns[column].append((line, words))
    return [cell for column, parts in columns.items() for cell in _joined(column, parts)]


def _joined(column: str, parts: Sequence[tuple[Line, list[Word]]]) -> Iterator[_Cell]:
    """Lines of one column that stand as close as the lines of one cell do."""
    blocks: list[list[tuple[Line, list[Word]]]] = []
    for line, words in parts:
        word = words[0]
        if blocks and word.top - blocks[-1][-1][1][0].top < _WRAPPED * word.height:
            blocks[-1].append((line, words))
        else:
            blocks.append([(line, words)])
    for block in blocks:
        text = " ".join(word.text for _, words in block for word in words)
        middle = (block[0][1][0].top + block[-1][1][0].top) / 2
        yield _Cell(column, text, middle, block[0][0])


def _rows(cells: Sequence[_Cell]) -> list[dict[str, _Cell]]:
    """Cells whose middles are level, from top to bottom."""
    rows: list[dict[str, _Cell]] = []
    middle = float("-inf")
    for cell in sorted(cells, key=lambda cell: cell.middle):
        if cell.middle - middle > _LEVEL:
            rows.append({})
            middle = cell.middle
        if cell.column in rows[-1]:
            raise cell.line.error(f"two cells of {cell.column} in one row")
        rows[-1][cell.column] = cell
    return rows


def _group(group: dict[str, str], line: Line) -> dict[str, Any]:
    """The grouped cells as fields; a team that is no side of its game was carried wrongly."""
    sides = re.fullmatch(r"([A-Z]{2,4})@([A-Z]{2,4})", group["Matchup"])
    if not re.fullmatch(r"\d\d:\d\d \(ET\)", group["Game Time"]):
        raise line.error(f"the game time {group['Game Time']!r} is not HH:MM (ET)")
    if not sides:
        raise line.error(f"the matchup {group['Matchup']!r} is not AWY@HOM")
    away, home = (tricode_of(side) or side for side in sides.groups())
    team = tricode_of(group["Team"])
    if team and team not in (away, home):
        raise line.error(f"{group['Team']} is no side of {group['Matchup']}")
    return {
        "game_date": printed_date(group["Game Date"], line),
        "game_time": group["Game Time"].removesuffix(" (ET)"),
        "away": away,
        "home": home,
        "team": team or group["Team"],
    }
