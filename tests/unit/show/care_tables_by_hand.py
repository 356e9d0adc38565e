"""The tables of the clinic benchmark and the consultation review for hand-made runs: invented numbers."""

from __future__ import annotations

import math
from typing import Any

from review_tables_by_hand import ARMS, MDA, Rows, rows

OUTCOMES = {"texture_grade": "share", "absorbed_percent": "mean"}
CLINICS = {"centre": (60, 0), "north 2": (120, 2), 'south "<b>"': (40, 1)}  # patients, outside
PROVIDERS = {("centre", "A 1"): (30, 0), ("centre", "B"): (30, 0), ("north 2", "A 1"): (120, 1)}


def clinic_benchmark(outcomes: dict[str, str] = OUTCOMES) -> dict[str, Rows]:
    places, overall = [], []
    for outcome, measure in outcomes.items():
        for level, found in (("clinic", {(c, ""): v for c, v in CLINICS.items()}), ("provider", PROVIDERS)):
            places += [_place(outcome, measure, level, *key, *told) for key, told in found.items()]
            overall.append(whole(outcome, measure, level, len(found), [out for _, out in found.values()]))
    return {"benchmark": places, "benchmark_overall": overall}


def _place(outcome: str, measure: str, level: str, clinic: str, provider: str, n: int, outside: int) -> dict[str, Any]:
    centre, unit = (47.018, 1.0) if measure == "share" else (21.7, 0.1)
    apart, wide = (0.0, 9.3, 16.123)[outside] * unit, 70 / math.sqrt(n) * unit
    counts = (round(n * 0.5), n * 0.4702) if measure == "share" else (math.nan, math.nan)
    values = {
        "observed": centre + apart + 1.1 * unit, "expected": centre + 1.1 * unit, "adjusted": centre + apart,
        "shrunk": centre + apart / 2, "shrunk_low": centre + apart / 2 - wide, "shrunk_high": centre + apart / 2 + wide,
        "inner_low": centre - wide, "inner_high": centre + wide, "outer_low": centre - 1.6 * wide,
        "outer_high": centre + 1.6 * wide,
    }  # fmt: skip
    keys = {"outcome": outcome, "visit": 12.0, "level": level, "clinic": clinic, "provider": provider, "n": n}
    told = {name: float(f"{value:.6g}") for name, value in values.items()}
    return {**keys, "responders": counts[0], "expected_responders": counts[1], **told, "outside": outside}


def whole(outcome: str, measure: str, level: str, count: int, outside: list[int], **changes: Any) -> dict[str, Any]:
    """The overall line of one level."""
    unit = 1.0 if measure == "share" else 0.1
    line = {
        "outcome": outcome, "visit": 12.0, "level": level, "measure": measure, "n": 223, "places": count, "hidden": 2,
        "unplaced": 3, "without": 1, "most_in_clinic": 2 if level == "provider" else 1,
        "centre": 47.018 if measure == "share" else 21.7, "sigma": 45.123 * unit, "residual_df": 208.0,
        "middle": 48.1 if measure == "share" else 22.4, "spread": 6.234 * unit if level == "clinic" else 0.0,
        "spread_low": 0.0, "spread_high": 15.123 * unit, "q": 6.8, "df": count - 1.0,
        "p_value": 0.021 if level == "clinic" else 0.4, "outside_inner": sum(k > 0 for k in outside),
        "outside_outer": sum(k > 1 for k in outside), "expected_outside": 0.05 * count,
        "terms": "baseline;treatment;age;skin_type", "terms_left": "fitzpatrick",
    }  # fmt: skip
    return {**line, **changes}


def consultation_review() -> dict[str, Rows]:
    mix = [
        {"by": by, "level": level, "kind": kind, "treatment": treatment, "count": count, "total": 80}
        for by, levels in (("fitzpatrick", ("1", "4", "unknown")), ("concerns", ("acne", "old scars 2")))
        for level in levels for kind in ("recommended", "delivered")
        for treatment, count in zip((*ARMS, *(("unknown",) if kind == "recommended" else ())), (30, 50, 0, 3))
    ]  # fmt: skip
    return {
        "mix": mix,
        "agreement": rows(
            "by level count total unknown percent conf_low conf_high",
            ("all", "all", 310, 384, 56, 80.7292, 76.4123, 84.5623),
            ("recommended", MDA, 100, 128, 0, 78.125, 70.0, 84.9),
            ("recommended", "unknown", 0, 0, 56, math.nan, math.nan, math.nan),
            ("fitzpatrick", "4", 0, 9, 1, 0.0, 0.0, 33.6271), ("clinic", "north 2", 9, 9, 0, 100.0, 66.3729, 100.0),
        ),
        "care_outcomes": [
            _outcome(outcome, measure, factor, level, n) for outcome, measure in OUTCOMES.items()
            for factor, levels in (("concordance", ("as_recommended", "otherwise", "unknown")),
                                   ("instructions_followed", ("yes", "no", "unknown")))
            for level, n in zip(levels, (392, 84, 0))
        ],
        "care_difference": [
            {"outcome": outcome, "visit": 12.0, "factor": factor, "measure": measure, "n": 436, "n_first": 392,
             "n_second": 84 if size == size else 8, "difference": size, "conf_low": size - 4.123,
             "conf_high": size + 4.2,
             "terms": "baseline;treatment", "terms_left": "age"}
            for factor, outcome, measure, size in (
                ("concordance", "texture_grade", "share", 1.723), ("concordance", "absorbed_percent", "mean", 4.987),
                ("instructions_followed", "texture_grade", "share", -9.1),
                ("instructions_followed", "absorbed_percent", "mean", math.nan))
        ],
    }  # fmt: skip


def _outcome(outcome: str, measure: str, factor: str, level: str, n: int) -> dict[str, Any]:
    share = measure == "share"
    good = round(n * 0.48)
    seen = (100 * good / n if share else 22.1734) if n else math.nan
    return {"outcome": outcome, "visit": 12.0, "factor": factor, "level": level, "measure": measure, "n": n,
            "responders": float(good) if share else math.nan, "observed": float(f"{seen:.6g}"),
            "conf_low": float(f"{seen - 3:.6g}"), "conf_high": float(f"{seen + 3:.6g}")}  # fmt: skip


__all__ = ["CLINICS", "clinic_benchmark", "consultation_review", "whole"]
