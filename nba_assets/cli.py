"""`nba-assets`: the daily life of the platform over the same definitions that Dagster runs."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import dagster as dg
import yaml
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY, TEAM_OFFENSE_GAME_SUMMARY
from nba_assets.automation.backfill import Backfill, LayerRun, held_dates, selection, sole_owner
from nba_assets.automation.status import GAPS, MEANINGS, Cell, status
from nba_assets.definitions import build_defs, build_warehouse
from nba_assets.partitions import EASTERN, dates_between, game_dates, season_dates
from nba_assets.sandbox.faults import Fault, FaultBook
from nba_assets.settings import Settings, SettingsError, Source, claim

DEMO_DAYS = 30
# One sign and colour a state: no two of them look alike, with or without colours.
_SIGNS = {
    "published": ("●", "green"),
    "answered": ("●", "green"),
    "degraded": ("◐", "yellow"),
    "incomplete": ("◌", "yellow"),
    "empty": ("·", "dim"),
    "not due": ("…", "dim"),
    "running": ("▷", "cyan"),
    "missing": ("○", "bold red"),
    "blocked": ("✗", "bold red"),
    "failed": ("!", "bold red"),
}

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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """NBA player props as Dagster assets: provider responses in, gated tables out."""


@main.command()
def demo() -> None:
    """Run a month of the sandbox league, from provider responses to analytics, and show what it made."""
    settings = _settings(default_source="sandbox")
    if not settings.synthetic:
        raise click.ClickException(
            f"the demo plays the sandbox league, NBA_ASSETS_SOURCE is {settings.source}: unset it"
        )
    first = settings.first_date
    last = first + timedelta(days=DEMO_DAYS - 1)
    runs = _backfill(settings, first, last, None)
    _show_demo(settings, first, last)
    sys.exit(_report(runs))


@main.command()
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First game date."
)
@click.option(
    "--to",
    "last",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="Last game date, inclusive.",
)
@click.option(
    "--select",
    help="Assets, in Dagster's selection words: 'raw/schedule', 'group:raw'. Default: all.",
)
def backfill(first: datetime, last: datetime, select: str | None) -> None:
    """Make all tables of a range of dates, layer by layer; dates between seasons are left out.

    Ends with 1 where a date was held back; every other date is made all the same.
    """
    settings = _settings()
    start, end = first.date(), last.date()
    if end < start:
        raise click.BadParameter(f"--to {end} is before --from {start}")
    window = game_dates(settings.first_date, settings.last_date)
    opens, closes = window.get_first_partition_key(), window.get_last_partition_key()
    if not opens or not closes or str(start) < opens or str(end) > closes:
        raise click.BadParameter(
            f"{start} … {end} reaches beyond the partition window {opens} … {closes}:"
            " set NBA_ASSETS_FIRST_DATE and NBA_ASSETS_LAST_DATE"
        )
    sys.exit(_report(_backfill(settings, start, end, select)))


@main.command("status")
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First date. Default: of the window."
)
@click.option(
    "--to",
    "last",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last date. Default: today; of a sandbox or an archive the last date that was run.",
)
@click.option("--select", help="Assets, in Dagster's selection words. Default: all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per date and table.")
def show_status(
    first: datetime | None, last: datetime | None, select: str | None, as_json: bool
) -> None:
    """A calendar of every date and table: published, degraded, empty, missing or blocked, and why."""
    settings = _settings()
    defs = build_defs(settings)
    graph = defs.resolve_asset_graph()
    selected = _selected(graph, select)
    keys = [key for key in graph.toposorted_asset_keys if key in selected]
    start = first.date() if first else settings.first_date
    with _instance(settings) as instance:
        end = last.date() if last else _last_date(settings, instance, keys)
        cells = status(instance, graph, keys, dates_between(start, end))
    if as_json:
        for cell in cells:
            click.echo(json.dumps({**cell.__dict__, "day": str(cell.day)}))
        return
    _show_calendar(cells, [key.to_user_string() for key in keys], settings)


@main.group()
def sandbox() -> None:
    """The simulated league: break it on purpose, mend it, or serve it."""


@sandbox.command("break")
@click.argument("kind")
@click.option("--feed", help="nba_schedule, nba_boxscore or nba_game_log. Default: all.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Game date. Default: all.")
@click.option("--game", help="NBA game id, ten digits. Default: all.")
def break_(kind: str, feed: str | None, day: datetime | None, game: str | None) -> None:
    """Make the sandbox misbehave: missing, html, truncated, empty, renamed_key, swapped or stale."""
    try:
        fault = Fault.model_validate(
            {"kind": kind, "feed": feed, "date": day.date() if day else None, "game": game}
        )
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

    settings = _settings(default_source="sandbox")
    with SandboxServer(League(settings.sandbox_seed), _fault_book(), port=port) as server:
        click.echo(f"NBA_ASSETS_SANDBOX_URL={server.url}")
        try:
            server.wait()
        except KeyboardInterrupt:
            click.echo("stopped")


def _settings(default_source: Source = "live") -> Settings:
    try:
        return Settings.load(default_source=default_source)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def _selected(graph: AssetGraph, select: str | None) -> set[dg.AssetKey]:
    try:
        return selection(graph, select)
    except dg.DagsterInvalidSubsetError as error:
        raise click.ClickException(f"--select {select}: {error}") from None


def _fault_book() -> FaultBook:
    settings = _settings(default_source="sandbox")
    if not settings.synthetic:
        raise click.ClickException(
            f"NBA_ASSETS_SOURCE is {settings.source}: only the sandbox can be broken"
        )
    return FaultBook.load(settings.home / "sandbox" / "faults.json")


@contextmanager
def _instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    home = Path(os.environ.get("DAGSTER_HOME") or settings.dagster_home)
    home.mkdir(parents=True, exist_ok=True)
    _copy_instance_config(home)
    os.environ["DAGSTER_HOME"] = str(home)
    with dg.DagsterInstance.get() as instance:
        yield instance


def _copy_instance_config(home: Path) -> None:
    """Put our dagster.yaml into a Dagster home that has none, less the place that is this folder's."""
    target = home / "dagster.yaml"
    here = Path(__file__).parent
    shipped = [p for p in (here / "dagster.yaml", here.parent / "dagster.yaml") if p.exists()]
    if shipped and not target.exists():
        config = yaml.safe_load(shipped[0].read_text())
        target.write_text(yaml.safe_dump({k: v for k, v in config.items() if k != "storage"}))


def _backfill(settings: Settings, first: date, last: date, select: str | None) -> list[LayerRun]:
    progress = ShownProgress()
    dates = season_dates(first, last)
    if not dates:
        raise click.ClickException(f"{first} … {last} lies between seasons: nothing to backfill")
    try:
        claim(settings.home, settings.source)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    defs = build_defs(settings, progress)
    runs: list[LayerRun] = []
    started = time.monotonic()
    with _instance(settings) as instance, sole_owner(settings.home / "dagster", instance) as tag:
        work = Backfill(defs, instance, _selected(defs.resolve_asset_graph(), select))
        with Progress(
            TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("[dim]{task.fields[detail]}"),
            console=console, disable=not console.is_terminal,
        ) as progress.bar:  # fmt: skip
            for layer in work.layers:
                names = [key.to_user_string() for key in layer]
                task = progress.bar.add_task(
                    _shortened(names), total=len(layer) * len(dates), detail=""
                )
                progress.states.clear()
                runs += work.run(layer, dates, tag)
                progress.bar.update(task, detail=_counted(progress.states))
                if not console.is_terminal:
                    console.print(f"{_shortened(names)}: {_counted(progress.states)}")
    span = f"{first} … {last}, {len(dates)} dates in season"
    console.print(f"{span}, {time.monotonic() - started:.1f} s")
    return runs


def _shortened(names: Sequence[str]) -> str:
    group = names[0].split("/")[0]
    rest = ", ".join(name.split("/")[1] for name in names)
    return f"{group}: {rest if len(rest) <= 60 else f'{len(names)} assets'}"


def _counted(states: Counter[str]) -> str:
    return (
        ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "nothing to do"
    )


def _report(runs: Sequence[LayerRun]) -> int:
    held = held_dates(runs)
    for assets, failures in held.items():
        console.print(f"[bold red]{assets}[/]")
        for failure in failures:
            console.print(failure, markup=False, soft_wrap=True)
    if held:
        console.print("`nba-assets status` shows every date; `dagster dev` shows the runs.")
    return 1 if held else 0


def _show_calendar(cells: Sequence[Cell], names: Sequence[str], settings: Settings) -> None:
    """One block a month, one row a table, one sign a date; then every reason in words."""
    found = {(cell.asset, cell.day): cell for cell in cells}
    width = max(len(name) for name in names)
    for month in sorted({cell.day.replace(day=1) for cell in cells}):
        days = [
            d for d in dates_between(month, month + timedelta(days=30)) if d.month == month.month
        ]
        console.print(
            f"[bold]{month:%B %Y}[/]".ljust(width + len("[bold][/]") + 1)
            + "".join(str(d.day % 10) for d in days),
            no_wrap=True,
        )
        for name in names:
            signs = [_sign(found.get((name, day))) for day in days]
            console.print(f"{name:<{width}} {''.join(signs)}", no_wrap=True)
    for cell in cells:
        if cell.reason and cell.state not in ("empty", "answered"):
            text = (
                cell.reason
                if len(cell.reason) <= _LONGEST_REASON
                else cell.reason[:_LONGEST_REASON] + "…"
            )
            console.print(
                f"{cell.day} {cell.asset} {cell.state}: {text}", markup=False, soft_wrap=True
            )
    for state, count in sorted(Counter(cell.state for cell in cells).items()):
        console.print(
            f"{_sign(Cell('', cells[0].day, state))} {count:5d} {state}: {MEANINGS.get(state, '')}"
        )
    gaps = sum(cell.state in GAPS for cell in cells)
    label = "SYNTHETIC games of the sandbox league. " if settings.synthetic else ""
    console.print(f"{label}{gaps or 'no'} gap{'s' * (gaps != 1)}", markup=False)


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


_LONGEST_REASON = 300  # in the calendar; `--json` has all of it


def _sign(cell: Cell | None) -> str:
    sign, colour = _SIGNS.get(cell.state, ("?", "bold")) if cell else (" ", "dim")
    return f"[{colour}]{sign}[/]"


def _show_demo(settings: Settings, first: date, last: date) -> None:
    warehouse = build_warehouse(settings)
    dates = season_dates(first, last)
    players = warehouse.read(PLAYER_GAME_SUMMARY, dates).to_pandas()
    teams = warehouse.read(TEAM_OFFENSE_GAME_SUMMARY, dates).to_pandas()
    if players.empty:
        return
    on_court = players[players["played"]]
    games = players["game_id"].nunique()
    console.print(
        f"\n[bold]{games} games, {len(on_court)} player-games[/] of the sandbox league,"
        f" {first} … {last}. [bold]SYNTHETIC: no real game, nothing to bet on.[/]\n"
    )
    means = on_court.groupby(["player_name", "team"]).agg(
        games=("points", "size"),
        points=("points", "mean"),
        minutes=("minutes", "mean"),
        usage=("usage_rate", "mean"),
        shooting=("ts_pct", "mean"),
    )
    grid = Grid(title="Top scorers", box=None, pad_edge=False)
    grid.add_column("player", no_wrap=True)
    for name in ("team", "games", "points", "minutes", "usage %", "true shooting"):
        grid.add_column(name, justify="left" if name == "team" else "right")
    leaders = means[means["games"] >= 5].sort_values("points", ascending=False).head(8)
    for (name, team), row in leaders.iterrows():
        grid.add_row(
            name, team, f"{row['games']:.0f}", f"{row['points']:.1f}", f"{row['minutes']:.1f}",
            f"{row['usage']:.1f}", f"{row['shooting']:.3f}",
        )  # fmt: skip
    console.print(grid)
    console.print(
        f"League: {teams['points'].mean():.1f} points a team, pace {teams['pace'].mean():.1f},"
        f" offensive rating {teams['offensive_rating'].mean():.1f},"
        f" {100 * (teams['overtime_periods'] > 0).mean():.1f} % overtime\n"
    )
    console.print(
        f"Tables: {settings.home / 'warehouse'}/<schema>/<table>/game_date=…/*.parquet",
        soft_wrap=True,
    )
    console.print(
        "Calendar: .venv/bin/nba-assets status      UI: make dev, then http://127.0.0.1:3000"
    )


if __name__ == "__main__":
    main()
