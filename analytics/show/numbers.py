"""The only place where a number is rounded and becomes text: every Number names the row and the transform that made it.

A transform is a line of steps and one format, for example ``negate decimals:1``; ``apply`` computes the text from the
row's value alone, so that any told number can be checked against results.parquet. Arithmetic is decimal, from the
value at 6 significant digits, and rounding is half away from zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from analytics.domain.block import Number, NumberClass
from analytics.domain.hidden import FEWER, FEWER_WORDS, NOT_SHOWN_WORDS, Hidden
from analytics.domain.run import KEYS, result_id

MINUS = "\u2212"
JOIN = "\n"  # between the ids of a number that rests on several rows
SIGNIFICANT = 6
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
HUNDRED = Decimal(100)
Values = Sequence[Decimal]


def exact(value: Any) -> Decimal:
    """The value as delivered: at most 6 significant digits (whole numbers up to any size are kept)."""
    if isinstance(value, Decimal):
        return value
    number = float(value)
    return Decimal(int(number)) if number.is_integer() else Decimal(format(number, f".{SIGNIFICANT}g"))


def finite(value: Any) -> bool:
    """Whether there is a number to tell."""
    return value is not None and not isinstance(value, str) and math.isfinite(float(value))


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half away from zero; never a negative zero."""
    result = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def magnitude(value: Decimal) -> int:
    """Digits before the decimal point of a number of one or more; 0 or less below one (0.05 -> -1)."""
    return value.adjusted() + 1 if value else 1


def decimals(
    values: Iterable[Decimal], *, digits: int = 2, landmarks: Iterable[Decimal] = (), beside: Iterable[Decimal] = ()
) -> int:
    """Decimals for a group told together: ``digits`` significant ones in its largest member, or the largest ``beside``.

    As many more as a value needs to stay on its side of the landmarks (see ``apart``).
    """
    group, marks = [v for v in values if v.is_finite()], tuple(landmarks)
    largest = max((abs(v) for v in (*group, *beside)), default=Decimal(0))
    places = max(0, digits - magnitude(largest))
    most = max(places, SIGNIFICANT - magnitude(largest))  # smaller beside the largest is nothing but rounding
    return min(most, max((apart(value, places, marks) for value in group), default=places))


def apart(value: Decimal, places: int, landmarks: Iterable[Decimal]) -> int:
    """``places``, or as many more as keep the value from being rounded onto or over a landmark.

    Landmarks are 0 and the meaningful difference; at most 6 significant digits are used.
    """
    marks, limit = tuple(landmarks), max(places, SIGNIFICANT - magnitude(value))
    while places < limit and any(_moved(value, places, mark) for mark in marks):
        places += 1
    return places


def _moved(value: Decimal, places: int, mark: Decimal) -> bool:
    """Whether rounding changes on which side of the mark the value lies."""
    return _sign(rounded(value, places) - mark) != _sign(value - mark)


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


# --- steps: several values -> one value -------------------------------------------------------------------------------


def _halves(values: Values) -> tuple[Decimal, Decimal]:
    half = len(values) // 2
    return sum(values[:half], Decimal(0)), sum(values[half:], Decimal(0))


def _share(values: Values) -> Decimal:
    part, whole = _halves(values)
    return part * HUNDRED / whole


def _lost(values: Values) -> Decimal:
    part, whole = _halves(values)
    return whole - part


def _mean(values: Values) -> Decimal:
    half = len(values) // 2
    return sum((v * w for v, w in zip(values[:half], values[half:])), Decimal(0)) / sum(values[half:], Decimal(0))


# Steps marked "halves" get the parts first and then the wholes (or weights), in the same order.
STEPS: Mapping[str, Callable[[Values], Decimal]] = {
    "negate": lambda v: -v[0],
    "abs": lambda v: abs(v[0]),
    "invert": lambda v: 1 / v[0],
    "complement": lambda v: 1 - v[0],
    "percent_less": lambda v: (1 - v[0]) * HUNDRED,
    "percent_more": lambda v: (v[0] - 1) * HUNDRED,
    "hundred": lambda v: v[0] * HUNDRED,
    "sum": lambda v: sum(v, Decimal(0)),
    "less": lambda v: v[0] - v[1],
    "count": lambda v: Decimal(len(v)),
    "share": _share,  # halves: parts in percent of the wholes
    "lost": _lost,  # halves: wholes minus parts
    "lost_share": lambda v: HUNDRED - _share(v),  # halves
    "mean": _mean,  # halves: values and weights
}


# --- formats: one value -> text ---------------------------------------------------------------------------------------


def _text(value: Decimal) -> str:
    return format(value, "f").replace("-", MINUS)


def _whole(value: Decimal) -> str:
    return format(rounded(value, 0), ",.0f").replace("-", MINUS)


def _decimals(value: Decimal, places: str) -> str:
    return _text(rounded(value, int(places)))


def _signed(value: Decimal, places: str) -> str:
    text = _decimals(value, places)
    return text if text.startswith(MINUS) or rounded(value, int(places)) == 0 else f"+{text}"


def _significant(value: Decimal, digits: str) -> str:
    places = int(digits) - magnitude(value)
    kept = rounded(value, places) if places >= 0 else rounded(value.scaleb(places), 0).scaleb(-places)
    return format(kept, ",f").replace("-", MINUS)


def _percent(value: Decimal) -> str:
    """Whole percents; a digit more where rounding would reach 0 or 100."""
    return _text(rounded(value, decimals((value,), digits=1, landmarks=(Decimal(0), HUNDRED))))


def _trim(value: Decimal) -> str:
    text = _text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _p(value: Decimal, alpha: str) -> str:
    """p to three decimals (two from 0.1), one more where rounding would reach or cross ``alpha``."""
    if value < Decimal("0.001"):
        return "< 0.001"
    if value > Decimal("0.99"):
        return "> 0.99"
    places = 3 if value < Decimal("0.1") else 2
    while places < SIGNIFICANT and _moved(value, places, Decimal(alpha)):
        places += 1
    return _text(rounded(value, places))


FORMATS: Mapping[str, Callable[..., str]] = {
    "whole": _whole,
    "decimals": _decimals,
    "signed": _signed,
    "significant": _significant,
    "percent": _percent,
    "trim": _trim,
    "p": _p,
    "word": lambda value: WORDS[int(value)] if 0 <= value < len(WORDS) else _whole(value),
    "fewer": lambda value, least: f"{FEWER_WORDS} {least}",  # the value is not there: a hidden count
    "not_shown": lambda value: NOT_SHOWN_WORDS,
}


def turn(values: Sequence[Any], steps: Iterable[str]) -> Decimal:
    """The value after the named steps."""
    group: Values = [exact(v) for v in values]
    for step in steps:
        group = [STEPS[step](group)]
    return group[0]


def apply(transform: str, values: Sequence[Any]) -> str:
    """The text that ``transform`` makes of the values of the rows it names."""
    *steps, last = transform.split()
    form, *argument = last.split(":")
    return FORMATS[form](turn(values, steps), *argument)


def hidden(values: Iterable[Any]) -> bool:
    """Whether a count among these is not told in this copy: nothing can be added to it or divided by it."""
    return any(isinstance(value, Hidden) for value in values)


def number(value: Any, transform: str, *, ref: str, kind: NumberClass = "R") -> Number:
    """One Number of one value, or of a sequence of values whose references are joined in ``ref``.

    A hidden count is told in its words, whatever the transform; what would be worked out with one is "not shown".
    """
    values = value if isinstance(value, (list, tuple)) else (value,)
    if hidden(values):
        only = values[0] if len(values) == 1 else None
        fewer = isinstance(only, Hidden) and only.code == FEWER
        transform = f"fewer:{only.least}" if fewer and isinstance(only, Hidden) else "not_shown"
    return Number(apply(transform, values), kind, ref, transform)


def row_id(table: str, row: Mapping[str, Any], statistic: str) -> str:
    """The id of one cell; in a table with columns ``statistic`` and ``value`` the value bears the statistic's name."""
    keys = {key: row[key] for key in KEYS[table] if key in row and key != "statistic"}
    if statistic == "value" and "statistic" in KEYS[table]:
        return result_id(table, keys, str(row["statistic"]))
    return result_id(table, keys, statistic)


def result(table: str, row: Mapping[str, Any], statistic: str, transform: str) -> Number:
    """One number of one row of a table of the run."""
    return number(row[statistic], transform, ref=row_id(table, row, statistic))


def results(cells: Sequence[tuple[str, Mapping[str, Any], str]], transform: str) -> Number:
    """One number of several cells (table, row, statistic), in the order that the transform's first step wants."""
    values = [row[statistic] for _, row, statistic in cells]
    return number(values, transform, ref=JOIN.join(row_id(*cell) for cell in cells))


def planned(value: Any, ref: str, transform: str = "trim") -> Number:
    """A number of the plan or the vocabulary."""
    return number(value, transform, ref=ref, kind="P")


def fact(value: Any, ref: str, transform: str = "whole") -> Number:
    """A number of the receipt."""
    return number(value, transform, ref=ref, kind="D")
