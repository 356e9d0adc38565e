"""What the verbs of the front door do at the prompt: the plain work, with memory, progress and the log around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from analytics.deliver import looked
from analytics.deliver.inputs import cohort_of, example_data, read_sources, sift_data
from analytics.deliver.kept import content, kept, known
from analytics.deliver.order import Order
from analytics.deliver.working import from_memory, working
from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Dataset, Sifted
from analytics.domain.date_format import as_date
from analytics.domain.errors import UsageError
from analytics.domain.expected import expect
from analytics.domain.finding import Findings
from analytics.domain.looks import Log
from analytics.domain.plan import Plan
from analytics.domain.power import Power
from analytics.domain.run import Run
from schemas.vocabulary import Vocabulary


def read(sources: Sequence[Any], mappings: Sequence[Any]) -> Dataset:
    """See ``analytics.read``."""
    with working("read") as progress:
        data = read_sources(sources, mappings, progress=progress)
    return known(data, data.fingerprint)


def example(**asked: Any) -> Dataset:
    """See ``analytics.example``."""
    data = example_data(**asked)
    return known(data, data.fingerprint)


def validate(data: Dataset, cutoff: Any) -> Sifted:
    """See ``analytics.validate``."""
    until = as_date(cutoff)
    made, before = kept("validate", (data,), (until,), lambda: sift_data(data, cutoff=until))
    return _noted("validate", made, before, content(data), "validated", until)


def cohort(sifted: Sifted, plan: Plan | None, clinics: str | Sequence[str] | None) -> Cohort:
    """See ``analytics.cohort``."""
    _check_plan(plan)
    if clinics is not None:
        plan = _of_clinics(sifted, plan, (clinics,) if isinstance(clinics, str) else tuple(clinics))
    made, before = kept("cohort", (sifted, plan), (), lambda: cohort_of(sifted, plan))
    return _noted("cohort", made, before, content(sifted), content(plan))


def _check_plan(plan: Any) -> None:
    if plan is not None:
        expect("plan=", plan, Plan)


def _of_clinics(sifted: Any, plan: Plan | None, clinics: tuple[str, ...]) -> Plan:
    """The plan, for some clinics only. UsageError with the nearest names."""
    expect("cohort", sifted, Sifted)
    frame = sifted.sessions
    there = sorted(frame["clinic_id"].dropna().unique()) if "clinic_id" in frame else []
    for name in clinics:
        if name not in there:
            near = Vocabulary.nearest(str(name), there) or tuple(there)
            raise UsageError(
                f"There is no clinic {name!r} in these data.",
                fix=f"choose from {', '.join(near)}" if near else "leave clinics out: no row names one",
            )
    plan = plan if plan is not None else Plan()
    return plan.model_copy(update={"data": plan.data.model_copy(update={"clinics": clinics})})


def _noted(verb: str, value: Any, before: bool, *made_of: object) -> Any:
    if before:
        from_memory(verb)
    elif None not in made_of[:1]:
        known(value, *made_of)
    return value


def compare(cohort: Cohort, **asked: Any) -> Findings:
    """See ``analytics.compare``; the look is remembered."""
    from analytics.analysis.ask import ask

    expect("compare", cohort, Cohort)
    question = tuple(sorted((name, repr(value)) for name, value in asked.items()))
    made, _ = kept("compare", (cohort,), question, lambda: ask(cohort, **asked))
    looked.compared(cohort, made)
    parts = {name: getattr(made, name).copy() for name in ("frame", "arm_means", "interactions")}
    return replace(made, **parts)  # whoever changes what came back changes nothing that is kept


def analyse(sifted: Sifted, plan: Plan | None) -> Run:
    """See ``analytics.analyse``."""
    from analytics.deliver.report import analyse_sifted

    _check_plan(plan)

    def make() -> Run:
        with working("analyse") as progress:
            return analyse_sifted(sifted, plan, progress=progress)

    made, before = kept("analyse", (sifted, plan), (), make)
    if before:
        from_memory("analyse")
    return replace(made, tables={name: frame.copy() for name, frame in made.tables.items()})


def power(cohort: Cohort, **asked: Any) -> Power:
    """See ``analytics.power``."""
    from analytics.analysis.planning import power_of

    expect("power", cohort, Cohort)
    question = tuple(sorted((name, repr(value)) for name, value in asked.items()))
    made, _ = kept("power", (cohort,), question, lambda: power_of(cohort, **asked))
    return made


def report(run: Run, out: Path, wanted: Order, log: Log | None) -> Path:
    """See ``analytics.report``."""
    from analytics.deliver.report import write_report

    expect("report", run, Run)
    if log is not None:
        expect("log=", log, Log)
    with working("report") as progress:
        return write_report(run, out, wanted, log=log, progress=progress)
