"""The slate per cut-off: which games, when they are cut, and what no feed has told of."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from nba_assets.analytics.upcoming_games import NOT_DUE, OWED, compute, lost_games
from nba_assets.analytics.upcoming_tables import LOCK, MORNING, UPCOMING_GAMES
from nba_assets.definitions import TABLES
from nba_assets.gates.publish import Computed
from nba_assets.partitions import slate_instant
from nba_assets.raw.injuries import INJURIES
from nba_assets.raw.lineups import LINEUPS
from nba_assets.raw.shots import SHOTS
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.duckdb import DuckDBWarehouse
from nba_assets_tests.analytics.world import in_lineup, publish, shots
from nba_assets_tests.platform import utc
from nba_assets_tests.raw.payloads import desk_in
from nba_assets_tests.raw.rows import DAY, Row, frame, scheduled

TIP = utc("2025-11-05T23:30Z")
LOCKED = TIP - timedelta(minutes=30)
SLATED: Row = {"slate_tip_at": TIP, "slate_observed_at": utc("2025-11-05T12:00Z")}
ALL_BLOCKS = ["injuries", "lines", "game_lines", "rosters", "zones"]


class Slate:
    """A warehouse of planted raw rows, and the slate that follows from them."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.desk = desk_in(home, **settings)
        self.warehouse = DuckDBWarehouse(home / "warehouse", home / "quarantine", TABLES)

    def plant(self, *games: Row, lineups: Sequence[Row] = (), day: date = DAY) -> None:
        publish(self.warehouse, SCHEDULE, SCHEDULE.rows(games), [day])
        publish(self.warehouse, LINEUPS, LINEUPS.rows(lineups), [day])

    def compute(self, day: date = DAY) -> Computed:
        return compute(self.desk, self.warehouse, [day])

    def rows(self, day: date = DAY) -> dict[tuple[str, str], Row]:
        found = self.compute(day).rows
        assert not isinstance(found, str)
        made: list[Row] = found.to_pylist()  # type: ignore[union-attr]
        return {(row["game_id"][9:], row["cutoff"]): row for row in made}


def test_a_slated_game_has_a_row_at_ten_and_one_half_an_hour_before_its_tip(tmp_path: Path) -> None:
    slate = Slate(tmp_path)
    slate.plant(scheduled(**SLATED, tip_at=TIP + timedelta(hours=3)))
    rows = slate.rows()
    assert {key: row["cutoff_at"] for key, row in rows.items()} == {
        ("BOS_NYK", MORNING): slate_instant(DAY),
        ("BOS_NYK", LOCK): LOCKED,
    }
    assert {row["tip_at"] for row in rows.values()} == {TIP}, "the tip is that of the slate"


def test_what_became_of_a_game_changes_nothing(tmp_path: Path) -> None:
    slate = Slate(tmp_path)
    slate.plant(scheduled(**SLATED))
    before = slate.rows()
    for status in ("postponed", "live", "cancelled"):
        played: Row = {"home_score": 1100, "away_score": 99, "overtime_periods": 3, "tip_at": TIP}
        slate.plant(scheduled(**SLATED, **played, status=status))
        assert slate.rows() == before


def test_a_game_off_the_slate_is_there_once_a_line_up_names_it(tmp_path: Path) -> None:
    slate = Slate(tmp_path)
    late = scheduled(tip_at=TIP)
    slate.plant(late)
    assert slate.rows() == {}
    slate.plant(late, lineups=[in_lineup("1", LOCKED + timedelta(seconds=1))])
    assert slate.rows() == {}
    slate.plant(late, lineups=[in_lineup("1", LOCKED)])
    assert list(slate.rows()) == [("BOS_NYK", LOCK)]


def test_games_that_count_for_nothing_are_not_on_the_slate(tmp_path: Path) -> None:
    slate = Slate(tmp_path)
    slate.plant(scheduled(**SLATED, season_type="preseason"))
    assert slate.rows() == {}


def test_a_row_whose_cut_off_has_not_passed_is_not_made(tmp_path: Path) -> None:
    def known(until: datetime) -> list[str]:
        home = tmp_path / f"{until:%H%M%S}"
        home.mkdir()
        slate = Slate(home, as_of=until)
        slate.plant(scheduled(**SLATED))
        notes = slate.compute().notes.get(DAY, {})
        found = [cutoff for _, cutoff in slate.rows()]
        assert (NOT_DUE in notes) == (len(found) < 2)
        return found

    second = timedelta(seconds=1)
    assert known(slate_instant(DAY) - second) == []
    assert known(slate_instant(DAY)) == [MORNING]
    assert known(LOCKED - second) == [MORNING]
    assert known(LOCKED) == [MORNING, LOCK]


def test_a_feed_is_absent_until_it_was_first_heard_of_this_season(tmp_path: Path) -> None:
    slate, eve = Slate(tmp_path), DAY - timedelta(days=1)
    slate.plant(scheduled(**SLATED))
    assert {tuple(row["absent_blocks"]) for row in slate.rows().values()} == {tuple(ALL_BLOCKS)}
    noon = utc("2025-11-05T17:00Z")
    report = {"player_id": "1", "nba_player_id": "1", "player_name": "A", "player_lookup": "a"}
    hurt: Row = in_lineup("1", noon) | report | {"status": "out"}
    publish(slate.warehouse, INJURIES, INJURIES.rows([hurt]), [DAY])
    shot = [row | {"game_date": eve} for row in shots("1", "paint", made=1)][:1]
    publish(slate.warehouse, SHOTS, SHOTS.rows(shot), [eve])
    found = {cutoff: row["absent_blocks"] for (_, cutoff), row in slate.rows().items()}
    assert found[MORNING] == ["injuries", "lines", "game_lines", "rosters"]
    assert found[LOCK] == ["lines", "game_lines", "rosters"]


def test_shots_of_the_date_itself_are_not_heard_of(tmp_path: Path) -> None:
    slate = Slate(tmp_path)
    slate.plant(scheduled(**SLATED))
    publish(slate.warehouse, SHOTS, SHOTS.rows(shots("1", "paint", made=1)[:1]), [DAY])
    assert all("zones" in row["absent_blocks"] for row in slate.rows().values())


def test_a_date_between_seasons_has_no_slate(tmp_path: Path) -> None:
    slate = Slate(tmp_path)
    assert slate.rows(date(2025, 8, 1)) == {}


def test_a_slated_game_that_is_lost_is_named(tmp_path: Path) -> None:
    slate = Slate(tmp_path)
    second = scheduled("LAL", "GSW", **SLATED)
    off = scheduled("MIA", "CHI")
    slate.plant(scheduled(**SLATED), second, off)
    rows = list(slate.rows().values())
    owed = slate.compute().evidence[OWED]
    assert lost_games(frame(UPCOMING_GAMES, rows), owed).empty
    for cutoff in (MORNING, LOCK):
        one = (second["game_id"], cutoff)
        lost = [r for r in rows if (r["game_id"], r["cutoff"]) != one]
        named = lost_games(frame(UPCOMING_GAMES, lost), owed)
        assert [tuple(n) for n in named[["game_id", "cutoff"]].to_numpy()] == [one]
        assert f"{one[0]} at {cutoff} is not in it" in named["reason"].iloc[0]


def test_a_night_of_which_nothing_was_known_in_time_is_no_night_without_games(
    tmp_path: Path,
) -> None:
    slate = Slate(tmp_path)
    slate.plant(scheduled(), scheduled("LAL", "GSW"))
    computed = slate.compute()
    named = lost_games(frame(UPCOMING_GAMES, []), computed.evidence[OWED])
    assert set(named["game_id"]) == {"20251105_BOS_NYK", "20251105_LAL_GSW"}
    assert named["reason"].str.endswith("was not known before the cut-off").all()


def test_a_morning_that_has_not_come_owes_nothing(tmp_path: Path) -> None:
    slate = Slate(tmp_path, as_of=slate_instant(DAY) - timedelta(seconds=1))
    slate.plant(scheduled(**SLATED))
    assert lost_games(frame(UPCOMING_GAMES, []), slate.compute().evidence[OWED]).empty
