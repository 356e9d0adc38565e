"""Analysis of covariance of one follow-up: arms, baseline and covariates, CR2 errors by patient, Bell-McCaffrey df.

With one reading per patient the errors are HC2 (MacKinnon and White 1985; Bell and McCaffrey 2002; Imbens and Kolesar
2016). Adjusted means stand at the observed covariate averages. Formulas and limits: docs/methods/ancova.md.
"""

from __future__ import annotations

import numpy as np

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import FailedFit, Fit
from analytics.inference.contrasts import Errors, Margins
from analytics.inference.sandwich import sandwich
from analytics.methods.design import Design, build
from analytics.methods.linear import LinearFit, Response, respond, unvaried


def fit(sample: Sample, estimand: Estimand) -> Fit:
    """The Fit of ``sample``: measure ``difference``, or ``ratio`` (of geometric means) for positive outcomes."""
    response = respond(sample)
    design = build(response.sample)
    return _refusal(response, design) or _fitted(response, design)


def _refusal(response: Response, design: Design) -> FailedFit | None:
    """Why these rows cannot be compared, if they cannot."""
    patients, coefficients = int(design.clusters.max(initial=-1)) + 1, design.matrix.shape[1]
    if response.sample.paired:
        why = "different arms within one patient are compared by paired_difference"
    elif len(design.arms) < 2:
        why = "; ".join(design.reasons.values())
    elif patients <= coefficients:
        why = f"{patients} patients leave no residual degrees of freedom beside {coefficients} coefficients"
    else:
        return None
    return response.failed(why, n=design.n, notes=design.notes)


def _fitted(response: Response, design: Design) -> Fit:
    y = design.rows["response"].to_numpy(float)
    coefficients = np.linalg.lstsq(design.matrix, y, rcond=None)[0]
    residual = y - design.matrix @ coefficients
    if float(np.sqrt(np.mean(residual**2))) <= response.smallest:
        return response.failed(unvaried(design.rows), n=design.n, notes=design.notes)
    return LinearFit(
        arms=response.sample.arms,
        n=dict(design.n),
        response=response,
        margins=Margins.linear(design.arms, design.mean_rows, coefficients),
        errors=Errors.of(sandwich(design.matrix, residual, design.clusters), smallest=response.smallest),
        reasons=design.reasons,
        notes=(*response.notes, *design.notes),
    )
