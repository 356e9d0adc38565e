"""Simulated patients: who they are, how their skin starts, and which treatment the consultation gives them.

The recommendation hangs on skin type, concern and the first reading (confounding by indication), and on nothing that a
plan cannot adjust for: concerns are themselves made from skin type and first reading.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sources.simulate.scenarios import ARMS, Scenario

# Shares of the skin types named in a consultation survey of 19,128 people (domain reference, section 6); the undecided
# are left blank.
SKIN_TYPES = ("combination", "oily", "dry", "normal", "sensitive", "")
SKIN_SHARES = (0.395, 0.20, 0.19, 0.08, 0.075, 0.06)
TEXTURE_SHIFT = {"combination": 0.1, "oily": 0.5, "dry": -0.2, "normal": -0.4, "sensitive": -0.2, "": 0.0}
LESION_SHIFT = {"combination": 0.1, "oily": 0.7, "dry": -0.6, "normal": -0.5, "sensitive": -0.3, "": 0.0}
OUTLOOK = {"combination": 0.0, "oily": 0.25, "dry": -0.25, "normal": 0.1, "sensitive": -0.2, "": 0.0}
FITZPATRICK_SHARES = ((0.08, 0.3, 0.34, 0.16, 0.08, 0.04), (0.03, 0.14, 0.3, 0.3, 0.15, 0.08))
RATERS_PER_CLINIC = 3
# Spread of patients, raters and single readings: a between-rater ICC of about 0.7 (domain reference, section 4).
TEXTURE_SD = {"patient": 1.2, "rater": 0.7, "reading": 0.4}
LESION_SD = {"patient": 0.6, "rater": 0.24, "reading": 0.15}
SIDE_CORRELATION = 0.8  # of the true state of two halves of one face; readings: 0.7 to 0.8 (domain reference, 4)
CLINIC_NAMES = ("north", "lindenhof", "harbour", "hillside", "parkside", "riverside", "eastgate", "westend")


def clinic_names(count: int) -> tuple[str, ...]:
    """Names of the first ``count`` clinics, in order."""
    named = CLINIC_NAMES[:count]
    return named + tuple(f"clinic{k}" for k in range(len(named) + 1, count + 1))


def draw_people(rng: np.random.Generator, scenario: Scenario, patients: int, clinics: int) -> pd.DataFrame:
    """One row per patient: demography, clinic, raters, latent patient-level severity and the start of treatment."""
    weights = 1.0 / np.sqrt(np.arange(1, clinics + 1))
    clinic = np.sort(rng.choice(clinics, size=patients, p=weights / weights.sum()))
    clinic[:clinics] = np.arange(clinics) if patients >= clinics else clinic[:clinics]
    clinic = np.sort(clinic)
    shares = np.array([FITZPATRICK_SHARES[k % 2] for k in range(clinics)])
    cumulative = shares.cumsum(axis=1)[clinic]
    age = np.clip(np.round(rng.normal(35, 11, patients)), 18, 72)
    start = pd.Timestamp("2023-01-09") + pd.to_timedelta(rng.integers(0, 600, patients), unit="D")
    number = pd.Series(clinic).groupby(clinic).cumcount().to_numpy()
    names = clinic_names(clinics)
    people = pd.DataFrame(
        {
            "clinic": clinic,
            "clinic_id": [names[c] for c in clinic],
            "patient_id": [_patient_id(c, n) for c, n in zip(clinic, number)],
            "start": start,
            "sex": np.where(rng.random(patients) < 0.88, "female", "male"),
            "fitzpatrick": 1 + (rng.random(patients)[:, None] > cumulative).sum(axis=1).clip(max=5),
            "skin_type": rng.choice(SKIN_TYPES, size=patients, p=SKIN_SHARES),
            "rater": rng.integers(0, RATERS_PER_CLINIC, patients),
            "provider": rng.integers(0, 4, patients),
            "z_texture": rng.normal(size=patients),
            "z_lesions": rng.normal(size=patients),
            "z_uptake": rng.normal(size=patients),
            "z_change": rng.normal(size=patients),
        }
    )
    people["age"] = age
    people["birth_year"] = people["start"].dt.year - age.astype(int)
    people["split_face"] = rng.random(patients) < scenario.split_face
    return people


def _patient_id(clinic: int, number: int) -> str:
    """Ids as practice software gives them: two clinics count from 1001 and so use the same numbers for other people."""
    return f"L-{number + 1:04d}" if clinic % 3 == 2 else str(1001 + number)


def assign(
    rng: np.random.Generator, scenario: Scenario, people: pd.DataFrame, texture: np.ndarray, lesions: np.ndarray
) -> pd.DataFrame:
    """Concerns, recommended and delivered treatment from skin type, Fitzpatrick type and the first readings.

    ``texture`` and ``lesions`` are the observed first readings. One patient in ten gets another treatment than
    recommended, at random. ``second`` is the treatment of the other side of split-face patients.
    """
    n, strength = len(people), scenario.confounding
    spots, rough = np.log1p(lesions) - np.log(10.0), (texture - 5.0) / 1.4
    acne = spots + rng.normal(0, 0.5, n) > 0.0
    scars = rough + rng.normal(0, 0.6, n) > 0.5
    outlook = people["skin_type"].map(OUTLOOK).to_numpy()
    utility = np.column_stack(
        [
            0.3 - 0.25 * rough - 0.9 * outlook,
            0.2 + 0.45 * spots + 1.6 * outlook - 0.5 * (people["fitzpatrick"].to_numpy() >= 5) + 0.2 * acne,
            0.1 + 0.4 * rough - 0.6 * outlook + 0.25 * scars,
        ]
    )
    utility = strength * utility + 0.2 * np.cos(people["clinic"].to_numpy()[:, None] * 2.0 + np.arange(3))
    recommended = np.argmax(utility + rng.gumbel(size=(n, 3)), axis=1)
    shift = np.where(rng.random(n) < 0.1, rng.integers(1, 3, n), 0)
    delivered = (recommended + shift) % 3
    second = (delivered + rng.integers(1, 3, n)) % 3
    arms = np.array(ARMS, dtype=object)
    concerns = [
        ";".join(name for name, has in (("acne", a), ("acne_scars", s), ("pores", p)) if has) or "texture"
        for a, s, p in zip(acne, scars, rng.random(n) < 0.25)
    ]
    return people.assign(
        concerns=concerns, recommended=arms[recommended], treatment=arms[delivered], second=arms[second]
    )
