"""Plants faults in the sheets of a clinic, each in another patient, and writes down where every one stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.sources.simulate.copies import spoil_columns
from analytics.sources.simulate.dialect import Dialect
from analytics.sources.simulate.export import Sheet
from analytics.sources.simulate.faults import CONTRADICTED, DOUBLED, FAULTS, Fault
from analytics.sources.simulate.oddities import plant_oddities
from analytics.sources.simulate.plot import Plot


def plant(
    dialect: Dialect,
    sheets: Mapping[str, Sheet],
    rng: np.random.Generator,
    *,
    odd: np.random.Generator,
    times: int,
    at_most: int,
    spare: frozenset[str],
    whole_columns: bool = False,
) -> tuple[dict[str, Sheet], list[dict[str, Any]]]:
    """Sheets with every fault that fits planted ``times`` times, and where each stands: file, row, column, rule.

    No two faults share a patient, ``at_most`` that many patients have one, those in ``spare`` none: a small clinic has
    a choice of the faults. Then half as many patients get an oddity (a warning), drawn from ``odd``; with
    ``whole_columns`` readings are rounded and percents written as fractions.
    """
    used = set(spare)
    plots = {table: Plot.of(sheet, dialect) for table, sheet in sheets.items()}
    if whole_columns:
        spoil_columns(plots["sessions"], odd)
    fitting = [f for f in FAULTS if f.table in plots and (not f.only or dialect.id in f.only)]
    deeds: list[Fault | str] = [*fitting, DOUBLED, DOUBLED, CONTRADICTED] * times
    for k in rng.permutation(len(deeds)):
        if len(used) - len(spare) >= at_most:
            break
        _do(deeds[int(k)], plots, dialect, used, rng)
    plant_oddities(plots, used, odd, times=times, at_most=at_most // 2)
    planted = [
        {**_where(dialect, plot.sheet), "row": plot.row_shown(row, offset), **facts}
        for plot in plots.values()
        for row, offset, facts in plot.marks
    ]
    return {t: p.finished() for t, p in plots.items()}, sorted(planted, key=_order)


def _order(facts: dict[str, Any]) -> tuple[Any, ...]:
    return facts["file"], facts["table"], facts["row"] or 0, facts["column"], facts["fault"]


def _where(dialect: Dialect, sheet: Sheet) -> dict[str, str]:
    place = sheet.layout.place
    return {"file": dialect.workbook, "sheet": place} if dialect.workbook else {"file": place, "sheet": ""}


def _do(
    deed: Fault | str, plots: Mapping[str, Plot], dialect: Dialect, used: set[str], rng: np.random.Generator
) -> None:
    if isinstance(deed, Fault):
        _spoil(plots[deed.table], deed, dialect, used, rng)
    elif deed == DOUBLED:
        _double(plots["sessions"], used, rng)
    else:
        _contradict(plots["sessions"], dialect, used, rng)


def _spoil(plot: Plot, fault: Fault, dialect: Dialect, used: set[str], rng: np.random.Generator) -> None:
    place = _place(plot.sheet, fault, dialect)
    needed = plot.sheet.columns.get(fault.needs) if fault.needs else place
    if place is None or needed is None:
        return
    row = _choose(plot, needed, used, rng, named=_line_name(fault, dialect))
    if row is not None:
        value = fault.new(plot.lines[row][place])
        plot.lines[row][place] = value
        plot.mark(row, place, fault=fault.id, column=fault.column, rule=fault.rule, value=value)


def _place(sheet: Sheet, fault: Fault, dialect: Dialect) -> int | None:
    """Position of the cell: in a long file a reading stands in the value column."""
    if fault.outcome and dialect.shape == "long":
        return sheet.columns["value"] if fault.outcome in dialect.outcomes else None
    return sheet.columns.get(fault.column)


def _line_name(fault: Fault, dialect: Dialect) -> str:
    """What a long file calls the outcome of the fault."""
    return dialect.outcomes[fault.outcome].header if fault.outcome in dialect.outcomes else ""


def _choose(plot: Plot, place: int, used: set[str], rng: np.random.Generator, *, named: str = "") -> int | None:
    """A row with a value in that cell (not a text for a gap), of a patient without a fault so far, who is then used."""
    sheet, at = plot.sheet, plot.sheet.columns.get("outcome", -1)
    gaps = next((f.gaps for name, f in sheet.layout.fields.items() if sheet.columns.get(name) == place), ())
    free = [
        k
        for k, line in enumerate(plot.lines)
        if line[place] is not None
        and line[place] not in gaps
        and sheet.patients[k] not in used
        and (not named or line[at] == named)
    ]
    if not free:
        return None
    row = free[int(rng.integers(len(free)))]
    used.add(sheet.patients[row])
    return row


def _double(plot: Plot, used: set[str], rng: np.random.Generator) -> None:
    """Write a row twice."""
    row = _choose(plot, 0, used, rng)
    if row is not None:
        plot.extra[row] = [list(plot.lines[row])]
        plot.mark(row, None, fault="doubled_row", column="", rule=DOUBLED, value="", offset=1)


def _contradict(plot: Plot, dialect: Dialect, used: set[str], rng: np.random.Generator) -> None:
    """Write a row a second time with another texture grade: nobody knows which one is right, so both are at fault."""
    long = dialect.shape == "long"
    place = plot.sheet.columns.get("value" if long else "texture_grade")
    if place is None:
        return
    row = _choose(plot, place, used, rng, named=dialect.outcomes["texture_grade"].header if long else "")
    if row is not None:
        second = list(plot.lines[row])
        second[place] = second[place] + 1.0 if second[place] < 8 else second[place] - 1.0
        plot.extra[row] = [second]
        for offset, line in enumerate((plot.lines[row], second)):
            plot.mark(
                row, place, fault="two_grades_of_one_day", column="texture_grade", rule=CONTRADICTED, value=line[place],
                offset=offset,
            )  # fmt: skip
