"""Columns of texts while rows are judged: each distinct text once, an integer per record; strings again at the end.

As pandas categories they are compared, hashed and taken as integers of four bytes, whatever the length of the texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

#: Texts of printable ASCII that neither begin nor end with a blank: most ids and words; they need no second look.
PLAIN = r"^[!-~]([ -~]*[!-~])?$"


def plain_texts(texts: np.ndarray) -> np.ndarray:
    """(k,) bool: PLAIN."""
    if not len(texts):
        return np.zeros(0, bool)
    return pc.match_substring_regex(pa.array(texts, pa.string()), PLAIN).to_numpy(zero_copy_only=False)


def coded(values: np.ndarray, codes: np.ndarray) -> pd.Categorical:
    """The texts (or None) of ``values`` at ``codes``; several places of ``values`` may hold one text."""
    places, texts = pd.factorize(values)
    return pd.Categorical.from_codes(places.astype(np.int32)[codes], pd.Index(texts, dtype="str"), validate=False)


def constant(text: str, length: int) -> pd.Categorical:
    """One text for all."""
    return pd.Categorical.from_codes(np.zeros(length, np.int8), pd.Index([text], dtype="str"), validate=False)


def each_or_all(text: str | np.ndarray, length: int) -> pd.Categorical:
    """One text for all, or a text for each."""
    return constant(text, length) if isinstance(text, str) else coded(text, np.arange(length))


def no_texts(length: int) -> pd.Categorical:
    """Nothing for all."""
    return pd.Categorical.from_codes(np.full(length, -1, np.int8), pd.Index([], dtype="str"), validate=False)


def stacked(parts: Sequence[pd.Categorical]) -> pd.Categorical:
    """Parts under each other."""
    if len(parts) == 1:
        return parts[0]
    return pd.api.types.union_categoricals(parts)


def joined(first: pd.Categorical, second: pd.Categorical, between: str) -> pd.Categorical:
    """``first`` + ``between`` + ``second`` of each record, made once per distinct pair; empty where either is."""
    pairs = first.codes.astype(np.int64) * (len(second.categories) + 1) + second.codes
    pairs[(first.codes < 0) | (second.codes < 0)] = -1
    places, distinct = pd.factorize(np.where(pairs < 0, -1, pairs))
    one, two = np.divmod(distinct, len(second.categories) + 1)
    texts = np.full(len(distinct), None, dtype=object)
    there = distinct >= 0
    left, right = (np.asarray(each.categories, dtype=object) for each in (first, second))
    texts[there] = [f"{a}{between}{b}" for a, b in zip(left[one[there]], right[two[there]])]
    return coded(texts, places)


def codes_of(values: pd.Series) -> np.ndarray:
    """(n,) an integer per text, equal for equal texts, -1 for none."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy()
    return pd.factorize(values)[0]


def same_texts(first: pd.Series, second: pd.Series) -> bool:
    """Whether two columns are made of the very same codes and texts."""
    one, other = first.array, second.array
    return one.categories is other.categories and np.array_equal(one.codes, other.codes)


def as_categories(values: pd.Series) -> pd.Categorical:
    """A column of texts as categories."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.array
    return coded(values.to_numpy(dtype=object), np.arange(len(values)))


def as_strings(values: pd.Series) -> pd.Series:
    """A column of texts as everybody reads it: type str, NaN for none."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    codes = values.cat.codes.to_numpy()
    texts = pa.array(values.cat.categories.to_numpy(dtype=object), pa.large_string())
    places = pa.array(codes, mask=codes < 0)
    return pd.Series(pd.array(texts.take(places), dtype="str"), index=values.index)
