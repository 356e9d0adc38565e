"""Missingness map: for each outcome and treatment the share of due patients without a reading, visit by visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.domain.block import Number, Runs
from analytics.show import names
from analytics.show.figures.canvas import COLOURS, INK, PAPER, RULE, SMALL, Picture, fitted, width
from analytics.show.numbers import finite, hidden, results
from analytics.show.orient import Row
from analytics.show.runs import capital, joined, runs, words
from analytics.show.stories import Evidence

LEFT, RIGHT, TOP, TITLE, CELL, BETWEEN = 12.0, 388.0, 44.0, 19.0, 19.0, 10.0
DARKEST = 50.0  # percent missing at which the colour is full: half of all patients
LIGHT_TEXT = 0.55  # share of the full colour from which the text on it is white
NOBODY = "–"


@dataclass(frozen=True, eq=False)
class Missing:
    """The rows of one population that are drawn: outcomes, arms and visits in order; (outcome, arm, visit) -> row."""

    population: str
    outcomes: tuple[str, ...]
    arms: tuple[str, ...]
    visits: tuple[float, ...]
    cells: Mapping[tuple[str, str, float], Row]


def drawn(source: Evidence, population: str, *, most: int) -> Missing | None:
    """The plan's outcomes (main ones first, at most ``most``) that anybody was measured on; None without any."""
    rows = [r for r in source.rows("missing", population=population) if finite(r["measured"]) and r["measured"]]
    there = {str(row["outcome"]) for row in rows}
    outcomes = [item.outcome for item in source.plan.outcomes if item.outcome in there][:most]
    if not outcomes:
        return None
    kept = [row for row in rows if row["outcome"] in outcomes]
    arms = tuple(arm for arm in source.plan.arms if any(row["arm"] == arm for row in kept))
    cells = {(str(r["outcome"]), str(r["arm"]), float(r["visit"])): r for r in kept}
    return Missing(population, tuple(outcomes), arms, tuple(sorted({float(r["visit"]) for r in kept})), cells)


def share(row: Row | None) -> Number | None:
    """Percent of the due patients without a reading; None where nobody is due or it is not told."""
    if row is None or not finite(row["n"]) or not row["n"] or not finite(row["seen"]):
        return None
    if hidden((row["missing"],)):  # outside: of those who were seen
        return results([("missing", row, "seen"), ("missing", row, "n")], "lost_share percent")
    return results([("missing", row, "missing"), ("missing", row, "n")], "share percent")


def missingness(source: Evidence, found: Missing, *, stem: str) -> Picture:
    """One block of rows for each outcome, a row for each treatment, a column for each visit."""
    lines = {o: [arm for arm in found.arms if any((o, arm, v) in found.cells for v in found.visits)]
             for o in found.outcomes}  # fmt: skip
    height = TOP + sum(TITLE + CELL * len(arms) + BETWEEN for arms in lines.values())
    picture = Picture(name=stem, height=height, alt=words(alt(source, found)))
    titles = {arm: words(names.arm_title(source, arm)) for arm in found.arms}
    left = LEFT + min(max(width(text, SMALL) for text in titles.values()), 150.0) + 10.0
    column = (RIGHT - left) / len(found.visits)
    _head(source, picture, found.visits, left, column)
    y = TOP
    for outcome in found.outcomes:
        label = fitted(words(names.label(source.outcome(outcome))), RIGHT - LEFT)
        picture.write(LEFT, y + 13, label, bold=True, size=SMALL)
        y += TITLE
        for arm in lines[outcome]:
            picture.write(LEFT, y + 13.5, fitted(titles[arm], left - LEFT - 6, SMALL), soft=True)
            for index, visit in enumerate(found.visits):
                _cell(picture, found.cells.get((outcome, arm, visit)), left + index * column, y, column)
            y += CELL
        y += BETWEEN
    return picture


def _head(source: Evidence, picture: Picture, visits: Sequence[float], left: float, column: float) -> None:
    picture.write(LEFT, 13, "% of patients due who have no reading", soft=True)
    texts = [words(names.visit(source, visit)) if visit else "start" for visit in visits]
    crowded = max(width(text, SMALL) for text in texts) > column - 4
    for index, text in enumerate(texts):
        short = text.split()[-1] if crowded else text
        picture.write(left + (index + 0.5) * column, 34, fitted(short, column, SMALL), at="center", soft=True)
    picture.line([left, RIGHT], [TOP - 3, TOP - 3], colour=RULE, width=0.8)


def _cell(picture: Picture, row: Row | None, x: float, y: float, column: float) -> None:
    told = share(row)
    if told is None:
        picture.write(x + column / 2, y + 13.5, NOBODY, at="center", soft=True)
        return
    depth = min(100.0 * (row["n"] - row["seen"]) / row["n"] / DARKEST, 1.0)  # type: ignore[index]
    picture.field(x + 1, x + column - 1, y + 1, y + CELL - 1, colour=shade(depth))
    picture.write(x + column / 2, y + 13.5, told.text, at="center", size=SMALL,
                  colour=PAPER if depth >= LIGHT_TEXT else INK)  # fmt: skip


def shade(depth: float) -> str:
    """From the faintest blue (0) to the palette's first colour (1): one hue, so greyscale and every eye can rank it."""
    pale, full = (232, 238, 244), tuple(int(COLOURS[0][i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * depth):02x}" for a, b in zip(pale, full))


def alt(source: Evidence, found: Missing) -> Runs:
    """The map in words: the last visit of every outcome."""
    last = found.visits[-1]
    parts = []
    for outcome in found.outcomes:
        arms = [
            runs(names.arm_title(source, arm), " ", told, "\u00a0%")
            for arm in found.arms if (told := share(found.cells.get((outcome, arm, last)))) is not None
        ]  # fmt: skip
        if arms:
            parts.append(runs(names.label(source.outcome(outcome)), ": ", joined(arms, ", ")))
    said = joined(parts, "; ") or runs("nobody was due")
    return runs("Patients without a reading, by outcome, treatment and visit. ", capital(names.visit(source, last)),
                ": ", said, ".")  # fmt: skip


__all__ = ["Missing", "alt", "drawn", "missingness", "shade", "share"]
