"""The tables of a hand-made run that hold no comparison: invented numbers in the shapes of the analysis."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import Any

import care_tables_by_hand as care
import pandas as pd
import review_tables_by_hand as review

from analytics.domain.run import KEYS

MDA, PEEL, ROLLER = ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
PAIRS = ((PEEL, MDA), (ROLLER, MDA), (ROLLER, PEEL))
N = {MDA: 149, PEEL: 104, ROLLER: 69}
COHORT = {MDA: 203, PEEL: 141, ROLLER: 96}
SEEN = {4.0: {MDA: 190, PEEL: 130, ROLLER: 84}, 8.0: {MDA: 171, PEEL: 118, ROLLER: 77}, 12.0: N}


def frame(table: str, rows: Iterable[Mapping[str, Any]], columns: Iterable[str] = ()) -> pd.DataFrame:
    """Rows as a table of the run, keys first."""
    made = pd.DataFrame(list(rows))
    return made if len(made) else pd.DataFrame(columns=[*KEYS.get(table, ()), *columns])


def arm_means() -> list[dict[str, Any]]:
    rows = []
    at = {"method": "ancova", "adjustment": "covariates", "population": "all"}
    for visit, factor in ((4.0, 0.45), (8.0, 0.8), (12.0, 1.0)):
        for arm, change, count in zip(ARMS, (-1.02, -1.93, -1.33), (13.1, 12.2, 13.7)):
            cell = {"outcome": "texture_grade", "visit": visit, "arm": arm, **at}
            mean = round(change * factor, 4)
            rows.append(
                {
                    **cell,
                    "n": SEEN[visit][arm],
                    "estimate": mean,
                    "std_error": 0.13,
                    "df": 211.0,
                    "conf_low": round(mean - 0.256, 4),
                    "conf_high": round(mean + 0.256, 4),
                    "scale": "change",
                }
            )
            mean = round(20 - (20 - count) * factor, 3)
            cell = {**cell, "outcome": "inflammatory_lesions", "method": "negative_binomial"}
            rows.append(
                {
                    **cell,
                    "n": SEEN[visit][arm],
                    "estimate": mean,
                    "std_error": 1.1,
                    "df": 211.0,
                    "conf_low": round(mean * 0.85, 3),
                    "conf_high": round(mean * 1.17, 3),
                    "scale": "count",
                }
            )
    return rows  # fmt: skip


def descriptions() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    shown = {"texture_grade": 5.1, "inflammatory_lesions": 20.4, "roughness_ra_um": 18.0, "melanin_index": 231.0,
             "elasticity_r2": 0.71, "absorbed_percent": 6.2}  # fmt: skip
    for outcome, start in shown.items():
        visits = (12.0,) if outcome == "absorbed_percent" else (0.0, 4.0, 8.0, 12.0)
        for visit in visits:
            for i, arm in enumerate(ARMS):
                n = COHORT[arm] - 2 if visit == 0 else SEEN[visit][arm]
                mean = round(start * (1 - visit / 40 * (1 + i / 4)) + i * 0.1, 4)
                values = {"n": n, "missing": COHORT[arm] - n, "mean": mean, "sd": round(start / 4, 4), "median": mean,
                          "q1": round(mean * 0.8, 4), "q3": round(mean * 1.2, 4)}  # fmt: skip
                rows += [{"outcome": outcome, "visit": visit, "population": "all", "arm": arm, "level": "",
                          "statistic": name, "value": float(value), "n": n, "n_readings": n}
                         for name, value in values.items()]  # fmt: skip
    for visit in (0.0, 12.0):
        for arm in ARMS:
            n = SEEN[12.0][arm] if visit else COHORT[arm]
            rows.append({"outcome": "acne_iga", "visit": visit, "population": "all", "arm": arm, "level": "",
                         "statistic": "n", "value": float(n), "n": n, "n_readings": n})  # fmt: skip
            for level, share in enumerate((0.1, 0.2, 0.4, 0.2, 0.1)):
                count = round(n * share)
                rows += [{"outcome": "acne_iga", "visit": visit, "population": "all", "arm": arm, "level": str(level),
                          "statistic": name, "value": float(value), "n": n, "n_readings": n}
                         for name, value in (("count", count), ("percent", round(100 * count / n, 3)))]  # fmt: skip
    return rows


FLOW = (
    ("received", "rows", 5204, "", ""), ("set_aside", "rows", 112, "", ""), ("accepted", "rows", 5092, "", ""),
    ("accepted", "patients", 512, "", ""), ("excluded", "patients", 21, "prevalent", ""),
    ("excluded", "patients", 9, "set_aside_session", ""), ("excluded", "patients", 42, "no_arm_session", ""),
    ("cohort", "patients", 440, "", ""), ("cohort", "patients", 203, "", MDA), ("cohort", "patients", 141, "", PEEL),
    ("cohort", "patients", 96, "", ROLLER),
)  # fmt: skip


def _counts() -> dict[str, list[dict[str, Any]]]:
    visits = [
        {"outcome": outcome, "visit": visit, "population": "all", "arm": arm,
         "seen": (12 if outcome == "absorbed_percent" else SEEN[visit][arm]), "cohort": COHORT[arm],
         "median_days_since_session": 13.0}
        for outcome in ("texture_grade", "inflammatory_lesions", "absorbed_percent") for visit in SEEN for arm in ARMS
    ]  # fmt: skip
    arms = [
        {"arm": arm, "patients": COHORT[arm], "units": COHORT[arm], "sessions": COHORT[arm] * 4, "median_sessions": 4.0,
         "no_baseline": 7 + i, "baseline_only": 11, "switched": 5, "stopped": 18, "prevalent": 7, "combined": 2}
        for i, arm in enumerate(ARMS)
    ]  # fmt: skip
    responders = [
        {"outcome": outcome, "visit": 12.0, "population": "all", "arm": arm, "n": N[arm],
        "responders": round(N[arm] * s),
         "percent": round(100 * round(N[arm] * s) / N[arm], 4), "conf_low": 100 * s - 7, "conf_high": 100 * s + 7}
        for outcome in ("texture_grade", "inflammatory_lesions") for arm, s in zip(ARMS, (0.41, 0.72, 0.55))
    ]  # fmt: skip
    clinics = [
        {"outcome": "texture_grade", "visit": 12.0, "clinic": clinic, "arm": arm, "n": n, "mean_change": mean}
        for clinic, means in (("centre", (-1.1, -2.1, -1.3)), ("north", (-1.0, -1.9, -1.6)), ("south", (-1.2, -1.1,
        -1.2)))
        for arm, mean, n in zip(ARMS, means, (60, 40, 25))
    ]  # fmt: skip
    power = [
        {"outcome": outcome, "visit": 12.0, "population": "all", "contrast": f"{a} v {b}", "measure": measure,
         "meaningful": meaningful, "detectable": detectable, "patients_per_arm": float(patients)}
        for outcome, measure, meaningful, detectable, patients in (
            ("texture_grade", "difference", 0.5, 0.58, 141), ("inflammatory_lesions", "rate_ratio", 0.8, 0.62, 283))
        for a, b in PAIRS
    ]  # fmt: skip
    return {"visits": visits, "arms": arms, "responders": responders, "clinics": clinics, "power": power}


def _quality() -> dict[str, list[dict[str, Any]]]:
    return {
        "quality": [
            {"table": "sessions", "file": "south.csv", "rule": "date_order", "severity": "error", "rows": 88},
            {"table": "sessions", "file": "north.xlsx", "rule": "texture_grade_range", "severity": "error", "rows": 24},
            {"table": "sessions", "file": "centre.csv", "rule": "lesions_unusual", "severity": "warning", "rows": 6},
        ],
        "repairs": [{"kind": "decimal_comma", "column": "absorbed_percent", "count": 31}],
        "files": [
            {"name": "centre.csv", "received": 2100, "accepted": 2100, "quarantined": 0},
            {"name": "north.xlsx", "received": 1604, "accepted": 1580, "quarantined": 24},
            {"name": "south.csv", "received": 1500, "accepted": 1412, "quarantined": 88},
        ],
        "eligibility_counts": [
            {"treatment": PEEL, "condition": "sun_exposure_14d", "level": "block", "sessions": 41, "patients": 33},
            {"treatment": ROLLER, "condition": "isotretinoin", "level": "warn", "sessions": 6, "patients": 3},
        ],
    }  # fmt: skip


def _baseline() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for i, arm in enumerate(ARMS):
        n = COHORT[arm]
        for statistic, value in (("n", n - 3), ("missing", 3), ("mean", 34.2 + i), ("sd", 9.1), ("median", 33.0),
                                 ("q1", 27.0), ("q3", 41.0)):  # fmt: skip
            rows.append({"variable": "age", "level": "", "arm": arm, "statistic": statistic, "value": float(value)})
        for level, share in (("dry", 0.2), ("oily", 0.5), ("unknown", 0.3)):
            count = round(n * share)
            for statistic, value in (("count", count), ("percent", round(100 * count / n, 4))):
                rows.append(
                    {"variable": "skin_type", "level": level, "arm": arm, "statistic": statistic, "value": float(value)}
                )
    return rows


def _safety() -> list[dict[str, Any]]:
    rows = []
    for arm, sessions in zip(ARMS, (812, 564, 384)):
        for group, share in (("all", 1.0), ("fitzpatrick=1-3", 0.6), ("fitzpatrick=4-6", 0.4)):
            events = (("erythema", "expected", 60, 45), ("any", "adverse", 6, 5), ("scarring", "adverse", 0, 0))
            for event, kind, with_event, patients in events:
                total, people = round(sessions * share), round(COHORT[arm] * share)
                hit, hurt = round(with_event * share), round(patients * share)
                rows.append({
                    "treatment": arm, "group": group, "event": event, "class": kind, "sessions": total,
                    "patients": people,
                    "sessions_with": hit, "patients_with": hurt, "per_session_percent": round(100 * hit / total, 4),
                    "session_low": 0.0 if not hit else 0.3, "session_high": round(100 * (hit + 4) / total, 4),
                    "patient_percent": round(100 * hurt / people, 4), "patient_low": 0.0 if not hurt else 0.4,
                    "patient_high": round(100 * (hurt + 4) / people, 4), "serious": int(event == "any" and arm == PEEL),
                })  # fmt: skip
    return rows


def _consultation() -> list[dict[str, Any]]:
    rows = []
    for i, recommended in enumerate(ARMS):
        for j, delivered in enumerate(ARMS):
            count = 100 - 12 * i if i == j else 14
            rows.append(
                {"table": "recommended", "row": recommended, "column": delivered, "count": count, "total": 128 - 12 * i}
            )
    for table in ("instructions_given", "instructions_followed"):
        for arm in ARMS:
            for answer, count in (("yes", 60), ("no", 12), ("unknown", COHORT[arm] - 72)):
                rows.append({"table": table, "row": arm, "column": answer, "count": count, "total": COHORT[arm]})
    return rows


def _depth() -> list[dict[str, Any]]:
    return [
        {"outcome": "texture_grade", "visit": 12.0, "depth": depth, "n": n, "responders": hit, "percent": 100 * hit / n,
         "conf_low": 20.0, "conf_high": 80.0, "mean_change": mean}
        for depth, n, hit, mean in (("very_superficial", 20, 11, -1.3), ("superficial", 70, 52, -2.0), ("medium",
        14, 11, -2.3))
    ]  # fmt: skip


@functools.cache
def other_tables() -> dict[str, pd.DataFrame]:
    """Every table but the findings; made once, never changed."""
    effects = [
        {"outcome": "texture_grade", "visit": 12.0, "population": "all", "contrast": f"{a} v {b}", "method": "ancova",
         "adjustment": "covariates", "quantity": "hedges_g", "estimate": g, "conf_low": g - 0.26, "conf_high": g + 0.26,
         "p_value": math.nan}
        for (a, b), g in zip(PAIRS, (-0.71, -0.24, 0.47))
    ]  # fmt: skip
    made = {
        "arm_means": arm_means(), "descriptions": descriptions(), "effects": effects, "baseline": _baseline(),
        "flow": [dict(zip(("step", "unit", "count", "reason", "arm"), row)) for row in FLOW],
        "safety": _safety(), "consultation": _consultation(), "depth": _depth(), **_counts(), **_quality(),
        **review.data_quality(), **review.safety_review(), **care.clinic_benchmark(), **care.consultation_review(),
    }  # fmt: skip
    return {name: frame(name, part) for name, part in made.items()}
