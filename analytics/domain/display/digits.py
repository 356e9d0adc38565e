"""Numbers of a display: few digits, half away from zero, a dash where there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

NONE, MINUS = "–", "−"
SMALLEST_P = 0.001


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def places(values: Iterable[float], digits: int = 3) -> int:
    """Decimals for numbers told together: ``digits`` significant ones in the largest."""
    largest = max((abs(float(v)) for v in values if is_number(float(v))), default=1.0)
    return max(0, digits - 1 - (math.floor(math.log10(largest)) if largest > 0 else 0))


def told(value: Any, decimals: int) -> str:
    """The number with so many decimals, a true minus, commas between thousands."""
    if not is_number(value):
        return NONE
    number = Decimal(format(float(value), ".10g")).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{abs(number):,}" if number >= 0 else f"{MINUS}{abs(number):,}"


def short(value: Any, digits: int = 3) -> str:
    """One number by itself, without zeros at its end: 0.5, 12, 1,250."""
    if not is_number(value):
        return NONE
    text = told(value, places([float(value)], digits))
    return text.rstrip("0").rstrip(".") if "." in text else text


def p_told(value: Any) -> str:
    """ "p = 0.03", "p < 0.001"."""
    if not is_number(value):
        return "p not known"
    return f"p < {SMALLEST_P}" if value < SMALLEST_P else f"p = {told(value, 3 if value < 0.0995 else 2)}"


def percent(share: float) -> str:
    """ "95 %"."""
    return f"{short(100 * share)} %"
