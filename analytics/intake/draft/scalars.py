"""Texts and numbers as YAML that reads back as they are, and texts of a file as comments can hold them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from analytics.intake.draft.names import word_set

PLAIN = re.compile(r"[A-Za-zÀ-ɏ_][A-Za-zÀ-ɏ0-9_]*(?:[ .()/²µ-]{1,2}[A-Za-zÀ-ɏ0-9_()²µ-]+)*")
WORDS = word_set("true false null yes no on off y n ~ nan inf")
LONGEST = 60  # characters of a text that a comment shows
MOST_LISTED = 15
BESIDE, WIDTH = 60, 100  # characters of a reason beside its line; of a line of reasons above it


def scalar(value: Any) -> str:
    """One YAML scalar that reads back as ``value``; texts in quotes wherever there could be a doubt."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    text = str(value)
    if PLAIN.fullmatch(text) and text.casefold() not in WORDS:
        return text
    return '"' + "".join(_escaped(c) for c in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"


def flow(values: Iterable[Any]) -> str:
    """A list in one line."""
    return "[" + ", ".join(scalar(value) for value in values) + "]"


def remark(text: str) -> str:
    """A text of the file as a comment can hold it: one line, printable, not too long."""
    plain = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 3]}..."


def comment(reasons: Sequence[str]) -> str:
    """Reasons behind a line, where they are short."""
    told = _joined(reasons)
    return f"  # {told}" if told and len(told) <= BESIDE else ""


def above(reasons: Sequence[str]) -> list[str]:
    """Reasons on lines of their own, where they are long."""
    told = _joined(reasons)
    if len(told) <= BESIDE:
        return []
    return textwrap.wrap(told, WIDTH, initial_indent="# ", subsequent_indent="#   ")


def _joined(reasons: Sequence[str]) -> str:
    return "; ".join("".join(c if c.isprintable() else "?" for c in " ".join(r.split()))[:400] for r in reasons)
