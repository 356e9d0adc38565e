"""What stands in a column: numbers with their range, texts, who is constant where; the facts that drafts rest on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.domain.dataset import RawColumn
from analytics.domain.date_guess import Guess, guess_format
from analytics.domain.found import FoundTable
from analytics.intake.draft.names import Name, name_of
from analytics.intake.sift_numbers import plain_numbers
from schemas.spelling import fold
from schemas.synonyms_texts import CODED_MISSING, MISSING

LINES = 50_000  # lines that are looked at for how columns go together; counts are of all lines
SOME = 2000  # distinct texts that show a decimal sign
NUMERIC = 0.8  # share of filled lines from which a column holds numbers
_GAPS = frozenset(fold(text) for text in MISSING)


@dataclass(frozen=True, eq=False)
class Facts:
    """One column. ``codes`` (lines,): which text each line has, -1 empty or a word for missing."""

    header: str
    name: Name
    texts: tuple[str, ...]
    codes: np.ndarray
    kinds: np.ndarray | None
    numbers: np.ndarray  # by text, NaN where it is no number
    gaps: tuple[str, ...] = ()  # words for "no value" in a column of numbers
    coded_gaps: tuple[str, ...] = ()  # numbers for "no value"
    whole_codes: np.ndarray | None = None  # of all lines, where ``codes`` has the first ones only

    @cached_property
    def counts(self) -> np.ndarray:
        """Lines by text, of those looked at."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    @cached_property
    def filled(self) -> np.ndarray:
        """Lines that hold something."""
        return self.codes >= 0

    @cached_property
    def n(self) -> int:
        return int(self.filled.sum())

    @cached_property
    def values(self) -> np.ndarray:
        """Number per line, NaN where there is none."""
        return np.append(self.numbers, np.nan)[self.codes]

    @cached_property
    def seen(self) -> np.ndarray:
        """The numbers, sorted."""
        return np.sort(self.values[np.isfinite(self.values)])

    @cached_property
    def numeric(self) -> bool:
        """Whether it holds numbers, but for a few faults."""
        return self.n > 0 and len(self.seen) >= NUMERIC * self.n

    @cached_property
    def distinct(self) -> int:
        return int((self.counts > 0).sum())

    @cached_property
    def dates(self) -> Guess:
        """What date format its texts settle (cells that a workbook stores as dates need none)."""
        if self.kinds is not None and self.n:
            stored = np.append(self.kinds == "d", False)[self.codes][self.filled].mean()
            if stored >= NUMERIC:
                return Guess(("",), float(stored))
        return guess_format(self.used)

    @cached_property
    def used(self) -> tuple[str, ...]:
        """Texts that occur, most frequent first."""
        order = np.lexsort((np.arange(len(self.texts)), -self.counts))
        return tuple(self.texts[i] for i in order if self.counts[i] > 0)

    def count(self, text: str) -> int:
        """Lines with this text, of all."""
        return self._whole[text]

    @cached_property
    def _whole(self) -> dict[str, int]:
        codes = self.codes if self.whole_codes is None else self.whole_codes
        counts = np.bincount(codes[codes >= 0], minlength=len(self.texts))
        found: dict[str, int] = {}
        for text, count in zip(self.texts, counts.tolist()):
            found[text] = found.get(text, 0) + count
        return found

    def share(self, keep: np.ndarray) -> float:
        """Share of the filled lines among ``keep`` lines."""
        return float(self.filled[keep].mean()) if keep.any() else 0.0

    def whole(self, step: float = 1.0) -> float:
        """Share of the numbers that lie on the step."""
        at = self.seen / step
        return float((np.abs(at - np.round(at)) < 1e-6).mean()) if len(at) else 0.0

    def within(self, low: float | None, high: float | None) -> float:
        """Share of the numbers within limits."""
        at = self.seen
        inside = (at >= (-np.inf if low is None else low)) & (at <= (np.inf if high is None else high))
        return float(inside.mean()) if len(at) else 0.0

    def quantile(self, q: float) -> float:
        return float(np.quantile(self.seen, q)) if len(self.seen) else float("nan")


def facts_of(table: FoundTable, decimal: str, *, lines: int = LINES) -> dict[str, Facts]:
    """The facts of every column of a table, by header."""
    return {header: _facts(column, decimal, lines) for header, column in table.columns.items()}


def _facts(column: RawColumn, decimal: str, lines: int) -> Facts:
    texts = tuple(str(text).strip() for text in column.texts)
    numbers = plain_numbers(np.array(texts, dtype=object), decimal) if texts else np.zeros(0)
    if column.kinds is not None and len(texts):
        typed = column.kinds == "n"
        numbers = np.where(typed, plain_numbers(np.array(texts, dtype=object)), numbers)
    codes = column.codes[:lines]
    whole = column.codes if len(column.codes) > lines else None
    plain = Facts(column.header, name_of(column.header), texts, codes, column.kinds, numbers, whole_codes=whole)
    gaps = tuple(t for t in plain.used if fold(t) in _GAPS and t != "x")
    rest = plain.n - sum(int(plain.counts[texts.index(t)]) for t in gaps)
    if gaps and (rest == 0 or len(plain.seen) < NUMERIC * rest):
        gaps = ()
    coded = _coded_gaps(plain) if len(plain.seen) >= NUMERIC * max(rest, 1) else ()
    if not gaps and not coded:
        return plain
    empty = np.array([t in gaps or t in coded for t in texts])
    return Facts(
        column.header, plain.name, texts, np.where(np.append(empty, False)[codes], -1, codes), column.kinds,
        np.where(empty, np.nan, numbers), gaps, coded, whole,
    )  # fmt: skip


def _coded_gaps(facts: Facts) -> tuple[str, ...]:
    """Numbers like 999 that stand far away from all others, twice at least."""
    found = []
    for text in CODED_MISSING:
        if text not in facts.texts or facts.count(text) < 2:
            continue
        value = float(text)
        others = facts.seen[np.abs(facts.seen) < abs(value)] if value > 0 else facts.seen[facts.seen >= 0]
        if (
            len(others) < 5
            or (value > 0 and others[-1] * 1.4 > value)
            or (value < 0 and (facts.seen < 0).sum() > facts.count(text))
        ):
            continue
        found.append(text)
    return tuple(found)


def decimal_of(table: FoundTable) -> str:
    """The decimal sign of the columns that hold numbers: the one that more of them need."""
    votes = {",": 0, ".": 0}
    for column in table.columns.values():
        some = enumerate(column.texts[:SOME])
        texts = [str(t).strip() for i, t in some if column.kinds is None or column.kinds[i] == "t"]
        plain = [t for t in texts if re.fullmatch(r"[+-]?\d+([.,]\d+)?", t)]
        if not texts or len(plain) < 0.6 * len([t for t in texts if fold(t) not in _GAPS]):
            continue
        for sign in votes:
            votes[sign] += sum(sign in t for t in plain)
    return "," if votes[","] > votes["."] else "."


def groups_of(*columns: Sequence[str] | np.ndarray) -> np.ndarray:
    """One number per line for the joint value of several columns of codes."""
    joint = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        at = np.asarray(column, np.int64) + 1
        _, joint = np.unique(joint * (int(at.max(initial=0)) + 1) + at, return_inverse=True)
    return joint


def constant_within(values: np.ndarray, filled: np.ndarray, group: np.ndarray) -> float:
    """Share of groups with two values or more in which all are the same; NaN where no group has two."""
    keep = filled & (group >= 0)
    if not keep.any():
        return float("nan")
    mine, own = group[keep].astype(np.int64), values[keep].astype(np.int64)
    lines = np.bincount(mine)
    low, high = np.full(len(lines), np.iinfo(np.int64).max), np.full(len(lines), -1, np.int64)
    np.minimum.at(low, mine, own)
    np.maximum.at(high, mine, own)
    several = lines >= 2
    return float((low == high)[several].mean()) if several.any() else float("nan")
