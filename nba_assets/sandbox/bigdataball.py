"""BigDataBall's Drive folder over the sandbox league: file search, and a game's plays as CSV."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from nba_assets.partitions import EASTERN
from nba_assets.sandbox.feed import Body, Document, Feed, Params, Subject
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.pages import about_game, game_before
from nba_assets.sandbox.play_by_play import Action, play_by_play
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import drive_file_id, game_of_drive_file
from nba_assets.sandbox.simulation import OVERTIME_SECONDS, PERIOD_SECONDS
from nba_assets.sources.teams import BY_TRICODE

COLUMNS = (
    "game_id", "data_set", "date", "a1", "a2", "a3", "a4", "a5", "h1", "h2", "h3", "h4", "h5",
    "period", "away_score", "home_score", "remaining_time", "elapsed", "play_length", "play_id",
    "team", "event_type", "assist", "away", "home", "block", "entered", "left", "num", "opponent",
    "outof", "player", "points", "possession", "reason", "result", "steal", "type",
    "shot_distance", "original_x", "original_y", "converted_x", "converted_y", "description",
)  # fmt: skip

_HOST = "www.googleapis.com"
_POSTED_AT = time(8)  # Eastern, of the day after
_COURT_WIDE, _COURT_LONG, _HOOP = 50.0, 94.0, 5.0  # feet; the hoop from its baseline, as printed
_EVENTS = {"2pt": "shot", "3pt": "shot", "freethrow": "free throw", "jumpball": "jump ball"}
# Blocks and steals stand in the row of the shot or turnover; a heave is nobody's attempt.
_UNTOLD = frozenset({"block", "steal", "heave", "game"})
_FOULS = {"personal": "p.foul", "offensive": "", "technical": "", "shooting": "s.foul"}

Cells = dict[str, object]


def _posted_at(fixture: Fixture) -> datetime:
    day = fixture.day + timedelta(days=1)
    return datetime.combine(day, _POSTED_AT, EASTERN).astimezone(UTC)


def _searched(league: League, params: Params) -> Fixture | None:
    """The game whose id stands in brackets in the query."""
    found = re.search(r"\[(\d{10})\]", params.get("q", ""))
    return league.fixture(found[1]) if found else None


def _search_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """When the file came in; before that an empty search since the schedule came out."""
    if "q" not in params or as_of < league.first_publication:
        return None
    fixture = _searched(league, params)
    is_there = fixture is not None and _posted_at(fixture) <= as_of
    return _posted_at(fixture) if fixture and is_there else league.first_publication


def _search(league: League, params: Params, observed_at: datetime) -> Body:
    fixture = _searched(league, params)
    files: list[dict[str, Any]] = []
    if fixture and _posted_at(fixture) <= observed_at:
        name = f"[{fixture.game_id}]-{fixture.day}-{fixture.away}@{fixture.home}.csv"
        files.append(
            {
                "kind": "drive#file",
                "id": drive_file_id(fixture.game_id),
                "name": name,
                "mimeType": "text/csv",
            }
        )
    return {"kind": "drive#fileList", "incompleteSearch": False, "files": files}


def _of_file(league: League, params: Params) -> Fixture | None:
    game_id = game_of_drive_file(league.season_year, params["file"])
    return league.fixture(game_id) if game_id else None


def _file_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    fixture = _of_file(league, params)
    return _posted_at(fixture) if fixture and _posted_at(fixture) <= as_of else None


def _file(league: League, params: Params, observed_at: datetime) -> Body:
    del observed_at  # one file a game
    fixture = _of_file(league, params)
    if fixture is None:
        raise ValueError(f"no file {params['file']} in the folder")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_Plays(league, league.box(fixture.game_id)).rows())
    return Document(text.getvalue().encode(), "text/csv")


class _Plays:
    """A game's actions as rows, with who is on court at each."""

    def __init__(self, league: League, box: Box) -> None:
        self._box = box
        self._actions = play_by_play(league, box.fixture.game_id)
        fixture = box.fixture
        years = f"{league.season_year}-{league.season_year + 1}"
        self._game: Cells = {
            "game_id": fixture.game_id.lstrip("0"),
            "data_set": f"NBA {years} Regular Season",
            "date": fixture.day,
        }
        self._court: dict[str, list[Player]] = {
            tricode: [
                player
                for person_id in box.lineups[tricode].slots
                for player in box.lineups[tricode].side.players
                if player.person_id == person_id
            ]
            for tricode in (fixture.away, fixture.home)
        }

    def rows(self) -> list[Cells]:
        """Everything that is told, numbered from 1; play lengths add up to the game's clock."""
        found: list[Cells] = []
        leaving: list[Player] = []
        period, last = 0, 0
        for action in self._actions:
            if action.kind in _UNTOLD:
                continue
            if action.kind == "substitution" and action.sub == "out":
                if action.player:
                    leaving.append(action.player)
                continue
            entry: Cells = {}
            if action.kind == "substitution":
                entry = self._substitute(action, leaving)
            elapsed = _length(action.period) - action.clock
            last = 0 if action.period != period else last
            period = action.period
            found.append(
                {
                    **self._game,
                    **self._five(),
                    "period": period,
                    "away_score": action.away_score,
                    "home_score": action.home_score,
                    "remaining_time": _clock(action.clock),
                    "elapsed": _clock(elapsed),
                    "play_length": _clock(elapsed - last),
                    "play_id": len(found) + 1,
                    "team": action.team or "",
                    "event_type": _EVENTS.get(action.kind, action.kind),
                    **entry,
                    **self._details(action),
                }
            )
            last = elapsed
        return found

    def _five(self) -> Cells:
        sides = (("a", self._box.fixture.away), ("h", self._box.fixture.home))
        return {
            f"{letter}{n}": player.name
            for letter, tricode in sides
            for n, player in enumerate(self._court[tricode], 1)
        }

    def _substitute(self, action: Action, leaving: list[Player]) -> Cells:
        """Put the man who comes in for the first of his team who went out."""
        if action.player is None or action.team is None:
            raise ValueError(f"action {action.number}: a substitution of nobody")
        five = self._court[action.team]
        left = next(player for player in leaving if player in five)
        leaving.remove(left)
        five[five.index(left)] = action.player
        return {"entered": action.player.name, "left": left.name, "player": left.name}

    def _details(self, action: Action) -> Cells:
        details: dict[str, Callable[[Action], Cells]] = {
            "2pt": self._shot,
            "3pt": self._shot,
            "freethrow": _free_throw,
            "rebound": _rebound,
            "turnover": _turnover,
            "foul": _foul,
            "jumpball": self._jump_ball,
            "timeout": _timeout,
            "period": _period,
            "substitution": _substitution,
        }
        return details[action.kind](action)

    def _shot(self, action: Action) -> Cells:
        place = action.place
        if place is None or action.player is None:
            raise ValueError(f"action {action.number}: a shot from nowhere or by nobody")
        points = int(action.kind[0])
        how = " ".join(filter(None, (action.descriptor, action.sub.lower())))
        kind = f"3pt {how}" if points == 3 else how
        # The away side shoots at the near basket before the half, the other after it.
        is_near = (action.team == self._box.fixture.away) == (action.period <= 2)
        x, y = place.x / 10, place.y / 10
        feet = round(place.feet)
        what = f"{action.player.family_name} {feet}' {kind.title()}"
        return {
            **_names(assist=action.other, block=action.blocker, player=action.player),
            "points": points if action.is_made else 0,
            "result": "made" if action.is_made else "missed",
            "type": kind,
            "shot_distance": feet,
            "original_x": place.x,
            "original_y": place.y,
            "converted_x": round(_COURT_WIDE / 2 + (-x if is_near else x), 1),
            "converted_y": round(_HOOP + y if is_near else _COURT_LONG - _HOOP - y, 1),
            "description": what if action.is_made else f"MISS {what}",
        }

    def _jump_ball(self, action: Action) -> Cells:
        """The recoverer, and each side's man in the circle."""
        is_home = action.team == self._box.fixture.home
        home, away = (action.other, action.rival) if is_home else (action.rival, action.other)
        return {
            **_names(away=away, home=home, possession=action.player),
            "type": "jump ball",
            "description": "Jump Ball",
        }


def _free_throw(action: Action) -> Cells:
    number, _, total = action.sub.partition(" of ")
    name = action.player.family_name if action.player else ""
    what = f"{name} Free Throw {action.sub}"
    return {
        **_names(player=action.player),
        "num": number,
        "outof": total,
        "points": int(bool(action.is_made)),
        "result": "made" if action.is_made else "missed",
        "type": f"free throw {number}/{total}",
        "description": what if action.is_made else f"MISS {what}",
    }


def _rebound(action: Action) -> Cells:
    if action.player is None:
        name = BY_TRICODE[action.team].name if action.team else ""
        return {"type": "team rebound", "description": f"{name} Rebound"}
    return {
        **_names(player=action.player),
        "type": f"rebound {action.sub}",
        "description": f"{action.player.family_name} REBOUND",
    }


def _turnover(action: Action) -> Cells:
    return {
        **_names(player=action.player, steal=action.other),
        "reason": action.sub if action.player else "",
        "type": action.sub,
        "description": f"{action.sub.title()} Turnover",
    }


def _foul(action: Action) -> Cells:
    kind = "shooting" if action.descriptor == "shooting" else action.sub
    return {
        **_names(player=action.player, opponent=action.other),
        "reason": _FOULS[kind],
        "type": kind,
        "description": f"{kind.title()} Foul",
    }


def _timeout(action: Action) -> Cells:
    name = BY_TRICODE[action.team].name if action.team else ""
    return {"type": "timeout: regular", "description": f"{name} Timeout: Regular"}


def _period(action: Action) -> Cells:
    return {"event_type": f"{action.sub} of period", "type": f"{action.sub} of period"}


def _substitution(action: Action) -> Cells:
    name = action.player.family_name if action.player else ""
    return {"type": "sub", "description": f"SUB: {name}"}


def _names(**people: Player | None) -> Cells:
    return {role: player.name for role, player in people.items() if player}


def _length(period: int) -> int:
    return PERIOD_SECONDS if period <= 4 else OVERTIME_SECONDS


def _clock(seconds: int) -> str:
    return f"0:{seconds // 60:02d}:{seconds % 60:02d}"


def _search_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    fixture = _searched(league, params)
    return about_game(league, fixture.game_id) if fixture else None


def _file_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    fixture = _of_file(league, params)
    return about_game(league, fixture.game_id) if fixture else None


def _earlier_file(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    del observed_at
    fixture = _of_file(league, params)
    before = game_before(league, fixture.game_id) if fixture else None
    if before is None:
        return None
    return {**params, "file": drive_file_id(before.game_id)}, _posted_at(before)


FEEDS: tuple[Feed, ...] = (
    Feed(
        "bigdataball_files",
        "bigdataball",
        _HOST,
        re.compile("/drive/v3/files"),
        _search_observed_at,
        _search,
        _search_subject,
    ),
    Feed(
        "detailed_pbp",
        "bigdataball",
        _HOST,
        re.compile("/drive/v3/files/(?P<file>[0-9A-Za-z_-]+)"),
        _file_observed_at,
        _file,
        _file_subject,
        _earlier_file,
        query=(("alt", "media"),),
    ),
)
