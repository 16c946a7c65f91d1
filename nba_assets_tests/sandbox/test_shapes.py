"""Every key that the recorded bodies always have exists in ours, with a value of the same kind."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nba_assets.sandbox.box_scores import box_score_body
from nba_assets.sandbox.feeds import answer
from nba_assets.sandbox.league import League


def recorded(path: Path) -> Any:
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)


def kinds(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Key paths with the JSON kind of their value; a list's elements share one path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from kinds(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from kinds(inner, f"{path}[]")
    elif isinstance(value, bool):
        yield path, "boolean"
    elif isinstance(value, int | float):
        yield path, "number"
    else:
        yield path, "null" if value is None else "string"


def box_paths(shared: Path) -> list[Path]:
    folder = shared / "replay/cdn.nba.com/static/json/liveData/boxscore"
    return sorted(folder.glob("boxscore_0022500746.json/*.json.gz"))


def test_a_box_score_has_every_key_of_a_real_one(league: League, shared: Path) -> None:
    bodies = [box_score_body(league, fixture.game_id) for fixture in league.fixtures[:40]]
    ours = {pair for body in bodies for pair in kinds(body)}
    paths = box_paths(shared)
    assert paths
    for path in paths:
        assert set(kinds(recorded(path))) <= ours


def test_a_box_score_has_no_key_of_its_own(league: League, shared: Path) -> None:
    ours = {key for key, _ in kinds(box_score_body(league, league.fixtures[3].game_id))}
    real = {key for path in box_paths(shared) for key, _ in kinds(recorded(path))}
    assert ours <= real


def test_the_keys_of_a_player_who_is_out_are_those_of_a_real_one(
    league: League, shared: Path
) -> None:
    def out(body: Any) -> set[str]:
        players = body["game"]["homeTeam"]["players"] + body["game"]["awayTeam"]["players"]
        return {key for p in players if p["status"] == "INACTIVE" for key in p}

    real = set().union(*(out(recorded(path)) for path in box_paths(shared)))
    ours = set().union(*(out(box_score_body(league, f.game_id)) for f in league.fixtures[:40]))
    assert ours == real


def test_the_schedule_has_every_key_of_real_ones(league: League, shared: Path) -> None:
    found = answer(
        league, "stats.nba.com", "/stats/scheduleleaguev2", {"Season": "2025-26"}, league.end
    )
    assert found
    ours = {key for key, _ in kinds(found.body) if "broadcasters" not in key}
    for path in (
        shared / "contracts/nbac_schedule_api/raw_80cb1fd6.json.gz",
        shared / "contracts/nbac_schedule_cdn/raw_68953816.json",
    ):
        real = {key for key, _ in kinds(recorded(path)) if "broadcasters" not in key}
        assert real <= ours
        game = recorded(path)["leagueSchedule"]["gameDates"][0]["games"][0]
        mine = found.body["leagueSchedule"]["gameDates"][0]["games"][0]
        assert set(game["broadcasters"]) == set(mine["broadcasters"])


def test_the_log_has_the_columns_and_the_echo_of_a_real_one(league: League, shared: Path) -> None:
    real = recorded(shared / "contracts/nbac_player_boxscore/raw_2ad17718.json")
    asked = {key: str(value) for key, value in real["parameters"].items()}
    asked |= {"Season": "2025-26", "DateFrom": "10/22/2025", "DateTo": "10/22/2025"}
    found = answer(league, "stats.nba.com", "/stats/leaguegamelog", asked, league.end)
    assert found
    expected = {"Season": "2025-26", "DateFrom": "2025-10-22", "DateTo": "2025-10-22"}
    assert found.body["parameters"] == real["parameters"] | expected
    ours, theirs = found.body["resultSets"][0], real["resultSets"][0]
    assert ours["headers"] == theirs["headers"]
    assert set(map(type, ours["rowSet"][0])) <= {str, int, float}
    assert [type(v) for v in ours["rowSet"][0][:11]] == [type(v) for v in theirs["rowSet"][0][:11]]
