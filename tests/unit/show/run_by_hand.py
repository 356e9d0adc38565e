"""Hand-made runs for the tests of show: three arms, three primary outcomes, three visits and every table of a run.

Nothing is estimated here: ``pair`` writes a findings row from an estimate and its standard error, and ``run`` puts the
tables round it. Numbers are invented.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from tables_by_hand import ARMS, MDA, PAIRS, PEEL, ROLLER, SEEN, N, other_tables

from analytics.domain.finding import FINDING_COLUMNS
from analytics.domain.plan import Plan
from analytics.domain.run import Run
from schemas.standard import STANDARD
from schemas.vocabulary import Vocabulary

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


FACTS: dict[str, Any] = {
    "run_id": "7f3a2c91d0e4b865", "cutoff": "2026-09-30", "planned": True, "style": "dated",
    "rows": {"received": 5204, "accepted": 5092, "quarantined": 112, "entries_quarantined": 9},
    "inputs": [{"name": "centre.csv", "sha256": "ab" * 32, "rows": 2100}, {"name": "north.xlsx",
    "sha256": "cd" * 32, "rows": 1604}],
    "software": {"version": "0.1.0", "commit": None, "lock_sha256": "ef" * 32, "python": "3.11"},
    "notes": ["sessions: 2 columns are not used: Room, Lamp"],
}  # fmt: skip


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
    return Run({"findings": findings, **other_tables(), **(tables or {})}, one_plan, vocabulary, stated)
