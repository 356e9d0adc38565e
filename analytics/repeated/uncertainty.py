"""How sure combinations of coefficients are: one covariance and one rule for degrees of freedom, chosen by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.domain.errors import UsageError
from analytics.repeated.counting import between_within_df, residual_df
from analytics.repeated.criterion import Criterion
from analytics.repeated.empirical import Empirical
from analytics.repeated.hypotheses import estimable_part
from analytics.repeated.optimise import Optimum
from analytics.repeated.rows import Rows
from analytics.repeated.small_sample import SmallSample
from analytics.repeated.terms import nearest


class Unsaid(str):
    """The default of ``df``: equal to its name, but known not to have been written by the caller."""


DEFAULT_DF = Unsaid("kenward_roger_linear")
DF = ("kenward_roger_linear", "kenward_roger", "satterthwaite", "between_within", "residual")
VCOV = {"model": "", "cr0": "CR0", "cr2": "CR2", "cr3": "CR3"}
KENWARD_ROGER = ("kenward_roger_linear", "kenward_roger")


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Estimates of combinations (k, q) of coefficients in y's unit, with covariance, df and what cannot be known."""

    criterion: Criterion
    optimum: Optimum
    rows: Rows | None
    vcov: str

    @cached_property
    def small_sample(self) -> SmallSample:
        return SmallSample(self.criterion, self.optimum)

    @cached_property
    def empirical(self) -> Empirical | None:
        """The sandwich, where vcov asks for one."""
        if self.vcov == "model" or self.rows is None:
            return None
        return Empirical(self.criterion, self.optimum.point, self.rows, VCOV[self.vcov])

    @property
    def unit(self) -> float:
        """One of the scaled y in y's own unit."""
        return float(self.criterion.moments.basis.scale[-1])

    def estimate(self, combinations: np.ndarray, *, fewer: bool = False) -> np.ndarray:
        """(k,) of combinations (k, q); NaN where not estimable (``fewer``: in the model without numbers left out)."""
        coordinates = self.criterion.coordinates
        inside = coordinates.combination(combinations)
        found = inside @ self.optimum.point.beta * self.unit
        if coordinates.constant is not None:
            found = found + inside @ coordinates.constant * self.criterion.moments.basis.centre[-1]
        return np.where(coordinates.estimable(combinations, fewer=fewer), found, np.nan)

    def covariance(self, combinations: np.ndarray, df: str) -> np.ndarray:
        """(k, k) of combinations (k, q) under the covariance that ``df`` and vcov name."""
        inside = self.criterion.coordinates.combination(combinations)
        return inside @ self.coordinate_covariance(df) @ inside.T * self.unit**2

    def coordinate_covariance(self, df: str) -> np.ndarray:
        """(r, r) in coordinates, for scaled y."""
        if self.empirical is not None:
            return self.empirical.covariance
        if df in KENWARD_ROGER:
            adjusted: np.ndarray = getattr(self.small_sample, df)
            return adjusted
        return self.optimum.point.phi

    def degrees(self, combinations: np.ndarray, df: str) -> np.ndarray:
        """df (k,) of combinations (k, q)."""
        moments, coordinates = self.criterion.moments, self.criterion.coordinates
        if df == "residual":
            return residual_df(moments, coordinates, combinations)
        if df == "between_within":
            return between_within_df(moments, coordinates, combinations)
        inside = coordinates.combination(combinations)
        return self.empirical.df(inside) if self.empirical is not None else self.small_sample.satterthwaite(inside)

    def lost(self, combinations: np.ndarray) -> np.ndarray:
        """Share of the variance that a sandwich cannot see, (k,); 0 for model covariances."""
        if self.empirical is None:
            return np.zeros(len(combinations))
        return self.empirical.lost(self.criterion.coordinates.combination(combinations))

    def test(self, combinations: np.ndarray, df: str) -> tuple[float, int, float, str]:
        """(F, numerator df, denominator df, name of the test) of "all combinations are zero"."""
        moments, coordinates = self.criterion.moments, self.criterion.coordinates
        part = estimable_part(combinations, coordinates)
        if not len(part):
            return np.nan, 0, np.nan, "not estimable"
        inside, beta = _full_rank(coordinates.combination(part)), self.optimum.point.beta
        counted: dict[str, Callable] = {"residual": residual_df, "between_within": between_within_df}
        if df in counted:
            middle = inside @ self.coordinate_covariance(df) @ inside.T
            statistic = float(inside @ beta @ np.linalg.solve(middle, inside @ beta)) / len(inside)
            return statistic, len(inside), float(counted[df](moments, coordinates, part).min()), f"F, {df} df"
        if self.empirical is not None:
            return *_place(self.empirical.hotelling(inside, beta), len(inside)), "Hotelling T-squared, HTZ df"
        if df in KENWARD_ROGER:
            found = self.small_sample.kenward_roger_test(inside, beta, self.coordinate_covariance(df))
            return *_place(found, len(inside)), "F, Kenward-Roger"
        return *_place(self.small_sample.satterthwaite_test(inside, beta), len(inside)), "F, Satterthwaite"


def _place(found: tuple[float, float], size: int) -> tuple[float, int, float]:
    return found[0], size, found[1]


def _full_rank(rows: np.ndarray) -> np.ndarray:
    """Rows that say all that ``rows`` say, none twice."""
    _, size, right = np.linalg.svd(rows, full_matrices=False)
    rank = int((size > 1e-10 * size[0]).sum())
    return rows if rank == len(rows) else right[:rank]


def chosen_df(df: str | None, vcov: str, standing: str) -> str:
    """The rule for df of one call: its own, else the fit's; UsageError where it cannot go with ``vcov``."""
    if df is None:
        return standing
    if df not in DF:
        raise UsageError(f"df={df!r} is not known.", fix=f"write one of {nearest(df, DF)}")
    if vcov != "model" and df in KENWARD_ROGER:
        if isinstance(df, Unsaid):
            return "satterthwaite"
        raise UsageError(
            f"Kenward-Roger corrects the model's covariance; vcov={vcov!r} is another one.",
            fix="leave df out (Bell-McCaffrey), or take vcov='model'",
        )
    return str(df)
