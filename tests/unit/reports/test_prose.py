"""Prose of a notebook as lines with marks."""

from __future__ import annotations

import mistune
import pytest

from analytics.reports.formats.prose import ProseLine, Words, prose_lines

MARKDOWN = mistune.create_markdown(escape=True)


def lines(markdown: str) -> tuple[ProseLine, ...]:
    return prose_lines(str(MARKDOWN(markdown)))


def test_marks_stay_on_their_words() -> None:
    (line,) = lines("Some *slanted* **strong `code`** words")
    assert line.words == (
        Words("Some "), Words("slanted", frozenset({"slanted"})), Words(" "),
        Words("strong ", frozenset({"strong"})), Words("code", frozenset({"strong", "code"})), Words(" words"),
    )  # fmt: skip


def test_lists_keep_their_depth_and_kind() -> None:
    found = lines("Before\n\n- one\n  1. inner\n- two\n\nAfter")
    assert [(line.text, line.depth, line.ordered) for line in found] == [
        ("Before", 0, False), ("one", 1, False), ("inner", 2, True), ("two", 1, False), ("After", 0, False),
    ]  # fmt: skip


@pytest.mark.parametrize("markdown", ["<b>raw</b> & <script>x</script>", "a < b", "`<w:p>`"])
def test_what_looks_like_markup_is_text(markdown: str) -> None:
    assert "".join(line.text for line in lines(markdown)) == markdown.replace("`", "")
