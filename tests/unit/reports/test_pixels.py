"""Figures as pictures of pixels: the same bytes every time, the drawing's shape, and what is drawn in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import report_by_hand as by_hand

from analytics.reports.formats.pixels import DOTS, WIDTH, pictures

FIGURE = by_hand.figure("forest", by_hand.FOREST, "A caption.", "In words.")


def test_no_figures_make_no_pictures() -> None:
    assert pictures([]) == []


def test_pictures_are_equal_and_as_wide_as_the_drawing_asks() -> None:
    first, second = pictures([FIGURE, FIGURE])
    assert first == second == pictures([FIGURE])[0]
    assert first.width == pytest.approx(WIDTH * DOTS / 72, abs=1)
    assert first.height / first.width == pytest.approx(150 / 400, abs=0.01)
    assert first.png.startswith(b"\x89PNG")
    assert not any(kind in first.png for kind in (b"tIME", b"tEXt", b"iTXt", b"zTXt"))


def test_words_of_the_drawing_are_drawn() -> None:
    without = replace(FIGURE, svg=FIGURE.svg.replace("Cream v vehicle", ""))
    assert pictures([without]) != pictures([FIGURE])


def test_what_a_font_lacks_and_what_cannot_be_shown_is_drawn_as_something() -> None:
    strange = replace(FIGURE, svg=FIGURE.svg.replace("Cream v vehicle", "\U0001f9d1 \u05e9\u05dc\u05d5\u05dd \u76ae"))
    assert pictures([strange]) != pictures([FIGURE])
