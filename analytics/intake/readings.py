"""Each reading judged once: before or after the first treatment, how long after the last session, eligible or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.intake.courses import last_session
from analytics.intake.records import onto
from schemas.vocabulary import Vocabulary

PLACE = ["unit", "outcome"]


def judge(
    readings: pd.DataFrame, units: pd.DataFrame, sessions: pd.DataFrame, vocabulary: Vocabulary, *, style: str
) -> pd.DataFrame:
    """Readings of ``units`` with rel (days or visits from time zero), before, days_since, hours_since, washed.

    ``sessions``: unit x session rows (units.covering). Also ``late_in_day``: taken after a session of the same day.
    """
    found = onto(readings, units, ["start", "start_clock"]).reset_index(drop=True)
    found["rel"] = found["day"] - found["start"]
    after_said = (found["timing"] == "post") | found["hours_since_session"].notna()
    found["after_own"] = after_said
    found["before"] = (found["rel"] < 0) | ((found["rel"] == 0) & _before_on_the_day(found, vocabulary, style))
    if style == "trial":
        found["days_since"] = found["hours_since_session"] / 24
        found["hours_since"] = found["hours_since_session"]
        found["late_in_day"] = after_said
    else:
        found = _since(found, sessions)
    washout = found["outcome"].map({o.id: o.washout_hours for o in vocabulary.outcomes.values()}).astype(float)
    found["washed"] = ~(found["hours_since"].fillna(24 * found["days_since"]) < washout)
    return found


def _before_on_the_day(found: pd.DataFrame, vocabulary: Vocabulary, style: str) -> pd.Series:
    """On the day of the first treatment: said so, scored on the session's own row, or time-stamped earlier."""
    said_after = found["after_own"]
    if style == "trial":  # visit 0 is the baseline by its name
        return ~said_after
    # Uptake on a session's own row is uptake through treated skin unless the row says that it was taken before.
    uptake = found["outcome"].isin([o.id for o in vocabulary.outcomes.values() if o.domain == "absorption"])
    own_row = (found["treatment"] != "") & ~uptake & ~(found["clock"] > found["start_clock"])
    stamped = found["clock"] < found["start_clock"]
    return ~said_after & ((found["timing"] == "pre") | own_row | stamped)


def _since(found: pd.DataFrame, sessions: pd.DataFrame) -> pd.DataFrame:
    found = found.join(last_session(found, sessions))
    found["days_since"] = found["day"] - found["last_day"]
    exact = found["days_since"] * 24 + found["clock"] - found["last_clock"]
    found["hours_since"] = found["hours_since_session"].fillna(exact)
    found["late_in_day"] = found["days_since"] == 0
    recorded = found["hours_since_session"].notna()
    found["days_since"] = found["days_since"].where(~recorded, np.floor(found["hours_since_session"] / 24))
    return found


def averaged(readings: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Readings of one moment by other raters, devices or times as their mean, with n_readings and derivation."""
    ordered = readings.sort_values([*by, "value", "hours_since"])
    grouped = ordered.groupby(list(by), sort=True)
    found = grouped.agg(
        value=("value", "mean"),
        n_readings=("value", "size"),
        days_since_session=("days_since", "min"),
        hours_since_session=("hours_since", "mean"),
        product=("product", "first"),
    )
    several = grouped["product"].nunique() > 1
    if several.any():
        mixed = ordered.join(several[several].rename("several"), on=list(by), how="inner").groupby(list(by))["product"]
        found.loc[several, "product"] = mixed.agg(_joined)
    found = found.reset_index()
    found["derivation"] = np.where(found["n_readings"] > 1, "averaged", "observed")
    return found


def _joined(values: pd.Series) -> str:
    return ";".join(sorted({v for v in values if v}))


def baselines(judged: pd.DataFrame, *, window_days: float | None) -> pd.DataFrame:
    """The last eligible reading before the first treatment, at most ``window_days`` old (None: visit numbers)."""
    pool = judged[judged["before"] & judged["washed"]]
    if window_days is not None:
        pool = pool[-pool["rel"] <= window_days]
    moments = averaged(pool, [*PLACE, "rel", "late_in_day"])
    return moments.groupby(PLACE, sort=True).tail(1).drop(columns="late_in_day").reset_index(drop=True)
