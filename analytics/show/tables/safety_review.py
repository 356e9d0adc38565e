"""Tables of the safety review: over time, by skin type, how severe, how long, and by whether instructions were kept."""

from __future__ import annotations

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import decimals, exact, finite, hidden, result
from analytics.show.runs import NBSP, capital, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import NONE, Row, empty, grid, part, spoken, value
from analytics.show.tables.data_quality import ELSEWHERE, held

ANY, ALL = "any", "all"
CLASSES = {"expected": "Expected reactions", "adverse": "Adverse events"}
NO_LIST = "no list of adverse events came with the data."
GRADES = {"1": "Mild", "2": "Moderate", "3": "Severe", "unknown": "Not recorded"}


def event(code: str) -> Runs:
    """An event as it stands at the head of a row."""
    return capital(name("any of them" if code == ANY else spoken(code), "event"))


def lacking(source: Evidence, table: str, what: str, why: str) -> Block | None:
    """The reason why a table is not there; None where it is."""
    if not held(source, table):
        return empty(f"{what}: ", ELSEWHERE)
    if not source.rows(table):
        return empty(f"{what}: ", why if source.rows("safety") else NO_LIST)
    return None


def treatment(source: Evidence, code: str) -> Runs:
    """A treatment at the head of a row; all of them together."""
    return runs("All treatments") if code == ALL else names.arm_title(source, code)


def exposure(source: Evidence, kind: str) -> Block:
    """Rates per 100 patient-weeks under treatment with exact limits."""
    title = f"{CLASSES[kind]} over time under treatment"
    why = lacking(source, "exposure", title, "the data have no dates, so there is no time to count them over.")
    if why is not None:
        return why
    rows = source.rows("exposure", group=ALL, **{"class": kind})
    body = [
        [
            event(code),
            names.arm_title(source, row["treatment"]),
            value("exposure", row, "events", "whole"),
            value("exposure", row, "weeks", "whole"),
            rate(row),
        ]
        for code in dict.fromkeys(str(r["event"]) for r in rows)
        for row in rows
        if row["event"] == code
    ]
    remark = (
        "Events, not patients: who had several counts for each. Weeks under treatment run from a session to the next, "
        "or to the last day on which anything was written down. In brackets the likely range; events of one patient go "
        "together, so the true range is wider."
    )
    head = ["Event", "Treatment", "Events", "Patient-weeks", runs("Per ", name("100", "exposure"), " patient-weeks")]
    return grid(title, head, body, name=f"exposure-{kind}", remark=remark, heads=2)


def rate(row: Row) -> Runs:
    """ "3.2 (2.6 to 4.0)"; nobody had it: "none; at most 0.5"."""
    if not finite(row["rate"]) or not finite(row["conf_high"]):
        return runs(NONE)
    if finite(row["events"]) and not row["events"]:
        return runs("none; at most ", result("exposure", row, "conf_high", "significant:2"))
    group = [exact(row[s]) for s in ("rate", "conf_low", "conf_high") if finite(row[s])]
    form = f"decimals:{decimals(group, digits=2, landmarks=[exact(0)])}"
    limits = runs(value("exposure", row, "conf_low", form), " to ", value("exposure", row, "conf_high", form))
    return runs(value("exposure", row, "rate", form), " (", limits, ")")


def by_skin(source: Evidence, kind: str) -> Block:
    """Patients and sessions with any reaction of a class, and the rate, by treatment and group of skin type."""
    title = f"{CLASSES[kind]} by skin type"
    rows = [r for r in source.rows("safety", event=ANY, **{"class": kind}) if r["group"] != ALL]
    if not rows:
        why = NO_LIST if not source.rows("safety") else "the Fitzpatrick type was not recorded."
        return empty(f"{title}: ", why)
    rates = {(r["treatment"], r["group"]): r for r in source.rows("exposure", event=ANY, **{"class": kind})}
    body = []
    for row in rows:
        timed = rates.get((row["treatment"], row["group"]))
        body.append(
            [
                names.arm_title(source, row["treatment"]),
                skin(str(row["group"])),
                limited(row, "sessions_with", "sessions", "per_session_percent", "session_low", "session_high"),
                limited(row, "patients_with", "patients", "patient_percent", "patient_low", "patient_high"),
                rate(timed) if timed is not None else runs(NONE),
            ]
        )
    head = [
        "Treatment",
        "Skin type",
        "Of sessions",
        "Of patients",
        runs("Per ", name("100", "exposure"), " patient-weeks"),
    ]
    remark = (
        "Fitzpatrick types. In brackets the likely range. Treatments were chosen by skin type too: darker skin "
        "may have been treated more gently, or watched more carefully."
    )
    return grid(title, head, body, name=f"skin-{kind}", remark=remark, heads=2)


def skin(group: str) -> Runs:
    """ "Types 1-3"."""
    return runs("Types ", name(group.partition("=")[2], "group"))


def limited(row: Row, count: str, total: str, percent: str, low: str, high: str, *, table: str = "safety") -> Runs:
    """ "41 of 203, 20 % (15 to 26)"; none: "none of 203; at most 2 %"."""
    if hidden((row[count], row[total])):
        return part(table, row, count, total)
    if not finite(row[count]) or not finite(row[total]) or not row[total]:
        return runs(NONE)
    whole = value(table, row, total, "whole")
    if not row[count]:
        return runs("none of ", whole, "; at most ", result(table, row, high, "percent"), f"{NBSP}%")
    to = f"{NBSP}to{NBSP}"
    limits = runs(value(table, row, low, "percent"), to, value(table, row, high, "percent"))
    middle = runs(value(table, row, percent, "percent"), f"{NBSP}%{NBSP}(", limits, ")")
    return runs(value(table, row, count, "whole"), " of ", whole, ", ", middle)


def severity(source: Evidence, kind: str) -> Block:
    """Events of a class by severity and treatment."""
    title = f"{CLASSES[kind]}: how severe"
    why = lacking(source, "severity", title, "no event follows a known session.")
    if why is not None:
        return why
    rows = source.rows("severity", **{"class": kind})
    rows = [row for row in rows if row["total"]]
    if not rows:
        return empty(f"{title}: none was reported.")
    body = []
    for code in dict.fromkeys(str(row["event"]) for row in rows):
        for arm in dict.fromkeys(str(row["treatment"]) for row in rows if row["event"] == code):
            mine = {str(r["severity"]): r for r in rows if r["event"] == code and r["treatment"] == arm}
            cells = [_graded(mine.get(grade)) for grade in GRADES]
            body.append([event(code), names.arm_title(source, arm), *cells])
    remark = (
        "Events, with their share of the line. Severe reactions are never expected ones: they stand among the events."
    )
    return grid(title, ["Event", "Treatment", *GRADES.values()], body, name=f"severity-{kind}", remark=remark, heads=2)


def _graded(row: Row | None) -> Runs:
    if row is None:
        return runs(NONE)
    if hidden((row["count"],)):
        return value("severity", row, "count", "whole")
    return part("severity", row, "count", "total") if row["count"] else runs("none")


def resolution(source: Evidence, kind: str) -> Block:
    """How long reactions and events lasted, those still there counted."""
    title = f"{CLASSES[kind]}: how long"
    why = lacking(source, "resolution", title, "nobody wrote down when one was gone, or the data have no dates.")
    if why is not None:
        return why
    rows = source.rows("resolution", **{"class": kind})
    if not rows:
        return empty(f"{title}: none was reported.")
    body = [
        [
            event(str(row["event"])),
            treatment(source, str(row["treatment"])),
            *(value("resolution", row, s, "whole") for s in ("events", "resolved", "open")),
            lasted(row),
            value("resolution", row, "ninetieth", "whole"),
        ]
        for code in dict.fromkeys(str(r["event"]) for r in rows)
        for row in rows
        if row["event"] == code
    ]
    remark = (
        "Days from onset (Kaplan-Meier), in brackets the likely range. What has no end written down counts as still "
        "there on the patient's last day in the data."
    )
    if kind == "adverse":
        remark += " A usual reaction counts as an adverse event when it lasts too long, which makes these long."
    head = ["Event", "Treatment", "Events", "Gone", "Not known to be gone", _gone("50"), _gone("90")]
    return grid(title, head, body, name=f"lasted-{kind}", remark=remark, heads=2)


def _gone(percent: str) -> Runs:
    return runs("Days until ", name(percent, "resolution"), f"{NBSP}% were gone")


def lasted(row: Row) -> Runs:
    """ "3 (2 to 4)" days; "3 (2 or more)" where the upper limit is open."""
    if not finite(row["median"]):
        return runs(NONE)
    middle = value("resolution", row, "median", "whole")
    if not finite(row["conf_low"]):
        return middle
    low = value("resolution", row, "conf_low", "whole")
    high = runs(" to ", value("resolution", row, "conf_high", "whole")) if finite(row["conf_high"]) else " or more"
    return runs(middle, " (", low, high, ")")


def instructions(source: Evidence, kind: str) -> Block:
    """Sessions followed by a reaction, by whether the instructions before them were kept."""
    title = f"{CLASSES[kind]} by whether instructions were kept"
    why = lacking(source, "instructions", title, "whether instructions were kept was not recorded.")
    if why is not None:
        return why
    body = []
    rows = source.rows("instructions", **{"class": kind})
    for code in dict.fromkeys(str(row["treatment"]) for row in rows):
        mine = {str(r["followed"]): r for r in rows if r["treatment"] == code}
        apart = source.row("instructions_difference", treatment=code, **{"class": kind})
        body.append([treatment(source, code), *(_after(mine.get(a)) for a in ("yes", "no", "unknown")), gap(apart)])
    remark = (
        "Sessions followed by one, of all such sessions. Difference: not kept minus kept, in percentage points, with "
        "its likely range; a patient's sessions go together; all treatments: within each. An association: who keeps "
        "instructions may differ in much else."
    )
    head = ["Treatment", "Kept", "Not kept", "Not known", "Difference"]
    return grid(title, head, body, name=f"instructions-{kind}", remark=remark)


def _after(row: Row | None) -> Runs:
    if row is None or not finite(row["sessions"]) or not row["sessions"]:
        return runs(NONE)
    return part("instructions", row, "sessions_with", "sessions")


def gap(row: Row | None) -> Runs:
    """ "+1.6 (-0.2 to +3.4)"."""
    if row is None or not finite(row["difference"]):
        return runs(NONE)
    group = [exact(row[s]) for s in ("difference", "conf_low", "conf_high")]
    form = f"signed:{decimals(group, digits=2, landmarks=[exact(0)])}"
    middle, low, high = (
        value("instructions_difference", row, s, form) for s in ("difference", "conf_low", "conf_high")
    )
    return runs(middle, " (", low, " to ", high, ")")


def serious(source: Evidence) -> Block:
    """Serious adverse events per session and per patient, none with its upper limit."""
    title = "Serious adverse events"
    why = lacking(source, "serious", title, NO_LIST)
    if why is not None:
        return why
    body = [
        [
            treatment(source, str(row["treatment"])),
            limited(
                row, "sessions_with", "sessions", "per_session_percent", "session_low", "session_high", table="serious"
            ),
            limited(
                row, "patients_with", "patients", "patient_percent", "patient_low", "patient_high", table="serious"
            ),
        ]
        for row in source.rows("serious")
    ]
    remark = "In brackets the likely range; where there was none, the most that the data allow."
    return grid(title, ["Treatment", "Of sessions", "Of patients"], body, name="serious", remark=remark)
