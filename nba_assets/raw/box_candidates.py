"""What a source tells of a game: rows without provenance, who is still a name, and where it was read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from nba_assets.identity.registry import Registry
from nba_assets.landing.desk import Desk, Reading
from nba_assets.raw.entity import Row, collapse
from nba_assets.raw.gates import OVERTIME_MINUTES, REGULATION_MINUTES
from nba_assets.raw.tables import COUNT_NAMES
from nba_assets.sources.feed import Feed, Subject, has_a_log
from nba_assets.sources.feeds.refusals import game_of

_DATES_KEPT = 8  # parsed bodies of whole dates; the games of a range are read in order of date


@dataclass(frozen=True)
class Candidate:
    """One body's telling of a game, and where it was read.

    Attributes:
        players: rows without game columns and provenance; a source that knows names only leaves the
            ids to `resolved`.
        teams: the same of the two sides, with what is told of the score beside the points.
        reading: the body, without its payload.
        collapsed: identical copies of players that became one row.
        teams_are_sums: the totals were added up from the players.
        repeats: the body of the candidate before, with sums in place of its own totals.
        unresolved: players without an id; nobody's rows.
        left_out: what of the body is no row.
    """

    players: list[Row]
    teams: list[Row]
    reading: Reading
    collapsed: int = 0
    teams_are_sums: bool = False
    repeats: bool = False
    unresolved: tuple[Row, ...] = ()
    left_out: str = ""

    @property
    def with_summed_teams(self) -> "Candidate":
        """The same players, and team totals added up from them; what only the team has stays."""
        kept = (
            *("score", "line_score"),
            *("second_chance_points", "fast_break_points", "points_in_paint"),
        )
        teams = [
            _sum_of_players(self.players, team["team"]) | {name: team[name] for name in kept}
            for team in self.teams
            if any(player["team"] == team["team"] for player in self.players)
        ]
        return replace(self, teams=teams, teams_are_sums=True, repeats=True)

    def resolved(self, registry: Registry, subject: Subject) -> "Candidate":
        """The players of names as players of ids, and those of whom it is not certain who they are."""
        game = game_of(subject)
        known, unresolved = [], []
        for row in self.players:
            if row["player_id"] is None:
                found = registry.resolve(row["player_name"], (game.away, game.home), subject.day)
                if found.nba_id is None:
                    unresolved.append(row | {"reason": found.reason})
                    continue
                row = row | {"player_id": found.nba_id, "nba_player_id": found.nba_id}
            known.append(row)
        return replace(self, players=known, unresolved=tuple(unresolved))


@dataclass(frozen=True, eq=False)
class Source:
    """One place in the chain.

    Attributes:
        feed: whose captures are read; of one route where its routes differ in trust.
        label: its name among the sources of a game.
        tells: body, subject and reading → the game it tells, or why it is no telling of that game.
        has_own_totals: it counts teams too, so that sums can stand in for them.
        team_score: trust in its own totals, where it is not that in its players.
    """

    feed: Feed
    label: str
    tells: Callable[[Any, Subject, Reading], Candidate | str]
    has_own_totals: bool = False
    team_score: int | None = None


def asks_by_nba_id(feed: Feed) -> bool:
    """Whether a game without NBA.com's id cannot be asked for."""
    return any("{nba_game_id}" in route.url + str(route.params) for route in feed.routes)


class Landed:
    """The bodies of each source, as games ask for them: one of a whole date is parsed once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._of_dates: dict[object, tuple[list[Reading], Iterator[Reading]]] = {}

    def candidates(
        self, source: Source, subject: Subject
    ) -> Iterator[tuple[Reading, Candidate | str]]:
        """Each reading of the game, newest capture first, with what it tells or why it does not.

        The last one has no payload: what it passed over is all that is said.
        """
        for reading in self._readings(source.feed, subject):
            bare = replace(reading, payload=None, pages=())
            if reading.payload is None:
                yield bare, ""
            else:
                yield bare, source.tells(reading.payload, subject, bare)

    def _readings(self, feed: Feed, subject: Subject) -> Iterator[Reading]:
        if feed.per == "game":
            if asks_by_nba_id(feed) and not game_of(subject).nba_game_id:
                return iter(())
            return self._desk.readings(feed, subject)
        if feed.by_season_type and not has_a_log(subject.season_type):
            return iter(())
        return self._of_date(feed, replace(subject, game=None))

    def _of_date(self, feed: Feed, subject: Subject) -> Iterator[Reading]:
        key = (feed.name, subject.day, subject.season_type if feed.by_season_type else "")
        if key not in self._of_dates:
            while len(self._of_dates) >= _DATES_KEPT:
                self._of_dates.pop(next(iter(self._of_dates)))
            self._of_dates[key] = ([], self._desk.readings(feed, subject))
        found, rest = self._of_dates[key]
        n = 0
        while n < len(found) or (following := next(rest, None)) is not None:
            if n == len(found):
                assert following is not None
                found.append(following)
            yield found[n]
            n += 1


def candidate_of(players: list[Row], teams: list[Row], reading: Reading) -> Candidate:
    """A telling with totals of its own; identical copies of a player are one row."""
    kept = collapse(players)
    return Candidate(kept, teams, reading, collapsed=len(players) - len(kept))


def summed(
    players: list[Row],
    reading: Reading,
    told: dict[str, Row] | None = None,
    overtimes: int | None = None,
) -> Candidate:
    """A telling without totals of its own: sides added up, overtimes by the minutes where not told."""
    kept = collapse(players)
    teams = list(dict.fromkeys(player["team"] for player in kept))
    if overtimes is None:
        minutes = [sum(p["seconds_played"] for p in kept if p["team"] == t) / 60 for t in teams]
        overtimes = round(max(0.0, max(minutes) - REGULATION_MINUTES) / OVERTIME_MINUTES)
    for player in kept:
        player["overtime_periods"] = overtimes
    return Candidate(
        kept,
        [_sum_of_players(kept, team) | (told or {}).get(team, {}) for team in teams],
        reading,
        collapsed=len(players) - len(kept),
        teams_are_sums=True,
    )


def _sum_of_players(players: Iterable[Row], team: str) -> Row:
    own = [player for player in players if player["team"] == team]
    total = {name: sum(p[name] for p in own) for name in (*COUNT_NAMES, "pf", "seconds_played")}
    return total | {
        "team": team,
        "opponent": own[0]["opponent"],
        "is_home": own[0]["is_home"],
        "overtime_periods": own[0]["overtime_periods"],
        "minutes": total["seconds_played"] / 60,
        "player_tov": sum(p["tov"] for p in own),
        "team_tov": None,
        "second_chance_points": None,
        "fast_break_points": None,
        "points_in_paint": None,
        "score": None,
        "line_score": None,
    }
