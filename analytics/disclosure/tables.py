"""The tables of an outside copy: told counts in their places, figures coarse, or left out with what they rest on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analytics.disclosure.coarse import share, significant
from analytics.disclosure.ledger import Place
from analytics.disclosure.notes import note
from analytics.disclosure.roles import KEPT_KEYS, ROLES, TEXTS, Rate, Role, Share
from analytics.disclosure.support import placed, recounted, supported
from analytics.domain.hidden import COUNT_STATISTICS, COUNTS, NOT_SHOWN
from analytics.domain.plan import Plan
from analytics.domain.run import key_columns
from analytics.inference.proportions import clopper_pearson, wilson
from analytics.inference.rates import poisson_rate

LIMITS = {"wilson": wilson, "clopper_pearson": clopper_pearson}
FEW_EVENTS = ("standardised_risk",)  # methods whose figures rest on those who responded, and on those who did not
Frames = Mapping[str, pd.DataFrame]


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
        if exact.empty:
            made[name], kept[name] = exact, pd.Series(dtype=bool)
            continue
        frame = _untold(name, exact)
        for column, (rows, values) in by_table.get(name, {}).items():
            cells = frame[column].to_numpy(copy=True)
            cells[rows] = values
            frame[column] = cells
        frame = _figures(name, exact, frame, tables, plan)
        for place in closed:
            if place.table == name:
                frame.loc[place.row, place.column] = math.nan
        kept[name] = _lines(name, exact, few, lost, tables, plan.minimum_cell)
        if name == "findings":
            frame = _without(frame, lost)
        made[name] = frame[kept[name]].reset_index(drop=True)
    if {"benchmark", "benchmark_overall"} <= set(made) and len(made["benchmark_overall"]):
        overall = tables["benchmark_overall"]
        made["benchmark_overall"] = recounted(made["benchmark_overall"], overall, made["benchmark"], plan.minimum_cell)
    return made, kept


def _untold(name: str, exact: pd.DataFrame) -> pd.DataFrame:
    """The table with no count told: one that nobody asks for below stays so."""
    counts = exact["statistic"].isin(COUNT_STATISTICS) if "statistic" in exact else pd.Series(True, exact.index)
    columns = [column for column in COUNTS.get(name, ()) if column in exact]
    hidden = {
        column: exact[column].mask(exact[column].notna() & (counts | (column != "value")), NOT_SHOWN)
        for column in columns
    }
    return exact.assign(**hidden)


def _figures(name: str, exact: pd.DataFrame, frame: pd.DataFrame, tables: Frames, plan: Plan) -> pd.DataFrame:
    """Every number that is no count: coarse, made again, or empty; texts that are not known to be harmless, too."""
    role, least = ROLES[name], plan.minimum_cell
    if name in ("descriptions", "baseline"):
        return _statistics(name, exact, frame, least)
    keys, shares = key_columns(name, exact), [c for s in role.shares for c in (s.percent, s.low, s.high)]
    shares += [c for r in role.rates for c in (r.rate, r.low, r.high)]
    people = exact[list(role.basis)].min(axis=1).to_numpy() if role.basis else np.full(len(exact), np.inf)
    whole = supported(name, exact, tables, least)
    for column in frame.columns:
        if column in keys or column in COUNTS.get(name, ()) or column in shares or column in KEPT_KEYS:
            continue
        enough = whole & (people >= _beyond(role, column) * least)
        frame[column] = _column(name, role, frame[column], enough)
    for share_ in role.shares:
        frame = _share(frame, share_, people >= least, plan.confidence_level)
    for rate in role.rates:
        frame = _rate(frame, rate, plan.confidence_level)
    if name == "benchmark":
        told = [share(int(p), int(n), wilson, plan.confidence_level)[0] if p == p else seen
                for p, n, seen in zip(frame["responders"], frame["n"], frame["observed"])]  # fmt: skip
        frame = frame.assign(observed=np.array(told, dtype=float))
    return frame


def _beyond(role: Role, column: str) -> int:
    """Patients that a figure must rest on, in multiples of the least cell."""
    return 2 if column in role.medians else 10 if column in role.tails else 1


def _column(name: str, role: Role, cells: pd.Series, enough: np.ndarray) -> pd.Series:
    """A column that counts nothing: texts and numbers that are not known to be harmless are empty."""
    column = str(cells.name)
    if cells.dtype != "float64":
        if column in TEXTS.get(name, ()):
            return cells
        if isinstance(cells.dtype, pd.StringDtype):
            return pd.Series("", index=cells.index, dtype=cells.dtype)
        return cells.where(enough, 0) if column in role.kept else cells * 0
    if column in role.kept:
        return cells
    told_here = column in (*role.estimates, *role.medians, *role.tails)
    return pd.Series([significant(v) if ok and told_here else math.nan for v, ok in zip(cells, enough)],
                     index=cells.index, dtype="float64")  # fmt: skip


def _share(frame: pd.DataFrame, one: Share, enough: np.ndarray, level: float) -> pd.DataFrame:
    column, word = one.only
    named = frame[column] == word if column else pd.Series(True, index=frame.index)
    found = [
        (significant(p), significant(low), significant(high)) if not shared and ok
        else share(int(part), int(whole), LIMITS[one.limits], level) if shared and part == part and whole == whole
        else (math.nan,) * 3
        for shared, ok, part, whole, p, low, high in zip(
            named, enough, frame[one.part], frame[one.whole], frame[one.percent], frame[one.low], frame[one.high]
        )
    ]  # fmt: skip
    return _replaced(frame, (one.percent, one.low, one.high), found)


def _rate(frame: pd.DataFrame, one: Rate, level: float) -> pd.DataFrame:
    """Per 100 of the told time: a rate of exact counts would give them back."""
    found = [
        tuple(map(significant, poisson_rate(int(events), time / 100.0, level=level)))
        if events >= 0 and time == time else (math.nan,) * 3
        for events, time in zip(frame[one.events], frame[one.time])
    ]  # fmt: skip
    return _replaced(frame, (one.rate, one.low, one.high), found)


def _replaced(frame: pd.DataFrame, columns: tuple[str, str, str], rows: Sequence[tuple[float, ...]]) -> pd.DataFrame:
    cells = zip(*rows) if rows else ((), (), ())
    return frame.assign(**{name: np.array(values, dtype=float) for name, values in zip(columns, cells)})


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
    if name == "benchmark" and "benchmark_overall" in tables:
        stays = placed(tables, least)
    elif name == "raters":
        stays = exact["patients"] >= least
    elif name == "arm_means":
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
