"""Fit: what every statistical method gives back, so that families, tables and figures never learn which one it was."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

Pair = tuple[str, str]  # (arm, reference): estimates are arm minus (over) reference
ALIKE = {"ratio": "rate_ratio", "rate_ratio": "ratio"}  # a fifth fewer is a fifth fewer, of means or of typical values


def sized_as(measure: str, among: Container[str]) -> str:
    """The measure whose meaningful difference counts: its own, or the other ratio where only that is known."""
    return measure if measure in among else ALIKE.get(measure, measure)


@dataclass(frozen=True, eq=False)
class MeasureBlock:
    """All pairs' estimates of one measure, with their joint covariance.

    ``estimate`` (k,) and ``covariance`` (k, k) on the working scale: log for ``ratio``, plain for ``additive`` and
    ``probability`` (win probability, 0.5 = no difference). ``df`` (k,): inf = normal. ``estimable`` (k,) bool.
    ``notes`` (k,) one string per pair ("" = none).
    """

    measure: str
    scale: str  # additive | ratio | probability
    pairs: tuple[Pair, ...]
    estimate: np.ndarray
    covariance: np.ndarray
    df: np.ndarray
    estimable: np.ndarray
    notes: tuple[str, ...] = ()

    @property
    def std_error(self) -> np.ndarray:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


@dataclass(frozen=True)
class ArmMean:
    """Adjusted mean of one arm on the ``scale`` named ("change", "value", "count", "percent", "mean grade", ...)."""

    arm: str
    n: int
    estimate: float
    std_error: float
    df: float
    conf_low: float
    conf_high: float
    scale: str


@runtime_checkable
class Fit(Protocol):
    """The contract of a fitted method."""

    # Properties, so that frozen records satisfy the protocol.
    @property
    def arms(self) -> tuple[str, ...]: ...

    @property
    def n(self) -> dict[str, int]:
        """Patients per arm."""
        ...

    @property
    def status(self) -> str:
        """estimated | not_estimable | did_not_converge."""
        ...

    @property
    def notes(self) -> tuple[str, ...]: ...

    def blocks(self, pairs: Sequence[Pair]) -> tuple[MeasureBlock, ...]:
        """One block per measure; the first carries the family, p and verdict."""
        ...

    def arm_means(self, confidence_level: float = 0.95) -> tuple[ArmMean, ...] | None:
        """Adjusted means by arm, or None where a method has none (within-patient differences)."""
        ...


@dataclass(frozen=True, eq=False)
class FailedFit:
    """A model that could not be fitted: an answer with a status and a reason, never an exception."""

    arms: tuple[str, ...]
    n: dict[str, int]
    status: str
    notes: tuple[str, ...] = ()
    measures: tuple[tuple[str, str], ...] = field(default_factory=tuple)  # (measure, scale) it would have given

    def blocks(self, pairs: Sequence[Pair]) -> tuple[MeasureBlock, ...]:
        k = len(pairs)
        nan = np.full(k, np.nan)
        return tuple(
            MeasureBlock(measure, scale, tuple(pairs), nan, np.full((k, k), np.nan), nan, np.zeros(k, bool), ("",) * k)
            for measure, scale in self.measures
        )

    def arm_means(self, confidence_level: float = 0.95) -> None:
        return None
