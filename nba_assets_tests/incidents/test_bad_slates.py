"""Games that are not what they were: postponed afterwards, told twice, of a side without men."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nba_assets.partitions import dates_between
from nba_assets.sandbox.league import League
from nba_assets.sandbox.server import SandboxServer
from nba_assets_tests.incidents.findings import assert_same
from nba_assets_tests.incidents.ten_nights import (
    DAYS,
    FEATURES,
    FOLLOWING,
    LAST,
    OF_BOXES,
    SLATES,
    SUMMARIES,
    backfilled,
    copied,
    digests,
    events,
    files,
    replace,
    restate,
    rows,
    said,
    whole_nights,
)
from nba_assets_tests.platform import Platform

pytestmark = pytest.mark.nights

SUMMARY, CONTEXT = "analytics/player_game_summary", "analytics/upcoming_team_game_context"
AVAILABILITY, STORE = "analytics/player_availability", "precompute/ml_feature_store"
FACTORS, PLAYERS = "precompute/player_composite_factors", "raw/player_box_scores"
NIGHT = date(2025, 10, 27)
POSTPONED, ITS_TEAMS = f"{NIGHT:%Y%m%d}_DET_CHA", ("DET", "CHA")
SHORT, ITS_GAME = "NOP", "20251029_CLE_NOP"
SHORT_NIGHT = date(2025, 10, 29)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="module")
def whole(league: League, server: SandboxServer, base: Path) -> Iterator[Platform]:
    with copied(whole_nights(base, league, server), base / "bad_slates_whole", server) as found:
        yield found


@pytest.fixture(scope="module")
def postponed(server: SandboxServer, base: Path, whole: Platform) -> Iterator[Platform]:
    """A morning's slate named a game; afterwards the schedule says that it was not played."""
    with copied(whole.settings.home, base / "postponed", server) as found:
        schedule = rows(found, "raw/schedule", NIGHT)
        for row in schedule:
            if row["game_id"] == POSTPONED:
                row |= {"status": "postponed", "home_score": None, "away_score": None}
        replace(found, "raw/schedule", NIGHT, schedule)
        for name in OF_BOXES:
            played = [row for row in rows(found, name, NIGHT) if row["game_id"] != POSTPONED]
            replace(found, name, NIGHT, played)
        told = restate(found, server, NIGHT)
        assert told.exit_code == 0, told.output
        yield found


def test_a_game_that_was_postponed_afterwards_is_no_gap_of_its_night(postponed: Platform) -> None:
    for name in SUMMARIES:
        cell = postponed.status(NIGHT, assets=[name])[name, NIGHT]
        assert (cell.state, cell.reason) == ("published", "")
        told = postponed.read(name.replace("/", "."), NIGHT)
        assert told["game_id"].nunique() == 7
        assert POSTPONED not in set(told["game_id"])
        assert set(told["completeness_pct"]) == {100.0}


def test_what_was_known_in_the_morning_of_a_postponed_game_stays_as_it_was(
    whole: Platform, postponed: Platform
) -> None:
    names = (*SLATES, *FEATURES)
    assert files(postponed, names, [NIGHT]) == files(whole, names, [NIGHT])
    assert events(postponed, names, [NIGHT]) == events(whole, names, [NIGHT])
    assert POSTPONED in set(postponed.read("analytics.upcoming_games", NIGHT)["game_id"])


def test_later_nights_rest_on_the_games_that_were_played(
    whole: Platform, postponed: Platform
) -> None:
    for day in dates_between(NIGHT, LAST)[1:]:
        now, before = (
            found.read("analytics.upcoming_team_game_context", day) for found in (postponed, whole)
        )
        assert set(now["completeness_pct"]) == {100.0}
        assert not now["is_degraded"].any()
        ours = now["team"].isin(ITS_TEAMS)
        if ours.any():
            was = before[ours.to_numpy()]
            assert (now.loc[ours, "days_rest"].to_numpy() > was["days_rest"].to_numpy()).all()
            fewer = was["games_last_7_days"].to_numpy() - now.loc[ours, "games_last_7_days"]
            assert set(fewer) == {1}
        facing = now["opponent"].isin(ITS_TEAMS)
        rest = ["days_rest", "games_last_7_days", "travel_miles", "streak", "games_in_last_10"]
        others = (~ours & ~facing).to_numpy()
        assert_same(now.loc[others, rest], before.loc[others, rest])


@pytest.fixture(scope="module")
def short(server: SandboxServer, base: Path, whole: Platform) -> Iterator[Platform]:
    """A team that nobody lists, and whose last box scores are withheld too."""
    with copied(whole.settings.home, base / "short", server) as found:
        for name in ("raw/rosters", "raw/lineups", "raw/injuries"):
            others = [row for row in rows(found, name, SHORT_NIGHT) if row["team"] != SHORT]
            replace(found, name, SHORT_NIGHT, others)
        for day in DAYS[: DAYS.index(SHORT_NIGHT)]:
            others = [row for row in rows(found, SUMMARY, day) if row["team"] != SHORT]
            replace(found, SUMMARY, day, others)
        runs, left_out = backfilled(found, (*SLATES, *FEATURES), SHORT_NIGHT, SHORT_NIGHT)
        assert left_out == {}
        assert not any(run.failures for run in runs)
        yield found


def test_a_game_of_a_team_that_nobody_lists_is_held_by_name(short: Platform) -> None:
    verdict = said(short, AVAILABILITY, "each_side_has_eight_available", SHORT_NIGHT)
    assert (verdict.passed, verdict.effect) == (False, "quarantines")
    assert f"{ITS_GAME} eight_available: 0 available of {SHORT}" in verdict.named
    held = short.quarantined("analytics.player_availability", SHORT_NIGHT)
    rows_held = held["each_side_has_eight_available"]
    assert set(rows_held["game_id"]) == {ITS_GAME}
    assert set(rows_held["quarantine_reason"]) == {
        f"eight_available: 0 available of {SHORT} at {cutoff}" for cutoff in ("morning", "lock")
    }
    slate = said(short, AVAILABILITY, "most_slate_games_have_players", SHORT_NIGHT)
    assert (slate.passed, slate.effect, slate.offenders) == (False, "degrades", 2)
    assert ITS_GAME in slate.named
    cell = short.status(SHORT_NIGHT, assets=[AVAILABILITY])[AVAILABILITY, SHORT_NIGHT]
    assert cell.state == "degraded"
    assert f"no player of {ITS_GAME} is there at morning" in cell.reason


def test_the_ten_other_games_of_a_short_night_are_whole(whole: Platform, short: Platform) -> None:
    for name in (AVAILABILITY, "analytics/upcoming_player_game_context", STORE):
        now, before = (found.read(name.replace("/", "."), SHORT_NIGHT) for found in (short, whole))
        before = before[before["game_id"] != ITS_GAME]
        assert now["game_id"].nunique() == 10
        key = ["game_id", "player_id", "cutoff", "available"]
        assert_same(now[key], before[key])


@pytest.fixture(scope="module")
def absurd(server: SandboxServer, base: Path, whole: Platform) -> Iterator[Platform]:
    """A night whose books all speak of ninety-nine points."""
    with copied(whole.settings.home, base / "absurd", server) as found:
        lines = rows(found, "raw/game_lines", LAST)
        home = {r["game_id"]: r["home_team"] for r in rows(found, "raw/schedule", LAST)}
        for row in lines:
            if row["market"] == "spreads":
                row["line"] = -99.0 if row["side"] == home[row["game_id"]] else 99.0
        replace(found, "raw/game_lines", LAST, lines)
        yield found


def test_a_context_without_a_row_is_held_and_no_factor_is_made_of_it(
    whole: Platform, absurd: Platform
) -> None:
    before = digests(absurd)
    readers = (CONTEXT, "analytics/upcoming_player_game_context", *FEATURES)
    runs, left_out = backfilled(absurd, readers, LAST, LAST)
    verdict = said(absurd, CONTEXT, "every_team_is_possible", LAST)
    assert (verdict.passed, verdict.effect, verdict.offenders) == (False, "quarantines", 16)
    assert "game_spread -99.0 is not within -60 to 60" in verdict.named
    held = said(absurd, CONTEXT, "every_slate_game_has_two_sides", LAST)
    assert (held.passed, held.effect, held.offenders) == (False, "holds", 8)
    assert "two_sides: morning has 0 of its teams" in held.named
    (failure,) = [failure for run in runs for failure in run.failures]
    assert failure.startswith(f"analytics.upcoming_team_game_context {LAST} held back by ")
    assert CONTEXT in left_out[FACTORS, LAST]
    assert CONTEXT in left_out[STORE, LAST]
    cell = absurd.status(LAST, assets=[CONTEXT])[CONTEXT, LAST]
    assert cell.state == "blocked"
    assert "the last good data stays" in cell.reason
    assert digests(absurd) == before
    replace(absurd, "raw/game_lines", LAST, rows(whole, "raw/game_lines", LAST))
    runs, left_out = backfilled(absurd, readers, LAST, LAST)
    assert (left_out, [failure for run in runs for failure in run.failures]) == ({}, [])
    assert digests(absurd) == digests(whole)


def test_a_game_that_is_told_twice_holds_its_night_by_name_until_it_is_told_once(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    with copied(whole.settings.home, tmp_path / "doubled", server) as found:
        before = digests(found)
        listed = rows(found, PLAYERS, LAST)
        game = str(listed[0]["game_id"])
        replace(found, PLAYERS, LAST, [*listed, *(r for r in listed if r["game_id"] == game)])
        assert not found.run((SUMMARY,), LAST).success
        verdict = said(found, SUMMARY, "rows_keep_the_contract", LAST)
        assert (verdict.passed, verdict.effect) == (False, "holds")
        man = listed[0]["player_id"]
        assert f"unique_key: game_id {game}, player_id {man} more than once" in verdict.named
        assert found.status(LAST, assets=[SUMMARY])[SUMMARY, LAST].state == "blocked"
        assert digests(found) == before
        replace(found, PLAYERS, LAST, listed)
        assert found.run((SUMMARY,), LAST).success
        assert digests(found) == before


def test_a_game_that_the_slate_has_twice_is_priced_once_and_before_its_line_ups_not_at_all(
    server: SandboxServer, whole: Platform, tmp_path: Path
) -> None:
    with copied(whole.settings.home, tmp_path / "twice", server) as found:
        schedule = rows(found, "raw/schedule", SHORT_NIGHT)
        game = next(row for row in schedule if row["game_id"] == ITS_GAME)
        twin = f"{SHORT_NIGHT:%Y%m%d}_NOP_CLE"
        turned = {"game_id": twin, "home_team": "CLE", "away_team": "NOP"}
        replace(found, "raw/schedule", SHORT_NIGHT, [*schedule, game | turned])
        assert found.run(SLATES[:3], SHORT_NIGHT).success
        verdict = said(found, AVAILABILITY, "nobody_plays_in_two_games", SHORT_NIGHT)
        assert (verdict.passed, verdict.effect) == (False, "quarantines")
        assert f"CLE in {ITS_GAME} and CLE in {twin}" in verdict.named
        told = found.read("analytics.player_availability", SHORT_NIGHT)
        games = told.groupby("cutoff")["game_id"].unique()
        assert not {twin, ITS_GAME} & set(games["morning"])
        assert twin not in games["lock"]
        assert ITS_GAME in games["lock"]
        assert (len(games["morning"]), len(games["lock"])) == (10, 11)
        held = found.quarantined("analytics.player_availability", SHORT_NIGHT)
        assert set(held["nobody_plays_in_two_games"]["game_id"]) == {twin, ITS_GAME}
        cell = found.status(SHORT_NIGHT, assets=[AVAILABILITY])[AVAILABILITY, SHORT_NIGHT]
        assert cell.state == "degraded"
        assert f"no player of {twin} is there at lock" in cell.reason


def test_every_raw_row_of_a_player_is_a_row_of_the_summary(whole: Platform) -> None:
    counted: dict[str, list[int]] = {}
    for name in (PLAYERS, SUMMARY):
        told = pd.DataFrame(whole.read(name.replace("/", "."), DAYS[0], LAST))
        counted[name] = [
            int((told["player_status"] == status).sum())
            for status in sorted(set(told["player_status"]))
        ]
        assert len(counted[name]) > 1  # those who did not play among them
    assert counted[PLAYERS] == counted[SUMMARY]
    for day in DAYS:
        assert said(whole, SUMMARY, "every_raw_row_is_accounted_for", day).passed
    assert {cell.state for cell in whole.status(DAYS[0], LAST, FOLLOWING).values()} <= {
        "published",
        "degraded",
    }
