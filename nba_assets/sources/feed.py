"""A feed as data: what is asked, of whom, about what, when, and when an answer counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from nba_assets.partitions import EASTERN, Season
from nba_assets.sources.answer import BodyKind, Request
from nba_assets.sources.payload import Payload
from nba_assets.sources.teams import BY_TRICODE, Team

SCHEDULE_TABLE = "raw.schedule"

LOCK_LEAD = timedelta(minutes=30)  # the `lock` cut-off of a game, before its own tip
# When the books' last word is asked for. No cut-off of a prediction: bets are graded against it.
CLOSING_LEAD = timedelta(minutes=5)

Instant = Literal["opening", "slate", "lock", "closing", "results"]
Per = Literal["league", "season", "date", "hour", "team", "game"]

# The values stats.nba.com knows; the cup final counts in no log.
_STATS_SEASON_TYPE = {"regular": "Regular Season", "play_in": "PlayIn", "playoffs": "Playoffs"}


def has_a_log(season_type: str) -> bool:
    """Whether games of this type are in the game log."""
    return season_type in _STATS_SEASON_TYPE


@dataclass(frozen=True)
class ExpectedGame:
    """A game that must have results: ids and sides as the schedule has them.

    `nba_game_id` is empty where only another provider's schedule names the game; `slate_tip_at` is
    the tip as known at 10:00 ET of the date, None where the slate did not name the game.
    """

    nba_game_id: str
    away: str
    home: str
    tip_at: datetime
    slate_tip_at: datetime | None = None

    @property
    def lock_at(self) -> datetime:
        """The game's `lock` cut-off: 30 minutes before its tip, as the slate knew it."""
        return (self.slate_tip_at or self.tip_at) - LOCK_LEAD

    @property
    def closing_at(self) -> datetime:
        """The instant of the game's closing lines: 5 minutes before its tip, as it is known by now.

        A fact for grading: a tip that was moved since the slate moves it, and no cut-off.
        """
        return self.tip_at - CLOSING_LEAD


@dataclass(frozen=True)
class ListedGame:
    """A game as a provider other than NBA.com lists it: sides as tricodes, its own id, its state.

    `status` is in our words: scheduled, live, final, postponed or cancelled.
    """

    away: str
    home: str
    tip_at: datetime
    status: str
    provider_id: str
    away_score: int | None = None
    home_score: int | None = None
    season_type: str = "regular"


@dataclass(frozen=True)
class Subject:
    """What one request is about: a date of a season, and by the feed's `per` a game, team or hour.

    `found` are other providers' ids that were read from another feed's bodies; `at` is the instant
    that an archive of the provider's own is asked for.
    """

    day: date
    season: Season
    season_type: str = "regular"
    game: ExpectedGame | None = None
    team: Team | None = None
    hour: datetime | None = None
    at: datetime | None = None
    found: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """What a route's template may name."""
        game, team = self.game, self.team
        return {
            "season": self.season.label,
            "season_start": str(self.season.year),
            "season_end": str(self.season.year + 1),
            "ymd": self.day.isoformat(),
            "yyyymmdd": f"{self.day:%Y%m%d}",
            "mdy": f"{self.day:%m/%d/%Y}",
            "season_type": _STATS_SEASON_TYPE.get(self.season_type, ""),
            "nba_game_id": game.nba_game_id if game else "",
            "away": game.away if game else "",
            "home": game.home if game else "",
            "bref_home": BY_TRICODE[game.home].bref if game and game.home in BY_TRICODE else "",
            "nba_team_id": str(team.nba_id) if team else "",
            "espn_team_id": str(team.espn_id) if team else "",
            "bref_team": team.bref if team else "",
            "snapshot": f"{self.at:%Y-%m-%dT%H:%M:%SZ}" if self.at else "",
            **_hour_fields("hour", self.hour),
            **_hour_fields("hour_before", self.hour and self.hour - timedelta(hours=1)),
            **self.found,
        }

    def __str__(self) -> str:
        if self.game:
            return self.game.nba_game_id or f"{self.day} {self.game.away} at {self.game.home}"
        hour = f" {self.hour.astimezone(EASTERN):%H:%M} ET" if self.hour else ""
        return f"{self.day}{hour}{f' {self.team.tricode}' if self.team else ''}"


def _hour_fields(name: str, hour: datetime | None) -> dict[str, str]:
    if hour is None:
        return {}
    local = hour.astimezone(EASTERN)
    return {
        name: f"{local:%Y-%m-%d_%I_%M%p}",
        f"{name}_short": f"{local:%Y-%m-%d_%I%p}",
    }


@dataclass(frozen=True, eq=False)
class Route:
    """One URL a feed can be had from; `{name}` is a field of the subject.

    Attributes:
        url: template.
        params: templates.
        payload: the model of this route's bodies, where it is not the feed's.
        score: trust in this route's rows, where it is not the feed's.
        cost: credits a request may cost.
    """

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    payload: type[Payload] | None = None
    score: int | None = None
    cost: int = 0

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


@dataclass(frozen=True)
class Ids:
    """Where a feed's subjects get another provider's ids from.

    Attributes:
        feed: whose bodies name them.
        find: a payload of that feed and the subject → fields for the routes; empty where it does not
            name the subject.
    """

    feed: "Feed"
    find: Callable[[Any, Subject], Mapping[str, str]]


def accepts_all(_payload: Payload, _subject: Subject) -> str | None:
    """No refusal beyond the payload model's."""
    return None


@dataclass(frozen=True, eq=False)
class Feed:
    """A provider feed. Its landing asset, its parsing and its place in a fallback chain follow from it.

    Attributes:
        name: of the landing asset, and in the `source` column.
        about: completes "One body per …".
        per: how many requests a date takes; `hour` is one per full hour that a cut-off looks back to.
        routes: tried in order until one answer is accepted.
        payload: the model a body has to match.
        instants: for which instants of a date it is asked.
        score: trust in its rows, 0-100 (providers, section 1).
        serves: the tables made of it; empty for one that is only kept.
        refuses: why a matching body does not answer for the subject; None where it does.
        empty: what a body without rows means; empty where it is no answer.
        kind: of its bodies.
        max_age: live only: a capture younger than this is not asked for again.
        settles: live only: how long after noon of the next day its results may still be incomplete;
            until then they are asked for again.
        ids: where other providers' ids come from.
        next_page: of a paged feed: parameters of the page after this one; None at the last.
        history: routes that answer for an instant of the past, each at its price.
        on_demand: asked only where it is named: slow, or of use by hand alone.
        is_optional: asked only where its key is set, in the sandbox too.
    """

    name: str
    about: str
    per: Per
    routes: tuple[Route, ...]
    payload: type[Payload]
    instants: tuple[Instant, ...]
    score: int
    serves: tuple[str, ...] = ()
    refuses: Callable[[Any, Subject], str | None] = accepts_all
    empty: str = ""
    kind: BodyKind = "json"
    max_age: timedelta = timedelta(0)
    settles: timedelta = timedelta(0)
    ids: Ids | None = None
    next_page: Callable[[Any], Mapping[str, str] | None] | None = None
    history: tuple[Route, ...] = ()
    on_demand: bool = False
    is_optional: bool = False

    @property
    def host(self) -> str:
        """The host that is asked first."""
        return self.routes[0].host

    @property
    def is_pregame(self) -> bool:
        """Whether it says what is known before a game: never used where it came after the cut-off."""
        return "results" not in self.instants

    @property
    def is_schedule(self) -> bool:
        """Whether it can say which games a date has."""
        return SCHEDULE_TABLE in self.serves

    @cached_property
    def by_season_type(self) -> bool:
        """Whether a date takes one request for each kind of season that plays on it."""
        return any("{season_type}" in v for route in self.routes for v in route.params.values())

    def requests(self, subject: Subject) -> list[Request]:
        """The GETs that can answer for the subject, in the order to try."""
        return [self.request(route, subject) for route in self.routes]

    def request(self, route: Route, subject: Subject) -> Request:
        """The GET of one route about the subject."""
        fields = subject.fields
        return Request(
            route.url.format(**fields),
            {name: value.format(**fields) for name, value in route.params.items()},
            self.kind,
            route.cost,
        )

    def judge(
        self, body: bytes, subject: Subject, route: Route | None = None
    ) -> tuple[Payload | None, str]:
        """A body's payload, or None and why it is refused: field and what was found there."""
        model = (route.payload if route else None) or self.payload
        try:
            payload = model.parse(body)
        except ValidationError as error:
            return None, _first_offences(error)
        except ValueError as error:
            return None, str(error)
        if reason := self.refuses(payload, subject):
            return None, reason
        if payload.is_empty and not self.empty:
            return None, "empty: the body is well formed and says nothing"
        return payload, ""

    def score_of(self, route: Route | None) -> int:
        """Trust in rows of a route."""
        return self.score if route is None or route.score is None else route.score


def _first_offences(error: ValidationError, most: int = 3) -> str:
    found = [
        f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}, found {str(item['input'])[:60]!r}"
        for item in error.errors(include_url=False)[:most]
    ]
    more = error.error_count() - len(found)
    return "; ".join(found) + (f" (+{more} more)" if more > 0 else "")
