"""How skin goes: latent severity of each side over the visits, and the readings raters and devices take of it.

Arrays have one row per unit (a patient, or one side of a split-face patient) and one column per step of the calendar
(days 0, 14, ... 84). An effect is constant within a visit window, so the truth at a visit does not hang on jitter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.sources.simulate.people import (
    LESION_SD,
    LESION_SHIFT,
    OUTLOOK,
    SIDE_CORRELATION,
    TEXTURE_SD,
    TEXTURE_SHIFT,
)
from analytics.sources.simulate.scenarios import GROWTH, NATURAL_LESION_LOG, NATURAL_TEXTURE, Scenario

STEPS = 7  # sessions of a two-weekly course within twelve weeks
CHANGE_SD = {"texture": 0.5, "lesions": 0.3}
UPTAKE = {"centre": -1.9, "patient": 0.35, "reading": 0.25}  # log odds of the share absorbed: middle and spreads
UPTAKE_SKIN = {"dry": 0.25, "sensitive": 0.2, "oily": -0.2}


@dataclass(frozen=True, eq=False)
class Skin:
    """Latent severity per unit before treatment; ``units`` is one row per unit with its patient's attributes."""

    units: pd.DataFrame
    texture: np.ndarray
    lesions: np.ndarray
    change_texture: np.ndarray
    change_lesions: np.ndarray
    rater_texture: np.ndarray
    rater_lesions: np.ndarray


def growth(days: np.ndarray) -> np.ndarray:
    """Share of the full change that is there on each day since the start: a step at each visit window of 14 days."""
    share = np.where(days < 1, 0.0, 0.5 * GROWTH[4.0])
    for week, value in GROWTH.items():
        share = np.where(days >= week * 7 - 14, value, share)
    return share


def draw_skin(rng: np.random.Generator, scenario: Scenario, people: pd.DataFrame, clinics: int) -> Skin:
    """Units and their latent severity; the halves of one face correlate, raters of a clinic differ from each other."""
    sides = [("left", "right") if both else ("",) for both in people["split_face"]]
    index = np.repeat(np.arange(len(people)), [len(s) for s in sides])
    units = people.iloc[index].reset_index(drop=True).assign(side=[s for pair in sides for s in pair], person=index)
    units["tested"] = (rng.random(len(people)) < 0.5)[index]
    n = len(units)

    def shared(column: str) -> np.ndarray:
        own = rng.normal(size=n)
        return np.sqrt(SIDE_CORRELATION) * units[column].to_numpy() + np.sqrt(1 - SIDE_CORRELATION) * own

    skin, clinic = units["skin_type"], units["clinic"].to_numpy()
    clinic_texture, clinic_lesions = rng.normal(0, 0.2, clinics), rng.normal(0, 0.1, clinics)
    age = (units["age"].to_numpy() - 35) / 11
    texture = 5.2 + skin.map(TEXTURE_SHIFT).to_numpy() + 0.15 * age + clinic_texture[clinic]
    lesions = np.log(11.0) + skin.map(LESION_SHIFT).to_numpy() - 0.2 * age + clinic_lesions[clinic]
    outlook = scenario.prognosis * skin.map(OUTLOOK).to_numpy()
    change = shared("z_change")
    return Skin(
        units=units,
        texture=texture + TEXTURE_SD["patient"] * shared("z_texture"),
        lesions=lesions + LESION_SD["patient"] * shared("z_lesions"),
        change_texture=-NATURAL_TEXTURE - outlook + CHANGE_SD["texture"] * change,
        change_lesions=NATURAL_LESION_LOG - 0.6 * outlook + CHANGE_SD["lesions"] * change,
        rater_texture=TEXTURE_SD["rater"] * _strictness(rng, clinics),
        rater_lesions=LESION_SD["rater"] * _strictness(rng, clinics),
    )


def _strictness(rng: np.random.Generator, clinics: int) -> np.ndarray:
    """How strict the three raters of each clinic are (mean 0, variance 1): a lenient, a middling and a strict one."""
    return rng.permuted(np.tile([-1.0, 0.0, 1.0], (clinics, 1)), axis=1)


def by_arm(effect: Mapping[str, float], treatment: pd.Series) -> np.ndarray:
    """The effect of each unit's treatment as a column."""
    return treatment.map(effect).to_numpy(dtype=float)[:, None]


def texture_readings(rng: np.random.Generator, skin: Skin, share: np.ndarray, raters: np.ndarray, effect) -> np.ndarray:
    """Texture grades 0-9 in half points. ``share``: growth per unit and step; ``effect``: full fall, a column."""
    latent = skin.texture[:, None] + share * (skin.change_texture[:, None] - effect)
    bias = skin.rater_texture[skin.units["clinic"].to_numpy()[:, None], raters]
    seen = latent + bias + rng.normal(0, TEXTURE_SD["reading"], latent.shape)
    return np.clip(np.floor(seen * 2 + 0.5) / 2, 0, 9)


def lesion_counts(rng: np.random.Generator, skin: Skin, share: np.ndarray, raters: np.ndarray, effect) -> np.ndarray:
    """Inflammatory lesion counts: Poisson around a mean that patient, rater and day move. ``effect``: log shift."""
    latent = skin.lesions[:, None] + share * (skin.change_lesions[:, None] + effect)
    bias = skin.rater_lesions[skin.units["clinic"].to_numpy()[:, None], raters]
    mean = np.exp(np.clip(latent + bias + rng.normal(0, LESION_SD["reading"], latent.shape), -5, 5.2))
    # Rounded, so that the last bits of exp, which differ between processors, cannot change a count.
    return np.minimum(rng.poisson(np.round(mean, 9)), 195).astype(float)


def uptake_centre(units: pd.DataFrame) -> np.ndarray:
    """Log odds of the share absorbed without treatment, per unit, before the patient's own deviation."""
    return UPTAKE["centre"] + units["skin_type"].map(UPTAKE_SKIN).fillna(0.0).to_numpy()


def uptake_percent(rng: np.random.Generator, skin: Skin, steps: int, effect) -> np.ndarray:
    """Percent of an applied dose found absorbed one day after each session."""
    own = UPTAKE["patient"] * skin.units["z_uptake"].to_numpy()
    odds = (uptake_centre(skin.units) + own)[:, None] + effect
    odds = odds + rng.normal(0, UPTAKE["reading"], (len(skin.units), steps))
    return np.clip(np.round(100 / (1 + np.exp(-odds)), 1), 0.1, 99.9)


def true_uptake(units: pd.DataFrame, shift: float) -> float:
    """Mean percent absorbed if everyone had the treatment with this log-odds ``shift`` (Gauss-Hermite over people)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(30)
    spread = float(np.hypot(UPTAKE["patient"], UPTAKE["reading"]))
    odds = uptake_centre(units)[:, None] + shift + spread * nodes[None, :]
    return float((100 / (1 + np.exp(-odds)) @ (weights / weights.sum())).mean())
