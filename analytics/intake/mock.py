"""A mock of validated data: treatments shuffled, to agree on a report before anyone has seen results.

Between patients, first treatments change hands; a patient with different treatments on the sides keeps both, and the
sides may swap them. All sessions of a patient follow, so counts, visits, gaps and dropout stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.domain.dataset import Sifted

MOMENT = ("session_date", "study_day", "visit")
Swap = tuple[str, str]


def mocked(sifted: Sifted, *, rng: np.random.Generator) -> Sifted:
    """``sifted`` with shuffled treatments; the number of patients who began with each stays the same."""
    swaps = _swaps(sifted.sessions, rng)
    rejected, consultations = sifted.rejected_sessions, sifted.consultations
    return replace(
        sifted,
        sessions=_relabelled(sifted.sessions, swaps),
        rejected_sessions=None if rejected is None else _relabelled(rejected, swaps),
        consultations=None if consultations is None else _relabelled(consultations, swaps),
    )


def _swaps(sessions: pd.DataFrame, rng: np.random.Generator) -> Mapping[str, Swap]:
    """Patient -> the two treatments that change places in all their rows."""
    first = _first_given(sessions)
    several = first.groupby("patient")["treatment"].agg(lambda given: tuple(sorted(set(given))))
    sides = several[several.map(len) > 1].sort_index()
    swapped = rng.random(len(sides)) < 0.5
    within = {patient: (pair[0], pair[1]) for (patient, pair), swap in zip(sides.items(), swapped) if swap}
    single = several[several.map(len) == 1].map(lambda given: given[0]).sort_index()
    handed = single.to_numpy()[rng.permutation(len(single))]
    return {**within, **dict(zip(single.index, zip(single.to_numpy(), handed)))}


def _first_given(sessions: pd.DataFrame) -> pd.DataFrame:
    """Patient, place, and the treatment that was given there first."""
    given = sessions[sessions["treatment"].notna()]
    places = [name for name in ("side", "body_site") if name in given]
    order = [name for name in MOMENT if name in given]
    keys = given[["patient", *places]].fillna("").assign(treatment=given["treatment"])
    ranked = keys.loc[given.sort_values([*order, "_file", "_row", "_record"], kind="stable").index]
    return ranked.drop_duplicates(["patient", *places])


def _relabelled(frame: pd.DataFrame, swaps: Mapping[str, Swap]) -> pd.DataFrame:
    """The frame with both treatments of each patient's swap exchanged, also where one is recommended."""
    made = frame.copy()
    one = frame["patient"].map({patient: swap[0] for patient, swap in swaps.items()})
    other = frame["patient"].map({patient: swap[1] for patient, swap in swaps.items()})
    for name in ("treatment", "recommended_treatment"):
        if name in frame:
            was = frame[name]
            new = was.mask((was == one).fillna(False), other).mask((was == other).fillna(False), one)
            made[name] = new.astype(was.dtype)
    return made
