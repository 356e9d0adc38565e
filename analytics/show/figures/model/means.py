"""Adjusted means of a model by visit, a line for each arm, with their intervals and the patients behind them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.repeated.at_visit import AtVisit, arm_of
from analytics.show.figures.canvas import COLOURS, DASHES, MARKERS, RULE, SMALL, SOFT, WIDTH, Picture, fitted, width
from analytics.show.figures.model.words import (
    beside,
    crowd,
    gap,
    texts,
    title,
    under,
    visit_axis,
    visit_names,
    whole,
)
from analytics.show.figures.scale import Axis, linear
from analytics.show.figures.trajectory import spread

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

LEFT, TOP, PLOT, BESIDE = 44.0, 30.0, 150.0, 20.0
NARROW, WIDE = 230.0, 330.0  # where the plot may end, so that the names beside it fit on the sheet
GAP, LINE, DODGE = 14.0, 15.0, 6.0
TICKS, EDGE, NAME = 8, 18.0, 62.0  # most ticks; from the ends of the plot to the outer visits; room for their names
EVERYBODY, SEEN, LEVEL = "All patients", "patients seen:", "95 % interval"


@dataclass(frozen=True, eq=False)
class _Line:
    """An arm: ``at`` visits (positions), means with limits (k, 3), patients seen at every visit (None: not known)."""

    name: str
    at: Sequence[int]
    points: np.ndarray
    seen: Sequence[int] | None


def means(fit: RepeatedFit) -> Picture:
    """Adjusted means by visit. The arm is the category that meets the visit in the formula."""
    lines = _lines(fit)
    values = np.concatenate([line.points.ravel() for line in lines])
    counted = all(line.seen is not None for line in lines)
    plot = max(PLOT, GAP * len(lines) + 10)
    bottom = TOP + plot
    picture = Picture(
        name="model-means",
        height=bottom + 24 + (LINE * len(lines) + 6 if counted else 4),
        alt=_alt(fit, lines),
    )
    longest = max(width(text, SMALL) for text in (*(line.name for line in lines), SEEN))
    right = min(max(WIDTH - BESIDE - longest - 4, NARROW), WIDE)
    y = linear([*values, *_zero(values)], bottom, TOP, most=TICKS)
    left = beside(y, LEFT)
    x = visit_axis(fit, left + EDGE, right - EDGE, widest=NAME)
    _frame(picture, fit, x, y, left, right, bottom)
    apart = min(DODGE, 0.6 * gap(x) / len(lines))
    for index, line in enumerate(lines):
        _draw(picture, line, index, (index - (len(lines) - 1) / 2) * apart, x, y)
    _names(picture, lines, right, bottom, y)
    if counted:
        _counts(picture, lines, right, bottom, x)
    return picture


def _lines(fit: RepeatedFit) -> list[_Line]:
    visit, visits = fit.moments.columns.visit, list(fit.moments.visits)
    try:
        arm: str | None = arm_of(fit.moments.terms, visit)
    except UsageError:  # a model without arms has one line
        arm = None
    table = fit.adjusted_means([name for name in (arm, visit) if name])
    table = table[table["status"] == "estimated"]
    found = []
    for level in (None,) if arm is None else fit.moments.terms.levels[arm]:
        rows = table if arm is None else table[table[arm] == level]
        if len(rows):
            at = [visits.index(one) for one in rows[visit]]
            found.append(_Line(_name(level), at, _points(rows), _seen(fit, arm, level, visits)))
    if not found:
        raise UsageError("No adjusted mean of this model can be estimated: there is nothing to draw.")
    return found


def _name(level: Hashable | None) -> str:
    return EVERYBODY if level is None else title(level)


def _points(rows: pd.DataFrame) -> np.ndarray:
    return rows[["estimate", "conf_low", "conf_high"]].to_numpy(float)


def _seen(fit: RepeatedFit, arm: str | None, level: Hashable, visits: Sequence[Hashable]) -> list[int] | None:
    rows = fit.uncertainty.rows
    if rows is None:
        return None
    if arm is not None:
        return [AtVisit(fit, arm, visit).n[str(level)] for visit in visits]
    times = np.repeat(rows.frequencies, rows.size)
    levels = rows.terms.levels[rows.columns.visit]
    return [int(times[rows.visit == levels.index(visit)].sum()) for visit in visits]


def _zero(values: np.ndarray) -> list[float]:
    """No change stands on the axis where it is not far from what is drawn."""
    known = values[np.isfinite(values)]
    return [0.0] if np.abs(known).min() <= 0.5 * (known.max() - known.min()) else []


def _frame(picture: Picture, fit: RepeatedFit, x: Axis, y: Axis, left: float, right: float, bottom: float) -> None:
    for value, text in y.ticks:
        at = y.place(value)
        zero = value == 0
        picture.line([left, right], [at, at], colour=SOFT if zero else RULE, width=0.8, zorder=0)
        picture.write(left - 6, at + 4, text, at="right", soft=True)
    heading = f"Adjusted mean of {fit.moments.terms.response.expression}, {LEVEL}"
    picture.write(8, 15, fitted(heading, WIDTH - 16, SMALL), soft=True)
    under(picture, x, [text for _, text in x.ticks], bottom + 19)


def _draw(picture: Picture, line: _Line, index: int, shift: float, x: Axis, y: Axis) -> None:
    colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
    places = [x.place(at) + shift for at in line.at]
    picture.line(places, [y.place(v) for v in line.points[:, 0]], colour=colour, width=1.8,
                 linestyle=DASHES[index % len(DASHES)], zorder=3)  # fmt: skip
    for place, (mean, low, high) in zip(places, line.points):
        if np.isfinite([low, high]).all():
            picture.line([place, place], [y.place(low), y.place(high)], colour=colour, width=1.2, zorder=2)
        picture.dot(place, y.place(mean), marker=marker, colour=colour, size=6)


def _names(picture: Picture, lines: Sequence[_Line], right: float, bottom: float, y: Axis) -> None:
    """Names at the line ends, moved apart where they would touch."""
    ends = sorted((y.place(line.points[-1, 0]), index) for index, line in enumerate(lines))
    for at, (_, index) in zip(spread([end for end, _ in ends], GAP, TOP + 4, bottom), ends):
        _key(picture, right + 8, at, index, size=6)
        picture.write(right + 17, at + 4, fitted(lines[index].name, WIDTH - right - BESIDE, SMALL), size=SMALL)


def _key(picture: Picture, x: float, y: float, index: int, *, size: float) -> None:
    picture.dot(x, y, marker=MARKERS[index % len(MARKERS)], colour=COLOURS[index % len(COLOURS)], size=size)


def _counts(picture: Picture, lines: Sequence[_Line], right: float, bottom: float, x: Axis) -> None:
    picture.write(right + 17, bottom + 19, SEEN, soft=True)
    counts = [[whole(count) for count in line.seen or ()] for line in lines]
    every = max(crowd(x, row) for row in counts)
    for index, line in enumerate(lines):
        y = bottom + 19 + LINE * (index + 1)
        _key(picture, right + 8, y - 4, index, size=5)
        picture.write(right + 17, y, fitted(line.name, WIDTH - right - BESIDE, SMALL), soft=True)
        under(picture, x, counts[index], y, every=every)


def _alt(fit: RepeatedFit, lines: Sequence[_Line]) -> str:
    last = visit_names(fit, WIDTH)
    parts = []
    for line in lines:
        mean, low, high = texts(list(line.points[-1]))
        parts.append(f"{line.name} at {last[line.at[-1]]} {mean} ({low} to {high})")
    return f"Adjusted means of {fit.moments.terms.response.expression} by visit: {'; '.join(parts)}."
