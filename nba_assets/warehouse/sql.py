"""BigQuery SQL files: the lint of the portable subset, upstream tables, column lineage, DuckDB's dialect."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.scope import traverse_scope

from nba_assets.warehouse.table import Table


class SqlLintError(ValueError):
    """A file outside the portable subset; the message names the file, the expression and what to write."""


@dataclass(frozen=True)
class Query:
    """One `.sql` file: BigQuery dialect, named parameters, one SELECT.

    Two engines must answer it alike, so only what is known to agree is allowed (`lint`).

    Attributes:
        path: of the file.
        undated: tables without dates, whose scans need no bound.
    """

    path: Path
    undated: frozenset[str] = frozenset()

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> exp.Expr:
        """The parsed statement.

        Raises:
            SqlLintError: where the file is not one SELECT of the portable subset.
        """
        statements = [s for s in sqlglot.parse(self.text, read="bigquery") if s is not None]
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            raise SqlLintError(
                f"{self.path.name}: holds {len(statements)} statements; write one SELECT"
            )
        offences = lint(statements[0], self.undated)
        if any(t.token_type is TokenType.DCOLON for t in sqlglot.tokenize(self.text, "bigquery")):
            offences.append(":: is no BigQuery; write CAST(… AS …)")
        if offences:
            raise SqlLintError("\n".join(f"{self.path.name}: {offence}" for offence in offences))
        return statements[0]

    @cached_property
    def upstreams(self) -> tuple[str, ...]:
        """Names `schema.table` the query reads, sorted; names of its own WITH clauses are not tables."""
        return tuple(sorted({_name(t) for t in self.tree.find_all(exp.Table) if t.db}))

    @cached_property
    def history(self) -> dict[str, int]:
        """Tables whose earlier dates are read → how many days before the first date, as their scans say.

        Raises:
            SqlLintError: where a table is read of the dates themselves and of earlier ones.
        """
        found: dict[str, set[int | None]] = {}
        for table in self.tree.find_all(exp.Table):
            if table.db and _name(table) not in self.undated:
                found.setdefault(_name(table), set()).add(_reach(table))
        for name, reaches in found.items():
            if None in reaches and len(reaches) > 1:
                raise SqlLintError(
                    f"{self.path.name}: {name} is read of its dates and as history; one of them only"
                )
        return {
            name: max(day for day in reaches if day is not None)
            for name, reaches in found.items()
            if None not in reaches
        }

    @cached_property
    def parameters(self) -> frozenset[str]:
        return frozenset(p.name for p in self.tree.find_all(exp.Parameter))

    @cached_property
    def duckdb(self) -> str:
        """The same query as DuckDB says it, parameters as `$name`."""
        return self.tree.sql(dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)

    def column_lineage(self, tables: Mapping[str, Table]) -> dict[str, set[tuple[str, str]]]:
        """Each output column → the upstream (`schema.table`, column) pairs that its value is made of."""
        return _column_lineage(self, self.text, tuple(tables[name] for name in self.upstreams))

    def columns_read(self, tables: Mapping[str, Table]) -> dict[str, set[str]]:
        """The columns of each upstream table that the query names, or may mean, anywhere."""
        known = {name: set(tables[name].column_names) for name in self.upstreams}
        found: dict[str, set[str]] = {name: set() for name in self.upstreams}
        for scope in traverse_scope(self.tree):
            for alias, source in scope.sources.items():
                if isinstance(source, exp.Table):
                    name = _name(source)
                    # A bare name may be of any table of its scope that has such a column.
                    named = {c.name for c in scope.columns if c.table in ("", alias)}
                    found[name] |= named & known[name]
        return found


@cache
def parsed(path: Path, undated: frozenset[str]) -> Query:
    """The query of a file of the package, which does not change while the process runs.

    Definitions that are built again parse nothing again.
    """
    return Query(path, undated)


@cache
def _column_lineage(
    query: Query,
    _text: str,  # part of the key: queries are equal by their path
    upstreams: tuple[Table, ...],
) -> dict[str, set[tuple[str, str]]]:
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table in upstreams:
        columns: dict[str, str] = {c.name: c.type for c in table.columns}
        schema.setdefault(table.schema_name, {})[table.table_name] = columns
    nodes = lineage(None, query.tree, schema, dialect="bigquery", trim_selects=False)
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
    exp.IntDiv, exp.Window, exp.WindowSpec, exp.RowNumber, exp.Lag, exp.Star,
    exp.Interval, exp.Distinct, exp.Array, exp.Split, exp.Bracket,
    exp.Sqrt, exp.Exp, exp.Ln, exp.Floor, exp.Ceil, exp.Sign, exp.Sin, exp.Cos, exp.Asin, exp.Acos,
    exp.TimestampAdd, exp.TimestampSub, exp.UnixMicros, exp.Date, exp.StartsWith, exp.Replace,
    exp.Trim, exp.Pad, exp.Length, exp.ArraySize, exp.ArrayConcat, exp.Unnest, exp.ArrayAgg,
    exp.IgnoreNulls, exp.GroupConcat, exp.Variance, exp.FirstValue, exp.LastValue, exp.Exists,
    exp.NullSafeEQ, exp.NullSafeNEQ,
)  # fmt: skip


def lint(tree: exp.Expr, undated: Collection[str] = ()) -> list[str]:
    """Why a statement is not in the portable subset; empty where it is.

    Args:
        tree: the parsed statement.
        undated: tables without dates, whose scans need no bound.
    """
    return [
        f"{_shown(node)}: {why}"
        for node in tree.walk()
        if (why := _why_not(node, undated)) is not None
    ]


def _why_not(node: exp.Expr, undated: Collection[str]) -> str | None:
    if not isinstance(node, _ALLOWED):
        return f"{type(node).__name__} is not known to mean the same on both engines"
    if isinstance(node, exp.Table) and _name(node) in undated:
        return None
    return next(
        (why for kind, holds, why in _RULES if isinstance(node, kind) and not holds(node)), None
    )


def _shown(node: exp.Expr) -> str:
    text = node.sql(dialect="bigquery")
    return text if len(text) <= 60 else text[:57] + "..."


def _non_zero_literal(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and float(node.this) != 0


def _rounded_first(cast: exp.Cast) -> bool:
    return not cast.to.is_type(*exp.DataType.INTEGER_TYPES) or isinstance(cast.this, exp.Round)


def _is_range(window: exp.Window) -> bool:
    spec = window.args.get("spec")
    return spec is not None and spec.args.get("kind") == "RANGE"


def _ranged_over_days(window: exp.Window) -> bool:
    order = window.args.get("order")
    return not _is_range(window) or (
        order is not None and all(isinstance(o.this, exp.UnixDate) for o in order.expressions)
    )


def _totally_ordered(window: exp.Window) -> bool:
    order = window.args.get("order")
    if order is None:
        return not isinstance(window.this, exp.RowNumber | exp.Lag | exp.Lead)
    last = order.expressions[-1].this
    # A range takes all rows of a day or none: their order does not matter.
    return _is_range(window) or (isinstance(last, exp.Column) and last.name.endswith("_id"))


def _ends_before_its_row(window: exp.Window) -> bool:
    if window.args.get("order") is None or isinstance(
        window.this, exp.RowNumber | exp.Lag | exp.Lead
    ):
        return True
    spec = window.args.get("spec")
    return spec is not None and spec.args.get("end_side") == "PRECEDING"


def _bounded(table: exp.Table) -> bool:
    names = {"", table.alias_or_name}
    return any(
        isinstance(predicate, exp.Between | exp.EQ | exp.GTE | exp.LTE | exp.LT | exp.GT)
        and isinstance(predicate.this, exp.Column)
        and predicate.this.name == "game_date"
        and predicate.this.table in names
        and not any(
            bound.find(exp.Column)
            for name, bound in predicate.args.items()
            if name != "this" and isinstance(bound, exp.Expr)
        )
        for predicate in _conjuncts(table)
    )


def _reach(table: exp.Table) -> int | None:
    """How many days before @start_date a scan begins; None where it is of the dates themselves."""
    for predicate in _conjuncts(table):
        bound = predicate.expression if isinstance(predicate, exp.GTE) else None
        if isinstance(predicate, exp.Between):
            bound = predicate.args["low"]
        if isinstance(bound, exp.DateSub) and isinstance(bound.this, exp.Parameter):
            return int(bound.expression.name)
    return None


def _ends_before(table: exp.Table) -> bool:
    """Whether a scan of earlier dates leaves the last date out."""
    return _reach(table) is None or any(
        isinstance(predicate, exp.LT)
        and predicate.this.name == "game_date"
        and isinstance(predicate.expression, exp.Parameter)
        for predicate in _conjuncts(table)
    )


def _conjuncts(table: exp.Table) -> list[exp.Expr]:
    """What every row of a scan has to meet."""
    select = table.find_ancestor(exp.Select)
    where = select.args.get("where") if select else None
    if where is None:
        return []
    # Only what every row has to meet bounds the scan: not one side of an OR.
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]


_CAST_TO = ("double", "boolean", "date", "timestamptz")

# What an allowed expression must hold as well, and what to write where it does not.
_RULES: tuple[tuple[type[exp.Expr], Callable[[Any], bool], str], ...] = (
    (
        exp.Div,
        lambda node: _non_zero_literal(node.expression),
        "x / 0 is an error on BigQuery and inf on DuckDB; write SAFE_DIVIDE",
    ),
    (
        exp.IntDiv,
        lambda node: all(
            isinstance(part, exp.Column | exp.Literal | exp.Paren)
            for part in (node.this, node.expression)
        ),
        "the parentheses of a DIV operand are lost; write DIV((…), (…))",
    ),
    (
        exp.Cast,
        _rounded_first,
        "halves round differently, and a text with a point is NULL here; write CAST(ROUND(…) AS INT64)",
    ),
    (
        exp.Cast,
        lambda node: not node.to.is_type(*exp.DataType.TEXT_TYPES),
        "a float prints as 1 here and 1.0 there; do not print in SQL",
    ),
    (
        exp.Cast,
        lambda node: node.to.is_type(
            *_CAST_TO, *exp.DataType.INTEGER_TYPES, *exp.DataType.TEXT_TYPES
        ),
        "only INT64, FLOAT64, BOOL, DATE and TIMESTAMP, in UTC, are the same on both",
    ),
    (
        exp.Literal,
        lambda node: node.is_string or "." not in node.this or isinstance(node.parent, exp.Cast),
        "FLOAT64 here, DECIMAL there; write CAST(… AS FLOAT64)",
    ),
    (
        exp.ArrayAgg,
        lambda node: node.find(exp.Order) is not None,
        "the order of the elements is left to the engine; write ARRAY_AGG(x ORDER BY …)",
    ),
    (
        exp.GroupConcat,
        lambda node: node.find(exp.Order) is not None,
        "the order of the parts is left to the engine; write STRING_AGG(x, ',' ORDER BY …)",
    ),
    (
        exp.Round,
        lambda node: node.args.get("decimals") is None,
        "halves of a digit round differently; round when publishing",
    ),
    (
        exp.UnixSeconds,
        lambda _: False,
        "microseconds are cut here and rounded there; write UNIX_MICROS",
    ),
    (
        exp.Substring,
        lambda node: _non_zero_literal(node.args.get("start")),
        "a start of 0 means 1 here and before the text there; write a literal start from 1",
    ),
    (
        exp.Interval,
        lambda node: isinstance(node.parent, exp.DateAdd | exp.DateSub),
        "DATETIME here, TIMESTAMP there; write DATE_ADD or DATE_SUB",
    ),
    (
        exp.DateDiff,
        lambda node: node.text("unit").upper() == "DAY",
        "only whole days were shown to be counted alike; write DATE_DIFF(…, …, DAY)",
    ),
    (
        exp.Join,
        lambda node: not node.args.get("method"),
        "only plain joins are the same on both; write ON, and ROW_NUMBER for the nearest row",
    ),
    (
        exp.Window,
        _ranged_over_days,
        "RANGE over a DATE is an error on BigQuery; write ORDER BY UNIX_DATE(game_date)",
    ),
    (
        exp.Window,
        _totally_ordered,
        "the window's order is not total; end it in a unique id",
    ),
    (
        exp.Window,
        _ends_before_its_row,
        "the window sees its own row; end its frame at 1 PRECEDING",
    ),
    (
        exp.Star,
        lambda node: isinstance(node.parent, exp.Count),
        "name the columns, no SELECT *",
    ),
    (
        exp.Table,
        lambda node: not node.catalog,
        "the project is the engine's business; write schema.table",
    ),
    (
        exp.Table,
        lambda node: not node.db or _bounded(node),
        "BigQuery refuses a scan without a constant bound on game_date;"
        " write WHERE game_date BETWEEN @start_date AND @end_date",
    ),
    (
        exp.Table,
        lambda node: not node.db or _ends_before(node),
        "a scan of earlier dates sees the date itself; write AND game_date < @end_date",
    ),
)
