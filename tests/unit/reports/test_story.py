"""What is told in which order: page one apart, one h1, no level skipped, own anchors, prose without raw HTML."""

from __future__ import annotations

from itertools import pairwise

from nbformat import NotebookNode
from report_by_hand import executed, page_one, runs

from analytics.domain.block import Figure, Paragraph
from analytics.reports.story import Heading, Prose, figures, plain, story


def heads(told: tuple) -> list[tuple[int, str]]:
    return [(e.level, plain(e.runs)) for e in told if isinstance(e, Heading)]


def test_page_one_ends_at_the_first_section_of_the_prose(notebook: NotebookNode) -> None:
    told = story(notebook)
    assert heads(told.page_one)[0] == (1, "Grade improved more after the cream than after the vehicle.")
    assert plain(told.evidence[0].runs) == "Who is in the data"  # type: ignore[union-attr]
    assert told.title == "Grade improved more after the cream than after the vehicle."
    assert isinstance(told.page_one[0], Paragraph)
    assert told.page_one[0].role == "kicker", "the notebook's own title stands small above the headline"


def test_a_tag_may_say_where_the_evidence_begins() -> None:
    notebook = executed(("markdown", "# T\n\n## On page one"), ("markdown", "text"), ("markdown", "## Later"))
    notebook.cells[1].metadata["tags"] = ["evidence"]
    assert heads(story(notebook).page_one) == [(1, "T"), (2, "On page one")]


def test_one_h1_and_no_level_skipped(notebook: NotebookNode) -> None:
    told = story(notebook)
    levels = [level for level, _ in heads((*told.page_one, *told.evidence))]
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    without = story(executed(("markdown", "### deep\n\n# another top\n\n###### very deep")))
    assert [level for level, _ in heads(without.page_one)] == [1, 2, 3]


def test_anchors_are_unique_and_plain() -> None:
    told = story(executed(("markdown", "# A\n\n## Ärger & 1\n\n## Ärger & 1\n\n## \u5e73\u548c")))
    found = [h.anchor for h in (*told.page_one, *told.evidence) if isinstance(h, Heading)]
    assert found == ["a", "arger-1", "arger-1-2", "section"]


def test_prose_is_safe_html() -> None:
    told = story(
        executed(("markdown", "*so* <script>x</script> [l](javascript:alert)\n\n<img src=x onerror=y>\n\n## <b>Q</b>"))
    )
    (prose,) = [e for e in told.page_one if isinstance(e, Prose)]
    assert "<em>so</em>" in prose.html
    assert "<script" not in prose.html
    assert "<img" not in prose.html
    assert "javascript" not in prose.html


def test_control_characters_become_visible() -> None:
    told = story(executed(("blocks", [Paragraph(runs("a\x00b\x1b\u202ec"), role="headline")])))
    assert told.title == "a\ufffdb\ufffd\ufffdc"


def test_figures_come_in_order(notebook: NotebookNode) -> None:
    assert [f.name for f in figures(story(notebook))] == ["forest", "trajectory", "forest"]
    assert all(isinstance(b, (Paragraph, Figure)) or b for b in page_one())


def test_a_notebook_that_tells_nothing() -> None:
    told = story(executed(("markdown", "")))
    assert told.page_one == told.evidence == ()
    assert told.title == "Report"
