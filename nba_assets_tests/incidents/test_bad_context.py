"""A night of bad lists: they lack a team, are old, contradict one another, come after the lock.

Each trouble has its own game of the eleven, and the others are as they are on any night.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from nba_assets.precompute.features import FEATURE_NAMES
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import assert_same
from nba_assets_tests.incidents.ten_nights import (
    FEATURES,
    SLATES,
    backfilled,
    copied,
    digests,
    replace,
    rows,
    said,
    whole_nights,
)
from nba_assets_tests.platform import Platform
from nba_assets_tests.raw.rows import Row

pytestmark = pytest.mark.nights

NIGHT = date(2025, 10, 29)
BEFORE_TIP = (*SLATES, *FEATURES)
LISTS = ("raw/rosters", "raw/lineups", "raw/injuries", "raw/player_prop_lines")
AVAILABILITY, CONTEXT = "analytics/player_availability", "analytics/upcoming_player_game_context"
STORE, CACHE = "precompute/ml_feature_store", "precompute/player_daily_cache"
UNLISTED = "PHX"
LISTED_LONG_AGO = ("MEM", "PHI")
NOVICE, NOVICES_TEAM = "9999001", "CHA"
OLD_TEAM, NEW_TEAM = "TOR", "NYK"
LEFT, STILL_LISTED_BY = "ATL", "BOS"
TOLD_TOO_LATE, CAME_TOO_LATE = ("ORL", "GSW"), "9999002"


def of(away: str, home: str) -> str:
    return f"{NIGHT:%Y%m%d}_{away}_{home}"


IN_TROUBLE = {
    of("PHX", "DET"),
    of("MEM", "PHI"),
    of("SAS", "CHA"),
    of("LAC", "NYK"),
    of("TOR", "DAL"),
}


@dataclass
class Bad:
    """The night after its lists were spoilt, and the rows of before."""

    platform: Platform
    before: dict[str, pd.DataFrame]
    failures: list[str]
    traded: str
    twice_listed: str

    def read(self, asset: str) -> pd.DataFrame:
        """What is published of the night."""
        return self.platform.read(asset.replace("/", "."), NIGHT)

    def of_man(self, asset: str, player_id: str) -> pd.DataFrame:
        """One man's rows."""
        told = self.read(asset)
        return told[told["player_id"] == player_id]

    def of_game(self, asset: str, game_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """A game's rows now and before, less what is told of the whole date."""
        now, before = (
            told.loc[told["game_id"] == game_id].drop(
                columns=["is_degraded", "degraded_reasons", "input_digests"], errors="ignore"
            )
            for told in (self.read(asset), self.before[asset])
        )
        return now, before


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def whole(league: League, server: SandboxServer, base: Path) -> Iterator[Platform]:
    with copied(whole_nights(base, league, server), base / "bad_context_whole", server) as found:
        yield found


@pytest.fixture(scope="module")
def bad(server: SandboxServer, base: Path, whole: Platform) -> Iterator[Bad]:
    with copied(whole.settings.home, base / "bad_context", server) as found:
        before = {name: found.read(name.replace("/", "."), NIGHT) for name in BEFORE_TIP}
        lists = {name: rows(found, name, NIGHT) for name in LISTS}
        traded, twice = _scorer(found, OLD_TEAM), _scorer(found, LEFT)
        _unlist(lists)
        _add_a_novice(lists)
        _trade(lists, traded)
        old = next(row for row in lists["raw/rosters"] if row["player_id"] == twice)
        lists["raw/rosters"].append({**old, "team": STILL_LISTED_BY})
        _tell_more_after_the_lock(lists)
        for name, listed in lists.items():
            replace(found, name, NIGHT, listed)
        runs, left_out = backfilled(found, BEFORE_TIP, NIGHT, NIGHT)
        assert left_out == {}
        failures = [failure for run in runs for failure in run.failures]
        yield Bad(found, before, failures, traded, twice)


def _scorer(found: Platform, team: str) -> str:
    """Who scored most for a team two nights before."""
    own = [r for r in rows(found, "raw/player_box_scores", date(2025, 10, 27)) if r["team"] == team]
    return str(max(own, key=lambda row: row["points"])["player_id"])


def _unlist(lists: dict[str, list[Row]]) -> None:
    lists["raw/rosters"] = [row for row in lists["raw/rosters"] if row["team"] != UNLISTED]
    for row in lists["raw/rosters"]:
        if row["team"] in LISTED_LONG_AGO:
            row["snapshot_age_days"] = 9


def _add_a_novice(lists: dict[str, list[Row]]) -> None:
    named = {
        "player_id": NOVICE, "nba_player_id": NOVICE, "player_name": "Nemo Novice",
        "player_lookup": "nemonovice",
    }  # fmt: skip
    listed = next(row for row in lists["raw/rosters"] if row["team"] == NOVICES_TEAM)
    lists["raw/rosters"].append({**listed, **named})
    lists["raw/lineups"] += _on_the_bench(lists, NOVICES_TEAM, named)


def _trade(lists: dict[str, list[Row]], player_id: str) -> None:
    man = next(row for row in lists["raw/lineups"] if row["player_id"] == player_id)
    for name in ("raw/lineups", "raw/injuries", "raw/player_prop_lines"):
        lists[name] = [row for row in lists[name] if row["player_id"] != player_id]
    for row in lists["raw/rosters"]:
        if row["player_id"] == player_id:
            row["team"] = NEW_TEAM
    named = {
        name: man[name] for name in ("player_id", "nba_player_id", "player_name", "player_lookup")
    }
    lists["raw/lineups"] += _on_the_bench(lists, NEW_TEAM, named)


def _on_the_bench(lists: dict[str, list[Row]], team: str, named: Row) -> list[Row]:
    """A substitute more in every confirmed line-up of a team."""
    confirmed = {
        row["observed_at"]: row
        for row in lists["raw/lineups"]
        if row["team"] == team and row["lineup_status"] == "confirmed"
    }
    role: Row = {"is_starter": False, "position": None, "roster_status": "active"}
    return [{**row, **role, **named} for row in confirmed.values()]


def _tell_more_after_the_lock(lists: dict[str, list[Row]]) -> None:
    """Of one game everything is told once more, a minute after its lock, and says otherwise."""
    game, late = of(*TOLD_TOO_LATE), timedelta(minutes=1)
    # Its lock: half an hour before the tip, at which its last line-up was captured.
    lock = max(row["observed_at"] for row in lists["raw/lineups"] if row["game_id"] == game)
    otherwise: dict[str, Row] = {
        "raw/lineups": {"roster_status": "inactive"},
        "raw/injuries": {"status": "out"},
        "raw/player_prop_lines": {"line": 59.5},
    }
    for name, changes in otherwise.items():
        key = ("player_id", "book") if name == "raw/player_prop_lines" else ("player_id",)
        own = {tuple(r[k] for k in key): r for r in lists[name] if r["game_id"] == game}
        assert own
        lists[name] += [{**row, **changes, "observed_at": lock + late} for row in own.values()]
    listed = next(row for row in lists["raw/rosters"] if row["team"] == TOLD_TOO_LATE[0])
    came = {"player_id": CAME_TOO_LATE, "nba_player_id": CAME_TOO_LATE, "observed_at": lock + late}
    lists["raw/rosters"].append({**listed, **came})


def test_no_trouble_of_one_team_holds_the_night(bad: Bad) -> None:
    assert bad.failures == []
    for name in BEFORE_TIP:
        assert set(bad.read(name)["game_date"]) == {NIGHT}


def test_a_team_without_a_roster_is_listed_by_its_line_up_or_its_last_games(bad: Bad) -> None:
    told = bad.read(AVAILABILITY)
    own = told[told["team"].isin([UNLISTED, *LISTED_LONG_AGO])]
    sources = own.groupby(["team", "cutoff"])["roster_source"].unique().map(sorted)
    assert sources.to_dict() == {
        (team, cutoff): [source]
        for team in (UNLISTED, *LISTED_LONG_AGO)
        for cutoff, source in (("lock", "lineup"), ("morning", "recent_box"))
    }
    assert own["available"].groupby([own["team"], own["cutoff"]]).sum().min() >= 8
    assert own["is_degraded"].all()
    assert all("no fresh roster names him" in reasons for reasons in own["degraded_reasons"])


def test_only_the_teams_without_a_roster_are_degraded(bad: Bad) -> None:
    told = bad.read(AVAILABILITY)
    listed = set(told.loc[told["is_degraded"], "team"])
    assert listed == {UNLISTED, *LISTED_LONG_AGO}
    cell = bad.platform.status(NIGHT, assets=[AVAILABILITY])[AVAILABILITY, NIGHT]
    assert cell.state == "degraded"
    assert "no fresh roster names him" in cell.reason


def test_a_man_without_history_is_there_and_nothing_is_made_up_for_him(bad: Bad) -> None:
    told = bad.of_man(AVAILABILITY, NOVICE)
    assert set(told["cutoff"]) == {"morning", "lock"}
    assert set(told["roster_source"]) == {"rosters"}
    assert told["available"].all()
    vectors = bad.of_man(STORE, NOVICE)
    assert set(vectors["cutoff"]) == {"morning", "lock"}
    unknown = [
        "points_avg_last_5", "points_avg_last_10", "points_avg_season", "points_std_last_10",
        "pct_paint", "pct_mid", "pct_three", "pct_free_throw", "minutes_avg_last_10",
        "points_per_minute_last_10", "points_ewma", "days_since_last_game",
    ]  # fmt: skip
    assert vectors[unknown].isna().all(axis=None)
    assert set(vectors["games_played_season"]) == {0}
    # A feature that is not known for want of games is worth no more than one that is missing.
    letters = vectors["feature_sources"].map(
        lambda sources: {sources[FEATURE_NAMES.index(name)] for name in unknown[:9]}
    )
    assert all(told <= {"F", "M"} for told in letters)
    assert vectors["quality_score"].max() < bad.read(STORE)["quality_score"].median()
    assert set(vectors["quality_tier"]) == {"bronze"}
    assert set(bad.of_man(CACHE, NOVICE)["points_avg_season"].isna()) == {True}


def test_a_traded_man_is_of_his_new_team_with_the_games_of_his_old_one(bad: Bad) -> None:
    for name in (AVAILABILITY, CONTEXT, STORE):
        told = bad.of_man(name, bad.traded)
        assert set(told["team"]) == {NEW_TEAM}
        assert set(told["game_id"]) == {of("LAC", "NYK")}
        assert sorted(told["cutoff"]) == ["lock", "morning"]
    assert bad.of_man(AVAILABILITY, bad.traded)["available"].all()
    form = bad.of_man(CACHE, bad.traded)
    (before,) = bad.before[CACHE].query("player_id == @bad.traded").to_dict("records")
    kept = ["points_avg_season", "games_played_season", "points_ewma", "minutes_avg_season"]
    assert form[kept].iloc[0].to_dict() == {name: before[name] for name in kept}
    assert before["games_played_season"] > 1


def test_a_man_whom_two_rosters_name_plays_for_the_team_he_played_for_last(bad: Bad) -> None:
    for name in (AVAILABILITY, STORE):
        told = bad.of_man(name, bad.twice_listed)
        assert set(told["team"]) == {LEFT}
        assert sorted(told["cutoff"]) == ["lock", "morning"]
    verdict = said(bad.platform, AVAILABILITY, "nobody_plays_in_two_games", NIGHT)
    assert (verdict.passed, verdict.offenders) == (True, 0)


@pytest.mark.parametrize("asset", [*SLATES[1:3], CONTEXT, FEATURES[3], STORE])
def test_what_was_told_after_the_lock_changes_no_row(bad: Bad, asset: str) -> None:
    now, before = bad.of_game(asset, of(*TOLD_TOO_LATE))
    assert_same(now, before)
    assert CAME_TOO_LATE not in set(now["player_id"])


@pytest.mark.parametrize("asset", [*SLATES[1:3], CONTEXT])
def test_nothing_that_is_published_was_observed_after_its_cutoff(bad: Bad, asset: str) -> None:
    verdict = said(bad.platform, asset, "nothing_is_known_before_it_was_observed", NIGHT)
    assert (verdict.passed, verdict.offenders) == (True, 0)


@pytest.mark.parametrize("asset", [AVAILABILITY, CONTEXT, STORE])
def test_the_other_games_are_as_on_any_night(bad: Bad, asset: str) -> None:
    games = set(bad.before[asset]["game_id"]) - IN_TROUBLE - {of(*TOLD_TOO_LATE)}
    assert len(games) == 5
    for game in games:
        now, before = bad.of_game(asset, game)
        assert_same(now, before)


def test_good_lists_bring_the_clean_night_back(whole: Platform, bad: Bad) -> None:
    for name in LISTS:
        replace(bad.platform, name, NIGHT, rows(whole, name, NIGHT))
    runs, _ = backfilled(bad.platform, BEFORE_TIP, NIGHT, NIGHT)
    assert not any(run.failures for run in runs)
    days = [NIGHT]
    assert digests(bad.platform, BEFORE_TIP, days) == digests(whole, BEFORE_TIP, days)
    cells = bad.platform.status(NIGHT, assets=BEFORE_TIP)
    assert cells == whole.status(NIGHT, assets=BEFORE_TIP)
