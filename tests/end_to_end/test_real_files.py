"""Real files from elsewhere, from the file to the findings; expected figures are computed here in another way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import outcomes
from scipy import stats

TESTS = Path(__file__).parents[1]
FILES = {
    "sanon_skin_condition": "sanon_skin_condition.csv",
    "sanon_seborrheic": "sanon_seborrheic_dermatitis.csv",
    "spef_skin_tumor": "spef_skin_tumor_counts.csv",
    "vissig_hidradenitis": "vissig_hidradenitis_lesion_counts.csv",
    "ctost_by_arm": "ctost_econazole_paired_absorption.csv",
    "ctost_by_side": "ctost_econazole_paired_absorption.csv",
}


def findings(shared: Path, name: str, out: Path, command: str = "analyse") -> pd.DataFrame:
    """findings.csv of the command line for one file, with its mapping and plan (if there is one)."""
    plan = TESTS / "plans" / f"{name}.yml"
    extra = ["--plan", plan] if plan.exists() else []
    done = outcomes(
        command, shared / "data" / FILES[name], "--mapping", TESTS / "mappings" / f"{name}.yml", "--out", out, *extra
    )
    assert done.returncode == 0, done.stderr
    return pd.read_csv(out / "findings.csv")


def main_row(found: pd.DataFrame, measure: str, outcome: str | None = None) -> pd.Series:
    """The one row of the primary estimator for a measure."""
    rows = found[found["analysis"].isin(["primary", "secondary"]) & (found["measure"] == measure)]
    rows = rows if outcome is None else rows[rows["outcome"] == outcome]
    return rows[rows["visit"] == rows["visit"].max()].iloc[0]


def test_skin_condition_end_to_end(shared: Path, tmp_path: Path) -> None:
    found = findings(shared, "sanon_skin_condition", tmp_path / "out", command="report")
    assert main_row(found, "win_probability")["estimate"] == pytest.approx(0.85, abs=0.005)
    told = pd.read_csv(tmp_path / "out" / "descriptions.csv")
    third = told[(told["visit"] == 3) & (told["statistic"] == "count")]
    improving = third[third["level"].isin([1, 2])].groupby("arm")["value"].sum()
    assert improving.to_dict() == {"placebo": 12, "test": 66}
    missing = told[told["statistic"] == "missing"].groupby("visit")["value"].sum()
    assert missing.to_dict() == {1: 3, 2: 16, 3: 30}
    page = (tmp_path / "out" / "report.html").read_text()
    assert "85 of" in page
    assert "significant" not in page


@pytest.mark.parametrize("name", ["ctost_by_arm", "ctost_by_side"])
def test_pairs_are_compared_within(shared: Path, tmp_path: Path, name: str) -> None:
    row = main_row(findings(shared, name, tmp_path / "out"), "difference")
    raw = pd.read_csv(shared / "data" / FILES[name])
    apart = raw["Generic"] - raw["Reference"]
    expected = stats.ttest_1samp(apart, 0)
    sign = 1 if row["arm"] == "generic_cream" else -1
    assert row["method"] == "paired_difference"
    assert apart.std() == pytest.approx(0.54, abs=0.005)
    assert row["estimate"] == pytest.approx(sign * apart.mean(), rel=1e-5)
    assert row["std_error"] == pytest.approx(apart.std() / np.sqrt(17), rel=1e-5)
    assert row["df"] == pytest.approx(16, rel=1e-5)
    assert row["p_value"] == pytest.approx(expected.pvalue, rel=1e-4)


def test_three_sites_count_each_patient_once(shared: Path, tmp_path: Path) -> None:
    found = findings(shared, "sanon_seborrheic", tmp_path / "out")
    row = main_row(found, "win_probability")
    raw = pd.read_csv(shared / "data" / FILES["sanon_seborrheic"])
    read = raw[raw[["score1", "score2", "score3"]].notna().any(axis=1)]
    assert row["n_arm"] == (read["treat"] == "test").sum()
    assert row["n_reference"] == (read["treat"] == "placebo").sum()
    long = pd.concat([raw[["treat", c]].rename(columns={c: "score"}) for c in ("score1", "score2", "score3")]).dropna()
    test, placebo = (long.loc[long["treat"] == arm, "score"].to_numpy() for arm in ("test", "placebo"))
    wins = (test[:, None] < placebo).mean() + (test[:, None] == placebo).mean() / 2
    assert row["estimate"] == pytest.approx(wins, abs=0.03)  # adjusted for the centre; the crude one is near


def test_counts_at_irregular_visits(shared: Path, tmp_path: Path) -> None:
    found = findings(shared, "spef_skin_tumor", tmp_path / "out")
    row = main_row(found, "rate_ratio")
    assert row["status"] == "estimated"
    assert 0.3 < row["estimate"] < 3
    crude = found[(found["adjustment"] == "none") & (found["measure"] == "rate_ratio")].iloc[0]
    raw = pd.read_csv(shared / "data" / FILES["spef_skin_tumor"])
    near = raw[(raw["time"] >= 364 - 60) & (raw["time"] < 364 + 60)]
    near = near.assign(off=(near["time"] - 364).abs()).sort_values(["id", "off", "time"], ascending=[True, True, False])
    one = near.drop_duplicates("id")
    means = one.groupby("dfmo")["countBC"].mean()
    assert crude["estimate"] == pytest.approx(means[1] / means[0], rel=1e-5)
    assert crude["n_arm"] == (one["dfmo"] == 1).sum()


def test_hidradenitis_counts_and_responders(shared: Path, tmp_path: Path) -> None:
    found = findings(shared, "vissig_hidradenitis", tmp_path / "out")
    raw = pd.read_csv(shared / "data" / FILES["vissig_hidradenitis"])
    share = raw.groupby("TRT")["HiSCR"].apply(lambda v: (v == "Yes").mean())
    risk = main_row(found, "risk_difference", "hiscr")
    assert risk["estimate"] == pytest.approx(share["ACT"] - share["PBO"], abs=1e-6)
    crude = found[
        (found["outcome"] == "nodules") & (found["adjustment"] == "none") & (found["measure"] == "rate_ratio")
    ]
    means = raw.groupby("TRT")["infl.nod.w16"].mean()
    assert crude.iloc[0]["estimate"] == pytest.approx(means["ACT"] / means["PBO"], rel=1e-5)
    assert main_row(found, "rate_ratio", "nodules")["estimate"] < 1
