"""Who is near whom among the counts: relations apart, and the few counts that half of the report hangs on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analytics.disclosure.bounds import System

BUSY = 12  # relations above which a count is a hub (the patients of an arm), not a neighbour


class Neighbours:
    """Relations by count and counts by relation. ``block``: the neighbourhood of each count, hubs being their own."""

    def __init__(self, whole: System) -> None:
        degree = np.bincount(whole.column, minlength=whole.size)
        self.hubs = degree > BUSY
        self._rows = _grouped(whole.column, whole.row, whole.size)
        self._columns = _grouped(whole.row, whole.column, len(whole.low))
        self.block = _blocks(whole, self.hubs)

    def rows_of(self, one: int) -> np.ndarray:
        """The relations of a count."""
        return self._rows[one]

    def around(self, one: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Distance, counts, and relations that lead to them, from ``one`` outwards."""
        counts: set[int] = {one}
        relations: set[int] = set()
        ring = [one]
        yield 0, np.array(ring), np.array([], dtype=int)
        distance = 1
        while ring:
            rows = sorted({int(r) for c in ring for r in self._rows[c]} - relations)
            relations |= set(rows)
            ring = sorted({int(c) for r in rows for c in self._columns[r]} - counts)
            counts |= set(ring)
            if rows:
                yield distance, np.array(ring, dtype=int), np.array(rows)
            distance += 1


def _grouped(by: np.ndarray, values: np.ndarray, size: int) -> list[np.ndarray]:
    order = np.argsort(by, kind="stable")
    return np.split(values[order], np.cumsum(np.bincount(by, minlength=size))[:-1])


def _blocks(whole: System, hubs: np.ndarray) -> np.ndarray:
    from analytics.disclosure.bounds import components

    apart = np.where(hubs, 0.0, 1.0)
    return components(whole, np.zeros(whole.size), apart)[: whole.size]
