import csv
import gzip
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from nba_assets.identity.registry import Evidence, Registry
from nba_assets.sandbox import provider_forgery
from nba_assets.sandbox.exchange import Call
from nba_assets.sandbox.faults import Fault
from nba_assets.sandbox.fixtures import Fixture, morning_after, morning_of
from nba_assets.sandbox.kinds import EDITS
from nba_assets.sandbox.league import League
from nba_assets.sandbox.provider_ids import (
    CODES,
    bdl_game_id,
    bdl_player_id,
    bettingpros_event_id,
    bref_box_id,
    bref_slug,
    display_name,
    drive_file_id,
    espn_athlete_id,
    espn_event_id,
    game_of_bdl,
    game_of_bettingpros,
    game_of_drive_file,
    game_of_espn,
    game_of_odds,
    odds_event_id,
)
from nba_assets.sandbox.simulation import Line
from nba_assets.sources import (
    balldontlie,
    basketball_reference,
    bettingpros,
    bigdataball,
    espn,
    odds_api,
)
from nba_assets.sources.payload import Payload
from nba_assets_tests.sandbox.provider_pages import (
    BDL,
    BETTINGPROS,
    BREF,
    DRIVE,
    ESPN,
    FEEDS,
    ODDS,
    PAST_ODDS,
    content,
    page,
    routed,
    visible,
)

SECOND = timedelta(seconds=1)
PROVIDERS = ("espn", "balldontlie", "odds", "bettingpros", "bref")
PLAYER_POINTS = {"regions": "us", "markets": "player_points", "oddsFormat": "american"}
GAME_LINES = {"regions": "us", "markets": "spreads,totals", "oddsFormat": "american"}

MODELS: dict[str, type[Payload]] = {
    "espn_scoreboard": espn.Scoreboard,
    "espn_summary": espn.Summary,
    "espn_injuries": espn.Injuries,
    "espn_rosters": espn.TeamRoster,
    "bdl_games": balldontlie.Games,
    "bdl_box_scores": balldontlie.BoxScores,
    "bdl_stats": balldontlie.Stats,
    "bdl_injuries": balldontlie.Injuries,
    "bdl_players": balldontlie.Players,
    "bdl_standings": balldontlie.Standings,
    "bdl_live": balldontlie.BoxScores,
    "odds_events": odds_api.Events,
    "past_events": odds_api.Events,
    "odds_player_points": odds_api.EventOdds,
    "past_points": odds_api.EventOdds,
    "odds_game_lines": odds_api.EventOdds,
    "bettingpros_events": bettingpros.Events,
    "bettingpros_offers": bettingpros.Offers,
    "bref_box_scores": basketball_reference.BoxScorePage,
    "bref_rosters": basketball_reference.RosterPage,
    "bigdataball_files": bigdataball.FileSearch,
    "detailed_pbp": bigdataball.DetailedPlayByPlay,
}


@pytest.fixture(scope="module")
def game(league: League) -> Fixture:
    """A game of a full night in November, the last of its date to begin."""
    day = next(d for d in league.dates if d.month == 11 and len(league.games_on(d)) >= 6)
    return league.games_on(day)[-1]


@pytest.fixture(scope="module")
def later(game: Fixture) -> datetime:
    """Noon ET of the day after, when everybody has the game."""
    return morning_after(game.day) + timedelta(hours=3)


def urls(game: Fixture, before: datetime) -> dict[str, tuple[str, dict[str, str]]]:
    """One request of every feed that a game has to do with."""
    day, event = str(game.day), odds_event_id(game.game_id)
    date_at = {"date": f"{before:%Y-%m-%dT%H:%M:%SZ}"}
    return {
        "espn_scoreboard": (f"{ESPN}/scoreboard", {"dates": f"{game.day:%Y%m%d}"}),
        "espn_summary": (f"{ESPN}/summary", {"event": espn_event_id(game.game_id)}),
        "espn_injuries": (f"{ESPN}/injuries", {}),
        "espn_rosters": (f"{ESPN}/teams/{CODES[game.home].espn_id}", {"enable": "roster"}),
        "bdl_games": (f"{BDL}/games", {"dates[]": day, "per_page": "100"}),
        "bdl_box_scores": (f"{BDL}/box_scores", {"date": day}),
        "bdl_stats": (f"{BDL}/stats", {"dates[]": day, "per_page": "100"}),
        "bdl_injuries": (f"{BDL}/player_injuries", {"per_page": "100"}),
        "bdl_players": (f"{BDL}/players/active", {"per_page": "100"}),
        "bdl_standings": (f"{BDL}/standings", {"season": "2025"}),
        "bdl_live": (f"{BDL}/box_scores/live", {}),
        "odds_events": (ODDS, {"dateFormat": "iso"}),
        "past_events": (PAST_ODDS, date_at),
        "odds_player_points": (f"{ODDS}/{event}/odds", PLAYER_POINTS),
        "past_points": (f"{PAST_ODDS}/{event}/odds", PLAYER_POINTS | date_at),
        "odds_game_lines": (f"{ODDS}/{event}/odds", GAME_LINES),
        "bettingpros_events": (
            f"{BETTINGPROS}/events",
            {"date": day, "lineups": "true", "sport": "NBA"},
        ),
        "bettingpros_offers": (
            f"{BETTINGPROS}/offers",
            {"event_id": str(bettingpros_event_id(game.game_id)), "market_id": "156"},
        ),
        "bref_box_scores": (f"{BREF}/boxscores/{bref_box_id(game)}.html", {}),
        "bref_rosters": (f"{BREF}/teams/{CODES[game.home].bref}/2026.html", {}),
        "bigdataball_files": (DRIVE, {"q": f"name contains '[{game.game_id}]'"}),
        "detailed_pbp": (f"{DRIVE}/{drive_file_id(game.game_id)}", {"alt": "media"}),
    }


# --- ids and spellings


def test_every_game_has_an_id_of_its_own_with_each_provider_and_it_leads_back(
    league: League,
) -> None:
    games = [fixture.game_id for fixture in league.fixtures]
    assert [game_of_espn(espn_event_id(g)) for g in games] == games
    assert [game_of_bdl(bdl_game_id(g)) for g in games] == games
    assert [game_of_bettingpros(str(bettingpros_event_id(g))) for g in games] == games
    assert [game_of_odds(league, odds_event_id(g)) for g in games] == games
    assert game_of_drive_file(2025, drive_file_id(games[7])) == games[7]
    assert len({bref_box_id(fixture) for fixture in league.fixtures}) == len(games)
    assert all(re.fullmatch("[0-9a-f]{32}", odds_event_id(g)) for g in games)
    assert game_of_espn("401585183") is None or game_of_espn("401585183") not in games
    assert game_of_espn("x") is None


def test_every_player_has_an_id_of_his_own_with_each_provider(league: League) -> None:
    people = [player for roster in league.rosters.values() for player in roster]
    for number in (espn_athlete_id, bdl_player_id):
        assert len({number(player) for player in people}) == len(people)
    slugs = {bref_slug(league, player) for player in people}
    assert len(slugs) == len(people)
    assert all(re.fullmatch(r"[a-z]{3,7}\d\d", slug) for slug in slugs)


def test_the_codes_of_thirty_teams_are_the_recorded_ones(shared: Path) -> None:
    folder = shared / "contracts"
    teams = json.loads((folder / "bdl_teams/raw_cf664c89.json").read_bytes())["data"]
    recorded = {row["abbreviation"]: row for row in teams if row["id"] <= 30}
    assert len(CODES) == 30
    for tricode, codes in CODES.items():
        assert (recorded[tricode]["id"], recorded[tricode]["division"]) == (
            codes.bdl_id,
            codes.division,
        )
    board = json.loads((folder / "espn_scoreboard_api/raw_92de7c9a.json").read_bytes())
    ours = {(codes.espn, str(codes.espn_id)) for codes in CODES.values()}
    found = {
        (side["team"]["abbreviation"], side["team"]["id"])
        for event in board["events"]
        for side in event["competitions"][0]["competitors"]
    }
    assert len(found) == 22
    assert found <= ours


@pytest.fixture(scope="module")
def registry(league: League) -> Registry:
    """Everybody as NBA.com spells him, in his first team and in the one he is traded to."""
    days = (league.season.first, *(trade.day for trade in league.trades))
    return Registry(
        Evidence(str(player.person_id), player.name, tricode, league.season_year, day)
        for day in days
        for tricode in league.rosters
        for player in league.roster(tricode, day)
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_spelling_leads_to_its_man_among_the_two_teams_of_his_game(
    league: League, registry: Registry, provider: str
) -> None:
    strange, steps = set(), set()
    for fixture in league.fixtures[::6]:
        sides = (fixture.home, fixture.away)
        for player in (p for side in sides for p in league.roster(side, fixture.day)):
            name = display_name(league, provider, player)
            found = registry.resolve(name, sides, fixture.day)
            assert found.nba_id == str(player.person_id), found.reason
            steps.add(found.step)
            if name != player.name:
                strange.add(player.person_id)
    assert 0.01 < len(strange) / len(registry.persons) < 0.25
    assert steps >= ({"exact", "fold", "suffix", "order"} if provider == "odds" else {"exact"})


def test_the_bookmakers_turn_some_names_round_and_shorten_others(league: League) -> None:
    people = [player for roster in league.rosters.values() for player in roster]
    names = [(player, display_name(league, "odds", player)) for player in people]
    turned = [p for p, name in names if name.startswith(f"{p.family_name} ")]
    assert 2 <= len(turned) <= 15
    assert any(re.match(r"[A-Z]\. ", name) for _, name in names)


def test_father_and_son_keep_the_suffix_that_tells_them_apart(league: League) -> None:
    everyone = [player for roster in league.rosters.values() for player in roster]
    son = next(
        player
        for player in everyone
        if player.family_name.endswith(" Jr.")
        and any(p.name == player.name.removesuffix(" Jr.") for p in everyone)
    )
    for provider in PROVIDERS:
        assert "Jr" in display_name(league, provider, son)


# --- truth


def shooting(line: Line) -> tuple[int, int]:
    counts = line.counts
    return (
        counts["twoPointersMade"] + counts["threePointersMade"],
        counts["twoPointersAttempted"] + counts["threePointersAttempted"],
    )


def facts(line: Line) -> dict[str, int]:
    made, tried = shooting(line)
    counts = line.counts
    return {
        "fg": made,
        "fga": tried,
        "fg3": counts["threePointersMade"],
        "fg3a": counts["threePointersAttempted"],
        "ft": counts["freeThrowsMade"],
        "fta": counts["freeThrowsAttempted"],
        "orb": counts["reboundsOffensive"],
        "drb": counts["reboundsDefensive"],
        "ast": counts["assists"],
        "stl": counts["steals"],
        "blk": counts["blocks"],
        "tov": counts["turnovers"],
        "pf": counts["foulsPersonal"],
        "pts": counts["points"],
    }


def played(league: League, fixture: Fixture) -> dict[int, Line]:
    box = league.box(fixture.game_id)
    return {
        line.player.person_id: line
        for tricode in (fixture.home, fixture.away)
        for line in box.team(tricode).lines
        if line.seconds
    }


def test_espns_summary_says_what_the_league_says(
    league: League, game: Fixture, later: datetime
) -> None:
    truth = played(league, game)
    ids = {espn_athlete_id(line.player): line for line in truth.values()}
    summary = espn.Summary.parse(content(league, *urls(game, later)["espn_summary"], later))
    assert set(summary.sides) == {game.home, game.away}
    rows = [row for side in summary.sides.values() for row in side]
    assert {row.athlete.id for row in rows if row.played} == set(ids)
    assert sum(row.starter for row in rows) == 10
    for row in rows:
        assert row.didNotPlay == (row.athlete.id not in ids)
        if row.statistics is None:
            assert row.reason
            continue
        line, stats = ids[row.athlete.id], row.statistics
        assert {
            "fg": stats.fieldGoals.made,
            "fga": stats.fieldGoals.attempted,
            "fg3": stats.threePointers.made,
            "fg3a": stats.threePointers.attempted,
            "ft": stats.freeThrows.made,
            "fta": stats.freeThrows.attempted,
            "orb": stats.offensiveRebounds,
            "drb": stats.defensiveRebounds,
            "ast": stats.assists,
            "stl": stats.steals,
            "blk": stats.blocks,
            "tov": stats.turnovers,
            "pf": stats.fouls,
            "pts": stats.points,
        } == facts(line)
        assert stats.plusMinus == line.counts["plus"] - line.counts["minus"]
        assert stats.minutes == max(1, (line.seconds + 30) // 60)


def bdl_facts(row: Any) -> dict[str, int]:
    names = {
        "fg": "fgm", "fga": "fga", "fg3": "fg3m", "fg3a": "fg3a", "ft": "ftm", "fta": "fta",
        "orb": "oreb", "drb": "dreb", "ast": "ast", "stl": "stl", "blk": "blk",
        "tov": "turnover", "pf": "pf", "pts": "pts",
    }  # fmt: skip
    return {ours: row[theirs] for ours, theirs in names.items()}


def test_balldontlies_box_scores_say_what_the_league_says(
    league: League, game: Fixture, later: datetime
) -> None:
    body = content(league, *urls(game, later)["bdl_box_scores"], later)
    assert balldontlie.BoxScores.parse(body).game_dates == {game.day}
    rows = {game_of_bdl(row["id"]): row for row in json.loads(body)["data"]}
    assert set(rows) == {fixture.game_id for fixture in league.games_on(game.day)}
    for fixture in league.games_on(game.day):
        row, box = rows[fixture.game_id], league.box(fixture.game_id)
        assert (row["home_team_score"], row["visitor_team_score"]) == (
            box.result.home.score,
            box.result.away.score,
        )
        quarters = [row[f"home_q{n}"] for n in range(1, 5)]
        overtimes = [row[f"home_ot{n}"] or 0 for n in range(1, 4)]
        assert sum(quarters) + sum(overtimes) == box.result.home.score
        assert row["home_team"]["abbreviation"] == fixture.home
        truth = {bdl_player_id(line.player): line for line in played(league, fixture).values()}
        lines = row["home_team"]["players"] + row["visitor_team"]["players"]
        assert {line["player"]["id"] for line in lines if line["min"] != "00"} == set(truth)
        assert any(line["min"] == "00" for line in lines)
        for line in lines:
            if line["min"] == "00":
                assert set(bdl_facts(line).values()) == {0}
            else:
                assert bdl_facts(line) == facts(truth[line["player"]["id"]])


def test_the_pages_of_statistics_hold_the_box_scores_rows_once_each(
    league: League, game: Fixture, later: datetime
) -> None:
    boxes = page(league, *urls(game, later)["bdl_box_scores"], later)["data"]
    expected = {
        (row["id"], line["player"]["id"]): bdl_facts(line)
        for row in boxes
        for side in ("home_team", "visitor_team")
        for line in row[side]["players"]
    }
    url, query = urls(game, later)["bdl_stats"]
    rows = [row for found in pages(league, url, query, later) for row in found["data"]]
    assert {(row["game"]["id"], row["player"]["id"]): bdl_facts(row) for row in rows} == expected
    assert len({row["id"] for row in rows}) == len(rows) == len(expected)


def test_basketball_reference_says_what_the_league_says(
    league: League, game: Fixture, later: datetime
) -> None:
    body = content(league, *urls(game, later)["bref_box_scores"], later)
    found = basketball_reference.BoxScorePage.parse(body)
    truth = {bref_slug(league, line.player): line for line in played(league, game).values()}
    assert (found.away.team, found.home.team) == (game.away, game.home)
    rows = [*found.away.players, *found.home.players]
    assert {row.slug for row in rows} == set(truth)
    assert sum(row.is_starter for row in rows) == 10
    for row in rows:
        line = truth[row.slug]
        assert row.seconds_played == line.seconds
        assert {name: getattr(row, name) for name in facts(line)} == facts(line)
        assert row.plus_minus == line.counts["plus"] - line.counts["minus"]
    listed = {absence.slug for side in (found.away, found.home) for absence in side.absences}
    assert listed == {
        bref_slug(league, player)
        for tricode in (game.away, game.home)
        for player in league.roster(tricode, game.day)
    } - set(truth)


def test_the_csv_of_plays_adds_up_to_the_box_score(
    league: League, game: Fixture, later: datetime
) -> None:
    body = content(league, *urls(game, later)["detailed_pbp"], later)
    plays = list(csv.DictReader(io.StringIO(body.decode())))
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for play in plays:
        who = counted[play["player"]]
        if play["event_type"] == "shot":
            is_three = play["type"].startswith("3pt")
            who["fga"] += 1
            who["fg3a"] += is_three
            who["fg"] += play["result"] == "made"
            who["fg3"] += is_three and play["result"] == "made"
            who["pts"] += int(play["points"])
            counted[play["assist"]]["ast"] += 1
            counted[play["block"]]["blk"] += 1
        elif play["event_type"] == "free throw":
            who["fta"] += 1
            who["ft"] += play["result"] == "made"
            who["pts"] += int(play["points"])
        elif play["event_type"] == "turnover":
            who["tov"] += 1
            counted[play["steal"]]["stl"] += 1
        elif play["event_type"] == "rebound":
            who["orb"] += play["type"] == "rebound offensive"
            who["drb"] += play["type"] == "rebound defensive"
    for line in played(league, game).values():
        truth = facts(line)
        del truth["pf"]  # technical fouls stand among the fouls
        assert {name: counted[line.player.name][name] for name in truth} == truth
    box = league.box(game.game_id)
    assert (int(plays[-1]["home_score"]), int(plays[-1]["away_score"])) == (
        box.result.home.score,
        box.result.away.score,
    )
    assert len(bigdataball.DetailedPlayByPlay.parse(body).shots) == sum(
        shooting(line)[1] + line.counts["freeThrowsAttempted"]
        for line in played(league, game).values()
    )


def test_five_of_each_side_are_on_court_at_every_play(
    league: League, game: Fixture, later: datetime
) -> None:
    body = content(league, *urls(game, later)["detailed_pbp"], later)
    box = league.box(game.game_id)
    names = {
        letter: {line.player.name for line in box.team(tricode).lines if line.seconds}
        for letter, tricode in (("a", game.away), ("h", game.home))
    }
    for play in csv.DictReader(io.StringIO(body.decode())):
        for letter, squad in names.items():
            five = {play[f"{letter}{n}"] for n in range(1, 6)}
            assert len(five) == 5
            assert five <= squad
        if play["event_type"] == "shot":
            assert play["player"] in {play[f"{s}{n}"] for s in "ah" for n in range(1, 6)}


def test_rosters_of_every_provider_follow_a_trade(league: League) -> None:
    trade = league.trades[0]
    player = next(p for r in league.rosters.values() for p in r if p.person_id == trade.one)

    def teams_at(instant: datetime) -> set[str]:
        found = set()
        for tricode, codes in CODES.items():
            body = page(league, f"{ESPN}/teams/{codes.espn_id}", {"enable": "roster"}, instant)
            if espn_athlete_id(player) in {a["id"] for a in body["team"]["athletes"]}:
                found.add(f"espn {tricode}")
            html = content(league, f"{BREF}/teams/{codes.bref}/2026.html", {}, instant).decode()
            if bref_slug(league, player) in html:
                found.add(f"bref {tricode}")
        for body in pages(league, f"{BDL}/players/active", {"per_page": "100"}, instant):
            found |= {
                f"bdl {row['team']['abbreviation']}"
                for row in body["data"]
                if row["id"] == bdl_player_id(player)
            }
        return found

    old, new = (
        next(
            tricode
            for tricode in league.rosters
            if player in league.roster(tricode, trade.day - timedelta(days=days))
        )
        for days in (1, 0)
    )
    assert old != new
    eve = morning_of(trade.day) - SECOND
    assert teams_at(eve) == {f"espn {old}", f"bref {old}", f"bdl {old}"}
    assert teams_at(morning_of(trade.day)) == {f"espn {new}", f"bref {new}", f"bdl {new}"}


def test_the_injured_of_every_provider_are_those_who_are_away(
    league: League, game: Fixture
) -> None:
    instant = morning_of(game.day) + timedelta(hours=1)
    away = [
        player
        for tricode in league.rosters
        for player in league.roster(tricode, game.day)
        if league.absence(player, game.day)
    ]
    body = content(league, f"{ESPN}/injuries", {}, instant)
    listed = [entry.athlete.id for _, entry in espn.Injuries.parse(body).by_player]
    assert Counter(listed) == Counter(map(espn_athlete_id, away))
    found = pages(league, f"{BDL}/player_injuries", {}, instant)
    rows = [row for one in found for row in one["data"]]
    assert sorted(row["player"]["id"] for row in rows) == sorted(map(bdl_player_id, away))
    assert all(re.fullmatch(r"[A-Z][a-z]{2} \d\d?", row["return_date"]) for row in rows)


def test_standings_are_the_games_won_and_lost_by_then(league: League) -> None:
    day = league.dates[20]
    morning = morning_of(day)
    rows = page(league, f"{BDL}/standings", {"season": "2025"}, morning)["data"]
    wins: Counter[str] = Counter()
    games: Counter[str] = Counter()
    for fixture in league.fixtures:
        if fixture.day < day:
            wins[league.box(fixture.game_id).winner] += 1
            games.update((fixture.home, fixture.away))
    assert {r["team"]["abbreviation"]: (r["wins"], r["wins"] + r["losses"]) for r in rows} == {
        tricode: (wins[tricode], games[tricode]) for tricode in CODES
    }
    for conference in ("East", "West"):
        of_it = [r for r in rows if r["team"]["conference"] == conference]
        assert [r["conference_rank"] for r in of_it] == list(range(1, 16))
        shares = [r["wins"] / (r["wins"] + r["losses"]) for r in of_it]
        assert all(a >= b for a, b in pairwise(shares))
    assert visible(league, f"{BDL}/standings", {"season": "2024"}, morning) is None


# --- time


def test_espns_scoreboard_goes_from_scheduled_to_final(league: League, game: Fixture) -> None:
    url, query = f"{ESPN}/scoreboard", {"dates": f"{game.day:%Y%m%d}"}
    box = league.box(game.game_id)

    def event_at(instant: datetime) -> Any:
        events = page(league, url, query, instant)["events"]
        return next(e for e in events if e["id"] == espn_event_id(game.game_id))

    seen = [
        event_at(instant)["status"]["type"]["state"]
        for instant in (
            morning_of(game.day),
            game.tip_at - SECOND,
            game.tip_at,
            box.final_at - SECOND,
            box.final_at,
        )
    ]
    assert seen == ["pre", "pre", "in", "in", "post"]
    sides = event_at(box.final_at)["competitions"][0]["competitors"]
    assert [side["score"] for side in sides] == [
        str(box.result.home.score),
        str(box.result.away.score),
    ]
    assert [[int(p["value"]) for p in side["linescores"]] for side in sides] == [
        list(box.result.home.periods),
        list(box.result.away.periods),
    ]
    scores = []
    for minutes in range(0, 120, 10):
        now = event_at(game.tip_at + timedelta(minutes=minutes))["competitions"][0]
        for side in now["competitors"]:
            assert int(side["score"]) == sum(int(p["value"]) for p in side["linescores"])
        scores.append(sum(int(side["score"]) for side in now["competitors"]))
    assert scores == sorted(scores)
    assert 0 < scores[-1] < box.result.home.score + box.result.away.score


def test_a_game_that_is_called_off_leaves_its_date(league: League) -> None:
    moved = next(fixture for fixture in league.fixtures if fixture.is_postponed)
    eve = morning_of(moved.first_day)
    known = morning_after(moved.first_day)
    old, new = ({"dates": f"{day:%Y%m%d}"} for day in (moved.first_day, moved.day))
    event = espn_event_id(moved.game_id)

    def states(query: dict[str, str], instant: datetime) -> dict[str, str]:
        events = page(league, f"{ESPN}/scoreboard", query, instant)["events"]
        return {e["id"]: e["status"]["type"]["name"] for e in events}

    assert states(old, eve)[event] == "STATUS_SCHEDULED"
    assert states(old, known - SECOND)[event] == "STATUS_SCHEDULED"
    assert states(old, known)[event] == "STATUS_POSTPONED"
    assert event not in states(new, known - SECOND)
    assert states(new, known)[event] == "STATUS_SCHEDULED"
    assert states(new, league.end)[event] == "STATUS_FINAL"
    listed = page(league, f"{BDL}/games", {"dates[]": str(moved.first_day)}, known)["data"]
    assert bdl_game_id(moved.game_id) not in {row["id"] for row in listed}


def test_each_result_appears_when_its_provider_has_it(league: League, game: Fixture) -> None:
    final_at = league.box(game.game_id).final_at
    eastern_midnight = morning_of(game.day) + timedelta(hours=15)
    first = {
        "espn_summary": final_at + timedelta(minutes=10),
        "bref_box_scores": eastern_midnight + timedelta(hours=6),
        "detailed_pbp": eastern_midnight + timedelta(hours=8),
    }
    for name, instant in first.items():
        url, query = urls(game, instant)[name]
        assert visible(league, url, query, instant - SECOND) is None, name
        assert (visible(league, url, query, instant) or [None])[0] == instant, name
    url, query = urls(game, final_at)["bdl_box_scores"]
    settled = final_at + timedelta(minutes=20)
    assert bdl_game_id(game.game_id) not in [
        row["id"] for row in page(league, url, query, settled - SECOND)["data"]
    ]
    assert bdl_game_id(game.game_id) in [
        row["id"] for row in page(league, url, query, settled)["data"]
    ]


def test_games_in_play_are_live_and_no_others(league: League, game: Fixture) -> None:
    instant = game.tip_at + timedelta(minutes=60)
    rows = page(league, f"{BDL}/box_scores/live", {}, instant)["data"]
    on = {
        bdl_game_id(f.game_id)
        for f in league.games_on(game.day)
        if f.tip_at <= instant < league.box(f.game_id).final_at + timedelta(minutes=20)
    }
    assert {row["id"] for row in rows} == on
    for row in rows:
        for side in ("home_team", "visitor_team"):
            assert sum(p["pts"] for p in row[side]["players"]) == row[f"{side}_score"]
    assert page(league, f"{BDL}/box_scores/live", {}, morning_of(game.day))["data"] == []


@pytest.mark.parametrize("name", sorted(MODELS))
def test_an_answer_depends_on_its_instant_alone(league: League, game: Fixture, name: str) -> None:
    seen: dict[datetime, bytes] = {}
    last = league.first_publication
    for minutes in range(0, 40 * 60, 29):
        as_of = morning_of(game.day) - timedelta(hours=2) + timedelta(minutes=minutes)
        found = visible(league, *urls(game, game.tip_at - timedelta(hours=1))[name], as_of)
        if found is None:
            continue
        observed_at, body = found
        assert last <= observed_at <= as_of
        assert observed_at.microsecond == 0
        assert seen.setdefault(observed_at, body) == body
        last = observed_at
    assert seen


def test_nothing_is_there_before_the_schedule_is(league: League, game: Fixture) -> None:
    before = league.first_publication - SECOND
    for name, (url, query) in urls(game, before).items():
        assert visible(league, url, query, before) is None, name


def test_what_no_provider_has_is_not_found(league: League, later: datetime) -> None:
    for url, query in (
        (f"{ESPN}/scoreboard", {"dates": "20251101-20251103"}),
        (f"{ESPN}/scoreboard", {}),
        (f"{ESPN}/summary", {"event": "401000001"}),
        (f"{ESPN}/teams/31", {"enable": "roster"}),
        (f"{BDL}/games", {"dates[]": "yesterday"}),
        (f"{BDL}/games", {"dates[]": "2025-11-05", "cursor": "x"}),
        (f"{ODDS}/{'0' * 32}/odds", PLAYER_POINTS),
        (f"{BREF}/boxscores/202511310BOS.html", {}),
        (f"{BREF}/boxscores/202511010XYZ.html", {}),
        (f"{BREF}/teams/BOS/2025.html", {}),
        (f"{DRIVE}/nothing", {"alt": "media"}),
    ):
        assert visible(league, url, query, later) is None, url


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_body_before_this_one_is_older_and_another(
    league: League, game: Fixture, later: datetime, name: str
) -> None:
    before = game.tip_at - timedelta(hours=1)
    as_of = before if "odds" in name or name == "past_points" else later
    url, query = urls(game, before)[name]
    feed, params = routed(url, query)
    observed_at = feed.observed_at(league, params, as_of)
    assert observed_at
    earlier = feed.earlier(league, params, observed_at)
    if earlier is None:
        assert name in {"bdl_live", "bettingpros_offers", "bigdataball_files", "past_points"}
        return
    other, then = earlier
    assert feed.observed_at(league, other, then) == then <= observed_at
    assert (other, then) != (params, observed_at)
    if name not in {"bdl_players", "bref_rosters", "espn_rosters"}:  # a trade is rare
        assert feed.body(league, other, then) != feed.body(league, params, observed_at)


# --- pages


def pages(league: League, url: str, query: dict[str, str], as_of: datetime) -> Iterator[Any]:
    cursor: dict[str, str] = {}
    while True:
        found = page(league, url, query | cursor, as_of)
        yield found
        if "next_cursor" not in found["meta"]:
            return
        cursor = {"cursor": str(found["meta"]["next_cursor"])}


@pytest.mark.parametrize(("asked", "given"), [(None, 25), (10, 10), (100, 100), (1000, 100)])
def test_pages_are_as_long_as_asked_and_hold_everybody_once(
    league: League, later: datetime, asked: int | None, given: int
) -> None:
    query = {} if asked is None else {"per_page": str(asked)}
    found = list(pages(league, f"{BDL}/players/active", query, later))
    assert [len(one["data"]) for one in found[:-1]] == [given] * (len(found) - 1)
    assert {one["meta"]["per_page"] for one in found} == {given}
    ids = [row["id"] for one in found for row in one["data"]]
    assert len(ids) == len(set(ids)) == sum(map(len, league.rosters.values()))


# --- shapes


def recorded(shared: Path, name: str) -> Any:
    content = (shared / "contracts" / name).read_bytes()
    return json.loads(gzip.decompress(content) if name.endswith(".gz") else content)


def gaps(theirs: Any, ours: Any, absent: frozenset[str], path: str = "") -> list[str]:
    """Recorded keys that ours lacks, the first row of each list standing for all."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return [
            gap
            for key, value in theirs.items()
            if key not in absent
            for gap in (
                gaps(value, ours[key], absent, f"{path}.{key}")
                if key in ours
                else [f"{path}.{key}"]
            )
        ]
    if isinstance(theirs, list) and isinstance(ours, list) and theirs and ours:
        return gaps(theirs[0], ours[0], absent, f"{path}[]")
    return []


# Pictures, links, colours, broadcasters, contracts: nobody reads them, and no figure is behind them.
DECORATION = frozenset(
    {
        "logos",
        "logo",
        "links",
        "headshot",
        "color",
        "alternateColor",
        "lastUpdated",
        "headlines",
        "broadcasts",
        "geoBroadcasts",
        "highlights",
        "guid",
        "alternateIds",
        "debutYear",
        "birthPlace",
        "citizenship",
        "college",
        "teams",
        "experience",
        "collegeAthlete",
        "contract",
        "eventLog",
        "draft",
        "record",
        "groups",
        "franchise",
        "nextEvent",
        "standingSummary",
        "image",
        "parent",
        "rel",
        "notes",
    }
)


@pytest.mark.parametrize(
    ("recording", "feed"),
    [
        ("espn_scoreboard_api/raw_92de7c9a.json", "espn_scoreboard"),
        ("espn_roster_api/raw_2.json", "espn_rosters"),
        ("bdl_games/raw_278cb9ed.json", "bdl_games"),
        ("bdl_box_scores/raw_71b3c5b2.json", "bdl_box_scores"),
        ("bdl_player_box_scores/raw_1db4c01e.json", "bdl_stats"),
        ("bdl_injuries/raw_49fd60fb.json", "bdl_injuries"),
        ("bdl_active_players/raw_ac3e7bd3.json", "bdl_players"),
        ("bdl_standings/raw_395a0451.json", "bdl_standings"),
        ("oddsa_events_his/raw_4c3bc8f6.json", "past_events"),
        ("odds_api_event_odds/raw_orl_cle_2024-02-22.json.gz", "odds_player_points"),
        ("oddsa_game_lines_his/raw_b722994c.json", "past_points"),
        ("bp_events/raw_865cd116.json", "bettingpros_events"),
    ],
)
def test_nothing_that_was_recorded_is_missing(
    league: League, game: Fixture, later: datetime, shared: Path, recording: str, feed: str
) -> None:
    before = game.tip_at - timedelta(hours=1)
    as_of = before if "odds" in feed or feed.startswith("past") else later
    ours = page(league, *urls(game, before)[feed], as_of)
    absent = DECORATION | {
        "espn_scoreboard": {"records", "rating", "uid"},
        "bettingpros_events": {
            "_parameters", "record", "id", "sr_id", "name", "broadcasts", "network",
        },
    }.get(feed, set())  # fmt: skip
    if feed == "bdl_injuries":
        ours["meta"].setdefault("next_cursor", 0)  # ours fit on one page
    assert gaps(recorded(shared, recording), ours, frozenset(absent)) == []


def test_the_csv_has_the_recorded_columns(
    league: League, game: Fixture, later: datetime, shared: Path
) -> None:
    recording = shared / "contracts/bigdataball_pbp/raw_746cfbef.csv"
    ours = content(league, *urls(game, later)["detailed_pbp"], later)
    assert ours.split(b"\n")[0] == recording.read_bytes().split(b"\n")[0].strip()


@pytest.mark.parametrize("hours", [-5.0, 1.0, 20.0])
def test_the_platform_reads_every_page(league: League, game: Fixture, hours: float) -> None:
    as_of = game.tip_at + timedelta(hours=hours)
    read = set()
    for name, (url, query) in urls(game, as_of - timedelta(minutes=10)).items():
        found = visible(league, url, query, as_of)
        if found:
            MODELS[name].parse(found[1])
            read.add(name)
    missing = set(MODELS) - read
    results = {"espn_summary", "bref_box_scores", "detailed_pbp"}
    lines = {"odds_player_points", "past_points", "odds_game_lines"}
    assert missing == (lines if hours > 10 else results)


# --- faults


def edits() -> list[tuple[str, str]]:
    ours = {feed.name for feed in FEEDS}
    assert provider_forgery.LINE_FAULTS
    return sorted((kind, feed) for kind, feed in EDITS if feed in ours)


@pytest.mark.parametrize(("kind", "feed"), edits())
def test_every_content_fault_changes_its_body(
    league: League, game: Fixture, later: datetime, kind: str, feed: str
) -> None:
    during = game.tip_at + timedelta(minutes=90)
    before = game.tip_at - timedelta(hours=1)
    as_of = during if feed == "bdl_live" else before if feed.startswith("odds") else later
    url, query = urls(game, before)[feed]
    found, params = routed(url, query)
    observed_at = found.observed_at(league, params, as_of)
    assert observed_at
    honest = found.body(league, params, observed_at)
    body = found.body(league, params, observed_at)
    changed = EDITS[kind, feed](Fault(kind=kind, games=0), Call(league, found, params, as_of), body)
    assert (changed or body) != honest
