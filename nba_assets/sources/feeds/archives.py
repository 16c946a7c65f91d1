"""Basketball-Reference and BigDataBall as feeds: slow or paid, for history, audit and repair."""

from collections.abc import Mapping

from nba_assets.partitions import eastern_date
from nba_assets.sources.basketball_reference import BoxScorePage, RosterPage
from nba_assets.sources.bigdataball import DetailedPlayByPlay, FileSearch
from nba_assets.sources.feed import Feed, Ids, Route, Subject
from nba_assets.sources.feeds.refusals import game_of, other_dates, too_few, wrong_sides

_BREF = "https://www.basketball-reference.com"
_DRIVE = "https://www.googleapis.com/drive/v3/files"


def _refuses_page(page: BoxScorePage, subject: Subject) -> str | None:
    scheduled = game_of(subject)
    if (page.away.team, page.home.team) != (scheduled.away, scheduled.home):
        return wrong_sides(page.away.team, page.home.team, scheduled)
    for side in (page.away, page.home):
        if reason := too_few(side.team, [True] * len(side.players)):
            return reason
    return other_dates({str(eastern_date(page.tip_at))}, subject)


def _refuses_roster(page: RosterPage, subject: Subject) -> str | None:
    asked = (subject.team.tricode if subject.team else "", subject.season.label)
    if (page.team, page.season) != asked:
        return f"the roster of {page.team} in {page.season}, asked was {asked[0]} in {asked[1]}"
    return None


def _file_of(search: FileSearch, subject: Subject) -> Mapping[str, str]:
    try:
        file = search.file_of(game_of(subject).nba_game_id)
    except ValueError:  # several files of one game: which is meant is not ours to guess
        return {}
    return {"file_id": file.id} if file else {}


def _refuses_plays(plays: DetailedPlayByPlay, subject: Subject) -> str | None:
    scheduled = game_of(subject)
    if plays.is_empty:
        return "empty: no plays below the header"
    if (found := plays.plays[0].game_id) != scheduled.nba_game_id:
        return f"the file is of game {found}, asked was {scheduled.nba_game_id}"
    plays.shots  # noqa: B018 a shot that contradicts itself is found when the shots are read
    return None


BREF_BOX_SCORES = Feed(
    name="bref_box_scores",
    about="finished game of the date, its page of Basketball-Reference",
    per="game",
    routes=(Route(f"{_BREF}/boxscores/{{yyyymmdd}}0{{bref_home}}.html"),),
    payload=BoxScorePage,
    kind="html",
    refuses=_refuses_page,
    instants=("results",),
    score=80,
    on_demand=True,
    serves=("raw.player_box_scores", "raw.team_box_scores"),
)

BREF_ROSTERS = Feed(
    name="bref_rosters",
    about="team that plays on the date, its roster page of Basketball-Reference",
    per="team",
    routes=(Route(f"{_BREF}/teams/{{bref_team}}/{{season_end}}.html"),),
    payload=RosterPage,
    kind="html",
    refuses=_refuses_roster,
    instants=("slate",),
    score=85,
    on_demand=True,
    serves=("raw.rosters",),
)

BIGDATABALL_FILES = Feed(
    name="bigdataball_files",
    about="finished game of the date, what the search for its file finds in the Drive folder",
    per="game",
    routes=(Route(_DRIVE, {"q": "name contains '[{nba_game_id}]'"}),),
    payload=FileSearch,
    empty="no file of the game",
    instants=("results",),
    score=100,
    is_optional=True,
)

DETAILED_PBP = Feed(
    name="detailed_pbp",
    about="finished game of the date, BigDataBall's detailed play-by-play",
    per="game",
    routes=(Route(f"{_DRIVE}/{{file_id}}", {"alt": "media"}),),
    payload=DetailedPlayByPlay,
    kind="csv",
    refuses=_refuses_plays,
    instants=("results",),
    score=100,
    ids=Ids(BIGDATABALL_FILES, _file_of),
    is_optional=True,
    serves=("raw.shots",),
)
