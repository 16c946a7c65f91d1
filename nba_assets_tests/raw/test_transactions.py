import gzip
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_assets.partitions import season, slate_instant
from nba_assets.raw.transactions import (
    ENTITY,
    TRANSACTIONS,
    moves_of_unknown_teams,
    transaction_id,
)
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds.nba_slate import NBA_TRANSACTIONS
from nba_assets.sources.nba_people import PlayerMovement
from nba_assets.warehouse.table import UNDATED
from nba_assets_tests.platform import SHARED
from nba_assets_tests.raw.entities import Home, home_in, sandbox_home
from nba_assets_tests.raw.payloads import SEASON, Body, desk_in
from nba_assets_tests.raw.rows import DAY, frame

NYK_ID, BOS_ID = 1610612752.0, 1610612738.0
SLATE = slate_instant(DAY)


def move(**changes: Any) -> Body:
    """New York signs a man."""
    return {
        "Transaction_Type": "Signing",
        "TRANSACTION_DATE": "2025-07-16T00:00:00",
        "TRANSACTION_DESCRIPTION": "New York Knicks signed guard Some Body to a Contract.",
        "TEAM_ID": NYK_ID,
        "TEAM_SLUG": "knicks",
        "PLAYER_ID": 101.0,
        "PLAYER_SLUG": "some-body",
        "Additional_Sort": 0.0,
        "GroupSort": "Signing 1",
        **changes,
    }


TRADE = {"Transaction_Type": "Trade", "GroupSort": "Trade 1", "Additional_Sort": BOS_ID}


def file_of(*moves: Body) -> bytes:
    return json.dumps({"NBA_Player_Movement": {"rows": list(moves), "columns": []}}).encode()


def land(home: Home, body: bytes, at: datetime = SLATE) -> str:
    (request,) = NBA_TRANSACTIONS.requests(Subject(DAY, SEASON))
    path = home.desk.zone.keep(request, at, body)
    return str(path.relative_to(home.desk.zone.root))


def made(home: Home) -> pd.DataFrame:
    home.make(ENTITY)
    return home.read(TRANSACTIONS)


def ids(*moves: Body) -> list[str]:
    return [transaction_id(m) for m in PlayerMovement.parse(file_of(*moves)).rows]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_in(tmp_path)


def test_a_signing_is_a_row_with_its_player_team_and_words(home: Home) -> None:
    path = land(home, file_of(move()))
    (row,) = made(home).to_dict("records")
    (its_id,) = ids(move())
    assert {k: v for k, v in row.items() if k != "degraded_reasons"} == {
        "transaction_id": its_id,
        "effective_date": date(2025, 7, 16),
        "transaction_type": "Signing",
        "group_id": "Signing 1",
        "team": "NYK",
        "other_team": None,
        "player_id": "101",
        "nba_player_id": "101",
        "player_slug": "some-body",
        "is_draft_consideration": False,
        "description": "New York Knicks signed guard Some Body to a Contract.",
        "source": "nba_transactions",
        "source_score": 100,
        "quality_score": 100,
        "quality_tier": "gold",
        "completeness_pct": 100.0,
        "is_degraded": False,
        "is_bootstrap": False,
        "observed_at": pd.Timestamp(SLATE),
        "landing_path": path,
    }


def test_a_trade_has_a_row_per_asset_and_keeps_draft_considerations(home: Home) -> None:
    land(
        home,
        file_of(
            move(**TRADE),
            move(**TRADE, PLAYER_ID=0.0, PLAYER_SLUG="", TRANSACTION_DESCRIPTION="a pick"),
            move(**TRADE | {"TEAM_ID": BOS_ID, "Additional_Sort": NYK_ID, "PLAYER_ID": 102.0}),
        ),
    )
    rows = made(home).sort_values(["team", "player_id"], na_position="last")
    assert rows[["team", "other_team", "is_draft_consideration"]].values.tolist() == [
        ["BOS", "NYK", False],
        ["NYK", "BOS", False],
        ["NYK", "BOS", True],
    ]
    assert rows["player_id"].isna().tolist() == [False, False, True]
    assert set(rows["group_id"]) == {"Trade 1"}


@pytest.mark.parametrize(
    ("changes", "is_the_same"),
    [
        ({"TRANSACTION_DESCRIPTION": "corrected"}, True),
        ({"TRANSACTION_DATE": "2025-07-17T00:00:00"}, True),
        ({"GroupSort": "Signing 2"}, False),
        ({"TEAM_ID": BOS_ID}, False),
        ({"PLAYER_ID": 102.0}, False),
        ({"Additional_Sort": BOS_ID}, False),
    ],
)
def test_an_id_tells_moves_apart_and_not_their_words(
    changes: dict[str, Any], is_the_same: bool
) -> None:
    first, second = ids(move(), move(**changes))
    assert (first == second) is is_the_same


def test_the_newest_list_counts_and_a_copy_of_a_line_is_one_move(home: Home) -> None:
    land(home, file_of(move(TRANSACTION_DESCRIPTION="as first written")))
    land(home, file_of(move(), move(), move(PLAYER_ID=102.0)), SLATE + timedelta(days=1))
    facts = home.make(ENTITY)[UNDATED]
    assert facts["identical_copies_collapsed"] == 1
    assert facts["newest_move"] == "2025-07-16"
    rows = home.read(TRANSACTIONS)
    assert len(rows) == 2
    assert set(rows["description"]) == {move()["TRANSACTION_DESCRIPTION"]}


def test_two_lines_of_one_id_that_differ_hold_the_table_and_the_last_good_one_stays(
    home: Home,
) -> None:
    land(home, file_of(move()))
    home.make(ENTITY)
    land(home, file_of(move(), move(TRANSACTION_DESCRIPTION="other")), SLATE + timedelta(days=1))
    (audit,) = home.audits(ENTITY).values()
    assert "unique_key: transaction_id" in audit.refusals[0]
    assert home.make(ENTITY) == {}
    assert len(home.read(TRANSACTIONS)) == 1


def test_nothing_after_the_instant_of_the_settings_is_read(tmp_path: Path) -> None:
    home = Home(desk_in(tmp_path, as_of=SLATE))
    land(home, file_of(move()))
    land(home, file_of(move(), move(PLAYER_ID=102.0)), SLATE + timedelta(seconds=1))
    assert len(made(home)) == 1


def test_without_a_list_the_table_is_empty_and_says_so(home: Home) -> None:
    facts = home.make(ENTITY)[UNDATED]
    assert (facts["state"], facts["reason"]) == (
        "empty",
        "landing/nba_transactions holds no accepted body",
    )


def test_a_body_that_is_refused_is_passed_over_and_named(home: Home) -> None:
    land(home, file_of(move()))
    land(home, b'{"NBA_Player_Movement": {}}', SLATE + timedelta(days=1))
    facts = home.make(ENTITY)[UNDATED]
    assert "NBA_Player_Movement.rows" in facts["passed_over"]
    assert len(home.read(TRANSACTIONS)) == 1


def test_moves_of_a_team_that_nobody_knows_are_quarantined(home: Home) -> None:
    land(home, file_of(move(), move(**TRADE | {"Additional_Sort": 7.0}), move(TEAM_ID=9.0)))
    assert made(home)["team"].tolist() == ["NYK"]
    held = home.quarantined(TRANSACTIONS, UNDATED)["every_team_is_known"]
    assert sorted(held["quarantine_reason"].str.split(";").str[0]) == [
        "known_team: other_team '7'",
        "known_team: team '9'",
    ]


def test_only_moves_of_unknown_teams_are_named() -> None:
    common = {
        "effective_date": DAY, "transaction_type": "Trade", "group_id": "", "description": "words",
        "is_draft_consideration": True, "source": "", "source_score": 1, "quality_score": 1,
        "quality_tier": "", "is_degraded": False, "degraded_reasons": [], "is_bootstrap": False,
        "observed_at": SLATE, "landing_path": "",
    }  # fmt: skip
    rows = [
        common | {"transaction_id": "a", "team": "NYK", "other_team": None},
        common | {"transaction_id": "b", "team": "NYK", "other_team": "SEA"},
    ]
    found = moves_of_unknown_teams(frame(TRANSACTIONS, rows))
    assert found["transaction_id"].tolist() == ["b"]
    assert found["reason"].tolist() == ["known_team: other_team 'SEA'; words"]


def test_running_twice_changes_nothing(home: Home) -> None:
    land(home, file_of(move()))
    home.make(ENTITY)
    once = home.bytes_of(TRANSACTIONS)
    land(home, file_of(move()), SLATE + timedelta(days=1))
    assert home.make(ENTITY)[UNDATED]["changed"] is False
    assert home.bytes_of(TRANSACTIONS) == once


def test_the_sandboxs_moves_are_labelled_and_all_kept(tmp_path: Path) -> None:
    home = sandbox_home(tmp_path, (NBA_TRANSACTIONS,), date(2025, 11, 5))
    rows = made(home)
    assert len(rows) > 0
    assert set(rows["source"]) == {"sandbox:nba_transactions"}
    assert not home.quarantined(TRANSACTIONS, UNDATED)


@pytest.mark.skipif(
    not (SHARED / "contracts").is_dir(), reason="recorded bodies are not at ../shared/contracts"
)
def test_all_recorded_moves_are_kept(tmp_path: Path) -> None:
    (path,) = (SHARED / "contracts/nbac_player_movement").glob("raw_*.json.gz")
    home = home_in(tmp_path, first_date=season(2024).first, last_date=season(2024).last)
    land(home, gzip.decompress(path.read_bytes()))
    facts = home.make(ENTITY)[UNDATED]
    assert (facts["state"], facts["newest_move"]) == ("published", "2025-07-16")
    rows = home.read(TRANSACTIONS)
    assert len(rows) == rows["transaction_id"].nunique() == 8_730
    assert rows["transaction_type"].value_counts().to_dict() == {
        "Signing": 4156,
        "Waive": 2773,
        "Trade": 1619,
        "ContractConverted": 115,
        "AwardOnWaivers": 67,
    }
    assert rows["is_draft_consideration"].sum() == rows["player_slug"].isna().sum() == 466
    assert set(rows.loc[rows["other_team"].notna(), "transaction_type"]) == {"Trade"}
    assert not home.quarantined(TRANSACTIONS, UNDATED)
    (cole,) = rows[rows["player_slug"] == "cole-anthony"].query("group_id == 'Signing 1135890'").to_dict("records")  # fmt: skip
    assert (cole["team"], cole["player_id"], cole["effective_date"]) == (
        "MIL",
        "1630175",
        date(2025, 7, 16),
    )
