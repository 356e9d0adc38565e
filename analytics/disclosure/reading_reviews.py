"""Where the counts stand in the tables of the data-quality, safety, clinic and consultation reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from analytics.disclosure.cells import BASIS, THERE, Cell, Row, at_visit, cohort, key, keys
from analytics.disclosure.ledger import Name


def _costs(row: Row) -> Iterator[Cell]:
    rule = key(row["rule"])
    yield "lines", ("cost_lines", rule), THERE
    yield "readings", ("cost_readings", rule), {}
    yield "patients", ("cost_patients", rule), {}


def _aside(row: Row) -> Iterator[Cell]:
    at = keys(row, "by", "level")
    yield "received", ("aside_received", *at), THERE
    yield "set_aside", ("aside_gone", *at), {}


def _faults(row: Row) -> Iterator[Cell]:
    yield "count", ("faulty", *keys(row, "table", "file", "rule", "severity", "column")), THERE


def _missing(row: Row) -> Iterator[Cell]:
    """``missing`` is not told beside n and seen (analytics.disclosure.tables)."""
    at = at_visit(row)
    ever: Name = ("measured", at[0], at[2], at[3])
    yield "patients", cohort(at[2], at[3]), {}
    yield "measured", ever, {}
    yield "n", ever if row["n"] == row["measured"] else ("due", *at), {}
    yield "seen", ("seen", *at), {}


def _raters(row: Row) -> Iterator[Cell]:
    at = keys(row, "kind", "outcome", "clinic", "who")
    yield "patients", ("rated", *at), BASIS
    yield "readings", ("ratings", *at), {"resting": ("rated", *at)}


def _digits(row: Row) -> Iterator[Cell]:
    at = keys(row, "outcome", "clinic")
    yield "readings", ("read", *at), {}
    yield "rounded", ("rounded", *at), {}


def _serious(row: Row) -> Iterator[Cell]:
    arm = key(row["treatment"])
    yield "patients", ("treated", arm, "all"), {}
    yield "sessions", ("treatments", arm, "all"), {"resting": ("treated", arm, "all")}
    yield "patients_with", ("grave", arm), {}
    for column, name in (("sessions_with", "grave_in"), ("events", "grave_events")):
        yield column, (name, arm), {"resting": ("grave", arm)}


def _exposure(row: Row) -> Iterator[Cell]:
    at = keys(row, "treatment", "group", "event", "class")
    yield "patients", ("treated", *at[:2]), {}
    yield "events", ("events", *at), {"resting": ("had", *at)}


def _event(row: Row) -> tuple[Name, Name]:
    """All events of a line over all skin types, and the patients who had them."""
    arm, event, kind = keys(row, "treatment", "event", "class")
    return ("events", arm, "all", event, kind), ("had", arm, "all", event, kind)


def _severity(row: Row) -> Iterator[Cell]:
    events, had = _event(row)
    at = keys(row, "treatment", "event", "class", "severity")
    yield "total", events, {"resting": had}
    yield "patients", ("graded_patients", *at), {}
    yield "count", ("graded", *at), {"resting": ("graded_patients", *at)}


def _resolution(row: Row) -> Iterator[Cell]:
    events, had = _event(row)
    at = keys(row, "treatment", "event", "class")
    yield "patients", had, {}
    yield "events", events, {"resting": had}
    for column, people in (("resolved", "patients_resolved"), ("open", "patients_open")):
        yield people, (people, *at), {}
        yield column, (column, *at), {"resting": (people, *at)}


def _instructions(row: Row) -> Iterator[Cell]:
    arm, kind, said = keys(row, "treatment", "class", "followed")
    yield "patients", ("kept", arm, said), {}
    yield "sessions", ("kept_in", arm, said), {"resting": ("kept", arm, said)}
    yield "patients_with", ("after", arm, said, kind), {}
    yield "sessions_with", ("after_in", arm, said, kind), {"resting": ("after", arm, said, kind)}


def _instructions_difference(row: Row) -> Iterator[Cell]:
    arm = key(row["treatment"])
    yield "patients", ("answered", arm), BASIS
    yield "sessions", ("answered_in", arm), {"resting": ("answered", arm)}


def _benchmark(row: Row) -> Iterator[Cell]:
    at = keys(row, "outcome", "level", "clinic", "provider")
    yield "n", ("placed", *at), BASIS
    yield "responders", ("placed_responders", *at), {}


def _benchmark_overall(row: Row) -> Iterator[Cell]:
    outcome, level = keys(row, "outcome", "level")
    yield "n", ("placed_all", outcome), BASIS
    yield "without", ("lacking", outcome), {}
    yield "unplaced", ("unplaced", outcome, level), {}


def _mix(row: Row) -> Iterator[Cell]:
    by, level, kind, arm = keys(row, "by", "level", "kind", "treatment")
    yield "total", ("is", by, level), THERE
    yield "count", ("group", by, arm, level) if kind == "delivered" else ("advised", by, level, arm), {}


def _agreement(row: Row) -> Iterator[Cell]:
    by, level = keys(row, "by", "level")
    advised, unknown = by == "recommended", level == "unknown"
    if not (advised and unknown):  # of whom nothing is known nobody is known
        yield "count", ("agreed", by, level), {}
        yield "total", ("known_advice", by, level), {}
    if not advised or unknown:
        yield "unknown", ("no_advice", by, level), {}


def _care_outcomes(row: Row) -> Iterator[Cell]:
    at = keys(row, "outcome", "factor", "level")
    yield "n", ("care", *at), BASIS
    yield "responders", ("care_responders", *at), {}


def _care_difference(row: Row) -> Iterator[Cell]:
    for column in ("n", "n_first", "n_second"):
        yield column, ("care_" + column, *keys(row, "outcome", "factor")), BASIS


REVIEW_READERS: Mapping[str, Callable[[Row], Iterator[Cell]]] = {
    "costs": _costs, "aside": _aside, "faults": _faults, "missing": _missing, "raters": _raters, "digits": _digits,
    "serious": _serious, "exposure": _exposure, "severity": _severity, "resolution": _resolution,
    "instructions": _instructions, "instructions_difference": _instructions_difference, "benchmark": _benchmark,
    "benchmark_overall": _benchmark_overall, "mix": _mix, "agreement": _agreement, "care_outcomes": _care_outcomes,
    "care_difference": _care_difference,
}  # fmt: skip
