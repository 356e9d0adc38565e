"""Door: the formats a report can be rendered in. A new one is a module with ``render`` and one line in FORMATS."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from analytics.domain.run import Run
    from analytics.reports.notebook_file import NotebookNode
    from analytics.reports.story import Story


class Format(Protocol):
    """Makes the bytes of one file. ``told``: the story of the notebook where it is known already."""

    def __call__(self, notebook: NotebookNode, run: Run, *, told: Story | None = None) -> bytes: ...


def _format(suffix: str) -> Format:
    """The format of that name, loaded when it is used: a page needs nothing of Word or Excel."""

    def render(notebook: NotebookNode, run: Run, *, told: Story | None = None) -> bytes:
        return import_module(f"{__name__}.{suffix}").render(notebook, run, told=told)

    return render


# file suffix -> format
FORMATS: Mapping[str, Format] = {suffix: _format(suffix) for suffix in ("html", "pdf", "xlsx", "docx", "ipynb", "json")}
# Formats that tell the run and do not look at the notebook: made once, and the same for every report.
OF_THE_RUN = ("json",)
