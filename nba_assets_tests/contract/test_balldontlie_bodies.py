"""BallDontLie's payload models against recorded responses, and one night of it against NBA.com."""

import gzip
import re
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from nba_assets.sources.balldontlie import (
    BoxGame,
    BoxLine,
    BoxScores,
    Games,
    Injuries,
    Page,
    Players,
    Standings,
    Stats,
    Team,
)
from nba_assets.sources.nba import BoxGame as NbaBoxGame
from nba_assets.sources.nba import BoxScore, Statistics
from nba_assets.sources.teams import TEAMS
from nba_assets_tests.platform import SHARED

CONTRACTS = SHARED / "contracts"
BOXES = SHARED / "replay/cdn.nba.com/static/json/liveData/boxscore"
OLD_BOX, NEW_BOX, NO_BOX = "raw_7a649e12.json", "raw_71b3c5b2.json", "raw_d62cc934.json"
NIGHT = date(2024, 1, 15)
# BallDontLie's field: that of NBA.com's box score.
SHARED_FIELDS = {
    "pts": "points", "fgm": "fieldGoalsMade", "fga": "fieldGoalsAttempted",
    "fg3m": "threePointersMade", "fg3a": "threePointersAttempted", "ftm": "freeThrowsMade",
    "fta": "freeThrowsAttempted", "oreb": "reboundsOffensive", "dreb": "reboundsDefensive",
    "ast": "assists", "stl": "steals", "blk": "blocks", "turnover": "turnovers",
    "pf": "foulsPersonal",
}  # fmt: skip
ALIASES = {
    "kenyonmartin": "kjmartin",
    "jeenathanwilliams": "natewilliams",
    "nicolasclaxton": "nicclaxton",
}

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)


def body(folder: str, name: str) -> bytes:
    return (CONTRACTS / folder / name).read_bytes()


def only_body(folder: str) -> bytes:
    (path,) = (CONTRACTS / folder).iterdir()
    return path.read_bytes()


def fold(name: str) -> str:
    """Without accents, punctuation and generational suffix."""
    plain = unicodedata.normalize("NFKD", name)
    lower = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]", "", re.sub(r"[\s.]+(jr|sr|ii|iii|iv|v)\.?$", "", lower))


def lines_of(game: BoxGame) -> list[BoxLine]:
    return [*game.home_team.players, *game.visitor_team.players]


def test_both_vintages_of_the_box_score_are_read() -> None:
    old = BoxScores.parse(body("bdl_box_scores", OLD_BOX))
    new = BoxScores.parse(body("bdl_box_scores", NEW_BOX))
    assert (old.game_dates, new.game_dates) == ({NIGHT}, {date(2026, 1, 9)})
    assert (len(old.data), len(new.data)) == (11, 10)
    assert (old.next_cursor, new.next_cursor) == (None, None)
    assert {game.state for game in (*old.data, *new.data)} == {"final"}
    assert all(game.id is None and game.tip_at is None for game in old.data)
    assert all(game.id and game.tip_at for game in new.data)
    assert not any(game.home_period_scores for game in old.data)
    for game in new.data:
        assert sum(game.home_period_scores) == game.home_team_score
        assert sum(game.visitor_period_scores) == game.visitor_team_score


@pytest.mark.parametrize(
    ("name", "listed", "idle"), [(OLD_BOX, 384, 155), (NEW_BOX, 347, 139)], ids=["old", "new"]
)
def test_players_who_did_not_play_are_told_apart(name: str, listed: int, idle: int) -> None:
    games = BoxScores.parse(body("bdl_box_scores", name)).data
    lines = [line for game in games for line in lines_of(game)]
    assert (len(lines), sum(not line.played for line in lines)) == (listed, idle)
    for game in games:
        for side, score in (
            (game.home_team, game.home_team_score),
            (game.visitor_team, game.visitor_team_score),
        ):
            assert sum(line.pts for line in side.players) == score
            assert sum(line.played for line in side.players) >= 8
            minutes = 240 + 25 * (game.overtime_periods or 0)
            assert abs(sum(line.min for line in side.players) - minutes) <= 5


def test_a_line_of_the_old_vintage_is_read_field_by_field() -> None:
    games = BoxScores.parse(body("bdl_box_scores", OLD_BOX)).data
    (game,) = (g for g in games if g.key == (NIGHT, "HOU", "PHI"))
    assert (game.season, game.postseason, game.overtime_periods) == (2023, False, 0)
    assert (game.visitor_team_score, game.home_team_score) == (115, 124)
    (line,) = (p for p in game.home_team.players if p.player.name == "Nicolas Batum")
    assert line.model_dump(exclude={"player"}) == {
        "min": 28, "pts": 5, "fgm": 2, "fga": 7, "fg3m": 1, "fg3a": 3, "ftm": 0, "fta": 0,
        "oreb": 2, "dreb": 3, "reb": 5, "ast": 3, "stl": 2, "blk": 1, "turnover": 0, "pf": 2,
        "plus_minus": None,
    }  # fmt: skip
    assert (line.player.id, line.seconds, line.played) == (33, 28 * 60, True)
    (overtime,) = (g for g in games if g.overtime_periods)
    assert overtime.key == (NIGHT, "MIA", "BKN")


def test_a_line_of_the_new_vintage_is_read_field_by_field() -> None:
    game = BoxScores.parse(body("bdl_box_scores", NEW_BOX)).data[0]
    assert game.key == (date(2026, 1, 9), "TOR", "BOS")
    assert game.tip_at == datetime(2026, 1, 10, 0, 0, tzinfo=UTC)
    assert game.home_period_scores == [37, 31, 29, 28]
    assert game.visitor_period_scores == [30, 30, 26, 31]
    brown = game.home_team.players[0]
    assert (brown.player.name, brown.min, brown.pts, brown.plus_minus) == (
        "Jaylen Brown",
        37,
        25,
        17,
    )


def test_a_day_without_games_is_empty() -> None:
    assert BoxScores.parse(body("bdl_box_scores", NO_BOX)).is_empty
    assert BoxScores.parse(only_body("bdl_live_box_scores")).is_empty


def test_games_are_read_with_their_eastern_date_and_their_tip() -> None:
    found = Games.parse(only_body("bdl_games"))
    assert (len(found.data), found.game_dates) == (9, {date(2025, 2, 20)})
    assert found.next_cursor is None
    game = found.data[0]
    assert game.key == (date(2025, 2, 20), "CHA", "DEN")
    assert (game.id, game.season, game.state) == (15908525, 2024, "final")
    assert (game.visitor_team_score, game.home_team_score) == (115, 129)
    assert game.tip_at == datetime(2025, 2, 21, 2, 0, tzinfo=UTC)


def test_stats_rows_name_their_game_and_side() -> None:
    found = Stats.parse(only_body("bdl_player_box_scores"))
    assert len(found.data) == 30
    assert found.game_dates == {date(2025, 6, 22)}
    assert found.game_ids == {18444564}
    assert sum(not row.played for row in found.data) == 6
    points = Counter[bool]()
    for row in found.data:
        points[row.is_home] += row.pts
    assert points == {True: 103, False: 91}
    (row,) = (row for row in found.data if row.player.name == "Jalen Williams")
    assert (row.team.tricode, row.is_home, row.min, row.pts) == ("OKC", True, 38, 20)


def test_injury_pages_tell_the_next_cursor_and_no_year() -> None:
    first = Injuries.parse(body("bdl_injuries", "raw_49fd60fb.json"))
    assert (len(first.data), first.next_cursor) == (100, 4082934)
    assert Counter(entry.status for entry in first.data) == {"Day-To-Day": 91, "Out": 9}
    captured = date(2025, 7, 17)
    returns = Counter(entry.returns_on(captured) for entry in first.data)
    assert returns == {
        date(2025, 7, 17): 11,
        date(2025, 7, 18): 15,
        date(2025, 10, 1): 69,
        date(2025, 11, 1): 3,
        date(2026, 1, 1): 1,
        date(2026, 2, 1): 1,
    }
    last = Injuries.parse(body("bdl_injuries", "raw_d45e630e.json"))
    assert (len(last.data), last.next_cursor) == (2, None)
    assert last.data[0].player.name == "Jaylen Brown"
    assert last.data[0].player.team_id == 2


def test_active_players_are_read_with_their_measures() -> None:
    found = Players.parse(only_body("bdl_active_players"))
    assert (len(found.data), found.next_cursor) == (100, 277)
    adams = found.data[0]
    assert (adams.id, adams.name, adams.team.tricode) == (3, "Steven Adams", "HOU")
    assert adams.height_cm == pytest.approx(210.82)
    assert adams.weight_kg == pytest.approx(120.20, abs=0.01)
    assert all(player.height_cm and player.weight_kg for player in found.data)


@pytest.mark.parametrize("name", ["raw_395a0451.json", "raw_b98e62d2.json"])
def test_standings_have_thirty_teams_and_as_many_wins_as_losses(name: str) -> None:
    found = Standings.parse(body("bdl_standings", name))
    assert found.seasons == {2024}
    assert {row.team.tricode for row in found.data} == {team.tricode for team in TEAMS}
    assert sum(row.wins for row in found.data) == sum(row.losses for row in found.data) == 1230
    (cleveland,) = (row for row in found.data if row.team.tricode == "CLE")
    assert (cleveland.wins, cleveland.losses, cleveland.conference_rank) == (64, 18, 1)


class _Teams(Page):
    data: list[Team]


def test_defunct_franchises_are_never_taken_for_a_team_of_today() -> None:
    teams = _Teams.parse(only_body("bdl_teams")).data
    thirty = {team.tricode for team in TEAMS}
    assert len(teams) == 45
    assert {team.tricode for team in teams if team.id <= 30} == thirty
    defunct = [team.tricode for team in teams if team.id > 30]
    assert len(defunct) == 15
    assert not thirty & set(defunct)
    assert "Washington Capitols (defunct, id 42)" in defunct


def boxes_of_the_night() -> dict[tuple[str, str], NbaBoxGame]:
    """NBA.com's box scores of 2024-01-15 by away and home tricode."""
    found: dict[tuple[str, str], NbaBoxGame] = {}
    for game_id in range(22300555, 22300566):
        (path,) = (BOXES / f"boxscore_00{game_id}.json").iterdir()
        game = BoxScore.parse(gzip.decompress(Path(path).read_bytes())).game
        assert game.gameEt[:10] == NIGHT.isoformat()
        found[game.awayTeam.teamTricode, game.homeTeam.teamTricode] = game
    return found


def differences(line: BoxLine, statistics: Statistics) -> list[tuple[str, int, int]]:
    """The shared fields in which a line differs: field, BallDontLie's count, NBA.com's."""
    theirs = {field: getattr(statistics, other) for field, other in SHARED_FIELDS.items()}
    theirs["reb"] = theirs["oreb"] + theirs["dreb"]
    return [(f, n, theirs[f]) for f in theirs if (n := getattr(line, f)) != theirs[f]]


def test_the_night_differs_from_nba_com_in_exactly_ten_places() -> None:
    boxes = boxes_of_the_night()
    joined: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    by_alias: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for game in BoxScores.parse(body("bdl_box_scores", OLD_BOX)).data:
        box = boxes.pop(game.key[1:])
        scores = (game.visitor_team_score, game.home_team_score)
        assert scores == (box.awayTeam.score, box.homeTeam.score)
        for side, theirs in ((game.visitor_team, box.awayTeam), (game.home_team, box.homeTeam)):
            named = {fold(player.name): player for player in theirs.players}
            for line in side.players:
                name = fold(line.player.name)
                player = named.get(ALIASES.get(name, name))
                assert line.played == (player is not None and player.played), name
                if player and player.played:
                    assert abs(player.statistics.minutes - line.seconds) < 60
                    rows = joined if name in named else by_alias
                    rows[side.tricode, name] = differences(line, player.statistics)
    assert not boxes
    assert len(joined) == 226
    assert {key: found for key, found in joined.items() if found} == {
        ("ATL", "clintcapela"): [("dreb", 5, 6), ("reb", 11, 12)],
        ("BKN", "mikalbridges"): [("fga", 24, 23)],
        ("CLE", "carislevert"): [("blk", 1, 0)],
        ("GSW", "lesterquinones"): [("blk", 0, 1)],
        ("GSW", "traycejacksondavis"): [("blk", 2, 1)],
        ("IND", "bensheppard"): [("ast", 3, 2)],
        ("IND", "buddyhield"): [("ast", 0, 1)],
        ("LAL", "dangelorussell"): [("ast", 7, 6)],
        ("SAS", "victorwembanyama"): [("ast", 1, 2)],
    }
    # The three whom only an alias joins stand beside the 226, and add two places.
    assert by_alias == {
        ("PHI", "kenyonmartin"): [],
        ("HOU", "jeenathanwilliams"): [],
        ("BKN", "nicolasclaxton"): [("oreb", 3, 2), ("reb", 14, 13)],
    }
