"""The sessions table of the simulated clinics: one row per treatment or assessment of a unit, with its readings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sources.simulate.parameters import PARAMETER_COLUMNS, draw_settings, settings_of
from analytics.sources.simulate.scenarios import Scenario
from analytics.sources.simulate.skin import Skin, by_arm
from analytics.sources.simulate.text import EMPTY
from analytics.sources.simulate.timeline import PLANNED, VISIT_STEPS, Calendar

SESSION_COLUMNS = (
    "clinic_id", "patient_id", "session_date", "treatment", "session_no", "planned_sessions", "side", "timing",
    "hours_since_session", "provider_id", "rater_id", "product", "adjunct", "indication", "instructions_given",
    "instructions_followed", "sun_exposure_14d", "product_stop_days", "intercurrent_event", *PARAMETER_COLUMNS,
)  # fmt: skip
READINGS = (
    "texture_grade", "roughness_ra_um", "scar_grade", "scar_score", "pore_count", "inflammatory_lesions",
    "noninflammatory_lesions", "acne_iga", "absorbed_percent", "tewl_g_m2_h", "hydration_au", "melanin_index",
    "erythema_index", "elasticity_r2", "satisfaction_vas", "dlqi", "gais", "visia_percentile",
)  # fmt: skip
SCAR_SHARE = 0.7  # scar grades move by less than texture: responders 5-20, 20-40, 40-75 % (domain reference, section 4)
CORE = ("texture_grade", "inflammatory_lesions", "noninflammatory_lesions", "acne_iga")


def all_readings(
    rng: np.random.Generator,
    scenario: Scenario,
    skin: Skin,
    share: np.ndarray,
    texture: np.ndarray,
    lesions: np.ndarray,
) -> dict[str, np.ndarray]:
    """Every outcome as an array units x steps; which of them a clinic owns a device for is decided by `owned`."""
    units, shape = skin.units, texture.shape
    arm = units["treatment"]

    def noise(sd: float) -> np.ndarray:
        return rng.normal(0, sd, shape)

    def person(sd: float) -> np.ndarray:
        return rng.normal(0, sd, (shape[0], 1))

    better = (texture[:, :1] - texture) / 1.2 + np.log((lesions[:, :1] + 1) / (lesions + 1)) / 0.6
    spots = np.log1p(lesions)
    dark = units["fitzpatrick"].to_numpy()[:, None]
    rough = np.log(20.0) + person(0.25) + noise(0.08) + share * (by_arm(scenario.roughness, arm) - 0.02)
    scars = share * (0.05 + SCAR_SHARE * by_arm(scenario.texture, arm))
    return {
        "texture_grade": texture,
        "inflammatory_lesions": lesions,
        "noninflammatory_lesions": rng.poisson(
            np.round(np.exp(np.clip(0.7 * spots + 1.2 + noise(0.3), 0, 5.2)), 9)
        ).astype(float),
        "acne_iga": np.clip(np.round(0.85 * spots + noise(0.25)), 0, 4),
        "roughness_ra_um": np.round(np.exp(rough), 1),
        "scar_grade": np.clip(np.round(1.2 + 0.33 * texture[:, :1] + person(0.2) - scars + noise(0.12)), 1, 4),
        "scar_score": np.clip(np.round(2.6 * texture + person(2.0) + noise(1.5)), 0, 84),
        "pore_count": np.clip(np.round(250 + 40 * texture + person(60) + noise(20)), 0, 2000),
        "tewl_g_m2_h": np.round(np.exp(np.log(13.0) + person(0.2) + noise(0.1)), 1),
        "hydration_au": np.clip(np.round(48 + person(9) + noise(4), 1), 5, 120),
        "melanin_index": np.clip(np.round(70 + 75 * dark + person(30) + noise(10)), 5, 950),
        "erythema_index": np.clip(np.round(300 + 12 * np.sqrt(lesions) + person(45) + noise(18)), 5, 950),
        "elasticity_r2": np.round(
            np.clip(0.74 + person(0.05) + noise(0.02) + share * by_arm(scenario.elasticity, arm), 0.3, 0.98), 3
        ),
        "satisfaction_vas": 10 * np.clip(np.round(4.2 + 1.1 * better + person(0.8) + noise(0.8)), 0, 10),
        "dlqi": np.clip(np.round(np.exp(0.9 + 0.25 * spots + person(0.4) + noise(0.2)) - 1 - 0.8 * better), 0, 30),
        "gais": np.clip(np.round(3.3 - 0.6 * better + noise(0.5)), 1, 5),
        "visia_percentile": np.clip(np.round(50 - 8 * (texture - 5) + person(10) + noise(4)), 1, 99),
    }


def owned(units: pd.DataFrame, step: np.ndarray) -> dict[str, np.ndarray]:
    """Whether each outcome is read at all for this clinic, patient and step (aligned arrays, one entry per row)."""
    kind, visit = units["clinic"].to_numpy() % 3, np.isin(step, VISIT_STEPS)
    scarred = units["concerns"].str.contains("acne_scars").to_numpy()
    whole = (units["side"] == "").to_numpy()
    yes = np.ones(len(units), dtype=bool)
    return {
        "texture_grade": yes,
        "inflammatory_lesions": visit,
        "noninflammatory_lesions": visit,
        "acne_iga": visit,
        "roughness_ra_um": visit & (kind != 2),
        "scar_grade": visit & scarred,
        "scar_score": visit & scarred & (kind == 2),
        "pore_count": visit & (kind == 1),
        "tewl_g_m2_h": visit & (kind == 0),
        "hydration_au": visit & (kind == 0),
        "melanin_index": visit & (kind != 1),
        "erythema_index": visit & (kind != 1),
        "elasticity_r2": visit & (kind == 1),
        "satisfaction_vas": visit,
        "dlqi": np.isin(step, (0, 6)) & whole,
        "gais": (step == 6) | ((step == 4) & (kind == 1)),
        "visia_percentile": visit & (kind == 1),
    }


def session_rows(
    rng: np.random.Generator, skin: Skin, calendar: Calendar, raters: np.ndarray, readings: dict[str, np.ndarray]
) -> pd.DataFrame:
    """Rows of treatments and visits with their readings; helper columns ``unit`` and ``step`` tell their origin."""
    person = skin.units["person"].to_numpy()
    people = calendar.people.iloc[person].reset_index(drop=True)
    present, steps = calendar.present[person], np.arange(calendar.present.shape[1])
    visit = np.isin(steps, VISIT_STEPS)[None, :]
    slow = (skin.units["treatment"] == "dermal_roller").to_numpy()[:, None]
    treated = (~slow | visit) & (steps[None, :] < people["stop_step"].to_numpy()[:, None])
    unit, step = np.nonzero(present & (treated | visit))
    row, who = (frame.iloc[unit].reset_index(drop=True) for frame in (skin.units, people))
    given, already = treated[unit, step], who["prevalent"].to_numpy()
    treatment: np.ndarray = np.where(
        given, np.where(step >= who["switch_step"], who["switch_to"], row["treatment"]), EMPTY
    )
    number = np.cumsum(treated & present, axis=1)[unit, step] + already
    event = np.where(given & (step == who["switch_step"]), "switch", np.where(step == who["stop_step"], "stop", EMPTY))
    frame = pd.DataFrame(
        {
            "unit": unit,
            "step": step,
            "clinic_id": row["clinic_id"],
            "patient_id": row["patient_id"],
            "session_date": row["start"] + pd.to_timedelta(calendar.days[person][unit, step], unit="D"),
            "treatment": treatment,
            "session_no": np.where(given, number, np.nan),
            "planned_sessions": pd.Series(treatment).map(PLANNED).to_numpy(dtype=float) + already,
            "side": row["side"].replace("", None),
            "provider_id": [f"{c[0].upper()}P{p + 1}" for c, p in zip(row["clinic_id"], row["provider"])],
            "rater_id": [f"{c[0].upper()}R{r + 1}" for c, r in zip(row["clinic_id"], raters[person][unit, step])],
            "indication": row["concerns"].str.split(";").str[0],
            "intercurrent_event": event,
        }
    )
    settings = draw_settings(rng, skin.units).iloc[unit].reset_index(drop=True)
    frame = pd.concat([frame, settings_of(settings, treatment)], axis=1)
    for name, has in owned(row, step).items():
        frame[name] = np.where(has, readings[name][unit, step], np.nan)
    return frame
