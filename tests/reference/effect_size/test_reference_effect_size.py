"""Hedges' g of two groups against R (effectsize, metafor): fuel use of automatic and manual cars."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.inference.effect_size import correction, pooled_sd, two_sample_g

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())["mtcars_mpg_am"]
OWN = REFERENCE["own"]


def test_g_with_exact_correction_and_noncentral_t_interval():
    data = pd.read_csv(HERE / "data_mtcars.csv")
    spread, df = pooled_sd(data["mpg"].to_numpy(), data["am"].to_numpy())
    assert (spread, df) == (pytest.approx(OWN["sd_pooled"], rel=1e-10), OWN["df"])
    means, sizes = data.groupby("am")["mpg"].mean(), data.groupby("am").size()
    g = two_sample_g(means[0] - means[1], sd=spread, n_arm=int(sizes[0]), n_reference=int(sizes[1]))
    assert g.estimate == pytest.approx(OWN["hedges_g_exact_J"], rel=1e-8)
    np.testing.assert_allclose([g.conf_low, g.conf_high], OWN["g_ci_noncentral_t"], rtol=1e-8)
    package = REFERENCE["effectsize"]["hedges_g"]
    np.testing.assert_allclose([g.conf_low, g.conf_high], [package["CI_low"], package["CI_high"]], rtol=1e-5)
    assert g.estimate == pytest.approx(REFERENCE["metafor_SMD"]["g"], rel=1e-8)


def test_exact_correction():
    assert correction(OWN["df"]) == pytest.approx(OWN["J_exact"], rel=1e-10)
    assert correction(OWN["df"]) != pytest.approx(OWN["J_approx"], rel=1e-6)
