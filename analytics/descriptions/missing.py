"""What is missing: outcome by visit by arm, with who was never measured and whose visit is still to come kept apart."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.within import outcomes_in, visits_of, within
from analytics.domain.cohort import Cohort

COLUMNS = ("outcome", "visit", "population", "arm", "patients", "measured", "n", "seen", "missing")


def missing(cohort: Cohort) -> pd.DataFrame:
    """One row per outcome x visit x population x arm. COLUMNS, counts of patients.

    ``patients``: of the arm. ``measured``: with a reading of the outcome at any visit (the others are not missing a
    reading: nobody meant to take one). ``n``: of these, whose visit was over by the cut-off, or who were seen.
    ``seen``: with a reading at the visit; ``missing`` = n - seen. Undated data have no cut-off: n = measured.
    """
    read = cohort.table[cohort.table["value"].notna()]
    rows: list[tuple] = []
    for population in cohort.populations:
        members, table = within(cohort.members, population), within(read, population)
        starts = members.groupby(["arm", "patient"])["start"].min() if "start" in members else None
        ever = table.groupby(["outcome", "arm"])["patient"].agg(set)
        at = table.groupby(["outcome", "visit", "arm"])["patient"].agg(set)
        whole = members.groupby("arm")["patient"].nunique()
        over = {visit: _over(cohort, starts, visit) for visit in (0.0, *map(float, cohort.plan.visits.weeks))}
        for outcome in outcomes_in(cohort):
            for visit in visits_of(cohort, outcome):
                for arm in cohort.plan.arms:
                    measured, seen = ever.get((outcome, arm), set()), at.get((outcome, visit, arm), set())
                    done = over[visit]
                    due = seen | (measured if done is None else measured & done.get(arm, set()))
                    rows.append((outcome, visit, population, arm, int(whole.get(arm, 0)), len(measured), len(due),
                                 len(seen), len(due) - len(seen)))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[4:], "int64"))


def _over(cohort: Cohort, starts: pd.Series | None, visit: float) -> dict[str, set[str]] | None:
    """Arm -> patients whose window of the visit was over by the cut-off; None: everybody's was."""
    cutoff = cohort.plan.data.cutoff
    if cohort.style != "dated" or cutoff is None or starts is None or visit == 0:
        return None
    last = starts + pd.Timedelta(days=7 * visit + cohort.plan.visits.window_days)
    done = last[(last <= pd.Timestamp(cutoff)) | starts.isna()]
    return {str(arm): set(part.index.get_level_values("patient")) for arm, part in done.groupby(level="arm")}
