"""What arms, outcomes, visits and units are called inside a sentence; names come from the vocabulary or the plan."""

from __future__ import annotations

from analytics.domain.block import Runs
from analytics.domain.finding import MEASURE_WORDS, METHOD_WORDS
from analytics.show.numbers import number, planned
from analytics.show.runs import NBSP, capital, listed, lower, name, runs
from analytics.show.stories import Evidence, Story
from schemas.outcomes import DEFAULT_PRIMARY
from schemas.vocabulary import Outcome

DOMAIN_NAMES = {
    "texture": "texture", "breakouts": "breakouts", "absorption": "product absorption", "barrier": "the skin barrier",
    "tone": "skin tone", "elasticity": "elasticity",
}  # fmt: skip
# units that read badly after a number in a sentence
UNIT_WORDS = {
    "": "points", "grade": "grade points", "%": "percentage points", "% of dose": "percentage points", "a.u.": "units",
    "ratio": "points", "percentile": "percentile points",
}  # fmt: skip


def arm(source: Evidence, arm_id: str) -> Runs:
    """The arm's label as it stands inside a sentence."""
    return _arm(source, arm_id, "label")


def arm_short(source: Evidence, arm_id: str) -> Runs:
    """The arm's short label as it stands inside a sentence."""
    return _arm(source, arm_id, "short_label")


def arm_label(source: Evidence, arm_id: str) -> Runs:
    """The arm's label as it stands in a table."""
    entry = source.vocabulary.treatments.get(arm_id)
    return name(entry.label if entry else arm_id, f"vocabulary.treatments.{arm_id}.label")


def arm_title(source: Evidence, arm_id: str) -> Runs:
    """The arm's short label as it stands in a figure or at the head of a column."""
    return capital(_arm(source, arm_id, "short_label"))


def _arm(source: Evidence, arm_id: str, field: str) -> Runs:
    entry = source.vocabulary.treatments.get(arm_id)
    text = (getattr(entry, field) or entry.label) if entry else arm_id
    return name(lower(text), f"vocabulary.treatments.{arm_id}.{field}")


def arms(source: Evidence, ids: tuple[str, ...], last: str = "and") -> Runs:
    """ "microdermabrasion, chemical peel and dermal roller"."""
    return listed([arm(source, each) for each in ids], last)


def how_many_arms(source: Evidence, ids: tuple[str, ...]) -> Runs:
    """ "all three treatments", "both treatments"."""
    if len(ids) == 2:
        return runs("both treatments")
    return runs("all ", number(len(ids), "word", ref="plan.arms", kind="P"), " treatments")


def label(outcome: Outcome) -> Runs:
    """The outcome's label as it stands in a table or a heading."""
    return name(outcome.label, f"vocabulary.outcomes.{outcome.id}.label")


def subject_label(outcome: Outcome) -> Runs:
    """The outcome's label as it stands inside a sentence."""
    return name(lower(outcome.label), f"vocabulary.outcomes.{outcome.id}.label")


def things(outcome: Outcome) -> Runs:
    """What is counted or measured, inside a sentence."""
    return name(lower(outcome.short_label or outcome.label), f"vocabulary.outcomes.{outcome.id}.short_label")


def subject(source: Evidence, outcome: Outcome) -> Runs:
    """What a sentence is about: the domain where a usual primary outcome alone stands for it, else the outcome itself.

    A clinic's own outcome keeps its name: what it says about texture is for the reader to judge.
    """
    primary = [source.vocabulary.outcomes[item.outcome] for item in source.plan.primary]
    alone = [o.id for o in primary if o.domain == outcome.domain] == [outcome.id]
    if alone and outcome.id in DEFAULT_PRIMARY:
        return runs(DOMAIN_NAMES[outcome.domain])
    return name(lower(outcome.label), f"vocabulary.outcomes.{outcome.id}.label")


def unit(outcome: Outcome) -> Runs:
    """The unit after a number; a space stands in front."""
    return runs(" ", name(UNIT_WORDS.get(outcome.unit, outcome.unit), f"vocabulary.outcomes.{outcome.id}.unit"))


def visit(source: Evidence, value: float) -> Runs:
    """ "week 12", or "visit 3" where the file counts visits."""
    if value == 0:
        return runs("the start")
    ref = "plan.visits.last" if value == source.plan.visits.last else "plan.visits.weeks"
    word = "visit" if counts_visits(source) else "week"
    return runs(f"{word}{NBSP}", planned(value, ref))


def counts_visits(source: Evidence) -> bool:
    """Whether the file counts visits instead of dating them; a run without a cut-off that does not say may do so."""
    undated = "cutoff" in source.facts and source.facts["cutoff"] is None
    return source.facts.get("style", "trial" if undated else "dated") == "trial"


def when(story: Story) -> Runs:
    """ "by week 12"; an outcome without a baseline is "at week 12"."""
    at = "at " if story.outcome.baseline == "none" or counts_visits(story.evidence) else "by "
    return runs(at, visit(story.evidence, story.visit))


def population(source: Evidence, text: str) -> Runs:
    """A population in words: everybody, one design, or one level of a column."""
    words = {
        "all": "all patients",
        "design=parallel": "patients with a single treatment",
        "design=split_face": "patients with different treatments on their sides",
    }
    if text in words:
        return runs(words[text])
    column, _, level = text.partition("=")
    entry = source.vocabulary.columns.get(column)
    return runs(name(lower(entry.label if entry else column)), ": ", name(level))


def column_label(source: Evidence, column: str) -> str:
    """The label of a covariate or column, or its own name."""
    entry = source.vocabulary.columns.get(column)
    return entry.label if entry else column.replace("_", " ")


def covariates(source: Evidence) -> tuple[str, ...]:
    """The covariates in force: what the run says it used, else the plan's."""
    return tuple(source.facts.get("covariates", source.plan.covariates))


def adjusted_for(source: Evidence, *, baseline: bool = True) -> Runs:
    """ "age, skin type and starting condition"; empty where nothing was allowed for."""
    items = [name(lower(column_label(source, c)), f"vocabulary.columns.{c}.label") for c in covariates(source)]
    items += [runs("starting condition")] if baseline else []
    return listed(items) if source.plan.primary_estimator == "adjusted" else ()


def condition(condition_id: str) -> Runs:
    """A condition of the eligibility policy inside a sentence."""
    from schemas.eligibility import POLICY

    label = next((entry.label for entry in POLICY if entry.id == condition_id), str(condition_id).replace("_", " "))
    return name(label, f"policy.{condition_id}")


def method_words(method: str) -> str:
    """A method's name as the methods section gives it."""
    return METHOD_WORDS.get(method, method.replace("_", " "))


def measure_words(measure: str) -> str:
    """A measure's name for a table."""
    return MEASURE_WORDS.get(measure, measure.replace("_", " "))
