"""NBA.com's list of player moves → one row per move: who was signed, waived or traded, and when."""

import hashlib
from datetime import UTC, date, datetime

import pandas as pd

from nba_assets.gates.audit import row_gate
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk, Reading
from nba_assets.partitions import season
from nba_assets.raw.entity import DateNotes, Entity, Row, collapse, in_metadata, provenance
from nba_assets.sources.feed import Subject
from nba_assets.sources.feeds.nba_slate import NBA_TRANSACTIONS
from nba_assets.sources.nba_people import Move, PlayerMovement
from nba_assets.sources.teams import BY_TRICODE
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, UNDATED, Column, Table

_NO_LIMIT = datetime.max.replace(tzinfo=UTC)

TRANSACTIONS = Table(
    name="raw.transactions",
    row="move of a player, or of a draft consideration, to or from a team",
    key=("transaction_id",),
    is_undated=True,
    columns=(
        Column(
            "transaction_id",
            "STRING",
            "digest of the provider's group, team, player and giving team",
        ),
        Column("effective_date", "DATE", "date of the move; the provider gives no time of day"),
        Column(
            "transaction_type",
            "STRING",
            "the provider's word: Signing, Waive, Trade, ContractConverted or AwardOnWaivers",
        ),
        Column("group_id", "STRING", "the provider's; all lines of one trade share it"),
        Column("team", "STRING", "tricode of the team that signs, waives or receives"),
        Column("other_team", "STRING", "tricode of the team that gives", "not a trade"),
        Column("player_id", "STRING", "the NBA person id", "draft consideration"),
        Column("nba_player_id", "STRING", "the NBA person id", "draft consideration"),
        Column("player_slug", "STRING", "name as in a web address", "draft consideration"),
        Column(
            "is_draft_consideration", "BOOL", "no player moves, but a pick or the rights to one"
        ),
        Column("description", "STRING", "the provider's sentence"),
        *QUALITY,
        *LINEAGE,
    ),
)


def transaction_id(move: Move) -> str:
    """The move's id: a digest of what tells all moves apart, and not of its words or its date.

    A sentence that is corrected later is the same move. Sixteen hex digits: at 10,000 moves, two of
    one id are less likely than one in 10^11.
    """
    telling = f"{move.GroupSort}|{move.TEAM_ID}|{move.PLAYER_ID}|{move.Additional_Sort}"
    return hashlib.sha256(telling.encode()).hexdigest()[:16]


def newest_movement(desk: Desk) -> Reading:
    """The newest list in the landing zone, up to NBA_ASSETS_AS_OF where that is set."""
    # One URL for all time: any day of any season is the same subject.
    first = desk.settings.first_date
    about = Subject(first, season(first.year))
    return desk.read(NBA_TRANSACTIONS, about, desk.settings.as_of or _NO_LIMIT)


def transaction_rows(desk: Desk, reading: Reading) -> list[Row]:
    """The moves of one list, each once; none where there is no list."""
    if not isinstance(reading.payload, PlayerMovement):
        return []
    common = provenance(desk, NBA_TRANSACTIONS, reading, is_bootstrap=False)
    return collapse([_row(move) | common for move in reading.payload.rows])


def _row(move: Move) -> Row:
    player_id = None if move.person_id is None else str(move.person_id)
    return {
        "transaction_id": transaction_id(move),
        "effective_date": move.effective_date,
        "transaction_type": move.Transaction_Type,
        "group_id": move.GroupSort,
        "team": move.team or "",
        "other_team": move.other_team,
        "player_id": player_id,
        "nba_player_id": player_id,
        "player_slug": move.PLAYER_SLUG or None,
        "is_draft_consideration": player_id is None,
        "description": move.TRANSACTION_DESCRIPTION,
    }


def moves_of_unknown_teams(moves: pd.DataFrame) -> pd.DataFrame:
    """A team that nobody knows joins nothing: its player would seem to have stayed where he was."""
    sides = {"team": moves["team"], "other_team": moves["other_team"].dropna()}
    unknown = pd.Series("", moves.index)
    for column, named in sides.items():
        for index in named[~named.isin(list(BY_TRICODE))].index:
            unknown[index] += f"known_team: {column} {moves.at[index, column]!r}; "
    return moves.assign(reason=unknown + moves["description"])[unknown != ""]


def _compute(desk: Desk, _warehouse: Warehouse, _dates: list[date]) -> Computed:
    reading = newest_movement(desk)
    notes = DateNotes()
    notes.pass_over(reading)
    rows = transaction_rows(desk, reading)
    metadata = in_metadata({UNDATED: notes})
    if isinstance(reading.payload, PlayerMovement):
        metadata[UNDATED] |= {
            "identical_copies_collapsed": len(reading.payload.rows) - len(rows),
            "newest_move": str(reading.payload.newest_date),
        }
    else:
        metadata[UNDATED]["reason"] = f"landing/{NBA_TRANSACTIONS.name} holds no accepted body"
    return Computed(TRANSACTIONS.rows(rows), notes=metadata)


ENTITY = Entity(
    TRANSACTIONS,
    _compute,
    feeds=(NBA_TRANSACTIONS,),
    gates=(row_gate("every_team_is_known", moves_of_unknown_teams),),
)
