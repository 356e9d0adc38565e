"""RepeatedFit: what ``fit_mmrm`` returns, an answer that can be asked for tables, tests and diagnostics."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.domain.fit import ArmMean, MeasureBlock, Pair
from analytics.repeated import diagnostics, display, tables
from analytics.repeated.blas import one_blas_thread
from analytics.repeated.grid import Weights
from analytics.repeated.hypotheses import hypothesis
from analytics.repeated.influence import influence
from analytics.repeated.moments import Moments
from analytics.repeated.uncertainty import Uncertainty, chosen_df


@dataclass(frozen=True, eq=False, repr=False)
class RepeatedFit:
    """A fitted mixed model for repeated measures. Estimates are in the unit of the outcome.

    ``covariance``: the structure used (``asked`` for). ``notes``: rows and columns left out, structures that failed.
    ``status``: estimated | not_estimable | did_not_converge; tables of a fit that failed hold NaN and keep their shape.
    """

    moments: Moments
    uncertainty: Uncertainty
    asked: str
    covariance: str
    df: str
    why: str = ""
    notes: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        if not self.why:
            return "estimated"
        return "did_not_converge" if self.uncertainty.optimum.tried else "not_estimable"

    # --- tables ------------------------------------------------------------------------------------------------------

    def coefficients(self, df: str | None = None, *, confidence_level: float = 0.95) -> pd.DataFrame:
        """``term, estimate, std_error, df, statistic, p_value, conf_low, conf_high``, a row per coefficient kept.

        ``df``: another rule for degrees of freedom than the fit's.
        """
        kept = self.uncertainty.criterion.coordinates.kept
        rows = np.eye(len(self.moments.terms.names))[kept]
        keys = pd.DataFrame({"term": [self.moments.terms.names[j] for j in kept]})
        with one_blas_thread():
            return tables.estimates(self, keys, rows, self._df(df), confidence_level, alone=True)

    def adjusted_means(
        self,
        factor: str | Sequence[str],
        *,
        by: str | Sequence[str] | None = None,
        weights: Weights = "observed",
        df: str | None = None,
        confidence_level: float = 0.95,
    ) -> pd.DataFrame:
        """Adjusted means of the levels of ``factor`` within each level of ``by``.

        ``weights``: observed (averages over the rows of the model, the rest as seen) or equal (emmeans' default:
        categories equally, numbers at their mean). Columns: by, factor, ``estimate, std_error, df, conf_low, conf_high,
        status``. A cell without data is ``not_estimable``.
        """
        with one_blas_thread():
            return tables.adjusted_means(self, _many(factor), _many(by), weights, self._df(df), confidence_level)

    def contrasts(
        self,
        factor: str | Sequence[str],
        *,
        by: str | Sequence[str] | None = None,
        kind: str | Mapping[str, Mapping[Hashable, float]] = "pairwise",
        adjust: str | None = None,
        df: str | None = None,
        weights: Weights = "observed",
        confidence_level: float = 0.95,
    ) -> pd.DataFrame:
        """Differences of adjusted means, or other combinations of them.

        ``kind``: pairwise (later level minus earlier), reference (each minus the first), or named combinations
        ``{"name": {level: weight}}``; levels of several factors are tuples.

        ``adjust``: none | bonferroni | holm | hochberg | hommel | bh | by | sidak | fixed_sequence | shaffer | tukey |
        dunnett | max_t, one family within each level of ``by``; p-value and limits together where the procedure has
        simultaneous limits, else the limits are NaN and ``attrs["note"]`` says so. Columns: by, ``contrast, arm,
        reference, estimate, std_error, df, statistic, p_value, conf_low, conf_high, status``.
        """
        with one_blas_thread():
            return tables.contrasts(
                self, _many(factor), _many(by), kind, adjust, weights, self._df(df), confidence_level
            )

    def test(self, term: str, df: str | None = None) -> pd.DataFrame:
        """F test of a term, type III (as SAS): ``term, num_df, denom_df, statistic, p_value, test``.

        With an empirical vcov it is Hotelling's T-squared with the HTZ df (Pustejovsky and Tipton 2018).
        """
        with one_blas_thread():
            return tables.f_test(self, term, hypothesis(self.moments.terms, term), self._df(df))

    def _df(self, df: str | None) -> str:
        found = chosen_df(df, self.uncertainty.vcov, self.df)
        if found in ("kenward_roger", "kenward_roger_linear") and not self.uncertainty.criterion.reml:
            raise UsageError("Kenward-Roger needs REML.", fix="take df='satterthwaite', or fit with reml=True")
        return found

    # --- the model ---------------------------------------------------------------------------------------------------

    @cached_property
    def visit_covariance(self) -> pd.DataFrame | dict[Hashable, pd.DataFrame]:
        """Covariance of a patient's visits, labelled; one per group where the fit has groups."""
        return diagnostics.visit_covariance(self)

    @cached_property
    def log_likelihood(self) -> float:
        """The (restricted) log-likelihood, constants as in SAS and R's mmrm."""
        criterion, point = self.uncertainty.criterion, self.uncertainty.optimum.point
        if self.why:
            return float("nan")
        coordinates, unit = criterion.coordinates, self.uncertainty.unit
        free = self.n_values - (len(coordinates.kept) if criterion.reml else 0)
        twice = point.value + free * np.log(2 * np.pi) + 2 * free * np.log(unit) - self.moments.log_weight
        return float(-0.5 * (twice - (2 * coordinates.log_det if criterion.reml else 0.0)))

    @property
    def aic(self) -> float:
        """-2 log-likelihood + 2 x covariance parameters, as SAS and R's mmrm count."""
        return -2 * self.log_likelihood + 2 * self.uncertainty.criterion.size

    @property
    def bic(self) -> float:
        """-2 log-likelihood + log(patients with a value) x covariance parameters (SAS counts all patients)."""
        return -2 * self.log_likelihood + float(np.log(self.n_patients)) * self.uncertainty.criterion.size

    @property
    def n_patients(self) -> int:
        return self.moments.n_patients

    @property
    def n_values(self) -> int:
        return self.moments.n_values

    def residuals(self, kind: str = "raw") -> pd.Series:
        """Residuals of the rows used, index as in the data: ``raw``, ``pearson`` (by their standard deviation) or
        ``normalized`` (by a Cholesky root of the patient's covariance: independent, variance 1)."""
        return diagnostics.residuals(self, kind)

    def influence(self) -> pd.DataFrame:
        """What each patient does to the coefficients, a row per patient in the order of the data.

        Columns: the subject's, ``visits`` (values used), ``distance`` (Cook's, of all fixed effects: how far they move
        without the patient at the same covariance, 1 = as far as a joint standard error), ``change`` and
        ``coefficient`` (the largest change of one coefficient, with the patient minus without, in the model's standard
        errors), ``status`` (not_estimable: the ``coefficient`` cannot be estimated without the patient). A patient of
        ``frequency`` k is one of k. Raises UsageError for moments, which hold no patients.
        """
        with one_blas_thread():
            return influence(self)

    def predict(self, data: Any, conditional: bool = False) -> pd.Series:
        """Fitted values for the rows of ``data``, index as there; NaN where a covariate is missing.

        ``conditional``: given what the same patient shows at other visits in ``data`` (best linear prediction). Raises
        UsageError for a category that the model does not know.
        """
        return diagnostics.predict(self, data, conditional=conditional)

    # --- the house's Fit protocol ------------------------------------------------------------------------------------

    @cached_property
    def at_last_visit(self) -> Any:
        """This model at its last visit, as the house's Fit; ``analytics.repeated.at_visit.AtVisit`` for another one."""
        from analytics.repeated.at_visit import AtVisit

        return AtVisit.of(self)

    @property
    def arms(self) -> tuple[str, ...]:
        return self.at_last_visit.arms

    @property
    def n(self) -> dict[str, int]:
        return self.at_last_visit.n

    def blocks(self, pairs: Sequence[Pair]) -> tuple[MeasureBlock, ...]:
        return self.at_last_visit.blocks(pairs)

    def arm_means(self, confidence_level: float = 0.95) -> tuple[ArmMean, ...] | None:
        return self.at_last_visit.arm_means(confidence_level)

    def __repr__(self) -> str:
        return display.text(self)

    def _repr_html_(self) -> str:
        return display.html(self)


def _many(names: str | Sequence[str] | None) -> tuple[str, ...]:
    if names is None or isinstance(names, str):
        return () if names is None else (names,)
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"{names!r} names no category.", fix="write a name, or a list of names")
    return tuple(names)
