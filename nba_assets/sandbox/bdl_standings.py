"""BallDontLie's standings over the sandbox league, from the games that are over."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby

from nba_assets.sandbox.bdl_rows import Row, team_row
from nba_assets.sandbox.feed import Body, Params
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.provider_ids import CODES
from nba_assets.sources.teams import BY_TRICODE

_RECORDS = ("all", "conference", "division", "home", "road")

Tally = dict[str, dict[str, list[int]]]  # tricode, record: wins and losses


def standings(league: League, params: Params, observed_at: datetime) -> Body:
    """Thirty rows. Ranks follow the share of games won, then the wins, then the name."""
    del params
    tally = _tally(league, observed_at)
    order = _order(tally)
    in_conference, in_division = _ranks(order, _conference), _ranks(order, _division)
    return {
        "data": [
            _row(league, tricode, tally)
            | {
                "conference_rank": in_conference[tricode],
                "division_rank": in_division[tricode],
            }
            for tricode in sorted(order, key=_conference)
        ]
    }


def _row(league: League, tricode: str, tally: Tally) -> Row:
    records = {name: "{}-{}".format(*tally[tricode][name]) for name in _RECORDS}
    wins, losses = tally[tricode]["all"]
    return {
        "team": team_row(tricode),
        "conference_record": records["conference"],
        "conference_rank": 0,
        "division_record": records["division"],
        "division_rank": 0,
        "wins": wins,
        "losses": losses,
        "home_record": records["home"],
        "road_record": records["road"],
        "season": league.season_year,
    }


def _finished(league: League, instant: datetime) -> Iterator[Box]:
    for fixture in league.fixtures:
        if fixture.tip_at <= instant and league.box(fixture.game_id).final_at <= instant:
            yield league.box(fixture.game_id)


def _tally(league: League, instant: datetime) -> Tally:
    tally: Tally = {tricode: {name: [0, 0] for name in _RECORDS} for tricode in BY_TRICODE}
    for box in _finished(league, instant):
        home, away = box.fixture.home, box.fixture.away
        shared = [
            name
            for name, group in (("conference", _conference), ("division", _division))
            if group(home) == group(away)
        ]
        for ours, place in ((home, "home"), (away, "road")):
            for name in ("all", place, *shared):
                tally[ours][name][box.winner != ours] += 1
    return tally


def _order(tally: Tally) -> list[str]:
    def key(tricode: str) -> tuple[float, int, str]:
        wins, losses = tally[tricode]["all"]
        return -wins / max(1, wins + losses), -wins, BY_TRICODE[tricode].full_name

    return sorted(tally, key=key)


def _ranks(order: list[str], group: Callable[[str], str]) -> dict[str, int]:
    return {
        tricode: rank
        for _, members in groupby(sorted(order, key=group), key=group)
        for rank, tricode in enumerate(members, 1)
    }


def _conference(tricode: str) -> str:
    return BY_TRICODE[tricode].conference


def _division(tricode: str) -> str:
    return CODES[tricode].division
