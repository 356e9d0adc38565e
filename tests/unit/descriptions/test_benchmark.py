"""Clinics and providers beside what their patients let expect: against glm and by hand, and what must always hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmark_cohorts import PLAN, clinics_cohort, made
from described_cohorts import hand_cohort

from analytics.descriptions.benchmark import COLUMNS, OVERALL_COLUMNS, benchmark
from analytics.domain.plan import Plan

CLINICS = (40, 25, 60, 3, 12)


@pytest.fixture(scope="module")
def found() -> tuple[pd.DataFrame, pd.DataFrame]:
    return benchmark(clinics_cohort(CLINICS, spread=0.8))


def level(frame: pd.DataFrame, name: str, outcome: str = "texture_grade") -> pd.DataFrame:
    return frame[(frame["level"] == name) & (frame["outcome"] == outcome)].reset_index(drop=True)


def design(cohort, outcome: str = "texture_grade") -> tuple[pd.DataFrame, np.ndarray]:
    """The same case mix written out: start, treatment, age and skin type."""
    rows = cohort.table[cohort.table["outcome"] == outcome].merge(
        cohort.members[["unit", "age", "skin_type", "clinic_id", "provider_id"]], on="unit"
    )
    x = np.column_stack([
        np.ones(len(rows)), rows["arm"] == "chemical_peel", rows["arm"] == "dermal_roller", rows["age"],
        rows["skin_type"] == "oily", *([rows["baseline"]] if rows["baseline"].notna().all() else []),
    ]).astype(float)  # fmt: skip
    return rows, x


def test_expected_responders_are_those_of_statsmodels(found) -> None:
    sm = pytest.importorskip("statsmodels.api")
    rows, x = design(clinics_cohort(CLINICS, spread=0.8))
    fitted = sm.Logit(rows["responder"].to_numpy(), x).fit(disp=0).predict(x)
    wanted = pd.Series(fitted).groupby(rows["clinic_id"]).sum()
    mine = level(found[0], "clinic").set_index("clinic")
    np.testing.assert_allclose(mine["expected_responders"], wanted[mine.index], rtol=1e-6)
    np.testing.assert_allclose(mine["expected"], 100 * mine["expected_responders"] / mine["n"])
    assert mine["responders"].to_dict() == {c: rows.loc[rows["clinic_id"] == c, "responder"].sum() for c in mine.index}
    centre = 100 * rows["responder"].mean()
    np.testing.assert_allclose(mine["adjusted"], centre + mine["observed"] - mine["expected"])


def test_shrunken_values_are_near_the_random_intercepts_of_a_mixed_model() -> None:
    sm = pytest.importorskip("statsmodels.api")
    cohort = clinics_cohort([60] * 12, spread=0.8, seed=3)
    rows, x = design(cohort, "absorbed_percent")
    fit = sm.MixedLM(rows["value"].to_numpy(), x, groups=rows["clinic_id"]).fit(reml=True)
    effects = pd.Series({k: float(v.iloc[0]) for k, v in fit.random_effects.items()}).sort_index()
    mine, overall = benchmark(cohort)
    clinics = level(mine, "clinic", "absorbed_percent").set_index("clinic")
    whole = level(overall, "clinic", "absorbed_percent").iloc[0]
    np.testing.assert_allclose(clinics["shrunk"] - whole["middle"], effects, atol=0.1)  # two stages against one
    assert whole["spread"] == pytest.approx(float(np.sqrt(np.asarray(fit.cov_re)[0, 0])), rel=0.02)


def test_columns_and_nothing_under_the_minimum_cell(found) -> None:
    places, overall = found
    assert tuple(places.columns) == COLUMNS
    assert tuple(overall.columns) == OVERALL_COLUMNS
    assert places["n"].min() >= PLAN.minimum_cell
    whole = level(overall, "clinic").iloc[0]
    assert (whole["places"], whole["hidden"], whole["n"]) == (4, 1, sum(CLINICS))
    assert not places["clinic"].eq("clinic 003").any(), "three patients are not shown, nor are their providers"


def test_by_name_never_by_result(found) -> None:
    for (_, kind), part in found[0].groupby(["outcome", "level"]):
        names = list(zip(part["clinic"], part["provider"]))
        assert names == sorted(names), kind


def test_providers_belong_to_clinics(found) -> None:
    mine = level(found[0], "provider")
    clinics = level(found[0], "clinic").set_index("clinic")["n"]
    assert mine.groupby("clinic")["n"].sum().le(clinics).all()
    assert set(mine["provider"]) == {"P0", "P1"}, "the same name in two clinics is two providers"
    assert level(found[1], "provider")["most_in_clinic"].iloc[0] == 2


def test_shrunken_values_lie_between_the_adjusted_and_the_middle(found) -> None:
    places = found[0].merge(found[1], on=["outcome", "level"], suffixes=("", "_all"))
    low, high = np.minimum(places["adjusted"], places["middle"]), np.maximum(places["adjusted"], places["middle"])
    assert ((places["shrunk"] >= low - 1e-9) & (places["shrunk"] <= high + 1e-9)).all()
    assert (places["shrunk_low"] <= places["shrunk"]).all()


def test_the_fewer_the_patients_the_more_is_shrunk() -> None:
    places, overall = benchmark(clinics_cohort([10, 20, 40, 80, 160], spread=1.5, seed=2))
    mine, whole = level(places, "clinic", "absorbed_percent"), level(overall, "clinic", "absorbed_percent").iloc[0]
    kept = (mine["shrunk"] - whole["middle"]) / (mine["adjusted"] - whole["middle"])
    assert list(kept) == sorted(kept)
    assert 0 < kept.iloc[0] < kept.iloc[-1] < 1


def test_the_order_of_rows_and_the_names_of_clinics_change_nothing_else(found) -> None:
    cohort = clinics_cohort(CLINICS, spread=0.8)
    shuffled = made(cohort.members.sample(frac=1, random_state=1), cohort.table.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(benchmark(shuffled)[0], found[0], rtol=1e-9)
    called = {name: f"z{9 - i} <b>" for i, name in enumerate(sorted(set(cohort.members["clinic_id"])))}
    renamed = replace(cohort, members=cohort.members.assign(clinic_id=cohort.members["clinic_id"].map(called)))
    back = benchmark(renamed)[0]
    back["clinic"] = back["clinic"].map({v: k for k, v in called.items()})
    back = back.sort_values(["outcome", "level", "clinic", "provider"], ignore_index=True)
    mine = found[0].sort_values(["outcome", "level", "clinic", "provider"], ignore_index=True)
    pd.testing.assert_frame_equal(back, mine, rtol=1e-9)


def test_a_patient_with_two_sides_is_one_patient() -> None:
    cohort = hand_cohort(plan=Plan(arms=PLAN.arms, primary=("texture_grade",), covariates=("age",), minimum_cell=1))
    places, overall = benchmark(cohort)
    assert level(overall, "clinic")["n"].iloc[0] == 4, "a, b, d and s; c has no start and no answer, e no reading"
    assert level(places, "clinic").empty, "all four are of one clinic: nothing to set beside it"
    assert level(overall, "clinic")["places"].iloc[0] == 1


@pytest.mark.parametrize("clinic", [None, "", "unknown"])
def test_without_a_clinic_nothing_is_set_beside_anything(clinic: str | None) -> None:
    cohort = clinics_cohort([30])
    members = cohort.members.drop(columns=["provider_id"])
    members = members.drop(columns="clinic_id") if clinic is None else members.assign(clinic_id=clinic)
    places, overall = benchmark(replace(cohort, members=members))
    assert places.empty
    assert overall.empty


def test_all_too_small() -> None:
    places, overall = benchmark(clinics_cohort([4] * 6, providers=1))
    assert places.empty
    assert overall["hidden"].tolist() == [6] * 4
    assert overall["spread"].isna().all()


def test_no_variation_leaves_nothing_outside() -> None:
    cohort = clinics_cohort([20, 30])
    table = cohort.table.assign(responder=1.0, value=3.0, change=-2.0)
    places, _ = benchmark(replace(cohort, table=table))
    assert (places["outside"] == 0).all()
    assert (level(places, "clinic")["observed"] == 100).all()


def test_nobody_read_is_no_row() -> None:
    cohort = clinics_cohort([20, 30])
    places, overall = benchmark(replace(cohort, table=cohort.table.iloc[:0]))
    assert places.empty
    assert overall.empty


def test_a_patient_without_age_is_left_out_and_counted() -> None:
    cohort = clinics_cohort([20, 30])
    age = cohort.members["age"].where(cohort.members.index > 1)
    overall = benchmark(replace(cohort, members=cohort.members.assign(age=age)))[1]
    assert level(overall, "clinic")[["n", "without"]].to_numpy().tolist() == [[48, 2]]


def test_few_patients_carry_few_terms() -> None:
    overall = benchmark(clinics_cohort([10, 12], providers=1))[1]
    whole = level(overall, "clinic").iloc[0]
    # the rarer answer carries two coefficients: start and age; treatment would need two more
    assert whole[["terms", "terms_left"]].tolist() == ["baseline;age", "treatment;skin_type"]


@pytest.mark.long
@pytest.mark.parametrize("sizes", [(30,) * 20, (8, 15, 30, 60, 120) * 4, (40, 60, 80)], ids=["equal", "unequal", "few"])
def test_equal_clinics_lie_outside_as_often_as_promised(sizes: tuple[int, ...]) -> None:
    """Clinics without any true difference: about 5 % and 0.2 % outside, and no spread found too often."""
    repeats = min(max(100, 2000 // len(sizes)), 250)
    inner, outer, looked, found = dict.fromkeys(("texture_grade", "absorbed_percent"), 0), 0, 0, 0
    for seed in range(repeats):
        places, overall = benchmark(clinics_cohort(sizes, seed=seed, providers=1))
        mine = places[places["level"] == "clinic"]
        for outcome in inner:
            inner[outcome] += int((mine.loc[mine["outcome"] == outcome, "outside"] > 0).sum())
        outer += int((mine["outside"] > 1).sum())
        looked += len(mine)
        found += int((overall.loc[overall["level"] == "clinic", "p_value"] < 0.05).sum())
    each = looked / 2
    margin = 4 * np.sqrt(0.05 * 0.95 / each)
    for outcome, count in inner.items():
        assert abs(count / each - 0.05) < margin + 0.01, (outcome, count / each)
    assert outer / looked < 0.006
    assert abs(found / (2 * repeats) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / (2 * repeats)) + 0.01, found / (2 * repeats)
