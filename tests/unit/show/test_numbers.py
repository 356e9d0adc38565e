"""Rounding and formatting: half away from zero, no limit rounded onto a landmark, six digits at most."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.show.numbers import (
    STEPS,
    apart,
    apply,
    decimals,
    exact,
    number,
    result,
    results,
    rounded,
    row_id,
    turn,
)  # fmt: skip


@pytest.mark.parametrize(
    ("transform", "values", "text"),
    [
        ("decimals:1", [2.25], "2.3"),
        ("decimals:1", [-2.25], "−2.3"),
        ("decimals:2", [0.285], "0.29"),
        ("decimals:1", [-0.04], "0.0"),
        ("negate signed:1", [-0.86], "+0.9"),
        ("signed:1", [0.0], "0.0"),
        ("signed:0", [-0.4], "0"),
        ("whole", [5204], "5,204"),
        ("whole", [1234567], "1,234,567"),
        ("significant:2", [283], "280"),
        ("significant:2", [1283], "1,300"),
        ("significant:2", [0.0453], "0.045"),
        ("significant:3", [5.1], "5.10"),
        ("percent", [27.5], "28"),
        ("percent", [0.3], "0.3"),
        ("percent", [0], "0"),
        ("percent", [99.7], "99.7"),
        ("percent", [100], "100"),
        ("trim", [12.0], "12"),
        ("trim", [0.5], "0.5"),
        ("hundred trim", [0.95], "95"),
        ("word", [3], "three"),
        ("word", [14], "14"),
        ("percent_less decimals:0", [0.8], "20"),
        ("invert percent_less decimals:0", [1.25], "20"),
        ("percent_more decimals:0", [1.25], "25"),
        ("complement hundred decimals:0", [0.36], "64"),
        ("sum whole", [149, 104, 69], "322"),
        ("share percent", [1, 2, 3, 4], "43"),
        ("lost whole", [149, 104, 203, 141], "91"),
        ("lost_share percent", [322, 440], "27"),
        ("mean decimals:1", [20, 30, 1, 3], "27.5"),
        ("count whole", [5.0, 5.0], "2"),
    ],
)
def test_a_transform_makes_the_text(transform: str, values: list[float], text: str) -> None:
    assert apply(transform, values) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0004, "< 0.001"), (0.001, "0.001"), (0.012, "0.012"), (0.0496, "0.0496"), (0.05, "0.050"), (0.0504, "0.0504"),
     (0.34, "0.34"), (0.995, "> 0.99")],
)  # fmt: skip
def test_p_never_reaches_the_level_by_rounding(value: float, text: str) -> None:
    assert apply("p:0.05", [value]) == text


@pytest.mark.parametrize(
    ("value", "places", "landmarks", "kept"),
    [("0.43", 1, ["0", "0.5"], 1), ("0.4996", 1, ["0", "0.5"], 4), ("0.0004", 1, ["0"], 4), ("0.5", 1, ["0", "0.5"], 1),
     ("19.8", 0, ["0", "20"], 1), ("-0.03", 1, ["0"], 2), ("1.4", 1, [], 1)],
)  # fmt: skip
def test_a_digit_more_where_rounding_would_reach_a_landmark(
    value: str, places: int, landmarks: list[str], kept: int
) -> None:
    assert apart(Decimal(value), places, [Decimal(m) for m in landmarks]) == kept


def test_two_significant_digits_of_the_largest_number_told_together() -> None:
    assert decimals([Decimal("0.912"), Decimal("0.43"), Decimal("1.38")]) == 1
    assert decimals([Decimal("0.05"), Decimal("0.01"), Decimal("0.09")]) == 3
    assert decimals([Decimal("12.3"), Decimal("4.2")]) == 0
    assert decimals([Decimal("0.3")], beside=[Decimal("1.4")]) == 1


def test_values_are_told_from_six_digits_so_that_a_sealed_and_a_fresh_run_agree() -> None:
    fresh, sealed = 0.24999996, float(f"{0.24999996:.6g}")
    assert apply("decimals:1", [fresh]) == apply("decimals:1", [sealed])
    assert exact(1234567) == Decimal(1234567)


finite = st.floats(-1e5, 1e5, allow_nan=False).filter(lambda v: abs(v) > 1e-4 or v == 0)


@given(finite, st.integers(0, 4))
def test_rounding_is_symmetric_and_near(value: float, places: int) -> None:
    up, down = rounded(exact(value), places), rounded(exact(-value), places)
    assert up == -down
    assert abs(up - exact(value)) <= Decimal(5).scaleb(-places - 1)


@given(finite, st.lists(finite, min_size=1, max_size=3))
def test_a_told_value_stays_on_its_side_of_every_landmark(value: float, landmarks: list[float]) -> None:
    told, marks = exact(value), [exact(m) for m in landmarks]
    shown = rounded(told, apart(told, 0, marks))
    digits = len(shown.normalize().as_tuple().digits)
    for mark in marks:
        assert ((shown > mark) - (shown < mark)) == ((told > mark) - (told < mark)) or digits >= 6


@given(st.floats(0.05, 20), st.sampled_from(["negate", "invert", "complement"]))
def test_turning_to_the_other_side_twice_is_nothing(value: float, step: str) -> None:
    assert float(turn((value,), (step, step))) == pytest.approx(float(exact(value)), rel=1e-12)


def test_every_step_is_used_by_name_only() -> None:
    with pytest.raises(KeyError):
        turn((1.0,), ("no_such_step",))
    assert all(callable(step) for step in STEPS.values())


def test_a_number_names_its_row() -> None:
    row = {
        "outcome": "texture_grade",
        "visit": 12.0,
        "population": "all",
        "arm": "chemical_peel",
        "seen": 104,
        "cohort": 141,
    }
    made = result("visits", row, "seen", "whole")
    assert (made.text, made.kind, made.transform) == ("104", "R", "whole")
    assert made.ref == 'visits|{"arm":"chemical_peel","outcome":"texture_grade","population":"all","visit":12}|seen'
    both = results([("visits", row, "seen"), ("visits", row, "cohort")], "lost_share percent")
    assert both.text == "26"
    assert both.ref.split("\n") == [row_id("visits", row, "seen"), row_id("visits", row, "cohort")]


def test_in_a_long_table_the_value_bears_the_statistics_name() -> None:
    row = {"variable": "age", "level": "", "arm": "x", "statistic": "mean", "value": 34.25}
    assert row_id("baseline", row, "value") == 'baseline|{"arm":"x","level":"","variable":"age"}|mean'
    assert number(34.25, "decimals:1", ref="r").text == "34.3"


def test_what_is_nothing_beside_the_largest_does_not_ask_for_more_digits() -> None:
    assert decimals([Decimal("2.38904"), Decimal("1.2E-16")], digits=3, landmarks=[Decimal(0)]) == 5
    assert decimals([Decimal("2.38904"), Decimal("0.004")], digits=3, landmarks=[Decimal(0)]) == 3
