"""FoundTable: one table of a file as it lies there, before anybody has said what its columns are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.domain.dataset import RawColumn


@dataclass(frozen=True, eq=False)
class FoundTable:
    """``file``: name without folder; ``sheet``: "" for files of one table; ``header_row`` as a spreadsheet numbers it.

    ``separator``: only where the header line does not tell it. ``columns``: by header, in the file's order.
    """

    file: str
    sheet: str
    header_row: int
    columns: Mapping[str, RawColumn]
    rows: np.ndarray
    separator: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """File, and sheet where there is one."""
        return f"{self.file}, sheet {self.sheet!r}" if self.sheet else self.file
