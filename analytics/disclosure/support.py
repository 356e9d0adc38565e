"""Figures that rest on few patients although their row counts many: few responded, few had it, or few did not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.disclosure.coarse import coarse
from analytics.inference.funnel import INNER

Frames = Mapping[str, pd.DataFrame]
SHARE = "share"
ANSWERS = ("yes", "no")
SIDES = {"concordance": ("as_recommended", "otherwise"), "instructions_followed": ANSWERS}


def supported(name: str, exact: pd.DataFrame, tables: Frames, least: int) -> np.ndarray:
    """Which rows of a table rest on at least ``least`` patients on either side of what is told."""
    if name == "benchmark":
        return ~_rare(exact["responders"], exact["n"], least)
    if name == "benchmark_overall":
        good = exact["centre"].astype(float) * exact["n"].astype(float) / 100
        good = good.round().where(exact["measure"] == SHARE)
        return ~_rare(good, exact["n"], least)
    if name == "care_difference" and "care_outcomes" in tables:
        care = tables["care_outcomes"].set_index(["outcome", "factor", "level"])
        rare = set(care.index[_rare(care["responders"], care["n"], least)])
        at = zip(exact["outcome"], exact["factor"])
        return np.array([not any((o, f, side) in rare for side in SIDES.get(f, ())) for o, f in at], dtype=bool)
    if name == "instructions_difference" and "instructions" in tables:
        said = tables["instructions"]
        said = said[said["followed"].isin(ANSWERS)]
        few = _rare(said["patients_with"], said["sessions"] - said["sessions_with"] + said["patients_with"], least)
        rare = set(said.loc[few, ["treatment", "class"]].itertuples(index=False, name=None))
        return np.array([at not in rare for at in zip(exact["treatment"], exact["class"])], dtype=bool)
    return np.ones(len(exact), dtype=bool)


def _rare(part: pd.Series, whole: pd.Series, least: int) -> np.ndarray:
    """NaN counts nobody, and is not rare: something was measured."""
    part, whole = part.astype(float), whole.astype(float)  # columns of a table without rows may have any type
    return ((part < least) | (whole - part < least)).to_numpy()


def placed(tables: Frames, least: int) -> pd.Series:
    """Which lines of ``benchmark`` stay: those that can be told, where there are several of them."""
    frame, overall = tables["benchmark"], tables["benchmark_overall"]
    keys = ["outcome", "visit", "level"]
    whole = overall.loc[supported("benchmark_overall", overall, tables, least), keys]
    told = supported("benchmark", frame, tables, least)
    told &= pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(whole))
    stays = pd.Series(told, index=frame.index)
    return stays & (stays.groupby([frame[key] for key in keys]).transform("sum") > 1)


def recounted(overall: pd.DataFrame, exact: pd.DataFrame, lines: pd.DataFrame, least: int) -> pd.DataFrame:
    """The overall lines with places counted as they are told, and degrees of freedom as coarse as patients."""
    rows = []
    for row in exact.to_dict("records"):
        mine = lines[(lines["outcome"] == row["outcome"]) & (lines["level"] == row["level"])]
        shown = len(mine) if len(mine) or row["places"] != 1 else 1
        outside = [int((mine["outside"] > k).sum()) for k in (0, 1)]
        df = coarse(int(row["residual_df"]), least) if row["residual_df"] == row["residual_df"] else -1
        rows.append((shown, row["hidden"] + row["places"] - shown, *outside, (1 - INNER) * len(mine),
                     float(df) if df > 0 else np.nan))  # fmt: skip
    names = ("places", "hidden", "outside_inner", "outside_outer", "expected_outside", "residual_df")
    made = pd.DataFrame(rows, columns=list(names), index=overall.index)
    return overall.assign(**{name: made[name].astype(overall[name].dtype) for name in names})
