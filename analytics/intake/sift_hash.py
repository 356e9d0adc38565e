"""Rows as 64 bits each, so that equal rows are found among millions without comparing their texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.intake.sift_texts import codes_of

BUCKETS = 20  # bits of a hash that tell most values apart from the few that are repeated
SHIFT = np.uint64(64 - BUCKETS)
MANY = 1 << 18  # repeated values above which the buckets are full
NONE = -1  # stands for an empty whole number; row numbers begin at 1


def row_hash(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """64 bits per row over the columns. Equal rows have equal bits; any two unequal of a million: 1 in 30 million."""
    bits = np.zeros(len(frame), np.uint64)
    for name in columns:
        bits = mixed(bits ^ _bits(frame[name]))
    return bits


def repeated(bits: np.ndarray) -> np.ndarray:
    """(n,) bool: the value occurs more than once. Sorting beats a hash table of millions, of which few are repeated."""
    ordered = np.sort(bits)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(twice) > MANY:
        return pd.Series(bits).duplicated(keep=False).to_numpy()
    buckets = np.zeros(1 << BUCKETS, bool)
    buckets[twice >> SHIFT] = True
    found = buckets[bits >> SHIFT]
    found[found] = np.isin(bits[found], twice)
    return found


def grouped(bits: np.ndarray) -> np.ndarray:
    """(n,) int64: the place where the value first occurs, so the same number for equal values."""
    found = np.arange(len(bits))
    at = np.flatnonzero(repeated(bits))
    codes = pd.factorize(bits[at])[0]
    first = np.zeros(int(codes.max(initial=-1)) + 1, np.int64)
    first[codes[::-1]] = at[::-1]
    found[at] = first[codes]
    return found


def _bits(values: pd.Series) -> np.ndarray:
    """64 bits per value, equal for equal values and for two blanks."""
    if values.dtype == "datetime64[ns]":
        return values.to_numpy().view(np.int64).astype(np.uint64)
    if values.dtype == np.float64:
        plain = values.to_numpy() + 0.0
        return np.where(np.isnan(plain), np.nan, plain).view(np.uint64)
    if values.dtype == bool:
        return values.to_numpy().astype(np.uint64)
    if values.dtype == "Int64":
        return values.fillna(NONE).to_numpy(dtype=np.int64).view(np.uint64)
    return (codes_of(values).astype(np.int64) + 1).astype(np.uint64)


def mixed(bits: np.ndarray) -> np.ndarray:
    """Every bit of the sum spread over all 64 (the finaliser of splitmix64)."""
    with np.errstate(over="ignore"):
        bits = bits + np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
