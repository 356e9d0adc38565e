"""Run: everything a report may tell, sealed in a folder; the single superset of numbers from which all formats draw.

Also the long form of its tables (one row per number, each with an id of its own) and the way back to the wide views.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.finding import FINDING_KEY
from analytics.domain.hidden import code_of, is_count, words
from analytics.domain.plan import Plan
from schemas.vocabulary import Vocabulary

RESULT_COLUMNS = ("id", "table", "keys", "statistic", "value", "n", "note")
SHAPE = "#columns"  # the statistic of the row that keeps a table's columns and types (value: its number of rows)
PRESENT = "#present"  # the statistic of a row that has keys only
TEXT_STATISTICS = ("value", "verdict", "status", "note", "notes")
DIGITS = 6  # significant digits of everything delivered: the last bits of a float differ between processors

# Key columns by table; the others are statistics. A table not named here is keyed by its text columns and visit.
_CELL = ("outcome", "visit", "population")
KEYS: Mapping[str, tuple[str, ...]] = {
    "findings": FINDING_KEY,
    "arm_means": (*_CELL, "arm", "method", "adjustment", "scale"),
    "descriptions": (*_CELL, "arm", "level", "statistic"),
    "flow": ("step", "unit", "reason", "arm"),
    "arms": ("arm",),
    "visits": (*_CELL, "arm"),
    "quality": ("table", "file", "rule", "severity"),
    "repairs": ("kind", "column"),
    "files": ("name",),
    "baseline": ("variable", "level", "arm", "statistic"),
    "responders": (*_CELL, "arm"),
    "power": (*_CELL, "contrast", "measure"),
    "effects": (*_CELL, "contrast", "method", "adjustment", "quantity"),
    "safety": ("treatment", "group", "event", "class"),
    "consultation": ("table", "row", "column"),
    "eligibility_counts": ("treatment", "condition", "level"),
    "depth": ("outcome", "visit", "depth"),
    "clinics": ("outcome", "visit", "clinic", "arm"),
    "aside": ("by", "level"),
    "faults": ("severity", "rule", "table", "file", "column"),
    "costs": ("rule",),
    "missing": (*_CELL, "arm"),
    "raters": ("kind", "outcome", "clinic", "who"),
    "digits": ("outcome", "clinic"),
    "serious": ("treatment",),
    "exposure": ("treatment", "group", "event", "class"),
    "severity": ("treatment", "event", "class", "severity"),
    "resolution": ("treatment", "event", "class"),
    "instructions": ("treatment", "class", "followed"),
    "instructions_difference": ("treatment", "class"),
    "benchmark": ("outcome", "visit", "level", "clinic", "provider"),
    "benchmark_overall": ("outcome", "visit", "level"),
    "mix": ("by", "level", "kind", "treatment"),
    "agreement": ("by", "level"),
    "care_outcomes": ("outcome", "visit", "factor", "level"),
    "care_difference": ("outcome", "visit", "factor"),
    "changes": ("outcome", "visit", "population", "contrast", "arm", "reference", "measure"),
    "changed_rows": ("about",),
    "changed_causes": ("what",),
    "looks": ("data", "outcome", "visit", "population", "contrast", "method"),
}


MOCK = "MOCK"  # what a report on shuffled treatments is called, everywhere


def titled(title: str, facts: Mapping[str, Any]) -> str:
    """The title of a report, behind MOCK where treatments were shuffled."""
    return f"{MOCK} (treatments shuffled): {title}" if facts.get("mock") else title


def six(value: float) -> float:
    """``value`` to 6 significant digits; whole numbers held as int, infinities and NaN stay what they are."""
    if isinstance(value, (int, np.integer)) or not math.isfinite(value):
        return value
    return float(f"{value:.{DIGITS}g}") + 0.0  # + 0.0: no negative zero


def _plain(value: Any) -> Any:
    """A key's value as JSON knows it: whole floats as integers, nothing for missing."""
    if value is None or (isinstance(value, (float, np.floating)) and math.isnan(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        rounded = six(float(value))
        return int(rounded) if rounded.is_integer() else rounded
    return str(value)


def canonical_keys(keys: Mapping[str, Any]) -> str:
    """Canonical JSON of a results row's key columns: sorted, compact, whole floats without ``.0``."""
    plain = {k: _plain(v) for k, v in keys.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def result_id(table: str, keys: Mapping[str, Any], statistic: str) -> str:
    """The unique id of one number: table | keys | statistic. What every R number run refers to.

    Where the table has a column ``statistic`` (descriptions, baseline) that is the statistic and not a key.
    """
    return f"{table}|{canonical_keys(keys)}|{statistic}"


def _tidy_column(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.strftime("%Y-%m-%d").astype("str")
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        kind = pd.api.types.infer_dtype(column, skipna=True)
        if kind == "boolean" and column.notna().all():
            return column.astype(bool)
        if kind not in ("integer", "floating", "mixed-integer-float"):
            return pd.Series([None if pd.isna(v) else str(v) for v in column], column.index, dtype="str")
    if pd.api.types.is_bool_dtype(column) and column.notna().all():
        return column.astype(bool)
    if pd.api.types.is_integer_dtype(column) and column.notna().all():
        return column.astype("int64")
    return pd.Series([six(v) for v in column.astype("float64")], column.index, dtype="float64")


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy as it is delivered: columns of str, int64, float64 (6 significant digits) or bool, and a plain index."""
    plain = frame.reset_index(drop=True)
    return pd.DataFrame({str(name): _tidy_column(plain[name]) for name in plain.columns}, index=plain.index)


def key_columns(table: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """The columns that say which number it is: as registered in KEYS, else the text columns and ``visit``."""
    if table in KEYS:
        return tuple(name for name in KEYS[table] if name in frame.columns)
    texts = (name for name in frame.columns if isinstance(frame[name].dtype, pd.StringDtype) or name == "visit")
    return tuple(name for name in texts if name not in TEXT_STATISTICS)


def _numbers(row: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[tuple[str, str, Any]]:
    """(statistic, column, value) of one row; with ``statistic`` and ``value`` its own name comes first.

    ``n`` repeats itself beside every number, and is told for itself there only if it is hidden (below 0).
    """
    rest = [name for name in row if name not in keys]
    if "statistic" in keys and "value" in rest:
        own = str(row["statistic"])
        yield own, "value", row["value"]
        more = (name for name in rest if name not in ("value", "n") or (name == "n" and row["n"] < 0))
        yield from ((f"{own}#{name}", name, row[name]) for name in more)
        return
    yield from ((name, name, row[name]) for name in rest)
    if not rest:
        yield PRESENT, "", 1.0


def _long(table: str, frame: pd.DataFrame, minimum_cell: int) -> Iterator[tuple[Any, ...]]:
    keys = key_columns(table, frame)
    shape = json.dumps([[name, str(frame[name].dtype)] for name in frame.columns], ensure_ascii=False)
    yield result_id(table, {}, SHAPE), table, "{}", SHAPE, float(len(frame)), math.nan, shape
    for row in frame.to_dict("records"):
        where = canonical_keys({name: row[name] for name in keys if name != "statistic" or "value" not in row})
        n = float(row["n"]) if isinstance(row.get("n"), (int, float)) and row["n"] >= 0 else math.nan
        for statistic, column, value in _numbers(row, keys):
            if isinstance(value, (int, float)) and value < 0 and is_count(table, column, row.get("statistic", "")):
                value = words(value, minimum_cell)
            text = isinstance(value, str)
            number = math.nan if text or value is None else float(value)
            yield f"{table}|{where}|{statistic}", table, where, statistic, number, n, value if text else None


def results_frame(tables: Mapping[str, pd.DataFrame], *, minimum_cell: int = 5) -> pd.DataFrame:
    """All tables as one long frame of RESULT_COLUMNS, a row per number or text, ids unique; ``views`` is the way back.

    Tables come in the order of their names, rows and columns in the order given. A text statistic stands in ``note``,
    ``n`` repeats the row's number of patients where the table has one. A hidden count (domain/hidden.py) has no value
    and its words, "fewer than ``minimum_cell``" or "not shown", in ``note``. Raises ValueError if two rows share keys.
    """
    rows = [row for name in sorted(tables) for row in _long(name, tidy(tables[name]), minimum_cell)]
    types = {"value": "float64", "n": "float64"}
    columns = zip(*rows) if rows else [()] * len(RESULT_COLUMNS)
    frame = pd.DataFrame(
        {name: pd.Series(list(c), dtype=types.get(name, "str")) for name, c in zip(RESULT_COLUMNS, columns)}
    )
    twice = frame["id"][frame["id"].duplicated()]
    if len(twice):
        raise ValueError(f"two rows share one key: {twice.iloc[0]}")
    return frame


def _cell(statistic: str, value: float, note: Any, types: Mapping[str, str]) -> Any:
    if types.get(statistic) == "str":
        return note
    return code_of(note) if isinstance(note, str) else value


def _view(part: pd.DataFrame) -> pd.DataFrame:
    """One table back from its long rows."""
    shape = part["statistic"] == SHAPE
    types = dict(json.loads(part.loc[shape, "note"].iloc[0]))
    own_name = "statistic" in types and "value" in types
    records: dict[tuple[str, str], dict[str, Any]] = {}
    body = part[~shape]
    for keys, statistic, value, n, note in zip(*(body[c] for c in ("keys", "statistic", "value", "n", "note"))):
        own, _, extra = statistic.partition("#") if own_name else ("", "", statistic)
        if (keys, own) not in records:
            records[keys, own] = {**json.loads(keys), **({"statistic": own, "n": n} if own_name else {})}
        column = (extra or "value") if own_name else statistic
        records[keys, own][column] = _cell(column, value, note, types)
    columns = {name: [record.get(name) for record in records.values()] for name in types}
    return pd.DataFrame({name: pd.Series(cells, dtype=types[name]) for name, cells in columns.items()})


def views(results: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The wide tables of a long results frame: column order, types, empty tables, NaN and infinities as they were."""
    return {str(name): _view(part) for name, part in results.groupby("table", sort=True)}


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A sealed run.

    ``tables``: name -> frame of plain values, at most 6 significant digits: findings, arm_means, descriptions, flow,
      quality, safety, consultation, eligibility_counts, baseline, dose, power, responders, ... : the wide views.
      ``results`` (RESULT_COLUMNS; keys = canonical JSON of the key columns) is their long union and is what lies in
      results.parquet; the views are rebuilt from it on opening.
    ``facts``: receipt facts known before anything is written: inputs, rows, software, plan_sha256, cutoff, run_id.
    ``listings``: lists of source rows for the clinic, not results: quarantine, eligibility.
    """

    tables: Mapping[str, pd.DataFrame]
    plan: Plan
    vocabulary: Vocabulary
    facts: Mapping[str, Any]
    mapping_text: str = ""
    listings: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The plan's title; a mock says so first."""
        return titled(self.plan.title, self.facts)

    @property
    def run_id(self) -> str:
        return str(self.facts["run_id"])

    @cached_property
    def results(self) -> pd.DataFrame:
        """All tables in one long frame, a row per number."""
        return results_frame(self.tables, minimum_cell=self.plan.minimum_cell)

    def to_frame(self) -> pd.DataFrame:
        """A copy of ``results``: a row per number, each with its id; no patient is in it."""
        return self.results.copy()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from analytics.domain.display.results import run_page

        return run_page(self).text()

    def _repr_html_(self) -> str:
        from analytics.domain.display.results import run_page

        return run_page(self).html()
