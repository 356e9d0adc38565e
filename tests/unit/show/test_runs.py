"""Typed runs: no literal holds a digit, names keep theirs as Numbers, joining loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.block import Number, Text
from analytics.show.runs import capital, joined, listed, lower, name, runs, small, strong, words


def test_a_literal_with_a_digit_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="digit"):
        runs("week 12")
    with pytest.raises(ValueError, match="digit"):
        runs("g/m²")


def test_a_name_keeps_its_digits_as_numbers() -> None:
    made = name("Elasticity R2, g/m²/h", "ref")
    assert words(made) == "Elasticity R2, g/m²/h"
    assert [run.text for run in made if isinstance(run, Number)] == ["R2,", "g/m²/h"]
    assert all(run.kind == "L" and run.ref == "ref" for run in made if isinstance(run, Number))


@given(st.text(max_size=60))
def test_any_name_becomes_runs_without_a_digit_in_a_text(text: str) -> None:
    made = name(text)
    assert words(made) == text
    assert not any(c.isdigit() for run in made if isinstance(run, Text) for c in run.text)


def test_lists_and_joins() -> None:
    assert words(listed(["a"])) == "a"
    assert words(listed(["a", "b"])) == "a and b"
    assert words(listed(["a", "b", "c"], "or")) == "a, b or c"
    assert words(joined([(), runs("a"), (), runs("b")], "; ")) == "a; b"
    assert runs("a", ("b",), Text("c")) == (Text("abc"),)


@pytest.mark.parametrize(
    ("label", "inside"),
    [("Chemical peel", "chemical peel"), ("GA peel", "GA peel"), ("Roughness Ra", "roughness Ra"),
     ("Fitzpatrick skin type", "Fitzpatrick skin type"), ("DLQI", "DLQI"), ("", ""), ("Jessner's peel",
     "Jessner's peel")],
)  # fmt: skip
def test_labels_inside_a_sentence(label: str, inside: str) -> None:
    assert lower(label) == inside


def test_capitals_and_styles() -> None:
    number = Number("three", "P")
    assert capital((number, Text(" arms")))[0].text == "Three"
    assert words(capital(runs("by week"))) == "By week"
    assert words(small(runs("By week"))) == "by week"
    assert strong(runs("a")) == (Text("a", "strong"),)
    assert capital(()) == ()
