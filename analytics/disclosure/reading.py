"""Where the counts stand: every cell of every table that counts something, under the name of what it counts.

Two cells with one name and one value are one unknown, whichever tables they stand in: hiding one hides both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from analytics.disclosure.cells import BASIS, THERE, Cell, Row, at_visit, cohort, key
from analytics.disclosure.ledger import Count, Ledger, Name, Place
from analytics.disclosure.reading_reviews import REVIEW_READERS
from analytics.domain.hidden import COUNT_STATISTICS


def _flow(row: Row) -> Iterator[Cell]:
    unit, step, arm = (key(row[c]) for c in ("unit", "step", "arm"))
    whole = unit == "patients" and step == "analysed" and arm
    yield "count", ("arm", arm) if whole else ("flow", unit, step, arm), {}


def _arms(row: Row) -> Iterator[Cell]:
    arm = key(row["arm"])
    yield "patients", ("arm", arm), BASIS
    for column in ("units", "sessions"):
        yield column, (column, arm), {"resting": ("arm", arm)}
    for column in ("no_baseline", "baseline_only", "switched", "stopped"):
        yield column, ("course", column, arm), {}
    for column in ("prevalent", "combined"):
        yield column, ("flow", "patients", column, arm), {}


def _visits(row: Row) -> Iterator[Cell]:
    yield "seen", ("seen", *at_visit(row)), BASIS
    yield "cohort", cohort(key(row["population"]), key(row["arm"])), {}


def _descriptions(row: Row) -> Iterator[Cell]:
    at, statistic = at_visit(row), row["statistic"]
    yield "n", ("seen", *at), BASIS
    yield "n_readings", ("readings", *at), {"resting": ("seen", *at)}
    if statistic in COUNT_STATISTICS:
        level = {"n": ("seen", *at), "missing": ("missing", *at)}.get(statistic, ("level", *at, key(row["level"])))
        yield "value", level, {}


def _baseline(row: Row) -> Iterator[Cell]:
    at = (key(row["variable"]), key(row["arm"]))
    names = {"n": ("known", *at), "missing": ("unknown", *at), "count": ("group", *at, key(row["level"]))}
    if row["statistic"] in names:
        yield "value", names[row["statistic"]], BASIS if row["statistic"] == "n" else {}


def _responders(row: Row) -> Iterator[Cell]:
    yield "n", ("judged", *at_visit(row)), BASIS
    yield "responders", ("responders", *at_visit(row)), {}


def _findings(row: Row) -> Iterator[Cell]:
    for column, arm in (("n_arm", "arm"), ("n_reference", "reference")):
        yield column, ("compared", *at_visit(row, arm), row["method"], row["adjustment"]), BASIS


def _arm_means(row: Row) -> Iterator[Cell]:
    yield "n", ("compared", *at_visit(row), row["method"], row["adjustment"]), BASIS


def _clinics(row: Row) -> Iterator[Cell]:
    yield "n", ("clinic", *(key(row[c]) for c in ("outcome", "visit", "arm", "clinic"))), BASIS


def _depth(row: Row) -> Iterator[Cell]:
    at = tuple(key(row[c]) for c in ("outcome", "visit", "depth"))
    yield "n", ("depth", *at), BASIS
    if row["responders"] == row["responders"]:
        yield "responders", ("depth_responders", *at), {}


def _consultation(row: Row) -> Iterator[Cell]:
    table, line, column = (key(row[c]) for c in ("table", "row", "column"))
    yield "count", ("said", table, line, column), {}
    yield "total", ("told", line) if table == "recommended" else ("asked", table, line), {}


def _safety(row: Row) -> Iterator[Cell]:
    at = (key(row["treatment"]), key(row["group"]))
    event = (*at, key(row["event"]), key(row["class"]))
    there = THERE if row["patients"] else {}
    yield "patients", ("treated", *at), there
    yield "sessions", ("treatments", *at), {"resting": ("treated", *at)}
    yield "patients_with", ("had", *event), {}
    yield "sessions_with", ("had_in", *event), {"resting": ("had", *event)}
    yield "serious", ("serious", *event), {"resting": ("had", *event)}


def _eligibility(row: Row) -> Iterator[Cell]:
    at = tuple(key(row[c]) for c in ("condition", "level", "treatment"))
    yield "patients", ("against", *at), {}
    yield "sessions", ("against_in", *at), {"resting": ("against", *at)}


def _files(row: Row) -> Iterator[Cell]:
    for column in ("received", "accepted", "quarantined"):
        yield column, ("file", column, key(row["name"])), {}


def _quality(row: Row) -> Iterator[Cell]:
    yield "rows", ("broken", *(key(row[c]) for c in ("table", "file", "rule", "severity"))), THERE


def _repairs(row: Row) -> Iterator[Cell]:
    yield "count", ("repaired", key(row["kind"]), key(row["column"])), THERE


READERS: Mapping[str, Callable[[Row], Iterator[Cell]]] = {
    "arms": _arms, "flow": _flow, "visits": _visits, "descriptions": _descriptions, "baseline": _baseline,
    "responders": _responders, "findings": _findings, "arm_means": _arm_means, "clinics": _clinics, "depth": _depth,
    "consultation": _consultation, "safety": _safety, "eligibility_counts": _eligibility, "files": _files,
    "quality": _quality, "repairs": _repairs, **REVIEW_READERS,
}  # fmt: skip


def read(tables: Mapping[str, pd.DataFrame]) -> Ledger:
    """Every count of the tables; the relations between them are not in it yet."""
    found: dict[Name, dict[str, Any]] = {}
    for table, reader in READERS.items():
        for position, row in enumerate(tables[table].to_dict("records") if table in tables else ()):
            for column, name, more in reader({str(k): v for k, v in row.items()}):
                value = row.get(column)
                if value is not None and value == value:
                    _gather(found, name, int(value), Place(table, position, column), more)
    ledger = Ledger()
    for name, fields in _one_for_alike(found, ledger).items():
        ledger.enter(Count(name, **{**fields, "places": tuple(fields["places"])}))
    return ledger


def _gather(found: dict[Name, dict[str, Any]], name: Name, value: int, place: Place, more: dict[str, Any]) -> None:
    """One more place of a count; the same name with another value is another count."""
    known = found.get(name)
    if known is not None and known["value"] != value:
        _gather(found, (*name, str(value)), value, place, more)
        return
    if known is None:
        known = found[name] = {"value": value, "places": []}
    known["places"].append(place)
    for what, field in more.items():
        known[what] = max(known[what], field) if what == "least" and what in known else field


def _one_for_alike(found: dict[Name, dict[str, Any]], ledger: Ledger) -> dict[Name, dict[str, Any]]:
    """The counts with those of one outcome, visit, population and arm that agree taken for one, as any reader would.

    Read, judged by a rule, compared by this or that method: mostly the same patients, and told in many places.
    """
    kept: dict[Name, dict[str, Any]] = {}
    for name, fields in found.items():
        if name[0] not in ("seen", "judged", "compared"):
            kept[name] = fields
            continue
        at = name[1:5]
        alike = ledger.alike.setdefault(at, [])
        same = next((one for one in alike if kept[one]["value"] == fields["value"]), None)
        if same is None:
            same = ("seen", *at) if name[0] == "seen" else ("compared", *at, str(fields["value"]))
            alike.append(same)
            kept[same] = {"value": fields["value"], "places": [], "basis": True}
        kept[same]["places"] += fields["places"]
    return kept
