"""What the linear methods share: the response (on the log for positive outcomes) and the Fit made of arm margins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.domain.cohort import Sample
from analytics.domain.fit import ArmMean, FailedFit, MeasureBlock, Pair
from analytics.inference.contrasts import Errors, Margins, Reasons, adjusted_means, block
from analytics.methods.design import SAME, readings

NO_SPREAD = 1e-10  # a standard error below this share of the largest response is rounding, not spread


@dataclass(frozen=True, eq=False)
class Response:
    """``sample``: its rows have a finite column ``response`` (and a logged baseline where the outcome is positive).

    ``measure`` and ``scale`` of its MeasureBlock; ``words``: scale of its arm means, ``back`` takes them there.
    """

    sample: Sample
    measure: str
    scale: str
    words: str
    back: Callable[[float], float]
    notes: tuple[str, ...] = ()

    @property
    def smallest(self) -> float:
        """The standard error at or below which nothing varies."""
        return NO_SPREAD * float(np.abs(self.sample.rows["response"]).max()) if len(self.sample.rows) else 0.0

    def failed(self, why: str, *, n: Mapping[str, int], notes: Sequence[str] = ()) -> FailedFit:
        """The answer of a comparison that cannot be estimated."""
        told = (*self.notes, *notes, f"not estimable: {why}")
        return FailedFit(self.sample.arms, dict(n), "not_estimable", told, ((self.measure, self.scale),))


def unvaried(rows: pd.DataFrame) -> str:
    """Why nothing can be compared where a model fits every response exactly."""
    same = rows["value"].nunique() == 1
    return f"nothing varies: {SAME}" if same else "nothing varies within the arms"


def respond(sample: Sample) -> Response:
    """Change or value as ``sample.respond`` says; for kind ``positive`` log(value / baseline) or log(value)."""
    change = sample.respond == "change"
    if sample.outcome.kind != "positive":
        rows = sample.rows.assign(response=sample.rows["change" if change else "value"].astype(float))
        return _finite(Response(replace(sample, rows=rows), "difference", "additive", sample.respond, float))
    value, baseline = (_log(sample.rows[name].to_numpy(float)) for name in ("value", "baseline"))
    rows = sample.rows.assign(response=value - baseline if change else value, baseline=baseline)
    words = "ratio to baseline" if change else "geometric mean"
    return _finite(Response(replace(sample, rows=rows), "ratio", "ratio", words, lambda x: float(np.exp(x))))


def _finite(response: Response) -> Response:
    """Without the rows that have no response (or no baseline where it is a covariate), counted."""
    rows = response.sample.rows
    needed = ["response"] + ["baseline"] * response.sample.baseline
    whole = np.logical_and.reduce([np.isfinite(rows[name].to_numpy(float)) for name in needed])
    if whole.all():
        return response
    note = f"{readings(int((~whole).sum()))} left out: no {response.sample.respond} can be computed"
    return replace(response, sample=replace(response.sample, rows=rows[whole]), notes=(note,))


def _log(numbers: np.ndarray) -> np.ndarray:
    return np.log(np.where(numbers > 0, numbers, np.nan))


@dataclass(frozen=True, eq=False)
class LinearFit:
    """Fit of a linear method: ``margins`` per arm with their ``errors``. ``within``: only contrasts, no arm means."""

    arms: tuple[str, ...]
    n: dict[str, int]
    response: Response
    margins: Margins
    errors: Errors
    reasons: Reasons = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    within: bool = False
    status: str = "estimated"

    def blocks(self, pairs: Sequence[Pair]) -> tuple[MeasureBlock, ...]:
        return (
            block(
                self.response.measure,
                self.response.scale,
                pairs,
                margins=self.margins,
                errors=self.errors,
                reasons=self.reasons,
            ),
        )

    def arm_means(self, confidence_level: float = 0.95) -> tuple[ArmMean, ...] | None:
        if self.within:
            return None
        return adjusted_means(
            self.margins,
            self.n,
            errors=self.errors,
            scale=self.response.words,
            level=confidence_level,
            back=self.response.back,
        )
