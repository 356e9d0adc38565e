"""Influence of patients, against fits without them: least squares at the same covariance, patient by patient."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import block_diag

from analytics import Moments, fit_mmrm
from analytics.domain.errors import UsageError

FORMULA = "y ~ arm * visit + age"


def long(patients: int = 24, *, seed: int = 3, missing: float = 0.15) -> pd.DataFrame:
    """Three visits, two arms, a covariate, some readings missing, one patient far from the others."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        [(f"P{p:02d}", p % 2, w) for p in range(patients) for w in (4, 8, 12)], columns=["id", "a", "visit"]
    )
    rows["arm"] = rows["a"].map({0: "peel", 1: "machine"})
    person = np.repeat(np.arange(patients), 3)
    rows["age"] = rng.normal(40, 9, patients)[person]
    rows["y"] = (
        rng.normal(size=len(rows)) + rng.normal(size=patients)[person] + 0.03 * rows["age"] + 0.1 * rows["visit"]
    )
    rows.loc[rows["id"] == "P05", "y"] += 6
    return rows[rng.random(len(rows)) > missing].sample(frac=1, random_state=1)


def by_brute_force(fit, data: pd.DataFrame, *, weights: str | None = None) -> pd.DataFrame:
    """Generalised least squares with and without each patient, S as the fit has it; dense matrices."""
    import formulaic

    data = data.sort_values(["id", "visit"])
    data = data.assign(visit=pd.Categorical(data["visit"]))
    x = np.asarray(formulaic.model_matrix(FORMULA.split("~")[1], data), float)
    y, who, shared = data["y"].to_numpy(), data["id"].to_numpy(), fit.visit_covariance
    parts = []
    for one in pd.unique(who):
        mine = data[who == one]
        scale = 1.0 if weights is None else 1 / np.sqrt(np.outer(mine[weights], mine[weights]))
        parts.append(shared.loc[list(mine["visit"]), list(mine["visit"])].to_numpy() * scale)
    inverse = np.linalg.inv(block_diag(*parts))

    def estimate(keep: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        own = inverse[np.ix_(keep, keep)]
        information = x[keep].T @ own @ x[keep]
        return np.linalg.solve(information, x[keep].T @ own @ y[keep]), information

    whole, information = estimate(np.ones(len(y), bool))
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    found = []
    for one in pd.unique(who):
        delta = whole - estimate(who != one)[0]
        in_errors = delta / errors
        most = int(np.argmax(np.abs(in_errors)))
        found.append((one, delta @ information @ delta / len(delta), in_errors[most], most))
    return pd.DataFrame(found, columns=["id", "distance", "change", "place"]).set_index("id")


def fitted(data: pd.DataFrame, **more):
    return fit_mmrm(FORMULA, data, subject="id", visit="visit", **more)


@pytest.mark.parametrize("covariance", ["us", "ar1h", "cs"])
@pytest.mark.parametrize("vcov", ["model", "cr2"])
def test_one_step_equals_the_fit_without_the_patient_at_the_same_covariance(covariance: str, vcov: str) -> None:
    data = long()
    df = "kenward_roger_linear" if vcov == "model" else "satterthwaite"
    fit = fitted(data, covariance=covariance, vcov=vcov, df=df)
    found, wanted = fit.influence().set_index("id"), by_brute_force(fit, data)
    wanted = wanted.loc[found.index]
    np.testing.assert_allclose(found["distance"], wanted["distance"], rtol=1e-8)
    np.testing.assert_allclose(found["change"], wanted["change"], rtol=1e-8)
    terms = fit.coefficients()["term"].to_numpy()
    assert list(found["coefficient"]) == list(terms[wanted["place"]])
    assert set(found["status"]) == {"estimated"}


def test_weights_are_precisions_here_too() -> None:
    data = long().assign(w=lambda d: 0.5 + (d["age"] % 3))
    fit = fitted(data, weights="w")
    found = fit.influence().set_index("id")
    wanted = by_brute_force(fit, data, weights="w").loc[found.index]
    np.testing.assert_allclose(found["distance"], wanted["distance"], rtol=1e-8)


def test_the_patient_who_stands_apart_is_found_and_labels_are_the_data_s() -> None:
    data = long()
    found = fitted(data).influence()
    assert list(found.columns) == ["id", "visits", "distance", "change", "coefficient", "status"]
    assert list(found["id"]) == list(pd.unique(data["id"]))  # in the order of the data
    assert found.loc[found["distance"].idxmax(), "id"] == "P05"
    assert dict(zip(found["id"], found["visits"])) == data["id"].value_counts().to_dict()


def test_no_single_coefficient_moves_farther_than_the_distance_allows() -> None:
    found, count = fitted(long()).influence(), 7
    assert np.all(found["change"] ** 2 <= count * found["distance"] * (1 + 1e-9))


def test_the_unit_of_the_outcome_and_the_order_of_the_rows_do_not_matter() -> None:
    data = long()
    plain = fitted(data).influence().set_index("id").sort_index()
    other = data.assign(y=data["y"] * 1000 + 1e6).sort_values(["visit", "id"], ascending=False)
    moved = fitted(other).influence().set_index("id").sort_index()
    np.testing.assert_allclose(moved["distance"], plain["distance"], rtol=1e-6)
    np.testing.assert_allclose(moved["change"], plain["change"], rtol=1e-6)
    assert list(moved["coefficient"]) == list(plain["coefficient"])


def test_a_patient_of_frequency_two_is_one_of_two() -> None:
    data = long()
    twice = pd.concat([data, data.assign(id="again " + data["id"])])
    told = fitted(data.assign(times=2), frequency="times").influence().set_index("id")
    wanted = fitted(twice).influence().set_index("id").loc[told.index]
    np.testing.assert_allclose(told["distance"], wanted["distance"], rtol=1e-6)


def test_who_alone_carries_a_coefficient_is_said_to() -> None:
    data = long(missing=0.0)
    data = data[~((data["arm"] == "machine") & (data["visit"] == 12)) | (data["id"] == "P07")]
    found = fitted(data).influence().set_index("id")
    assert found.loc["P07", "status"] == "not_estimable"
    assert found.loc["P07", ["distance", "change"]].isna().all()
    # machine comes first in the alphabet, so what is lost stands in the visit's own coefficient or in the interaction
    assert "12" in found.loc["P07", "coefficient"]
    assert set(found.drop("P07")["status"]) == {"estimated"}
    assert found.drop("P07")["distance"].notna().all()


def test_a_fit_that_failed_keeps_the_shape() -> None:
    data = long(missing=0.0).assign(y=1.0)
    found = fitted(data).influence()
    assert len(found) == 24
    assert found["distance"].isna().all()
    assert set(found["status"]) == {"not_estimable"}


def test_moments_hold_no_patients() -> None:
    moments = Moments.from_frame(FORMULA, long(), subject="id", visit="visit")
    with pytest.raises(UsageError, match="moments hold none"):
        fit_mmrm(moments).influence()
