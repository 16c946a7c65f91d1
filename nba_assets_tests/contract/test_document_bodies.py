"""The payload models of PDFs and CSVs against recorded bodies, where they are kept beside the repository."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from nba_assets.sources.bigdataball import DetailedPlayByPlay
from nba_assets.sources.nba_gamebook import Gamebook
from nba_assets.sources.nba_pdf import InjuryReport
from nba_assets.sources.teams import TEAMS
from nba_assets_tests.platform import SHARED

CONTRACTS = SHARED / "contracts"

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)

# The printed rows of 4 January 2024, page 1, read by eye.
INJURED = """
MIL@SAS 07:30 SAS|Barlow, Dominick|Dominick Barlow|Questionable|G League - Two-Way|
MIL@SAS 07:30 SAS|Bassey, Charles|Charles Bassey|Out|Injury/Illness|Left Acl; Tear
MIL@SAS 07:30 SAS|Branham, Malaki|Malaki Branham|Doubtful|Injury/Illness|Right Ankle; Sprain
MIL@SAS 07:30 SAS|Cissoko, Sidy|Sidy Cissoko|Out|G League - On Assignment|
MIL@SAS 07:30 SAS|Collins, Zach|Zach Collins|Out|Injury/Illness|Right Ankle; Sprain
MIL@SAS 07:30 SAS|Diakite, Mamadi|Mamadi Diakite|Questionable|G League - Two-Way|
MIL@SAS 07:30 SAS|Duke Jr., David|David Duke Jr.|Out|G League - Two-Way|
MIL@SAS 07:30 SAS|McDermott, Doug|Doug McDermott|Out|Injury/Illness|Right Forearm; Contusion
DEN@GSW 10:00 DEN|Cancar, Vlatko|Vlatko Cancar|Out|Injury/Illness|Left Knee; Surgery
DEN@GSW 10:00 DEN|Jackson, Reggie|Reggie Jackson|Probable|Injury/Illness|Left Calf; Tightness
DEN@GSW 10:00 DEN|Pickett, Jalen|Jalen Pickett|Out|G League - On Assignment|
DEN@GSW 10:00 DEN|Tyson, Hunter|Hunter Tyson|Out|G League - On Assignment|
DEN@GSW 10:00 GSW|Green, Draymond|Draymond Green|Out|League Suspension|
DEN@GSW 10:00 GSW|Payton II, Gary|Gary Payton II|Out|Injury/Illness|Left Hamstring; Strain
"""
NOT_SUBMITTED = """
MIL@SAS 07:30 MIL
ATL@IND 07:00 ATL IND
UTA@BOS 07:00 UTA BOS
NYK@PHI 07:30 NYK PHI
OKC@BKN 07:30 OKC BKN
WAS@CLE 07:30 WAS CLE
CHA@CHI 08:00 CHA CHI
LAC@NOP 08:00 LAC NOP
MIN@HOU 08:00 MIN HOU
POR@DAL 08:30 POR DAL
MIA@PHX 09:00 MIA PHX
ORL@DEN 09:00 ORL DEN
DET@GSW 10:00 DET GSW
MEM@LAL 10:00 MEM LAL
TOR@SAC 10:00 TOR SAC
"""


def recorded(name: str) -> bytes:
    return (CONTRACTS / name).read_bytes()


def test_all_rows_of_the_injury_report_are_read() -> None:
    report = InjuryReport.parse(recorded("nbac_injury_report/raw_f4391904.pdf"))
    assert report.reported_at == datetime(2024, 1, 4, 17, 30, tzinfo=UTC)
    read = [
        f"{row.away}@{row.home} {row.game_time} {row.team}|{row.player}|{row.player_name}|"
        f"{row.status}|{row.category}|{row.text}"
        for row in report.rows
    ]
    assert read == INJURED.strip().splitlines()
    assert {row.game_date for row in report.rows} == {date(2024, 1, 4)}
    # The row of two lines is called by its first.
    assert [(row.page, row.line) for row in report.rows] == [
        (1, line) for line in (*range(4, 12), *range(14, 20))
    ]


def test_all_teams_of_the_injury_report_that_are_still_due_are_read() -> None:
    report = InjuryReport.parse(recorded("nbac_injury_report/raw_f4391904.pdf"))
    due = [f"{t.away}@{t.home} {t.game_time} {t.team}" for t in report.not_submitted]
    games = (line.split() for line in NOT_SUBMITTED.strip().splitlines())
    assert due == [f"{matchup} {time} {team}" for matchup, time, *teams in games for team in teams]
    assert len(due) == 29
    days = Counter(team.game_date for team in report.not_submitted)
    assert days == {date(2024, 1, 4): 1, date(2024, 1, 5): 28}
    assert {team.team for team in report.not_submitted} < {team.tricode for team in TEAMS}


@pytest.mark.parametrize("cut", [100, 30_000, 60_000, 67_000, 67_190])
def test_an_injury_report_that_breaks_off_is_damaged(cut: int) -> None:
    body = recorded("nbac_injury_report/raw_f4391904.pdf")
    with pytest.raises(ValueError, match="the PDF is damaged: "):
        InjuryReport.parse(body[:cut])


@pytest.mark.parametrize(
    ("name", "declared", "length"),
    [("raw_0173bcd1.pdf", "26,658", "17,543"), ("raw_d8072441.pdf", "26,299", "17,235")],
)
def test_both_recorded_gamebooks_are_damaged(name: str, declared: str, length: str) -> None:
    path = Path("nbac_gamebook_pdf") / name
    with pytest.raises(ValueError, match=f"damaged: declared end {declared}, length {length}"):
        Gamebook.parse(recorded(str(path)))


def test_the_shots_of_a_recorded_final_make_its_score() -> None:
    book = DetailedPlayByPlay.parse(recorded("bigdataball_pbp/raw_746cfbef.csv"))
    assert len(book.plays) == 510
    last = book.plays[-1]
    assert (last.game_id, last.game_date) == ("0042400407", date(2025, 6, 22))
    points: Counter[str] = Counter()
    players: Counter[str] = Counter()
    for shot in book.shots:
        points[shot.team] += shot.value * shot.made
        players[shot.player] += shot.value * shot.made
    assert points == {"IND": last.away_score, "OKC": last.home_score} == {"IND": 91, "OKC": 103}
    assert players.most_common(4) == [
        ("Shai Gilgeous-Alexander", 29),
        ("Bennedict Mathurin", 24),
        ("Jalen Williams", 20),
        ("Chet Holmgren", 18),
    ]
    kinds = Counter((shot.value, shot.made) for shot in book.shots)
    assert kinds == {
        (2, False): 47,
        (3, False): 46,
        (1, True): 44,
        (2, True): 42,
        (3, True): 22,
        (1, False): 16,
    }
    assert [(s.player, s.event) for s in book.shots if s.fouled] == [
        ("Pascal Siakam", 63),
        ("Isaiah Hartenstein", 230),
    ]


def test_the_coordinates_of_a_recorded_final_are_tenths_of_feet() -> None:
    book = DetailedPlayByPlay.parse(recorded("bigdataball_pbp/raw_746cfbef.csv"))
    field_goals = [shot for shot in book.shots if shot.value > 1]
    assert len(field_goals) == 157
    for shot in field_goals:
        assert shot.x is not None
        assert shot.y is not None
        assert shot.distance_ft is not None
        assert abs((shot.x**2 + shot.y**2) ** 0.5 / 10 - shot.distance_ft) < 1.6, shot
