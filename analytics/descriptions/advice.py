"""What was advised and what was done, by who the patient is: skin type and concern, and who got what was advised."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.within import UNKNOWN, exact_percent, ordered_levels
from analytics.domain.cohort import Cohort

MIX_COLUMNS = ("by", "level", "kind", "treatment", "count", "total")
AGREEMENT_COLUMNS = ("by", "level", "count", "total", "unknown", "percent", "conf_low", "conf_high")
BY = ("fitzpatrick", "skin_type", "concerns")  # who the patient is
BETWEEN = ";"  # of several concerns of a patient
ALL = "all"


def mix(cohort: Cohort) -> pd.DataFrame:
    """Patients by Fitzpatrick type, skin type and concern, and by treatment. MIX_COLUMNS.

    ``kind``: recommended (treatment = what was advised, or unknown) or delivered (treatment = the arm); ``total``:
    patients of the level. Who has several concerns, or other treatments on the sides, counts for each.
    """
    members = cohort.members
    rows: list[tuple] = []
    kinds = _kinds(cohort)
    for by in BY:
        told = _levels(members, by)
        if told is None:
            continue
        total = told.groupby("level")["patient"].nunique()
        counts = {kind: told.groupby(["level", column])["patient"].nunique().to_dict() for kind, column, _ in kinds}
        for level in ordered_levels(total.index, cohort, by):
            rows += [
                (by, level, kind, name, counts[kind].get((level, name), 0), total[level])
                for kind, _, names in kinds for name in names
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(MIX_COLUMNS)).astype({"count": "int64", "total": "int64"})


def _kinds(cohort: Cohort) -> list[tuple[str, str, list[str]]]:
    """(kind, its column, its treatments in order)."""
    found = [("delivered", "arm", list(cohort.plan.arms))]
    if "recommended_treatment" in cohort.members:
        said = advised(cohort.members["recommended_treatment"])
        column = "recommended_treatment"
        found = [("recommended", column, ordered_levels(said, cohort, column)), *found]
    return found


def _levels(members: pd.DataFrame, by: str) -> pd.DataFrame | None:
    """patient, arm, recommended_treatment, level: a row for each level that a patient is of; None if nobody knows."""
    if by == "concerns" and "concerns" not in members:
        by = "indication"
    if by not in members:
        return None
    said = members[by].fillna("").astype(str).replace("", UNKNOWN)
    if (said == UNKNOWN).all():
        return None
    kept = members[["patient", "arm"]].assign(level=said.str.split(BETWEEN))
    if "recommended_treatment" in members:
        kept["recommended_treatment"] = advised(members["recommended_treatment"])
    spread = kept.explode("level")
    return spread.assign(level=spread["level"].str.strip())


def advised(values: pd.Series) -> pd.Series:
    """What was recommended; a blank is unknown."""
    return values.fillna("").astype(str).replace("", UNKNOWN)


def agreement(cohort: Cohort) -> pd.DataFrame:
    """Patients who got what was recommended: ``all``, and by recommendation, arm, Fitzpatrick type and clinic.

    AGREEMENT_COLUMNS: ``count`` of ``total`` patients with a known recommendation, exact limits of the percent,
    ``unknown`` those without. A patient with other treatments on the sides got it if one side did.
    """
    members = cohort.members
    if "recommended_treatment" not in members or members.empty:
        return pd.DataFrame(columns=list(AGREEMENT_COLUMNS))
    said = advised(members["recommended_treatment"])
    given = (said == members["arm"]).groupby(members["patient"]).any()
    people = members.assign(recommended=said).groupby("patient").first().assign(given=given)
    rows = [(ALL, ALL, *_share(people, cohort))]
    for by, column in (("recommended", "recommended"), ("fitzpatrick", "fitzpatrick"), ("clinic", "clinic_id")):
        if column not in people:
            continue
        levels = people[column].fillna("").astype(str).replace("", UNKNOWN)
        names = ordered_levels(levels, cohort, "recommended_treatment" if by == "recommended" else column)
        rows += [(by, name, *_share(people[levels == name], cohort)) for name in names if len(names) > 1]
    whole = dict.fromkeys(("count", "total", "unknown"), "int64")
    return pd.DataFrame(rows, columns=list(AGREEMENT_COLUMNS)).astype(whole)


def _share(people: pd.DataFrame, cohort: Cohort) -> tuple:
    known = people[people["recommended"] != UNKNOWN]
    count = int(known["given"].sum())
    share = exact_percent(count, len(known), level=cohort.plan.confidence_level)
    return (count, len(known), len(people) - len(known), *share)
