"""Who responded: the responder rule of each outcome, applied within a person (statistics.md 7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from schemas.vocabulary import Outcome, Vocabulary

# A fall of exactly the amount counts; halves and percentages of counts carry a rounding error of this size.
SLACK = 1e-9


def responders(table: pd.DataFrame, vocabulary: Vocabulary) -> pd.Series:
    """1.0 / 0.0 per row after baseline, NaN where there is no rule, no value or no baseline that the rule can use."""
    found = pd.Series(np.nan, index=table.index)
    for name in table["outcome"].unique():
        outcome = vocabulary.outcomes[name]
        if outcome.responder is None:
            continue
        rows = table[(table["outcome"] == name) & (table["visit"] > 0)]
        found.loc[rows.index] = responded(outcome, rows["value"], rows["baseline"])
    return found


def responded(outcome: Outcome, value: pd.Series, baseline: pd.Series) -> pd.Series:
    """The rule of one outcome. ``fall`` is towards better: down, or up where higher is better."""
    rule = outcome.responder
    if rule is None:
        return pd.Series(np.nan, index=value.index)
    sign = -1.0 if outcome.direction == "higher" else 1.0
    fall = sign * (baseline - value)
    known = value.notna() & baseline.notna()
    if rule.floor is not None:
        known &= baseline >= rule.floor
    if rule.rule == "percent_fall":
        known &= baseline > 0
        enough = 100 * fall / baseline.where(baseline > 0) >= rule.amount - SLACK
    else:
        enough = fall >= rule.amount - SLACK
    if rule.rule == "level_and_fall":
        level = pd.Series(True, index=value.index) if rule.level is None else sign * (value - rule.level) <= SLACK
        if outcome.baseline == "none":  # an impression of change: the level alone
            return level.astype(float).where(value.notna())
        enough &= level
    return enough.astype(float).where(known)
