"""Digit preference: how many readings end in 0 or 5, outcome by outcome and clinic by clinic (Wilson interval)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.descriptions.within import UNKNOWN, wilson_percent
from analytics.domain.cohort import Cohort
from analytics.inference.digits import in_halves, round_ends, step_of

COLUMNS = ("outcome", "clinic", "readings", "rounded", "percent", "conf_low", "conf_high")
CONVERTED = ("unit", "rescale")  # repairs after which the last digit is no longer the clinic's
LEAST_STEPS = 10  # between the tenth and the ninetieth percent: a short scale has digits of its own


def digits(cohort: Cohort) -> pd.DataFrame:
    """One row per outcome and clinic with at least ten times ``minimum_cell`` readings. COLUMNS; shares in percent.

    A fifth is what chance gives. Left out: scales of halves or with few steps, outcomes brought to our unit, and sums
    of other outcomes.
    """
    sifted = cohort.sifted
    converted = {column for kind, column in sifted.repairs if kind in CONVERTED}
    clinic = sifted.sessions.get("clinic_id")
    rows = []
    for name, outcome in cohort.vocabulary.outcomes.items():
        if name not in sifted.sessions or name in converted or outcome.derived_from:
            continue
        values = sifted.sessions[name].dropna().astype(float)
        where = clinic[values.index].fillna(UNKNOWN).astype(str) if clinic is not None else pd.Series("", values.index)
        for place, part in values.groupby(where, sort=True):
            found = _row(part.to_numpy(), outcome.step, cohort)
            if found is not None:
                rows.append((name, place, *found))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"readings": "int64", "rounded": "int64"})


def _row(values: np.ndarray, step: float | None, cohort: Cohort) -> tuple | None:
    if len(values) < 10 * cohort.plan.minimum_cell:
        return None
    unit = step if step is not None else step_of(values)
    if unit is None or in_halves(unit):
        return None
    low, high = np.quantile(values, [0.1, 0.9])
    if (high - low) / unit < LEAST_STEPS:
        return None
    rounded = int(round_ends(values, unit).sum())
    return (len(values), rounded, *wilson_percent(rounded, len(values), level=cohort.plan.confidence_level))
