"""Patients by what they do to the coefficients: Cook's distance as stems, largest first, the largest three named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.domain.patients import numbered
from analytics.show.figures.canvas import COLOURS, RULE, SMALL, SOFT, Picture, fitted
from analytics.show.figures.model.words import beside, told, whole
from analytics.show.figures.scale import Axis, linear
from analytics.show.numbers import apply

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

LEFT, RIGHT, TOP, PLOT = 52.0, 388.0, 84.0, 130.0
NAMED, MOST = 3, 200  # of more patients only the largest are drawn
HEAD, LINE = 38.0, 16.0  # the first name above the stems; from one to the next
WIDE = 24.0  # most room of a stem
_LEVEL = re.compile(r"\[T?\.?([^]]*)\]")


def influence(fit: RepeatedFit) -> Picture:
    """Stems of Cook's distance. A patient without whom a coefficient is lost has none and is counted below."""
    table = fit.influence()
    table.isetitem(0, numbered(table.iloc[:, 0]))  # a figure names nobody's id
    known = table[table["distance"].notna()].sort_values("distance", ascending=False, kind="stable")
    if known.empty:
        raise UsageError("Every patient alone carries a coefficient: there is nothing to draw.")
    drawn, bottom = known.head(MOST), TOP + PLOT
    lone = len(table) - len(known)
    picture = Picture(name="model-influence", height=bottom + 32 + LINE * bool(lone), alt=_alt(known))
    y = linear([0.0, *drawn["distance"]], bottom, TOP)
    left = beside(y, LEFT)
    step = min((RIGHT - left - 4) / len(drawn), WIDE)
    places = [left + 3 + (rank + 0.5) * step for rank in range(len(drawn))]
    _frame(picture, y, left, bottom)
    for rank, (x, distance) in enumerate(zip(places, drawn["distance"])):
        colour, thick = (COLOURS[1], 2.0) if rank < NAMED else (COLOURS[0], min(1.6, step * 0.6))
        picture.line([x, x], [bottom, y.place(distance)], colour=colour, width=thick, zorder=2)
        if rank < NAMED:
            picture.dot(x, y.place(distance), colour=colour, size=4.5)
    _names(picture, drawn.head(NAMED), places, y)
    _foot(picture, bottom, len(drawn), len(known), lone)
    return picture


def _frame(picture: Picture, y: Axis, left: float, bottom: float) -> None:
    picture.write(8, 15, "Cook's distance of each patient, largest first (SE: standard error)", soft=True)
    for value, text in y.ticks:
        at = y.place(value)
        picture.line([left, RIGHT], [at, at], colour=SOFT if at == bottom else RULE, width=0.8, zorder=0)
        picture.write(left - 6, at + 4, text, at="right", soft=True)


def _names(picture: Picture, rows: pd.DataFrame, places: list[float], y: Axis) -> None:
    """Names above the stems, the largest on top, each with a thin line to its own stem."""
    x = places[len(rows) - 1] + 12
    for rank, (stem, label, row) in enumerate(zip(places, rows.iloc[:, 0], rows.to_dict("records"))):
        at = HEAD + LINE * rank
        picture.line([stem, stem, x - 4], [y.place(row["distance"]), at, at], colour=SOFT, width=0.7, zorder=1)
        picture.write(x, at + 4, fitted(f"{told(label)}: {_moves(row)}", RIGHT - x, SMALL), size=SMALL)


def _moves(row: dict) -> str:
    """ "+0.37 SE in clinic id lindenhof"."""
    term = _LEVEL.sub(r" \1", row["coefficient"]).replace(":", " × ").replace("_", " ")
    return f"{apply('signed:2', [row['change']])} SE in {term}"


def _foot(picture: Picture, bottom: float, drawn: int, known: int, lone: int) -> None:
    text = f"{whole(known)} patients" if drawn == known else f"the largest {whole(drawn)} of {whole(known)} patients"
    picture.write(LEFT, bottom + 18, text, soft=True)
    if lone:
        who = "1 patient, who alone carries" if lone == 1 else f"{whole(lone)} patients, who each alone carry"
        picture.write(LEFT, bottom + 18 + LINE, f"without {who} a coefficient", soft=True)


def _alt(known: pd.DataFrame) -> str:
    rows = known.head(NAMED)
    parts = [
        f"{told(label)} {apply('significant:2', [distance])}"
        for label, distance in zip(rows.iloc[:, 0], rows["distance"])
    ]
    middle = apply("significant:2", [float(np.median(known["distance"]))])
    return f"Cook's distance of {whole(len(known))} patients, median {middle}; largest: {'; '.join(parts)}."
