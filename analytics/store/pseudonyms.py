"""What may be kept of a file: mapped columns, tokens for ids, no free text; made before anything is judged.

A text is kept as it stands where the vocabulary or the mapping names it, or where it was read as a number or a date.
Anything else could be a remark about a person: only its keyed hash stays, which a later mapping that names the text
exactly still finds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.domain.dataset import Dataset, RawColumn, RawTable, SourceFile
from analytics.domain.layout import Cell, Layout
from analytics.domain.mapping import Reading
from analytics.domain.mapping_checks import column_type
from analytics.domain.matching import fits
from analytics.intake.sift_typing import type_column
from analytics.intake.sift_values import DATE, NUMBER, Typed
from analytics.intake.sift_words import CONTROL
from analytics.store.key import Tokens
from schemas.spelling import fold, permitted, spellings
from schemas.vocabulary import Vocabulary

PATIENT, SESSION, CLINIC = "patient_id", "session_id", "clinic_id"
FREE_TEXT = frozenset(("adjunct",))  # may say anything, and no number rests on it
LONGEST_NAME = 40  # characters of a product, a rater, a device: what is longer is a remark
UNREADABLE = "\x07"  # after the token of an id that was at fault, so that it stays at fault
_WORD = re.compile(r"[^\W\d_]{3}")  # what has three letters in a row may be a name


@dataclass(frozen=True, eq=False)
class Who:
    """Clinic ("" where none) and patient's token ("" where none) of every line, and of every misfit."""

    clinic: np.ndarray
    patient: np.ndarray
    misfits: tuple[tuple[str, str], ...]


def pseudonymised(data: Dataset, tokens: Tokens) -> Dataset:
    """``data`` with tokens for ids, without unmapped columns, free text and what could be a name; notes are dropped."""
    tables = {name: tuple(_table(raw, data.vocabulary, tokens) for raw in raws) for name, raws in data.tables.items()}
    return replace(data, tables=tables, notes=())


def only(raw: RawTable, keep: np.ndarray, misfits: Iterable[bool]) -> RawTable:
    """The lines and misfits of ``raw`` where the flags say so."""
    columns = {name: replace(column, codes=column.codes[keep]) for name, column in raw.columns.items()}
    left = tuple(one for one, stays in zip(raw.misfits, misfits) if stays)
    return replace(raw, rows=raw.rows[keep], columns=columns, misfits=left)


def recounted(data: Dataset, tables: Mapping[str, tuple[RawTable, ...]]) -> Dataset:
    """``data`` with other tables; files keep their hash and count the lines that are left."""
    files = []
    for file in data.files:
        raws = [raw for group in tables.values() for raw in group if raw.file == file.name]
        files.append(SourceFile(file.name, file.sha256, sum(raw.received for raw in raws), file.tables))
    return replace(data, tables=tables, files=tuple(files))


def who(raw: RawTable, vocabulary: Vocabulary) -> Who:
    """Whom the lines of a pseudonymised table are about."""
    cells = {cell.column: cell for cell in raw.layout.records[0].cells}
    clinic = _texts(raw, cells.get(CLINIC), vocabulary)
    patient = _texts(raw, cells.get(PATIENT), vocabulary)
    places = [_place(raw, cells.get(name)) for name in (CLINIC, PATIENT)]
    constant = str(clinic[0]) if len(clinic) and places[0] is None else ""
    told = [
        tuple(parts[at].strip() if at is not None and at < len(parts) else "" for at in places)
        for _, _, parts in raw.misfits
    ]
    return Who(clinic, patient, tuple((c or constant, p) for c, p in told))


def _place(raw: RawTable, cell: Cell | None) -> int | None:
    return list(raw.columns).index(cell.header) if cell is not None and cell.header is not None else None


def _texts(raw: RawTable, cell: Cell | None, vocabulary: Vocabulary) -> np.ndarray:
    """(lines,) the values of a column of texts, "" where there is none."""
    lines = len(raw.rows)
    if cell is None or cell.row_number:
        return np.full(lines, "", dtype=object)
    if cell.header is None:
        return np.full(lines, str(cell.constant).strip(), dtype=object)
    column = raw.columns[cell.header]
    typed = type_column(column, cell, raw.layout, vocabulary)
    values = np.array(["" if value is None else str(value) for value in typed.values], dtype=object)
    for at in typed.faults:
        values[at] = str(column.texts[at]).rstrip(UNREADABLE).strip()
    return values[column.codes]


def _table(raw: RawTable, words: Vocabulary, tokens: Tokens) -> RawTable:
    uses = _uses(raw.layout)
    columns = {}
    for number, (header, column) in enumerate(raw.columns.items(), 1):
        cells = uses.get(header, ())
        if not cells:
            columns[f"(column {number}, not kept)"] = _blank(column, f"(column {number}, not kept)")
        elif any(cell.column in FREE_TEXT for cell in cells):
            columns[header] = _blank(column, header)
        else:
            columns[header] = _rewritten(column, _column_texts(column, cells, raw.layout, words, tokens))
    return replace(raw, columns=columns, misfits=tuple(_misfits(raw, uses, tokens)))


def _uses(layout: Layout) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for record in layout.records:
        for cell in record.cells:
            if cell.header is not None and all(cell != other for other in found.get(cell.header, ())):
                found.setdefault(cell.header, []).append(cell)
    return found


def _blank(column: RawColumn, header: str) -> RawColumn:
    return RawColumn(header, np.array([], dtype=object), np.full(len(column.codes), -1, np.int32))


def _rewritten(column: RawColumn, texts: np.ndarray) -> RawColumn:
    """The column with other texts, each distinct one once; "" becomes an empty cell."""
    kinds = column.kinds if column.kinds is not None else np.full(len(texts), "t", dtype="U1")
    kinds = np.where([new == old for new, old in zip(texts, column.texts)], kinds, "t")
    joint = np.array([kind + text for kind, text in zip(kinds, texts)], dtype=object)
    codes, distinct = pd.factorize(joint)
    table = np.append(np.where(texts == "", -1, codes), -1).astype(np.int32)
    whole = np.array([text[1:] for text in distinct], dtype=object)
    letters = np.array([text[0] for text in distinct], dtype="U1")
    return RawColumn(column.header, whole, table[column.codes], None if (letters == "t").all() else letters)


def _misfits(raw: RawTable, uses: Mapping[str, list[Cell]], tokens: Tokens) -> Iterable[tuple[int, str, tuple]]:
    """Lines of another width: nothing but the cells in the places of patient and clinic is kept."""
    makers: dict[int, Callable[[str], str]] = {}
    for place, header in enumerate(raw.columns):
        columns = {cell.column for cell in uses.get(header, ())}
        if PATIENT in columns:
            makers[place] = lambda text: tokens.patient(text) if text.strip() else ""
        elif CLINIC in columns:
            known = {str(text) for text in raw.columns[header].texts}
            makers[place] = lambda text, known=known: text if text in known else ""  # type: ignore[misc]
    for row, _, cells in raw.misfits:
        yield row, "", tuple(makers[at](text) if at in makers else "" for at, text in enumerate(cells))


def _column_texts(
    column: RawColumn, cells: list[Cell], layout: Layout, words: Vocabulary, tokens: Tokens
) -> np.ndarray:
    """(k,) what is kept of every distinct text."""
    for name, make in ((PATIENT, tokens.patient), (SESSION, tokens.session)):
        for cell in cells:
            if cell.column == name:
                return _ids(column, type_column(column, cell, layout, words), make)
    if layout.long and cells[0].column == "value":
        known = {fold(text) for reading in layout.readings.values() for text in _exact(reading)}
        kept = [text if _plain(text) or fold(text) in known else tokens.withheld(fold(text)) for text in column.texts]
        return np.array(kept, dtype=object)
    return _typed_texts(column, cells[0], layout, words, tokens)


def _ids(column: RawColumn, typed: Typed, make: Callable[[str], str]) -> np.ndarray:
    texts = np.array(["" if value is None else make(str(value)) for value in typed.values[:-1]], dtype=object)
    for at in typed.faults:
        texts[at] = make(CONTROL.sub("", str(column.texts[at]))) + UNREADABLE
    return texts


def _typed_texts(column: RawColumn, cell: Cell, layout: Layout, words: Vocabulary, tokens: Tokens) -> np.ndarray:
    typed = type_column(column, cell, layout, words)
    kind = column_type(words, cell.column)
    faulty = set(typed.faults)
    known = _known(cell, words) if kind not in DATE else frozenset()
    limit = LONGEST_NAME if kind == "text" else 0
    texts = column.texts.astype(object).copy()
    for at, text in enumerate(texts.tolist()):
        if typed.empty[at]:
            texts[at] = ""
        elif at in faulty:
            texts[at] = text if kind in (*DATE, *NUMBER) and _plain(text) else tokens.withheld(fold(text))
        elif kind in DATE or _is_known(text, kind, known) or (limit and len(text) <= limit and text.isprintable()):
            continue
        elif kind in NUMBER:
            texts[at] = text if _plain(text) else _pattern(text, cell.entry, tokens)
        else:
            texts[at] = str(typed.values[at]) if kind != "text" else tokens.withheld(fold(text))
    return texts


def _plain(text: str) -> bool:
    """Digits, signs and a unit at most: nothing that could be a name."""
    return len(text) <= LONGEST_NAME and text.isprintable() and not _WORD.search(text)


def _is_known(text: str, kind: str, known: frozenset[str]) -> bool:
    parts = text.split(";") if kind == "codes" else [text]
    return all(fold(part) in known for part in parts if part.strip())


def _known(cell: Cell, words: Vocabulary) -> frozenset[str]:
    """Folded texts that the vocabulary or the mapping names."""
    named = {fold(text) for text in _exact(cell.entry)}
    if column_type(words, cell.column) == "boolean":
        named |= {"true", "false"}
    return frozenset(
        named | set(spellings(words, cell.column)) | {fold(i) for i in permitted(words, cell.column) or ()}
    )


def _exact(reading: Reading | None) -> Iterable[str]:
    """The texts a mapping names for a column, but those with a wildcard."""
    if reading is None:
        return
    for key, texts in reading.values.items():
        yield key
        yield from (text for text in texts if "*" not in text)


def _pattern(text: str, reading: Reading | None, tokens: Tokens) -> str:
    """What is left of a text that a wildcard explains: the wildcard's own words."""
    for texts in reading.values.values() if reading is not None else ():
        for pattern in texts:
            if "*" in pattern and fits(tuple(fold(pattern).split("*")), fold(text)):
                return pattern.replace("*", "")
    return tokens.withheld(fold(text)) if len(text) > LONGEST_NAME else text


def found_again(raw: RawTable, words: Vocabulary, tokens: Tokens) -> RawTable:
    """``raw`` with withheld texts that its mapping names put back: the mapping says them, so they are no secret."""
    columns = dict(raw.columns)
    for header, cells in _uses(raw.layout).items():
        readings = [cell.entry for cell in cells] + list(raw.layout.readings.values())
        told = {tokens.withheld(fold(text)): text for reading in readings for text in _exact(reading)}
        column = columns[header]
        if told and any(str(text) in told for text in column.texts):
            columns[header] = _rewritten(column, np.array([told.get(str(t), t) for t in column.texts], dtype=object))
    return replace(raw, columns=columns)
