"""The bodies of NBA.com beyond schedule, box score and player log, against what was recorded."""

import gzip
import json
import math
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from nba_assets.partitions import eastern_date
from nba_assets.sources.layout import captures_in
from nba_assets.sources.nba import BoxScore, GameLog
from nba_assets.sources.nba_live import PlayByPlay, Scoreboard
from nba_assets.sources.nba_officials import GameOfficials, Official
from nba_assets.sources.nba_people import (
    DailyLineups,
    PlayerIndex,
    PlayerMovement,
    Standings,
    TeamRoster,
)
from nba_assets.sources.nba_stats import BoxScoreV3, PlayByPlayV3, ShotChart, TeamGameLog
from nba_assets.sources.payload import Payload
from nba_assets.sources.shots import Shot
from nba_assets.sources.teams import TEAMS, by_bdl_id, by_espn_id, tricode_of
from nba_assets_tests.platform import SHARED

P = TypeVar("P", bound=Payload)

CONTRACTS = SHARED / "contracts"
STATS = CONTRACTS / "stats_nba_com"
LIVE = SHARED / "replay/cdn.nba.com/static/json/liveData"
REPLAYED_STATS = SHARED / "replay/stats.nba.com"
IN_PLAY = "0022500749"
AREAS = {
    "Restricted Area", "In The Paint (Non-RA)", "Mid-Range", "Left Corner 3", "Right Corner 3",
    "Above the Break 3",
}  # fmt: skip
SHARED_COUNTS = (
    "points", "fieldGoalsMade", "fieldGoalsAttempted", "threePointersMade",
    "threePointersAttempted", "freeThrowsMade", "freeThrowsAttempted", "reboundsOffensive",
    "reboundsDefensive", "assists", "steals", "blocks", "turnovers", "foulsPersonal",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)


def body(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def read(model: type[P], path: Path) -> P:
    return model.parse(body(path))


def recorded(model: type[P], name: str) -> P:
    """The one body of an endpoint of stats.nba.com."""
    return read(model, STATS / f"{name}.json.gz")


def only(folder: str) -> Path:
    (path,) = (CONTRACTS / folder).iterdir()
    return path


def captures(folder: Path) -> list[Path]:
    """Every capture of every request below a folder, by request and then by instant."""
    return [c.path for request in sorted(folder.iterdir()) for c in captures_in(request)]


def box_of(game_id: str, name: str) -> BoxScore:
    return read(BoxScore, LIVE / f"boxscore/boxscore_{game_id}.json" / name)


def made_of(shots: Iterable[Shot]) -> dict[int, tuple[int, int, int, int, int, int]]:
    """(FGM, FGA, 3PM, 3PA, FTM, FTA) of each shooter."""
    found: dict[int, Counter[str]] = {}
    for shot in shots:
        count = found.setdefault(shot.person_id, Counter())
        kind = "ft" if shot.is_free_throw else "fg"
        count.update({f"{kind}m": int(shot.made), f"{kind}a": 1})
        if shot.value == 3:
            count.update({"3m": int(shot.made), "3a": 1})
    keys = ("fgm", "fga", "3m", "3a", "ftm", "fta")
    return {who: tuple(c[k] for k in keys) for who, c in found.items()}  # type: ignore[misc]


def made_in(players: Iterable[Any]) -> dict[int, tuple[int, int, int, int, int, int]]:
    """The same of a box score, for everyone who shot."""
    return {
        p.personId: line
        for p in players
        if any(
            line := (
                p.statistics.fieldGoalsMade,
                p.statistics.fieldGoalsAttempted,
                p.statistics.threePointersMade,
                p.statistics.threePointersAttempted,
                p.statistics.freeThrowsMade,
                p.statistics.freeThrowsAttempted,
            )
        )
    }


def counted(people: Iterable[int | None]) -> Counter[int]:
    return Counter(person for person in people if person)


PLAYED_OUT = [
    path
    for path in (captures(LIVE / "playbyplay") if SHARED.is_dir() else [])
    if IN_PLAY not in str(path)
]


@pytest.mark.parametrize("path", PLAYED_OUT, ids=lambda p: f"{p.parent.name[-15:-5]}@{p.name[:15]}")
def test_the_shots_of_a_recorded_game_are_those_of_its_box_score(path: Path) -> None:
    found = read(PlayByPlay, path)
    game = box_of(found.game.gameId, path.name).game
    players = [*game.homeTeam.players, *game.awayTeam.players]
    assert found.is_final
    assert made_of(found.shots) == made_in(players)
    assert counted(s.assist_person_id for s in found.shots) == counted(
        p.personId for p in players for _ in range(p.statistics.assists)
    )
    assert counted(s.block_person_id for s in found.shots) == counted(
        p.personId for p in players for _ in range(p.statistics.blocks)
    )
    score = game.homeTeam.score, game.awayTeam.score
    assert found.scores[-1] == score
    sides = game.homeTeam.teamTricode, game.awayTeam.teamTricode
    assert tuple(sum(s.points for s in found.shots if s.team == t) for t in sides) == score
    assert {s.area for s in found.shots if not s.is_free_throw} <= AREAS
    assert {s.area for s in found.shots if s.is_free_throw} <= {None}


def test_the_captures_of_finished_games_hold_all_their_shots() -> None:
    assert len(PLAYED_OUT) == 18
    shots = [shot for path in PLAYED_OUT for shot in read(PlayByPlay, path).shots]
    assert Counter(s.is_free_throw for s in shots) == {False: 3074, True: 819}
    for shot in shots:
        if shot.is_free_throw:
            assert (shot.x, shot.y, shot.distance_ft) == (None, None, None)
            continue
        assert shot.distance_ft is not None
        assert shot.x is not None
        assert shot.y is not None
        # The coordinates are tenths of a foot from the basket in every body of NBA.com.
        assert abs(math.hypot(shot.x, shot.y) / 10 - shot.distance_ft) < 1


def test_a_recorded_game_in_play_is_not_final() -> None:
    (path,) = (p for p in captures(LIVE / "playbyplay") if IN_PLAY in str(p))
    found = read(PlayByPlay, path)
    assert not found.is_final
    assert not found.is_empty


def test_an_overtime_game_reads_shot_by_shot() -> None:
    found = read(PlayByPlay, CONTRACTS / "nbac_play_by_play/raw_416e8d5c.json.gz")
    assert (found.game.gameId, found.scores[-1], found.is_final) == ("0022400561", (119, 125), True)
    by_event = {shot.event: shot for shot in found.shots}
    assert len(by_event) == len(found.shots) == 178 + 38
    assert by_event[9] == Shot(
        "0022400561", 9, 1, 701.0, 1628973, "NYK", 2, False, 21.62, "Mid-Range", -130, 173,
        fouled=False,
    )  # fmt: skip
    assert by_event[17] == Shot(
        "0022400561", 17, 1, 655.0, 1628969, "NYK", 3, True, 27.94, "Above the Break 3", -189, 206,
        assist_person_id=1628404, fouled=False,
    )  # fmt: skip
    assert by_event[28] == Shot("0022400561", 28, 1, 591.0, 1626162, "PHI", 1, True, fouled=False)
    (dunk,) = (s for s in found.shots if s.fouled and s.person_id == 1626162 and s.period == 1)
    assert (dunk.clock_s, dunk.made, dunk.value) == (591.0, True, 2)


def test_and_ones_are_the_made_shots_with_a_shooting_foul_at_their_clock() -> None:
    paths = [*PLAYED_OUT, *(CONTRACTS / "nbac_play_by_play").iterdir()]
    fouled = 0
    for path in paths:
        actions = json.loads(body(path))["game"]["actions"]
        drawn = {
            (a["period"], a["clock"], a.get("foulDrawnPersonId"))
            for a in actions
            if a["actionType"] == "foul" and "1freethrow" in a["qualifiers"]
        }
        expected = {
            a["actionNumber"]
            for a in actions
            if a["isFieldGoal"]
            and a["shotResult"] == "Made"
            and (a["period"], a["clock"], a["personId"]) in drawn
        }
        assert {s.event for s in read(PlayByPlay, path).shots if s.fouled} == expected, path
        fouled += len(expected)
    assert fouled > 80


def test_heaves_are_nobodys_shots() -> None:
    heaves = {
        (path, action["actionNumber"])
        for path in PLAYED_OUT
        for action in json.loads(body(path))["game"]["actions"]
        if action["actionType"] == "heave"
    }
    assert len(heaves) == 22
    shots = {(path, s.event) for path in PLAYED_OUT for s in read(PlayByPlay, path).shots}
    assert not heaves & shots


def v3_box() -> BoxScoreV3:
    return recorded(BoxScoreV3, "boxscoretraditionalv3_1")


def test_the_two_box_scores_of_one_game_agree_on_what_both_count() -> None:
    (path,) = captures_in(LIVE / "boxscore/boxscore_0022200552.json")
    live, v3 = read(BoxScore, path.path).game, v3_box()
    assert v3.game_id == live.gameId
    assert v3.overtime_periods == live.period - live.regulationPeriods == 1
    home, away = v3.sides
    for old, new in ((live.homeTeam, home), (live.awayTeam, away)):
        assert (old.teamId, old.teamTricode, old.score) == (
            new.teamId,
            new.teamTricode,
            new.statistics.points,
        )
        assert old.statistics.minutes == new.statistics.minutes
        for name in SHARED_COUNTS:
            assert getattr(old.statistics, name) == getattr(new.statistics, name), name
        listed = {p.personId: p for p in old.players}
        # Those whom the box score has as inactive are not on the list of stats.nba.com.
        missing = set(listed) - {p.personId for p in new.players}
        assert not any(listed[person].played for person in missing)
        for player in new.players:
            twin = listed[player.personId]
            assert (twin.played, twin.starter, twin.name) == (
                player.played,
                player.is_starter,
                player.name,
            )
            assert twin.statistics.plusMinusPoints == player.statistics.plusMinusPoints or (
                not player.played
            )
            for name in SHARED_COUNTS:
                assert getattr(twin.statistics, name) == getattr(player.statistics, name), (
                    player.name,
                    name,
                )
            # One cuts where the other rounds: six players differ by a second.
            assert 0 <= player.statistics.minutes - twin.statistics.minutes <= 1, player.name


def test_the_recorded_v3_box_reads_as_the_page() -> None:
    home, away = v3_box().sides
    assert (home.teamTricode, away.teamTricode) == ("CLE", "CHI")
    assert (home.statistics.minutes, home.statistics.points) == (265 * 60, 145)
    (mitchell,) = (p for p in home.players if p.personId == 1628378)
    assert (mitchell.name, mitchell.is_starter, mitchell.played) == ("Donovan Mitchell", True, True)
    assert (mitchell.statistics.points, mitchell.statistics.minutes) == (71, 49 * 60 + 48)
    out = [p for p in (*home.players, *away.players) if not p.played]
    assert len(out) == 4
    assert Counter(p.comment for p in out) == {
        "DNP - Coach's Decision": 3,
        "DNP - Injury/Illness": 1,
    }
    for side in (home, away):
        assert sum(p.is_starter for p in side.players) == 5


def test_the_v3_play_by_play_tells_what_its_box_score_counts() -> None:
    found = recorded(PlayByPlayV3, "playbyplayv3_1")
    players = [player for side in v3_box().sides for player in side.players]
    assert found.game.gameId == "0022200552"
    assert (found.is_final, found.scores[-1], len(found.scores)) == (True, (145, 134), 560)
    assert found.scores[0] == (0, 0)
    assert len(found.shots) == 187 + 79
    assert len({shot.event for shot in found.shots}) == len(found.shots)
    assert made_of(found.shots) == made_in(players)
    assert found.unknown_passers == []
    assert counted(s.assist_person_id for s in found.shots) == counted(
        p.personId for p in players for _ in range(p.statistics.assists)
    )
    assert counted(s.block_person_id for s in found.shots) == counted(
        p.personId for p in players for _ in range(p.statistics.blocks)
    )
    assert sum(s.points for s in found.shots if s.team == "CLE") == 145
    # Six corner threes are written as 0 feet from the basket, 23 feet away by their coordinates.
    tried = [shot for shot in found.shots if not shot.is_free_throw]
    assert [s.event for s in tried if s.distance_ft is None] == [37, 72, 273, 443, 599, 738]
    for shot in tried:
        assert shot.x is not None
        assert shot.y is not None
        if shot.distance_ft is not None:
            assert abs(math.hypot(shot.x, shot.y) / 10 - shot.distance_ft) <= 1


def test_v3_shots_read_one_by_one() -> None:
    shots = {shot.event: shot for shot in recorded(PlayByPlayV3, "playbyplayv3_1").shots}
    assert shots[7] == Shot(
        "0022200552", 7, 1, 701.0, 201942, "CHI", 3, True, 24.0, None, 230, 52, fouled=False
    )
    assert shots[15] == Shot("0022200552", 15, 1, 665.0, 1628378, "CLE", 1, False, fouled=False)
    # Allen's layup at 10:38, Love's pass, DeRozan's foul, and the one free throw missed.
    assert (shots[20].assist_person_id, shots[20].fouled, shots[24].made) == (201567, True, False)
    assert (shots[98].made, shots[98].block_person_id) == (False, 201942)
    # Ten free throws are "1 of 1": one was Vucevic's, fouled away from LaVine's three.
    assert sum(bool(s.fouled) for s in shots.values()) == 9


CHARTS = captures(REPLAYED_STATS / "stats/shotchartdetail") if SHARED.is_dir() else []


@pytest.mark.season
def test_every_recorded_shot_chart_is_read() -> None:
    assert len(CHARTS) == 160
    shots = 0
    for path in CHARTS:
        chart = read(ShotChart, path)
        asked = path.parent.name.split("DateFrom=")[1][:14].replace("%2F", "/")
        assert chart.dates == {datetime.strptime(f"{asked} +0000", "%m/%d/%Y %z").date()}
        assert not chart.is_empty
        for shot in chart.shots:
            assert tricode_of(shot.team) == shot.team
            assert 0 <= shot.clock_s <= 720
            assert shot.area in AREAS | {"Backcourt"}
            assert (shot.fouled, shot.assist_person_id, shot.block_person_id) == (None,) * 3
            shots += 1
    assert shots == 218_701


def test_the_shots_of_a_charted_night_are_those_of_its_log() -> None:
    (path,) = (p for p in CHARTS if "DateFrom=10%2F24%2F2023" in p.parent.name)
    chart = read(ShotChart, path)
    logs = [
        read(GameLog, p)
        for p in captures(REPLAYED_STATS / "stats/leaguegamelog")
        if "DateFrom=10%2F24%2F2023" in p.parent.name
    ]
    expected = {
        row.PLAYER_ID: (row.FGM, row.FGA, row.FG3M, row.FG3A, 0, 0)
        for log in logs
        for row in log.rows
        if row.FGA
    }
    assert made_of(chart.shots) == expected
    first = chart.shots[0]
    assert first == Shot(
        "0022300061", None, 1, 702.0, 203076, "LAL", 2, True, 0.0, "Restricted Area", 2, 8
    )
    assert {row.HTM for row in chart.rows} == {"DEN", "GSW"}


def test_the_chart_that_was_asked_for_points_has_made_shots_only() -> None:
    chart = recorded(ShotChart, "shotchartdetail_1")
    assert len(chart.rows) == 532
    assert all(shot.made and shot.person_id == 1628378 for shot in chart.shots)
    assert all(isinstance(shot.event, int) for shot in chart.shots)


def test_every_recorded_board_is_read() -> None:
    boards = [read(Scoreboard, path) for path in captures(LIVE / "scoreboard")]
    assert len(boards) == 29
    games = [(board, game) for board in boards for game in board.games]
    assert len(games) == 222
    for board, game in games:
        assert game.game_date == board.game_date
        assert game.gameTimeUTC
        assert eastern_date(game.gameTimeUTC) == game.game_date
        assert tricode_of(game.homeTeam.teamTricode)
    statuses = Counter(game.status for _, game in games)
    assert statuses == {"final": 103, "scheduled": 94, "live": 24, "postponed": 1}
    assert Counter(game.overtime_periods for _, game in games if game.status == "final")[2] == 1


def test_a_board_of_the_morning_is_still_that_of_the_day_before() -> None:
    (path,) = (p for p in captures(LIVE / "scoreboard") if p.name.startswith("20260109T155943Z"))
    board = read(Scoreboard, path)
    assert board.game_date == date(2026, 1, 8)
    assert Counter(game.status for game in board.games) == {"final": 3, "postponed": 1}


def test_the_board_of_stats_answers_for_a_past_date_and_for_an_empty_one() -> None:
    board = recorded(Scoreboard, "scoreboardv3_1")
    assert (board.game_date, len(board.games), board.is_empty) == (date(2025, 11, 5), 11, False)
    first = board.games[0]
    assert (first.gameId, first.status, first.overtime_periods) == ("0022500171", "final", 0)
    assert (first.awayTeam.teamTricode, first.homeTeam.teamTricode) == ("PHI", "CLE")
    assert (first.awayTeam.score, first.homeTeam.score) == (121, 132)
    assert first.gameTimeUTC == datetime(2025, 11, 6, 0, tzinfo=UTC)
    empty = recorded(Scoreboard, "scoreboardv3_2")
    assert (empty.game_date, empty.is_empty) == (date(2025, 7, 15), True)


def test_officials_stand_in_the_box_score_as_far_as_a_source_knows_them() -> None:
    game = box_of("0022500746", "20260207T131231Z.json.gz").game
    assert [(o.personId, o.name, o.assignment) for o in game.officials] == [
        (201638, "Brent Barnaky", "OFFICIAL1"),
        (203593, "Justin Van Duyne", "OFFICIAL2"),
        (1628954, "Jenna Schroeder", "OFFICIAL3"),
    ]
    (path,) = captures_in(LIVE / "boxscore/boxscore_0022200552.json")
    rebuilt = read(BoxScore, path.path).game.officials
    assert [o.personId for o in rebuilt] == [1146, None, 1627529]
    (derozan,) = (p for p in game.homeTeam.players if p.personId == 201942)
    assert (derozan.firstName, derozan.familyName) == ("DeMar", "DeRozan")


def test_the_recorded_assignments_are_those_of_eight_games() -> None:
    found = read(GameOfficials, only("nbac_referee_assignments"))
    assert found.dates == {date(2025, 1, 8)}
    assert len(found.games) == 8
    assert all(len(game.officials) == 3 for game in found.games)
    first = found.games[0]
    assert (first.game_id, first.away_team_abbr, first.home_team_abbr) == (
        "0022400509",
        "OKC",
        "CLE",
    )
    assert first.officials == [
        Official(1, 101284, "John Goble"),
        Official(2, 1626300, "Ray Acosta"),
        Official(3, 1628480, "Robert Hussey"),
    ]
    assert found.nba.Table1
    assert [o.replaycenter_official for o in found.nba.Table1.rows] == [
        "Brett Nansel",
        "Jason Goldenberg",
        "Jenna Schroeder",
    ]


def test_both_recorded_player_lists_are_read() -> None:
    summer = read(PlayerIndex, only("nbac_player_list"))
    assert len(summer.rows) == 594
    assert all(player.is_on_roster and tricode_of(player.team or "") for player in summer.rows)
    winter = recorded(PlayerIndex, "playerindex_1")
    assert len(winter.rows) == 557
    assert sum(player.team is None for player in winter.rows) == 35
    assert all(player.is_on_roster == (player.team is not None) for player in winter.rows)
    assert sum(player.WEIGHT is None for player in winter.rows) == 6
    first = winter.rows[0]
    assert (first.PERSON_ID, first.name, first.team) == (1630173, "Precious Achiuwa", "SAC")
    assert (first.JERSEY_NUMBER, first.POSITION, first.HEIGHT) == ("9", "F", 203.2)
    assert round(first.WEIGHT or 0, 2) == 110.22
    assert (first.FROM_YEAR, first.TO_YEAR) == (2020, 2025)


def test_the_recorded_roster_is_clevelands() -> None:
    found = recorded(TeamRoster, "commonteamroster_1")
    assert found.teams == {"CLE"}
    assert len(found.rows) == 19
    assert {row.SEASON for row in found.rows} == {2025}
    brown, harden = found.rows[:2]
    assert (brown.PLAYER_ID, brown.PLAYER, brown.NUM, brown.EXP) == (
        1642468,
        "Darius Brown",
        None,
        0,
    )
    assert str(brown.BIRTH_DATE) == "1999-07-28"
    assert brown.HEIGHT == 187.96
    assert (harden.NUM, harden.EXP, harden.POSITION) == ("1", 16, "G")
    assert round(harden.WEIGHT or 0, 2) == 99.79


def test_the_recorded_standings_are_a_whole_league() -> None:
    found = recorded(Standings, "leaguestandingsv3_1")
    assert found.seasons == {"22025"}
    assert {row.team for row in found.rows} == {team.tricode for team in TEAMS}
    conferences = {team.tricode: team.conference for team in TEAMS}
    assert all(row.Conference == conferences[row.team] for row in found.rows)
    assert sum(row.WINS for row in found.rows) == sum(row.LOSSES for row in found.rows) == 844
    first = found.rows[0]
    assert (first.team, first.WINS, first.LOSSES) == ("OKC", 43, 14)
    assert (first.Division, first.PlayoffRank, first.DivisionRank) == ("Northwest", 1, 1)
    for conference in ("East", "West"):
        ranks = [row.PlayoffRank for row in found.rows if row.Conference == conference]
        assert sorted(ranks) == list(range(1, 16))


def test_the_recorded_team_log_has_two_lines_a_game() -> None:
    found = recorded(TeamGameLog, "leaguegamelog_1")
    assert len(found.rows) == 1688
    games = Counter(row.GAME_ID for row in found.rows)
    assert set(games.values()) == {2}
    # Mexico City, Berlin, London and the two semi-finals of the cup: both lines read "@".
    assert set(games) - set(found.home_teams) == {
        "0022500147", "0022500578", "0022500602", "0022501229", "0022501230",
    }  # fmt: skip
    assert found.home_teams["0022500002"] == "LAL"
    for row in found.rows:
        assert row.PTS == 2 * (row.FGM - row.FG3M) + 3 * row.FG3M + row.FTM
        assert tricode_of(row.TEAM_ABBREVIATION)
    first = found.rows[0]
    assert (first.GAME_ID, first.GAME_DATE, first.TEAM_ABBREVIATION) == (
        "0022500002",
        "2025-10-21",
        "GSW",
    )
    assert Counter(row.MIN for row in found.rows) == {240: 1606, 265: 66, 290: 16}


LINEUPS = captures(REPLAYED_STATS / "js/data/leaders") if SHARED.is_dir() else []


@pytest.mark.season
def test_every_replayed_lineup_is_read() -> None:
    assert len(LINEUPS) == 2272
    listed = 0
    for path in LINEUPS:
        found = read(DailyLineups, path)
        observed = datetime.strptime(path.name[:16], "%Y%m%dT%H%M%S%z")
        for game in found.games:
            for side in game.sides:
                assert tricode_of(side.teamAbbreviation)
                assert side.statuses <= {"Confirmed"}
                if not side.players:
                    continue
                listed += 1
                assert sum(player.is_starter for player in side.players) == 5
                assert {p.rosterStatus for p in side.players} <= {"Active", "Inactive"}
                for player in side.players:
                    assert player.announced_at
                    assert timedelta(0) <= observed - player.announced_at < timedelta(hours=12)
    assert listed == 23_494


def test_the_captured_lineups_tell_an_expectation_from_an_announcement() -> None:
    found = read(DailyLineups, only("nba_daily_lineups"))
    early, late = found.games
    assert (early.gameId, late.gameId) == ("0012600012", "0012600037")
    assert [side.statuses for side in (*early.sides, *late.sides)] == [
        {"Confirmed"},
        {"Confirmed"},
        {"Expected"},
        set(),
    ]
    christie = early.homeTeam.players[0]
    assert (christie.personId, christie.position, christie.is_starter) == (1631108, "SG", True)
    assert christie.announced_at == datetime(2026, 10, 9, 12, 43, tzinfo=UTC)
    irving = early.homeTeam.players[-1]
    assert (irving.playerName, irving.is_starter, irving.rosterStatus) == (
        "Kyrie Irving",
        False,
        "Active",
    )


def test_every_recorded_move_is_read() -> None:
    found = read(PlayerMovement, only("nbac_player_movement"))
    assert len(found.rows) == 8730
    assert found.newest_date == date(2025, 7, 16)
    assert sum(row.person_id is None for row in found.rows) == 466
    assert all(tricode_of(row.team or "") for row in found.rows)
    assert Counter(row.Transaction_Type for row in found.rows if row.other_team) == {"Trade": 1619}
    keys = {(r.GroupSort, r.TEAM_ID, r.PLAYER_ID, r.Additional_Sort) for r in found.rows}
    assert len(keys) == 8730
    first = found.rows[0]
    assert (first.Transaction_Type, first.team, first.person_id) == ("Signing", "MIL", 1630175)
    assert (first.effective_date, first.other_team) == (date(2025, 7, 16), None)
    (picks,) = (
        r
        for r in found.rows
        if r.GroupSort == "Trade 2025008" and r.team == "ATL" and not r.person_id
    )
    assert (picks.other_team, picks.PLAYER_SLUG) == ("BOS", "")


def test_teams_of_other_providers_recordings_are_the_thirty() -> None:
    teams = json.loads(body(only("bdl_teams")))["data"]
    assert len(teams) == 45
    resolved = {team["id"]: by_bdl_id(team["id"]) for team in teams}
    assert {number for number, team in resolved.items() if team is None} == set(range(37, 52))
    for team in teams[:30]:
        known = by_bdl_id(team["id"])
        assert known
        assert known.tricode == team["abbreviation"] == tricode_of(team["full_name"])
        assert (known.city, known.conference) == (team["city"], team["conference"])
    board = json.loads(body(CONTRACTS / "espn_scoreboard_api/raw_92de7c9a.json"))
    sides = [s["team"] for e in board["events"] for s in e["competitions"][0]["competitors"]]
    assert len(sides) == 22
    for side in sides:
        known = by_espn_id(side["id"])
        assert known
        assert known.espn == side["abbreviation"]
        assert tricode_of(side["abbreviation"]) == tricode_of(side["displayName"]) == known.tricode
