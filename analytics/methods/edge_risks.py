"""Risk differences without covariates where an arm has no event, or nothing but events.

The risks stay the plain proportions. Such an arm's variance is taken with one event and one non-event added (Agresti
and Caffo 2000), the others' is what Mancl and DeRouen's is for a proportion; df by Satterthwaite over the arms. What
these intervals cover was counted over all tables (docs/methods/standardised_risk.md). Ratios stay not estimable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analytics.domain.fit import ArmMean, MeasureBlock, Pair
from analytics.inference.contrasts import Errors, Margins, Reasons, block
from analytics.methods.responses import Prepared
from analytics.methods.standardise import Quantities, bounded_means, logged

LEAST = 2  # patients of an arm, as in every other model


@dataclass(frozen=True, eq=False)
class EdgeRisks:
    """Fit of independent proportions. All (a,) in the order of ``used``: ``size``, ``risk``, ``edge`` (risk 0 or 1).

    ``reasons``: arm -> why its ratios are out; ``few``: arms with too few patients, out altogether.
    """

    arms: tuple[str, ...]
    n: dict[str, int]
    used: tuple[str, ...]
    size: np.ndarray
    risk: np.ndarray
    edge: np.ndarray
    reasons: Reasons
    few: Reasons
    notes: tuple[str, ...]
    status: str = "estimated"

    def blocks(self, pairs: Sequence[Pair]) -> tuple[MeasureBlock, ...]:
        risks = Margins(self.used, self.risk, np.eye(len(self.used)))
        ratios = logged(Margins(self.used, np.where(self.edge, np.nan, self.risk), risks.gradient))
        out = {**self.reasons, **self.few}
        return (
            block("risk_difference", "additive", pairs, margins=risks, errors=self.errors, reasons=self.few),
            block("risk_ratio", "ratio", pairs, margins=ratios, errors=self.errors, reasons=out),
        )

    def arm_means(self, confidence_level: float = 0.95) -> tuple[ArmMean, ...]:
        """Risks with limits; those of a risk of 0 or 1 are Wilson's (1927), which have a width there."""
        risks = Margins(self.used, self.risk, np.eye(len(self.used)))
        told = Quantities((), risks, "probability", low=0.0, high=1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            means = bounded_means(told, self.n, errors=self.errors, level=confidence_level)
        z2 = float(stats.norm.ppf(0.5 + confidence_level / 2)) ** 2
        reach = z2 / (self.size + z2)
        return tuple(
            replace(mean, conf_low=mean.estimate * (1 - r), conf_high=mean.estimate * (1 - r) + r) if edge else mean
            for mean, r, edge in zip(means, reach.tolist(), self.edge)
        )

    @property
    def errors(self) -> Errors:
        """Independent arms: a diagonal covariance; the df of a contrast weigh the arms' own df by their variances."""
        added = (self.size * self.risk + 1) / (self.size + 2)
        inner = self.risk * (1 - self.risk) * self.size / (self.size - 1) ** 2
        variance = np.where(self.edge, added * (1 - added) / (self.size + 2), inner)
        weight = np.where(self.edge, variance, variance * (1 - 1 / self.size))

        def df(contrasts: np.ndarray) -> np.ndarray:
            parts = np.atleast_2d(contrasts) ** 2 * weight
            own = np.sum(np.where(self.edge, 0.0, parts**2 / (self.size - 1)), axis=1)
            return np.divide(parts.sum(axis=1) ** 2, own, out=np.full(len(parts), np.inf), where=own > 0)

        return Errors(np.diag(variance), df)


def fit_with_edges(prepared: Prepared) -> EdgeRisks:
    """The proportions of every arm with at least LEAST patients, one row per patient."""
    everyone = np.concatenate([prepared.sample.rows["arm"], prepared.outside["arm"]])
    value = np.concatenate([prepared.sample.rows["value"], prepared.outside["value"]]).astype(float)
    used = tuple(arm for arm, count in prepared.n.items() if count >= LEAST)
    risk = np.array([value[everyone == arm].mean() for arm in used])
    edge = np.array([arm in prepared.reasons for arm in used])
    few = {arm: f"{arm} has fewer than {LEAST} patients here" for arm in prepared.n if arm not in used}
    told = [arm for arm, at in zip(used, edge) if at]
    note = f"risk difference with one event and one non-event added for the error of {', '.join(told)} (Agresti-Caffo)"
    return EdgeRisks(
        arms=tuple(prepared.n),
        n=dict(prepared.n),
        used=used,
        size=np.array([prepared.n[arm] for arm in used], float),
        risk=risk,
        edge=edge,
        reasons=prepared.reasons,
        few=few,
        notes=(*prepared.notes, note),
    )
