"""What a report is called and says in one line: the words of page one of the report that is sent, not of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.domain.run import Run

MAIN = "effectiveness_review"
BETWEEN = " · "  # the parts of the line above a headline


def told_of(reports: Sequence[str]) -> str:
    """The report that title and headline tell: the effectiveness review where it is among them, else the first."""
    return MAIN if MAIN in reports else reports[0]


def title_and_headline(run: Run, report: str) -> tuple[str, str]:
    """What stands on page one of ``report``; an outside copy has told there only what it may."""
    from analytics.domain.block import Paragraph
    from analytics.show.runs import words
    from analytics.show.sections import section
    from analytics.show.words import headline

    if report == MAIN:
        return run.title, _line(words(headline(run)))
    page = [block for block in section(run, PAGES[report]) if isinstance(block, Paragraph)]
    said = {block.role: _line(words(block.runs)) for block in reversed(page)}
    return said["kicker"].partition(BETWEEN)[0], said["headline"]


def _line(text: str) -> str:
    return " ".join(text.split())


PAGES = {
    "data_quality": "data_quality_page_one",
    "safety_review": "safety_page_one",
    "clinic_benchmark": "clinic_benchmark_page_one",
    "consultation_review": "consultation_review_page_one",
}
