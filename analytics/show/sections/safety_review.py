"""The evidence of the safety review: events apart from expected reactions, over every denominator, never a test."""

from __future__ import annotations

from analytics.domain.block import Block
from analytics.show.runs import note
from analytics.show.stories import Evidence
from analytics.show.tables import care
from analytics.show.tables import safety_review as tables

NOTHING = "No list of adverse events came with the data: nothing can be said about safety, good or bad."


def adverse_events(source: Evidence) -> tuple[Block, ...]:
    """Serious adverse events, then all, per session and per patient."""
    if not source.rows("safety"):
        return (note(NOTHING),)
    return (tables.serious(source), care.safety(source, "adverse"))


def expected_reactions(source: Evidence) -> tuple[Block, ...]:
    """Reactions that belong to the treatment, per session and per patient."""
    return (care.safety(source, "expected"),) if source.rows("safety") else (note(NOTHING),)


def over_time(source: Evidence) -> tuple[Block, ...]:
    """Both classes over the time under treatment."""
    return tables.exposure(source, "adverse"), tables.exposure(source, "expected")


def by_skin_type(source: Evidence) -> tuple[Block, ...]:
    """Both classes by group of skin type."""
    return tables.by_skin(source, "adverse"), tables.by_skin(source, "expected")


def severity(source: Evidence) -> tuple[Block, ...]:
    """Both classes by severity."""
    return tables.severity(source, "adverse"), tables.severity(source, "expected")


def how_long(source: Evidence) -> tuple[Block, ...]:
    """Both classes: days until they were gone."""
    return tables.resolution(source, "adverse"), tables.resolution(source, "expected")


def instructions_kept(source: Evidence) -> tuple[Block, ...]:
    """How often instructions were kept, and what followed where they were and were not."""
    followed = care.instructions(source, "instructions_followed")
    return followed, tables.instructions(source, "adverse"), tables.instructions(source, "expected")
