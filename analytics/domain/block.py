"""Block: a paragraph, table or figure as typed runs, the only thing a report cell puts out and every format renders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

MIME = "application/vnd.outcomes.block+json"
NumberClass = Literal["R", "P", "D", "L", "S", "N"]


@dataclass(frozen=True)
class Text:
    """Literal text. Holds no digits: a number is a Number."""

    text: str
    style: Literal["plain", "strong", "soft"] = "plain"


@dataclass(frozen=True)
class Number:
    """A formatted number with its source.

    ``kind``: R result row, P plan or vocabulary, D receipt, L name or code, S axis tick, N page or section.
    ``ref``: id of the results row (R; several rows are joined by a line feed), key of the plan / receipt / vocabulary
    otherwise. ``transform``: named transform and rounding that made the text of the row's value (show/numbers.py).
    """

    text: str
    kind: NumberClass
    ref: str = ""
    transform: str = ""


Run = Text | Number
Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    """``role``: kicker | headline | lead | heading | text | note | tag | provenance; ``level`` for headings (1-4).

    ``mood`` colours a tag: better | none | unknown. ``items``: a list of runs makes it a bullet list."""

    runs: Runs = ()
    role: str = "text"
    level: int = 2
    mood: str = ""
    items: tuple[Runs, ...] = ()
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """``columns``: headers; ``rows``: cells as runs; ``align``: l or r; ``header_columns``: leading row headers."""

    caption: Runs
    columns: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    align: tuple[str, ...] = ()
    header_columns: int = 1
    note: Runs = ()
    name: str = ""  # file-name stem and anchor


@dataclass(frozen=True)
class Figure:
    """``svg``: cleaned SVG text (no style element, no script, no date). ``alt``: what it shows in words.

    ``data``: the numbers drawn, as a Table shown behind a disclosure element."""

    svg: str
    alt: Runs
    caption: Runs
    data: Table | None = None
    name: str = ""


@dataclass(frozen=True)
class Answer:
    """One primary outcome on page one: label, tag, sentence, small line."""

    label: Runs
    tag: Paragraph
    sentence: Runs
    small: Runs = ()


@dataclass(frozen=True)
class Answers:
    items: tuple[Answer, ...]


Block = Paragraph | Table | Figure | Answers
_TYPES = {c.__name__: c for c in (Text, Number, Paragraph, Table, Figure, Answer, Answers)}


def to_json(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Blocks as plain JSON values: what stands in the executed notebook. A field at its default is left out."""

    def plain(value: Any) -> Any:
        if type(value).__name__ in _TYPES and type(value) is _TYPES[type(value).__name__]:
            told = {f.name: getattr(value, f.name) for f in fields(value) if getattr(value, f.name) != f.default}
            return {"type": type(value).__name__, **{name: plain(found) for name, found in told.items()}}
        return [plain(v) for v in value] if isinstance(value, (tuple, list)) else value

    return [plain(block) for block in blocks]


def from_json(value: Any) -> Any:
    """The inverse of ``to_json``: nested dataclasses with tuples."""
    if isinstance(value, dict):
        kind = _TYPES[value["type"]]
        return kind(**{k: from_json(v) for k, v in value.items() if k != "type"})
    return tuple(from_json(v) for v in value) if isinstance(value, list) else value


__all__ = [
    "MIME", "Answer", "Answers", "Block", "Figure", "Number", "Paragraph", "Run", "Runs", "Table", "Text",
    "from_json", "to_json",
]  # fmt: skip
