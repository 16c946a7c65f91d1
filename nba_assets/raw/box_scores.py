"""Landed box scores → player and team rows of a date, the first clean source per game."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

import pandas as pd

from nba_assets.gates.audit import Gate, game_gate, notice_gate, partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.identity.registry import Registry
from nba_assets.landing.desk import Desk, Refused
from nba_assets.partitions import season_of
from nba_assets.raw.box_candidates import Candidate, Landed, Source, asks_by_nba_id
from nba_assets.raw.box_sources import FEEDS, SOURCES
from nba_assets.raw.cross_source import TELLING_COLUMNS, Chosen, other_tellings
from nba_assets.raw.entity import DateNotes, Entity, Row, in_metadata, provenance, source_name
from nba_assets.raw.gates import (
    TELLINGS_OF_THE_SCORE,
    disagreements,
    expected_games,
    games_of_unresolved_players,
    implausible_sides,
    irreconcilable_games,
    teams_off_their_players,
    uncovered_games,
)
from nba_assets.raw.identity import registry_of
from nba_assets.raw.players import PLAYERS
from nba_assets.raw.tables import PLAYER_BOX_SCORES, SCHEDULE, TEAM_BOX_SCORES
from nba_assets.raw.unresolved import NAME_GATE, UNRESOLVED
from nba_assets.sources.feed import ExpectedGame, Subject
from nba_assets.warehouse.base import Warehouse
from nba_assets.warehouse.table import Table

SUM_OF_PLAYERS_SCORE = 85  # trust in a team total that was added up from its players' rows

UNRESOLVED_COLUMNS = (
    "game_date", "game_id", "team", "player_name", "provider_player_id", "played", "source",
    "observed_at", "landing_path", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class BoxScores:
    """All chosen rows of some dates.

    `teams` has beside the table's columns `line_score`, `score` and `scheduled_score`: what the
    points are checked against (NULL where the source or the schedule has none). `unresolved` are
    the names of every source that was tried which mean nobody for certain; `chosen` is whose
    telling of each game the rows are.
    """

    players: list[Row]
    teams: list[Row]
    notes: dict[date, DateNotes]
    unresolved: list[Row]
    chosen: list[Chosen]


def box_scores(
    desk: Desk, schedule: pd.DataFrame, dates: Sequence[date], registry: Callable[[], Registry]
) -> BoxScores:
    """The rows of every expected game of the dates that any source has, per game the first clean one.

    A body whose rows break a rule of the row gates is passed over for the next capture or source;
    where no source is clean the first one stays, for the gates to quarantine.

    Args:
        desk: to read what landed.
        schedule: published rows of `raw.schedule` of the dates.
        dates: the dates to make rows of.
        registry: who a name means; called only where a source that knows names alone is tried.
    """
    notes = {day: DateNotes() for day in dates}
    landed = Landed(desk)
    rows: list[Any] = list(expected_games(schedule).itertuples(index=False))
    games = [_Game(desk, landed, registry, row, notes[row.game_date]) for row in rows]
    undecided = [game for game in games if game.candidate]
    while undecided:
        offences = _offences(undecided)
        undecided = [
            game
            for game in undecided
            if (offence := offences.get(game.scheduled.game_id)) and game.pass_over(offence)
        ]
    chosen = [game for game in games if game.candidate]
    for game in chosen:
        game.conclude()
    return BoxScores(
        players=[row for game in chosen for row in game.rows("players")],
        teams=[row for game in chosen for row in game.rows("teams")],
        notes=notes,
        unresolved=[row for game in games for row in game.unresolved.values()],
        chosen=[Chosen(game.subject, game.scheduled.game_id, game.source) for game in chosen],
    )


class _Game:
    """The sources of one game, tried in order until one is clean."""

    def __init__(
        self,
        desk: Desk,
        landed: Landed,
        registry: Callable[[], Registry],
        scheduled: Any,
        notes: DateNotes,
    ) -> None:
        self.scheduled = scheduled
        self.notes = notes
        self.unresolved: dict[object, Row] = {}
        self._refused: dict[Source, list[str]] = {}
        self._desk, self._landed, self._registry = desk, landed, registry
        season = season_of(scheduled.game_date)
        assert season is not None
        game = ExpectedGame(
            scheduled.nba_game_id or "", scheduled.away_team, scheduled.home_team, scheduled.tip_at
        )
        self.subject = Subject(scheduled.game_date, season, scheduled.season_type, game)
        self._rest = self._candidates()
        self._first = self._tried = next(self._rest, None)

    @property
    def candidate(self) -> Candidate | None:
        """What is tried now; None where no source has the game."""
        return self._tried[1] if self._tried else None

    @property
    def source(self) -> Source:
        """Whose telling is tried now."""
        assert self._tried is not None
        return self._tried[0]

    def pass_over(self, offence: str) -> bool:
        """Try the next source; False where there is none, and the first one stands after all."""
        assert self._tried is not None
        source, candidate = self._tried
        # The sums of a box are tried beside the box itself: what is off with both was said once.
        refused = [] if candidate.repeats else [Refused(candidate.reading.path, offence)]
        following = next(self._rest, None)
        if following is None:
            self._tried = self._first
            return False
        self._pass(source, refused)
        self._tried = following
        return True

    def conclude(self) -> None:
        """Note beside the date what the rows of the chosen telling do not show."""
        candidate = self.candidate
        assert candidate is not None
        self.notes.collapsed += candidate.collapsed
        self.notes.corrections += candidate.reading.corrections
        if candidate.left_out:
            told = f"{self.scheduled.game_id}: {candidate.left_out}"
            self.notes.left_out.append(f"{told}, in {self.source.label}")

    def rows(self, kind: str) -> list[Row]:
        """The chosen rows with their provenance."""
        candidate, scheduled, feed = self.candidate, self.scheduled, self.source.feed
        assert candidate is not None
        reading = candidate.reading
        score = feed.score_of(reading.route)
        if kind == "teams" and candidate.teams_are_sums:
            score = min(score, SUM_OF_PLAYERS_SCORE)
        elif kind == "teams" and self.source.team_score is not None:
            score = self.source.team_score
        common = {
            "game_date": scheduled.game_date,
            "game_id": scheduled.game_id,
            "nba_game_id": scheduled.nba_game_id,
            "season_year": scheduled.season_year,
            "season_type": scheduled.season_type,
            **provenance(
                self._desk,
                feed,
                reading,
                is_bootstrap=scheduled.is_bootstrap,
                score=score,
                degraded=self._degraded(kind),
            ),
        }
        scores = {
            True: scheduled.home_score if scheduled.status == "final" else None,
            False: scheduled.away_score if scheduled.status == "final" else None,
        }
        return [
            row | common | {"scheduled_score": scores[row["is_home"]]}
            for row in getattr(candidate, kind)
        ]

    def _degraded(self, kind: str) -> list[str]:
        """Why the rows are not the first source's own.

        Reasons without the path of the body: a path holds an instant, and the same refusal of a
        later capture is no change of the row. The metadata of the date has the paths.
        """
        candidate, best = self.candidate, SOURCES[0]
        assert candidate is not None
        reasons = []
        if self.source is not best:
            reasons.append(f"{self.source.label} instead of {best.label}: {self._passed_over()}")
        if kind == "teams" and candidate.repeats:
            why = "; ".join(dict.fromkeys(self._refused.get(self.source, ())))
            reasons.append(f"sum of the players instead of the team's totals: {why}")
        return reasons

    def _passed_over(self) -> str:
        """Of each source that comes before, what was wrong with it, or that it has no body."""
        before = SOURCES[: SOURCES.index(self.source)]
        told = {source.feed.name for source in before if self._refused.get(source)}
        reasons: dict[str, None] = {}
        for source in before:
            # Two routes of one feed are asked in turn: that both have nothing is said once.
            lacks = [] if source.feed.name in told else [self._lack(source)]
            reasons |= dict.fromkeys(self._refused.get(source) or lacks)
        return "; ".join(reasons)

    def _lack(self, source: Source) -> str:
        if asks_by_nba_id(source.feed) and not self.scheduled.nba_game_id:
            return f"{source.feed.name} needs the id of NBA.com, which no season file tells"
        return f"no {source.feed.name} body"

    def _candidates(self) -> Iterator[tuple[Source, Candidate]]:
        for source in SOURCES:
            for reading, told in self._landed.candidates(source, self.subject):
                self._pass(source, reading.passed_over)
                if isinstance(told, Candidate):
                    candidate = self._resolved(source, told)
                    yield source, candidate
                    if source.has_own_totals:
                        yield source, candidate.with_summed_teams
                elif told:
                    named = f"{self.scheduled.game_id}: {told}"
                    self._pass(source, [Refused(reading.path, named)])

    def _resolved(self, source: Source, told: Candidate) -> Candidate:
        if all(row["player_id"] is not None for row in told.players):
            return told
        candidate = told.resolved(self._registry(), self.subject)
        for row in candidate.unresolved:
            # Of several captures of one body the newest is shown.
            key = (source.label, row["team"], row["provider_player_id"])
            self.unresolved.setdefault(
                key,
                {
                    **{name: row.get(name) for name in UNRESOLVED_COLUMNS},
                    "game_date": self.scheduled.game_date,
                    "game_id": self.scheduled.game_id,
                    "source": source_name(self._desk, source.feed.name),
                    "observed_at": candidate.reading.observed_at,
                    "landing_path": candidate.reading.path,
                },
            )
        return candidate

    def _pass(self, source: Source, found: Sequence[Refused]) -> None:
        for refused in found:
            if str(refused) not in self.notes.passed_over:
                self._refused.setdefault(source, []).append(refused.reason)
                self.notes.passed_over.append(str(refused))


_JUDGED_OF_PLAYERS = (
    "game_date", "game_id", "team", "player_id", "player_name", "points", "ftm", "fta", "fga", "tov",
    "seconds_played", "minutes_precision", "played", "is_starter",
)  # fmt: skip
_JUDGED_OF_TEAMS = (
    "game_date", "game_id", "team", "points", "ftm", "fta", "fga", "player_tov", "seconds_played",
    "line_score", "score", "scheduled_score", "overtime_periods",
)  # fmt: skip


def _offences(games: Sequence[_Game]) -> dict[str, str]:
    """What each game's candidate breaks of the rules that the row gates will hold it to."""
    players = _frame(games, "players", _JUDGED_OF_PLAYERS)
    teams = _frame(games, "teams", _JUDGED_OF_TEAMS)
    twice = players[players.duplicated(["game_id", "player_id", "team"])]
    unresolved = [row for game in games for row in game.unresolved.values()]
    # By body and not by rows: a game none of whose players is known has no rows.
    tried = pd.DataFrame(
        [
            [game.scheduled.game_date, game.scheduled.game_id, game.candidate.reading.path]
            for game in games
            if game.candidate
        ],
        columns=["game_date", "game_id", "landing_path"],
    )
    found = [games_of_unresolved_players(tried, _unresolved_frame(unresolved))]
    if len(players):
        found += [
            irreconcilable_games(players, teams),
            implausible_sides(players),
            teams_off_their_players(teams, players),
            twice.assign(reason="unique_key: two rows of " + twice["player_name"] + " that differ"),
        ]
    return {
        str(game): "; ".join(reason.rstrip("; ") for reason in rows["reason"])
        for game, rows in pd.concat(found, ignore_index=True).groupby("game_id")
    }


def _frame(games: Sequence[_Game], kind: str, columns: Sequence[str]) -> pd.DataFrame:
    rows = [[row[c] for c in columns] for game in games for row in game.rows(kind)]
    return pd.DataFrame(rows, columns=list(columns))


def _unresolved_frame(rows: Sequence[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(UNRESOLVED_COLUMNS))


def _compute(table: Table, desk: Desk, warehouse: Warehouse, dates: list[date]) -> Computed:
    schedule = warehouse.read(SCHEDULE, dates).to_pandas()
    found = box_scores(desk, schedule, dates, cache(partial(registry_of, desk, warehouse)))
    own = found.players if table is PLAYER_BOX_SCORES else found.teams
    others = other_tellings(desk, found.chosen, found.players) if table is PLAYER_BOX_SCORES else []
    return Computed(
        rows=table.rows(own),
        # Typed: a date without games has frames too, and the gates count in them.
        evidence={
            "players": PLAYER_BOX_SCORES.rows(found.players).to_pandas(),
            "teams": TEAM_BOX_SCORES.rows(found.teams)
            .to_pandas()
            .assign(
                **{
                    name: pd.Series([row[name] for row in found.teams], dtype="float64")
                    for name in TELLINGS_OF_THE_SCORE
                }
            ),
            UNRESOLVED: _unresolved_frame(found.unresolved),
            "others": pd.DataFrame(others, columns=list(TELLING_COLUMNS)),
        },
        notes=in_metadata(found.notes),
    )


def _entity(table: Table, *gates: Gate) -> Entity:
    return Entity(
        table,
        partial(_compute, table),
        feeds=FEEDS,
        reads=(SCHEDULE,),
        # A night of NBA.com's own bodies has ids and needs no registry of names.
        after=(PLAYERS,),
        gates=(
            *gates,
            game_gate("every_player_is_known", games_of_unresolved_players, UNRESOLVED),
            partition_gate("scheduled_games_are_covered", uncovered_games, SCHEDULE),
        ),
    )


PLAYERS_ENTITY = _entity(
    PLAYER_BOX_SCORES,
    game_gate("points_and_minutes_reconcile", irreconcilable_games, "teams"),
    game_gate("both_line_ups_are_plausible", implausible_sides),
    NAME_GATE,
    notice_gate("sources_agree", disagreements, "others"),
)
TEAMS_ENTITY = _entity(
    TEAM_BOX_SCORES,
    game_gate("team_totals_are_their_players", teams_off_their_players, "players", "teams"),
)
