"""`nba-assets`: the daily life of the platform over the same definitions that Dagster runs."""

import gc
import json
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

import click
import dagster as dg
import yaml
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from nba_assets.analytics.upcoming_tables import UPCOMING_GAMES
from nba_assets.automation.backfill import (
    Backfill,
    LayerRun,
    LeftOut,
    held_dates,
    orphans,
    selection,
    sole_owner,
    stretches,
)
from nba_assets.automation.calendar import show_calendar
from nba_assets.automation.demo import show_demo
from nba_assets.automation.doctor import checkups, with_canaries
from nba_assets.automation.doctor import show as show_checkups
from nba_assets.automation.event_log import open_event_log
from nba_assets.automation.readiness import readiness, show_readiness
from nba_assets.automation.status import status
from nba_assets.definitions import TABLES, build_defs, build_desk, build_warehouse
from nba_assets.grading.report import champion_lines, performance_lines, reliability_lines
from nba_assets.grading.tables import PERFORMANCE_SUMMARY, RELIABILITY
from nba_assets.identity.aliases import COLUMNS
from nba_assets.landing.assets import key_of
from nba_assets.partitions import (
    EASTERN,
    dates_between,
    game_dates,
    results_instant,
    season_dates,
    season_of,
    weeks_of,
)
from nba_assets.predictions.registry import ModelStore
from nba_assets.predictions.tables import PLAYER_PREDICTIONS, SYSTEM_POINT_FORECASTS, SYSTEMS
from nba_assets.predictions.weekly_tables import WEEKLY_CHAMPIONS
from nba_assets.raw.identity import USER_ALIASES
from nba_assets.raw.unresolved import unresolved_names_in
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.sandbox.feed import Provider
from nba_assets.settings import SANDBOX_SEASON, Settings, SettingsError, claim
from nba_assets.sources.feeds import FEEDS

DEMO_DAYS = 30
# What is made of raw data; the raw data itself is as it is published. Models and predictions stay:
# they are what was said, and their lineage names the features that it was said of.
RESTATED = "group:analytics or group:precompute"
# Of what was said, how right it was: where none of it was, nothing waits to be judged.
JUDGED = {
    SYSTEM_POINT_FORECASTS: "key:predictions/forecast_errors",
    PLAYER_PREDICTIONS: "group:grading",
}
DAY = click.DateTime(["%Y-%m-%d"])
console = Console(highlight=False)


class ShownProgress:
    """Counts what is done, for a bar."""

    def __init__(self) -> None:
        self.bar: Progress | None = None
        self.states: Counter[str] = Counter()

    def done(self, asset: str, day: date, state: str) -> None:
        """Advance by one date of one asset."""
        self.states[state] += 1
        if self.bar:
            self.bar.advance(self.bar.task_ids[-1])
            self.bar.update(self.bar.task_ids[-1], detail=f"{asset.split('/')[-1]} {day}")


class Edge(click.Group):
    """Says in one line what a person can mend; a traceback is left for what only we can."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C ends with 130, as a shell expects."""
        try:
            with warnings.catch_warnings():
                # Selections and partitioned checks: known, and held by exact pins and tests.
                warnings.simplefilter("ignore", dg.BetaWarning)
                warnings.simplefilter("ignore", dg.PreviewWarning)
                return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted")
            ctx.exit(130)
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f"{error.filename}: {error.strerror}: make it usable, or set NBA_ASSETS_HOME to another folder"
            raise click.ClickException(where if error.filename else str(error)) from None


@click.group(cls=Edge, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """NBA player props as Dagster assets: provider responses in, gated tables out."""


@main.command()
def demo() -> None:
    """Run a month of the sandbox league, from provider responses to grades, and show what it made."""
    settings = Settings.load(default_source="sandbox")
    if not settings.synthetic:
        raise click.ClickException(
            f"the demo plays the sandbox league, NBA_ASSETS_SOURCE is {settings.source}: unset it"
        )
    own = {"first_date": SANDBOX_SEASON.first, "last_date": SANDBOX_SEASON.last, "as_of": None}
    settings, asked = settings.model_copy(update=own), settings
    if settings != asked:
        console.print(
            "NBA_ASSETS_FIRST_DATE, LAST_DATE and AS_OF do not count here:"
            f" the demo plays from {SANDBOX_SEASON.first}",
            soft_wrap=True,
        )
    first = settings.first_date
    last = first + timedelta(days=DEMO_DAYS - 1)
    runs, left_out = _backfill(settings, first, last, None)
    show_demo(console, build_warehouse(settings), season_dates(first, last), settings.home)
    sys.exit(_report(runs, left_out))


@main.command()
@click.option("--from", "first", type=DAY, required=True, help="First game date.")
@click.option("--to", "last", type=DAY, required=True, help="Last game date, inclusive.")
@click.option(
    "--select",
    help="Assets, in Dagster's selection words: 'raw/schedule', 'group:raw'. Default: all.",
)
def backfill(first: datetime, last: datetime, select: str | None) -> None:
    """Make all tables of a range of dates, layer by layer; dates between seasons are left out.

    Ends with 1 where a date was held back or lacks an input; every other date is made all the same.
    """
    settings = Settings.load()
    start, end = _span(settings, first.date(), last.date())
    sys.exit(_report(*_backfill(settings, start, end, select)))


@main.command()
@click.option(
    "--from", "first", type=DAY, required=True, help="Date whose raw data came late or was mended."
)
def restate(first: datetime) -> None:
    """Bring what follows from a date up to it: its analytics, all later dates of its season, its grades.

    Raw data is read as it is published; materialize it first. Dates whose rows stay as they were are
    neither written nor recorded, and what was never predicted is not graded. Later seasons are left to
    their next backfill.
    """
    settings = Settings.load()
    day, _ = _span(settings, first.date(), first.date())
    if (season := season_of(day)) is None:
        raise click.BadParameter(f"{day} lies between seasons: nothing follows from it")
    later = season_dates(day, season.last)
    warehouse = build_warehouse(settings)
    last = max(warehouse.published_dates(UPCOMING_GAMES, later), default=day)
    judged = [one for said, one in JUDGED.items() if warehouse.published_dates(said, later)]
    select = " or ".join([RESTATED, *judged])
    sys.exit(_report(*_backfill(settings, day, last, select, only_changes=True)))


@main.command("status")
@click.option("--from", "first", type=DAY, help="First date. Default: of the window.")
@click.option(
    "--to",
    "last",
    type=DAY,
    help="Last date. Default: today; of a sandbox or an archive the last date that was run.",
)
@click.option("--select", help="Assets, in Dagster's selection words. Default: all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per date and table.")
def show_status(
    first: datetime | None, last: datetime | None, select: str | None, as_json: bool
) -> None:
    """A calendar of every date and table: published, degraded, empty, missing or blocked, and why."""
    settings = Settings.load()
    defs = build_defs(settings)
    graph = defs.resolve_asset_graph()
    selected = _selected(graph, select)
    keys = [key for key in graph.toposorted_asset_keys if key in selected]
    start = first.date() if first else settings.first_date
    with _instance(settings) as instance:
        end = last.date() if last else _last_date(settings, instance, keys)
        if first or last:
            _span(settings, start, end)
        gone = {run.run_id for run in orphans(settings.dagster_home, instance)}
        cells = status(
            instance,
            graph,
            keys,
            dates_between(start, end),
            build_warehouse(settings),
            TABLES,
            gone,
        )
    if as_json:
        for cell in cells:
            click.echo(json.dumps({**cell.__dict__, "day": str(cell.day)}))
        return
    label = "SYNTHETIC games of the sandbox league. " if settings.synthetic else ""
    show_calendar(console, cells, [key.to_user_string() for key in keys], label)


@main.command()
@click.option("--date", "day", type=DAY, help="Up to this date. Default: the newest graded one.")
@click.option(
    "--reliability",
    "of_system",
    type=click.Choice(list(SYSTEMS)),
    help="How often came to pass what this system gave a chance, instead.",
)
def performance(day: datetime | None, of_system: str | None) -> None:
    """What the systems were off by, and what their bets came to: the season up to a date.

    Then whose bets the newest week has, or what each system lacks to be bet on.
    Forward and walk-forward predictions are told apart, and no rate without its count and interval.
    """
    settings = Settings.load()
    warehouse = build_warehouse(settings)
    last = day.date() if day else settings.last_date or datetime.now(EASTERN).date()
    window = season_dates(settings.first_date, last)
    table = RELIABILITY if of_system else PERFORMANCE_SUMMARY
    graded = sorted(warehouse.published_dates(table, window), reverse=True)
    # On a date without games nothing is graded.
    dates = (warehouse.read(table, [one]) for one in graded)
    newest = next((rows for rows in dates if rows.num_rows), table.rows([])).to_pandas()
    lines = (
        reliability_lines(newest, of_system, synthetic=settings.synthetic)
        if of_system
        else [
            *performance_lines(newest, synthetic=settings.synthetic),
            *champion_lines(warehouse.read(WEEKLY_CHAMPIONS, weeks_of(window)).to_pandas()),
        ]
    )
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


@main.command()
def unresolved() -> None:
    """Names that lead to no player: who, where, in which body, and how to bring them back.

    Ends with 1 where there are any.
    """
    settings = Settings.load()
    found = unresolved_names_in(settings.home / "quarantine")
    if not found:
        console.print("Every name is resolved.")
        return
    grid = Grid(box=None, pad_edge=False)
    for name in ("name", "teams", "table", "dates", "count"):
        grid.add_column(name, no_wrap=True, justify="right" if name == "count" else "left")
    for one in found:
        spans = ", ".join(f"{a}" if a == b else f"{a} … {b}" for a, b in stretches(one.dates))
        grid.add_row(one.name, one.teams, one.table, spans, str(one.count))
    console.print(grid)
    console.print("\nWhy, and a body of each, under the landing zone:")
    for one in found:
        console.print(f"{one.reason}\n  {one.landing_path}", markup=False, soft_wrap=True)
    console.print(
        f"\nSay who is meant in {settings.home / USER_ALIASES}, one line each under `{','.join(COLUMNS)}`,"
        " then read the same bodies again:",
        soft_wrap=True,
    )
    for command in dict.fromkeys(one.replay for one in found):
        console.print(command, markup=False, soft_wrap=True)
    sys.exit(1)


@main.command()
@click.option("--days", default=7, show_default=True, help="How far back the request log is read.")
@click.option("--no-canary", is_flag=True, help="Look only, ask nobody.")
def doctor(days: int, no_canary: bool) -> None:
    """How each provider is, and whether every current model predicts.

    Of a provider: key set or not, requests and failures, stops and budgets, an answer now. Each model
    makes one real prediction, of the golden row that it keeps, and is held to what it said in training.
    Ends with 1 where a provider that is configured does not answer, or a model cannot predict.
    """
    settings = Settings.load()
    desk = build_desk(settings)
    desk.claim_home()
    now = datetime.now(UTC)
    found = checkups(desk, now, days)
    if not no_canary:
        day, at = now.astimezone(EASTERN).date(), now
        if settings.source != "live":
            # The sandbox and an archive have no today.
            landing = [key_of(feed) for feed in FEEDS]
            with _instance(settings) as instance:
                day = _last_date(settings, instance, landing)
            at = settings.as_of or results_instant(day)
        found = with_canaries(desk, found, day, at)
    show_checkups(console, found, days)
    window = game_dates(settings.first_date, settings.last_date)
    newest = date.fromisoformat(window.get_last_partition_key() or str(settings.first_date))
    weeks = weeks_of(dates_between(settings.first_date, newest))
    able = readiness(build_warehouse(settings), ModelStore(settings.home / "models"), weeks)
    show_readiness(console, able)
    sys.exit(1 if any(one.is_ill for one in found) or any(one.problem for one in able) else 0)


@main.group()
def sandbox() -> None:
    """The simulated league: break it on purpose, mend it, or serve it."""


@sandbox.command("break")
@click.argument("kind")
@click.option("--provider", type=click.Choice(get_args(Provider)), help="Default: all.")
@click.option(
    "--feed",
    type=click.Choice([feed.name for feed in FEEDS]),
    metavar="FEED",
    help="Name of a landing asset, without landing/. Default: all.",
)
@click.option("--date", "day", type=DAY, help="Game date. Default: all.")
@click.option("--game", help="NBA game id, ten digits. Default: all.")
@click.option("--page", help="Of a paged feed: page number or cursor. Default: all.")
def break_(kind: str, day: datetime | None, **where: str | None) -> None:
    """Make the sandbox misbehave, from now on until `mend`.

    KIND is what goes wrong: missing, html, truncated, empty, renamed_key, swapped, stale, refused,
    slow and more; an unknown one is answered with all there are.
    """
    try:
        fault = Fault.model_validate({"kind": kind, "date": day.date() if day else None, **where})
    except ValidationError as error:
        raise click.BadParameter("; ".join(e["msg"] for e in error.errors())) from None
    kept = _fault_book().add(fault)
    click.echo(f"{kept.id}: {kept.model_dump_json(exclude_defaults=True)}")


@sandbox.command()
def mend() -> None:
    """Take back everything that was broken on purpose."""
    book = _fault_book()
    click.echo(f"{len(book.faults())} faults mended")
    book.clear()


@sandbox.command()
@click.option("--port", default=0, help="0: a free one.")
def serve(port: int) -> None:
    """Serve the league over HTTP until interrupted; NBA_ASSETS_SANDBOX_URL points a process at it."""
    from nba_assets.sandbox.league import League
    from nba_assets.sandbox.server import SandboxServer

    settings = Settings.load(default_source="sandbox")
    with SandboxServer(League(settings.sandbox_seed), _fault_book(), port=port) as server:
        click.echo(f"NBA_ASSETS_SANDBOX_URL={server.url}")
        try:
            server.wait()
        except KeyboardInterrupt:
            click.echo("stopped")


def _selected(graph: AssetGraph, select: str | None) -> set[dg.AssetKey]:
    try:
        return selection(graph, select)
    except LookupError as error:
        raise click.BadParameter(f"--select {select}: {error.args[0]}") from None


def _span(settings: Settings, first: date, last: date) -> tuple[date, date]:
    """The dates a person asked for, where they lie in the window."""
    if last < first:
        raise click.BadParameter(f"--to {last} is before --from {first}")
    window = game_dates(settings.first_date, settings.last_date)
    opens, closes = window.get_first_partition_key(), window.get_last_partition_key()
    if not opens or not closes or str(first) < opens or str(last) > closes:
        raise click.BadParameter(
            f"{first} … {last} reaches beyond the partition window {opens} … {closes}:"
            " set NBA_ASSETS_FIRST_DATE and NBA_ASSETS_LAST_DATE"
        )
    return first, last


def _fault_book() -> FaultBook:
    settings = Settings.load(default_source="sandbox")
    if not settings.synthetic:
        raise click.ClickException(
            f"NBA_ASSETS_SOURCE is {settings.source}: only the sandbox can be broken"
        )
    return FaultBook.load(settings.home / "sandbox" / "faults.json")


@contextmanager
def _instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    _copy_instance_config(home)
    os.environ["DAGSTER_HOME"] = str(home)
    with open_event_log(), dg.DagsterInstance.get() as instance:
        yield instance


def _copy_instance_config(home: Path) -> None:
    """Put our dagster.yaml into a Dagster home that has none, less the place that is this folder's."""
    target = home / "dagster.yaml"
    here = Path(__file__).parent
    shipped = [p for p in (here / "dagster.yaml", here.parent / "dagster.yaml") if p.exists()]
    if shipped and not target.exists():
        config = yaml.safe_load(shipped[0].read_text())
        target.write_text(yaml.safe_dump({k: v for k, v in config.items() if k != "storage"}))


def _backfill(
    settings: Settings,
    first: date,
    last: date,
    select: str | None,
    *,
    only_changes: bool = False,
) -> tuple[list[LayerRun], list[LeftOut]]:
    progress = ShownProgress()
    dates = season_dates(first, last)
    if not dates:
        raise click.ClickException(f"{first} … {last} lies between seasons: nothing to backfill")
    defs = build_defs(settings, progress)
    selected = _selected(defs.resolve_asset_graph(), select)
    gc.freeze()  # definitions live as long as the process: not to be looked through again and again
    claim(settings.home, settings.source)
    runs: list[LayerRun] = []
    started = time.monotonic()
    with _instance(settings) as instance, sole_owner(settings.dagster_home, instance) as tag:
        work = Backfill(defs, instance, selected, only_changes=only_changes)
        with Progress(
            TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("[dim]{task.fields[detail]}"),
            console=console, disable=not console.is_terminal,
        ) as progress.bar:  # fmt: skip
            for layer in work.layers:
                names = [key.to_user_string() for key in layer]
                task = progress.bar.add_task(
                    _shortened(names), total=work.partitions(layer, dates), detail=""
                )
                progress.states.clear()
                runs += work.run(layer, dates, tag)
                progress.bar.update(task, detail=_counted(progress.states))
                if not console.is_terminal:
                    console.print(
                        f"{_shortened(names)}: {_counted(progress.states)}", soft_wrap=True
                    )
    span = f"{first} … {last}, {len(dates)} dates in season"
    console.print(f"{span}, {time.monotonic() - started:.1f} s")
    return runs, work.left_out


def _shortened(names: Sequence[str]) -> str:
    group = names[0].split("/")[0]
    rest = ", ".join(name.split("/")[1] for name in names)
    return f"{group}: {rest if len(rest) <= 60 else f'{len(names)} assets'}"


def _counted(states: Counter[str]) -> str:
    return (
        ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "nothing to do"
    )


def _report(runs: Sequence[LayerRun], left_out: Sequence[LeftOut]) -> int:
    """Tell what was not made and why; the exit code."""
    held = held_dates(runs)
    if unanswered := [request for run in runs for request in run.unanswered]:
        console.print("[bold yellow]requests without an accepted answer[/]")
        for request in unanswered:
            console.print(request, markup=False, soft_wrap=True)
    for assets, failures in held.items():
        console.print(f"[bold red]{assets}[/]")
        for failure in failures:
            console.print(failure, markup=False, soft_wrap=True)
    by_lack: dict[tuple[str, tuple[str, ...]], list[date]] = {}
    for one in left_out:
        by_lack.setdefault((one.asset, one.lacks), []).append(one.day)
    for (asset, lacks), days in by_lack.items():
        spans = ", ".join(f"{a}" if a == b else f"{a} … {b}" for a, b in stretches(days))
        console.print(
            f"{asset} left out for {spans}: {', '.join(lacks)} not published there, or held",
            markup=False,
            soft_wrap=True,
        )
    if held or left_out:
        console.print("`nba-assets status` shows every date; `dagster dev` shows the runs.")
    return 1 if held or left_out else 0


def _last_date(
    settings: Settings, instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey]
) -> date:
    """Where the calendar ends by itself: live at today, so that a silent day is a gap that shows.

    The sandbox and an archive have no today: there it ends with the last date that was ever run.
    """
    today = datetime.now(EASTERN).date()
    if settings.source == "live":
        return min(today, settings.last_date or today)
    run = {day for key in keys for day in instance.get_materialized_partitions(key)}
    return date.fromisoformat(max(run)) if run else settings.first_date


if __name__ == "__main__":
    main()
