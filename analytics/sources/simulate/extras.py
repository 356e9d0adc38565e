"""Rows beside the plain visits: uptake a day after a session, readings before the first one, second raters, habits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sources.simulate.scenarios import ARMS, Scenario
from analytics.sources.simulate.skin import Skin, uptake_percent
from analytics.sources.simulate.text import EMPTY
from analytics.sources.simulate.timeline import VISIT_STEPS, Calendar
from analytics.sources.simulate.visits import CORE, READINGS

PRODUCT = "niacinamide serum 5 %"  # the same product at the same hours in all arms, or uptake could not be compared
UPTAKE_HOURS = 24.0
BASELINE_READINGS = tuple(name for name in READINGS if name not in ("dlqi", "absorbed_percent"))
EVENT_SHARE = {"new_skin_drug": 0.006, "sunburn": 0.004, "pregnancy": 0.0015}


def bare(rows: pd.DataFrame, keep: tuple[str, ...] = ()) -> pd.DataFrame:
    """Copies of rows as assessments: who, when and by whom, and only the readings named in ``keep``."""
    kept = ("unit", "step", "clinic_id", "patient_id", "session_date", "side", "provider_id", "rater_id", *keep)
    return rows.reindex(columns=list(kept)).copy()


def uptake_rows(rng: np.random.Generator, scenario: Scenario, skin: Skin, rows: pd.DataFrame) -> pd.DataFrame:
    """One day after a session at a visit, in the tested half of patients: percent absorbed, and TEWL where owned."""
    arm = skin.units["treatment"]
    percent = uptake_percent(rng, skin, 7, arm.map(scenario.uptake).to_numpy(dtype=float)[:, None])
    open_barrier = arm.map(scenario.barrier).to_numpy(dtype=float)
    tewl = np.exp(np.log(13.0) + rng.normal(0, 0.2, percent.shape) + open_barrier[:, None])
    tested = (
        skin.units["tested"].to_numpy()[rows["unit"]] & rows["step"].isin(VISIT_STEPS[1:]) & rows["treatment"].notna()
    )
    chosen = rows[tested]
    unit, step = chosen["unit"].to_numpy(), chosen["step"].to_numpy()
    barrier = skin.units["clinic"].to_numpy()[unit] % 3 == 0
    return bare(chosen).assign(
        session_date=chosen["session_date"] + pd.Timedelta(days=1),
        hours_since_session=UPTAKE_HOURS,
        product=PRODUCT,
        absorbed_percent=percent[unit, step],
        tewl_g_m2_h=np.where(barrier, np.round(np.minimum(tewl[unit, step], 60), 1), np.nan),
    )


def early_rows(rows: pd.DataFrame, people: pd.DataFrame, person: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Move first readings to a visit before the first session where the patient had one, or leave them out.

    Returns the rows without the moved readings and the new assessment rows. Readings older than the plan's baseline
    window are among them on purpose. The questionnaire (dlqi) is always filled on the first treatment day.
    """
    who = people.iloc[person[rows["unit"]]].reset_index(drop=True)
    first = (rows["step"] == 0).to_numpy()
    early = first & (who["early"] > 0).to_numpy()
    names = [name for name in BASELINE_READINGS if name in rows]
    moved = bare(rows[early], tuple(names))
    moved["session_date"] = moved["session_date"] - pd.to_timedelta(who.loc[early, "early"].to_numpy(), unit="D")
    emptied = rows.copy()
    emptied.loc[early | (first & who["no_baseline"].to_numpy()), names] = np.nan
    return emptied, moved


def second_raters(rng: np.random.Generator, rows: pd.DataFrame, again: dict[str, np.ndarray]) -> pd.DataFrame:
    """Readings of the same day by another rater of the clinic (``again``: core readings by the next rater)."""
    whole = rows["side"].isna() & (rows["step"] == 6) & (rng.random(len(rows)) < 0.06)
    chosen = rows[whole]
    unit, step = chosen["unit"].to_numpy(), chosen["step"].to_numpy()
    other = chosen["rater_id"].str[:-1] + (chosen["rater_id"].str[-1].astype(int) % 3 + 1).astype(str)
    return bare(chosen).assign(
        timing="pre", rater_id=other, **{name: values[unit, step] for name, values in again.items() if name in CORE}
    )


def after_rows(rng: np.random.Generator, skin: Skin, rows: pd.DataFrame) -> pd.DataFrame:
    """Half an hour after some first sessions: barrier and redness, said to be taken afterwards."""
    owns = skin.units["clinic"].to_numpy()[rows["unit"]] % 3 == 0
    chosen = rows[owns & (rows["step"] == 0) & rows["treatment"].notna() & (rng.random(len(rows)) < 0.15)]
    n = len(chosen)
    return bare(chosen).assign(
        timing="post",
        hours_since_session=0.5,
        tewl_g_m2_h=np.round(np.exp(np.log(22.0) + rng.normal(0, 0.2, n)), 1),
        erythema_index=np.round(rng.normal(430, 40, n)),
    )


def combined_rows(rows: pd.DataFrame, people: pd.DataFrame, person: np.ndarray) -> pd.DataFrame:
    """A second treatment on the first day of a few patients; they belong to no single arm."""
    who = people.iloc[person[rows["unit"]]].reset_index(drop=True)
    chosen = rows[(rows["step"] == 0).to_numpy() & who["combined"].to_numpy()]
    following = {arm: ARMS[(k + 1) % 3] for k, arm in enumerate(ARMS)}
    return bare(chosen, ("session_no", "texture_grade")).assign(treatment=chosen["treatment"].map(following))


def with_habits(rng: np.random.Generator, rows: pd.DataFrame, calendar: Calendar, person: np.ndarray) -> pd.DataFrame:
    """Instructions, sun and products before each treatment, and the rarer intercurrent events."""
    n, treated = len(rows), rows["treatment"].notna().to_numpy()
    given = np.where(rng.random(n) < 0.93, "yes", "no")
    followed = np.where(rng.random(n) < 0.82, "yes", np.where(rng.random(n) < 0.6, "no", "unknown"))
    event = rows["intercurrent_event"].to_numpy(dtype=object)
    whole, later = rows["side"].isna().to_numpy(), rows["step"].to_numpy() > 0
    for name, share in EVENT_SHARE.items():
        female = calendar.people["sex"].to_numpy()[person[rows["unit"]]] == "female"
        hit = whole & later & treated & (rng.random(n) < share) & (female | (name != "pregnancy"))
        event = np.where(hit & pd.isna(event), name, event)
    return rows.assign(
        instructions_given=np.where(treated, given, EMPTY),
        instructions_followed=np.where(treated & (given == "yes"), followed, EMPTY),
        sun_exposure_14d=np.where(treated, np.where(rng.random(n) < 0.12, "yes", "no"), EMPTY),
        product_stop_days=np.where(
            treated, np.where(rng.random(n) < 0.9, rng.integers(7, 15, n), rng.integers(0, 7, n)), np.nan
        ),
        adjunct=np.where(treated & (rng.random(n) < 0.3), "vitamin C serum", EMPTY),
        intercurrent_event=event,
    )
