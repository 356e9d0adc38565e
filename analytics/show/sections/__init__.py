"""Door of the sections: a name, a function from the run's evidence to blocks. A new section is one line in SECTIONS."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analytics.domain.block import Block
from analytics.domain.errors import UsageError
from analytics.domain.run import Run
from analytics.show.display_blocks import Blocks
from analytics.show.sections import evidence, records
from analytics.show.sections.page_one import page_one
from analytics.show.stories import Evidence
from analytics.show.stories import evidence as evidence_of
from schemas.vocabulary import Vocabulary

SECTIONS: Mapping[str, Callable[[Evidence], tuple[Block, ...]]] = {
    "page_one": page_one,
    "flow": evidence.flow,
    "quality": evidence.quality,
    "outcomes": evidence.outcomes,
    "tone_and_elasticity": evidence.tone_and_elasticity,
    "peel_strength": evidence.peel_strength,
    "safety": evidence.safety,
    "consultation": evidence.consultation,
    "eligibility": evidence.eligibility,
    "methods": records.methods,
    "glossary": records.glossary,
    "plan": records.plan,
    "receipt": records.receipt,
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
