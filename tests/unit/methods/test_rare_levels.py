"""A covariate level of one patient must not cost the whole comparison of a standardised outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Estimand, Sample
from analytics.methods import method
from schemas.standard import STANDARD

ARMS = ("microdermabrasion", "chemical_peel")


def drawn(levels: list[str]) -> Sample:
    """40 patients with an absorbed percent that differs by arm; their skin types as given, the rest oily."""
    rng = np.random.default_rng(4)
    arm = np.array(ARMS)[np.arange(40) % 2]
    value = 40 + 10 * (arm == ARMS[1]) + rng.normal(0, 5, 40)
    skin = levels + ["oily" if (i // 2) % 2 else "dry" for i in range(len(levels), 40)]
    rows = pd.DataFrame({"patient": [f"P{i:02}" for i in range(40)], "arm": arm, "side": "", "value": value})
    rows = rows.assign(unit=rows["patient"], baseline=np.nan, change=np.nan, skin_type=skin)
    return Sample(
        rows=rows, outcome=STANDARD.outcomes["absorbed_percent"], arms=ARMS, covariates={"skin_type": "category"}
    )


@pytest.mark.parametrize("levels", [["sensitive"], ["sensitive", "normal"], ["combination", "sensitive", "normal"]])
def test_a_level_of_one_patient_is_pooled_and_named(levels: list[str]) -> None:
    estimand = Estimand("absorbed_percent", 12, "all", ARMS, "fractional_logit")
    fit = method("fractional_logit")(drawn(levels), estimand)
    block = fit.blocks([(ARMS[1], ARMS[0])])[0]
    assert block.estimable.all()
    assert 6 < block.estimate[0] < 14
    assert any("one patient only" in note for note in fit.notes)
    assert sum(fit.n.values()) == 40
