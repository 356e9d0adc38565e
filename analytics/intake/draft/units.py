"""Units and scales: what the header says, else what the range of the numbers says, always with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics.domain.mapping_checks import limits_of, unit_of
from analytics.intake.draft.content import Facts
from schemas.units import FACTORS, factor
from schemas.usual import USUAL
from schemas.vocabulary import Vocabulary

INSIDE = 0.9  # share of the numbers that must lie within the limits
SCALES = (10.0, 5.0)  # ends of lines from 0 that clinics use instead of 0 to 100
#: Units that a header means when it writes them (h and min are words, too).
OTHER_UNIT, OWN_UNIT = 0.5, 1.25  # what it makes of the fit of a column
MEASURES = frozenset(("%", "µm", "μm", "um", "mm", "cm", "kPa", "mbar", "mmHg", "psi", "g/m²/h", "g/m2/h", "µg/cm²/h"))
_SCALE = re.compile(r"\b(\d+)\s*(?:-|–|to|bis|a|à|/)\s*(\d+)\b")
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_STEPS = re.compile(
    rf"\b(\d|10|{'|'.join(_NUMBERS)})[\s-]*(?:step|point|level|grade|stufig|stufen|niveaux|livelli|niveles)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Conversion:
    """Unit and scale of a mapping entry, and why. ``by``: factor to ours; ``told``: the header says it."""

    keys: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    by: float = 1.0
    told: bool = False


NONE = Conversion()


def conversion(facts: Facts, target: str, vocabulary: Vocabulary) -> Conversion | None:
    """How the numbers become ours; None where they cannot lie in the range of ``target``."""
    low, high = limits_of(vocabulary, target)
    ours = unit_of(vocabulary, target)
    said = _told_unit(facts, ours)
    if said is not None and facts.within(_at(low, said[1]), _at(high, said[1])) >= INSIDE:
        if said[1] == 1.0:
            return NONE
        return Conversion({"unit": said[0]}, f"the header says {said[0]}; ours is {ours}", said[1], told=True)
    scale = _scale(facts, target, vocabulary)
    if scale is not None:
        return scale
    if facts.within(low, high) >= INSIDE and not _fraction(facts, ours):
        return NONE
    fits = [
        (unit, by)
        for unit, by in FACTORS.get(ours, {}).items()
        if facts.within(_at(low, by), _at(high, by)) >= INSIDE and _plausible(facts, target, by)
    ]
    if not fits:
        return NONE if facts.within(low, high) >= INSIDE else None
    unit, by = fits[0]
    span = f"{facts.quantile(0.05):g} to {facts.quantile(0.95):g}"
    return Conversion({"unit": unit}, f"most values lie from {span}: {unit}, not {ours}", by)


def _at(limit: float | None, by: float) -> float | None:
    """Our limit in their unit (a little room for rounding)."""
    return None if limit is None else limit / by


def _fraction(facts: Facts, ours: str) -> bool:
    """A column of percents that never passes 1 holds fractions."""
    return ours.startswith("%") and len(facts.seen) >= 10 and facts.quantile(0.99) <= 1.0 and facts.whole() < 0.9


def _plausible(facts: Facts, target: str, by: float) -> bool:
    """Converted, the bulk must lie where it usually lies."""
    usual = USUAL.get(target)
    return usual is None or usual.low * 0.3 <= facts.quantile(0.5) * by <= usual.high * 3


def agreement(facts: Facts, target: str, vocabulary: Vocabulary) -> float:
    """What a unit of measure in the header says for ``target``: more than 1 in favour, less than 1 against, else 1."""
    if not any(written in MEASURES for written in _written(facts)):
        return 1.0
    return OTHER_UNIT if _told_unit(facts, unit_of(vocabulary, target)) is None else OWN_UNIT


def _written(facts: Facts) -> tuple[str, str]:
    """What stands in brackets, and the last word of the header."""
    return facts.name.bracket, re.split(r"[\s_]+", facts.header.strip())[-1]


def _told_unit(facts: Facts, ours: str) -> tuple[str, float] | None:
    """A unit in brackets or as the last word of the header: (as the mapping may write it, factor)."""
    if not ours:
        return None
    for written in _written(facts):
        by = factor(written, ours) if written else None
        if by is not None and written.casefold() not in ("ratio",):
            plain = written.replace("μ", "µ")
            return (plain, by)
    return None


def steps_of(header: str) -> int | None:
    """How many steps a header says its scale has: five-step look, 4 point scale, 5-stufig."""
    found = _STEPS.search(header)
    if found is None:
        return None
    return int(found.group(1)) if found.group(1).isdigit() else _NUMBERS.index(found.group(1).casefold()) + 2


def _scale(facts: Facts, target: str, vocabulary: Vocabulary) -> Conversion | None:
    """A line from 0 to 10 (or 5) for an outcome from 0 to 100."""
    low, high = limits_of(vocabulary, target)
    if target not in vocabulary.outcomes or (low, high) != (0, 100) or vocabulary.outcomes[target].unit != "points":
        return None
    said = _SCALE.search(facts.header)
    if said and (float(said.group(1)), float(said.group(2))) != (0.0, 100.0):
        start, end = float(said.group(1)), float(said.group(2))
        if start < end and facts.within(start, end) >= INSIDE:
            return Conversion({"scale": [start, end]}, f"the header says {start:g} to {end:g}", told=True)
    if len(facts.seen) < 8:
        return None
    for end in sorted(SCALES):
        many = len(np.unique(facts.seen)) >= (7 if end == 10 else 10)  # grades are no line
        if many and facts.within(0, end) >= 0.95 and facts.quantile(0.97) > 0.6 * end:
            text = f"no value above {end:g}: a scale from 0 to {end:g}, brought to 0 to 100"
            return Conversion({"scale": [0.0, end]}, text, 100.0 / end)
    return None
