"""What rules cannot see: readings that are missing, raters who wander, figures rounded by hand, series copied."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Number, Runs
from analytics.show import names
from analytics.show.numbers import JOIN, finite, number, result, results, row_id
from analytics.show.runs import NBSP, listed, name, runs, strong
from analytics.show.stories import Evidence, Row
from analytics.show.tables import data_quality as tables
from analytics.show.tables.screens import person

MOST = 3  # raters that are named


def unseen(source: Evidence) -> tuple[Runs, ...]:
    found = (seen(source), absent(source), wandering(source), rounding(source), copied(source))
    return tuple(item for item in found if item)


def seen(source: Evidence) -> Runs:
    """What rules can find."""
    return runs(
        strong("Rules see what cannot be true."), " What is wrong but could be right passes. Nothing was guessed."
    )


def absent(source: Evidence) -> Runs:
    """Patients due at the primary visit without a reading of the first main outcome, and after which treatment."""
    item = next(iter(source.plan.primary), None)
    populations = tables.populations(source)
    if item is None or not populations:
        return ()
    rows = [
        row
        for row in source.rows(
            "missing", outcome=item.outcome, visit=source.plan.visits.last, population=populations[0]
        )
        if finite(row["n"]) and row["n"]
    ]
    about, at = names.things(source.outcome(item.outcome)), names.visit(source, source.plan.visits.last)
    if not rows:
        return runs(strong("Missing readings."), " Nobody was due to have ", about, " read at ", at, ".")
    gone, due = ([("missing", row, s) for row in rows] for s in ("missing", "n"))
    if source.rounded_to:
        return _coarse(source, rows, runs(" No reading of ", about, " at ", at))
    if not all(finite(row["missing"]) for row in rows) or not sum(row["missing"] for row in rows):
        return runs(strong("Missing readings."), " Everybody who was due at ", at, " has a reading of ", about, ".")
    both = runs(
        results(gone, "sum whole"),
        " of ",
        results(due, "sum whole"),
        " due at ",
        at,
        " (",
        results([*gone, *due], "share percent"),
        f"{NBSP}%)",
    )
    where = _most(source, rows) if len(rows) > 1 else ()
    return runs(strong("Missing readings."), " No reading of ", about, ": ", both, where, ".")


def _coarse(source: Evidence, rows: Sequence[Row], what: Runs) -> Runs:
    """Shares of told counts, treatment by treatment, in a copy for outside."""
    parts = [
        runs(names.arm(source, str(row["arm"])), " ",
             results([("missing", row, "seen"), ("missing", row, "n")], "lost_share percent"), f"{NBSP}% of ",
             result("missing", row, "n", "whole"))
        for row in rows if finite(row["seen"])
    ]  # fmt: skip
    if not parts:
        return runs(strong("Missing readings."), " How many are missing is not shown in this copy.")
    return runs(strong("Missing readings."), what, ": after ", listed(parts), ".")


def _most(source: Evidence, rows: Sequence[Row]) -> Runs:
    """After which treatment most are missing; nothing for few patients or where all treatments print alike."""
    shares = [results([("missing", row, "missing"), ("missing", row, "n")], "share percent") for row in rows]
    share, most = max(zip(shares, rows), key=lambda pair: pair[1]["missing"] / pair[1]["n"])
    if most["missing"] < source.plan.minimum_cell or all(each.text == share.text for each in shares):
        return ()
    return runs(", most often after ", names.arm(source, str(most["arm"])), " (", share, f"{NBSP}%)")


def wandering(source: Evidence) -> Runs:
    """Raters and devices whose readings moved over the months."""
    rows = [row for row in source.rows("raters") if finite(row["change"])]
    if not rows:
        return runs(strong("Raters and devices."), " Not recorded, or too few readings to see any of them wander.")
    looked = _counted(rows)
    marked = [row for row in rows if row["flagged"]]
    if not marked:
        return runs(
            strong("Raters and devices."),
            " None was seen to wander over the months, in ",
            looked,
            " looks (a rater or device and an outcome each).",
        )
    some = listed(
        [runs(person(row), " (", names.things(source.outcome(str(row["outcome"]))), ")") for row in marked[:MOST]]
    )
    more = "" if len(marked) <= MOST else " and others"
    return runs(
        strong("Raters and devices."),
        " The readings of ",
        some,
        more,
        " moved over the months more than chance explains, in ",
        looked,
        " looks. Other patients in other months may be the reason.",
    )


def _counted(rows: Sequence[Row]) -> Number:
    ids = [row_id("raters", row, "change") for row in rows]
    return number([row["change"] for row in rows], "count whole", ref=JOIN.join(ids))


def rounding(source: Evidence) -> Runs:
    """Columns that look rounded by hand; the clearest outcome."""
    named = source.rows("faults", rule="digit_preference")
    rows = [row for row in source.rows("digits") if finite(row["percent"])]
    top = max(rows, key=lambda row: row["percent"], default=None)
    if not named:
        if top is None:
            return ()
        return runs(strong("Rounding."), " No outcome looks rounded by hand.")
    most: Runs = ()
    if top is not None:
        where = runs(" in ", name(top["clinic"], "clinic")) if top["clinic"] else ()
        most = runs(
            " Most: ",
            names.things(source.outcome(str(top["outcome"]))),
            where,
            ", where ",
            result("digits", top, "percent", "percent"),
            f"{NBSP}% of the readings end in a round figure.",
        )
    return runs(
        strong("Rounding."),
        " Columns that look rounded by hand: ",
        results([("faults", row, "count") for row in named], "sum whole"),
        ".",
        most,
    )


def copied(source: Evidence) -> Runs:
    """Series that repeat another patient's."""
    if not tables.held(source, "quality"):
        return ()
    rows = source.rows("quality", rule="copied_patient")
    if not rows:
        return runs(strong("Copies."), " No patient's readings repeat another's.")
    many = results([("quality", row, "rows") for row in rows], "sum whole")
    total = sum(row["rows"] for row in rows)
    repeat = " patient's readings repeat another's" if total == 1 else " patients' readings repeat another's"
    return runs(
        strong("Copies."),
        " ",
        many,
        repeat,
        " from first to last; they are used until the clinic says that they were copied.",
    )
