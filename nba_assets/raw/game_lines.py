"""Bookmakers' offers → spreads and totals, every snapshot and every book, as of its capture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from nba_assets.gates.audit import aside_gate, row_gate
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk
from nba_assets.raw.entity import Entity, Row, in_metadata, provenance
from nba_assets.raw.lines import (
    BOOK_UPDATED_AT,
    CONTRADICTION_GATE,
    EVENT_GATE,
    MARKET_GATE,
    MINUTES_BEFORE_TIP,
    PRICE_FORMAT,
    REPEATED,
    UNKNOWN_EVENTS,
    LinedGame,
    LineNotes,
    evidence,
    lined_games,
    lines_after_tip,
    odds_of,
    price_format,
    quotes_by_book,
    settled,
    unknown_events_frame,
    unknown_odds_events,
)
from nba_assets.raw.tables import GAME_DATE, GAME_ID, NBA_GAME_ID, SCHEDULE
from nba_assets.sources.feeds.odds import ODDS_GAME_LINES
from nba_assets.sources.odds_api import SPREADS, TOTALS, Outcome
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import LINEAGE, QUALITY, Column, Table

OVER_SIDE, UNDER_SIDE = "over", "under"

GAME_LINES = Table(
    name="raw.game_lines",
    row="game of the date, book, market, side and snapshot",
    may_not_know="Nothing observed after the scheduled tip is in it; consumers cut at `observed_at`.",
    key=("game_id", "book", "market", "side", "observed_at"),
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        Column("book", "STRING", "The Odds API's key of the bookmaker"),
        Column("market", "STRING", "spreads or totals"),
        Column("side", "STRING", "tricode of the team for a spread; over or under for a total"),
        Column(
            "line",
            "FLOAT64",
            "points: the side's spread, negative for the favourite, or both teams' total",
        ),
        Column("price", "INT64", "American price", "the source has none"),
        Column(
            "price_decimal", "FLOAT64", "decimal price, the stake included", "the source has none"
        ),
        PRICE_FORMAT,
        MINUTES_BEFORE_TIP,
        BOOK_UPDATED_AT,
        Column("odds_event_id", "STRING", "The Odds API's id of the game"),
        *QUALITY,
        *LINEAGE,
    ),
)
_STATEMENT = ("line", "price", "price_decimal")

UNKNOWN_SIDES = "unknown_sides"
_UNKNOWN_SIDE = (
    "game_date", "game_id", "book", "market", "side", "line", "source", "odds_event_id",
    "observed_at", "landing_path", "reason",
)  # fmt: skip


@dataclass
class GameLines:
    """The lines of some dates, and what could not become one."""

    rows: list[Row] = field(default_factory=list)
    unknown_sides: list[Row] = field(default_factory=list)
    unknown_events: list[Row] = field(default_factory=list)
    repeated: list[Row] = field(default_factory=list)
    notes: dict[date, LineNotes] = field(default_factory=dict)


def game_lines(desk: Desk, schedule: Iterable[Row], dates: Sequence[date]) -> GameLines:
    """The spreads and totals of every capture that landed for the dates' games.

    Args:
        desk: to read what landed.
        schedule: published rows of `raw.schedule` of the dates.
        dates: the dates to make rows of.
    """
    found = GameLines(notes={day: LineNotes() for day in dates})
    for day, games in lined_games(schedule, dates).items():
        notes = found.notes[day]
        found.unknown_events += unknown_odds_events(desk, day, games, notes)
        rows: list[Row] = []
        for game in games:
            for row in _lines_of(desk, game, notes):
                if row["side"] in _sides(game, row["market"]):
                    rows.append(row)
                else:
                    reason = f"{game.game_id} {row['market']} at {row['book']}: {row['side']!r}"
                    found.unknown_sides.append({**row, "reason": f"{reason} is no side of it"})
        kept, repeated = settled(rows, GAME_LINES.key, _STATEMENT, notes)
        found.rows += kept
        found.repeated += repeated
    return found


def _lines_of(desk: Desk, game: LinedGame, notes: LineNotes) -> list[Row]:
    rows: list[Row] = []
    for odds, reading, observed_at in odds_of(desk, ODDS_GAME_LINES, game, notes):
        notes.counted["captures"] += 1
        common = {
            **game.columns(observed_at),
            "odds_event_id": odds.id,
            **provenance(desk, ODDS_GAME_LINES, reading, is_bootstrap=game.row["is_bootstrap"]),
        }
        rows += [
            {
                **common,
                **line_of(outcome),
                "market": market,
                "book": quotes.book,
                "book_updated_at": quotes.updated_at,
            }
            for market in (SPREADS, TOTALS)
            for quotes in quotes_by_book(odds.quotes(market))
            for outcome in quotes.outcomes
        ]
    return rows


def line_of(outcome: Outcome) -> Row:
    """One side of a spread or a total; an unknown side keeps the provider's word."""
    return {
        "side": outcome.side,
        "line": outcome.point,
        "price": outcome.american,
        "price_decimal": outcome.decimal,
        "price_format": price_format(outcome),
    }


def _sides(game: LinedGame, market: str) -> tuple[str, str]:
    return game.teams if market == SPREADS else (OVER_SIDE, UNDER_SIDE)


def sides_of_nobody(_rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """A spread of a team that does not play would turn the favourite of a game round."""
    return found


def _compute(desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    found = game_lines(desk, warehouse.read(SCHEDULE, dates).to_pylist(), dates)
    metadata = in_metadata(found.notes)
    return Computed(
        rows=GAME_LINES.rows(found.rows),
        evidence={
            UNKNOWN_SIDES: evidence(found.unknown_sides, _UNKNOWN_SIDE),
            UNKNOWN_EVENTS: unknown_events_frame(found.unknown_events),
            REPEATED: evidence(found.repeated, (*GAME_LINES.column_names, "reason")),
        },
        notes={day: {**metadata[day], **found.notes[day].in_words()} for day in dates},
    )


ENTITY = Entity(
    GAME_LINES,
    _compute,
    feeds=(ODDS_GAME_LINES,),
    reads=(SCHEDULE,),
    gates=(
        EVENT_GATE,
        aside_gate("every_side_plays", sides_of_nobody, UNKNOWN_SIDES),
        CONTRADICTION_GATE,
        row_gate("line_before_tip", lines_after_tip),
        MARKET_GATE,
    ),
)
