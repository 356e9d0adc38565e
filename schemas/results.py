"""pandera models of what is delivered: analysis table, findings, arm means, descriptions, quarantine, eligibility.

The column lists are stated here for readers of the files; a test holds them equal to those the analysis writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schemas.eligibility import LEVELS

ANALYSIS_COLUMNS = (
    "patient", "unit", "side", "body_site", "arm", "design", "visit", "outcome", "value", "baseline", "change", "day",
    "n_readings", "derivation", "days_since_session", "hours_since_session", "responder",
)  # fmt: skip
FINDING_COLUMNS = (
    "analysis", "outcome", "visit", "population", "contrast", "arm", "reference", "method", "adjustment", "measure",
    "n_arm", "n_reference", "estimate", "std_error", "df", "conf_low", "conf_high", "p_value", "p_value_adjusted",
    "conf_low_adjusted", "conf_high_adjusted", "verdict", "status", "notes",
)  # fmt: skip
FINDING_KEY = (*FINDING_COLUMNS[:5], "method", "adjustment", "measure")
ARM_MEAN_COLUMNS = (
    "outcome", "visit", "population", "arm", "method", "adjustment", "n", "estimate", "std_error", "df", "conf_low",
    "conf_high", "scale",
)  # fmt: skip
DESCRIPTION_COLUMNS = (
    "outcome", "visit", "population", "arm", "level", "statistic", "value", "n", "n_readings",
)  # fmt: skip
QUARANTINE_COLUMNS = ("table", "file", "row", "column", "rule", "severity", "value", "must", "fix")
ELIGIBILITY_COLUMNS = ("file", "row", "patient_id", "treatment", "condition", "level", "policy")

ANALYSES = ("primary", "secondary", "sensitivity", "exploratory")
ADJUSTMENTS = ("none", "covariates", "change_score", "weights", "doubly_robust")
MEASURES = ("difference", "ratio", "rate_ratio", "odds_ratio", "risk_difference", "risk_ratio", "win_probability")
RATIOS = ("ratio", "rate_ratio", "odds_ratio", "risk_ratio")
STATUSES = ("estimated", "not_estimable", "did_not_converge", "suppressed")
VERDICTS = (
    "not_estimable", "better_meaningful", "better", "better_small", "equivalent", "not_shown_loss_excluded",
    "not_shown_gain_excluded", "not_shown", "worse_small", "worse", "worse_meaningful",
)  # fmt: skip
STATISTICS = ("n", "missing", "mean", "sd", "median", "q1", "q3", "count", "percent")
_BLANK = ("",)

Frame = Any
Check = tuple[str, Callable[[Frame], Any]]


def _among(column: str, values: tuple[str, ...]) -> Check:
    return f"{column} must be one of {', '.join(filter(None, values))}", lambda f: f[column].fillna("").isin(values)


def _between(column: str, low: float, high: float) -> Check:
    name = f"{column} must be blank or from {low:g} to {high:g}"
    return name, lambda f: f[column].isna() | f[column].between(low, high)


def _ordered(low: str, high: str) -> Check:
    return f"{low} must not be above {high}", lambda f: f[low].isna() | f[high].isna() | (f[low] <= f[high])


def _unique(*columns: str) -> Check:
    name = f"one row per {', '.join(columns)}"
    return name, lambda f: ~f.duplicated(list(columns), keep=False)


_INF = float("inf")
_INTERVAL = (
    _ordered("conf_low", "conf_high"), _ordered("conf_low", "estimate"), _ordered("estimate", "conf_high"),
    _between("std_error", 0, _INF), _between("df", 0, _INF),
)  # fmt: skip
_CHECKS: Mapping[str, tuple[Check, ...]] = {
    "analysis": (
        _unique("unit", "visit", "outcome"), _between("responder", 0, 1), _between("n_readings", 1, _INF),
        _between("visit", 0, _INF), _among("design", ("parallel", "split_face")),
        _among("derivation", ("observed", "averaged", "imputed")),
        ("change must be value minus baseline", lambda f: _equal(f["change"], f["value"] - f["baseline"])),
    ),
    "findings": (
        _unique(*FINDING_KEY), *_INTERVAL, _ordered("conf_low_adjusted", "conf_high_adjusted"),
        _between("p_value", 0, 1), _between("p_value_adjusted", 0, 1), _between("n_arm", 0, _INF),
        _between("n_reference", 0, _INF), _among("analysis", ANALYSES), _among("adjustment", ADJUSTMENTS),
        _among("measure", MEASURES), _among("status", STATUSES), _among("verdict", VERDICTS + _BLANK),
        ("an estimated row must have an estimate", lambda f: (f["status"] != "estimated") | f["estimate"].notna()),
        ("a ratio must be above 0", lambda f: ~f["measure"].isin(RATIOS) | f["estimate"].isna() | (f["estimate"] > 0)),
        ("a sensitivity row must have no p-value and verdict", lambda f: (f["analysis"] != "sensitivity") | _silent(f)),
    ),
    "arm_means": (_unique(*ARM_MEAN_COLUMNS[:6], "scale"), *_INTERVAL, _between("n", 0, _INF)),
    "descriptions": (
        _unique(*DESCRIPTION_COLUMNS[:6]), _between("n", 0, _INF), _between("n_readings", 0, _INF),
        _among("statistic", STATISTICS),
    ),
    "quarantine": (
        _among("table", ("sessions", "patients", "consultations", "adverse_events")),
        _among("severity", ("error", "warning")), _between("row", 1, _INF),
        ("must and fix must be filled", lambda f: (f["must"].fillna("") != "") & (f["fix"].fillna("") != "")),
    ),
    "eligibility": (_among("level", LEVELS), _between("row", 1, _INF), _unique("file", "row", "condition")),
}  # fmt: skip
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "analysis": ANALYSIS_COLUMNS,
    "findings": FINDING_COLUMNS,
    "arm_means": ARM_MEAN_COLUMNS,
    "descriptions": DESCRIPTION_COLUMNS,
    "quarantine": QUARANTINE_COLUMNS,
    "eligibility": ELIGIBILITY_COLUMNS,
}
RESULT_TABLES = tuple(_COLUMNS)
#: Relative size of a difference that six significant digits can leave.
_DIGITS = 1e-5


def _equal(a: Frame, b: Frame) -> Frame:
    """Both blank or equal to six digits."""
    near = (a - b).abs() <= _DIGITS * (1 + a.abs() + b.abs())
    return near | a.isna() | b.isna()


def _silent(frame: Frame) -> Frame:
    """No p-value, nothing adjusted, no verdict."""
    columns = ["p_value", "p_value_adjusted", "conf_low_adjusted", "conf_high_adjusted"]
    return frame[columns].isna().all(axis=1) & (frame["verdict"].fillna("") == "")


def result_schema(name: str) -> Any:
    """The pandera model of a delivered table (RESULT_TABLES); its columns in this order, nothing else.

    The analysis table may carry further columns. Raises KeyError for another name.
    """
    import pandera.pandas as pa

    if name not in _COLUMNS:
        raise KeyError(f"no result table {name!r}: choose from {', '.join(RESULT_TABLES)}")
    columns = {column: pa.Column(None, nullable=True, required=True) for column in _COLUMNS[name]}
    checks = [pa.Check(check, name=text, error=text, ignore_na=False) for text, check in _CHECKS[name]]
    exact = name != "analysis"
    return pa.DataFrameSchema(columns, checks=checks, name=name, strict=exact, ordered=exact)
