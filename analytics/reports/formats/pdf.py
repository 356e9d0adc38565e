"""The report as one tagged PDF (PDF/UA-1 and PDF/A-2a) set by typst, with embedded free fonts and no others."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.domain.errors import NotWritten
from analytics.domain.printable import printable
from analytics.domain.run import Run
from analytics.reports.formats.pdf_glyphs import BOX, font_folders, shown
from analytics.reports.formats.pdf_story import document
from analytics.reports.story import Story, story

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "report.typ"
NO_DATE = "1970-01-01"  # PDF/A wants a date; data without dates have no cut-off, and a clock would change the bytes
LONGEST_TITLE = 70  # characters of the report's title in the running header


def render(notebook: NotebookNode, run: Run, *, told: Story | None = None) -> bytes:
    """The report of an executed notebook as PDF bytes; equal notebooks and runs give equal bytes.

    Raises NotWritten where typst refuses or warns: a PDF with a fault is not delivered.
    """
    told = told or story(notebook)
    return typeset({**document(told), **_facts(told, run)})


def typeset(values: dict[str, Any]) -> bytes:
    """The values of a document through the template. They travel as data and are never read as typst's language."""
    import typst

    content = json.dumps(values, ensure_ascii=False)
    has_box = json.dumps(BOX in content)
    try:
        compiler = typst.Compiler(
            TEMPLATE.read_bytes(), font_paths=_fonts(), ignore_system_fonts=True,
            sys_inputs={"document": content, "boxes": has_box},
        )  # fmt: skip
        made, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=["ua-1", "a-2a"])
    except typst.TypstError as error:
        raise _refused([error.message]) from error
    if warnings:
        raise _refused(sorted({warning.message for warning in warnings}))
    return made  # type: ignore[return-value]  # bytes, where no path is named and the format is PDF


def _refused(found: list[str]) -> NotWritten:
    return NotWritten(
        f"The PDF of the report must be set without a fault; typst found: {'; '.join(found)}.",
        fix="Ask for the other formats with --format, and send this message with the run id to the maintainers.",
    )


@cache
def _fonts() -> Any:
    """The fonts of our two packages: neither the system's nor those that typst brings along."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_folders())


def _facts(told: Story, run: Run) -> dict[str, Any]:
    """What stands in the document's own data and in the running header."""
    title = told.name or printable(run.title)
    short = title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()}…"
    day = date.fromisoformat(str(run.facts.get("cutoff") or NO_DATE)[:10])
    version = run.facts.get("software", {}).get("version", "")
    return {
        "title": f"{told.title} – {title}",
        "about": f"Run {run.run_id}. Made by clinical-outcomes {version}".strip(),
        "running": shown(f"{short} · run {run.run_id}"),
        "date": [day.year, day.month, day.day],
    }
