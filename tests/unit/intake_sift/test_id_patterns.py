"""The pattern of ids: the quick way for ASCII gives what the slow one gives."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake.warn_ids import _patterns


@given(st.lists(st.text(st.characters(max_codepoint=0x7F), max_size=6), max_size=8))
def test_ascii_ids_have_the_pattern_of_the_regular_expressions(ids: list[str]) -> None:
    letters = pc.replace_substring_regex(pa.array(ids, pa.string()), r"\p{L}", "a")
    assert _patterns(ids).tolist() == pc.replace_substring_regex(letters, r"\p{Nd}", "9").to_pylist()


def test_other_ids_too() -> None:
    assert _patterns(["É1", "Ab-3"]).tolist() == ["a9", "aa-9"]
