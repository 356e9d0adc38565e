"""Settings of each simulated treatment: peel agents with strength, pH and depth, rollers, microdermabrasion passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Peel:
    """One peel a clinic keeps: agent, percent, pH, layers, minutes and the depth the clinic writes down."""

    agent: str
    percent: float
    ph: float
    layers: int
    minutes: float
    depth: str


# Within the plausible ranges of the domain reference, section 2.
PEELS = (
    Peel("glycolic_acid", 20, 3.0, 1, 3, "very_superficial"),
    Peel("glycolic_acid", 35, 2.5, 1, 3, "superficial"),
    Peel("glycolic_acid", 50, 1.5, 1, 3, "superficial"),
    Peel("salicylic_acid", 20, 3.0, 2, 4, "very_superficial"),
    Peel("salicylic_acid", 30, 2.5, 2, 4, "superficial"),
    Peel("lactic_acid", 30, 3.0, 2, 5, "superficial"),
    Peel("mandelic_acid", 40, 1.5, 1, 5, "superficial"),
    Peel("trichloroacetic_acid", 20, 1.0, 1, 2, "superficial"),
    Peel("trichloroacetic_acid", 35, 0.8, 2, 3, "medium"),
)
NEEDLES = (0.5, 1.0, 1.5, 2.0)
PEEL_COLUMNS = ("peel_agent", "peel_percent", "peel_ph", "peel_layers", "peel_minutes", "peel_depth")
PARAMETER_COLUMNS = (
    "mda_passes", "mda_vacuum_kpa", *PEEL_COLUMNS, "roller_needle_mm", "roller_passes", "roller_device",
)  # fmt: skip


def draw_settings(rng: np.random.Generator, units: pd.DataFrame) -> pd.DataFrame:
    """One row per unit: what its treatments are done with, whichever they will be. Dark skin gets no medium peel."""
    n = len(units)
    peel = rng.integers(0, np.where(units["fitzpatrick"].to_numpy() >= 5, len(PEELS) - 1, len(PEELS)))
    rolled = np.where(rng.random(n) < 0.7, "roller", "pen")
    return pd.DataFrame(
        {
            "mda_passes": rng.integers(2, 4, n).astype(float),
            "mda_vacuum_kpa": rng.integers(25, 42, n).astype(float),
            "peel_agent": [PEELS[k].agent for k in peel],
            "peel_percent": [float(PEELS[k].percent) for k in peel],
            "peel_ph": [PEELS[k].ph for k in peel],
            "peel_layers": [float(PEELS[k].layers) for k in peel],
            "peel_minutes": [float(PEELS[k].minutes) for k in peel],
            "peel_depth": [PEELS[k].depth for k in peel],
            "roller_needle_mm": np.array(NEEDLES)[rng.integers(0, len(NEEDLES), n)],
            "roller_passes": rng.integers(4, 13, n).astype(float),
            "roller_device": rolled,
        }
    )


def settings_of(settings: pd.DataFrame, treatment: np.ndarray) -> pd.DataFrame:
    """Keep on each row only the settings of the treatment given there; everything else is empty."""
    own = {"mda": "microdermabrasion", "peel": "chemical_peel", "roller": "dermal_roller"}
    kept = {
        name: settings[name].where(
            treatment == own[name.split("_")[0]], None if settings[name].dtype == object else np.nan
        )
        for name in PARAMETER_COLUMNS
    }
    return pd.DataFrame(kept)
