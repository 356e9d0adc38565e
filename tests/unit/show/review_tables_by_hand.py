"""Tables of the data-quality and safety reports for hand-made runs: invented numbers in the shapes of the analysis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

MDA, PEEL, ROLLER = ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
COUNTS = {MDA: (812, 203), PEEL: (564, 141), ROLLER: (384, 96)}  # sessions, patients
Rows = list[dict[str, Any]]


def rows(columns: str, *lines: Sequence[Any]) -> Rows:
    """Lines as rows of the named columns."""
    return [dict(zip(columns.split(), line, strict=True)) for line in lines]


def data_quality() -> dict[str, Rows]:
    return {
        "costs": rows(
            "rule lines readings patients", ("all", 112, 300, 9), ("range", 88, 260, 8), ("date", 20, 39, 1),
            ("duplicate_row", 3, 1, 0), ("conflict", 1, 0, 0),
        ),
        "aside": rows(
            "by level received set_aside", ("clinic", "centre", 2100, 0), ("clinic", "north 2", 1604, 24),
            ("clinic", "south", 1490, 78), ("clinic", "unknown", 10, 10), ("month", "2026-03", 400, 0),
            ("month", "2026-04", 380, 102), ("month", "unknown", 10, 10),
        ),
        "faults": rows(
            "severity rule table file column count", ("error", "range", "sessions", "south.csv", "Grade 2", 80),
            ("error", "range", "patients", "south.csv", "Born", 8), ("error", "date", "sessions", "north.xlsx", "", 20),
            ("warning", "digit_preference", "sessions", "north.xlsx", "Rz", 1),
        ),
        "missing": [_missing(o, v, a) for o in ("texture_grade", "absorbed_percent") for v in (0.0, 4.0, 12.0)
                    for a in ARMS if v or o == "texture_grade"],
        "raters": rows(
            "kind outcome clinic who readings patients months change conf_low conf_high flagged",
            ("rater", "texture_grade", "north 2", "R1", 300, 80, 14, 0.8123, 0.4123, 1.2123, 1),
            ("rater", "texture_grade", "south", "R2", 200, 60, 14, -0.01, -0.312, 0.292, 0),
            ("rater", "inflammatory_lesions", "south", "R2", 9, 3, 1, math.nan, math.nan, math.nan, 0),
        ),
        "digits": rows(
            "outcome clinic readings rounded percent conf_low conf_high",
            ("roughness_ra_um", "north 2", 200, 120, 60.0, 53.08, 66.54),
            ("melanin_index", "", 100, 19, 19.0, 12.5, 27.8),
        ),
    }  # fmt: skip


def _missing(outcome: str, visit: float, arm: str) -> dict[str, Any]:
    patients = COUNTS[arm][1]
    n = patients if outcome == "texture_grade" else 0 if visit == 4 else 12
    gone = round(n * visit / 50)
    return {"outcome": outcome, "visit": visit, "population": "all", "arm": arm, "patients": patients,
            "measured": n or 12, "n": n, "seen": n - gone, "missing": gone}  # fmt: skip


def safety_review() -> dict[str, Rows]:
    graded = [
        {"treatment": arm, "event": event, "class": kind, "severity": grade, "count": count, "total": 30}
        for arm in ARMS for kind, event in (("expected", "any"), ("expected", "erythema"), ("adverse", "any"))
        for grade, count in (("1", 21), ("2", 9), ("3", 0), ("unknown", 0))
    ]  # fmt: skip
    return {
        "serious": rows(
            "treatment sessions patients events sessions_with patients_with per_session_percent session_low "
            "session_high patient_percent patient_low patient_high",
            ("all", 1760, 440, 1, 1, 1, 0.0568, 0.0014, 0.3161, 0.2273, 0.0058, 1.2596),
            *((arm, s, p, *(int(arm == PEEL),) * 3, 0.0, 0.0, 0.4, 0.0, 0.0, 1.8)
              for arm, (s, p) in COUNTS.items()),
        ),
        "exposure": [_exposure(arm, group, kind, events) for arm in ARMS
                     for group in ("all", "fitzpatrick=1-3", "fitzpatrick=4-6")
                     for kind, events in (("expected", 60), ("adverse", 0 if arm == MDA else 6))],
        "severity": graded,
        "resolution": rows(
            "treatment event class events undated resolved open median conf_low conf_high ninetieth",
            ("all", "any", "expected", 180, 0, 180, 0, 3.0, 2.0, 3.0, 5.0),
            ("all", "any", "adverse", 18, 1, 15, 2, 21.0, 14.0, math.nan, math.nan),
            (PEEL, "any", "adverse", 1, 0, 0, 1, math.nan, math.nan, math.nan, math.nan),
        ),
        "instructions": [
            {"treatment": arm, "class": kind, "followed": answer, "sessions": n, "patients": n // 4,
             "sessions_with": n // 20, "percent": 5.0, "conf_low": 2.0, "conf_high": 9.0}
            for arm in ("all", *ARMS) for kind in ("expected", "adverse")
            for answer, n in (("yes", 400), ("no", 80), ("unknown", 0))
        ],
        "instructions_difference": [
            {"treatment": arm, "class": kind, "sessions": 480, "patients": 120, "difference": 0.0421,
             "conf_low": -3.1, "conf_high": 3.2}
            for arm in ("all", *ARMS) for kind in ("expected", "adverse")
        ],
    }  # fmt: skip


def _exposure(arm: str, group: str, kind: str, events: int) -> dict[str, Any]:
    weeks = COUNTS[arm][0] * 2.5
    return {"treatment": arm, "group": group, "event": "any", "class": kind, "patients": COUNTS[arm][1],
            "weeks": weeks, "events": events, "rate": 100 * events / weeks, "conf_low": 50 * events / weeks,
            "conf_high": 100 * (events + 3.7) / weeks}  # fmt: skip
