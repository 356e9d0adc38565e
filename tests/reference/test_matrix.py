"""The matrix methods x references from the registry: every method is proven by numbers from elsewhere, or exempt."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from analytics.inference.multiplicity import NOTES, PROCEDURES
from analytics.methods import DEFAULTS, KINDS, METHODS
from schemas.vocabulary import KINDS as OUTCOME_KINDS

HERE = Path(__file__).parent
EXEMPT: dict[str, str] = {}  # method -> why it has no reference numbers


def folders() -> list[Path]:
    """Folders that hold numbers, the script that made them, and a test."""
    return sorted(p.parent for p in HERE.glob("*/reference.json") if list(p.parent.glob("make.*")))


def words(path: Path) -> set[str]:
    """Every text constant and every imported module of a test."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module.rpartition(".")[2], *(alias.name for alias in node.names)}
    return found


def proven(name: str) -> list[str]:
    """The reference folders whose tests run this method."""
    return [f.name for f in folders() if any(name in words(test) for test in f.glob("test_*.py"))]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_numbers_from_elsewhere(method):
    if method in EXEMPT:
        assert not proven(method), f"{method} is exempt and yet proven in {proven(method)}: strike the exemption"
        print(f"{method}: no reference, because {EXEMPT[method]}")
        return
    assert proven(method), f"{method}: no folder under tests/reference has its numbers, script and test"


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_every_folder_of_numbers_is_used_and_says_where_they_come_from(folder):
    assert list(folder.glob("test_*.py")), "numbers that no test reads"
    assert json.loads((folder / "reference.json").read_text()).get("versions"), "no versions of what made the numbers"


def test_exemptions_are_methods_with_reasons():
    assert set(EXEMPT) <= set(METHODS)
    assert all(len(reason) > 20 for reason in EXEMPT.values())


def test_every_procedure_has_numbers_or_its_own_test():
    tests = words(HERE / "multiplicity" / "test_reference_multiplicity.py")
    tests |= words(HERE.parents[0] / "unit" / "inference" / "test_multiplicity.py")
    assert [name for name in PROCEDURES if name not in tests] == []
    assert set(NOTES) == set(PROCEDURES)


def test_every_kind_of_outcome_has_a_method_that_can_analyse_it():
    assert set(DEFAULTS) == set(OUTCOME_KINDS)
    assert set(KINDS) == set(METHODS)
    assert all(kind in KINDS[method] for kind, method in DEFAULTS.items())
