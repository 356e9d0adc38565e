"""A Cohort as a page: from rows to patients and why some left, who has which treatment, and what was read when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.domain import patients
from analytics.domain.display.digits import NONE, short
from analytics.domain.display.page import Grid, Page, counted

if TYPE_CHECKING:
    from analytics.domain.cohort import Cohort

HEAD, MOST_COVARIATES, MOST_LEFT = 5, 4, 5
DESIGNS = {"parallel": "one treatment", "split_face": "different treatments on the sides"}


def cohort_page(cohort: Cohort) -> Page:
    """Who is compared, on what, and who is not."""
    members, plan = cohort.members, cohort.plan
    whole = counted(int(members["patient"].nunique()), "patient")
    lines = [
        f"Primary outcomes: {', '.join(item.outcome for item in plan.primary) or 'none'}; primary visit: "
        f"{_visit(cohort, plan.visits.last)}; {'own plan' if cohort.planned else 'the default plan'}.",
        f"Adjusted for: {', '.join(cohort.covariates) or 'nothing'}.",
        *(f"Note: {note}." for note in cohort.notes),
    ]
    return Page(
        f"Cohort: {whole} compared, {counted(len(plan.arms), 'treatment')}.",
        lines,
        [_flow(cohort), _arms(cohort), _outcomes(cohort), _members(cohort), _left(cohort)],
        f"{patients.TO_FRAME} Next: oc.describe(cohort), oc.compare(cohort, outcome=...), oc.explore(cohort).",
    )


def _visit(cohort: Cohort, week: float) -> str:
    return f"{'visit' if cohort.style == 'trial' else 'week'} {week:g}"


def _flow(cohort: Cohort) -> Grid:
    """Every step of rows and patients, and the reasons that took somebody out."""
    flow = cohort.flow[(cohort.flow["unit"] != "readings") & (cohort.flow["arm"].fillna("") == "")]
    rows = []
    for step, unit, count, reason in zip(flow["step"], flow["unit"], flow["count"], flow["reason"].fillna("")):
        if count or not reason:
            one = "row" if unit == "rows" else "patient"
            rows.append((f"− {reason}" if reason else step.replace("_", " "), counted(int(count), one)))
    return Grid("From rows to patients", ("Step", "How many"), rows)


def _arms(cohort: Cohort) -> Grid:
    """Patients and sides by treatment and design."""
    members, words = cohort.members, cohort.vocabulary.treatments
    designs = [design for design in DESIGNS if (members["design"] == design).any()]
    rows = []
    for arm in cohort.plan.arms:
        own = members[members["arm"] == arm]
        counts = [f"{own.loc[own['design'] == design, 'patient'].nunique():,}" for design in designs]
        rows.append((words[arm].label if arm in words else arm, *counts, short(float(own["sessions"].median()))))
    note = "A patient with different treatments on the sides counts for each of them." if len(designs) > 1 else ""
    return Grid(
        "Patients by treatment", ("Treatment", *(DESIGNS[d] for d in designs), "Median sessions"), rows, note=note
    )


def _outcomes(cohort: Cohort) -> Grid:
    """Patients with a reading at each visit, of all compared; the unit of each outcome."""
    table, weeks = cohort.table, [0.0, *cohort.plan.visits.weeks]
    seen = table.groupby(["outcome", "visit"])["patient"].nunique()
    named = [item.outcome for item in cohort.plan.outcomes]
    read = set(table["outcome"])
    rows = []
    for name in (*named, *(o for o in cohort.vocabulary.outcomes if o in read and o not in named)):
        entry = cohort.outcome(name)
        counts = [f"{seen.get((name, week), 0):,}" if (name, week) in seen.index else NONE for week in weeks]
        rows.append((name, entry.unit or "score", {"none": ""}.get(entry.direction, entry.direction), *counts))
    heads = ("Outcome", "Unit", "Better is", "start", *(_visit(cohort, week) for week in cohort.plan.visits.weeks))
    total = cohort.members["patient"].nunique()
    return Grid(f"Patients with a reading, of {total:,}", heads, rows, heads=3)


def _members(cohort: Cohort) -> Grid:
    members, sifted = cohort.members, cohort.sifted
    own = sifted.patient_numbers.reindex(members["patient"]).to_numpy()
    top = members.assign(number=own).sort_values("number", kind="stable").head(HEAD)
    dated, sides = top["start"].notna().any(), (members["side"] != "").any()
    names = list(cohort.covariates)[:MOST_COVARIATES]
    columns: list[Any] = [[patients.label(number) for number in top["number"]], list(top["arm"])]
    columns += [[str(side) for side in top["side"]]] if sides else []
    columns += [[f"{start:%Y-%m-%d}" for start in top["start"]]] if dated else []
    columns += [[_cell(value) for value in top[name]] for name in ("sessions", *names)]
    heads = ["Patient", "Treatment", *(["Side"] if sides else []), *(["Start"] if dated else [])]
    rows = list(zip(*columns))
    more = f"{counted(len(members), 'row')} in all, one per patient or side."
    return Grid("First patients", (*heads, "Sessions", *names), rows, heads=len(heads), note=more)


def _cell(value: Any) -> str:
    return short(float(value)) if isinstance(value, (int, float)) else "" if pd.isna(value) else str(value)


def _left(cohort: Cohort) -> Grid:
    """The first patients who are not compared, and why."""
    gone = cohort.excluded
    reasons = dict(zip(cohort.flow["step"], cohort.flow["reason"].fillna("")))
    own = cohort.sifted.patient_numbers.reindex(gone["patient"]).to_numpy()
    ordered = gone.assign(number=own).sort_values(["number", "reason"], kind="stable")
    rows = [
        (patients.label(number), reasons.get(reason) or str(reason).replace("_", " "))
        for number, reason in zip(ordered["number"].head(MOST_LEFT), ordered["reason"].head(MOST_LEFT))
    ]
    return Grid("Not compared", ("Patient", "Why"), rows, heads=2, note="".join(_more(len(gone))))


def _more(count: int) -> Iterator[str]:
    if count > MOST_LEFT:
        yield f"{counted(count, 'patient')} in all."
