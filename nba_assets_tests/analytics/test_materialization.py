"""Each gate of analytics red in a run over raw rows that were spoilt by hand, one fault a date."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import dagster as dg
import pytest

from nba_assets.analytics.tables import TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE, TEAM_BOX_SCORES
from nba_assets_tests.analytics.world import publish
from nba_assets_tests.gates.verdicts import Said, failures, verdicts
from nba_assets_tests.platform import Platform, platform
from nba_assets_tests.raw.rows import DAY, Row, scheduled, whole_game

PAIRS = (("BOS", "NYK"), ("LAL", "GSW"), ("MIA", "CHI"), ("DEN", "UTA"), ("DAL", "HOU"))
DAYS = CLEAN, TWO_PACES, USAGE, ONE_SIDE, NO_GAMES = tuple(
    DAY + timedelta(days=n) for n in range(5)
)
OFFENSE, DEFENSE, SUMMARY = (
    "analytics/team_offense_game_summary",
    "analytics/team_defense_game_summary",
    "analytics/player_game_summary",
)


class Night(NamedTuple):
    """The runs over all dates, and the platform they ran on."""

    platform: Platform
    offense: dg.ExecuteInProcessResult
    rest: dg.ExecuteInProcessResult

    @property
    def said(self) -> dict[tuple[str, str, date], Said]:
        """Every verdict of both runs."""
        instance = self.platform.instance
        return verdicts(instance, self.offense) | verdicts(instance, self.rest)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    home = tmp_path_factory.mktemp("analytics")
    with platform(home, source="replay", replay_roots=str(home)) as planted:
        warehouse = planted.warehouse
        players, teams, games = _raw_rows()
        publish(warehouse, SCHEDULE, SCHEDULE.rows(games), DAYS)
        publish(warehouse, PLAYER_BOX_SCORES, PLAYER_BOX_SCORES.rows(players), DAYS)
        publish(warehouse, TEAM_BOX_SCORES, TEAM_BOX_SCORES.rows(teams), DAYS)
        of_offense = planted.run([OFFENSE], DAYS[0], DAYS[-1])
        for row in players:
            if row["game_id"] == _game_on(USAGE) and row["team"] == "HOU":
                row["overtime_periods"] = 1 if row["player_id"] == "HOU1" else 0
        publish(warehouse, PLAYER_BOX_SCORES, PLAYER_BOX_SCORES.rows(players), DAYS)
        whole = warehouse.read(TEAM_OFFENSE_GAME_SUMMARY, [ONE_SIDE])
        kept = [n for n, team in enumerate(whole["team"].to_pylist()) if team != "DAL"]
        publish(warehouse, TEAM_OFFENSE_GAME_SUMMARY, whole.take(kept), [ONE_SIDE])
        yield Night(planted, of_offense, planted.run([DEFENSE, SUMMARY], DAYS[0], DAYS[-1]))


def _raw_rows() -> tuple[list[Row], list[Row], list[Row]]:
    players, teams, games = [], [], []
    for day in DAYS[:-1]:
        for pair in PAIRS:
            own_players, own_teams = whole_game(*pair, day=day)
            for row in own_players:
                # Two men of one side in an overtime that the other side did not see.
                in_overtime = day == TWO_PACES and row["team"] == "HOU"
                row |= {"fga": 18, "fta": 4, "tov": 2, "overtime_periods": int(in_overtime)}
            for row in own_teams:
                in_overtime = day == TWO_PACES and row["team"] == "HOU"
                row |= {"fga": 90, "fta": 20, "player_tov": 10}
                row |= {"overtime_periods": int(in_overtime)}
            players += own_players
            teams += own_teams
            games.append(scheduled(*pair, day))
    return players, teams, games


def _game_on(day: date) -> str:
    return f"{day:%Y%m%d}_DAL_HOU"


def test_a_clean_date_passes_every_gate(night: Night) -> None:
    own = {key: verdict for key, verdict in night.said.items() if key[2] in (CLEAN, NO_GAMES)}
    assert set(own.values()) == {Said(True, "passed", 0, "")}
    owed = {
        (key.asset_key.to_user_string(), key.name, day)
        for table in (OFFENSE, DEFENSE, SUMMARY)
        for key in night.platform.graph.get(dg.AssetKey(table.split("/"))).check_keys
        for day in (CLEAN, NO_GAMES)
    }
    assert set(own) == owed


@pytest.mark.parametrize(
    ("asset", "gate", "day"),
    [
        (OFFENSE, "each_game_has_one_pace", TWO_PACES),
        (DEFENSE, "each_defense_mirrors_its_opponent", ONE_SIDE),
        (SUMMARY, "usage_adds_up_to_five_players", USAGE),
    ],
)
def test_a_game_gate_quarantines_one_game_and_publishes_the_rest_degraded(
    night: Night, asset: str, gate: str, day: date
) -> None:
    verdict = night.said[asset, gate, day]
    assert (verdict.passed, verdict.effect, verdict.offenders) == (False, "quarantines", 1)
    assert _game_on(day) in verdict.named
    table = asset.replace("/", ".")
    rows = night.platform.read(table, day)
    assert sorted(rows["game_id"].unique()) == sorted(
        f"{day:%Y%m%d}_{away}_{home}" for away, home in PAIRS[:-1]
    )
    assert rows["is_degraded"].all()
    assert set(rows["completeness_pct"]) == {80.0}
    held = night.platform.quarantined(table, day)
    assert list(held) == [gate]
    assert night.platform.status(day)[asset, day].state == "degraded"


def test_a_lost_side_holds_the_summary_naming_its_players(night: Night) -> None:
    verdict = night.said[SUMMARY, "every_raw_row_is_accounted_for", ONE_SIDE]
    assert (verdict.passed, verdict.effect, verdict.offenders) == (False, "holds", 5)
    for number in range(1, 6):
        assert f"DAL{number} Player DAL{number} is missing" in verdict.named
    message = failures(night.rest)["analytics__player_game_summary"]
    assert f"player_game_summary {ONE_SIDE} held back by every_raw_row_is_accounted_for" in message
    assert night.platform.read(SUMMARY.replace("/", "."), ONE_SIDE).empty


def test_a_game_in_quarantine_above_leaves_the_other_games_of_the_summary(night: Night) -> None:
    verdict = night.said[SUMMARY, "every_raw_row_is_accounted_for", TWO_PACES]
    assert (verdict.passed, verdict.effect, verdict.offenders) == (False, "degrades", 10)
    rows = night.platform.read(SUMMARY.replace("/", "."), TWO_PACES)
    assert rows["game_id"].nunique() == 4
    assert rows["is_degraded"].all()


def test_held_dates_alone_are_not_materialized(night: Night) -> None:
    held = {OFFENSE: set(), DEFENSE: set(), SUMMARY: {ONE_SIDE}}
    for asset, missing in held.items():
        found = night.platform.instance.get_materialized_partitions(dg.AssetKey(asset.split("/")))
        assert found == {str(day) for day in DAYS if day not in missing}


def test_a_date_without_games_can_be_run_alone(night: Night) -> None:
    assert night.platform.run([OFFENSE, DEFENSE, SUMMARY], NO_GAMES).success
    for asset in (OFFENSE, DEFENSE, SUMMARY):
        assert night.platform.status(NO_GAMES)[asset, NO_GAMES].state == "empty"
