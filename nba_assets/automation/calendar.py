"""The cells of `status` as a calendar on a terminal: a sign for every date, words for what is wrong."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from rich.console import Console

from nba_assets.automation.status import GAPS, MEANINGS, Cell
from nba_assets.partitions import dates_between

_LONGEST_REASON = 300  # characters; `--json` has all of it
# A sign and colour for each state. An answer of landing is to it what a published date is to a
# table; any other two states can be told apart, without colours too.
_SIGNS = {
    "published": ("●", "green"),
    "answered": ("●", "green"),
    "degraded": ("◐", "yellow"),
    "incomplete": ("◌", "yellow"),
    "empty": ("·", "dim"),
    "skipped": ("-", "dim"),
    "not due": ("…", "dim"),
    "running": ("▷", "cyan"),
    "missing": ("○", "bold red"),
    "blocked": ("✗", "bold red"),
    "failed": ("!", "bold red"),
}


def show_calendar(
    console: Console, cells: Sequence[Cell], names: Sequence[str], label: str = ""
) -> None:
    """One block a month, one row a table, one sign a date; then every reason in words.

    Args:
        console: where to print.
        cells: of the dates to show.
        names: of the tables to show, in order.
        label: printed before the count of gaps.
    """
    found = {(cell.asset, cell.day): cell for cell in cells}
    shown = {cell.asset for cell in cells}
    names = [name for name in names if name in shown]  # tables without dates have no cells
    width = max((len(name) for name in names), default=0)
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
            signs = [_sign(found[name, day].state) if (name, day) in found else " " for day in days]
            console.print(f"{name:<{width}} {''.join(signs)}", no_wrap=True)
    for cell in cells:
        if cell.reason and cell.state not in ("empty", "answered", "skipped"):
            more = "…" if len(cell.reason) > _LONGEST_REASON else ""
            text = f"{cell.day} {cell.asset} {cell.state}: {cell.reason[:_LONGEST_REASON]}{more}"
            console.print(text, markup=False, soft_wrap=True)
    skipped: dict[tuple[str, str], int] = {}
    for cell in cells:
        if cell.state == "skipped":
            skipped[cell.asset, cell.reason] = skipped.get((cell.asset, cell.reason), 0) + 1
    for (asset, reason), count in skipped.items():
        dates = "1 date" if count == 1 else f"{count} dates"
        console.print(f"{asset} skipped, {dates}: {reason}", markup=False, soft_wrap=True)
    for state, count in sorted(Counter(cell.state for cell in cells).items()):
        console.print(f"{_sign(state)} {count:5d} {state}: {MEANINGS.get(state, '')}")
    gaps = sum(cell.state in GAPS for cell in cells)
    console.print(f"{label}{gaps or 'no'} gap{'s' * (gaps != 1)}", markup=False)


def _sign(state: str) -> str:
    sign, colour = _SIGNS.get(state, ("?", "bold"))
    return f"[{colour}]{sign}[/]"
