"""Dates that are not there: a step that fails on five, a gap in a window, half of the inputs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from nba_assets.automation.backfill import LayerRun
from nba_assets.partitions import dates_between
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import materialized_facts
from nba_assets_tests.incidents.ten_nights import (
    FEATURES,
    FIRST,
    FOLLOWING,
    LAST,
    SLATES,
    SUMMARIES,
    backfilled,
    contract,
    copied,
    digests,
    raw_nights,
    receive,
    replace,
    rows,
    said,
    whole_nights,
    withdraw,
)
from nba_assets_tests.leakage.chain import queries
from nba_assets_tests.platform import Platform

pytestmark = pytest.mark.nights

ZONES, CACHE = "precompute/player_shot_zone_analysis", "precompute/player_daily_cache"
FACTORS, STORE = "precompute/player_composite_factors", "precompute/ml_feature_store"
# Made in the runs of the cache and the factors, and read neither them nor the store.
FORM, OUTLOOK = "precompute/player_scoring_form", "precompute/player_role_outlook"
SUMMARY, AVAILABILITY = "analytics/player_game_summary", "analytics/player_availability"
CONTEXT = "analytics/upcoming_team_game_context"
BROKEN = date(2025, 10, 23)  # of the five nights whose cache fails
FIVE = dates_between(FIRST, date(2025, 10, 25))
GAP, AFTER_GAP, LATER = dates_between(date(2025, 10, 26), date(2025, 10, 28))
HALF = LAST + timedelta(days=1)
Left = dict[tuple[str, date], tuple[str, ...]]


@dataclass
class Holed:
    """A home whose nights were made one trouble after the other, and what each step said."""

    platform: Platform
    runs: dict[str, list[LayerRun]] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    states: dict[str, dict[tuple[str, date], str]] = field(default_factory=dict)
    told: dict[str, dict[tuple[str, date], dict[str, str]]] = field(default_factory=dict)
    digests: dict[str, dict[tuple[str, date], str | None]] = field(default_factory=dict)

    def backfill(self, step: str, assets: tuple[str, ...], first: date, last: date) -> None:
        """Backfill some assets, and keep what there is to say of them afterwards."""
        days = dates_between(first, last)
        self.runs[step], self.left[step] = backfilled(self.platform, assets, first, last)
        cells = self.platform.status(first, last, assets)
        self.states[step] = {key: cell.state for key, cell in cells.items()}
        self.told[step] = {
            (name, day): facts
            for name in assets
            for day, facts in materialized_facts(self.platform, name, days).items()
        }
        self.digests[step] = digests(self.platform, assets, days)

    def failures(self, step: str) -> list[str]:
        """Why the step's dates are held."""
        return [failure for run in self.runs[step] for failure in run.failures]


def test_no_table_is_read_without_an_edge_that_waits_for_it(whole: Platform) -> None:
    read = {name: query.upstreams for name, query in queries().items()}
    made = {name.replace("/", ".") for name in FOLLOWING}
    assert made - read.keys() == {"analytics.upcoming_games"}  # the one that is no query
    for name, upstreams in read.items():
        parents = whole.graph.get(dg.AssetKey(name.split("."))).parent_keys
        assert {dg.AssetKey(upstream.split(".")) for upstream in upstreams} <= parents


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def whole(league: League, server: SandboxServer, base: Path) -> Iterator[Platform]:
    with copied(whole_nights(base, league, server), base / "missing_whole", server) as found:
        yield found


@pytest.fixture(scope="module")
def holed(league: League, server: SandboxServer, base: Path) -> Iterator[Holed]:
    with copied(raw_nights(base, league, server), base / "missing", server) as found:
        receive(found)
        steps = Holed(found)
        assert found.run((*SUMMARIES, *SLATES, *FEATURES[:2]), FIVE[0], FIVE[-1]).success
        path = found.warehouse.path(contract(ZONES), BROKEN)
        body = path.read_bytes()
        path.write_bytes(body[: len(body) // 2])
        steps.backfill("broken", (CACHE, FACTORS, STORE, FORM, OUTLOOK), FIVE[0], FIVE[-1])
        path.write_bytes(body)
        steps.backfill("mended", (CACHE, FACTORS, STORE), FIVE[0], FIVE[-1])
        steps.backfill("gap", FOLLOWING, AFTER_GAP, LATER)
        steps.backfill("filled", FOLLOWING, GAP, LATER)
        yield steps


def test_a_cache_that_fails_on_five_dates_leaves_all_that_reads_it_missing(holed: Holed) -> None:
    (failure,) = holed.failures("broken")
    assert ZONES.replace("/", ".") in failure
    assert str(BROKEN) in failure
    assert holed.left["broken"] == {
        (name, day): (CACHE,) if name == FACTORS else (FACTORS, CACHE)
        for name in (FACTORS, STORE)
        for day in FIVE
    }
    states = holed.states["broken"]
    assert {states[CACHE, day] for day in FIVE} == {"failed"}
    assert {states[name, day] for name in (FACTORS, STORE) for day in FIVE} == {"missing"}
    made = holed.digests["broken"]
    assert {made[name, day] for name in (CACHE, FACTORS, STORE) for day in FIVE} == {None}


def test_a_cache_that_fails_stops_no_table_that_does_not_read_it(
    holed: Holed, whole: Platform
) -> None:
    beside = (FORM, OUTLOOK)
    assert (CACHE, FORM) in {run.assets for run in holed.runs["broken"]}, "they share a run"
    states, made = holed.states["broken"], holed.digests["broken"]
    assert {states[name, day] for name in beside for day in FIVE} == {"published"}
    assert {key: made[key] for key in made if key[0] in beside} == digests(whole, beside, FIVE)


def test_one_run_of_each_table_fills_the_five_dates(holed: Holed, whole: Platform) -> None:
    assert [(run.assets, run.dates) for run in holed.runs["mended"]] == [
        ((name,), (FIVE[0], FIVE[-1])) for name in (CACHE, FACTORS, STORE)
    ]
    assert holed.failures("mended") == []
    assert holed.digests["mended"] == digests(whole, (CACHE, FACTORS, STORE), FIVE)


def test_a_date_whose_eve_is_missing_is_not_made_and_names_it(holed: Holed) -> None:
    left = {key: lacks for key, lacks in holed.left["gap"].items() if key[1] == AFTER_GAP}
    assert {SUMMARY, *SUMMARIES}.isdisjoint(name for name, _ in left)
    assert SUMMARY in left[AVAILABILITY, AFTER_GAP]
    states = holed.states["gap"]
    assert {states[name, AFTER_GAP] for name in SUMMARIES} == {"published"}
    assert {states[name, AFTER_GAP] for name in (AVAILABILITY, CONTEXT, *FEATURES)} == {"missing"}


def test_a_run_over_a_date_whose_eve_is_missing_is_held_by_name(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    with copied(whole.settings.home, tmp_path / "eve", server) as found:
        withdraw(found, SUMMARIES, GAP)
        before = digests(found)
        result = found.run((AVAILABILITY,), AFTER_GAP)
        assert not result.success
        verdict = said(found, AVAILABILITY, "rows_keep_the_contract", AFTER_GAP)
        assert (verdict.passed, verdict.effect) == (False, "holds")
        words = (
            f"required_inputs: analytics.player_game_summary is not published for {GAP}, the eve"
        )
        assert words in verdict.named
        cell = found.status(AFTER_GAP, assets=[AVAILABILITY])[AVAILABILITY, AFTER_GAP]
        assert cell.state == "blocked"
        assert words in cell.reason
        assert cell.reason.endswith("the last good data stays")
        assert digests(found) == before


def test_a_date_that_lacks_in_the_window_is_named_and_lowers_completeness(holed: Holed) -> None:
    assert holed.failures("gap") == []
    for name in (AVAILABILITY, CONTEXT, CACHE, FORM, OUTLOOK):
        facts = holed.told["gap"][name, LATER]
        assert str(GAP) in facts["history_gaps"]
        assert "analytics." in facts["history_gaps"]
        assert facts["state"] == "degraded"
    assert "history_gaps" not in holed.told["filled"][CONTEXT, LATER]


def test_a_filled_gap_leaves_nothing_behind(holed: Holed, whole: Platform) -> None:
    assert holed.failures("filled") == []
    assert holed.left["filled"] == {}
    days = dates_between(GAP, LATER)
    assert holed.digests["filled"] == digests(whole, FOLLOWING, days)
    changed = [day for day in (AFTER_GAP, LATER) if holed.told["filled"][STORE, day]["changed"]]
    assert changed == [AFTER_GAP, LATER]


def test_half_of_the_inputs_make_half_of_the_tables_and_the_rest_says_what_it_lacks(
    holed: Holed,
) -> None:
    found = holed.platform
    assert found.run(SUMMARIES, LATER + timedelta(days=1), LAST).success
    arrived = ("landing/nba_schedule", "landing/nba_lineups", "raw/schedule", "raw/lineups")
    assert not any(run.failures for run in found.backfill(HALF, HALF, arrived))
    holed.backfill("half", FOLLOWING, HALF, HALF)
    assert holed.failures("half") == []
    lacks = holed.left["half"]
    assert lacks[SUMMARIES[0], HALF] == ("raw/player_box_scores", "raw/team_box_scores")
    assert "raw/player_box_scores" in lacks[SUMMARY, HALF]
    states = holed.states["half"]
    assert {states[name, HALF] for name in SUMMARIES} == {"missing"}
    # Without lines and lists a slate is made of what there is, and says so.
    assert states["analytics/upcoming_games", HALF] == "published"
    assert states[AVAILABILITY, HALF] == "degraded"
    assert "no fresh roster names him" in holed.told["half"][AVAILABILITY, HALF]["reasons"]


def test_lists_of_a_day_and_a_half_ago_are_no_trouble_after_a_break(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    raw = tuple(
        f"raw/{name}"
        for name in (
            "schedule", "lineups", "injuries", "rosters", "player_prop_lines", "game_lines",
            "player_box_scores", "team_box_scores", "shots",
        )
    )  # fmt: skip
    free = dates_between(date(2025, 10, 25), AFTER_GAP)
    with copied(whole.settings.home, tmp_path / "break", server) as found:
        for day in free:
            for name in raw:
                replace(found, name, day, [])
        listed = rows(found, "raw/rosters", LATER)
        old = [
            row
            | {
                "snapshot_age_days": 1,
                "observed_at": row["observed_at"] - timedelta(hours=37),
            }
            for row in listed
        ]
        replace(found, "raw/rosters", LATER, old)
        assert found.run(FOLLOWING, free[0], LATER).success
        cells = found.status(free[0], LATER, FOLLOWING)
        assert {cells[name, day].state for name in FOLLOWING for day in free} == {"empty"}
        made = {name: cells[name, LATER] for name in FOLLOWING if name != STORE}
        assert {cell.state for cell in made.values()} == {"published"}
        told = found.read("analytics.player_availability", LATER)
        assert set(told["roster_source"]) == {"rosters"}
        assert set(told["roster_age_days"]) == {1}
        assert set(told["completeness_pct"]) == {100.0}
        context = found.read("analytics.upcoming_team_game_context", LATER)
        assert set(context["days_rest"]) <= {3, 4, 5, 6}
        assert set(context["completeness_pct"]) == {100.0}
