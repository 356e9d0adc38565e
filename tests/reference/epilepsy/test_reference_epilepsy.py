"""Poisson and NB2 models of all visits against R's glm, MASS::glm.nb and clubSandwich's CR3 with Satterthwaite df."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.methods.mean_model import LOG, fit_mean

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows = pd.read_csv(HERE / "data.csv")
    rows = rows[rows["period"] > 0]
    arm = (rows["trt"] == "progabide").to_numpy(float)
    design = np.column_stack([np.ones(len(rows)), rows["base"], rows["age"], arm])
    return design, rows["seizures"].to_numpy(float), np.log(rows["weeks"].to_numpy(float)), rows["subject"].to_numpy()


@pytest.mark.parametrize("key", ["poisson_glm", "negbin_glm"])
def test_coefficients_errors_and_df(key: str) -> None:
    design, counts, offset, patients = data()
    expected = pd.DataFrame(REFERENCE[key]["cluster_robust_by_subject"]["CR3"])
    alpha = REFERENCE[key].get("alpha", 0.0)
    model = fit_mean(design, counts, LOG, offset=offset, alpha=alpha)
    errors = model.errors(patients)
    np.testing.assert_allclose(model.beta, expected["estimate"], rtol=1e-6)
    np.testing.assert_allclose(
        np.sqrt(np.diag(errors.covariance)), expected["SE" if "SE" in expected else "se"], rtol=1e-6
    )
    np.testing.assert_allclose(errors.df(np.eye(4)), expected["df"], rtol=1e-6)


def test_poisson_coefficients_of_glm() -> None:
    design, counts, offset, _ = data()
    model = fit_mean(design, counts, LOG, offset=offset)
    expected = [row["estimate"] for row in REFERENCE["poisson_glm"]["coefficients"]]
    np.testing.assert_allclose(model.beta, expected, rtol=1e-8)
