"""What must not matter does not: order of rows, names of patients, left for right; and inputs stay as they were."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Cohort, Estimand
from analytics.domain.dataset import Sifted
from analytics.intake import flow
from analytics.intake.derive import derive
from analytics.intake.select import sample
from tests.properties.test_cohort_referee import OUTCOMES, clinic, frame_of
from tests.unit.intake.build import ARMS, plan, sifted

EVENTS = {"switch": "hypothetical", "stop": "while_on_treatment", "new_skin_drug": "composite"}
PLAN = plan(arms=["mda", "peel"], primary=list(OUTCOMES), intercurrent=EVENTS)
SEEDS = (11, 12, 13)


def data(seed: int) -> Sifted:
    """A random clinic with covariates, products, sites and events beside the readings."""
    frame = frame_of(clinic(seed))
    rng = np.random.default_rng(seed)

    def some(*choices: object) -> pd.Series:
        return pd.Series(rng.choice(np.array(choices, dtype=object), len(frame)), dtype=object)

    frame["age"] = pd.to_numeric(some(None, 25, 35, 45))
    frame["skin_type"] = some(None, None, "dry", "oily")
    frame["body_site"] = some(None, None, None, None, "chin")
    frame["intercurrent_event"] = some(*[None] * 12, "stop", "new_skin_drug", "switch")
    frame["planned_sessions"] = pd.to_numeric(some(None, 2, 6))
    frame["product"] = some(None, "serum", "cream")
    return sifted(frame)


@cache
def base(seed: int) -> tuple[Sifted, Cohort]:
    given = data(seed)
    return given, derive(given, PLAN)


def told(made: Cohort) -> dict[str, pd.DataFrame]:
    """All that a cohort says, in an order of its own."""
    members = made.members.drop(columns="unit")
    table = made.table.drop(columns="unit")
    return {
        "members": members.sort_values(["patient", "side", "body_site"]).reset_index(drop=True),
        "table": table.sort_values(["outcome", "patient", "side", "body_site", "visit"]).reset_index(drop=True),
        "flow": made.flow,
        "excluded": made.excluded.sort_values("patient").reset_index(drop=True),
        "arms": flow.arms(made),
        "visits": flow.visits(made),
    }


def assert_same(one: Cohort, other: Cohort) -> None:
    left, right = told(one), told(other)
    for name in left:
        text = {c: object for c in left[name] if left[name][c].dtype == object or left[name][c].dtype == "str"}
        pd.testing.assert_frame_equal(left[name].astype(text), right[name].astype(text), check_exact=True, obj=name)
    assert one.covariates == other.covariates
    assert one.notes == other.notes
    assert one.plan == other.plan


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_in_another_order_give_the_same_cohort(seed):
    given, one = base(seed)
    order = np.random.default_rng(seed).permutation(len(given.sessions))
    shuffled = given.sessions.iloc[order].reset_index(drop=True)
    shuffled["_row"] = range(2, 2 + len(shuffled))
    assert_same(one, derive(replace(given, sessions=shuffled), PLAN))


@pytest.mark.parametrize("seed", SEEDS)
def test_patients_with_other_names_give_the_same_cohort(seed):
    given, one = base(seed)
    names = sorted(set(given.sessions["patient"]))
    new = {old: f"x{len(names) - i:03d}" for i, old in enumerate(names)}  # the order of the names turns round
    renamed = given.sessions.assign(
        patient=given.sessions["patient"].map(new), patient_id=given.sessions["patient_id"].map(new)
    )
    back = {v: k for k, v in new.items()}
    made = derive(replace(given, sessions=renamed), PLAN)
    undone = replace(
        made,
        members=made.members.assign(
            patient=made.members["patient"].map(back), patient_id=made.members["patient_id"].map(back)
        ),
        table=made.table.assign(patient=made.table["patient"].map(back)),
        excluded=made.excluded.assign(patient=made.excluded["patient"].map(back)),
    )
    assert_same(one, undone)


@pytest.mark.parametrize("seed", SEEDS)
def test_left_for_right_gives_the_mirrored_cohort(seed):
    given, one = base(seed)
    swap = {"left": "right", "right": "left", "both": "both"}
    mirrored = given.sessions.assign(side=given.sessions["side"].map(swap))
    made = derive(replace(given, sessions=mirrored), PLAN)
    turned = {"left": "right", "right": "left", "": ""}
    undone = replace(
        made,
        members=made.members.assign(side=made.members["side"].map(turned)),
        table=made.table.assign(side=made.table["side"].map(turned)),
    )
    assert_same(one, undone)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_plans_arms_changes_who_is_named_first_and_nothing_else(seed):
    given, one = base(seed)
    other = derive(given, PLAN.model_copy(update={"arms": tuple(reversed(PLAN.arms))}))
    for name in ("members", "table", "excluded"):
        pd.testing.assert_frame_equal(told(one)[name], told(other)[name])


@pytest.mark.parametrize("seed", SEEDS)
def test_another_unit_of_an_outcome_rescales_its_values_and_nothing_else(seed):
    given, made = base(seed)
    scaled = given.sessions.assign(texture_grade=given.sessions["texture_grade"] * 4)
    one, other = told(made)["table"], told(derive(replace(given, sessions=scaled), PLAN))["table"]
    texture = one["outcome"] == "texture_grade"
    for column in ("value", "baseline", "change"):
        expected = one[column].where(~texture, one[column] * 4)
        pd.testing.assert_series_equal(other[column], expected)
    rest = [c for c in one.columns if c not in ("value", "baseline", "change", "responder")]
    pd.testing.assert_frame_equal(one[rest], other[rest])


def test_inputs_are_left_as_they_were():
    given = data(5)
    before = given.sessions.copy(deep=True)
    written = PLAN.canonical()
    made = derive(given, PLAN)
    members, table = made.members.copy(deep=True), made.table.copy(deep=True)
    sample(made, Estimand("texture_grade", 4.0, made.populations[0], made.plan.arms, "ancova"))
    flow.arms(made), flow.visits(made), flow.incomplete_pairs(made)
    pd.testing.assert_frame_equal(given.sessions, before)
    pd.testing.assert_frame_equal(made.members, members)
    pd.testing.assert_frame_equal(made.table, table)
    assert PLAN.canonical() == written


@pytest.mark.parametrize("seed", SEEDS)
def test_the_parts_of_a_cohort_fit_together(seed):
    _, made = base(seed)
    members, table = made.members, made.table
    assert members["unit"].is_unique
    assert not table.duplicated(["unit", "visit", "outcome"]).any()
    assert set(table["unit"]) <= set(members["unit"])
    assert not set(members["patient"]) & set(made.excluded["patient"])
    assert set(members["patient"]) | set(made.excluded["patient"]) == set(made.sifted.sessions["patient"])
    assert set(members["arm"]) <= set(made.plan.arms)
    both = members[members["design"] == "split_face"].groupby("patient")
    assert (both["arm"].nunique() > 1).all()
    assert (both["start"].nunique() == 1).all()
    assert (members[members["design"] == "parallel"].groupby("patient")["arm"].nunique() == 1).all()
    change = table["value"] - table["baseline"]
    pd.testing.assert_series_equal(change, table["change"], check_names=False)
    readings = made.flow[made.flow["unit"] == "readings"].set_index("step")["count"]
    assert readings["readings"] == readings.drop("readings").sum()
    assert set(table.loc[table["visit"] > 0, "visit"]) <= set(made.plan.visits.weeks)


def test_a_trial_file_in_another_order_gives_the_same_cohort():
    rng = np.random.default_rng(3)
    count = 60
    frame = pd.DataFrame(
        {
            "patient_id": np.repeat([f"p{i}" for i in range(20)], 3).astype(object),
            "visit": np.tile([0.0, 4.0, 8.0], 20),
            "treatment": np.repeat(rng.choice(list(ARMS.values()), 20), 3).astype(object),
            "texture_grade": rng.integers(0, 9, count).astype(float),
            "age": np.repeat(rng.integers(20, 60, 20), 3).astype(float),
        }
    )
    given = sifted(frame)
    shuffled = given.sessions.sample(frac=1, random_state=1).reset_index(drop=True)
    assert_same(derive(given, None), derive(replace(given, sessions=shuffled), None))
