"""Three recorded seasons, whole, against the official logs and an independent public table."""

import gzip
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from nba_assets.identity.names import player_lookup
from nba_assets.partitions import season_dates
from nba_assets.sources.teams import tricode_of
from nba_assets_tests.platform import SHARED, Platform, platform

pytestmark = [
    pytest.mark.season,
    pytest.mark.skipif(
        not (SHARED / "replay").is_dir(), reason="recorded seasons are not at ../shared/replay"
    ),
]

SEASONS = {
    "2021-22": (date(2021, 10, 19), date(2022, 4, 10)),
    "2022-23": (date(2022, 10, 18), date(2023, 4, 9)),
    "2023-24": (date(2023, 10, 24), date(2024, 4, 14)),
}
CUP_FINAL = "0062300001"
SUFFIXES = ("jr", "sr", "iii", "iv", "ii")
# Names that differ by more than a suffix between the official list and the public table.
ALIASES = {"matthurt": "matthewhurt"}


class RecordedSeason:
    """A backfilled season and the official log of it."""

    def __init__(self, label: str, home: Platform) -> None:
        self.label = label
        self.first, self.last = SEASONS[label]
        self.home = home

    @cache  # noqa: B019
    def table(self, name: str) -> pd.DataFrame:
        return self.home.read(name, self.first, self.last)

    @cache  # noqa: B019
    def official_log(self) -> pd.DataFrame:
        rows = []
        for path in SHARED.glob(
            f"replay/stats.nba.com/stats/leaguegamelog/*Season={self.label}*/*"
        ):
            (log,) = json.loads(gzip.decompress(path.read_bytes()))["resultSets"]
            rows += [dict(zip(log["headers"], row, strict=True)) for row in log["rowSet"]]
        return pd.DataFrame(rows).assign(player_id=lambda log: log["PLAYER_ID"].astype(str))


@pytest.fixture(scope="module", params=SEASONS)
def season(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RecordedSeason]:
    first, last = SEASONS[request.param]
    with platform(
        tmp_path_factory.mktemp(request.param),
        source="replay",
        replay_roots=str(SHARED / "replay"),
        first_date=str(first),
        last_date=str(last),
    ) as home:
        assert not [failure for run in home.backfill(first, last) for failure in run.failures]
        yield RecordedSeason(request.param, home)


def test_every_game_of_the_season_is_there(season: RecordedSeason) -> None:
    finals = {CUP_FINAL} if season.label == "2023-24" else set()
    for name in ("raw.player_box_scores", "analytics.player_game_summary"):
        games = set(season.table(name)["nba_game_id"])
        assert games == set(season.official_log()["GAME_ID"]) | finals
        assert len(games) == 1230 + len(finals)
    for name in (
        "raw.team_box_scores",
        "analytics.team_offense_game_summary",
        "analytics.team_defense_game_summary",
    ):
        assert len(season.table(name)) == 2 * (1230 + len(finals))


def test_every_row_of_the_official_log_is_there_with_its_numbers(season: RecordedSeason) -> None:
    log = season.official_log()
    players = season.table("analytics.player_game_summary")
    both = log.merge(
        players, left_on=["GAME_ID", "player_id"], right_on=["nba_game_id", "player_id"], how="left"
    )
    assert len(both) == len(log)
    names = {
        "PTS": "points",
        "OREB": "oreb",
        "DREB": "dreb",
        "AST": "ast",
        "STL": "stl",
        "BLK": "blk",
    }
    names |= {n: n.lower() for n in ("FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "TOV", "PF")}
    for theirs, ours in names.items():
        assert (both[theirs] == both[ours]).all(), theirs
    assert both["played"].all()
    played = players[players["played"] & (players["nba_game_id"] != CUP_FINAL)]
    assert len(played) == len(log)


def test_no_date_is_blocked_degraded_or_missing(season: RecordedSeason) -> None:
    states = {cell.state for cell in season.home.status(season.first, season.last).values()}
    assert states == {"published", "empty", "answered"}
    for name in ("raw.player_box_scores", "analytics.player_game_summary"):
        rows = season.table(name)
        assert not rows["is_degraded"].any()
        assert set(rows["completeness_pct"]) == {100.0}
        assert set(rows["quality_tier"]) == {"gold"}


def test_running_the_season_again_changes_no_byte(season: RecordedSeason) -> None:
    once = season.home.digests()
    assert len(once) == 6 * len(season_dates(season.first, season.last))
    assert not [f for run in season.home.backfill(season.first, season.last) for f in run.failures]
    assert season.home.digests() == once


@pytest.fixture(scope="module")
def public_table(season: RecordedSeason) -> pd.DataFrame:
    """Our player-games beside the public table's, joined by date, team and folded name."""
    path = SHARED / "truth" / "bref_player_box_2023-24.csv.gz"
    if season.label != "2023-24":
        pytest.skip("the public table holds 2023-24 alone")
    if not path.exists():
        pytest.skip("the public table is not at ../shared/truth")
    return _beside(season.table("analytics.player_game_summary"), path)


def _beside(players: pd.DataFrame, path: Path) -> pd.DataFrame:
    truth = pd.read_csv(path)
    truth = truth[truth["game_date"] <= str(SEASONS["2023-24"][1])]
    truth = truth.assign(
        team=truth["team"].map(tricode_of),
        name=truth["player_name_fixed"].map(_folded),
        bref_minutes=truth["mp"],
    )
    ours = players[players["played"]]
    ours = ours.assign(
        game_date=ours["game_date"].astype(str), name=ours["player_name"].map(_folded)
    )
    keys = ["game_date", "team", "name"]
    columns = [*keys, "bref_minutes", "adv_ts_pct", "adv_efg_pct", "adv_usg_pct", "pts"]
    return ours.merge(truth[columns], on=keys, how="outer", indicator="partner", validate="1:1")


def _folded(name: str) -> str:
    """The lookup without its suffix; unique within a team of a date, which the merge checks."""
    folded = player_lookup(name)
    for suffix in SUFFIXES:
        folded = folded.removesuffix(suffix)
    return ALIASES.get(folded, folded)


def test_shooting_equals_the_public_table(public_table: pd.DataFrame) -> None:
    both = public_table[public_table["partner"] == "both"]
    assert len(both) > 26_000
    for ours, theirs in (("ts_pct", "adv_ts_pct"), ("efg_pct", "adv_efg_pct")):
        assert (both[ours].isna() == both[theirs].isna()).all()
        assert (both[ours] - both[theirs]).abs().max() <= 0.001


def test_usage_equals_the_public_table(public_table: pd.DataFrame) -> None:
    both = public_table[(public_table["partner"] == "both") & (public_table["minutes"] >= 5)]
    assert both["adv_usg_pct"].notna().all()
    assert (both["usage_rate"] - both["adv_usg_pct"]).abs().max() <= 0.06


def test_only_men_of_no_minutes_have_no_partner(public_table: pd.DataFrame) -> None:
    ours = public_table[public_table["partner"] == "left_only"]
    theirs = public_table[public_table["partner"] == "right_only"]
    # The page lists nobody who was on court for less than a second; the official box score does.
    assert set(ours["seconds_played"]) <= {0}, ours[["game_id", "player_name", "minutes"]]
    assert theirs.empty, theirs[["game_date", "team", "name"]]
