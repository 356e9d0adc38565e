"""The models of delivered tables: the same columns as the analysis writes, and they refuse what cannot be."""

from __future__ import annotations

import math

import pandas as pd
import pandera.pandas as pa
import pytest

from schemas import eligibility, results
from schemas.results import RESULT_TABLES, result_schema


def test_columns_are_those_of_the_analysis():
    from analytics.domain import dataset, finding, plan

    assert results.FINDING_COLUMNS == finding.FINDING_COLUMNS
    assert results.FINDING_KEY == finding.FINDING_KEY
    assert results.ARM_MEAN_COLUMNS == finding.ARM_MEAN_COLUMNS
    assert results.DESCRIPTION_COLUMNS == finding.DESCRIPTION_COLUMNS
    assert results.QUARANTINE_COLUMNS == dataset.QUARANTINE_COLUMNS
    assert results.VERDICTS == finding.VERDICTS
    assert results.RATIOS == finding.RATIO_MEASURES
    assert results.MEASURES == plan.MEASURES


def finding(**changes) -> dict:
    row = dict.fromkeys(results.FINDING_COLUMNS, math.nan)
    row |= {
        "analysis": "primary", "outcome": "texture_grade", "visit": 12.0, "population": "all", "verdict": "better",
        "contrast": "chemical_peel v microdermabrasion", "arm": "chemical_peel", "reference": "microdermabrasion",
        "method": "ancova", "adjustment": "covariates", "measure": "difference", "n_arm": 40, "n_reference": 38,
        "estimate": -0.6, "std_error": 0.2, "df": 70.0, "conf_low": -1.0, "conf_high": -0.2, "p_value": 0.004,
        "p_value_adjusted": 0.01, "conf_low_adjusted": -1.1, "conf_high_adjusted": -0.1,
        "status": "estimated", "notes": "",
    }  # fmt: skip
    return row | changes


def arm_mean(**changes) -> dict:
    row = {
        "outcome": "texture_grade", "visit": 12.0, "population": "all", "arm": "chemical_peel", "method": "ancova",
        "adjustment": "covariates", "n": 40, "estimate": -1.2, "std_error": 0.1, "df": 70.0, "conf_low": -1.4,
        "conf_high": -1.0, "scale": "change",
    }  # fmt: skip
    return row | changes


def description(**changes) -> dict:
    row = {
        "outcome": "texture_grade", "visit": 12.0, "population": "all", "arm": "chemical_peel", "level": "",
        "statistic": "mean", "value": 3.1, "n": 40, "n_readings": 44,
    }  # fmt: skip
    return row | changes


def quarantined(**changes) -> dict:
    row = {
        "table": "sessions", "file": "a.csv", "row": 7, "column": "Texture", "rule": "range", "severity": "error",
        "value": "12", "must": "must be from 0 to 9", "fix": "Correct it.",
    }  # fmt: skip
    return row | changes


def eligible(**changes) -> dict:
    row = {
        "file": "a.csv", "row": 7, "patient_id": "p", "treatment": "chemical_peel", "condition": "pregnancy",
        "level": "warn", "policy": eligibility.POLICY_VERSION,
    }  # fmt: skip
    return row | changes


def analysed(**changes) -> dict:
    row = {
        "patient": "p", "unit": "p", "side": "", "body_site": "", "arm": "chemical_peel", "design": "parallel",
        "visit": 12.0, "outcome": "texture_grade", "value": 3.0, "baseline": 4.5, "change": -1.5, "day": 84.0,
        "n_readings": 1, "derivation": "observed", "days_since_session": 14.0, "hours_since_session": math.nan,
        "responder": 1.0,
    }  # fmt: skip
    return row | changes


GOOD = {
    "analysis": analysed, "findings": finding, "arm_means": arm_mean, "descriptions": description,
    "quarantine": quarantined, "eligibility": eligible,
}  # fmt: skip
BAD = [
    ("analysis", {"change": 1.5}),
    ("analysis", {"responder": 2.0}),
    ("analysis", {"design": "crossover"}),
    ("findings", {"analysis": "main"}),
    ("findings", {"verdict": "superb"}),
    ("findings", {"conf_low": 0.5}),
    ("findings", {"p_value": 1.2}),
    ("findings", {"std_error": -0.1}),
    ("findings", {"estimate": math.nan}),
    ("findings", {"measure": "odds_ratio"}),
    ("findings", {"analysis": "sensitivity"}),
    ("findings", {"status": "fine"}),
    ("arm_means", {"conf_high": -3.0}),
    ("arm_means", {"n": -1}),
    ("descriptions", {"statistic": "mode"}),
    ("quarantine", {"severity": "fatal"}),
    ("quarantine", {"must": ""}),
    ("quarantine", {"row": 0}),
    ("eligibility", {"level": "stop"}),
]


@pytest.mark.parametrize("name", RESULT_TABLES)
def test_good_rows_pass(name):
    result_schema(name).validate(pd.DataFrame([GOOD[name]()]), lazy=True)


def test_a_failed_model_is_a_row():
    blank = dict.fromkeys(
        ("estimate", "std_error", "df", "conf_low", "conf_high", "p_value", "p_value_adjusted"), math.nan
    )
    blank |= {"conf_low_adjusted": math.nan, "conf_high_adjusted": math.nan}
    row = finding(status="not_estimable", verdict="not_estimable", notes="too few patients", **blank)
    result_schema("findings").validate(pd.DataFrame([row]), lazy=True)


@pytest.mark.parametrize(("name", "changes"), BAD)
def test_bad_rows_are_refused(name, changes):
    with pytest.raises(pa.errors.SchemaErrors):
        result_schema(name).validate(pd.DataFrame([GOOD[name](**changes)]), lazy=True)


@pytest.mark.parametrize("name", [n for n in RESULT_TABLES if n != "quarantine"])
def test_a_repeated_row_is_refused(name):
    with pytest.raises(pa.errors.SchemaErrors, match="one row per"):
        result_schema(name).validate(pd.DataFrame([GOOD[name](), GOOD[name]()]), lazy=True)


@pytest.mark.parametrize("name", [n for n in RESULT_TABLES if n != "analysis"])
def test_columns_are_exact_and_in_order(name):
    frame = pd.DataFrame([GOOD[name]()])
    for other in (frame.assign(extra=1), frame[frame.columns[::-1]], frame.iloc[:, 1:]):
        with pytest.raises(pa.errors.SchemaErrors):
            result_schema(name).validate(other, lazy=True)


def test_unknown_table():
    with pytest.raises(KeyError, match="choose from analysis"):
        result_schema("flow")
