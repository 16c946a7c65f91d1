"""Season files → rows of `raw.schedule`: one date's games as last known, and as the slate knew them.

Where no season file was ever accepted, the date's games as another provider lists them.
"""

from collections.abc import Sequence
from datetime import date

from nba_assets.gates.audit import game_gate, partition_gate
from nba_assets.gates.publish import Computed
from nba_assets.landing.desk import Desk, Reading
from nba_assets.partitions import season_of
from nba_assets.raw.entity import DateNotes, Entity, Row, in_metadata, missing_inputs, provenance
from nba_assets.raw.gates import games_of_unknown_teams, teams_playing_twice
from nba_assets.raw.tables import SCHEDULE
from nba_assets.sources.feed import Feed, ListedGame, Subject
from nba_assets.sources.feeds import SCHEDULES
from nba_assets.sources.feeds.balldontlie import BDL_GAMES
from nba_assets.sources.feeds.nba import NBA_SCHEDULE
from nba_assets.sources.nba import Schedule, ScheduledGame, games_of, season_type_of
from nba_assets.sources.teams import GUESTS
from nba_assets.warehouse.base import Warehouse

BOOTSTRAP_DAYS = 14


def game_id(day: date, away: str, home: str) -> str:
    """Our own id of a game: `YYYYMMDD_AWAY_HOME` of its scheduled Eastern date."""
    return f"{day:%Y%m%d}_{away}_{home}"


def is_bootstrap(day: date, begin: date) -> bool:
    """Within 14 days of `begin`: the later of opening night and the first date that is kept."""
    return 0 <= (day - begin).days < BOOTSTRAP_DAYS


def _compute(desk: Desk, _warehouse: Warehouse, dates: list[date]) -> Computed:
    rows, notes = schedule_rows(desk, dates)
    return Computed(SCHEDULE.rows(rows), {}, missing_inputs(notes), in_metadata(notes))


def schedule_rows(
    desk: Desk, dates: Sequence[date]
) -> tuple[list[dict[str, object]], dict[date, DateNotes]]:
    """The games of each date, and what is to be said beside them."""
    rows: list[dict[str, object]] = []
    notes = {day: DateNotes() for day in dates}
    for day in dates:
        if season_of(day):
            rows += _rows_of(desk, day, notes[day])
    return rows, notes


def _rows_of(desk: Desk, day: date, notes: DateNotes) -> list[dict[str, object]]:
    latest = desk.schedule(day, "results")
    slate = desk.schedule(day, "slate")
    notes.passed_over = sorted({str(refused) for refused in latest.passed_over})
    if not isinstance(latest.payload, Schedule):
        return _listed_rows(desk, day, latest, notes)
    opening = desk.schedule(day, "opening").payload
    first_dates = opening.date_of if isinstance(opening, Schedule) else {}
    morning = slate.payload if isinstance(slate.payload, Schedule) else None
    known = {game.gameId: game for game in morning.by_date.get(day, [])} if morning else {}
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for game, status, only_in_slate in games_of(day, latest.payload, morning):
        row = _row(desk, day, game, slate if only_in_slate else latest, status)
        if row is None:
            notes.left_out.append(f"{game.gameId}: {_why_left_out(game)}")
            continue
        first_date = first_dates.get(game.gameId, day)
        row["original_date"] = None if only_in_slate or first_date == day else first_date
        if slated := known.get(game.gameId):
            row |= {"slate_tip_at": slated.tip_at, "slate_observed_at": slate.observed_at}
        # A game named twice alike is one game; two that differ are left for the key gate to hold.
        notes.collapsed += (game.gameId, repr(row)) in rows
        rows[game.gameId, repr(row)] = row
    return list(rows.values())


def _listed_rows(
    desk: Desk, day: date, season_file: Reading, notes: DateNotes
) -> list[dict[str, object]]:
    """The date's games as the first provider that lists them has them."""
    season = season_of(day)
    assert season is not None
    reasons = list(dict.fromkeys(refused.reason for refused in season_file.passed_over))
    reasons = reasons or [f"no {NBA_SCHEDULE.name} body"]
    silent = []
    for feed, games_in in SCHEDULES:
        latest = desk.read(feed, Subject(day, season))
        notes.pass_over(latest)
        if latest.payload is None:
            silent.append(f"landing/{feed.name} no body")
            reasons += [r.reason for r in latest.passed_over] or [f"no {feed.name} body"]
            continue
        games = games_in(latest.pages, day)
        if not games and feed is BDL_GAMES:
            # It answers alike for a date without games and for one that is not there yet.
            silent.append(f"landing/{feed.name} no game, which may be late")
            continue
        slate = desk.read(feed, Subject(day, season), "slate")
        morning = {(g.away, g.home): g for g in games_in(slate.pages, day)}
        why = "; ".join(dict.fromkeys(reasons))
        found: dict[str, dict[str, object]] = {}
        for game in games:
            if {game.away, game.home} & GUESTS:
                notes.left_out.append(f"{game.provider_id}: not between two teams of the league")
                continue
            row = _listed_row(desk, day, feed, latest, game, why)
            if slated := morning.get((game.away, game.home)):
                row |= {"slate_tip_at": slated.tip_at, "slate_observed_at": slate.observed_at}
            notes.collapsed += repr(row) in found
            found[repr(row)] = row
        return list(found.values())
    notes.missing_input = (
        f"landing/{NBA_SCHEDULE.name} holds no season file that is accepted for {day},"
        f" {', '.join(silent)}"
    )
    return []


def _listed_row(
    desk: Desk, day: date, feed: Feed, reading: Reading, game: ListedGame, why: str
) -> Row:
    season = season_of(day)
    assert season is not None
    return {
        "game_date": day,
        "game_id": game_id(day, game.away, game.home),
        "nba_game_id": None,
        "season_year": season.year,
        "season_type": game.season_type,
        "home_team": game.home,
        "away_team": game.away,
        "tip_at": game.tip_at,
        "status": game.status,
        "home_score": game.home_score,
        "away_score": game.away_score,
        "overtime_periods": None,
        "arena": None,
        "is_neutral": None,
        "national_tv": None,
        "original_date": None,
        **provenance(
            desk,
            feed,
            reading,
            is_bootstrap=is_bootstrap(day, max(season.first, desk.settings.first_date)),
            degraded=[f"{feed.name} instead of {NBA_SCHEDULE.name}: {why}"],
        ),
    }


def _why_left_out(game: ScheduledGame) -> str:
    if not game.has_two_teams:
        return "not a game yet: its teams are not known"
    return "not between two teams of the league"


def _row(
    desk: Desk,
    day: date,
    game: ScheduledGame,
    reading: Reading,
    status: str,
) -> dict[str, object] | None:
    away, home = game.awayTeam.teamTricode, game.homeTeam.teamTricode
    # An exhibition is known by its id; the sides of All-Star games change every year.
    exhibition = season_type_of(game.gameId) == "all_star" or {away, home} & GUESTS
    if not away or not home or exhibition:
        return None
    season, schedule = season_of(day), reading.payload
    assert season is not None
    assert isinstance(schedule, Schedule)
    final = status == "final"
    television = game.broadcasters.nationalTvBroadcasters if game.broadcasters else []
    return {
        "game_date": day,
        "game_id": game_id(day, away, home),
        "nba_game_id": game.gameId,
        "season_year": season.year,
        "season_type": season_type_of(game.gameId),
        "home_team": home,
        "away_team": away,
        "tip_at": game.tip_at,
        "status": status,
        "home_score": game.homeTeam.score if final else None,
        "away_score": game.awayTeam.score if final else None,
        "overtime_periods": game.overtime_periods if final else None,
        "arena": game.arenaName or None,
        "is_neutral": _is_neutral(game, home, schedule),
        "national_tv": ", ".join(b.broadcasterDisplay for b in television if b.broadcasterDisplay)
        or None,
        **provenance(
            desk,
            NBA_SCHEDULE,
            reading,
            is_bootstrap=is_bootstrap(
                day, max(schedule.first_regular_date or season.first, desk.settings.first_date)
            ),
        ),
    }


def _is_neutral(game: ScheduledGame, home: str, schedule: Schedule) -> bool | None:
    if game.isNeutral is not None:
        return game.isNeutral
    return (home, game.arenaName) not in schedule.own_arenas if game.arenaName else None


ENTITY = Entity(
    SCHEDULE,
    _compute,
    feeds=(NBA_SCHEDULE, *(feed for feed, _ in SCHEDULES)),
    gates=(
        game_gate("every_team_is_known", games_of_unknown_teams),
        partition_gate("no_team_plays_twice_a_date", teams_playing_twice),
    ),
)
