"""When simulated patients come: sessions, visits with jitter, those who leave, stop, switch or came already treated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.sources.simulate.scenarios import ARMS, Scenario
from analytics.sources.simulate.skin import STEPS, Skin

PLANNED = {"microdermabrasion": 6, "chemical_peel": 6, "dermal_roller": 3}  # a last one may be added
VISIT_STEPS = (0, 2, 4, 6)
# Shares of patients; the rails of the domain reference (sections 4 and 6) and of clinics' exports.
SHARES = {"stop": 0.06, "switch": 0.05, "prevalent": 0.03, "combined": 0.02, "no_baseline": 0.035, "early_reading": 0.1}
LEAVING = (0.03, 0.065, 0.075)  # of those not improving by the mean, after the start, week 4 and week 8


@dataclass(frozen=True, eq=False)
class Calendar:
    """Per patient: ``days`` and ``present`` (patients x steps); ``people`` with columns stop_step, switch_step, to, ...

    A step of 99 means never. ``early``: days between an assessment visit and the first session, 0 = none.
    """

    days: np.ndarray
    present: np.ndarray
    people: pd.DataFrame


def draw_days(rng: np.random.Generator, patients: int) -> np.ndarray:
    """Days since the start at each step. Odd steps are never late, so that two weeks lie before a visit's readings."""
    days = np.tile(np.arange(STEPS) * 14, (patients, 1))
    jitter = np.where(np.arange(STEPS) % 2 == 1, rng.integers(-3, 1, days.shape), rng.integers(-1, 5, days.shape))
    late = (rng.random(days.shape) < 0.05) & (np.arange(STEPS) % 2 == 0)
    days = days + jitter + np.where(late, rng.integers(5, 10, days.shape), 0)
    days[:, 0] = 0
    for step in range(1, STEPS):
        days[:, step] = np.maximum(days[:, step], days[:, step - 1] + 7)
    return days


def draw_raters(rng: np.random.Generator, people: pd.DataFrame) -> np.ndarray:
    """Rater of each step: mostly the patient's own, in one reading of eight another one of the clinic."""
    other = (rng.random((len(people), STEPS)) < 0.12) * rng.integers(1, 3, (len(people), STEPS))
    return (people["rater"].to_numpy()[:, None] + other) % 3


def leave(
    rng: np.random.Generator, scenario: Scenario, skin: Skin, texture: np.ndarray, lesions: np.ndarray
) -> np.ndarray:
    """First step at which each patient no longer comes; those who saw little improvement leave more (informative)."""
    better = (texture[:, :1] - texture) / 1.2 + np.log((lesions[:, :1] + 1) / (lesions + 1)) / 0.6
    better = pd.DataFrame(better).groupby(skin.units["person"].to_numpy()).mean().to_numpy()
    gone = np.full(len(better), 99)
    for step, base in zip((2, 4, 6), LEAVING):
        seen = better[:, step - 2] if step > 2 else np.zeros(len(better))
        odds = (
            scenario.dropout * base / (1 - min(0.9, scenario.dropout * base)) * np.exp(0.9 * (0.7 - seen) * (step > 2))
        )
        go = rng.random(len(better)) < odds / (1 + odds)
        gone = np.where(go & (gone == 99), step, gone)
    return gone


def draw_calendar(rng: np.random.Generator, people: pd.DataFrame, days: np.ndarray, gone: np.ndarray) -> Calendar:
    """Who is seen at which step, and what happens on the way."""
    n = len(people)
    single = ~people["split_face"].to_numpy()
    present = np.arange(STEPS)[None, :] < gone[:, None]
    missed = rng.random((n, STEPS)) < 0.03
    missed[:, 0] = False
    draw = {name: (rng.random(n) < share) & single for name, share in SHARES.items()}
    stop = np.where(draw["stop"], rng.integers(2, 5, n), 99)
    switch = np.where(draw["switch"] & ~draw["stop"], 2 * rng.integers(1, 3, n), 99)
    arm = people["treatment"].map({a: k for k, a in enumerate(ARMS)}).to_numpy()
    target = np.array(ARMS, dtype=object)[(arm + rng.integers(1, 3, n)) % 3]
    early = np.where(draw["early_reading"], rng.integers(1, 22, n), 0)
    early = np.where(draw["early_reading"] & (rng.random(n) < 0.2), rng.integers(31, 50, n), early)
    return Calendar(
        days=days,
        present=present & ~missed,
        people=people.assign(
            stop_step=stop,
            switch_step=switch,
            switch_to=target,
            early=early,
            prevalent=np.where(draw["prevalent"] & (early == 0), rng.integers(1, 4, n), 0),
            combined=draw["combined"] & (early == 0),
            no_baseline=draw["no_baseline"] & (early == 0),
            consult_days=np.maximum(early, rng.integers(0, 15, n)),
            gone=gone,
        ),
    )
