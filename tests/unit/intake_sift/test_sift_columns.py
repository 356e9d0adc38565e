"""Texts as integers, faults as columns: the quick ways against the plain ones, on random texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain.csv_text import frame_csv
from analytics.domain.dataset import QUARANTINE_COLUMNS, TABLES
from analytics.intake import sift_hash
from analytics.intake.accepted import quarantine_csv
from analytics.intake.sift_faults import quarantine_frame
from analytics.intake.sift_hash import row_hash
from analytics.intake.sift_texts import as_strings, coded, constant, joined, no_texts, plain_texts, stacked

some = st.text(alphabet='ab=-+@5, "\n\r\té\u202e', max_size=5)
maybe = st.none() | st.sampled_from(["a", "b", "ab", "é"])
FILES = ("b.csv", "a.csv")


def texts(values: list[str | None]) -> pd.Categorical:
    return coded(np.array([*values, None], dtype=object)[:-1], np.arange(len(values)))


def strings(values: pd.Categorical) -> list[str | None]:
    return [None if pd.isna(v) else v for v in as_strings(pd.Series(values)).tolist()]


@settings(deadline=None)
@given(st.lists(st.tuples(maybe, maybe), max_size=8), st.integers(0, 3))
def test_columns_of_texts(pairs: list[tuple[str | None, str | None]], more: int) -> None:
    one, two = ([pair[i] for pair in pairs] for i in (0, 1))
    assert strings(texts(one)) == one
    assert strings(stacked([texts(one), no_texts(more), constant("b", more), texts(two)])) == [
        *one, *[None] * more, *["b"] * more, *two
    ]  # fmt: skip
    both = [None if a is None or b is None else f"{a}|{b}" for a, b in pairs]
    assert strings(joined(texts(one), texts(two), "|")) == both


def test_accepted_columns_are_plain_strings() -> None:
    assert as_strings(pd.Series(texts(["a", None]))).dtype == "str"
    assert as_strings(pd.Series(no_texts(0))).dtype == "str"


@settings(deadline=None)
@given(st.lists(st.tuples(maybe, st.sampled_from([0.0, -0.0, 1.5, np.nan])), min_size=1, max_size=8))
def test_equal_rows_have_equal_bits_as_categories_and_as_strings(rows: list[tuple[str | None, float]]) -> None:
    frame = pd.DataFrame({"a": texts([a for a, _ in rows]), "b": [b for _, b in rows]})
    plain = frame.assign(a=as_strings(frame["a"]))
    for each in (frame, plain):
        bits = row_hash(each, ("a", "b"))
        assert pd.Series(bits).duplicated().tolist() == plain.duplicated().tolist()


@given(st.lists(some, min_size=1, max_size=6))
def test_plain_texts_are_those_that_nothing_has_to_be_done_to(found: list[str]) -> None:
    plain = plain_texts(np.array([*found, ""], dtype=object)[:-1])
    assert plain.tolist() == [bool(t) and t.isascii() and t.isprintable() and t == t.strip() for t in found]


fault = st.fixed_dictionaries(
    {
        "table": st.sampled_from(TABLES), "file": st.sampled_from(FILES), "row": st.integers(2, 4) | st.just(1_234_567),
        "column": some, "rule": st.sampled_from(["range", "code"]), "severity": st.just("error"), "value": some,
        "must": some, "fix": some, "_place": st.integers(-1, 1),
    }
)  # fmt: skip


def plainly(faults: list[dict]) -> pd.DataFrame:
    """The list of faults, row by row."""
    order = {name: i for i, name in enumerate(FILES)}
    ranked = sorted(
        faults,
        key=lambda f: (
            TABLES.index(f["table"]), order[f["file"]], f["row"], f["_place"], f["rule"], f["must"].encode()
        ),
    )  # fmt: skip
    once = {tuple(f[n] for n in ("table", "file", "row", "column", "rule", "must")): f for f in reversed(ranked)}
    kept = [f for f in ranked if any(f is first for first in once.values())]
    return pd.DataFrame(kept, columns=list(QUARANTINE_COLUMNS))


@settings(deadline=None)
@given(st.lists(fault, min_size=1, max_size=8), st.integers(1, 8))
def test_the_list_of_faults_is_that_of_a_row_by_row_judge(faults: list[dict], cut: int) -> None:
    parts = [pd.DataFrame(part) for part in (faults[:cut], faults[cut:]) if part]
    found = quarantine_frame(parts, FILES)
    plain = plainly(faults)
    assert found.to_dict("list") == plain.to_dict("list")
    assert quarantine_csv(found) == frame_csv(plain, QUARANTINE_COLUMNS)


@given(st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**63]), max_size=12), st.booleans())
def test_equal_values_have_the_place_of_the_first(values: list[int], many: bool) -> None:
    bits = np.array(values, np.uint64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sift_hash, "MANY", 0 if many else 100)
        assert sift_hash.repeated(bits).tolist() == [values.count(v) > 1 for v in values]
        assert sift_hash.grouped(bits).tolist() == [values.index(v) for v in values]
