"""A RepeatedFit in words: what was fitted on whom, with which covariance, how it ended, and the coefficients."""

from __future__ import annotations

import html as escape
from typing import TYPE_CHECKING

import pandas as pd

from analytics.domain.display.page import Grid
from analytics.repeated.structures import WORDS

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

DF_WORDS = {
    "kenward_roger_linear": "Kenward-Roger (linear, as SAS) errors and degrees of freedom",
    "kenward_roger": "Kenward-Roger (full) errors and degrees of freedom",
    "satterthwaite": "Satterthwaite degrees of freedom",
    "between_within": "between-within degrees of freedom",
    "residual": "residual degrees of freedom",
}
SHOWN = {"estimate": "{:.4g}", "std_error": "{:.3g}", "df": "{:.1f}", "statistic": "{:.2f}", "p_value": "{:.3g}"}

SHOWN_AS = ("term", *SHOWN)


def text(fit: RepeatedFit) -> str:
    """For a terminal."""
    return "\n".join([*_lines(fit), "", _table(fit).to_string(index=False)])


def html(fit: RepeatedFit) -> str:
    """For a notebook, readable without styles."""
    lines = "<br>".join(escape.escape(line) for line in _lines(fit))
    return f"<p>{lines}</p>{Grid('Coefficients', list(SHOWN_AS), _cells(fit)).html()}"


def _cells(fit: RepeatedFit) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in _table(fit).itertuples(index=False)]


def _lines(fit: RepeatedFit) -> list[str]:
    moments, optimum = fit.moments, fit.uncertainty.optimum
    kind = "REML" if fit.uncertainty.criterion.reml else "maximum likelihood"
    found = [
        f"Repeated-measures model (MMRM): {moments.terms.formula}",
        f"{fit.n_values:,} values of {fit.n_patients:,} patients at {_visits(len(moments.visits))}, "
        f"{WORDS[fit.covariance]} covariance{_groups(fit)}, {kind}",
    ]
    if fit.why:
        found.append(f"{fit.status}: {fit.why}")
    else:
        found.append(f"converged in {optimum.steps} steps, log-likelihood {fit.log_likelihood:.3f}; {_errors(fit)}")
    return found + [f"note: {note}" for note in fit.notes]


def _visits(count: int) -> str:
    return "one visit" if count == 1 else f"{count} visits"


def _groups(fit: RepeatedFit) -> str:
    column = fit.moments.columns.group
    return f" of its own for each {column}" if column else ""


def _errors(fit: RepeatedFit) -> str:
    vcov = fit.uncertainty.vcov
    if vcov == "model":
        return DF_WORDS[fit.df]
    df = "Bell-McCaffrey degrees of freedom" if fit.df == "satterthwaite" else DF_WORDS[fit.df]
    return f"{vcov.upper()} errors by patient, {df}"


def _table(fit: RepeatedFit) -> pd.DataFrame:
    shown = fit.coefficients()[list(SHOWN_AS)]
    return shown.assign(**{name: shown[name].map(form.format) for name, form in SHOWN.items()})
