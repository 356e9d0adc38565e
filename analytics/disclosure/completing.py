"""The tables that may leave, with a line for every group: one that is not there would say that it is empty."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pandas as pd

from analytics.disclosure.roles import ROLES, Role
from analytics.disclosure.staff import by_staff

Frames = Mapping[str, pd.DataFrame]


def completed(tables: Frames) -> dict[str, pd.DataFrame]:
    """The tables that may leave, with a line for every group: one that is not there would say that it is empty.

    Patients without a reading are told as n and all patients, not once more as ``missing``: three coarse counts of one
    sum narrow each other, over all visits, until small ones are exact.
    """
    kept = {name: frame for name, frame in tables.items() if name in ROLES}
    kept |= {n: f[f["statistic"] != "missing"] for n, f in kept.items() if n in ("descriptions", "baseline")}
    kept = {name: _anybodys(frame).reset_index(drop=True) for name, frame in kept.items()}
    made = {name: _grid(frame, ROLES[name]) for name, frame in kept.items()}
    if "consultation" in made:
        made["consultation"] = _unknown_line(made["consultation"])
    if "agreement" in made:
        made["agreement"] = _unknown_advice(made["agreement"])
    if "mix" in made:
        made["mix"] = _unknown_mix(made["mix"])
    return made


def _anybodys(frame: pd.DataFrame) -> pd.DataFrame:
    """Without the patients of one provider or rater: the line would bear a name."""
    if "population" not in frame:
        return frame
    return frame[[not by_staff(str(population)) for population in frame["population"]]]


def _grid(frame: pd.DataFrame, role: Role) -> pd.DataFrame:
    if not role.grid or frame.empty:
        return frame
    parts = [list(dict.fromkeys(frame[list(names)].itertuples(index=False, name=None))) for names in role.grid]
    names = [name for group in role.grid for name in group]
    whole = pd.DataFrame([[v for part in cell for v in part] for cell in product(*parts)], columns=names)
    found = whole.merge(frame, on=names, how="left")
    counts = [n for n, kind in frame.dtypes.items() if kind == "int64" and n not in names]
    return found.fillna(dict.fromkeys(counts, 0)).astype(frame.dtypes.to_dict())[list(frame.columns)]


def _unknown_line(frame: pd.DataFrame) -> pd.DataFrame:
    """Nobody without a known recommendation is a count too."""
    part = frame[frame["table"] == "recommended"]
    if part.empty or (part["row"] == "unknown").any():
        return frame
    extra = part.drop_duplicates("column").assign(row="unknown", count=0, total=0)
    return pd.concat([part, extra, frame[frame["table"] != "recommended"]], ignore_index=True)


def _unknown_advice(frame: pd.DataFrame) -> pd.DataFrame:
    """The same where they are counted by what was recommended."""
    part = frame[frame["by"] == "recommended"]
    if part.empty or (part["level"] == "unknown").any():
        return frame
    extra = part.iloc[:1].assign(level="unknown", count=0, total=0, unknown=0)
    return pd.concat([frame, extra], ignore_index=True)


def _unknown_mix(frame: pd.DataFrame) -> pd.DataFrame:
    """The same where they are counted by who they are."""
    part = frame[frame["kind"] == "recommended"]
    if part.empty or (part["treatment"] == "unknown").any():
        return frame
    extra = part.drop_duplicates(["by", "level"]).assign(treatment="unknown", count=0)
    return pd.concat([frame, extra], ignore_index=True)
