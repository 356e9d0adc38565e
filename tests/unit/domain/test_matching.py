"""Texts to words: exact before wildcard, case and accents ignored, rivals told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.matching import Matcher, collisions, fits

TEXTS = {"peel": ["GA*", "Säure", "acid peel"], "roller": ["derma roller", "MN*", "*needling"], "mda": ["M*"]}
MATCHER = Matcher.of(("peel", "roller", "mda"), TEXTS)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("peel", "peel"),
        ("PEEL ", "peel"),
        ("ga 35%", "peel"),
        ("saure", "peel"),
        ("SÄURE", "peel"),
        ("Acid  Peel", "peel"),
        ("Derma Roller", "roller"),
        ("needling", "roller"),
        ("Micro-Needling", None),
        ("MN 1.5", None),
        ("mda", "mda"),
        ("Moxa", "mda"),
        ("laser", None),
        ("acid", None),
        ("ＧＡ 20", "peel"),
    ],
)
def test_what_a_text_means(text: str, id: str | None) -> None:
    assert MATCHER.match(text).id == id


def test_two_wildcards_claim_a_text() -> None:
    assert MATCHER.match("MN 1.5").claims == ("roller", "mda")
    assert Matcher.of(("a",), {"a": ["x*", "*y"]}).match("xy").id == "a"  # two of one entry are no rivals


def test_an_exact_text_beats_every_wildcard() -> None:
    assert Matcher.of(("a", "b"), {"a": ["x*"], "b": ["xy"]}).match("XY").id == "b"


def test_a_star_is_the_only_sign_with_a_meaning() -> None:
    matcher = Matcher.of(("a",), {"a": ["GA (35%) [x]?", "c.d*"]})
    assert matcher.match("ga (35%) [x]?").id == "a"
    assert matcher.match("cxd").id is None
    assert matcher.match("c.d\nf").id == "a"


def test_open_lists_keep_other_texts() -> None:
    assert Matcher.of(("a",), open=True).match(" knee ").id == "knee"


@given(st.lists(st.text("ab*", max_size=5), min_size=1, max_size=1), st.text("ab", max_size=8))
def test_stars_mean_what_a_pattern_of_dots_means(patterns: list[str], text: str) -> None:
    pattern = patterns[0] + "*"
    regular = re.compile(".*".join(re.escape(part) for part in pattern.split("*")))
    assert fits(tuple(pattern.split("*")), text) == bool(regular.fullmatch(text))


def test_collisions_are_texts_of_two_entries() -> None:
    assert collisions({"a": ["X", "y"], "b": ["x ", "z"]}) == [("x ", "a", "b")]
    assert collisions({"a": ["b"]}, ids=("a", "b")) == [("b", "b", "a")]
    assert (
        collisions({"a": ["x*"], "b": ["x*"]}) == []
    )  # only exact texts collide; a text two wildcards claim is set aside
