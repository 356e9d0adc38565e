"""Readings after time zero put to the plan's visits: half-open windows, the nearest, ties to the later."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.intake.readings import PLACE, averaged


def in_windows(rel: pd.Series, weeks: Sequence[float], window_days: int) -> pd.Series:
    """The nominal week whose window [nominal - w, nominal + w) holds each day; NaN for none. Windows do not overlap."""
    nominal = 7 * np.asarray(weeks, dtype=float)
    days = rel.to_numpy(dtype=float)
    at = np.searchsorted(nominal - window_days, days, side="right") - 1
    inside = (at >= 0) & (days < nominal[np.maximum(at, 0)] + window_days)
    return pd.Series(np.where(inside, np.asarray(weeks, dtype=float)[np.maximum(at, 0)], np.nan), index=rel.index)


def at_numbers(visit: pd.Series, weeks: Sequence[float]) -> pd.Series:
    """The visit number itself where the plan has it, else NaN."""
    return visit.where(visit.isin(list(weeks)))


def follow_up(judged: pd.DataFrame, weeks: Sequence[float], *, window_days: int | None) -> pd.DataFrame:
    """One record per unit x outcome x visit: the moment nearest to its day. ``window_days`` None: visit numbers.

    Columns as readings.averaged makes them, with rel and visit; ``readings`` counts all readings in the window.
    """
    visit = at_numbers(judged["rel"], weeks) if window_days is None else in_windows(judged["rel"], weeks, window_days)
    placed = judged.assign(visit=visit).dropna(subset=["visit"])
    moments = averaged(placed, [*PLACE, "visit", "rel", "late_in_day"])
    moments["distance"] = (moments["rel"] - 7 * moments["visit"]).abs() if window_days is not None else 0.0
    moments = moments.sort_values(
        [*PLACE, "visit", "distance", "rel", "late_in_day"], ascending=[True] * 4 + [False] * 2
    )
    by = moments.groupby([*PLACE, "visit"], sort=True)
    moments["readings"] = by["n_readings"].transform("sum")
    return by.head(1).drop(columns="distance").reset_index(drop=True)
