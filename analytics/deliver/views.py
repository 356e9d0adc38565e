"""Looking at a value at the prompt: a cohort described, findings as a table, a figure or a sentence."""

from __future__ import annotations

from typing import Any

from threadpoolctl import threadpool_limits

from analytics.analysis.whole import described
from analytics.domain.cohort import Cohort
from analytics.domain.errors import UsageError
from analytics.domain.finding import Findings
from analytics.domain.run import tidy
from analytics.repeated.value import RepeatedFit
from analytics.show import figures, tables, words
from analytics.show.display_blocks import Blocks
from analytics.show.figures.model import model_view
from analytics.show.series import measured as measured_series
from analytics.show.stories import ANALYSES, Evidence, evidence, group_stories, story
from schemas.vocabulary import Vocabulary


def looked_at(cohort: Cohort) -> Evidence:
    """The tables without a model, as words and figures read them."""
    with threadpool_limits(1):
        found = {name: tidy(frame) for name, frame in described(cohort).items()}
    facts = {"rows": dict(cohort.sifted.rows), "covariates": tuple(cohort.covariates), "style": cohort.style}
    return Evidence(found, cohort.plan, cohort.vocabulary, facts)


def describe_cohort(cohort: Cohort) -> Blocks:
    """Flow, arms, baseline and what was measured of every primary outcome."""
    source = looked_at(cohort)
    blocks = [*tables.flow(source), tables.arms(source), tables.baseline(source)]
    blocks += [tables.measured(source, source.outcome(item.outcome)) for item in cohort.plan.primary]
    return Blocks(tuple(blocks))


def table_value(value: Findings | Cohort) -> Blocks:
    """Findings as contrasts, one table per outcome; a cohort as its flow."""
    if isinstance(value, Cohort):
        return Blocks(tuple(tables.flow(looked_at(value))))
    source = evidence(value)
    names = dict.fromkeys(row["outcome"] for row in source.rows("findings"))
    made = [
        tables.contrasts(source, source.outcome(name), ANALYSES, caption="Comparisons", table=f"contrasts-{name}")
        for name in names
    ]
    return Blocks(tuple(block for block in made if block is not None))


def plot_value(value: Findings | Cohort | RepeatedFit, *, outcome: str | None = None, view: str | None = None) -> Any:
    """A forest plot of findings, the trajectories of a cohort's outcome (default: the first primary one), or a view of
    a repeated-measures fit (default: its means)."""
    if isinstance(value, RepeatedFit):
        if outcome is not None:
            raise UsageError("A fit has one outcome only.", fix="leave outcome= out")
        return model_view(value, view)
    if view is not None:
        raise UsageError(f"view={view!r} is for a fit of fit_mmrm.", fix="leave view= out")
    if isinstance(value, Findings):
        return _forest(value, outcome)
    source = looked_at(value)
    chosen = source.outcome(_one(outcome, [item.outcome for item in value.plan.outcomes]))
    lines = measured_series(source, chosen, value.populations[0])
    if lines is None:
        raise UsageError(f"{chosen.label} was not read at any visit of the plan: there is nothing to draw.")
    return figures.trajectory(source, lines, stem=f"trajectory-{chosen.id}")


def _forest(findings: Findings, outcome: str | None) -> Any:
    rows = findings.frame
    chosen = _one(outcome, list(dict.fromkeys(rows["outcome"])))
    visit = float(rows.loc[rows["outcome"] == chosen, "visit"].max())
    source = evidence(findings)
    main = story(source, chosen, visit)
    for each in (main, *main.others, *group_stories(source, chosen, visit)):
        drawn = figures.forest(each, stem=f"forest-{chosen}")
        if drawn is not None:
            return drawn
    raise UsageError(f"No comparison of {chosen} could be estimated: there is nothing to draw.")


def _one(outcome: str | None, among: list[str]) -> str:
    if outcome is None:
        return among[0]
    if outcome not in among:
        near = Vocabulary.nearest(outcome, among) or tuple(among)
        raise UsageError(f"There is no outcome {outcome!r} here.", fix=f"choose from {', '.join(near)}")
    return outcome


def sentence_value(findings: Findings) -> str:
    """The findings in words."""
    return words.sentence(findings)
