"""The tables of an outside copy: told counts in their places, figures coarse, or left out with what they rest on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd

from analytics.disclosure.coarse import share, significant
from analytics.disclosure.ledger import Place
from analytics.disclosure.notes import note
from analytics.disclosure.roles import KEPT_KEYS, ROLES, TEXTS, Role, Share
from analytics.domain.hidden import COUNTS
from analytics.domain.plan import Plan
from analytics.domain.run import key_columns
from analytics.inference.proportions import clopper_pearson, wilson

LIMITS = {"wilson": wilson, "clopper_pearson": clopper_pearson}
FEW_EVENTS = ("standardised_risk",)  # methods whose figures rest on those who responded, and on those who did not
Frames = Mapping[str, pd.DataFrame]


def completed(tables: Frames) -> dict[str, pd.DataFrame]:
    """The tables that may leave, with a line for every group: one that is not there would say that it is empty.

    Patients without a reading are told as n and all patients, not once more as ``missing``: three coarse counts of one
    sum narrow each other, over all visits, until small ones are exact.
    """
    kept = {name: frame for name, frame in tables.items() if name in ROLES}
    kept |= {n: f[f["statistic"] != "missing"] for n, f in kept.items() if n in ("descriptions", "baseline")}
    kept = {name: frame.reset_index(drop=True) for name, frame in kept.items()}
    made = {name: _grid(frame, ROLES[name]) for name, frame in kept.items()}
    if "consultation" in made:
        made["consultation"] = _unknown_line(made["consultation"])
    return made


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


def told(
    tables: Frames, counts: Mapping[Place, int], closed: set[Place], plan: Plan
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.Series]]:
    """The tables as they leave, from the ``completed`` ones; and for each which lines were kept (True).

    ``counts``: what is told of each cell that counts something; ``closed``: figures that the audit takes out.
    """
    made: dict[str, pd.DataFrame] = {}
    kept: dict[str, pd.Series] = {}
    few = _few_events(tables, plan.minimum_cell)
    lost = _suppressed(tables["findings"], few, plan.minimum_cell) if "findings" in tables else pd.Series(dtype=bool)
    by_table: dict[str, dict[str, tuple[list[int], list[int]]]] = {}
    for place, value in counts.items():
        rows, values = by_table.setdefault(place.table, {}).setdefault(place.column, ([], []))
        rows.append(place.row)
        values.append(value)
    for name, exact in tables.items():
        frame = exact.copy()
        for column, (rows, values) in by_table.get(name, {}).items():
            cells = frame[column].to_numpy(copy=True)
            cells[rows] = values
            frame[column] = cells
        frame = _figures(name, exact, frame, plan)
        for place in closed:
            if place.table == name:
                frame.loc[place.row, place.column] = math.nan
        kept[name] = _lines(name, exact, few, lost, tables, plan.minimum_cell)
        if name == "findings":
            frame = _without(frame, lost)
        made[name] = frame[kept[name]].reset_index(drop=True)
    return made, kept


def _figures(name: str, exact: pd.DataFrame, frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Every number that is no count: coarse, made again, or empty; texts that are not known to be harmless, too."""
    role, least = ROLES[name], plan.minimum_cell
    if name in ("descriptions", "baseline"):
        return _statistics(name, exact, frame, least)
    keys, shares = key_columns(name, exact), [c for s in role.shares for c in (s.percent, s.low, s.high)]
    enough = np.ones(len(exact), dtype=bool)
    twice = enough.copy()
    for column in role.basis:
        enough &= (exact[column] >= least).to_numpy()
        twice &= (exact[column] >= 2 * least).to_numpy()
    for column in frame.columns:
        if column in keys or column in COUNTS.get(name, ()) or column in shares or column in KEPT_KEYS:
            continue
        if frame[column].dtype != "float64":
            if column not in TEXTS.get(name, ()):
                frame[column] = "" if isinstance(frame[column].dtype, pd.StringDtype) else frame[column] * 0
            continue
        if column in role.kept:
            continue
        rests = twice if column in role.medians else enough
        told_here = column in role.estimates or column in role.medians
        frame[column] = [significant(v) if ok and told_here else math.nan for v, ok in zip(frame[column], rests)]
    for one in role.shares:
        frame = _share(frame, one, plan.confidence_level)
    return frame


def _share(frame: pd.DataFrame, one: Share, level: float) -> pd.DataFrame:
    found = [
        share(int(part), int(whole), LIMITS[one.limits], level) if part == part and whole == whole else (math.nan,) * 3
        for part, whole in zip(frame[one.part], frame[one.whole])
    ]
    percent, low, high = zip(*found) if found else ((), (), ())
    return frame.assign(**{one.percent: percent, one.low: low, one.high: high}).astype(
        dict.fromkeys((one.percent, one.low, one.high), "float64")
    )


def _statistics(name: str, exact: pd.DataFrame, frame: pd.DataFrame, least: int) -> pd.DataFrame:
    """Descriptions and baseline: a figure per line, resting on the n of its group."""
    keys = ["outcome", "visit", "population", "arm"] if name == "descriptions" else ["variable", "arm"]
    of = exact[exact["statistic"] == "n"].drop_duplicates(keys).set_index(keys)["value"]
    n = of.reindex(pd.MultiIndex.from_frame(exact[keys])).fillna(0).to_numpy()
    counts = exact[exact["statistic"] == "count"]
    graded = set(counts.loc[counts["value"] < least, keys].itertuples(index=False, name=None))
    told_counts = frame[frame["statistic"] == "count"].set_index([*keys, "level"])["value"].to_dict()
    wholes = frame[frame["statistic"] == "n"].set_index(keys)["value"].to_dict()
    values = []
    for at, level, statistic, value, group in zip(
        exact[keys].itertuples(index=False, name=None), exact["level"], exact["statistic"], frame["value"], n
    ):
        if statistic in ("n", "missing", "count"):
            values.append(value)
        elif statistic == "percent":
            part, whole = told_counts.get((*at, level), -1), wholes.get(at, -1)
            values.append(math.floor(100 * part / whole + 0.5) if part >= 0 and whole > 0 else math.nan)
        elif group < _needed(statistic, least) or (statistic != "mean" and at in graded):
            values.append(math.nan)
        else:
            values.append(significant(value))
    return frame.assign(value=np.array(values, dtype=float))


def _needed(statistic: str, least: int) -> int:
    """Patients a figure must rest on, so that as many as the least cell lie beyond a quantile."""
    return {"median": 2 * least, "q1": 4 * least, "q3": 4 * least}.get(statistic, least)


def _few_events(tables: Frames, least: int) -> set[tuple[str, float, str, str]]:
    """Outcome, visit, population, arm in which few responded, or few did not."""
    if "responders" not in tables:
        return set()
    frame = tables["responders"]
    rare = frame[(frame["responders"] < least) | (frame["n"] - frame["responders"] < least)]
    return {(o, float(v), p, a) for o, v, p, a in zip(*(rare[c] for c in ("outcome", "visit", "population", "arm")))}


def _suppressed(frame: pd.DataFrame, few: set[tuple[str, float, str, str]], least: int) -> pd.Series:
    """Findings with an arm under the least cell, or a risk that few had or few did not have."""
    small = (frame["n_arm"] < least) | (frame["n_reference"] < least)
    places = zip(*(frame[c] for c in ("outcome", "visit", "population", "arm", "reference", "method")))
    rare = [m in FEW_EVENTS and ((o, float(v), p, a) in few or (o, float(v), p, b) in few)
            for o, v, p, a, b, m in places]  # fmt: skip
    return small | pd.Series(rare, index=frame.index, dtype=bool)


def _without(frame: pd.DataFrame, lost: pd.Series) -> pd.DataFrame:
    """Suppressed findings say so and nothing else."""
    frame = frame.assign(notes=[note(text) for text in frame["notes"]])
    for column in ROLES["findings"].estimates:
        frame.loc[lost, column] = math.nan
    frame.loc[lost, ["verdict", "notes"]] = ""
    frame.loc[lost, "status"] = "suppressed"
    return frame


def _lines(
    name: str, exact: pd.DataFrame, few: set[tuple[str, float, str, str]], lost: pd.Series, tables: Frames, least: int
) -> pd.Series:
    """Which lines stay: not those whose mere being there would say that a group is small, or not empty."""
    stays = pd.Series(True, index=exact.index)
    if name == "arm_means":
        places = zip(*(exact[c] for c in ("outcome", "visit", "population", "arm", "method")))
        rare = [m in FEW_EVENTS and (o, float(v), p, a) in few for o, v, p, a, m in places]
        stays = (exact["n"] >= least) & ~pd.Series(rare, index=exact.index, dtype=bool)
    elif name == "descriptions":
        stays = (exact["n"] >= least) | exact["statistic"].isin(["n", "missing"])
    elif name == "baseline":
        known = exact[exact["statistic"] == "n"].set_index(["variable", "arm"])["value"]
        n = known[~known.index.duplicated()].reindex(pd.MultiIndex.from_frame(exact[["variable", "arm"]])).to_numpy()
        stays = pd.Series(n >= least, index=exact.index) | exact["statistic"].isin(["n", "missing", "count"])
    elif name in ("effects", "power") and "findings" in tables:
        keys = ["outcome", "visit", "population", "contrast"] + (["method", "adjustment"] if name == "effects" else [])
        found = tables["findings"]
        gone = set(found.loc[lost, keys].itertuples(index=False, name=None))
        stays = pd.Series([at not in gone for at in exact[keys].itertuples(index=False, name=None)], exact.index, bool)
        if name == "effects":
            stays &= exact["quantity"] != "interaction"
    return stays
