"""The long form of a run's tables and the way back: nothing is lost, every number has one id, six digits everywhere."""

from __future__ import annotations

import json
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import report_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain.run import KEYS, RESULT_COLUMNS, canonical_keys, result_id, results_frame, six, tidy, views

TEXT = st.one_of(st.none(), st.text(max_size=6))
COLUMNS = {
    "outcome": TEXT,
    "visit": st.floats(allow_nan=False, allow_infinity=False),
    "estimate": st.floats(),
    "n": st.integers(0, 10**9),
    "fragile": st.booleans(),
    "notes": TEXT,
}


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.123456789, 0.123457), (-1234567.0, -1234570.0), (1e-300, 1e-300), (0.0, 0.0), (-0.0, 0.0), (12, 12)],
)
def test_six_significant_digits(value: float, told: float) -> None:
    assert six(value) == told
    assert math.copysign(1, six(value)) == math.copysign(1, told) or value == 0


def test_six_leaves_whole_numbers_and_what_is_no_number() -> None:
    assert six(123456789) == 123456789
    assert math.isinf(six(math.inf))
    assert math.isnan(six(math.nan))


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_six_is_within_half_a_unit_of_the_sixth_digit_and_idempotent(value: float) -> None:
    told = six(value)
    assert six(told) == told
    if value:
        unit = Decimal(1).scaleb(Decimal(value).adjusted() - 5)
        assert abs(Decimal(told) - Decimal(value)) <= unit * Decimal("0.5000001")


def test_keys_are_canonical_whatever_holds_them() -> None:
    told = canonical_keys({"visit": np.float64(12), "outcome": "x", "n": np.int64(3), "arm": None, "level": math.nan})
    assert told == '{"arm":null,"level":null,"n":3,"outcome":"x","visit":12}'
    assert result_id("t", {"visit": 12.0}, "s") == result_id("t", {"visit": 12}, "s") == 't|{"visit":12}|s'


def test_hand_made_tables_come_back_as_they_were() -> None:
    tables = report_by_hand.tables()
    back = views(results_frame(tables))
    assert sorted(back) == sorted(tables)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(back[name], tidy(frame))
    assert list(back["safety"].columns) == ["treatment", "patients"]
    assert back["findings"]["df"].tolist() == [math.inf, math.inf]
    assert back["findings"]["notes"].tolist() == ["", "=1+1"]
    assert back["flow"]["reason"].isna().tolist() == [True, False]


def test_every_cell_has_an_id_that_finds_its_value() -> None:
    tables = report_by_hand.tables()
    results = results_frame(tables).set_index("id")
    assert results.index.is_unique
    finding = tables["findings"].iloc[0]
    keys = {name: finding[name] for name in KEYS["findings"]}
    assert results.loc[result_id("findings", keys, "estimate"), "value"] == -0.123457
    assert results.loc[result_id("findings", keys, "verdict"), "note"] == "not_shown"
    where = {"outcome": "grade", "visit": 0, "population": "all", "arm": "test", "level": ""}
    assert results.loc[result_id("descriptions", where, "mean"), ["value", "n"]].tolist() == [3.25, 79]


def test_two_rows_of_one_key_are_an_error() -> None:
    flow = report_by_hand.tables()["flow"]
    with pytest.raises(ValueError, match="share one key"):
        results_frame({"flow": pd.concat([flow, flow])})


def test_the_order_of_the_tables_does_not_matter() -> None:
    tables = report_by_hand.tables()
    turned = dict(reversed(tables.items()))
    pd.testing.assert_frame_equal(results_frame(tables), results_frame(turned))
    assert list(results_frame(tables).columns) == list(RESULT_COLUMNS)


def test_no_tables_at_all() -> None:
    assert results_frame({}).empty
    assert views(results_frame({})) == {}


def test_tidy_changes_no_argument_and_makes_plain_columns() -> None:
    frame = pd.DataFrame(
        {
            "a": pd.Categorical(["x", None]),
            "b": pd.Series([1, None], dtype="Int64"),
            "c": pd.to_datetime(["2026-01-02", None]),
            "d": pd.Series([True, None], dtype=object),
            "e": pd.Series(["x", 1], dtype=object),
            "f": pd.Series([None, None], dtype=object),
            "g": pd.Series([1.23456789, 2], dtype="float32"),
        }
    ).set_axis([7, 7])
    before = frame.copy(deep=True)
    told = tidy(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert [str(t) for t in told.dtypes] == ["str", "float64", "str", "str", "str", "str", "float64"]
    assert told["c"].tolist()[0] == "2026-01-02"
    assert told["e"].tolist() == ["x", "1"]
    assert told["g"].tolist() == [1.23457, 2.0]
    pd.testing.assert_frame_equal(tidy(told), told)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_table_comes_back(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(COLUMNS)), unique=True, min_size=1))
    rows = data.draw(st.lists(st.tuples(*(COLUMNS[name] for name in names)), max_size=5))
    frame = pd.DataFrame(rows, columns=names)
    told = tidy(frame)
    keyed = told.drop_duplicates([n for n in names if n in ("outcome", "visit")] or names[:1]).reset_index(drop=True)
    if not {"outcome", "visit"} & set(names):
        keyed = keyed.iloc[:1]
    back = views(results_frame({"made_up": keyed}))["made_up"]
    pd.testing.assert_frame_equal(back, tidy(keyed))
    for keys in results_frame({"made_up": keyed})["keys"]:
        assert isinstance(json.loads(keys), dict)
