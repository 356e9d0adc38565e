"""One report, from source to files: read, sift, derive, analyse, seal, narrate, render, publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics import publish
from analytics.analysis.whole import analyse_cohort
from analytics.deliver.earlier import Earlier, earlier, plans_before
from analytics.deliver.garbage import rarely_collected
from analytics.deliver.inputs import Progress, cohort_of, read_sources
from analytics.deliver.order import FIRST, Order, first_file
from analytics.deliver.telling import Teller, teller
from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Sifted
from analytics.domain.plan import Plan
from analytics.domain.plan_file import load_plan
from analytics.domain.run import Run
from analytics.intake.mock import mocked
from analytics.intake.sift import sift
from analytics.reports import receipt
from analytics.reports.changes import with_changes
from analytics.reports.sealed import seal

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode


@dataclass(frozen=True, eq=False)
class Delivered:
    """What a command has done: the run, where its files lie, and which to open first."""

    run: Run
    out: Path
    first: str

    @property
    def estimated(self) -> bool:
        return bool((self.run.tables["findings"]["status"] == "estimated").any())


def deliver(
    sources: Sequence[Path],
    mappings: Sequence[Any],
    plan_file: Path | None,
    out: Path,
    *,
    wanted: Order | None = None,
    progress: Progress = None,
) -> Delivered:
    """The command line's path. The output folder and the plan are looked at before the work starts.

    ``wanted``: the reports to make; None for the findings alone.
    """
    publish.check_writable(out)
    plan = load_plan(plan_file) if plan_file is not None else None
    data = read_sources(sources, mappings, progress=progress)
    before = None if wanted is None else earlier(wanted.previous, audience=wanted.audience)
    with rarely_collected(), teller(wanted.reports, progress) if wanted is not None else nullcontext() as telling:
        sifted = sift(data, cutoff=plan.data.cutoff if plan is not None else None)
        if wanted is None or telling is None:
            run = analyse_sifted(sifted, plan, progress=progress)
            files = finding_files(run)
        else:
            run = ordered(sifted, plan, wanted, before, out=out, progress=progress)
            files = report_files(run, wanted, telling)
    publish.publish(out, files)
    return Delivered(run=run, out=out, first="findings.csv" if wanted is None else first_file(wanted))


def analyse_sifted(sifted: Sifted, plan: Plan | None = None, *, progress: Progress = None) -> Run:
    """Derive the cohort and answer every question of the plan; the Run holds every number that is told anywhere."""
    return run_of(cohort_of(sifted, plan), progress=progress)


def ordered(
    sifted: Sifted, plan: Plan | None, wanted: Order, before: Earlier | None, *, out: Path, progress: Progress = None
) -> Run:
    """The Run of an order: shuffled where a mock is wanted, set beside an earlier report where one is named."""
    if wanted.mock:
        sifted = shuffled(sifted, plan)
    cohort = cohort_of(sifted, plan)
    known = {"inputs": receipt.inputs(sifted), "plan_sha256": cohort.plan.sha256}
    stated = {
        "audience": wanted.audience,
        "mock": wanted.mock,
        "previous": None if before is None else before.receipt_sha256,
        "plans_before": () if wanted.mock else plans_before((out, wanted.previous), known),
    }
    run = run_of(cohort, stated=stated, progress=progress)
    return run if before is None else with_changes(run, before.run)


def shuffled(sifted: Sifted, plan: Plan | None) -> Sifted:
    """``sifted`` with treatments shuffled; the plan's seed decides who gets which."""
    return mocked(sifted, rng=np.random.default_rng((plan or Plan()).seed))


def run_of(cohort: Cohort, *, stated: Mapping[str, Any] | None = None, progress: Progress = None) -> Run:
    """The Run of a cohort: tables from the analysis, facts from the receipt. ``stated``: see ``receipt.facts``."""
    tables = analyse_cohort(cohort, progress=progress)
    return Run(
        tables=tables,
        plan=cohort.plan,
        vocabulary=cohort.vocabulary,
        facts=receipt.facts(cohort, **(stated or {})),
        mapping_text=cohort.sifted.mapping_text,
        listings=listings(cohort),
    )


def listings(cohort: Cohort) -> dict[str, Any]:
    """The lists of rows that go back to the clinic: what was set aside, and which sessions met an eligibility rule."""
    from schemas.results import ELIGIBILITY_COLUMNS

    found = {"quarantine": cohort.sifted.quarantine.reset_index(drop=True)}
    if cohort.eligibility is not None:
        found["eligibility"] = cohort.eligibility[list(ELIGIBILITY_COLUMNS)].reset_index(drop=True)
    return found


def finding_files(run: Run) -> dict[str, bytes]:
    """Files of ``outcomes analyse``: CSV, the sealed run and the receipt over them."""
    from analytics.reports.formats.csv import csv_files

    files = {**csv_files(run), **{f"run/{name}": content for name, content in seal(run).items()}}
    return {**files, "receipt.json": receipt.receipt(run, files)}


def report_files(run: Run, order: Order, telling: Teller) -> dict[str, bytes]:
    """Files of ``outcomes report``: executed notebooks, every format rendered from them, and the receipt over all."""
    from analytics.reports.formats.csv import csv_files

    sealed = seal(run)
    notebooks = telling.tell(sealed)
    files = {**csv_files(run), **{f"run/{name}": content for name, content in sealed.items()}}  # while it is told
    if "json" in order.formats:
        files["results.parquet"] = files["run/results.parquet"]
    for name, stem in order.stems():
        files |= _rendered(notebooks[name].result(), run, stem, order.formats)
    return {**files, "receipt.json": receipt.receipt(run, files)}


def _rendered(notebook: NotebookNode, run: Run, stem: str, formats: Sequence[str]) -> dict[str, bytes]:
    """One report in its formats, and its figures."""
    from analytics.reports.formats import FORMATS
    from analytics.reports.formats.figures import svg_files
    from analytics.reports.story import story

    told = story(notebook)
    folder = "figures" if stem == FIRST else f"figures/{stem}"
    return {
        **{f"{stem}.{suffix}": FORMATS[suffix](notebook, run, told=told) for suffix in formats},
        **svg_files(notebook, told=told, folder=folder),
    }


def write_report(run: Run, out: Path, wanted: Order) -> Path:
    """Write a run's report folder, all or nothing; the path of the file to open first."""
    publish.check_writable(out)
    with teller(wanted.reports) as telling:
        files = report_files(run, wanted, telling)
    publish.publish(out, files)
    return out / first_file(wanted)
