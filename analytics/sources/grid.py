"""Grid: what every file format gives, a rectangle of texts with row numbers; and how its header is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.domain.dataset import RawColumn
from analytics.domain.errors import DataRefused

Misfit = tuple[int, str, tuple[str, ...]]
SHOWN = 6
LISTED = 40


@dataclass(frozen=True)
class Options:
    """What a mapping says about reading one table. ``header_row`` as the sheet numbers it.

    ``rows_needed``: a header without rows refuses the file (no adverse events is an answer; no sessions is none).
    """

    header_row: int = 1
    separator: str | None = None
    encoding: str | None = None
    rows_needed: bool = True


@dataclass(frozen=True, eq=False)
class Grid:
    """``columns`` in the file's order with trimmed headers; ``rows`` (lines,); ``misfits``: lines of another width."""

    columns: tuple[RawColumn, ...]
    rows: np.ndarray
    misfits: tuple[Misfit, ...] = ()
    notes: tuple[str, ...] = ()


def check_header(names: Sequence[str], where: str) -> None:
    """Two columns of one name, or no name at all, refuse the file: nobody could say which is meant."""
    if not any(names):
        raise DataRefused(
            f"{where}: the header row is empty; the first row must name the columns.",
            fix="put the column names into row 1, or say header_row: in a mapping",
        )
    twice = [name for name, count in Counter(n for n in names if n).items() if count > 1]
    if twice:
        raise DataRefused(
            f"{where}: two columns have the name {listed(twice)}.", fix="rename or delete one of them in the file"
        )


def grid_of(
    header: Sequence[str],
    columns: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray | None]],
    rows: np.ndarray,
    *,
    where: str,
    options: Options,
    misfits: Sequence[Misfit] = (),
    notes: Sequence[str] = (),
) -> Grid:
    """A Grid from (texts, codes, kinds) per column; blank lines and unnamed empty columns are dropped."""
    names = [" ".join(name.split()) for name in header]
    check_header(names, where)
    parts = list(columns)
    filled = np.zeros(len(rows), bool)
    for _, codes, _ in parts:
        filled |= codes >= 0
    every = bool(filled.all())
    kept = [
        RawColumn(name or f"(column {letter(i)} without a name)", texts, codes if every else codes[filled], kinds)
        for i, (name, (texts, codes, kinds)) in enumerate(zip(names, parts))
        if name or (codes >= 0).any()
    ]
    if options.rows_needed and not filled.any() and not misfits:
        raise DataRefused(f"{where} has a header but no rows.", fix="export it again with its rows")
    return Grid(tuple(kept), rows if every else rows[filled], tuple(misfits), tuple(notes))


def plain_list(names: Sequence[str]) -> str:
    """Names with commas, cut where there are very many."""
    shown = ", ".join(name[:60] for name in names[:LISTED])
    return shown + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")


def listed(names: Iterable[str], quote: str = "'") -> str:
    """Names in quotes, the first few of many."""
    shown = [f"{quote}{name[:60]}{quote}" for name in names]
    more = [f"{len(shown) - SHOWN} more"] if len(shown) > SHOWN + 1 else []
    shown = shown[:SHOWN] + more if more else shown
    return ", ".join(shown[:-1]) + " and " + shown[-1] if len(shown) > 1 else "".join(shown)


def letter(index: int) -> str:
    """The letter a spreadsheet gives the column (0 = A)."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text
