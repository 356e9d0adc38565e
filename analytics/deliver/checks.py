"""What ``outcomes validate`` and ``outcomes plan`` do: look, and say what is wrong before any analysis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from analytics import publish
from analytics.apart import apart
from analytics.deliver.garbage import rarely_collected
from analytics.deliver.inputs import Progress, as_date, read_sources
from analytics.domain.dataset import Dataset, Sifted
from analytics.domain.errors import DataRefused
from analytics.domain.plan_file import dump_plan, load_plan
from analytics.intake.accepted import write_files
from analytics.intake.loss import Losses, losses
from analytics.intake.plans import check_plan, resolve
from analytics.intake.sift import sift
from analytics.reports.receipt import check_receipt

WORTH_A_PROCESS = 2_000  # faulty rows: to draw them takes as long as a process needs to start


@dataclass(frozen=True, eq=False)
class Checked:
    """What a check has found. ``refused``: why nothing can be analysed, where no row was accepted."""

    sifted: Sifted
    losses: Losses
    refused: DataRefused | None = None
    written: tuple[str, ...] = ()


def validate_files(
    sources: Sequence[Path],
    mappings: Sequence[Any],
    *,
    cutoff: str | None = None,
    out: Path | None = None,
    progress: Progress = None,
) -> Checked:
    """Sift the sources and, with ``out``, write the accepted rows, the list of faults, the page and the receipt there.

    A file of which nothing was accepted comes back with the refusal, so that its list of faults is shown and written.
    """
    until = as_date(cutoff)
    if out is not None:
        publish.check_writable(out)
        publish.refuse_report(out)
    with rarely_collected():
        data = _read(sources, mappings, progress)
        sifted, refused = _sifted(data, until)
        cost = losses(data, sifted)
        files = _publish(out, data, sifted, cost) if out is not None else ()
    return Checked(sifted, cost, refused, files)


def _read(sources: Sequence[Path], mappings: Sequence[Any], progress: Progress) -> Dataset:
    """The sources; what guards the accepted rows is loaded meanwhile: the reader leaves Python to itself."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(import_module, "pandera.pandas")
        return read_sources(sources, mappings, progress=progress)


def _sifted(data: Dataset, until: dt.date | None) -> tuple[Sifted, DataRefused | None]:
    """What was sifted, and the refusal where nothing was accepted."""
    try:
        return sift(data, cutoff=until), None
    except DataRefused as error:
        found = getattr(error, "sifted", None)
        if found is None:
            raise
        return found, error


def _publish(out: Path, data: Dataset, sifted: Sifted, cost: Losses) -> tuple[str, ...]:
    """Write the files of a check; their names. What can be made side by side is."""
    from analytics.reports.faulty_book import book_bytes
    from analytics.reports.faulty_rows import faulty_sheets
    from analytics.reports.quality_page import quality_page

    sheets = faulty_sheets(data, sifted.quarantine)
    many = sum(len(sheet.lines) for sheet in sheets) >= WORTH_A_PROCESS
    with (
        apart(book_bytes, sheets) if many else nullcontext(partial(book_bytes, sheets)) as drawn,
        ThreadPoolExecutor(2) as pool,
    ):
        accepted = pool.submit(write_files, sifted)
        book = pool.submit(drawn)
        files = {"quality.html": quality_page(data, sifted, cost), "faulty_rows.xlsx": book.result()}
        files |= accepted.result()
    publish.publish(out, {**files, publish.MARK: check_receipt(sifted, files)})
    return (*files, publish.MARK)


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
