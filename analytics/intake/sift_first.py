"""The day a patient was first seen: what "before the first session" is measured against."""

from __future__ import annotations

import pandas as pd

from analytics.intake.sift_stages import Standing
from analytics.intake.sift_width import misfit_patients


def first_days(state: Standing) -> dict[str, pd.Timestamp]:
    """The day of each patient's first standing session or reading."""
    if "session_date" not in state.frame:
        return {}
    return _earliest(state.frame.loc[state.records, ["patient", "session_date"]])


def possible_first_days(state: Standing) -> dict[str, pd.Timestamp]:
    """The earliest day a patient may have been seen first, rows set aside included.

    A row set aside may have been the first session: what follows it is not at fault. A patient with a row of unknown
    date has no such day, and a row of an unknown patient may be anybody's.
    """
    if "session_date" not in state.frame:
        return {}
    rows = state.frame.loc[state.present, ["patient", "session_date"]]
    unsure = set(rows.loc[rows["session_date"].isna(), "patient"].dropna())
    known = frozenset(rows["patient"].dropna().unique())
    unsure |= {key for _, _, key in misfit_patients(state.stack, known) if key is not None}
    strangers = rows.loc[rows["patient"].isna(), "session_date"].min()
    found = {key: day for key, day in _earliest(rows).items() if key not in unsure}
    if pd.isna(strangers):
        return found
    return {key: min(day, strangers.normalize()) for key, day in found.items()}


def _earliest(rows: pd.DataFrame) -> dict[str, pd.Timestamp]:
    return rows.dropna().groupby("patient", sort=True)["session_date"].min().dt.normalize().to_dict()
