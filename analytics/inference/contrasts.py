"""Adjusted means and contrasts, written once for all methods from (coefficients, covariance, df of any combination).

A method hands over one value per arm and its gradient in the coefficients (a row of the model matrix where the model is
linear, a delta-method gradient where it is not); every contrast is then a difference of two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.domain.fit import ArmMean, MeasureBlock, Pair
from analytics.inference.intervals import interval
from analytics.inference.sandwich import LOST_TOLERANCE, Sandwich

MOST_LOST = 0.05  # of an arm's mean: up to here its variance is divided by what is seen, beyond it has no interval
FEW_DF = 4.0  # below it the t approximation of Satterthwaite is poor (Pustejovsky and Tipton 2018)
Reasons = Mapping[str, str]  # arm, or "arm v reference", -> why it cannot be compared
DegreesOfFreedom = Callable[[np.ndarray], np.ndarray]  # (k, p) -> (k,)


def normal_df(contrasts: np.ndarray) -> np.ndarray:
    """df of methods that use the normal distribution: infinite."""
    return np.full(len(np.atleast_2d(contrasts)), np.inf)


def nothing_lost(contrasts: np.ndarray) -> np.ndarray:
    """``lost`` of covariances that see every row."""
    return np.zeros(len(np.atleast_2d(contrasts)))


@dataclass(frozen=True, eq=False)
class Margins:
    """One number per arm: ``value`` (a,) on the working scale with ``gradient`` (a, p) in the coefficients."""

    arms: tuple[str, ...]
    value: np.ndarray
    gradient: np.ndarray

    @classmethod
    def linear(cls, arms: Sequence[str], rows: np.ndarray, coefficients: np.ndarray) -> Margins:
        """Margins of a linear predictor: ``rows`` (a, p) of the model matrix."""
        return cls(tuple(arms), rows @ coefficients, rows)

    def pairs(self, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
        """(estimate (k,), gradient (k, p)) of arm minus reference; NaN where one of the two arms is not there."""
        place = {arm: i for i, arm in enumerate(self.arms)}
        estimate = np.full(len(pairs), np.nan)
        gradient = np.full((len(pairs), self.gradient.shape[1]), np.nan)
        for k, (arm, reference) in enumerate(pairs):
            if arm in place and reference in place:
                estimate[k] = self.value[place[arm]] - self.value[place[reference]]
                gradient[k] = self.gradient[place[arm]] - self.gradient[place[reference]]
        return estimate, gradient


@dataclass(frozen=True, eq=False)
class Errors:
    """How sure the coefficients are: ``covariance`` (p, p), ``df`` and ``lost`` of contrasts (k, p).

    ``smallest``: a standard error at or below it means that nothing varied.
    """

    covariance: np.ndarray
    df: DegreesOfFreedom = normal_df
    lost: DegreesOfFreedom = nothing_lost
    smallest: float = 0.0

    @classmethod
    def of(cls, sandwich: Sandwich, *, smallest: float = 0.0) -> Errors:
        """The errors that a Sandwich gives, with its Bell-McCaffrey df and its check of lost variance."""
        return cls(sandwich.covariance, sandwich.df, sandwich.lost, smallest)


def block(
    measure: str,
    scale: str,
    pairs: Sequence[Pair],
    *,
    margins: Margins,
    errors: Errors,
    reasons: Reasons | None = None,
) -> MeasureBlock:
    """The MeasureBlock of ``pairs``; what cannot be estimated is NaN with its reason.

    ``reasons``: see Reasons; they hold whatever the numbers say.
    """
    estimate, gradient = margins.pairs(pairs)
    return block_of(measure, scale, pairs, estimate=estimate, gradient=gradient, errors=errors, reasons=reasons)


def block_of(
    measure: str,
    scale: str,
    pairs: Sequence[Pair],
    *,
    estimate: np.ndarray,
    gradient: np.ndarray,
    errors: Errors,
    reasons: Reasons | None = None,
) -> MeasureBlock:
    """As ``block``, for measures that are no difference of arm values (win probability): own estimate and gradient."""
    told = [_told(pair, reasons or {}) for pair in pairs]
    here = np.isfinite(estimate) & np.isfinite(gradient).all(axis=1) & np.array([not why for why in told], bool)
    filled = np.where(here[:, None], gradient, 0.0)
    covariance = filled @ errors.covariance @ filled.T
    lost, df = np.full(len(pairs), np.nan), np.full(len(pairs), np.nan)
    lost[here], df[here] = errors.lost(filled[here]), errors.df(filled[here])
    variance = np.diag(covariance)
    varied = np.isfinite(variance) & (variance > errors.smallest**2)
    estimable = here & varied & (lost <= LOST_TOLERANCE) & (df > 0)
    notes = tuple(
        why or _note(bool(there), bool(spread), float(gone), float(d))
        for why, there, spread, gone, d in zip(told, here, varied, lost, df)
    )
    seen = np.where(estimable, 1.0, np.nan)
    return MeasureBlock(
        measure, scale, tuple(pairs), estimate * seen, covariance * np.outer(seen, seen), df * seen, estimable, notes
    )


def _told(pair: Pair, reasons: Reasons) -> str:
    return "; ".join(reasons[key] for key in (" v ".join(pair), *pair) if key in reasons)


def _note(there: bool, spread: bool, gone: float, df: float) -> str:
    """Why a pair is not estimable, or what must be known about it ("" = nothing)."""
    if not there:
        return "not estimable: one of the two arms is not in the model"
    if not spread:
        return "not estimable: nothing varies within the two arms"
    if not gone <= LOST_TOLERANCE:
        return "not estimable: a patient is alone in a cell of the model, so the error cannot be known"
    if not df > 0:
        return "not estimable: no degrees of freedom are left"
    return f"fewer than {FEW_DF:g} degrees of freedom" if df < FEW_DF else ""


def adjusted_means(
    margins: Margins,
    n: Mapping[str, int],
    *,
    errors: Errors,
    scale: str,
    level: float = 0.95,
    back: Callable[[float], float] = float,
) -> tuple[ArmMean, ...]:
    """One ArmMean per arm with its own df. ``back`` takes estimate and limits to the reported scale (exp from the log).

    ``std_error`` stays on the working scale. Without a usable error the limits are NaN. A covariate level with one
    patient hides a little of an arm mean's variance (never of a contrast's): it is made good under the working model.
    """
    lost, df = errors.lost(margins.gradient), errors.df(margins.gradient)
    variance = np.einsum("ap,pq,aq->a", margins.gradient, errors.covariance, margins.gradient)
    known = (variance > errors.smallest**2) & (lost <= MOST_LOST) & (df > 0)
    seen = np.where(known, 1 - lost, 1.0)
    error, df = np.sqrt(np.where(known, variance / seen, np.nan)), np.where(known, df, np.nan)
    low, high = interval(margins.value, error, df, level)
    return tuple(
        ArmMean(arm, n[arm], back(float(v)), float(e), float(d), back(float(lo)), back(float(hi)), scale)
        for arm, v, e, d, lo, hi in zip(margins.arms, margins.value, error, df, low, high)
    )
