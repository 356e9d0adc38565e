"""One report, from source to files: read, sift, derive, analyse, seal, narrate, render, publish."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics import publish
from analytics.analysis.whole import analyse_cohort
from analytics.deliver.inputs import Progress, cohort_of, read_sources
from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Sifted
from analytics.domain.plan import Plan
from analytics.domain.plan_file import load_plan
from analytics.domain.run import Run
from analytics.intake.sift import sift
from analytics.reports import receipt
from analytics.reports.sealed import seal


@dataclass(frozen=True, eq=False)
class Delivered:
    """What a command has done: the run and where its files lie."""

    run: Run
    out: Path
    kind: str

    @property
    def estimated(self) -> bool:
        return bool((self.run.tables["findings"]["status"] == "estimated").any())


def deliver(
    sources: Sequence[Path],
    mappings: Sequence[Any],
    plan_file: Path | None,
    out: Path,
    *,
    kind: str,
    progress: Progress = None,
) -> Delivered:
    """The command line's path. The output folder and the plan are looked at before the work starts."""
    publish.check_writable(out)
    plan = load_plan(plan_file) if plan_file is not None else None
    data = read_sources(sources, mappings, progress=progress)
    with _rarely_collected(), _teller(kind, progress) as teller:
        sifted = sift(data, cutoff=plan.data.cutoff if plan is not None else None)
        run = analyse_sifted(sifted, plan, progress=progress)
        files = report_files(run, teller) if teller is not None else finding_files(run)
    publish.publish(out, files)
    return Delivered(run=run, out=out, kind=kind)


def analyse_sifted(sifted: Sifted, plan: Plan | None = None, *, progress: Progress = None) -> Run:
    """Derive the cohort and answer every question of the plan; the Run holds every number that is told anywhere."""
    return run_of(cohort_of(sifted, plan), progress=progress)


def run_of(cohort: Cohort, *, progress: Progress = None) -> Run:
    """The Run of a cohort: tables from the analysis, facts from the receipt."""
    tables = analyse_cohort(cohort, progress=progress)
    return Run(
        tables=tables,
        plan=cohort.plan,
        vocabulary=cohort.vocabulary,
        facts=receipt.facts(cohort),
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


class Teller:
    """Runs the report notebook beside the analysis: its kernel starts and imports while the run is still being made."""

    def __init__(self, pool: ThreadPoolExecutor, progress: Progress) -> None:
        from analytics.reports.narrate import narrate

        self.sealed: Future[Mapping[str, bytes]] = Future()
        self.telling = pool.submit(narrate, self.sealed.result, progress=progress)

    def tell(self, sealed: Mapping[str, bytes]) -> Future[Any]:
        """The executed notebook of the sealed run, as soon as it is there."""
        self.sealed.set_result(sealed)
        return self.telling


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Python looks for garbage less often: nearly all that a report makes stays; looking took a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _teller(kind: str, progress: Progress = None) -> Iterator[Teller | None]:
    """A Teller for a report, None for findings alone; whatever stops the analysis stops the kernel too."""
    if kind != "report":
        yield None
        return
    with ThreadPoolExecutor(1) as pool:
        teller = Teller(pool, progress)
        try:
            yield teller
        finally:
            teller.sealed.cancel()


def report_files(run: Run, teller: Teller) -> dict[str, bytes]:
    """Files of ``outcomes report``: the executed notebook, every format rendered from it, and the receipt over all."""
    from analytics.reports.formats import FORMATS
    from analytics.reports.formats.csv import csv_files
    from analytics.reports.formats.figures import svg_files
    from analytics.reports.story import story

    sealed = seal(run)
    telling = teller.tell(sealed)
    files = {**csv_files(run), **{f"run/{name}": content for name, content in sealed.items()}}  # while it is told
    notebook = telling.result()
    told = story(notebook)
    files |= {f"report.{suffix}": render(notebook, run, told=told) for suffix, render in FORMATS.items()}
    files |= svg_files(notebook, told=told)
    return {**files, "receipt.json": receipt.receipt(run, files)}


def write_report(run: Run, out: Path) -> Path:
    """Write a run's report folder, all or nothing; the path of report.html."""
    publish.check_writable(out)
    with ThreadPoolExecutor(1) as pool:
        files = report_files(run, Teller(pool, None))
    publish.publish(out, files)
    return out / "report.html"
