"""What is heard after a cut-off changes nothing, what is heard before it counts, and no row comes early."""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from nba_assets.definitions import TABLES
from nba_assets.partitions import slate_instant
from nba_assets_tests.leakage.chain import Chain, pregame
from nba_assets_tests.leakage.league import (
    CAPTURES,
    SEASON,
    Cut,
    at_lock,
    in_the_morning,
    told_after,
    told_again,
)
from nba_assets_tests.warehouse.small_league import DATES

# Its line-ups are expected ones, so that the injury report has the last word, and it is told of once.
DAY = SEASON[6]
OF_CUTOFFS = [name for name in pregame() if "cutoff" in TABLES[name].column_names]
STORE = "precompute.ml_feature_store"


def of_cutoff(chain: Chain, name: str, cutoff: str) -> pa.Table:
    """The rows of a cut-off, beside the digests of whole files."""
    rows = chain.rows(name, [DAY])
    of_whole_files = {"input_digests"} & set(rows.column_names)
    return rows.filter(pc.equal(rows["cutoff"], cutoff)).drop_columns(list(of_whole_files))


def test_all_that_was_told_after_the_lock_might_as_well_not_have_been(
    clean: Chain, raw: dict[str, pa.Table], tmp_path: Path
) -> None:
    unheard = {
        name: raw[name].filter(pc.invert(told_after(raw, name, at_lock))) for name in CAPTURES
    }
    for name in CAPTURES:
        assert len(unheard[name]) < len(raw[name])
    chain = clean.copied(tmp_path)
    chain.plant(unheard, DATES)
    chain.forget(SEASON, pregame())
    chain.make(SEASON, pregame())
    for day in SEASON:
        assert chain.files(day, pregame()) == clean.files(day, pregame()), day


@pytest.mark.parametrize("name", CAPTURES)
@pytest.mark.parametrize(
    ("cut", "seconds", "must_notice", "may_notice"),
    [
        (at_lock, 1, set(), set()),
        (at_lock, -1, {"lock"}, {"lock"}),
        # Before the lock the next capture comes, and is the newer one.
        (in_the_morning, 1, set(), {"lock"}),
        (in_the_morning, -1, {"morning"}, {"morning", "lock"}),
    ],
    ids=["after the lock", "before the lock", "after ten", "before ten"],
)
def test_a_capture_counts_for_the_cut_offs_that_it_came_before(
    clean: Chain,
    raw: dict[str, pa.Table],
    tmp_path: Path,
    name: str,
    cut: Cut,
    seconds: int,
    must_notice: set[str],
    may_notice: set[str],
) -> None:
    chain = clean.copied(tmp_path)
    told = told_again(raw, cut, since=DAY, until=DAY, seconds=seconds, tables=[name])
    chain.plant({name: told[name]}, [DAY])
    chain.make([DAY], pregame())
    noticing = {
        cutoff
        for cutoff in ("morning", "lock")
        if any(
            not of_cutoff(chain, table, cutoff).equals(of_cutoff(clean, table, cutoff))
            for table in OF_CUTOFFS
        )
    }
    assert must_notice <= noticing <= may_notice


def test_the_date_made_again_at_night_keeps_every_byte(
    clean: Chain, raw: dict[str, pa.Table], tmp_path: Path
) -> None:
    chain = clean.copied(tmp_path)
    written = {
        name: chain.warehouse.path(TABLES[name], DAY).stat().st_mtime_ns for name in pregame()
    }
    chain.plant(told_again(raw, at_lock, since=DAY, until=DAY, seconds=3600), [DAY])
    chain.make([DAY], pregame())
    assert chain.files(DAY, pregame()) == clean.files(DAY, pregame())
    for name, at in written.items():
        assert chain.warehouse.path(TABLES[name], DAY).stat().st_mtime_ns == at, name


def test_a_row_whose_cut_off_has_not_come_is_not_made(clean: Chain, tmp_path: Path) -> None:
    games = clean.rows("analytics.upcoming_games", [DAY]).to_pylist()
    locks = sorted({game["cutoff_at"] for game in games if game["cutoff"] == "lock"})
    morning = slate_instant(DAY)
    early = timedelta(seconds=1)
    for as_of in (morning - early, morning, locks[0]):
        chain = clean.copied(tmp_path / str(as_of.timestamp()))
        chain.forget([DAY], pregame())
        chain.make([DAY], pregame(), as_of=as_of)
        for name in OF_CUTOFFS:
            found = chain.rows(name, [DAY])
            whole = clean.rows(name, [DAY])
            due = whole.filter(pc.less_equal(whole["cutoff_at"], pa.scalar(as_of)))
            assert pc.all(pc.less_equal(found["cutoff_at"], pa.scalar(as_of))).as_py() is not False
            assert found.num_rows == due.num_rows, (name, as_of)


def test_a_morning_stays_as_it_is_when_the_lock_comes(clean: Chain, tmp_path: Path) -> None:
    chain = clean.copied(tmp_path)
    chain.forget([DAY], pregame())
    chain.make([DAY], pregame(), as_of=slate_instant(DAY))
    for name in OF_CUTOFFS:
        # So early in a season nobody has five games that are alike.
        if name != "predictions.similarity":
            assert of_cutoff(chain, name, "morning").num_rows > 0
        assert of_cutoff(chain, name, "morning").equals(of_cutoff(clean, name, "morning")), name
        assert of_cutoff(chain, name, "lock").num_rows == 0
    before = chain.rows(STORE, [DAY]).num_rows
    chain.make([DAY], pregame())
    assert chain.files(DAY, pregame()) == clean.files(DAY, pregame())
    assert chain.rows(STORE, [DAY]).num_rows > before
