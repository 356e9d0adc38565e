"""Advice, treatment and outcomes by how care went: by hand, and against statsmodels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmark_cohorts import clinics_cohort
from described_cohorts import MDA, PEEL, hand_cohort

from analytics.descriptions import advice, care_outcomes


def cells(frame: pd.DataFrame, *keys: str) -> dict[tuple, tuple]:
    rest = [name for name in frame.columns if name not in keys]
    return {tuple(row[k] for k in keys): tuple(row[c] for c in rest) for _, row in frame.iterrows()}


def test_mix_counts_patients_by_what_was_advised_and_given() -> None:
    found = cells(advice.mix(hand_cohort()), "by", "level", "kind", "treatment")
    assert found["skin_type", "dry", "recommended", MDA] == (2, 2), "a and s, whose two sides are one patient"
    assert found["skin_type", "dry", "delivered", PEEL] == (1, 2), "s had a peel on one side"
    assert found["skin_type", "dry", "delivered", MDA] == (2, 2)
    assert found["skin_type", "unknown", "recommended", "unknown"] == (1, 1), "a blank is unknown"
    assert not [key for key in found if key[0] in ("fitzpatrick", "concerns")], "nobody wrote it down"


def test_a_patient_with_several_concerns_counts_for_each() -> None:
    cohort = hand_cohort()
    concerns = ["acne; pores", "acne", "", "pores", "", "acne", "acne"]
    members = cohort.members.assign(concerns=concerns)
    found = advice.mix(replace(cohort, members=members))
    totals = found[found["by"] == "concerns"].groupby("level")["total"].first()
    assert totals.to_dict() == {"acne": 3, "pores": 2, "unknown": 2}


def test_agreement_counts_patients_and_leaves_blanks_apart() -> None:
    found = cells(advice.agreement(hand_cohort()), "by", "level")
    # a, d, e and one side of s as advised, b otherwise, c unknown
    assert found["all", "all"][:3] == (4, 5, 1)
    assert found["all", "all"][3] == pytest.approx(80)
    assert found["recommended", PEEL][:3] == (2, 3, 0)
    assert found["recommended", "unknown"][:3] == (0, 0, 1)
    assert found["clinic", "south"][:3] == (1, 1, 1)


def test_without_a_recommendation_there_is_no_agreement() -> None:
    cohort = hand_cohort()
    bare = replace(cohort, members=cohort.members.drop(columns="recommended_treatment"))
    assert advice.agreement(bare).empty
    assert "recommended" not in set(advice.mix(bare)["kind"])
    counted, _ = care_outcomes.care_outcomes(bare)
    assert set(counted["factor"]) == {"instructions_followed"}


def test_outcomes_by_concordance_by_hand() -> None:
    counted, differences = care_outcomes.care_outcomes(hand_cohort())
    found = cells(counted, "factor", "level")
    # texture, week 12: a yes, b no (advised a peel), d yes, s: left as advised yes, right otherwise yes
    assert found["concordance", "as_recommended"][3:5] == (3, 3)
    assert found["concordance", "otherwise"][3:5] == (2, 1)
    assert found["concordance", "unknown"][3:5] == (0, 0)
    assert found["instructions_followed", "no"][3:5] == (1, 0)
    assert differences["difference"].isna().all(), "too few patients: described only"
    assert differences["n_first"].tolist() == [3, 3]


def test_the_adjusted_difference_is_least_squares_with_hc2() -> None:
    sm = pytest.importorskip("statsmodels.api")
    cohort = clinics_cohort([60, 80, 100], seed=7)
    found = care_outcomes.care_outcomes(cohort)[1].set_index(["outcome", "factor"])
    rows = cohort.table.merge(cohort.members[["unit", "age", "skin_type", "recommended_treatment"]], on="unit")
    for outcome, response, unit in (("texture_grade", "responder", 100), ("absorbed_percent", "value", 1)):
        mine = rows[rows["outcome"] == outcome]
        based = [mine["baseline"]] if outcome == "texture_grade" else []
        x = np.column_stack([
            mine["arm"] == mine["recommended_treatment"], np.ones(len(mine)), mine["arm"] == "chemical_peel",
            mine["arm"] == "dermal_roller", mine["age"], mine["skin_type"] == "oily", *based,
        ]).astype(float)  # fmt: skip
        fit = sm.OLS(unit * mine[response].to_numpy(float), x).fit(cov_type="HC2")
        row = found.loc[(outcome, "concordance")]
        assert row["difference"] == pytest.approx(fit.params[0])
        half = (row["conf_high"] - row["conf_low"]) / 2
        assert half / fit.bse[0] == pytest.approx(1.97, abs=0.03), "one row a patient: CR2 is HC2, t near the normal"
        assert row["n"] == row["n_first"] + row["n_second"] == 240


def test_the_order_of_rows_changes_nothing() -> None:
    cohort = clinics_cohort([40, 50], seed=2)
    other = replace(cohort, members=cohort.members.sample(frac=1, random_state=3), table=cohort.table.iloc[::-1])
    for mine, theirs in zip(care_outcomes.care_outcomes(cohort), care_outcomes.care_outcomes(other)):
        pd.testing.assert_frame_equal(mine, theirs, rtol=1e-8)
    pd.testing.assert_frame_equal(advice.mix(cohort), advice.mix(other))
    pd.testing.assert_frame_equal(advice.agreement(cohort), advice.agreement(other))
