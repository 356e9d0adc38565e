"""A plain, slow judge of a canonical sessions file, written from the manual only: lines set aside, and why."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict

COLUMNS = (
    "patient_id",
    "treatment",
    "session_date",
    "side",
    "texture_grade",
    "inflammatory_lesions",
    "roller_needle_mm",
    "age",
)
TREATMENTS = ("microdermabrasion", "chemical_peel", "dermal_roller")
Row = tuple[str, ...]


def number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)", text.strip()) else None


def day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def own_faults(row: Row) -> set[str]:
    """Rules a line breaks by itself."""
    cell = dict(zip(COLUMNS, (text.strip() for text in row)))
    found = set()
    if not cell["patient_id"]:
        found.add("missing")
    if not cell["session_date"]:
        found.add("missing")
    elif day(cell["session_date"]) is None:
        found.add("date")
    if cell["treatment"] and cell["treatment"].lower() not in TREATMENTS:
        found.add("treatment")
    if cell["side"] and cell["side"] not in ("left", "right", "both"):
        found.add("code")
    for name, low, high, step in (
        ("texture_grade", 0, 9, 0.5),
        ("inflammatory_lesions", 0, float("inf"), 1),
        ("age", 0, 120, None),
    ):
        if cell[name]:
            value = number(cell[name])
            if value is None:
                found.add("type")
            elif not low <= value <= high:
                found.add("range")
            elif step and (value / step) % 1:
                found.add("step")
    needle = cell["roller_needle_mm"]
    if needle:
        value = number(needle)
        if value is None:
            found.add("type")
        elif not 0.1 <= value <= 3:
            found.add("range")
        if value is not None and cell["treatment"].lower() != "dermal_roller" and "treatment" not in found:
            found.add("wrong_parameter")
    return found


def canonical(row: Row) -> tuple:
    """A line as values, for equality."""
    cell = dict(zip(COLUMNS, (text.strip() for text in row)))
    numbers = tuple(number(cell[n]) if cell[n] else None for n in COLUMNS[4:])
    return (cell["patient_id"], cell["treatment"].lower(), day(cell["session_date"]), cell["side"], *numbers)


def judge(rows: list[Row]) -> dict[int, set[str]]:
    """Line (from 0) -> rules it breaks; lines that are fine are left out."""
    found = {i: rules for i, row in enumerate(rows) if (rules := own_faults(row))}
    found.update(repeats(rows, found))
    found.update(contradictions(rows, found))
    return found


def repeats(rows: list[Row], found: dict[int, set[str]]) -> dict[int, set[str]]:
    seen: set[tuple] = set()
    again = {}
    for i, row in enumerate(rows):
        if i not in found:
            if canonical(row) in seen:
                again[i] = {"duplicate_row"}
            seen.add(canonical(row))
    return again


def contradictions(rows: list[Row], found: dict[int, set[str]]) -> dict[int, set[str]]:
    values: dict[tuple, dict[float, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, row in enumerate(rows):
        if i not in found:
            patient, _, date, side, texture, lesions, _, _ = canonical(row)
            for name, value in (("t", texture), ("i", lesions)):
                if value is not None:
                    values[patient, date, side, name][value].append(i)
    return {i: {"conflict"} for by in values.values() if len(by) > 1 for lines in by.values() for i in lines}
