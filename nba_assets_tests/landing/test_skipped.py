from pathlib import Path

import dagster as dg
import pytest

from nba_assets.landing.assets import ANSWERED
from nba_assets.sources.feed import Feed
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.feeds.archives import BIGDATABALL_FILES, DETAILED_PBP
from nba_assets.sources.policy import POLICIES
from nba_assets_tests.landing.by_hand import DAY, desk_in, with_games
from nba_assets_tests.platform import platform
from nba_assets_tests.sources.provider import Provider, TestClock

KEYED = [feed for feed in FEEDS if POLICIES[feed.host].key]


@pytest.mark.parametrize("feed", KEYED, ids=lambda feed: feed.name)
def test_live_a_feed_without_its_key_is_skipped_with_the_settings_name(
    tmp_path: Path, provider: Provider, clock: TestClock, feed: Feed
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock, keys={}))
    asked = desk.ask(feed, DAY)
    key = POLICIES[feed.host].key
    assert key is not None
    assert (asked.state, asked.failed) == ("skipped", [])
    assert asked.note == f"not configured: {key.setting} is not set"
    assert provider.seen == []


def test_the_sandbox_needs_no_keys_but_for_what_is_optional(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock, source="sandbox", keys={}))
    skipped = [feed for feed in FEEDS if desk.why_skipped(feed)]
    assert skipped == [BIGDATABALL_FILES, DETAILED_PBP]
    with_key = desk_in(tmp_path, provider, clock, source="sandbox")
    assert [feed for feed in FEEDS if with_key.why_skipped(feed)] == []


def test_a_feed_that_is_switched_off_is_skipped_whatever_its_key(
    tmp_path: Path, provider: Provider, clock: TestClock
) -> None:
    desk = with_games(desk_in(tmp_path, provider, clock, feeds_off="espn_injuries, bdl_games"))
    off = [feed.name for feed in FEEDS if desk.why_skipped(feed)]
    assert off == ["bdl_games", "espn_injuries"]
    assert desk.ask(FEEDS[off.index("bdl_games")], DAY).state != "skipped"


def test_a_skipped_feed_passes_tells_why_and_holds_nobody_up(tmp_path: Path) -> None:
    off = ["espn_scoreboard", "bdl_games"]
    with platform(tmp_path, feeds_off=",".join(off)) as found:
        assets = ["landing/nba_schedule", *(f"landing/{name}" for name in off), "raw/schedule"]
        result = found.run(assets, DAY)
        assert result.success
        assert len(found.read("raw.schedule", DAY)) > 0
        found.keys = assets
        cells = found.status(DAY)
        for name in off:
            cell = cells[f"landing/{name}", DAY]
            assert (cell.state, cell.reason) == ("skipped", "switched off by NBA_ASSETS_FEEDS_OFF")
        verdicts = {
            e.asset_key.to_user_string(): e
            for e in result.get_asset_check_evaluations()
            if e.check_name == ANSWERED
        }
        for name in off:
            verdict = verdicts[f"landing/{name}"]
            assert verdict.passed
            reason = verdict.metadata["skipped"].value
            assert reason == "switched off by NBA_ASSETS_FEEDS_OFF"
        optional = found.run(["landing/nba_schedule", "landing/bigdataball_files"], DAY)
        assert optional.success
        (event,) = optional.asset_materializations_for_node("landing")[-1:]
        assert event.asset_key == dg.AssetKey(["landing", "bigdataball_files"])
        assert event.metadata["state"].value == "skipped"
        assert "BIGDATABALL_API_KEY" in str(event.metadata["note"].value)
