"""Makes the canonical tables of the simulated clinics: people, skin, calendar, readings and journal put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.sources.simulate.extras import (
    after_rows,
    combined_rows,
    early_rows,
    second_raters,
    uptake_rows,
    with_habits,
)
from analytics.sources.simulate.journal import consultations_table, events_table, patients_table
from analytics.sources.simulate.people import assign, draw_people
from analytics.sources.simulate.scenarios import ARMS, GROWTH, Scenario
from analytics.sources.simulate.skin import (
    Skin,
    by_arm,
    draw_skin,
    growth,
    lesion_counts,
    texture_readings,
    true_uptake,
)
from analytics.sources.simulate.timeline import draw_calendar, draw_days, draw_raters, leave
from analytics.sources.simulate.visits import READINGS, SESSION_COLUMNS, all_readings, session_rows


def canonical(
    rng: np.random.Generator, scenario: Scenario, patients: int, clinics: int
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The four canonical tables and what is true of them."""
    people = draw_people(rng, scenario, patients, clinics)
    skin = draw_skin(rng, scenario, people, clinics)
    person = skin.units["person"].to_numpy()
    days, raters = draw_days(rng, patients), draw_raters(rng, people)
    raters[:, 0] = people["rater"]
    people, skin = _treated(rng, scenario, people, skin, raters)
    share = growth(days)[person]
    effect_texture, effect_lesions = (by_arm(e, skin.units["treatment"]) for e in (scenario.texture, scenario.lesions))
    texture = texture_readings(rng, skin, share, raters[person], effect_texture)
    lesions = lesion_counts(rng, skin, share, raters[person], effect_lesions)
    texture[:, 0], lesions[:, 0] = skin.units["first_texture"], skin.units["first_lesions"]
    gone = leave(rng, scenario, skin, texture, lesions)
    calendar = draw_calendar(rng, people, days, gone)
    readings = all_readings(rng, scenario, skin, share, texture, lesions)
    rows = session_rows(rng, skin, calendar, raters, readings)
    rows = with_habits(rng, rows, calendar, person)
    uptake = uptake_rows(rng, scenario, skin, rows)
    other = (raters[person] + 1) % 3
    again = {
        "texture_grade": texture_readings(rng, skin, share, other, effect_texture),
        "inflammatory_lesions": lesion_counts(rng, skin, share, other, effect_lesions),
    }
    seconds, after = second_raters(rng, rows, again), after_rows(rng, skin, rows)
    combined = combined_rows(rows, calendar.people, person)
    rows, early = early_rows(rows, calendar.people, person)
    sessions = _ordered([rows, combined, uptake, early, seconds, after], skin)
    consultations = consultations_table(rng, calendar.people)
    treated = sessions[sessions["treatment"].notna()]
    events = events_table(rng, treated, skin.units["fitzpatrick"].to_numpy()[treated["unit"]])
    tables = {
        "sessions": sessions.reindex(columns=[*SESSION_COLUMNS, *READINGS]),
        "patients": patients_table(calendar.people),
        "consultations": consultations,
        "adverse_events": events,
    }
    return tables, _truth(scenario, skin, calendar.people)


def _treated(
    rng, scenario: Scenario, people: pd.DataFrame, skin: Skin, raters: np.ndarray
) -> tuple[pd.DataFrame, Skin]:
    """Take the first readings, let the consultation choose treatments by them, and give each unit its arm."""
    person = skin.units["person"].to_numpy()
    zero = np.zeros((len(skin.units), 1))
    texture = texture_readings(rng, skin, zero, raters[person][:, :1], 0.0)[:, 0]
    lesions = lesion_counts(rng, skin, zero, raters[person][:, :1], 0.0)[:, 0]
    means = pd.DataFrame({"texture": texture, "lesions": lesions}).groupby(person).mean()
    people = assign(rng, scenario, people, means["texture"].to_numpy(), means["lesions"].to_numpy())
    chosen = people.iloc[person].reset_index(drop=True)
    mirrored = rng.random(len(people))[person] < 0.5
    other = (skin.units["side"] == "right") != (mirrored & (skin.units["side"] != ""))
    units = skin.units.assign(
        treatment=np.where(other, chosen["second"], chosen["treatment"]),
        concerns=chosen["concerns"],
        first_texture=texture,
        first_lesions=lesions,
    )
    return people, Skin(**{**vars(skin), "units": units})


def _ordered(parts: list[pd.DataFrame], skin: Skin) -> pd.DataFrame:
    """All rows in the order a clinic would list them: by clinic, patient, day, side; treatments before assessments."""
    frame = pd.concat(parts, ignore_index=True)
    frame["_person"] = skin.units["person"].to_numpy()[frame["unit"]]
    frame["_kind"] = frame["treatment"].isna().astype(int)
    frame["_side"] = frame["side"].fillna("")
    frame["_order"] = np.arange(len(frame))
    return frame.sort_values(["_person", "session_date", "_kind", "_side", "_order"]).reset_index(drop=True)


def _truth(scenario: Scenario, skin: Skin, people: pd.DataFrame) -> dict[str, Any]:
    """What a perfect analysis would find: effects by outcome, visit and pair (later arm minus or over earlier)."""
    pairs = [(b, a) for i, a in enumerate(ARMS) for b in ARMS[i + 1 :]]
    uptake = {arm: true_uptake(skin.units, scenario.uptake[arm]) for arm in ARMS}
    effects = []
    for week, share in sorted(GROWTH.items()):
        for arm, reference in pairs:
            of = {"visit": week, "contrast": f"{arm} v {reference}"}
            fall = -share * (scenario.texture[arm] - scenario.texture[reference])
            log_rate = share * (scenario.lesions[arm] - scenario.lesions[reference])
            log_rough = share * (scenario.roughness[arm] - scenario.roughness[reference])
            effects += [
                {"outcome": "texture_grade", "measure": "difference", "value": round(fall, 6) + 0.0, **of},
                {
                    "outcome": "inflammatory_lesions",
                    "measure": "rate_ratio",
                    "value": round(float(np.exp(log_rate)), 6),
                    **of,
                },
                {
                    "outcome": "absorbed_percent",
                    "measure": "difference",
                    "value": round(uptake[arm] - uptake[reference], 4) + 0.0,
                    **of,
                },
                {"outcome": "roughness_ra_um", "measure": "ratio", "value": round(float(np.exp(log_rough)), 6), **of},
            ]
    shares = {name: int(count) for name, count in _counts(people).items()}
    return {"scenario": scenario.id, "sentence": scenario.sentence, "effects": effects, "people": shares}


def _counts(people: pd.DataFrame) -> dict[str, int]:
    """How many patients have each peculiarity, before anyone leaves."""
    return {
        "patients": len(people),
        "split_face": people["split_face"].sum(),
        "prevalent": (people["prevalent"] > 0).sum(),
        "combined": people["combined"].sum(),
        "no_baseline": people["no_baseline"].sum(),
        "baseline_too_old": (people["early"] > 30).sum(),
        "switchers": (people["switch_step"] < 99).sum(),
        "stoppers": (people["stop_step"] < 99).sum(),
        "lost": (people["gone"] < 99).sum(),
        "not_as_recommended": (people["recommended"] != people["treatment"]).sum(),
    }
