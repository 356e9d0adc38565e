"""What ``outcomes plan`` does: a first plan from the data, and what a plan will compare, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analytics.deliver.inputs import Progress, read_sources
from analytics.domain.plan_file import dump_plan, load_plan
from analytics.intake.plans import check_plan, resolve
from analytics.intake.sift import sift


def draft_plan(sources: Sequence[Path], mappings: Sequence[Any], *, progress: Progress = None) -> str:
    """YAML of the default plan, filled from the data where there are any."""
    if not sources:
        from analytics.intake.plans import blank_plan

        return dump_plan(blank_plan())
    return dump_plan(resolve(None, sift(read_sources(sources, mappings, progress=progress))).plan)


def check_plan_file(path: Path, mappings: Sequence[Any]) -> list[str]:
    """What the plan will compare, in sentences; PlanRefused where it cannot."""
    from analytics.domain.mapping import load_mapping
    from analytics.show.words import plan_sentences
    from schemas.standard import STANDARD

    vocabulary = STANDARD
    for mapping in mappings:
        vocabulary = load_mapping(mapping).vocabulary(vocabulary)
    plan = load_plan(path)
    check_plan(plan, vocabulary)
    return [f"{path.name} is in order.", *plan_sentences(plan, vocabulary), f"Plan hash: {plan.sha256}"]
