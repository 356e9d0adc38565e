"""The frames of a RepeatedFit: estimates with their errors, adjusted means, contrasts with families, F tests."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from analytics.domain.errors import UsageError
from analytics.domain.fit import MeasureBlock
from analytics.inference.contrasts import MOST_LOST
from analytics.inference.intervals import interval, p_value, statistic
from analytics.inference.multiplicity import NOTES, PROCEDURES, VERDICT, adjust
from analytics.inference.sandwich import LOST_TOLERANCE
from analytics.repeated.grid import Weights, cells, numbers_at_means, rows_of_grid, variable_of
from analytics.repeated.terms import nearest

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

Names = tuple[str, ...]


def estimates(
    fit: RepeatedFit, keys: pd.DataFrame, rows: np.ndarray, df: str, level: float, *, alone: bool
) -> pd.DataFrame:
    """``keys`` with estimate, std_error, df, statistic, p_value, conf_low, conf_high of combinations ``rows`` (k, q).

    ``alone``: coefficients, in the model without the numbers that were left out; no status column.
    """
    _refuse_level(level)
    estimate, error, degrees, status = _known(fit, rows, df, LOST_TOLERANCE, fewer=alone)
    low, high = interval(estimate, error, degrees, level)
    found = keys.assign(
        estimate=estimate,
        std_error=error,
        df=degrees,
        statistic=statistic(estimate, error),
        p_value=p_value(estimate, error, degrees),
        conf_low=low,
        conf_high=high,
    )
    return found if alone else found.assign(status=status)


def _refuse_level(level: float) -> None:
    if not (isinstance(level, float | int) and 0 < level < 1):
        raise UsageError(f"confidence_level={level!r} is no share.", fix="write 0.95 for 95 %")


def _known(
    fit: RepeatedFit, rows: np.ndarray, df: str, most_lost: float, *, fewer: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """(estimate, standard error, df, status) of combinations; what is unknown is NaN. ``fewer``: see Coordinates."""
    if fit.why:
        nothing = np.full(len(rows), np.nan)
        return nothing, nothing, nothing, [fit.status] * len(rows)
    uncertainty = fit.uncertainty
    estimate = uncertainty.estimate(rows, fewer=fewer)
    here = np.isfinite(estimate)
    filled = np.where(here[:, None], rows, 0.0)
    lost = np.where(here, uncertainty.lost(filled), 0.0)
    variance = np.diag(uncertainty.covariance(filled, df))
    degrees = np.where(here, uncertainty.degrees(filled, df), np.nan)
    seen = here & (lost <= most_lost) & (variance > 0) & (degrees > 0)
    error = np.sqrt(np.where(seen, variance / np.where(seen, 1 - lost, 1.0), np.nan))
    return estimate, error, np.where(seen, degrees, np.nan), ["estimated" if one else "not_estimable" for one in seen]


def grid(fit: RepeatedFit, names: Names, weights: Weights) -> np.ndarray:
    """(cells, q) combinations of the adjusted means of all level combinations of ``names``."""
    terms, averages = fit.moments.terms, fit.moments.averages
    means = numbers_at_means(terms, averages) if weights == "equal" else {}
    return rows_of_grid(terms, averages, names, weights, means)


def adjusted_means(fit: RepeatedFit, factor: Names, by: Names, weights: Weights, df: str, level: float) -> pd.DataFrame:
    """See RepeatedFit.adjusted_means."""
    _refuse_level(level)
    names = _variables(fit, factor, by)
    rows = grid(fit, names, weights)
    keys = pd.DataFrame(cells(fit.moments.terms, names), columns=[*by, *factor])
    estimate, error, degrees, status = _known(fit, rows, df, MOST_LOST)
    low, high = interval(estimate, error, degrees, level)
    return keys.assign(estimate=estimate, std_error=error, df=degrees, conf_low=low, conf_high=high, status=status)


def _variables(fit: RepeatedFit, factor: Names, by: Names) -> Names:
    names = tuple(variable_of(fit.moments.terms, name) for name in (*by, *factor))
    if not factor or len(set(names)) < len(names):
        raise UsageError("factor and by must name different categories of the model.", fix="write each name once")
    return names


def contrasts(
    fit: RepeatedFit,
    factor: Names,
    by: Names,
    kind: str | Mapping[str, Mapping[Hashable, float]],
    adjustment: str | None,
    weights: Weights,
    df: str,
    level: float,
) -> pd.DataFrame:
    """See RepeatedFit.contrasts."""
    if adjustment is not None and adjustment not in PROCEDURES:
        raise UsageError(f"adjust={adjustment!r} is not known.", fix=f"write one of {nearest(adjustment, PROCEDURES)}")
    names = _variables(fit, factor, by)
    terms = fit.moments.terms
    levels = cells(terms, names[len(by) :])
    named = [cell[0] if len(factor) == 1 else cell for cell in levels]
    combined = _combinations(kind, named)
    matrix = np.array([weight for *_, weight in combined])
    rows = grid(fit, names, weights)
    own = (matrix @ rows.reshape(-1, len(levels), rows.shape[1])).reshape(-1, rows.shape[1])
    told = [(*cell, *one[:3]) for cell in cells(terms, names[: len(by)]) for one in combined]
    keys = pd.DataFrame(told, columns=[*by, "contrast", "arm", "reference"])
    whole = estimates(fit, keys, own, df, level, alone=False)
    if adjustment not in (None, "none"):
        families = [slice(at, at + len(combined)) for at in range(0, len(own), len(combined))]
        found = [_family(fit, whole[family], own[family], str(adjustment), df, level) for family in families]
        whole = pd.concat(found, ignore_index=True)
    whole.attrs["note"] = NOTES[adjustment or "none"].replace(VERDICT, "there are no simultaneous intervals")
    return whole


def _combinations(
    kind: str | Mapping[str, Mapping[Hashable, float]], levels: Sequence[Hashable]
) -> list[tuple[str, Hashable, Hashable, np.ndarray]]:
    """(name, arm, reference, weights of the levels) of every contrast."""
    unit = np.eye(len(levels))
    if kind == "pairwise":
        pairs = [(j, i) for i, j in itertools.combinations(range(len(levels)), 2)]
    elif kind == "reference":
        pairs = [(j, 0) for j in range(1, len(levels))]
    elif isinstance(kind, Mapping) and kind:
        return [(name, "", "", _weights(name, given, levels)) for name, given in kind.items()]
    else:
        raise UsageError(f"kind={kind!r} is not known.", fix="write pairwise, reference or {'name': {level: weight}}")
    if not pairs:
        raise UsageError("A factor with one level has no contrasts.", fix="choose a factor with several levels")
    return [(f"{_said(levels[j])} - {_said(levels[i])}", levels[j], levels[i], unit[j] - unit[i]) for j, i in pairs]


def _said(level: Hashable) -> str:
    return " ".join(str(one) for one in level) if isinstance(level, tuple) else str(level)


def _weights(name: str, given: Mapping[Hashable, float], levels: Sequence[Hashable]) -> np.ndarray:
    if not isinstance(given, Mapping) or not all(isinstance(one, Real) for one in given.values()):
        raise UsageError(f"contrast {name!r} needs a number for each level.", fix="write {'name': {level: weight}}")
    strange = [level for level in given if level not in levels]
    if strange:
        raise UsageError(
            f"contrast {name!r} weighs {strange[0]!r}, which is no level.",
            fix=f"choose among {nearest(strange[0], levels)}",
        )
    return np.array([float(given.get(level, 0.0)) for level in levels])


def _family(
    fit: RepeatedFit, table: pd.DataFrame, rows: np.ndarray, adjustment: str, df: str, level: float
) -> pd.DataFrame:
    """The table with p-values and limits of its family."""
    estimable = (table["status"] == "estimated").to_numpy()
    if not estimable.any():
        return table
    filled = np.where(estimable[:, None], rows, 0.0)
    block = MeasureBlock(
        measure="difference",
        scale="additive",
        pairs=tuple(zip(table["arm"], table["reference"])),
        estimate=table["estimate"].to_numpy(float),
        covariance=fit.uncertainty.covariance(filled, df),
        df=table["df"].to_numpy(float),
        estimable=estimable,
    )
    family = adjust(block, adjustment, level)
    return table.assign(p_value=family.p_adjusted, conf_low=family.low, conf_high=family.high)


def f_test(fit: RepeatedFit, term: str, rows: np.ndarray, df: str) -> pd.DataFrame:
    """See RepeatedFit.test."""
    if fit.why or not len(rows):
        value, top, bottom, name = np.nan, 0, np.nan, "not estimable"
    else:
        value, top, bottom, name = fit.uncertainty.test(rows, df)
    if 0 < top < len(rows):
        name = f"{name}; {top} of {len(rows)} rows estimable"
    known = top > 0 and bottom > 0
    p = float(special.fdtrc(top, bottom, value)) if known else np.nan
    found = {"term": term, "num_df": top, "denom_df": bottom, "statistic": value, "p_value": p, "test": name}
    return pd.DataFrame([found])
