"""The coordinates of a figure read backwards: the numbers at which its signs, lines and fields stand."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"([+\u2212-]?\d+(?:\.\d+)?)(?:\s*%)?")
GROUND = {"#d9d6cf", "#5f5e5a"}  # lines of axes and limits; what is drawn of the data has other colours
NEAR = 0.02  # units of the sheet: coordinates have two decimals


@dataclass(frozen=True)
class Drawn:
    """A number read from a coordinate, and how far off it may be."""

    value: float
    within: float

    def is_one_of(self, told: Sequence[float]) -> bool:
        return any(abs(self.value - one) <= self.within for one in told)


@dataclass(frozen=True)
class Sheet:
    """The parts of a drawing: (x, y, text), points of each line with its colour, signs."""

    texts: tuple[tuple[float, float, str], ...]
    lines: tuple[tuple[tuple[tuple[float, float], ...], str], ...]
    signs: tuple[tuple[float, float], ...]
    fields: tuple[str, ...]


def sheet(svg: str) -> Sheet:
    root = ET.fromstring(svg)
    texts = [
        (float(t.get("x", "nan")), float(t.get("y", "nan")), "".join(t.itertext())) for t in root.iter(f"{SVG}text")
    ]
    paths = [p for p in root.iter(f"{SVG}path") if p.get("d")]
    lines = [(tuple(_points(p.get("d", ""))), p.get("stroke", "")) for p in paths if p.get("fill") == "none"]
    signs = [(float(u.get("x", "nan")), float(u.get("y", "nan"))) for u in root.iter(f"{SVG}use")]
    fields = [p.get("fill", "") for p in paths if p.get("fill", "none") != "none" and p.get("clip-path")]
    return Sheet(tuple(texts), tuple(lines), tuple(signs), tuple(fields))


def _points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML] (-?[\d.]+) (-?[\d.]+)", path)]


def _value(text: str) -> float | None:
    found = NUMBER.fullmatch(text.strip().replace("\u00a0", " "))
    return float(found[1].replace("\u2212", "-")) if found else None


Ruler = Callable[[float], Drawn]
# How the numbers of an axis may be spread over it: as they are, as ratios, as percent less or more.
SCALES: tuple[tuple[Callable[[float], float], Callable[[float], float]], ...] = (
    (lambda v: v, lambda p: p),
    (lambda v: math.log(v), math.exp),
    (lambda v: math.log(1 - v / 100), lambda p: 100 * (1 - math.exp(p))),
    (lambda v: math.log(1 + v / 100), lambda p: 100 * (math.exp(p) - 1)),
)


def ruler(ticks: Sequence[tuple[float, float]]) -> Ruler | None:
    """From a place on the sheet to the number there, by (place, number) of the ticks of an axis."""
    ticks = sorted(set(ticks))
    best: tuple[float, Ruler] | None = None
    for scale, back in SCALES:
        try:
            spread = [scale(value) for _, value in ticks]
        except ValueError:
            continue
        if len(ticks) < 2 or spread[0] == spread[-1]:
            return None
        slope = (spread[-1] - spread[0]) / (ticks[-1][0] - ticks[0][0])
        off = max(
            abs(spread[0] + slope * (at - ticks[0][0]) - here) / abs(slope) for (at, _), here in zip(ticks, spread)
        )
        if best is None or off < best[0] - 1e-3:
            best = (off, _ruler(back, ticks[0][0], spread[0], slope))
    return best[1] if best and best[0] < 0.5 else None  # ticks are labelled in whole percents


def _ruler(back: Callable[[float], float], at: float, spread: float, slope: float) -> Ruler:
    def read(place: float) -> Drawn:
        value, beside = (back(spread + slope * (p - at)) for p in (place, place + NEAR))
        return Drawn(value, abs(beside - value) + 1e-9)

    return read


def upright(found: Sheet) -> Ruler | None:
    """The axis at the left: labels end before it, a little below their line."""
    left = [(y - 4, _value(text)) for x, y, text in found.texts if x < 40]
    return ruler([(y, value) for y, value in left if value is not None])


def level(found: Sheet) -> Ruler | None:
    """The lowest row of labels that are numbers."""
    rows: dict[float, list[tuple[float, float]]] = {}
    for x, y, text in found.texts:
        value = _value(text)
        if value is not None:
            rows.setdefault(y, []).append((x, value))
    return ruler(rows[max(y for y, row in rows.items() if len(row) > 1)]) if rows else None


def numbers(kind: str, svg: str) -> list[Drawn]:
    """The numbers of the data at which a forest, a trajectory or a funnel draws something; patients of a funnel too."""
    found = sheet(svg)
    across, along = upright(found), level(found)
    data = [line for line, colour in found.lines if colour not in GROUND]
    if kind == "forest":
        return [] if along is None else [along(x) for x, _ in (*found.signs, *(p for line in data for p in line))]
    points = [*found.signs, *(p for line in data for p in line)]
    if across is None:
        return []
    end = max((x for line, colour in found.lines if colour == "#d9d6cf" for x, _ in line), default=1e9)
    inside = [(x, y) for x, y in points if x <= end + 0.1]
    read = [across(y) for _, y in inside]
    if kind == "funnel" and along is not None:
        read += [along(x) for x, _ in found.signs]
    return read
