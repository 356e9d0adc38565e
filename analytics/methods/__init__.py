"""Door of the statistical methods, (Sample, Estimand) -> Fit, and the rule which one an outcome takes.

A new method is one file with ``fit(sample, estimand)`` and one line in ``METHODS`` and in ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.errors import PlanRefused
from analytics.domain.fit import Fit
from analytics.domain.plan import OutcomePlan
from schemas.vocabulary import Outcome, Vocabulary

Method = Callable[[Sample, Estimand], Fit]


def _in_file(name: str) -> Method:
    """``fit`` of analytics/methods/<name>.py, loaded when it is first called: statsmodels costs a second."""

    def fit(sample: Sample, estimand: Estimand) -> Fit:
        result: Fit = import_module(f"{__name__}.{name}").fit(sample, estimand)
        return result

    fit.__name__ = fit.__qualname__ = name
    return fit


METHODS: dict[str, Method] = {
    "ancova": _in_file("ancova"),
    "paired_difference": _in_file("paired_difference"),
    "negative_binomial": _in_file("negative_binomial"),
    "fractional_logit": _in_file("fractional_logit"),
    "cumulative_logit": _in_file("cumulative_logit"),
    "standardised_risk": _in_file("standardised_risk"),
    "mmrm": _in_file("mmrm"),
}

KINDS: dict[str, tuple[str, ...]] = {  # what a method can analyse without giving a number that means something else
    "ancova": ("continuous", "positive", "count", "percent", "ordinal"),
    "paired_difference": ("continuous", "positive", "count", "percent", "ordinal"),
    "negative_binomial": ("count",),
    "fractional_logit": ("percent",),
    "cumulative_logit": ("ordinal", "continuous"),
    "standardised_risk": ("binary",),
    "mmrm": ("continuous", "positive", "count", "percent"),
}

ALL_VISITS = ("mmrm",)  # methods that are given the readings of all visits at once

DEFAULTS: dict[str, str] = {  # statistics.md 3, one follow-up
    "continuous": "ancova",
    "positive": "ancova",
    "count": "negative_binomial",
    "percent": "fractional_logit",
    "ordinal": "cumulative_logit",
    "binary": "standardised_risk",
}
REPEATED: dict[str, str] = {**DEFAULTS, **dict.fromkeys(("continuous", "positive", "count", "percent"), "mmrm")}
FEW_COUNTS = 3  # median count below which the log of counts says little (statistics.md 3)


def method(name: str) -> Method:
    """The method called ``name``; PlanRefused with the nearest names where there is none."""
    if name not in METHODS:
        raise PlanRefused(f"there is no method {name!r}", fix=_choose(name))
    return METHODS[name]


def method_for(
    outcome: Outcome,
    item: OutcomePlan | None = None,
    *,
    paired: bool = False,
    repeated: bool = False,
    median: float | None = None,
) -> str:
    """The method of ``outcome``: the plan's, else the outcome's own, else its kind's default.

    ``paired``: different arms on the two sides of a patient; a linear method is then the within-patient difference.
    ``repeated``: patients are read at several visits; ``median`` of the outcome's readings (small counts).
    Raises PlanRefused for a method that does not exist or cannot analyse this kind of outcome.
    """
    usual = (REPEATED if repeated and not paired else DEFAULTS)[outcome.kind]
    if outcome.kind == "count" and median is not None and median < FEW_COUNTS:
        usual = DEFAULTS["count"]
    name = (item.method if item is not None else None) or outcome.method or usual
    if name not in METHODS:
        raise PlanRefused(f"{outcome.id}: there is no method {name!r}", fix=_choose(name))
    if outcome.kind not in KINDS[name]:
        fitting = ", ".join(each for each, kinds in KINDS.items() if outcome.kind in kinds)
        raise PlanRefused(
            f"{outcome.id}: {name} analyses {' or '.join(KINDS[name])} outcomes, this one is {outcome.kind}",
            fix=f"leave method out, or write one of {fitting}",
        )
    if paired:
        return "paired_difference" if name in ("ancova", "paired_difference", "mmrm") else name
    return "ancova" if name == "paired_difference" else name


def _choose(name: str) -> str:
    return f"write one of {', '.join(Vocabulary.nearest(name, METHODS) or tuple(METHODS))} under method"
