"""What a number column permits, from its entry in the vocabulary and the nature of its kind; and limits in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.vocabulary import Column, Outcome, Parameter

Severity = Literal["error", "warning"]


#: Units that name a scale, not a measure: not said after a number.
_UNSPOKEN = frozenset({"grade", "type", "year", "ratio", "pH", "percentile", "week or visit number"})


def number(value: float) -> str:
    """A limit as a person writes it: 0.5, 200."""
    return f"{value:g}"


def span(low: float | None, high: float | None, unit: str = "", *, above: bool = False) -> str:
    """Limits in words: "from 0 to 9", "above 0 µm", "at least 0 lesions"."""
    end = f" {unit}" if unit and unit not in _UNSPOKEN else ""
    start = f"above {number(low)}" if above and low is not None else None
    if low is not None and high is not None:
        return f"{start} and at most {number(high)}{end}" if start else f"from {number(low)} to {number(high)}{end}"
    if low is not None:
        return f"{start or f'at least {number(low)}'}{end}"
    return f"at most {number(high)}{end}" if high is not None else ""


@dataclass(frozen=True)
class Limits:
    """What a number column permits: hard and usual limits, step, unit; ``above``: low itself is not permitted."""

    low: float | None
    high: float | None
    step: float | None
    unit: str
    soft_low: float | None = None
    soft_high: float | None = None
    above: bool = False
    severity: Severity = "error"


_KIND_LIMITS: dict[str, tuple[float | None, float | None, float | None]] = {
    "count": (0, None, 1), "percent": (0, 100, None), "binary": (0, 1, 1), "positive": (0, None, None),
    "ordinal": (None, None, 1),
}  # fmt: skip


def limits(entry: Outcome | Parameter | Column) -> Limits:
    """The limits of an outcome (blanks filled from its kind), a parameter or a column."""
    if isinstance(entry, Outcome):
        low, high, step = _KIND_LIMITS.get(entry.kind, (None, None, None))
        low, high = (low if entry.low is None else entry.low), (high if entry.high is None else entry.high)
        step = step if entry.step is None else entry.step
        above = entry.kind == "positive"
        return Limits(low, high, step, entry.unit, entry.soft_low, entry.soft_high, above)
    soft = (entry.soft_low, entry.soft_high) if isinstance(entry, Parameter) else (None, None)
    return Limits(entry.low, entry.high, entry.step, entry.unit, *soft, severity=entry.severity)
