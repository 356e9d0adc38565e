"""Long lists and the tables of the appendix stand folded in the HTML, with their line to open them."""

from __future__ import annotations

import pytest
import report_by_hand

from analytics.domain.block import Paragraph, Table
from analytics.domain.run import Run
from analytics.reports.formats.html import FOLDED, MOST_TEXT, render


def page(run: Run, block: Paragraph | Table) -> str:
    told = report_by_hand.executed(
        ("blocks", report_by_hand.page_one()), ("markdown", "## Evidence"), ("blocks", [block])
    )
    return render(told, run).decode().split(">Evidence<")[-1]


@pytest.mark.parametrize(("length", "folded"), [(MOST_TEXT, False), (MOST_TEXT + 1, True)])
def test_a_list_of_much_text_is_folded(run: Run, length: int, folded: bool) -> None:
    runs = report_by_hand.runs
    block = Paragraph(items=(runs("a" * (length - 10)), runs("b" * 10)))
    assert ('<details class="folded"><summary>2 points</summary>' in page(run, block)) is folded


@pytest.mark.parametrize("name", [*FOLDED, "other"])
def test_the_tables_of_the_appendix_are_folded(run: Run, name: str) -> None:
    runs = report_by_hand.runs
    table = Table(runs("Things"), (runs("Thing"),), ((runs("a"),),), ("l",), name=name)
    assert ('<details class="folded"><summary>Things (1 rows)</summary>' in page(run, table)) is (name in FOLDED)
