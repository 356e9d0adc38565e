"""The door of files: one reader per format, one line each in FORMATS; and the simulated clinics."""

from __future__ import annotations

#: ending -> module with sheets(content, where) and grid(content, where, sheet, options).
FORMATS = {
    "csv": "analytics.sources.csv",
    "tsv": "analytics.sources.csv",
    "txt": "analytics.sources.csv",
    "xlsx": "analytics.sources.excel",
    "xlsm": "analytics.sources.excel",
    "parquet": "analytics.sources.parquet",
}
