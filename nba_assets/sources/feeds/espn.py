"""ESPN's site API as feeds: keyless, undocumented, the first to stand in for NBA.com."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from nba_assets.sources.espn import Injuries, Scoreboard, Summary, TeamRoster
from nba_assets.sources.feed import Feed, Ids, ListedGame, Route, Subject
from nba_assets.sources.feeds.refusals import game_of, other_dates, too_few, wrong_sides
from nba_assets.sources.payload import Payload

_SITE = "https://site.api.espn.com/apis/site/v2/sports/basketball/nba"


def _refuses_scoreboard(board: Scoreboard, subject: Subject) -> str | None:
    if board.is_empty and board.has_games_on(subject.day):
        return f"empty: no events, and the calendar has games on {subject.day}"
    for event in board.events:
        if event.status == "final" and None in (event.away.score, event.home.score):
            return f"{event.key.away} at {event.key.home} is final and has no score"
    return other_dates((str(day) for day in board.game_dates), subject)


def _event_of(board: Scoreboard, subject: Subject) -> Mapping[str, str]:
    game = game_of(subject)
    events = [e for e in board.events if e.key == (subject.day, game.away, game.home)]
    # Two events of one game are no id: which of them is played is not ours to guess.
    return {"espn_event_id": events[0].id} if len(events) == 1 else {}


def _refuses_summary(summary: Summary, subject: Subject) -> str | None:
    game, event = game_of(subject), summary.event
    if (event.key.away, event.key.home) != (game.away, game.home):
        return wrong_sides(event.key.away, event.key.home, game)
    if event.key.day != subject.day:
        return f"the body is of {event.key.day}, asked was {subject.day}"
    if event.status != "final":
        return "the game is not final"
    if summary.is_empty:
        return "empty: no players"
    if strangers := summary.sides.keys() - {game.away, game.home}:
        return (
            f"known_team: players of {', '.join(sorted(strangers))} in {game.away} at {game.home}"
        )
    for team in (game.away, game.home):
        if reason := too_few(team, (line.played for line in summary.sides.get(team, ()))):
            return reason
    return None


def _refuses_roster(roster: TeamRoster, subject: Subject) -> str | None:
    asked = subject.team.tricode if subject.team else ""
    if roster.team.abbreviation != asked:
        return f"the roster of {roster.team.abbreviation}, asked was {asked}"
    return None


def games_in(pages: Sequence[Payload], day: date) -> list[ListedGame]:
    """The date's games as the scoreboard lists them."""
    return [
        ListedGame(
            event.key.away,
            event.key.home,
            event.tip_at,
            event.status,
            event.id,
            event.away.score if event.status == "final" else None,
            event.home.score if event.status == "final" else None,
            event.season_type,
        )
        for page in pages
        if isinstance(page, Scoreboard)
        for event in page.events
        if event.game_date == day
    ]


ESPN_SCOREBOARD = Feed(
    name="espn_scoreboard",
    about="date, its games with state and score, from ESPN",
    per="date",
    # One date a call: a range has been answered 400 since September 2026.
    routes=(Route(f"{_SITE}/scoreboard", {"dates": "{yyyymmdd}"}),),
    payload=Scoreboard,
    refuses=_refuses_scoreboard,
    empty="no games on the date",
    instants=("slate", "results"),
    score=90,
    max_age=timedelta(hours=6),
    serves=("raw.schedule",),
)

ESPN_SUMMARY = Feed(
    name="espn_summary",
    about="finished game of the date, box score of both teams from ESPN",
    per="game",
    routes=(Route(f"{_SITE}/summary", {"event": "{espn_event_id}"}),),
    payload=Summary,
    refuses=_refuses_summary,
    instants=("results",),
    score=80,
    ids=Ids(ESPN_SCOREBOARD, _event_of),
    serves=("raw.player_box_scores", "raw.team_box_scores"),
)

ESPN_INJURIES = Feed(
    name="espn_injuries",
    about="instant, everybody who is hurt, from ESPN",
    per="league",
    routes=(Route(f"{_SITE}/injuries"),),
    payload=Injuries,
    empty="nobody is hurt",
    instants=("slate", "lock"),
    score=90,
    max_age=timedelta(minutes=15),
    serves=("raw.injuries",),
)

ESPN_ROSTERS = Feed(
    name="espn_rosters",
    about="team that plays on the date, its roster, from ESPN",
    per="team",
    routes=(Route(f"{_SITE}/teams/{{espn_team_id}}", {"enable": "roster"}),),
    payload=TeamRoster,
    refuses=_refuses_roster,
    instants=("slate",),
    score=90,
    max_age=timedelta(hours=12),
    serves=("raw.rosters",),
)
