"""One report, from source to files: read, sift, derive, analyse, seal, narrate, render, publish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics import publish
from analytics.analysis.whole import analyse_cohort
from analytics.deliver.earlier import Earlier, earlier, plans_before
from analytics.deliver.garbage import rarely_collected
from analytics.deliver.inputs import Progress, cohort_of, read_sources
from analytics.deliver.order import FIRST, Order, first_file
from analytics.deliver.telling import AT_ONCE, Teller, teller
from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Dataset, Sifted
from analytics.domain.looks import Log
from analytics.domain.plan import Plan
from analytics.domain.plan_file import load_plan
from analytics.domain.run import Run
from analytics.intake.mock import mocked
from analytics.intake.sift import sift
from analytics.reports import receipt
from analytics.reports.changes import with_changes
from analytics.reports.sealed import seal

if TYPE_CHECKING:
    from analytics.disclosure.copy import Disclosed
    from analytics.reports.notebook_file import NotebookNode


Stored = Callable[[dt.date | None], Sifted]


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
    stored: Stored | None = None,
    progress: Progress = None,
) -> Delivered:
    """The command line's path. The output folder and the plan are looked at before the work starts.

    ``wanted``: the reports to make; None for the findings alone. ``stored``: gives the rows of a store up to a
    cut-off, in place of ``sources``.
    """
    outside = wanted is not None and wanted.audience == "external"
    for folder in (out, inside(out))[: 1 + outside]:
        publish.check_writable(folder)
    plan = load_plan(plan_file) if plan_file is not None else None
    taken = stored if stored is not None else partial(sifted_until, read_sources(sources, mappings, progress=progress))
    before = None if wanted is None else earlier(wanted.previous, audience=wanted.audience)
    with rarely_collected(), teller(wanted.reports, progress) if wanted is not None else nullcontext() as telling:
        asked = plan.data.cutoff if plan is not None else None
        sifted = replace(taken(asked), cutoff=asked)
        if wanted is None or telling is None:
            run = analyse_sifted(sifted, plan, progress=progress)
            folders = {out: finding_files(run)}
        else:
            made = ordered(sifted, plan, wanted, before, out=out, progress=progress)
            run, folders = made.run, {out: report_files(made.run, wanted, telling)}
            if outside:
                folders[inside(out)] = audit_files(made)
    publish.publish_all(folders)
    return Delivered(run=run, out=out, first="findings.csv" if wanted is None else first_file(wanted))


def sifted_until(data: Dataset, cutoff: dt.date | None) -> Sifted:
    """The rows of ``data`` judged; those after the cut-off are faults."""
    return sift(data, cutoff=cutoff)


def analyse_sifted(sifted: Sifted, plan: Plan | None = None, *, progress: Progress = None) -> Run:
    """Derive the cohort and answer every question of the plan; the Run holds every number that is told anywhere."""
    return run_of(cohort_of(sifted, plan), progress=progress)


def ordered(
    sifted: Sifted, plan: Plan | None, wanted: Order, before: Earlier | None, *, out: Path, progress: Progress = None
) -> Disclosed:
    """The Run of an order and what it hides: shuffled for a mock, coarse for outside, set beside an earlier one."""
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
    return addressed(run) if before is None else addressed(run, before.run)


def addressed(run: Run, before: Run | None = None) -> Disclosed:
    """The run as its audience may have it, set beside ``before``: of two coarse runs nothing finer is told."""
    from analytics.disclosure.copy import Disclosed, disclose

    made = disclose(run) if run.facts["audience"] == "external" else Disclosed(run, pd.DataFrame())
    return made if before is None else replace(made, run=with_changes(made.run, before))


def inside(out: Path) -> Path:
    """The folder beside an outside copy for what the auditor of the house needs."""
    return out.with_name(f"{out.name}-internal")


def audit_files(made: Disclosed) -> dict[str, bytes]:
    """``disclosure.csv``: what an outside copy does not tell, and why; and its receipt."""
    from analytics.disclosure.copy import HIDDEN_COLUMNS
    from analytics.domain.csv_text import frame_csv

    files = {"disclosure.csv": frame_csv(made.hidden, HIDDEN_COLUMNS)}
    return {**files, "receipt.json": receipt.receipt(made.run, files)}


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

    return closed(run, {**csv_files(run), **{f"run/{name}": content for name, content in seal(run).items()}})


def closed(run: Run, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """``files`` with what stands over them: the RO-Crate, then the receipt."""
    from analytics.reports.crate import CRATE, crate

    whole = {**files, CRATE: crate(run, files)}
    return {**whole, "receipt.json": receipt.receipt(run, whole)}


def report_files(run: Run, order: Order, telling: Teller) -> dict[str, bytes]:
    """Files of ``outcomes report``: executed notebooks, every format rendered from them, and the receipt over all."""
    from analytics.reports.formats import OF_THE_RUN
    from analytics.reports.formats.csv import csv_files

    sealed = seal(run)
    notebooks = telling.tell(sealed)
    files = {**csv_files(run), **{f"run/{name}": content for name, content in sealed.items()}}  # while it is told
    files |= _of_the_run(run, order)
    formats = [suffix for suffix in order.formats if suffix not in OF_THE_RUN]
    for name, stem in order.stems():
        files |= _rendered(notebooks[name].result(), run, stem, formats)
    return closed(run, files)


def _of_the_run(run: Run, order: Order) -> dict[str, bytes]:
    """What does not wait for the notebooks: the results dataset under the name of every report, and as Parquet."""
    from analytics.reports.formats import json

    if "json" not in order.formats:
        return {}
    content = json.render(None, run)
    return {**{f"{stem}.json": content for _, stem in order.stems()}, "results.parquet": json.results_parquet(run)}


def _rendered(notebook: NotebookNode, run: Run, stem: str, formats: Sequence[str]) -> dict[str, bytes]:
    """One report in its formats, and its figures."""
    from analytics.reports.formats import FORMATS
    from analytics.reports.formats.figures import svg_files
    from analytics.reports.story import story

    told = story(notebook)
    folder = "figures" if stem == FIRST else f"figures/{stem}"
    with ThreadPoolExecutor(AT_ONCE) as pool:  # typesetting leaves Python to the others
        made = pool.map(lambda suffix: FORMATS[suffix](notebook, run, told=told), formats)
        files = {f"{stem}.{suffix}": content for suffix, content in zip(formats, made)}
    return {**files, **svg_files(notebook, told=told, folder=folder, mock=bool(run.facts.get("mock")))}


def write_report(run: Run, out: Path, wanted: Order, *, log: Log | None = None, progress: Progress = None) -> Path:
    """Write a run's report folder, all or nothing; the path of the file to open first. ``log``: see receipt."""
    publish.check_writable(out)
    run = run if log is None else receipt.with_log(run, log)
    with teller(wanted.reports, progress, log=log is not None) as telling:
        files = report_files(run, wanted, telling)
    publish.publish(out, files)
    return out / first_file(wanted)
