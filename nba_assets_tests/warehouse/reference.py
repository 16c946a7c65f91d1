"""BigQuery's semantics without BigQuery: Google's analyzer and reference evaluator, over Arrow rows.

The `zetasql` package carries both as WebAssembly. They say what a statement means, not what it
costs: partition pruning, quotas and permissions are the service's own.
"""

import ctypes
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, cast

import pyarrow as pa
import wasmtime
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto import options_pb2, simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2 as public_pb2
from zetasql.wasi._pb2.zetasql.public import simple_table_pb2, type_pb2, value_pb2

from nba_assets.warehouse.table import Table

_KINDS = {
    "STRING": type_pb2.TYPE_STRING,
    "INT64": type_pb2.TYPE_INT64,
    "FLOAT64": type_pb2.TYPE_DOUBLE,
    "BOOL": type_pb2.TYPE_BOOL,
    "DATE": type_pb2.TYPE_DATE,
    "TIMESTAMP": type_pb2.TYPE_TIMESTAMP,
}
_FIELDS = {
    type_pb2.TYPE_STRING: "string_value",
    type_pb2.TYPE_INT64: "int64_value",
    type_pb2.TYPE_DOUBLE: "double_value",
    type_pb2.TYPE_BOOL: "bool_value",
    type_pb2.TYPE_DATE: "date_value",
    type_pb2.TYPE_TIMESTAMP: "timestamp_value",
}
_EPOCH_DAY = date(1970, 1, 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RefusedSqlError(ValueError):
    """BigQuery's analyzer or evaluator refuses the statement; the message is its own."""


@dataclass(frozen=True)
class Answer:
    """What a statement answers: output columns with BigQuery's names of their types, and rows."""

    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[object, ...]]


class Reference:
    """The analyzer and the reference evaluator over the tables of some contracts.

    Args:
        tables: contracts by `schema.table`; what a statement reads must be among them.
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self._module = _module()

    def columns(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> tuple[tuple[str, str], ...]:
        """Names and types of the output columns; the statement is analyzed as it stands.

        Raises:
            RefusedSqlError: where the analyzer refuses the statement.
        """
        schemas: dict[str, list[Any]] = {}
        for table in self.tables.values():
            schemas.setdefault(table.schema_name, []).append(_declared(table, table.table_name))
        catalog = simple_catalog_pb2.SimpleCatalogProto(
            name="warehouse",
            catalog=[
                simple_catalog_pb2.SimpleCatalogProto(name=name, table=tables)
                for name, tables in schemas.items()
            ],
        )
        answer = self._module.analyzed(sql, catalog, parameters or {})
        return tuple(
            (column.name, _type_name(column.column.type))
            for column in answer.resolved_statement.resolved_query_stmt_node.output_column_list
        )

    def answer(
        self,
        sql: str,
        rows: Mapping[str, pa.Table],
        parameters: Mapping[str, object] | None = None,
    ) -> Answer:
        """Output columns and rows of a statement over Arrow rows by table name.

        Dates come back as `date`, instants as `datetime` in UTC, arrays as lists. Rows are given in
        the columns of their contract.

        Raises:
            RefusedSqlError: where the statement is refused, or fails while it runs.
        """
        tables = [self.tables[name] for name in rows]
        catalog = simple_catalog_pb2.SimpleCatalogProto(
            name="warehouse", table=[_declared(table, table.name) for table in tables]
        )
        content = {
            name: service.TableContent(table_data=service.TableData(row=_given(rows[name])))
            for name in rows
        }
        columns, found = self._module.evaluated(
            _flattened(sql, rows), catalog, content, parameters or {}
        )
        return Answer(
            tuple((column.name, _type_name(column.type)) for column in columns),
            [
                tuple(_python(c, col.type) for c, col in zip(row.cell, columns, strict=True))
                for row in found
            ],
        )


def _flattened(sql: str, names: Iterable[str]) -> str:
    """The statement with each `schema.table` as one quoted name: contents reach no nested catalog."""
    for name in names:
        schema, table = name.split(".")
        sql = re.sub(
            rf"(?<![\w.`]){schema}\.{table}(?![\w.])(?P<alias>\s+AS\b)?",
            lambda found, name=name, table=table: (  # type: ignore[misc]
                f"`{name}`{found['alias'] or f' AS {table}'}"
            ),
            sql,
        )
    return sql


def _declared(table: Table, name: str) -> Any:
    return simple_table_pb2.SimpleTableProto(
        name=name,
        column=[
            simple_table_pb2.SimpleColumnProto(name=c.name, type=_type(c.type))
            for c in table.columns
        ],
    )


def _type(name: str) -> Any:
    if name.startswith("ARRAY<"):
        return type_pb2.TypeProto(
            type_kind=type_pb2.TYPE_ARRAY,
            array_type=type_pb2.ArrayTypeProto(element_type=_type(name[6:-1])),
        )
    return type_pb2.TypeProto(type_kind=_KINDS[name])


def _type_name(kind: Any) -> str:
    if kind.type_kind == type_pb2.TYPE_ARRAY:
        return f"ARRAY<{_type_name(kind.array_type.element_type)}>"
    for name, number in _KINDS.items():
        if kind.type_kind == number:
            return name
    return str(type_pb2.TypeKind.Name(kind.type_kind).removeprefix("TYPE_"))


def _given(rows: pa.Table) -> Iterator[Any]:
    columns = [[_value(value) for value in column.to_pylist()] for column in rows.columns]
    for cells in zip(*columns, strict=True):
        yield service.TableData.Row(cell=cells)


def _value(value: object) -> Any:
    made = value_pb2.ValueProto()
    match value:
        case None:
            pass
        case bool():
            made.bool_value = value
        case int():
            made.int64_value = value
        case float():
            made.double_value = value
        case str():
            made.string_value = value
        case datetime():
            made.timestamp_value.FromDatetime(value)
        case date():
            made.date_value = (value - _EPOCH_DAY).days
        case list():
            made.array_value.SetInParent()
            made.array_value.element.extend(_value(element) for element in value)
        case _:
            raise TypeError(f"no BigQuery value of {value!r}, a {type(value).__name__}")
    return made


def _python(value: Any, kind: Any) -> object:
    if kind.type_kind == type_pb2.TYPE_ARRAY:
        if not value.HasField("array_value"):
            return None
        return [_python(each, kind.array_type.element_type) for each in value.array_value.element]
    field = _FIELDS.get(kind.type_kind)
    if field is None:
        raise TypeError(f"no contract has a column of type {_type_name(kind)}")
    if not value.HasField(field):
        return None
    found = getattr(value, field)
    if kind.type_kind == type_pb2.TYPE_DATE:
        return _EPOCH_DAY + timedelta(days=found)
    if kind.type_kind == type_pb2.TYPE_TIMESTAMP:
        return _EPOCH + timedelta(seconds=found.seconds, microseconds=found.nanos // 1000)
    return found


def _parameter_type(name: str, value: object) -> Any:
    for kind, python in (
        ("BOOL", bool), ("INT64", int), ("FLOAT64", float), ("STRING", str),
        ("TIMESTAMP", datetime), ("DATE", date),
    ):  # fmt: skip
        if isinstance(value, python):
            return _type(kind)
    raise TypeError(f"parameter {name}: no BigQuery type of {value!r}, a {type(value).__name__}")


@cache
def _module() -> "_Module":
    return _Module()


class _Module:
    """The WebAssembly module: ten seconds to compile, then half a second out of wasmtime's cache."""

    def __init__(self) -> None:
        config = wasmtime.Config()
        config.shared_memory = True
        # A home that cannot be written costs the ten seconds every time, nothing else.
        with suppress(wasmtime.WasmtimeError):
            config.cache = True
        engine = wasmtime.Engine(config)
        wasi = wasmtime.WasiConfig()
        wasi.inherit_stderr()
        wasi.preopen_dir(str(files("tzdata") / "zoneinfo"), "/usr/share/zoneinfo")
        self._store = wasmtime.Store(engine)
        self._store.set_wasi(wasi)
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        module = wasmtime.Module.from_file(engine, get_wasm_path())
        self._exports = cast(Any, linker.instantiate(self._store, module).exports(self._store))
        self._exports["_initialize"](self._store)
        self._language = options_pb2.LanguageOptionsProto.FromString(
            self._ask("GetLanguageOptions", service.LanguageOptionsRequest(maximum_features=True))
        )
        # Types and functions as the service has them: no INT32, no FLOAT.
        self._language.product_mode = public_pb2.PRODUCT_EXTERNAL

    def analyzed(self, sql: str, catalog: Any, parameters: Mapping[str, object]) -> Any:
        catalog.builtin_function_options.language_options.CopyFrom(self._language)
        request = service.AnalyzeRequest(
            sql_statement=sql, options=self._options(parameters), simple_catalog=catalog
        )
        return service.AnalyzeResponse.FromString(self._ask("Analyze", request))

    def evaluated(
        self, sql: str, catalog: Any, content: Mapping[str, Any], parameters: Mapping[str, object]
    ) -> tuple[list[Any], list[Any]]:
        """Output columns and rows, as the evaluator writes them."""
        catalog.builtin_function_options.language_options.CopyFrom(self._language)
        request = service.PrepareQueryRequest(
            sql=sql,
            options=self._options(parameters),
            simple_catalog=catalog,
            table_content=content,
        )
        prepared = service.PrepareQueryResponse.FromString(self._ask("PrepareQuery", request))
        query = prepared.prepared.prepared_query_id
        try:
            values = [service.Parameter(name=n, value=_value(v)) for n, v in parameters.items()]
            answer = service.EvaluateQueryResponse.FromString(
                self._ask(
                    "EvaluateQuery",
                    service.EvaluateQueryRequest(prepared_query_id=query, params=values),
                )
            )
        finally:
            self._ask("UnprepareQuery", service.UnprepareQueryRequest(prepared_query_id=query))
        return list(prepared.prepared.columns), list(answer.content.table_data.row)

    def _options(self, parameters: Mapping[str, object]) -> Any:
        return options_pb2.AnalyzerOptionsProto(
            language_options=self._language,
            default_timezone="UTC",  # as the service; the evaluator's own is Los Angeles
            query_parameters=[
                options_pb2.AnalyzerOptionsProto.QueryParameterProto(
                    name=name, type=_parameter_type(name, value)
                )
                for name, value in parameters.items()
            ],
        )

    def _ask(self, method: str, request: Any) -> bytes:
        body = request.SerializeToString()
        given, size = self._call("malloc", len(body)), self._call("malloc", 4)
        try:
            ctypes.memmove(self._address(given), body, len(body))
            answer = self._exports[f"ZetaSqlLocalService_{method}"](
                self._store, given, len(body), size
            )
            if not answer:
                length = self._call("get_last_error_size")
                error = self._read(self._call("get_last_error"), length).decode()
                raise RefusedSqlError(re.sub(r"^Code: \d+, Message: ", "", error))
            found = self._read(answer, int.from_bytes(self._read(size, 4), "little"))
            self._call("free", answer)
            return found
        finally:
            self._call("free", given)
            self._call("free", size)

    def _call(self, function: str, *arguments: int) -> Any:
        return self._exports[f"wasm_{function}"](self._store, *arguments)

    def _address(self, pointer: int) -> int:
        # Asked anew each time: the memory moves when it grows.
        return ctypes.addressof(self._exports["memory"].data_ptr().contents) + pointer

    def _read(self, pointer: int, size: int) -> bytes:
        return ctypes.string_at(self._address(pointer), size)
