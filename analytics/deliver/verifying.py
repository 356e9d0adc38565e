"""``outcomes verify``: a report folder against its receipt, and against its data computed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from analytics.deliver.inputs import Progress, read_sources
from analytics.deliver.report import Stored, addressed, run_of, shuffled, sifted_until
from analytics.domain.dataset import Sifted
from analytics.domain.date_format import as_date
from analytics.domain.errors import PlanRefused
from analytics.domain.run import Run
from analytics.intake.derive import derive
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
    folder: Path,
    sources: Sequence[Path] = (),
    mappings: Sequence[Any] = (),
    *,
    stored: Stored | None = None,
    progress: Progress = None,
) -> Verified:
    """Compare ``folder`` with its receipt and, where ``sources`` are given, with its data computed again.

    ``stored``: gives the rows of a store up to a cut-off, in place of ``sources``. Raises DataRefused where there is
    no report, or data that cannot be used.
    """
    folder = Path(folder)
    known = receipt_of(folder)
    found = list(folder_differences(folder))
    numbers = 0
    if (sources or stored is not None) and not any(one.where.startswith("run/") for one in found):
        sealed = open_sealed(folder)
        numbers = len(sealed.results)
        found += _again(sealed, stored or _read(sources, mappings, progress), progress)
    return Verified(str(known.get("run_id", "")), len(listed_in(known)) + 1, numbers, tuple(found))


def _read(sources: Sequence[Path], mappings: Sequence[Any], progress: Progress) -> Stored:
    return partial(sifted_until, read_sources(sources, mappings, progress=progress))


def _judged_as_then(sealed: Run, taken: Stored) -> Sifted:
    """The rows judged by the cut-off that was asked for then: one filled in from the data never made a row a fault.

    An outside copy does not tell what was asked for: there a cut-off at the last date counts as filled in.
    """
    if "cutoff_asked" in sealed.facts:
        return taken(as_date(sealed.facts["cutoff_asked"]))
    cutoff = sealed.plan.data.cutoff
    sifted = taken(None)
    filled_in = sifted.last_date is not None and sifted.last_date.date() == cutoff
    return sifted if cutoff is None or filled_in else taken(cutoff)


def _again(sealed: Run, taken: Stored, progress: Progress) -> list[Difference]:
    sifted = _judged_as_then(sealed, taken)
    if sealed.facts.get("mock"):
        sifted = shuffled(sifted, sealed.plan)
    try:
        cohort = derive(sifted, sealed.plan, planned=bool(sealed.facts["planned"]))
    except PlanRefused as error:
        return [Difference("plan", f"cannot be applied to these data: {error.message}")]
    stated = {name: sealed.facts[name] for name in ("audience", "mock", "log") if name in sealed.facts}
    again = addressed(run_of(cohort, stated=stated, progress=progress)).run
    if "looks" in sealed.tables:  # what somebody looked at is no number of the data
        again = replace(again, tables={**again.tables, "looks": sealed.tables["looks"]})
    return list(chain(input_differences(sealed, again), result_differences(sealed, again)))
