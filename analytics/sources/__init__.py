"""The door of files: one reader per format, one line each in FORMATS; and the simulated clinics."""

from __future__ import annotations

#: ending -> module with sheets(content, where), grid(content, where, sheet, options) and OBEYS, the settings of a
#: mapping (of READING) that such a file has a use for.
FORMATS = {
    "csv": "analytics.sources.csv",
    "tsv": "analytics.sources.csv",
    "txt": "analytics.sources.csv",
    "xlsx": "analytics.sources.excel",
    "xlsm": "analytics.sources.excel",
    "parquet": "analytics.sources.parquet",
    "arrow": "analytics.sources.arrow",
    "arrows": "analytics.sources.arrow",
    "feather": "analytics.sources.arrow",
}

#: What a mapping may say about opening a file: setting -> what it is called in a sentence.
READING = {"sheet": "sheet", "header_row": "header row", "separator": "separator", "encoding": "encoding"}
