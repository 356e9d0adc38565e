"""What the front door's verbs put out for a value: a sentence, a table, a figure, a description.

A Cohort's figures and descriptions need the tables of ``analytics.analysis.whole.described(cohort)``, a room above this
one: the caller hands them in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analytics.domain.block import Block
from analytics.domain.cohort import Cohort
from analytics.domain.errors import UsageError
from analytics.domain.finding import Findings
from analytics.show import names, tables
from analytics.show.display_blocks import Blocks
from analytics.show.runs import heading, note
from analytics.show.series import measured
from analytics.show.stories import ANALYSES, Evidence, Story, evidence, group_stories, story
from analytics.show.words import sentence
from schemas.vocabulary import Vocabulary

if TYPE_CHECKING:
    from analytics.show.figures import Picture

PARTS = (("contrasts", "Comparisons", ANALYSES), ("sensitivity", "Other ways of analysing", ("sensitivity",)))
Tables = Mapping[str, pd.DataFrame]


def sentence_value(findings: Findings) -> str:
    """What the findings say, a line for each outcome."""
    return sentence(findings)


def table_value(value: Findings | Cohort) -> Blocks:
    """Findings as tables of contrasts, a Cohort as its flow."""
    if isinstance(value, Cohort):
        return Blocks(tables.flow(_of(value, {"flow": value.flow})))
    source = evidence(value)
    blocks: list[Block] = []
    for outcome in dict.fromkeys(str(row["outcome"]) for row in source.rows("findings")):
        entry = source.outcome(outcome)
        blocks.append(heading(names.label(entry), level=3, anchor=f"outcome-{outcome}"))
        for name, caption, analyses in PARTS:
            found = tables.contrasts(source, entry, analyses, caption=caption, table=f"{name}-{outcome}")
            blocks += [found] if found is not None else []
    return Blocks(tuple(blocks) or (note("There is no comparison in these findings."),))


def plot_value(value: Findings | Cohort, *, outcome: str | None = None, described: Tables | None = None) -> Picture:
    """Findings as a forest plot, a Cohort as medians over the visits (``described``: its tables). Shows once.

    ``outcome``: default the first there is to draw. Raises UsageError where there is nothing to draw.
    """
    if isinstance(value, Cohort):
        return _course(_of(value, described or {}), outcome)
    return _forest(evidence(value), outcome)


def describe_cohort(cohort: Cohort, described: Tables) -> Blocks:
    """Patients at the start, readings by outcome and visit, and who left, before any comparison."""
    source = _of(cohort, {"flow": cohort.flow, **described})
    blocks: list[Block] = [*tables.flow(source), tables.arms(source), tables.baseline(source)]
    for outcome in dict.fromkeys(str(row["outcome"]) for row in source.rows("descriptions")):
        entry = source.outcome(outcome)
        blocks += [heading(names.label(entry), level=3, anchor=f"outcome-{outcome}"), tables.measured(source, entry)]
    return Blocks(blocks)


def _of(cohort: Cohort, found: Tables) -> Evidence:
    return Evidence(dict(found), cohort.plan, cohort.vocabulary, {"style": cohort.style})


def _forest(source: Evidence, outcome: str | None) -> Picture:
    from analytics.show.figures import forest

    rows = [row for row in source.rows("findings") if row["analysis"] in ANALYSES]
    asked = list(dict.fromkeys(str(row["outcome"]) for row in rows))
    for each in _chosen(asked, outcome):
        picture = forest(_first_story(source, each, rows), stem=f"forest-{each}")
        if picture is not None:
            return picture
    raise UsageError("No comparison in these findings could be estimated, so there is nothing to draw.",
                     fix="print(sentence(findings)) says why")  # fmt: skip


def _first_story(source: Evidence, outcome: str, rows: list[dict]) -> Story:
    visits = [float(row["visit"]) for row in rows if row["outcome"] == outcome]
    visit = source.plan.visits.last if source.plan.visits.last in visits else max(visits)
    whole = story(source, outcome, visit)
    return whole if whole.rows else next(iter(group_stories(source, outcome, visit)), whole)


def _course(source: Evidence, outcome: str | None) -> Picture:
    from analytics.show.figures import trajectory

    planned = [item.outcome for item in source.plan.outcomes]
    there = list(dict.fromkeys(str(row["outcome"]) for row in source.rows("descriptions")))
    for each in _chosen([o for o in planned if o in there] + [o for o in there if o not in planned], outcome):
        populations = dict.fromkeys(str(row["population"]) for row in source.rows("descriptions", outcome=each))
        for population in populations:
            lines = measured(source, source.outcome(each), population)
            if lines is not None:
                return trajectory(source, lines, stem=f"trajectory-{each}")
    raise UsageError("This cohort has no readings to draw.", fix="table(cohort) shows where its rows went")


def _chosen(there: list[str], outcome: str | None) -> list[str]:
    if outcome is None:
        return there
    if outcome not in there:
        near = Vocabulary.nearest(outcome, there) or tuple(there)
        raise UsageError(
            f"There is nothing to draw for {outcome!r}.", fix=f"choose from {', '.join(near) or 'nothing'}"
        )
    return [outcome]
