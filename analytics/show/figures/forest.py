"""Forest plot: how far apart the treatments are, from the better side, with the zone too small to notice."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Runs
from analytics.show import names, sizes
from analytics.show.figures.canvas import RULE, SOFT, WIDTH, Picture, fitted, width
from analytics.show.figures.scale import Axis, linear, logarithmic
from analytics.show.numbers import MINUS
from analytics.show.orient import Told
from analytics.show.runs import capital, joined, runs, words
from analytics.show.stories import Story

LEFT, RIGHT = 12.0, 388.0
TOP, ROW, LINE, BELOW = 26.0, 42.0, 16.0, 44.0
GAP = 14.0
PERCENT_LIMIT = 99.9  # percent less than everything cannot be drawn on a log axis


def forest(story: Story, *, stem: str) -> Picture | None:
    """The pairs of a story as dots and intervals; None where no pair can be drawn."""
    if not story.pairs:
        return None
    pairs = sorted(story.pairs, key=lambda pair: (pair is not story.lead, -pair.strength))
    labels = [_label(story, pair) for pair in pairs]
    height = TOP + sum(ROW + LINE * (len(lines) - 1) for lines, _ in labels) + BELOW
    picture = Picture(name=stem, height=height, alt=words(alt(story, pairs)))
    axis = axis_of(pairs)
    bottom = height - BELOW
    ground(picture, pairs[0], axis, top=TOP, bottom=bottom)
    y = TOP
    for pair, (lines, beside) in zip(pairs, labels):
        y = _row(picture, pair, axis, lines, beside, y)
    foot(picture, pairs[0], axis, bottom)
    return picture


def numbers(pair: Told) -> Runs:
    """ "+0.9 (+0.4 to +1.4)": what stands beside the dot."""
    form = "signed" if pair.scale == "units" else "decimals"
    limits = runs(pair.number("low", form), " to ", pair.number("high", form))
    return runs(pair.number("estimate", form), sizes.PERCENT if pair.scale == "percent" else (), " (", limits, ")")


def _label(story: Story, pair: Told) -> tuple[list[str], str]:
    """The pair's name, in lines, and what stands at the right end of the last one."""
    text, beside = words(pair_name(story, pair)), words(numbers(pair))
    return with_room(wrapped(text, RIGHT - LEFT, bold=pair.strength > 0), beside, bold=pair.strength > 0), beside


def with_room(lines: list[str], beside: str, *, bold: bool) -> list[str]:
    """The lines, and an empty one more where ``beside`` would run into the last."""
    full = width(lines[-1], bold=bold) + width(beside) + GAP > RIGHT - LEFT
    return [*lines, ""] if full else lines


def wrapped(text: str, room: float, *, bold: bool) -> list[str]:
    """Lines no wider than ``room``, broken between words; a word that is wider by itself is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(fitted(word, room))
    return [line for line in lines if line] or [text]


def pair_name(story: Story, pair: Told) -> Runs:
    """ "Peel v microdermabrasion": the better side first."""
    return runs(names.arm_title(story.evidence, pair.ahead), " v ", names.arm_short(story.evidence, pair.behind))


def axis_of(pairs: Sequence[Told]) -> Axis:
    """Over all intervals, no difference and the zone. Ratios stand on a log axis, best to the right."""
    points = [float(p) for pair in pairs for p in pair.points] + [float(m) for m in pairs[0].landmarks]
    if pairs[0].scale == "percent":
        lower = pairs[0].outcome.direction == "lower"
        ratios = [_ratio(p, lower=lower) for p in points]
        start, end = (RIGHT, LEFT) if lower else (LEFT, RIGHT)
        axis = logarithmic(ratios, start, end, label=lambda ratio: _percent(ratio, lower=lower))
        return Axis(lambda value: axis.place(_ratio(value, lower=lower)),
                    tuple(((1 - r if lower else r - 1) * 100, text) for r, text in axis.ticks))  # fmt: skip
    if pairs[0].scale == "times":
        return logarithmic(points, LEFT, RIGHT, label=lambda ratio: f"{ratio:.3g}")
    return linear(points, LEFT, RIGHT, signed=pairs[0].scale == "units")


def _ratio(percent: float, *, lower: bool) -> float:
    return 1 - min(percent, PERCENT_LIMIT) / 100 if lower else 1 + max(percent, -PERCENT_LIMIT) / 100


def _percent(ratio: float, *, lower: bool) -> str:
    value = round((1 - ratio if lower else ratio - 1) * 100)
    return "0" if value == 0 else f"{MINUS if value < 0 else ''}{abs(value)}{sizes.PERCENT}"


def ground(picture: Picture, pair: Told, axis: Axis, *, top: float, bottom: float) -> None:
    """The zone too small to notice, where there is one, and where no difference lies."""
    marks = pair.landmarks
    zero = axis.place(float(marks[0]))
    if len(marks) == 3:
        edges = sorted(axis.place(float(mark)) for mark in marks[1:])
        picture.zone(edges[0], edges[1], top - 8, bottom)
        middle = min(max(sum(edges) / 2, 70.0), WIDTH - 70.0)
        picture.write(middle, top - 13, "too small to notice", at="center", soft=True)
    picture.line([zero, zero], [bottom - 3, bottom], colour=SOFT, width=1.0, zorder=1)


def _row(picture: Picture, pair: Told, axis: Axis, lines: Sequence[str], beside: str, y: float) -> float:
    for index, text in enumerate(lines):
        picture.write(LEFT, y + 10 + index * LINE, text, bold=pair.strength > 0)
    base = y + 10 + (len(lines) - 1) * LINE
    mark(picture, pair, axis, beside, base)
    return base + ROW - 10


def mark(picture: Picture, pair: Told, axis: Axis, beside: str, base: float) -> None:
    """The dot and the interval under a line of text at ``base``, and its numbers at the right end of that line."""
    picture.write(RIGHT, base, beside, at="right")
    estimate, low, high = (axis.place(float(point)) for point in pair.points)
    zero = axis.place(float(pair.zero))
    picture.line([zero, zero], [base + 4, base + 22], colour=SOFT, width=1.0, zorder=1)
    picture.line([low, high], [base + 13, base + 13], width=2.0, zorder=3)
    picture.dot(estimate, base + 13, filled=pair.strength > 0)


def foot(picture: Picture, pair: Told, axis: Axis, bottom: float) -> None:
    """The axis with its numbers, and what lies to the right."""
    picture.line([LEFT, RIGHT], [bottom, bottom], colour=RULE, width=1.0)
    for value, text in axis.ticks:
        x = axis.place(value)
        picture.line([x, x], [bottom, bottom + 4], colour=SOFT, width=0.8)
        at = "left" if x < LEFT + 8 else "right" if x > RIGHT - 8 else "center"
        picture.write(x, bottom + 16, text, at=at, soft=True)
    picture.write(RIGHT, bottom + 34, _arrow(pair), at="right", soft=True)


def _arrow(pair: Told) -> str:
    """What lies to the right, with its unit."""
    if pair.scale == "of_hundred":
        return "of 100 pairs: better after the first-named →"
    if pair.scale == "times":
        return "times the odds of a better grade →"
    if pair.scale == "of_hundred_more":
        return f"{sizes.side(pair)} patients out of 100 after the first-named →"
    if pair.scale == "percent":
        return f"{sizes.side(pair)} after the first-named →"
    unit = words(names.unit(pair.outcome)).strip()
    more = "more improvement" if sizes.improves(pair) else sizes.side(pair)
    return f"{unit} {more} after the first-named →"


def alt(story: Story, pairs: Sequence[Told]) -> Runs:
    """The figure in words."""
    about = runs(capital(names.subject(story.evidence, story.outcome)), ", ", names.visit(story.evidence, story.visit))
    rows = joined([runs(pair_name(story, pair), " ", numbers(pair)) for pair in pairs], "; ")
    return runs(about, ": differences between treatments. ", rows, ".")
