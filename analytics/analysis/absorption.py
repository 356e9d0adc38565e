"""When absorption may be confirmatory: direct uptake of one product, at one time since the session, in all arms."""

from __future__ import annotations

import pandas as pd

from analytics.domain.cohort import Cohort
from schemas.vocabulary import Outcome

# Readings within one hour of each other count as the same time since the session (convention).
SAME_HOURS = 1.0


def descriptive_reason(cohort: Cohort, outcome: Outcome, *, population: str, visit: float) -> str:
    """Why a comparison of an absorption outcome is descriptive only; "" when it may be confirmatory."""
    if outcome.domain != "absorption":
        return ""
    rows = cohort.table[(cohort.table["outcome"] == outcome.id) & (cohort.table["visit"] == visit)]
    if population.startswith("design="):
        rows = rows[rows["design"] == population.removeprefix("design=")]
    if rows.empty:
        return ""
    return _product_reason(rows) or _hours_reason(rows)


def _product_reason(rows: pd.DataFrame) -> str:
    products = rows["product"] if "product" in rows else pd.Series([None] * len(rows))
    if products.isna().any() or (products == "").any():
        return "descriptive: the product applied is not recorded for every reading"
    return "" if products.nunique() == 1 else "descriptive: different products were applied"


def _hours_reason(rows: pd.DataFrame) -> str:
    hours = rows["hours_since_session"]
    if hours.isna().any():
        return "descriptive: the hours since the session are not recorded for every reading"
    return (
        "" if hours.max() - hours.min() <= SAME_HOURS else "descriptive: measured at different hours since the session"
    )
