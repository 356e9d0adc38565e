"""Cells and grids: the few shapes that every table of the report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from analytics.domain.block import Paragraph, Runs, Table
from analytics.show import names
from analytics.show.numbers import decimals, exact, finite, hidden, result, results
from analytics.show.runs import NBSP, note, runs
from analytics.show.stories import Evidence

Row = Mapping[str, Any]
NONE = "–"
ZERO = (Decimal(0),)


def grid(
    caption: Any, columns: Sequence[Any], rows: Sequence[Sequence[Any]], *, name: str, remark: Any = (), heads: int = 1,
    texts: Sequence[int] = (),
) -> Table:  # fmt: skip
    """A table block; strings become runs. The first ``heads`` columns are row headers; they and ``texts`` are left."""
    align = tuple("l" if i < heads or i in texts else "r" for i in range(len(columns)))
    cells = tuple(tuple(_runs(cell) for cell in row) for row in rows)
    return Table(
        _runs(caption), tuple(_runs(c) for c in columns), cells, align=align, header_columns=heads, note=_runs(remark),
        name=name,
    )  # fmt: skip


def _runs(content: Any) -> Runs:
    return content if isinstance(content, tuple) else runs(content)


def empty(*why: Any) -> Paragraph:
    """What stands in the place of a table that has nothing to show: the reason."""
    return note(*why)


def value(table: str, row: Row, statistic: str, transform: str) -> Runs:
    """One number, or a dash where there is none."""
    told = finite(row.get(statistic)) or hidden((row.get(statistic),))
    return runs(result(table, row, statistic, transform)) if told else runs(NONE)


def part(table: str, row: Row, count: str, total: str) -> Runs:
    """ "41 of 203 (20 %)": a count with its denominator."""
    if any(not finite(row.get(c)) and not hidden((row.get(c),)) for c in (count, total)):
        return runs(NONE)
    if hidden((row[total],)) and hidden((row[count],)):
        return runs(result(table, row, count, "whole"))
    both = runs(result(table, row, count, "whole"), " of ", result(table, row, total, "whole"))
    return runs(both, share([(table, row, count)], [(table, row, total)]))


def share(parts: Sequence[tuple[str, Row, str]], wholes: Sequence[tuple[str, Row, str]]) -> Runs:
    """ " (20 %)" of counts over their denominators; empty where the whole is nothing, or a count is not told."""
    if hidden(row[s] for _, row, s in (*parts, *wholes)) or not sum(float(row[s]) for _, row, s in wholes):
        return ()
    return runs(" (", results([*parts, *wholes], "share percent"), f"{NBSP}%)")


def places(rows: Sequence[Row], statistics: Sequence[str], *, digits: int = 3, zero: bool = False) -> int:
    """Common decimals of some columns."""
    found = [exact(row[s]) for row in rows for s in statistics if finite(row.get(s))]
    return decimals(found, digits=digits, landmarks=ZERO if zero else ())


def span(table: str, row: Row, low: str, high: str, count: int) -> Runs:
    """ "0.4 to 1.4" with ``count`` decimals."""
    if not finite(row.get(low)) or not finite(row.get(high)):
        return runs(NONE)
    form = f"decimals:{count}"
    return runs(result(table, row, low, form), " to ", result(table, row, high, form))


def percent_span(table: str, row: Row, percent: str, low: str, high: str) -> Runs:
    """ "20 % (15 to 26)"."""
    if not finite(row.get(percent)):
        return runs(NONE)
    middle = runs(result(table, row, percent, "percent"), f"{NBSP}%")
    if not finite(row.get(low)) or not finite(row.get(high)):
        return middle
    limits = runs(result(table, row, low, "percent"), " to ", result(table, row, high, "percent"))
    return runs(middle, " (", limits, ")")


def arms_present(source: Evidence, rows: Sequence[Row], column: str = "arm") -> list[str]:
    """The arms of some rows, those of the plan first and in its order."""
    found = {str(row[column]) for row in rows}
    return [arm for arm in source.plan.arms if arm in found] + sorted(found - set(source.plan.arms) - {"", "nan"})


def arm_heads(source: Evidence, arms: Sequence[str]) -> list[Runs]:
    """Column headers of arms."""
    return [names.arm_title(source, arm) for arm in arms]


def spoken(code: Any) -> str:
    """A code or column name as words."""
    return str(code).replace("_", " ")
