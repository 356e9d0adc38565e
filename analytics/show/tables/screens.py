"""Screens of the data-quality report: raters and devices that wander, figures rounded by hand, copied series."""

from __future__ import annotations

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import decimals, exact, finite
from analytics.show.runs import NBSP, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import Row, empty, grid, part, percent_span, span, value
from analytics.show.tables.data_quality import ELSEWHERE, MOST, fault, held

KINDS = {"rater": "Raters", "device": "Devices"}
COPIES = ("copied_patient", "id_spelling", "changed_person")


def drift(source: Evidence, kind: str) -> Block:
    """Raters or devices: how far the mean reading moved over the months, flagged ones first."""
    what = KINDS[kind]
    if not held(source, "raters"):
        return empty(f"{what}: ", ELSEWHERE)
    rows = [row for row in source.rows("raters", kind=kind) if finite(row["change"])]
    if not rows:
        return empty(f"{what}: not recorded, or too few readings or months to see whether one of them wanders.")
    main = [item.outcome for item in source.plan.primary]
    order = sorted((r for r in rows if r["flagged"] or r["outcome"] in main), key=lambda row: -row["flagged"])
    body = [_drift(source, row) for row in order[: 2 * MOST]]
    if not body:
        return empty(f"{what}: none was seen to wander, and none read a main outcome often enough to be shown.")
    remark = (
        "Each reading minus the mean of its treatment at that stage of the course; how far that moved from the first "
        "month to the last, with its likely range. Marked lines differ from no change even after "
        "allowing for all lines looked at. A screen: other patients in later months look the same."
    )
    caption = f"{what}: change over the months they took readings"
    if len(rows) > len(body):
        remark += " Marked lines and main outcomes come first; lines that are not shown are not marked."
    head = ["Who", "Outcome", "Readings", "Patients", "Months", "Change", "Likely between", ""]
    return grid(caption, head, body, name=f"drift-{kind}", remark=remark, heads=2, texts=(7,))


def _drift(source: Evidence, row: Row) -> list[Runs]:
    entry = source.outcome(str(row["outcome"]))
    limits = [exact(row[s]) for s in ("conf_low", "conf_high") if finite(row[s])]
    count = decimals(limits, digits=2, landmarks=[exact(0)])
    return [
        person(row),
        names.label(entry),
        *(value("raters", row, s, "whole") for s in ("readings", "patients", "months")),
        runs(value("raters", row, "change", f"signed:{count}"), names.unit(entry)),
        span("raters", row, "conf_low", "conf_high", count),
        runs("look" if row["flagged"] else "–"),
    ]


def person(row: Row) -> Runs:
    """Clinic and rater."""
    where = runs(name(row["clinic"], "clinic"), ": ") if row["clinic"] else ()
    return runs(where, name(row["who"], "who"))


def rounded(source: Evidence) -> Block:
    """Readings that end in 0 or 5, by outcome and clinic."""
    if not held(source, "digits"):
        return empty("Rounded readings: ", ELSEWHERE)
    rows = source.rows("digits")
    if not rows:
        return empty("Rounded readings: no outcome has enough readings with a last digit that could show it.")
    order = sorted(rows, key=lambda row: -row["percent"] if finite(row["percent"]) else 0.0)
    body = [
        [
            names.label(source.outcome(str(row["outcome"]))),
            name(row["clinic"], "clinic") if row["clinic"] else runs("All"),
            part("digits", row, "rounded", "readings"),
            percent_span("digits", row, "percent", "conf_low", "conf_high"),
        ]
        for row in order[:MOST]
    ]
    remark = runs("Chance alone gives about ", name("20", "chance"), f"{NBSP}%. Scales of few steps are left out.")
    caption = runs("Readings whose last digit is ", name("0", "digits"), " or ", name("5", "digits"))
    return grid(
        caption, ["Outcome", "Clinic", "Rounded", "Share (likely range)"], body, name="rounded", remark=remark, heads=2
    )


def copies(source: Evidence) -> Block:
    """Whole series that repeat another patient's, and persons who may be one."""
    if not held(source, "quality"):
        return empty("Copied readings: ", ELSEWHERE)
    rows = source.rows("quality", rule=COPIES)
    if not rows:
        return empty("No patient's readings repeat another's, and no two ids look like one person.")
    body = [
        [fault(str(row["rule"]), 2), name(row["file"], "files"), value("quality", row, "rows", "whole")] for row in rows
    ]
    remark = "The rows are used as they are: whether they were copied, the clinic must say."
    return grid(
        "Copied series and doubtful persons", ["What", "File", "Rows"], body, name="copies", remark=remark, texts=(1,)
    )
