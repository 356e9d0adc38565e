"""Row-wise conditions as narwhals expressions: True where the row is fine, with an explicit verdict on null.

They run on pandas, Arrow, DuckDB and Spark alike, so null is always said first (``is_null() | ...``): what a comparison
with null gives differs between engines. narwhals is imported when an expression is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: How far from a whole step a figure may lie and still count as on it (decimals such as 0.1 are not exact).
STEP_TOLERANCE = 1e-6


def _col(name: str) -> Any:
    import narwhals as nw

    return nw.col(name)


def _inside(value: Any, low: float | None, high: float | None, above: bool) -> Any:
    """``value`` within its limits; None where there is no limit; ``above``: low itself is not permitted."""
    parts = []
    if low is not None:
        parts.append(value > low if above else value >= low)
    if high is not None:
        parts.append(value <= high)
    return parts[0] & parts[1] if len(parts) == 2 else parts[0]


def in_range(column: str, low: float | None, high: float | None, *, above: bool = False) -> Any:
    """Null, or from ``low`` to ``high``."""
    value = _col(column)
    return value.is_null() | _inside(value, low, high, above)


def _in_other_unit(column: str, low: float | None, high: float | None, factors: Iterable[float], above: bool) -> Any:
    """Whether some factor brings the figure within its limits."""
    value = _col(column)
    fits = None
    for by in factors:
        inside = _inside(value * by, low, high, above)
        fits = inside if fits is None else fits | inside
    return fits


def range_but_unit(
    column: str, low: float | None, high: float | None, factors: tuple[float, ...], *, above: bool = False
) -> Any:
    """Null, within the limits, or a unit slip (which has its own rule)."""
    return in_range(column, low, high, above=above) | _in_other_unit(column, low, high, factors, above)


def no_unit_slip(
    column: str, low: float | None, high: float | None, factors: tuple[float, ...], *, above: bool = False
) -> Any:
    """Null, within the limits, or outside them in every unit of the table."""
    return in_range(column, low, high, above=above) | ~_in_other_unit(column, low, high, factors, above)


def on_step(column: str, step: float, low: float | None, high: float | None) -> Any:
    """Null, outside the range (which has its own rule), or a whole number of steps from ``low``."""
    value = _col(column)
    steps = (value - (low or 0.0)) / step
    on = (steps - steps.round()).abs() < STEP_TOLERANCE
    if low is None and high is None:
        return value.is_null() | on
    return value.is_null() | ~_inside(value, low, high, False) | on


def adds_up(total: str, parts: tuple[str, ...]) -> Any:
    """The total or one of its parts is null, or the parts add up to it."""
    whole, *pieces = _col(total), *map(_col, parts)
    fine, left = whole.is_null(), whole
    for piece in pieces:
        fine, left = fine | piece.is_null(), left - piece
    return fine | (left.abs() < STEP_TOLERANCE)


def usual(
    column: str,
    low: float | None,
    high: float | None,
    soft_low: float | None,
    soft_high: float | None,
) -> Any:
    """Null, outside the range (which has its own rule), or within what is usual."""
    value = _col(column)
    fine = value.is_null() | _inside(value, soft_low, soft_high, False)
    return fine if low is None and high is None else fine | ~_inside(value, low, high, False)


def usual_for_code(
    column: str, other: str, usual_of: Mapping[str, tuple[float, float]], low: float | None, high: float | None
) -> Any:
    """Null, outside the range (``low``, ``high``: it has its own rule), or within the limits that go with the code in
    ``other`` (a code that is not listed has none).
    """
    value, which = _col(column), _col(other)
    fine = value.is_null() | which.is_null() | ~which.is_in(list(usual_of))
    if low is not None or high is not None:
        fine = fine | ~_inside(value, low, high, False)
    for code, (low, high) in usual_of.items():
        fine = fine | ((which == code) & _inside(value, low, high, False))
    return fine


def one_of(column: str, codes: tuple[str, ...]) -> Any:
    """Null, or one of the codes."""
    value = _col(column)
    return value.is_null() | value.is_in(list(codes))


def each_of(column: str, codes: tuple[str, ...]) -> Any:
    """Null, or codes separated by semicolons."""
    value = _col(column)
    one = "(?:" + "|".join(re.escape(code) for code in codes) + ")"
    return value.is_null() | value.str.contains(f"^{one}(?:;{one})*$")


def filled(columns: tuple[str, ...]) -> Any:
    """At least one of the columns is not null."""
    fine = ~_col(columns[0]).is_null()
    for name in columns[1:]:
        fine = fine | ~_col(name).is_null()
    return fine


def only_with(column: str, treatment: str) -> Any:
    """The parameter is null, or the row is a session of its treatment (a row without treatment is not)."""
    given = _col("treatment")
    return _col(column).is_null() | (~given.is_null() & (given == treatment))


def not_before(later: str, earlier: str) -> Any:
    """Either is null, or the day of ``later`` is not before the day of ``earlier``."""
    a, b = _col(later), _col(earlier)
    return a.is_null() | b.is_null() | (a.dt.truncate("1d") >= b.dt.truncate("1d"))


def born_before(birth_year: str, date: str) -> Any:
    """Either is null, or the birth year is not after the year of the date."""
    year, when = _col(birth_year), _col(date)
    return year.is_null() | when.is_null() | (year <= when.dt.year())
