"""The executed notebook as a file: it runs again in JupyterLab beside the sealed run, and reads well unsigned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from analytics.domain.run import Run
from analytics.reports.story import Story

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode


def render(notebook: NotebookNode, run: Run | None = None, *, told: Story | None = None) -> bytes:
    """The notebook as one line of JSON with sorted keys: equal notebooks give equal bytes.

    Without Jupyter's indentation, which makes half of such a file. Raises nbformat.ValidationError (an error of the
    program) if it is not a notebook that Jupyter opens.
    """
    from analytics.reports.notebook_file import nbformat, split_lines

    nbformat.validate(notebook)
    value = split_lines(_own(notebook))
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _own(notebook: NotebookNode) -> NotebookNode:
    """A copy as deep as ``split_lines`` reaches: cells, outputs and their bundles, not the figures inside."""
    from analytics.reports.notebook_file import NotebookNode

    cells = [NotebookNode(cell) for cell in notebook.cells]
    for cell in cells:
        outputs = [NotebookNode(output) for output in cell.get("outputs", ())]
        for output in outputs:
            output.update({"data": NotebookNode(output.data)} if "data" in output else {})
        cell.update({"outputs": outputs} if "outputs" in cell else {})
    return NotebookNode({**notebook, "cells": cells})
