"""Names of those who work at a clinic, and of files: outside they are numbers, in an order that says nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import pandas as pd

PROVIDER = "provider_id"
STAFF = {PROVIDER: "provider", "rater_id": "rater", "device_id": "device"}  # columns of the sessions -> who that is
FILE = "file"  # who wrote it, or whom it is about, may be its name
FILE_COLUMNS = {"files": "name", "quality": "file", "faults": "file"}


def unnamed(tables: Mapping[str, pd.DataFrame], salt: str) -> dict[str, pd.DataFrame]:
    """The tables with "provider 1", "rater 2", "device 1", "file 3" in the place of names, the same everywhere.

    ``salt``: something of the files that does not leave the house, so that nobody who knows the names can tell their
    order; with other files the numbers are others, and nobody can be followed from report to report.
    """
    labels = {kind: _numbered(_named(tables, kind), kind, salt) for kind in (*STAFF.values(), FILE)}
    made = dict(tables)
    for name, frame in tables.items():
        for column, (kinds, values) in _cells(name, frame).items():
            told = [labels[kind].get(str(v), v) if kind else v for kind, v in zip(kinds, values)]
            made[name] = made[name].assign(**{column: pd.Series(told, index=frame.index, dtype="str")})
    return made


def _named(tables: Mapping[str, pd.DataFrame], wanted: str) -> set[str]:
    found = (pair for name, frame in tables.items() for kinds, values in _cells(name, frame).values()
             for pair in zip(kinds, values))  # fmt: skip
    return {str(value) for kind, value in found if kind == wanted and str(value) not in ("", "nan", "unknown")}


def _cells(name: str, frame: pd.DataFrame) -> dict[str, tuple[list[str], Iterable[str]]]:
    """Columns that name somebody, with the kind of each cell ("": no name) and its text."""
    if name == "raters":
        return {"who": (list(frame["kind"]), frame["who"])}
    if name == "benchmark":
        return {"provider": (["provider"] * len(frame), frame["provider"])}
    if name in FILE_COLUMNS:
        return {FILE_COLUMNS[name]: ([FILE] * len(frame), frame[FILE_COLUMNS[name]])}
    if name == "baseline":
        return {"level": ([STAFF.get(v, "") for v in frame["variable"]], frame["level"])}
    return {}


def _numbered(names: set[str], kind: str, salt: str) -> dict[str, str]:
    order = sorted(names, key=lambda name: hashlib.sha256(f"{salt}\n{kind}\n{name}".encode()).hexdigest())
    return {name: f"{kind} {number}" for number, name in enumerate(order, start=1)}


def by_staff(population: str) -> bool:
    """Whether a population is the patients of one provider, rater or device."""
    return population.partition("=")[0] in STAFF
