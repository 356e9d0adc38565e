"""The laws of the house: who may import whom, where third parties live, and that a verb stays a verb."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = [
    {"schemas"},
    {"analytics.domain"},
    {"analytics.disk"},
    {"analytics.publish", "analytics.apart"},
    {"analytics.inference"},
    {"analytics.repeated"},
    {"analytics.methods"},
    {"analytics.sources", "analytics.intake", "analytics.descriptions", "analytics.disclosure", "analytics.show"},
    {"analytics.analysis"},
    {"analytics.reports"},
    {"analytics.deliver", "analytics.store"},
    {"analytics.explorer", "analytics.schedule"},
    {"analytics"},
    {"analytics.cli"},
]
HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}
# Third parties that stay in their rooms (architecture.md); prefixes of our modules that may import them.
HOMES = {
    "pydantic": ("analytics.domain", "analytics.schedule"),
    "ruamel": ("analytics.domain",),
    "narwhals": ("schemas", "analytics.intake"),
    "pandera": ("schemas", "analytics.intake"),
    "typer": ("analytics.cli",),
    "rich": ("analytics.cli",),
    "statsmodels": ("analytics.methods", "analytics.inference"),
    "scipy": (
        "analytics.methods",
        "analytics.inference",
        "analytics.repeated",
        "analytics.descriptions",
        "analytics.disclosure",
    ),
    "formulaic": ("analytics.repeated",),
    "seaborn": ("analytics.show.figures",),
    "matplotlib": ("analytics.show.figures",),
    "nbclient": ("analytics.reports",),
    "nbformat": ("analytics.reports",),
    "jinja2": ("analytics.reports",),
    "mistune": ("analytics.reports",),
    "duckdb": ("analytics.store",),
    "anywidget": ("analytics.explorer",),
    "traitlets": ("analytics.explorer",),
    "asyncssh": ("analytics.schedule",),
    "boto3": ("analytics.schedule",),
    "botocore": ("analytics.schedule",),
    "cronsim": ("analytics.schedule",),
    "filelock": ("analytics.schedule",),
    "httpx": ("analytics.schedule",),
    "tenacity": ("analytics.schedule",),
}


def modules() -> list[tuple[str, Path]]:
    """Every module of ours with its file."""
    found = []
    for top in ("schemas", "analytics"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def room(module: str) -> str:
    """The room of a module: its first two names, or the front door."""
    parts = module.split(".")
    if parts[0] == "schemas":
        return "schemas"
    name = ".".join(parts[:2])
    return "analytics" if name in ("analytics", "analytics.__main__") else name


def imports(path: Path, module: str) -> set[str]:
    """Every module imported anywhere in the file, in functions and type-checking blocks too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            found.add(node.module or "")
            if node.module == "analytics":
                found |= {f"analytics.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda v: v if isinstance(v, str) else "")
def test_imports_go_downwards_only(module: str, path: Path) -> None:
    here = room(module)
    assert here in HEIGHT or here == "analytics", f"{here} has no layer"
    for name in imports(path, module):
        if name.split(".")[0] not in ("schemas", "analytics") or (name == "analytics" and here != "analytics.cli"):
            continue
        there = room(name)
        if there == here or (module == "analytics.__main__" and there == "analytics.cli"):
            continue
        assert there in HEIGHT, f"{module} imports {name}, which has no layer"
        assert HEIGHT[there] < HEIGHT[here], f"{module} imports {name}: upwards or sideways"


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda v: v if isinstance(v, str) else "")
def test_third_parties_stay_in_their_rooms(module: str, path: Path) -> None:
    for name in imports(path, module):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or module.startswith(homes), f"{module} imports {name}; it lives in {homes}"


def test_a_verb_is_still_a_verb_after_every_room_is_imported() -> None:
    import analytics

    for found in pkgutil.walk_packages(analytics.__path__, "analytics."):
        if found.name != "analytics.__main__":
            importlib.import_module(found.name)
    for verb in analytics.__all__:
        assert callable(getattr(analytics, verb)), f"{verb} was replaced by a room"


def test_importing_the_front_door_loads_no_heavy_room() -> None:
    code = (
        "import analytics, sys; heavy = {'pandas', 'numpy', 'statsmodels', 'seaborn', 'matplotlib', 'pandera'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_environment_yml_equals_the_direct_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)}
    from ruamel.yaml import YAML

    listed = YAML(typ="safe").load((ROOT / "environment.yml").read_text())["dependencies"]
    plain = {d for d in listed if isinstance(d, str)} | {
        d for part in listed if isinstance(part, dict) for d in part["pip"]
    }
    assert plain - {"pip", f"python{project['requires-python']}"} == wanted


def test_the_lock_is_hashed_and_holds_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    assert all("--hash=sha256:" in block for block in text.split("\n\n") if "==" in block)


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "manager", "base", "misc"}
    named = {path.stem for _, path in modules()} | {path.parent.name for _, path in modules()}
    assert not drawers & named


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda v: v if isinstance(v, str) else "")
def test_every_module_says_what_it_is_for_and_stays_small(module: str, path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), f"{module} does not say what it is for"
    assert text.count("\n") <= 300, f"{module} has {text.count(chr(10))} lines: it wants a second room"
    assert not [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Assert)], f"{module} asserts"
