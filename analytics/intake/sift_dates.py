"""Texts to dates: the file's one format, or ours; cells that a workbook stores as dates are taken as they are."""

from __future__ import annotations

import numpy as np

from analytics.domain.date_format import CANONICAL, EARLIEST, LATEST, DateFormat, compile_format, plausible
from analytics.domain.mapping import Reading
from analytics.intake.sift_values import Fault, Typed

YEARS = f"must lie in the years {EARLIEST} to {LATEST}"


def date_values(texts: np.ndarray, kinds: np.ndarray, empty: np.ndarray, reading: Reading | None) -> Typed:
    given = getattr(reading, "format", None)
    told = compile_format(given) if given else CANONICAL
    like = f"written like {told.example}" + (f" ({told.text})" if given else "")
    values = np.full(len(texts) + 1, np.datetime64("NaT", "s"), dtype="datetime64[s]")
    timed = np.zeros(len(texts) + 1, bool)
    faults: dict[int, Fault] = {}
    trimmed = []
    for i, text in enumerate(texts):
        if empty[i]:
            continue
        found = _reader(told, kinds[i]).moment(text.strip()) if kinds[i] in "td" else None
        if found is None:
            number = " (the cell holds a number, not a date)" if kinds[i] == "n" else ""
            faults[i] = Fault("date", f"must be a date that exists, {like}{number}")
            continue
        if not plausible(found[0]):
            faults[i] = Fault("date", YEARS, "Correct the year.")
            continue
        values[i], timed[i] = np.datetime64(found[0], "s"), found[1]
        if text != text.strip():
            trimmed.append(i)
    return Typed(values, empty, faults, {"trim": np.array(trimmed, np.int64)}, timed)


def _reader(told: DateFormat, kind: str) -> DateFormat:
    return CANONICAL if kind == "d" else told
