"""A night on which box scores are bad, with the game log in health and without it."""

import json
import re
from datetime import date

import pandas as pd
import pytest

from nba_assets.automation.backfill import layers
from nba_assets.partitions import dates_between
from nba_assets.raw.gates import MIN_COVERAGE
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import League
from nba_assets_tests.incidents.findings import (
    PLAYERS,
    RAW_BOXES,
    SUMMARIES,
    TEAMS,
    Findings,
    assert_same,
)
from nba_assets_tests.incidents.nights import (
    BAD_LINES,
    CONFLICTING_LINES,
    CONFLICTING_NIGHT,
    DUPLICATED_NIGHT,
    FALLBACK_NIGHT,
    FIRST,
    FLAWS,
    HALF_A_NIGHT,
    HELD,
    LAST,
    LONELY_NIGHTS,
    NIGHT_OF_NOTHING,
    REPEATED_LINES,
    THREE_OF_FOUR,
    THREE_OF_FOUR_IN_ROWS,
    UNCOVERED_NIGHTS,
    LoggedGame,
    Night,
    flawed_game,
    our_id,
)
from nba_assets_tests.platform import SPINE_TABLES, Platform

pytestmark = pytest.mark.nights

DAYS = dates_between(FIRST, LAST)
COVERED = "scheduled_games_are_covered"
CONTRACT = "rows_keep_the_contract"
ALONE = [(night, name) for night in LONELY_NIGHTS for name in night.boxes]
IDS = [f"{night.day}-{name}" for night, name in ALONE]
UNTOUCHED = [
    day
    for day in DAYS
    if day
    not in {
        *HELD,
        FALLBACK_NIGHT.day,
        *(night.day for night in LONELY_NIGHTS),
        *(logged.day for logged in BAD_LINES),
        REPEATED_LINES.day,
    }
]


def reasons(rows: pd.DataFrame) -> set[str]:
    """Every reason that any of the rows gives for being degraded."""
    return {reason for given in rows["degraded_reasons"] for reason in given}


def bodies_of(findings: Findings, folder: str, fixture: Fixture) -> list[str]:
    """Names of the box score bodies of a game under one folder of the home."""
    page = f"{folder}/cdn.nba.com/static/json/liveData/boxscore/boxscore_{fixture.game_id}.json/"
    return [path.removeprefix(page) for path in findings.bodies if path.startswith(page)]


def logged_game(league: League, logged: LoggedGame) -> str:
    return our_id(league.games_on(logged.day)[logged.number])


@pytest.mark.parametrize("name", FLAWS)
def test_a_game_with_a_bad_box_is_published_from_the_log(
    league: League, undisturbed: Findings, broken: Findings, name: str
) -> None:
    game = our_id(flawed_game(league, FALLBACK_NIGHT, name))
    players, whole = broken.of_game(PLAYERS, game), undisturbed.of_game(PLAYERS, game)
    assert set(players["source"]) == {"sandbox:nba_game_log"}
    assert set(players["source_score"]) == {95}
    assert set(players["quality_tier"]) == {"gold"}
    assert players["is_degraded"].all()
    assert set(players["completeness_pct"]) == {100.0}
    played = whole[whole["played"]].set_index("player_id")["points"].sort_index()
    assert players.set_index("player_id")["points"].sort_index().equals(played)
    teams = broken.of_game(TEAMS, game)
    assert set(teams["source"]) == {"sandbox:nba_game_log"}
    assert set(teams["source_score"]) == {85}
    assert set(teams["quality_tier"]) == {"silver"}
    assert teams["is_degraded"].all()
    expected = undisturbed.of_game(TEAMS, game)
    assert teams["points"].tolist() == expected["points"].tolist()


@pytest.mark.parametrize("name", FLAWS)
@pytest.mark.parametrize("table", RAW_BOXES)
def test_rows_from_the_log_say_why_the_box_was_refused(
    league: League, broken: Findings, table: str, name: str
) -> None:
    (reason,) = reasons(broken.of_game(table, our_id(flawed_game(league, FALLBACK_NIGHT, name))))
    assert reason.startswith("nba_game_log instead of nba_boxscore: ")
    assert FLAWS[name].words in reason
    assert "; ;" not in reason


@pytest.mark.parametrize("table", RAW_BOXES)
def test_every_body_that_was_refused_is_named_beside_its_reason(
    league: League, broken: Findings, table: str
) -> None:
    passed_over = broken.metadata[table, FALLBACK_NIGHT.day]["passed_over"]
    named = [
        name
        for name in FLAWS
        if f"boxscore_{flawed_game(league, FALLBACK_NIGHT, name).game_id}.json/" in passed_over
    ]
    # A box that the CDN spoils is asked of stats.nba.com too, and spoilt there: two bodies a game.
    assert len(named) >= 5
    more = re.search(r"; and (\d+) more$", passed_over)
    assert more
    assert 10 + int(more[1]) >= len(FLAWS)
    assert all(FLAWS[name].words in passed_over for name in named)


def test_games_beside_a_refused_one_are_not_degraded(
    league: League, undisturbed: Findings, broken: Findings
) -> None:
    fixture = flawed_game(league, FALLBACK_NIGHT, "duplicated")
    for table in RAW_BOXES:
        beside = broken.of_game(table, our_id(fixture))
        assert not beside["is_degraded"].any()
        assert_same(beside, undisturbed.of_game(table, our_id(fixture)))


@pytest.mark.parametrize("name", FLAWS)
def test_a_degraded_game_stays_degraded_in_every_summary(
    league: League, broken: Findings, name: str
) -> None:
    game = our_id(flawed_game(league, FALLBACK_NIGHT, name))
    for table in SUMMARIES:
        rows = broken.of_game(table, game)
        assert len(rows)
        assert rows["is_degraded"].all()
        assert set(rows["source_score"]) == {85}


@pytest.mark.parametrize("name", FLAWS)
def test_a_body_is_kept_where_its_kind_belongs(league: League, broken: Findings, name: str) -> None:
    fixture = flawed_game(league, FALLBACK_NIGHT, name)
    places = {"landing", "quarantine/landing"}
    for kept_in in places:
        bodies = bodies_of(broken, kept_in, fixture)
        assert len(bodies) == (kept_in == FLAWS[name].kept_in), kept_in


@pytest.mark.parametrize("name", [n for n, flaw in FLAWS.items() if "quarantine" in flaw.kept_in])
def test_a_body_that_was_kept_apart_has_the_facts_of_its_request_beside_it(
    league: League, broken: Findings, name: str
) -> None:
    fixture = flawed_game(league, FALLBACK_NIGHT, name)
    folder = "quarantine/landing/cdn.nba.com/static/json/liveData/boxscore"
    page = broken.home / folder / f"boxscore_{fixture.game_id}.json"
    (body,) = bodies_of(broken, "quarantine/landing", fixture)
    facts = json.loads((page / f"{body}.request.json").read_text())
    assert f"{facts['outcome']}: {facts['reason']}".startswith(FLAWS[name].words)
    assert facts["request"].endswith(f"boxscore_{fixture.game_id}.json")


@pytest.mark.parametrize(("night", "name"), ALONE, ids=IDS)
@pytest.mark.parametrize("table", RAW_BOXES)
def test_without_the_log_the_date_is_published_and_names_the_game_it_lacks(
    league: League, broken: Findings, table: str, night: Night, name: str
) -> None:
    lost = [our_id(flawed_game(league, night, each)) for each in night.boxes]
    rows = broken.of_day(table, night.day)
    share = 100 * (1 - len(lost) / len(league.games_on(night.day)))
    assert set(rows["game_id"]) == {
        our_id(game) for game in league.games_on(night.day) if our_id(game) not in lost
    }
    assert set(rows["completeness_pct"].round(6)) == {round(share, 6)}
    assert rows["is_degraded"].all()
    game = our_id(flawed_game(league, night, name))
    assert any(COVERED in reason and game in reason for reason in reasons(rows))
    assert broken.state(table, night.day) == "degraded"
    assert game in broken.reason(table, night.day)
    verdict = broken.newest(table, COVERED, night.day)
    assert (verdict.effect, verdict.offenders) == ("degrades", len(lost))


@pytest.mark.parametrize(("night", "name"), ALONE, ids=IDS)
def test_without_the_log_the_refused_body_is_named_beside_the_rows_or_in_quarantine(
    league: League, broken: Findings, night: Night, name: str
) -> None:
    flaw, fixture = FLAWS[name], flawed_game(league, night, name)
    if not flaw.quarantining:
        passed_over = broken.metadata[PLAYERS, night.day]["passed_over"]
        assert f"boxscore_{fixture.game_id}.json/" in passed_over
        assert flaw.words in passed_over
        return
    held = broken.quarantined[PLAYERS, night.day][flaw.quarantining]
    own = held[held["game_id"] == our_id(fixture)]
    assert own["landing_path"].str.contains(f"boxscore_{fixture.game_id}").all()
    assert own["quarantine_reason"].str.contains(flaw.words, regex=False).all()
    assert len(own)


@pytest.mark.parametrize(("night", "name"), ALONE, ids=IDS)
def test_a_game_that_was_quarantined_is_in_no_table(
    league: League, broken: Findings, night: Night, name: str
) -> None:
    game = our_id(flawed_game(league, night, name))
    for table in (*RAW_BOXES, *SUMMARIES):
        assert broken.of_game(table, game).empty, table
        assert broken.state(table, night.day) == "degraded", table


def test_exactly_four_games_of_five_are_enough(league: League, broken: Findings) -> None:
    night = next(night for night in LONELY_NIGHTS if night.boxes == ("short-bench",))
    assert len(league.games_on(night.day)) == 5
    assert set(broken.of_day(PLAYERS, night.day)["completeness_pct"]) == {100 * MIN_COVERAGE}


def test_a_player_listed_twice_alike_is_one_player_and_is_counted(
    league: League, undisturbed: Findings, broken: Findings
) -> None:
    day = DUPLICATED_NIGHT.day
    assert broken.metadata[PLAYERS, day]["identical_copies_collapsed"] == "1"
    assert "identical_copies_collapsed" not in undisturbed.metadata[PLAYERS, day]
    assert_same(broken.of_day(PLAYERS, day), undisturbed.of_day(PLAYERS, day))


@pytest.mark.parametrize("night", UNCOVERED_NIGHTS, ids=lambda night: str(night.day))
@pytest.mark.parametrize("table", RAW_BOXES)
def test_a_date_with_too_few_games_is_held_by_the_coverage_gate(
    league: League, broken: Findings, table: str, night: Night
) -> None:
    lost = [our_id(flawed_game(league, night, name)) for name in night.boxes]
    assert broken.of_day(table, night.day).empty
    verdict = broken.newest(table, COVERED, night.day)
    assert (verdict.effect, verdict.offenders) == ("holds", len(lost))
    assert broken.state(table, night.day) == "blocked"
    assert f"{COVERED}: " in broken.reason(table, night.day)
    (failure,) = (
        line
        for line in broken.failures
        if line.startswith(f"{table} {night.day} held back by {COVERED}:")
    )
    shown = sorted(lost)[:10]
    assert all(game in failure and game in broken.reason(table, night.day) for game in shown)


@pytest.mark.parametrize(
    ("night", "share"),
    [
        (HALF_A_NIGHT, 50.0),
        (THREE_OF_FOUR, 75.0),
        (THREE_OF_FOUR_IN_ROWS, 75.0),
        (NIGHT_OF_NOTHING, 0.0),
    ],
    ids=lambda value: str(getattr(value, "day", value)),
)
def test_the_coverage_gate_says_how_much_there_is(
    broken: Findings, night: Night, share: float
) -> None:
    for table in RAW_BOXES:
        assert f"covered {share} %" in broken.newest(table, COVERED, night.day).named


@pytest.mark.parametrize("night", [HALF_A_NIGHT, THREE_OF_FOUR], ids=lambda night: str(night.day))
@pytest.mark.parametrize("table", RAW_BOXES)
def test_a_held_date_names_the_body_it_had_to_pass_over(
    league: League, broken: Findings, table: str, night: Night
) -> None:
    (name,) = night.boxes
    fixture = flawed_game(league, night, name)
    (told,) = (
        line
        for line in broken.failures
        if line.startswith(f"{table} {night.day} had to pass over: ")
    )
    assert f"boxscore_{fixture.game_id}.json/" in told
    assert FLAWS[name].words in told


def test_copies_of_a_player_that_differ_hold_the_date_where_no_source_remains(
    league: League, broken: Findings
) -> None:
    day = CONFLICTING_NIGHT.day
    game = our_id(flawed_game(league, CONFLICTING_NIGHT, "conflicting-duplicate"))
    assert broken.of_day(PLAYERS, day).empty
    assert broken.state(PLAYERS, day) == "blocked"
    assert f"{CONTRACT}: unique_key: game_id {game}" in broken.reason(PLAYERS, day)
    assert broken.of_game(TEAMS, game).empty


@pytest.mark.parametrize("logged", BAD_LINES, ids=lambda logged: logged.fault)
def test_bad_lines_of_the_log_never_stand_in_for_a_box(
    league: League, broken: Findings, logged: LoggedGame
) -> None:
    game = logged_game(league, logged)
    for table in (*RAW_BOXES, *SUMMARIES):
        assert broken.of_game(table, game).empty, table
        assert broken.state(table, logged.day) == "degraded", table
        assert broken.of_day(table, logged.day)["is_degraded"].all(), table
    told = [broken.metadata[PLAYERS, logged.day].get("passed_over", "")]
    for held in broken.quarantined.get((PLAYERS, logged.day), {}).values():
        told += held.loc[held["game_id"] == game, "quarantine_reason"].tolist()
    assert any(logged.words in text for text in told)
    assert any("leaguegamelog" in path for path in _paths(broken, logged.day))


def _paths(broken: Findings, day: date) -> list[str]:
    held = broken.quarantined.get((PLAYERS, day), {}).values()
    return [
        broken.metadata[PLAYERS, day].get("passed_over", ""),
        *(path for rows in held for path in rows["landing_path"]),
    ]


def test_lines_of_the_log_that_come_twice_and_differ_hold_the_date(
    league: League, broken: Findings
) -> None:
    day, game = CONFLICTING_LINES.day, logged_game(league, CONFLICTING_LINES)
    for table in RAW_BOXES:
        assert broken.of_day(table, day).empty
        assert broken.state(table, day) == "blocked"
        assert game in broken.reason(table, day)
    assert f"{CONTRACT}: unique_key: game_id {game}" in broken.reason(PLAYERS, day)


def test_lines_of_the_log_that_come_twice_alike_are_one_game_and_are_counted(
    league: League, undisturbed: Findings, broken: Findings
) -> None:
    day, game = REPEATED_LINES.day, logged_game(league, REPEATED_LINES)
    rows, whole = broken.of_game(PLAYERS, game), undisturbed.of_game(PLAYERS, game)
    assert set(rows["source"]) == {"sandbox:nba_game_log"}
    assert rows["points"].sum() == whole["points"].sum()
    collapsed = int(broken.metadata[PLAYERS, day]["identical_copies_collapsed"])
    assert collapsed == len(rows) == whole["played"].sum()


@pytest.mark.parametrize(
    "day", [night.day for night in (*LONELY_NIGHTS, DUPLICATED_NIGHT)], ids=str
)
def test_a_bad_log_takes_nothing_from_games_that_have_a_box(
    league: League, undisturbed: Findings, broken: Findings, day: date
) -> None:
    left = broken.of_day(PLAYERS, day)
    whole = undisturbed.of_day(PLAYERS, day)
    whole = whole[whole["game_id"].isin(left["game_id"])]
    quality = ["completeness_pct", "is_degraded", "degraded_reasons"]
    assert_same(left.drop(columns=quality), whole.drop(columns=quality))


@pytest.mark.parametrize("day", UNTOUCHED, ids=str)
def test_a_bad_date_stops_no_other(undisturbed: Findings, broken: Findings, day: date) -> None:
    for table in SPINE_TABLES:
        assert broken.state(table, day) == "published", table
        assert_same(broken.of_day(table, day), undisturbed.of_day(table, day))


def test_only_held_dates_are_missing_downstream(broken: Findings) -> None:
    for table in SUMMARIES:
        assert {day for day in DAYS if broken.state(table, day) == "missing"} == HELD
        assert set(broken.rows[table]["game_date"]) == {day for day in DAYS if day not in HELD}


def test_the_failure_of_a_range_tells_which_dates_to_run_again(broken: Findings) -> None:
    (last,) = {
        line for line in broken.failures if "materialize raw/player_box_scores again" in line
    }
    assert all(str(day) in last for day in HELD)
    assert not any(str(day) in last for day in DAYS if day not in HELD)


def test_every_gate_judges_every_date_that_its_asset_was_asked_for(
    troubled: Platform, broken: Findings
) -> None:
    assert all(verdict.partition for verdict in broken.verdicts)
    judged: dict[tuple[str, str], set[str]] = {}
    for verdict in broken.verdicts:
        judged.setdefault((verdict.asset, verdict.gate), set()).add(verdict.partition or "")
    every = {str(day) for day in DAYS}
    passed_on = every - {str(day) for day in HELD}
    expected = {
        (key.asset_key.to_user_string(), key.name): passed_on
        if key.asset_key.path[0] == "analytics"
        else every
        for key in troubled.graph.asset_check_keys
        if key.asset_key.to_user_string() in troubled.keys
    }
    assert judged == expected


def test_a_backfill_has_one_layer_for_each_step_down_the_graph(troubled: Platform) -> None:
    found = layers(troubled.graph, set(troubled.graph.toposorted_asset_keys))
    for upper in found:
        beside = set(upper)
        for key in upper:
            parents = troubled.graph.get(key).parent_keys
            assert key.path[0] == "landing" or not parents & beside


def test_a_mended_date_equals_one_that_was_never_broken(
    undisturbed: Findings, healed: Findings
) -> None:
    for table in SPINE_TABLES:
        assert len(healed.rows[table])
        assert_same(healed.rows[table], undisturbed.rows[table])


def test_a_mended_date_leaves_no_gap_and_no_quarantined_row(healed: Findings) -> None:
    assert healed.quarantined == {}
    assert healed.failures == ()
    assert {cell.state for cell in healed.cells.values()} == {"published", "answered"}


def test_a_mended_date_reads_the_body_that_came_later_and_keeps_the_refused_one(
    league: League, broken: Findings, healed: Findings
) -> None:
    fixture = flawed_game(league, FALLBACK_NIGHT, "renamed-key")
    refused, accepted = bodies_of(healed, "landing", fixture)
    assert refused < accepted
    assert set(healed.of_game(PLAYERS, our_id(fixture))["landing_path"]) == {
        f"cdn.nba.com/static/json/liveData/boxscore/boxscore_{fixture.game_id}.json/{accepted}"
    }
