"""Small files for tests of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analytics.store.ingest import Ingested, ingest


def lines(*rows: str, head: str = "patient_id,session_date,treatment,texture_grade") -> str:
    return "\n".join([head, *rows]) + "\n"


def take_in(folder: Path, name: str, text: str, **how: Any) -> Ingested:
    """Write a file and ingest it into ``folder/store``."""
    (folder / name).write_text(text)
    return ingest([folder / name], how.pop("mappings", ()), folder / "store", **how)


def many(count: int, *, grade: str = "4", clinic: str = "") -> str:
    head = "patient_id,session_date,treatment,texture_grade" + (",clinic_id" if clinic else "")
    end = f",{clinic}" if clinic else ""
    return lines(*(f"P{n},2026-01-05,chemical_peel,{grade}{end}" for n in range(count)), head=head)
