"""The executed notebook as a file: it runs again in JupyterLab beside the sealed run, and reads well unsigned."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from analytics.domain.run import Run


def render(notebook: NotebookNode, run: Run | None = None) -> bytes:
    """The notebook as Jupyter itself writes it, keys sorted: equal notebooks give equal bytes.

    Raises nbformat.ValidationError (an error of the program) if it is not a notebook that Jupyter opens.
    """
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n".encode()
