"""Looking at a value at the prompt: a cohort described, findings as a table, a figure or a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from threadpoolctl import threadpool_limits

from analytics.analysis.whole import glimpsed
from analytics.deliver import looked
from analytics.deliver.kept import kept
from analytics.domain.block import Block
from analytics.domain.cohort import Cohort
from analytics.domain.errors import UsageError
from analytics.domain.expected import expect
from analytics.domain.finding import Findings
from analytics.domain.power import Power
from analytics.domain.run import tidy
from analytics.repeated.value import RepeatedFit
from analytics.show import figures, names, tables, words
from analytics.show.display_blocks import Blocks
from analytics.show.figures.model import model_view
from analytics.show.series import measured as measured_series
from analytics.show.stories import ANALYSES, Evidence, evidence, group_stories, story
from schemas.vocabulary import Vocabulary


def looked_at(cohort: Cohort) -> Evidence:
    """The tables without a model, as words and figures read them; described once per cohort."""
    found, _ = kept("describe", (cohort,), (), lambda: _glimpsed(cohort))
    facts = {"rows": dict(cohort.sifted.rows), "covariates": tuple(cohort.covariates), "style": cohort.style}
    return Evidence(dict(found), cohort.plan, cohort.vocabulary, facts)


def _glimpsed(cohort: Cohort) -> dict[str, Any]:
    with threadpool_limits(1):
        return {name: tidy(frame) for name, frame in glimpsed(cohort).items()}


def describe_cohort(cohort: Cohort) -> Blocks:
    """Flow, arms, baseline and what was measured of every primary outcome."""
    expect("describe", cohort, Cohort)
    source = looked_at(cohort)
    blocks = [*tables.flow(source), tables.arms(source), tables.baseline(source)]
    blocks += [tables.measured(source, source.outcome(item.outcome)) for item in cohort.plan.primary]
    looked.averaged(cohort, [item.outcome for item in cohort.plan.primary], cohort.populations)
    return Blocks(tuple(blocks))


def table_value(value: Findings | Cohort) -> Blocks:
    """Findings as contrasts, one table per outcome; a cohort as its flow."""
    expect("table", value, Findings, Cohort)
    if isinstance(value, Cohort):
        return Blocks(tuple(tables.flow(looked_at(value))))
    source = evidence(value)
    names = dict.fromkeys(row["outcome"] for row in source.rows("findings"))
    made = [
        tables.contrasts(source, source.outcome(name), ANALYSES, caption="Comparisons", table=f"contrasts-{name}")
        for name in names
    ]
    return Blocks((*(block for block in made if block is not None), *_interactions(source, value)))


def _interactions(source: Evidence, findings: Findings) -> list[Block]:
    """Whether the levels of a column differ, where the findings look within them."""
    rows = findings.interactions.to_dict("records")
    column = rows[0]["population"] if rows else ""
    return [tables.interactions(source, rows, names.column_label(source, column))] if rows else []


def plot_value(
    value: Findings | Cohort | RepeatedFit | Power,
    *,
    outcome: str | None = None,
    view: str | None = None,
    ax: Any = None,
    theme: Mapping[str, Any] | None = None,
) -> Any:
    """The picture of a value, in the colours of ``theme``; on ``ax`` where it is given."""
    from analytics.show.figures.compose import onto, themed

    picture = themed(_picture(value, outcome, view), theme)
    return picture if ax is None else onto(picture, ax)


def _picture(value: Any, outcome: str | None, view: str | None) -> Any:
    """A forest plot of findings, the trajectories of a cohort's outcome (default: the first primary one), a view of
    a repeated-measures fit (default: its means), or the curve of a power."""
    expect("plot", value, Findings, Cohort, RepeatedFit, Power)
    if isinstance(value, (RepeatedFit, Power)) and outcome is not None:
        raise UsageError(f"A {type(value).__name__} has one outcome only.", fix="leave outcome= out")
    if isinstance(value, RepeatedFit):
        return model_view(value, view)
    if view is not None:
        raise UsageError(f"view={view!r} is for a fit of fit_mmrm.", fix="leave view= out")
    if isinstance(value, Power):
        from analytics.show.figures.power import power

        return power(value)
    return _forest(value, outcome) if isinstance(value, Findings) else _trajectory(value, outcome)


def _trajectory(cohort: Cohort, outcome: str | None) -> Any:
    source = looked_at(cohort)
    named = [item.outcome for item in cohort.plan.outcomes]
    chosen = source.outcome(_one(outcome, named))
    lines = measured_series(source, chosen, cohort.populations[0])
    if lines is None:
        raise UsageError(f"{chosen.label} was not read at any visit of the plan: there is nothing to draw.")
    looked.averaged(cohort, [chosen.id], cohort.populations[:1])
    return figures.trajectory(source, lines, stem=f"trajectory-{chosen.id}")


def _forest(findings: Findings, outcome: str | None) -> Any:
    rows = findings.frame
    chosen = _one(outcome, list(dict.fromkeys(rows["outcome"])))
    visit = float(rows.loc[rows["outcome"] == chosen, "visit"].max())
    source = evidence(findings)
    main = story(source, chosen, visit)
    groups = [main, *main.others] if main.rows else group_stories(source, chosen, visit)
    everybody = [each.population for each in groups] == ["all"]
    stem = f"forest-{chosen}"
    drawn = figures.forest(main, stem=stem) if everybody else figures.forest_levels(groups, stem=stem)
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
    expect("sentence", findings, Findings)
    return words.sentence(findings)
