"""``fit_mmrm``: the mixed model for repeated measures (MMRM), estimated from sums, in words that SAS and R users know.

y_i ~ N(X_i b, S restricted to the visits patient i has), REML by default; docs/methods/mmrm.md has the table from R's
mmrm and SAS PROC MIXED to these arguments.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import astuple, replace
from typing import Any

import numpy as np

from analytics.domain.errors import DataRefused, UsageError
from analytics.repeated.blas import one_blas_thread
from analytics.repeated.coordinates import coordinates_of, word_dropped
from analytics.repeated.criterion import Criterion, Point
from analytics.repeated.moments import Moments, moments_of
from analytics.repeated.optimise import Optimum, minimise
from analytics.repeated.rows import Columns, Rows, read_rows
from analytics.repeated.structures import FALLBACKS, STRUCTURES
from analytics.repeated.terms import nearest
from analytics.repeated.uncertainty import DEFAULT_DF, KENWARD_ROGER, VCOV, Uncertainty, chosen_df
from analytics.repeated.value import RepeatedFit

NOTHING = 1e-13  # residual variance, in units of y's own, below which nothing varies: rounding of the sums


def fit_mmrm(
    formula: str | Moments,
    data: Any = None,
    *,
    subject: str | None = None,
    visit: str | None = None,
    covariance: str = "us",
    weights: str | None = None,
    frequency: str | None = None,
    group: str | None = None,
    coordinates: str | Sequence[str] | None = None,
    reml: bool = True,
    df: str = DEFAULT_DF,
    vcov: str = "model",
    fallback: bool = False,
) -> RepeatedFit:
    """Fit a mixed model for repeated measures.

    ``formula``: fixed effects, ``"change ~ arm * week + baseline * week"`` (formulaic: interactions, ``C()``,
    transforms), or the ``Moments`` of one or more files. ``data``: long, one row per patient (``subject``) and
    ``visit``, any order, pandas or Arrow; the visit is always taken as a category. Rows with a gap are left out and
    counted in ``notes``.

    ``covariance``: us | toep | toeph | ar1 | ar1h | cs | csh | ad | adh | sp_exp (with ``coordinates``: columns of time
    or place); one per level of ``group``. ``weights``: column of precisions, Var(y) = S / w (R's mmrm);
    ``frequency``: column saying how many identical patients a patient stands for. They are different models.

    ``df``: kenward_roger_linear (default; SAS' ddfm=kr) | kenward_roger | satterthwaite |
    between_within | residual. ``vcov``: model, or cr0 | cr2 | cr3 by patient, then with Bell-McCaffrey df.
    ``fallback``: after two starts fail try toeph, ar1h, csh; said in ``notes`` and ``covariance``.

    Returns a RepeatedFit, whose ``status`` may be ``did_not_converge`` or ``not_estimable``. Raises UsageError for
    arguments that cannot be meant, DataRefused for data that cannot be used.

    >>> import numpy as np, pandas as pd
    >>> from analytics import fit_mmrm
    >>> rng = np.random.default_rng(1)
    >>> rows = [(p, w, "ab"[p % 2]) for p in range(40) for w in (4, 8, 12)]
    >>> long = pd.DataFrame(rows, columns=["patient", "week", "arm"])
    >>> long["change"] = rng.normal(size=120) + rng.normal(size=40)[long["patient"]] - (long["arm"] == "b")
    >>> fit = fit_mmrm("change ~ arm * week", long, subject="patient", visit="week")
    >>> fit.contrasts("arm", by="week")[["week", "contrast", "estimate", "std_error", "df"]].round(2)
       week contrast  estimate  std_error    df
    0     4    b - a     -0.84       0.45  38.0
    1     8    b - a     -0.78       0.42  38.0
    2    12    b - a     -0.90       0.42  38.0
    """
    _refuse_unknown(covariance, vcov)
    standing = chosen_df(df, vcov, "")
    if standing in KENWARD_ROGER and not reml:
        if not isinstance(df, type(DEFAULT_DF)):
            raise UsageError("Kenward-Roger needs REML.", fix="take df='satterthwaite', or reml=True")
        standing = "satterthwaite"
    where = (coordinates,) if isinstance(coordinates, str) else tuple(coordinates or ())
    with one_blas_thread():
        rows, moments = _sums(formula, data, subject, visit, Columns("", "", group, weights, frequency, where))
        _refuse_without_rows(covariance, vcov, rows, where)
        criterion, optimum, used, notes = _fitted(moments, covariance, reml, fallback)
    return RepeatedFit(
        moments=criterion.moments,
        uncertainty=Uncertainty(criterion, optimum, rows, vcov),
        asked=covariance,
        covariance=used,
        df=standing,
        why=optimum.why,
        notes=(*moments.notes, *word_dropped(criterion.coordinates.dropped), *notes),
    )


def _refuse_unknown(covariance: str, vcov: str) -> None:
    if not isinstance(covariance, str) or covariance not in STRUCTURES:
        raise UsageError(f"covariance={covariance!r} is not known.", fix=f"write one of {', '.join(STRUCTURES)}")
    if not isinstance(vcov, str) or vcov not in VCOV:
        raise UsageError(f"vcov={vcov!r} is not known.", fix=f"write one of {nearest(vcov, VCOV)}")


def _sums(
    formula: str | Moments, data: Any, subject: str | None, visit: str | None, others: Columns
) -> tuple[Rows | None, Moments]:
    if isinstance(formula, Moments):
        if data is not None:
            raise UsageError("Moments are all the data.", fix="give fit_mmrm either moments or a formula with data")
        asked = replace(others, subject=subject or formula.columns.subject, visit=visit or formula.columns.visit)
        if any(one and one != own for one, own in zip(astuple(asked), astuple(formula.columns))):
            raise UsageError(
                "Moments carry their columns; weights, frequency, group and the like cannot be changed.",
                fix="leave them out, or name them in Moments.from_frame",
            )
        return None, formula
    if data is None or subject is None or visit is None:
        raise UsageError("A fit needs data, subject= and visit=.", fix="name the patient's and the visit's column")
    rows = read_rows(formula, data, replace(others, subject=subject, visit=visit))
    return rows, moments_of(rows)


def _refuse_without_rows(covariance: str, vcov: str, rows: Rows | None, where: tuple[str, ...]) -> None:
    if rows is None and vcov != "model":
        raise UsageError(f"vcov={vcov!r} looks at every patient; moments hold none.", fix="fit the rows themselves")
    if (covariance == "sp_exp") != bool(where) or (covariance == "sp_exp" and rows is None):
        raise UsageError(
            "sp_exp needs coordinates=, and only sp_exp takes them; moments hold none."
            if covariance == "sp_exp"
            else f"{covariance} takes no coordinates.",
            fix="fit_mmrm(..., covariance='sp_exp', coordinates='day')",
        )


def _fitted(
    moments: Moments, covariance: str, reml: bool, fallback: bool
) -> tuple[Criterion, Optimum, str, tuple[str, ...]]:
    """The first structure that converges, and what failed before it."""
    coordinates = coordinates_of(moments)
    rank = len(coordinates.kept)
    if rank == 0:
        raise DataRefused("No coefficient of the formula can be estimated.", fix="look at the columns of the model")
    notes: list[str] = []
    failed: tuple[Criterion, Optimum] | None = None  # the first one tried: the structure asked for, where it can be
    for name in (covariance, *(FALLBACKS if fallback else ())):
        form = "us" if len(moments.visits) == 1 else name
        own = moments if form == "sp_exp" else replace(moments, where=None)
        criterion = Criterion(own, coordinates, STRUCTURES[form], reml)
        hopeless = _hopeless(criterion, rank)
        many = "" if hopeless else _too_many(criterion, rank)
        optimum = _unfitted(criterion, hopeless or many) if hopeless or many else minimise(criterion)
        if optimum.converged or hopeless:
            break
        why = "; ".join([optimum.why, *undetermined(moments), *unvaried(criterion)])
        tried = f" (tried {', '.join(optimum.tried)})" if optimum.tried else ""
        notes.append(f"{name} did not converge: {why}{tried}")
        failed = failed or ((criterion, optimum) if optimum.tried else None)
    if not optimum.converged:
        return *(failed or (criterion, optimum)), covariance, tuple(notes)
    if name != covariance:
        notes.append(f"covariance {name} used instead of {covariance}")
    return criterion, optimum, name, tuple(notes)


def _hopeless(criterion: Criterion, rank: int) -> str:
    """Why there is nothing to estimate, whatever the structure ("" = there is)."""
    moments = criterion.moments
    if moments.n_values <= rank or moments.n_patients < 2:
        return f"{moments.n_values} values of {moments.n_patients} patients do not determine {rank} coefficients"
    if criterion.residual_variance <= NOTHING:
        return "nothing varies: every value is fitted exactly"
    return ""


def _too_many(criterion: Criterion, rank: int) -> str:
    left = criterion.moments.n_values - rank
    if criterion.size <= left:
        return ""
    return f"{left} values beyond the coefficients do not determine {criterion.size} variances and correlations"


def _unfitted(criterion: Criterion, why: str) -> Optimum:
    m, empty = criterion.moments.seen.shape[1], np.empty(0)
    covariance = np.full((int(criterion.kind.max()) + 1, m, m), np.nan)
    point = Point(np.inf, empty, empty, empty, empty, empty, empty, covariance, empty, empty)
    return Optimum(point, np.zeros((0, 0)), np.zeros((0, 0, 0)), 0, (), why)


def unvaried(criterion: Criterion) -> list[str]:
    """Visits at which least squares leaves nothing over."""
    moments = criterion.moments
    left = criterion.residual_variances
    still = [str(visit) for visit, one in zip(moments.visits, left) if one <= NOTHING]
    return [f"nothing varies at {', '.join(still)}"] if still else []


def undetermined(moments: Moments) -> list[str]:
    """Visits and pairs of visits with too few patients to know their variance and covariance, by group."""
    found = []
    for code, group in enumerate(moments.groups):
        own = moments.group == code
        said = _undetermined(moments.visits, moments.seen[own], moments.count[own])
        found += [f"{moments.columns.group} {group}: {one}" if moments.columns.group else one for one in said]
    return found


def _undetermined(visits: Sequence[Hashable], seen: np.ndarray, count: np.ndarray) -> list[str]:
    both = np.einsum("ps,pt,p->st", seen, seen, count)
    here = np.diag(both) >= 1
    empty, lone = ([str(v) for v, n in zip(visits, np.diag(both)) if n == few] for few in (0, 1))
    apart = [
        f"{visits[t]} and {visits[s]}"
        for s in range(len(both))
        for t in range(s)
        if both[s, t] < 1 and here[s] and here[t]
    ]
    found = [f"no patient at {', '.join(empty)}"] if empty else []
    found += [f"only one patient at {', '.join(lone)}"] if lone else []
    return found + ([f"no patient at both {', '.join(apart[:3])}"] if apart else [])
