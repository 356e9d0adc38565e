"""A Log as a page: how many questions were put to the data in this kernel, and which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain.display.page import Grid, Page, counted
from analytics.domain.looks import LOOK_COLUMNS, SHOWN

if TYPE_CHECKING:
    from analytics.domain.looks import Log


def log_page(log: Log) -> Page:
    """The first looks and the count."""
    rows = [(*look[:2], f"{look.visit:g}", *look[3:]) for look in log.looks[:SHOWN]]
    more = f"and {len(log) - SHOWN:,} more in to_frame()" if len(log) > SHOWN else ""
    grid = Grid("Looked at", LOOK_COLUMNS, rows, heads=len(LOOK_COLUMNS), note=more)
    foot = "Of many looks some find something by chance. oc.report(run, out, log=oc.log()) prints them in the report."
    return Page(f"Log: {counted(len(log), 'distinct look')} in this kernel.", (), [grid], foot if log.looks else "")
