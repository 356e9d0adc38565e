"""Typed runs: putting words and numbers together so that no literal holds a digit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from analytics.domain.block import Number, NumberClass, Paragraph, Runs, Text

_WORD_WITH_DIGIT = re.compile(r"(\S*[\d²³¹⁰-⁹₀-₉]\S*)")
NBSP = "\u00a0"


def runs(*parts: Any) -> Runs:
    """Texts, Numbers, runs and strings in a row. A string with a digit is a fault of the program: ValueError."""
    out: list[Text | Number] = []
    for part in parts:
        for piece in part if isinstance(part, tuple) else (part,):
            piece = Text(piece) if isinstance(piece, str) else piece
            if isinstance(piece, Text) and any(map(str.isdigit, piece.text)):
                raise ValueError(f"a literal holds a digit: {piece.text!r}")
            _append(out, piece)
    return tuple(out)


def _append(out: list[Text | Number], piece: Text | Number) -> None:
    last = out[-1] if out else None
    if isinstance(piece, Text) and isinstance(last, Text) and last.style == piece.style:
        out[-1] = Text(last.text + piece.text, piece.style)
    elif piece.text:
        out.append(piece)


def name(text: Any, ref: str = "", *, kind: NumberClass = "L", style: str = "plain") -> Runs:
    """Text that somebody else wrote (label, file name, date, note): a word with a digit becomes a Number of class L."""
    parts = _WORD_WITH_DIGIT.split(str(text))
    made = [Number(p, kind, ref) if i % 2 else Text(p, style) for i, p in enumerate(parts)]  # type: ignore[arg-type]
    return runs(*made)


def strong(*parts: Any) -> Runs:
    """The same runs with their words set strong."""
    return tuple(Text(r.text, "strong") if isinstance(r, Text) else r for r in runs(*parts))


def soft(*parts: Any) -> Runs:
    """The same runs with their words set soft."""
    return tuple(Text(r.text, "soft") if isinstance(r, Text) else r for r in runs(*parts))


def listed(items: Sequence[Any], last: str = "and") -> Runs:
    """ "a, b and c"."""
    if len(items) < 2:
        return runs(*items)
    head: list[Any] = [items[0]]
    for item in items[1:-1]:
        head += [", ", item]
    return runs(*head, f" {last} ", items[-1])


def joined(items: Iterable[Any], between: str = " ") -> Runs:
    """Items with the same text between them; empty ones are passed over."""
    out: list[Any] = []
    for item in items:
        if item:
            out += [between, item] if out else [item]
    return runs(*out)


def capital(content: Runs) -> Runs:
    """The same runs with a capital at the start."""
    if not content or not content[0].text:
        return content
    first = content[0]
    text = first.text[0].upper() + first.text[1:]
    if isinstance(first, Text):
        return (Text(text, first.style), *content[1:])
    return (Number(text, first.kind, first.ref, first.transform), *content[1:])


PEOPLE = ("Fitzpatrick", "Jessner", "Goodman")  # first words of labels that keep their capital


def lower(text: str) -> str:
    """A label inside a sentence: small first letter, unless its first word is an acronym or somebody's name."""
    first = text.split(" ", 1)[0]
    keep = first[1:] != first[1:].lower() or first.strip("'s,") in PEOPLE
    return text if keep else text[:1].lower() + text[1:]


def small(content: Runs) -> Runs:
    """The same runs with a small letter at the start."""
    first = content[0] if content else None
    return (Text(lower(first.text), first.style), *content[1:]) if isinstance(first, Text) else content


def words(content: Runs) -> str:
    """The runs as plain text."""
    return "".join(run.text for run in content)


def text(*parts: Any, role: str = "text") -> Paragraph:
    """A paragraph of prose."""
    return Paragraph(runs(*parts), role=role)


def note(*parts: Any) -> Paragraph:
    """A small remark below or instead of something."""
    return Paragraph(runs(*parts), role="note")


def heading(*parts: Any, level: int, anchor: str = "") -> Paragraph:
    """A heading of a section (levels as in HTML)."""
    return Paragraph(runs(*parts), role="heading", level=level, anchor=anchor)


def bullets(items: Sequence[Runs]) -> Paragraph:
    """A bullet list."""
    return Paragraph(items=tuple(items))
