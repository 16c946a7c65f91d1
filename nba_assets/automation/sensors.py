"""Sensors: what is noticed, and which landing is asked for. Each is a pure decision in a thin shell."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import dagster as dg

from nba_assets.landing.desk import GAME_LENGTH, Desk
from nba_assets.partitions import eastern_date, results_instant, season_of, slate_instant
from nba_assets.settings import Settings
from nba_assets.sources.feed import ExpectedGame, Instant, has_a_log
from nba_assets.sources.feeds import FEEDS
from nba_assets.sources.feeds.nba import NBA_BOXSCORE, NBA_GAME_LOG
from nba_assets.sources.nba import GameLog

# An older night is a gap, and gaps are healed or backfilled, not noticed.
NIGHTS_WATCHED = 2
# Before the cut-off of the slate, or the body that was asked for it comes too late to be it.
SLATE_LEAD = timedelta(minutes=30)
ASKED_AGAIN_AFTER = timedelta(minutes=15)
ASKED_BEFORE = timedelta(minutes=10)  # a lock, or the tip that closing lines are of


@dataclass(frozen=True)
class Night:
    """A date as it stands at an instant.

    `games` is None where no season file has been read for the date yet.
    """

    day: date
    games: tuple[ExpectedGame, ...] | None


@dataclass(frozen=True)
class Wish:
    """A landing to ask for: once per `key`."""

    key: str
    day: date
    feeds: tuple[str, ...]


def _asked_at(*instants: Instant) -> tuple[str, ...]:
    """The feeds that are asked at any of these instants, without being named by hand."""
    return tuple(f.name for f in FEEDS if set(instants) & set(f.instants) and not f.on_demand)


def _soon(instants: Iterable[datetime], now: datetime) -> list[datetime]:
    """Those that come within the minutes in which they are asked for, each once."""
    return sorted({at for at in instants if at - ASKED_BEFORE <= now < at})


def wishes(night: Night, final: Callable[[], Collection[str]], now: datetime) -> list[Wish]:
    """What to land for a date as of `now`.

    What the morning knows half an hour before 10:00 ET; what changes until tip before each `lock`
    cut-off; closing lines before each tip; results as soon as every game of the date is final, and
    once more at noon ET of the next day, when the first corrections are in and nothing is waited for
    any longer. Nothing is asked about a game that cannot be over.

    Args:
        night: the date and its games.
        final: the NBA ids of games that a source calls final; asked only when all can be over.
        now: the instant of the decision, UTC.
    """
    day = night.day
    if now < slate_instant(day) - SLATE_LEAD:
        return []
    if now >= results_instant(day):
        return [Wish(f"noon:{day}", day, _asked_at("results"))]
    found = [Wish(f"slate:{day}", day, _asked_at("opening", "slate"))]
    if night.games is None:
        return found
    locks = _soon((game.lock_at for game in night.games), now)
    found += [Wish(f"lock:{day}:{lock:%H%M}", day, _asked_at("lock")) for lock in locks]
    # A tip is often the lock of a later game: what is asked then is asked of every game that has not
    # begun, and a second run of the same minutes would pay for it twice.
    if not locks:
        tips = _soon((game.tip_at for game in night.games), now)
        found += [Wish(f"closing:{day}:{tip:%H%M}", day, _asked_at("closing")) for tip in tips]
    over = [game.nba_game_id for game in night.games if now >= game.tip_at + GAME_LENGTH]
    if len(over) == len(night.games) and set(over) <= set(final() if over else ()):
        found.append(Wish(f"final:{day}", day, _asked_at("results")))
    return found


def nights(settings: Settings, now: datetime) -> list[date]:
    """The dates to watch: tonight and the night before, inside the window and a season."""
    today = eastern_date(now)
    watched = [today - timedelta(days=n) for n in reversed(range(NIGHTS_WATCHED))]
    return [day for day in watched if _is_played(settings, day)]


def late_wishes(settings: Settings, now: datetime) -> list[Wish]:
    """What to land once more for the night whose late results are in by now."""
    found = []
    for feed in FEEDS:
        day = eastern_date(now) - timedelta(days=feed.settles.days + 1)
        is_settled = now >= results_instant(day) + feed.settles
        if feed.settles and not feed.on_demand and is_settled and _is_played(settings, day):
            found.append(Wish(f"late:{feed.name}:{day}", day, (feed.name,)))
    return found


def _is_played(settings: Settings, day: date) -> bool:
    in_window = settings.first_date <= day <= (settings.last_date or day)
    return in_window and season_of(day) is not None


def night_as_read(desk: Desk, day: date) -> Night:
    """The date's games in the newest season file that has landed."""
    games = desk.expected(day)
    return Night(day, None if games is None else tuple(games))


def final_games(desk: Desk, day: date, now: datetime) -> set[str]:
    """NBA ids of the date's games that are over: both teams in the log, or a final box score.

    One request for the log, and one for each game that no log will have (the cup final).
    """
    found: set[str] = set()
    # One try each: a sensor has a minute, and the next tick asks again.
    for subject in desk.subjects(NBA_GAME_LOG, day)[0]:
        log = desk.look(NBA_GAME_LOG, subject, now)
        if isinstance(log, GameLog):
            sides = {(row.GAME_ID, row.TEAM_ABBREVIATION) for row in log.rows}
            games = [game for game, _ in sides]
            found |= {game for game in games if games.count(game) == 2}
    for subject in desk.subjects(NBA_BOXSCORE, day)[0]:
        if subject.game and not has_a_log(subject.season_type):
            # What is accepted is final: an unfinished box score is refused.
            found |= {subject.game.nba_game_id} if desk.look(NBA_BOXSCORE, subject, now) else set()
    return found


def results_sensor(settings: Settings) -> dg.SensorDefinition:
    """Notices that a date's games are final and asks for its landing."""

    @dg.sensor(
        name="results_sensor",
        asset_selection=dg.AssetSelection.groups("landing"),
        minimum_interval_seconds=300,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for what the morning knows before 10:00 ET, for line-ups, lines and injuries"
        " before each lock, for closing lines before each tip, for a date's results as soon as all its"
        " games are final, for corrections at noon ET of the next day, and once more of providers that"
        " are late.",
    )
    def notice_results(
        context: dg.SensorEvaluationContext, desk: dg.ResourceParam[Desk]
    ) -> dg.SensorResult | dg.SkipReason:
        now = desk.transport.now()
        watched, found = nights(settings, now), late_wishes(settings, now)
        if not watched and not found:
            return dg.SkipReason(
                "neither tonight nor last night lies in the window and in a season"
            )
        found += [
            wish
            for day in watched
            for wish in wishes(night_as_read(desk, day), partial(final_games, desk, day, now), now)
        ]
        context.log.info("%s", ", ".join(wish.key for wish in found) or "nothing is due")
        return dg.SensorResult(run_requests=[_request(wish) for wish in found])

    return notice_results


def passed_cutoff(night: Night, made_at: datetime | None, now: datetime) -> str | None:
    """The run key of a date's newest cut-off that has passed since its slate was made; None without.

    The morning at 10:00 ET and each lock of the date's games, until its results are due. One run
    serves all that have passed; one that came to nothing is asked for again in a quarter of an hour.

    Args:
        night: the date and its games.
        made_at: when its slate was last published.
        now: the instant of the decision, UTC.
    """
    instants = {slate_instant(night.day), *(game.lock_at for game in night.games or ())}
    due = [at for at in instants if at <= now and (made_at is None or made_at < at)]
    if not due or now >= results_instant(night.day):
        return None
    tries = (now - max(due)) // ASKED_AGAIN_AFTER
    return f"cutoff:{night.day}:{max(due):%H%M}:{tries}"


def cutoffs_sensor(settings: Settings, slate: dg.AssetKey) -> dg.SensorDefinition:
    """Notices that a cut-off has passed and asks for the slate; what is made of it follows.

    Args:
        settings: of the window.
        slate: the asset that says which games there are at each cut-off.
    """

    @dg.sensor(
        name="cutoffs_sensor",
        asset_selection=dg.AssetSelection.assets(slate),
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for the slate when 10:00 ET and when each game's lock has passed: only then"
        " may its rows be made.",
    )
    def notice_cutoffs(
        context: dg.SensorEvaluationContext, desk: dg.ResourceParam[Desk]
    ) -> dg.SensorResult | dg.SkipReason:
        now = desk.transport.now()
        found = {
            day: key
            for day in nights(settings, now)
            if (key := passed_cutoff(night_as_read(desk, day), _made_at(context, slate, day), now))
        }
        if not found:
            return dg.SkipReason("the slates of tonight and last night know every cut-off so far")
        context.log.info("%s", ", ".join(found.values()))
        return dg.SensorResult(
            run_requests=[
                dg.RunRequest(run_key=key, partition_key=str(day), asset_selection=[slate])
                for day, key in found.items()
            ]
        )

    return notice_cutoffs


def _made_at(context: dg.SensorEvaluationContext, asset: dg.AssetKey, day: date) -> datetime | None:
    """When a date of an asset was last recorded as published."""
    newest = context.instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=asset, asset_partitions=[str(day)]), limit=1
    )
    return next((datetime.fromtimestamp(r.timestamp, UTC) for r in newest.records), None)


def automation_sensor() -> dg.AutomationConditionSensorDefinition:
    """Evaluates the automation conditions of all assets; running from the first start on."""
    return dg.AutomationConditionSensorDefinition(
        "automation",
        target=dg.AssetSelection.all(),
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )


def _request(wish: Wish) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=wish.key,
        partition_key=str(wish.day),
        asset_selection=[dg.AssetKey(["landing", name]) for name in wish.feeds],
    )
