"""What a gate finds among the rows of one cut-off is no word about those of the other."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.definitions import TABLES
from nba_assets.partitions import slate_instant
from nba_assets_tests.leakage.chain import Chain, pregame
from nba_assets_tests.leakage.league import PRIOR, ROSTERS, changed
from nba_assets_tests.platform import platform
from nba_assets_tests.warehouse.small_league import DATES, TEAMS

# Its eve was played, and nobody tells a line-up of it: of who is there the injury report has the word.
DAY = DATES[16]
SHORT = "LAL"
MORNING, AFTERNOON = slate_instant(DAY), slate_instant(DAY) + timedelta(hours=3)
INJURIES, SCHEDULE = "raw.injuries", "raw.schedule"
SLATE, MEN = "analytics.upcoming_games", "analytics.player_availability"
FOLLOWING = [name for name in pregame() if name not in (SLATE, MEN)]
EIGHT, MOST = "each_side_has_eight_available", "most_slate_games_have_players"


def of_day(rows: pa.Table) -> pa.Table:
    return rows.filter(pc.equal(rows["game_date"], pa.scalar(DAY)))


def reported(raw: dict[str, pa.Table], team: str, status: str, at: datetime) -> pa.Table:
    """A report of a team that names one of its eight men."""
    men = of_day(raw[ROSTERS]).to_pylist()
    man = next(row for row in men if row["team"] == team)
    like = raw[INJURIES].slice(0, 1).to_pylist()[0]
    own = {name: man[name] for name in man if name in like and name.startswith(("player", "team"))}
    games = of_day(raw[SCHEDULE]).to_pylist()
    (game,) = (g["game_id"] for g in games if team in (g["home_team"], g["away_team"]))
    entry = {**like, **own, "game_date": DAY, "game_id": game, "observed_at": at, "status": status}
    return pa.Table.from_pylist([entry], raw[INJURIES].schema)


def morning_bytes(rows: pa.Table) -> bytes:
    """The rows of the morning as they go over a wire, but for the digests of whole files."""
    own = rows.filter(pc.equal(rows["cutoff"], "morning"))
    own = own.drop_columns(list({"input_digests"} & set(own.column_names)))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, own.schema) as stream:
        stream.write_table(own.combine_chunks())
    return bytes(sink.getvalue())


def made(chain: Chain, home: Path, as_of: datetime | None) -> dict[str, pa.Table]:
    """The date's tables of before the games: the slate and its men through their own assets."""
    until = {"as_of": as_of.isoformat()} if as_of else {}
    with platform(home, first_date=str(PRIOR), **until) as of_assets:
        result = of_assets.run([name.replace(".", "/") for name in (SLATE, MEN)], DAY)
        assert result.success
    chain.make([DAY], FOLLOWING)
    return {name: chain.rows(name, [DAY]) for name in pregame()}


def reasons(rows: pa.Table, cutoff: str) -> set[str]:
    """The gates that are named by the rows of a cut-off."""
    own = rows.filter(pc.equal(rows["cutoff"], cutoff))
    return {r.split(":")[0] for of_row in own["degraded_reasons"].to_pylist() for r in of_row}


def test_what_a_gate_finds_at_the_lock_leaves_every_byte_of_the_morning(
    clean: Chain, raw: dict[str, pa.Table], tmp_path: Path
) -> None:
    chain = clean.copied(tmp_path)
    chain.forget([DAY], pregame())
    # In a season's first days a game without men does not hold the slate.
    slate = changed(of_day(raw[SCHEDULE]), True, {"is_bootstrap": pa.scalar(True)})
    in_the_morning = pa.concat_tables([reported(raw, t, "probable", MORNING) for t in TEAMS])
    chain.plant({SCHEDULE: slate, INJURIES: in_the_morning}, [DAY])
    before = made(chain, tmp_path, MORNING)
    assert before[MEN].num_rows == 8 * len(TEAMS)
    assert not {EIGHT, MOST} & reasons(before[MEN], "morning")

    seven = reported(raw, SHORT, "out", AFTERNOON)
    chain.plant({INJURIES: pa.concat_tables([in_the_morning, seven])}, [DAY])
    after = made(chain, tmp_path, None)
    # The offence is there: the game of seven is gone from the lock, and what is left of it says so.
    at_lock = after[MEN].filter(pc.equal(after[MEN]["cutoff"], "lock"))
    assert at_lock.num_rows == 8 * (len(TEAMS) - 2)
    assert reasons(after[MEN], "lock") >= {EIGHT, MOST}
    assert pc.all(at_lock["is_degraded"]).as_py()

    of_cutoffs = [name for name in pregame() if "cutoff" in TABLES[name].column_names]
    assert {"analytics.upcoming_games", "precompute.ml_feature_store"} <= set(of_cutoffs)
    for name in of_cutoffs:
        assert after[name].num_rows > before[name].num_rows > 0, name
        assert morning_bytes(after[name]) == morning_bytes(before[name]), name
