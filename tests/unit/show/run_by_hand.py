"""Hand-made runs for the tests of show: three arms, three primary outcomes, three visits and every table of a run.

Nothing is estimated here: ``pair`` writes a findings row from an estimate and its standard error, and ``run`` puts the
tables round it. Numbers are invented.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analytics.domain.finding import FINDING_COLUMNS
from analytics.domain.plan import Plan
from analytics.domain.run import KEYS, Run
from schemas.standard import STANDARD
from schemas.vocabulary import Vocabulary

MDA, PEEL, ROLLER = ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
PAIRS = ((PEEL, MDA), (ROLLER, MDA), (ROLLER, PEEL))
N = {MDA: 149, PEEL: 104, ROLLER: 69}
COHORT = {MDA: 203, PEEL: 141, ROLLER: 96}
SEEN = {4.0: {MDA: 190, PEEL: 130, ROLLER: 84}, 8.0: {MDA: 171, PEEL: 118, ROLLER: 77}, 12.0: N}
RATIO = ("ratio", "rate_ratio", "odds_ratio", "risk_ratio")
ALONE, FAMILY = 1.97, 2.35
METHODS = {
    "difference": "ancova", "ratio": "ancova", "rate_ratio": "negative_binomial", "odds_ratio": "cumulative_logit",
    "win_probability": "cumulative_logit", "risk_difference": "standardised_risk",
}  # fmt: skip


def plan(**changes: Any) -> Plan:
    """The default trio, two secondary outcomes, the default visits."""
    fields: dict[str, Any] = {
        "title": "Spring review", "arms": ARMS, "primary": ("texture_grade", "inflammatory_lesions",
        "absorbed_percent"),
        "secondary": ("roughness_ra_um", "acne_iga", "melanin_index"), "visits": {"weeks": (4, 8, 12), "primary": 12},
        "covariates": ("age", "skin_type", "fitzpatrick"), "data": {"cutoff": "2026-09-30"},
    }  # fmt: skip
    return Plan.model_validate({**fields, **changes})


def size(outcome: str, measure: str) -> float | None:
    """The meaningful difference of the vocabulary on the working scale."""
    threshold = STANDARD.outcomes[outcome].meaningful_difference.get(measure)
    if threshold is None:
        return None
    if measure in RATIO:
        return abs(math.log(threshold.value))
    return abs(threshold.value - 0.5) if measure == "win_probability" else threshold.value


def verdict(outcome: str, measure: str, low: float, high: float) -> str:
    """The table of statistics.md 7, written again so that the tests do not lean on the room that decides it."""
    if measure in RATIO:
        low, high = math.log(low), math.log(high)
    if STANDARD.outcomes[outcome].direction == "lower":
        low, high = -high, -low
    d = size(outcome, measure)
    if d is None:
        return "better" if low > 0 else "worse" if high < 0 else "not_shown"
    if low > 0:
        return "better_meaningful" if low >= d else "better_small" if high < d else "better"
    if high < 0:
        return "worse_meaningful" if high <= -d else "worse_small" if low > -d else "worse"
    if low > -d:
        return "equivalent" if high < d else "not_shown_loss_excluded"
    return "not_shown_gain_excluded" if high < d else "not_shown"


def pair(
    outcome: str, contrast: tuple[str, str], estimate: float, error: float, *, measure: str = "difference",
    visit: float = 12.0, analysis: str = "primary", method: str = "", adjustment: str = "covariates",
    first: bool = True,
    n: Mapping[str, int] | None = None, **changes: Any,
) -> dict[str, Any]:  # fmt: skip
    """One findings row; ``error`` of ratios on the log scale. A family has simultaneous limits, other rows none."""

    def limit(z: float) -> float:
        return float(f"{estimate * math.exp(z * error) if measure in RATIO else estimate + z * error:.6g}")

    arm, reference = contrast
    family = analysis == "primary"
    own = (limit(-FAMILY), limit(FAMILY)) if family else (limit(-ALONE), limit(ALONE))
    n = n or SEEN.get(visit, N)
    row: dict[str, Any] = {
        "analysis": analysis, "outcome": outcome, "visit": visit, "population": "all",
        "contrast": f"{arm} v {reference}",
        "arm": arm, "reference": reference, "method": method or METHODS[measure], "adjustment": adjustment,
        "measure": measure, "n_arm": n[arm], "n_reference": n[reference], "estimate": estimate, "std_error": error,
        "df": 211.0, "conf_low": limit(-ALONE), "conf_high": limit(ALONE), "p_value": math.nan,
        "p_value_adjusted": math.nan, "conf_low_adjusted": limit(-FAMILY) if family else math.nan,
        "conf_high_adjusted": limit(FAMILY) if family else math.nan, "verdict": "", "status": "estimated", "notes": "",
    }  # fmt: skip
    if first and analysis != "sensitivity":
        row["verdict"] = verdict(outcome, measure, *own)
        row["p_value"] = 0.0004 if own[0] > 0 or own[1] < 0 else 0.31
        row["p_value_adjusted"] = row["p_value"] * 1.4 if family else math.nan
    return {**row, **changes}


def failed(
    outcome: str, contrast: tuple[str, str], *, status: str = "not_estimable", notes: str = "measured at other hours",
    **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A row of a comparison that could not be made."""
    blank = dict.fromkeys(
        ("estimate", "std_error", "df", "conf_low", "conf_high", "p_value", "p_value_adjusted", "conf_low_adjusted",
         "conf_high_adjusted"), math.nan,
    )  # fmt: skip
    row = pair(outcome, contrast, 1.0, 0.1, n={MDA: 12, PEEL: 10, ROLLER: 9}, **more)
    return {**row, **blank, "status": status, "verdict": "not_estimable", "notes": notes}


def standard_findings() -> list[dict[str, Any]]:
    """Texture: peel better; breakouts: nothing shown; absorption: not estimable; three secondary outcomes."""
    rows: list[dict[str, Any]] = []
    for visit, factor in ((4.0, 0.4), (8.0, 0.7), (12.0, 1.0)):
        analysis = "primary" if visit == 12.0 else "secondary"
        for contrast, estimate, error in zip(PAIRS, (-0.912, -0.31, 0.602), (0.205, 0.24, 0.27)):
            rows.append(pair("texture_grade", contrast, estimate * factor, error, visit=visit, analysis=analysis))
        for contrast, ratio, error in zip(PAIRS, (0.93, 1.04, 1.12), (0.16, 0.18, 0.19)):
            for measure, value, spread in (("rate_ratio", ratio, error), ("difference", (ratio - 1) * 12, 2.0)):
                rows.append(
                    pair("inflammatory_lesions", contrast, value, spread, visit=visit, analysis=analysis,
                    measure=measure,
                         method="negative_binomial", first=measure == "rate_ratio")
                )  # fmt: skip
        for contrast in PAIRS:
            rows.append(failed("absorbed_percent", contrast, visit=visit, analysis=analysis, method="fractional_logit"))
    return rows + _secondary() + _sensitivity()


def _secondary() -> list[dict[str, Any]]:
    rows = []
    for contrast, ratio, odds, win, shift in zip(
        PAIRS, (0.88, 0.97, 1.1), (0.52, 0.8, 1.5), (0.66, 0.55, 0.4), (-9, 2, 12)
    ):
        keys = {"analysis": "secondary"}
        rows.append(pair("roughness_ra_um", contrast, ratio, 0.04, measure="ratio", **keys))
        rows.append(pair("acne_iga", contrast, odds, 0.2, measure="odds_ratio", **keys))
        rows.append(pair("acne_iga", contrast, win, 0.04, measure="win_probability", first=False, **keys))
        rows.append(pair("melanin_index", contrast, float(shift), 8.0, **keys))
    return rows


def _sensitivity() -> list[dict[str, Any]]:
    rows = []
    for adjustment, shift in (("none", 0.1), ("change_score", -0.05)):
        for contrast, estimate in zip(PAIRS, (-0.912, -0.31, 0.602)):
            keys = {"analysis": "sensitivity", "adjustment": adjustment}
            rows.append(pair("texture_grade", contrast, round(estimate + shift, 3), 0.21, **keys))
    return rows


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


FACTS: dict[str, Any] = {
    "run_id": "7f3a2c91d0e4b865", "cutoff": "2026-09-30", "planned": True, "style": "dated",
    "rows": {"received": 5204, "accepted": 5092, "quarantined": 112, "entries_quarantined": 9},
    "inputs": [{"name": "centre.csv", "sha256": "ab" * 32, "rows": 2100}, {"name": "north.xlsx",
    "sha256": "cd" * 32, "rows": 1604}],
    "software": {"version": "0.1.0", "commit": None, "lock_sha256": "ef" * 32, "python": "3.11"},
    "notes": ["sessions: 2 columns are not used: Room, Lamp"],
}  # fmt: skip


@functools.cache
def _other_tables() -> dict[str, pd.DataFrame]:
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
    }  # fmt: skip
    return {name: frame(name, part) for name, part in made.items()}


def run(
    rows: list[dict[str, Any]] | None = None,
    *,
    vocabulary: Vocabulary = STANDARD,
    facts: Mapping[str, Any] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    **changes: Any,
) -> Run:
    """A whole run. ``rows``: findings; ``tables`` replace whole tables; other arguments are fields of the plan."""
    findings = pd.DataFrame(standard_findings() if rows is None else rows, columns=list(FINDING_COLUMNS))
    one_plan = plan(**changes)
    stated = {**FACTS, "plan_sha256": one_plan.sha256, "covariates": list(one_plan.covariates), **(facts or {})}
    return Run({"findings": findings, **_other_tables(), **(tables or {})}, one_plan, vocabulary, stated)
