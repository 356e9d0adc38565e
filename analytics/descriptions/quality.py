"""What was received and what became of it: faults by rule, repairs, files, and the eligibility policy's counts."""

from __future__ import annotations

import pandas as pd

from analytics.domain.dataset import TABLES, Sifted

QUALITY_COLUMNS = ("table", "file", "rule", "severity", "rows")
REPAIR_COLUMNS = ("kind", "column", "count")
FILE_COLUMNS = ("name", "received", "accepted", "quarantined")
ELIGIBILITY_COLUMNS = ("treatment", "condition", "level", "sessions", "patients")
LEVELS = ("block", "warn", "note")


def quality(sifted: Sifted) -> pd.DataFrame:
    """Rows that each rule named, by table, file and severity; a row that broke a rule in two cells counts once."""
    keys = ["table", "file", "rule", "severity"]
    distinct = sifted.quarantine[[*keys, "row"]].drop_duplicates()
    counts = distinct.groupby(keys, sort=True).size().rename("rows").reset_index()
    rank = {name: k for k, name in enumerate(TABLES)}
    ordered = counts.assign(rank=counts["table"].map(rank)).sort_values(["rank", "file", "severity", "rule"])
    return ordered[list(QUALITY_COLUMNS)].reset_index(drop=True).astype({"rows": "int64"})


def repairs(sifted: Sifted) -> pd.DataFrame:
    """What was read although it was not written as it should be: kind of repair, column, how often."""
    rows = [(kind, column, int(count)) for (kind, column), count in sorted(sifted.repairs.items())]
    return pd.DataFrame(rows, columns=list(REPAIR_COLUMNS)).astype({"count": "int64"})


def files(sifted: Sifted) -> pd.DataFrame:
    """Lines of every file over all its tables: received = accepted + quarantined (set aside)."""
    frames = (sifted.sessions, sifted.patients, sifted.consultations, sifted.adverse_events)
    accepted: dict[str, int] = {}
    for frame in frames:
        if frame is None or "_file" not in frame:
            continue
        lines = frame[["_file", "_row"]].drop_duplicates()["_file"].value_counts()
        for name, count in lines.items():
            accepted[str(name)] = accepted.get(str(name), 0) + int(count)
    received: dict[str, int] = {}
    for source in sifted.files:
        received[source.name] = received.get(source.name, 0) + source.rows
    rows = [(name, n, accepted.get(name, 0), n - accepted.get(name, 0)) for name, n in received.items()]
    return pd.DataFrame(rows, columns=list(FILE_COLUMNS)).astype(dict.fromkeys(FILE_COLUMNS[1:], "int64"))


def eligibility_counts(assessed: pd.DataFrame | None) -> pd.DataFrame:
    """Sessions and patients by treatment, condition and level of the eligibility policy; the gravest level first.

    ``assessed``: one row per session and condition that applies. A session is a patient and day (undated: a line).
    """
    if assessed is None or assessed.empty:
        return pd.DataFrame(columns=list(ELIGIBILITY_COLUMNS)).astype({"sessions": "int64", "patients": "int64"})
    day = pd.to_datetime(assessed["session_date"]).dt.strftime("%Y-%m-%d")
    line = assessed["file"].astype(str) + " " + assessed["row"].astype(str)
    marked = assessed.assign(session=assessed["patient"].astype(str) + " " + day.fillna(line).astype(str))
    by = marked.groupby(["treatment", "condition", "level"], sort=True)
    counts = by.agg(sessions=("session", "nunique"), patients=("patient", "nunique")).reset_index()
    rank = counts["level"].map({level: k for k, level in enumerate(LEVELS)})
    ordered = counts.assign(rank=rank).sort_values(["rank", "condition", "treatment"])
    return ordered[list(ELIGIBILITY_COLUMNS)].reset_index(drop=True)
