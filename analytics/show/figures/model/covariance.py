"""How the visits of a patient go together: correlations as a heat map, standard deviations on the diagonal."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.show.figures.canvas import COLOURS, INK, PAPER, SMALL, ZONE, Picture, fitted, width
from analytics.show.figures.model.words import texts, title, told
from analytics.show.numbers import apply

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

EVEN = 0.205  # luminance on which ink and white stand out alike
LEFT, RIGHT, TOP, BELOW = 8.0, 388.0, 54.0, 34.0
LABELS, AIR = 120.0, 4.0  # room for the visits' names; beside a number
TALL, LOW, WIDEST = 44.0, 26.0, 104.0  # largest and least height and largest width of a cell
DEEPEST = 0.85  # share of the full colour at a correlation of 1: numbers on it stay readable


def covariance(fit: RepeatedFit) -> Picture:
    """The lower half of the matrix; one below the other where the fit has groups."""
    found = fit.visit_covariance
    frames: dict[Hashable, pd.DataFrame] = {"": found} if isinstance(found, pd.DataFrame) else found
    sheets = [_Sheet.of(frame, told(fit.moments.columns.visit)) for frame in frames.values()]
    picture = Picture(name="model-covariance", height=sum(sheet.height for sheet in sheets), alt=_alt(frames))
    top = 0.0
    for group, sheet in zip(frames, sheets):
        _heading(picture, top, str(group) and title(group))
        _matrix(picture, sheet, top + TOP)
        top += sheet.height
    return picture


@dataclass(frozen=True, eq=False)
class _Sheet:
    """One matrix: its numbers, the visits' names with and without the column's, and the size of its cells."""

    deviation: np.ndarray
    correlation: np.ndarray
    names: Sequence[str]
    plain: Sequence[str]
    left: float
    wide: float
    tall: float

    @classmethod
    def of(cls, frame: pd.DataFrame, column: str) -> _Sheet:
        plain = [told(level) for level in frame.index]
        names = [text if isinstance(level, str) else f"{column} {text}" for level, text in zip(frame.index, plain)]
        left = LEFT + min(max(width(name, SMALL) for name in names), LABELS) + 8
        wide = min((RIGHT - left) / len(frame), WIDEST)
        return cls(*_parts(frame), names, plain, left, wide, min(TALL, max(wide, LOW)))

    @property
    def height(self) -> float:
        return TOP + len(self.names) * self.tall + BELOW


def _heading(picture: Picture, top: float, group: str) -> None:
    what = "Correlation between a patient's visits"
    text = f"{group}: {what[0].lower()}{what[1:]}" if group else what
    picture.write(LEFT, top + 15, fitted(text, RIGHT - LEFT, SMALL), soft=True)
    picture.write(LEFT, top + 32, "On the diagonal: standard deviation (SD)", soft=True)


def _matrix(picture: Picture, sheet: _Sheet, top: float) -> None:
    spreads = [texts(list(sheet.deviation), digits=digits) for digits in (3, 2)]
    for row, name in enumerate(sheet.names):
        y = top + row * sheet.tall
        picture.write(sheet.left - 6, y + sheet.tall / 2 + 4, fitted(name, LABELS, SMALL), at="right", size=SMALL)
        for place in range(row):
            value = sheet.correlation[row, place]
            text = apply("decimals:2", [value])
            _cell(picture, sheet, place, y, (text, text.replace("0.", ".")), _tint(value))
        _cell(picture, sheet, row, y, [text[row] for text in spreads], ZONE, above="SD")
    below = sheet.names if _fits(sheet.names, sheet.wide) else sheet.plain
    for place, text in enumerate(below):
        x = sheet.left + (place + 0.5) * sheet.wide
        picture.write(x, top + len(below) * sheet.tall + 17, fitted(text, sheet.wide, SMALL), at="center", size=SMALL)


def _fits(texts: Sequence[str], room: float) -> bool:
    return max(width(text, SMALL) for text in texts) + AIR <= room


def _cell(
    picture: Picture, sheet: _Sheet, place: int, y: float, forms: Sequence[str], colour: str, *, above: str = "",
) -> None:  # fmt: skip
    """A field with the longest form of its number that has room, and ``above`` it a word where that has room too."""
    x, wide, tall = sheet.left + place * sheet.wide, sheet.wide, sheet.tall
    picture.field(x + 1, x + wide - 1, y + 1, y + tall - 1, colour=colour)
    text = next((form for form in forms if _fits([form], wide)), "")
    lines = [above, text] if above and tall == TALL and _fits([above], wide) else [text]
    for line, base in zip(lines, (tall / 2 + 4,) if len(lines) == 1 else (tall / 2 - 3, tall / 2 + 12)):
        picture.write(x + wide / 2, y + base, line, at="center", size=SMALL, colour=_legible(colour))


def _parts(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(standard deviations, correlations)."""
    values = frame.to_numpy(float)
    deviation = np.sqrt(np.diag(values))
    return deviation, values / np.outer(deviation, deviation)


def _tint(correlation: float) -> str:
    """Blue for visits that go together, ochre for visits that go against each other."""
    full = COLOURS[0] if correlation >= 0 else COLOURS[1]
    share = DEEPEST * min(abs(correlation), 1.0)
    mixed = [round(int(p, 16) + share * (int(f, 16) - int(p, 16))) for p, f in zip(_channels(PAPER), _channels(full))]
    return "#" + "".join(f"{one:02x}" for one in mixed)


def _legible(ground: str) -> str:
    """Ink or white, whichever stands out more (relative luminance of WCAG 2)."""
    parts = [int(one, 16) / 255 for one in _channels(ground)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return PAPER if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < EVEN else INK


def _channels(colour: str) -> list[str]:
    return [colour[place : place + 2] for place in (1, 3, 5)]


def _alt(frames: dict[Hashable, pd.DataFrame]) -> str:
    parts = []
    for group, frame in frames.items():
        deviation, correlation = _parts(frame)
        lower = correlation[np.tril_indices(len(frame), -1)]
        spreads = ", ".join(f"{told(level)} {text}" for level, text in zip(frame.index, texts(list(deviation))))
        ends = [apply("decimals:2", [value]) for value in (lower.min(), lower.max())] if len(lower) else []
        pairs = f"; correlations from {ends[0]} to {ends[1]}" if ends else ""
        parts.append(f"{title(group)}: " * bool(str(group)) + f"standard deviations {spreads}{pairs}")
    return f"Covariance of a patient's visits. {'. '.join(parts)}."
