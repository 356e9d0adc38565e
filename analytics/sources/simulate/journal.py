"""The other canonical tables of the simulated clinics: patients, consultations and adverse events."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.sources.simulate.text import EMPTY

PATIENT_COLUMNS = ("clinic_id", "patient_id", "birth_year", "sex", "fitzpatrick", "skin_type")
CONSULTATION_COLUMNS = (
    "clinic_id", "patient_id", "consultation_date", "skin_type", "concerns", "recommended_treatment",
    "contraindications", "instructions_given", "instructions_followed",
)  # fmt: skip
EVENT_COLUMNS = (
    "clinic_id", "patient_id", "session_date", "event", "onset_date", "resolved_date", "severity", "serious",
)  # fmt: skip
# Per patient; mostly conditions the policy only warns about.
CONTRAINDICATIONS = {
    "herpes_history": 0.03, "retinoid": 0.03, "anticoagulant": 0.015, "keloid_history": 0.01, "active_infection": 0.008,
    "isotretinoin_6m": 0.008,
}  # fmt: skip
# Share of sessions after which each is written down: reactions that belong to the treatment (domain reference, 3).
REACTIONS = {
    "microdermabrasion": {"erythema": 0.20, "tightness": 0.10},
    "chemical_peel": {"erythema": 0.25, "flaking": 0.30, "stinging": 0.12},
    "dermal_roller": {"erythema": 0.45, "oedema": 0.12, "pinpoint_bleeding": 0.15},
}
# Adverse events per session. Peels: 473 peels in Fitzpatrick III-VI (domain reference, section 3).
HYPERPIGMENTATION = {"microdermabrasion": 0.002, "chemical_peel": 0.019, "dermal_roller": 0.004}
HYPERPIGMENTATION_ODDS_DARKEST = 5.0  # Fitzpatrick VI against the others
ADVERSE = {
    "crusting": {"microdermabrasion": 0.0, "chemical_peel": 0.023, "dermal_roller": 0.003},
    "erythema": {"microdermabrasion": 0.002, "chemical_peel": 0.01, "dermal_roller": 0.005},  # lasting
    "infection": dict.fromkeys(REACTIONS, 0.001),
    "herpes": dict.fromkeys(REACTIONS, 0.0015),
}


def patients_table(people: pd.DataFrame) -> pd.DataFrame:
    """One row per patient."""
    frame = people.assign(skin_type=people["skin_type"].replace("", None))
    return frame[list(PATIENT_COLUMNS)].reset_index(drop=True)


def consultations_table(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """One consultation per patient, at or before the first session: concerns, recommendation, contraindications."""
    n = len(people)
    draws = {code: rng.random(n) < share for code, share in CONTRAINDICATIONS.items()}
    found = [";".join(code for code, hit in draws.items() if hit[k]) or None for k in range(n)]
    given = np.where(rng.random(n) < 0.95, "yes", "no")
    followed = np.where(rng.random(n) < 0.8, "yes", np.where(rng.random(n) < 0.5, "no", "unknown"))
    frame = people.assign(
        consultation_date=people["start"] - pd.to_timedelta(people["consult_days"].to_numpy(), unit="D"),
        skin_type=people["skin_type"].replace("", None),
        recommended_treatment=people["recommended"],
        contraindications=found,
        instructions_given=given,
        instructions_followed=np.where(given == "yes", followed, EMPTY),
    )
    return frame[list(CONSULTATION_COLUMNS)].reset_index(drop=True)


def events_table(rng: np.random.Generator, sessions: pd.DataFrame, fitzpatrick: np.ndarray) -> pd.DataFrame:
    """Reactions and adverse events after treatments; ``fitzpatrick`` is aligned with ``sessions``.

    A reaction that belongs to the treatment is gone within five days; a lasting one is an adverse event.
    """
    arms = sessions["treatment"].to_numpy(dtype=object)
    names = sorted({name for of in REACTIONS.values() for name in of})
    parts = [
        _happened(rng, sessions, name, _shares(arms, {a: REACTIONS[a].get(name, 0.0) for a in REACTIONS}), 0)
        for name in names
    ]
    odds = _shares(arms, HYPERPIGMENTATION)
    odds = odds / (1 - odds) * np.where(fitzpatrick == 6, HYPERPIGMENTATION_ODDS_DARKEST, 1.0)
    parts.append(_happened(rng, sessions, "hyperpigmentation", odds / (1 + odds), 20))
    parts += [_happened(rng, sessions, name, _shares(arms, of), 12) for name, of in ADVERSE.items()]
    key = ["clinic_id", "patient_id", "session_date", "event"]
    frame = pd.concat(parts, ignore_index=True).drop_duplicates(key, keep="last").sort_values(key)
    return frame[list(EVENT_COLUMNS)].reset_index(drop=True)


def _shares(arms: np.ndarray, of: Mapping[str, float]) -> np.ndarray:
    return np.array([of[arm] for arm in arms])


def _happened(
    rng: np.random.Generator, sessions: pd.DataFrame, event: str, share: np.ndarray, lasts: int
) -> pd.DataFrame:
    """Rows of one event. ``lasts``: least days until it was gone, 0 for a reaction that is gone within days."""
    rows = sessions.loc[rng.random(len(sessions)) < share, ["clinic_id", "patient_id", "session_date"]]
    n = len(rows)
    onset = rows["session_date"] + pd.to_timedelta(rng.integers(0, 10 if lasts else 2, n), unit="D")
    length = rng.integers(lasts, lasts + 60, n) if lasts else rng.integers(1, 5, n)
    gone = (onset + pd.to_timedelta(length, unit="D")).where(rng.random(n) < (0.85 if lasts else 1.0))
    severe = rng.random(n)
    return rows.assign(
        event=event,
        onset_date=onset,
        resolved_date=gone,
        severity=np.where(severe < 0.85, 1, 2),
        serious=np.where((event == "infection") & (severe > 0.9), "true", "false"),
    )
