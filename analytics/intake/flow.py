"""From rows received to patients analysed: every exclusion with count and reason, and the counts by arm and visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analytics.domain.cohort import FLOW_COLUMNS, Cohort
from analytics.domain.dataset import Sifted
from analytics.intake.design import REASONS
from analytics.intake.records import Records

NO_TREATMENT = "no session of a treatment of the plan"
AFTER_CUTOFF = "dated after the cut-off"


def row_steps(sifted: Sifted, records: Records) -> list[tuple]:
    """Lines of the sessions table: received, set aside, accepted, after the cut-off, used."""
    counts = sifted.rows
    return [
        ("received", "rows", counts["received"], "", ""),
        ("set_aside", "rows", counts["quarantined"], "broke a rule of the data", ""),
        ("accepted", "rows", counts["accepted"], "", ""),
        ("after_cutoff", "rows", records.late, AFTER_CUTOFF, ""),
        ("used", "rows", counts["accepted"] - records.late, "", ""),
    ]


def patient_steps(records: Records, units: pd.DataFrame, reason: pd.Series, arms: Iterable[str]) -> list[tuple]:
    """Patients seen, treated by an arm of the plan, left out for one reason after the other, analysed; also by arm."""
    seen = records.rows["patient"].nunique()
    treated = units["patient"].nunique()
    steps: list[tuple] = [
        ("patients_seen", "patients", seen + len(records.late_patients), "", ""),
        ("after_cutoff", "patients", len(records.late_patients), AFTER_CUTOFF, ""),
        ("no_treatment", "patients", seen - treated, NO_TREATMENT, ""),
    ]
    given = pd.DataFrame({"patient": units["patient"], "arm": units["given"].str.split(";"), "reason": reason})
    by_arm = given.explode("arm")
    for step, why in (("treated", ""), *REASONS.items(), ("analysed", "")):
        steps.append((step, "patients", _count(given, step), why, ""))
        for arm in arms:
            steps.append((step, "patients", _count(by_arm[by_arm["arm"] == arm], step), why, arm))
    return steps


def _count(frame: pd.DataFrame, step: str) -> int:
    """Patients at a step: all treated, those whose last remaining unit goes by this reason, those who remain."""
    if step == "treated":
        return int(frame["patient"].nunique())
    fate = fates(frame)
    return int((fate == ("" if step == "analysed" else step)).sum())


def fates(units: pd.DataFrame) -> pd.Series:
    """Reason by patient: "" where a unit remains, else the reason by which the last remaining unit went."""
    rank = {name: i for i, name in enumerate([*REASONS, ""])}
    last = units["reason"].map(rank).groupby(units["patient"]).max()
    names = [*REASONS, ""]
    return last.map(lambda i: names[int(i)])


def without_number(members: pd.DataFrame, kinds: Mapping[str, str], arms: Iterable[str]) -> list[tuple]:
    """Analysed patients whom the adjusted comparison leaves out: a number among the covariates is not recorded."""
    numbers = [name for name, kind in kinds.items() if kind == "number"]
    lacking = members[members[numbers].isna().any(axis=1)]
    counts = [("", lacking["patient"].nunique())]
    counts += [(arm, lacking.loc[lacking["arm"] == arm, "patient"].nunique()) for arm in arms]
    why = f"{' or '.join(numbers)} not recorded: left out where it is adjusted for" if numbers else ""
    return [("without_covariate", "patients", int(n), why, arm) for arm, n in counts] if numbers else []


def unplaced(records: Records, readings: pd.DataFrame, units: pd.DataFrame) -> list[tuple]:
    """All readings of the analysed patients, and those that belong to none of their analysed units."""
    patient = records.readings["row"].map(records.rows["patient"])
    mine = int(patient.isin(units["patient"]).sum())
    placed = int(readings["unit"].isin(units.index).sum())
    why = "of no arm: no side named between different treatments, or skin that is not analysed"
    return reading_steps([("readings", mine, ""), ("no_arm", mine - placed, why)])


def reading_steps(steps: Iterable[tuple[str, int, str]]) -> list[tuple]:
    """Readings of analysed patients: every one is a baseline, at a visit, or not used for a named reason."""
    return [(step, "readings", int(count), reason, "") for step, count, reason in steps]


def frame(steps: Iterable[tuple]) -> pd.DataFrame:
    """Steps as FLOW_COLUMNS."""
    found = pd.DataFrame(list(steps), columns=list(FLOW_COLUMNS))
    return found.astype({"count": "int64", **{c: object for c in FLOW_COLUMNS if c != "count"}})


def count(cohort: Cohort, step: str, *, unit: str = "patients", arm: str = "") -> int:
    """The count of one step of the flow, 0 where it is absent."""
    rows = cohort.flow[(cohort.flow["step"] == step) & (cohort.flow["unit"] == unit) & (cohort.flow["arm"] == arm)]
    return int(rows["count"].sum())


def arms(cohort: Cohort) -> pd.DataFrame:
    """Counts by arm of the plan: patients, units, sessions, who lacks what, who switched, stopped or was left out."""
    seen = _primary_seen(cohort)
    rows = []
    for arm in cohort.plan.arms:
        members = cohort.members[cohort.members["arm"] == arm]
        sessions = members.groupby("patient")["sessions"].max()
        patients = set(members["patient"])
        lacking, only = _lacking(cohort, patients, seen[seen["arm"] == arm])
        rows.append({
            "arm": arm,
            "patients": len(patients),
            "units": len(members),
            "sessions": sessions.sum() if len(sessions.dropna()) or sessions.empty else np.nan,
            "median_sessions": sessions.median(),
            "no_baseline": lacking,
            "baseline_only": only,
            "switched": members.loc[members["switched"], "patient"].nunique(),
            "stopped": members.loc[members["stopped"], "patient"].nunique(),
            "prevalent": count(cohort, "prevalent", arm=arm),
            "combined": count(cohort, "combined", arm=arm),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _primary_seen(cohort: Cohort) -> pd.DataFrame:
    primary = [item.outcome for item in cohort.plan.primary]
    return cohort.table[cohort.table["outcome"].isin(primary) & cohort.table["value"].notna()]


def _lacking(cohort: Cohort, patients: set[str], seen: pd.DataFrame) -> tuple[int, int]:
    """Patients without baseline of any primary outcome that needs one; those with a baseline and nothing after it."""
    needed = [i.outcome for i in cohort.plan.primary if cohort.outcome(i.outcome).baseline == "before"]
    based = set(seen.loc[(seen["visit"] == 0) & seen["outcome"].isin(needed), "patient"])
    followed = set(seen.loc[seen["visit"] > 0, "patient"])
    return (len(patients - based) if needed else 0), len((patients & based) - followed)


def visits(cohort: Cohort) -> pd.DataFrame:
    """Per outcome, visit, population and arm: patients seen, patients of the arm, median days since a session."""
    rows = []
    read = cohort.table[cohort.table["value"].notna()]
    for population in cohort.populations:
        members, table = within(cohort.members, population), within(read, population)
        whole = members.groupby("arm")["patient"].nunique()
        by = table.groupby(["outcome", "visit", "arm"])
        seen, days = by["patient"].nunique(), by["days_since_session"].median()
        for outcome in cohort.table["outcome"].unique():
            start = [0.0] if (table["outcome"].eq(outcome) & table["visit"].eq(0)).any() else []
            for visit in (*start, *cohort.plan.visits.weeks):
                for arm in cohort.plan.arms:
                    key = (outcome, float(visit), arm)
                    rows.append((outcome, float(visit), population, arm, int(seen.get(key, 0)), int(whole.get(arm, 0)),
                                 float(days.get(key, np.nan))))  # fmt: skip
    names = ["outcome", "visit", "population", "arm", "seen", "cohort", "median_days_since_session"]
    return pd.DataFrame(rows, columns=names)


def within(rows: pd.DataFrame, population: str) -> pd.DataFrame:
    """The rows of one of the cohort's populations (all, or a design)."""
    return rows if population == "all" else rows[rows["design"] == population.removeprefix("design=")]


def incomplete_pairs(cohort: Cohort) -> pd.DataFrame:
    """Split-face patients of whom only one side was read: outcome, visit, patient, side and arm that was read."""
    table = cohort.table
    read = table[(table["design"] == "split_face") & table["value"].notna() & (table["visit"] > 0)]
    lone = read.groupby(["outcome", "visit", "patient"])["arm"].transform("nunique") < 2
    return read.loc[lone, ["outcome", "visit", "patient", "side", "arm"]].reset_index(drop=True)
