"""What the coefficients of a term say whatever the coding: type III hypotheses, as SAS and car's Anova have them.

The model is rewritten with codings that sum to zero over the levels; the term's coefficients there, as combinations of
ours, are the hypothesis. A highest-order interaction is the same in every coding.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.repeated.coordinates import INSIDE, Coordinates
from analytics.repeated.terms import Factor, Terms

ROWS_EACH = 6  # invented rows per coefficient: enough to tell all columns apart
NEGLIGIBLE = 1e-9


def hypothesis(terms: Terms, term: str) -> np.ndarray:
    """(k, q): combinations of coefficients that are all zero if ``term`` has no effect."""
    places = terms.places(term)
    if not places:  # a category with one level
        return np.zeros((0, len(terms.names)))
    if term == "1":
        return np.eye(len(terms.names))[places]
    ours, summed = _invented(terms), _invented(_sum_coded(terms))
    change = np.linalg.lstsq(summed, ours, rcond=None)[0][places]
    found = _in_own_coding(terms, places) @ change
    return np.where(np.abs(found) < NEGLIGIBLE, 0.0, found)


def _in_own_coding(terms: Terms, places: list[int]) -> np.ndarray:
    """From sum-coded effects to ours (differences to the reference level): Satterthwaite's df of several rows depends
    on which rows say the hypothesis, and these are SAS' and R's."""
    part = next(each for each in terms.parts if each.names and each.names[0] == terms.names[places[0]])
    found: np.ndarray = np.eye(1)
    for expression, reduced in part.factors:
        factor = terms.factors[expression]
        if not (factor.is_category and reduced):
            found = np.kron(np.eye(factor.width(reduced)), found)
            continue
        ours = np.column_stack([np.ones(len(factor.levels)), factor.codings[True]])
        found = np.kron(np.linalg.pinv(ours)[1:] @ _summed(factor).codings[True], found)
    return found if len(found) == len(places) else np.eye(len(places))


def estimable_part(rows: np.ndarray, coordinates: Coordinates) -> np.ndarray:
    """The part (j, q) of a hypothesis that empty cells leave estimable in the model without the numbers that were
    left out; j may be 0."""
    if not coordinates.null.size:
        return rows
    rows = np.where(coordinates.numeric, 0.0, rows)
    rows = rows[np.linalg.norm(rows, axis=1) > NEGLIGIBLE]
    if not len(rows):
        return rows
    left, size, _ = np.linalg.svd(coordinates.unseen(rows, fewer=True))
    rank = int((size > INSIDE).sum())
    found: np.ndarray = left[:, rank:].T @ rows
    return found[np.linalg.norm(found, axis=1) > NEGLIGIBLE]


def _sum_coded(terms: Terms) -> Terms:
    return replace(terms, factors={name: _summed(factor) for name, factor in terms.factors.items()})


def _summed(factor: Factor) -> Factor:
    if not factor.is_category:
        return factor
    count = len(factor.levels)
    coding = np.vstack([np.eye(count - 1), -np.ones(count - 1)]) if count > 1 else np.zeros((1, 0))
    return replace(factor, codings={True: coding, False: factor.codings[False]})


def _invented(terms: Terms) -> np.ndarray:
    """A model matrix of made-up rows: levels and numbers at random, the same in every coding."""
    rng = np.random.default_rng(0)
    count = ROWS_EACH * len(terms.names) + 20
    codes = {name: rng.integers(len(of), size=count) for name, of in sorted(terms.levels.items())}
    expressions = sorted(name for name, factor in terms.factors.items() if not factor.is_category)
    numbers = {name: rng.normal(size=(count, terms.factors[name].width())) for name in expressions}
    columns = np.ones((count, len(terms.keys)))
    for j, key in enumerate(terms.keys):
        for variable, vector in key.categories:
            columns[:, j] *= np.array(vector)[codes[variable]]
        for expression, column in key.numbers:
            columns[:, j] *= numbers[expression][:, column]
    return columns * terms.scales
