"""The file format of notebooks, loaded without the grammar of web addresses that its checker would compile first.

nbformat imports jsonschema, and that, where it is installed, ``rfc3987_syntax``, which takes a second of every report
to compile a grammar that no notebook needs. A stand-in is imported instead, which fetches it when it is asked for.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

GRAMMAR = "rfc3987_syntax"


def _is_valid_syntax(term: str, value: str) -> bool:
    from rfc3987_syntax import is_valid_syntax

    return bool(is_valid_syntax(term, value))


def _import_checker() -> None:
    """Import jsonschema with a stand-in for the grammar, which stays in nobody else's way."""
    if {GRAMMAR, "jsonschema"} & set(sys.modules) or importlib.util.find_spec(GRAMMAR) is None:
        return
    stand_in = ModuleType(GRAMMAR)
    stand_in.is_valid_syntax = _is_valid_syntax  # type: ignore[attr-defined]
    sys.modules[GRAMMAR] = stand_in
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[GRAMMAR]


_import_checker()

import nbformat  # noqa: E402
from nbformat import NotebookNode  # noqa: E402
from nbformat.v4.rwbase import split_lines  # noqa: E402

__all__ = ["NotebookNode", "nbformat", "split_lines"]
