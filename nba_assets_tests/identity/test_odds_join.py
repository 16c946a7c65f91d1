"""Recorded names of three providers against the NBA's box scores: whom each of them means."""

import csv
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from nba_assets.identity.aliases import Aliases, load_aliases
from nba_assets.identity.games import Event, Game, ScheduledGames
from nba_assets.identity.names import read_name
from nba_assets.identity.registry import Evidence, Registry, Resolution
from nba_assets.sources.teams import tricode_of
from nba_assets_tests.platform import SHARED

REPLAY = SHARED / "replay"
ODDS = REPLAY / "api.the-odds-api.com/v4/sports/basketball_nba/events"
BOXES = REPLAY / "cdn.nba.com/static/json/liveData/boxscore"
TRUTH = SHARED / "truth/bref_player_box_2023-24.csv.gz"
BALLDONTLIE = SHARED / "contracts/bdl_box_scores/raw_7a649e12.json"
LINEUPS = REPLAY / "stats.nba.com/js/data/leaders"
SEASON = 2023
MIN_RATE = 0.99
SAMPLE = 200

pytestmark = pytest.mark.skipif(not ODDS.exists(), reason=f"no recorded odds at {ODDS}")


class Listed(NamedTuple):
    """A player of a box score; 0 points where he did not play."""

    name: str
    team: str
    points: int


class Box(NamedTuple):
    """Who was listed for a game, inactive players included."""

    game_id: str
    game_date: date
    away_team: str
    home_team: str
    listed: dict[str, Listed]  # by NBA id


class Pair(NamedTuple):
    """A name that some book offered for an event."""

    event_id: str
    box: Box
    name: str


class Joined(NamedTuple):
    pair: Pair
    found: Resolution


def body(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()))


def read_boxes() -> Iterator[Box]:
    for path in sorted(BOXES.glob("boxscore_00?23*.json/*.gz")):
        game = body(path)["game"]
        away, home = game["awayTeam"], game["homeTeam"]
        yield Box(
            game["gameId"],
            date.fromisoformat(game["gameEt"][:10]),
            away["teamTricode"],
            home["teamTricode"],
            {
                str(player["personId"]): Listed(
                    player["name"], side["teamTricode"], player["statistics"]["points"]
                )
                for side in (away, home)
                for player in side["players"]
            },
        )


def lineup_evidence() -> Iterator[Evidence]:
    folders = [f for f in LINEUPS.iterdir() if "20231001" <= f.name[-13:-5] <= "20240701"]
    for folder in sorted(folders):
        day = date.fromisoformat(folder.name[-13:-5])
        for game in body(max(folder.glob("*.gz")))["games"]:
            for side in (game["awayTeam"], game["homeTeam"]):
                for player in side["players"]:
                    yield Evidence(
                        str(player["personId"]),
                        player["playerName"],
                        side["teamAbbreviation"],
                        SEASON,
                        day,
                    )


@pytest.fixture(scope="module")
def boxes() -> list[Box]:
    return list(read_boxes())


@pytest.fixture(scope="module")
def pairs(boxes: list[Box]) -> list[Pair]:
    games = {box.game_id: box for box in boxes}
    scheduled = ScheduledGames(Game(*box[:4]) for box in boxes)
    found = set()
    bodies = sorted(ODDS.glob("*/odds/*markets=player_points&*/*.gz"))
    for path in bodies:
        odds = body(path)
        starts_at = datetime.fromisoformat(odds["commence_time"])
        event = Event(odds["id"], odds["away_team"], odds["home_team"], starts_at=starts_at)
        match = scheduled.match(event)
        assert match.game_id, match.reason
        found |= {
            (event.event_id, match.game_id, outcome["description"])
            for book in odds["bookmakers"]
            for market in book["markets"]
            for outcome in market["outcomes"]
        }
    assert len(bodies) == 306
    assert len({event_id for event_id, _, _ in found}) == len({game for _, game, _ in found}) == 306
    return [Pair(event_id, games[game_id], name) for event_id, game_id, name in sorted(found)]


@pytest.fixture(scope="module")
def joined(pairs: list[Pair], boxes: list[Box]) -> list[Joined]:
    """As the platform does it: the line-ups up to the date and the box scores before it."""
    return join(pairs, platform_registry(boxes, load_aliases()))


def platform_registry(boxes: list[Box], aliases: Aliases) -> Registry:
    past = (
        # Known to the platform from the morning after.
        Evidence(nba_id, p.name, p.team, SEASON, box.game_date + timedelta(days=1))
        for box in boxes
        for nba_id, p in box.listed.items()
    )
    return Registry([*lineup_evidence(), *past], aliases)


def join(pairs: list[Pair], registry: Registry) -> list[Joined]:
    return [
        Joined(p, registry.resolve(p.name, (p.box.away_team, p.box.home_team), p.box.game_date))
        for p in pairs
    ]


def report(joined: list[Joined], title: str) -> tuple[float, str]:
    """Share of pairs that mean a listed player, and the figures with every pair that does not."""
    good = [j for j in joined if j.found.nba_id in j.pair.box.listed]
    others = [j for j in joined if j.found.nba_id not in j.pair.box.listed]
    rate = len(good) / len(joined)
    steps = Counter(j.found.step for j in good)
    lines = [f"{title}: {len(good)} of {len(joined)} pairs, {rate:.4%}; by step {dict(steps)}"]
    lines += [
        f"  {j.pair.box.game_date} {j.pair.box.away_team} at {j.pair.box.home_team}"
        f" {j.pair.name!r}: {j.found.reason or f'{j.found.nba_id} is not listed'}"
        for j in others
    ]
    return rate, "\n".join(lines)


def listed(joined: Joined) -> Listed:
    assert joined.found.nba_id
    return joined.pair.box.listed[joined.found.nba_id]


def show(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201


def test_names_mean_players_listed_for_the_game_by_lineups_and_earlier_boxes(
    joined: list[Joined], capsys: pytest.CaptureFixture[str]
) -> None:
    rate, text = report(joined, "line-ups and earlier box scores")
    show(capsys, text)
    assert rate >= MIN_RATE, text


def test_names_mean_players_listed_for_the_game_by_its_own_box(
    pairs: list[Pair], capsys: pytest.CaptureFixture[str]
) -> None:
    aliases = load_aliases()
    found = []
    for box in {pair.box.game_id: pair.box for pair in pairs}.values():
        own_evidence = [
            Evidence(i, p.name, p.team, SEASON, box.game_date) for i, p in box.listed.items()
        ]
        own = [pair for pair in pairs if pair.box.game_id == box.game_id]
        found += join(own, Registry(own_evidence, aliases))
    rate, text = report(found, "the game's own box score")
    show(capsys, text)
    assert rate >= MIN_RATE, text


def test_exact_names_alone_lose_pairs_that_folding_recovers(joined: list[Joined]) -> None:
    steps = Counter(j.found.step for j in joined)
    exact = steps["exact"] / len(joined)
    assert exact < 0.95
    assert sum(steps[s] for s in ("exact", "fold", "suffix")) / len(joined) >= 0.97
    assert steps["alias"] > 0
    assert steps["order"] > 0
    assert steps["abbreviation"] > 0


def test_the_alias_table_is_needed(pairs: list[Pair], boxes: list[Box]) -> None:
    without = join(pairs, platform_registry(boxes, Aliases()))
    lost = {j.pair.name for j in without if not j.found.nba_id}
    assert {"Herb Jones", "Nicolas Claxton", "Edrice Femi Adebayo"} <= lost


def doubtful(name: str, official: str, aliases: Aliases) -> str:
    """What speaks against two spellings being one man, "" for nothing.

    Stricter than the steps, and told another way: the same words but for accents and suffix, in
    any order, the first of them perhaps cut; or a pair of the alias table.
    """
    asked, known = read_name(name), read_name(official)
    if known.bare in {other.bare for other in aliases.others(asked)}:
        return ""
    if asked.suffix and known.suffix and asked.suffix != known.suffix:
        return "other suffix"
    if sorted(asked.bare) == sorted(known.bare):
        same_words = set(asked.words) & set(known.words)
        return "" if same_words or asked.bare == known.bare else "no word in common"
    if asked.family != known.family:
        return "other family name"
    return "" if known.given.startswith(asked.given) else "other first name"


def test_no_pair_means_a_man_whose_name_disagrees(
    joined: list[Joined], capsys: pytest.CaptureFixture[str]
) -> None:
    aliases = load_aliases()
    resolved = [j for j in joined if j.found.nba_id in j.pair.box.listed]
    wrong = [
        (j.pair.name, official, why)
        for j in resolved
        for official in [listed(j).name]
        if (why := doubtful(j.pair.name, official, aliases))
    ]
    assert wrong == []
    # These 200 lines and every spelling that is not exact were read one by one: no false join.
    sample = random.Random(20240302).sample(resolved, SAMPLE)
    lines = {f"{j.pair.name} -> {listed(j).name} {listed(j).team} ({j.found.step})" for j in sample}
    print("\n".join(sorted(lines)))  # noqa: T201
    assert len(sample) == SAMPLE


def test_one_spelling_means_one_man_of_a_team_all_spring(joined: list[Joined]) -> None:
    meant: dict[tuple[str, str], set[str]] = {}
    for j in joined:
        if j.found.nba_id in j.pair.box.listed:
            meant.setdefault((j.pair.name, listed(j).team), set()).add(j.found.nba_id)
    assert {key: men for key, men in meant.items() if len(men) > 1} == {}


@pytest.mark.parametrize(
    ("name", "official"),
    [
        ("Seth Curry", "Stephen Curry"),
        ("Jaylin Williams", "Jalen Williams"),
        ("Bojan Bogdanovic", "Bogdan Bogdanović"),
        ("Gary Trent Jr.", "Gary Trent III"),
        ("J. Williams", "Kenrich Williams"),
        ("Nikola Jovic", "Nikola Jokić"),
        ("Franz Wagner", "Moritz Wagner"),
    ],
)
def test_the_rule_above_refuses_a_wrong_join(name: str, official: str) -> None:
    assert doubtful(name, official, load_aliases())


@pytest.mark.skipif(not TRUTH.exists(), reason=f"no independent box scores at {TRUTH}")
def test_every_mis_encoded_name_of_another_provider_means_the_man_who_scored_his_points(
    boxes: list[Box],
) -> None:
    registry = platform_registry(boxes, load_aliases())
    sides = {(box.game_date, team): box for box in boxes for team in (box.away_team, box.home_team)}
    wrong, steps = [], Counter[str | None]()
    with gzip.open(TRUTH, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day, team = date.fromisoformat(row["game_date"]), tricode_of(row["team"])
            box = sides.get((day, team or ""))
            if box is None:  # the playoffs have no recorded box
                continue
            found = registry.resolve(row["player_name_raw"], (box.away_team, box.home_team), day)
            steps[found.step] += 1
            man = box.listed.get(found.nba_id or "")
            if man is None or man.team != team or man.points != int(row["pts"]):
                wrong.append((day, row["player_name_raw"], team, row["pts"], man or found.reason))
    assert wrong == []
    assert sum(steps.values()) > 26_000
    assert steps["exact"] / sum(steps.values()) < 0.95


@pytest.mark.skipif(not BALLDONTLIE.exists(), reason=f"no recorded box scores at {BALLDONTLIE}")
def test_every_name_of_a_balldontlie_night_is_known(boxes: list[Box]) -> None:
    registry = platform_registry(boxes, load_aliases())
    lost, asked = [], 0
    for game in json.loads(BALLDONTLIE.read_bytes())["data"]:
        sides = [game["visitor_team"], game["home_team"]]
        teams = [side["abbreviation"] for side in sides]
        for player in (line["player"] for side in sides for line in side["players"]):
            name = f"{player['first_name']} {player['last_name']}"
            found = registry.resolve(name, teams, date.fromisoformat(game["date"]))
            asked += 1
            if not found.nba_id or doubtful(
                name, registry.persons[found.nba_id].name, load_aliases()
            ):
                lost.append((name, found))
    assert asked == 384
    assert lost == []
