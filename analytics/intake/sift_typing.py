"""Texts to values: every distinct text of a column is read once, with what is wrong with it and what was repaired."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain.date_format import CANONICAL, DateFormat, compile_format
from analytics.domain.dataset import RawColumn
from analytics.domain.layout import Cell, Layout
from analytics.domain.mapping import Entry, Reading
from analytics.domain.mapping_checks import column_type, limits_of, unit_of
from analytics.domain.matching import Matcher
from schemas.rules import NAMED
from schemas.spelling import fold, permitted, spellings
from schemas.units import factor
from schemas.vocabulary import Vocabulary

NUMBER = {"number", "integer"}
DATE = {"date", "datetime"}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
DIGITS = 10  # decimals kept after a conversion: clears the dust of binary fractions (0.1 x 3)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a text: rule id, what must be true, what to do."""

    rule: str
    must: str = ""
    fix: str = ""

    @property
    def said(self) -> tuple[str, str]:
        named = NAMED[self.rule]
        return self.must or named.sentence, self.fix or named.fix


@dataclass(frozen=True, eq=False)
class Typed:
    """Values by distinct text, with one more at the end for the empty cell (code -1).

    ``values`` (k+1,): float64, datetime64[s], or object str / None. ``empty`` (k+1,) bool: blank or a missing token.
    ``faults``: position of the text -> Fault. ``repairs``: kind -> positions of the texts it was done to.
    ``timed`` (k+1,) bool for dates: a time of day was given.
    """

    values: np.ndarray
    empty: np.ndarray
    faults: Mapping[int, Fault] = field(default_factory=dict)
    repairs: Mapping[str, np.ndarray] = field(default_factory=dict)
    timed: np.ndarray | None = None


def type_column(raw: RawColumn, cell: Cell, layout: Layout, vocabulary: Vocabulary) -> Typed:
    """Read the distinct texts of ``raw`` as values of ``cell.column``."""
    return read_texts(
        raw.texts, raw.kinds, cell.column, cell.entry, vocabulary, decimal=layout.decimal, missing=layout.missing
    )


def read_texts(
    texts: np.ndarray,
    kinds: np.ndarray | None,
    column: str,
    reading: Reading | None,
    vocabulary: Vocabulary,
    *,
    decimal: str = ".",
    missing: Iterable[str] = (),
) -> Typed:
    """Read ``texts`` as values of ``column``; ``reading`` tells the mapping's texts, unit, scale and format."""
    tokens = {fold(t) for t in (*missing, *(reading.missing if reading is not None else ()))}
    empty = np.array([not t.strip() or (bool(tokens) and fold(t) in tokens) for t in texts] + [True], bool)
    kind = column_type(vocabulary, column)
    kinds = kinds if kinds is not None else np.full(len(texts), "t", dtype="U1")
    if kind in NUMBER:
        typed = _numbers(texts, kinds, empty, column, reading, vocabulary, decimal)
    elif kind in DATE:
        typed = _dates(texts, kinds, empty, reading)
    else:
        typed = _words(texts, kinds, empty, column, kind, reading, vocabulary)
    return _without_values(typed, texts, kinds)


def _without_values(typed: Typed, texts: np.ndarray, kinds: np.ndarray) -> Typed:
    """A formula that was never calculated or an error value is a fault in every column."""
    bad = {int(i): Fault("type", "must be a value; the cell holds a formula without a result or an error") for i in np.flatnonzero(kinds == "x")}
    return Typed(typed.values, typed.empty, {**typed.faults, **bad}, typed.repairs, typed.timed) if bad else typed


# --- numbers -----------------------------------------------------------------------------------------------------------


def plain_numbers(texts: np.ndarray, decimal: str = ".") -> np.ndarray:
    """float64 per text; NaN where it is not a plain finite number with that decimal sign (ASCII digits, no separators)."""
    point = "\\." if decimal == "." else ","
    array = pc.utf8_trim_whitespace(pa.array(texts, pa.string()))
    fits = pc.match_substring_regex(array, rf"^[+-]?([0-9]+({point}[0-9]+)?|{point}[0-9]+)([eE][+-]?[0-9]{{1,3}})?$")
    plain = pc.if_else(fits, pc.replace_substring_regex(array, r"^\+", ""), None)
    if decimal != ".":
        plain = pc.replace_substring(plain, decimal, ".")
    try:
        found = pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        found = np.array([float(t) if t is not None else np.nan for t in plain.to_pylist()])
    return np.where(np.isfinite(found), found + 0.0, np.nan)


def _numbers(
    texts: np.ndarray, kinds: np.ndarray, empty: np.ndarray, column: str, reading: Reading | None, vocabulary: Vocabulary, decimal: str
) -> Typed:
    values = np.full(len(texts) + 1, np.nan)
    if len(texts):
        values[:-1] = plain_numbers(texts, decimal)
        typed = np.flatnonzero(kinds == "n")  # a number cell of Excel or Parquet has no decimal sign to obey
        if len(typed):
            values[typed] = plain_numbers(texts[typed])
        values[np.flatnonzero(~np.isin(kinds, ["t", "n"]))] = np.nan
    values[empty] = np.nan
    given = dict(reading.values) if reading is not None else {}
    matcher = Matcher.of((), given, spellings=spellings(vocabulary, column))
    faults: dict[int, Fault] = {}
    synonyms = []
    for i in np.flatnonzero(np.isnan(values[:-1]) & ~empty[:-1]):
        match = matcher.match(texts[i]) if kinds[i] in "tb" else None
        if match is not None and match.id is not None:
            values[i] = float(match.id)
            synonyms.append(i)
        else:
            faults[int(i)] = _no_number(texts[i], given, match.claims if match else (), decimal)
    repairs = {"synonym": np.array(synonyms, np.int64)}
    values, more = _converted(values, column, reading, vocabulary)
    read = np.flatnonzero(~np.isnan(values[:-1]) & (kinds == "t"))
    if decimal == ",":
        repairs["decimal_comma"] = np.array([i for i in read if "," in texts[i]], np.int64)
    repairs["trim"] = np.array([i for i in read if texts[i] != texts[i].strip()], np.int64)
    return Typed(values, empty, faults, {**repairs, **more})


def _no_number(text: str, given: Mapping, claims: tuple[str, ...], decimal: str) -> Fault:
    if claims:
        return Fault("code", f"must have one meaning; entries with * for {' and '.join(claims)} both claim it")
    if given:
        return Fault("code", f"must be a number or a text of the mapping ({_few(t for ts in given.values() for t in ts)})")
    example = "12.5" if decimal == "." else "12,5"
    other = "," if decimal == "." else "."
    hint = f"; this file's decimal sign is {decimal!r}" if re.fullmatch(rf"\s*[+-]?[0-9]+\{other}[0-9]+\s*", text) else ""
    return Fault("type", f"must be a plain number like {example}{hint}")


def _converted(
    values: np.ndarray, column: str, reading: Reading | None, vocabulary: Vocabulary
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Unit, scale and direction of the file turned into ours; which texts that changed."""
    if reading is None:
        return values, {}
    before = values
    changed: dict[str, np.ndarray] = {}
    low, high = limits_of(vocabulary, column)
    by = factor(reading.unit, unit_of(vocabulary, column)) if reading.unit is not None else None
    if by is not None and by != 1.0:
        values = np.round(values * by, DIGITS)
        changed["unit"] = np.flatnonzero(~np.isnan(before[:-1]))
    if low is not None and high is not None and (reading.scale is not None or reading.reverse):
        start, end = reading.scale or (low, high)
        share = (values - start) / (end - start)
        values = np.round(low + (1.0 - share if reading.reverse else share) * (high - low), DIGITS)
        changed["rescale"] = np.flatnonzero(~np.isnan(before[:-1]))
    return values, changed


# --- dates -------------------------------------------------------------------------------------------------------------


def _dates(texts: np.ndarray, kinds: np.ndarray, empty: np.ndarray, reading: Reading | None) -> Typed:
    given = getattr(reading, "format", None)
    told = compile_format(given) if given else CANONICAL
    values = np.full(len(texts) + 1, np.datetime64("NaT", "s"), dtype="datetime64[s]")
    timed = np.zeros(len(texts) + 1, bool)
    faults: dict[int, Fault] = {}
    trimmed = []
    for i, text in enumerate(texts):
        if empty[i]:
            continue
        found = _reader(told, kinds[i]).read(text.strip()) if kinds[i] in "td" else None
        if found is None:
            number = " (the cell holds a number, not a date)" if kinds[i] == "n" else ""
            faults[i] = Fault("date", f"must be a date that exists, written like {told.text}{number}")
            continue
        values[i], timed[i] = np.datetime64(found[0], "s"), found[1]
        if text != text.strip():
            trimmed.append(i)
    return Typed(values, empty, faults, {"trim": np.array(trimmed, np.int64)}, timed)


def _reader(told: DateFormat, kind: str) -> DateFormat:
    return CANONICAL if kind == "d" else told


# --- words -------------------------------------------------------------------------------------------------------------


def _words(
    texts: np.ndarray, kinds: np.ndarray, empty: np.ndarray, column: str, kind: str, reading: Reading | None, vocabulary: Vocabulary
) -> Typed:
    read = _word_reader(column, kind, reading, vocabulary)
    values = np.full(len(texts) + 1, None, dtype=object)
    faults: dict[int, Fault] = {}
    trimmed, synonyms = [], []
    for i, text in enumerate(texts):
        if empty[i]:
            continue
        plain = text.strip()
        found = Fault("type", "must be text without control characters") if CONTROL.search(plain) else read(plain)
        if isinstance(found, Fault):
            faults[i] = found
            continue
        values[i] = found
        if found != plain:
            synonyms.append(i)
        elif plain != text:
            trimmed.append(i)
    repairs = {"trim": np.array(trimmed, np.int64), "synonym": np.array(synonyms, np.int64)}
    return Typed(values, empty, faults, repairs)


def _word_reader(column: str, kind: str, reading: Reading | None, vocabulary: Vocabulary) -> Callable[[str], str | Fault]:
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
        return Fault(rule, f"must be one of: {_few(ids)}, or a text that the mapping explains{hint}")

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


def _few(names: Iterable[str], most: int = 12) -> str:
    shown = list(dict.fromkeys(names))
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def entry_of(cell: Cell, readings: Mapping[str, Reading]) -> Entry | Reading | None:
    """What a mapping says about reading a cell (in long files it hangs on the outcome)."""
    return readings.get(cell.column, cell.entry)
