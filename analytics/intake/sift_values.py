"""What a column of texts becomes: values by distinct text, what is wrong with a text and what was repaired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from schemas.rules import NAMED

NUMBER = frozenset(("number", "integer"))
DATE = frozenset(("date", "datetime"))


@dataclass(frozen=True)
class Fault:
    """What is wrong with a text: rule id, what must be true, what to do."""

    rule: str
    must: str = ""
    fix: str = ""

    @property
    def said(self) -> tuple[str, str]:
        named = NAMED[self.rule]
        return self.must or named.sentence, self.fix or named.fix


@dataclass(frozen=True, eq=False)
class Typed:
    """Values by distinct text, with one more at the end for the empty cell (code -1).

    ``values`` (k+1,): float64, datetime64[s], or object str / None. ``empty`` (k+1,) bool: blank or a missing token.
    ``faults``: position of the text -> Fault. ``repairs``: kind -> positions of the texts it was done to.
    ``timed`` (k+1,) bool for dates: a time of day was given.
    """

    values: np.ndarray
    empty: np.ndarray
    faults: Mapping[int, Fault] = field(default_factory=dict)
    repairs: Mapping[str, np.ndarray] = field(default_factory=dict)
    timed: np.ndarray | None = None


def few(names: Iterable[str], most: int = 12) -> str:
    """The first ``most`` names, each once."""
    shown = list(dict.fromkeys(names))
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")
