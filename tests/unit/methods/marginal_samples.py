"""Samples drawn for the tests of the marginal methods: three arms, a baseline, a number and a category."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import Fit, Pair
from analytics.methods import METHODS
from schemas.vocabulary import Outcome

ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
PAIRS: tuple[Pair, ...] = (
    ("chemical_peel", "microdermabrasion"),
    ("dermal_roller", "microdermabrasion"),
    ("dermal_roller", "chemical_peel"),
)
KINDS = {
    "negative_binomial": ("count", 0.0, None),
    "fractional_logit": ("percent", 0.0, 100.0),
    "cumulative_logit": ("ordinal", 0.0, 4.0),
    "standardised_risk": ("binary", 0.0, 1.0),
}
MARGINAL = tuple(KINDS)
SHIFT = {"microdermabrasion": 0.0, "chemical_peel": -0.4, "dermal_roller": -0.2}


def outcome(method: str, *, direction: str = "lower") -> Outcome:
    kind, low, high = KINDS[method]
    return Outcome("x", "X", "breakouts", kind, "", direction, low, high, 1.0 if kind == "ordinal" else None)


def draw(method: str, *, seed: int = 1, n: int = 26, adjustment: str = "covariates") -> Sample:
    """``n`` patients per arm, one row each; the truth is SHIFT on the link scale."""
    rng = np.random.default_rng([seed, MARGINAL.index(method)])
    arm = np.repeat(ARMS, n)
    latent, noise = rng.normal(size=3 * n), rng.normal(size=3 * n)
    eta = 0.6 * latent + np.array([SHIFT[a] for a in arm]) + 0.6 * noise
    value, baseline = _readings(method, rng, eta, latent)
    names = [f"p{i:03d}" for i in rng.permutation(3 * n)]
    rows = pd.DataFrame({"patient": names, "unit": names, "arm": arm, "side": "", "value": value, "baseline": baseline})
    rows = rows.assign(change=rows["value"] - rows["baseline"], age=rng.normal(40, 10, 3 * n).round(1))
    rows = rows.assign(skin=rng.choice(["dry", "oily", "normal"], 3 * n))
    kinds = {} if adjustment == "none" else {"age": "number", "skin": "category"}
    return Sample(rows, outcome(method), ARMS, kinds, baseline=adjustment == "covariates")


def _readings(
    method: str, rng: np.random.Generator, eta: np.ndarray, latent: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    before = 0.6 * latent
    if method == "negative_binomial":
        return rng.poisson(np.exp(2 + eta)).astype(float), rng.poisson(np.exp(2.4 + before)).astype(float)
    if method == "fractional_logit":
        return 100 / (1 + np.exp(-eta)), 100 / (1 + np.exp(-before - 0.3))
    if method == "cumulative_logit":
        return np.clip(np.round(2 + 1.2 * eta), 0, 4), np.clip(np.round(2.4 + before), 0, 4)
    return (rng.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(float), before


def estimand(method: str, adjustment: str = "covariates") -> Estimand:
    return Estimand("x", 12.0, "all", ARMS, method, adjustment)


def fit(method: str, sample: Sample, adjustment: str = "covariates") -> Fit:
    return METHODS[method](sample, estimand(method, adjustment))


def with_rows(sample: Sample, rows: pd.DataFrame) -> Sample:
    return replace(sample, rows=rows)
