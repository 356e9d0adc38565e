"""The executed notebook as a file: it runs again in JupyterLab beside the sealed run, and reads well unsigned."""

from __future__ import annotations

import copy
import json

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines

from analytics.domain.run import Run


def render(notebook: NotebookNode, run: Run | None = None) -> bytes:
    """The notebook as one line of JSON with sorted keys: equal notebooks give equal bytes.

    Without Jupyter's indentation, which makes half of such a file. Raises nbformat.ValidationError (an error of the
    program) if it is not a notebook that Jupyter opens.
    """
    nbformat.validate(notebook)
    value = split_lines(copy.deepcopy(notebook))
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
