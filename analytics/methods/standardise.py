"""Standardisation (g-computation) of marginal models: every arm's mean as if everyone had been in it, with its errors.

Delta method on the patient-clustered covariance of the coefficients, the covariates taken as fixed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analytics.domain.fit import ArmMean, FailedFit, Fit, MeasureBlock, Pair
from analytics.inference.contrasts import Errors, Margins, Reasons, adjusted_means, block
from analytics.methods.design import Design, build
from analytics.methods.mean_model import MeanModel
from analytics.methods.responses import Measures, Prepared, failed

LARGE = 10.0  # a coefficient beyond it (statistics.md 3), for a number: per standard deviation


@dataclass(frozen=True, eq=False)
class Quantities:
    """What a fitted model tells. ``measures``: (measure, scale, arm margins) whose differences are the estimates.

    ``means``: margins on the natural scale, named ``scale``; their intervals stay inside ``low``..``high`` (see
    ``bounded_means``).
    """

    measures: tuple[tuple[str, str, Margins], ...]
    means: Margins
    scale: str
    low: float | None = None
    high: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Standardised:
    """Fit of a marginal model. ``paired``: within patients, so without arm means. ``reasons``: arm -> why it is out."""

    arms: tuple[str, ...]
    n: dict[str, int]
    told: Quantities
    errors: Errors
    paired: bool = False
    reasons: Reasons = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    status: str = "estimated"

    def blocks(self, pairs: Sequence[Pair]) -> tuple[MeasureBlock, ...]:
        return tuple(
            block(measure, scale, pairs, margins=margins, errors=self.errors, reasons=self.reasons)
            for measure, scale, margins in self.told.measures
        )

    def arm_means(self, confidence_level: float = 0.95) -> tuple[ArmMean, ...] | None:
        return None if self.paired else bounded_means(self.told, self.n, errors=self.errors, level=confidence_level)


def marginal(
    prepared: Prepared,
    measures: Measures,
    *,
    model: Callable[[Design], MeanModel],
    tell: Callable[[Design, MeanModel], Quantities],
    baseline: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Fit:
    """The Fit of a marginal model, or the FailedFit that says why there is none.

    ``model`` fits a model matrix, ``tell`` says what is reported of it; ``baseline``: transform of the baseline column.
    """

    def attempt() -> Fit:
        design = build(prepared.sample, baseline=baseline)
        if len(design.arms) < 2:
            return failed(prepared, measures, "; ".join(design.reasons.values()))
        fitted = model(design)
        if fitted.status == "not_estimable":
            return failed(prepared, measures, separation_note(design, fitted.beta))
        if fitted.status != "estimated":
            return failed(prepared, measures, "the estimates did not settle", status=fitted.status)
        told = tell(design, fitted)
        return Standardised(
            arms=tuple(prepared.n),
            n={**prepared.n, **design.n},
            told=told,
            errors=fitted.errors(design.clusters),
            paired=prepared.sample.paired,
            reasons={**prepared.reasons, **design.reasons},
            notes=(*prepared.notes, *design.notes, *told.notes),
        )

    return guarded(attempt, fallback=lambda why: failed(prepared, measures, why))


def arm_margins(model: MeanModel, design: Design) -> Margins:
    """Mean of every arm standardised over all rows: average of g^-1(x b + offset) with the arm set; its gradient."""
    value, gradient = np.empty(len(design.arms)), np.empty((len(design.arms), design.matrix.shape[1]))
    for i, arm in enumerate(design.arms):
        rows = design.rows_for(arm)
        eta = rows @ model.beta + model.offset
        value[i] = model.link.inverse(eta).mean()
        gradient[i] = (model.link.slope(eta)[:, None] * rows).mean(axis=0)
    return Margins(design.arms, value, gradient)


def logged(margins: Margins) -> Margins:
    """The margins on the log scale: differences are log ratios."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return Margins(margins.arms, np.log(margins.value), margins.gradient / margins.value[:, None])


def scaled(margins: Margins, *, low: float, width: float) -> Margins:
    """Margins of shares as margins of low + width * share."""
    return Margins(margins.arms, low + width * margins.value, width * margins.gradient)


def bounded_means(
    told: Quantities, n: Mapping[str, int], *, errors: Errors, level: float = 0.95
) -> tuple[ArmMean, ...]:
    """Arm means with ``std_error`` on the natural scale and an interval made where it cannot leave ``low``..``high``.

    ``low`` only: on log(mean - low); both: on the logit of the share of the way; neither: symmetric. The df of an arm
    are the same on every scale.
    """
    plain = adjusted_means(told.means, n, errors=errors, scale=told.scale, level=level)
    if told.low is None:
        return plain
    forth, slope, back = _transform(told.low, told.high)
    value = told.means.value
    turned = Margins(told.means.arms, forth(value), told.means.gradient * slope(value)[:, None])
    inside = adjusted_means(turned, n, errors=errors, scale=told.scale, level=level, back=back)
    return tuple(replace(m, conf_low=i.conf_low, conf_high=i.conf_high) for m, i in zip(plain, inside))


def _transform(
    low: float, high: float | None
) -> tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray], Callable[[float], float]]:
    if high is None:
        return lambda v: np.log(v - low), lambda v: 1 / (v - low), lambda x: low + float(np.exp(x))
    width = high - low
    return (
        lambda v: np.log((v - low) / (high - v)),
        lambda v: width / ((v - low) * (high - v)),
        lambda x: low + width / (1 + float(np.exp(-x))),
    )


def runaway(design: Design, beta: np.ndarray) -> tuple[str, ...]:
    """Names of the columns whose coefficient is beyond LARGE: what separates the responses."""
    dummy = np.isin(design.matrix, (0.0, 1.0)).all(axis=0)
    spread = np.where(dummy, 1.0, design.matrix.std(axis=0))
    return tuple(name for name, size in zip(design.columns, np.abs(beta) * spread) if size > LARGE)


def separation_note(design: Design, beta: np.ndarray) -> str:
    names = [name for name in runaway(design, beta) if name != "intercept"]
    told = ", ".join(names) if names else "the model"
    return f"not estimable: {told} separates the responses, so a coefficient has no finite value"


def guarded(call: Callable[[], Fit], *, fallback: Callable[[str], FailedFit]) -> Fit:
    """The Fit of ``call`` with its warnings among the notes; a singular matrix is an answer, not an exception."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            fit = call()
        except np.linalg.LinAlgError as error:
            fit = fallback(f"not estimable: the model matrix is singular ({error})")
    said = tuple(dict.fromkeys(f"warning: {item.message}" for item in caught))
    return replace(fit, notes=(*fit.notes, *said)) if said else fit  # type: ignore[type-var]
