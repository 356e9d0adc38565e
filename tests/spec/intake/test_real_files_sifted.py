"""Real files from elsewhere with mappings of ours: what is known about them from other sources."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.domain.dataset import Sifted
from analytics.intake.sift import sift
from analytics.sources.read import read

MAPPINGS = Path(__file__).parents[2] / "mappings"
FILES = {
    "sanon_skin_condition": ("sanon_skin_condition.csv", 172),
    "sanon_seborrheic": ("sanon_seborrheic_dermatitis.csv", 167),
    "spef_skin_tumor": ("spef_skin_tumor_counts.csv", 2523),
    "vissig_hidradenitis": ("vissig_hidradenitis_lesion_counts.csv", 400),
    "ctost_by_arm": ("ctost_econazole_paired_absorption.csv", 17),
    "ctost_by_side": ("ctost_econazole_paired_absorption.csv", 17),
    "vissig_psoriasis": ("vissig_psoriasis_pasi_response.csv", 2250),
}


def real(shared: Path, mapping: str) -> Sifted:
    return sift(read([shared / "data" / FILES[mapping][0]], [MAPPINGS / f"{mapping}.yml"]))


def test_every_mapping_is_tried() -> None:
    assert {path.stem for path in MAPPINGS.glob("*.yml")} >= set(FILES)


@pytest.mark.parametrize("mapping", sorted(FILES))
def test_every_line_is_accepted(shared: Path, mapping: str) -> None:
    found = real(shared, mapping)
    lines = FILES[mapping][1]
    assert found.rows == {"received": lines, "accepted": lines, "quarantined": 0, "entries_quarantined": 0}
    assert not len(found.quarantine)


def test_21_of_150_patients_repeat_another_day_by_day(shared: Path) -> None:
    data, mapping = shared / "data" / FILES["vissig_psoriasis"][0], MAPPINGS / "vissig_psoriasis_by_day.yml"
    found = sift(read([data], [mapping]))
    raw = pd.read_csv(data)
    flags = [f"PASI{n} Response Relative to Baseline" for n in (75, 90, 100)]
    dated = raw.dropna(subset="Analysis Relative Day")
    series = {
        patient: tuple(
            map(tuple, rows[["Analysis Relative Day", *flags]].sort_values("Analysis Relative Day").to_numpy())
        )
        for patient, rows in dated.groupby("Deidentified Subject Number")
    }
    again = [p for p in series if any(series[p] == series[other] for other in series if other < p)]
    assert len(again) == 21
    listed = found.quarantine[found.quarantine["rule"] == "copied_patient"]
    assert listed["value"].astype(int).tolist() == again
    assert (listed["severity"] == "warning").all()
    assert found.rows["quarantined"] == raw["Analysis Relative Day"].isna().sum()
    assert set(found.quarantine["rule"]) == {"copied_patient", "missing"}


def test_skin_condition_improving_and_missing(shared: Path) -> None:
    rows = real(shared, "sanon_skin_condition").sessions
    assert rows["patient"].nunique() == 172
    seen = {visit: part["skin_condition"].notna().sum() for visit, part in rows.groupby("visit")}
    assert [172 - seen[visit] for visit in (1.0, 2.0, 3.0)] == [3, 16, 30]
    third = rows[(rows["visit"] == 3) & rows["skin_condition"].notna()]
    improving = third.assign(better=third["skin_condition"] <= 2).groupby("treatment")["better"].agg(["sum", "size"])
    assert improving.loc["placebo"].tolist() == [12, 63]
    assert improving.loc["test"].tolist() == [66, 79]
    test, placebo = (third.loc[third["treatment"] == arm, "skin_condition"].to_numpy() for arm in ("test", "placebo"))
    wins = (test[:, None] < placebo).mean() + (test[:, None] == placebo).mean() / 2
    assert wins == pytest.approx(0.85, abs=0.005)


def test_three_sites_of_a_patient(shared: Path) -> None:
    rows = real(shared, "sanon_seborrheic").sessions
    wide = rows[rows["visit"] == 1].pivot_table(index="patient", columns="body_site", values="global_score")
    both = wide[["face", "scalp"]].dropna()
    assert len(both) == 83
    assert both.corr().loc["face", "scalp"] == pytest.approx(0.81, abs=0.005)
    assert set(rows["body_site"]) == {"face", "scalp", "chest"}
    assert rows.loc[rows["visit"] == 0, "severity_at_start"].notna().all()


def test_counts_at_irregular_days(shared: Path) -> None:
    found = real(shared, "spef_skin_tumor")
    total = found.sessions["basal_tumours"] + found.sessions["squamous_tumours"]
    assert found.style == "study_day"
    assert found.sessions["patient"].nunique() == 290
    assert total.mean() == pytest.approx(0.245, abs=0.0005)
    assert total.var() == pytest.approx(0.359, abs=0.0005)
    assert (total == 0).mean() == pytest.approx(0.82, abs=0.005)
    assert found.sessions.groupby("patient")["treatment"].nunique().max() == 1


def test_base_and_week_16(shared: Path) -> None:
    rows = real(shared, "vissig_hidradenitis").sessions
    assert rows.groupby("visit")["patient"].nunique().to_dict() == {0.0: 400, 16.0: 400}
    assert rows[rows["visit"] == 0].groupby("treatment")["patient"].nunique().to_dict() == {
        "active": 200,
        "placebo": 200,
    }
    assert rows.loc[rows["visit"] == 16, "hiscr"].isin([0, 1]).all()


@pytest.mark.parametrize("mapping", ["ctost_by_arm", "ctost_by_side"])
def test_pairs(shared: Path, mapping: str) -> None:
    rows = real(shared, mapping).sessions
    wide = rows.pivot_table(index="patient", columns="treatment", values="log_econazole")
    assert len(wide) == 17
    assert (wide["generic_cream"] - wide["reference_cream"]).std() == pytest.approx(0.54, abs=0.005)
    assert wide.corr().iloc[0, 1] == pytest.approx(0.73, abs=0.005)


def test_responder_flags(shared: Path) -> None:
    rows = real(shared, "vissig_psoriasis").sessions
    assert rows.groupby("patient").size().tolist() == [15] * 150
    assert sorted(rows["visit"].unique())[:3] == [1, 2, 4]
    assert (rows["pasi75"] >= rows["pasi90"]).all()


def test_the_readings_are_those_of_the_file(shared: Path) -> None:
    raw = pd.read_csv(shared / "data" / "sanon_skin_condition.csv")
    rows = real(shared, "sanon_skin_condition").sessions
    back = rows.pivot_table(index="_row", columns="visit", values="skin_condition").reindex(range(2, 174))
    np.testing.assert_array_equal(back.to_numpy(), raw[["res1", "res2", "res3"]].to_numpy())
