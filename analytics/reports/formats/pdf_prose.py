"""The prose of a notebook as paragraphs, lists and pieces of text for the PDF."""

from __future__ import annotations

from typing import Any

from analytics.reports.formats.pdf_glyphs import breakable, shown
from analytics.reports.formats.prose import Words, prose_lines

STYLES = (("code", "c"), ("strong", "b"), ("slanted", "i"))  # a piece has one look: the first that it is marked with


def paragraphs(html: str) -> list[dict[str, Any]]:
    """The blocks of the prose in order: ``{"k": "par", "runs": ...}`` or ``{"k": "list", "items": ...}``.

    A list inside a list is told as items of the outer one.
    """
    blocks: list[dict[str, Any]] = []
    for line in prose_lines(html):
        pieces = [_piece(part) for part in line.words]
        if not line.depth:
            blocks.append({"k": "par", "role": "text", "runs": pieces})
        elif blocks and blocks[-1]["k"] == "list":
            blocks[-1]["items"].append(pieces)
        else:
            blocks.append({"k": "list", "items": [pieces]})
    return blocks


def _piece(part: Words) -> Any:
    text = breakable(shown(part.text))
    look = next((letter for mark, letter in STYLES if mark in part.marks), None)
    return text if look is None else [look, text]
