"""Basketball-Reference over the sandbox league: box score and roster pages."""

import re
from datetime import UTC, date, datetime, time, timedelta

from nba_assets.partitions import EASTERN, eastern_date
from nba_assets.sandbox.bref_pages import (
    Absent,
    BoxGame,
    BoxLine,
    BoxTeam,
    Roster,
    Rostered,
    box_score_page,
    roster_page,
)
from nba_assets.sandbox.feed import Body, Document, Feed, Params, Subject
from nba_assets.sandbox.fixtures import Fixture
from nba_assets.sandbox.league import Box, League
from nba_assets.sandbox.pages import (
    about_game,
    about_no_date,
    game_before,
    morning_before,
    morning_page,
)
from nba_assets.sandbox.people import birth_date, height, weight
from nba_assets.sandbox.players import Player
from nba_assets.sandbox.provider_ids import (
    CODES,
    TRICODE_OF_BREF,
    bref_box_id,
    bref_slug,
    display_name,
)
from nba_assets.sandbox.simulation import Line
from nba_assets.sources.teams import BY_TRICODE

_HOST = "www.basketball-reference.com"
_HTML = "text/html; charset=utf-8"
_POSTED_AT = time(6)  # Eastern, of the day after


def _fixture(league: League, params: Params) -> Fixture | None:
    """The game of the Eastern date and home team in the page's name."""
    day = date.fromisoformat("{}-{}-{}".format(*(params[part] for part in ("y", "m", "d"))))
    home = TRICODE_OF_BREF.get(params["home"])
    return next((game for game in league.games_on(day) if game.home == home), None)


def _sound_fixture(league: League, params: Params) -> Fixture | None:
    try:
        return _fixture(league, params)
    except ValueError:  # a date that no calendar has
        return None


def _posted_at(fixture: Fixture) -> datetime:
    day = fixture.day + timedelta(days=1)
    return datetime.combine(day, _POSTED_AT, EASTERN).astimezone(UTC)


def _box_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    fixture = _sound_fixture(league, params)
    return _posted_at(fixture) if fixture and _posted_at(fixture) <= as_of else None


def _box(league: League, params: Params, observed_at: datetime) -> Body:
    del observed_at  # one page a game
    fixture = _sound_fixture(league, params)
    if fixture is None:
        raise ValueError(f"no game of {dict(params)}")
    box = league.box(fixture.game_id)
    page = box_score_page(
        BoxGame(
            tip_at=fixture.tip_at,
            away=_team(league, box, fixture.away),
            home=_team(league, box, fixture.home),
            officials=[f"{o.first_name} {o.family_name}" for o in box.officials],
        )
    )
    return Document(page, _HTML)


def _team(league: League, box: Box, tricode: str) -> BoxTeam:
    result, lineup = box.team(tricode), box.lineups[tricode]
    places = {person_id: n for n, person_id in enumerate(lineup.slots)}
    lines = sorted(
        result.lines, key=lambda line: (places.get(line.player.person_id, 5), -line.seconds)
    )
    return BoxTeam(
        code=CODES[tricode].bref,
        name=_name(tricode),
        lines=[_line(league, line) for line in lines if line.seconds],
        absent=[_absent(league, line.player) for line in lines if not line.seconds],
        inactive=[_absent(league, unused.player) for unused in lineup.unused],
        team_turnovers=result.team["turnoversTeam"],
    )


def _name(tricode: str) -> str:
    """The site writes the Clippers' city out."""
    return "Los Angeles Clippers" if tricode == "LAC" else BY_TRICODE[tricode].full_name


def _absent(league: League, player: Player) -> Absent:
    return Absent(bref_slug(league, player), display_name(league, "bref", player))


def _line(league: League, line: Line) -> BoxLine:
    counts = line.counts
    return BoxLine(
        slug=bref_slug(league, line.player),
        player=display_name(league, "bref", line.player),
        seconds_played=line.seconds,
        counts={
            "fg": counts["twoPointersMade"] + counts["threePointersMade"],
            "fga": counts["twoPointersAttempted"] + counts["threePointersAttempted"],
            "fg3": counts["threePointersMade"],
            "fg3a": counts["threePointersAttempted"],
            "ft": counts["freeThrowsMade"],
            "fta": counts["freeThrowsAttempted"],
            "orb": counts["reboundsOffensive"],
            "drb": counts["reboundsDefensive"],
            "trb": counts["reboundsOffensive"] + counts["reboundsDefensive"],
            "ast": counts["assists"],
            "stl": counts["steals"],
            "blk": counts["blocks"],
            "tov": counts["turnovers"],
            "pf": counts["foulsPersonal"],
            "pts": counts["points"],
        },
        plus_minus=counts["plus"] - counts["minus"],
    )


def _roster_observed_at(league: League, params: Params, as_of: datetime) -> datetime | None:
    """Any morning of the season, which the page names by the year it ends."""
    is_known = params["team"] in TRICODE_OF_BREF and params["year"] == str(league.season_year + 1)
    return morning_page(league, params, as_of) if is_known else None


def _roster(league: League, params: Params, observed_at: datetime) -> Body:
    tricode = TRICODE_OF_BREF[params["team"]]
    players = league.roster(tricode, eastern_date(observed_at))
    page = roster_page(
        Roster(
            season=league.season.label,
            name=_name(tricode),
            players=[_rostered(league, player) for player in players],
        )
    )
    return Document(page, _HTML)


def _rostered(league: League, player: Player) -> Rostered:
    feet, _, inches = height(player).partition("-")
    return Rostered(
        slug=bref_slug(league, player),
        player=display_name(league, "bref", player),
        number=player.jersey,
        pos=player.position,
        height=12 * int(feet) + int(inches),
        weight=int(weight(player)),
        birth_date=birth_date(league, player),
        is_two_way=player.is_two_way,
    )


def _box_subject(league: League, params: Params, as_of: datetime) -> Subject | None:
    del as_of
    fixture = _sound_fixture(league, params)
    return about_game(league, fixture.game_id) if fixture else None


def _earlier_box(
    league: League, params: Params, observed_at: datetime
) -> tuple[Params, datetime] | None:
    """The home team's game before this one, wherever it was played."""
    del observed_at
    fixture = _sound_fixture(league, params)
    before = game_before(league, fixture.game_id) if fixture else None
    if before is None:
        return None
    key = bref_box_id(before)
    earlier = {"y": key[:4], "m": key[4:6], "d": key[6:8], "home": key[9:]}
    return {**params, **earlier}, _posted_at(before)


FEEDS: tuple[Feed, ...] = (
    Feed(
        "bref_box_scores",
        "basketball_reference",
        _HOST,
        re.compile(
            r"/boxscores/(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)0(?P<home>[A-Z]{3})\.html",
        ),
        _box_observed_at,
        _box,
        _box_subject,
        _earlier_box,
    ),
    Feed(
        "bref_rosters",
        "basketball_reference",
        _HOST,
        re.compile(r"/teams/(?P<team>[A-Z]{3})/(?P<year>\d{4})\.html"),
        _roster_observed_at,
        _roster,
        about_no_date,
        morning_before,
    ),
)
