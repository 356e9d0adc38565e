"""A long table of three arms at three visits for the properties of the repeated-measures model."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

FORMULA = "y ~ arm * week + base + clinic"
KEYS = {"subject": "patient", "visit": "week"}


@cache
def trial(seed: int = 1, patients: int = 45, missing: float = 0.15) -> pd.DataFrame:
    """Three arms, visits at 4, 8 and 12 weeks, growing spread, correlated values, some missing."""
    rng = np.random.default_rng(seed)
    who, week = np.repeat(np.arange(patients), 3), np.tile([4, 8, 12], patients)
    base, own = rng.normal(10, 2, patients), rng.normal(size=patients)
    frame = pd.DataFrame({"patient": who, "week": week, "arm": np.array(["a", "b", "c"])[who % 3], "base": base[who]})
    frame["clinic"] = np.array(["north", "south", "west"])[(who // 3) % 3]
    frame["y"] = own[who] + rng.normal(size=len(who)) * (0.6 + week / 12) + 0.2 * frame["base"] - 0.1 * week
    frame["w"], frame["times"] = rng.uniform(0.5, 2, len(who)), (1 + who % 2)
    return frame[rng.random(len(who)) >= missing].reset_index(drop=True)
