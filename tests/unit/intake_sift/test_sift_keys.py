"""Row hashes: equal rows have equal bits, and any difference in any kind of column is seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake.sift_keys import row_hash
from analytics.intake.sift_stages import _differing

FRAME = pd.DataFrame(
    {
        "text": pd.array(["a", "a", "b", None, None], dtype="str"),
        "number": [1.0, 1.0, 2.0, np.nan, np.nan],
        "date": pd.to_datetime(["2026-01-01", "2026-01-01", "2026-01-02", None, None]),
        "flag": [True, True, False, False, False],
        "yes": pd.array([True, True, False, None, None], dtype="boolean"),
    }
)


@pytest.mark.parametrize("column", list(FRAME.columns))
def test_equal_values_and_blanks_have_equal_bits(column: str) -> None:
    bits = row_hash(FRAME, [column])
    assert bits[0] == bits[1]
    assert bits[3] == bits[4]
    assert bits[0] != bits[2]
    assert len({bits[0], bits[2], bits[3]}) == FRAME[column].nunique(dropna=False)


def test_signed_zero_and_kinds_of_not_a_number_are_one() -> None:
    other = np.array([np.nan], dtype=np.float64)
    other.view(np.int64)[0] ^= 1
    frame = pd.DataFrame({"x": [0.0, -0.0, np.nan, other[0]]})
    bits = row_hash(frame, ["x"])
    assert bits[0] == bits[1]
    assert bits[2] == bits[3]


def test_the_place_of_a_value_counts() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]})
    assert len(set(row_hash(frame, ["a", "b"]))) == 2


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0.0, 1.0, 1.5])), max_size=30))
def test_groups_with_more_than_one_value(pairs: list[tuple[int, float]]) -> None:
    groups = np.array([g for g, _ in pairs], dtype=np.int64)
    values = np.array([v for _, v in pairs])
    expected = [len({v for g, v in pairs if g == group}) > 1 for group, _ in pairs]
    assert _differing(groups, values).tolist() == expected


def test_a_hundred_thousand_rows_have_as_many_hashes() -> None:
    frame = pd.DataFrame({"a": np.arange(100_000, dtype=float), "b": 1.0})
    assert len(np.unique(row_hash(frame, ["a", "b"]))) == 100_000
