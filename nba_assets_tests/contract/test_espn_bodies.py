"""ESPN's payload models against recorded responses; the box score from a page's own block."""

import gzip
import json
import re
import unicodedata
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import pytest

from nba_assets.sources.balldontlie import BoxScores
from nba_assets.sources.espn import (
    AthleteLine,
    AthleteStatistics,
    GameKey,
    Scoreboard,
    Summary,
    TeamRoster,
)
from nba_assets.sources.layout import captures_in
from nba_assets.sources.nba import GameLog
from nba_assets.sources.teams import TEAMS
from nba_assets_tests.platform import SHARED

CONTRACTS = SHARED / "contracts"
LOGS = SHARED / "replay/stats.nba.com/stats/leaguegamelog"
NIGHT = date(2024, 1, 15)
EVENT = "401585183"
PAGES = ("raw_6f34c64b.html.gz", "raw_da177814.html.gz", "raw_fbd5b07e.html.gz")
# Names that differ by more than accents and suffix: ESPN's form to BallDontLie's.
TO_BDL = {"kjmartin": "kenyonmartin", "natewilliams": "jeenathanwilliams"}

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"recorded bodies are kept beside the repository, and {SHARED} is absent",
)


def scoreboard(name: str) -> Scoreboard:
    return Scoreboard.parse((CONTRACTS / "espn_scoreboard_api" / name).read_bytes())


def game_package(page: str) -> Any:
    """What a recorded page embeds about its game."""
    html = gzip.decompress((CONTRACTS / "espn_game_boxscore" / page).read_bytes()).decode()
    start = re.search(r"window\['__espnfitt__'\]\s*=\s*", html)
    assert start
    embedded, _ = json.JSONDecoder().raw_decode(html, start.end())
    return embedded["page"]["content"]["gamepackage"]


def summary_body(page: str) -> bytes:
    """A page's box score under the names of the JSON form: keys and stats stay as they were written."""
    package = game_package(page)
    strip = package["gmStrp"]
    state = strip["statusState"]
    body = {
        "header": {
            "id": strip["gid"],
            "season": {"year": 2024, "type": strip["seasonType"]},
            "competitions": [
                {
                    "date": strip["dt"],
                    "status": {
                        "type": {
                            "name": "STATUS_FINAL",
                            "state": state,
                            "completed": state == "post",
                        }
                    },
                    "competitors": [
                        {
                            "homeAway": "home" if team["isHome"] else "away",
                            "score": team["score"],
                            "team": {"id": team["id"], "abbreviation": team["abbrev"]},
                        }
                        for team in strip["tms"]
                    ],
                }
            ],
        },
        "boxscore": {
            "players": [
                {
                    "team": {"id": side["tm"]["id"], "abbreviation": side["tm"]["abbrev"]},
                    "statistics": [
                        {
                            "keys": block["keys"],
                            "athletes": [
                                {
                                    "athlete": {
                                        "id": line["athlt"]["id"],
                                        "displayName": line["athlt"]["dspNm"],
                                    },
                                    "starter": block["type"] == "starters",
                                    "didNotPlay": "dnpRsn" in line,
                                    "reason": line.get("dnpRsn"),
                                    "stats": line["stats"],
                                }
                                for line in block["athlts"]
                            ],
                        }
                        for block in side["stats"]
                        if block["type"] != "totals"
                    ],
                }
                for side in package["bxscr"]
            ]
        },
    }
    return json.dumps(body).encode()


def summary(page: str) -> Summary:
    """What the model reads of a page's box score."""
    return Summary.parse(summary_body(page))


def fold(name: str) -> str:
    """Without accents, punctuation and generational suffix."""
    plain = unicodedata.normalize("NFKD", name)
    lower = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]", "", re.sub(r"[\s.]+(jr|sr|ii|iii|iv|v)\.?$", "", lower))


def counts(statistics: AthleteStatistics) -> dict[str, int]:
    """A line under the names of the game log."""
    return {
        "PTS": statistics.points,
        "FGM": statistics.fieldGoals.made,
        "FGA": statistics.fieldGoals.attempted,
        "FG3M": statistics.threePointers.made,
        "FG3A": statistics.threePointers.attempted,
        "FTM": statistics.freeThrows.made,
        "FTA": statistics.freeThrows.attempted,
        "OREB": statistics.offensiveRebounds,
        "DREB": statistics.defensiveRebounds,
        "AST": statistics.assists,
        "STL": statistics.steals,
        "BLK": statistics.blocks,
        "TOV": statistics.turnovers,
        "PF": statistics.fouls,
    }


def played_in(found: Summary) -> dict[tuple[str, str], AthleteStatistics]:
    """The lines of who played, by team and folded name."""
    return {
        (team, fold(line.athlete.displayName)): line.statistics
        for team, lines in found.sides.items()
        for line in lines
        if line.statistics
    }


def test_a_recorded_scoreboard_has_the_games_of_its_eastern_date() -> None:
    found = scoreboard("raw_92de7c9a.json")
    assert len(found.events) == len(found.by_key) == 11
    assert found.game_dates == {NIGHT}
    assert found.has_games_on(NIGHT)
    assert {event.status for event in found.events} == {"final"}
    assert {(e.season_year, e.season_type) for e in found.events} == {(2023, "regular")}
    sides = set(chain.from_iterable((key.away, key.home) for key in found.by_key))
    assert len(sides) == 22
    assert sides <= {team.tricode for team in TEAMS}
    for event in found.events:
        for side in (event.home, event.away):
            assert sum(side.period_scores) == side.score


def test_a_recorded_event_is_read_field_by_field() -> None:
    found = scoreboard("raw_92de7c9a.json")
    (event,) = found.by_key[GameKey(NIGHT, "IND", "UTA")]
    assert event.id == "401585192"
    assert event.tip_at == datetime(2024, 1, 16, 2, 0, tzinfo=UTC)
    assert (event.home.team.id, event.home.score, event.away.score) == ("26", 132, 105)
    assert event.home.period_scores == [33, 31, 41, 27]
    assert event.competition.neutralSite is False
    overtimes = {e.key[1:]: e.overtime_periods for e in found.events if e.overtime_periods}
    assert overtimes == {("MIA", "BKN"): 1}


def test_a_recorded_day_without_games_is_empty_and_the_calendar_agrees() -> None:
    found = scoreboard("raw_20250214.json")
    assert found.is_empty
    assert not found.has_games_on(date(2025, 2, 14))
    assert found.has_games_on(date(2025, 2, 13))


@pytest.mark.parametrize("page", PAGES)
def test_a_recorded_pages_players_add_up_to_its_own_totals(page: str) -> None:
    found = summary(page)
    assert found.event.id == EVENT
    assert found.event.key == (NIGHT, "HOU", "PHI")
    assert found.event.status == "final"
    assert {team: len(lines) for team, lines in found.sides.items()} == {"HOU": 14, "PHI": 11}
    totals = {
        side["tm"]["abbrev"]: block["ttls"]
        for side in game_package(page)["bxscr"]
        for block in side["stats"]
        if block["type"] == "totals"
    }
    for side in (found.event.away, found.event.home):
        team = side.team.abbreviation
        lines = [line.statistics for line in found.sides[team] if line.statistics]
        # In the order of the page: pairs of shots, then the single counts, then points.
        pairs = [
            [getattr(line, name) for line in lines]
            for name in ("fieldGoals", "threePointers", "freeThrows")
        ]
        assert totals[team][1:4] == [
            f"{sum(p.made for p in pair)}-{sum(p.attempted for p in pair)}" for pair in pairs
        ]
        single = (
            "offensiveRebounds", "defensiveRebounds", "rebounds", "assists", "steals", "blocks",
            "turnovers", "fouls",
        )  # fmt: skip
        summed = [str(sum(getattr(line, name) for line in lines)) for name in single]
        assert totals[team][4:12] == summed
        assert sum(line.points for line in lines) == side.score == int(totals[team][13])
        assert sum(line.starter for line in found.sides[team]) == 5
        assert abs(sum(line.minutes for line in lines) - 240) <= 5


def test_a_recorded_player_is_read_field_by_field() -> None:
    houston = summary(PAGES[0]).sides["HOU"]
    smith, *_ = houston
    assert smith.athlete.model_dump() == {"id": "4432639", "displayName": "Jabari Smith Jr."}
    assert (smith.starter, smith.played, smith.reason) == (True, True, None)
    assert smith.statistics
    assert smith.statistics.model_dump() == {
        "minutes": 31, "fieldGoals": (5, 9), "threePointers": (0, 1), "freeThrows": (3, 5),
        "offensiveRebounds": 1, "defensiveRebounds": 6, "rebounds": 7, "assists": 2, "steals": 0,
        "blocks": 0, "turnovers": 2, "fouls": 3, "plusMinus": -8, "points": 13,
    }  # fmt: skip
    idle: list[AthleteLine] = [line for line in houston if not line.played]
    assert [(line.athlete.displayName, line.reason) for line in idle] == [
        ("Reggie Bullock Jr.", "DNP-COACH'S DECISION"),
        ("Boban Marjanovic", "DNP-COACH'S DECISION"),
    ]


def test_espn_and_the_game_log_give_the_same_player_rows() -> None:
    ours = played_in(summary(PAGES[0]))
    (folder,) = LOGS.glob("*DateFrom=01%2F15%2F2024&*PlayerOrTeam=P*")
    (capture,) = captures_in(folder)
    log = GameLog.parse(gzip.decompress(capture.path.read_bytes()))
    theirs = {
        (row.TEAM_ABBREVIATION, fold(row.PLAYER_NAME)): row
        for row in log.rows
        if row.TEAM_ABBREVIATION in ("HOU", "PHI")
    }
    assert set(ours) == set(theirs)
    differences = [
        (*key, field, value, getattr(theirs[key], field))
        for key, line in ours.items()
        for field, value in {**counts(line), "MIN": line.minutes}.items()
        if value != getattr(theirs[key], field)
    ]
    differences += [
        (*key, "PLUS_MINUS", line.plusMinus, theirs[key].PLUS_MINUS)
        for key, line in ours.items()
        if line.plusMinus != theirs[key].PLUS_MINUS
    ]
    assert differences == []


def test_espn_and_balldontlie_give_the_same_player_rows() -> None:
    ours = played_in(summary(PAGES[0]))
    body = (CONTRACTS / "bdl_box_scores/raw_7a649e12.json").read_bytes()
    (game,) = (g for g in BoxScores.parse(body).data if g.key == (NIGHT, "HOU", "PHI"))
    theirs = {
        (side.tricode, fold(line.player.name)): line
        for side in (game.home_team, game.visitor_team)
        for line in side.players
        if line.played
    }
    renamed = {(team, TO_BDL.get(name, name)): line for (team, name), line in ours.items()}
    assert set(renamed) == set(theirs)
    assert len(renamed) == 23
    fields = {
        "TOV": "turnover",
        **{f: f.lower() for f in ("PTS", "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA")},
        **{f: f.lower() for f in ("OREB", "DREB", "AST", "STL", "BLK", "PF")},
    }
    differences = [
        (*key, field, value, getattr(theirs[key], fields[field]))
        for key, line in renamed.items()
        for field, value in counts(line).items()
        if value != getattr(theirs[key], fields[field])
    ]
    differences += [
        (*key, "min", line.minutes, theirs[key].min)
        for key, line in renamed.items()
        if line.minutes != theirs[key].min
    ]
    # 16:31 in NBA.com's box score, 17 in its game log.
    assert differences == [("PHI", "paulreed", "min", 17, 16)]


def test_a_recorded_roster_is_read_in_metric_measures() -> None:
    found = TeamRoster.parse((CONTRACTS / "espn_roster_api/raw_2.json").read_bytes()).team
    assert (found.id, found.abbreviation, len(found.athletes)) == ("2", "BOS", 17)
    brown = found.athletes[0]
    assert (brown.id, brown.fullName, brown.jersey) == ("3917376", "Jaylen Brown", "7")
    assert brown.position
    assert brown.position.abbreviation == "SG"
    assert brown.birth_date == date(1996, 10, 24)
    assert brown.height_cm == pytest.approx(198.12)
    assert brown.weight_kg == pytest.approx(101.15, abs=0.01)
    assert all(player.birth_date and player.height_cm for player in found.athletes)


def test_a_recorded_rosters_injuries_are_dated_and_explained() -> None:
    found = TeamRoster.parse((CONTRACTS / "espn_roster_api/raw_2.json").read_bytes()).team
    hurt = {a.displayName: a.injuries for a in found.athletes if a.injuries}
    assert set(hurt) == {"Jaylen Brown", "Jayson Tatum"}
    (injury,) = hurt["Jayson Tatum"]
    assert (injury.status, injury.reason) == ("Out", "Achilles - Surgery (Right)")
    assert injury.date == datetime(2025, 5, 13, 20, 52, tzinfo=UTC)
    assert injury.details
    assert injury.details.returnDate == date(2026, 2, 1)
    (other,) = hurt["Jaylen Brown"]
    assert other.reason == "Knee"
