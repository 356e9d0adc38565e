"""Warnings about a whole column of a file: readings rounded by hand, fractions where percents are asked for.

They are about the figures as the file has them, before any unit or scale is turned into ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.domain.dataset import RawColumn
from analytics.domain.mapping import Reading
from analytics.domain.mapping_checks import unit_of
from analytics.inference.digits import CHANCE, in_halves, round_ends, step_of
from analytics.intake.sift_numbers import plain_numbers
from analytics.intake.sift_stack import Piece
from analytics.intake.warn_rows import Rows
from schemas.named_rules import NAMED
from schemas.units import factor
from schemas.vocabulary import Vocabulary

#: Share of last digits 0 and 5, readings, standard errors above chance and steps from p10 to p90.
SHARE, LEAST, ERRORS, STEPS = 0.4, 50, 5.0, 10
PERCENT = ("%", "% of dose")


@dataclass(frozen=True, eq=False)
class Column:
    """One outcome or parameter in one file: its distinct figures and how many standing rows have each."""

    name: str
    file: str
    header: str
    place: int
    values: np.ndarray
    counts: np.ndarray
    reading: Reading | None

    @property
    def n(self) -> int:
        return int(self.counts.sum())


def column_warnings(rows: Rows, words: Vocabulary) -> pd.DataFrame:
    """Rows of the quarantine (without a row number) for the columns of ``rows`` that look wrong as a whole."""
    found = []
    for column in _columns(rows, words):
        for rule, check in CHECKS.items():
            said = check(column, words)
            if said and not _off(rows, column.file, rule):
                found.append(_line(rows.state.stack.table, column, rule, said))
    return pd.DataFrame(found)


def _line(table: str, column: Column, rule: str, said: tuple[str, str]) -> dict[str, object]:
    named, (value, must) = NAMED[rule], said
    return {
        "table": table, "file": column.file, "row": pd.NA, "column": column.header, "rule": rule,
        "severity": named.severity, "value": value, "must": must, "fix": named.fix, "_place": column.place,
    }  # fmt: skip


def _off(rows: Rows, file: str, rule: str) -> bool:
    return any(rule in p.raw.layout.rules.off for p in rows.state.stack.pieces if p.raw.file == file)


def _columns(rows: Rows, words: Vocabulary) -> Iterable[Column]:
    """Every outcome of a file with its figures; and every parameter in percent."""
    percents = [name for name, (_, p) in words.parameters().items() if p.unit in PERCENT]
    pieces = rows.state.stack.pieces
    which = rows.state.stack.piece[rows.at]
    for name in (*rows.state.outcomes, *percents):
        if name not in rows:
            continue
        read = ~np.isnan(rows.number(name))
        files: dict[str, list[tuple[Piece, np.ndarray]]] = {}
        for number, piece in enumerate(pieces):
            if name in piece.cells and piece.cells[name].header is not None:
                lines = rows.at[read & (which == number)] - piece.start
                files.setdefault(piece.raw.file, []).append((piece, lines))
        for file, parts in files.items():
            column = _column(name, file, parts)
            if column is not None:
                yield column


def _column(name: str, file: str, parts: list[tuple[Piece, np.ndarray]]) -> Column | None:
    piece = parts[0][0]
    cell = piece.cells[name]
    layout = piece.raw.layout
    reading: Reading | None = layout.readings.get(name) if layout.long else cell.entry
    values, counts = [], []
    for each, lines in parts:
        raw = each.raw.columns[str(each.cells[name].header)]
        codes = raw.codes[lines]
        times = np.bincount(codes[codes >= 0], minlength=len(raw.texts))
        values.append(_figures(raw, layout.decimal)[times > 0])
        counts.append(times[times > 0])
    figures, weights = np.concatenate(values), np.concatenate(counts)
    plain = ~np.isnan(figures)  # texts that the mapping explains are no figures
    if not plain.any():
        return None
    header = str(cell.header)
    return Column(name, file, header, list(piece.raw.columns).index(header), figures[plain], weights[plain], reading)


def _figures(raw: RawColumn, decimal: str) -> np.ndarray:
    """(k,) the number each text says, as the file writes it."""
    found = plain_numbers(raw.texts, decimal) if len(raw.texts) else np.zeros(0)
    if raw.kinds is not None and (raw.kinds == "n").any():
        found = np.where(raw.kinds == "n", plain_numbers(raw.texts), found)
    return found


def digit_preference(column: Column, words: Vocabulary) -> tuple[str, str] | None:
    """Value and sentence where last digits 0 and 5 are far more frequent than by chance."""
    outcome = words.outcomes.get(column.name)
    if outcome is None or column.n < LEAST:
        return None
    converted = column.reading is not None and (column.reading.unit or column.reading.scale)
    step = outcome.step if outcome.step is not None and not converted else step_of(column.values)
    if step is None or in_halves(step):
        return None
    steps = np.rint(column.values / step).astype(np.int64)
    ends = round_ends(column.values, step)
    share = float(column.counts[ends].sum()) / column.n
    z = (share - CHANCE) / np.sqrt(CHANCE * (1 - CHANCE) / column.n)
    low, high = _quantile(steps, column.counts, 0.1), _quantile(steps, column.counts, 0.9)
    if share <= SHARE or z <= ERRORS or high - low < STEPS:
        return None
    told = f"{100 * share:.0f} % of {column.n:,} readings end in 0 or 5"
    return told, f"{NAMED['digit_preference'].sentence} ({told}, 20 % by chance)"


def _quantile(values: np.ndarray, counts: np.ndarray, share: float) -> float:
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(counts[order])
    return float(values[order][np.searchsorted(upto, share * upto[-1])])


def fraction_as_percent(column: Column, words: Vocabulary) -> tuple[str, str] | None:
    """Value and sentence where percents are all at most 1, and not all 0."""
    unit = unit_of(words, column.name)
    outcome = words.outcomes.get(column.name)
    if unit not in PERCENT and (outcome is None or outcome.kind != "percent"):
        return None
    if column.reading is not None and (column.reading.scale or _is_fraction(column.reading.unit, unit)):
        return None
    highest = float(column.values.max())
    if not 0 < highest <= 1 or column.values.min() < 0:
        return None
    told = f"the highest of {column.n:,} values is {highest:g}"
    return told, f"{NAMED['fraction_as_percent'].sentence}; {told}"


def _is_fraction(written: str | None, ours: str) -> bool:
    return written is not None and factor(written, ours) not in (None, 1.0)


CHECKS: dict[str, Callable[[Column, Vocabulary], tuple[str, str] | None]] = {
    "digit_preference": digit_preference,
    "fraction_as_percent": fraction_as_percent,
}
