"""Last digits: the step in which figures were written down, and how many of them end in 0 or 5."""

from __future__ import annotations

import numpy as np

CHANCE = 0.2  # share of last digits 0 and 5 where nobody rounds
DECIMALS = 6


def step_of(values: np.ndarray) -> float | None:
    """The coarsest of 10, 5, 1, 0.5, 0.1, ... that every figure is a multiple of; None: finer than DECIMALS decimals.

    A column written wholly in tens, or in halves, is taken for an instrument that shows no more.
    """
    for power in range(1, -DECIMALS - 1, -1):
        for lead in (1.0, 0.5):
            step = float(np.round(lead * 10.0**power, DECIMALS + 1))
            if bool((np.abs(values / step - np.rint(values / step)) < 1e-6).all()):
                return step
    return None


def in_halves(step: float) -> bool:
    """Whether a step is that of an instrument that reads in halves or fives: its last digit tells nothing."""
    return str(step).lstrip("0.").startswith("5")


def round_ends(values: np.ndarray, step: float) -> np.ndarray:
    """(n,) bool: whether each figure, in steps, ends in 0 or 5."""
    return np.isin(np.abs(np.rint(values / step).astype(np.int64)) % 10, (0, 5))
