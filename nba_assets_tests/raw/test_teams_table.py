"""The thirty teams as a table."""

from pathlib import Path

import pandas as pd

from nba_assets.raw.teams import ENTITY, TEAMS, ambiguous_spellings, team_rows
from nba_assets.sources.teams import tricode_of
from nba_assets_tests.raw.entities import home_in
from nba_assets_tests.raw.rows import Row, frame


def rows(**changes: Row) -> pd.DataFrame:
    """The table, with changes by tricode."""
    return frame(TEAMS, [row | changes.get(row["team"], {}) for row in team_rows()])


def test_thirty_teams_are_published_with_every_providers_code(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    assert home.make(ENTITY)
    teams = home.read(TEAMS).set_index("team")
    assert len(teams) == 30
    codes = ["nba_team_id", "espn_team_id", "bref_code", "bdl_team_id"]
    assert list(teams[codes].to_dict("index")["PHX"].values()) == ["1610612756", "21", "PHO", "24"]
    assert "Los Angeles Clippers" in list(teams["aliases"]["LAC"])


def test_the_platforms_own_list_is_gold_and_has_no_body(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    assert home.make(ENTITY)
    teams = home.read(TEAMS)
    quality = ["source", "source_score", "quality_score", "quality_tier", "is_degraded"]
    assert {tuple(row) for row in teams[quality].to_numpy()} == {
        ("platform", 100, 100, "gold", False)
    }
    assert teams[["observed_at", "landing_path"]].isna().all(axis=None)


def test_every_spelling_of_the_table_leads_back_to_its_team() -> None:
    for row in team_rows():
        for spelling in (row["espn_code"], row["bref_code"], row["full_name"], *row["aliases"]):
            assert tricode_of(spelling) == row["team"]


def test_a_code_of_two_teams_is_named() -> None:
    found = ambiguous_spellings(rows(BOS={"espn_team_id": "18"}, NYK={"aliases": ["BOS"]}))
    assert found["reason"].tolist() == ["'BOS' is BOS and NYK", "'espn_team_id 18' is BOS and NYK"]


def test_a_team_too_few_is_named() -> None:
    found = ambiguous_spellings(rows().head(29))
    assert found["reason"].tolist() == ["29 teams instead of 30"]
