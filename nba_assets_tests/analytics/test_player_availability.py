"""Who is on the slate and whether he can play, by a real DuckDB over literal rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import PLAYER_AVAILABILITY, UPCOMING_GAMES
from nba_assets.raw.injuries import INJURIES
from nba_assets.raw.lineups import LINEUPS
from nba_assets.raw.rosters import ROSTERS
from nba_assets.raw.schedule import game_id
from nba_assets.raw.tables import SCHEDULE
from nba_assets_tests.analytics.world import World, in_lineup, slate
from nba_assets_tests.raw.rows import DAY, Row, dnp, player, scheduled

MORNING_AT = datetime.combine(DAY, time(15), UTC)
LOCK_AT = datetime.combine(DAY, time(22, 30), UTC)
EARLY = MORNING_AT - timedelta(hours=2)
LATE = LOCK_AT - timedelta(minutes=10)
EIGHT = tuple(f"n{n}" for n in range(1, 9))
STATUSES = {"played": player, "dnp": dnp, "inactive": dnp}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World(tmp_path)
    found.publish(UPCOMING_GAMES, slate())
    return found


def before(days: int) -> date:
    return DAY - timedelta(days=days)


def listed(
    days_ago: int,
    men: Iterable[str] | Mapping[str, str],
    team: str = "NYK",
    opponent: str = "PHI",
    **changes: Any,
) -> list[Row]:
    """The box rows of one side of an earlier game."""
    day = before(days_ago)
    pair = (opponent, team)
    rows = []
    for man, status in dict.fromkeys(men, "played").items() if not isinstance(men, Mapping) else men.items():  # fmt: skip
        made = STATUSES[status](man, team, opponent)
        made |= {"game_date": day, "game_id": game_id(day, *pair), "player_status": status}
        rows.append(made | {"is_win": True} | changes)
    return rows


def remember(world: World, rows: Iterable[Row], *, unpublished: Sequence[date] = ()) -> None:
    """Publish box rows of earlier dates, and the games that they are of as expected ones."""
    rows = list(rows)
    days = sorted({row["game_date"] for row in rows})
    games = {
        row["game_id"]: scheduled(row["opponent"], row["team"], row["game_date"])
        | {"game_id": row["game_id"], "season_year": row["season_year"]}
        for row in rows
    }
    kept = [row for row in rows if row["game_date"] not in unpublished]
    world.publish(SCHEDULE, games.values(), days)
    world.publish(PLAYER_GAME_SUMMARY, kept, days)


def rostered(
    men: Iterable[str], team: str = "NYK", observed_at: datetime = EARLY, **changes: Any
) -> list[Row]:
    whole = player("0")
    return [
        {
            name: whole[name]
            for name in ("source_score", "quality_score", "quality_tier", "completeness_pct",
                         "is_degraded", "degraded_reasons", "is_bootstrap", "landing_path")
        }
        | {
            "game_date": DAY,
            "game_id": game_id(DAY, "BOS", "NYK"),
            "season_year": 2025,
            "team": team,
            "player_id": man,
            "nba_player_id": man,
            "player_name": f"Rostered {man}",
            "player_lookup": f"rostered{man}",
            "snapshot_age_days": 0,
            "source": "nba_rosters",
            "observed_at": observed_at,
        }
        | changes
        for man in men
    ]  # fmt: skip


def reported(
    man: str, status: str, observed_at: datetime = EARLY, team: str = "NYK", **changes: Any
) -> Row:
    (row,) = rostered([man], team, observed_at)
    row.pop("snapshot_age_days")
    return row | {"status": status, "player_name": f"Reported {man}", "source": "nba_injury_report"} | changes  # fmt: skip


def dressed(
    men: Iterable[str], observed_at: datetime = LATE, team: str = "NYK", **changes: Any
) -> list[Row]:
    opponent = "BOS" if team == "NYK" else "NYK"
    return [
        in_lineup(man, observed_at, team=team, opponent=opponent, is_starter=n < 5)
        | {"position": "C" if n < 5 else None}
        | changes
        for n, man in enumerate(men)
    ]


def found(world: World, cutoff: str = "morning", team: str = "NYK") -> pd.DataFrame:
    rows = world.read(PLAYER_AVAILABILITY)
    assert not rows.duplicated(["game_id", "player_id", "cutoff"]).any()
    own = rows[(rows["cutoff"] == cutoff) & (rows["team"] == team)]
    return own.set_index("player_id").sort_index()


def sources(rows: pd.DataFrame) -> dict[str, str]:
    return {str(man): str(source) for man, source in rows["roster_source"].items()}


def told(rows: pd.DataFrame, man: str, *columns: str) -> list[object]:
    return [rows[column][man] for column in columns]


def test_a_fresh_roster_of_eight_available_is_the_side(world: World) -> None:
    remember(world, listed(2, [*EIGHT, "old"]))
    world.publish(ROSTERS, rostered(EIGHT, snapshot_age_days=3, birth_date=date(2000, 1, 1)))
    rows = found(world)
    assert sources(rows) == dict.fromkeys(EIGHT, "rosters")
    assert rows["roster_age_days"].tolist() == [3] * 8
    assert rows.loc["n1", "player_name"] == "Rostered n1"
    assert rows.loc["n1", "birth_date"] == date(2000, 1, 1)
    assert rows["available"].all()
    assert not rows["is_degraded"].any()


@pytest.mark.parametrize(
    "changes", [{"snapshot_age_days": 4}, {"observed_at": MORNING_AT + MINUTE}], ids=["old", "late"]
)
def test_a_roster_that_is_old_or_late_is_passed_over(world: World, changes: Row) -> None:
    remember(world, listed(2, EIGHT))
    world.publish(ROSTERS, rostered(["x"], **changes))
    rows = found(world)
    assert sources(rows) == dict.fromkeys(EIGHT, "recent_box")
    assert rows["roster_age_days"].isna().all()
    assert rows.loc["n1", "player_name"] == "Player n1"
    assert rows["degraded_reasons"].iloc[0].tolist() == ["no fresh roster names him"]


def test_who_has_no_roster_feed_lacks_none(world: World) -> None:
    world.publish(UPCOMING_GAMES, slate(absent_blocks=["rosters"]))
    remember(world, listed(2, EIGHT))
    assert not found(world)["is_degraded"].any()


def test_a_roster_of_seven_who_can_play_gives_way_to_eight(world: World) -> None:
    remember(world, listed(2, EIGHT))
    world.publish(ROSTERS, rostered([*EIGHT[:7], "new"]))
    assert set(sources(found(world)).values()) == {"recent_box"}


def test_where_nobody_gives_eight_the_source_of_most_is_taken(world: World) -> None:
    remember(world, listed(2, EIGHT[:6]))
    world.publish(ROSTERS, rostered(EIGHT[:5]))
    assert sources(found(world)) == dict.fromkeys(EIGHT[:6], "recent_box")
    world.publish(ROSTERS, rostered([*EIGHT[:6], "new"]))
    assert sources(found(world)) == dict.fromkeys([*EIGHT[:6], "new"], "rosters")


def test_at_lock_the_confirmed_line_up_comes_before_the_box_scores(world: World) -> None:
    remember(world, listed(2, [*EIGHT, "old"]))
    world.publish(LINEUPS, dressed([*EIGHT[:7], "new", "hurt"]))
    morning, lock = found(world), found(world, "lock")
    assert set(sources(morning)) == {*EIGHT, "old"}
    assert sources(lock) == dict.fromkeys([*EIGHT[:7], "new", "hurt"], "lineup")


def test_a_line_up_later_than_the_lock_is_not_known(world: World) -> None:
    remember(world, listed(2, EIGHT))
    clean = found(world, "lock")
    world.publish(LINEUPS, dressed(["new"], LOCK_AT + MINUTE))
    pd.testing.assert_frame_equal(found(world, "lock"), clean)


def test_a_line_up_captured_at_the_lock_is_known(world: World) -> None:
    remember(world, listed(2, EIGHT))
    world.publish(LINEUPS, dressed(EIGHT, LOCK_AT))
    assert set(found(world, "lock")["status_source"]) == {"lineup"}


def test_a_confirmed_line_up_is_believed_at_lock_alone(world: World) -> None:
    remember(world, listed(2, EIGHT))
    world.publish(LINEUPS, dressed(EIGHT, EARLY))
    assert found(world)["status_source"].isna().all()
    assert set(found(world, "lock")["status_source"]) == {"lineup"}


def test_the_confirmed_line_up_says_who_is_out_and_who_is_not_listed_is_out(world: World) -> None:
    remember(world, listed(2, [*EIGHT, "n9"]))
    world.publish(ROSTERS, rostered([*EIGHT, "n9", "stays"]))
    rows = dressed(EIGHT) + dressed(["n9"], is_starter=False, roster_status="inactive")
    world.publish(LINEUPS, rows)
    world.publish(INJURIES, [reported("n1", "out"), reported("n9", "probable", reason="Knee")])
    lock = found(world, "lock")
    assert told(lock, "n1", "status", "available", "injury_risk") == ["available", True, 0]
    assert told(lock, "n9", "status", "available", "injury_risk") == ["out", False, 3]
    assert told(lock, "stays", "status", "status_source") == ["out", "lineup"]
    assert lock.loc["n9", "status_reason"] == "Knee"
    assert set(lock["status_observed_at"]) == {pd.Timestamp(LATE)}
    morning = found(world)
    assert told(morning, "n1", "status", "status_source") == ["out", "injury_report"]


def test_who_is_named_beside_the_list_is_added(world: World) -> None:
    remember(world, listed(2, EIGHT))
    world.publish(ROSTERS, rostered(EIGHT))
    world.publish(LINEUPS, dressed([*EIGHT, "signed"]))
    world.publish(INJURIES, [reported("hurt", "out")])
    assert sources(found(world)) == dict.fromkeys(EIGHT, "rosters") | {"hurt": "injury_report"}
    assert sources(found(world, "lock")) == dict.fromkeys(EIGHT, "rosters") | {
        "signed": "lineup",
        "hurt": "injury_report",
    }
    assert found(world).loc["hurt", "player_name"] == "Reported hurt"


def test_recent_box_is_the_last_ten_games_across_seasons(world: World) -> None:
    games = [listed(200 + n, EIGHT, season_year=2024) for n in range(9)]
    games += [listed(190, ["tenth"], season_year=2024)]
    games += [listed(209, ["eleventh"], season_year=2024)]
    remember(world, [row for rows in games for row in rows])
    assert set(sources(found(world))) == {*EIGHT, "tenth"}


def test_his_last_team_has_a_man(world: World) -> None:
    rows = listed(5, [*EIGHT, "moved"]) + listed(3, {"moved": "inactive"}, "BOS")
    remember(world, [*rows, *listed(4, EIGHT)])
    assert "moved" not in found(world).index
    assert found(world, team="BOS").loc["moved", "roster_source"] == "recent_box"


@pytest.mark.parametrize(
    ("status", "available", "risk"),
    [("available", True, 0), ("probable", True, 1), ("questionable", True, 2),
     ("doubtful", False, 3), ("out", False, 3)],
)  # fmt: skip
def test_the_report_says_who_can_play(
    world: World, status: str, available: bool, risk: int
) -> None:
    remember(world, listed(9, EIGHT))
    world.publish(INJURIES, [reported("n1", status, reason="Ankle"), reported("n2", "out")])
    rows = found(world)
    assert told(rows, "n1", "status", "available", "injury_risk") == [status, available, risk]  # fmt: skip
    assert rows.loc["n1", "status_reason"] == "Ankle"
    assert told(rows, "n3", "status", "available", "injury_risk") == ["available", True, 0]
    assert set(rows["status_source"]) == {"injury_report"}


def test_the_newest_report_of_the_team_before_the_cutoff_speaks(world: World) -> None:
    remember(world, listed(2, EIGHT))
    rows = [
        reported("n1", "out", EARLY),
        reported("n2", "out", EARLY),
        reported("n2", "questionable", MORNING_AT),
        reported("n3", "out", MORNING_AT + MINUTE),
        reported("b1", "out", MORNING_AT - MINUTE, "BOS"),
    ]
    world.publish(INJURIES, rows)
    morning, lock = found(world), found(world, "lock")
    assert morning.loc["n1", "status"] == "available"
    assert morning.loc["n2", "status"] == "questionable"
    assert morning.loc["n3", "status"] == "available"
    assert lock.loc[["n1", "n2", "n3"], "status"].tolist() == ["available", "available", "out"]


def test_where_nobody_speaks_the_last_three_games_do(world: World) -> None:
    world.publish(UPCOMING_GAMES, slate(absent_blocks=["injuries"]))
    games = (
        listed(5, ["fourth"]) + listed(4, ["third"]) + listed(3, {"third": "dnp", "sits": "dnp"})
    )
    remember(world, games + listed(2, EIGHT))
    rows = found(world)
    assert rows[~rows["available"]].index.tolist() == ["fourth", "sits"]
    assert rows[["status", "status_source", "injury_risk", "status_observed_at"]].isna().all(axis=None)  # fmt: skip


def test_a_side_of_opening_night_played_last_april(world: World) -> None:
    remember(world, listed(200, EIGHT, season_year=2024))
    assert found(world)["available"].all()


def test_before_the_first_game_of_a_team_whoever_is_on_its_roster_may_play(world: World) -> None:
    world.publish(ROSTERS, rostered(EIGHT))
    rows = found(world)
    assert sources(rows) == dict.fromkeys(EIGHT, "rosters")
    assert rows["available"].all()
    assert rows["status"].isna().all(), "nobody has said so"
    assert rows["completeness_pct"].isna().all()


def test_an_expected_line_up_names_starters_and_nothing_else(world: World) -> None:
    remember(world, listed(2, EIGHT))
    rows = dressed(["n1", "stranger"], EARLY, lineup_status="expected", position="PG")
    world.publish(LINEUPS, rows)
    morning = found(world)
    assert set(morning.index) == set(EIGHT)
    assert set(morning["lineup_status"]) == {"expected"}
    assert morning["is_expected_starter"].tolist() == [True] + [False] * 7
    assert morning.loc["n1", "position"] == "PG"
    assert morning["status"].isna().all()


def test_without_a_line_up_nobody_is_known_to_start(world: World) -> None:
    remember(world, listed(2, EIGHT, position="SF"))
    rows = found(world)
    assert rows[["lineup_status", "is_expected_starter"]].isna().all(axis=None)
    assert set(rows["position"]) == {"SF"}


def test_the_newest_label_of_a_man_is_his_position(world: World) -> None:
    games = listed(4, EIGHT, position="SF") + listed(3, EIGHT, position="PF") + listed(2, EIGHT)
    remember(world, games)
    assert set(found(world)["position"]) == {"PF"}


@pytest.mark.parametrize("box_team", ["NYK", "BOS"])
def test_of_two_rosters_his_last_team_has_a_man(world: World, box_team: str) -> None:
    other = "BOS" if box_team == "NYK" else "NYK"
    history = listed(3, EIGHT) + listed(3, [f"b{n}" for n in range(8)], "BOS", "MIA")
    remember(world, history + listed(2, ["both"], box_team, "CHI"))
    boston = [f"b{n}" for n in range(8)]
    world.publish(ROSTERS, rostered([*EIGHT, "both"]) + rostered([*boston, "both"], "BOS"))
    assert "both" in found(world, team=box_team).index
    assert "both" not in found(world, team=other).index


def test_two_rosters_of_one_game_that_nothing_decides_make_one_row(world: World) -> None:
    remember(world, listed(3, EIGHT))
    world.publish(ROSTERS, rostered([*EIGHT, "both"]) + rostered(["both"], "BOS"))
    assert "both" in found(world, team="BOS").index
    assert "both" not in found(world).index


def test_a_roster_has_more_right_than_a_box_score(world: World) -> None:
    remember(world, listed(3, EIGHT) + listed(2, ["moved"], "BOS", "MIA"))
    world.publish(ROSTERS, rostered([*EIGHT, "moved"]))
    assert "moved" in found(world).index
    assert found(world, team="BOS").empty


def test_a_report_that_a_later_one_took_back_gives_no_right(world: World) -> None:
    remember(world, listed(3, EIGHT) + listed(2, ["moved", "b1"], "BOS", "MIA"))
    later = MORNING_AT + MINUTE
    first = [reported("moved", "out", EARLY, "BOS"), reported("b1", "out", EARLY, "BOS")]
    then = [reported("moved", "out", later), reported("b1", "out", later, "BOS")]
    world.publish(INJURIES, first + then)
    assert "moved" in found(world, team="BOS").index
    assert "moved" in found(world, "lock").index
    assert "moved" not in found(world, "lock", "BOS").index


def test_a_line_up_has_more_right_than_a_roster_as_soon_as_it_is_known(world: World) -> None:
    later = [
        row | {"cutoff_at": row["cutoff_at"] + timedelta(hours=3)}
        for row in slate(away="MIA", home="LAL")
    ]
    world.publish(UPCOMING_GAMES, [*slate(), *later])
    remember(world, listed(3, EIGHT) + listed(3, [f"l{n}" for n in range(8)], "LAL", "CHI"))
    world.publish(ROSTERS, rostered([*EIGHT, "moved"]))
    los_angeles = {"game_id": game_id(DAY, "MIA", "LAL"), "team": "LAL", "opponent": "MIA"}
    rows = dressed([*(f"l{n}" for n in range(8)), "moved"], LOCK_AT + MINUTE)
    world.publish(LINEUPS, [row | los_angeles for row in rows])
    # The line-up of the later game was not out when the first was cut.
    assert "moved" in found(world, "lock").index
    assert "moved" in found(world, "lock", "LAL").index
    known = {"observed_at": LATE, "announced_at": LATE}
    world.publish(LINEUPS, [row | los_angeles | known for row in rows])
    assert "moved" not in found(world, "lock").index
    assert "moved" in found(world, "morning").index


def test_a_missing_box_lowers_completeness_and_degrades(world: World) -> None:
    games = [row for n in range(2, 14) for row in listed(n, EIGHT)]
    remember(world, games, unpublished=[before(3), before(5)])
    rows = found(world)
    assert rows["completeness_pct"].tolist() == [80.0] * 8
    assert rows["is_degraded"].all()


def test_totals_of_a_team_do_not_stand_in_for_a_box_that_is_missing_in_between(
    world: World,
) -> None:
    games = [row for n in range(2, 12) for row in listed(n, EIGHT)]
    remember(world, games, unpublished=[before(5)])
    zeros = dict.fromkeys((c.name for c in TEAM_OFFENSE_GAME_SUMMARY.columns if c.type == "INT64"), 0)  # fmt: skip
    sides = {row["game_id"]: zeros | row | {"possessions": 100.0} for row in games}
    world.publish(TEAM_OFFENSE_GAME_SUMMARY, sides.values(), [before(n) for n in range(2, 12)])
    assert found(world)["completeness_pct"].tolist() == [90.0] * 8


def test_dates_before_the_first_published_one_are_not_expected(world: World) -> None:
    games = [row for n in range(2, 10) for row in listed(n, EIGHT)]
    remember(world, games, unpublished=[before(n) for n in range(5, 10)])
    assert found(world)["completeness_pct"].tolist() == [100.0] * 8


def test_a_row_is_trusted_as_little_as_the_list_that_names_him(world: World) -> None:
    remember(world, listed(3, EIGHT, source_score=85) + listed(2, EIGHT))
    rows = found(world)
    assert set(rows["source_score"]) == {85}
    assert set(rows["quality_tier"]) == {"silver"}
    world.publish(ROSTERS, rostered(EIGHT, source_score=60))
    assert set(found(world)["quality_tier"]) == {"bronze"}


def test_what_the_game_leaves_behind_changes_nothing(world: World) -> None:
    remember(world, listed(2, EIGHT) + listed(2, [f"b{n}" for n in range(8)], "BOS", "MIA"))
    clean = world.read(PLAYER_AVAILABILITY)
    world.publish(PLAYER_GAME_SUMMARY, listed(0, ["n1", "new"], "NYK", "BOS", position="C"))
    world.publish(LINEUPS, dressed(["new"], LOCK_AT + MINUTE))
    world.publish(INJURIES, [reported("n1", "out", LOCK_AT + MINUTE)])
    pd.testing.assert_frame_equal(world.read(PLAYER_AVAILABILITY), clean)


def test_a_range_answers_as_its_days_do(world: World) -> None:
    days = [DAY + timedelta(days=n) for n in range(4)]
    world.publish(UPCOMING_GAMES, [row for day in days for row in slate(day)], days)
    history = listed(3, EIGHT, position="PG") + listed(2, [f"b{n}" for n in range(8)], "BOS", "MIA")
    remember(world, history)
    played = listed(0, {"n1": "inactive", "moved": "played"}, position="SG")
    played += listed(-1, ["n2", "n3"]) + listed(-2, ["moved"], "BOS", "CHI")
    world.publish(PLAYER_GAME_SUMMARY, played, days)
    world.publish(SCHEDULE, [scheduled(day=day) for day in days], days)
    ranged = world.read(PLAYER_AVAILABILITY, days)
    daily = pd.concat([world.read(PLAYER_AVAILABILITY, [d]) for d in days], ignore_index=True)
    assert len(ranged) > 100
    assert {"moved"} <= set(ranged["player_id"])
    pd.testing.assert_frame_equal(ranged, daily, check_exact=True)
