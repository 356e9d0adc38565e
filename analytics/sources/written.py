"""Files with our names and a spreadsheet's own writing of dates and decimals: read where the cells settle it, said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analytics.domain.dataset import RawColumn
from analytics.domain.date_guess import Guess, guess_format
from analytics.domain.layout import Cell, Layout
from analytics.domain.mapping import Entry
from analytics.domain.mapping_checks import DATES, column_type
from schemas.vocabulary import Vocabulary

NUMBERS = ("number", "integer")
LOOKED, LEAST = 3_000, 2  # distinct texts of a column
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


def as_written(
    layout: Layout, columns: Sequence[RawColumn], words: Vocabulary, content: bytes, where: str
) -> tuple[Layout, tuple[str, ...]]:
    """``layout`` of a file without a mapping with the date formats and the decimal sign its cells settle; and notes.

    A template that was filled in with a German Excel and saved as CSV has 31.01.2026 and 3,5, and semicolons between
    its cells (``content``: the bytes of a text file). What may be read in two ways is left as it is: its cells are
    faults, and the note says both ways.
    """
    texts = {column.header: _texts(column) for column in columns}
    (record,) = layout.records
    cells, notes = [], []
    for cell in record.cells:
        guess = _guess(cell, texts, words)
        if guess.settled and guess.formats[0]:
            cell = replace(cell, entry=Entry.model_validate({"from": cell.header, "format": guess.formats[0]}))
            notes.append(
                f"{where}: the dates of {cell.header} were read as {guess.formats[0]}, which the cells settle."
            )
        elif len(guess.formats) > 1:
            both = " or ".join(f'"{told}"' for told in guess.formats[:2])
            notes.append(f"{where}: the dates of {cell.header} may be {both}: give its format in a mapping.")
        cells.append(cell)
    if _apart(content) and _commas(cells, texts, words):
        layout = replace(layout, decimal=",")
        notes.append(f"{where}: the comma was read as the decimal sign; no number there has a point.")
    return replace(layout, records=(replace(record, cells=tuple(cells)),)), tuple(notes)


def _apart(content: bytes) -> bool:
    """Whether something else than commas stands between the names of the header line."""
    end = content.find(b"\n", content.find(b"\n") + 1 if content.startswith(b"sep=") else 0)
    line = content[: end if end >= 0 else None]
    return max(line.count(b";"), line.count(b"\t")) > line.count(b",")


def _texts(column: RawColumn) -> list[str]:
    """Distinct texts, without cells that have a type of their own."""
    if column.kinds is None:
        return [str(text) for text in column.texts[:LOOKED]]
    return [str(text) for text, kind in zip(column.texts[:LOOKED], column.kinds) if kind == "t"]


def _guess(cell: Cell, texts: dict[str, list[str]], words: Vocabulary) -> Guess:
    dated = cell.header is not None and column_type(words, cell.column) in DATES
    given = texts[str(cell.header)] if dated else []
    return guess_format(given) if len(given) >= LEAST else Guess()


def _commas(cells: Sequence[Cell], texts: dict[str, list[str]], words: Vocabulary) -> bool:
    """Whether numbers have a decimal comma: some that is none of thousands, and none with a point."""
    found = list(_numbers(cells, texts, words))
    commas = [text for text in found if _COMMA.fullmatch(text)]
    return any(not _THOUSANDS.fullmatch(text) for text in commas) and not any(map(_POINT.fullmatch, found))


def _numbers(cells: Sequence[Cell], texts: dict[str, list[str]], words: Vocabulary) -> Iterator[str]:
    for cell in cells:
        if cell.header is not None and column_type(words, cell.column) in NUMBERS:
            yield from (text.strip() for text in texts[cell.header] if "," in text or "." in text)
