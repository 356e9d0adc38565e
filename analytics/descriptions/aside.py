"""Where the lines that were set aside came from: clinic by clinic, month by month, and column by column."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.within import UNKNOWN
from analytics.domain.dataset import Sifted

COLUMNS = ("by", "level", "received", "set_aside")
FAULT_COLUMNS = ("severity", "rule", "table", "file", "column", "count")
LINE = ["_file", "_row"]


def aside(sifted: Sifted) -> pd.DataFrame:
    """Lines of the sessions table received and set aside, by clinic and by calendar month. COLUMNS.

    ``by``: clinic, month; ``level``: the clinic's code, the month as 2026-03, ``unknown`` where the line could not be
    read that far. For each ``by`` that was recorded at all the levels add up to all lines received.
    """
    lines = _lines(sifted)
    rows: list[tuple[str, str, int, int]] = []
    for by in ("clinic", "month"):
        if by not in lines or lines[by].eq(UNKNOWN).all():
            continue
        counts = lines.groupby(by)["aside"].agg(["size", "sum"])
        unread = sifted.rows["received"] - len(lines)  # lines with another number of cells than the header
        for level in sorted({*counts.index, *([UNKNOWN] if unread else [])}, key=lambda text: (text == UNKNOWN, text)):
            size, gone = (int(v) for v in counts.loc[level]) if level in counts.index else (0, 0)
            extra = unread if level == UNKNOWN else 0
            rows.append((by, str(level), size + extra, gone + extra))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"received": "int64", "set_aside": "int64"})


def _lines(sifted: Sifted) -> pd.DataFrame:
    """One row per line that could be told from another: clinic, month (where there are dates), aside."""
    parts = []
    for frame, gone in ((sifted.sessions, False), (sifted.rejected_sessions, True)):
        if frame is None or frame.empty or not set(LINE) <= set(frame):
            continue
        first = frame.drop_duplicates(LINE)
        part = pd.DataFrame({"aside": gone}, index=first.index)
        if "clinic_id" in first:
            part["clinic"] = first["clinic_id"].astype(object).where(first["clinic_id"].notna(), UNKNOWN).astype(str)
        if "session_date" in first and sifted.style == "dated":
            month = first["session_date"].dt.strftime("%Y-%m")
            part["month"] = month.where(first["session_date"].notna(), UNKNOWN).astype(str)
        parts.append(part)
    if not parts:
        return pd.DataFrame({"aside": pd.Series(dtype=bool)})
    whole = pd.concat(parts, ignore_index=True)
    return whole.fillna({name: UNKNOWN for name in whole.columns if name != "aside"})


def faults(sifted: Sifted) -> pd.DataFrame:
    """How often each rule spoke, by severity, table, file and column (as the file calls it). FAULT_COLUMNS.

    A fault is one entry of the quarantine: a line with two bad cells has two. ``column`` "" is the whole line.
    """
    keys = list(FAULT_COLUMNS[:-1])
    found = sifted.quarantine
    text = found[keys].astype(object).where(found[keys].notna(), "").astype(str)
    counts = text.groupby(keys, sort=True).size().rename("count").reset_index()
    ordered = counts.sort_values(["severity", "count"], ascending=[True, False], kind="stable")
    return ordered[list(FAULT_COLUMNS)].reset_index(drop=True).astype({"count": "int64"})
