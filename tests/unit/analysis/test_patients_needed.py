"""Power of a cohort: spread, correlation, missing readings and patients by hand, for every kind of outcome."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.power import TTestIndPower

import analytics as oc
from analytics.domain.errors import UsageError

DAY, LATER = "2026-01-05", "2026-03-30"


def clinic(tmp_path: Any, rows: list[dict[str, Any]]) -> Any:
    pd.DataFrame(rows).to_csv(tmp_path / "sessions.csv", index=False)
    return oc.cohort(oc.validate(oc.read(tmp_path / "sessions.csv")))


def parallel(
    n: int = 40, *, column: str = "texture_grade", missing: int = 0
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Rows of two arms, and (n, 2) start and value."""
    rng = np.random.default_rng(4)
    start = np.clip(np.round(2 * rng.normal(5, 1.2, n)) / 2, 1, 9)
    value = np.clip(np.round(2 * (0.6 * start + rng.normal(1, 0.8, n))) / 2, 0.5, 9)
    rows: list[dict[str, Any]] = []
    for k in range(n):
        arm = ("chemical_peel", "dermal_roller")[k % 2]
        rows.append({"patient_id": f"p{k}", "session_date": DAY, "treatment": arm, column: start[k]})
        if k >= missing:
            rows.append({"patient_id": f"p{k}", "session_date": LATER, column: value[k]})
    rows.append({"patient_id": "p0", "session_date": "2026-09-01", column: 5})  # so that everybody's visit is over
    return rows, np.column_stack([start, value])[missing:]


def within(values: np.ndarray, arms: np.ndarray) -> np.ndarray:
    return np.concatenate([values[arms == arm] - values[arms == arm].mean(axis=0) for arm in np.unique(arms)])


def test_two_arms_by_hand(tmp_path: Any) -> None:
    rows, values = parallel(missing=6)
    found = oc.power(clinic(tmp_path, rows), outcome="texture_grade", difference=0.6)
    arms = np.arange(6, 40) % 2
    centred = within(values, arms)
    covariance = centred.T @ centred / (len(values) - 2)
    r = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    sd = math.sqrt(covariance[1, 1])
    assert found.sd == pytest.approx(sd)
    assert found.correlation == pytest.approx(r)
    assert found.residual_sd == pytest.approx(sd * math.sqrt(1 - r**2))
    assert found.dropout == pytest.approx(6 / 40)
    assert found.now == 17
    theirs = TTestIndPower().solve_power(effect_size=0.6 / found.residual_sd, alpha=0.05, power=0.8)
    assert 0 <= found.patients - theirs < 2  # one degree of freedom for the start
    assert found.enrolled == math.ceil(found.patients / (1 - 6 / 40))
    assert found.paired is False


def test_counts_are_taken_on_the_log_and_told_as_ratios(tmp_path: Any) -> None:
    rows, _ = parallel(column="inflammatory_lesions")
    for row in rows:
        row["inflammatory_lesions"] = round(2 * row["inflammatory_lesions"])
    found = oc.power(clinic(tmp_path, rows), outcome="inflammatory_lesions")
    assert found.scale == "ratio"
    assert found.difference == 0.8
    assert 0 < found.detectable < 1
    assert "20 % less" in repr(found)
    more = oc.power(clinic(tmp_path, rows), outcome="inflammatory_lesions", difference=1.25)
    assert more.patients == found.patients


def test_sides_of_a_face_are_compared_within_patients(tmp_path: Any) -> None:
    rng = np.random.default_rng(5)
    rows, differences = [], []
    for k in range(30):
        ends = {}
        for side, arm in (("left", "chemical_peel"), ("right", "dermal_roller")):
            base = {"patient_id": f"p{k}", "side": side}
            start, fall = 6.0, float(rng.integers(0, 5)) / 2
            rows.append({**base, "session_date": DAY, "treatment": arm, "texture_grade": start})
            rows.append({**base, "session_date": LATER, "texture_grade": start - fall})
            ends[arm] = -fall
        differences.append(ends["dermal_roller"] - ends["chemical_peel"])
    found = oc.power(clinic(tmp_path, rows), outcome="texture_grade")
    assert found.paired
    assert found.residual_sd == pytest.approx(np.std(differences, ddof=1))
    assert found.now == 30
    assert "pairs of sides" in repr(found)
    assert "Correlation" not in repr(found)


def test_grades_are_planned_as_shares_of_responders() -> None:
    cohort = oc.cohort(oc.validate(oc.example(patients=120)))
    found = oc.power(cohort, outcome="acne_iga", difference=0.2)
    own = cohort.table[(cohort.table["outcome"] == "acne_iga") & (cohort.table["visit"] == 12)]
    own = own[(own["design"] == "parallel") & own["responder"].notna()]
    share = own["responder"].mean()
    assert found.sd == pytest.approx(math.sqrt(share * (1 - share)))
    assert "percentage points of responders" in repr(found)


def test_a_size_that_nobody_agreed_on_is_not_invented() -> None:
    cohort = oc.cohort(oc.validate(oc.example(patients=120)))
    found = oc.power(cohort, outcome="roughness_ra_um")
    assert found.difference is None
    assert math.isnan(found.patients)
    assert "name one as difference=" in repr(found)
    assert math.isfinite(found.detectable)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"power": 80}, "from 0.5 to below 1"), ({"power": True}, "from 0.5 to below 1"),
        ({"difference": 0}, "other than 0"), ({"difference": float("nan")}, "other than 0"),
        ({"outcome": "inflammatory_lesions", "difference": -2}, "a ratio above 0"),
        ({"outcome": "acne_iga", "difference": 20}, "between 0 and 1"), ({"outcome": "texture"}, "no outcome"),
        ({"outcome": "visia_percentile"}, "never averaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_said(asked: dict[str, Any], said: str) -> None:
    cohort = oc.cohort(oc.validate(oc.example(patients=60)))
    with pytest.raises(UsageError, match=said):
        oc.power(cohort, **{"outcome": "texture_grade", **asked})


def test_few_patients_have_no_spread(tmp_path: Any) -> None:
    rows, _ = parallel(n=8)
    with pytest.raises(UsageError, match="at least 10 patients"):
        oc.power(clinic(tmp_path, rows), outcome="texture_grade")
