import gzip
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from nba_assets.partitions import dates_between, slate_instant
from nba_assets.raw import schedule
from nba_assets.raw.schedule import schedule_rows
from nba_assets.raw.standings import (
    CONFERENCE_OF,
    DIVISION_OF,
    ENTITY,
    SHORTEST_GAME,
    STANDINGS,
    Record,
    ranks,
    records_the_league_tells_otherwise,
    teams_missing,
)
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG, NBA_SCHEDULE
from nba_assets.sources.feeds.nba_slate import NBA_STANDINGS
from nba_assets.sources.nba_people import Standings
from nba_assets.sources.teams import BY_NBA_ID
from nba_assets_tests.platform import SHARED
from nba_assets_tests.raw.entities import Home, home_in, sandbox_home
from nba_assets_tests.raw.payloads import (
    SEASON,
    Body,
    box,
    land_box,
    land_log,
    land_schedule,
    log_lines,
    scheduled_game,
    tip_of,
)
from nba_assets_tests.raw.rows import DAY, Row, frame, player, scheduled

HOW_IT_WAS_RECORDED = pytest.mark.skipif(
    not (SHARED / "replay").is_dir(), reason="recorded seasons are not at ../shared/replay"
)
NYK_ID, BOS_ID = 1610612752, 1610612738
EVE = DAY - timedelta(days=1)
OPENING = SEASON.first
SLATE = slate_instant(DAY)
EVE_GAME = "0022500007"


def not_played(nba_game_id: str, day: date, **changes: Any) -> Body:
    """A game that the season file has without a result."""
    given: Body = {"gameStatus": 1, "gameStatusText": "7:00 pm ET"}
    return scheduled_game(nba_game_id, day=day, **(given | changes))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = home_in(tmp_path)
    home.publish(SCHEDULE, [scheduled()])
    return home


def records(home: Home, *days: date) -> dict[str, tuple[int, int]]:
    """The records of the teams that have any."""
    rows: list[Any] = list(rows_of(home, *(days or (DAY,))).itertuples(index=False))
    return {row.team: (row.wins, row.losses) for row in rows if row.wins or row.losses}


def rows_of(home: Home, *days: date) -> pd.DataFrame:
    rows = ENTITY.rows(home.desk, home.warehouse, list(days)).rows
    assert isinstance(rows, pa.Table)
    return pd.DataFrame(rows.to_pandas())


def verdicts(home: Home) -> dict[str, tuple[str, list[str]]]:
    (audit,) = home.audits(ENTITY, DAY).values()
    return {v.gate: (v.effect, v.offenders) for v in audit.verdicts if v.effect != "passed"}


def test_a_record_is_made_of_the_results_of_earlier_dates(home: Home) -> None:
    path = land_schedule(
        home.desk,
        scheduled_game("0022500001", day=OPENING),
        scheduled_game("0022500002", "NYK", "LAL", day=EVE),
        scheduled_game("0022500003", day=DAY),
        at=SLATE,
    )
    rows = rows_of(home, DAY)
    assert len(rows) == 30
    # 97-100: the home team won, in New York and in Los Angeles.
    assert records(home) == {"NYK": (1, 1), "BOS": (0, 1), "LAL": (1, 0)}
    (knicks,) = rows[rows["team"] == "NYK"].to_dict("records")
    assert {k: knicks[k] for k in STANDINGS.column_names if k != "degraded_reasons"} == {
        "game_date": DAY,
        "team": "NYK",
        "season_year": 2025,
        "conference": "East",
        "division": "Atlantic",
        "wins": 1,
        "losses": 1,
        "win_pct": 0.5,
        "conference_rank": 1,
        "division_rank": 1,
        "source": "nba_schedule",
        "source_score": 100,
        "quality_score": 100,
        "quality_tier": "gold",
        "completeness_pct": 100.0,
        "is_degraded": False,
        "is_bootstrap": False,
        "observed_at": pd.Timestamp(SLATE),
        "landing_path": path,
    }


@pytest.mark.parametrize("kind", ["001", "003", "004", "005", "006"])
def test_only_the_regular_season_counts(home: Home, kind: str) -> None:
    land_schedule(home.desk, scheduled_game(f"{kind}2500001", day=EVE), at=SLATE)
    assert records(home) == {}


@pytest.mark.parametrize("text", ["PPD", "Cancelled"])
def test_a_game_that_was_called_off_counts_for_nobody(home: Home, text: str) -> None:
    land_schedule(home.desk, not_played(EVE_GAME, EVE, gameStatusText=text), at=SLATE)
    assert records(home) == {}
    assert verdicts(home) == {}


def test_the_game_log_tells_what_the_season_file_does_not_know_yet(home: Home) -> None:
    land_schedule(home.desk, not_played(EVE_GAME, EVE), at=SLATE)
    lines = log_lines(nba_game_id=EVE_GAME, day=EVE)
    told = [line | {"WL": "L" if line["TEAM_ABBREVIATION"] == "NYK" else "W"} for line in lines]
    land_log(home.desk, told, day=EVE)
    assert records(home) == {"NYK": (0, 1), "BOS": (1, 0)}


def test_a_box_score_tells_what_the_log_contradicts_itself_about(home: Home) -> None:
    land_schedule(home.desk, not_played(EVE_GAME, EVE), at=SLATE)
    land_log(home.desk, log_lines(nba_game_id=EVE_GAME, day=EVE), day=EVE)  # all lines say W
    assert verdicts(home)["earlier_results_are_known"][0] == "degrades"
    land_box(home.desk, box(EVE_GAME, day=EVE))
    assert records(home) == {"NYK": (1, 0), "BOS": (0, 1)}
    assert verdicts(home) == {}


def test_a_result_that_nobody_knows_is_named_with_the_teams_it_is_missing_to(home: Home) -> None:
    land_schedule(
        home.desk,
        not_played(EVE_GAME, EVE),
        scheduled_game("0022500008", "LAL", "GSW", day=EVE),
        at=SLATE,
    )
    name = f"{EVE} BOS at NYK"
    assert verdicts(home) == {
        "earlier_results_are_known": (
            "degrades",
            [f"the result of {name} ({EVE_GAME}) is not known"],
        )
    }
    rows = rows_of(home, DAY).set_index("team")
    assert rows.index[rows["is_degraded"]].tolist() == ["BOS", "NYK"]
    assert rows["degraded_reasons"]["NYK"] == [f"not counted, their result is not known: {name}"]
    assert records(home) == {"GSW": (1, 0), "LAL": (0, 1)}


def test_live_a_date_that_is_caught_up_takes_the_results_of_a_later_file(tmp_path: Path) -> None:
    home = home_in(tmp_path, source="live")
    home.publish(SCHEDULE, [scheduled()])
    games = [scheduled_game("0022500001", day=EVE), scheduled_game("0022500002", day=DAY)]
    land_schedule(home.desk, *games, at=SLATE + timedelta(days=30))
    assert records(home) == {"NYK": (1, 0), "BOS": (0, 1)}


def test_a_date_without_games_has_no_standings(home: Home) -> None:
    home.publish(SCHEDULE, [], DAY)
    land_schedule(home.desk, scheduled_game(day=EVE), at=SLATE)
    assert rows_of(home, DAY).empty
    assert verdicts(home) == {}


@pytest.mark.parametrize("poisoned", [DAY, DAY + timedelta(days=1)])
def test_nothing_of_the_date_or_after_can_change_its_row(tmp_path: Path, poisoned: date) -> None:
    roots = (tmp_path,)
    clean = home_in(tmp_path / "clean", replay_roots=roots)
    poison = home_in(tmp_path / "poison", replay_roots=roots)
    for home in (clean, poison):
        home.publish(SCHEDULE, [scheduled()])
        land_schedule(home.desk, scheduled_game(EVE_GAME, day=EVE), at=SLATE)
    games = [
        scheduled_game(EVE_GAME, day=EVE),
        *(scheduled_game(f"00225001{n}", "LAL", "GSW", day=poisoned) for n in range(10, 15)),
    ]
    # Later bodies, and one of the morning itself that has tonight's result.
    land_schedule(poison.desk, *games, at=SLATE)
    land_schedule(poison.desk, *games, at=SLATE + timedelta(hours=12))
    lines = log_lines("LAL", "GSW", nba_game_id="0022500110", day=poisoned)
    land_log(poison.desk, lines, day=poisoned)
    ours, theirs = (
        rows_of(home, DAY).drop(columns=["observed_at", "landing_path"]) for home in (clean, poison)
    )
    pd.testing.assert_frame_equal(ours, theirs)


def test_ranks_go_by_share_then_wins_then_tricode_and_a_team_without_a_game_is_in_the_middle() -> (
    None
):
    given = {
        "NYK": Record(1, 1),
        "BOS": Record(2, 0),
        "BKN": Record(0, 1),
        "PHI": Record(2, 2),
        "TOR": Record(0, 0),
        "MIA": Record(1, 1),
    }
    assert ranks(given, CONFERENCE_OF) == {
        "BOS": 1, "PHI": 2, "MIA": 3, "NYK": 4, "TOR": 5, "BKN": 6,
    }  # fmt: skip
    assert ranks(given, DIVISION_OF) == {
        "BOS": 1, "PHI": 2, "NYK": 3, "TOR": 4, "BKN": 5, "MIA": 1,
    }  # fmt: skip


def test_there_are_thirty_teams_in_six_divisions_of_two_conferences() -> None:
    assert DIVISION_OF.keys() == CONFERENCE_OF.keys() == {t.tricode for t in BY_NBA_ID.values()}
    counts = pd.Series(DIVISION_OF).value_counts()
    assert counts.to_dict() == dict.fromkeys(set(DIVISION_OF.values()), 5)


def table(**told: Record) -> Body:
    """The league's own table: everybody 0-0 but those who are given."""
    headers = (
        "SeasonID", "TeamID", "Conference", "Division", "PlayoffRank", "DivisionRank", "WINS", "LOSSES",
    )  # fmt: skip
    rows = []
    for team in BY_NBA_ID.values():
        record = told.get(team.tricode, Record())
        rows.append(
            ["22025", team.nba_id, team.conference, DIVISION_OF[team.tricode], 1, 1, *record]
        )
    return {"resultSets": [{"name": "Standings", "headers": headers, "rowSet": rows}]}


def land_table(home: Home, body: Body, at: datetime = SLATE) -> None:
    (request,) = NBA_STANDINGS.requests(Subject(DAY, SEASON))
    home.desk.zone.keep(request, at, json.dumps(body).encode())


def test_differences_from_the_leagues_own_table_are_told_and_change_nothing(home: Home) -> None:
    land_schedule(home.desk, scheduled_game(EVE_GAME, day=EVE), at=SLATE)
    land_table(home, table(NYK=Record(1, 0), BOS=Record(1, 0)))
    assert verdicts(home) == {
        "records_equal_the_leagues_own": (
            "notices",
            ["BOS is 0-1 by results, 1-0 by nba_standings"],
        )
    }
    assert not rows_of(home, DAY)["is_degraded"].any()


def test_a_table_from_before_the_last_game_was_over_is_not_compared(home: Home) -> None:
    over = tip_of(EVE) + SHORTEST_GAME
    land_schedule(home.desk, scheduled_game(EVE_GAME, day=EVE), at=SLATE)
    land_table(home, table(), at=over - timedelta(seconds=1))
    assert verdicts(home) == {}
    land_table(home, table(), at=over)
    assert verdicts(home)["records_equal_the_leagues_own"][0] == "notices"


def test_without_a_season_file_the_leagues_own_table_stands_in(home: Home) -> None:
    land_table(home, table(NYK=Record(1, 0)))
    rows = rows_of(home, DAY)
    assert records(home) == {"NYK": (1, 0)}
    assert set(rows["source"]) == {"nba_standings"}
    assert rows["is_degraded"].all()
    assert rows["degraded_reasons"][0] == ["nba_standings instead of results: no nba_schedule body"]


def test_without_a_season_file_or_a_table_the_date_is_held(home: Home) -> None:
    (audit,) = home.audits(ENTITY, DAY).values()
    assert "neither landing/nba_schedule nor the standings of a provider" in audit.refusals[0]


def standing(team: str, wins: int, losses: int) -> Row:
    common = {k: v for k, v in player("1").items() if k in STANDINGS.column_names}
    return common | {
        "team": team,
        "conference": "East",
        "division": "Atlantic",
        "wins": wins,
        "losses": losses,
        "conference_rank": 1,
        "division_rank": 1,
    }


def test_only_records_that_differ_are_named() -> None:
    ours = frame(STANDINGS, [standing("NYK", 3, 1), standing("BOS", 2, 2), standing("PHI", 0, 0)])
    told = pd.DataFrame(
        [[DAY, "NYK", "bdl", 3, 1], [DAY, "BOS", "bdl", 2, 1]],
        columns=["game_date", "team", "told_by", "told_wins", "told_losses"],
    )
    found = records_the_league_tells_otherwise(ours, told)
    assert found["reason"].tolist() == ["BOS is 2-2 by results, 2-1 by bdl"]


def test_a_table_of_fewer_than_thirty_teams_is_named() -> None:
    short = frame(STANDINGS, [standing("NYK", 3, 1)])
    assert teams_missing(short)["reason"].tolist() == ["1 teams of 30 have a record"]
    whole = frame(STANDINGS, [standing(team, 0, 0) for team in DIVISION_OF])
    assert teams_missing(whole).empty


def test_sandbox_records_are_those_the_league_tells_and_a_range_run_equals_its_days(
    tmp_path: Path,
) -> None:
    days = dates_between(date(2025, 11, 5), date(2025, 11, 7))
    feeds = (NBA_SCHEDULE, NBA_STANDINGS, NBA_BOXSCORE, NBA_GAME_LOG)
    home = sandbox_home(tmp_path, feeds, *days)
    home.make(schedule.ENTITY, *days)
    computed = ENTITY.rows(home.desk, home.warehouse, days)
    assert len(computed.evidence["told"]) == 30 * len(days)
    for audit in home.audits(ENTITY, *days).values():
        assert {v.gate for v in audit.verdicts if v.effect != "passed"} == set()
    for day in days:
        home.make(ENTITY, day)
    daily = home.bytes_of(STANDINGS)
    facts = home.make(ENTITY, *days)
    assert {entry["state"] for entry in facts.values()} == {"published"}
    assert not any(entry["changed"] for entry in facts.values())
    assert home.bytes_of(STANDINGS) == daily
    rows = home.read(STANDINGS, *days)
    assert rows["wins"].sum() == rows["losses"].sum() > 0
    assert set(rows["completeness_pct"]) == {100.0}


@HOW_IT_WAS_RECORDED
def test_ranks_of_the_recorded_table_differ_where_the_league_breaks_ties() -> None:
    (path,) = (SHARED / "contracts/stats_nba_com").glob("leaguestandingsv3*")
    told = Standings.parse(gzip.decompress(path.read_bytes())).rows
    given = {row.team: Record(row.WINS, row.LOSSES) for row in told}
    in_conference, in_division = ranks(given, CONFERENCE_OF), ranks(given, DIVISION_OF)
    assert {r.team: r.Division for r in told} == DIVISION_OF
    assert {r.team: r.Conference for r in told} == CONFERENCE_OF
    assert [r.team for r in told if r.DivisionRank != in_division[r.team]] == []
    # Both 36-21: New York is third by the league's tie-break, Cleveland by its tricode.
    off = {r.team: (r.PlayoffRank, in_conference[r.team]) for r in told}
    assert {team: two for team, two in off.items() if two[0] != two[1]} == {
        "NYK": (3, 4),
        "CLE": (4, 3),
    }


@HOW_IT_WAS_RECORDED
@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_recorded_records_are_those_of_the_log_on_every_date(tmp_path: Path, year: int) -> None:
    label = f"{year}-{year - 1999}"
    lines = []
    for path in SHARED.glob(f"replay/stats.nba.com/stats/leaguegamelog/*Season={label}*/*"):
        (log,) = json.loads(gzip.decompress(path.read_bytes()))["resultSets"]
        lines += [dict(zip(log["headers"], row, strict=True)) for row in log["rowSet"]]
    games = pd.DataFrame(lines).drop_duplicates(["GAME_ID", "TEAM_ABBREVIATION"])
    assert len(games) == 2 * 1230
    games = games.assign(day=pd.to_datetime(games["GAME_DATE"]).dt.date, won=games["WL"] == "W")
    first, last = games["day"].min(), games["day"].max()
    home = home_in(tmp_path, landing_url=SHARED / "replay", first_date=first, last_date=last)
    dates = [*sorted(set(games["day"]))]
    days = dates if year == 2023 else dates[5::20]
    home.publish(SCHEDULE, schedule_rows(home.desk, days)[0])
    rows = rows_of(home, *days)
    assert len(rows) == 30 * len(days)
    assert not rows["is_degraded"].any()
    for day, own in rows.groupby("game_date"):
        before = games[games["day"] < day]
        wins = before[before["won"]].groupby("TEAM_ABBREVIATION").size()
        losses = before[~before["won"]].groupby("TEAM_ABBREVIATION").size()
        for team, won, lost in zip(own["team"], own["wins"], own["losses"], strict=True):
            assert (won, lost) == (wins.get(team, 0), losses.get(team, 0)), (day, team)
    late = rows[rows["game_date"] == days[-1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows_of(home, days[-1]), late)
