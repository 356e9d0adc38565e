"""Every figure of a report as an SVG file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.domain.block import Figure
from analytics.domain.printable import slug, unused
from analytics.reports.formats.svg import standalone
from analytics.reports.notebook_file import NotebookNode
from analytics.reports.story import Story, figures, story


def svg_files(
    notebook: NotebookNode, *, told: Story | None = None, folder: str = "figures", mock: bool = False
) -> dict[str, bytes]:
    """``FOLDER/NAME.svg`` -> content, for every figure of an executed notebook; ``told``: its story, if known.

    Those of a ``mock`` bear that word.
    """
    found = named(figures(told or story(notebook)))
    return {f"{folder}/{name}.svg": standalone(figure, mock=mock) for name, figure in found}


def named(found: Sequence[Figure]) -> Iterator[tuple[str, Figure]]:
    """Figures with a file-name stem each: their own name, with a number behind it where two share one."""
    used: set[str] = set()
    for figure in found:
        yield unused(slug(figure.name) or "figure", used), figure
