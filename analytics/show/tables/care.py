"""Safety, eligibility, consultation and peel strength: counts with both their denominators, never a test."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import finite, hidden, planned, result
from analytics.show.runs import capital, lower, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import (
    NONE,
    Row,
    arm_heads,
    arms_present,
    empty,
    grid,
    part,
    percent_span,
    places,
    spoken,
    value,
)  # fmt: skip

CLASSES = {
    "expected": (
        "Expected reactions",
        "Reactions that belong to the treatment when they are gone within its usual days.",
    ),
    "adverse": ("Adverse events", "Everything else that was reported, and reactions that lasted longer than usual."),
}


def safety(source: Evidence, kind: str, *, group: str = "all") -> Block:
    """Events of one class per session and per patient, by treatment, with limits; a zero has its upper limit."""
    title, meaning = CLASSES[kind]
    rows = source.rows("safety", group=group, **{"class": kind})
    if not rows:
        return empty(
            f"{title}: none of this kind was reported, and no list of adverse events says that there were none."
        )
    body = []
    for event in dict.fromkeys(str(row["event"]) for row in rows):
        for row in (r for r in rows if r["event"] == event):
            body.append([_event(event), _after(source, str(row["treatment"])), *_rates(row)])
    head = ["Event", "Treatment", "Sessions with it", "Per session", "Patients with it", "Per patient", "Serious"]
    return grid(title, head, body, name=f"safety-{kind}", remark=f"{meaning} In brackets the likely range.", heads=2)


def _after(source: Evidence, treatment: str) -> Runs:
    return runs("No session known") if treatment == "unattributed" else names.arm_title(source, treatment)


def _event(event: str) -> Runs:
    return capital(name("any event" if event == "any" else spoken(event), "event"))


def _rates(row: Row) -> list[Runs]:
    sessions, patients = _of(row, "sessions_with", "sessions"), _of(row, "patients_with", "patients")
    return [
        sessions, _rate(row, "sessions_with", "per_session_percent", "session_low", "session_high"),
        patients, _rate(row, "patients_with", "patient_percent", "patient_low", "patient_high"),
        value("safety", row, "serious", "whole"),
    ]  # fmt: skip


def _of(row: Row, count: str, total: str) -> Runs:
    """ "41 of 203"; events that follow no known session have no denominator."""
    if finite(row[total]) and not row[total]:
        return value("safety", row, count, "whole")
    return runs(value("safety", row, count, "whole"), " of ", value("safety", row, total, "whole"))


def _rate(row: Row, count: str, percent: str, low: str, high: str) -> Runs:
    if finite(row[count]) and not row[count] and finite(row[high]):
        return runs("none; at most ", result("safety", row, high, "percent"), "\u00a0%")
    return percent_span("safety", row, percent, low, high)


def safety_by_skin(source: Evidence) -> Block:
    """Any adverse event by group of skin type: patients with it over all patients."""
    rows = [row for row in source.rows("safety", event="any", **{"class": "adverse"}) if row["group"] != "all"]
    if not rows:
        return empty("Events by skin type: the Fitzpatrick type was not recorded, or nothing was reported.")
    order = arms_present(source, rows, "treatment")
    body = []
    for group in dict.fromkeys(str(row["group"]) for row in rows):
        mine = {row["treatment"]: row for row in rows if row["group"] == group}
        cells = [_patients(mine[arm]) if arm in mine else runs(NONE) for arm in order]
        body.append([capital(names.population(source, group)), *cells])
    caption = "Patients with any adverse event, by skin type"
    return grid(caption, ["Skin type", *arm_heads(source, order)], body, name="safety-skin")


def _patients(row: Row) -> Runs:
    both = runs(value("safety", row, "patients_with", "whole"), " of ", value("safety", row, "patients", "whole"))
    if hidden((row["patients_with"], row["patients"])):
        return both
    return runs(both, ", ", _rate(row, "patients_with", "patient_percent", "patient_low", "patient_high"))


def recommended(source: Evidence) -> Block:
    """What was recommended against what was given."""
    rows = source.rows("consultation", table="recommended")
    if not rows:
        return empty("Recommended and given treatment cannot be set side by side: no consultation was recorded.")
    columns = [str(c) for c in dict.fromkeys(row["column"] for row in rows)]
    order = [arm for arm in source.plan.arms if arm in columns] + [c for c in columns if c not in source.plan.arms]
    body = []
    for line in dict.fromkeys(str(row["row"]) for row in rows):
        mine = {str(row["column"]): row for row in rows if row["row"] == line}
        cells = [part("consultation", mine[c], "count", "total") if c in mine else runs(NONE) for c in order]
        body.append([_answer(source, line), *cells])
    heads = [_answer(source, column) for column in order]
    remark = "Rows: recommended at the consultation. Columns: given. Shares are of the row's patients."
    return grid("Recommended and given", ["Recommended", *heads], body, name="recommended", remark=remark)


def _answer(source: Evidence, code: str) -> Runs:
    if code in source.vocabulary.treatments:
        return names.arm_title(source, code)
    return capital(name(spoken(code), "code"))


INSTRUCTIONS = {
    "instructions_given": "Instructions before treatment were given",
    "instructions_followed": "Instructions before treatment were followed",
    "concordance": "Given as recommended, and what came of it",
}


def instructions(source: Evidence, table: str) -> Block:
    """Whether instructions were given, or kept, by treatment."""
    rows = source.rows("consultation", table=table)
    title = INSTRUCTIONS[table]
    if not rows:
        return empty(f"{title}: not recorded.")
    columns = [str(c) for c in dict.fromkeys(row["column"] for row in rows)]
    body = []
    for line in dict.fromkeys(str(row["row"]) for row in rows):
        mine = {str(row["column"]): row for row in rows if row["row"] == line}
        cells = [part("consultation", mine[c], "count", "total") if c in mine else runs(NONE) for c in columns]
        body.append([_answer(source, line), *cells])
    heads = [_answer(source, column) for column in columns]
    return grid(title, ["", *heads], body, name=table.replace("_", "-"), remark="Shares are of the row's patients.")


LEVELS = {"block": "Should not have been treated", "warn": "Needed care", "note": "To be noted"}


def eligibility(source: Evidence) -> Block:
    """Sessions against the eligibility policy, by condition and level."""
    rows = source.rows("eligibility_counts")
    if not rows:
        return empty("No session met a condition of the eligibility policy, as far as the conditions were recorded.")
    totals = {row["arm"]: row for row in source.rows("arms")}
    order = sorted(rows, key=lambda row: list(LEVELS).index(row["level"]) if row["level"] in LEVELS else len(LEVELS))
    body = [_breach(source, row, totals.get(row["treatment"])) for row in order]
    head = ["Condition", "Treatment", "Level", "Sessions", "Patients"]
    where = "" if source.rounded_to else "The list with file and row is eligibility.csv. "
    remark = f"{where}A condition that was not recorded is not counted."
    return grid("Sessions against the policy", head, body, name="eligibility", remark=remark, heads=2, texts=(2,))


def _breach(source: Evidence, row: Row, arm: Row | None) -> list[object]:
    sessions, patients = (value("eligibility_counts", row, s, "whole") for s in ("sessions", "patients"))
    if arm is not None and row["sessions"] <= arm["sessions"] and row["patients"] <= arm["patients"]:
        sessions = runs(sessions, " of ", value("arms", arm, "sessions", "whole"))
        patients = runs(patients, " of ", value("arms", arm, "patients", "whole"))
    condition = capital(names.condition(row["condition"]))
    return [
        condition,
        names.arm_title(source, row["treatment"]),
        LEVELS.get(row["level"], row["level"]),
        sessions,
        patients,
    ]


def depth(source: Evidence, outcome: str) -> Block:
    """Responses by the depth class of the first peel: a description, not a comparison."""
    rows = source.rows("depth", outcome=outcome)
    entry = source.vocabulary.outcomes[outcome]
    if not rows:
        return empty("No peel with a known depth has a reading of ", names.things(entry), ".")
    count = places(rows, ("mean_change",))
    body = []
    for row in rows:
        people = value("depth", row, "n", "whole")
        responded = (
            runs(value("depth", row, "responders", "whole"), " of ", people) if finite(row["responders"]) else people
        )
        few = " (few)" if row["n"] < source.plan.minimum_cell else ""
        body.append([
            runs(capital(name(lower(spoken(row["depth"])), "depth")), few), names.visit(source,
            float(row["visit"])), responded,
            percent_span("depth", row, "percent", "conf_low", "conf_high"), value("depth", row, "mean_change",
            f"decimals:{count}"),
        ])  # fmt: skip
    remark = runs("Depth follows from agent, percent, layers and time; it was chosen, so nothing is compared. "
                  "Classes under ", planned(source.plan.minimum_cell, "plan.minimum_cell"),
                  " patients are marked.")  # fmt: skip
    head = ["Depth of peel", "Visit", "Responders of patients", "Share", "Average change"]
    return grid(names.label(entry), head, body, name=f"depth-{outcome}", remark=remark)


def outcomes_of(source: Evidence, table: str) -> Sequence[str]:
    """The outcomes that a table of the run speaks of, in its order."""
    return list(dict.fromkeys(str(row["outcome"]) for row in source.rows(table)))
