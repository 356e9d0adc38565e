"""Made-up cohorts of many clinics and providers, with or without true differences between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from described_cohorts import ARMS, sifted_of

from analytics.domain.cohort import FLOW_COLUMNS, Cohort
from analytics.domain.plan import Plan

PLAN = Plan(arms=ARMS, primary=("texture_grade", "absorbed_percent"), covariates=("age", "skin_type"))


def clinics_cohort(
    sizes: Sequence[int], *, seed: int = 1, spread: float = 0.0, providers: int = 2, plan: Plan = PLAN
) -> Cohort:
    """Clinics of ``sizes`` patients; ``spread``: standard deviation between clinics (of a latent 1 within)."""
    rng = np.random.default_rng(seed)
    clinic = np.repeat(np.arange(len(sizes)), sizes)
    n = len(clinic)
    shift = spread * rng.standard_normal(len(sizes))
    arm, age, start = rng.integers(0, 3, n), rng.integers(18, 65, n), rng.normal(5, 1, n)
    latent = -0.4 * (arm == 1) - 0.5 * (start - 5) - shift[clinic] + rng.standard_normal(n)
    members = pd.DataFrame({
        "patient": [f"p{i:05}" for i in range(n)], "unit": [f"p{i:05}" for i in range(n)],
        "arm": [ARMS[a] for a in arm], "design": "parallel", "side": "", "age": age.astype(float),
        "skin_type": rng.choice(["dry", "oily"], n), "clinic_id": [f"clinic {c:03}" for c in clinic],
        "provider_id": [f"P{p}" for p in rng.integers(0, providers, n)], "sessions": 3,
        "recommended_treatment": [ARMS[a] for a in np.where(rng.random(n) < 0.8, arm, (arm + 1) % 3)],
        "instructions_followed": rng.choice(["yes", "no", "unknown"], n, p=[0.7, 0.2, 0.1]),
        "fitzpatrick": rng.choice(["1", "3", "6"], n), "concerns": rng.choice(["acne", "acne;pores", ""], n),
    })  # fmt: skip
    change = -1 + latent
    texture = pd.DataFrame({"unit": members["unit"], "outcome": "texture_grade", "value": start + change,
                            "baseline": start, "responder": (change <= -1).astype(float)})  # fmt: skip
    uptake = texture.assign(outcome="absorbed_percent", value=20 - 3 * latent, baseline=np.nan, responder=np.nan)
    table = pd.concat([texture, uptake]).merge(members[["unit", "patient", "arm", "design", "side"]], on="unit")
    table = table.assign(change=table["value"] - table["baseline"], visit=12.0, n_readings=1)
    return made(members, table, plan)


def made(members: pd.DataFrame, table: pd.DataFrame, plan: Plan = PLAN, **changes: Any) -> Cohort:
    """A cohort of these members and readings."""
    flow = pd.DataFrame(columns=list(FLOW_COLUMNS))
    kinds = {"age": "number", "skin_type": "category"}
    excluded = pd.DataFrame(columns=["patient", "reason"])
    return Cohort(
        members=members, table=table, flow=flow, covariates=kinds, plan=plan, sifted=sifted_of(), excluded=excluded,
        **changes,
    )  # fmt: skip
