"""Mistakes planted into the package's SQL, one at a time: the bound of a window that lets its own date in."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import sqlglot
from sqlglot import exp

from nba_assets.definitions import TABLES
from nba_assets.warehouse.sql import SqlLintError, lint
from nba_assets_tests.leakage.chain import UNDATED_TABLES, OnceResolved, pregame, queries

# Columns that are a date or an instant, by the ends of their names.
_TIMES = ("_date", "_at", "_on", "_from")
# A distance between two captures, or the lower end of a window: older than tonight either way.
_RECKONED = (exp.DateSub, exp.TimestampAdd, exp.Sub)
_NEXT: dict[type[exp.Expr], type[exp.Binary]] = {
    exp.LT: exp.LTE,
    exp.LTE: exp.LT,
    exp.GT: exp.GTE,
    exp.GTE: exp.GT,
}


@dataclass(frozen=True)
class Planted(OnceResolved):
    """A file of the package with one expression of it changed.

    Attributes:
        position: of the expression among those of the tree.
        wrong: what stands there instead; empty for TRUE.
    """

    position: int = 0
    wrong: str = ""

    @cached_property
    def tree(self) -> exp.Expr:
        """The changed statement.

        Raises:
            SqlLintError: where the lint sees the mistake.
        """
        (tree,) = sqlglot.parse(self.text, read="bigquery")
        assert tree is not None
        old = list(tree.walk())[self.position]
        old.replace(_changed(old, self.wrong))
        if offences := lint(tree, UNDATED_TABLES):
            raise SqlLintError("\n".join(offences))
        return tree

    @cached_property
    def _columns(self) -> dict[str, set[str]]:
        (right,) = (query for query in queries().values() if query.path == self.path)
        return right.columns_read(TABLES)


@dataclass(frozen=True)
class Mistake:
    """One changed expression of one table's query."""

    table: str
    shown: str
    query: Planted

    def __str__(self) -> str:
        return f"{self.table}: {self.shown}"


def mistakes() -> Iterator[Mistake]:
    """Every bound on a date or an instant of every pre-game query, moved by one or left out.

    An upper end is moved past its own date, the instant at which a newer row takes over is moved to or
    from the cut-off, and the cut-off of a capture is left out as well. The lower ends of windows are
    none of them: what they let in is older, and never of tonight.
    """
    for table in pregame():
        if table not in queries():
            continue
        path = queries()[table].path
        (tree,) = sqlglot.parse(path.read_text(), read="bigquery")
        assert tree is not None
        seen: dict[str, int] = {}
        for position, node in enumerate(tree.walk()):
            for wrong in _wrongs(node):
                shown = f"{_text(node)} → {_text(_changed(node, wrong))}"
                seen[shown] = seen.get(shown, 0) + 1
                if seen[shown] > 1:
                    shown += f" ({seen[shown]})"
                yield Mistake(table, shown, Planted(path, UNDATED_TABLES, position, wrong))


def _wrongs(node: exp.Expr) -> list[str]:
    if isinstance(node, exp.WindowSpec) and node.args.get("end_side") == "PRECEDING":
        return ["CURRENT ROW"]
    if not isinstance(node, exp.LT | exp.LTE | exp.GT | exp.GTE) or not _is_upper_bound(node):
        return []
    moved = _NEXT[type(node)].key
    is_of_captures = bool({c.name for c in _columns(node)} & {"observed_at", "until_at"})
    return [moved, "TRUE"] if is_of_captures else [moved]


def _is_upper_bound(node: exp.Expr) -> bool:
    names = [column.name for column in _columns(node)]
    if not names or not all(name.endswith(_TIMES) or name == "claim" for name in names):
        return False
    if any(isinstance(side, _RECKONED) for side in (node.this, node.expression)):
        return False
    if isinstance(node, exp.LT):
        return any(name.endswith(_TIMES) for name in names)
    if isinstance(node, exp.LTE):
        return "observed_at" in names
    return any("until_" in name or "next_" in name for name in names)


def _columns(node: exp.Expr) -> list[exp.Column]:
    return list(node.find_all(exp.Column))


def _changed(node: exp.Expr, wrong: str) -> exp.Expr:
    if wrong == "TRUE":
        return exp.true()
    if isinstance(node, exp.WindowSpec):
        changed = node.copy()
        changed.set("end", "CURRENT ROW")
        changed.set("end_side", None)
        return changed
    return _NEXT[type(node)](this=node.this.copy(), expression=node.expression.copy())


def _text(node: exp.Expr) -> str:
    return node.sql(dialect="bigquery", comments=False)
