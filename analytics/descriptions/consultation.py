"""The consultation: what was recommended and what was done, and whether instructions were given and kept."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.within import UNKNOWN, ordered_levels
from analytics.domain.cohort import Cohort

COLUMNS = ("table", "row", "column", "count", "total")
ANSWERS = ("yes", "no", UNKNOWN)
AS_RECOMMENDED, OTHERWISE = "as_recommended", "otherwise"


def consultation(cohort: Cohort) -> pd.DataFrame:
    """Counts of patients. COLUMNS; ``total``: patients of the row.

    ``recommended``: row = recommendation, column = treatment given. ``instructions_given``, ``instructions_followed``:
    row = treatment, column = yes, no, unknown (followed: of those who were given any). ``concordance``: row =
    treatment, column = as_recommended, otherwise, unknown. Who has other treatments on the two sides counts for each.
    """
    members = cohort.members.drop_duplicates(["patient", "arm"])
    rows: list[tuple[str, str, str, int, int]] = []
    if "recommended_treatment" in members:
        rows += _recommended(cohort, members)
    for name in ("instructions_given", "instructions_followed"):
        if name in members:
            asked = members if name == "instructions_given" else _given(members)
            rows += _by_arm(cohort, asked, name, name, ANSWERS)
    if "recommended_treatment" in members:
        said = members["recommended_treatment"]
        kept = pd.Series(OTHERWISE, index=members.index).where(said != members["arm"], AS_RECOMMENDED)
        kept = kept.where(_known(said), UNKNOWN)
        columns = (AS_RECOMMENDED, OTHERWISE, UNKNOWN)
        rows += _by_arm(cohort, members.assign(concordance=kept), "concordance", "concordance", columns)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"count": "int64", "total": "int64"})


def _known(values: pd.Series) -> pd.Series:
    return values.notna() & ~values.isin(["", UNKNOWN])


def _given(members: pd.DataFrame) -> pd.DataFrame:
    return members[members["instructions_given"] == "yes"] if "instructions_given" in members else members


def _recommended(cohort: Cohort, members: pd.DataFrame) -> list[tuple[str, str, str, int, int]]:
    said = members["recommended_treatment"].where(_known(members["recommended_treatment"]), UNKNOWN)
    found = []
    for row in ordered_levels(said, cohort, "recommended_treatment"):
        part = members[said == row]
        total = part["patient"].nunique()
        for arm in cohort.plan.arms:
            found.append(("recommended", row, arm, part.loc[part["arm"] == arm, "patient"].nunique(), total))
    return found


def _by_arm(
    cohort: Cohort, members: pd.DataFrame, table: str, name: str, columns: tuple[str, ...]
) -> list[tuple[str, str, str, int, int]]:
    found = []
    for arm in cohort.plan.arms:
        answers = members.loc[members["arm"] == arm, name]
        answers = answers.where(answers.isin(columns), UNKNOWN)
        for column in columns:
            found.append((table, arm, column, int((answers == column).sum()), len(answers)))
    return found
