"""The answers on page one of the safety review: what happened, in how many, for how long, and in whom."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Answer, Number, Paragraph, Runs, Text
from analytics.show import names
from analytics.show.numbers import decimals, exact, finite, hidden, result, results
from analytics.show.runs import NBSP, listed, name, runs
from analytics.show.sections.sure import breaches
from analytics.show.stories import Evidence, Row
from analytics.show.tables.cells import spoken
from analytics.show.tables.safety_review import ALL, ANY


def answers(source: Evidence) -> tuple[Answer, ...]:
    """All that can be answered; nothing where no list of adverse events came with the data."""
    found = (
        _serious(source),
        _adverse(source),
        _expected(source),
        _lasting(source),
        _skin(source),
        _instructions(source),
        _breached(source),
    )
    return tuple(answer for answer in found if answer is not None)


def any_rows(source: Evidence, kind: str, *, event: str = ANY, group: str = ALL) -> list[Row]:
    """One row per treatment, events of no known session left out."""
    rows = source.rows("safety", group=group, event=event, **{"class": kind})
    return [row for row in rows if row["treatment"] != "unattributed"]


def summed(rows: Sequence[Row], statistic: str) -> float:
    """Sum over rows of the safety table; what is not told counts for nothing."""
    return sum(float(row[statistic]) for row in rows if finite(row[statistic]))


def total(rows: Sequence[Row], statistic: str) -> Number:
    """The same sum as a number with its rows."""
    return results([("safety", row, statistic) for row in rows], "sum whole")


def _per(rows: Sequence[Row], source: Evidence, unit: str) -> Runs:
    """ "after chemical peel 31 of 255 patients (12 %, likely between 8 % and 17 %)" for every treatment."""
    low, high = ("patient_low", "patient_high") if unit == "patients" else ("session_low", "session_high")
    percent = "patient_percent" if unit == "patients" else "per_session_percent"
    parts = []
    for row in rows:
        hit, whole = row[f"{unit}_with"], row[unit]
        if not finite(whole) or not whole:
            continue
        whole_number = result("safety", row, unit, "whole")
        after = runs("after ", names.arm(source, str(row["treatment"])), " ")
        if finite(hit) and not hit:
            parts.append(
                runs(after, "none of ", whole_number, " (at most ", result("safety", row, high, "percent"), f"{NBSP}%)")
            )
            continue
        count = result("safety", row, f"{unit}_with", "whole")
        limits = (
            ()
            if not finite(row[percent])
            else runs(
                " (",
                result("safety", row, percent, "percent"),
                f"{NBSP}%, likely between ",
                result("safety", row, low, "percent"),
                f"{NBSP}% and ",
                result("safety", row, high, "percent"),
                f"{NBSP}%)",
            )
        )
        parts.append(runs(after, count, " of ", whole_number, limits))
    return listed(parts)


def _tag(*parts: object, mood: str = "none") -> Paragraph:
    return Paragraph(runs(*parts), role="tag", mood=mood)


def _serious(source: Evidence) -> Answer | None:
    """Serious adverse events over everybody; none with the most that the data allow."""
    row = source.row("serious", treatment=ALL)
    if row is None or not finite(row["patients_with"]) or not row["patients"]:
        return None
    whole = result("serious", row, "patients", "whole")
    high = runs(result("serious", row, "patient_high", "percent"), f"{NBSP}%")
    if not row["patients_with"]:
        text = runs(
            "None of ",
            whole,
            " treated patients; with so many, at most ",
            high,
            " of patients could have had such an event and none been seen.",
        )
        return Answer(runs("Serious adverse events"), _tag("none reported", mood="better"), text)
    limits = runs(" (likely between ", result("serious", row, "patient_low", "percent"), f"{NBSP}% and ", high, ").")
    count = result("serious", row, "patients_with", "whole")
    text = runs(count, " of ", whole, " treated patients had such an event", limits)
    return Answer(runs("Serious adverse events"), _tag("look at each", mood="unknown"), text)


def _adverse(source: Evidence) -> Answer | None:
    rows = any_rows(source, "adverse")
    if not rows:
        return None
    had = summed(rows, "patients_with")
    top = _most(source, "adverse")
    small = runs("Most often: ", top, ".") if top else ()
    tag = _tag("none reported", mood="better") if not had else _tag(total(rows, "sessions_with"), " sessions with any")
    text = runs("Patients with an adverse event: ", _per(rows, source, "patients"), ".")
    return Answer(runs("Adverse events"), tag, text, small)


def _most(source: Evidence, kind: str) -> Runs:
    """The most frequent events of a class, with the sessions they followed."""
    found: dict[str, list[Row]] = {}
    for row in source.rows("safety", group=ALL, **{"class": kind}):
        if row["event"] != ANY and row["treatment"] != "unattributed":
            found.setdefault(str(row["event"]), []).append(row)
    often = sorted(found.items(), key=lambda item: (-summed(item[1], "sessions_with"), item[0]))[:3]
    return listed(
        [
            runs(name(spoken(code), "event"), " (", total(rows, "sessions_with"), " sessions)")
            for code, rows in often
            if all(finite(row["sessions_with"]) for row in rows) and summed(rows, "sessions_with")
        ]
    )


def _expected(source: Evidence) -> Answer | None:
    rows = any_rows(source, "expected")
    if not rows:
        return None
    top = _most(source, "expected")
    tag = _tag(total(rows, "sessions_with"), " sessions") if summed(rows, "sessions_with") else _tag("none reported")
    text = runs("Sessions followed by a usual reaction: ", _per(rows, source, "sessions"), ".")
    return Answer(runs("Expected reactions"), tag, text, runs("Most often: ", top, ".") if top else ())


def _lasting(source: Evidence) -> Answer | None:
    rows = {str(row["class"]): row for row in source.rows("resolution", treatment=ALL, event=ANY)}
    if not rows:
        return None
    parts = [
        runs(what, " typically ", result("resolution", rows[kind], "median", "whole"), " days", _until(rows[kind]))
        for kind, what in (("expected", "expected reactions"), ("adverse", "adverse events"))
        if kind in rows and finite(rows[kind]["median"])
    ]
    lasting = [row for row in rows.values() if finite(row["open"]) and row["open"]]
    tag = _tag("all gone", mood="better")
    if any(hidden((row["open"],)) for row in rows.values()):
        tag = _tag("few or not told here")
    elif lasting:
        cells = [("resolution", row, "open") for row in lasting]
        tag = _tag(results(cells, "sum whole"), " not known to be gone", mood="unknown")
    text = runs("From onset until gone: ", listed(parts), ".") if parts else runs("How long they lasted is not known.")
    return Answer(runs("How long they lasted"), tag, text)


def _until(row: Row) -> Runs:
    if not finite(row["ninetieth"]):
        return ()
    return runs(
        " (", name("90", "resolution"), f"{NBSP}% within ", result("resolution", row, "ninetieth", "whole"), ")"
    )


def _skin(source: Evidence) -> Answer | None:
    """The treatment with the most adverse events, in lighter and in darker skin."""
    rows = [r for r in source.rows("safety", event=ANY, **{"class": "adverse"}) if r["group"] != ALL]
    rows = [row for row in rows if finite(row["patients_with"]) and row["patients"]]
    if not rows:
        return None
    arms = dict.fromkeys(str(row["treatment"]) for row in rows)
    top = max(arms, key=lambda arm: summed([r for r in rows if r["treatment"] == arm], "patients_with"))
    mine = [row for row in rows if row["treatment"] == top]
    parts = [runs(_group(row)) for row in mine]
    text = runs("Adverse events after ", names.arm(source, top), ", by Fitzpatrick type: ", listed(parts), ".")
    return Answer(runs("Skin type"), _tag("as observed"), text)


def _group(row: Row) -> Runs:
    whole = result("safety", row, "patients", "whole")
    group = runs("in types ", name(str(row["group"]).partition("=")[2], "group"), " ")
    limits = runs(
        result("safety", row, "patient_low", "percent"),
        f"{NBSP}% and ",
        result("safety", row, "patient_high", "percent"),
        f"{NBSP}%",
    )
    if not row["patients_with"]:
        return runs(
            group,
            "none of ",
            whole,
            " patients (at most ",
            result("safety", row, "patient_high", "percent"),
            f"{NBSP}%)",
        )
    return runs(
        group, result("safety", row, "patients_with", "whole"), " of ", whole, " patients (likely between ", limits, ")"
    )


def _instructions(source: Evidence) -> Answer | None:
    rows = {str(r["followed"]): r for r in source.rows("instructions", treatment=ALL, **{"class": "adverse"})}
    kept, broken = rows.get("yes"), rows.get("no")
    if kept is None or broken is None or not (kept["sessions"] and broken["sessions"]):
        return None
    if not all(finite(row[s]) for row in (kept, broken) for s in ("sessions", "sessions_with")):
        return None
    parts = [
        runs(
            result("instructions", row, "sessions_with", "whole"),
            " of ",
            result("instructions", row, "sessions", "whole"),
            f" sessions where they were {what}",
        )
        for row, what in ((broken, "not kept"), (kept, "kept"))
    ]
    apart = source.row("instructions_difference", treatment=ALL, **{"class": "adverse"})
    tag, size = _tag("no difference shown"), runs(" An association.")
    if apart is not None and finite(apart["conf_low"]):
        size = _points(apart)
        if apart["conf_low"] > 0 or apart["conf_high"] < 0:
            tag = _tag("more where not kept" if apart["conf_low"] > 0 else "fewer where not kept", mood="unknown")
    else:
        tag = _tag("too few to say", mood="unknown")
    text = runs("Adverse events followed ", listed(parts), ".", size)
    return Answer(runs("Instructions before treatment"), tag, text)


def _points(row: Row) -> Runs:
    """What the difference may be, treatments compared within themselves."""
    group = [exact(row[s]) for s in ("conf_low", "conf_high")]
    form = f"signed:{decimals(group, digits=2, landmarks=[exact(0)])}"
    low, high = (result("instructions_difference", row, s, form) for s in ("conf_low", "conf_high"))
    return runs(
        " Within each treatment the data fit a difference from ",
        low,
        " to ",
        high,
        " percentage points where they were not kept: an association, not an effect.",
    )


def _breached(source: Evidence) -> Answer | None:
    found = breaches(source)
    if not found:
        return None
    return Answer(runs("Who was treated"), _tag("against the policy", mood="unknown"), _stripped(found[1:]))


def _stripped(content: Runs) -> Runs:
    """Without the space at the start."""
    first = content[0]
    return runs(first.text.lstrip(), *content[1:]) if isinstance(first, Text) else content
