"""What stands beside a comparison of a yes / no outcome: the number needed, and a margin at the plan's level."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from scipy import stats

import analytics as oc
from analytics.analysis.whole import analyse_cohort
from analytics.domain.plan import Plan

CLEARED = {"microdermabrasion": 11, "chemical_peel": 14, "dermal_roller": 19}  # of 25 each
MAPPING = {
    "columns": {
        "patient_id": "patient_id",
        "visit": "visit",
        "treatment": "treatment",
        "cleared": "cleared",
        "spots": "spots",
    },
    "outcomes": {
        "spots": {"label": "Spots", "domain": "breakouts", "kind": "count", "direction": "lower", "baseline": "none"},
        "cleared": {
            "label": "Cleared",
            "domain": "texture",
            "kind": "binary",
            "direction": "higher",
            "baseline": "none",
        },
    },
}


@pytest.fixture(scope="module")
def sifted(tmp_path_factory):
    rows = []
    for arm, count in CLEARED.items():
        for number in range(25):
            who = {"patient_id": f"{arm}{number}", "treatment": arm}
            rows += [{**who, "visit": 0}, {**who, "visit": 12, "cleared": int(number < count), "spots": number % 7 + 3}]
    path = tmp_path_factory.mktemp("cleared") / "sessions.csv"
    pd.DataFrame(rows).astype({"cleared": "Int64", "spots": "Int64"}).to_csv(path, index=False)
    return oc.validate(oc.read(path, mapping=MAPPING))


def tables(sifted, **plan) -> dict[str, pd.DataFrame]:
    return analyse_cohort(oc.cohort(sifted, Plan.model_validate({"primary": [{"outcome": "cleared"}], **plan})))


def main(findings: pd.DataFrame, pair: str) -> pd.Series:
    """The first row of the primary estimator."""
    return findings[findings["contrast"].eq(pair) & findings["analysis"].eq("primary")].iloc[0]


def needed(effects: pd.DataFrame) -> pd.DataFrame:
    found = effects[effects["adjustment"].eq("covariates") & effects["quantity"].eq("number_needed")]
    return found.set_index("contrast")


def test_a_number_needed_goes_with_the_interval_of_the_family(sifted) -> None:
    """Roller against microdermabrasion: 0.32, alone without 0, in the family of three with it."""
    pair = "dermal_roller v microdermabrasion"
    family, alone = tables(sifted), tables(sifted, multiplicity="none")
    row = (
        family["findings"].query("contrast == @pair and measure == 'risk_difference' and analysis == 'primary'").iloc[0]
    )
    assert row["conf_low"] > 0 > row["conf_low_adjusted"]
    assert row["verdict"] == "not_shown"
    assert pair not in needed(family["effects"]).index
    assert needed(alone["effects"]).loc[pair, "estimate"] == pytest.approx(1 / 0.32, rel=1e-5)


@pytest.mark.parametrize("level", [0.95, 0.9])
def test_a_margin_for_a_yes_no_outcome_is_tested_at_the_level_of_the_plan(sifted, level: float) -> None:
    made = tables(sifted, primary=[{"outcome": "cleared", "margin": 0.1}], confidence_level=level)
    pair = "chemical_peel v microdermabrasion"
    row, effects = main(made["findings"], pair), made["effects"]
    found = effects[effects["contrast"].eq(pair) & effects["quantity"].eq("non_inferiority")].iloc[0]
    assert found["conf_low"] == pytest.approx(row["conf_low"], rel=1e-5)
    assert found["estimate"] == float(row["conf_low"] > -0.1)
    t = (row["estimate"] + 0.1) / row["std_error"]
    assert found["p_value"] == pytest.approx(stats.t.sf(t, row["df"]), rel=1e-4)
    assert math.isnan(found["conf_high"])


def test_a_limit_of_non_inferiority_stands_on_the_reported_scale_on_the_side_of_loss(sifted) -> None:
    """Fewer lesions are better: a ratio's limit of loss is the upper one, and not its logarithm."""
    made = tables(sifted, primary=[{"outcome": "spots", "margin": 1.25}])
    pair = "chemical_peel v microdermabrasion"
    row, effects = main(made["findings"], pair), made["effects"]
    found = effects[effects["contrast"].eq(pair) & effects["quantity"].eq("non_inferiority")].iloc[0]
    assert row["measure"] == "rate_ratio"
    assert found["conf_high"] == pytest.approx(row["conf_high"], rel=1e-5)
    assert math.isnan(found["conf_low"])
    assert found["estimate"] == float(row["conf_high"] < 1.25)
