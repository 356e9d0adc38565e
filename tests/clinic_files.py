"""Small clinic files for tests: written to a folder of the test, read, sifted, and looked at in plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pandas as pd

from analytics.domain.dataset import Dataset, Sifted
from analytics.intake.sift import sift
from analytics.sources.read import read

HEADER = "patient_id,treatment,session_date,texture_grade,inflammatory_lesions"


@dataclass(frozen=True)
class ClinicFiles:
    """A folder of a test."""

    folder: Path

    def write(self, name: str, content: str | bytes) -> Path:
        """A file with this content (text is dedented)."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
        return path

    def read(self, content: str | bytes, mapping: Any = None, *, name: str = "sessions.csv") -> Dataset:
        """One file with an optional mapping (YAML text or dict)."""
        return read([self.write(name, content)], () if mapping is None else (as_mapping(mapping),))

    def sift(
        self, content: str | bytes, mapping: Any = None, *, name: str = "sessions.csv", cutoff: Any = None
    ) -> Sifted:
        """One file, read and sifted."""
        return sift(self.read(content, mapping, name=name), cutoff=cutoff)

    def folder_of(self, **tables: str) -> Path:
        """A folder with canonical CSV tables."""
        for table, content in tables.items():
            self.write(f"data/{table}.csv", content)
        return self.folder / "data"


def as_mapping(mapping: Any) -> Any:
    """YAML text without its indentation; a dict as it is."""
    return dedent(mapping) if isinstance(mapping, str) else mapping


def faults(sifted: Sifted) -> list[tuple[int, str, str]]:
    """(row, column, rule) of every error, in order."""
    errors = sifted.quarantine[sifted.quarantine["severity"] == "error"]
    return [(int(r), c, rule) for r, c, rule in zip(errors["row"], errors["column"], errors["rule"])]


def column(frame: pd.DataFrame, *names: str) -> list[Any]:
    """Values of a column (or tuples of several), None where missing."""
    rows = [[None if pd.isna(v) else v for v in frame[name].tolist()] for name in names]
    return rows[0] if len(names) == 1 else list(zip(*rows))


def balanced(sifted: Sifted) -> bool:
    """received = accepted + set aside, and the accepted frame has just those lines."""
    rows = sifted.rows
    lines = sifted.sessions[["_file", "_row"]].drop_duplicates()
    return rows["received"] == rows["accepted"] + rows["quarantined"] and len(lines) == rows["accepted"]


def table_of(rows: Iterable[Iterable[object]], header: str = HEADER, separator: str = ",") -> str:
    """CSV text of plain cells."""
    return "\n".join([header, *(separator.join(str(cell) for cell in row) for row in rows)]) + "\n"
