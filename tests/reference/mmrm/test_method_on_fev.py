"""The method ``mmrm`` of the analysis on the FEV trial: R's mmrm with its bias-reduced empirical covariance (CR2)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Estimand, Sample
from analytics.methods import METHODS
from schemas.vocabulary import Outcome

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())
WANTED = pd.DataFrame(REFERENCE["unstructured_variants"]["robust_empirical_bias_reduced"]["difference_TRT_minus_PBO"])


def trial() -> Sample:
    """The trial as the analysis has it: one row per patient and visit, race and sex as covariates, no baseline."""
    data = pd.read_csv(HERE / "data.csv").dropna(subset=["fev1"])
    rows = pd.DataFrame(
        {
            "patient": data["usubjid"], "unit": data["usubjid"], "arm": data["armcd"], "side": "",
            "visit": data["avisit"].str[-1].astype(float), "value": data["fev1"], "baseline": np.nan,
            "race": data["race"], "sex": data["sex"],
        }
    )  # fmt: skip
    outcome = Outcome("fev1", "FEV1", "texture", "continuous", "percent", "higher", None, None, baseline="none")
    return Sample(rows, outcome, ("PBO", "TRT"), covariates={"race": "category", "sex": "category"})


@pytest.mark.parametrize("visit", [1.0, 2.0, 3.0, 4.0])
def test_differences_with_cr2_errors_and_bell_mccaffrey_df(visit):
    fit = METHODS["mmrm"](trial(), Estimand("fev1", visit, "all", ("PBO", "TRT"), "mmrm"))
    block = fit.blocks([("TRT", "PBO")])[0]
    wanted = WANTED.iloc[int(visit) - 1]
    assert block.estimate[0] == pytest.approx(wanted["estimate"], abs=1e-6 * wanted["SE"])
    assert block.std_error[0] == pytest.approx(wanted["SE"], rel=1e-6)
    assert block.df[0] == pytest.approx(wanted["df"], rel=1e-5)
