"""Pages as Basketball-Reference lays them out, as far as they are read: the sandbox's own HTML.

Pure: names and numbers in, bytes out. Codes are the site's (BRK, CHO, PHO).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape

from nba_assets.partitions import EASTERN

BOX_STATS = (
    "fg", "fga", "fg3", "fg3a", "ft", "fta", "orb", "drb", "trb", "ast", "stl", "blk", "tov", "pf",
    "pts",
)  # fmt: skip


@dataclass(frozen=True)
class BoxLine:
    """A player who played: `counts` by `BOX_STATS`; starters stand first."""

    slug: str
    player: str
    seconds_played: int
    counts: Mapping[str, int]
    plus_minus: int | None = None


@dataclass(frozen=True)
class Absent:
    """A player without a line, and the words of his row; inactive players need none."""

    slug: str
    player: str
    reason: str = "Did Not Play"


@dataclass(frozen=True)
class BoxTeam:
    """A side by the site's code and full name."""

    code: str
    name: str
    lines: Sequence[BoxLine]
    absent: Sequence[Absent] = ()
    inactive: Sequence[Absent] = ()
    team_turnovers: int = 0


@dataclass(frozen=True)
class BoxGame:
    """A finished game; the tip is a UTC instant and printed as Eastern."""

    tip_at: datetime
    away: BoxTeam
    home: BoxTeam
    officials: Sequence[str] = ()
    is_commented: bool = False


@dataclass(frozen=True)
class Rostered:
    """A player of a roster: inches and pounds."""

    slug: str
    player: str
    number: str
    pos: str
    height: int | None = None
    weight: int | None = None
    birth_date: date | None = None
    is_two_way: bool = False


@dataclass(frozen=True)
class Roster:
    """A team's roster of a season "2023-24"; real pages have some tables inside comments."""

    season: str
    name: str
    players: Sequence[Rostered] = field(default_factory=tuple)
    is_commented: bool = False


def box_score_page(game: BoxGame) -> bytes:
    """The page of a finished game."""
    local = game.tip_at.astimezone(EASTERN)
    sides = (game.away, game.home)
    score = "".join(_score(team, local.year) for team in sides)
    printed = f"{local:%I:%M %p, %B} {local.day}, {local.year}".removeprefix("0")
    tables = "".join(_commented(_box_table(team), game.is_commented) for team in sides)
    inactive = "".join(
        f"<span><strong>{team.code}&nbsp;</strong></span>"
        + ",&nbsp;".join(_link("players", absent.slug, absent.player) for absent in team.inactive)
        for team in sides
    )
    officials = ", ".join(
        f'<a href="/referees/{"".join(c for c in name.lower() if c.isalpha())}99r.html">{escape(name)}</a>'
        for name in game.officials
    )
    return _page(
        f"{game.away.name} at {game.home.name} Box Score",
        f'<div class="scorebox">{score}<div class="scorebox_meta"><div>{printed}</div></div></div>'
        f"{tables}<div><div><strong>Inactive:&nbsp;</strong>{inactive}</div>"
        f"<div><strong>Officials:&nbsp;</strong>{officials}</div></div>",
    )


def roster_page(roster: Roster) -> bytes:
    """The page of a team's season."""
    rows = "".join(_roster_row(player) for player in roster.players)
    table = f'<table id="roster"><tbody>{rows}</tbody></table>'
    return _page(
        f"{roster.season} {roster.name}",
        f"<h1><span>{roster.season}</span> <span>{escape(roster.name)}</span>"
        f" <span>Roster and Stats</span></h1>{_commented(table, roster.is_commented)}",
    )


def _page(title: str, content: str) -> bytes:
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return f"<!DOCTYPE html><html>{head}<body>{content}</body></html>".encode()


def _commented(table: str, is_commented: bool) -> str:
    return f"<div><!--\n{table}\n--></div>" if is_commented else f"<div>{table}</div>"


def _link(kind: str, slug: str, text: str) -> str:
    return f'<a href="/{kind}/{slug[0]}/{slug}.html">{escape(text)}</a>'


def _cell(stat: str, text: object, **attributes: object) -> str:
    named = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<td data-stat="{stat}"{named}>{text}</td>'


def _score(team: BoxTeam, year: int) -> str:
    points = sum(line.counts["pts"] for line in team.lines)
    href = f"/teams/{team.code}/{year}.html"
    return (
        f'<div><strong><a href="{href}">{escape(team.name)}</a></strong>'
        f'<div class="scores"><div class="score">{points}</div></div></div>'
    )


def _named(slug: str, player: str) -> str:
    return f'<th data-stat="player" data-append-csv="{slug}">{_link("players", slug, player)}</th>'


def _box_table(team: BoxTeam) -> str:
    header = "".join(f'<th data-stat="{stat}">{stat}</th>' for stat in ("player", "mp", *BOX_STATS))
    rows = [_box_row(line) for line in team.lines]
    rows[5:5] = [f'<tr class="thead">{header}</tr>']
    rows += [
        f"<tr>{_named(absent.slug, absent.player)}{_cell('reason', escape(absent.reason))}</tr>"
        for absent in team.absent
    ]
    totals = {stat: sum(line.counts[stat] for line in team.lines) for stat in BOX_STATS}
    totals["tov"] += team.team_turnovers
    minutes = round(sum(line.seconds_played for line in team.lines) / 60)
    footer = "".join(_cell(stat, totals[stat]) for stat in BOX_STATS)
    return (
        f'<table id="box-{team.code}-game-basic"><thead><tr>{header}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody><tfoot><tr>"
        f'<th data-stat="player">Team Totals</th>{_cell("mp", minutes)}{footer}'
        f"{_cell('plus_minus', '')}</tr></tfoot></table>"
    )


def _box_row(line: BoxLine) -> str:
    clock = f"{line.seconds_played // 60}:{line.seconds_played % 60:02}"
    counts = "".join(_cell(stat, line.counts[stat]) for stat in BOX_STATS)
    plus_minus = "" if line.plus_minus is None else f"{line.plus_minus:+}"
    return (
        f"<tr>{_named(line.slug, line.player)}{_cell('mp', clock, csk=line.seconds_played)}"
        f"{counts}{_cell('plus_minus', plus_minus)}</tr>"
    )


def _roster_row(player: Rostered) -> str:
    link = _link("players", player.slug, player.player)
    born = player.birth_date
    height = f"{player.height // 12}-{player.height % 12}" if player.height else ""
    named = f'<td data-stat="player" data-append-csv="{player.slug}">{link}'
    return (
        f'<tr><th data-stat="number">{player.number}</th>'
        f"{named}{'&nbsp;(TW)' if player.is_two_way else ''}</td>{_cell('pos', player.pos)}"
        f"{_cell('height', height)}{_cell('weight', player.weight or '')}"
        f"{_cell('birth_date', f'{born:%B} {born.day}, {born.year}' if born else '')}</tr>"
    )
