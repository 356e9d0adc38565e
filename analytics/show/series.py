"""What a trajectory shows: adjusted means by arm and visit with their intervals, the common start, and who was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from analytics.domain.block import Number
from analytics.show import names
from analytics.show.numbers import decimals, exact, finite, hidden, result, results, rounded, turn
from analytics.show.runs import words
from analytics.show.stories import Evidence
from schemas.vocabulary import Outcome

# Scales on which everybody starts alike, and where.
START = {"change": Decimal(0), "mean change in grade": Decimal(0), "ratio to baseline": Decimal(1)}
TITLES = {
    "change": "Average change since the start", "mean change in grade": "Average change since the start",
    "ratio to baseline": "Typical reading, in multiples of the start", "value": "Average", "count": "Average count",
    "percent": "Average", "geometric mean": "Typical reading (geometric mean)", "mean grade": "Average grade",
    "risk": "Share of patients, of all",
}  # fmt: skip
WITHOUT_UNIT = ("ratio to baseline", "risk", "mean grade")


@dataclass(frozen=True, eq=False)
class Point:
    """One average. ``drawn``: mean (and limits) as printed; ``limits`` None = the common start of all arms."""

    visit: float
    mean: Number | None
    limits: tuple[Number, Number] | None
    drawn: tuple[Decimal, ...]


@dataclass(frozen=True, eq=False)
class Series:
    """``points`` by arm in visit order; ``seen`` by (arm, visit); ``anchor``: values that the axis must hold."""

    outcome: Outcome
    arms: tuple[str, ...]
    visits: tuple[float, ...]
    points: Mapping[str, tuple[Point, ...]]
    title: str
    seen: Mapping[tuple[str, float], Number] = field(default_factory=dict)
    signed: bool = False
    anchor: tuple[float, ...] = ()
    start: Number | None = None


def series(source: Evidence, outcome: Outcome, population: str) -> Series | None:
    """The averages of the primary estimator; None where fewer than two visits have averages."""
    estimator = source.estimator(outcome.id, population)
    if estimator is None:
        return None
    keys = {"outcome": outcome.id, "population": population, "method": estimator[0], "adjustment": estimator[1]}
    rows = source.rows("arm_means", **keys)
    rows = [row for row in rows if all(finite(row[s]) for s in ("estimate", "conf_low", "conf_high"))]
    scales = list(dict.fromkeys(str(row["scale"]) for row in rows))
    if len(scales) != 1 or len({row["visit"] for row in rows}) + (scales[0] in START) < 2:
        return None  # averages of different things have no one axis, and one visit makes no course
    arms = tuple(arm for arm in source.plan.arms if any(row["arm"] == arm for row in rows))
    places = decimals([exact(row[s]) for row in rows for s in ("estimate", "conf_low", "conf_high")], digits=3)
    start, origin = _start(source, outcome, population, scales[0], arms, places)
    first = [] if origin is None else [Point(0.0, start, None, (origin,))]
    points = {arm: (*first, *(_point(row, places) for row in _sorted(rows, arm))) for arm in arms}
    visits = tuple(sorted({point.visit for line in points.values() for point in line}))
    title = TITLES.get(scales[0], "Average")
    unit = "" if scales[0] in WITHOUT_UNIT else words(names.unit(outcome)).strip()
    anchor = (float(START[scales[0]]),) if scales[0] in START else ()
    return Series(
        outcome, arms, visits, points, f"{title}, {unit}" if unit else title, _seen(source, outcome, population,
        visits),
        signed=scales[0].startswith(("change", "mean change")), anchor=anchor, start=start,
    )  # fmt: skip


def measured(source: Evidence, outcome: Outcome, population: str) -> Series | None:
    """What was read, without a model: medians with the middle half of the patients."""
    wanted = ("median", "q1", "q3")
    rows = source.rows("descriptions", outcome=outcome.id, population=population, statistic=wanted)
    rows = [row for row in rows if finite(row["value"])]
    if not rows:
        return None
    places = decimals([exact(row["value"]) for row in rows], digits=3)
    cells: dict[tuple[str, float], dict[str, Any]] = {}
    for row in rows:
        cells.setdefault((row["arm"], float(row["visit"])), {})[row["statistic"]] = row
    arms = tuple(arm for arm in source.plan.arms if any(key[0] == arm for key in cells))
    points = {
        arm: tuple(_quartiles(visit, cell, places) for (a, visit),
        cell in sorted(cells.items()) if a == arm and len(cell) == 3)
        for arm in arms
    }  # fmt: skip
    visits = tuple(sorted({visit for _, visit in cells}))
    unit = words(names.unit(outcome)).strip()
    title = f"Median and middle half of patients, {unit}" if unit else "Median and middle half of patients"
    return Series(outcome, arms, visits, points, title, _seen(source, outcome, population, visits))


def _quartiles(visit: float, cell: Mapping[str, Any], places: int) -> Point:
    median, low, high = (result("descriptions", cell[s], "value", f"decimals:{places}") for s in ("median", "q1", "q3"))
    drawn = tuple(rounded(exact(cell[s]["value"]), places) for s in ("median", "q1", "q3"))
    return Point(visit, median, (low, high), drawn)


def _sorted(rows: Sequence[Mapping[str, Any]], arm: str) -> list[Mapping[str, Any]]:
    return sorted((row for row in rows if row["arm"] == arm), key=lambda row: float(row["visit"]))


def _point(row: Mapping[str, Any], places: int) -> Point:
    mean, low, high = (result("arm_means", row, s, f"decimals:{places}") for s in ("estimate", "conf_low", "conf_high"))
    drawn = tuple(rounded(exact(row[s]), places) for s in ("estimate", "conf_low", "conf_high"))
    return Point(float(row["visit"]), mean, (low, high), drawn)


def _start(
    source: Evidence, outcome: Outcome, population: str, scale: str, arms: Sequence[str], places: int
) -> tuple[Number | None, Decimal | None]:
    """The common start: no change, or the average of all patients before the first session."""
    if scale in START:
        return None, START[scale]
    if outcome.baseline == "none":
        return None, None
    cells = {"outcome": outcome.id, "population": population, "visit": 0.0, "arm": tuple(arms)}
    means = [row for row in source.rows("descriptions", **cells, statistic="mean") if finite(row["value"])]
    counts = {row["arm"]: row for row in source.rows("descriptions", **cells, statistic="n")}
    if hidden(row["value"] for row in counts.values()):
        return None, None
    if not means or any(row["arm"] not in counts or not counts[row["arm"]]["value"] for row in means):
        return None, None
    parts = [("descriptions", row, "value") for row in (*means, *(counts[row["arm"]] for row in means))]
    number = results(parts, f"mean decimals:{places}")
    return number, rounded(turn([row["value"] for _, row, _ in parts], ("mean",)), places)


def _seen(
    source: Evidence, outcome: Outcome, population: str, visits: Sequence[float]
) -> dict[tuple[str, float], Number]:
    """Patients with a reading, by arm and visit; at the start those with a reading before the first session."""
    rows = source.rows("visits", outcome=outcome.id, population=population)
    found = {(row["arm"], float(row["visit"])): result("visits", row, "seen", "whole") for row in rows}
    starts = source.rows("descriptions", outcome=outcome.id, population=population, visit=0.0, statistic="n")
    for row in starts if 0.0 in visits else ():
        found.setdefault((row["arm"], 0.0), result("descriptions", row, "value", "whole"))
    return found
