"""Typed runs as the pieces of text that the PDF's template sets: a string, or a list of strings and [style, string]."""

from __future__ import annotations

from typing import Any

from analytics.domain.block import Runs, Text
from analytics.reports.formats.pdf_glyphs import SHAPES, breakable, shapes, shown

STYLES = {"strong": "b", "soft": "s"}


def pieces(runs: Runs) -> Any:
    """The runs as pieces; one plain string where nothing in them is styled."""
    made: list[Any] = []
    for run in _joined(runs):
        style = STYLES.get(run.style, "")
        for part in shapes(breakable(shown(run.text))):
            if part in SHAPES:
                made.append(["mark", SHAPES[part]])
            else:
                made.append([style, part] if style else part)
    return made if any(isinstance(piece, list) for piece in made) else "".join(made)


def said(made: Any) -> str:
    """The words of pieces."""
    if isinstance(made, str):
        return made
    return "".join(piece if isinstance(piece, str) else "\u00a0" if piece[0] == "mark" else piece[1] for piece in made)


def _joined(runs: Runs) -> list[Text]:
    """Neighbours of one style together: a word may be made of several runs."""
    made: list[Text] = []
    for run in runs:
        style = run.style if isinstance(run, Text) else "plain"
        if made and made[-1].style == style:
            made[-1] = Text(made[-1].text + run.text, style)
        else:
            made.append(Text(run.text, style))
    return made
