"""The copy of a run that may leave the house, and the auditor's list of what was hidden in it, which may not."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from analytics.disclosure.audit import Audit, audited
from analytics.disclosure.completing import completed
from analytics.disclosure.ledger import Ledger
from analytics.disclosure.notes import ROUNDED_TO, facts
from analytics.disclosure.reading import read
from analytics.disclosure.roles import ROLES
from analytics.disclosure.staff import unnamed
from analytics.disclosure.structure import relate
from analytics.disclosure.tables import told
from analytics.domain.errors import PlanRefused
from analytics.domain.hidden import words
from analytics.domain.run import Run, canonical_keys, key_columns

LEAST = 4  # of ``minimum_cell``: under it "fewer than" leaves less than three values for a group that is not empty
HIDDEN_COLUMNS = ("table", "keys", "column", "value", "told", "reason", "low", "high")


@dataclass(frozen=True, eq=False)
class Disclosed:
    """``run``: fit to leave the house. ``hidden``: HIDDEN_COLUMNS, a line for every thing that it does not tell.

    value: the exact count (empty for a figure); told: what stands there instead; reason: ``few`` (under the least
    cell), ``rests on few``, ``gives back ...`` (which count, and between ``low`` and ``high`` it could be told before),
    ``not known to disclosure`` (a table that has no rule yet). For the auditor inside the house only.
    """

    run: Run
    hidden: pd.DataFrame


def disclose(run: Run) -> Disclosed:
    """Make the counts of a run coarse, hide what rests on few patients, and audit what could still be worked out.

    A run that is coarse already is given back as it is. Raises PlanRefused where the plan's ``minimum_cell`` is too
    small to hide anybody in.
    """
    if ROUNDED_TO in run.facts:
        return Disclosed(run, pd.DataFrame({name: pd.Series(dtype="str") for name in HIDDEN_COLUMNS}))
    least = run.plan.minimum_cell
    if least < LEAST:
        raise PlanRefused(
            f"A copy for outside needs a minimum_cell of at least {LEAST}; the plan has {least}.",
            fix="set minimum_cell in the plan, usually to 5, or make the report for inside the house",
        )
    tables = completed(run.tables)
    ledger = read(tables)
    relate(ledger, tables, least)
    audit = audited(ledger, least)
    counts = {place: int(t) for count, t in zip(audit.counts, audit.told) for place in count.places}
    made, kept = told(tables, counts, audit.closed, run.plan)
    rows = [*_lost_tables(run), *_hidden(tables, ledger, audit, kept)]
    hidden = pd.DataFrame(rows, columns=list(HIDDEN_COLUMNS))
    salt = json.dumps(run.facts.get("inputs", ()), sort_keys=True, default=str)
    outside = replace(run, tables=unnamed(made, salt), facts=facts(run.facts, run.plan), listings={}, mapping_text="")
    return Disclosed(outside, hidden)


def _lost_tables(run: Run) -> Iterator[tuple[object, ...]]:
    for name in sorted(set(run.tables) - set(ROLES)):
        yield name, "", "", math.nan, "left out", "not known to disclosure", math.nan, math.nan


def _hidden(
    tables: dict[str, pd.DataFrame], ledger: Ledger, audit: Audit, kept: dict[str, pd.Series]
) -> Iterator[tuple[object, ...]]:
    """Every hidden count once at each of its places, then the figures that were closed."""
    because = {step.hidden: step for step in reversed(audit.steps)}
    wanted: dict[str, set[int]] = {}
    for count, code in zip(audit.counts, audit.told):
        for place in count.places if code < 0 else ():
            wanted.setdefault(place.table, set()).add(place.row)
    for place in audit.closed:
        wanted.setdefault(place.table, set()).add(place.row)
    keys = {name: _keys(name, tables[name], sorted(rows)) for name, rows in wanted.items()}
    for count, code in zip(audit.counts, audit.told):
        if code >= 0:
            continue
        step = because.get(count.name)
        reason = "few" if step is None and not _rests(ledger, count.resting, audit.minimum_cell) else "rests on few"
        low, high = (step.low, step.high) if step is not None else (math.nan, math.nan)
        reason = f"gives back {' '.join(step.of)}" if step is not None else reason
        for place in count.places:
            here = words(code, audit.minimum_cell) if kept[place.table].iloc[place.row] else "left out"
            yield place.table, keys[place.table][place.row], place.column, count.value, here, reason, low, high
    for place in sorted(audit.closed, key=lambda p: (p.table, p.row)):
        step = because.get(place)
        if step is not None:
            reason = f"gives back {' '.join(step.of)}"
            yield place.table, keys[place.table][place.row], place.column, math.nan, "", reason, step.low, step.high


def _rests(ledger: Ledger, name: tuple[str, ...], least: int) -> bool:
    known = ledger.counts.get(name)
    return known is not None and known.value < least


def _keys(name: str, frame: pd.DataFrame, rows: list[int]) -> dict[int, str]:
    columns = list(key_columns(name, frame))
    return {at: canonical_keys(row) for at, row in zip(rows, frame.loc[rows, columns].to_dict("records"))}
