"""Faults of numbers in the file's own words: what the file says, in which unit or scale, and what that is in ours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.domain.mapping import Reading
from analytics.domain.mapping_checks import limits_of, unit_of
from analytics.intake.sift_faults import Block
from schemas.rules import NAMED, OTHER_UNIT
from schemas.units import factor, units_for
from schemas.vocabulary import Vocabulary

CONVERTED = ("unit", "range", "step", "soft_range")
CORRECT = NAMED["range"].fix
MAPPED_FIX = "Correct the `unit` of the column in the mapping, or the value."


@dataclass(frozen=True)
class Measure:
    """Unit and limits of a column of ours."""

    unit: str
    low: float
    high: float

    @classmethod
    def of(cls, vocabulary: Vocabulary, column: str) -> Measure:
        low, high = limits_of(vocabulary, column)
        return cls(
            unit_of(vocabulary, column), float("-inf") if low is None else low, float("inf") if high is None else high
        )

    def fitting(self, value: float, *, but: str) -> list[str]:
        """Other units than ``but`` in which the file's figure lies within the limits."""
        factors = {unit: factor(unit, self.unit) for unit in units_for(self.unit)}
        told = factor(but, self.unit)
        return [u for u, by in factors.items() if by is not None and by != told and self.low <= value * by <= self.high]


def in_file_words(
    block: Block, reading: Reading | None, measure: Measure, ours: np.ndarray, texts: np.ndarray
) -> Block:
    """The block with the file's figure, unit and scale in its sentence. ``ours``: values; ``texts``: cells."""
    if block.rule not in CONVERTED or not isinstance(block.must, str):
        return block
    if reading is not None and reading.scale is not None:
        low, high = reading.scale
        told = f" (on the file's own scale: from {low:g} to {high:g})" if block.rule in ("range", "soft_range") else ""
        return Block(block.records, block.column, block.rule, block.severity, block.must + told, block.fix)
    written = reading.unit if reading is not None and reading.unit is not None else measure.unit
    by = factor(written, measure.unit) if written else None
    if by is None or (by == 1.0 and block.rule != "unit"):
        return block
    within = block.must.split(OTHER_UNIT)[0]
    musts = np.empty(len(ours), dtype=object)
    fixes = np.empty(len(ours), dtype=object)
    for i, (value, text) in enumerate(zip(ours.tolist(), texts.tolist())):
        fits = measure.fitting(value / by, but=written) if block.rule in ("unit", "range") else []
        musts[i] = within + _said(text.strip(), written, value, measure.unit, fits, converted=by != 1.0)
        fixes[i] = MAPPED_FIX if by != 1.0 and fits else CORRECT if by != 1.0 and block.rule == "unit" else block.fix
    return Block(block.records, block.column, block.rule, block.severity, musts, fixes)


def _said(text: str, written: str, value: float, unit: str, fits: list[str], *, converted: bool) -> str:
    """``; 1.5 um is 0.0015 mm, and would fit as mm``, or without another unit ``; 500 would fit as µm``."""
    figure = f"; {text} {written} is {value:.6g} {unit}" if converted else f"; {text}"
    if not fits:
        return figure if converted else ""
    return f"{figure}{', and' if converted else ''} would fit as {' or '.join(fits)}"
