"""What ``outcomes template`` does: an empty file to fill in, never over somebody's own."""

from __future__ import annotations

from pathlib import Path

from analytics import publish
from analytics.domain.errors import UsageError
from analytics.reports.blank_file import blank_csv, blank_xlsx

WRITERS = {".csv": blank_csv, ".xlsx": blank_xlsx}


def write_blank(table: str, path: Path) -> None:
    """Write the empty ``table`` to ``path`` (.csv or .xlsx). Raises UsageError, or NotWritten where a file is there."""
    writer = WRITERS.get(path.suffix.casefold())
    if writer is None:
        raise UsageError(
            f"A template is written as .csv or .xlsx; {path.name!r} is neither.", fix="--out sessions.xlsx"
        )
    publish.publish_file(path, writer(table))
