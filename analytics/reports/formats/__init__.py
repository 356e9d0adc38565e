"""Door: the formats a report can be rendered in. A new one is a module with ``render`` and one line in FORMATS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from analytics.domain.run import Run
from analytics.reports.formats import docx, html, ipynb, json, pdf, xlsx
from analytics.reports.story import Story

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode


class Format(Protocol):
    """Makes the bytes of one file. ``told``: the story of the notebook where it is known already."""

    def __call__(self, notebook: NotebookNode, run: Run, *, told: Story | None = None) -> bytes: ...


# file suffix -> format
FORMATS: Mapping[str, Format] = {
    "html": html.render,
    "pdf": pdf.render,
    "xlsx": xlsx.render,
    "docx": docx.render,
    "ipynb": ipynb.render,
    "json": json.render,
}
# Formats that tell the run and do not look at the notebook: made once, and the same for every report.
OF_THE_RUN = ("json",)
