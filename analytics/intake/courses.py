"""Time zero, arm and course of every unit (statistics.md 1): the first session of an arm of the plan on that skin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.intake.records import onto

# A session of any treatment within half a year before makes a start a continuation (statistics.md 1).
PREVALENT_DAYS = 180


def starts(covering: pd.DataFrame, *, arms: Sequence[str], style: str) -> pd.DataFrame:
    """One row per unit that an arm of the plan reached, index ``unit``.

    ``covering``: unit x session rows (units.covering of the sessions). Columns: start (day of time zero), start_clock,
    arm, given (arms of that day, in the plan's order), combined, prevalent, two_arms, clinic_id, planned_sessions.
    """
    ours = covering[covering["treatment"].isin(arms)]
    anchor = _anchor(ours, style)
    found = anchor.rename("anchor").to_frame()
    found["start"] = found["anchor"] if style == "dated" else 0.0
    at = onto(covering, found, ["anchor"])
    there = at if style == "trial" else at[at["day"] == at["anchor"]]
    found["start_clock"] = there.groupby("unit")["clock"].min().reindex(found.index)
    found = found.join(_arms_given(there, arms))
    several = there.groupby("unit")["treatment"].nunique().reindex(found.index) > 1
    at_once = at.groupby(["unit", "day"])["treatment"].nunique().groupby("unit").max().reindex(found.index) > 1
    found["combined"] = several & at_once
    found["two_arms"] = several & ~at_once
    found["prevalent"] = _continued(there, at, found, style) & ~found["combined"] & ~found["two_arms"]
    known = there.sort_values(["unit", "clinic_id"])
    found["clinic_id"] = known[known["clinic_id"] != ""].groupby("unit")["clinic_id"].first().reindex(found.index)
    found["planned_sessions"] = _planned(at, found)
    return found.drop(columns="anchor")


def _anchor(ours: pd.DataFrame, style: str) -> pd.Series:
    """Day whose treatment is the arm: the first; with study days the first from day 0 on, else the last before."""
    by = ours.groupby("unit")["day"]
    if style != "study_day":
        return by.min()
    from_zero = ours[ours["day"] >= 0].groupby("unit")["day"].min()
    return from_zero.reindex(by.min().index).fillna(by.max())


def _arms_given(there: pd.DataFrame, arms: Sequence[str]) -> pd.DataFrame:
    """First arm by time of day, then by the plan's order; and all arms of that day."""
    given = there[there["treatment"].isin(arms)].copy()
    given["rank"] = given["treatment"].map({arm: i for i, arm in enumerate(arms)})
    given["clock"] = given["clock"].fillna(24.0)
    arm = given.sort_values(["unit", "clock", "rank"]).groupby("unit")["treatment"].first()
    distinct = given.sort_values(["unit", "rank"])[["unit", "treatment"]].drop_duplicates()
    return pd.DataFrame({"arm": arm, "given": distinct.groupby("unit")["treatment"].agg(";".join)})


def _continued(there: pd.DataFrame, at: pd.DataFrame, found: pd.DataFrame, style: str) -> pd.Series:
    first_row = there if style != "trial" else there[there["day"] <= 0]
    numbered = first_row.groupby("unit")["session_no"].min().reindex(found.index) > 1
    if style == "trial":
        return numbered
    earlier = onto(at, found, ["start", "arm"])
    ago = earlier["start"] - earlier["day"]
    before = (ago > 0) & (ago <= PREVALENT_DAYS)
    if style == "study_day":  # before day 0 the same treatment is the row's label, not a session
        before &= earlier["treatment"] != earlier["arm"]
    return numbered | before.groupby(earlier["unit"]).any().reindex(found.index, fill_value=False)


def _planned(at: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Sessions planned as last written up to time zero, else as first written after it."""
    said = onto(at.dropna(subset=["planned_sessions"]), found, ["start"])
    said = said.sort_values(["unit", "day", "clock", "planned_sessions"])
    first = said.groupby("unit")["planned_sessions"].first()
    last = said[said["day"] <= said["start"]].groupby("unit")["planned_sessions"].last()
    return last.reindex(found.index).fillna(first.reindex(found.index))


def session_counts(covering: pd.DataFrame, units: pd.DataFrame, *, gap_days: int) -> pd.Series:
    """Sessions (days) of the arm in the first course: without a gap over ``gap_days`` from time zero on."""
    own = onto(covering, units, ["start", "arm"])
    own = own[(own["treatment"] == own["arm"]) & (own["day"] >= own["start"])]
    days = own[["unit", "day"]].drop_duplicates().sort_values(["unit", "day"])
    broken = (days.groupby("unit")["day"].diff() > gap_days).groupby(days["unit"]).cumsum()
    return days[broken == 0].groupby("unit").size().reindex(units.index, fill_value=0).astype("int64")


def last_session(readings: pd.DataFrame, covering: pd.DataFrame) -> pd.DataFrame:
    """Day and clock of the last session of any treatment before each reading: last_day, last_clock (NaN: none).

    Within a day a row's own treatment comes after its readings, unless ``after_own`` says otherwise; where no time
    tells the order, the session comes after the reading.
    """
    sessions = covering[["unit", "day", "clock"]].rename(columns={"day": "last_day", "clock": "last_clock"})
    sessions["order"] = _moment(sessions["last_day"], sessions["last_clock"], otherwise=0.995) + 1e-6
    asked = readings[["unit"]].assign(order=_moment(readings["day"], readings["clock"], otherwise=0.0))
    asked["order"] = asked["order"].where(~readings["after_own"], readings["day"] + 0.999)
    asked = asked.rename_axis("reading").reset_index().sort_values(["order", "reading"])
    found = pd.merge_asof(asked, sessions.sort_values(["order", "unit"]), on="order", by="unit", direction="backward")
    return found.set_index("reading")[["last_day", "last_clock"]].reindex(readings.index)


def _moment(day: pd.Series, clock: pd.Series, *, otherwise: float) -> pd.Series:
    part = (clock / 24 * 0.99).fillna(otherwise)
    return (day + part).astype(np.float64)
