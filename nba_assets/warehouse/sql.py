"""BigQuery SQL files: the lint of the portable subset, upstream tables, column lineage, DuckDB's dialect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.lineage import Node, lineage

from nba_assets.warehouse.table import Table


class SqlLintError(ValueError):
    """A file outside the portable subset; the message names the file, the expression and what to write."""


@dataclass(frozen=True)
class Query:
    """One `.sql` file: BigQuery dialect, named parameters, one SELECT.

    Two engines must answer it alike, so only what is known to agree is allowed (`lint`).
    """

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> exp.Expression:
        """The parsed statement.

        Raises:
            SqlLintError: where the file is not one SELECT of the portable subset.
        """
        statements = [s for s in sqlglot.parse(self.text, read="bigquery") if s is not None]
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            raise SqlLintError(
                f"{self.path.name}: holds {len(statements)} statements; write one SELECT"
            )
        offences = lint(statements[0])
        if offences:
            raise SqlLintError("\n".join(f"{self.path.name}: {offence}" for offence in offences))
        return statements[0]

    @cached_property
    def upstreams(self) -> tuple[str, ...]:
        """Names `schema.table` the query reads, sorted; names of its own WITH clauses are not tables."""
        return tuple(sorted({_name(t) for t in self.tree.find_all(exp.Table) if t.db}))

    @cached_property
    def parameters(self) -> frozenset[str]:
        return frozenset(p.name for p in self.tree.find_all(exp.Parameter))

    @cached_property
    def duckdb(self) -> str:
        """The same query as DuckDB says it, parameters as `$name`."""
        return self.tree.sql(dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)

    def column_lineage(self, tables: Mapping[str, Table]) -> dict[str, set[tuple[str, str]]]:
        """Each output column → the upstream (`schema.table`, column) pairs that its value is made of."""
        schema: dict[str, dict[str, dict[str, str]]] = {}
        for name in self.upstreams:
            db, table = name.split(".")
            schema.setdefault(db, {})[table] = {c.name: c.type for c in tables[name].columns}
        nodes = lineage(None, self.tree, schema, dialect="bigquery", trim_selects=False)
        return {column: set(_leaves(node)) for column, node in nodes.items()}


def _leaves(node: Node) -> Iterator[tuple[str, str]]:
    for part in node.walk():
        if isinstance(part.expression, exp.Table) and part.expression.db:
            yield _name(part.expression), part.name.split(".")[-1].strip('"`')


def _name(table: exp.Table) -> str:
    return f"{table.db}.{table.name}"


# Functions and constructs that BigQuery's reference implementation and DuckDB, transpiled, were
# shown to answer alike. What is not here needs that comparison first, with typed columns.
_ALLOWED = (
    exp.Select, exp.Union, exp.CTE, exp.With, exp.From, exp.Join, exp.Where, exp.Group, exp.Having,
    exp.Order, exp.Ordered, exp.Qualify, exp.Subquery, exp.Table, exp.TableAlias, exp.Alias,
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Parameter, exp.Var,
    exp.Paren, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE,
    exp.Between, exp.In, exp.Is, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Case, exp.If,
    exp.Coalesce, exp.Nullif, exp.Cast, exp.TryCast, exp.DataType, exp.SafeDivide, exp.Round,
    exp.Abs, exp.Mod, exp.Pow, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Count, exp.Stddev,
    exp.LogicalOr, exp.LogicalAnd, exp.Least, exp.Greatest, exp.Concat, exp.Lower, exp.Upper,
    exp.Substring, exp.DateDiff, exp.DateAdd, exp.DateSub, exp.UnixDate, exp.UnixSeconds,
    exp.IntDiv, exp.Window, exp.WindowSpec, exp.RowNumber, exp.Lag, exp.Lead, exp.Star,
    exp.Interval, exp.Distinct, exp.Array, exp.Split, exp.Bracket,
)  # fmt: skip


def lint(tree: exp.Expression) -> list[str]:
    """Why a statement is not in the portable subset; empty where it is."""
    offences = []
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            offences.append(
                f"{_shown(node)}: {type(node).__name__} is not known to mean the same on both engines"
            )
        elif isinstance(node, exp.Div) and not _non_zero_literal(node.expression):
            offences.append(
                f"{_shown(node)}: x / 0 is an error on BigQuery and inf on DuckDB; write SAFE_DIVIDE"
            )
        elif isinstance(node, exp.IntDiv) and not all(
            isinstance(part, exp.Column | exp.Literal | exp.Paren)
            for part in (node.this, node.expression)
        ):
            offences.append(
                f"{_shown(node)}: the parentheses of a DIV operand are lost; write DIV((…), (…))"
            )
        elif (
            isinstance(node, exp.Cast)
            and node.to.is_type("bigint")
            and not isinstance(
                node.this, exp.Round | exp.Column | exp.Literal | exp.Boolean | exp.Null | exp.Paren
            )
        ):
            offences.append(
                f"{_shown(node)}: halves round differently; write CAST(ROUND(…) AS INT64)"
            )
        elif isinstance(node, exp.Cast) and node.to.is_type("text"):
            offences.append(
                f"{_shown(node)}: a float prints as 1 here and 1.0 there; do not print in SQL"
            )
        elif isinstance(node, exp.Literal) and not node.is_string and "." in node.this:
            if not isinstance(node.parent, exp.Cast):
                offences.append(
                    f"{_shown(node)}: FLOAT64 here, DECIMAL there; write CAST({node.this} AS FLOAT64)"
                )
        elif isinstance(node, exp.Window) and not _totally_ordered(node):
            offences.append(
                f"{_shown(node)}: the window's order is not total; end it in a unique id"
            )
        elif isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            offences.append(f"{_shown(node.parent or node)}: name the columns, no SELECT *")
        elif isinstance(node, exp.Table) and node.db and not _bounded(node):
            offences.append(
                f"{_name(node)}: BigQuery refuses a scan without a constant bound on game_date;"
                " write WHERE game_date BETWEEN @start_date AND @end_date"
            )
    return offences


def _shown(node: exp.Expression) -> str:
    text = node.sql(dialect="bigquery")
    return text if len(text) <= 60 else text[:57] + "..."


def _non_zero_literal(node: exp.Expression) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and float(node.this) != 0


def _totally_ordered(window: exp.Window) -> bool:
    order = window.args.get("order")
    if order is None:
        return not isinstance(window.this, exp.RowNumber | exp.Lag | exp.Lead)
    last = order.expressions[-1].this
    return isinstance(last, exp.Column) and last.name.endswith("_id")


def _bounded(table: exp.Table) -> bool:
    select = table.find_ancestor(exp.Select)
    where = select.args.get("where") if select else None
    if where is None:
        return False
    names = {"", table.alias_or_name}
    for predicate in where.find_all(exp.Between, exp.EQ, exp.GTE, exp.LTE, exp.LT, exp.GT):
        column = predicate.this
        if isinstance(column, exp.Column) and column.name == "game_date" and column.table in names:
            bounds = [
                v
                for k, v in predicate.args.items()
                if k != "this" and isinstance(v, exp.Expression)
            ]
            if all(not list(bound.find_all(exp.Column)) for bound in bounds):
                return True
    return False
