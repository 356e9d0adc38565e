"""Warning about persons: sex, birth year or skin type differ within a patient, over sessions and patients table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.intake.sift_faults import Block
from analytics.intake.warn_rows import Rows, pairs

PERSON = ("sex", "birth_year", "fitzpatrick")
TABLES = ("sessions", "patients")


def changed_person(tables: Mapping[str, Rows]) -> dict[str, list[Block]]:
    """Table -> rows that say of a patient what fewer rows say than something else (of two equally frequent: both)."""
    known = {name: tables[name] for name in TABLES if name in tables and len(tables[name])}
    found: dict[str, list[Block]] = {}
    for column in PERSON:
        parts = {name: rows for name, rows in known.items() if column in rows}
        if "sessions" not in parts:  # two rows of the patients table are a conflict
            continue
        for name, block in _column(column, parts, _common_codes(parts)):
            found.setdefault(name, []).append(block)
    return found


def _common_codes(parts: Mapping[str, Rows]) -> dict[str, np.ndarray]:
    """Table -> (n,) code of the patient, the same in all tables."""
    every, _ = pd.factorize(np.concatenate([rows.keys for rows in parts.values()]))
    ends = np.cumsum([len(rows.keys) for rows in parts.values()])[:-1]
    return {name: codes[rows.patient] for (name, rows), codes in zip(parts.items(), np.split(every, ends))}


def _column(column: str, parts: Mapping[str, Rows], codes: Mapping[str, np.ndarray]) -> list[tuple[str, Block]]:
    value = _values(column, parts)
    patient = np.concatenate([codes[name] for name in parts])
    filled = value >= 0
    if not _differ(patient[filled], value[filled]):
        return []
    several, counts = np.unique(pairs(patient[filled], value[filled]), return_counts=True)
    who = several >> 32
    most = np.zeros(int(who.max()) + 1, np.int64)
    np.maximum.at(most, who, counts)
    firsts = np.bincount(who, weights=counts == most[who])
    rare = several[(counts < most[who]) | (firsts[who] > 1)]
    wrong = filled & np.isin(pairs(patient, value), rare)
    blocks, start = [], 0
    for name, rows in parts.items():
        at = np.flatnonzero(wrong[start : start + len(rows)])
        start += len(rows)
        if len(at):
            blocks.append((name, rows.block("changed_person", column, at)))
    return blocks


def _values(column: str, parts: Mapping[str, Rows]) -> np.ndarray:
    """Code of the value of every row of all tables, one after the other; the same in all, -1: empty."""
    coded = [rows.codes(column) for rows in parts.values()]
    every = pd.factorize(np.concatenate([texts for _, texts in coded]))[0]
    ends = np.cumsum([len(texts) for _, texts in coded])[:-1]
    return np.concatenate([np.r_[own, -1][codes] for (codes, _), own in zip(coded, np.split(every, ends))])


def _differ(patient: np.ndarray, value: np.ndarray) -> bool:
    """Whether any patient has two values."""
    if not len(patient):
        return False
    one = np.zeros(int(patient.max()) + 1, np.int64)
    one[patient] = value
    return bool((one[patient] != value).any())
