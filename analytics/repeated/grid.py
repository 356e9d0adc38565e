"""Adjusted means as combinations of coefficients: the factors asked for are set, everything else is averaged.

``observed``: averages over the rows of the model, each with the asked-for factors set (standardisation; emmeans'
``weights = "proportional"`` where covariates do not meet in one term). ``equal``: emmeans' default, categories equally,
numbers at their mean. Averages are sums kept per product of factors, so they exist for Moments too.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.repeated.rows import Rows
from analytics.repeated.terms import Key, Terms, nearest

Weights = Literal["observed", "equal"]


@dataclass(frozen=True, eq=False)
class Averages:
    """Sums over rows: ``products`` Key -> sum of that product; ``values`` data column -> sum; ``rows``: how many."""

    rows: float
    products: Mapping[Key, float]
    values: Mapping[str, float]

    def __add__(self, other: Averages) -> Averages:
        return Averages(self.rows + other.rows, _sum(self.products, other.products), _sum(self.values, other.values))

    def mean(self, key: Key) -> float:
        """The average of a product over all rows."""
        return self.products[key] / self.rows if key != Key() else 1.0


def _sum(a: Mapping, b: Mapping) -> dict:
    return {key: a.get(key, 0.0) + b.get(key, 0.0) for key in dict.fromkeys([*a, *b])}


def averages_of(rows: Rows) -> Averages:
    """The Averages of ``rows``, each counted as often as its patient."""
    times = np.repeat(rows.frequencies, rows.size)
    wanted = dict.fromkeys(part for key in rows.terms.keys for part in subsets(key))
    products = {key: float(rows.column(key) @ times) for key in wanted}
    values = {name: float(column @ times) for name, column in rows.raw.items()}
    return Averages(float(times.sum()), products, values)


def subsets(key: Key) -> list[Key]:
    """A product and all that is left of it when some of its categories are set."""
    found = []
    for keep in range(len(key.categories) + 1):
        found += [Key(kept, key.numbers) for kept in itertools.combinations(key.categories, keep)]
    return found


def variable_of(terms: Terms, name: str) -> str:
    """The category that a factor's name (or a term like C(name)) means; UsageError where it is none."""
    categories = {factor.variable: factor for factor in terms.factors.values() if factor.is_category}
    by_expression = {factor.expression: factor.variable for factor in categories.values()}
    if name in categories or name in by_expression:
        return by_expression.get(name, name)
    raise UsageError(
        f"{name!r} is no category of the model.", fix=f"choose among {nearest(name, categories) or 'none'}"
    )


def cells(terms: Terms, names: Sequence[str]) -> list[tuple[Hashable, ...]]:
    """Every combination of the levels of ``names``, the first name running slowest."""
    return list(itertools.product(*(terms.levels[name] for name in names)))


def rows_of_grid(
    terms: Terms, averages: Averages, names: Sequence[str], weights: Weights, means: Mapping[str, np.ndarray]
) -> np.ndarray:
    """(cells, q): for each of ``cells(terms, names)`` the combination of coefficients that is its adjusted mean."""
    if weights not in ("observed", "equal"):
        raise UsageError(f"weights={weights!r} is not known.", fix="write observed or equal")
    found = []
    for cell in cells(terms, names):
        codes = {name: terms.levels[name].index(level) for name, level in zip(names, cell)}
        found.append([_value(averages, key, codes, weights, means) for key in terms.keys])
    return np.array(found) * terms.scales


def _value(
    averages: Averages, key: Key, codes: Mapping[str, int], weights: Weights, means: Mapping[str, np.ndarray]
) -> float:
    fixed = math.prod(vector[codes[name]] for name, vector in key.categories if name in codes)
    free = tuple(item for item in key.categories if item[0] not in codes)
    if fixed == 0.0 or weights == "observed":
        return fixed * averages.mean(Key(free, key.numbers)) if fixed else 0.0
    equal = math.prod(sum(vector) / len(vector) for _, vector in free)
    return fixed * equal * math.prod(float(means[expression][column]) for expression, column in key.numbers)


def numbers_at_means(terms: Terms, averages: Averages) -> dict[str, np.ndarray]:
    """Every number of the formula where the data columns it is made of stand at their means (emmeans' grid)."""
    found = {}
    frame = pd.DataFrame([{name: total / averages.rows for name, total in averages.values.items()}])
    for expression, factor in terms.factors.items():
        if not factor.is_category:
            found[expression] = factor.numbers(frame)[0]
    return found
