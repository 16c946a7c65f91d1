"""What every other source that landed tells of the published games: to be compared, never to mend."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from nba_assets.identity.aliases import load_aliases
from nba_assets.identity.registry import Evidence, Registry
from nba_assets.landing.desk import Desk
from nba_assets.raw.box_candidates import Candidate, Landed, Source
from nba_assets.raw.box_sources import SOURCES
from nba_assets.raw.entity import Row, source_name
from nba_assets.raw.gates import COMPARED
from nba_assets.raw.identity import USER_ALIASES
from nba_assets.sources.feed import Subject

TELLING_COLUMNS = (
    "game_date", "game_id", "player_id", "player_name", "team", "source", "seconds_played",
    "minutes_precision", *COMPARED,
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """A published game and whose telling of it the rows are."""

    subject: Subject
    game_id: str
    source: Source


def other_tellings(desk: Desk, chosen: Sequence[Chosen], players: Sequence[Row]) -> list[Row]:
    """The lines of who played in each chosen game, by every other source with a body of it.

    A name is looked for among the players of the game's own rows: it needs no registry, and one
    that is none of them keeps a NULL `player_id` and is a difference too.

    Args:
        desk: to read what landed.
        chosen: the games.
        players: their rows, those of a game together.

    Returns:
        Rows of `TELLING_COLUMNS`.
    """
    landed = Landed(desk)
    listed = {game: list(rows) for game, rows in groupby(players, key=lambda row: row["game_id"])}
    aliases = load_aliases(desk.settings.home / USER_ALIASES)
    found: list[Row] = []
    for game in chosen:
        registry: Registry | None = None
        for source in SOURCES:
            if source is game.source:
                continue
            told = _newest(landed, source, game.subject)
            if told is None:
                continue
            if any(row["player_id"] is None for row in told.players):
                registry = registry or Registry(_listed(listed.get(game.game_id, ())), aliases)
                told = told.resolved(registry, game.subject)
            common: dict[str, Any] = {
                "game_date": game.subject.day,
                "game_id": game.game_id,
                "source": source_name(desk, source.label),
            }
            found += [
                {name: row.get(name) for name in TELLING_COLUMNS} | common
                for row in (*told.players, *told.unresolved)
                if row["played"]
            ]
    return found


def _newest(landed: Landed, source: Source, subject: Subject) -> Candidate | None:
    """The newest capture that tells of the game; None where no body of the source does."""
    tellings = (told for _, told in landed.candidates(source, subject))
    return next((told for told in tellings if isinstance(told, Candidate)), None)


def _listed(rows: Sequence[Row]) -> list[Evidence]:
    return [
        Evidence(
            row["player_id"], row["player_name"], row["team"], row["season_year"], row["game_date"]
        )
        for row in rows
    ]
