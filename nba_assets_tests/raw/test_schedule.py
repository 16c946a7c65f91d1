from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_assets.gates.audit import contract_breaks
from nba_assets.landing.desk import Desk
from nba_assets.partitions import results_instant, slate_instant
from nba_assets.raw.entity import DateNotes
from nba_assets.raw.gates import games_of_unknown_teams
from nba_assets.raw.schedule import game_id, is_bootstrap, schedule_rows
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feeds.balldontlie import BDL_GAMES
from nba_assets.sources.feeds.espn import ESPN_SCOREBOARD
from nba_assets_tests.raw.payloads import (
    GAME,
    SEASON,
    desk_in,
    land,
    land_schedule,
    scheduled_game,
    subject,
    tip_of,
)
from nba_assets_tests.raw.rows import DAY, Row, frame

NEXT_DAY = DAY + timedelta(days=1)
MORNING = slate_instant(DAY) - timedelta(hours=1)
NIGHT_OVER = results_instant(DAY) - timedelta(hours=3)

NOT_PLAYED: Row = {"gameStatus": 1, "gameStatusText": "7:00 pm ET"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def read(desk: Desk, days: Sequence[date] = (DAY,)) -> tuple[list[Row], dict[date, DateNotes]]:
    """Rows that keep the contract's types, and the notes beside them."""
    rows, notes = schedule_rows(desk, days)
    SCHEDULE.rows(rows)
    return rows, notes


def test_a_game_id_says_date_away_and_home() -> None:
    assert game_id(date(2026, 1, 9), "BOS", "NYK") == "20260109_BOS_NYK"


def test_a_final_game_is_read_field_by_field(desk: Desk) -> None:
    television = {
        "nationalTvBroadcasters": [
            {"broadcasterDisplay": "ESPN"},
            {"broadcasterDisplay": None},
            {"broadcasterDisplay": "ABC"},
        ]
    }
    overtime = scheduled_game(gameStatusText="Final/OT2", broadcasters=television)
    path = land_schedule(desk, overtime, at=NIGHT_OVER)
    (row,), notes = read(desk)
    assert row == {
        "game_date": DAY,
        "game_id": "20251105_BOS_NYK",
        "nba_game_id": GAME,
        "season_year": 2025,
        "season_type": "regular",
        "home_team": "NYK",
        "away_team": "BOS",
        "tip_at": tip_of(DAY),
        "status": "final",
        "home_score": 100,
        "away_score": 97,
        "overtime_periods": 2,
        "arena": "Madison Square Garden",
        "is_neutral": False,
        "national_tv": "ESPN, ABC",
        "original_date": None,
        "source": "nba_schedule",
        "source_score": 100,
        "quality_score": 100,
        "quality_tier": "gold",
        "completeness_pct": 100.0,
        "is_degraded": False,
        "degraded_reasons": [],
        "is_bootstrap": True,
        "observed_at": NIGHT_OVER,
        "landing_path": path,
    }
    assert notes[DAY] == DateNotes()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        (NOT_PLAYED, "scheduled"),
        ({"gameStatus": 2, "gameStatusText": "Q3 2:10"}, "live"),
        ({"gameStatus": 1, "gameStatusText": "PPD"}, "postponed"),
        ({"gameStatus": 1, "gameStatusText": "7:00 pm ET", "postponedStatus": "P"}, "postponed"),
        ({"gameStatus": 1, "gameStatusText": "Cancelled"}, "cancelled"),
    ],
)
def test_a_game_that_is_not_final_has_a_status_and_no_score(
    desk: Desk, changes: Row, status: str
) -> None:
    land_schedule(desk, scheduled_game(**changes))
    (row,), _ = read(desk)
    assert row["status"] == status
    assert row["home_score"] is row["away_score"] is row["overtime_periods"] is None


@pytest.mark.parametrize(
    ("kind", "season_type"),
    [
        ("001", "preseason"),
        ("002", "regular"),
        ("004", "playoffs"),
        ("005", "play_in"),
        ("006", "cup_final"),
        ("009", "unknown"),
    ],
)
def test_the_season_type_is_the_third_digit_of_the_id(
    desk: Desk, kind: str, season_type: str
) -> None:
    land_schedule(desk, scheduled_game(f"{kind}2500007", gameLabel="Emirates NBA Cup"))
    (row,), _ = read(desk)
    assert row["season_type"] == season_type
    assert row["nba_game_id"] == f"{kind}2500007"


def test_the_date_is_the_eastern_one_and_the_tip_is_utc(desk: Desk) -> None:
    # 22:30 in Los Angeles is the next morning in UTC, and in Eastern clocks too.
    late = scheduled_game(gameDateTimeUTC="2025-11-06T06:30:00Z")
    land_schedule(desk, late)
    (row,), _ = read(desk)
    assert row["game_date"] == DAY
    assert row["tip_at"] == datetime(2025, 11, 6, 6, 30, tzinfo=UTC)


def test_a_game_without_two_teams_is_counted_and_no_row(desk: Desk) -> None:
    land_schedule(
        desk,
        scheduled_game(),
        scheduled_game("0022501201", None, None),
        scheduled_game("0022501202", "LAL", None),
    )
    rows, notes = read(desk)
    assert [row["nba_game_id"] for row in rows] == [GAME]
    assert notes[DAY].left_out == [
        "0022501201: not a game yet: its teams are not known",
        "0022501202: not a game yet: its teams are not known",
    ]


@pytest.mark.parametrize(("away", "home"), [("CHK", "SHQ"), ("RMD", "NYK"), ("BOS", "FLA")])
def test_guests_and_all_star_sides_are_left_out(desk: Desk, away: str, home: str) -> None:
    land_schedule(desk, scheduled_game(), scheduled_game("0032500001", away, home))
    rows, notes = read(desk)
    assert [row["nba_game_id"] for row in rows] == [GAME]
    assert notes[DAY].left_out == ["0032500001: not between two teams of the league"]


def test_an_unknown_side_keeps_the_providers_word_for_the_gate(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(away="XYZ"))
    (row,), _ = read(desk)
    assert (row["away_team"], row["game_id"]) == ("XYZ", "20251105_XYZ_NYK")


def test_a_providers_alias_becomes_the_tricode(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(away="BRK", home="GS"))
    (row,), _ = read(desk)
    assert (row["away_team"], row["home_team"]) == ("BKN", "GSW")


def test_identical_copies_are_one_row_and_counted(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(), scheduled_game())
    rows, notes = read(desk)
    assert len(rows) == 1
    assert notes[DAY].collapsed == 1


def test_copies_that_differ_stay_for_the_key_gate(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(), scheduled_game(arenaName="Barclays Center"))
    rows, notes = read(desk)
    assert len(rows) == 2
    assert notes[DAY].collapsed == 0


def test_slate_columns_are_cut_at_ten_in_the_morning(desk: Desk) -> None:
    earlier = f"{tip_of(DAY) - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
    land_schedule(desk, scheduled_game(gameDateTimeUTC=earlier, **NOT_PLAYED), at=MORNING)
    land_schedule(desk, scheduled_game(), at=NIGHT_OVER)
    (row,), _ = read(desk)
    assert row["slate_tip_at"] == tip_of(DAY) - timedelta(hours=2)
    assert row["slate_observed_at"] == MORNING
    assert row["tip_at"] == tip_of(DAY)
    assert (row["status"], row["observed_at"]) == ("final", NIGHT_OVER)


def test_a_file_of_a_minute_past_ten_is_no_slate(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(), at=slate_instant(DAY) + timedelta(minutes=1))
    (row,), _ = read(desk)
    assert "slate_tip_at" not in row
    assert "slate_observed_at" not in row


def test_a_game_that_moved_after_the_slate_stays_as_postponed(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(**NOT_PLAYED), at=MORNING)
    land_schedule(desk, scheduled_game(day=NEXT_DAY, **NOT_PLAYED), at=NIGHT_OVER)
    (old,), _ = read(desk)
    assert old["game_id"] == "20251105_BOS_NYK"
    assert old["status"] == "postponed"
    assert old["nba_game_id"] == GAME
    assert (old["slate_tip_at"], old["slate_observed_at"]) == (tip_of(DAY), MORNING)
    assert old["home_score"] is None
    (new,), _ = read(desk, [NEXT_DAY])
    assert new["game_id"] == "20251106_BOS_NYK"
    assert (new["nba_game_id"], new["status"]) == (GAME, "scheduled")


def test_a_game_that_the_newest_file_has_lost_is_still_expected(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(**NOT_PLAYED), at=MORNING)
    land_schedule(desk, scheduled_game("0022500002", "LAL", "GSW"), at=NIGHT_OVER)
    rows, _ = read(desk)
    assert {row["nba_game_id"]: row["status"] for row in rows} == {
        GAME: "scheduled",
        "0022500002": "final",
    }


def test_a_moved_game_names_the_date_it_had_on_opening_night(desk: Desk) -> None:
    opening = slate_instant(SEASON.first) - timedelta(days=1)
    stayed = scheduled_game("0022500002", "LAL", "GSW")
    land_schedule(desk, scheduled_game(day=DAY - timedelta(days=3)), stayed, at=opening)
    land_schedule(desk, scheduled_game(), stayed, at=NIGHT_OVER)
    rows, _ = read(desk)
    assert {row["nba_game_id"]: row["original_date"] for row in rows} == {
        GAME: DAY - timedelta(days=3),
        "0022500002": None,
    }


def test_a_game_that_moved_before_the_slate_leaves_no_row(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(**NOT_PLAYED), at=MORNING - timedelta(days=3))
    land_schedule(desk, scheduled_game(day=NEXT_DAY, **NOT_PLAYED), at=MORNING)
    rows, notes = read(desk)
    assert rows == []
    assert notes[DAY].missing_input == ""


def test_a_corrected_file_that_is_refused_leaves_the_one_before(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(), at=NIGHT_OVER - timedelta(hours=1))
    broken = scheduled_game()
    del broken["gameStatus"]
    path = land_schedule(desk, broken, at=NIGHT_OVER)
    (row,), notes = read(desk)
    assert row["observed_at"] == NIGHT_OVER - timedelta(hours=1)
    (passed_over,) = notes[DAY].passed_over
    assert passed_over.startswith(path)
    assert "gameStatus" in passed_over


def test_no_file_is_a_missing_input_and_not_a_date_without_games(desk: Desk) -> None:
    rows, notes = read(desk)
    assert rows == []
    assert "no season file that is accepted for 2025-11-05" in notes[DAY].missing_input


def test_a_file_that_came_after_the_instant_is_not_known(desk: Desk) -> None:
    land_schedule(desk, scheduled_game(), at=results_instant(DAY) + timedelta(seconds=1))
    rows, notes = read(desk)
    assert rows == []
    assert notes[DAY].missing_input


def test_a_date_between_seasons_has_no_rows_and_misses_nothing(desk: Desk) -> None:
    summer = date(2026, 8, 1)
    rows, notes = read(desk, [summer])
    assert rows == []
    assert notes[summer] == DateNotes()


@pytest.mark.parametrize(
    ("own", "is_neutral"), [("Madison Square Garden", False), ("Accor Arena", True), (None, None)]
)
def test_a_file_without_the_flag_tells_a_neutral_arena_by_the_home_games(
    desk: Desk, own: str | None, is_neutral: bool | None
) -> None:
    elsewhere = [scheduled_game(f"002250010{n}", day=DAY + timedelta(days=2 * n)) for n in (1, 2)]
    land_schedule(desk, scheduled_game(isNeutral=None, arenaName=own), *elsewhere)
    (row,), _ = read(desk)
    assert row["is_neutral"] is is_neutral
    assert row["arena"] == own


@pytest.mark.parametrize(
    ("day", "first_date", "expected"),
    [
        (date(2025, 10, 21), date(2025, 10, 21), True),
        (date(2025, 11, 3), date(2025, 10, 21), True),
        (date(2025, 11, 4), date(2025, 10, 21), False),
        (date(2026, 1, 14), date(2026, 1, 1), True),
        (date(2026, 1, 15), date(2026, 1, 1), False),
        (date(2025, 10, 20), date(2025, 10, 21), False),
    ],
)
def test_bootstrap_is_14_days_from_opening_night_or_the_first_date(
    day: date, first_date: date, expected: bool
) -> None:
    assert is_bootstrap(day, first_date) is expected


def test_simulated_rows_say_so(tmp_path: Path) -> None:
    desk = desk_in(tmp_path, source="sandbox", replay_roots=())
    land_schedule(desk, scheduled_game())
    (row,), _ = read(desk)
    assert row["source"] == "sandbox:nba_schedule"


def espn_board(*events: Row) -> Row:
    """ESPN's board with these events; the date is in its calendar."""
    return {"leagues": [{"calendar": [f"{DAY}T08:00Z"]}], "events": list(events)}


def espn_event(away: str = "BOS", home: str = "NY", *, event_id: str = "401", **status: Any) -> Row:
    """A game as ESPN lists it, final 97-100 unless `status` says otherwise."""
    final = {"name": "STATUS_FINAL", "state": "post", "completed": True}
    return {
        "id": event_id,
        "season": {"year": 2026, "type": 2},
        "competitions": [
            {
                "date": f"{tip_of(DAY):%Y-%m-%dT%H:%MZ}",
                "status": {"type": final | status},
                "competitors": [
                    {"homeAway": which, "score": score, "team": {"id": "1", "abbreviation": code}}
                    for which, score, code in (("home", "100", home), ("away", "97", away))
                ],
            }
        ],
    }


def bdl_page(*games: tuple[str, str]) -> Row:
    """BallDontLie's games of the date."""
    return {
        "meta": {"per_page": 100},
        "data": [
            {
                "id": 70 + n,
                "date": f"{DAY}",
                "datetime": f"{tip_of(DAY):%Y-%m-%dT%H:%M:%SZ}",
                "season": 2025,
                "status": "Final",
                "period": 4,
                "postseason": False,
                "home_team_score": 100,
                "visitor_team_score": 97,
                "home_team": {"id": 20, "abbreviation": home, "full_name": home},
                "visitor_team": {"id": 2, "abbreviation": away, "full_name": away},
            }
            for n, (away, home) in enumerate(games)
        ],
    }


def land_board(desk: Desk, body: Row, at: datetime = NIGHT_OVER) -> str:
    return land(desk, ESPN_SCOREBOARD, subject(ESPN_SCOREBOARD), body, at)


def land_bdl(desk: Desk, body: Row, at: datetime = NIGHT_OVER) -> str:
    return land(desk, BDL_GAMES, subject(BDL_GAMES), body, at)


def test_without_a_season_file_espn_lists_the_games(desk: Desk) -> None:
    unplayed: Row = {"name": "STATUS_SCHEDULED", "state": "pre", "completed": False}
    land_board(desk, espn_board(espn_event(**unplayed)), MORNING)
    path = land_board(desk, espn_board(espn_event()))
    land_bdl(desk, bdl_page(("BOS", "NYK"), ("LAL", "GSW")))
    (row,), notes = read(desk)
    assert row == {
        "game_date": DAY,
        "game_id": "20251105_BOS_NYK",
        "nba_game_id": None,
        "season_year": 2025,
        "season_type": "regular",
        "home_team": "NYK",
        "away_team": "BOS",
        "tip_at": tip_of(DAY),
        "status": "final",
        "home_score": 100,
        "away_score": 97,
        "overtime_periods": None,
        "arena": None,
        "is_neutral": None,
        "national_tv": None,
        "original_date": None,
        "slate_tip_at": tip_of(DAY),
        "slate_observed_at": MORNING,
        "source": "espn_scoreboard",
        "source_score": 90,
        "quality_score": 90,
        "quality_tier": "silver",
        "completeness_pct": 100.0,
        "is_degraded": True,
        "degraded_reasons": ["espn_scoreboard instead of nba_schedule: no nba_schedule body"],
        "is_bootstrap": False,
        "observed_at": NIGHT_OVER,
        "landing_path": path,
    }
    assert notes[DAY] == DateNotes()
    assert contract_breaks(SCHEDULE, SCHEDULE.rows([row]), [DAY]) == {}
    expected = desk.expected(DAY)
    assert expected is not None
    (game,) = expected
    assert (game.nba_game_id, game.away, game.home) == ("", "BOS", "NYK")


def test_without_espn_balldontlie_lists_the_games(desk: Desk) -> None:
    refused = land_board(desk, espn_board())
    land_bdl(desk, bdl_page(("BOS", "NYK"), ("LAL", "GSW")))
    rows, notes = read(desk)
    assert {row["game_id"] for row in rows} == {"20251105_BOS_NYK", "20251105_LAL_GSW"}
    assert {(row["source"], row["source_score"], row["nba_game_id"]) for row in rows} == {
        ("bdl_games", 85, None)
    }
    (reason,) = {reason for row in rows for reason in row["degraded_reasons"]}
    assert reason.startswith("bdl_games instead of nba_schedule: no nba_schedule body; empty: ")
    assert refused not in reason
    (passed_over,) = notes[DAY].passed_over
    assert passed_over.startswith(refused)


def test_a_season_file_that_was_refused_is_the_reason_for_the_list(desk: Desk) -> None:
    broken = scheduled_game()
    del broken["gameStatus"]
    path = land_schedule(desk, broken, at=NIGHT_OVER)
    land_board(desk, espn_board(espn_event()))
    (row,), notes = read(desk)
    (reason,) = row["degraded_reasons"]
    assert "gameStatus" in reason
    assert path not in reason
    assert notes[DAY].passed_over[0].startswith(path)


def test_a_season_file_beats_every_list(desk: Desk) -> None:
    land_board(desk, espn_board(espn_event("LAL", "GS")))
    land_schedule(desk, scheduled_game(), at=MORNING)
    (row,), _ = read(desk)
    assert (row["source"], row["is_degraded"]) == ("nba_schedule", False)


def test_an_empty_page_of_balldontlie_is_not_a_date_without_games(desk: Desk) -> None:
    land_bdl(desk, bdl_page())
    rows, notes = read(desk)
    assert rows == []
    assert notes[DAY].missing_input == (
        "landing/nba_schedule holds no season file that is accepted for 2025-11-05,"
        " landing/espn_scoreboard no body, landing/bdl_games no game, which may be late"
    )


def test_a_board_without_games_whose_calendar_agrees_is_a_date_without_games(desk: Desk) -> None:
    land_board(desk, {"leagues": [{"calendar": []}], "events": []})
    rows, notes = read(desk)
    assert rows == []
    assert notes[DAY].missing_input == ""


def test_a_team_that_a_list_alone_knows_keeps_its_word_for_the_gate(desk: Desk) -> None:
    land_board(desk, espn_board(espn_event(), espn_event("CHK", "SHQ"), espn_event("XYZ", "GS")))
    rows, notes = read(desk)
    unknown = games_of_unknown_teams(frame(SCHEDULE, rows))
    assert unknown["game_id"].tolist() == ["20251105_XYZ_GSW"]
    assert notes[DAY].left_out == ["401: not between two teams of the league"]
