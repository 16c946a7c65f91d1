"""What a date's games leave behind is not in its own features, and is in those of the next date."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from nba_assets.definitions import TABLES
from nba_assets.predictions.tables import FORECASTS
from nba_assets_tests.leakage.chain import OF_RESULTS, RESULTS, Chain, pregame, queries
from nba_assets_tests.leakage.league import SEASON, TRADED_ON, UNLISTED, at_lock, in_the_morning
from nba_assets_tests.leakage.poison import LEFT_BEHIND, poisoned
from nba_assets_tests.warehouse.small_league import DATES

OPENING, LAST = SEASON[0], SEASON[-1]
# Of these nothing reaches a table of before the games: crews count in nothing, and how a team stands
# is reckoned from its results.
UNREAD = {"raw.officials", "raw.standings"}
# What the captures alone say: a result cannot change it.
FROM_CAPTURES = {"analytics.upcoming_games", "analytics.player_line_consensus"}


def spoilt(clean: Chain, raw: dict[str, pa.Table], home: Path, since: date) -> Chain:
    """The league with poisoned raw rows of the date and later, and nothing made of them yet."""
    chain = clean.copied(home)
    late = [day for day in DATES if day >= since]
    chain.forget(late, [*pregame(), *RESULTS])
    chain.plant(raw, late)
    return chain


@pytest.mark.parametrize("day", [OPENING, UNLISTED, TRADED_ON, SEASON[-3]], ids=str)
def test_what_a_date_leaves_behind_is_not_in_its_features(
    clean: Chain, raw: dict[str, pa.Table], tmp_path: Path, day: date
) -> None:
    tables = pregame()
    expected = clean.files(day, tables)
    chain = spoilt(clean, poisoned(raw, day, at_lock), tmp_path, day)

    chain.make(DATES)
    assert chain.files(day, tables) == expected, "a range run that goes beyond the date"
    for days in ([day], [d for d in SEASON if d <= day]):
        chain.forget([day], tables)
        chain.make(days, tables)
        assert chain.files(day, tables) == expected, f"a run of {days[0]} … {day}"


@pytest.mark.parametrize("day", [OPENING, SEASON[-3]], ids=str)
def test_what_came_after_ten_is_not_in_the_mornings_features(
    clean: Chain, raw: dict[str, pa.Table], tmp_path: Path, day: date
) -> None:
    chain = spoilt(clean, poisoned(raw, day, in_the_morning), tmp_path, day)
    chain.make(DATES)
    tables = [name for name in pregame() if "cutoff" in TABLES[name].column_names]
    assert len(tables) == 16
    for name in tables:
        found, expected = mornings(chain, name, day), mornings(clean, name, day)
        # On opening night nobody is known well enough for any system.
        assert expected.num_rows > 0 or (day == OPENING and name.startswith("predictions."))
        assert found.equals(expected), name
    # The lock of the same date has heard of it.
    assert chain.files(day, tables) != clean.files(day, tables)


def mornings(chain: Chain, name: str, day: date) -> pa.Table:
    """The rows of the morning, without what is said of the date's whole files."""
    rows = chain.rows(name, [day])
    of_whole_files = {"input_digests"} & set(rows.column_names)
    return rows.filter(pc.equal(rows["cutoff"], "morning")).drop_columns(list(of_whole_files))


@pytest.mark.parametrize("table", sorted(set(LEFT_BEHIND) - UNREAD))
def test_the_poison_of_the_eve_is_in_the_features(
    clean: Chain, raw: dict[str, pa.Table], tmp_path: Path, table: str
) -> None:
    eve, day = SEASON[-4], SEASON[-3]
    chain = spoilt(clean, poisoned(raw, eve, at_lock, [table]), tmp_path, eve)
    chain.make([eve])
    chain.make([day], pregame())
    store = "precompute.ml_feature_store"
    assert features(chain, day) != features(clean, day)
    assert chain.files(day, [store]) != clean.files(day, [store])


def features(chain: Chain, day: date) -> list[dict[str, object]]:
    """The rows of the date beside the digests of what they were made of."""
    rows = chain.rows("precompute.ml_feature_store", [day])
    found: list[dict[str, object]] = rows.drop_columns(["input_digests"]).to_pylist()
    return found


def test_the_poison_of_earlier_dates_is_in_every_table(
    clean: Chain, raw: dict[str, pa.Table], tmp_path: Path
) -> None:
    eve, day = SEASON[-4], SEASON[-3]
    chain = spoilt(clean, poisoned(raw, SEASON[6], at_lock), tmp_path, SEASON[6])
    chain.make([d for d in DATES if SEASON[6] <= d <= eve])
    chain.make([day], pregame())
    late = [d for d in SEASON if d > SEASON[6]]
    assert chain.files(day, FROM_CAPTURES) == clean.files(day, FROM_CAPTURES)
    made = [d for d in late if d <= day]
    for name in set(pregame()) - FROM_CAPTURES:
        same = [d for d in made if chain.files(d, [name]) == clean.files(d, [name])]
        assert same != made, f"{name} does not notice"


def test_no_table_of_before_the_games_reads_results_of_its_own_date() -> None:
    known_before = {
        *pregame(), "raw.lineups", "raw.injuries", "raw.player_prop_lines", "raw.game_lines",
        "raw.rosters", *(table.name for table in FORECASTS.values()), *(table.name for table in TABLES.values() if table.is_undated),
    }  # fmt: skip
    for name in pregame():
        if name in queries():
            of_the_date = set(queries()[name].upstreams) - set(queries()[name].history)
            assert of_the_date <= known_before, name


def test_every_table_of_the_two_rooms_is_made() -> None:
    rooms = ("analytics.", "precompute.")
    named = {name for name in TABLES if name.startswith(rooms)}
    # Of the predictions, those that are SQL.
    of_predictions = {name for name in queries() if name.startswith("predictions.")}
    assert {*pregame(), *OF_RESULTS} == named | of_predictions
    assert not {name for name in RESULTS if name in pregame()}
