"""The evidence of the consultation review: what was advised and given, to whom, and what followed. Never a test."""

from __future__ import annotations

from analytics.domain.block import Block
from analytics.show.runs import note
from analytics.show.stories import Evidence
from analytics.show.tables import care
from analytics.show.tables import consultation_review as tables

NOTHING = "What was recommended was not recorded, so it cannot be set beside what was given."


def advised_and_given(source: Evidence) -> tuple[Block, ...]:
    """Skin type and concern by recommended and delivered treatment."""
    return tuple(tables.mix(source, by, kind) for by in tables.BY for kind in tables.KINDS)


def who_got_it(source: Evidence) -> tuple[Block, ...]:
    """Recommended against given, and the share that got it."""
    if not source.rows("consultation", table="recommended"):
        return (note(NOTHING),)
    return care.recommended(source), tables.agreement(source)


def outcomes_by_concordance(source: Evidence) -> tuple[Block, ...]:
    """Outcomes where the recommended treatment was given, and where another was."""
    return (tables.outcomes(source, "concordance"),)


def instructions_told(source: Evidence) -> tuple[Block, ...]:
    """Instructions given, and kept by those who were given any."""
    return care.instructions(source, "instructions_given"), care.instructions(source, "instructions_followed")


def outcomes_by_instructions(source: Evidence) -> tuple[Block, ...]:
    """Outcomes where instructions were kept and where they were not."""
    return (tables.outcomes(source, "instructions_followed"),)


def reactions_by_instructions(source: Evidence) -> tuple[Block, ...]:
    """Reactions and events where instructions were kept and where they were not."""
    from analytics.show.tables import safety_review

    return safety_review.instructions(source, "expected"), safety_review.instructions(source, "adverse")
