"""A question asked at the prompt: answered like a planned one, marked exploratory, refused where it makes no sense."""

from __future__ import annotations

from collections.abc import Sequence

from threadpoolctl import threadpool_limits

from analytics.analysis.answers import answer
from analytics.analysis.questions import is_paired, levels, only, question
from analytics.analysis.rows import arm_means_frame, findings_frame
from analytics.domain.cohort import Cohort
from analytics.domain.errors import UsageError
from analytics.domain.finding import Findings
from analytics.intake.derive import derive
from analytics.intake.plan_names import usable_columns
from analytics.methods import KINDS, METHODS
from schemas.vocabulary import Vocabulary

ADJUSTMENTS = ("covariates", "change_score", "none")
PAIRED_METHODS = ("paired_difference", "negative_binomial", "fractional_logit", "cumulative_logit", "standardised_risk")


def ask(
    cohort: Cohort,
    *,
    outcome: str,
    by: str | None = None,
    visit: float | None = None,
    method: str | None = None,
    measure: str | None = None,
    adjust: str | None = None,
) -> Findings:
    """The exploratory comparison of one outcome; see ``analytics.compare``."""
    week = cohort.plan.visits.last if visit is None else float(visit)
    _check(cohort, outcome=outcome, by=by, visit=week, method=method, adjust=adjust)
    plan = cohort.plan
    if by is not None and by not in cohort.members:
        with_group = plan.model_copy(update={"subgroups": (*plan.subgroups, by)})
        cohort = derive(cohort.sifted, with_group, planned=cohort.planned)
    populations = cohort.populations if by is None else tuple(f"{by}={level}" for level in levels(cohort, by))
    found = []
    with threadpool_limits(1):
        for population in populations:
            asked = question(
                cohort, cohort.plan.item(outcome), population=population, visit=week, analysis="exploratory"
            )
            chosen = (method or asked.estimators[0][0], adjust or asked.estimators[0][1])
            _check_pairs(cohort, population, chosen[0])
            found.append(answer(cohort, only(cohort, asked, *chosen)))
    frame = findings_frame(found)
    if measure is not None:
        _known(measure, list(dict.fromkeys(frame["measure"])), "measure of this method")
        frame = frame[frame["measure"] == measure].reset_index(drop=True)
    return Findings(frame, arm_means_frame(found), cohort.vocabulary, plan, tuple(cohort.covariates), cohort.style)


def _known(name: str, among: Sequence[str], what: str) -> None:
    if name not in among:
        near = Vocabulary.nearest(name, among) or tuple(among)
        raise UsageError(f"{name!r} is no {what}.", fix=f"choose from {', '.join(near)}")


def _check(
    cohort: Cohort, *, outcome: str, by: str | None, visit: float, method: str | None, adjust: str | None
) -> None:
    read = list(dict.fromkeys(cohort.table["outcome"]))
    _known(outcome, [o for o in cohort.vocabulary.outcomes if o in read], "outcome of these data")
    if not cohort.outcome(outcome).averaged:
        raise UsageError(
            f"{outcome} is shown, never averaged: a place among other people has no mean and no difference.",
            fix="compare the underlying score or count instead",
        )
    if by is not None:
        _known(by, usable_columns(cohort.sifted), "column of these data that makes groups of patients")
    if visit not in cohort.plan.visits.weeks:
        weeks = ", ".join(f"{week:g}" for week in cohort.plan.visits.weeks)
        raise UsageError(f"There is no visit {visit:g} in the plan.", fix=f"choose from {weeks}")
    if method is not None:
        _known(method, list(METHODS), "method")
        _check_kind(cohort, outcome, method)
    if adjust is not None:
        _known(adjust, list(ADJUSTMENTS), "adjustment")


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
    paired = is_paired(cohort, population)
    if paired and method not in PAIRED_METHODS:
        raise UsageError(
            f"{method} would treat the two sides of a patient as two patients.",
            fix="use paired_difference, which compares the sides within each patient",
        )
    if method == "paired_difference" and not paired:
        raise UsageError(
            "paired_difference needs different treatments on the sides of a patient; these patients have one.",
            fix="leave method out: the fitting one is chosen",
        )
