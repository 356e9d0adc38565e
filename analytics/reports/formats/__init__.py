"""Door: the formats a report can be rendered in. A new one is a module with ``render`` and one line in FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbformat import NotebookNode

from analytics.domain.run import Run
from analytics.reports.formats import html, ipynb

# file suffix -> (executed notebook, run) -> bytes
FORMATS: Mapping[str, Callable[[NotebookNode, Run], bytes]] = {
    "html": html.render,
    "ipynb": ipynb.render,
}
