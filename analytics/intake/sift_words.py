"""Texts to words: free text, codes, several codes, yes or no; matched by the mapping, then by our spellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import numpy as np

from analytics.domain.mapping import Reading
from analytics.domain.matching import Matcher
from analytics.intake.sift_texts import plain_texts
from analytics.intake.sift_values import Fault, Typed, few
from schemas.spelling import permitted, spellings
from schemas.vocabulary import Vocabulary

NO_CONTROL = "must be text without control characters"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


def word_values(
    texts: np.ndarray,
    kinds: np.ndarray,
    empty: np.ndarray,
    column: str,
    kind: str,
    reading: Reading | None,
    vocabulary: Vocabulary,
) -> Typed:
    read = _word_reader(column, kind, reading, vocabulary)
    values = np.full(len(texts) + 1, None, dtype=object)
    faults: dict[int, Fault] = {}
    trimmed, synonyms = [], []
    as_it_is = plain_texts(texts) & ~empty[:-1] & (kind == "text" and reading is None)
    values[:-1][as_it_is] = texts[as_it_is]
    for i in np.flatnonzero(~as_it_is & ~empty[:-1]).tolist():
        text = texts[i]
        plain = text.strip()
        found = Fault("type", NO_CONTROL) if CONTROL.search(plain) else read(plain)
        if isinstance(found, Fault):
            faults[i] = found
            continue
        values[i] = found
        if found != plain:
            synonyms.append(i)
        if plain != text:
            trimmed.append(i)
    repairs = {"trim": np.array(trimmed, np.int64), "synonym": np.array(synonyms, np.int64)}
    return Typed(values, empty, faults, repairs)


def _word_reader(
    column: str, kind: str, reading: Reading | None, vocabulary: Vocabulary
) -> Callable[[str], str | Fault]:
    """What one trimmed text means: itself, a code, several codes, or a Fault."""
    given = dict(reading.values) if reading is not None else {}
    ids = permitted(vocabulary, column)
    known = spellings(vocabulary, column)
    if kind == "text" and not given:
        return lambda text: unicodedata.normalize("NFC", text)
    rule = "treatment" if column in ("treatment", "outcome") and column == "treatment" else "code"
    if kind == "text":
        return _one(Matcher.of(given, given), rule, tuple(given))
    if kind == "boolean":
        ids = ("true", "false")
    matcher = Matcher.of(ids or given, given, spellings=known, open=ids is None)
    one = _one(matcher, rule, ids or ())
    return one if kind != "codes" else _several(one)


def _one(matcher: Matcher, rule: str, ids: tuple[str, ...]) -> Callable[[str], str | Fault]:
    def read(text: str) -> str | Fault:
        match = matcher.match(text)
        if match.id is not None:
            return match.id
        if match.claims:
            return Fault(rule, f"must have one meaning; entries with * for {' and '.join(match.claims)} both claim it")
        near = Vocabulary.nearest(text, ids, count=1)
        hint = f"; nearest: {near[0]}" if near else ""
        return Fault(rule, f"must be one of: {few(ids)}, or a text that the mapping explains{hint}")

    return read


def _several(one: Callable[[str], str | Fault]) -> Callable[[str], str | Fault]:
    """Codes separated by semicolons, each once, in the order written."""

    def read(text: str) -> str | Fault:
        found: list[str] = []
        for part in text.split(";"):
            meant = one(part.strip()) if part.strip() else ""
            if isinstance(meant, Fault):
                return meant
            if meant and meant not in found:
                found.append(meant)
        return ";".join(found)

    return read
