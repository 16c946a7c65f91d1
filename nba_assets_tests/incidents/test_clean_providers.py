"""Nights on which all providers are well raise no alarm, with keys and without."""

from collections.abc import Iterator
from datetime import date

import pytest

from nba_assets.automation.backfill import LayerRun
from nba_assets.automation.status import Cell
from nba_assets.definitions import TABLES
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.policy import POLICIES
from nba_assets_tests.platform import Platform, platform

FIRST, LAST = date(2025, 11, 5), date(2025, 11, 6)
KEYED = [feed.name for feed in FEEDS if POLICIES[feed.host].key]
KEYLESS_TABLES = (
    "raw.schedule",
    "raw.player_box_scores",
    "raw.team_box_scores",
    "raw.shots",
    "raw.lineups",
    "raw.injuries",
    "raw.rosters",
    "raw.officials",
    "raw.standings",
    "raw.players",
    "raw.transactions",
)
TOLD = ("predictions.predicted_players", "predictions.prediction_skips")
LINES = ("raw.player_prop_lines", "raw.game_lines")


class Nights:
    """Some nights over all nightly assets."""

    def __init__(self, made: Platform, first: date, last: date) -> None:
        self.platform = made
        self.runs: list[LayerRun] = made.backfill(first, last, made.nightly)
        self.first, self.last = first, last
        cells = made.status(first, last, made.nightly)
        self.cells: dict[tuple[str, date], Cell] = cells

    def states(self, prefix: str) -> set[str]:
        return {cell.state for (name, _), cell in self.cells.items() if name.startswith(prefix)}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    with platform(tmp_path_factory.mktemp("all"), first_date=str(FIRST)) as made:
        yield Nights(made, FIRST, LAST)


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    off = {"feeds_off": ",".join(KEYED), "first_date": str(FIRST)}
    with platform(tmp_path_factory.mktemp("keyless"), **off) as made:
        yield Nights(made, FIRST, FIRST)


def test_clean_nights_fail_nothing_and_quarantine_nothing(nights: Nights) -> None:
    assert [failure for run in nights.runs for failure in run.failures] == []
    assert [request for run in nights.runs for request in run.unanswered] == []
    quarantine = nights.platform.settings.home / "quarantine"
    assert sorted(str(path) for path in quarantine.rglob("*") if path.is_file()) == []


def test_every_table_of_clean_nights_is_published_and_none_is_degraded(nights: Nights) -> None:
    named = {
        (name, cell.day): cell.reason
        for (name, _), cell in nights.cells.items()
        if cell.state not in ("published", "answered", "skipped", "empty")
    }
    assert named == {}
    # Of two nights nobody has games enough: that is said, and nothing is predicted.
    for name in TABLES:
        is_told = name in TOLD or not name.startswith(("predictions.", "grading."))
        assert bool(len(nights.platform.read(name, FIRST, LAST))) is is_told, name


def test_only_what_was_never_configured_is_skipped(nights: Nights) -> None:
    skipped = {name for (name, _), cell in nights.cells.items() if cell.state == "skipped"}
    assert skipped == {"landing/bigdataball_files", "landing/detailed_pbp"}


def test_the_same_nights_again_change_no_byte(nights: Nights) -> None:
    before = nights.platform.digests()
    nights.platform.backfill(FIRST, LAST, nights.platform.nightly)
    assert nights.platform.digests() == before


def test_a_newcomer_without_a_key_has_everything_but_lines(newcomer: Nights) -> None:
    assert [failure for run in newcomer.runs for failure in run.failures] == []
    for name in KEYLESS_TABLES:
        rows = newcomer.platform.read(name, FIRST)
        assert len(rows), name
        if name != "raw.injuries":
            assert not rows["is_degraded"].any(), name
    for name in LINES:
        assert newcomer.platform.read(name, FIRST).empty


def test_a_feed_without_its_key_is_skipped_with_a_reason_and_no_alarm(newcomer: Nights) -> None:
    for name in KEYED:
        cell = newcomer.cells.get((f"landing/{name}", FIRST))
        if cell is not None:  # one on demand was not asked at all
            assert cell.state == "skipped", name
            assert cell.reason, name
    lines = newcomer.cells.pop(("analytics/player_line_consensus", FIRST))
    assert lines.state == "empty"
    for room in ("analytics/", "precompute/"):
        assert newcomer.states(room) == {"published"}
