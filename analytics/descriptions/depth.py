"""Peel strength: responses by depth class, never by percent across agents. Descriptive: skin chose the depth."""

from __future__ import annotations

import math

import pandas as pd

from analytics.descriptions.within import UNKNOWN, outcomes_in, wilson_percent
from analytics.domain.cohort import Cohort
from schemas.peels import DEPTHS

COLUMNS = ("outcome", "visit", "depth", "n", "responders", "percent", "conf_low", "conf_high", "mean_change")
PEEL = "chemical_peel"


def depth(cohort: Cohort) -> pd.DataFrame:
    """One row per outcome x visit x depth class of the first peel, both designs together. COLUMNS.

    ``n``: patients who could be judged by the responder rule, or, for an outcome without one, who have a change;
    responders, percent and limits (Wilson, in percent) are NaN then. ``mean_change`` in the outcome's unit; NaN for an
    outcome without a baseline. Classes: very_superficial, superficial, medium, deep, unknown.
    """
    classes = cohort.members.loc[cohort.members["arm"] == PEEL, ["unit", "peel_depth"]]
    classes = classes.assign(depth=classes["peel_depth"].replace("", UNKNOWN))
    table = cohort.table[cohort.table["visit"] > 0].merge(classes[["unit", "depth"]], on="unit")
    rows = []
    for name in outcomes_in(cohort):
        outcome = cohort.outcome(name)
        part = table[table["outcome"] == name]
        ruled = outcome.responder is not None
        part = part[part["responder"].notna() if ruled else part["change"].notna() & outcome.averaged]
        groups = dict(iter(part.groupby(["visit", "depth"])))
        for visit in sorted({visit for visit, _ in groups}):
            for level in (*DEPTHS, UNKNOWN):
                if (group := groups.get((visit, level))) is not None:
                    rows.append((name, float(visit), level, *_row(group, ruled, cohort.plan.confidence_level)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(group: pd.DataFrame, ruled: bool, level: float) -> tuple[int, float, float, float, float, float]:
    n, change = group["patient"].nunique(), float(group["change"].mean())
    if not ruled:
        return n, math.nan, math.nan, math.nan, math.nan, change
    yes = int(group.groupby("patient")["responder"].min().sum())
    return n, float(yes), *wilson_percent(yes, n, level=level), change
