"""The report as a Word document on A4, for the letter a clinic writes from it: real styles, tables and headings."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from analytics.domain.printable import printable
from analytics.domain.run import MOCK, Run
from analytics.reports.formats.docx_body import Placed, body_xml
from analytics.reports.formats.docx_template import NAMESPACES, packed, template
from analytics.reports.formats.pixels import pictures
from analytics.reports.story import Story, figures, story

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode

NO_DATE = "2000-01-01"  # a document wants to know when it was made; data without dates have no last day


def render(notebook: NotebookNode, run: Run, *, told: Story | None = None) -> bytes:
    """The report as DOCX bytes; equal notebooks and runs give equal bytes.

    Figures are pictures of pixels with their text alternative; their numbers stand in an appendix. Raises NotWritten
    if a figure cannot be drawn.
    """
    import docx
    from docx.oxml import parse_xml

    told = told or story(notebook)
    empty = template(
        title=_title(told, run),
        run_id=printable(run.run_id),
        when=run.facts.get("cutoff") or NO_DATE,
        before_run=f"{MOCK} \u00b7 " if run.facts.get("mock") else "",
    )
    document = docx.Document(io.BytesIO(empty))
    body = parse_xml(f"<w:body {NAMESPACES}>{body_xml(told, _placed(document, told))}</w:body>")
    document.element.replace(document.element.body, body)
    stream = io.BytesIO()
    document.save(stream)
    return _fixed(stream.getvalue())


def _title(told: Story, run: Run) -> str:
    return f"{told.title} \u2013 {told.name or printable(run.title)}"


def _placed(document: Any, told: Story) -> dict[int, Placed]:
    """Every figure as a picture of the document, by its place in the report."""
    made = {}
    for at, picture in enumerate(pictures(figures(told))):
        part, _ = document.part.get_or_add_image(io.BytesIO(picture.png))
        made[at] = Placed(part, picture.height / picture.width)
    return made


def _fixed(content: bytes) -> bytes:
    """The same parts in a file without the time of day."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()})
