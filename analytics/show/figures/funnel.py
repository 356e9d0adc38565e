"""Funnel plot: each clinic or provider by its number of patients, between the limits that chance alone sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.domain.block import Runs
from analytics.inference.funnel import INNER, OUTER, Funnel
from analytics.show import names
from analytics.show.figures.canvas import COLOURS, INK, RULE, SMALL, SOFT, WIDTH, Picture, fitted, width
from analytics.show.figures.scale import Axis, linear
from analytics.show.figures.trajectory import spread
from analytics.show.numbers import finite, result
from analytics.show.runs import joined, runs, words
from analytics.show.stories import Evidence, Row
from analytics.show.tables.benchmark import apart, average, is_share, place, summary

LEFT, TOP, PLOT, BELOW, ROOM = 44.0, 48.0, 210.0, 44.0, 78.0  # ROOM: right of the plot, for the names of the lines
POINTS = 60  # of each limit
LINE = 13.0  # height of a label
START = 0.8  # of the smallest place: where the axis of patients may begin
NARROW, LONGEST = 50.0, 110.0  # least room for a name beside its dot, and the most that it takes
CROWD, NAMED = 30, 6  # places from which dots are small; places outside that the words name
OVERALL, INSIDE, OUTSIDE = "overall", "inner limits", "outer limits"


@dataclass(frozen=True, eq=False)
class _Sheet:
    picture: Picture
    x: Axis
    y: Axis
    funnel: Funnel

    @property
    def right(self) -> float:
        return WIDTH - ROOM


def funnel(source: Evidence, whole: Row, rows: Sequence[Row], *, stem: str) -> Picture | None:
    """The places of one level and outcome; None where there are not at least two, or nothing varies."""
    told = [row for row in rows if finite(row["adjusted"]) and finite(row["n"])]
    if len(told) < 2 or not finite(whole["sigma"]) or not whole["sigma"]:
        return None
    centre, total, sigma, df = (float(whole[s]) for s in ("centre", "n", "sigma", "residual_df"))
    limits = Funnel(centre, total, sigma, df, is_share(whole))
    picture = Picture(name=stem, height=TOP + PLOT + BELOW, alt=words(alt(source, whole, told)))
    sheet = _sheet(picture, limits, told)
    _frame(source, sheet, whole)
    _limits(sheet, [float(row["n"]) for row in told])
    _places(sheet, told)
    return picture


def _sheet(picture: Picture, limits: Funnel, rows: Sequence[Row]) -> _Sheet:
    sizes = [float(row["n"]) for row in rows]
    ends = [*limits.limits(min(sizes), OUTER), limits.centre]
    values = [float(row[s]) for row in rows for s in ("adjusted", "shrunk") if finite(row[s])]
    drawn = [*values, *(_inside(v, limits) for v in ends)]
    x = linear([START * min(sizes), max(sizes)], LEFT, WIDTH - ROOM, most=6)
    return _Sheet(picture, x, linear(drawn, TOP + PLOT, TOP), limits)


def _inside(value: float, limits: Funnel) -> float:
    return min(max(value, 0.0), 100.0) if limits.share else value


def _frame(source: Evidence, sheet: _Sheet, whole: Row) -> None:
    outcome = source.outcome(str(whole["outcome"]))
    better = "higher" if outcome.responder is not None else outcome.direction
    sheet.picture.write(8, 13, fitted(words(average(source, whole)), WIDTH - 16, SMALL), soft=True)
    arrow = {"lower": "↓ lower is better", "higher": "↑ higher is better"}.get(better)
    if arrow:
        sheet.picture.write(8, 29, arrow, soft=True)
    for value, text in sheet.y.ticks:
        y = sheet.y.place(value)
        sheet.picture.line([LEFT, sheet.right], [y, y], colour=RULE, width=0.8, zorder=0)
        sheet.picture.write(LEFT - 6, y + 4, text, at="right", soft=True)
    for value, text in sheet.x.ticks:
        x = sheet.x.place(value)
        sheet.picture.line([x, x], [TOP + PLOT, TOP + PLOT + 4], colour=SOFT, width=0.8)
        sheet.picture.write(x, TOP + PLOT + 17, text, at="center", soft=True)
    sheet.picture.write(sheet.right, TOP + PLOT + 35, "patients →", at="right", soft=True)


def _limits(sheet: _Sheet, sizes: Sequence[float]) -> None:
    """Both pairs of limits, the overall line, and their names at the right end."""
    counts = np.unique(np.round(np.linspace(min(sizes), max(sizes), POINTS)))
    ends = [(sheet.y.place(sheet.funnel.centre), OVERALL)]
    for level, dashes, label in ((INNER, (0, (5, 3)), INSIDE), (OUTER, "solid", OUTSIDE)):
        both = np.array([sheet.funnel.limits(float(n), level) for n in counts])
        for side in both.T:
            ys = [sheet.y.place(_inside(float(v), sheet.funnel)) for v in side]
            sheet.picture.line(
                [sheet.x.place(n) for n in counts], ys, colour=SOFT, width=1.1, linestyle=dashes, zorder=1
            )
        ends.append((sheet.y.place(_inside(float(both[-1, 1]), sheet.funnel)), label))
    centre = sheet.y.place(sheet.funnel.centre)
    sheet.picture.line([LEFT, sheet.right], [centre, centre], width=1.1, zorder=1)
    rising = sorted(ends)
    for y, (_, label) in zip(spread([y for y, _ in rising], LINE, TOP, TOP + PLOT), rising):
        sheet.picture.write(sheet.right + 5, y + 4, label, soft=True)


def _places(sheet: _Sheet, rows: Sequence[Row]) -> None:
    """A dot for each place, a bar where it is drawn towards the average, and a name where it lies outside."""
    small = len(rows) > CROWD
    dots = [(sheet.x.place(float(row["n"])), sheet.y.place(float(row["adjusted"]))) for row in rows]
    for row, (x, y) in zip(rows, dots):
        if finite(row["shrunk"]):
            bar = sheet.y.place(float(row["shrunk"]))
            sheet.picture.line([x, x], [y, bar], colour=COLOURS[0], width=0.6, zorder=2)
            sheet.picture.line([x - 3.5, x + 3.5], [bar, bar], colour=COLOURS[0], width=1.6, zorder=3)
        out = int(row["outside"])
        marker, colour = (("o", COLOURS[0]), ("s", COLOURS[1]), ("D", COLOURS[1]))[out]
        sheet.picture.dot(x, y, marker=marker, colour=colour, filled=out > 0, size=4.0 if small else 5.5)
    taken = [(x - 5, x + 5, y) for x, y in dots]
    outside = [(row, dot) for row, dot in zip(rows, dots) if row["outside"]]
    for row, dot in sorted(outside, key=lambda each: -each[0]["outside"]):
        _label(sheet, row, dot, taken)


def _label(sheet: _Sheet, row: Row, dot: tuple[float, float], taken: list[tuple[float, float, float]]) -> None:
    """The name right or left of its dot; none where a dot or a name stands already (the table has them all)."""
    x, y = dot
    for at, start, room in (("left", x + 8, sheet.right - x - 8), ("right", x - 8, x - 8 - LEFT)):
        text = fitted(words(place(row)), max(min(room, LONGEST), 0.0), SMALL)
        wide = width(text, SMALL)
        low = start if at == "left" else start - wide
        free = not any(abs(y - v) < LINE - 2 and low < right and left < low + wide for left, right, v in taken)
        if room >= NARROW and free:
            taken.append((low, low + wide, y))
            sheet.picture.write(start, y + 4, text, at=at, size=SMALL, colour=INK)
            return


def alt(source: Evidence, whole: Row, rows: Sequence[Row]) -> Runs:
    """The figure in words; many places outside are counted and not named."""
    outside = [row for row in rows if row["outside"]]
    found: Runs = runs("none lies outside the limits")
    if len(outside) > NAMED:
        found = runs(result("benchmark_overall", whole, "outside_inner", "whole"), " lie outside the inner limits")
    elif outside:
        found = runs("outside the limits: ", joined([apart(source, whole, row) for row in outside], "; "))
    return runs(names.label(source.outcome(str(whole["outcome"]))), summary(source, whole, found))
