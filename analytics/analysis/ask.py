"""A question asked at the prompt: answered like a planned one, marked exploratory, refused where it makes no sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from threadpoolctl import threadpool_limits

from analytics.analysis.answers import answer
from analytics.analysis.designs import fits, of_design
from analytics.analysis.effects import interactions
from analytics.analysis.questions import halved, is_paired, levels, only, question
from analytics.analysis.rows import arm_means_frame, findings_frame
from analytics.analysis.senseless import (
    GROUPS,
    check_before,
    check_levels,
    check_measure,
    check_outcome,
    check_visit,
    covariates_named,
    known,
)  # fmt: skip
from analytics.domain.cohort import Cohort
from analytics.domain.errors import UsageError
from analytics.domain.expected import expect
from analytics.domain.finding import GROUPED, INTERACTION_COLUMNS, Findings
from analytics.intake.derive import derive
from analytics.intake.plan_names import usable_columns
from analytics.methods import KINDS, METHODS
from schemas.vocabulary import Outcome, Vocabulary

AVERAGES = ("t_test", "ttest", "t-test", "anova", "wilcoxon", "mann_whitney")
ADJUSTMENTS = ("covariates", "change_score", "none")


def ask(
    cohort: Cohort,
    *,
    outcome: str,
    by: str | None = None,
    visit: float | None = None,
    method: str | None = None,
    measure: str | None = None,
    adjust: str | Sequence[str] | None = None,
) -> Findings:
    """The exploratory comparison of one outcome; see ``analytics.compare``."""
    expect("compare", cohort, Cohort)
    entry = check_outcome(cohort, outcome)
    week = check_visit(cohort, visit)
    check_measure(cohort, entry, measure)
    _check_method(cohort, entry, method)
    cohort, adjustment, plan = *_prepared(cohort, by, adjust), cohort.plan
    cohort, aside = of_design(cohort, by=by, method=method)
    found = []
    with threadpool_limits(1):
        for population in _populations(cohort, by, method):
            asked = question(
                cohort, cohort.plan.item(outcome), population=population, visit=week, analysis="exploratory"
            )
            chosen = (method or asked.estimators[0][0], adjustment or asked.estimators[0][1])
            _check_pairs(cohort, population, chosen[0])
            notes = (asked.note, aside.note(population), _grouped(cohort, by))
            noted = replace(asked, note="; ".join(note for note in notes if note))
            found.append(answer(cohort, only(cohort, noted, *chosen)))
    frame = findings_frame(found)
    if measure is not None:
        known(measure, list(dict.fromkeys(frame["measure"])), "measure of this method")
        frame = frame[frame["measure"] == measure].reset_index(drop=True)
    return Findings(
        frame,
        arm_means_frame(found),
        cohort.vocabulary,
        plan,
        tuple(cohort.covariates),
        cohort.style,
        pd.DataFrame(interactions(found), columns=list(INTERACTION_COLUMNS)),
    )


def _populations(cohort: Cohort, by: str | None, method: str | None) -> tuple[str, ...]:
    """Whom to compare: each level of ``by``, or the designs that the method fits."""
    if by is not None:
        found = levels(cohort, by)
        check_levels(cohort, by, found)
        return tuple(f"{by}={level}" for level in found)
    fitting = tuple(each for each in cohort.populations if method is None or fits(cohort, each, method))
    return fitting or cohort.populations


def _grouped(cohort: Cohort, by: str | None) -> str:
    """What a column of many numbers was made into, and how to have other groups."""
    if by is None or not halved(cohort, by):
        return ""
    values = cohort.members[by].nunique()
    return f"{GROUPED}: the {values} values of {by} are split in two at the middle one. For other groups make {GROUPS}"


def _prepared(cohort: Cohort, by: str | None, adjust: str | Sequence[str] | None) -> tuple[Cohort, str | None]:
    """The cohort with the columns that the question needs, and the adjustment; the plan of the cohort stays."""
    named = covariates_named(adjust, ADJUSTMENTS)
    if by is not None:
        check_before(cohort, by, "by")
    for name in named or ():
        _check_adjust(cohort, name, alone=isinstance(adjust, str))
    changed: dict[str, tuple[str, ...]] = {}
    if by is not None and by not in cohort.members:
        changed["subgroups"] = (*cohort.plan.subgroups, by)
    if named is not None:
        changed["covariates"] = named
    if changed:
        cohort = derive(cohort.sifted, cohort.plan.model_copy(update=changed), planned=cohort.planned)
    if named is not None:
        return cohort, "covariates" if named else "none"
    return cohort, adjust if isinstance(adjust, str) else None


def _check_adjust(cohort: Cohort, name: str, *, alone: bool) -> None:
    """One covariate; a single word may also be a slip in the name of an adjustment."""
    if alone and Vocabulary.nearest(name, ADJUSTMENTS) and not Vocabulary.nearest(name, usable_columns(cohort.sifted)):
        known(name, list(ADJUSTMENTS), "adjustment")
    check_before(cohort, name, "adjust")


def _check_method(cohort: Cohort, entry: Outcome, method: str | None) -> None:
    if method is None:
        return
    if method in AVERAGES:
        raise UsageError(
            f"{method} takes every reading for a patient of its own, and leaves the start out.",
            fix=f"leave method out, or choose from {', '.join(METHODS)}",
        )
    known(method, list(METHODS), "method")
    _check_kind(cohort, entry.id, method)


def _check_kind(cohort: Cohort, outcome: str, method: str) -> None:
    """A method that would give a number of another meaning is refused, as in a plan; responders are yes / no."""
    entry = cohort.outcome(outcome)
    if entry.kind in KINDS[method] or (method == "standardised_risk" and entry.responder is not None):
        return
    fitting = ", ".join(each for each, kinds in KINDS.items() if entry.kind in kinds)
    raise UsageError(
        f"{method} analyses {' or '.join(KINDS[method])} outcomes, {outcome} is {entry.kind}.",
        fix=f"choose from {fitting}",
    )


def _check_pairs(cohort: Cohort, population: str, method: str) -> None:
    if fits(cohort, population, method):
        return
    if is_paired(cohort, population):
        raise UsageError(
            f"{method} would treat the two sides of a patient as two patients.",
            fix="use paired_difference, which compares the sides within each patient",
        )
    raise UsageError(
        "paired_difference needs different treatments on the sides of a patient; these patients have one.",
        fix="leave method out: the fitting one is chosen",
    )
