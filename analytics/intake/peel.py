"""Depth class of the peel of each session: derived from agent, percent, coats and minutes, else as recorded."""

from __future__ import annotations

import pandas as pd

from analytics.domain.dataset import Sifted
from analytics.intake.records import number, onto, text
from schemas.peels import peel_depth_class

SETTINGS = ("peel_percent", "peel_ph", "peel_layers", "peel_minutes")


def depths(frame: pd.DataFrame) -> pd.Series:
    """Depth class per row of a sessions frame, "" where there is no peel or no class."""
    agent = text(frame, "peel_agent")
    found = text(frame, "peel_depth")
    settings = pd.DataFrame({name: number(frame, name) for name in SETTINGS}).assign(peel_agent=agent)
    for values, rows in settings[agent != ""].groupby(["peel_agent", *SETTINGS], dropna=False):
        derived = peel_depth_class(*values).depth
        if derived:
            found.loc[rows.index] = derived
    return found


def depth_at_start(units: pd.DataFrame, sessions: pd.DataFrame, sifted: Sifted) -> pd.Series:
    """Depth class of the first session of each unit ("" for another treatment). ``sessions``: unit x session rows."""
    classes = depths(sifted.sessions.reset_index(drop=True))
    begun = onto(sessions, units, ["start"])
    begun = begun[begun["day"] == begun["start"]]
    known = begun.assign(depth=begun["row"].map(classes)).sort_values(["unit", "clock", "depth"])
    first = known[known["depth"] != ""].groupby("unit")["depth"].first()
    return first.reindex(units.index).fillna("").astype(object)
