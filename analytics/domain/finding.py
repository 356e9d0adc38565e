"""Findings: every comparison as one flat row, failed models included."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.domain.plan import Plan
from schemas.vocabulary import Vocabulary

FINDING_COLUMNS = (
    "analysis", "outcome", "visit", "population", "contrast", "arm", "reference", "method", "adjustment", "measure",
    "n_arm", "n_reference", "estimate", "std_error", "df", "conf_low", "conf_high", "p_value", "p_value_adjusted",
    "conf_low_adjusted", "conf_high_adjusted", "verdict", "status", "notes",
)  # fmt: skip
FINDING_KEY = FINDING_COLUMNS[:5] + ("method", "adjustment", "measure")
ARM_MEAN_COLUMNS = (
    "outcome", "visit", "population", "arm", "method", "adjustment", "n", "estimate", "std_error", "df", "conf_low",
    "conf_high", "scale",
)  # fmt: skip
DESCRIPTION_COLUMNS = (
    "outcome", "visit", "population", "arm", "level", "statistic", "value", "n", "n_readings",
)  # fmt: skip
VERDICTS = (
    "not_estimable", "better_meaningful", "better", "better_small", "equivalent", "not_shown_loss_excluded",
    "not_shown_gain_excluded", "not_shown", "worse_small", "worse", "worse_meaningful",
)  # fmt: skip
RATIO_MEASURES = ("ratio", "rate_ratio", "odds_ratio", "risk_ratio")


@dataclass(frozen=True, eq=False)
class Findings:
    """``frame``: FINDING_COLUMNS. ``contrast`` reads "arm v reference" in ids ("chemical_peel v microdermabrasion").

    visit is a float; empty df = normal; several notes are joined by "; ".
    ``arm_means``: ARM_MEAN_COLUMNS. ``descriptions``: DESCRIPTION_COLUMNS.
    """

    frame: pd.DataFrame
    arm_means: pd.DataFrame
    vocabulary: Vocabulary
    plan: Plan
    covariates: tuple[str, ...] = ()  # in force: those of the plan that the data have and that vary
    style: str = "dated"

    def to_frame(self) -> pd.DataFrame:
        return self.frame.copy()
