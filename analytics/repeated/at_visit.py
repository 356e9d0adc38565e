"""A RepeatedFit at one visit, as the house's Fit: differences between arms and adjusted means there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from analytics.domain.errors import UsageError
from analytics.domain.fit import ArmMean, MeasureBlock, Pair
from analytics.inference.contrasts import Errors, Margins, Reasons, adjusted_means, block
from analytics.repeated.blas import one_blas_thread
from analytics.repeated.terms import Terms

if TYPE_CHECKING:
    from analytics.repeated.moments import Moments
    from analytics.repeated.value import RepeatedFit

NO_SPREAD = 1e-10  # a standard error below this share of the outcome's own spread is rounding


@dataclass(frozen=True, eq=False)
class AtVisit:
    """``arm``: the category compared; ``visit``: one of its levels, or None for the average over all.

    ``back`` takes means and limits to the scale named ``words`` (exp from the log); ``measure`` and ``scale`` as in a
    MeasureBlock; ``reasons``: arm -> why it cannot be compared; ``order``: all arms asked for, in their order;
    ``outside``: patients at the visit of arms that are not in the model.
    """

    fit: RepeatedFit
    arm: str
    visit: Hashable | None
    measure: str = "difference"
    scale: str = "additive"
    words: str = "value"
    back: Callable[[float], float] = float
    order: tuple[str, ...] = ()
    reasons: Reasons = field(default_factory=dict)
    outside: Mapping[str, int] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    @classmethod
    def of(cls, fit: RepeatedFit, arm: str | None = None) -> AtVisit:
        """At the last visit; the arm is the category that meets the visit in a term, else the first other one."""
        return cls(fit, arm or arm_of(fit.moments.terms, fit.moments.columns.visit), fit.moments.visits[-1])

    @property
    def arms(self) -> tuple[str, ...]:
        return self.order or tuple(str(level) for level in self.fit.moments.terms.levels[self.arm])

    @property
    def n(self) -> dict[str, int]:
        """Patients of each arm with a value at the visit (at any visit where it is None)."""
        return {arm: self._counts.get(arm, self.outside.get(arm, 0)) for arm in self.arms}

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        rows = self.fit.uncertainty.rows
        if rows is None:
            return counts_of_sums(self.fit.moments, self.arm, self.visit)
        levels = rows.terms.levels
        here = np.ones(len(rows.y), bool)
        if self.visit is not None:
            here = rows.visit == levels[rows.columns.visit].index(self.visit)
        patient = np.repeat(np.arange(len(rows.size)), rows.size)
        found = {}
        for code, level in enumerate(levels[self.arm]):
            who = np.unique(patient[here & (rows.codes[self.arm] == code)])
            found[str(level)] = int(rows.frequencies[who].sum())
        return found

    @property
    def status(self) -> str:
        return self.fit.status

    @property
    def notes(self) -> tuple[str, ...]:
        told = any(self.fit.why in note for note in self.fit.notes)  # among the structures that were tried
        why = (f"{self.fit.covariance}: {self.fit.why}",) if self.fit.why and not told else ()
        return (*self.said, *self.fit.notes, *why)

    def blocks(self, pairs: Sequence[Pair]) -> tuple[MeasureBlock, ...]:
        with one_blas_thread():
            if self.fit.why:
                margins, errors = Margins((), np.empty(0), np.empty((0, 1))), Errors(np.eye(1))
            else:
                margins, errors = self._margins, self._errors
            return (block(self.measure, self.scale, pairs, margins=margins, errors=errors, reasons=self.reasons),)

    def arm_means(self, confidence_level: float = 0.95) -> tuple[ArmMean, ...] | None:
        if self.fit.why:
            return None
        with one_blas_thread():
            return adjusted_means(
                self._margins, self.n, errors=self._errors, scale=self.words, level=confidence_level, back=self.back
            )

    @cached_property
    def _margins(self) -> Margins:
        """Arms whose mean at the visit can be estimated."""
        from analytics.repeated import tables

        visit = self.fit.moments.columns.visit
        names = (self.arm,) if self.visit is None else (visit, self.arm)
        rows = tables.grid(self.fit, names, "observed")
        levels = self.fit.moments.terms.levels
        if self.visit is not None:
            first = levels[visit].index(self.visit) * len(levels[self.arm])
            rows = rows[first : first + len(levels[self.arm])]
        value = self.fit.uncertainty.estimate(rows)
        here = np.isfinite(value)
        arms = tuple(str(level) for level, there in zip(levels[self.arm], here) if there)
        return Margins(arms, value[here], rows[here])

    @cached_property
    def _errors(self) -> Errors:
        uncertainty, df = self.fit.uncertainty, self.fit.df
        everything = np.eye(len(self.fit.moments.terms.names))
        return Errors(
            covariance=uncertainty.covariance(everything, df),
            df=lambda rows: uncertainty.degrees(np.atleast_2d(rows), df),
            lost=lambda rows: uncertainty.lost(np.atleast_2d(rows)),
            smallest=NO_SPREAD * uncertainty.unit,
        )


def counts_of_sums(moments: Moments, arm: str, visit: Hashable | None) -> Mapping[str, int]:
    """Patients of each arm with a value at the visit, from the sums of the arm's columns there."""
    if visit is None or moments.columns.weights:
        raise UsageError(
            "Moments with weights, or over all visits, do not say how many patients an arm has.",
            fix="ask for one visit, or fit the rows themselves",
        )
    basis, place, levels = moments.basis, moments.visits.index(visit), moments.terms.levels[arm]
    sums = moments.products[place, place][1].sum(axis=0)[0]
    codings, totals = [np.ones(len(levels))], [sums[0]]
    for k, key in enumerate(basis.keys):
        if not key.numbers and [name for name, _ in key.categories] == [arm]:
            codings.append(np.array(key.categories[0][1]))
            totals.append(sums[k] * basis.scale[k] + sums[0] * basis.centre[k])
    found = np.linalg.lstsq(np.array(codings), np.array(totals), rcond=None)[0]
    return {str(level): round(float(count)) for level, count in zip(levels, found)}


def arm_of(terms: Terms, visit: str) -> str:
    """The category that is compared, read from the formula."""
    categories = [
        factor.variable for factor in terms.factors.values() if factor.is_category and factor.variable != visit
    ]
    if not categories:
        raise UsageError("The model has no category to compare.", fix="put the arm into the formula")
    for part in terms.parts:
        inside = [terms.factors[expression].variable for expression, _ in part.factors]
        if visit in inside:
            met = [name for name in inside if name in categories]
            if met:
                return met[0]
    return categories[0]
