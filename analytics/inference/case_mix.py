"""What is expected of patients like these: the case-mix model of indirect standardisation.

Shares by logistic regression, means by least squares; the intercept makes the sum of what is expected the sum of what
was seen (Iezzoni 2013, Risk Adjustment). Units are not in the model: what they do is what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS, ENOUGH = 50, 1e-10
FARTHEST = 30.0  # of the linear predictor: beyond it a probability is 0 or 1 to 13 digits


@dataclass(frozen=True, eq=False)
class Expected:
    """``value`` (n,): expected of each patient; ``sigma``: standard deviation of one patient around it, on ``df``."""

    value: np.ndarray
    sigma: float
    df: float


def expected(design: np.ndarray, y: np.ndarray, *, share: bool) -> Expected:
    """Expected of each row of ``design`` (n, p), its first column 1, of full rank; ``y`` (n,), 0 or 1 for a share."""
    n, p = design.shape
    if share:
        found = _logistic(design, y)
        return Expected(found, float(np.sqrt(np.mean(found * (1 - found)))), float(n - p))
    found = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    left = y - found
    return Expected(found, float(np.sqrt(left @ left / (n - p))) if n > p else 0.0, float(max(n - p, 1)))


def _logistic(design: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Probabilities by maximum likelihood (Newton); where groups separate they run to 0 or 1 and stop there."""
    mean = float(np.mean(y))
    if mean in (0.0, 1.0):
        return np.full(len(y), mean)
    eta = np.full(len(y), np.log(mean / (1 - mean)))
    for _ in range(STEPS):
        probability = 1 / (1 + np.exp(-eta))
        weight = np.maximum(probability * (1 - probability), 1e-12)
        root = np.sqrt(weight)[:, None]
        step = np.linalg.lstsq(root * design, (y - probability) / root[:, 0], rcond=None)[0]
        moved = np.clip(eta + design @ step, -FARTHEST, FARTHEST)
        done = float(np.max(np.abs(moved - eta))) < ENOUGH
        eta = moved
        if done:
            break
    return 1 / (1 + np.exp(-eta))
