"""A mock: treatments change hands and nothing else does; what was true of the treatments is gone."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import analytics as oc
from analytics.domain.dataset import Sifted
from analytics.intake.mock import mocked


@cache
def clinics(seed: int = 3) -> Sifted:
    return oc.validate(oc.example(patients=150, clinics=2, seed=seed))


def shuffled(seed: int = 1) -> Sifted:
    return mocked(clinics(), rng=np.random.default_rng(seed))


def first(sessions: pd.DataFrame) -> pd.Series:
    """Patient -> the treatments they began with, place by place."""
    given = sessions[sessions["treatment"].notna()].sort_values(["session_date", "_file", "_row", "_record"])
    begun = given.assign(side=given["side"].fillna("")).drop_duplicates(["patient", "side"])
    return begun.groupby("patient")["treatment"].agg(lambda texts: tuple(sorted(set(texts))))


def test_nothing_but_treatments_and_recommendations_changes() -> None:
    before, after = clinics(), shuffled()
    others = [name for name in before.sessions if name not in ("treatment", "recommended_treatment")]
    pd.testing.assert_frame_equal(before.sessions[others], after.sessions[others])
    pd.testing.assert_frame_equal(before.patients, after.patients)
    pd.testing.assert_frame_equal(before.adverse_events, after.adverse_events)
    assert before.sessions["treatment"].isna().equals(after.sessions["treatment"].isna())
    assert after.sessions["treatment"].dtype == before.sessions["treatment"].dtype


def test_as_many_patients_begin_with_each_treatment_and_those_with_two_keep_both() -> None:
    before, after = first(clinics().sessions), first(shuffled().sessions)
    pd.testing.assert_series_equal(before.value_counts().sort_index(), after.value_counts().sort_index())
    two = before[before.map(len) > 1]
    assert len(two) > 3, "the clinics have such patients"
    pd.testing.assert_series_equal(two, after[two.index])


def test_many_patients_get_another_treatment_and_sides_swap() -> None:
    before, after = first(clinics().sessions), first(shuffled().sessions)
    single = before.index[before.map(len) == 1]
    assert 0.4 < (before[single] != after[single]).mean() < 0.9
    pairs = before.index[before.map(len) > 1]
    moved = clinics().sessions["treatment"].fillna("") != shuffled().sessions["treatment"].fillna("")
    changed = clinics().sessions[moved & clinics().sessions["patient"].isin(pairs)]["patient"].nunique()
    assert 0 < changed < len(pairs)


def test_a_patient_who_changes_treatment_still_changes_it() -> None:
    """A switch is a switch to another one: the number of treatments of each patient stays."""
    before, after = (
        sifted.sessions.dropna(subset=["treatment"]).groupby("patient")["treatment"].nunique()
        for sifted in (clinics(), shuffled())
    )
    pd.testing.assert_series_equal(before, after)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_seed_alone_decides(seed: int) -> None:
    one, two = shuffled(seed), shuffled(seed)
    pd.testing.assert_frame_equal(one.sessions, two.sessions)
    assert not one.sessions["treatment"].equals(shuffled(seed + 10).sessions["treatment"])


def test_the_order_of_rows_does_not_decide() -> None:
    from dataclasses import replace

    turned = replace(clinics(), sessions=clinics().sessions.iloc[::-1])
    again = mocked(turned, rng=np.random.default_rng(1)).sessions.iloc[::-1]
    pd.testing.assert_frame_equal(shuffled().sessions, again)
