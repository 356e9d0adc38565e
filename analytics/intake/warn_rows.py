"""The standing records of a table as integers: what detectors of warnings look at, each made when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.intake.sift_faults import Block
from analytics.intake.sift_stages import Standing
from schemas.rules import NAMED

NO_DAY = np.iinfo(np.int64).min
DAY = 86_400_000_000_000  # nanoseconds


class Rows:
    """``at`` (n,): positions of the standing records in the stack, in its order; every other array goes with it."""

    def __init__(self, state: Standing) -> None:
        self.state = state
        self.at = np.flatnonzero(state.records)
        self._days: dict[str, np.ndarray] = {}
        self._coded: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self.at)

    def __contains__(self, column: str) -> bool:
        return column in self.state.frame

    @cached_property
    def _patients(self) -> tuple[np.ndarray, np.ndarray]:
        codes, keys = pd.factorize(self.state.frame["patient"])
        return codes.astype(np.int64), np.asarray(keys, dtype=object)

    @property
    def every_patient(self) -> np.ndarray:
        """(records,) code of the patient of every record of the stack, standing or not; -1: not known."""
        return self._patients[0]

    @property
    def keys(self) -> np.ndarray:
        """Key of each patient code."""
        return self._patients[1]

    @cached_property
    def patient(self) -> np.ndarray:
        """(n,) code of the patient."""
        return self.every_patient[self.at]

    def codes(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """(n,) code of a text column (-1: empty or no such column), and its distinct texts."""
        if column not in self:
            return np.full(len(self), -1, np.int64), np.array([], dtype=object)
        if column not in self._coded:
            codes, texts = pd.factorize(self.state.frame[column])
            self._coded[column] = codes.astype(np.int64)[self.at], np.asarray(texts, dtype=object)
        return self._coded[column]

    def filled(self, column: str) -> np.ndarray:
        """(n,) bool: the column has a value."""
        return self.state.frame[column].notna().to_numpy()[self.at] if column in self else np.zeros(len(self), bool)

    def number(self, column: str) -> np.ndarray:
        """(n,) float64, NaN where empty or no such column; entries that were cut are empty."""
        if column not in self:
            return np.full(len(self), np.nan)
        return self.state.values(column).to_numpy(dtype=np.float64)[self.at]

    def day(self, column: str) -> np.ndarray:
        """(n,) whole days since 1970 of a date column, NO_DAY where empty."""
        if column not in self._days:
            self._days[column] = moment_days(self.state.frame[column])[self.at]
        return self._days[column]

    @cached_property
    def patient_day(self) -> np.ndarray:
        """(n,) patient and day of the session as one number (see ``pairs``); only where there is a day."""
        return pairs(self.patient, self.day("session_date"))

    @cached_property
    def timed(self) -> bool:
        """Whether any session has a time of day."""
        return bool(self.state.frame["has_time"].to_numpy(dtype=bool)[self.at].any())

    def clock(self, column: str) -> np.ndarray:
        """(n,) hours after midnight, NaN where no time was given."""
        moments = self.state.frame[column].to_numpy(dtype="datetime64[ns]").view(np.int64)[self.at]
        timed = self.state.frame["has_time"].to_numpy(dtype=bool)[self.at]
        return np.where(timed & (moments != NO_DAY), (moments % DAY) / (DAY / 24), np.nan)

    def block(self, rule: str, column: str, which: np.ndarray, must: str | Sequence[str] = "") -> Block:
        """A warning for the rows ``which`` (positions in ``at``), with one sentence or one for each."""
        named = NAMED[rule]
        told = must or named.sentence
        texts = told if isinstance(told, str) else np.array(list(told), dtype=object)
        return Block(self.at[which], column, named.id, named.severity, texts, named.fix)

    def place(self, position: int) -> str:
        """Row of a record (a position in ``at``), with its file where there are several."""
        record = int(self.at[position])
        pieces = self.state.stack.pieces
        piece = pieces[int(self.state.stack.piece[record])]
        row = int(piece.raw.rows[record - piece.start])
        return f"row {row}" if len({p.raw.file for p in pieces}) == 1 else f"row {row} of {piece.raw.file}"


def moment_days(dates: pd.Series) -> np.ndarray:
    """Whole days since 1970, NO_DAY where empty."""
    moments = dates.to_numpy(dtype="datetime64[ns]").view(np.int64)
    return np.where(moments == NO_DAY, NO_DAY, moments // DAY)


def pairs(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One int64 per pair of numbers: equal pairs equal, in the order of ``first``, then ``second``.

    ``first`` from 0 to 2^31, ``second`` any int32; order and differences of ``second`` within a ``first`` are kept.
    """
    return (first << 32) + (second + 2**31)


def distinct(numbers: np.ndarray) -> np.ndarray:
    """Sorted, each once: faster than numpy's own on large arrays."""
    ordered = np.sort(numbers)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered


def first_of(numbers: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Position in ``numbers`` of the first of each of ``wanted`` (sorted); -1: none."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    at = np.minimum(np.searchsorted(ordered, wanted), max(len(ordered) - 1, 0))
    return np.where(ordered[at] == wanted, order[at], -1) if len(ordered) else np.full(len(wanted), -1, np.int64)


def unpaired(paired: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two numbers of ``pairs``."""
    return paired >> 32, (paired & (2**32 - 1)) - 2**31
