"""Payload model of NBA.com's gamebook, the official scorer's report, a PDF read by its lines."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from nba_assets.sources.payload import Count, Payload, Tricode
from nba_assets.sources.pdf_lines import Line, check_footer, pages_of, printed_date
from nba_assets.sources.teams import tricode_of

TITLES = ("NATIONAL BASKETBALL ASSOCIATION", "OFFICIAL SCORER'S REPORT")
COUNTS = (
    "FG", "FGA", "3P", "3PA", "FT", "FTA", "OR", "DR", "TOT", "A", "PF", "ST", "TO", "BS", "+/-",
    "PTS",
)  # fmt: skip
_INDENT = 3.0  # points by which a cell may stand left of its title
COLUMNS = ("NO.", "PLAYER", "POS", "MIN", *COUNTS)
_FIELDS = (
    "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "pf", "stl", "tov",
    "blk", "plus_minus", "pts",
)  # fmt: skip
_PLAYED = re.compile(
    r"(?:(?P<position>[FCG]) )?(?P<minutes>\d+):(?P<seconds>[0-5]\d)"
    rf"(?P<counts>(?: [+-]?\d+){{{len(COUNTS)}}})"
)
_ABSENCE = re.compile(r"(DNP|DND|NWT) - (.+)")
_INACTIVE = re.compile(r"([^(),][^()]*) \(([^()]+)\)(?:, |$)")


class GamebookPlayer(Payload):
    """A player who played; the five with a position started."""

    name: str
    number: str
    position: str | None
    seconds_played: int
    fgm: Count
    fga: Count
    fg3m: Count
    fg3a: Count
    ftm: Count
    fta: Count
    oreb: Count
    dreb: Count
    reb: Count
    ast: Count
    pf: Count
    stl: Count
    tov: Count
    blk: Count
    plus_minus: int
    pts: Count


class GamebookAbsence(Payload):
    """A player who did not play: dressed (DNP, DND), not with the team (NWT), or inactive."""

    name: str
    kind: Literal["DNP", "DND", "NWT", "inactive"]
    reason: str


class GamebookTeam(Payload):
    """A side: who played, who did not, and the points of its own totals line."""

    team: Tricode
    players: list[GamebookPlayer]
    absences: list[GamebookAbsence]
    points: Count


class Gamebook(Payload):
    """`<date>_<AWYHOM>.pdf`: the official scorer's report, to cross-check absences and points.

    No recording proves this layout: both recorded books are damaged. It is the sandbox's. Lines of
    words, from top to bottom, over any number of pages that each end with "Page 1 of 2":

    - the two lines of `TITLES`;
    - "Game Date: MM/DD/YYYY", "Matchup: <full name> @ <full name>", "Officials: <name>, <name>";
    - per team, the visitor first: "VISITOR: <full name>" or "HOME: <full name>"; the titles of
      `COLUMNS`; a line per player; "TOTALS" with the team's line; "Inactive: <name>
      (<reason>), <name> (<reason>)" or "Inactive: None", on as many lines as it takes.

    A player's line has number, name, position (F, C or G, of starters only), minutes as mm:ss and
    the sixteen counts; or, where the position begins, "DNP - <reason>", "DND - <reason>" or
    "NWT - <reason>". Number, name and position begin where their titles do.
    """

    game_date: date
    officials: list[str]
    away: GamebookTeam
    home: GamebookTeam

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The book of a PDF.

        Raises:
            ValueError: where the PDF is damaged, or a word is not where the layout has it.
        """
        pages = pages_of(body)
        for lines in pages:
            check_footer(lines[-1], len(pages))
        book = _Book([line for lines in pages for line in lines[:-1]])
        for title in TITLES:
            book.after(title, exactly=True)
        line, day = book.after("Game Date: ")
        game_date = printed_date(day, line)
        line, matchup = book.after("Matchup: ")
        _, officials = book.after("Officials: ")
        away, home = book.team("VISITOR: "), book.team("HOME: ")
        if [tricode_of(name) for name in matchup.split(" @ ")] != [away.team, home.team]:
            raise line.error(f"the tables are of {away.team} and {home.team}")
        if book.lines:
            raise book.lines[0].error("nothing may follow the second team")
        return cls(game_date=game_date, officials=officials.split(", "), away=away, home=home)

    @property
    def is_empty(self) -> bool:
        return not self.away.players and not self.home.players


@dataclass
class _Book:
    """The lines that are still to be read."""

    lines: list[Line]
    last: Line | None = None

    def after(self, words: str, *, exactly: bool = False) -> tuple[Line, str]:
        """The next line and what it says after the given words."""
        line = self.next(words)
        if not line.text.startswith(words) or (exactly and line.text != words):
            raise line.error(f"the line does not begin with {words.strip()!r}")
        return line, line.text.removeprefix(words)

    def next(self, expected: str) -> Line:
        if not self.lines:
            where = self.last.where if self.last else "page 1"
            raise ValueError(f"{where}: the book ends where {expected.strip()!r} is due")
        self.last = self.lines.pop(0)
        return self.last

    def team(self, side: str) -> GamebookTeam:
        line, name = self.after(side)
        team = tricode_of(name)
        if not team:
            raise line.error(f"no team is called {name!r}")
        titles, _ = self.after(" ".join(COLUMNS), exactly=True)
        edges = (titles.words[1].x0 - _INDENT, titles.words[2].x0 - _INDENT)
        players: list[GamebookPlayer] = []
        absences: list[GamebookAbsence] = []
        while not (line := self.next("TOTALS")).text.startswith("TOTALS "):
            number, name, rest = _cells(line, edges)
            if absence := _ABSENCE.fullmatch(rest):
                absences.append(_absence(name, absence[1], absence[2]))
            else:
                players.append(_player(line, number, name, rest))
        total = _player(line, "", "TOTALS", line.text.removeprefix("TOTALS ")).pts
        if total != (points := sum(player.pts for player in players)):
            raise line.error(f"the players' points are {points}, the team's {total}")
        absences += self._inactive()
        return GamebookTeam(team=team, players=players, absences=absences, points=total)

    def _inactive(self) -> list[GamebookAbsence]:
        line, text = self.after("Inactive: ")
        if text == "None":
            return []
        while not text.endswith(")"):
            text += f" {self.next('the rest of the inactive players').text}"
        found = list(_INACTIVE.finditer(text))
        if "".join(match[0] for match in found) != text:
            raise line.error(f"not Name (reason), Name (reason) but {text!r}")
        return [_absence(match[1], "inactive", match[2]) for match in found]


def _absence(name: str, kind: str, reason: str) -> GamebookAbsence:
    return GamebookAbsence.model_validate({"name": name, "kind": kind, "reason": reason})


def _cells(line: Line, edges: tuple[float, float]) -> tuple[str, str, str]:
    """Number, name and all that begins with the position."""
    name_at, position_at = edges
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for word in line.words:
        parts[(word.x0 >= name_at) + (word.x0 >= position_at)].append(word.text)
    number, name, rest = (" ".join(part) for part in parts)
    if not name:
        raise line.error("no player's name stands below PLAYER")
    return number, name, rest


def _player(line: Line, number: str, name: str, rest: str) -> GamebookPlayer:
    match = _PLAYED.fullmatch(rest)
    if not match:
        raise line.error(f"neither minutes and {len(COUNTS)} counts nor DNP, DND or NWT")
    counts = dict(zip(_FIELDS, map(int, match["counts"].split()), strict=True))
    if negative := [name for name in counts if counts[name] < 0 and name != "plus_minus"]:
        raise line.error(f"{negative[0]} is negative")
    return GamebookPlayer(
        name=name,
        number=number,
        position=match["position"],
        seconds_played=int(match["minutes"]) * 60 + int(match["seconds"]),
        **counts,
    )
