"""Each gate of raw red in a run over bodies that were spoilt by hand, one fault a date."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import dagster as dg
import pytest

from nba_assets.definitions import build_desk
from nba_assets.landing.desk import Desk
from nba_assets_tests.gates.verdicts import Said, failures, verdicts
from nba_assets_tests.platform import Platform, platform
from nba_assets_tests.raw.payloads import (
    Body,
    box,
    box_player,
    box_team,
    five_men,
    land_box,
    land_schedule,
    scheduled_game,
)
from nba_assets_tests.raw.rows import DAY

PAIRS = (("BOS", "NYK"), ("LAL", "GSW"), ("MIA", "CHI"), ("DEN", "UTA"), ("DAL", "HOU"))
CLEAN, UNKNOWN, TWICE, POINTS, STARTERS, UNCOVERED, COPIES, TOTALS, NO_GAMES = (
    DAY + timedelta(days=n) for n in range(9)
)
PUBLISHED = datetime(2025, 10, 1, 13, tzinfo=UTC)
TABLES = ("raw/schedule", "raw/player_box_scores", "raw/team_box_scores")


class Night(NamedTuple):
    """The runs over all dates, and the platform they ran on."""

    platform: Platform
    schedule: dg.ExecuteInProcessResult
    boxes: dg.ExecuteInProcessResult

    @property
    def said(self) -> dict[tuple[str, str, date], Said]:
        """Every verdict of both runs."""
        instance = self.platform.instance
        return verdicts(instance, self.schedule) | verdicts(instance, self.boxes)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    home = tmp_path_factory.mktemp("raw")
    with platform(home, source="replay", replay_roots=str(home)) as planted:
        _plant(build_desk(planted.settings))
        yield Night(
            planted,
            planted.run(["raw/schedule"], CLEAN, NO_GAMES),
            planted.run(["raw/player_box_scores", "raw/team_box_scores"], CLEAN, NO_GAMES),
        )


def _plant(desk: Desk) -> None:
    games: list[Body] = []
    number = 0
    for day in (CLEAN, UNKNOWN, TWICE, POINTS, STARTERS, UNCOVERED, COPIES, TOTALS):
        for place, (away, home) in enumerate(PAIRS):
            number += 1
            last = place == len(PAIRS) - 1
            if last and day == UNKNOWN:
                away = "XYZ"
            if last and day == TWICE:
                away = "NYK"
            game = f"00225{number:05d}"
            games.append(
                scheduled_game(game, away, home, day, gameStatus=1, gameStatusText="7:00 pm ET")
            )
            spoilt = SPOILERS[day](game, away, home, day) if last and day in SPOILERS else {}
            if not (day == UNCOVERED and place >= 3):
                land_box(desk, box(game, away, home, day, **spoilt))
    land_schedule(desk, *games, at=PUBLISHED)


def _short_of_a_point(game: str, away: str, home: str, day: date) -> dict[str, Any]:
    side = box_team(home, five_men(101, (30, 25, 20, 15, 10)))
    side["players"][0]["statistics"]["points"] -= 1
    return {"home_team": side}


def _without_a_starter(game: str, away: str, home: str, day: date) -> dict[str, Any]:
    men = [*five_men(101, (30, 25, 20, 15)), box_player(105, 10, starter="0")]
    return {"home_team": box_team(home, men)}


def _with_differing_copies(game: str, away: str, home: str, day: date) -> dict[str, Any]:
    men = five_men(101, (30, 25, 20, 15, 10))
    copy = box_player(101, 0, minutes="PT00M00.00S", starter="0", steals=1)
    return {"home_team": box_team(home, men) | {"players": [*men, copy]}}


def _with_a_total_of_its_own(game: str, away: str, home: str, day: date) -> dict[str, Any]:
    return {"home_team": box_team(home, five_men(101, (30, 25, 20, 15, 10)), turnovers=4)}


SPOILERS = {
    POINTS: _short_of_a_point,
    STARTERS: _without_a_starter,
    COPIES: _with_differing_copies,
    TOTALS: _with_a_total_of_its_own,
}


def game_on(day: date, away: str = "DAL", home: str = "HOU") -> str:
    return f"{day:%Y%m%d}_{away}_{home}"


def said(night: Night, table: str, gate: str, day: date) -> Said:
    return night.said[table.replace(".", "/"), gate, day]


def materialized(night: Night, table: str) -> set[str]:
    key = dg.AssetKey(table.split("."))
    return night.platform.instance.get_materialized_partitions(key)


def test_a_clean_date_passes_every_gate(night: Night) -> None:
    for (asset, gate, day), verdict in night.said.items():
        if day in (CLEAN, NO_GAMES):
            assert verdict == Said(True, "passed", 0, ""), (asset, gate, day)


def test_every_gate_gives_every_date_its_own_verdict(night: Night) -> None:
    days = [CLEAN + timedelta(days=n) for n in range(9)]
    judged = set(night.said)
    owed = {
        (key.asset_key.to_user_string(), key.name, day)
        for table in TABLES
        for key in night.platform.graph.get(dg.AssetKey(table.split("/"))).check_keys
        for day in days
    }
    assert judged == owed


@pytest.mark.parametrize(
    ("table", "held"),
    [
        ("raw.schedule", {TWICE}),
        ("raw.player_box_scores", {TWICE, UNCOVERED, COPIES}),
        ("raw.team_box_scores", {TWICE, UNCOVERED}),
    ],
)
def test_held_dates_alone_are_not_materialized_and_not_published(
    night: Night, table: str, held: set[date]
) -> None:
    days = {CLEAN + timedelta(days=n) for n in range(9)}
    assert materialized(night, table) == {str(day) for day in days - held}
    contract = night.platform.warehouse.tables[table]
    assert night.platform.warehouse.published_dates(contract, sorted(days)) == days - held


@pytest.mark.parametrize(
    ("table", "gate", "day", "offender"),
    [
        ("raw.schedule", "every_team_is_known", UNKNOWN, game_on(UNKNOWN, "XYZ")),
        ("raw.player_box_scores", "points_and_minutes_reconcile", POINTS, game_on(POINTS)),
        ("raw.player_box_scores", "both_line_ups_are_plausible", STARTERS, game_on(STARTERS)),
        ("raw.team_box_scores", "team_totals_are_their_players", POINTS, game_on(POINTS)),
    ],
)
def test_a_game_gate_quarantines_one_game_and_publishes_the_rest_degraded(
    night: Night, table: str, gate: str, day: date, offender: str
) -> None:
    verdict = said(night, table, gate, day)
    assert (verdict.passed, verdict.effect, verdict.offenders) == (False, "quarantines", 1)
    assert offender in verdict.named
    held = night.platform.quarantined(table, day)[gate]
    assert set(held["game_id"]) == {offender}
    assert held["quarantine_reason"].str.len().all()
    published = night.platform.read(table, day)
    assert published["game_id"].nunique() == 4
    assert offender not in set(published["game_id"])
    assert published["is_degraded"].all()
    assert all(
        any(offender in reason for reason in reasons) for reasons in published["degraded_reasons"]
    )
    cell = night.platform.status(day)[table.replace(".", "/"), day]
    assert cell.state == "degraded"
    assert offender in cell.reason


def test_totals_that_are_not_the_players_are_added_up_from_them(night: Night) -> None:
    teams = night.platform.read("raw.team_box_scores", TOTALS)
    summed = teams[teams["game_id"] == game_on(TOTALS)]
    assert set(summed["source_score"]) == {85}
    assert summed["is_degraded"].all()
    assert all("player_tov" in reasons[0] for reasons in summed["degraded_reasons"])
    players = night.platform.read("raw.player_box_scores", TOTALS)
    assert not players["is_degraded"].any()
    tov = players[players["game_id"] == game_on(TOTALS)].groupby("team")["tov"].sum()
    assert summed.set_index("team")["player_tov"].to_dict() == tov.to_dict()


@pytest.mark.parametrize(
    ("table", "gate", "day", "offenders"),
    [
        (
            "raw.schedule",
            "no_team_plays_twice_a_date",
            TWICE,
            [game_on(TWICE, "BOS", "NYK"), game_on(TWICE, "NYK")],
        ),
        *(
            (table, "scheduled_games_are_covered", UNCOVERED, [game_on(UNCOVERED, "DEN", "UTA"), game_on(UNCOVERED)])
            for table in ("raw.player_box_scores", "raw.team_box_scores")
        ),
        ("raw.player_box_scores", "rows_keep_the_contract", COPIES, [game_on(COPIES)]),
        ("raw.player_box_scores", "rows_keep_the_contract", TWICE, ["raw.schedule is not published"]),
    ],
)  # fmt: skip
def test_a_partition_gate_holds_the_date_naming_the_offenders(
    night: Night, table: str, gate: str, day: date, offenders: list[str]
) -> None:
    verdict = said(night, table, gate, day)
    assert (verdict.passed, verdict.effect) == (False, "holds")
    assert verdict.offenders == len(offenders)
    for offender in offenders:
        assert offender in verdict.named
    run = night.schedule if table == "raw.schedule" else night.boxes
    message = failures(run)[table.replace(".", "__")]
    assert f"{table} {day} held back by {gate}: " in message
    assert f"materialize {table.replace('.', '/')} again for " in message
    cell = night.platform.status(day)[table.replace(".", "/"), day]
    assert cell.state == "blocked"
    assert gate in cell.reason


def test_games_in_quarantine_count_as_missing_for_coverage(night: Night) -> None:
    verdict = said(night, "raw.player_box_scores", "scheduled_games_are_covered", POINTS)
    assert (verdict.passed, verdict.effect, verdict.offenders) == (False, "degrades", 1)
    assert "covered 80.0 %" in verdict.named
    rows = night.platform.read("raw.player_box_scores", POINTS)
    assert set(rows["completeness_pct"]) == {80.0}


def test_a_game_of_an_unknown_team_is_not_expected_of_the_boxes(night: Night) -> None:
    rows = night.platform.read("raw.player_box_scores", UNKNOWN)
    assert rows["game_id"].nunique() == 4
    assert set(rows["completeness_pct"]) == {100.0}
    assert not rows["is_degraded"].any()


def test_a_date_without_games_can_be_run_alone(night: Night) -> None:
    assert night.platform.run(TABLES, NO_GAMES).success
    for table in TABLES:
        assert night.platform.read(table.replace("/", "."), NO_GAMES).empty
        assert night.platform.status(NO_GAMES)[table, NO_GAMES].state == "empty"
