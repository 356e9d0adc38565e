"""Every figure of a report as an SVG file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from analytics.domain.block import Figure
from analytics.domain.printable import slug, unused
from analytics.reports.formats.svg import standalone
from analytics.reports.story import figures, story


def svg_files(notebook: NotebookNode) -> dict[str, bytes]:
    """``figures/NAME.svg`` -> content, for every figure block of an executed notebook."""
    return {f"figures/{name}.svg": standalone(figure) for name, figure in named(figures(story(notebook)))}


def named(found: Sequence[Figure]) -> Iterator[tuple[str, Figure]]:
    """Figures with a file-name stem each: their own name, with a number behind it where two share one."""
    used: set[str] = set()
    for figure in found:
        yield unused(slug(figure.name) or "figure", used), figure
