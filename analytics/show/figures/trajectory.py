"""Trajectory: each treatment's average over the visits with its interval, and the patients seen under the axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.domain.block import Runs
from analytics.show import names
from analytics.show.figures.canvas import COLOURS, DASHES, INK, MARKERS, RULE, SMALL, WIDTH, Picture, fitted, width
from analytics.show.figures.scale import Axis, linear
from analytics.show.runs import capital, joined, name, runs, words
from analytics.show.series import Series
from analytics.show.stories import Evidence
from schemas.vocabulary import Outcome

LEFT, TOP, PLOT, BESIDE = 40.0, 42.0, 150.0, 20.0
NARROW, WIDE = 250.0, 330.0  # where the plot may end, so that the names beside it fit on the sheet
LABEL_GAP, COUNT_LINE = 14.0, 15.0
DODGE = 3.0
SEEN = "patients seen:"


@dataclass(frozen=True, eq=False)
class _Sheet:
    picture: Picture
    right: float
    titles: Mapping[str, str]
    x: Axis
    y: Axis
    lines: Series


def trajectory(source: Evidence, lines: Series, *, stem: str) -> Picture:
    """Averages over the visits, one line for each arm."""
    outcome = lines.outcome
    height = TOP + PLOT + 24 + COUNT_LINE * len(lines.arms) + 6
    picture = Picture(name=stem, height=height, alt=words(alt(source, lines)))
    values = [float(value) for points in lines.points.values() for point in points for value in point.drawn]
    y = linear([*values, *lines.anchor], TOP + PLOT, TOP, signed=lines.signed)
    titles = {arm: words(names.arm_title(source, arm)) for arm in lines.arms}
    longest = max(width(text, SMALL) for text in (*titles.values(), SEEN))
    right = min(max(WIDTH - BESIDE - longest - 4, NARROW), WIDE)
    visits = lines.visits
    first, last = visits[0], visits[-1]
    span = (last - first) or 1.0
    x = Axis(lambda visit: LEFT + 12 + (visit - first) / span * (right - LEFT - 24), tuple((v, "") for v in visits))
    sheet = _Sheet(
        picture, right, {arm: fitted(t, WIDTH - right - BESIDE - 2, SMALL) for arm, t in titles.items()}, x, y, lines
    )
    _frame(source, sheet, outcome)
    for index, arm in enumerate(lines.arms):
        _arm(sheet, arm, index)
    _labels(source, sheet)
    _counts(source, sheet)
    return picture


def _frame(source: Evidence, sheet: _Sheet, outcome: Outcome) -> None:
    for value, text in sheet.y.ticks:
        y = sheet.y.place(value)
        sheet.picture.line([LEFT, sheet.right], [y, y], colour=RULE, width=0.8, zorder=0)
        sheet.picture.write(LEFT - 6, y + 4, text, at="right", soft=True)
    sheet.picture.write(8, 13, sheet.lines.title, soft=True)
    better = {"lower": "↓ lower is better", "higher": "↑ higher is better"}.get(outcome.direction)
    if better:
        sheet.picture.write(8, 29, better, soft=True)
    for visit, _ in sheet.x.ticks:
        text = words(names.visit(source, visit)) if visit else "start"
        crowded = len(sheet.x.ticks) > 5 and visit
        sheet.picture.write(sheet.x.place(visit), TOP + PLOT + 19, text.split()[-1] if crowded else text, at="center",
                            soft=True)  # fmt: skip


def _offset(index: int, count: int) -> float:
    return (index - (count - 1) / 2) * DODGE * 2


def _arm(sheet: _Sheet, arm: str, index: int) -> None:
    colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
    shift = _offset(index, len(sheet.lines.arms))
    xs, ys = [], []
    for point in sheet.lines.points[arm]:
        x = sheet.x.place(point.visit) + (shift if point.limits else 0.0)
        y = sheet.y.place(float(point.drawn[0]))
        xs.append(x)
        ys.append(y)
        if point.limits:
            low, high = (sheet.y.place(float(v)) for v in point.drawn[1:])
            sheet.picture.line([x, x], [low, high], colour=colour, width=1.2, zorder=2)
            sheet.picture.dot(x, y, marker=marker, colour=colour, size=6)
        elif index == 0:
            sheet.picture.dot(x, y, colour=INK, filled=False, size=6)
    sheet.picture.line(xs, ys, colour=colour, width=1.8, linestyle=DASHES[index % len(DASHES)], zorder=3)


def _labels(source: Evidence, sheet: _Sheet) -> None:
    """Names at the line ends, moved apart where they would touch."""
    ends = [
        (sheet.y.place(float(sheet.lines.points[arm][-1].drawn[0])), i, arm) for i, arm in enumerate(sheet.lines.arms)
    ]
    places = spread([y for y, _, _ in sorted(ends)], LABEL_GAP, TOP + 4, TOP + PLOT)
    for y, (_, index, arm) in zip(places, sorted(ends)):
        sheet.picture.dot(
            sheet.right + 8, y, marker=MARKERS[index % len(MARKERS)], colour=COLOURS[index % len(COLOURS)], size=6
        )
        sheet.picture.write(sheet.right + 17, y + 4, sheet.titles[arm], size=SMALL)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Rising places as near to the wanted ones as a gap between neighbours and both ends allow."""
    places = list(wanted)
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    over = places[-1] - high if places else 0.0
    if over > 0:
        places[-1] -= over
        for i in range(len(places) - 2, -1, -1):
            places[i] = min(places[i], places[i + 1] - gap)
    return [max(p, low + i * gap) if places[0] < low else p for i, p in enumerate(places)]


def _counts(source: Evidence, sheet: _Sheet) -> None:
    top = TOP + PLOT + 19
    sheet.picture.write(sheet.right + 20, top, SEEN, soft=True)
    for index, arm in enumerate(sheet.lines.arms):
        y = top + COUNT_LINE * (index + 1)
        colour = COLOURS[index % len(COLOURS)]
        sheet.picture.dot(sheet.right + 12, y - 4, marker=MARKERS[index % len(MARKERS)], colour=colour, size=5)
        sheet.picture.write(sheet.right + 20, y, sheet.titles[arm], soft=True)
        for visit in sheet.lines.visits:
            text = sheet.lines.seen.get((arm, visit))
            if text is not None:
                sheet.picture.write(sheet.x.place(visit), y, text.text, at="center", soft=True)


def alt(source: Evidence, lines: Series) -> Runs:
    """The figure in words."""
    ends = []
    for arm in lines.arms:
        point = lines.points[arm][-1]
        limits = runs(" (", point.limits[0], " to ", point.limits[1], ")") if point.limits else ()
        ends.append(runs(names.arm_title(source, arm), " ", point.mean or "", limits))
    title = name(lines.title, f"vocabulary.outcomes.{lines.outcome.id}.unit")
    at = capital(names.visit(source, lines.visits[-1]))
    return runs(title, ", by visit and treatment. ", at, ": ", joined(ends, "; "), ".")
