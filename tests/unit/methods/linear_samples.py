"""Samples for the linear methods, small and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import Fit
from analytics.methods import METHODS
from schemas.vocabulary import Outcome

ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
PAIRS = ((ARMS[1], ARMS[0]), (ARMS[2], ARMS[0]), (ARMS[2], ARMS[1]))


def outcome(kind: str = "continuous") -> Outcome:
    return Outcome("measured", "Measured", "texture", kind, "grade", "lower", None, None)


def fitted(sample: Sample, method: str = "ancova") -> Fit:
    return METHODS[method](sample, Estimand("measured", 12, "all", sample.arms, method))


def parallel(seed: int = 1, *, sizes=(12, 9, 7), kind: str = "continuous", **settings) -> Sample:
    """One reading per patient, some patients with two; a fall that depends on arm, baseline and age."""
    rng = np.random.default_rng(seed)
    arm = np.repeat(ARMS, sizes)
    n = len(arm)
    baseline, age = rng.uniform(3, 8, n), rng.integers(20, 70, n).astype(float)
    effect = pd.Series(arm).map(dict(zip(ARMS, (-0.5, -1.2, -1.5)))).to_numpy()
    value = baseline + effect - 0.2 * baseline + 0.01 * age + rng.normal(0, 0.6, n)
    rows = pd.DataFrame(
        {"patient": [f"p{i:03d}" for i in range(n)], "arm": arm, "side": "", "value": value, "baseline": baseline,
         "age": age, "skin_type": rng.choice(["dry", "oily", "unknown"], n)}
    )  # fmt: skip
    second = rows.iloc[::5].assign(side="right", value=lambda r: r["value"] + rng.normal(0, 0.2, len(r)))
    rows = pd.concat([rows, second], ignore_index=True)
    rows = rows.assign(unit=rows["patient"] + rows["side"], change=rows["value"] - rows["baseline"])
    chosen = {
        "covariates": {"age": "number", "skin_type": "category"},
        "baseline": True,
        "respond": "change",
    } | settings
    return Sample(rows, outcome(kind), ARMS, **chosen)


def split(seed: int = 1, *, types=((0, 1, 7), (0, 2, 5), (1, 2, 4)), kind: str = "continuous", **settings) -> Sample:
    """Two arms per patient, one on each side; ``types``: (arm, arm, patients)."""
    rng = np.random.default_rng(seed)
    rows = []
    for first, second, count in types:
        for _ in range(count):
            patient, level = f"q{len(rows) // 2:03d}", rng.normal(0, 1)
            for arm, side in zip((first, second), rng.permutation(["left", "right"])):
                baseline = 5 + level + rng.normal(0, 0.3)
                change = -0.5 - 0.4 * arm + 0.5 * level + rng.normal(0, 0.5)
                rows.append((patient, patient + side, ARMS[arm], side, baseline + change, baseline, change))
    frame = pd.DataFrame(rows, columns=["patient", "unit", "arm", "side", "value", "baseline", "change"])
    return Sample(frame, outcome(kind), ARMS, **({"baseline": True, "respond": "change", "paired": True} | settings))
