"""Fractional (quasi-binomial) logit of a percent or bounded score at one visit: standardised difference in its unit.

Papke and Wooldridge 1996; Mancl-DeRouen errors by patient with Bell-McCaffrey df.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import Fit
from analytics.methods.design import Design
from analytics.methods.mean_model import LOGIT, MeanModel, fit_mean
from analytics.methods.responses import Edges, failed, prepare
from analytics.methods.standardise import Quantities, arm_margins, marginal, scaled

MEASURES = (("difference", "additive"),)
EDGES = Edges(low=0.0, high=1.0)


def fit(sample: Sample, estimand: Estimand) -> Fit:
    """Difference of standardised means of every pair of arms, in points of the outcome's own unit.

    The response is (value - low) / (high - low) of the outcome's range. ``change_score``: the change from baseline,
    which lies between -range and range, taken as a share of that span in the same way.
    """
    low, high = sample.outcome.low, sample.outcome.high
    if low is None or high is None or not high > low:
        why = f"not estimable: {sample.outcome.id} has no range to take a share of"
        return failed(prepare(sample), MEASURES, why)
    by_change = estimand.adjustment == "change_score"
    column, start, width = ("change", low - high, 2 * (high - low)) if by_change else ("value", low, high - low)

    def share(rows: pd.DataFrame) -> np.ndarray:
        return (rows[column].to_numpy(float) - start) / width

    def tell(design: Design, model: MeanModel) -> Quantities:
        points = scaled(arm_margins(model, design), low=start, width=width)
        scale = "change" if by_change else "percent"
        return Quantities((("difference", "additive", points),), points, scale, low=start, high=start + width)

    prepared = prepare(sample, response=share, edges=EDGES)
    if not bool(prepared.sample.rows["value"].between(0, 1).all()):
        return failed(prepared, MEASURES, "not estimable: a value outside the range of the outcome")
    return marginal(prepared, MEASURES, model=_model, tell=tell)


def _model(design: Design) -> MeanModel:
    return fit_mean(design.matrix, design.rows["value"].to_numpy(float), LOGIT)
