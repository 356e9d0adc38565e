"""Axes: from the numbers of a row to units of the sheet, and round ticks whose labels are axis numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from analytics.show.numbers import MINUS

# Ratios at which a logarithmic axis may bear ticks, coarse to fine: the first row with three inside the axis is taken.
RATIOS = (
    (0.1, 1.0, 10.0),
    (0.25, 0.5, 1.0, 2.0, 4.0),
    (0.5, 0.8, 1.0, 1.25, 2.0),
    (0.8, 0.9, 1.0, 1.1, 1.25),
    (0.9, 0.95, 1.0, 1.05, 1.1),
    (0.98, 0.99, 1.0, 1.01, 1.02),
)


@dataclass(frozen=True, eq=False)
class Axis:
    """``place`` puts a value of the data on the sheet; ``ticks``: (value, label)."""

    place: Callable[[float], float]
    ticks: tuple[tuple[float, str], ...]


def linear(values: Iterable[float], start: float, end: float, *, signed: bool = False, most: int = 6) -> Axis:
    """A plain axis over all values, widened to round ticks; the first value stands at ``start`` of the sheet."""
    found = [float(v) for v in values]
    low, high = min(found), max(found)
    step = round_step((high - low) or abs(high) or 1.0, most - 1)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = last if last > first else first + 1
    span = (last - first) * step

    def place(value: float) -> float:
        return start + (float(value) - first * step) / span * (end - start)

    ticks = tuple((k * step, _label(k * step, step, signed=signed)) for k in range(first, last + 1))
    return Axis(place, ticks)


def logarithmic(values: Iterable[float], start: float, end: float, *, label: Callable[[float], str]) -> Axis:
    """An axis of ratios (above zero), equal distances for equal factors; ticks at common ratios, at most five."""
    found = [math.log(v) for v in values if v > 0]
    low, high = min(found), max(found)
    pad = 0.06 * ((high - low) or 0.2)
    low, high = low - pad, high + pad
    rows = [[ratio for ratio in row if low <= math.log(ratio) <= high] for row in RATIOS]
    inside = next((row for row in rows if len(row) >= 3), max(rows, key=len))

    def place(value: float) -> float:
        return start + (math.log(value) - low) / (high - low) * (end - start)

    return Axis(place, tuple((r, label(r)) for r in inside))


def round_step(span: float, parts: int) -> float:
    """The smallest of 1, 2 or 5 times a power of ten that cuts ``span`` into at most ``parts``."""
    raw = span / parts
    power = 10.0 ** math.floor(math.log10(raw))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= raw * (1 - 1e-9))


def _label(value: float, step: float, *, signed: bool) -> str:
    places = max(0, -Decimal(repr(float(f"{step:.6g}"))).normalize().as_tuple().exponent)  # type: ignore[operator]
    text = f"{abs(value):.{places}f}"
    if float(text) == 0:
        return "0"
    return (MINUS if value < 0 else "+" if signed else "") + text
