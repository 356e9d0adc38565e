"""Normalised residuals of a model at each visit: alike and within two of zero where the model fits.

Normalised: by a Cholesky root of the patient's covariance, so they are independent with variance 1 in truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.show.figures.canvas import COLOURS, INK, PAPER, RULE, SOFT, WIDTH, Picture
from analytics.show.figures.model.words import crowd, gap, under, visit_axis, visit_names, whole
from analytics.show.figures.scale import Axis, linear

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

LEFT, RIGHT, TOP, PLOT = 44.0, 388.0, 46.0, 190.0
BORDER = 2.0  # 4.6 % of a normal distribution lie beyond
LEAST = 2.5  # the axis reaches at least so far
MOST = 300  # dots of a visit; of more values only the farthest are drawn
DOT: Mapping[str, Any] = {
    "marker": "o", "markersize": 2.6, "markerfacecolor": COLOURS[0], "markeredgewidth": 0, "alpha": 0.45,
}  # fmt: skip
BOX, CLOUD, BINS = 9.0, 34.0, 0.12  # half widths on the sheet; bins of the residual in which dots stand side by side


def residuals(fit: RepeatedFit) -> Picture:
    """Every visit as a box (middle half, median) over its values, with lines at -2 and +2."""
    by_visit = _by_visit(fit)
    values = np.concatenate(by_visit)
    bottom = TOP + PLOT
    picture = Picture(name="model-residuals", height=bottom + 44, alt=_alt(fit, by_visit))
    half = (RIGHT - LEFT) / (2 * len(by_visit))
    x = visit_axis(fit, LEFT + min(half, 60), RIGHT - min(half, 60))
    y = linear([*values, -LEAST, LEAST], bottom, TOP)
    room = gap(x) / 2 - 3
    _frame(picture, x, y, bottom)
    for place, found in enumerate(by_visit):
        _visit(picture, found, x.place(place), y, room)
    beyond = [whole(int((np.abs(found) > BORDER).sum())) for found in by_visit]
    counted = [f"{some} of {whole(len(found))}" for some, found in zip(beyond, by_visit)]
    under(picture, x, [text for _, text in x.ticks], bottom + 19)
    under(picture, x, counted if crowd(x, counted) == 1 else beyond, bottom + 36)
    return picture


def _by_visit(fit: RepeatedFit) -> list[np.ndarray]:
    """Sorted values of each visit, in the order of the visits."""
    found = fit.residuals("normalized").to_numpy()
    rows = fit.uncertainty.rows
    visit = rows.visit[np.argsort(rows.place, kind="stable")]  # type: ignore[union-attr]
    return [np.sort(found[visit == place]) for place in fit.moments.places]


def _frame(picture: Picture, x: Axis, y: Axis, bottom: float) -> None:
    picture.write(8, 15, "Normalised residual (size 1 expected)", soft=True)
    picture.write(8, 32, "Under each visit: values beyond ±2; about 5 in 100 expected", soft=True)
    for value, text in y.ticks:
        at = y.place(value)
        picture.line([LEFT, RIGHT], [at, at], colour=SOFT if value == 0 else RULE, width=0.8, zorder=0)
        picture.write(LEFT - 6, at + 4, text, at="right", soft=True)
    for border in (-BORDER, BORDER):
        at = y.place(border)
        picture.line([LEFT, RIGHT], [at, at], colour=COLOURS[1], width=1.2, linestyle=(0, (5, 3)), zorder=1)


def _visit(picture: Picture, found: np.ndarray, x: float, y: Axis, room: float) -> None:
    drawn = found if len(found) <= MOST else found[np.argsort(-np.abs(found), kind="stable")[:MOST]]
    side = _beside(drawn, min(CLOUD, room))
    dots: dict[str, Any] = {
        "marker": "o",
        "markersize": 2.6,
        "markerfacecolor": COLOURS[0],
        "markeredgewidth": 0,
        "alpha": 0.45,
    }
    xs, ys = [x + one for one in side], [y.place(value) for value in drawn]
    picture.line(xs, ys, colour=COLOURS[0], linestyle="none", zorder=2, **dots)
    if len(found) < 4:
        return
    low, middle, high = (y.place(value) for value in np.quantile(found, [0.25, 0.5, 0.75]))
    half = min(BOX, room)
    corners = [x - half, x + half, x + half, x - half, x - half], [low, low, high, high, low]
    picture.line(*corners, colour=PAPER, width=3.6, zorder=3)
    picture.line(*corners, colour=INK, width=1.4, zorder=4)
    picture.line([x - half, x + half], [middle, middle], colour=PAPER, width=4.6, zorder=3)
    picture.line([x - half, x + half], [middle, middle], colour=INK, width=2.4, zorder=4)


def _beside(values: np.ndarray, room: float) -> list[float]:
    """How far beside the middle each value is drawn, so that like values do not cover each other."""
    bins = np.floor(values / BINS)
    side = np.zeros(len(values))
    for one in np.unique(bins):
        here = np.flatnonzero(bins == one)
        place = np.arange(len(here)) - (len(here) - 1) / 2
        step = min(4.0, 2 * room / max(len(here) - 1, 1))
        side[here] = place * step
    return [float(one) for one in side]


def _alt(fit: RepeatedFit, by_visit: list[np.ndarray]) -> str:
    parts = [
        f"{name} {whole(int((np.abs(found) > BORDER).sum()))} of {whole(len(found))}"
        for name, found in zip(visit_names(fit, WIDTH), by_visit)
    ]
    return f"Normalised residuals by visit; beyond plus or minus {whole(BORDER)}: {'; '.join(parts)}."
