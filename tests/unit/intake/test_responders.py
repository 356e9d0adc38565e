"""The responder rules, at and beside their limits, in both directions."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.intake.responders import responded
from schemas.vocabulary import Outcome, Responder


def outcome(rule: Responder | None, direction: str = "lower", baseline: str = "before") -> Outcome:
    return Outcome("x", "X", "texture", "continuous", "", direction, None, None, responder=rule, baseline=baseline)  # type: ignore[arg-type]


def verdict(entry: Outcome, baseline: float | None, value: float | None) -> float | None:
    found = responded(entry, pd.Series([value], dtype=float), pd.Series([baseline], dtype=float)).iloc[0]
    return None if pd.isna(found) else float(found)


@pytest.mark.parametrize(
    ("direction", "baseline", "value", "expected"),
    [
        ("lower", 5, 4, 1), ("lower", 5, 4.5, 0), ("lower", 5, 6, 0), ("lower", 0.3, -0.7, 1),
        ("higher", 5, 6, 1), ("higher", 5, 4, 0), ("lower", None, 4, None), ("lower", 5, None, None),
    ],
)  # fmt: skip
def test_fall(direction, baseline, value, expected):
    assert verdict(outcome(Responder("fall", 1), direction), baseline, value) == expected


@pytest.mark.parametrize(
    ("baseline", "value", "expected"),
    [(10, 5, 1), (10, 6, 0), (5, 2, 1), (5, 3, 0), (4, 0, None), (0, 0, None), (30, 15, 1), (None, 1, None)],
)
def test_percent_fall_from_a_floor(baseline, value, expected):
    assert verdict(outcome(Responder("percent_fall", 50, floor=5)), baseline, value) == expected


@pytest.mark.parametrize(("baseline", "value", "expected"), [(4, 0, 1), (4, 1, 0), (3, 0, None), (3, 3, None)])
def test_a_fall_is_judged_only_from_the_floor_on(baseline, value, expected):
    assert verdict(outcome(Responder("fall", 4, floor=4)), baseline, value) == expected


def test_percent_fall_without_a_floor_still_needs_something_to_fall():
    assert verdict(outcome(Responder("percent_fall", 50)), 0, 0) is None
    assert verdict(outcome(Responder("percent_fall", 50)), 2, 1) == 1
    assert verdict(outcome(Responder("percent_fall", 50), "higher"), 10, 15) == 1
    assert verdict(outcome(Responder("percent_fall", 50), "higher"), 10, 5) == 0


@pytest.mark.parametrize(
    ("baseline", "value", "expected"),
    [(4, 1, 1), (3, 1, 1), (2, 1, 0), (2, 0, 1), (4, 2, 0), (1, 0, 0), (None, 0, None)],
)
def test_clear_or_almost_clear_and_two_grades(baseline, value, expected):
    """Who starts at grade 2 must reach 0: success depends on where one starts."""
    assert verdict(outcome(Responder("level_and_fall", 2, level=1)), baseline, value) == expected


def test_an_impression_of_change_is_judged_by_its_level():
    rule = Responder("level_and_fall", 0, level=2)
    assert verdict(outcome(rule, baseline="none"), None, 2) == 1
    assert verdict(outcome(rule, baseline="none"), None, 3) == 0
    assert verdict(outcome(rule, baseline="none"), None, None) is None


def test_no_rule_no_responder():
    assert verdict(outcome(None), 5, 1) is None
