from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from nba_assets.sandbox.bref_pages import (
    BOX_STATS,
    Absent,
    BoxGame,
    BoxLine,
    BoxTeam,
    Roster,
    Rostered,
    box_score_page,
    roster_page,
)
from nba_assets.sources.basketball_reference import BoxScorePage, RosterPage
from nba_assets.sources.teams import TEAMS

TIP = datetime(2023, 10, 25, 2, tzinfo=UTC)  # 10 p.m. of the 24th in New York
ZERO = dict.fromkeys(BOX_STATS, 0)
MADE = ZERO | {"fg": 5, "fga": 9, "fg3": 1, "fg3a": 3, "ft": 2, "fta": 2, "pts": 13, "tov": 4}


def line(number: int, player: str = "") -> BoxLine:
    return BoxLine(f"player{number:02}", player or f"Player {number}", 600 + number, MADE, number)


SUNS = BoxTeam(
    "PHO",
    "Phoenix Suns",
    [line(n) for n in range(1, 8)],
    absent=[Absent("bolbo01", "Bol Bol")],
    inactive=[
        Absent("bookede01", "Devin Booker"),
        Absent("nurkiju01", "Jusuf Nurkić", "Did Not Dress"),
    ],
    team_turnovers=3,
)
NETS = BoxTeam("BRK", "Brooklyn Nets", [line(n) for n in range(11, 20)])
GAME = BoxGame(TIP, SUNS, NETS, ["Ed Malloy", "James Capers"])


@pytest.mark.parametrize("is_commented", [False, True], ids=["plain", "inside-comments"])
def test_a_box_score_page_is_read_as_it_was_written(is_commented: bool) -> None:
    page = BoxScorePage.parse(box_score_page(replace(GAME, is_commented=is_commented)))
    assert (page.tip_at, page.game_date) == (TIP, date(2023, 10, 24))
    assert (page.away.team, page.home.team) == ("PHX", "BKN")
    assert (page.away.points, page.home.points) == (7 * 13, 9 * 13)
    assert [player.slug for player in page.home.players] == [row.slug for row in NETS.lines]
    first = page.away.players[0]
    assert (first.player, first.seconds_played, first.plus_minus) == ("Player 1", 601, 1)
    assert (first.fg, first.fga, first.fg3, first.fg3a, first.ft, first.fta) == (5, 9, 1, 3, 2, 2)
    assert (first.pts, first.tov, first.trb) == (13, 4, 0)
    assert page.officials == ["Ed Malloy", "James Capers"]
    assert not page.is_empty


def test_the_first_five_rows_are_the_starters() -> None:
    page = BoxScorePage.parse(box_score_page(GAME))
    assert [row.is_starter for row in page.away.players] == [True] * 5 + [False] * 2


def test_who_did_not_play_has_a_reason_and_no_line() -> None:
    page = BoxScorePage.parse(box_score_page(GAME))
    assert [(a.slug, a.player, a.reason) for a in page.away.absences] == [
        ("bolbo01", "Bol Bol", "Did Not Play"),
        ("bookede01", "Devin Booker", "Inactive"),
        ("nurkiju01", "Jusuf Nurkić", "Inactive"),
    ]
    assert page.home.absences == []


def test_a_missing_plus_minus_is_unknown() -> None:
    team = replace(SUNS, lines=[replace(row, plus_minus=None) for row in SUNS.lines])
    page = BoxScorePage.parse(box_score_page(replace(GAME, away=team)))
    assert {row.plus_minus for row in page.away.players} == {None}


def test_a_page_without_lines_is_empty() -> None:
    away, home = replace(SUNS, lines=[], absent=[]), replace(NETS, lines=[])
    assert BoxScorePage.parse(box_score_page(replace(GAME, away=away, home=home))).is_empty


def broken(old: bytes, new: bytes) -> bytes:
    page = box_score_page(GAME)
    assert old in page
    return page.replace(old, new)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><body>Rate limited</body></html>", r"the scorebox has the teams \[\], not two"),
        (broken(b"/teams/BRK/", b"/teams/PHO/"), r"the teams \['PHO', 'PHO'\], not two"),
        (broken(b"box-BRK-game-basic", b"box-BRK-basic"), "0 tables box-BRK-game-basic, not 1"),
        (
            broken(b'<td data-stat="pts">13</td>', b'<td data-stat="pts">n/a</td>'),
            "box-PHO-game-basic, row 1: pts is 'n/a'",
        ),
        (
            broken(b'<td data-stat="ast">0</td>', b'<td data-stat="assists">0</td>'),
            "box-PHO-game-basic, row 1: no ast",
        ),
        (broken(b">10:01<", b">10<"), "box-PHO-game-basic, row 1: mp is '10'"),
        (broken(b'csk="601"', b'csk="602"'), "row 1: mp is '10:01' and '602' seconds"),
        (
            broken(b'data-append-csv="player01"', b"data-id"),
            "box-PHO-game-basic, row 1: no data-append-csv of player",
        ),
        (
            broken(b'<td data-stat="pts">91</td>', b'<td data-stat="pts">90</td>'),
            "box-PHO-game-basic: the players' points are 91, the team's 90",
        ),
        (
            broken(b"<tfoot>", b"<tbody>"),
            "box-PHO-game-basic, row 10: no data-append-csv of player",
        ),
        (broken(b"10:00 PM, ", b""), "scorebox_meta begins with 'October 24, 2023'"),
        (
            broken(
                b"<strong>BRK&nbsp;</strong>",
                b"<strong>LAL&nbsp;</strong></span><a href='/players/x/x.html'>X</a><span>",
            ),
            "inactive players of 'LAL', who is not in this game",
        ),
        (broken(b"/players/b/bookede01", b"/coaches/bookede01"), "Inactive: .* is no link to"),
        (
            broken(b',&nbsp;<a href="/players/n/', b', and also <a href="/players/n/'),
            "Inactive: ', and also' is no link to players",
        ),
        (b"\xff\xfe", "can't decode byte 0xff"),
    ],
)
def test_a_cell_of_a_box_that_is_not_as_expected_is_named(body: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BoxScorePage.parse(body)


ROSTER = Roster(
    "2023-24",
    "Boston Celtics",
    [
        Rostered("tatumja01", "Jayson Tatum", "0", "PF", 80, 210, date(1998, 3, 3)),
        Rostered("davisjd01", "JD Davison", "20", "PG", 73, 195, date(2002, 10, 3), True),
        Rostered("porzikr01", "Kristaps Porziņģis", "", "C"),
    ],
)


@pytest.mark.parametrize("is_commented", [False, True], ids=["plain", "inside-comments"])
def test_a_roster_page_is_read_as_it_was_written(is_commented: bool) -> None:
    page = RosterPage.parse(roster_page(replace(ROSTER, is_commented=is_commented)))
    assert (page.season, page.team) == ("2023-24", "BOS")
    read = [
        Rostered(
            row.slug,
            row.player,
            row.number,
            row.pos,
            row.height,
            row.weight,
            row.birth_date,
            row.is_two_way,
        )
        for row in page.players
    ]
    assert read == ROSTER.players
    assert not page.is_empty


def test_a_roster_without_players_is_empty() -> None:
    assert RosterPage.parse(roster_page(replace(ROSTER, players=[]))).is_empty


def test_every_team_is_known_by_its_heading() -> None:
    pages = [roster_page(replace(ROSTER, name=team.full_name)) for team in TEAMS]
    assert [RosterPage.parse(page).team for page in pages] == [team.tricode for team in TEAMS]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b">6-8<", b">6 feet<", "roster, row 1: height is '6 feet'"),
        (b">210<", b">210lb<", "roster, row 1: weight is '210lb'"),
        (b">March 3, 1998<", b">3/3/98<", "roster, row 1: birth_date is '3/3/98'"),
        (b'data-stat="pos">PG', b'data-stat="position">PG', "roster, row 2: no pos"),
        (b"<span>2023-24</span>", b"", r"the heading is \['Boston Celtics', 'Roster and Stats'\]"),
        (b'id="roster"', b'id="team"', "0 tables roster, not 1"),
        (b'<td data-stat="player"', b'<td data-stat="name"', "roster, row 1: no link to a player"),
    ],
)
def test_a_cell_of_a_roster_that_is_not_as_expected_is_named(
    old: bytes, new: bytes, message: str
) -> None:
    page = roster_page(ROSTER)
    assert old in page
    with pytest.raises(ValueError, match=message):
        RosterPage.parse(page.replace(old, new))
