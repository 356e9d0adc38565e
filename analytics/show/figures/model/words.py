"""What levels and numbers of a model are called in its figures, and where its visits stand.

A fit knows the data's own names only.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from math import ceil
from numbers import Real
from typing import TYPE_CHECKING, Any

from analytics.show.figures.canvas import SMALL, Picture, fitted, width
from analytics.show.figures.scale import Axis
from analytics.show.numbers import apply, decimals, exact

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

AIR = 8.0  # between the names of two visits
DIGITS = 3


def told(level: Hashable) -> str:
    """A level as words: "chemical_peel" is "chemical peel"."""
    return f"{level:g}" if _number(level) else str(level).replace("_", " ")


def title(level: Hashable) -> str:
    """A level at the end of a line: "Chemical peel"."""
    text = told(level)
    return text[:1].upper() + text[1:]


def _number(level: Any) -> bool:
    return isinstance(level, Real) and not isinstance(level, bool)


def visit_names(fit: RepeatedFit, room: float) -> list[str]:
    """ "week 4", "week 8"; bare levels where ``room`` is too small for it, and texts as they are, cut to it."""
    levels, column = fit.moments.visits, told(fit.moments.columns.visit)
    plain = [told(level) for level in levels]
    named = [f"{column} {text}" if _number(level) else text for level, text in zip(levels, plain)]
    chosen = named if max(width(text, SMALL) for text in named) + AIR <= room else plain
    numbers = all(_number(level) for level in levels)
    return chosen if numbers else [fitted(text, room - AIR / 2, SMALL) for text in chosen]


def visit_axis(fit: RepeatedFit, left: float, right: float, *, widest: float = 200.0) -> Axis:
    """Visits to the right, at distances of their numbers where the names have room there, else evenly.

    ``place`` takes the position of a visit among the visits. ``widest``: of a name.
    """
    levels: Sequence[Any] = fit.moments.visits
    steps = [float(k) for k in range(len(levels))]
    if all(_number(level) for level in levels):
        spread = [float(level) for level in levels]
        gaps = [later - one for one, later in pairwise(spread)]
        needed = max(width(told(level), SMALL) for level in levels) + AIR
        if gaps and min(gaps) > 0 and min(gaps) / (spread[-1] - spread[0]) * (right - left) >= needed:
            steps = spread
    span = (steps[-1] - steps[0]) or 1.0
    middle = (right - left) / 2 if len(steps) == 1 else 0.0
    least = min((later - one for one, later in pairwise(steps)), default=span)
    names = visit_names(fit, min(least / span * (right - left), widest))

    def place(visit: float) -> float:
        return left + middle + (steps[int(visit)] - steps[0]) / span * (right - left)

    return Axis(place, tuple((float(k), text) for k, text in enumerate(names)))


def gap(x: Axis) -> float:
    """The least distance between two visits on the sheet."""
    places = [x.place(value) for value, _ in x.ticks]
    return min((later - one for one, later in pairwise(places)), default=100.0)


def crowd(x: Axis, words: Sequence[str]) -> int:
    """1 where a word under each visit has room; 2 where only every second one has, and so on."""
    return max(1, ceil((max(width(text, SMALL) for text in words) + 3) / gap(x)))


def under(picture: Picture, x: Axis, words: Sequence[str], y: float, *, every: int | None = None) -> None:
    """A word under each visit, or under every second where they are crowded."""
    for place in range(0, len(words), every or crowd(x, words)):
        picture.write(x.place(place), y, words[place], at="center", soft=True)


def beside(y: Axis, least: float) -> float:
    """Where a plot may begin, so that the labels of its ticks stand on the sheet."""
    return max(least, max(width(text, SMALL) for _, text in y.ticks) + 14)


def texts(values: Sequence[float], *, digits: int = DIGITS) -> list[str]:
    """Numbers told together, with the same decimals."""
    places = decimals([exact(value) for value in values], digits=digits)
    return [apply(f"decimals:{places}", [value]) for value in values]


def whole(value: float) -> str:
    """A count."""
    return apply("whole", [value])
