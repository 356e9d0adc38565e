"""Reads each format of a report back to the text that a reader sees, without what the format itself adds."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

BLOCKS = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "caption",
        "figcaption",
        "div",
        "section",
        "pre",
        "summary",
        "text",
        "title",
        "desc",
    ]
)
VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr"])
# What the page says a second time or of its own: contents, summaries, names of drawings
OWN = ("nav", "summary", "head", "title", "desc")


class _Page(HTMLParser):
    """The words of a page and, apart from them, those of its drawings."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []
        self.drawn: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        hidden = tag in OWN or (tag != "caption" and "unseen" in classes) or "save" in classes
        if tag not in VOID:
            self.open.append((tag, hidden))
        self._line(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass
        self._line(tag)

    def _line(self, tag: str) -> None:
        if tag in BLOCKS:
            self.words.append("\n")
            self.drawn.append("\n")

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self.open):
            (self.drawn if any(tag == "svg" for tag, _ in self.open) else self.words).append(data)


def html_texts(content: bytes) -> tuple[str, str]:
    """(what the page says, what its drawings say)."""
    page = _Page()
    page.feed(content.decode())
    return "".join(page.words), "".join(page.drawn)


def docx_text(content: bytes) -> str:
    """Every paragraph of the body, cells too, without the contents and the pointers of the appendix."""
    import docx

    own = ("toc 1", "toc 2", "TOC Heading", "Pointer")
    body = docx.Document(io.BytesIO(content)).element.body
    names = {style.style_id: style.name for style in docx.Document(io.BytesIO(content)).styles}
    paragraphs = body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p")
    return "\n".join(p.text if hasattr(p, "text") else "" for p in paragraphs if names.get(p.style) not in own)


def xlsx_text(content: bytes) -> str:
    """Every cell as it is shown, without the cover and the links."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell for sheet in book.worksheets[1:] for row in sheet.iter_rows() for cell in row)
    return "\n".join(cell_text(cell) for cell in cells if cell.value is not None and cell.hyperlink is None)


def cell_text(cell: Any) -> str:
    """The value through its number format: the part of Excel's language that the workbook uses."""
    if isinstance(cell.value, str):
        return cell.value
    value, forms = Decimal(repr(cell.value)), cell.number_format.split(";")  # what Excel keeps: 15 digits
    form = forms[2] if len(forms) == 3 and value == 0 else forms[1] if len(forms) == 3 and value < 0 else forms[0]
    found = re.fullmatch(r'(?:"(?P<before>[^"]*)")?(?P<sign>[+-]?)(?P<whole>#,##0|0)(?:\.(?P<part>0+))?', form)
    assert found, f"a number format nobody knows: {cell.number_format!r}"
    digits = f"{abs(value):{',' if ',' in found['whole'] else ''}.{len(found['part'] or '')}f}"
    sign = found["sign"] if len(forms) == 3 else "-" if value < 0 else ""
    return f"{found['before'] or ''}{sign}{digits}"
