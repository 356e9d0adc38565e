"""Texts to numbers: strict reading, other spellings of a number, units, scales and direction turned into ours."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain.mapping import Reading
from analytics.domain.mapping_checks import limits_of, unit_of
from analytics.domain.matching import Matcher
from analytics.intake.sift_texts import plain_texts
from analytics.intake.sift_values import Fault, Typed, few
from schemas.spelling import spellings
from schemas.units import factor
from schemas.vocabulary import Vocabulary

DIGITS = 10  # decimals kept after a conversion: clears the dust of binary fractions (0.1 x 3)


def plain_numbers(texts: np.ndarray, decimal: str = ".") -> np.ndarray:
    """float64 per text; NaN where it is not a plain finite number with that decimal sign (ASCII digits only)."""
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


def number_values(
    texts: np.ndarray,
    kinds: np.ndarray,
    empty: np.ndarray,
    column: str,
    reading: Reading | None,
    vocabulary: Vocabulary,
    decimal: str,
) -> Typed:
    values = np.full(len(texts) + 1, np.nan)
    if len(texts):
        values[:-1] = plain_numbers(texts, decimal)
        typed = np.flatnonzero(kinds == "n")  # a number cell of Excel or Parquet has no decimal sign to obey
        if len(typed):
            values[typed] = plain_numbers(texts[typed])
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
    strange = read[~plain_texts(texts[read])]
    repairs["trim"] = np.array([i for i in strange if texts[i] != texts[i].strip()], np.int64)
    return Typed(values, empty, faults, {**repairs, **more})


def _no_number(text: str, given: Mapping, claims: tuple[str, ...], decimal: str) -> Fault:
    if claims:
        return Fault("code", f"must have one meaning; entries with * for {' and '.join(claims)} both claim it")
    if given:
        return Fault(
            "code", f"must be a number or a text of the mapping ({few(t for ts in given.values() for t in ts)})"
        )
    example = "12.5" if decimal == "." else "12,5"
    other = "," if decimal == "." else "."
    hint = (
        f"; this file's decimal sign is {decimal!r}" if re.fullmatch(rf"\s*[+-]?[0-9]+\{other}[0-9]+\s*", text) else ""
    )
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
