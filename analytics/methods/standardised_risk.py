"""Standardised risk of a yes / no outcome at one visit: risk difference and risk ratio from a logistic model.

G-computation (Hernan and Robins, What If, chapter 13), delta method with the covariates taken as fixed, Mancl-DeRouen
errors by patient with Bell-McCaffrey df.
"""

from __future__ import annotations

import numpy as np

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import Fit
from analytics.methods.design import Design
from analytics.methods.edge_risks import fit_with_edges
from analytics.methods.mean_model import LOGIT, MeanModel, fit_mean
from analytics.methods.responses import Edges, Prepared, failed, prepare
from analytics.methods.standardise import Quantities, arm_margins, guarded, logged, marginal

MEASURES = (("risk_difference", "additive"), ("risk_ratio", "ratio"))
EDGES = Edges(low=0.0, high=1.0, at_low="no event", at_high="only events")


def fit(sample: Sample, estimand: Estimand) -> Fit:
    """Risk difference (first) and risk ratio of every pair of arms.

    An arm with no event, or nothing but events, has no finite coefficient: its pairs are not estimable, except that
    without covariates (and one row per patient) the risk difference keeps an error by Agresti and Caffo. With
    ``change_score`` the baseline is left out of the model: a yes / no has no other change.
    """
    prepared = prepare(sample, edges=EDGES)
    if not bool(prepared.sample.rows["value"].between(0, 1).all()):
        return failed(prepared, MEASURES, "not estimable: a value other than yes (1) and no (0)")
    if prepared.reasons and _bare(prepared):
        return guarded(lambda: fit_with_edges(prepared), fallback=lambda why: failed(prepared, MEASURES, why))
    return marginal(prepared, MEASURES, model=model, tell=_tell)


def model(design: Design) -> MeanModel:
    return fit_mean(design.matrix, design.rows["value"].to_numpy(float), LOGIT)


def _bare(prepared: Prepared) -> bool:
    """Nothing but arms in the model, and every row a patient: only then are the risks plain proportions."""
    sample = prepared.sample
    patients = np.concatenate([sample.rows["patient"], prepared.outside["patient"]])
    alone = len(set(patients)) == len(patients)
    return alone and not (sample.covariates or sample.baseline or sample.paired)


def _tell(design: Design, fitted: MeanModel) -> Quantities:
    risks = arm_margins(fitted, design)
    return Quantities(
        measures=(("risk_difference", "additive", risks), ("risk_ratio", "ratio", logged(risks))),
        means=risks,
        scale="probability",
        low=0.0,
        high=1.0,
    )
