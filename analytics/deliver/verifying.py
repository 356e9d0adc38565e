"""``outcomes verify``: a report folder against its receipt, and against its data computed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from analytics.deliver.inputs import Progress, read_sources
from analytics.deliver.report import addressed, run_of, shuffled
from analytics.domain.errors import PlanRefused
from analytics.domain.run import Run
from analytics.intake.derive import derive
from analytics.intake.sift import sift
from analytics.reports.sealed import open_sealed
from analytics.reports.verify import (
    Difference,
    folder_differences,
    input_differences,
    listed_in,
    receipt_of,
    result_differences,
)


@dataclass(frozen=True, eq=False)
class Verified:
    """``files`` and ``numbers`` compared (0: hashes only); ``differences`` in the order in which they were found."""

    run_id: str
    files: int
    numbers: int
    differences: tuple[Difference, ...]


def verify_report(
    folder: Path, sources: Sequence[Path] = (), mappings: Sequence[Any] = (), *, progress: Progress = None
) -> Verified:
    """Compare ``folder`` with its receipt and, where ``sources`` are given, with its data computed again.

    Raises DataRefused where there is no report, or data that cannot be used.
    """
    folder = Path(folder)
    known = receipt_of(folder)
    found = list(folder_differences(folder))
    numbers = 0
    if sources and not any(one.where.startswith("run/") for one in found):
        sealed = open_sealed(folder)
        numbers = len(sealed.results)
        found += _again(sealed, sources, mappings, progress)
    return Verified(str(known.get("run_id", "")), len(listed_in(known)) + 1, numbers, tuple(found))


def _again(sealed: Run, sources: Sequence[Path], mappings: Sequence[Any], progress: Progress) -> list[Difference]:
    data = read_sources(sources, mappings, progress=progress)
    sifted = sift(data, cutoff=sealed.plan.data.cutoff)
    if sealed.facts.get("mock"):
        sifted = shuffled(sifted, sealed.plan)
    try:
        cohort = derive(sifted, sealed.plan, planned=bool(sealed.facts["planned"]))
    except PlanRefused as error:
        return [Difference("plan", f"cannot be applied to these data: {error.message}")]
    stated = {name: sealed.facts[name] for name in ("audience", "mock") if name in sealed.facts}
    again = addressed(run_of(cohort, stated=stated, progress=progress)).run
    return list(chain(input_differences(sealed, again), result_differences(sealed, again)))
