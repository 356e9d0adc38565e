"""Faults as blocks of arrays, and the quarantine made of them: the file's own header, row number and text for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.domain.dataset import QUARANTINE_COLUMNS

LONGEST = 500  # characters of a cell that are shown


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
        return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "str") for name in QUARANTINE_COLUMNS})
    whole = pd.concat(known, ignore_index=True)
    from analytics.domain.dataset import TABLES

    order = {name: i for i, name in enumerate(files)}
    whole["_table"] = whole["table"].map({name: i for i, name in enumerate(TABLES)})
    whole["_file"] = whole["file"].map(order)
    whole = whole.sort_values(["_table", "_file", "row", "_place", "rule", "must"], kind="stable")
    whole = whole.drop_duplicates(["table", "file", "row", "column", "rule", "must"])
    return whole[list(QUARANTINE_COLUMNS)].reset_index(drop=True)
