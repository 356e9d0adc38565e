"""Who responded by the outcome's own rule: patients, share and Wilson interval (Newcombe 1998, Stat Med 17:857)."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.within import outcomes_in, wilson_percent, within
from analytics.domain.cohort import Cohort

COLUMNS = (
    "outcome", "visit", "population", "arm", "n", "responders", "percent", "conf_low", "conf_high",
)  # fmt: skip


def responders(cohort: Cohort) -> pd.DataFrame:
    """One row per outcome with a rule x visit x population x arm. COLUMNS; shares and limits in percent.

    ``n``: patients who could be judged (a reading, and a baseline the rule can use). The unit is the patient: with
    several sites of one treatment all of them must have responded.
    """
    judged = cohort.table[cohort.table["responder"].notna() & (cohort.table["visit"] > 0)]
    rows = []
    for population in cohort.populations:
        part = within(judged, population)
        worst = part.groupby(["outcome", "visit", "arm", "patient"])["responder"].min()
        by = worst.groupby(level=["outcome", "visit", "arm"])
        size, good = by.size().to_dict(), by.sum().to_dict()
        for name in outcomes_in(cohort):
            for visit in sorted(part.loc[part["outcome"] == name, "visit"].unique()):
                for arm in cohort.plan.arms:
                    key = (name, visit, arm)
                    n, yes = int(size.get(key, 0)), int(good.get(key, 0))
                    share = wilson_percent(yes, n, level=cohort.plan.confidence_level)
                    rows.append((name, float(visit), population, arm, n, yes, *share))
    return pd.DataFrame(rows, columns=list(COLUMNS))
