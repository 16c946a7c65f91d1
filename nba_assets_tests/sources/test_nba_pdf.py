from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

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
from nba_assets.sources.nba_gamebook import COLUMNS as BOOK_COLUMNS
from nba_assets.sources.nba_gamebook import Gamebook
from nba_assets.sources.nba_pdf import COLUMNS, InjuryReport, InjuryRow
from nba_assets.sources.teams import TEAMS

DAY = date(2025, 10, 21)
ASKED = datetime(2025, 10, 21, 21, tzinfo=UTC)
TIP = datetime(2025, 10, 21, 23, 30, tzinfo=UTC)
EDGES = (23.1, 119.6, 200.0, 264.2, 425.0, 585.7, 666.1)
KNEE = ReportedPlayer("Duke Jr., David", "Out", "Injury/Illness - Left Knee; Soreness")
LONG = ReportedPlayer(
    "Payton II, Gary",
    "Questionable",
    "Injury/Illness - Right Ankle; Return to Competition Reconditioning after a Sprain",
)
TWO_WAY = ReportedPlayer("Dončić, Luka", "Probable", "G League - Two-Way")


def game(
    away: ReportedTeam, home: ReportedTeam, matchup: str = "HOU@OKC", day: date = DAY
) -> ReportedGame:
    return ReportedGame(day, TIP, matchup, away, home)


def rockets(*players: ReportedPlayer, is_submitted: bool = True) -> ReportedTeam:
    return ReportedTeam("Houston Rockets", players, is_submitted)


def thunder(*players: ReportedPlayer, is_submitted: bool = True) -> ReportedTeam:
    return ReportedTeam("Oklahoma City Thunder", players, is_submitted)


def read(*games: ReportedGame) -> InjuryReport:
    return InjuryReport.parse(injury_report_pdf(Report(ASKED, games)))


def said(rows: Sequence[InjuryRow]) -> list[tuple[str, str, str, str]]:
    return [(row.team, row.player, row.status, row.reason) for row in rows]


Cells = Sequence[tuple[float, float, str]]


def page(
    *cells: tuple[float, float, str],
    title: str = "Injury Report: 10/21/25 05:00 PM",
    titles: Sequence[str] = COLUMNS,
    footer: str = "Page 1 of 1",
) -> bytes:
    return pdf([(289, 45, title), *_titles(titles), *cells, (398, 538, footer)])


def _titles(titles: Sequence[str]) -> Cells:
    return [(x, 108, text) for x, text in zip(EDGES, titles, strict=False)]


def pdf(*pages: Cells) -> bytes:
    made = FPDF(unit="pt", format=(842, 595))
    made.set_font("Helvetica", size=10)
    for cells in pages:
        made.add_page()
        for x, top, text in cells:
            made.text(x, top + 8, text)
    return bytes(made.output())


def row(top: float, *texts: str) -> Cells:
    return [(x + 1, top, text) for x, text in zip(EDGES, texts, strict=False) if text]


GAME = ("10/21/2025", "07:30 (ET)", "HOU@OKC", "Houston Rockets")
OUT = ("Green, Jalen", "Out", "Rest")


def test_a_report_is_read_as_it_was_written() -> None:
    report = read(game(rockets(KNEE, LONG), thunder(TWO_WAY)))
    assert report.reported_at == ASKED
    assert said(report.rows) == [
        ("HOU", KNEE.player, "Out", KNEE.reason),
        ("HOU", LONG.player, "Questionable", LONG.reason),
        ("OKC", "Doncic, Luka", "Probable", "G League - Two-Way"),
    ]
    first = report.rows[0]
    assert (first.game_date, first.game_time, first.away, first.home) == (
        DAY,
        "07:30",
        "HOU",
        "OKC",
    )
    assert not report.is_empty


def test_suffixes_stand_behind_the_last_name() -> None:
    rows = read(game(rockets(KNEE, LONG), thunder(TWO_WAY))).rows
    assert [row.player_name for row in rows] == ["David Duke Jr.", "Gary Payton II", "Luka Doncic"]
    assert rows[0].model_copy(update={"player": "Nene"}).player_name == "Nene"


@pytest.mark.parametrize(
    ("reason", "category", "text"),
    [
        ("Injury/Illness - Left Knee; Soreness", "Injury/Illness", "Left Knee; Soreness"),
        ("G League - Two-Way", "G League - Two-Way", ""),
        ("League Suspension", "League Suspension", ""),
        ("Rest", "Rest", ""),
        ("", "", ""),
    ],
)
def test_a_reason_has_a_category_and_a_text(reason: str, category: str, text: str) -> None:
    (row,) = read(game(rockets(replace(KNEE, reason=reason)), thunder())).rows
    assert (row.category, row.text) == (category, text)


def test_a_team_that_has_not_submitted_is_unknown_and_a_team_without_players_is_not_listed() -> (
    None
):
    report = read(game(rockets(is_submitted=False), thunder()))
    assert report.rows == []
    assert [team.team for team in report.not_submitted] == ["HOU"]
    assert not report.is_empty


def test_a_report_without_games_is_empty() -> None:
    assert read().is_empty


def test_grouped_cells_are_carried_across_three_pages() -> None:
    players = [replace(LONG, player=f"Player{n}, Some") for n in range(25)]
    games = [
        game(rockets(*players[:9]), thunder(*players[9:])),
        game(thunder(KNEE), rockets(is_submitted=False), "OKC@HOU", date(2025, 10, 22)),
    ]
    report = read(*games)
    assert [row.page for row in report.rows][:: len(report.rows) - 1] == [1, 3]
    assert said(report.rows) == [
        *(("HOU", p.player, p.status, p.reason) for p in players[:9]),
        *(("OKC", p.player, p.status, p.reason) for p in players[9:]),
        ("OKC", KNEE.player, KNEE.status, KNEE.reason),
    ]
    assert {row.game_date for row in report.rows[:-1]} == {DAY}
    assert report.rows[-1].game_date == date(2025, 10, 22)
    assert [team.game_date for team in report.not_submitted] == [date(2025, 10, 22)]


def test_every_team_is_known_by_its_printed_name() -> None:
    pairs = zip(TEAMS[::2], TEAMS[1::2], strict=True)
    games = [
        game(
            ReportedTeam(away.full_name, (KNEE,)),
            ReportedTeam(home.full_name, is_submitted=False),
            f"{away.tricode}@{home.tricode}",
        )
        for away, home in pairs
    ]
    report = read(*games)
    assert [row.team for row in report.rows] == [team.tricode for team in TEAMS[::2]]
    assert [team.team for team in report.not_submitted] == [team.tricode for team in TEAMS[1::2]]


def test_a_side_that_nobody_knows_keeps_its_word() -> None:
    (row,) = read(game(ReportedTeam("Ulm Guests", (KNEE,)), thunder(), "XYZ@OKC")).rows
    assert (row.away, row.team) == ("XYZ", "Ulm Guests")


_words = st.text("abcdefgij", min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            ReportedPlayer,
            st.builds("{}, {}".format, _words, _words),
            st.sampled_from(("Out", "Doubtful", "Questionable", "Probable", "Available")),
            st.lists(_words, max_size=18).map(" ".join),
        ),
        max_size=40,
    ),
    st.integers(0, 40),
)
def test_what_is_written_is_what_is_read(players: list[ReportedPlayer], away: int) -> None:
    report = read(game(rockets(*players[:away]), thunder(*players[away:])))
    expected = [("HOU", p.player, p.status, p.reason) for p in players[:away]]
    expected += [("OKC", p.player, p.status, p.reason) for p in players[away:]]
    assert said(report.rows) == expected


def test_the_same_report_is_the_same_bytes() -> None:
    report = Report(ASKED, [game(rockets(KNEE), thunder())])
    assert injury_report_pdf(report) == injury_report_pdf(report)
    assert gamebook_pdf(BOOK) == gamebook_pdf(BOOK)


def test_a_letter_without_a_plain_form_is_refused() -> None:
    with pytest.raises(ValueError, match="'Жуков, И' has a letter without a plain form"):
        read(game(rockets(replace(KNEE, player="Жуков, И")), thunder()))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            page(titles=COLUMNS[:-1]),
            r"page 1, line 2: not the column titles .*: 'Game Date .* Current Status'",
        ),
        (
            page(*row(130, *GAME, "Green, Jalen", "Maybe", "Rest")),
            "page 1, line 3: the status 'Maybe' is none of Out, Doubtful",
        ),
        (
            page(*row(130, *GAME, "Green, Jalen", "", "Rest")),
            "page 1, line 3: the status '' is none of",
        ),
        (
            page(*row(130, *GAME, *OUT), (500, 152, "stray")),
            "page 1, line 4: 'stray' at 500 points begins no column",
        ),
        (
            page(*row(130, *GAME, *OUT), (5, 152, "stray")),
            "page 1, line 4: 'stray' at 5 points stands before all columns",
        ),
        (
            page(*row(130, *GAME, *OUT), (667.1, 160, "late words")),
            "page 1, line 4: a row without a player",
        ),
        (
            page(*row(130, *GAME)),
            'page 1, line 3: a row without a player that is not "NOT YET SUBMITTED" of a team',
        ),
        (
            page(*row(130, "", "", "", "", *OUT)),
            "page 1, line 3: no Game Date stands here or above",
        ),
        (
            page(*row(130, *GAME, *OUT), *row(152, "", "", "OKC@HOU", "", *OUT)),
            "page 1, line 4: a new Matchup without a Team",
        ),
        (
            page(*row(130, *GAME[:3], "Utah Jazz", *OUT)),
            "page 1, line 3: Utah Jazz is no side of HOU@OKC",
        ),
        (
            page(*row(130, *GAME, "", "", "NOT YET SUBMITTED"), *row(152, *[""] * 4, *OUT)),
            "page 1, line 4: a player of a team that has NOT YET SUBMITTED",
        ),
        (
            page(*row(130, "10/32/2025", *GAME[1:], *OUT)),
            "page 1, line 3: the game date '10/32/2025': day",
        ),
        (
            page(*row(130, GAME[0], "half past", *GAME[2:], *OUT)),
            "page 1, line 3: the game time 'half past' is not",
        ),
        (
            page(*row(130, *GAME[:2], "HOU-OKC", GAME[3], *OUT)),
            "page 1, line 3: the matchup 'HOU-OKC' is not",
        ),
        (page(footer="Page 1 of 2"), 'page 1, line 3: the last line is not "Page 1 of 1"'),
        (page(title="Injury list"), "page 1, line 1: the title is not"),
        (page(title="Injury Report: 13/40/25 05:00 PM"), "page 1, line 1: the report's time"),
        (
            page(*row(130, *GAME, *OUT), *row(152, *[""] * 4, *OUT), (590, 175, "Out")),
            "page 1, line 5: 'Out' at 590 points begins no column",
        ),
        (b"<html>blocked</html>", "not a PDF: it begins with b'<html>blocked"),
        (b"", "not a PDF"),
    ],
)
def test_a_word_that_is_not_where_the_layout_has_it_is_named(body: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        InjuryReport.parse(body)


def test_a_second_page_of_another_report_is_named() -> None:
    first: Cells = [
        (289, 45, "Injury Report: 10/21/25 05:00 PM"),
        *_titles(COLUMNS),
        (398, 538, "Page 1 of 2"),
    ]
    second: Cells = [(289, 45, "Injury Report: 10/21/25 06:00 PM"), (398, 538, "Page 2 of 2")]
    with pytest.raises(ValueError, match='page 2, line 1: the title is not "Injury Report: 10/21'):
        InjuryReport.parse(pdf(first, second))


def test_a_page_without_words_is_damage() -> None:
    first: Cells = [
        (289, 45, "Injury Report: 10/21/25 05:00 PM"),
        *_titles(COLUMNS),
        (398, 538, "Page 1 of 2"),
    ]
    with pytest.raises(ValueError, match="the PDF is damaged: page 2 of 2 has no words"):
        InjuryReport.parse(pdf(first, []))


WHOLE = injury_report_pdf(Report(ASKED, [game(rockets(KNEE, LONG), thunder(TWO_WAY))]))


@pytest.mark.parametrize("cut", range(9, len(WHOLE) - 6, len(WHOLE) // 40))
def test_a_body_that_breaks_off_is_damaged(cut: int) -> None:
    with pytest.raises(ValueError, match="the PDF is damaged: "):
        InjuryReport.parse(WHOLE[:cut])


INDEX_AT = WHOLE.index(b"xref")


@pytest.mark.parametrize("at", range(20, INDEX_AT, INDEX_AT // 40))
def test_a_body_that_lost_bytes_inside_is_damaged(at: int) -> None:
    with pytest.raises(ValueError, match="the PDF is damaged: "):
        InjuryReport.parse(WHOLE[:at] + WHOLE[at + 40 :])


def told(body: bytes) -> InjuryReport | None:
    """The report, or None of a damaged PDF."""
    try:
        return InjuryReport.parse(body)
    except ValueError as error:
        if str(error).startswith("the PDF is damaged: "):
            return None
        raise


@pytest.mark.parametrize("at", range(INDEX_AT, len(WHOLE) - 60, 20))
def test_a_body_with_holes_in_its_index_is_damaged_or_tells_all(at: int) -> None:
    assert told(WHOLE[:at] + WHOLE[at + 40 :]) in (None, InjuryReport.parse(WHOLE))


def test_an_encrypted_report_is_refused_in_so_many_words() -> None:
    made = FPDF()
    made.set_encryption(owner_password="owner")
    made.add_page()
    with pytest.raises(ValueError, match="the PDF is damaged: it is encrypted"):
        InjuryReport.parse(bytes(made.output()))


def test_a_stream_that_does_not_inflate_is_damage_and_no_shorter_list() -> None:
    at = WHOLE.index(b"stream\n") + 7
    end = WHOLE.index(b"endstream")
    for place in (at + 2, (at + end) // 2, end - 4):
        broken = WHOLE[:place] + bytes([WHOLE[place] ^ 0xFF]) + WHOLE[place + 1 :]
        with pytest.raises(ValueError, match="the PDF is damaged: the stream of object"):
            InjuryReport.parse(broken)


STARTER = BookPlayer(
    "4", "Jabari Smith Jr.", "F", 2118, (5, 9, 1, 3, 2, 2, 1, 4, 5, 3, 2, 1, 0, 1, -8, 13)
)
RESERVE = BookPlayer("", "Aaron Holiday", "", 61, (0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0))
BENCHED = BookAbsence("23", "Jock Landale", "DNP - Coach's Decision")
SICK = BookAbsence("", "Cam Whitmore", "DND - Injury/Illness")
HURT = [(f"Player Number{n}", "Injury/Illness - Left Knee; Soreness") for n in range(8)]
BOOK = Book(
    DAY,
    BookTeam("Houston Rockets", [STARTER, RESERVE], [BENCHED, SICK], HURT),
    BookTeam("Oklahoma City Thunder", [replace(STARTER, name="Chet Holmgren")]),
    ["Ed Malloy", "James Capers", "Simone Jelks"],
)


def test_a_gamebook_is_read_as_it_was_written() -> None:
    book = Gamebook.parse(gamebook_pdf(BOOK))
    assert (book.game_date, book.away.team, book.home.team) == (DAY, "HOU", "OKC")
    assert book.officials == ["Ed Malloy", "James Capers", "Simone Jelks"]
    starter, reserve = book.away.players
    assert (starter.name, starter.number, starter.position) == ("Jabari Smith Jr.", "4", "F")
    assert (starter.seconds_played, starter.plus_minus, starter.pts) == (2118, -8, 13)
    assert (starter.fgm, starter.fga, starter.fg3m, starter.fg3a) == (5, 9, 1, 3)
    assert (starter.ftm, starter.fta, starter.oreb, starter.dreb) == (2, 2, 1, 4)
    assert (starter.reb, starter.ast, starter.pf, starter.stl) == (5, 3, 2, 1)
    assert (starter.tov, starter.blk) == (0, 1)
    assert (reserve.number, reserve.position, reserve.seconds_played) == ("", None, 61)
    assert [(a.name, a.kind, a.reason) for a in book.away.absences] == [
        ("Jock Landale", "DNP", "Coach's Decision"),
        ("Cam Whitmore", "DND", "Injury/Illness"),
        *((name, "inactive", reason) for name, reason in HURT),
    ]
    assert book.home.absences == []
    assert (book.away.points, book.home.points) == (13, 13)


@pytest.mark.parametrize(
    ("book", "message"),
    [
        (
            replace(BOOK, home=replace(BOOK.home, name="Ulm Guests")),
            "page 2, line 1: no team is called 'Ulm Guests'",
        ),
        (
            replace(BOOK, away=replace(BOOK.away, absences=[replace(BENCHED, words="in Ulm")])),
            "page 1, line 10: neither minutes and 16 counts nor DNP, DND or NWT: '23 Jock",
        ),
        (
            replace(BOOK, away=replace(BOOK.away, players=[replace(STARTER, counts=(-1,) * 16)])),
            "page 1, line 8: fgm is negative",
        ),
        (
            replace(BOOK, away=replace(BOOK.away, inactive=[("Nobody (at all)", "Rest")])),
            r"page 1, line 13: not Name \(reason\)",
        ),
    ],
)
def test_a_line_of_a_gamebook_that_is_not_as_laid_out_is_named(book: Book, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Gamebook.parse(gamebook_pdf(book))


def test_an_injury_report_is_no_gamebook() -> None:
    with pytest.raises(ValueError, match="page 1, line 1: the line does not begin with 'NATIONAL"):
        Gamebook.parse(WHOLE)


FACTS = ("Game Date: 10/21/2025", "Matchup: Utah Jazz @ LA Clippers", "Officials: Ed Malloy")
HEADING = ("NATIONAL BASKETBALL ASSOCIATION", "OFFICIAL SCORER'S REPORT", *FACTS)
LINE = "35:18 5 9 1 3 2 2 1 4 5 3 2 1 0 1 -8 13"


def table(name: str, points: int = 13) -> list[Cells]:
    titles = [(30, "NO."), (52, "PLAYER"), (172, "POS"), (200, " ".join(BOOK_COLUMNS[3:]))]
    return [
        [(30, 0, name)],
        [(x, 0, text) for x, text in titles],
        [(52, 0, "Nene"), (172, 0, LINE)],
        [(30, 0, f"TOTALS {LINE[:-2]}{points}")],
        [(30, 0, "Inactive: None")],
    ]


def printed(*lines: Cells, heading: Sequence[str] = HEADING) -> bytes:
    rows: list[Cells] = [*([(30, 0, text)] for text in heading), *lines]
    cells = [(x, 40 + 14 * n, text) for n, row in enumerate(rows) for x, _, text in row]
    return pdf([*cells, (398, 538, "Page 1 of 1")])


def test_a_gamebook_of_one_page_is_read() -> None:
    book = Gamebook.parse(printed(*table("VISITOR: Utah Jazz"), *table("HOME: LA Clippers")))
    assert (book.away.team, book.home.team, book.home.points) == ("UTA", "LAC", 13)
    assert not book.is_empty


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            printed(*table("VISITOR: Utah Jazz", 14)),
            "page 1, line 9: the players' points are 13, the team's 14",
        ),
        (
            printed(*table("VISITOR: LA Clippers"), *table("HOME: Utah Jazz")),
            "page 1, line 4: the tables are of LAC and UTA",
        ),
        (
            printed(*table("VISITOR: Utah Jazz"), *table("HOME: LA Clippers"), [(30, 0, "Ulm")]),
            "page 1, line 16: nothing may follow the second team: 'Ulm'",
        ),
        (printed(*table("VISITOR: Utah Jazz")), "page 1, line 10: the book ends where 'HOME:' is"),
        (
            printed(heading=HEADING[:2]),
            "page 1, line 2: the book ends where 'Game Date:' is due",
        ),
    ],
)
def test_a_gamebook_that_contradicts_itself_or_breaks_off_is_refused(
    body: bytes, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Gamebook.parse(body)
