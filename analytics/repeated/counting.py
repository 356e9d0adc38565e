"""Degrees of freedom by counting: residual, and between / within patients as R mmrm has them."""

from __future__ import annotations

import numpy as np

from analytics.repeated.coordinates import Coordinates
from analytics.repeated.moments import Moments


def residual_df(moments: Moments, coordinates: Coordinates, rows: np.ndarray) -> np.ndarray:
    """Values minus coefficients, for each of ``rows`` (k, q); (k,)."""
    return np.full(len(rows), float(moments.n_values - len(coordinates.kept)))


def between_within_df(moments: Moments, coordinates: Coordinates, rows: np.ndarray) -> np.ndarray:
    """The smaller of the two where both kinds of coefficients take part; the intercept counts as within, unless every
    patient is seen once: then there is no within. (k,)."""
    within = changes_within(moments)[coordinates.kept]
    constant = np.array([key.categories == () and key.numbers == () for key in moments.terms.keys])[coordinates.kept]
    between = float(moments.n_patients - int((~within).sum()))
    inside = float(moments.n_values - moments.n_patients - int((within & ~constant).sum()))
    several = moments.seen.sum(axis=1).max() > 1
    each = np.where((within | constant) & several, inside, between)
    used = np.abs(rows[:, coordinates.kept]) > 1e-10
    return np.where(used, each, np.inf).min(axis=1)


def changes_within(moments: Moments) -> np.ndarray:
    """Whether each coefficient's column changes within some patient, (q,) bool."""
    visit = moments.columns.visit
    place = {key: k for k, key in enumerate(moments.basis.keys)}
    several = moments.seen.sum(axis=1).max() > 1
    found = []
    for key in moments.terms.keys:
        values = {key.coding(visit, s) for s in range(len(moments.visits))}
        found.append(bool(moments.varies[place[key.without(visit)]] or (len(values) > 1 and several)))
    return np.array(found)
