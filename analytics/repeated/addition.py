"""Adding the Moments of separate files: shifted to the same centring constants, categories matched by their names."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.domain.errors import DataRefused
from analytics.repeated.basis import CONSTANT, Basis
from analytics.repeated.formulas import variables_of
from analytics.repeated.grid import Averages, subsets
from analytics.repeated.moments import Moments, Pair
from analytics.repeated.terms import Key, Levels, Terms, read_terms

ALIKE = "name all categories in both files: levels={...}, or a categorical column"


def added(ours: Moments, theirs: Moments) -> Moments:
    """The Moments of both files; DataRefused where they are not sums of one model."""
    _refuse_other_model(ours, theirs)
    terms = _joint_terms(ours, theirs)
    a, b = _keys_in(ours, terms), _keys_in(theirs, terms)
    basis = _joint_basis(ours, theirs, terms, a, b)
    places = np.union1d(_placed(ours, terms), _placed(theirs, terms))
    parts = [_moved(moments, terms, basis, keys, places) for moments, keys in ((ours, a), (theirs, b))]
    return _merged(parts[0], parts[1])


def _refuse_other_model(ours: Moments, theirs: Moments) -> None:
    for what, one, other in (
        ("formula", ours.terms.formula, theirs.terms.formula),
        ("visit column", ours.columns.visit, theirs.columns.visit),
        ("group column", ours.columns.group, theirs.columns.group),
        ("weights", ours.columns.weights, theirs.columns.weights),
    ):
        if one != other:
            raise DataRefused(f"Two models cannot be added: {what} {one!r} and {other!r}.", fix="make both alike")
    refuse_learned(ours.terms)


def refuse_learned(terms: Terms) -> None:
    """DataRefused where a transform has learned from its file: its columns mean something else in the next one."""
    for factor in (*terms.factors.values(), terms.response):
        if factor.spec is not None and factor.spec.transform_state:
            raise DataRefused(
                f"{factor.expression} depends on the rows it saw, so sums of two files do not add up.",
                fix="put its values into a column first",
            )


def _joint_terms(ours: Moments, theirs: Moments) -> Terms:
    if dict(ours.terms.levels) == dict(theirs.terms.levels):
        return ours.terms
    levels = {name: _joint(of, theirs.terms.levels[name]) for name, of in ours.terms.levels.items()}
    return terms_of(ours.terms.formula, levels)


def _joint(ours: tuple[Hashable, ...], theirs: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    """All categories: the longer list where it holds the other in its order, else sorted."""
    longer, shorter = (ours, theirs) if len(ours) >= len(theirs) else (theirs, ours)
    if [one for one in longer if one in shorter] == list(shorter):
        return longer
    together = dict.fromkeys([*ours, *theirs])
    if len({str(one) for one in together}) < len(together):
        raise DataRefused(f"The categories {ours} and {theirs} are the same in two types.", fix=ALIKE)
    if list(ours) == sorted(ours, key=str) and list(theirs) == sorted(theirs, key=str):
        return tuple(sorted(together, key=str))
    raise DataRefused(f"The categories {ours} and {theirs} stand in two orders.", fix=ALIKE)


def terms_of(formula: str, levels: Levels) -> Terms:
    """The Terms of a formula without its data: numbers stand for themselves."""
    needed = variables_of(formula)
    rows = max([24, *(len(of) for of in levels.values())])
    made: dict[str, object] = {name: np.arange(1.0, rows + 1) for name in needed}
    for name, of in levels.items():
        made[name] = pd.Categorical.from_codes(np.arange(rows) % len(of), categories=list(of))
    return read_terms(formula, pd.DataFrame(made), levels)


def _restricted(key: Key, own: Levels, joint: Levels) -> Key | None:
    """What a product is in a file that knows fewer categories; None where it is zero there."""
    kept = []
    for variable, vector in key.categories:
        value = tuple(vector[joint[variable].index(level)] for level in own[variable])
        if not any(value):
            return None
        if any(one != 1.0 for one in value):
            kept.append((variable, value))
    return Key(tuple(kept), key.numbers)


def _keys_in(moments: Moments, terms: Terms) -> dict[Key, Key | None]:
    """Joint key -> this file's key."""
    visit = moments.columns.visit
    found: dict[Key, Key | None] = {}
    for key in dict.fromkeys([CONSTANT, *(one.without(visit) for one in terms.keys)]):
        own = _restricted(key, moments.terms.levels, terms.levels)
        if own is not None and own not in moments.basis.keys:
            raise DataRefused("The files code their categories differently.", fix=ALIKE)
        found[key] = own
    return found


def _joint_basis(
    ours: Moments, theirs: Moments, terms: Terms, a: Mapping[Key, Key | None], b: Mapping[Key, Key | None]
) -> Basis:
    """Centring constants of the first file that has the column."""
    centre, scale = [], []
    for key in a:
        basis, own = (ours.basis, a[key]) if a[key] is not None else (theirs.basis, b[key])
        place = basis.keys.index(own) if own is not None else 0
        centre.append(basis.centre[place])
        scale.append(basis.scale[place])
    return Basis(tuple(a), np.r_[centre, ours.basis.centre[-1]], np.r_[scale, ours.basis.scale[-1]])


def _placed(moments: Moments, terms: Terms) -> np.ndarray:
    return np.array([terms.levels[moments.columns.visit].index(visit) for visit in moments.visits])


def _moved(moments: Moments, terms: Terms, basis: Basis, keys: Mapping[Key, Key | None], places: np.ndarray) -> Moments:
    """The same sums with joint categories, columns, constants and visits."""
    change = _change(moments.basis, basis, keys)
    at = np.searchsorted(places, _placed(moments, terms))
    products: dict[Pair, tuple[np.ndarray, np.ndarray]] = {}
    for (s, t), (of, sums) in moments.products.items():
        moved = change.T @ sums @ change
        low, high = sorted((int(at[s]), int(at[t])))
        products[low, high] = (of, moved if at[s] <= at[t] else np.swapaxes(moved, 1, 2))
    seen = np.zeros((len(moments.seen), len(places)), bool)
    seen[:, at] = moments.seen
    group = moments.group
    if moments.columns.group:
        joint = terms.levels[moments.columns.group]
        group = np.array([joint.index(label) for label in moments.groups])[group]
    varies = [own is not None and bool(moments.varies[moments.basis.keys.index(own)]) for own in keys.values()]
    return replace(
        moments,
        terms=terms,
        basis=basis,
        places=places,
        seen=seen,
        group=group,
        products=products,
        averages=_averages(moments, terms),
        varies=np.array(varies),
    )


def _change(old: Basis, new: Basis, keys: Mapping[Key, Key | None]) -> np.ndarray:
    """L (old columns, new columns): new = old L."""
    found = np.zeros((len(old.keys) + 1, len(new.keys) + 1))
    places = [None if own is None else old.keys.index(own) for own in keys.values()] + [len(old.keys)]
    for k, j in enumerate(places):
        found[0, k] -= new.centre[k] / new.scale[k]
        if j is not None:
            found[j, k] += old.scale[j] / new.scale[k]
            found[0, k] += old.centre[j] / new.scale[k] if j else 0.0
    return found


def _averages(moments: Moments, terms: Terms) -> Averages:
    own = moments.averages
    if terms is moments.terms:
        return own
    products = {}
    for key in dict.fromkeys(part for each in terms.keys for part in subsets(each)):
        restricted = _restricted(key, moments.terms.levels, terms.levels)
        products[key] = 0.0 if restricted is None else own.products.get(restricted, own.rows)
    return replace(own, products=products)


def _merged(ours: Moments, theirs: Moments) -> Moments:
    """Sums of patterns that both have, the rest beside them."""
    known = {(bytes(seen), int(group)): p for p, (seen, group) in enumerate(zip(ours.seen, ours.group))}
    places, extra = [], []
    for p, (seen, group) in enumerate(zip(theirs.seen, theirs.group)):
        key = (bytes(seen), int(group))
        if key not in known:
            known[key] = len(known)
            extra.append(p)
        places.append(known[key])
    place = np.array(places)
    count = np.r_[ours.count, np.zeros(len(extra))]
    np.add.at(count, place, theirs.count)
    return replace(
        ours,
        seen=np.vstack([ours.seen, theirs.seen[extra]]),
        group=np.r_[ours.group, theirs.group[extra]],
        count=count,
        products=_summed(ours.products, theirs.products, place),
        averages=ours.averages + theirs.averages,
        varies=ours.varies | theirs.varies,
        log_weight=ours.log_weight + theirs.log_weight,
        notes=(*ours.notes, *theirs.notes),
    )


def _summed(
    ours: Mapping[Pair, tuple[np.ndarray, np.ndarray]],
    theirs: Mapping[Pair, tuple[np.ndarray, np.ndarray]],
    place: np.ndarray,
) -> dict[Pair, tuple[np.ndarray, np.ndarray]]:
    found = {}
    for pair in sorted({*ours, *theirs}):
        parts = [(ours[pair][0], ours[pair][1])] if pair in ours else []
        parts += [(place[theirs[pair][0]], theirs[pair][1])] if pair in theirs else []
        patterns = np.unique(np.concatenate([of for of, _ in parts]))
        total = np.zeros((len(patterns), *parts[0][1].shape[1:]))
        for of, sums in parts:
            np.add.at(total, np.searchsorted(patterns, of), sums)
        found[pair] = (patterns, total)
    return found
