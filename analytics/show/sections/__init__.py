"""Door of the sections: a name, a function from the run's evidence to blocks. A new section is one line in SECTIONS."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analytics.domain.block import Block
from analytics.domain.errors import UsageError
from analytics.domain.run import Run
from analytics.show.display_blocks import Blocks
from analytics.show.sections import (
    changes,
    clinic_benchmark,
    consultation_review,
    data_quality,
    evidence,
    records,
    safety_review,
)  # fmt: skip
from analytics.show.sections.appendix import methods_appendix
from analytics.show.sections.checklist import checklist
from analytics.show.sections.clinic_benchmark_page import clinic_benchmark_page_one
from analytics.show.sections.consultation_review_page import consultation_review_page_one
from analytics.show.sections.data_quality_page import data_quality_page_one
from analytics.show.sections.looks import looks
from analytics.show.sections.page_one import page_one
from analytics.show.sections.safety_page import safety_page_one
from analytics.show.stories import Evidence
from analytics.show.stories import evidence as evidence_of
from schemas.vocabulary import Vocabulary

SECTIONS: Mapping[str, Callable[[Evidence], tuple[Block, ...]]] = {
    "page_one": page_one,
    "flow": evidence.flow,
    "quality": evidence.quality,
    "outcomes": evidence.outcomes,
    "changes": changes.changes,
    "log": looks,
    "tone_and_elasticity": evidence.tone_and_elasticity,
    "peel_strength": evidence.peel_strength,
    "safety": evidence.safety,
    "consultation": evidence.consultation,
    "eligibility": evidence.eligibility,
    "methods": records.methods,
    "methods_appendix": methods_appendix,
    "glossary": records.glossary,
    "plan": records.plan,
    "checklist": checklist,
    "receipt": records.receipt,
    "data_quality_page_one": data_quality_page_one,
    "rows_received": data_quality.rows_received,
    "faults": data_quality.faults,
    "repairs": data_quality.repairs,
    "missing_readings": data_quality.missing_readings,
    "rater_drift": data_quality.rater_drift,
    "rounded_and_copied": data_quality.rounded_and_copied,
    "clinic_tasks": data_quality.clinic_tasks,
    "safety_page_one": safety_page_one,
    "adverse_events": safety_review.adverse_events,
    "expected_reactions": safety_review.expected_reactions,
    "over_time": safety_review.over_time,
    "by_skin_type": safety_review.by_skin_type,
    "severity": safety_review.severity,
    "how_long": safety_review.how_long,
    "instructions_kept": safety_review.instructions_kept,
    "clinic_benchmark_page_one": clinic_benchmark_page_one,
    "benchmark_clinics": clinic_benchmark.benchmark_clinics,
    "benchmark_providers": clinic_benchmark.benchmark_providers,
    "benchmark_spread": clinic_benchmark.benchmark_spread,
    "consultation_review_page_one": consultation_review_page_one,
    "advised_and_given": consultation_review.advised_and_given,
    "who_got_it": consultation_review.who_got_it,
    "outcomes_by_concordance": consultation_review.outcomes_by_concordance,
    "instructions_told": consultation_review.instructions_told,
    "outcomes_by_instructions": consultation_review.outcomes_by_instructions,
    "reactions_by_instructions": consultation_review.reactions_by_instructions,
}
ONE = "outcome:"  # outcome:texture_grade is the section of one outcome


def section(run: Run, name: str) -> tuple[Block, ...]:
    """The blocks of one section of the report; ``outcome:ID`` for a single outcome.

    Raises UsageError for a name that is no section, and for an outcome that the run does not know.
    """
    source = evidence_of(run)
    if name.startswith(ONE):
        wanted = name.removeprefix(ONE)
        if wanted not in source.vocabulary.outcomes:
            raise _unknown(name, "outcome", wanted, source.vocabulary.outcomes)
        return evidence.outcome(source, wanted)
    if name not in SECTIONS:
        raise _unknown(name, "section", name, SECTIONS)
    return SECTIONS[name](source)


def display(run: Run, name: str) -> Blocks:
    """A section as a cell of a notebook returns it."""
    return Blocks(section(run, name))


def _unknown(asked: str, kind: str, wanted: str, among: Mapping[str, object]) -> UsageError:
    near = Vocabulary.nearest(wanted, among) or tuple(among)
    return UsageError(
        f"section: there is no {kind} {wanted!r} (asked for {asked!r})", fix=f"use one of {', '.join(near)}"
    )
