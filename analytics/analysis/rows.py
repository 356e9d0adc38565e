"""Finding rows as frames of the fixed columns, and the order in which they stand."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analytics.analysis.answers import Answer
from analytics.domain.finding import ARM_MEAN_COLUMNS, FINDING_COLUMNS

TEXT = (
    "analysis", "outcome", "population", "contrast", "arm", "reference", "method", "adjustment", "measure", "verdict",
    "status", "notes",
)  # fmt: skip


def findings_frame(answers: Iterable[Answer]) -> pd.DataFrame:
    """FINDING_COLUMNS of every answer, in the order asked: primary estimator first, what stands beside it after."""
    return pd.DataFrame([row for a in answers for row in a.rows], columns=list(FINDING_COLUMNS)).astype(
        dict.fromkeys(TEXT, object) | {"n_arm": "int64", "n_reference": "int64"}
    )


def arm_means_frame(answers: Iterable[Answer]) -> pd.DataFrame:
    """ARM_MEAN_COLUMNS of every answer, in the order asked."""
    return pd.DataFrame([row for a in answers for row in a.means], columns=list(ARM_MEAN_COLUMNS)).astype(
        {"n": "int64"}
    )
