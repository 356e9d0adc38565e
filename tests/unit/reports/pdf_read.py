"""A PDF read back: its words page by page without the running header, its tags, fonts, bookmarks and own data."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

BREAK = "\u200b"  # where a long word may be broken
SHOWS_TEXT = ("Tj", "TJ", "'", '"')
Tag = pikepdf.Dictionary


def page_texts(content: bytes) -> list[str]:
    """The words of every page, less the drawings and what is an artifact: running header, a table's head repeated.

    Long words that were broken are whole again.
    """
    return [re.sub(f"{BREAK}\\s*", "", text) for text in _texts(content, drawn=False)]


def drawing_texts(content: bytes) -> list[str]:
    """The letters of the drawings of every page; where one text ends and the next begins is not told in a PDF."""
    return _texts(content, drawn=True)


def _texts(content: bytes, *, drawn: bool) -> list[str]:
    from pypdf import PdfReader

    with opened(content) as pdf:
        drawings = _drawings(pdf)
        for page in pdf.pages:
            marks = drawings.get(page.objgen, set())
            kept = list(_chosen(pikepdf.parse_content_stream(page), marks, drawn=drawn))
            page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
        saved = io.BytesIO()
        pdf.save(saved)
    return [page.extract_text() for page in PdfReader(saved).pages]


def _drawings(pdf: pikepdf.Pdf) -> dict[tuple[int, int], set[int]]:
    """Page -> the marks of the content that belongs to a figure."""
    found: dict[tuple[int, int], set[int]] = {}
    for tag in tags(pdf):
        for part in _kids(tag) if tag.S == "/Figure" else ():
            inside = isinstance(part, pikepdf.Dictionary)
            page = part.get("/Pg", tag.get("/Pg")) if inside else tag.get("/Pg")
            found.setdefault(page.objgen, set()).add(int(part.MCID if inside else part))
    return found


def _chosen(instructions: Iterable[Any], drawings: set[int], *, drawn: bool) -> Iterator[Any]:
    """All instructions, but of those that show text only the ones inside drawings, or the ones outside and told."""
    open_marks: list[str] = []
    for instruction in instructions:
        operator = str(instruction.operator)
        if operator in ("BMC", "BDC"):
            open_marks.append(_mark(instruction.operands, drawings))
        elif operator == "EMC":
            open_marks.pop()
        inside = "drawing" in open_marks
        if operator not in SHOWS_TEXT or (inside if drawn else not inside and "artifact" not in open_marks):
            yield instruction


def _mark(operands: Any, drawings: set[int]) -> str:
    if str(operands[0]) == "/Artifact":
        return "artifact"
    number = operands[1].get("/MCID") if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else None
    return "drawing" if number is not None and int(number) in drawings else "words"


def _kids(tag: Any) -> list[Any]:
    below = tag.get("/K", pikepdf.Array())
    return list(below) if isinstance(below, pikepdf.Array) else [below]


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def tags(pdf: pikepdf.Pdf) -> Iterator[Tag]:
    """Every structure element, in reading order."""
    stack = [pdf.Root.StructTreeRoot]
    while stack:
        node = stack.pop()
        if "/S" in node:
            yield node
        stack += [child for child in reversed(_kids(node)) if isinstance(child, pikepdf.Dictionary)]


def fonts(pdf: pikepdf.Pdf) -> dict[str, bool]:
    """Font name without the subset's prefix -> whether it is embedded; those inside drawings too."""
    found: dict[str, bool] = {}
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/BaseFont" in item:
            inner = item.DescendantFonts[0] if "/DescendantFonts" in item else item
            described = inner.get("/FontDescriptor", pikepdf.Dictionary())
            name = str(item.BaseFont).lstrip("/").partition("+")[2] or str(item.BaseFont)
            embedded = any(f"/FontFile{n}" in described for n in ("", "2", "3"))
            found[name] = embedded and found.get(name, True)
    return found


def bookmarks(content: bytes) -> list[tuple[int, str, int]]:
    """(depth, title, page from 1) of every bookmark."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))

    def walk(items: Any, depth: int) -> Iterator[tuple[int, str, int]]:
        for item in items:
            if isinstance(item, list):
                yield from walk(item, depth + 1)
            else:
                yield depth, str(item.title), reader.get_destination_page_number(item) + 1

    return list(walk(reader.outline, 1))
