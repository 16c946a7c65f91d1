"""Injuries: per cut-off and team the first source that speaks, and silence that is never health."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_assets.identity.registry import Evidence, Registry
from nba_assets.landing.desk import Desk
from nba_assets.partitions import season
from nba_assets.raw import players as raw_players
from nba_assets.raw import schedule as raw_schedule
from nba_assets.raw.injuries import (
    ENTITY,
    INJURIES,
    InjuryNotes,
    injury_rows,
    unknown_statuses,
)
from nba_assets.raw.injury_sources import status_of
from nba_assets.raw.people import Names
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.balldontlie import Injuries
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds.balldontlie import BDL_INJURIES
from nba_assets.sources.feeds.espn import ESPN_INJURIES
from nba_assets.sources.feeds.nba import NBA_SCHEDULE
from nba_assets.sources.feeds.nba_slate import NBA_INJURY_REPORT, NBA_LINEUPS, NBA_PLAYERS
from nba_assets.sources.nba_pdf import InjuryReport
from nba_assets_tests.platform import SHARED
from nba_assets_tests.raw.entities import home_in, sandbox_home
from nba_assets_tests.raw.payloads import GAME, desk_in, land, land_schedule, scheduled_game, tip_of
from nba_assets_tests.raw.people_payloads import (
    SLATE,
    about,
    bdl_injury,
    espn_injuries,
    espn_injury,
    keyed,
    spelled,
    unresolved,
)
from nba_assets_tests.raw.rows import DAY, Row, frame, scheduled

LOCK = tip_of(DAY) - timedelta(minutes=30)
MEN = {
    "Jalen Brunson": ("101", "NYK"),
    "OG Anunoby": ("102", "NYK"),
    "Jaylen Brown": ("201", "BOS"),
}
KNOWN = Registry(
    Evidence(player_id, name, team, 2025, DAY - timedelta(days=9))
    for name, (player_id, team) in MEN.items()
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = desk_in(tmp_path)
    land_schedule(desk, scheduled_game(), at=SLATE - timedelta(hours=1))
    return desk


def read(desk: Desk, names: Names | None = None) -> tuple[list[Row], InjuryNotes]:
    """The injuries of BOS at NYK; they fit their contract."""
    schedule = frame(SCHEDULE, [scheduled(tip_at=tip_of(DAY), slate_tip_at=tip_of(DAY))])
    rows, notes = injury_rows(desk, names or Names(desk, KNOWN), schedule, [DAY])
    keyed(INJURIES, rows)
    return rows, notes[DAY]


def land_espn(desk: Desk, at: datetime = SLATE, **teams: Sequence[Any]) -> str:
    return land(desk, ESPN_INJURIES, about(), espn_injuries(**teams), at)


def land_bdl(desk: Desk, *entries: Any, at: datetime = SLATE) -> str:
    return land(desk, BDL_INJURIES, about(), {"data": list(entries), "meta": {}}, at)


def said(rows: Iterable[Row]) -> list[tuple[str, str, datetime]]:
    return sorted((row["player_name"], row["status"], row["observed_at"]) for row in rows)


def test_an_entry_of_espn_is_read_by_the_names_of_its_fields(desk: Desk) -> None:
    path = land_espn(desk, NYK=[espn_injury("Jalen Brunson", "Day-To-Day")])
    rows, _ = read(desk)
    assert rows == [
        {
            "game_date": DAY,
            "game_id": "20251105_BOS_NYK",
            "nba_game_id": GAME,
            "season_year": 2025,
            "team": "NYK",
            "player_id": "101",
            "nba_player_id": "101",
            "espn_player_id": "4001",
            "player_name": "Jalen Brunson",
            "player_lookup": "jalenbrunson",
            "status": "questionable",
            "reason": "Ankle - Sprain (Left)",
            "reported_at": datetime(2025, 11, 5, 5, 10, tzinfo=UTC),
            "return_date": date(2025, 11, 12),
            "source": "espn_injuries",
            "source_score": 90,
            "quality_score": 90,
            "quality_tier": "silver",
            "completeness_pct": 100.0,
            "is_degraded": True,
            "degraded_reasons": [
                "espn_injuries instead of nba_injury_report:"
                " nba_injury_report: no body since the last cut-off"
            ],
            "is_bootstrap": False,
            "observed_at": SLATE,
            "landing_path": path,
        }
    ]


def test_balldontlie_speaks_where_nobody_else_does(desk: Desk) -> None:
    land_bdl(desk, bdl_injury("Jalen Brunson", "NYK"), bdl_injury("LeBron James", "LAL"))
    ((row,), _) = read(desk)
    assert (row["source"], row["status"], row["player_id"]) == ("bdl_injuries", "out", "101")
    assert (row["return_date"], row.get("reported_at")) == (
        date(2025, 11, 12),
        None,
    )


def test_the_better_source_of_a_cut_off_speaks_alone(desk: Desk) -> None:
    land_bdl(desk, bdl_injury("Jaylen Brown", "BOS"), at=SLATE)
    land_espn(desk, SLATE - timedelta(minutes=1), NYK=[espn_injury("Jalen Brunson")])
    rows, _ = read(desk)
    assert {row["source"] for row in rows} == {"espn_injuries"}


def test_a_source_that_did_not_look_again_adds_nothing_to_a_later_cut_off(desk: Desk) -> None:
    land_espn(desk, SLATE, NYK=[espn_injury("Jalen Brunson")])
    land_bdl(desk, bdl_injury("Jaylen Brown", "BOS"), at=LOCK)
    rows, _ = read(desk)
    assert said(rows) == [("Jalen Brunson", "out", SLATE), ("Jaylen Brown", "out", LOCK)]


def test_every_capture_of_the_date_up_to_the_lock_stays(desk: Desk) -> None:
    brunson = [espn_injury("Jalen Brunson")]
    for at in (
        SLATE - timedelta(hours=11),  # of the day before
        SLATE - timedelta(hours=2),
        SLATE,
        LOCK,
        LOCK + timedelta(seconds=1),
    ):
        land_espn(desk, at, NYK=brunson)
    rows, _ = read(desk)
    assert [at for _, _, at in said(rows)] == [SLATE - timedelta(hours=2), SLATE, LOCK]


def test_nothing_at_all_is_unknown_and_said_so(desk: Desk) -> None:
    rows, notes = read(desk)
    assert rows == []
    assert notes.unknown == ["all teams at 15:00Z", "all teams at 23:29Z"]


def test_a_league_in_which_nobody_is_hurt_is_no_answer(desk: Desk) -> None:
    land_espn(desk, SLATE, NYK=[])
    land_bdl(desk, bdl_injury("Jalen Brunson", "NYK"))
    rows, _ = read(desk)
    assert {row["source"] for row in rows} == {"bdl_injuries"}


def test_of_several_injuries_the_newest_entry_counts(desk: Desk) -> None:
    old = espn_injury("Jalen Brunson", "Out", date="2025-10-30T05:10Z")
    new = espn_injury("Jalen Brunson", "Day-To-Day", date="2025-11-04T05:10Z")
    land_espn(desk, SLATE, NYK=[new, old])
    rows, _ = read(desk)
    assert [row["status"] for row in rows] == ["questionable"]


def test_two_words_for_one_man_of_one_instant_keep_the_second_aside(desk: Desk) -> None:
    both = [espn_injury("Jalen Brunson", "Out"), espn_injury("Jalen Brunson", "Day-To-Day")]
    land_espn(desk, SLATE, NYK=both)
    names = Names(desk, KNOWN)
    rows, _ = read(desk, names)
    assert [row["status"] for row in rows] == ["out"]
    assert "is listed twice: out and questionable" in names.unresolved[0]["reason"]


def test_a_name_that_nobody_bears_is_kept_aside_with_its_body(desk: Desk) -> None:
    path = land_espn(desk, SLATE, NYK=[espn_injury("No Body"), espn_injury("Jalen Brunson")])
    names = Names(desk, KNOWN)
    rows, _ = read(desk, names)
    assert len(rows) == 1
    assert unresolved(names) == [("No Body", "NYK")]
    assert names.unresolved[0]["landing_path"] == path


def test_an_entry_of_a_team_that_nobody_knows_is_quarantined_with_its_body(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    land_schedule(home.desk, scheduled_game(), at=SLATE - timedelta(hours=1))
    body = espn_injuries(NYK=[espn_injury("Jalen Brunson")])
    body["injuries"].append({"displayName": "Springfield", "injuries": [espn_injury("No Body")]})
    path = land(home.desk, ESPN_INJURIES, about(), body, SLATE)
    home.publish(SCHEDULE, [scheduled(tip_at=tip_of(DAY), slate_tip_at=tip_of(DAY))])
    home.publish(PLAYERS, [spelled("Jalen Brunson", "101", "NYK")])
    home.make(ENTITY, DAY)
    assert home.read(INJURIES, DAY)["player_name"].tolist() == ["Jalen Brunson"]
    ((gate, held),) = home.quarantined(INJURIES, DAY).items()
    assert gate == "every_team_is_known"
    assert held[
        ["team", "player_name", "landing_path", "quarantine_reason"]
    ].to_numpy().tolist() == [
        ["Springfield", "No Body", path, "no team is called 'Springfield', of No Body"]
    ]


def test_a_game_in_which_nobody_is_hurt_is_no_missing_game(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    games = [scheduled_game(), scheduled_game("0022500002", "LAL", "GSW")]
    land_schedule(home.desk, *games, at=SLATE - timedelta(hours=1))
    land_espn(home.desk, SLATE, NYK=[espn_injury("Jalen Brunson")])
    known: Row = {"tip_at": tip_of(DAY), "slate_tip_at": tip_of(DAY)}
    other = scheduled("LAL", "GSW", nba_game_id="0022500002", **known)
    home.publish(SCHEDULE, [scheduled(**known), other])
    home.publish(PLAYERS, [spelled("Jalen Brunson", "101", "NYK")])
    home.make(ENTITY, DAY)
    assert home.read(INJURIES, DAY)["completeness_pct"].tolist() == [100.0]


def test_a_man_of_two_teams_at_one_instant_is_of_the_first_and_kept_aside_of_the_other(
    desk: Desk,
) -> None:
    traded = Registry(
        Evidence("101", "Jalen Brunson", team, 2025, DAY - timedelta(days=9))
        for team in ("NYK", "BOS")
    )
    twice = [espn_injury("Jalen Brunson")]
    land_espn(desk, SLATE, NYK=twice, BOS=twice)
    names = Names(desk, traded)
    rows, _ = read(desk, names)
    assert [row["team"] for row in rows] == ["NYK"]
    assert "listed twice: out of NYK and out of BOS" in names.unresolved[0]["reason"]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Out", "out"),
        ("Doubtful", "doubtful"),
        ("Questionable", "questionable"),
        ("Probable", "probable"),
        ("Available", "available"),
        ("Day-To-Day", "questionable"),
        ("Suspension", "suspension"),
    ],
)
def test_a_status_is_in_our_words_or_left_for_the_gate(word: str, status: str) -> None:
    assert status_of(word) == status


def test_a_status_that_nobody_has_seen_is_quarantined(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    land_schedule(home.desk, scheduled_game(), at=SLATE - timedelta(hours=1))
    home.publish(SCHEDULE, [scheduled(tip_at=tip_of(DAY))])
    home.publish(PLAYERS, [spelled(name, i, team) for name, (i, team) in MEN.items()])
    odd = espn_injury("Jalen Brunson", "Vanished")
    land_espn(home.desk, SLATE, NYK=[odd, espn_injury("OG Anunoby")])
    assert "teams_unknown" not in home.make(ENTITY, DAY)[DAY]
    assert home.read(INJURIES, DAY)["player_name"].tolist() == ["OG Anunoby"]
    held = home.quarantined(INJURIES, DAY)["every_status_is_known"]
    assert held["quarantine_reason"].tolist() == ["NYK: Jalen Brunson is vanished"]
    once = home.bytes_of(INJURIES)
    home.make(ENTITY, DAY)
    assert home.bytes_of(INJURIES) == once


def test_the_gate_names_a_status_that_nobody_has_seen(desk: Desk) -> None:
    land_espn(desk, SLATE, NYK=[espn_injury("Jalen Brunson", "Vanished")])
    rows, _ = read(desk)
    assert unknown_statuses(frame(INJURIES, rows))["reason"].tolist() == [
        "NYK: Jalen Brunson is vanished"
    ]


CONTRACTS = SHARED / "contracts"
RECORDED = date(2024, 1, 4)
PRINTED = datetime(2024, 1, 4, 17, 30, tzinfo=UTC)


@pytest.mark.skipif(not CONTRACTS.is_dir(), reason="recorded bodies are not at ../shared/contracts")
def test_the_recorded_report_becomes_rows_and_names_who_has_not_reported(tmp_path: Path) -> None:
    body = (CONTRACTS / "nbac_injury_report/raw_f4391904.pdf").read_bytes()
    report = InjuryReport.parse(body)
    today = [row for row in report.rows if row.game_date == RECORDED]
    assert today
    silent = {team.team for team in report.not_submitted if team.game_date == RECORDED}
    desk = desk_in(tmp_path, first_date=season(2023).first, last_date=season(2023).last)
    # Tips of the evening, so that the report of noon is that of every lock.
    tip = datetime(2024, 1, 4, 18, 15, tzinfo=UTC)
    hour = datetime(2024, 1, 4, 17, tzinfo=UTC)
    subject = Subject(RECORDED, season(2023), hour=hour)
    listed = [(r.game_date, r.away, r.home) for r in report.rows]
    listed += [(r.game_date, r.away, r.home) for r in report.not_submitted]
    pairs = {(away, home) for day, away, home in listed if day == RECORDED}
    games = [
        scheduled_game(f"00223{n:05d}", away, home, RECORDED, gameDateTimeUTC=f"{tip:%FT%TZ}")
        for n, (away, home) in enumerate(sorted(pairs), 1)
    ]
    file = {"leagueSchedule": {"seasonYear": "2023-24", "gameDates": [{"games": games}]}}
    land(desk, NBA_SCHEDULE, Subject(RECORDED, season(2023)), file, hour - timedelta(days=1))
    desk.zone.keep(NBA_INJURY_REPORT.requests(subject)[1], PRINTED + timedelta(minutes=5), body)
    known = Registry(
        Evidence(str(n), row.player_name, row.team, 2023, RECORDED)
        for n, row in enumerate(today, 1)
    )
    rows_of_schedule = [
        scheduled(away, home, RECORDED, nba_game_id=f"00223{n:05d}", tip_at=tip, slate_tip_at=tip)
        for n, (away, home) in enumerate(sorted(pairs), 1)
    ]
    names = Names(desk, known)
    rows, notes = injury_rows(desk, names, frame(SCHEDULE, rows_of_schedule), [RECORDED])
    keyed(INJURIES, rows)
    assert names.unresolved == []
    assert {(row["player_name"], row["team"], row["status"]) for row in rows} == {
        (row.player_name, row.team, row.status.lower()) for row in today
    }
    assert {row["reported_at"] for row in rows} == {PRINTED}
    if silent:
        (at_lock,) = notes[RECORDED].not_submitted
        assert all(team in at_lock for team in silent)
        assert not silent & {row["team"] for row in rows}


@pytest.mark.skipif(not CONTRACTS.is_dir(), reason="recorded bodies are not at ../shared/contracts")
def test_balldontlies_recorded_injuries_become_rows(desk: Desk) -> None:
    body = (CONTRACTS / "bdl_injuries/raw_49fd60fb.json").read_bytes()
    page = Injuries.parse(body)
    last = page.model_copy(update={"meta": None}).model_dump_json().encode()
    desk.zone.keep(BDL_INJURIES.requests(about())[0], SLATE, last)
    names = Names(desk, KNOWN)
    rows, _ = read(desk, names)
    of_both = [i for i in page.data if i.player.team_id in (2, 20)]
    assert len(rows) + len(names.unresolved) == len(of_both) > 0


def test_a_sandbox_date_has_the_reports_of_its_cut_offs(tmp_path: Path) -> None:
    feeds = (NBA_SCHEDULE, NBA_PLAYERS, NBA_LINEUPS, NBA_INJURY_REPORT, ESPN_INJURIES)
    home = sandbox_home(tmp_path, feeds, DAY)
    home.make(raw_schedule.ENTITY, DAY)
    home.make(raw_players.ENTITY)
    home.make(ENTITY, DAY)
    rows = home.read(INJURIES, DAY)
    assert "sandbox:nba_injury_report" in set(rows["source"])
    assert rows["observed_at"].nunique() > 1
    assert set(rows["status"]) <= {"available", "probable", "questionable", "doubtful", "out"}
    assert not home.quarantined(INJURIES, DAY)
    lock = rows[rows["source"] == "sandbox:nba_injury_report"]["observed_at"].max()
    assert lock > rows["observed_at"].min()


def test_a_date_that_nobody_speaks_of_is_published_empty_and_says_so(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    land_schedule(home.desk, scheduled_game(), at=SLATE - timedelta(hours=1))
    home.publish(SCHEDULE, [scheduled(tip_at=tip_of(DAY))])
    home.publish(PLAYERS, [])
    facts = home.make(ENTITY, DAY)[DAY]
    assert (facts["dagster/partition_row_count"], facts["state"]) == (0, "empty")
    assert facts["teams_unknown"] == "all teams at 15:00Z; all teams at 23:29Z"


def test_what_was_said_in_the_morning_is_known_at_the_lock(desk: Desk) -> None:
    land_espn(desk, SLATE, NYK=[espn_injury("Jalen Brunson")])
    assert read(desk)[1].unknown == []
