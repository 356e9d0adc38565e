"""Figures as pictures of pixels, for formats that hold no SVG: drawn by typst with the PDF's fonts and no others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from analytics.domain.block import Figure
from analytics.domain.errors import NotWritten
from analytics.reports.formats.pdf_drawing import drawn
from analytics.reports.formats.pdf_glyphs import font_folders

WIDTH = 400  # points of a picture's page: the width figures are drawn for
DOTS = 160  # per inch of a page of this width; clear in print where it is a little smaller
PAGES = """
#set page(width: {width}pt, height: auto, margin: 0pt, fill: white)
#for (at, drawing) in json(bytes(sys.inputs.drawings)).enumerate() {{
  if at > 0 {{ pagebreak() }}
  image(bytes(drawing), format: "svg", width: 100%)
}}
"""


@dataclass(frozen=True)
class Picture:
    """A PNG with its size in pixels; it holds neither a date nor the name of a program."""

    png: bytes
    width: int
    height: int


def pictures(figures: Sequence[Figure]) -> list[Picture]:
    """The figures in order on white ground; equal figures give equal bytes. Raises NotWritten if typst objects."""
    if not figures:
        return []
    import typst

    drawings = json.dumps([drawn(figure) for figure in figures], ensure_ascii=False)
    try:
        compiler = typst.Compiler(
            PAGES.format(width=WIDTH).encode(), font_paths=_fonts(), ignore_system_fonts=True,
            sys_inputs={"drawings": drawings},
        )  # fmt: skip
        made, warnings = compiler.compile_with_warnings(format="png", ppi=DOTS)
    except typst.TypstError as error:
        raise _refused([error.message]) from error
    if warnings:
        raise _refused(sorted({warning.message for warning in warnings}))
    pages = [made] if isinstance(made, bytes) else list(made or ())
    return [Picture(page, *_size(page)) for page in pages]


def _size(png: bytes) -> tuple[int, int]:
    """Width and height, from the header that every PNG begins with."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_folders())


def _refused(found: list[str]) -> NotWritten:
    return NotWritten(
        f"Every figure must be drawn without a fault; typst found: {'; '.join(found)}.",
        fix="Ask for the other formats with --format, and send this message with the run id to the maintainers.",
    )
