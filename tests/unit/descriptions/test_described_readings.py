"""Descriptions, responders, baseline, clinics and peel depth of a cohort small enough to check with a pencil."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from described_cohorts import ARMS, MDA, PEEL, ROLLER, hand_cohort

from analytics.descriptions import baseline, clinics, depth, outcomes, responders
from analytics.domain.cohort import Cohort
from analytics.domain.finding import DESCRIPTION_COLUMNS
from analytics.domain.plan import Plan


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return hand_cohort()


def told(frame: pd.DataFrame, **keys: object) -> dict:
    """statistic (or level: statistic) -> value of the rows with these keys."""
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    return {
        f"{level}:{s}" if level else s: v for level, s, v in zip(frame["level"], frame["statistic"], frame["value"])
    }


def test_describes_texture_of_one_arm(cohort: Cohort) -> None:
    frame = outcomes.describe(cohort)
    assert tuple(frame.columns) == DESCRIPTION_COLUMNS
    found = told(frame, outcome="texture_grade", visit=12, population="design=parallel", arm=MDA)
    assert found == {"n": 3, "missing": 0, "mean": 4, "sd": 1, "median": 4, "q1": 3.5, "q3": 4.5}
    rows = frame[(frame["outcome"] == "texture_grade") & (frame["visit"] == 12) & (frame["arm"] == MDA)]
    assert set(rows.loc[rows["population"] == "design=parallel", "n_readings"]) == {5}
    assert set(rows.loc[rows["population"] == "design=parallel", "n"]) == {3}


def test_missing_are_patients_of_the_arm_without_a_reading(cohort: Cohort) -> None:
    frame = outcomes.describe(cohort)
    at = {"outcome": "texture_grade", "population": "design=parallel"}
    assert told(frame, visit=0, arm=MDA, **at)["missing"] == 1
    assert told(frame, visit=12, arm=PEEL, **at) == {
        "n": 1, "missing": 1, "mean": 5.5, "sd": pytest.approx(math.nan, nan_ok=True), "median": 5.5, "q1": 5.5,
        "q3": 5.5,
    }  # fmt: skip
    assert told(frame, visit=8, arm=MDA, **at) == {"n": 0, "missing": 3}
    assert told(frame, visit=12, arm=ROLLER, **at) == {"n": 0, "missing": 0}


def test_grades_are_counted_with_the_empty_ones(cohort: Cohort) -> None:
    found = told(outcomes.describe(cohort), outcome="acne_iga", visit=12, population="design=parallel", arm=MDA)
    assert [found[f"{g}:count"] for g in range(5)] == [0, 2, 0, 1, 0]
    assert found["1:percent"] == pytest.approx(200 / 3)
    assert found["mean"] == pytest.approx(5 / 3)


def test_a_rank_is_never_averaged_and_an_impression_has_no_start(cohort: Cohort) -> None:
    frame = outcomes.describe(cohort)
    rank = told(frame, outcome="visia_percentile", visit=12, population="design=parallel", arm=MDA)
    assert rank == {"n": 2, "missing": 1, "median": 50, "q1": 45, "q3": 55}
    assert 0 not in set(frame.loc[frame["outcome"] == "gais", "visit"])
    assert 0 in set(frame.loc[frame["outcome"] == "acne_iga", "visit"])


def test_split_face_stands_apart_unless_pooled(cohort: Cohort) -> None:
    found = told(outcomes.describe(cohort), outcome="texture_grade", visit=12, population="design=split_face", arm=PEEL)
    assert (found["n"], found["missing"], found["mean"]) == (1, 0, 2)
    pooled = hand_cohort(plan=Plan(arms=ARMS, primary=("texture_grade",), pool_designs=True))
    frame = outcomes.describe(pooled)
    assert set(frame["population"]) == {"all"}
    assert told(frame, outcome="texture_grade", visit=12, arm=PEEL)["mean"] == pytest.approx(3.75)


def test_keys_of_descriptions_are_unique(cohort: Cohort) -> None:
    frame = outcomes.describe(cohort)
    assert not frame.duplicated(["outcome", "visit", "population", "arm", "level", "statistic"]).any()


def test_order_of_rows_does_not_matter(cohort: Cohort) -> None:
    mixed = hand_cohort()
    mixed = Cohort(**{**vars(mixed), "table": mixed.table.sample(frac=1, random_state=3)})
    pd.testing.assert_frame_equal(outcomes.describe(mixed), outcomes.describe(cohort))
    pd.testing.assert_frame_equal(responders.responders(mixed), responders.responders(cohort))


def test_responders_have_wilson_limits(cohort: Cohort) -> None:
    frame = responders.responders(cohort)
    assert tuple(frame.columns) == responders.COLUMNS
    row = frame[(frame["outcome"] == "acne_iga") & (frame["arm"] == MDA) & (frame["visit"] == 12)].iloc[0]
    assert (row["n"], row["responders"], row["percent"]) == (3, 1, pytest.approx(100 / 3))
    # Wilson's interval of 1 of 3 (R: prop.test(1, 3, correct = FALSE)): 0.0614919, 0.7923404
    assert (row["conf_low"], row["conf_high"]) == (pytest.approx(6.14919, abs=1e-4), pytest.approx(79.23404, abs=1e-4))
    texture = frame[(frame["outcome"] == "texture_grade") & (frame["population"] == "design=parallel")]
    assert texture.set_index("arm")[["n", "responders"]].to_dict("index") == {
        MDA: {"n": 2, "responders": 1}, PEEL: {"n": 1, "responders": 1}, ROLLER: {"n": 0, "responders": 0},
    }  # fmt: skip
    assert texture.set_index("arm").loc[ROLLER, ["percent", "conf_low", "conf_high"]].isna().all()


def test_a_patient_with_two_sites_is_one_patient() -> None:
    cohort = hand_cohort()
    twin = cohort.table[(cohort.table["unit"] == "a") & (cohort.table["outcome"] == "texture_grade")]
    twin = twin.assign(unit="a2", value=6.0, change=0.0, responder=0.0)
    more = Cohort(**{**vars(cohort), "table": pd.concat([cohort.table, twin])})
    row = responders.responders(more).query("outcome == 'texture_grade' and population == 'design=parallel'").iloc[0]
    assert (row["n"], row["responders"]) == (2, 0), "one site did not respond"
    found = told(outcomes.describe(more), outcome="texture_grade", visit=12, population="design=parallel", arm=MDA)
    assert (found["n"], found["mean"]) == (3, pytest.approx(4.5))


def test_baseline_tells_patients_of_each_arm_once(cohort: Cohort) -> None:
    frame = baseline.baseline(cohort)
    assert tuple(frame.columns) == baseline.COLUMNS
    age = told(frame, variable="age", arm=MDA)
    assert age == {
        "n": 3,
        "missing": 1,
        "mean": 31,
        "sd": pytest.approx(10.14889),
        "median": 33,
        "q1": 26.5,
        "q3": 36.5,
    }
    skin = told(frame, variable="skin_type", arm=MDA)
    assert (skin["n"], skin["missing"], skin["dry:count"], skin["dry:percent"]) == (3, 1, 2, pytest.approx(200 / 3))
    assert skin["oily:count"] == 1
    assert list(dict.fromkeys(frame.loc[frame["variable"] == "skin_type", "level"])) == ["", "dry", "oily"]
    texture = told(frame, variable="texture_grade", arm=MDA)
    assert (texture["n"], texture["missing"], texture["mean"]) == (2, 2, 5.5)
    assert told(frame, variable="age", arm=ROLLER) == {"n": 0, "missing": 0}


def test_several_concerns_are_counted_each() -> None:
    cohort = hand_cohort()
    members = cohort.members.assign(concerns=["acne;pores", "acne", "unknown", "", "pores", "texture", "texture"])
    frame = baseline.baseline(Cohort(**{**vars(cohort), "members": members}))
    found = told(frame, variable="concerns", arm=MDA)
    assert (found["n"], found["missing"]) == (3, 1)
    assert {k: v for k, v in found.items() if k.endswith(":count")} == {
        "acne:count": 2,
        "texture:count": 1,
        "pores:count": 1,
    }
    assert found["acne:percent"] == pytest.approx(200 / 3)


def test_peel_depth_is_described_by_class(cohort: Cohort) -> None:
    frame = depth.depth(cohort)
    assert tuple(frame.columns) == depth.COLUMNS
    texture = frame[frame["outcome"] == "texture_grade"].set_index("depth")
    assert list(texture.index) == ["superficial", "medium"]
    assert texture.loc["medium", ["n", "responders", "percent", "mean_change"]].tolist() == [1, 1, 100, -3]
    assert texture.loc["superficial", "mean_change"] == -1.5


def test_clinics_are_told_apart(cohort: Cohort) -> None:
    frame = clinics.clinics(cohort)
    assert tuple(frame.columns) == clinics.COLUMNS
    texture = frame[frame["outcome"] == "texture_grade"]
    assert texture[["clinic", "arm", "n", "mean_change"]].values.tolist() == [
        ["north", MDA, 3, -1], ["north", PEEL, 2, -2.25],
    ]  # fmt: skip
    iga = frame[frame["outcome"] == "acne_iga"]
    assert iga[["clinic", "n", "mean_change"]].values.tolist() == [["north", 2, -1.5], ["south", 1, 0]]


def test_nothing_read_gives_empty_tables() -> None:
    cohort = hand_cohort()
    bare = Cohort(**{**vars(cohort), "table": cohort.table.iloc[:0]})
    for frame in (outcomes.describe(bare), responders.responders(bare), depth.depth(bare), clinics.clinics(bare)):
        assert len(frame) == 0
    assert set(baseline.baseline(bare)["variable"]) >= {"age", "skin_type"}
