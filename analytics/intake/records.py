"""Accepted session rows on one time axis, blanks filled, and their readings in long form: what later steps read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.domain.dataset import Sifted
from schemas.vocabulary import Vocabulary

EPOCH = pd.Timestamp("1970-01-01")
TEXT = (
    "patient_id", "clinic_id", "side", "body_site", "treatment", "timing", "intercurrent_event", "product", "_file",
)  # fmt: skip
NUMBERS = ("hours_since_session", "session_no", "planned_sessions", "_row", "_record")
# What a site of the vocabulary contains: a session on the whole reaches its parts, one on a part touches the whole.
PARTS = {"face": ("forehead", "cheek", "nose", "chin")}


@dataclass(frozen=True, eq=False)
class Records:
    """``rows``: one row per record with ``row`` as index: patient, TEXT ("" where blank), NUMBERS, ``day`` (days since
    1970 in dated files, study day, or visit number), ``clock`` (hours after midnight, NaN: no time), ``event_day``.
    ``readings``: row, outcome, value. ``late``: lines after the cut-off; ``late_patients``: those with no other row.
    """

    rows: pd.DataFrame
    readings: pd.DataFrame
    style: str
    late: int = 0
    late_patients: tuple[str, ...] = ()

    @property
    def sessions(self) -> pd.DataFrame:
        """The rows on which something was done."""
        return self.rows[self.rows["treatment"] != ""]


def day_number(dates: pd.Series) -> pd.Series:
    """Whole days since 1970 as floats; NaN where there is no date."""
    return (pd.to_datetime(dates).dt.normalize() - EPOCH) / pd.Timedelta(days=1)


def text(frame: pd.DataFrame, column: str) -> pd.Series:
    """A column as plain text, "" where blank or absent. Equal texts are one object: millions take little room."""
    if column not in frame:
        return pd.Series("", index=frame.index, dtype=object)
    values = frame[column]
    if isinstance(values.dtype, pd.StringDtype):
        codes, texts = pd.factorize(values)
        return pd.Series(np.append(np.asarray(texts, dtype=object), "")[codes], index=frame.index, dtype=object)
    return values.astype(object).where(values.notna(), "").map(_plain).astype(object)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)


def number(frame: pd.DataFrame, column: str) -> pd.Series:
    """A column as floats, NaN where blank or absent."""
    if column not in frame:
        return pd.Series(np.nan, index=frame.index)
    return pd.to_numeric(frame[column], errors="coerce").astype("float64")


def outcomes_in(frame: pd.DataFrame, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Outcomes of the vocabulary with at least one reading, in its order."""
    return tuple(o for o in vocabulary.outcomes if o in frame and frame[o].notna().any())


def treatments_in(frame: pd.DataFrame, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Treatments of the vocabulary that were given at least once, in its order."""
    given = set(text(frame, "treatment"))
    return tuple(t for t in vocabulary.treatments if t in given)


def prepare(sifted: Sifted, *, cutoff: pd.Timestamp | None = None) -> Records:
    """Put accepted rows on one axis and leave out what lies after the cut-off."""
    rows = _on_axis(sifted.sessions.reset_index(drop=True), sifted.style)
    rows["body_site"] = _one_site(rows)
    late = rows["day"] > day_number(pd.Series([cutoff]))[0] if cutoff is not None and sifted.style == "dated" else None
    counted: tuple[int, tuple[str, ...]] = (0, ())
    if late is not None and late.any():
        only = sorted(set(rows.loc[late, "patient"]) - set(rows.loc[~late, "patient"]))
        counted = (len(rows.loc[late, ["_file", "_row"]].drop_duplicates()), tuple(only))
        rows = rows[~late]
    rows = rows.rename_axis("row")
    return Records(rows, _readings(sifted, rows.index), sifted.style, *counted)


def _on_axis(frame: pd.DataFrame, style: str) -> pd.DataFrame:
    rows = pd.DataFrame({"patient": text(frame.astype({"patient": "str"}), "patient")}, index=frame.index)
    for column in TEXT:
        rows[column] = text(frame, column)
    for column in NUMBERS:
        rows[column] = number(frame, column)
    rows["clock"] = np.nan
    if style == "dated":
        rows["day"] = day_number(frame["session_date"])
        rows["clock"] = _clock(frame)
    else:
        rows["day"] = np.floor(number(frame, "study_day")) if style == "study_day" else number(frame, "visit")
    dated = style == "dated" and "intercurrent_date" in frame
    rows["event_day"] = day_number(frame["intercurrent_date"]) if dated else np.nan
    return rows


def _clock(frame: pd.DataFrame) -> pd.Series:
    hours = (frame["session_date"] - frame["session_date"].dt.normalize()) / pd.Timedelta(hours=1)
    timed = frame["has_time"].fillna(False).astype(bool) if "has_time" in frame else hours > 0
    return hours.where(timed)


def _one_site(rows: pd.DataFrame) -> pd.Series:
    """A blank body site of a patient of whom only one site is ever named is that site."""
    named = rows["body_site"].where(rows["body_site"] != "")
    by = named.groupby(rows["patient"])
    single = by.transform("nunique") == 1
    return rows["body_site"].where(~(single & named.isna()), by.transform("first")).astype(object)


def _readings(sifted: Sifted, kept: pd.Index) -> pd.DataFrame:
    frame = sifted.sessions.reset_index(drop=True).loc[kept]
    parts = []
    for outcome in outcomes_in(frame, sifted.vocabulary):
        values = number(frame, outcome).dropna()
        parts.append(pd.DataFrame({"row": values.index, "outcome": outcome, "value": values.to_numpy()}))
    empty = pd.DataFrame({"row": pd.Series(dtype="int64"), "outcome": pd.Series(dtype=object), "value": np.array([])})
    found = pd.concat(parts, ignore_index=True) if parts else empty
    return found.astype({"outcome": object})


def contains(side: pd.Series, site: pd.Series, other_side: pd.Series, other_site: pd.Series) -> pd.Series:
    """Whether the skin of one unit holds all the skin of another; blank means the whole."""
    sides = (side == "") | (side == other_side)
    sites = (site == "") | (site == other_site)
    for whole, parts in PARTS.items():
        sites |= (site == whole) & other_site.isin(parts)
    return sides & sites


def touches(unit_side: pd.Series, unit_site: pd.Series, side: pd.Series, site: pd.Series) -> pd.Series:
    """Whether a row on ``side`` and ``site`` reaches the skin of a unit; blank or ``both`` means everywhere."""
    sides = (side == unit_side) | (unit_side == "") | side.isin(("", "both"))
    sites = (site == unit_site) | (unit_site == "") | (site == "")
    for whole, parts in PARTS.items():
        sites |= ((site == whole) & unit_site.isin(parts)) | ((unit_site == whole) & site.isin(parts))
    return sides & sites


def onto(rows: pd.DataFrame, units: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows of the units (column ``unit``) with columns of ``units`` (index ``unit``) beside them; no other rows."""
    at = units.index.get_indexer(rows["unit"])
    kept, at = rows[at >= 0], at[at >= 0]
    return kept.assign(**{column: units[column].to_numpy()[at] for column in columns})
