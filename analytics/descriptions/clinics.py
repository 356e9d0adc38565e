"""Clinic by clinic: mean change of each arm, so that a result carried by one clinic alone can be seen."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.within import outcomes_in
from analytics.domain.cohort import Cohort

COLUMNS = ("outcome", "visit", "clinic", "arm", "n", "mean_change")


def clinics(cohort: Cohort) -> pd.DataFrame:
    """One row per outcome with a baseline x visit x clinic x arm that has a change, both designs together. COLUMNS.

    ``n``: patients; ``mean_change`` in the outcome's unit. Empty where the clinic of nobody is known.
    """
    known = cohort.members.loc[cohort.members["clinic_id"].fillna("") != "", ["unit", "clinic_id"]]
    changed = cohort.table[cohort.table["change"].notna() & (cohort.table["visit"] > 0)].merge(known, on="unit")
    groups = dict(iter(changed.groupby(["outcome", "visit", "clinic_id", "arm"])))
    names = [name for name in outcomes_in(cohort) if cohort.outcome(name).averaged]
    places = sorted(known["clinic_id"].unique())
    rows = [
        (name, visit, clinic, arm, group["patient"].nunique(), float(group["change"].mean()))
        for name in names
        for visit in sorted({float(key[1]) for key in groups if key[0] == name})
        for clinic in places
        for arm in cohort.plan.arms
        if (group := groups.get((name, visit, clinic, arm))) is not None
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "int64", "mean_change": "float64"})
