"""Patients by number: "patient 1", "patient 2", ... in the order of the files, for every display, error and figure.

The clinic's own ids stay in the frames. A hash of an id would not hide it: ids are few, and all of them can be tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from analytics.domain.dataset import Sifted

NUMBERED = re.compile(r"patient \d+")
OWN_IDS = "patient and patient_id are the clinic's own ids: do not pass them on"
TO_FRAME = "Patients are numbered in the order of the files; to_frame() gives the clinic's own ids."


def numbers(sifted: Sifted) -> pd.Series:
    """Patient key -> 1, 2, ...: accepted sessions and those set aside in the order of files and rows, then the rest."""
    places = {file.name: place for place, file in enumerate(sifted.files)}
    sessions = [frame for frame in (sifted.sessions, sifted.rejected_sessions) if frame is not None]
    seen = [_in_order(frame, places) for frame in sessions]
    first = pd.concat(seen, ignore_index=True).sort_values(["file", "row"], kind="stable")["patient"]
    others = [frame for frame in (sifted.patients, sifted.consultations, sifted.adverse_events) if frame is not None]
    rest = [frame["patient"].dropna().astype(object) for frame in others if "patient" in frame]
    keys = pd.unique(pd.concat([first, *rest], ignore_index=True))
    return pd.Series(range(1, len(keys) + 1), index=pd.Index(keys, dtype=object), dtype="int64")


def _in_order(frame: pd.DataFrame, places: dict[str, int]) -> pd.DataFrame:
    known = frame.loc[frame["patient"].notna(), ["_file", "_row", "patient"]]
    once = known.drop_duplicates("patient") if known["_row"].is_monotonic_increasing else known
    return pd.DataFrame(
        {
            "file": once["_file"].map(places).fillna(len(places)).to_numpy(),
            "row": once["_row"].to_numpy(),
            "patient": once["patient"].astype(object).to_numpy(),
        }
    )


def label(number: Any) -> str:
    """ "patient 7"; "a patient" where the number is not known."""
    return "a patient" if pd.isna(number) else f"patient {int(number)}"


def labels(sifted: Sifted, keys: Iterable[Any]) -> list[str]:
    """The label of each patient key."""
    return [label(number) for number in sifted.patient_numbers.reindex(list(keys))]


def numbered(subjects: Iterable[Any]) -> list[str]:
    """One label for each of the distinct ``subjects``, in order; those that are labels already keep theirs."""
    known = [str(one) for one in subjects]
    if all(NUMBERED.fullmatch(one) for one in known):
        return known
    return [label(place) for place in range(1, len(known) + 1)]


def marked(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the note that it holds the clinic's own ids, in ``attrs``."""
    frame.attrs["notes"] = (OWN_IDS,)
    return frame
