"""The prose of a notebook (safe HTML made from its Markdown) as paragraphs, lists and pieces of text for the PDF."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from analytics.reports.formats.pdf_glyphs import breakable, shown

STYLES = {"strong": "b", "em": "i", "code": "c"}
BLOCKS = ("p", "pre", "li", "blockquote")


def paragraphs(html: str) -> list[dict[str, Any]]:
    """The blocks of the prose in order: ``{"k": "par", "runs": ...}`` or ``{"k": "list", "items": ...}``."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [block for block in reader.blocks if block.get("runs") or block.get("items")]


class _Reader(HTMLParser):
    """Collects blocks; a list inside a list is told as items of the outer one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[dict[str, Any]] = []
        self.pieces: list[Any] = []
        self.styles: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag in ("ul", "ol"):
            self._end_block()
            self.depth += 1
            if self.depth == 1:
                self.blocks.append({"k": "list", "items": []})
        elif tag in BLOCKS:
            self._end_block()
        elif tag in STYLES:
            self.styles.append(STYLES[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end_block()
        elif tag in ("ul", "ol"):
            self._end_block()
            self.depth -= 1
        elif tag in STYLES and self.styles:
            self.styles.pop()

    def handle_data(self, data: str) -> None:
        text = breakable(shown(data if data.strip() else " "))
        if text.strip() or self.pieces:
            self.pieces.append([self.styles[-1], text] if self.styles else text)

    def close(self) -> None:
        super().close()
        self._end_block()

    def _end_block(self) -> None:
        pieces, self.pieces = self.pieces, []
        if not any((piece if isinstance(piece, str) else piece[1]).strip() for piece in pieces):
            return
        if self.depth:
            self.blocks[-1]["items"].append(pieces)
        else:
            self.blocks.append({"k": "par", "role": "text", "runs": pieces})
