"""Two treatments or sites within one patient against R: paired t, CR2 with patient clusters, three arms two by two."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Estimand, Sample
from analytics.inference.multiplicity import adjust
from analytics.inference.sandwich import exchangeable_moments, generalised, sandwich
from analytics.methods import METHODS
from schemas.vocabulary import Outcome

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())
EXACT = 1e-8


def outcome(kind: str = "continuous") -> Outcome:
    return Outcome("measured", "Measured", "absorption", kind, "", "higher", None, None)


def long(first: pd.Series, second: pd.Series, arms: tuple[str, str], *, kind: str = "continuous") -> Sample:
    """A split-face sample: one row per patient and arm, sides alternating so that neither arm keeps to one."""
    n = len(first)
    patient = [f"p{i:03d}" for i in range(n)]
    left = np.where(np.arange(n) % 2 == 0, "left", "right")
    parts = [
        pd.DataFrame({"patient": patient, "arm": arm, "side": side, "value": values})
        for arm, side, values in zip(arms, (left, np.where(left == "left", "right", "left")), (first, second))
    ]
    rows = pd.concat(parts, ignore_index=True).dropna(subset=["value"])
    rows = rows.assign(unit=rows["patient"] + rows["side"], baseline=np.nan, change=np.nan)
    return Sample(rows, outcome(kind), arms, respond="value", paired=True)


def compared(sample: Sample, method: str = "paired_difference"):
    return METHODS[method](sample, Estimand("measured", 12, "all", sample.arms, method))


def check_paired_t(sample: Sample, expected: dict) -> None:
    fit = compared(sample)
    block = fit.blocks([(sample.arms[1], sample.arms[0])])[0]
    family = adjust(block, "none")
    got = [block.estimate[0], block.std_error[0], block.df[0], family.p_value[0], family.low[0], family.high[0]]
    np.testing.assert_allclose(got, [expected[k] for k in ("estimate", "se", "df", "p", "lower", "upper")], rtol=EXACT)
    assert fit.n == dict.fromkeys(sample.arms, expected["n_pairs"])
    assert fit.arm_means() is None


def test_sleep_is_the_paired_t_test():
    sleep = pd.read_csv(HERE / "data_sleep.csv").sort_values("ID")
    values = [sleep.loc[sleep["group"] == g, "extra"].reset_index(drop=True) for g in (1, 2)]
    check_paired_t(long(*values, ("one", "two")), REFERENCE["sleep"]["paired_t"])


def test_econazole_on_the_log_is_a_ratio_of_geometric_means(shared):
    data = pd.read_csv(shared / "reference" / "paired" / "data_econazole.csv")
    arms = ("reference", "generic")
    check_paired_t(long(data["reference_log"], data["generic_log"], arms), REFERENCE["econazole"]["paired_t"])
    raised = long(np.exp(data["reference_log"]), np.exp(data["generic_log"]), arms, kind="positive")
    block = compared(raised).blocks([arms[::-1]])[0]
    family, expected = adjust(block, "none"), REFERENCE["econazole"]["ratio_of_geometric_means"]
    assert (block.measure, block.scale) == ("ratio", "ratio")
    got = np.exp([block.estimate[0], family.low[0], family.high[0]])
    np.testing.assert_allclose(got, [expected[k] for k in ("estimate", "lower", "upper")], rtol=EXACT)


def face_and_scalp(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "reference" / "paired" / "data_face_scalp.csv")


def test_face_against_scalp_counts_the_patients_without_both(shared):
    data = face_and_scalp(shared)
    sample = long(data["scalp"], data["face"], ("scalp", "face"))
    check_paired_t(sample, REFERENCE["two_sites_one_treatment"]["face_against_scalp"]["paired_t"])
    one_only = int((data["face"].isna() != data["scalp"].isna()).sum())
    assert f"{one_only} patients without a reading on both sides left out" in compared(sample).notes


def two_sites(shared: Path) -> pd.DataFrame:
    data = face_and_scalp(shared)
    parts = [data[["patient", "treat"]].assign(site=site, value=data[site]) for site in ("face", "scalp")]
    return pd.concat(parts, ignore_index=True).dropna(subset=["value"])


def test_two_sites_of_one_treatment_keep_the_patient_as_cluster(shared):
    rows = two_sites(shared)
    rows = rows.assign(patient=rows["patient"].astype(str), unit=rows["patient"].astype(str) + rows["site"])
    rows = rows.rename(columns={"treat": "arm"}).assign(side="", baseline=np.nan, change=np.nan)
    sample = Sample(rows, outcome(), ("placebo", "test"), {"site": "category"})
    fit = compared(sample, "ancova")
    block, expected = fit.blocks([("test", "placebo")])[0], REFERENCE["two_sites_one_treatment"]
    row = next(r for r in expected["lm_rows_cr2"]["CR2"] if r["term"] == "treattest")
    got = [block.estimate[0], block.std_error[0], block.df[0]]
    np.testing.assert_allclose(got, [row[k] for k in ("estimate", "se", "df")], rtol=EXACT)
    assert sum(fit.n.values()) == expected["n"]["patients"]
    assert block.std_error[0] > 1.2 * expected["lm_rows_cr2"]["ols_wrong_se"][1]


def model(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    design = np.column_stack([np.ones(len(rows)), rows["treat"] == "test", rows["site"] == "scalp"]).astype(float)
    return design, rows["value"].to_numpy(), rows["patient"].to_numpy()


@pytest.mark.parametrize("kind", ["CR0", "CR2", "CR3"])
def test_every_cluster_covariance_of_the_rows(shared, kind):
    design, value, patient = model(two_sites(shared))
    residual = value - design @ np.linalg.lstsq(design, value, rcond=None)[0]
    made, expected = sandwich(design, residual, patient, kind=kind), REFERENCE["two_sites_one_treatment"]["lm_rows_cr2"]
    np.testing.assert_allclose(np.sqrt(np.diag(made.covariance)), [r["se"] for r in expected[kind]], rtol=EXACT)
    np.testing.assert_allclose(made.df(np.eye(3)), [r["df"] for r in expected[kind]], rtol=EXACT)


@pytest.mark.parametrize(
    ("kind", "name"), [("CR0", "liang_zeger"), ("CR2", "kauermann_carroll"), ("CR3", "mancl_derouen")]
)
def test_exchangeable_working_correlation(shared, kind, name):
    design, value, patient = model(two_sites(shared))
    expected = REFERENCE["two_sites_one_treatment"]["gee_exchangeable"]
    residual = value - design @ [row["estimate"] for row in expected[name]]
    phi, alpha = exchangeable_moments(residual, patient, 3)
    assert (phi, alpha) == (pytest.approx(expected["phi"], rel=EXACT), pytest.approx(expected["alpha"], rel=EXACT))
    one = np.ones(len(value))
    made = generalised(design, residual, patient, derivative=one, variance=one, alpha=alpha, kind=kind)
    np.testing.assert_allclose(np.sqrt(np.diag(made.covariance)), [r["se"] for r in expected[name]], rtol=1e-6)
    np.testing.assert_allclose(made.df(np.eye(3)), [r["df"] for r in expected[name]], rtol=1e-6)


def test_three_treatments_two_per_patient():
    data = pd.read_csv(HERE / "data_split_three.csv")
    parts = [
        pd.DataFrame({"patient": data["patient"].astype(str), "arm": data[side], "side": side,
                      "value": data[f"change_{side}"], "baseline": 0.0, "change": data[f"change_{side}"]})
        for side in ("left", "right")
    ]  # fmt: skip
    sample = Sample(pd.concat(parts), outcome(), ("A", "B", "C"), respond="change", paired=True)
    block, expected = (
        compared(sample).blocks([("B", "A"), ("C", "A"), ("C", "B")])[0],
        REFERENCE["split_three_treatments"],
    )
    for got, key in ((block.estimate, "estimate"), (block.std_error, "se"), (block.df, "df")):
        np.testing.assert_allclose(got, [row[key] for row in expected["estimates_hc2"]], rtol=EXACT)
    family = adjust(block, "max_t")
    table = expected["max_t_hc2_smallest_df"]["table"]
    for got, key in ((family.p_adjusted, "p_max_t"), (family.low, "lower"), (family.high, "upper")):
        np.testing.assert_allclose(got, [row[key] for row in table], rtol=EXACT)
