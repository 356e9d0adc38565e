"""The mapping.yml of a simulated clinic, written from the same dialect that wrote its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.domain.documents import dump
from analytics.sources.simulate.dialect import Dialect, Field
from analytics.sources.simulate.export import Sheet

DATES = ("session_date", "consultation_date", "onset_date", "resolved_date")


def mapping_text(dialect: Dialect, clinic: str, sheets: Mapping[str, Sheet]) -> str:
    """YAML in the mapping language; only columns that the files really have are named."""
    sessions = sheets["sessions"]
    document: dict[str, Any] = {"shape": dialect.shape, **_reading(dialect, sessions)}
    if dialect.missing:
        document["missing"] = list(dialect.missing)
    document["columns"] = _columns(dialect, sessions)
    document["constants"] = {"clinic_id": clinic}
    scales = {name: dict(f.extra) for name, f in dialect.outcomes.items() if f.extra}
    if scales:
        document["outcomes"] = scales
    document["tables"] = {
        table: {
            **_table_place(dialect, sheet),
            **_reading(dialect, sheet),
            "columns": _columns(dialect, sheet),
            "constants": {"clinic_id": clinic},
        }
        for table, sheet in sheets.items()
        if table != "sessions"
    }
    head = f"# How the columns, texts and scales of the clinic {clinic} become ours.\n"
    return head + dump(document)


def _table_place(dialect: Dialect, sheet: Sheet) -> dict[str, Any]:
    return {} if dialect.container == "xlsx" else {"file": sheet.layout.place}


def _reading(dialect: Dialect, sheet: Sheet) -> dict[str, Any]:
    """How the file is to be read, where that departs from a plain comma-separated file."""
    if dialect.container == "xlsx":
        return {"sheet": sheet.layout.place, "header_row": sheet.header_row}
    found: dict[str, Any] = {}
    if dialect.decimal != ".":
        found["decimal"] = dialect.decimal
    if dialect.separator != ",":
        found["separator"] = dialect.separator
    if dialect.encoding != "utf-8":
        found["encoding"] = "windows-1252"
    return found


def _columns(dialect: Dialect, sheet: Sheet) -> dict[str, Any]:
    entries = {
        name: _entry(dialect, name, sheet.layout.fields[name]) for name in sheet.columns if name in sheet.layout.fields
    }
    if sheet.table == "sessions" and dialect.outcome_field is not None:
        entries |= {"outcome": dialect.outcome_field.entry(), "value": dialect.value_header}
    return entries


def _entry(dialect: Dialect, name: str, field: Field) -> Any:
    if name in DATES and dialect.date:
        return {"from": field.header, "format": dialect.date}
    return field.entry()
