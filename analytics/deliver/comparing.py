"""``outcomes diff``: two report folders beside each other."""

from __future__ import annotations

from pathlib import Path

from analytics import publish
from analytics.reports.compare import Comparison, compare_runs
from analytics.reports.sealed import open_sealed

NAMES = ("diff.html", "diff.json", "diff.txt")


def diff_reports(before: Path, now: Path) -> Comparison:
    """What moved from the report in ``before`` to that in ``now``. Raises DataRefused where one is no report."""
    return compare_runs(open_sealed(before), open_sealed(now))


def diff_files(found: Comparison) -> dict[str, bytes]:
    """NAMES -> content."""
    from analytics.reports.diff_page import diff_html, diff_json, diff_text

    text = "\n".join(diff_text(found)) + "\n"
    return {"diff.html": diff_html(found), "diff.json": diff_json(found), "diff.txt": text.encode()}


def write_diff(found: Comparison, out: Path) -> None:
    """Put the three files into ``out``; nothing else there is touched. Raises NotWritten."""
    publish.check_beside(out, NAMES, mark="diff.json")
    publish.publish_beside(out, diff_files(found))
