"""One protocol sentence per estimand: population, treatments, variable, events, summary measure (ICH E9 R1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.domain.block import Runs
from analytics.domain.cohort import Estimand
from analytics.domain.finding import Findings
from analytics.domain.plan import OutcomePlan, Plan
from analytics.domain.run import Run
from analytics.show import names
from analytics.show.numbers import planned
from analytics.show.orient import margin_of
from analytics.show.runs import NBSP, capital, listed, lower, name, runs, words
from analytics.show.stories import Evidence, evidence
from schemas.vocabulary import Outcome, Vocabulary

EVENTS = {
    "switch": "going over to another treatment", "stop": "stopping early",
    "new_skin_drug": "starting another skin drug",
    "adverse_event": "an adverse event", "pregnancy": "pregnancy", "sunburn": "sunburn",
}  # fmt: skip
STRATEGIES = {
    "treatment_policy": "readings count whatever happened in between",
    "hypothetical": "readings count as if it had not happened: those after it are left out",
    "while_on_treatment": "only readings before it count",
    "composite": "it counts as no response",
}
SUMMARIES = {
    "difference": "the difference in averages", "ratio": "the ratio of typical values",
    "rate_ratio": "the ratio of counts",
    "odds_ratio": "the common odds ratio of a higher grade, and beside it the chance of doing better",
    "risk_difference": "the difference in the share of patients", "risk_ratio": "the ratio of shares",
    "win_probability": "the chance of doing better",
}  # fmt: skip
FAMILIES = {"max_t": "single-step maximum t"}


def protocol_sentence(item: Estimand | Mapping[str, Any], source: Evidence | Run | Findings) -> Runs:
    """The estimand, or the estimand of a findings row, as one sentence."""
    source = evidence(source)
    row = item if isinstance(item, Mapping) else vars(item)
    outcome = source.vocabulary.outcomes[row["outcome"]]
    return runs(
        _population(source, row), ", ", _treatments(source), " compared on ", _variable(source, outcome, row), " by ",
        _summary(row, outcome), " (", names.method_words(row["method"]), ")", _adjustment(source, outcome, row), "; ",
        _intercurrent(source, item), "; ", _inference(source, outcome, row), ".",
    )  # fmt: skip


def _population(source: Evidence, row: Mapping[str, Any]) -> Runs:
    arms = names.arms(source, source.plan.arms, "or") if source.plan.arms else runs("a treatment of the plan")
    who = runs("patients") if row["population"] == "all" else names.population(source, row["population"])
    return runs("Among ", who, " whose first course was ", arms)


def _variable(source: Evidence, outcome: Outcome, row: Mapping[str, Any]) -> Runs:
    what = name(lower(outcome.label), f"vocabulary.outcomes.{outcome.id}.label")
    response = "the change in " if row["adjustment"] == "change_score" else ""
    return runs(response, what, " at ", names.visit(source, float(row["visit"])))


def _treatments(source: Evidence) -> Runs:
    if source.plan.reference is not None:
        return runs("every other treatment and ", names.arm(source, source.plan.reference), " are")
    return runs("the treatments are" if len(source.plan.arms) == 2 else "all pairs of treatments are")


FIRST = {"negative_binomial": "rate_ratio", "cumulative_logit": "odds_ratio", "standardised_risk": "risk_difference"}


def _measure(row: Mapping[str, Any], outcome: Outcome) -> str:
    """The measure that bears the verdict."""
    logged = outcome.kind == "positive" or (row["method"] == "mmrm" and outcome.kind == "count")
    plain = "ratio" if logged else "difference"
    return str(row.get("measure") or FIRST.get(row["method"], plain))


def _summary(row: Mapping[str, Any], outcome: Outcome) -> str:
    measure = _measure(row, outcome)
    return SUMMARIES.get(measure, measure.replace("_", " "))


def _adjustment(source: Evidence, outcome: Outcome, row: Mapping[str, Any]) -> Runs:
    items = [
        name(lower(names.column_label(source, c)), f"vocabulary.columns.{c}.label") for c in names.covariates(source)
    ]
    start = runs("the reading at the start")
    kept = {
        "none": [], "change_score": items,
        "covariates": items + ([start] if outcome.baseline != "none" else []),
    }.get(row["adjustment"])  # fmt: skip
    if kept is None:
        return runs(", ", row["adjustment"].replace("_", " "))
    return runs(" after adjustment for ", listed(kept)) if kept else runs(" without adjustment")


def _intercurrent(source: Evidence, item: Estimand | Mapping[str, Any]) -> Runs:
    """Which event is handled how, the plan's events grouped by strategy."""
    chosen = dict(item.strategies) if isinstance(item, Estimand) else {}
    chosen = chosen or source.plan.intercurrent.model_dump()
    parts = []
    for strategy in STRATEGIES:
        events = [EVENTS.get(event, event) for event, how in chosen.items() if how == strategy]
        if events:
            parts.append(runs("after ", listed(events, "or"), ", ", STRATEGIES[strategy]))
    return listed(parts)


def _inference(source: Evidence, outcome: Outcome, row: Mapping[str, Any]) -> Runs:
    level = runs(planned(source.plan.confidence_level, "plan.confidence_level", "hundred trim"), f"{NBSP}%")
    if row.get("analysis", "primary") == "primary" and source.plan.multiplicity != "none":
        family = FAMILIES.get(source.plan.multiplicity, source.plan.multiplicity.replace("_", " "))
        limits = runs(level, " intervals hold for all pairs of this outcome together (", family, ")")
    else:
        limits = runs(level, " intervals, for each pair alone")
    matters = _matters(source, outcome, row)
    return runs(limits, "; ", matters) if matters else limits


def _matters(source: Evidence, outcome: Outcome, row: Mapping[str, Any]) -> Runs:
    measure = _measure(row, outcome)
    margin = margin_of(measure, outcome, source.plan)
    if margin is None:
        return ()
    unit = names.unit(outcome) if measure == "difference" else ()
    return runs(SUMMARY_SHORT.get(measure, "a difference"), " of ", planned(margin.value, margin.ref), unit,
                " is taken to matter")  # fmt: skip


SUMMARY_SHORT = {"rate_ratio": "a ratio", "ratio": "a ratio", "odds_ratio": "an odds ratio", "risk_ratio": "a ratio"}


def plan_sentences(plan: Plan, vocabulary: Vocabulary) -> list[str]:
    """What a plan will compare: one sentence for each outcome it names, then what is allowed for and what counts."""
    source = Evidence({}, plan, vocabulary, {})
    if not plan.outcomes:
        return ["The outcomes are chosen from the data."]
    told = [_intended(source, item, main=item in plan.primary) for item in plan.outcomes]
    allowed = names.adjusted_for(source)
    told.append(runs("Allowed for: ", allowed, ".") if allowed else runs("Nothing is allowed for."))
    told.append(runs(capital(_intercurrent(source, {})), "."))
    return [words(sentence) for sentence in told]


def _intended(source: Evidence, item: OutcomePlan, *, main: bool) -> Runs:
    from analytics.methods import method_for

    outcome, plan = source.vocabulary.outcomes[item.outcome], source.plan
    first = runs("Main outcome: " if main else "Further outcome: ")
    what = name(lower(outcome.label), f"vocabulary.outcomes.{outcome.id}.label")
    if not outcome.averaged:
        return runs(first, what, " is shown and never compared.")
    row = {"outcome": outcome.id, "method": method_for(outcome, item)}
    arms = runs(" between ", names.arms(source, plan.arms)) if plan.arms else ()
    matters = _matters(source, outcome, row)
    return runs(first, what, " at ", names.visit(source, plan.visits.last), arms, ", by ", _summary(row, outcome), " (",
                names.method_words(row["method"]), ")", runs("; ", matters) if matters else (), ".")  # fmt: skip
