"""What stands in findings: which rows carry p, family and verdict, and that nothing is missing or twice."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import analytics as oc
from analytics.analysis.answers import DEPENDS, FRAGILE
from analytics.analysis.questions import levels
from analytics.analysis.whole import analyse_cohort
from analytics.domain.errors import UsageError
from analytics.domain.finding import FINDING_COLUMNS, FINDING_KEY, VERDICTS
from analytics.intake.select import has_baseline
from analytics.intake.select import population as chosen
from schemas.results import result_schema

ADJUSTED = ["p_value_adjusted", "conf_low_adjusted", "conf_high_adjusted"]


@pytest.fixture(scope="module")
def sifted():
    return oc.validate(oc.example(patients=150, seed=3))


@pytest.fixture(scope="module")
def cohort(sifted):
    return oc.cohort(sifted)


@pytest.fixture(scope="module")
def tables(cohort):
    return analyse_cohort(cohort)


@pytest.fixture(scope="module")
def findings(tables):
    return tables["findings"]


def test_findings_have_the_fixed_columns_and_pass_their_own_schema(findings: pd.DataFrame) -> None:
    assert tuple(findings.columns) == FINDING_COLUMNS
    result_schema("findings").validate(findings)
    assert not findings.duplicated(list(FINDING_KEY)).any()


def test_every_pair_of_every_planned_outcome_and_visit_has_a_row(findings: pd.DataFrame, cohort) -> None:
    told = {(r.outcome, r.visit, r.population, r.contrast) for r in findings.itertuples()}
    for item in cohort.plan.outcomes:
        for visit in cohort.plan.visits.weeks:
            for population in cohort.populations:
                for arm, reference in cohort.plan.pairs():
                    assert (item.outcome, visit, population, f"{arm} v {reference}") in told


def test_only_the_primary_estimator_carries_p_and_verdict(findings: pd.DataFrame) -> None:
    beside = findings[findings["analysis"] == "sensitivity"]
    assert len(beside)
    assert beside[["p_value", *ADJUSTED]].isna().all().all()
    assert (beside["verdict"].fillna("") == "").all()
    main = findings[findings["analysis"].isin(["primary", "secondary"])]
    first = main.drop_duplicates(["outcome", "visit", "population", "contrast"])
    estimated = first[first["status"] == "estimated"]
    assert estimated["p_value"].notna().all()
    assert estimated["verdict"].isin(VERDICTS).all()
    others = main.drop(first.index)
    assert others["p_value"].isna().all()
    assert (others["verdict"].fillna("") == "").all()


def test_a_family_is_one_primary_outcome_at_the_primary_visit(findings: pd.DataFrame, cohort) -> None:
    filled = findings[findings["p_value_adjusted"].notna()]
    assert set(filled["analysis"]) == {"primary"}
    assert set(filled["visit"]) == {cohort.plan.visits.last}
    assert (filled["p_value_adjusted"] >= filled["p_value"] - 1e-12).all()
    assert (filled["conf_low_adjusted"] <= filled["conf_low"] + 1e-9).all()
    elsewhere = findings[(findings["visit"] != cohort.plan.visits.last)]
    assert not (elsewhere["analysis"] == "primary").any()


def test_a_verdict_of_not_estimable_goes_with_its_status(findings: pd.DataFrame) -> None:
    failed = findings[findings["status"] != "estimated"]
    assert failed[["estimate", "std_error", "conf_low", "conf_high", "p_value"]].isna().all().all()
    assert (failed["notes"].fillna("") != "").all()


def test_the_baseline_models_agree_or_the_verdict_says_so(findings: pd.DataFrame) -> None:
    noted = findings[findings["notes"].fillna("").str.contains(DEPENDS)]
    assert (noted["verdict"] == "not_shown").all()


def test_n_counts_patients_of_the_cohort_with_a_reading(findings: pd.DataFrame, cohort) -> None:
    table = cohort.table
    for row in findings[(findings["method"] == "ancova") & (findings["adjustment"] == "none")].itertuples():
        here = table[(table["outcome"] == row.outcome) & (table["visit"] == row.visit) & (table["arm"] == row.arm)]
        if row.population.startswith("design="):
            here = here[here["design"] == row.population.removeprefix("design=")]
        read = here[here["value"].notna() & (here["change"].notna() | here["baseline"].isna())]
        with_change = read[read["change"].notna()] if cohort.outcome(row.outcome).baseline == "before" else read
        assert row.n_arm == with_change["patient"].nunique()


def test_an_unadjusted_plan_makes_the_unadjusted_rows_primary(sifted) -> None:
    plan = replace_plan(oc.plan(sifted), primary_estimator="unadjusted")
    found = analyse_cohort(oc.cohort(sifted, plan))["findings"]
    primary = found[found["analysis"] == "primary"]
    assert set(primary["adjustment"]) == {"none"}


def test_a_reference_arm_gives_only_its_pairs(sifted) -> None:
    plan = replace_plan(oc.plan(sifted), reference="microdermabrasion")
    found = analyse_cohort(oc.cohort(sifted, plan))["findings"]
    assert set(found["reference"]) == {"microdermabrasion"}


def test_across_outcomes_bonferroni_multiplies_p_and_widens(sifted, findings: pd.DataFrame) -> None:
    plan = replace_plan(oc.plan(sifted), across="bonferroni")
    found = analyse_cohort(oc.cohort(sifted, plan))["findings"]
    both = findings.merge(found, on=list(FINDING_KEY), suffixes=("", "_shared"))
    both = both[both["p_value_adjusted"].notna()]
    assert np.allclose(both["p_value_adjusted_shared"], np.minimum(1, 3 * both["p_value_adjusted"]), rtol=1e-4)
    assert (both["conf_low_adjusted_shared"] < both["conf_low_adjusted"]).all()


def test_a_question_at_the_prompt_is_exploratory(cohort) -> None:
    found = oc.compare(cohort, outcome="texture_grade", visit=8).to_frame()
    assert set(found["analysis"]) == {"exploratory"}
    assert set(found["visit"]) == {8}
    assert found["p_value_adjusted"].isna().all()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"outcome": "textur_grade"}, "texture_grade"),
        ({"outcome": "visia_percentile"}, "never averaged"),
        ({"outcome": "texture_grade", "by": "skin_typ"}, "skin_type"),
        ({"outcome": "texture_grade", "visit": 9}, "4, 8, 12"),
        ({"outcome": "texture_grade", "method": "ancov"}, "ancova"),
        ({"outcome": "texture_grade", "adjust": "covariate"}, "covariates"),
        ({"outcome": "texture_grade", "measure": "odds"}, "difference"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(cohort, asked: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        oc.compare(cohort, **asked)


def test_subgroups_are_exploratory_with_an_interaction_test(sifted) -> None:
    plan = replace_plan(oc.plan(sifted), subgroups=("skin_type",))
    tables = analyse_cohort(oc.cohort(sifted, plan))
    inside = tables["findings"][tables["findings"]["population"].str.startswith("skin_type=")]
    assert set(inside["analysis"]) == {"exploratory"}
    tests = tables["effects"][tables["effects"]["quantity"] == "interaction"]
    assert len(tests)
    assert tests["p_value"].between(0, 1).all()


def replace_plan(plan, **changed):
    """The plan of the primary outcomes with some fields changed, checked anew."""
    return type(plan).model_validate({**plan.model_dump(by_alias=True), "secondary": [], **changed})


def test_inputs_of_the_analysis_are_left_as_they_were(sifted) -> None:
    cohort = oc.cohort(sifted, replace_plan(oc.plan(sifted)))
    before = (cohort.members.copy(), cohort.table.copy(), cohort.flow.copy())
    analyse_cohort(cohort)
    for was, now in zip(before, (cohort.members, cohort.table, cohort.flow)):
        pd.testing.assert_frame_equal(was, now)


CHANGED = {"ancova", "negative_binomial", "fractional_logit", "cumulative_logit"}


def test_every_outcome_with_a_baseline_has_its_change_score_beside(findings: pd.DataFrame, cohort) -> None:
    """statistics.md 3: both baseline models are fitted, for counts and grades as for measurements."""
    main = findings[findings["analysis"].isin(["primary", "secondary"]) & findings["method"].isin(CHANGED)]
    for outcome, population, visit, method in set(zip(main.outcome, main.population, main.visit, main.method)):
        beside = findings[
            (findings["outcome"] == outcome) & (findings["population"] == population) & (findings["visit"] == visit)
            & (findings["method"] == method) & (findings["adjustment"] == "change_score")
        ]  # fmt: skip
        assert bool(len(beside)) == has_baseline(cohort, cohort.outcome(outcome))


def opposed() -> pd.DataFrame:
    """Two arms that start apart (mean 4 and 7) and end apart by half of that: the two baseline models disagree."""
    rows = []
    for number in range(60):
        arm, level = ("microdermabrasion", 4.0) if number % 2 else ("chemical_peel", 7.0)
        start = level + number // 2 % 5 - 2
        end = 0.5 * start + 1 + 0.5 * (number // 2 % 3 - 1)
        rows.append(
            {"patient_id": f"p{number}", "session_date": "2025-01-01", "treatment": arm, "texture_grade": start}
        )
        rows.append({"patient_id": f"p{number}", "session_date": "2025-03-26", "texture_grade": end})
    return pd.DataFrame(rows).assign(sex=lambda f: ["female" if int(p[1:]) % 4 < 2 else "male" for p in f.patient_id])


@pytest.fixture(scope="module")
def opposed_sifted(tmp_path_factory):
    path = tmp_path_factory.mktemp("opposed") / "sessions.csv"
    opposed().to_csv(path, index=False)
    return oc.validate(oc.read(path))


@pytest.mark.parametrize("estimator", ["adjusted", "unadjusted"])
def test_a_verdict_that_depends_on_the_baseline_model_is_not_shown(opposed_sifted, estimator: str) -> None:
    plan = replace_plan(oc.plan(opposed_sifted), primary_estimator=estimator, subgroups=("sex",))
    found = analyse_cohort(oc.cohort(opposed_sifted, plan))["findings"]
    judged = found[found["visit"].eq(12) & found["analysis"].isin(["primary", "exploratory"])]
    assert set(judged["population"]) == {"all", "sex=female", "sex=male"}
    assert set(judged["verdict"]) == {"not_shown"}
    assert judged["notes"].str.contains(DEPENDS).all()


def test_the_prompt_gives_no_verdict_that_the_plan_would_not(opposed_sifted) -> None:
    cohort = oc.cohort(opposed_sifted)
    for adjust in (None, "covariates", "change_score", "none"):
        found = oc.compare(cohort, outcome="texture_grade", adjust=adjust).to_frame()
        assert set(found["verdict"]) == {"not_shown"}
        assert len(set(found["adjustment"])) == 1


def test_an_adjusted_estimate_that_leaves_out_the_unadjusted_primary_one_makes_it_fragile(opposed_sifted) -> None:
    plan = replace_plan(oc.plan(opposed_sifted), primary_estimator="unadjusted")
    found = analyse_cohort(oc.cohort(opposed_sifted, plan))["findings"]
    main = found[found["analysis"].eq("primary") & found["visit"].eq(12)].iloc[0]
    beside = found[found["adjustment"].eq("covariates") & found["visit"].eq(12) & found["method"].eq("ancova")].iloc[0]
    assert not beside["conf_low"] <= main["estimate"] <= beside["conf_high"]
    assert FRAGILE in main["notes"]


@pytest.mark.parametrize("method", ["negative_binomial", "fractional_logit"])
def test_the_prompt_refuses_a_method_of_another_kind_of_outcome(cohort, method: str) -> None:
    with pytest.raises(UsageError, match="texture_grade is continuous"):
        oc.compare(cohort, outcome="texture_grade", method=method)


@pytest.mark.parametrize(
    "values", [np.arange(18.0, 28.0, 0.25), np.arange(-3.0, 3.0), np.linspace(0.1, 0.9, 9), np.arange(20.0, 60.0)]
)
def test_a_number_split_in_two_loses_nobody(values: np.ndarray) -> None:
    members = pd.DataFrame({"score": np.resize(values, 80)})
    parts = [chosen(members, f"score={level}") for level in levels(SimpleNamespace(members=members), "score")]
    assert sum(len(part) for part in parts) == len(members)


def test_a_cohort_of_unvalidated_data_is_refused_with_the_missing_step() -> None:
    with pytest.raises(UsageError, match="validate"):
        oc.cohort(oc.example(patients=24, scenario="tiny"))


def test_any_column_of_subgroups_splits_a_comparison_and_gives_the_plans_own_rows(sifted, cohort) -> None:
    columns = ("sex", "provider_id", "clinic_id")
    planned = oc.cohort(sifted, cohort.plan.model_copy(update={"subgroups": columns}))
    for by in columns:
        assert by not in cohort.covariates or by == "clinic_id"
        found = oc.compare(cohort, outcome="texture_grade", by=by).to_frame()
        assert set(found["population"]) == {f"{by}={level}" for level in levels(planned, by)}
        assert set(found["analysis"]) == {"exploratory"}
        same = oc.compare(planned, outcome="texture_grade", by=by).to_frame()
        pd.testing.assert_frame_equal(found, same)


@pytest.mark.parametrize("by", ["sexx", "side", "session_date", "texture_grade", "sun"])
def test_a_column_that_makes_no_groups_is_refused_with_those_that_do(cohort, by: str) -> None:
    with pytest.raises(UsageError, match="is no column of these data that makes groups of patients") as refused:
        oc.compare(cohort, outcome="texture_grade", by=by)
    assert "choose from" in str(refused.value)


def test_asking_by_another_column_leaves_plan_and_cohort_as_they_are(cohort) -> None:
    before, members = cohort.plan, cohort.members.copy()
    found = oc.compare(cohort, outcome="texture_grade", by="provider_id")
    assert found.plan == before == cohort.plan
    pd.testing.assert_frame_equal(cohort.members, members)


def test_data_that_were_not_validated_are_not_analysed():
    with pytest.raises(UsageError, match="made of validated data; Dataset was given"):
        oc.analyse(oc.example(patients=20, clinics=1))
