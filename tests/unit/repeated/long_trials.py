"""A small long table of three arms at three visits, and how the tests ask for a fit of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from analytics import fit_mmrm
from analytics.repeated.value import RepeatedFit

FORMULA = "y ~ arm * week + base"
KEYS = {"subject": "patient", "visit": "week"}


@cache
def trial(patients: int = 40, visits: int = 3, missing: float = 0.1, arms: str = "abc") -> pd.DataFrame:
    rng = np.random.default_rng(1)
    who, week = np.repeat(np.arange(patients), visits), np.tile(np.arange(1, visits + 1) * 4, patients)
    frame = pd.DataFrame({"patient": who, "week": week, "arm": np.array(list(arms))[who % len(arms)]})
    frame["age"], frame["base"] = rng.normal(50, 10, patients)[who], rng.normal(10, 2, patients)[who]
    frame["clinic"] = np.array(["north", "south"])[(who // len(arms)) % 2]
    frame["y"] = rng.normal(size=len(who)) + rng.normal(size=patients)[who] + 0.1 * frame["base"]
    frame["count"] = rng.poisson(5, len(who))
    return frame[rng.random(len(who)) >= missing].reset_index(drop=True)


def fitted(frame: pd.DataFrame, formula: str = FORMULA, **options) -> RepeatedFit:
    return fit_mmrm(formula, frame, **{**KEYS, **options})


def asked_everything(fit: RepeatedFit, frame: pd.DataFrame) -> None:
    """Every table and view answers without an error, whatever the fit's status."""
    assert repr(fit)
    assert fit._repr_html_().startswith("<p>")
    fit.coefficients()
    for term in fit.moments.terms.terms:
        fit.test(term)
    for kind in ("raw", "pearson", "normalized"):
        assert len(fit.residuals(kind)) == fit.n_values
    assert fit.predict(frame).index.equals(frame.index)
    assert fit.predict(frame, conditional=True).index.equals(frame.index)
    assert fit.visit_covariance is not None
    if "arm" in fit.moments.terms.levels and "week" in fit.moments.terms.levels:
        for adjust in ("max_t", "holm"):
            fit.contrasts("arm", adjust=adjust)
        for weights in ("observed", "equal"):
            fit.adjusted_means("arm", weights=weights)
