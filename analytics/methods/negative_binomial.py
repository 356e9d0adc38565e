"""Negative-binomial (NB2) marginal model of a count at one visit: rate ratio and standardised difference in counts.

Variance mu + alpha mu^2 with alpha by moments (Breslow 1984); Mancl-DeRouen errors by patient with Bell-McCaffrey df.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import Fit
from analytics.inference.contrasts import Margins
from analytics.methods.design import Design
from analytics.methods.mean_model import MeanModel, fit_counts
from analytics.methods.responses import Edges, failed, prepare
from analytics.methods.standardise import Quantities, arm_margins, marginal

MEASURES = (("rate_ratio", "ratio"), ("difference", "additive"))
HALF = 0.5  # added to a baseline count before the log, so that 0 has one (statistics.md 3)
EDGES = Edges(low=0.0, at_low="nothing was counted")


def fit(sample: Sample, estimand: Estimand) -> Fit:
    """Rate ratio (first) and standardised difference in counts of every pair of arms.

    ``covariates``: log(baseline + 0.5) as covariate; ``change_score``: as offset instead; ``none``: arms only. Several
    rows of a patient count as independent in the fit and as one patient in the errors.
    """
    by_change = estimand.adjustment == "change_score"
    prepared = prepare(sample, response=_counted if by_change else None, edges=EDGES)
    if bool((prepared.sample.rows["value"] < 0).any()):
        return failed(prepared, MEASURES, "not estimable: a count below 0")

    def model(design: Design) -> MeanModel:
        offset = log_baseline(design.rows["baseline"].to_numpy(float)) if by_change else None
        return fit_counts(design.matrix, design.rows["value"].to_numpy(float), offset=offset)

    return marginal(prepared, MEASURES, model=model, tell=_tell, baseline=log_baseline)


def log_baseline(baseline: np.ndarray) -> np.ndarray:
    return np.log(baseline + HALF)


def _counted(rows: pd.DataFrame) -> np.ndarray:
    """The counts of rows that have a baseline to set them against."""
    return np.where(np.isfinite(rows["baseline"].to_numpy(float)), rows["value"].to_numpy(float), np.nan)


def _tell(design: Design, model: MeanModel) -> Quantities:
    counts = arm_margins(model, design)
    rates = Margins.linear(design.arms, design.mean_rows, model.beta)
    return Quantities(
        measures=(("rate_ratio", "ratio", rates), ("difference", "additive", counts)),
        means=counts,
        scale="count",
        low=0.0,
        notes=() if model.alpha > 0 else ("the counts spread no wider than Poisson counts: Poisson variance",),
    )
