"""BallDontLie as feeds: keyed, paged by cursor, late for games in the West."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from nba_assets.sources.balldontlie import (
    BoxScores,
    Games,
    Injuries,
    Page,
    Players,
    Standings,
    Stats,
)
from nba_assets.sources.feed import Feed, ListedGame, Route, Subject
from nba_assets.sources.feeds.refusals import other_dates
from nba_assets.sources.payload import Payload

_API = "https://api.balldontlie.io/v1"
_PAGED = {"per_page": "100"}
# Games in the West were up to 45 hours late in January 2026.
_LATE = timedelta(hours=48)
_PENDING = "no games, or not there yet: the schedule decides"


def _next_page(page: Page) -> Mapping[str, str] | None:
    return {"cursor": str(page.next_cursor)} if page.next_cursor else None


def _refuses_dates(page: Games | BoxScores | Stats, subject: Subject) -> str | None:
    return other_dates((str(day) for day in page.game_dates), subject)


def _refuses_standings(standings: Standings, subject: Subject) -> str | None:
    if others := standings.seasons - {subject.season.year}:
        return f"standings of {sorted(others)}, asked was {subject.season.year}"
    return None


def games_in(pages: Sequence[Payload], day: date) -> list[ListedGame]:
    """The date's games as BallDontLie lists them; one without an announced tip is not listed."""
    return [
        ListedGame(
            game.visitor_team.tricode,
            game.home_team.tricode,
            game.tip_at,
            game.state,
            str(game.id),
            game.visitor_team_score if game.state == "final" else None,
            game.home_team_score if game.state == "final" else None,
            "playoffs" if game.postseason else "regular",
        )
        for page in pages
        if isinstance(page, Games)
        for game in page.data
        if game.date == day and game.tip_at
    ]


BDL_GAMES = Feed(
    name="bdl_games",
    about="page of the date's games from BallDontLie",
    per="date",
    routes=(Route(f"{_API}/games", {"dates[]": "{ymd}", **_PAGED}),),
    payload=Games,
    refuses=_refuses_dates,
    empty=_PENDING,
    next_page=_next_page,
    instants=("slate", "results"),
    score=85,
    max_age=timedelta(hours=6),
    settles=_LATE,
    serves=("raw.schedule",),
)

BDL_BOX_SCORES = Feed(
    name="bdl_box_scores",
    about="date, box scores of all its games from BallDontLie",
    per="date",
    routes=(Route(f"{_API}/box_scores", {"date": "{ymd}"}),),
    payload=BoxScores,
    refuses=_refuses_dates,
    empty=_PENDING,
    instants=("results",),
    score=85,
    settles=_LATE,
    serves=("raw.player_box_scores", "raw.team_box_scores"),
)

BDL_STATS = Feed(
    name="bdl_stats",
    about="page of the date's player lines from BallDontLie",
    per="date",
    routes=(Route(f"{_API}/stats", {"dates[]": "{ymd}", **_PAGED}),),
    payload=Stats,
    refuses=_refuses_dates,
    empty=_PENDING,
    next_page=_next_page,
    instants=("results",),
    score=85,
    settles=_LATE,
    # The box scores in another form, four requests instead of one: for repair.
    on_demand=True,
)

BDL_LIVE = Feed(
    name="bdl_live",
    about="instant, box scores of the games in play from BallDontLie",
    per="date",
    routes=(Route(f"{_API}/box_scores/live"),),
    payload=BoxScores,
    empty="no game is in play",
    instants=("results",),
    score=85,
    on_demand=True,
)

BDL_INJURIES = Feed(
    name="bdl_injuries",
    about="page of everybody who is hurt from BallDontLie",
    per="league",
    routes=(Route(f"{_API}/player_injuries", _PAGED),),
    payload=Injuries,
    empty="nobody is hurt",
    next_page=_next_page,
    instants=("slate", "lock"),
    score=85,
    max_age=timedelta(minutes=15),
    serves=("raw.injuries",),
)

BDL_PLAYERS = Feed(
    name="bdl_players",
    about="page of all active players from BallDontLie",
    per="league",
    routes=(Route(f"{_API}/players/active", _PAGED),),
    payload=Players,
    next_page=_next_page,
    instants=("slate",),
    score=90,
    max_age=timedelta(hours=20),
    serves=("raw.rosters",),
)

BDL_STANDINGS = Feed(
    name="bdl_standings",
    about="season, every team's record as it stands when asked, from BallDontLie",
    per="season",
    routes=(Route(f"{_API}/standings", {"season": "{season_start}"}),),
    payload=Standings,
    refuses=_refuses_standings,
    empty="no standings yet",
    instants=("slate",),
    score=85,
    max_age=timedelta(hours=6),
    serves=("raw.standings",),
)
