"""The results dataset: every number behind a report as one JSON object, and the same rows as Parquet.

Described by ``results.schema.json`` beside this file and, with an example, by docs/results-json.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.domain.printable import printable
from analytics.domain.run import MOCK, RESULT_COLUMNS, SHAPE, Run, six
from analytics.reports.receipt import canonical_json
from analytics.reports.sealed import parquet, shuffled
from analytics.reports.story import Story

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode

SCHEMA_VERSION = "1"  # rises when a reader of the old file could misread the new one
SCHEMA = Path(__file__).with_name("results.schema.json")
INFINITE = {math.inf: "Infinity", -math.inf: "-Infinity"}  # as Protocol Buffers write them; JSON has no such number
FACTS = ("audience", "cutoff", "planned", "software")


def render(notebook: NotebookNode | None, run: Run, *, told: Story | None = None) -> bytes:
    """The run's results as canonical JSON (sorted keys, one line): equal runs give equal bytes.

    The notebook is not looked at: whatever it tells comes from these rows.
    """
    return canonical_json({**_head(run), "statistics": list(_statistics(run))})


def results_parquet(run: Run) -> bytes:
    """``results.parquet``: the objects under ``statistics`` as rows, ``keys`` as JSON text; infinities stay numbers.

    In a mock the first column says so in every row, and the file in its own notes.
    """
    rows = _told(run)
    rows = rows.assign(plan_sha256=pd.Series(run.plan.sha256, rows.index, dtype="str"))
    if run.facts.get("mock"):
        rows.insert(0, "mock", pd.Series(MOCK, rows.index, dtype="str"))
    return parquet(rows, about=shuffled(run.facts))


def _head(run: Run) -> dict[str, Any]:
    return {
        **{name: run.facts.get(name) for name in FACTS},
        "schema_version": SCHEMA_VERSION,
        "run_id": run.run_id,
        "title": printable(run.title),
        "plan_sha256": run.plan.sha256,
    }


def _told(run: Run) -> pd.DataFrame:
    """The results without the rows that only say how to rebuild the tables from them."""
    results = run.results
    return results[results["statistic"] != SHAPE].reset_index(drop=True)


def _statistics(run: Run) -> Iterator[dict[str, Any]]:
    plan, frame = run.plan.sha256, _told(run)
    keys = {text: json.loads(text) for text in frame["keys"].unique()}
    for name, table, where, statistic, value, n, note in zip(*(frame[column].tolist() for column in RESULT_COLUMNS)):
        yield {
            "id": name,
            "table": table,
            "keys": keys[where],
            "statistic": statistic,
            "value": _number(value),
            "n": _number(n),
            "note": note if isinstance(note, str) else None,
            "plan_sha256": plan,
        }


def _number(number: float) -> float | int | str | None:
    """A whole number without a point, any other with at most 6 significant digits; nothing for NaN."""
    if not math.isfinite(number):
        return INFINITE.get(number)
    return int(number) if number.is_integer() else six(number)
