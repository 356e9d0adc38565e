"""Notebooks as values: typed parameters put in before a run, what differs between runs taken out after it."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from analytics.domain.errors import UsageError
from analytics.reports.notebook_file import NotebookNode, nbformat

TAG, INJECTED = "parameters", "injected-parameters"
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def inject(notebook: NotebookNode, parameters: Mapping[str, Any]) -> NotebookNode:
    """A copy without outputs, with a cell of ``parameters`` after the one tagged ``parameters``.

    Each must be assigned there and be of that value's type (a whole number may stand for a float, anything for None).
    Raises UsageError otherwise.
    """
    # Shallow copies do: everything below a cell that is changed is replaced, and a figure need not be copied twice.
    told = NotebookNode({**notebook, "cells": [NotebookNode(cell) for cell in notebook.cells]})
    for cell in told.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if not parameters:
        return told
    places = [i for i, cell in enumerate(told.cells) if TAG in cell.metadata.get("tags", ())]
    known = _assigned(told.cells[places[0]].source) if places else {}
    lines = [f"{name} = {_checked(name, value, known)!r}" for name, value in parameters.items()]
    cell = nbformat.v4.new_code_cell("\n".join(lines), metadata={"tags": [INJECTED]})
    told.cells.insert(places[0] + 1, cell)
    return told


def with_section(notebook: NotebookNode, words: str, code: str) -> NotebookNode:
    """A copy with one more section, before the receipt that ends every report."""
    cells = list(notebook.cells)
    last = next((i for i, cell in enumerate(cells) if cell.source.startswith("## Receipt")), len(cells))
    added = [nbformat.v4.new_markdown_cell(words), nbformat.v4.new_code_cell(code)]
    return NotebookNode({**notebook, "cells": [*cells[:last], *added, *cells[last:]]})


def _assigned(code: str) -> dict[str, Any]:
    """The names a parameters cell assigns, with their literal values."""
    found: dict[str, Any] = {}
    for node in ast.parse(code).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            found |= dict.fromkeys(names, ast.literal_eval(node.value))
    return found


def _checked(name: str, value: Any, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise UsageError(f"The notebook has no parameter {name!r}.", fix=f"choose from {', '.join(known) or 'none'}")
    wanted = known[name]
    if wanted is None or type(value) is type(wanted) or (isinstance(wanted, float) and type(value) is int):
        return value
    kind = type(wanted).__name__
    raise UsageError(f"The parameter {name!r} must be of type {kind} like {wanted!r}; {value!r} was given.")


def clean(notebook: NotebookNode) -> NotebookNode:
    """A copy in which nothing hangs on the run: ids from place and source, no timing, warnings, addresses, versions."""
    # Shallow copies do: everything below a cell that is changed is replaced, and a figure need not be copied twice.
    told = NotebookNode({**notebook, "cells": [NotebookNode(cell) for cell in notebook.cells]})
    told.metadata = NotebookNode(kernelspec=NotebookNode(KERNELSPEC), language_info=NotebookNode(name="python"))
    told.nbformat, told.nbformat_minor = 4, 5
    executed = 0
    for index, cell in enumerate(told.cells):
        cell.id = hashlib.sha256(f"{index}\n{cell.source}".encode()).hexdigest()[:12]
        cell.metadata = NotebookNode({k: v for k, v in sorted(cell.metadata.items()) if k == "tags"})
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            executed += bool(cell.execution_count)
            cell.execution_count = executed if cell.execution_count else None
            cell.outputs = [_steady(o, cell.execution_count) for o in cell.outputs if o.get("name") != "stderr"]
    return told


def _steady(output: NotebookNode, count: int | None) -> NotebookNode:
    kept = NotebookNode({k: _text(v) for k, v in output.items() if k != "transient"})
    if kept.output_type == "execute_result":
        kept.execution_count = count
    return kept


def _text(value: Any) -> Any:
    """Object addresses out of every text."""
    if isinstance(value, str):
        return ADDRESS.sub("", value)
    if isinstance(value, Mapping):
        return NotebookNode({k: _text(v) for k, v in value.items()})
    return [_text(v) for v in value] if isinstance(value, list) else value
