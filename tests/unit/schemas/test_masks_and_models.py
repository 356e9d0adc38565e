"""Masks and models are one thing: pandas, Arrow and pandera agree on random frames, over all row-wise rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.changes import RuleChanges
from schemas.limits import limits
from schemas.own_rules import own_rules
from schemas.rules import FIRST_SESSION, failing, row_rules
from schemas.spelling import permitted
from schemas.standard import STANDARD
from schemas.tables import column_kind, guard
from schemas.vocabulary import Column, Outcome

TABLES = ("sessions", "patients", "consultations", "adverse_events")
DAYS = ("2023-12-31", "2024-01-01", "2024-01-01 12:00", "2024-01-02", "1985-06-01")
MORE = STANDARD
for kind, low, high, unit in (("ordinal", 1, 5, "grade"), ("count", None, None, ""), ("percent", None, None, "%"),
                              ("binary", None, None, ""), ("positive", None, None, "mm"),
                              ("continuous", -5, None, "")):  # fmt: skip
    MORE = MORE.with_outcome(Outcome(f"own_{kind}", kind, "texture", kind, unit, "higher", low, high))  # type: ignore[arg-type]
MORE = MORE.with_column(Column("own_number", "Own", "number", role="covariate", low=0, high=10, step=0.25))


def numbers(name: str, vocabulary=MORE) -> list[float | None]:
    """Values on both sides of every limit and step of a column, and unit slips."""
    entry = vocabulary.outcomes.get(name) or vocabulary.columns.get(name) or vocabulary.parameters()[name][1]
    lim = limits(entry)
    edges = [e for e in (lim.low, lim.high, lim.soft_low, lim.soft_high) if e is not None]
    near = [e + d for e in edges or [0.0] for d in (-1.0, -0.3, 0.0, 0.3, 1.0)]
    return [None, *near, *(e * f for e in near for f in (0.001, 0.01, 25.4, 100.0, 1000.0)), 1e9]


def values(name: str, vocabulary=MORE) -> list:
    kind = column_kind(vocabulary, name)
    if kind == "number":
        return [None, 3.0] if name == "value" else numbers(name, vocabulary)
    if kind == "date":
        return [None, *DAYS]
    if kind == "boolean":
        return [None, "true", "false"]
    codes = permitted(vocabulary, name) or ()
    several = [";".join(codes[:2])] if len(codes) > 1 else []
    return [None, "a text of nobody", *codes, *several]


@st.composite
def frames(draw: st.DrawFn, table: str) -> pd.DataFrame:
    """Some columns of ``table`` (the keys always), a few rows."""
    known = [*MORE.known(table), *([FIRST_SESSION] if table in ("sessions", "adverse_events") else [])]
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    count, share = draw(st.integers(1, 8)), draw(st.sampled_from([0.3, 0.7, 1.0]))
    columns = {}
    for name in known:
        if rng.random() < share:
            columns[name] = drawn(rng, name, count)
    columns.setdefault("patient_id", drawn(rng, "patient_id", count))
    return pd.DataFrame(columns, index=pd.Index([7] * count))


def drawn(rng: np.random.Generator, name: str, count: int):
    pool = ["2024-01-01", None] if name == FIRST_SESSION else values(name)
    found = [pool[int(k)] for k in rng.integers(0, len(pool), count)]
    kind = "date" if name == FIRST_SESSION else column_kind(MORE, name)
    if kind == "number":
        return np.array([np.nan if v is None else float(v) for v in found])
    if kind == "date":
        return pd.to_datetime(pd.Series(found, dtype="str"), format="ISO8601").astype("datetime64[ns]").to_numpy()
    return pd.array(found, dtype="str")


def agree(frame: pd.DataFrame, table: str) -> set[str]:
    """Keys of the rules that are broken; everything that judges them must say the same."""
    rules = row_rules(MORE, table, frame.columns)
    expected = failing(frame, rules)
    assert failing(pa.Table.from_pandas(frame, preserve_index=False), rules) == expected
    errors = {rule.key for rule in rules if rule.severity == "error"}
    before = frame.copy(deep=True)
    found = guard(frame, table, MORE)
    found = found[~found["rule"].str.startswith(("column:", "stored:"))]
    assert set(zip(found["rule"], found["row"])) == {(r, i) for r in expected if r in errors for i in expected[r]}
    pd.testing.assert_frame_equal(frame, before)
    return set(expected)


@pytest.mark.parametrize("table", TABLES)
def test_masks_and_models_are_equal(table: str) -> None:
    @given(frames(table))
    @settings(max_examples=6, deadline=None, derandomize=True)
    def run(frame: pd.DataFrame) -> None:
        agree(frame, table)

    run()


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES)
def test_masks_and_models_are_equal_on_many_frames(table: str) -> None:
    @given(frames(table))
    @settings(max_examples=400, deadline=None)
    def run(frame: pd.DataFrame) -> None:
        agree(frame, table)

    run()


@pytest.mark.parametrize("table", TABLES)
def test_every_row_wise_rule_is_broken_by_some_frame(table: str) -> None:
    rng = np.random.default_rng(4)
    known = [*MORE.known(table), *([FIRST_SESSION] if table in ("sessions", "adverse_events") else [])]
    whole = pd.DataFrame({name: drawn(rng, name, 200) for name in known})
    rules = {rule.key for rule in row_rules(MORE, table, whole.columns)}
    placeless = {key for key in rules if key.startswith("missing:") and key.count(":") > 1}
    assert agree(whole, table) | placeless == rules
    if table == "sessions":  # a session without any date, visit or study day
        blank = whole.assign(session_date=pd.NaT, visit=np.nan, study_day=np.nan).astype(
            {"session_date": "datetime64[ns]"}
        )
        assert placeless <= agree(blank, table)


def test_own_rules_run_on_arrow_too() -> None:
    changes = RuleChanges(
        ranges=(("texture_grade", None, 4.0),), usual=(("dlqi", 1.0, 20.0),), required=("side",)
    )  # fmt: skip
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({name: drawn(rng, name, 300) for name in ("texture_grade", "dlqi", "side")})
    rules = own_rules(changes, MORE, frame.columns)
    found = failing(frame, rules)
    assert failing(pa.Table.from_pandas(frame), rules) == found
    grade, dlqi = frame["texture_grade"], frame["dlqi"]
    assert found == {
        "range:texture_grade": np.flatnonzero((grade > 4) & (grade <= 9)).tolist(),
        "soft_range:dlqi": np.flatnonzero((dlqi >= 0) & (dlqi <= 30) & ~dlqi.between(1, 20)).tolist(),
        "missing:side": np.flatnonzero(frame["side"].isna()).tolist(),
    }
