"""Adjusted p-values of stepwise procedures, from raw p-values (k,), none missing, to adjusted ones in their order.

Holm 1979; Shaffer 1986 (S1); Hochberg 1988; Hommel 1988 by Wright 1992; Benjamini and Hochberg 1995; Benjamini and
Yekutieli 2001.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np


def holm(p: np.ndarray) -> np.ndarray:
    return _down(p, np.arange(len(p), 0, -1))


def shaffer(p: np.ndarray, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    """Holm with the largest number of hypotheses that can still be true together, given which arms the pairs share."""
    k, possible = len(p), _true_together(pairs)
    return _down(p, np.array([max(s for s in possible if s <= k - i) for i in range(k)]))


def hochberg(p: np.ndarray) -> np.ndarray:
    return _up(p, np.arange(len(p), 0, -1))


def hommel(p: np.ndarray) -> np.ndarray:
    """The closed test with Simes' inequality."""
    order = np.argsort(p, kind="stable")
    ranked, k = p[order], len(p)
    adjusted = np.full(k, np.min(k * ranked / np.arange(1, k + 1)))
    current = adjusted.copy()
    for m in range(k - 1, 1, -1):
        smallest = float(np.min(m * ranked[k - m + 1 :] / np.arange(2, m + 1)))
        current[: k - m + 1] = np.minimum(m * ranked[: k - m + 1], smallest)
        current[k - m + 1 :] = current[k - m]
        adjusted = np.maximum(adjusted, current)
    return _unsorted(np.maximum(adjusted, ranked), order)


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    return _up(p, len(p) / np.arange(1, len(p) + 1))


def benjamini_yekutieli(p: np.ndarray) -> np.ndarray:
    ranks = np.arange(1, len(p) + 1)
    return _up(p, np.sum(1 / ranks) * len(p) / ranks)


def fixed_sequence(p: np.ndarray) -> np.ndarray:
    """Tested in the order given, each at the full level, until one fails."""
    return np.maximum.accumulate(p)


def _down(p: np.ndarray, factor: np.ndarray) -> np.ndarray:
    order = np.argsort(p, kind="stable")
    return _unsorted(np.minimum(1.0, np.maximum.accumulate(factor * p[order])), order)


def _up(p: np.ndarray, factor: np.ndarray) -> np.ndarray:
    order = np.argsort(p, kind="stable")
    return _unsorted(np.minimum(1.0, np.minimum.accumulate((factor * p[order])[::-1])[::-1]), order)


def _unsorted(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    back = np.empty_like(values)
    back[order] = values
    return back


def _true_together(pairs: Sequence[tuple[str, str]]) -> set[int]:
    """How many of ``pairs`` can be equal at once: over all ways to sort the arms into groups of equals."""
    place = {arm: i for i, arm in enumerate(dict.fromkeys(arm for pair in pairs for arm in pair))}
    ends = [(place[a], place[b]) for a, b in pairs]
    return {sum(group[a] == group[b] for a, b in ends) for group in _groupings(len(place))}


def _groupings(count: int) -> Iterator[tuple[int, ...]]:
    """All set partitions of ``count`` things, as the group number of each."""
    if count == 0:
        yield ()
        return
    for earlier in _groupings(count - 1):
        for group in range(max(earlier, default=-1) + 2):
            yield (*earlier, group)
