"""Verifying a report: every byte against its receipt, every sealed number against the same data computed again.

``receipt.json`` holds the hash of every other file and its own; a file that it does not list is a difference too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.errors import DataRefused
from analytics.domain.run import SHAPE, Run
from analytics.publish import MARK
from analytics.reports.receipt import canonical_json, sha256

CLOSE = 1e-5  # of the larger of both numbers and the standard error: six digits are delivered


@dataclass(frozen=True)
class Difference:
    """``where``: a file, an input, or table and row; ``told``: what is different there."""

    where: str
    told: str

    def __str__(self) -> str:
        return f"{self.where}: {self.told}"


def receipt_of(folder: Path) -> Mapping[str, Any]:
    """The receipt in ``folder``; DataRefused where there is none that can be read."""
    try:
        found = json.loads((folder / MARK).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise DataRefused(f"{folder} holds no report: {MARK} is not in it.", fix="name a report's folder") from None
    except (OSError, ValueError):
        found = None
    return found if isinstance(found, dict) else {}


def folder_differences(folder: Path) -> Iterator[Difference]:
    """Every file that is not as the receipt says, the receipt itself first."""
    known = receipt_of(folder)
    if not _as_written(known, (folder / MARK).read_bytes()):
        yield Difference(MARK, "was changed: its own hash does not fit")
    listed = dict(listed_in(known))
    there = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_symlink() or not p.is_dir()}
    for name, expected in sorted(listed.items()):
        if name not in there:
            yield Difference(name, "is missing")
        elif there[name].is_symlink() or not there[name].is_file() or sha256(there[name].read_bytes()) != expected:
            yield Difference(name, "was changed")
    for name in there:
        if name not in listed and name != MARK:
            yield Difference(name, "is not in the receipt")


def listed_in(known: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """(name, hash) of every file that a receipt lists, whatever else may stand there."""
    files = known.get("files")
    entries = files if isinstance(files, list) else []
    return [(str(one.get("name")), one.get("sha256")) for one in entries if isinstance(one, dict)]


def _as_written(known: Mapping[str, Any], content: bytes) -> bool:
    """Whether the receipt has its own hash and not a byte more or less than we would write."""
    try:
        whole = canonical_json({**known, "receipt_sha256": ""})
        return known.get("receipt_sha256") == sha256(whole) and canonical_json(known) == content
    except (TypeError, ValueError):
        return False


def input_differences(sealed: Run, again: Run) -> Iterator[Difference]:
    """Inputs, mapping and counts of rows of the second run that are not those of the first."""
    before = {one["name"]: one["sha256"] for one in sealed.facts["inputs"]}
    after = {one["name"]: one["sha256"] for one in again.facts["inputs"]}
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            lacking = "is not among the data" if name not in after else "was not an input" if name not in before else ""
            yield Difference(f"input {name}", lacking or "is another file")
    if sealed.facts["mapping_sha256"] != again.facts["mapping_sha256"]:
        yield Difference("mapping", "is another one")
    for count, value in sealed.facts["rows"].items():
        if again.facts["rows"].get(count) != value:
            yield Difference(f"rows {count}", f"{value} then, {again.facts['rows'].get(count)} now")


def result_differences(sealed: Run, again: Run) -> Iterator[Difference]:
    """Numbers and texts that came out otherwise, in the order of the sealed results."""
    before, after = _comparable(sealed), _comparable(again)
    gone, new = before.index.difference(after.index, sort=False), after.index.difference(before.index, sort=False)
    yield from (Difference(name, "is not computed any more") for name in gone)
    yield from (Difference(name, "was not in the report") for name in new)
    both = before.index.intersection(after.index, sort=False)
    a, b = before.loc[both], after.loc[both]
    moved = ~_close(a["value"], b["value"], _errors(a)) | ~_close(a["n"], b["n"], 0.0)
    texts = a["note"].fillna("").to_numpy() != b["note"].fillna("").to_numpy()
    for name in both[moved | texts]:
        yield Difference(name, f"{_told(before.loc[name])} then, {_told(after.loc[name])} now")


def _comparable(run: Run) -> pd.DataFrame:
    """The results by id; weeks written 12 or 12.0 in a plan are the same weeks."""
    rows = run.results.set_index("id")
    shapes = (rows["statistic"] == SHAPE).to_numpy()
    return rows.assign(note=rows["note"].where(~shapes, rows["note"].str.replace("int64", "float64")))


def _errors(rows: pd.DataFrame) -> np.ndarray:
    """The standard error that stands beside each number, 0 where there is none."""
    own = rows[rows["statistic"] == "std_error"].set_index(["table", "keys"])["value"]
    beside = pd.MultiIndex.from_frame(rows[["table", "keys"]])
    return own.reindex(beside).fillna(0.0).to_numpy()


def _close(a: pd.Series, b: pd.Series, error: np.ndarray | float) -> np.ndarray:
    x, y = a.to_numpy(float), b.to_numpy(float)
    with np.errstate(invalid="ignore"):
        near = np.abs(x - y) <= CLOSE * np.maximum(np.maximum(np.abs(x), np.abs(y)), error)
    return near | (x == y) | (np.isnan(x) & np.isnan(y))


def _told(row: pd.Series) -> str:
    return str(row["note"]) if isinstance(row["note"], str) else f"{row['value']:.6g}"
