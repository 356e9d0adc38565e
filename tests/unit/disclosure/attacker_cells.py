"""Every count in the delivered files that name what they count: results, JSON, CSV and notebooks, cell by cell.

Written apart from the product's own lists of counts: whatever is whole by its type counts somebody, but for what is
named here as counting places, months or marks.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import nbformat
import pandas as pd
import pyarrow.parquet as pq

from analytics.domain.block import Number
from analytics.reports.story import story

NOBODY = frozenset(  # whole numbers that count no patients, sessions, events or rows
    ["visit", "places", "hidden", "most_in_clinic", "outside_inner", "outside_outer", "outside", "months", "flagged",
     "weeks"]
)  # fmt: skip
COUNTED = frozenset(["n", "missing", "count", "responders"])  # counts whatever their type
LONG = ("descriptions", "baseline")  # a line for each statistic
# Columns whose values make columns of their own: what stands beside one another there is another kind of thing.
TURNED = {
    "flow": ("unit", "step"), "consultation": ("table",), "mix": ("kind",), "benchmark": ("level",),
    "benchmark_overall": ("level",), "raters": ("kind",), "aside": ("by",),
}  # fmt: skip
SAME = {"treatment": "arm", "variable": "by"}  # keys with one meaning
Keys = tuple[tuple[str, str], ...]


@dataclass(frozen=True, order=True)
class Unknown:
    """What is counted: table and column, and the group."""

    kind: str
    keys: Keys

    def __str__(self) -> str:
        return f"{self.kind}({', '.join(f'{k}={v}' for k, v in self.keys)})"


@dataclass(frozen=True)
class Told:
    """One cell as it stands in one file."""

    what: Unknown
    text: str
    file: str


def unknown(table: str, keys: Mapping[str, Any], statistic: str) -> Unknown:
    """The name of a cell."""
    keys = {k: _plain(v) for k, v in keys.items() if k != "statistic"}
    turned = TURNED.get(table, ())
    kind = ".".join([table, *(keys.get(k, "") for k in turned), statistic])
    left = {SAME.get(k, k): v for k, v in keys.items() if k not in turned and v != "" and k != "reason"}
    return Unknown(kind, tuple(sorted(left.items())))


def _plain(value: Any) -> str:
    try:
        return "" if value is None or value == "" else f"{float(value):g}"
    except (TypeError, ValueError):
        return str(value)


def of_results(frame: pd.DataFrame, file: str = "results") -> list[Told]:
    """The cells of long results (a table with id, table, keys, statistic, value, note)."""
    rows = frame.to_dict("records")
    types = {r["table"]: dict(json.loads(r["note"])) for r in rows if r["statistic"] == "#columns"}
    return [one for row in rows for one in _of_row(row, types[row["table"]], file)]


def _counts(statistic: str, types: Mapping[str, str]) -> bool:
    column = statistic.rpartition("#")[2]
    return column in COUNTED or (types.get(column) == "int64" and column not in NOBODY)


def _of_row(row: Mapping[str, Any], types: Mapping[str, str], file: str) -> Iterator[Told]:
    statistic, _, beside = str(row["statistic"]).partition("#")
    column = beside or statistic
    if beside == "columns" or not _counts(statistic, types):
        return
    keys = json.loads(row["keys"]) if isinstance(row["keys"], str) else row["keys"]
    if beside or row["table"] not in LONG or statistic in COUNTED:
        text = _told(row["value"], row["note"])
        if text:
            keys = {k: v for k, v in keys.items() if not beside or k != "level"}
            yield Told(unknown(row["table"], keys, column), text, file)


def _told(value: Any, note: Any) -> str:
    """A number, the words that stand for it, or nothing."""
    return note if isinstance(note, str) else "" if value is None or value != value else f"{float(value):g}"


def of_files(files: Mapping[str, bytes]) -> list[Told]:
    """Every cell of every file that says what it counts."""
    found: list[Told] = []
    results = {n: pq.read_table(io.BytesIO(c)).to_pandas() for n, c in files.items() if n.endswith("results.parquet")}
    types = {r["table"]: r["note"] for r in _sealed(results).to_dict("records") if r["statistic"] == "#columns"}
    for name, frame in results.items():
        found += of_results(_typed(frame, types), name)
    for name, content in files.items():
        if name.endswith(".json") and b'"statistics":' in content[:100_000]:
            frame = pd.DataFrame(json.loads(content)["statistics"])
            found += of_results(_typed(frame, types), name)
        elif name.endswith(".csv"):
            found += _of_csv(name, content)
        elif name.endswith(".ipynb"):
            found += _of_notebook(name, content, {table: dict(json.loads(note)) for table, note in types.items()})
    return found


def _sealed(results: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return results["run/results.parquet"]


def _typed(frame: pd.DataFrame, types: Mapping[str, str]) -> pd.DataFrame:
    """Results that do not tell the types of their columns, with those that the sealed ones tell."""
    if (frame["statistic"] == "#columns").any():
        return frame
    heads = pd.DataFrame([{"table": t, "statistic": "#columns", "note": note} for t, note in types.items()])
    return pd.concat([frame, heads], ignore_index=True)


KEYS_OF_CSV = {
    "flow": ("step", "unit", "arm"),
    "descriptions": ("outcome", "visit", "population", "arm", "level", "statistic"),
    "arm_means": ("outcome", "visit", "population", "arm", "method", "adjustment", "scale"),
    "findings": ("analysis", "outcome", "visit", "population", "contrast", "method", "adjustment", "measure"),
}
COUNTS_OF_CSV = {"flow": ("count",), "descriptions": ("n", "n_readings"), "arm_means": ("n",),
                 "findings": ("n_arm", "n_reference")}  # fmt: skip


def _of_csv(file: str, content: bytes) -> Iterator[Told]:
    table = file.rpartition("/")[2].removesuffix(".csv")
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))) if table in KEYS_OF_CSV else ():
        keys = {k: row[k] for k in KEYS_OF_CSV[table]}
        for column in COUNTS_OF_CSV[table]:
            beside = {k: v for k, v in keys.items() if k != "level" or table not in LONG}
            yield Told(unknown(table, beside, column), row[column], file)
        if table in LONG and row["statistic"] in COUNTED:
            yield Told(unknown(table, keys, row["statistic"]), row["value"], file)


def _of_notebook(file: str, content: bytes, types: Mapping[str, Mapping[str, str]]) -> Iterator[Told]:
    """Numbers of blocks that tell one cell as it is."""
    for run in numbers(nbformat.reads(content.decode(), 4)):
        told = run.transform in ("whole", "word") or run.transform.startswith(("fewer", "not_shown"))
        if run.kind != "R" or "\n" in run.ref or not told:
            continue
        table, _, rest = run.ref.partition("|")
        keys, _, statistic = rest.rpartition("|")
        text = WORDS.get(run.text.lower(), run.text.replace(",", "").replace("\u2212", "-"))
        if "#" not in statistic and _counts(statistic, types.get(table, {})):
            yield Told(unknown(table, json.loads(keys), statistic), text, file)


WORDS = dict(zip(("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
                  "twelve"), map(str, range(13))))  # fmt: skip


def numbers(notebook: Any) -> Iterable[Number]:
    """Every Number of an executed notebook's blocks."""
    from told_numerals import told_numbers

    return told_numbers(story(notebook))
