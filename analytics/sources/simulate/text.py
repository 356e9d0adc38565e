"""Values as text, exactly and the same everywhere: numbers in shortest form, ISO dates, empty cells for missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

EMPTY: Any = None  # a cell that holds nothing


def number_text(value: float) -> str:
    """Shortest decimal text that reads back as the same number; whole numbers without a point."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def cell_text(value: object) -> str:
    """One canonical cell: empty for missing, ISO for dates."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, str):
        return value
    return number_text(float(value))  # type: ignore[arg-type]


def delimited(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, separator: str = ",", encoding: str = "utf-8"
) -> bytes:
    """A delimited file as bytes, lines ended by a line feed."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A canonical table as CSV."""
    columns = [[cell_text(v) for v in frame[name].tolist()] for name in frame.columns]
    return delimited(list(frame.columns), list(zip(*columns)))
