"""Who a name means in a game of two teams on a date. A name that is not certain resolves to nobody, and says why."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, TypeVar

from nba_assets.identity.aliases import Aliases
from nba_assets.identity.names import Name, read_name

Step = Literal["exact", "fold", "suffix", "alias", "order", "abbreviation"]
_Table = Literal["exact", "fold", "bare", "family"]
_Key = TypeVar("_Key")


class Evidence(NamedTuple):
    """A player was listed for a team in a season: in a box score, line-up, roster or player index."""

    nba_id: str
    name: str
    team: str
    season_year: int
    first_seen: date  # Eastern date from which that was known


@dataclass(frozen=True)
class Person:
    """One player; `name` is his newest spelling, `names` all, oldest first."""

    nba_id: str
    name: str
    names: tuple[str, ...]


class Resolution(NamedTuple):
    """The player and the step that found him, or neither and the reason."""

    nba_id: str | None
    step: Step | None
    reason: str | None


class _Known(NamedTuple):
    since: date
    nba_id: str
    text: str
    name: Name


class _Listing:
    """The spellings of a team's players in a season, by the key of each table."""

    def __init__(self) -> None:
        self.since = date.max
        self.tables: dict[_Table, dict[str, list[_Known]]] = {
            "exact": defaultdict(list),
            "fold": defaultdict(list),
            "bare": defaultdict(list),
            "family": defaultdict(list),
        }

    def add(self, known: _Known) -> None:
        self.since = min(self.since, known.since)
        self.tables["exact"][known.text].append(known)
        self.tables["fold"][known.name.lookup].append(known)
        self.tables["bare"][known.name.bare].append(known)
        self.tables["family"][known.name.family].append(known)


class Registry:
    """Everybody ever listed, by team and season. Pure: the same evidence in any order is the same registry.

    Candidates of a game are the players who by its date were listed for one of its teams in the
    season under way: a traded player stays a candidate of both. A team nobody has listed yet this
    season has those whose last team it was the season before, unless they were listed elsewhere
    since. The season under way is the newest that any evidence of the date or before speaks of.
    """

    def __init__(self, evidence: Iterable[Evidence], aliases: Aliases | None = None) -> None:
        self._aliases = aliases or Aliases()
        # (season, team) → player → since when
        self._sides: dict[tuple[int, str], dict[str, date]] = defaultdict(dict)
        spellings: dict[str, dict[str, date]] = defaultdict(dict)
        for row in evidence:
            _earliest(self._sides[row.season_year, row.team], row.nba_id, row.first_seen)
            _earliest(spellings[row.nba_id], row.name, row.first_seen)
        self.persons = {nba_id: _person(nba_id, spellings[nba_id]) for nba_id in sorted(spellings)}
        self._list_sides(spellings)

    def _list_sides(self, spellings: Mapping[str, Mapping[str, date]]) -> None:
        self._listings: dict[tuple[int, str], _Listing] = defaultdict(_Listing)
        # (season, player) → his teams by the date he was first listed for them
        self._moves: dict[tuple[int, str], list[tuple[date, str]]] = defaultdict(list)
        starts: dict[int, date] = {}
        for (season_year, team), members in sorted(self._sides.items()):
            for nba_id, listed in sorted(members.items()):
                _earliest(starts, season_year, listed)
                self._moves[season_year, nba_id].append((listed, team))
                for text, spelled in sorted(spellings[nba_id].items()):
                    self._listings[season_year, team].add(
                        _Known(max(listed, spelled), nba_id, text, read_name(text))
                    )
        for moves in self._moves.values():
            moves.sort()
        self._seasons = sorted((since, season_year) for season_year, since in starts.items())

    def resolve(self, name: str, teams: Sequence[str], day: date) -> Resolution:
        """The player whom a name means in a game of these teams on an Eastern date.

        The steps, in order; the first that finds anybody decides, and where it finds two men the
        name is ambiguous whatever a later step would say:
        `exact` the spelling as it is; `fold` by `player_lookup`; `suffix` with one of the two
        suffixes left out; `alias` by the alias table; `order` family name first; `abbreviation`
        first name cut to its beginning.
        """
        read = read_name(name)
        listings = [side for team in dict.fromkeys(teams) if (side := self._of(team, day))]
        if not listings:
            return Resolution(None, None, f"nobody of {_named(teams)} is known by {day}")
        for step, probes in self._steps(name, read):
            found = {
                known.nba_id: known.text
                for listing, gone in listings
                for table, asked, key in probes
                for known in (listing.tables[table].get(key, ()) if key else ())
                if known.since <= day and known.nba_id not in gone and _accepts(step, asked, known)
            }
            if len(found) == 1:
                return Resolution(next(iter(found)), step, None)
            if found:
                men = ", ".join(f"{text} ({nba_id})" for nba_id, text in sorted(found.items()))
                return Resolution(None, None, f"ambiguous by {step}: {men}")
        return Resolution(None, None, f"nobody of {_named(teams)} by {day} is called {name!r}")

    def _of(self, team: str, day: date) -> tuple[_Listing, frozenset[str]] | None:
        """A team's spellings as of the date, and who of them has gone."""
        reached = bisect_right(self._seasons, (day, 9999))
        if not reached:
            return None
        season_year = max(year for _, year in self._seasons[:reached])
        listing = self._listings.get((season_year, team))
        if listing and listing.since <= day:
            return listing, frozenset()
        before = self._listings.get((season_year - 1, team))
        if before is None:
            return None
        gone = {
            nba_id
            for nba_id in self._sides[season_year - 1, team]
            if self._moves[season_year - 1, nba_id][-1][1] != team
            or any(listed <= day for listed, _ in self._moves.get((season_year, nba_id), ()))
        }
        return before, frozenset(gone)

    def _steps(
        self, text: str, read: Name
    ) -> Iterator[tuple[Step, Sequence[tuple[_Table, Name, str]]]]:
        """Each step with what it asks: table, the spelling asked for, key."""
        yield "exact", [("exact", read, text)]
        yield "fold", [("fold", read, read.lookup)]
        yield "suffix", [("bare", read, read.bare)]
        others = self._aliases.others(read)
        yield "alias", [("fold", other, other.lookup) for other in others]
        yield "alias", [("bare", other, other.bare) for other in others]
        yield "order", [("bare", turned, turned.bare) for turned in read.reversals]
        if read.initials:
            yield "abbreviation", [("family", read, read.family)]


def _accepts(step: Step, asked: Name, known: _Known) -> bool:
    if step in ("exact", "fold"):
        return True
    begins = step != "abbreviation" or known.name.given.startswith(asked.initials)
    return begins and asked.may_be(known.name)


def _named(teams: Sequence[str]) -> str:
    return " or ".join(teams) if len(teams) <= 2 else f"{len(teams)} teams"


def _person(nba_id: str, names: Mapping[str, date]) -> Person:
    ordered = sorted(names, key=lambda text: (names[text], text))
    return Person(nba_id, ordered[-1], tuple(ordered))


def _earliest(dates: dict[_Key, date], key: _Key, day: date) -> None:
    dates[key] = min(day, dates.get(key, day))
