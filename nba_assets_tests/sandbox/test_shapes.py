"""Every key that the recorded bodies always have exists in ours, with a value of the same kind."""

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nba_assets.sandbox.box_scores import box_score_body
from nba_assets.sandbox.feeds import answer
from nba_assets.sandbox.league import League
from nba_assets.sandbox.nba_actions import play_by_play_body


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


def pages_of_a_game(league: League) -> dict[str, Any]:
    """NBA.com's further pages on a game of the second week, by feed and host."""
    game = league.games_on(league.dates[8])[0]
    day = {"DateFrom": f"{game.day:%m/%d/%Y}", "DateTo": f"{game.day:%m/%d/%Y}"}
    season = {"LeagueID": "00", "Season": "2025-26", "SeasonType": "Regular Season"}
    asked: dict[str, tuple[str, str, dict[str, str]]] = {
        "scoreboardv3": ("stats.nba.com", "/stats/scoreboardv3", {"GameDate": str(game.day)}),
        "todays": (
            "cdn.nba.com",
            "/static/json/liveData/scoreboard/todaysScoreboard_00.json",
            {},
        ),
        "boxscoretraditionalv3": (
            "stats.nba.com",
            "/stats/boxscoretraditionalv3",
            {"GameID": game.game_id},
        ),
        "playbyplayv3": ("stats.nba.com", "/stats/playbyplayv3", {"GameID": game.game_id}),
        "shotchartdetail": ("stats.nba.com", "/stats/shotchartdetail", day | season),
        "leaguegamelog": (
            "stats.nba.com",
            "/stats/leaguegamelog",
            {"PlayerOrTeam": "T"} | day | season,
        ),
        "commonteamroster": (
            "stats.nba.com",
            "/stats/commonteamroster",
            {"TeamID": "1610612739"} | season,
        ),
        "leaguestandingsv3": ("stats.nba.com", "/stats/leaguestandingsv3", season),
        "playerindex": ("stats.nba.com", "/stats/playerindex", season),
        "lineups": (
            "stats.nba.com",
            f"/js/data/leaders/00_daily_lineups_{game.day:%Y%m%d}.json",
            {},
        ),
        "movement": ("stats.nba.com", "/js/data/playermovement/NBA_Player_Movement.json", {}),
        "officials": (
            "official.nba.com",
            "/wp-json/api/v1/get-game-officials",
            {"date": str(game.day)},
        ),
    }
    bodies = {}
    for name, (host, path, query) in asked.items():
        found = answer(league, host, path, query, game.tip_at + timedelta(hours=18))
        assert found, name
        bodies[name] = found.body
    return bodies


# What a real body has by its day's accident, and what no game here has.
ABSENT = {
    "scoreboardv3": "broadcasters",
    "boxscoretraditionalv3": "",
    "playbyplayv3": "",
    "lineups": "",
    "movement": "",
    "officials": "gl.Table.rows",
}


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("scoreboardv3", "stats_nba_com/scoreboardv3_1.json.gz"),
        ("boxscoretraditionalv3", "stats_nba_com/boxscoretraditionalv3_1.json.gz"),
        ("playbyplayv3", "stats_nba_com/playbyplayv3_1.json.gz"),
        ("lineups", "nba_daily_lineups/excerpt_20261009.json"),
        ("movement", "nbac_player_movement/raw_1ecdb80d.json.gz"),
        ("officials", "nbac_referee_assignments/raw_718e62b3.json"),
    ],
)
def test_a_page_has_the_keys_of_a_real_one(
    league: League, shared: Path, name: str, recording: str
) -> None:
    ignored = ABSENT[name]

    def keys(body: Any) -> set[str]:
        found = {key for key, _ in kinds(body)}
        return {key for key in found if not (ignored and ignored in key)}

    assert keys(pages_of_a_game(league)[name]) == keys(recorded(shared / "contracts" / recording))


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("shotchartdetail", "stats_nba_com/shotchartdetail_1.json.gz"),
        ("leaguegamelog", "stats_nba_com/leaguegamelog_1.json.gz"),
        ("commonteamroster", "stats_nba_com/commonteamroster_1.json.gz"),
        ("leaguestandingsv3", "stats_nba_com/leaguestandingsv3_1.json.gz"),
        ("playerindex", "nbac_player_list/raw_7af00b51.json"),
    ],
)
def test_a_table_has_the_columns_and_kinds_of_a_real_one(
    league: League, shared: Path, name: str, recording: str
) -> None:
    ours, real = pages_of_a_game(league)[name], recorded(shared / "contracts" / recording)
    assert set(ours["parameters"]) == set(real["parameters"])
    assert ours["resource"] == real["resource"]
    for mine, theirs in zip(ours["resultSets"], real["resultSets"], strict=True):
        assert mine["name"] == theirs["name"]
        assert mine["headers"] == theirs["headers"]
        for at, column in enumerate(mine["headers"] if mine["rowSet"] else ()):
            seen = {pair for row in theirs["rowSet"] for pair in kinds(row[at])}
            here = {pair for row in mine["rowSet"] for pair in kinds(row[at])}
            assert here <= seen, column


def test_the_plays_have_every_key_of_real_ones(league: League, shared: Path) -> None:
    folder = shared / "replay/cdn.nba.com/static/json/liveData/playbyplay"
    paths = sorted(folder.glob("*/*.json.gz"))
    assert paths

    def by_kind(bodies: list[Any]) -> dict[str, set[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = {}
        for body in bodies:
            for action in body["game"]["actions"]:
                found.setdefault(action["actionType"], set()).update(kinds(action))
        return found

    real = by_kind([recorded(path) for path in paths])
    ours = by_kind([play_by_play_body(league, f.game_id) for f in league.fixtures[:20]])
    # What real plays have sometimes: who whistled, where a foul was, of what kind a free throw was,
    # and a blocked three.
    strings = (".area", ".areaDetail", ".descriptor", ".qualifiers[]", ".blockPlayerName")
    numbers = (".officialId", ".blockPersonId")
    untold = {(key, "string") for key in strings} | {(key, "number") for key in numbers}
    assert set(real) - set(ours) <= {"violation", "ejection"}
    assert {kind: keys - real[kind] for kind, keys in ours.items() if keys - real[kind]} == {}
    missing = {kind: real[kind] - keys - untold for kind, keys in ours.items()}
    assert {kind: keys for kind, keys in missing.items() if keys} == {}


def test_todays_board_has_the_keys_of_real_ones(league: League, shared: Path) -> None:
    folder = shared / "replay/cdn.nba.com/static/json/liveData/scoreboard/todaysScoreboard_00.json"
    paths = sorted(folder.glob("*.json.gz"))
    assert paths
    real = {key for path in paths for key, _ in kinds(recorded(path))}
    assert {key for key, _ in kinds(pages_of_a_game(league)["todays"])} <= real
