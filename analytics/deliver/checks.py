"""What ``outcomes validate`` and ``outcomes plan`` do: look, and say what is wrong before any analysis."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analytics import publish
from analytics.deliver.inputs import Progress, as_date, read_sources
from analytics.domain.dataset import Sifted
from analytics.domain.errors import DataRefused
from analytics.domain.plan_file import dump_plan, load_plan
from analytics.intake.accepted import write_files
from analytics.intake.plans import check_plan, resolve
from analytics.intake.sift import sift
from analytics.reports.receipt import check_receipt


def validate_files(
    sources: Sequence[Path],
    mappings: Sequence[Any],
    *,
    cutoff: str | None = None,
    out: Path | None = None,
    progress: Progress = None,
) -> tuple[Sifted, DataRefused | None]:
    """Sift the sources and, with ``out``, write accepted.parquet, quarantine.csv and receipt.json there.

    A file of which nothing was accepted comes back with the refusal, so that its list of faults is shown and written.
    """
    until = as_date(cutoff)
    if out is not None:
        publish.check_writable(out)
        publish.refuse_report(out)
    data = read_sources(sources, mappings, progress=progress)
    refused = None
    try:
        sifted = sift(data, cutoff=until)
    except DataRefused as error:
        found = getattr(error, "sifted", None)
        if found is None:
            raise
        sifted, refused = found, error
    if out is not None:
        files = write_files(sifted)
        publish.publish(out, {**files, publish.MARK: check_receipt(sifted, files)})
    return sifted, refused


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
