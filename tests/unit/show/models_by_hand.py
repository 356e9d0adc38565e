"""Repeated-measures models on data made by hand, from plain to awkward, for the tests of their figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics import Moments, fit_mmrm

ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")


def long(
    arms: Sequence[str] = ARMS, visits: Sequence[Any] = (4, 8, 12), *, patients: int = 60, seed: int = 5
) -> pd.DataFrame:
    """A row per patient and visit, one in nine missing."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(patients), len(visits))
    rows = pd.DataFrame({
        "patient": [f"patient {p + 1}" for p in person],
        "arm": pd.Categorical([arms[p % len(arms)] for p in person], categories=list(arms)),
        "week": pd.Categorical(list(visits) * patients, categories=list(visits)),
    })  # fmt: skip
    rows["change"] = rng.normal(size=len(rows)) + rng.normal(size=patients)[person] - 0.3 * rows["week"].cat.codes
    return rows[rng.random(len(rows)) > 1 / 9].reset_index(drop=True)


def fitted(data: pd.DataFrame | None = None, formula: str = "change ~ arm * week", **more: Any) -> Any:
    return fit_mmrm(formula, long() if data is None else data, subject="patient", visit="week", **more)


def models() -> dict[str, Any]:
    """Name -> fit."""
    names = (
        "An arm with a name that is much too long for the side of a small sheet <b>",
        "two",
        "three",
        "four",
        "five",
    )
    apart = long()
    apart.loc[apart["patient"] == "patient 7", "change"] += 1500
    empty = long()
    empty = empty[(empty["arm"] != "chemical_peel") | (empty["week"] != 8)]
    labels = long(visits=("Visit one, early", "Visit two, in the middle", "Visit three, very late indeed"))
    return {
        "plain": fitted(),
        "one_visit": fitted(long(visits=(12,))),
        "two_arms": fitted(long(ARMS[:2], (1, 52))),
        "five_arms": fitted(long(names)),
        "twelve_visits": fitted(long(visits=range(1, 13), patients=90), covariance="ar1h"),
        "text_visits": fitted(labels),
        "groups": fitted(long(ARMS[:2]), group="arm"),
        "no_arm": fitted(formula="change ~ week"),
        "empty_cell": fitted(empty),
        "outlier": fitted(apart),
        "large": fitted(long().assign(change=lambda d: d["change"] * 1e5 + 3e6), formula="change ~ arm * week"),
        "six_patients": fitted(long(ARMS[:2], (4, 8), patients=6), covariance="cs"),
    }  # fmt: skip


def sums() -> Any:
    """A fit of Moments, without rows."""
    return fit_mmrm(Moments.from_frame("change ~ arm * week", long(), subject="patient", visit="week"))
