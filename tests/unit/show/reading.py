"""Reading blocks in tests: every run, every text, every Number with the values it names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from analytics.domain.block import Answers, Block, Figure, Number, Paragraph, Runs, Table, Text
from analytics.domain.run import Run
from analytics.show.numbers import JOIN


def runs_of(blocks: Sequence[Block]) -> Iterator[Text | Number]:
    """Every run of some blocks, the tables behind figures included."""
    for block in blocks:
        for content in _contents(block):
            yield from content


def _contents(block: Block) -> Iterator[Runs]:
    if isinstance(block, Paragraph):
        yield block.runs
        yield from block.items
    elif isinstance(block, Table):
        yield from (block.caption, *block.columns, block.note)
        for row in block.rows:
            yield from row
    elif isinstance(block, Figure):
        yield from (block.alt, block.caption)
        if block.data is not None:
            yield from _contents(block.data)
    elif isinstance(block, Answers):
        for item in block.items:
            yield from (item.label, item.tag.runs, item.sentence, item.small)


def text_of(blocks: Sequence[Block]) -> str:
    return "".join(run.text for run in runs_of(blocks))


def results_of(run: Run) -> dict[str, float]:
    """id -> value of every number of the run."""
    return dict(zip(run.results["id"], run.results["value"]))


def values_of(number: Number, results: dict[str, float]) -> list[float]:
    """The values of the rows that an R number names; a missing id is a failure of the test."""
    return [results[each] for each in number.ref.split(JOIN)]


def planned_value(run: Run, ref: str) -> Any:
    """What the reference of a P number points at, for references that are plain paths."""
    if ref == "plan.visits.last":
        return run.plan.visits.last
    if ref in ("plan.arms", "plan.primary"):
        return len(getattr(run.plan, ref.split(".")[1]))
    if ref == "plan.pairs":
        return len(run.plan.pairs())
    parts = ref.split(".")
    if parts[0] == "vocabulary":
        threshold = run.vocabulary.outcomes[parts[2]].meaningful_difference[parts[4]]
        return getattr(threshold, parts[5])
    if parts[:2] == ["plan", "outcome"]:
        return (run.plan.item(parts[2]).meaningful_difference or {})[parts[4]]
    value: Any = run.plan
    for part in parts[1:]:
        value = getattr(value, part)
    return value


def same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
