"""A method that fits one of two designs compares those patients, and the others are counted with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import analytics as oc
from analytics.domain.errors import UsageError

LONGEST_NOTE = 100  # letters that a display shows


@pytest.fixture(scope="module")
def cohort() -> Any:
    made = oc.cohort(oc.validate(oc.example(patients=120)))
    assert set(made.members["design"]) == {"parallel", "split_face"}
    return made


def patients(cohort: Any, design: str, **has: str) -> int:
    rows = cohort.members[cohort.members["design"] == design]
    for column, value in has.items():
        rows = rows[rows[column] == value]
    return rows["patient"].nunique()


@pytest.mark.parametrize(
    ("method", "kept", "out", "why"),
    [
        ("ancova", "parallel", "split_face", "which ancova would take for two patients"),
        ("mmrm", "parallel", "split_face", "which mmrm would take for two patients"),
        ("paired_difference", "split_face", "parallel", "one treatment each, so there are no sides to compare"),
    ],
)
def test_one_design_is_compared_and_the_other_counted(cohort: Any, method: str, kept: str, out: str, why: str) -> None:
    found = oc.compare(cohort, outcome="texture_grade", method=method)
    assert set(found.frame["population"]) == {f"design={kept}"}
    assert set(found.frame["method"]) == {method}
    assert (found.frame["status"] == "estimated").all()
    for notes in found.frame["notes"]:
        (note,) = [note for note in notes.split("; ") if why in note]
        assert note.startswith(f"{patients(cohort, out)} patients left out: ")
        assert len(note) <= LONGEST_NOTE
    assert why in " ".join(repr(found).split())


def test_it_is_what_the_design_alone_gives(cohort: Any) -> None:
    both = oc.compare(cohort, outcome="texture_grade").frame
    alone = oc.compare(cohort, outcome="texture_grade", method="paired_difference").frame
    usual = both[both["population"] == "design=split_face"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.drop(columns="notes"), usual.drop(columns="notes"))
    assert "left out: one treatment" not in " ".join(both["notes"])


def test_within_levels_each_level_counts_its_own(cohort: Any) -> None:
    for method, out in ((None, "split_face"), ("ancova", "split_face"), ("paired_difference", "parallel")):
        found = oc.compare(cohort, outcome="texture_grade", by="sex", method=method).frame
        for level in ("female", "male"):
            rows = found[found["population"] == f"sex={level}"]
            count = patients(cohort, out, sex=level)
            told = f"{count} {'patient' if count == 1 else 'patients'} left out: "
            assert all(told in notes for notes in rows["notes"]), (method, level)
        if method == "paired_difference":
            assert found["n_arm"].sum() > 0


def test_pooled_designs_still_have_their_pairs(cohort: Any) -> None:
    pooled = oc.cohort(cohort.sifted, cohort.plan.model_copy(update={"pool_designs": True}))
    assert pooled.populations == ("all",)
    paired = oc.compare(pooled, outcome="texture_grade", method="paired_difference").frame
    apart = oc.compare(cohort, outcome="texture_grade", method="paired_difference").frame
    assert list(paired["estimate"]) == list(apart["estimate"])
    assert paired["notes"].str.contains("left out: one treatment each").all()


def test_where_nobody_is_left_the_method_is_refused(tmp_path: Path) -> None:
    sides = oc.cohort(oc.validate(oc.example(patients=40, scenario="split_face")))
    assert set(sides.members["design"]) == {"split_face"}
    rows = []
    for number in range(12):
        base = {"patient_id": f"p{number}", "sex": ("female", "male")[number // 6]}
        arm = ("chemical_peel", "dermal_roller")[number % 2]
        rows.append({**base, "session_date": "2026-01-05", "treatment": arm, "texture_grade": 5 + number % 3})
        rows.append({**base, "session_date": "2026-03-30", "texture_grade": 3 + number % 2})
    pd.DataFrame(rows).to_csv(tmp_path / "sessions.csv", index=False)
    single = oc.cohort(oc.validate(oc.read(tmp_path / "sessions.csv")))
    for by in (None, "sex"):
        with pytest.raises(UsageError, match="the two sides of a patient as two patients"):
            oc.compare(sides, outcome="texture_grade", method="ancova", by=by)
        with pytest.raises(UsageError, match="these patients have one"):
            oc.compare(single, outcome="texture_grade", method="paired_difference", by=by)


def test_the_explorer_offers_what_fits_either_design(cohort: Any) -> None:
    offered = [value for value, _ in oc.explore(cohort).controls.options["method"]]
    assert {"ancova", "mmrm", "paired_difference"} <= set(offered)
    sides = oc.cohort(oc.validate(oc.example(patients=40, scenario="split_face")))
    offered = [value for value, _ in oc.explore(sides).controls.options["method"]]
    assert "paired_difference" in offered
    assert not {"ancova", "mmrm"} & set(offered)
