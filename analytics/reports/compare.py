"""Two sealed runs beside each other: which numbers moved, which are new or gone, and what may be the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.run import SHAPE, Run

CLOSE = 1e-5  # of the larger of both numbers and the standard error: six digits are delivered
CHANGE_COLUMNS = ("kind", "id", "table", "keys", "statistic", "before", "now", "steps")
KINDS = ("changed", "new", "gone")
ABOUT_CHANGES = ("changes", "changed_rows", "changed_causes")  # tables of a run that was set beside an earlier one


@dataclass(frozen=True)
class Cause:
    """Something the two runs do not share. ``what``: input NAME, mapping, plan FIELD, software, cut-off, ..."""

    what: str
    before: str
    now: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before or 'none'} then, {self.now or 'none'} now"


@dataclass(frozen=True, eq=False)
class Comparison:
    """``before`` and ``now``; ``rows``: CHANGE_COLUMNS, a row per number or text that is not the same in both.

    ``steps``: how far an estimate moved, in its earlier standard error (NaN for all else).
    ``same``: how many are equal in both. ``causes``: why they may differ.
    """

    before: Run
    now: Run
    rows: pd.DataFrame
    same: int
    causes: tuple[Cause, ...]

    def count(self, kind: str) -> int:
        return int((self.rows["kind"] == kind).sum())


def compare_runs(before: Run, now: Run) -> Comparison:
    """What moved from one run to the other; numbers count as equal within CLOSE, weeks 12 and 12.0 are one week."""
    one, two = _by_id(before), _by_id(now)
    gone, new = one.index.difference(two.index, sort=False), two.index.difference(one.index, sort=False)
    both = one.index.intersection(two.index, sort=False)
    a, b = one.loc[both], two.loc[both]
    error = _errors(a)
    moved = ~_close(a["value"], b["value"], error) | ~_close(a["n"], b["n"], 0.0)
    moved |= a["note"].fillna("").to_numpy() != b["note"].fillna("").to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.abs(b["value"].to_numpy() - a["value"].to_numpy()) / error
    steps[(error == 0) | (a["statistic"] != "estimate").to_numpy()] = np.nan
    parts = [
        _rows("changed", both[moved], a[moved], b[moved], steps[moved]),
        _rows("new", new, None, two.loc[new], None),
        _rows("gone", gone, one.loc[gone], None, None),
    ]
    rows = pd.concat([part for part in parts if len(part)] or [parts[0]], ignore_index=True)
    return Comparison(before, now, rows, int((~moved).sum()), tuple(causes(before, now)))


def _by_id(run: Run) -> pd.DataFrame:
    """The results by id, without those that tell of an earlier run; how many rows a table has is told by the rows."""
    rows = run.results
    rows = rows[~rows["table"].isin(ABOUT_CHANGES)].set_index("id")
    shapes = (rows["statistic"] == SHAPE).to_numpy()
    notes = rows["note"].where(~shapes, rows["note"].str.replace("int64", "float64"))
    return rows.assign(note=notes, value=rows["value"].mask(shapes, 0.0))


def _errors(rows: pd.DataFrame) -> np.ndarray:
    """The standard error that stands beside each number, 0 where there is none."""
    own = rows[rows["statistic"] == "std_error"].set_index(["table", "keys"])["value"]
    beside = pd.MultiIndex.from_frame(rows[["table", "keys"]])
    return own.reindex(beside).fillna(0.0).to_numpy()


def _close(a: pd.Series, b: pd.Series, error: np.ndarray | float) -> np.ndarray:
    x, y = a.to_numpy(float), b.to_numpy(float)
    with np.errstate(invalid="ignore"):
        near = np.abs(x - y) <= CLOSE * np.maximum(np.maximum(np.abs(x), np.abs(y)), error)
    return near | (x == y) | (np.isnan(x) & np.isnan(y))


def _rows(
    kind: str, ids: pd.Index, before: pd.DataFrame | None, now: pd.DataFrame | None, steps: np.ndarray | None
) -> pd.DataFrame:
    nothing = [""] * len(ids)
    given = [part for part in (before, now) if part is not None]
    columns = {
        "kind": [kind] * len(ids),
        "id": list(ids),
        **{name: given[0][name].to_numpy() for name in ("table", "keys", "statistic")},
        "before": nothing if before is None else told_values(before),
        "now": nothing if now is None else told_values(now),
        "steps": np.full(len(ids), np.nan) if steps is None else steps,
    }
    return pd.DataFrame(columns, columns=list(CHANGE_COLUMNS))


def told_values(rows: pd.DataFrame) -> list[str]:
    """Values as text, six digits; the note where a row has no number."""
    return [str(note) if isinstance(note, str) else f"{value:.6g}" for value, note in zip(rows["value"], rows["note"])]


def causes(before: Run, now: Run) -> Iterator[Cause]:
    """Inputs, mapping, plan (field by field), software, audience, cut-off and rows that are not those of the other."""
    yield from _inputs(before.facts, now.facts)
    for name, label in (("mapping_sha256", "mapping"), ("cutoff", "cut-off"), ("audience", "audience")):
        yield from _cause(label, before.facts.get(name), now.facts.get(name))
    yield from _plan(before, now)
    old, new = (run.facts.get("software", {}) for run in (before, now))
    for name in ("version", "commit", "lock_sha256", "python"):
        yield from _cause(f"software {name}", old.get(name), new.get(name))
    for name, count in before.facts.get("rows", {}).items():
        yield from _cause(f"rows {name}", count, now.facts.get("rows", {}).get(name))


def _inputs(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Cause]:
    old, new = ({one["name"]: one.get("sha256") for one in facts.get("inputs", ())} for facts in (before, now))
    for name in sorted({*old, *new}):
        yield from _cause(f"input {name}", old.get(name), new.get(name))


def _plan(before: Run, now: Run) -> Iterator[Cause]:
    old, new = (dict(_leaves(run.plan.model_dump(mode="json"))) for run in (before, now))
    for name in sorted({*old, *new}):
        yield from _cause(f"plan {name}", old.get(name), new.get(name))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for number, item in enumerate(value, start=1):
            known = str(item.get("outcome", number)) if isinstance(item, Mapping) else str(number)
            yield f"{path}.{known}", "in the plan"
            yield from _leaves({key: value for key, value in item.items() if key != "outcome"}, f"{path}.{known}")
    elif value != []:
        yield path, value


def _cause(what: str, before: Any, now: Any) -> Iterator[Cause]:
    if before != now:
        yield Cause(what, _short(before), _short(now))


def _short(value: Any) -> str:
    """A value as text; a hash by its first characters."""
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text[:12] if len(text) == 64 and not text.strip("0123456789abcdef") else text
