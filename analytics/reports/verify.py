"""Verifying a report: every byte against its receipt, every sealed number against the same data computed again.

``receipt.json`` holds the hash of every other file and its own; a file that it does not list is a difference too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.domain.errors import DataRefused
from analytics.domain.run import Run
from analytics.publish import MARK
from analytics.reports.compare import compare_runs
from analytics.reports.receipt import canonical_json, sha256


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
    before, after = ({one["name"]: one["sha256"] for one in run.facts.get("inputs", ())} for run in (sealed, again))
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            lacking = "is not among the data" if name not in after else "was not an input" if name not in before else ""
            yield Difference(f"input {name}", lacking or "is another file")
    if sealed.facts.get("mapping_sha256") != again.facts.get("mapping_sha256"):
        yield Difference("mapping", "is another one")
    for count, value in sealed.facts.get("rows", {}).items():
        if again.facts["rows"].get(count) != value:
            yield Difference(f"rows {count}", f"{value} then, {again.facts['rows'].get(count)} now")


def result_differences(sealed: Run, again: Run) -> Iterator[Difference]:
    """Numbers and texts that came out otherwise: those not computed any more, those not in the report, those moved."""
    rows = compare_runs(sealed, again).rows
    for kind, told in (("gone", "is not computed any more"), ("new", "was not in the report")):
        yield from (Difference(name, told) for name in rows.loc[rows["kind"] == kind, "id"])
    moved = rows[rows["kind"] == "changed"]
    for name, before, now in zip(moved["id"], moved["before"], moved["now"]):
        yield Difference(name, f"{before} then, {now} now")
