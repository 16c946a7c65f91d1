"""Payload models of Basketball-Reference: pages whose tables are read by `data-stat`.

Nothing was recorded: the shapes are proven on hand-written pages only. Some tables stand inside
HTML comments and are read there. Team codes are theirs (BRK, CHO, PHO); the models have tricodes.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Self

from bs4 import BeautifulSoup, Comment, Tag

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sources.payload import Count, Payload, Tricode
from nba_assets.sources.teams import tricode_of

STARTERS = 5  # the first rows of a box
_COUNTS = (
    "fg", "fga", "fg3", "fg3a", "ft", "fta", "orb", "drb", "trb", "ast", "stl", "blk", "tov", "pf",
    "pts",
)  # fmt: skip


class BoxRow(Payload):
    """A player who played, by his `data-stat` cells; `slug` is the site's id of him."""

    slug: str
    player: str
    is_starter: bool
    seconds_played: int
    fg: Count
    fga: Count
    fg3: Count
    fg3a: Count
    ft: Count
    fta: Count
    orb: Count
    drb: Count
    trb: Count
    ast: Count
    stl: Count
    blk: Count
    tov: Count
    pf: Count
    pts: Count
    plus_minus: int | None


class BoxAbsence(Payload):
    """A player without a line: "Did Not Play" as the row has it, or "Inactive" below the tables."""

    slug: str
    player: str
    reason: str


class BoxSide(Payload):
    """A team's game. `points` are of its totals row, and equal its players'.

    The totals' turnovers may be more than the players': a team has its own.
    """

    team: Tricode
    players: list[BoxRow]
    absences: list[BoxAbsence]
    points: Count


class BoxScorePage(Payload):
    """`boxscores/<date>0<HOME>.html`: a finished game. `tip_at` is UTC; the page prints Eastern."""

    tip_at: datetime
    away: BoxSide
    home: BoxSide
    officials: list[str]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The game of a page.

        Raises:
            ValueError: naming the table, row and cell that is not as expected.
        """
        page = _Page(body)
        codes = page.codes()
        listed = page.listed("Inactive", "players")
        if strangers := sorted({code for code, _, _ in listed} - set(codes)):
            raise ValueError(f"inactive players of {strangers[0]!r}, who is not in this game")
        away, home = (
            _side(
                code,
                page.table(f"box-{code}-game-basic"),
                [(s, p) for c, s, p in listed if c == code],
            )
            for code in codes
        )
        officials = [name for _, _, name in page.listed("Officials", "referees")]
        return cls(tip_at=page.tip_at(), away=away, home=home, officials=officials)

    @property
    def game_date(self) -> date:
        return eastern_date(self.tip_at)

    @property
    def is_empty(self) -> bool:
        return not self.away.players and not self.home.players


class RosterRow(Payload):
    """A player of the roster. Height in inches, weight in pounds; None where the cell is blank."""

    slug: str
    player: str
    is_two_way: bool
    number: str
    pos: str
    height: int | None
    weight: int | None
    birth_date: date | None


class RosterPage(Payload):
    """`teams/<TEAM>/<end year>.html`: a team's roster; `season` reads "2023-24"."""

    season: str
    team: Tricode
    players: list[RosterRow]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The roster of a page.

        Raises:
            ValueError: naming the row and cell that is not as expected.
        """
        page = _Page(body)
        season, team = page.heading()
        rows = list(_rows(page.table("roster"), "roster"))
        return cls(season=season, team=team, players=[_roster_row(row) for row in rows])

    @property
    def is_empty(self) -> bool:
        return not self.players


class _Row:
    """A row's cells by their `data-stat`, and the name by which errors call it."""

    def __init__(self, tag: Tag, where: str) -> None:
        self.cells = {str(cell["data-stat"]): cell for cell in tag.select("[data-stat]")}
        self.where = where

    def text(self, stat: str) -> str:
        if stat not in self.cells:
            raise ValueError(f"{self.where}: no {stat}")
        return self.cells[stat].get_text().replace("\N{NO-BREAK SPACE}", " ").strip()

    def attribute(self, stat: str, name: str) -> str:
        value = self.cells[stat].get(name) if stat in self.cells else None
        if not value:
            raise ValueError(f"{self.where}: no {name} of {stat}")
        return str(value)

    def number(self, stat: str) -> int:
        text = self.text(stat)
        if not re.fullmatch(r"[+-]?\d+", text):
            raise ValueError(f"{self.where}: {stat} is {text!r}")
        return int(text)

    def number_or_none(self, stat: str) -> int | None:
        return self.number(stat) if self.text(stat) else None


class _Page:
    """The page as a tree."""

    def __init__(self, body: bytes) -> None:
        self._soup = BeautifulSoup(body.decode(), "lxml")
        # A table stands in the page or in a comment that a script uncovers.
        hidden = self._soup.find_all(
            string=lambda text: isinstance(text, Comment) and "<table" in text
        )
        self._trees = [self._soup, *(BeautifulSoup(str(text), "lxml") for text in hidden)]

    def table(self, table_id: str) -> Tag:
        found = [table for tree in self._trees for table in tree.find_all("table", id=table_id)]
        if len(found) != 1:
            raise ValueError(f"{len(found)} tables {table_id}, not 1")
        return found[0]

    def codes(self) -> tuple[str, str]:
        """The site's codes of the visitor and the host, in that order, by the scorebox."""
        links = self._soup.select("div.scorebox > div > strong > a")
        found = [re.match(r"/teams/([A-Z]{3})/", str(link.get("href"))) for link in links]
        codes = [match[1] for match in found if match]
        if len(codes) != 2 or codes[0] == codes[1]:
            raise ValueError(f"the scorebox has the teams {codes}, not two")
        return codes[0], codes[1]

    def tip_at(self) -> datetime:
        line = self._soup.select_one("div.scorebox_meta > div")
        text = line.get_text(strip=True) if line else ""
        try:
            local = datetime.strptime(text, "%I:%M %p, %B %d, %Y")  # noqa: DTZ007
        except ValueError as error:
            raise ValueError(
                f"scorebox_meta begins with {text!r}, not with a time and date"
            ) from error
        return local.replace(tzinfo=EASTERN).astimezone(UTC)

    def heading(self) -> tuple[str, str]:
        parts = [part.get_text(strip=True) for part in self._soup.select("h1 > span")]
        if len(parts) < 2 or not re.fullmatch(r"\d{4}-\d\d", parts[0]):
            raise ValueError(f"the heading is {parts}, not a season and a team")
        return parts[0], tricode_of(parts[1]) or parts[1]

    def listed(self, label: str, kind: str) -> list[tuple[str, str, str]]:
        """(code above, slug, name) of the links behind a label; every other word is an error."""
        labels = [s for s in self._soup.find_all("strong") if s.get_text(strip=True) == f"{label}:"]
        if len(labels) > 1:
            raise ValueError(f"{len(labels)} lists are labelled {label}, not 1")
        found: list[tuple[str, str, str]] = []
        code = ""
        for part in labels[0].find_next_siblings() if labels else ():
            if part.name == "span":
                code = part.get_text(strip=True)
                continue
            slug = re.fullmatch(rf"/{kind}/(?:[a-z]/)?(\w+)\.html", str(part.get("href")))
            if not slug:
                raise ValueError(f"{label}: {part} is no link to {kind}")
            found.append((code, slug[1], part.get_text(strip=True)))
        between = [t for t in labels[0].next_siblings if isinstance(t, str)] if labels else []
        if words := [text for text in between if text.strip(", \n\t\N{NO-BREAK SPACE}")]:
            raise ValueError(f"{label}: {words[0].strip()!r} is no link to {kind}")
        return found


def _rows(table: Tag, name: str) -> Iterator[_Row]:
    """The rows of a table's body, without the headers that are repeated in it."""
    for number, tag in enumerate(table.select("tbody > tr"), start=1):
        if "thead" not in (tag.get("class") or ()):
            yield _Row(tag, f"{name}, row {number}")


def _side(code: str, table: Tag, inactive: list[tuple[str, str]]) -> BoxSide:
    name = f"box-{code}-game-basic"
    players: list[BoxRow] = []
    absences: list[BoxAbsence] = []
    for order, row in enumerate(_rows(table, name)):
        slug, player = row.attribute("player", "data-append-csv"), row.text("player")
        if "reason" in row.cells:
            absences.append(BoxAbsence(slug=slug, player=player, reason=row.text("reason")))
            continue
        players.append(
            BoxRow(
                slug=slug,
                player=player,
                is_starter=order < STARTERS,
                seconds_played=_seconds(row),
                plus_minus=row.number_or_none("plus_minus"),
                **{stat: row.number(stat) for stat in _COUNTS},
            )
        )
    totals = table.select("tfoot > tr")
    if len(totals) != 1:
        raise ValueError(f"{name}: {len(totals)} rows of team totals, not 1")
    points = _Row(totals[0], f"{name}, Team Totals").number("pts")
    if points != (found := sum(player.pts for player in players)):
        raise ValueError(f"{name}: the players' points are {found}, the team's {points}")
    absences += [
        BoxAbsence(slug=slug, player=player, reason="Inactive") for slug, player in inactive
    ]
    return BoxSide(team=code, players=players, absences=absences, points=points)


def _seconds(row: _Row) -> int:
    """Of "37:10"; `csk`, the site's own seconds, says the same where it is given."""
    text = row.text("mp")
    match = re.fullmatch(r"(\d+):([0-5]\d)", text)
    if not match:
        raise ValueError(f"{row.where}: mp is {text!r}")
    seconds = int(match[1]) * 60 + int(match[2])
    csk = row.cells["mp"].get("csk")
    if csk is not None and csk != str(seconds):
        raise ValueError(f"{row.where}: mp is {text!r} and {csk!r} seconds")
    return seconds


def _roster_row(row: _Row) -> RosterRow:
    link = row.cells["player"].find("a") if "player" in row.cells else None
    if not link:
        raise ValueError(f"{row.where}: no link to a player")
    height = row.text("height")
    feet = re.fullmatch(r"(\d+)-(\d+)", height)
    if height and not feet:
        raise ValueError(f"{row.where}: height is {height!r}")
    return RosterRow(
        slug=row.attribute("player", "data-append-csv"),
        player=link.get_text(strip=True),
        is_two_way=row.text("player").endswith("(TW)"),
        number=row.text("number"),
        pos=row.text("pos"),
        height=int(feet[1]) * 12 + int(feet[2]) if feet else None,
        weight=row.number_or_none("weight"),
        birth_date=_birth_date(row),
    )


def _birth_date(row: _Row) -> date | None:
    """Of "March 3, 1998"."""
    text = row.text("birth_date")
    if not text:
        return None
    try:
        return datetime.strptime(text, "%B %d, %Y").date()  # noqa: DTZ007
    except ValueError as error:
        raise ValueError(f"{row.where}: birth_date is {text!r}") from error
