"""Faults as blocks of arrays, and the quarantine made of them: the file's own header, row number and text for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.domain.dataset import QUARANTINE_COLUMNS, TABLES
from analytics.intake.sift_hash import row_hash
from analytics.intake.sift_texts import as_categories, as_strings, stacked

LONGEST = 500  # characters of a cell that are shown
ROW = "Int64"  # a row number; none for a warning about a whole column


@dataclass(frozen=True, eq=False)
class Block:
    """One rule broken by many records in one column.

    ``records``: positions in the stack. ``must`` and ``fix``: one text for all, or one per record.
    """

    records: np.ndarray
    column: str
    rule: str
    severity: str
    must: str | np.ndarray
    fix: str | np.ndarray

    def only(self, keep: np.ndarray) -> Block:
        """The block without the records where ``keep`` is False."""
        must = self.must if isinstance(self.must, str) else self.must[keep]
        fix = self.fix if isinstance(self.fix, str) else self.fix[keep]
        return Block(self.records[keep], self.column, self.rule, self.severity, must, fix)


@dataclass
class FaultLog:
    """Faults as they are found; every (record, column, rule) once."""

    blocks: list[Block] = field(default_factory=list)

    def add(self, block: Block) -> None:
        if len(block.records):
            self.blocks.append(block)

    def errors(self) -> list[Block]:
        return [block for block in self.blocks if block.severity == "error"]


def quarantine_frame(parts: Iterable[pd.DataFrame], files: Sequence[str]) -> pd.DataFrame:
    """All faults of all tables in the order of the files and rows; each fault of a cell once."""
    known = [part for part in parts if len(part)]
    if not known:
        return pd.DataFrame({name: pd.Series(dtype=ROW if name == "row" else "str") for name in QUARANTINE_COLUMNS})
    texts = {
        name: stacked([as_categories(part[name]) for part in known]) for name in QUARANTINE_COLUMNS if name != "row"
    }
    rows = pd.concat([part["row"].astype(ROW) for part in known], ignore_index=True)
    place = np.concatenate([part["_place"].to_numpy(dtype=np.int64) for part in known])
    order = _order(texts, rows.fillna(-1).to_numpy(dtype=np.int64), place, files)
    whole = pd.DataFrame({**texts, "row": rows}, columns=list(QUARANTINE_COLUMNS), copy=False).iloc[order]
    once = ~pd.Series(row_hash(whole, ("table", "file", "row", "column", "rule", "must"))).duplicated().to_numpy()
    return pd.DataFrame({name: as_strings(whole[name][once]).array for name in QUARANTINE_COLUMNS}, copy=False)


def _order(texts: Mapping[str, pd.Categorical], row: np.ndarray, place: np.ndarray, files: Sequence[str]) -> np.ndarray:
    """By table, file, row, place of the column, rule and demand; what stands at no row comes first."""
    ranks = [_rank(texts["must"]), _rank(texts["rule"]), place, row]
    return np.lexsort((*ranks, _rank(texts["file"], files), _rank(texts["table"], TABLES)))


def _rank(texts: pd.Categorical, order: Sequence[str] | None = None) -> np.ndarray:
    """(n,) place of each text in ``order``, else in the alphabet."""
    names = texts.categories.tolist()
    place = {name: i for i, name in enumerate(sorted(names) if order is None else order)}
    return np.array([*(place.get(name, len(place)) for name in names), len(place)])[texts.codes]
