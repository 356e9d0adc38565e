"""Findings: every comparison as one flat row, failed models included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
# What a verdict and a status are called, from the side of the first-named treatment.
READINGS = {
    "better_meaningful": "better, a patient would notice", "better": "better, size open",
    "better_small": "better, too little to notice", "equivalent": "about equal",
    "not_shown_loss_excluded": "not shown; noticeably worse is unlikely",
    "not_shown_gain_excluded": "not shown; noticeably better is unlikely", "not_shown": "too uncertain",
    "worse_small": "worse, too little to notice", "worse": "worse, size open",
    "worse_meaningful": "worse, a patient would notice", "not_estimable": "cannot be compared",
}  # fmt: skip
STATUS = {"not_estimable": "cannot be compared", "did_not_converge": "did not settle", "suppressed": "too few to show"}
METHOD_WORDS = {
    "ancova": "analysis of covariance", "paired_difference": "differences within patients",
    "negative_binomial": "negative binomial model", "fractional_logit": "fractional logistic model",
    "cumulative_logit": "proportional odds model", "standardised_risk": "standardised risks",
    "mmrm": "repeated measures model",
}  # fmt: skip
MEASURE_WORDS = {
    "difference": "difference", "ratio": "ratio", "rate_ratio": "ratio of counts",
    "odds_ratio": "odds ratio of a higher grade",
    "risk_difference": "difference in risk", "risk_ratio": "ratio of risks",
    "win_probability": "chance of doing better",
}  # fmt: skip


GROUPED = "grouped"  # begins the note on how a column of many numbers was made into groups
INTERACTION_COLUMNS = ("outcome", "visit", "population", "contrast", "method", "adjustment", "estimate", "p_value")


def _no_interactions() -> pd.DataFrame:
    return pd.DataFrame(columns=list(INTERACTION_COLUMNS))


@dataclass(frozen=True, eq=False, repr=False)
class Findings:
    """``frame``: FINDING_COLUMNS. ``contrast`` reads "arm v reference" in ids ("chemical_peel v microdermabrasion").

    visit is a float; empty df = normal; several notes are joined by "; ".
    ``arm_means``: ARM_MEAN_COLUMNS. ``interactions``: where the findings look within levels of a column
    (``population``), whether the levels differ in a contrast: Welch's statistic over the levels and its p-value.
    """

    frame: pd.DataFrame
    arm_means: pd.DataFrame
    vocabulary: Vocabulary
    plan: Plan
    covariates: tuple[str, ...] = ()  # in force: those of the plan that the data have and that vary
    style: str = "dated"
    interactions: pd.DataFrame = field(default_factory=_no_interactions)

    def to_frame(self) -> pd.DataFrame:
        """A copy of ``frame``: a row per contrast and measure; no patient is in it."""
        return self.frame.copy()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from analytics.domain.display.results import findings_page

        return findings_page(self).text()

    def _repr_html_(self) -> str:
        from analytics.domain.display.results import findings_page

        return findings_page(self).html()
