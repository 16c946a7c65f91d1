"""The rooms keep their walls: who may import what, read from the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nba_assets

ROOT = Path(nba_assets.__file__).parent
MODULES = {str(path.relative_to(ROOT)): path for path in sorted(ROOT.rglob("*.py"))}
# Pure modules: data and functions over frames. Who runs them and where tables live is not theirs.
PURE = [
    name
    for name in MODULES
    if name.split("/")[0] in ("raw", "analytics", "precompute", "predictions", "grading")
    and Path(name).stem.split("_")[-1] in ("gates", "tables")
]
LAYERS = ("landing", "raw", "analytics", "precompute", "predictions", "grading")
MAY_ASK_THE_NETWORK = ("sources/", "sandbox/")


def imported(name: str) -> Iterator[str]:
    """Every module that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_room_has_its_pure_modules() -> None:
    assert PURE == [
        "analytics/gates.py",
        "analytics/tables.py",
        "analytics/team_gates.py",
        "analytics/upcoming_gates.py",
        "analytics/upcoming_tables.py",
        "grading/gates.py",
        "grading/tables.py",
        "precompute/gates.py",
        "precompute/role_gates.py",
        "precompute/tables.py",
        "precompute/zone_gates.py",
        "predictions/gates.py",
        "predictions/model_gates.py",
        "predictions/prediction_gates.py",
        "predictions/tables.py",
        "predictions/weekly_tables.py",
        "raw/gates.py",
        "raw/tables.py",
    ]


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_load_without_dagster_and_without_a_warehouse(name: str) -> None:
    module = "nba_assets." + name.removesuffix(".py").replace("/", ".")
    probe = (
        f"import sys; import {module};"
        " print([m for m in ('dagster', 'duckdb', 'requests', 'nba_assets.warehouse.duckdb')"
        " if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT.parent, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("library", ["requests", "http", "urllib3", "socket", "httpx", "aiohttp"])
def test_only_sources_and_sandbox_touch_the_network(library: str) -> None:
    trespassers = {
        name
        for name in MODULES
        if not name.startswith(MAY_ASK_THE_NETWORK)
        # The assembly mounts an adapter and makes no request.
        and {i for i in imported(name) if i.split(".")[0] == library}
        - {"requests.adapters", "requests.adapters.BaseAdapter"}
    }
    assert trespassers == set()


def test_only_the_settings_read_the_environment() -> None:
    readers = set()
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
                readers.add(name)
            if isinstance(node, ast.ImportFrom) and node.module == "os":
                readers |= {name for alias in node.names if alias.name in ("environ", "getenv")}
    # The command line points Dagster at its home, which Dagster itself reads from there.
    assert readers == {"settings.py", "cli.py"}
    assert set(_keys_of_environ("cli.py")) == {"DAGSTER_HOME"}


def _keys_of_environ(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            key = node.slice
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("os.environ."):
            key = node.args[0]
        if key is not None:
            yield ast.literal_eval(key)


@pytest.mark.parametrize("layer", LAYERS)
def test_arrows_between_rooms_point_one_way(layer: str) -> None:
    later = LAYERS[LAYERS.index(layer) + 1 :]
    for name in MODULES:
        if name.startswith(f"{layer}/"):
            above = {i for i in imported(name) if i.split(".")[1:2] and i.split(".")[1] in later}
            assert above == set(), name


def test_the_rooms_do_not_know_when_they_are_run() -> None:
    for name in MODULES:
        if name.split("/")[0] in (*LAYERS, "gates", "warehouse", "sources"):
            assert not [i for i in imported(name) if i.startswith("nba_assets.automation")], name
            assert not [i for i in imported(name) if i.startswith("nba_assets.definitions")], name


def test_only_the_assembly_and_the_adapter_know_the_sandbox() -> None:
    knowing = {
        name
        for name in MODULES
        if not name.startswith("sandbox/")
        and any(i.startswith("nba_assets.sandbox") for i in imported(name))
    }
    assert knowing == {"definitions.py", "cli.py"}
