"""Layouts as JSON and back: how a batch's columns become ours, so that it can be read again later."""

from __future__ import annotations

from typing import Any

from analytics.domain.layout import Cell, Layout, Record
from analytics.domain.mapping import Covariate, Entry, OutcomeEntry, Reading
from schemas.changes import RuleChanges

PLAIN = ("table", "mapped", "long", "decimal", "replicates", "patient_ids", "style")
RULES = ("off", "ranges", "usual", "required")
KINDS: dict[str, type[Reading]] = {
    "reading": Reading, "entry": Entry, "covariate": Covariate, "outcome": OutcomeEntry,
}  # fmt: skip


def layout_to(layout: Layout) -> dict[str, Any]:
    """A layout as plain values."""
    return {
        **{name: getattr(layout, name) for name in PLAIN},
        "missing": list(layout.missing),
        "records": [
            {"qualifiers": dict(record.qualifiers), "cells": [_cell_to(cell) for cell in record.cells]}
            for record in layout.records
        ],
        "readings": {name: _model_to(reading) for name, reading in layout.readings.items()},
        "rules": {
            name: [list(v) if isinstance(v, tuple) else v for v in getattr(layout.rules, name)] for name in RULES
        },
    }


def layout_from(told: dict[str, Any]) -> Layout:
    """The layout that ``layout_to`` wrote."""
    rules: dict[str, Any] = {n: tuple(tuple(v) if isinstance(v, list) else v for v in told["rules"][n]) for n in RULES}
    return Layout(
        **{name: told[name] for name in PLAIN},
        missing=tuple(told["missing"]),
        records=tuple(Record(r["qualifiers"], tuple(_cell_from(c) for c in r["cells"])) for r in told["records"]),
        readings={name: _model_from(reading) for name, reading in told["readings"].items()},
        rules=RuleChanges(**rules),
    )


def _cell_to(cell: Cell) -> dict[str, Any]:
    entry = None if cell.entry is None else _model_to(cell.entry)
    plain = {name: getattr(cell, name) for name in ("column", "header", "constant", "listed", "row_number")}
    return {**plain, "entry": entry}


def _cell_from(told: dict[str, Any]) -> Cell:
    entry = None if told["entry"] is None else _model_from(told["entry"])
    return Cell(**{**told, "entry": entry})


def _model_to(model: Reading) -> dict[str, Any]:
    kind = next(name for name, made in KINDS.items() if type(model) is made)
    return {"kind": kind, **{"told": model.model_dump(mode="json", by_alias=True, exclude_defaults=True)}}


def _model_from(told: dict[str, Any]) -> Any:
    return KINDS[told["kind"]].model_validate(told["told"])
