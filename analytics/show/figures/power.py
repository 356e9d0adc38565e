"""Smallest difference found against patients per treatment: the patients there are, and those that would be needed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.domain.display.digits import percent, short
from analytics.domain.display.power import size_told
from analytics.show.figures.canvas import COLOURS, RULE, SMALL, SOFT, WIDTH, Picture, fitted, width
from analytics.show.figures.scale import Axis, linear
from analytics.show.runs import lower

if TYPE_CHECKING:
    from analytics.domain.power import Power

LEFT, RIGHT, TOP, PLOT = 48.0, 384.0, 44.0, 160.0
BOTTOM = TOP + PLOT
MARKS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000)
MOST_TIMES = 4.0  # the axis ends at so many times the difference wanted: of five patients nobody expects more
GAP = 6.0


def power(value: Power) -> Picture:
    """The curve on a log axis of patients; hollow dot: now; filled dot: needed."""
    picture = Picture(name=f"power-{value.outcome.id}", height=BOTTOM + 64, alt=_alt(value))
    points = _points(value)
    x = _patients([n for n, _ in points])
    y = linear([0.0, *(size for _, size in points)], BOTTOM, TOP, most=6)
    _frame(picture, value, x, y)
    xs, ys = [x.place(n) for n, _ in points], [y.place(size) for _, size in points]
    picture.line(xs, ys, colour=COLOURS[0], width=2.0, zorder=3)
    _wanted(picture, value, x, y, points)
    if math.isfinite(value.detectable) and points[0][0] <= value.now <= points[-1][0]:
        _dot(picture, x.place(value.now), y.place(_size(value, value.detectable)), f"now: {value.now:,}", filled=False)
    return picture


def _size(value: Power, size: float) -> float:
    """A size as the axis has it: percent for ratios, points for shares, else in the unit."""
    return 100 * abs(1 - size) if value.scale == "ratio" else 100 * size if value.scale == "share" else size


def _points(value: Power) -> list[tuple[float, float]]:
    """The curve down to what is wanted, up to a few times of it, with the needed patients on it."""
    found = [(float(n), _size(value, s)) for n, s in zip(value.curve["patients"], value.curve["detectable"])]
    found = [(n, size) for n, size in found if math.isfinite(size)]
    if value.difference is not None and math.isfinite(value.patients):
        wanted = _size(value, value.difference)
        kept = [(n, s) for n, s in found if s <= MOST_TIMES * wanted] or found[-1:]
        found = sorted({*kept, (value.patients, min(wanted, max(s for _, s in kept)))})
        last = max(2 * value.patients, 2 * value.now)
        found = [(n, s) for n, s in found if n <= last]
    return found


def _patients(numbers: list[float]) -> Axis:
    low, high = math.log(min(numbers)), math.log(max(numbers))
    span = (high - low) or 1.0

    def place(n: float) -> float:
        return LEFT + 8 + (math.log(n) - low) / span * (RIGHT - LEFT - 16)

    inside = [n for n in MARKS if min(numbers) <= n <= max(numbers)]
    return Axis(place, tuple((float(n), f"{n:,}") for n in inside))


def _frame(picture: Picture, value: Power, x: Axis, y: Axis) -> None:
    unit = {"ratio": "% less or more", "share": "points of 100"}.get(value.scale, value.outcome.unit or "points")
    heading = f"Smallest difference in {lower(value.outcome.label)} found ({unit})"
    picture.write(8, 15, fitted(heading, WIDTH - 16, SMALL), soft=True)
    for size, text in y.ticks:
        at = y.place(size)
        picture.line([LEFT, RIGHT], [at, at], colour=SOFT if at == BOTTOM else RULE, width=0.8, zorder=0)
        picture.write(LEFT - 6, at + 4, text, at="right", soft=True)
    ends = -math.inf
    for n, text in x.ticks:
        at = x.place(n)
        picture.line([at, at], [BOTTOM, BOTTOM + 4], colour=SOFT, width=0.8)
        if at - width(text, SMALL) / 2 > ends:
            picture.write(at, BOTTOM + 17, text, at="center", soft=True)
            ends = at + width(text, SMALL) / 2 + GAP
    per = "patients with both sides read" if value.paired else "patients per treatment with a reading"
    picture.write((LEFT + RIGHT) / 2, BOTTOM + 35, per, at="center", soft=True)
    picture.write((LEFT + RIGHT) / 2, BOTTOM + 53, f"chance to find it: {percent(value.power)}", at="center", soft=True)


def _wanted(picture: Picture, value: Power, x: Axis, y: Axis, points: list[tuple[float, float]]) -> None:
    """A line at the size that matters and a dot at the patients it needs."""
    if value.difference is None:
        return
    at = y.place(_size(value, value.difference))
    if not TOP - 1 <= at <= BOTTOM:
        return
    picture.line([LEFT, RIGHT], [at, at], colour=COLOURS[1], width=1.2, linestyle=(0, (5, 3)), zorder=2)
    picture.write(LEFT + 4, at - 6, f"wanted: {short(_size(value, value.difference))}", size=SMALL, colour=COLOURS[1])
    if math.isfinite(value.patients) and points[0][0] <= value.patients <= points[-1][0]:
        _dot(picture, x.place(value.patients), at, f"needed: {int(value.patients):,}", filled=True, below=True)


def _dot(picture: Picture, x: float, y: float, text: str, *, filled: bool, below: bool = False) -> None:
    """A dot with its text: right above it, where the curve is not, or left below."""
    picture.dot(x, y, colour=COLOURS[0], filled=filled)
    room = width(text, SMALL) + 8
    left = x - room >= LEFT if below else x + room > RIGHT
    picture.write(x + (-8 if left else 8), y + (15 if below else -7), text, at="right" if left else "left", size=SMALL)


def _alt(value: Power) -> str:
    needed = f"{int(value.patients):,}" if math.isfinite(value.patients) else "more than can be counted"
    first = (
        f"{size_told(value, value.difference)} needs {needed} with a chance of {percent(value.power)}; "
        if value.difference is not None
        else ""
    )
    per = "patients with both sides" if value.paired else "patients per treatment"
    return (
        f"Smallest difference in {value.outcome.label} by {per}: {first}the {value.now:,} now could find "
        f"{size_told(value, value.detectable)}."
    )
