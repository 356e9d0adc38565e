"""Lines that were set aside: whose they are and which row they would be, as far as it can be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.domain.dataset import Dataset, RawTable, Sifted
from analytics.intake.sift_keys import patient_keys
from analytics.intake.sift_stacking import stack
from schemas.rules import NAMED

#: Columns that say which row it is: a fault in one of them, and its key is not known.
KEY_COLUMNS = frozenset(
    (
        "patient_id", "clinic_id", "session_id", "session_date", "visit", "study_day", "treatment", "side", "body_site",
        "timing", "hours_since_session", "product", "rater_id", "device_id", "outcome", "consultation_date", "event",
        "onset_date",
    )
)  # fmt: skip
LINE = ["_file", "_row"]
Lines = Sequence[tuple[str, int]]


def in_conflict(sifted: Sifted, table: str, lines: Lines) -> Sifted:
    """``sifted`` with ``lines`` of a table set aside as rows that contradict each other."""
    if not lines:
        return sifted
    frame = getattr(sifted, table)
    hit = pd.MultiIndex.from_frame(frame[LINE]).isin(lines)
    rule = NAMED["conflict"]
    must = "must say the same in every row that means the same session, place, product, rater and device"
    told = pd.DataFrame(
        [(table, file, row, "", rule.id, rule.severity, "", must, rule.fix) for file, row in lines],
        columns=list(sifted.quarantine.columns),
    )
    changes: dict[str, object] = {
        table: frame[~hit].reset_index(drop=True),
        "quarantine": pd.concat([sifted.quarantine, told.astype(sifted.quarantine.dtypes)], ignore_index=True),
    }
    counts = sifted.rows if table == "sessions" else sifted.other_rows[table]
    moved = {"accepted": counts["accepted"] - len(lines), "quarantined": counts["quarantined"] + len(lines)}
    if table == "sessions":
        changes["rows"] = {**counts, **moved}
        out = frame[hit].assign(readable_patient=True, possible_treatment=frame.loc[hit, "treatment"].notna())
        changes["rejected_sessions"] = pd.concat([sifted.rejected_sessions, out], ignore_index=True)
    else:
        changes["other_rows"] = {**sifted.other_rows, table: {**counts, **moved}}
    return replace(sifted, **changes)  # type: ignore[arg-type]


def aside_rows(data: Dataset, sifted: Sifted, table: str) -> pd.DataFrame:
    """One row per record of the lines of ``table`` set aside, with ``ident`` and ``_sure`` (the key is known)."""
    raws = data.tables.get(table, ())
    found = sifted.rejected_sessions if table == "sessions" else _other(data, sifted, table)
    if found is None:
        found = pd.DataFrame({"_file": pd.Series(dtype="str"), "_row": pd.Series(dtype="int64")})
    there = set(zip(found["_file"].astype(str), found["_row"].tolist()))
    missing = [line for line in _lines(sifted, table) if line not in there]
    extra = pd.DataFrame(missing, columns=LINE).astype({"_file": "str", "_row": "int64"})
    whole = pd.concat([found, extra], ignore_index=True) if len(extra) else found
    unsure = _unsure(data, sifted, table)
    lines = list(zip(whole["_file"].astype(str), whole["_row"].astype("int64").tolist()))
    idents = _idents(raws, set(lines))
    gone = set(missing)
    return whole.assign(
        ident=[str(idents.get(line, 0)) for line in lines],
        _sure=[line not in unsure and line not in gone for line in lines],
    )


def _lines(sifted: Sifted, table: str) -> list[tuple[str, int]]:
    """The lines with errors that have no accepted row."""
    wrong = sifted.quarantine
    wrong = wrong[(wrong["severity"] == "error") & (wrong["table"] == table)]
    lines = pd.MultiIndex.from_frame(wrong[["file", "row"]]).unique()
    frame = getattr(sifted, table)
    if frame is not None and len(lines):
        lines = lines[~lines.isin(pd.MultiIndex.from_frame(frame[LINE]))]
    return [(str(file), int(row)) for file, row in lines]


def _other(data: Dataset, sifted: Sifted, table: str) -> pd.DataFrame | None:
    """What could be read of the lines set aside of another table."""
    lines = _lines(sifted, table)
    if not lines or table not in data.tables:
        return None
    found = stack(data.tables[table], data.vocabulary)
    at = {(raw.file, int(row)) for raw in data.tables[table] for row in raw.rows}
    rows = np.concatenate([piece.raw.rows for piece in found.pieces])
    files = np.concatenate([np.full(len(piece.raw.rows), piece.raw.file, object) for piece in found.pieces])
    keep = pd.MultiIndex.from_arrays([files, rows]).isin([line for line in lines if line in at] or [("", -1)])
    frame = found.frame.assign(patient=patient_keys(found).array)[keep].reset_index(drop=True)
    plain = {n: frame[n].astype("str") if frame[n].dtype == "category" else frame[n] for n in frame}
    return pd.DataFrame({"_file": files[keep], "_row": rows[keep], "_record": 0, **plain}).astype({"_file": "str"})


def _unsure(data: Dataset, sifted: Sifted, table: str) -> set[tuple[str, int]]:
    """Lines with a fault in a column that says which row it is."""
    filled: Mapping[tuple[str, str], Iterable[str]] = {
        (raw.file, str(cell.header)): {c.column for r in raw.layout.records for c in r.cells if c.header == cell.header}
        for raw in data.tables.get(table, ())
        for record in raw.layout.records
        for cell in record.cells
    }
    wrong = sifted.quarantine
    wrong = wrong[(wrong["severity"] == "error") & (wrong["table"] == table)]
    return {
        (file, int(row))
        for file, row, column, rule in zip(wrong["file"], wrong["row"], wrong["column"], wrong["rule"])
        if rule == "width" or KEY_COLUMNS & set(filled.get((file, column), (column,)))
    }


def _idents(raws: Sequence[RawTable], lines: set[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """A hash of everything that was kept of a line, to know it when it comes again."""
    found = {}
    for raw in raws:
        name = raw.file.rsplit(" (batch ", 1)[0]
        wanted = np.flatnonzero(np.isin(raw.rows, [row for file, row in lines if file == raw.file]))
        for at in wanted.tolist():
            text = "\x1f".join([raw.table, *(f"{c.header}={c.text(at)}" for c in raw.columns.values())])
            found[raw.file, int(raw.rows[at])] = _number(text)
        for row, _, cells in raw.misfits:
            found[raw.file, int(row)] = _number(f"{raw.table}\x1f{name}\x1f{row}\x1f{len(cells)}\x1f{''.join(cells)}")
    return found


def _number(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest(), "big")
