"""Forest plot of several groups: for each pair of treatments a row per level of a column, or per design, all of them.

A pair is told from one side at every level, so that dots on two sides of no difference are two answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analytics.domain.block import Runs
from analytics.show import names
from analytics.show.figures.canvas import Picture
from analytics.show.figures.forest import (
    BELOW,
    LEFT,
    LINE,
    RIGHT,
    ROW,
    TOP,
    axis_of,
    foot,
    ground,
    mark,
    numbers,
    pair_name,
    with_room,
    wrapped,
)
from analytics.show.orient import Row, Told
from analytics.show.runs import capital, joined, runs, words
from analytics.show.stories import Story

HEAD, WITHOUT, APART = 24.0, 24.0, 22.0
FEW, NONE = "too few patients", "cannot be compared"


@dataclass(frozen=True, eq=False)
class Level:
    """One pair of treatments in one group; ``pair`` is None where nothing can be drawn, and ``why`` says so."""

    story: Story
    row: Row
    pair: Told | None = None
    why: str = ""

    @property
    def label(self) -> Runs:
        return capital(names.population(self.story.evidence, self.story.population))

    @property
    def beside(self) -> Runs:
        return runs(self.why) if self.pair is None else numbers(self.pair)

    @property
    def lines(self) -> list[str]:
        return with_room(wrapped(words(self.label), RIGHT - LEFT, bold=False), words(self.beside), bold=False)

    @property
    def height(self) -> float:
        return (WITHOUT if self.pair is None else ROW) + LINE * (len(self.lines) - 1)


@dataclass(frozen=True, eq=False)
class Panel:
    """Pairs of treatments whose numbers stand on one axis: (title, levels) each."""

    contrasts: tuple[tuple[Runs, tuple[Level, ...]], ...]

    @property
    def pairs(self) -> list[Told]:
        return [level.pair for _, levels in self.contrasts for level in levels if level.pair is not None]

    @property
    def height(self) -> float:
        return TOP + BELOW + sum(HEAD + sum(level.height for level in levels) for _, levels in self.contrasts)


def forest_levels(stories: Sequence[Story], *, stem: str) -> Picture | None:
    """Every group of ``stories`` (one outcome, one visit) in one picture; None where no pair can be drawn."""
    panels = _panels(stories)
    if not panels:
        return None
    height = sum(panel.height for panel in panels) + APART * (len(panels) - 1)
    picture = Picture(name=stem, height=height, alt=words(_alt(stories[0], panels)))
    top = 0.0
    for panel in panels:
        _draw(picture, panel, top)
        top += panel.height + APART
    return picture


def _draw(picture: Picture, panel: Panel, top: float) -> None:
    pairs, axis = panel.pairs, axis_of(panel.pairs)
    bottom = top + panel.height - BELOW
    ground(picture, pairs[0], axis, top=top + TOP, bottom=bottom)
    y = top + TOP
    for title, levels in panel.contrasts:
        picture.write(LEFT, y + 10, words(title), bold=True)
        y += HEAD
        for level in levels:
            for index, text in enumerate(level.lines):
                picture.write(LEFT, y + 10 + index * LINE, text)
            base = y + 10 + LINE * (len(level.lines) - 1)
            if level.pair is None:
                picture.write(RIGHT, base, words(level.beside), at="right", soft=True)
            else:
                mark(picture, level.pair, axis, words(level.beside), base)
            y += level.height
    foot(picture, pairs[0], axis, bottom)


def _panels(stories: Sequence[Story]) -> list[Panel]:
    """One panel for each way in which numbers are told: grade points and percent share no axis."""
    levels = {contrast: _levels(stories, contrast) for contrast in _contrasts(stories)}
    ways = dict.fromkeys(_way(level.pair) for row in levels.values() for level in row if level.pair is not None)
    panels = []
    for way in ways:
        own = {c: [level for level in row if _belongs(level, way, row)] for c, row in levels.items()}
        panels.append(_alike([row for row in own.values() if row]))
    return panels


def _way(pair: Told) -> tuple[object, ...]:
    return pair.scale, pair.landmarks


def _belongs(level: Level, way: tuple[object, ...], row: Sequence[Level]) -> bool:
    """Whether a level stands in the panel; one without a number stands beside the first of its pair that has one."""
    pair = level.pair or next((other.pair for other in row if other.pair is not None), None)
    return pair is None or _way(pair) == way


def _alike(rows: Sequence[Sequence[Level]]) -> Panel:
    """The rows with the same decimals everywhere."""
    pairs = [level.pair for row in rows for level in row if level.pair is not None]
    made = []
    for row in rows:
        levels = tuple(replace(level, pair=level.pair and level.pair.beside(pairs)) for level in row)
        made.append((_title(levels), levels))
    return Panel(tuple(made))


def _title(levels: Sequence[Level]) -> Runs:
    drawn = next((level for level in levels if level.pair is not None), None)
    if drawn is not None and drawn.pair is not None:
        return pair_name(drawn.story, drawn.pair)
    source, row = levels[0].story.evidence, levels[0].row
    return runs(names.arm_title(source, row["arm"]), " v ", names.arm_short(source, row["reference"]))


def _contrasts(stories: Sequence[Story]) -> Iterator[str]:
    """The pairs of treatments, in the order of the plan."""
    found = {str(row["contrast"]) for each in stories for row in each.rows}
    planned = [f"{arm} v {reference}" for arm, reference in stories[0].evidence.plan.pairs()]
    yield from (name for name in planned if name in found)
    yield from sorted(found - set(planned))


def _levels(stories: Sequence[Story], contrast: str) -> list[Level]:
    """The pair in every group, from the side of who is ahead in most of them, the first group's where they are even."""
    found = [level for each in stories if (level := _level(each, contrast)) is not None]
    ahead = [level.pair.ahead for level in found if level.pair is not None]
    if not ahead:
        return found
    first = max(dict.fromkeys(ahead), key=ahead.count)
    return [replace(level, pair=level.pair and level.pair.after(first)) for level in found]


def _level(each: Story, contrast: str) -> Level | None:
    row = next((row for row in each.rows if row["contrast"] == contrast), None)
    if row is None:
        return None
    pair = next((pair for pair in each.pairs if pair.row["contrast"] == contrast), None)
    few = any(other["contrast"] == contrast for other in each.few)
    return Level(each, row, pair, "" if pair is not None else FEW if few else NONE)


def _alt(first: Story, panels: Sequence[Panel]) -> Runs:
    """The figure in words."""
    about = runs(capital(names.subject(first.evidence, first.outcome)), ", ", names.visit(first.evidence, first.visit))
    told = [
        runs(title, ": ", joined([runs(level.label, " ", level.beside) for level in levels], "; "), ".")
        for panel in panels
        for title, levels in panel.contrasts
    ]
    return runs(about, ": differences between treatments, group by group. ", joined(told))
