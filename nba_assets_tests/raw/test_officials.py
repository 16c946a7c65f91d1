import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.landing.desk import Reading
from nba_assets.partitions import dates_between, results_instant, season, slate_instant
from nba_assets.raw import schedule
from nba_assets.raw.officials import (
    ENTITY,
    OFFICIALS,
    Crew,
    crew_rows,
    officials_named_twice,
)
from nba_assets.raw.schedule import game_id, schedule_rows
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_SCHEDULE
from nba_assets.sources.feeds.nba_slate import NBA_OFFICIALS
from nba_assets.sources.nba_officials import Official
from nba_assets_tests.platform import SHARED
from nba_assets_tests.raw.entities import Home, home_in, sandbox_home
from nba_assets_tests.raw.payloads import GAME, SEASON, Body, box, land_box
from nba_assets_tests.raw.rows import DAY, frame, player, scheduled

OUR_GAME = game_id(DAY, "BOS", "NYK")
SLATE = slate_instant(DAY)
SCHEDULED = scheduled(slate_tip_at=datetime.fromisoformat("2025-11-06T00:00Z"))
BEFORE_LOCK = datetime.fromisoformat("2025-11-05T23:30Z")
MORNING, EVENING = SLATE - timedelta(hours=1), SLATE + timedelta(hours=2)
NIGHT = results_instant(DAY) - timedelta(hours=8)

ANN, BOB, CY, DEE = (Official(n, 100 + n, name) for n, name in enumerate(("Ann", "Bob", "Cy", "Dee"), 1))  # fmt: skip


def announced(*officials: Official, nba_game_id: str = GAME) -> Body:
    row: Body = {
        "game_id": nba_game_id,
        "game_date": f"{DAY:%m/%d/%Y}",
        "home_team_abbr": "NYK",
        "away_team_abbr": "BOS",
    }
    for n, official in enumerate(officials, 1):
        row |= {f"official{n}": official.name, f"official{n}_code": official.person_id}
    return {"nba": {"Table": {"rows": [row]}}}


def land_announced(home: Home, body: Body, at: datetime = MORNING) -> None:
    (request,) = NBA_OFFICIALS.requests(Subject(DAY, SEASON))
    home.desk.zone.keep(request, at, json.dumps(body).encode())


def land_worked(home: Home, *names: str, **ids: int) -> None:
    listed = [{"name": name} | ({"personId": ids[name]} if name in ids else {}) for name in names]
    land_box(home.desk, box(officials=listed), NIGHT)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = home_in(tmp_path)
    home.publish(SCHEDULE, [SCHEDULED])
    return home


def made(home: Home) -> pd.DataFrame:
    home.make(ENTITY, DAY)
    return home.read(OFFICIALS, DAY)


def columns(rows: pd.DataFrame, *names: str) -> list[list[Any]]:
    found = rows[list(names)].astype(object)
    return found.where(found.notna(), None).values.tolist()


def test_before_the_game_the_announced_list_is_the_list(home: Home) -> None:
    land_announced(home, announced(ANN, BOB, CY, DEE))
    rows = made(home)
    assert columns(rows, "list_position", "official_id", "official_name", "is_crew_chief") == [
        [1, "101", "Ann", True],
        [2, "102", "Bob", False],
        [3, "103", "Cy", False],
        [4, "104", "Dee", False],
    ]
    assert rows["worked"].isna().all()
    assert rows["assigned_before_tip"].all()
    assert rows["announced_position"].tolist() == [1, 2, 3, 4]
    assert set(rows["announced_observed_at"]) == {pd.Timestamp(MORNING)}
    assert set(rows["source"]) == {"nba_officials"}


def test_after_the_game_who_worked_stands_first_and_the_announced_list_stays_readable(
    home: Home,
) -> None:
    land_announced(home, announced(ANN, BOB, CY, DEE))
    land_worked(home, "Bob", "Eve", "Ann", Bob=102, Eve=105)
    rows = made(home)
    assert columns(
        rows, "official_name", "official_id", "is_crew_chief", "worked", "announced_position", "source"
    ) == [
        ["Bob", "102", True, True, 2, "nba_boxscore"],
        ["Eve", "105", False, True, None, "nba_boxscore"],
        ["Ann", "101", False, True, 1, "nba_boxscore"],  # the box score has no id of hers
        ["Cy", "103", False, False, 3, "nba_officials"],
        ["Dee", "104", False, False, 4, "nba_officials"],
    ]  # fmt: skip
    as_announced = rows[rows["assigned_before_tip"]].sort_values("announced_position")
    assert as_announced["official_name"].tolist() == ["Ann", "Bob", "Cy", "Dee"]


def test_without_an_announced_list_nobody_knows_who_was_assigned(home: Home) -> None:
    land_worked(home, "Ann", "Bob", "Cy")
    rows = made(home)
    assert (
        columns(rows, "official_id", "assigned_before_tip", "announced_observed_at")
        == [[None, None, None]] * 3
    )
    assert rows["is_crew_chief"].tolist() == [True, False, False]


def test_a_later_list_does_not_change_what_the_slate_knew(home: Home) -> None:
    land_announced(home, announced(ANN, BOB, CY))
    land_announced(home, announced(DEE, BOB, CY), EVENING)
    assert made(home)["official_name"].tolist() == ["Ann", "Bob", "Cy"]


def test_a_list_that_came_after_the_slate_is_known_from_its_own_instant_on(home: Home) -> None:
    land_announced(home, announced(ANN, BOB, CY), EVENING)
    assert set(made(home)["announced_observed_at"]) == {pd.Timestamp(EVENING)}


def test_a_list_that_came_after_the_lock_was_never_announced(home: Home) -> None:
    land_announced(home, announced(ANN, BOB, CY), BEFORE_LOCK + timedelta(seconds=1))
    assert made(home).empty
    land_announced(home, announced(ANN, BOB, CY), BEFORE_LOCK)
    assert len(made(home)) == 3


def test_a_list_of_another_game_is_told_in_the_metadata(home: Home) -> None:
    land_announced(home, announced(ANN, nba_game_id="0022500999"))
    facts = home.make(ENTITY, DAY)[DAY]
    assert facts["unmatched"] == f"{GAME} is not in the announced list of {DAY}"
    assert home.read(OFFICIALS, DAY).empty


def test_a_game_whose_id_no_schedule_tells_is_found_by_its_sides(home: Home) -> None:
    home.publish(SCHEDULE, [SCHEDULED | {"nba_game_id": None}])
    land_announced(home, announced(ANN))
    assert made(home)["official_name"].tolist() == ["Ann"]


def test_a_game_without_officials_does_not_hold_its_date(home: Home) -> None:
    facts = home.make(ENTITY, DAY)[DAY]
    assert facts["state"] == "degraded"
    assert facts["reasons"] == (
        f"every_game_has_officials: {OUR_GAME} has no officials from nba_boxscore or nba_officials"
    )


@pytest.mark.parametrize("status", ["postponed", "cancelled"])
def test_a_game_that_was_called_off_has_no_officials(home: Home, status: str) -> None:
    home.publish(SCHEDULE, [SCHEDULED | {"status": status}])
    land_announced(home, announced(ANN, BOB, CY))
    assert home.make(ENTITY, DAY)[DAY]["state"] == "empty"


def test_an_official_is_known_again_by_id_before_name_and_by_name_without_one() -> None:
    worked = Crew((Official(1, 101, "A. Nother"), Official(2, None, "BÖB")), Reading(path="box"))
    rows = crew_rows(worked, Crew((ANN, BOB), Reading(path="list")))
    assert [(r["official_name"], r["official_id"], r["announced_position"]) for r, *_ in rows] == [
        ("A. Nother", "101", 1),
        ("BÖB", "102", 2),
    ]
    namesake = Crew((Official(1, 999, "Ann"),), Reading(path="box"))
    assert [r["worked"] for r, *_ in crew_rows(namesake, Crew((ANN,), Reading(path="list")))] == [
        True,
        False,
    ]


def official_row(position: int, name: str, official_id: str | None = None) -> dict[str, Any]:
    common = {k: v for k, v in player("1").items() if k in OFFICIALS.column_names}
    return common | {
        "list_position": position,
        "official_name": name,
        "official_id": official_id,
        "is_crew_chief": position == 1,
    }


def test_an_official_who_stands_twice_in_a_list_is_named() -> None:
    rows = [
        official_row(1, "Ann", "101"),
        official_row(2, "Bob"),
        official_row(3, "Anne", "101"),
        official_row(4, "bob"),
    ]
    found = officials_named_twice(frame(OFFICIALS, rows))
    assert found["official_name"].tolist() == ["Anne", "bob"]
    assert officials_named_twice(frame(OFFICIALS, rows[:2])).empty


def test_a_list_with_one_man_twice_is_quarantined_whole(home: Home) -> None:
    land_announced(home, announced(ANN, BOB, BOB))
    assert made(home).empty
    assert len(home.quarantined(OFFICIALS, DAY)["nobody_officiates_twice_in_a_game"]) == 3


def test_sandbox_nights_have_crews_and_a_range_run_equals_its_days(tmp_path: Path) -> None:
    days = dates_between(date(2025, 11, 5), date(2025, 11, 6))
    home = sandbox_home(tmp_path, (NBA_SCHEDULE, NBA_OFFICIALS, NBA_BOXSCORE), *days)
    home.make(schedule.ENTITY, *days)
    for day in days:
        home.make(ENTITY, day)
    daily = home.bytes_of(OFFICIALS)
    home.make(ENTITY, *days)
    assert home.bytes_of(OFFICIALS) == daily
    rows = home.read(OFFICIALS, *days)
    games = home.read(SCHEDULE, *days)
    chiefs = rows[rows["is_crew_chief"]]
    assert sorted(chiefs["game_id"]) == sorted(games["game_id"])
    assert rows["assigned_before_tip"].notna().all()
    assert rows["worked"].sum() == 3 * len(games)


@pytest.mark.skipif(
    not (SHARED / "replay").is_dir(), reason="recorded seasons are not at ../shared/replay"
)
def test_every_recorded_game_of_a_week_has_a_crew_of_three(tmp_path: Path) -> None:
    days = dates_between(date(2024, 1, 1), date(2024, 1, 7))
    home = home_in(tmp_path, landing_url=SHARED / "replay", first_date=days[0], last_date=days[-1])
    home.publish(SCHEDULE, schedule_rows(home.desk, days)[0])
    facts = home.make(ENTITY, *days)
    assert {entry["state"] for entry in facts.values()} == {"published"}
    rows = home.read(OFFICIALS, *days)
    assert set(rows.groupby("game_id").size()) == {3}
    assert rows["game_id"].nunique() == len(home.read(SCHEDULE, *days))
    assert rows["assigned_before_tip"].isna().all()
    assert rows["official_id"].isna().any()  # the archive names many without an id


@pytest.mark.skipif(
    not (SHARED / "contracts").is_dir(), reason="recorded bodies are not at ../shared/contracts"
)
def test_the_recorded_list_of_officials_becomes_rows(tmp_path: Path) -> None:
    day = date(2025, 1, 8)
    (path,) = (SHARED / "contracts/nbac_referee_assignments").glob("raw_*.json")
    body = path.read_bytes()
    home = home_in(tmp_path, first_date=day, last_date=day)
    assignments = json.loads(body)["nba"]["Table"]["rows"]
    home.publish(
        SCHEDULE,
        [
            scheduled(a["away_team_abbr"], a["home_team_abbr"], day, nba_game_id=a["game_id"])
            for a in assignments
        ],
    )
    (request,) = NBA_OFFICIALS.requests(Subject(day, season(2024)))
    home.desk.zone.keep(request, slate_instant(day), body)
    home.make(ENTITY, day)
    rows = home.read(OFFICIALS, day)
    assert len(rows) == 3 * len(assignments) == 24
    first = rows[rows["nba_game_id"] == "0022400509"]
    assert columns(first, "official_name", "official_id", "is_crew_chief") == [
        ["John Goble", "101284", True],
        ["Ray Acosta", "1626300", False],
        ["Robert Hussey", "1628480", False],
    ]
