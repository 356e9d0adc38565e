"""The front door: ``import analytics as oc``, a few verbs from one frozen value to the next.

>>> import analytics as oc
>>> sifted = oc.validate(oc.example(patients=60))
>>> run = oc.analyse(sifted)
>>> oc.report(run, "out/first")                                                       # doctest: +SKIP

Rooms are loaded when a verb needs them, so importing this costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

    from analytics.domain.cohort import Cohort
    from analytics.domain.dataset import Dataset, Sifted
    from analytics.domain.finding import Findings
    from analytics.domain.looks import Log
    from analytics.domain.plan import Plan
    from analytics.domain.power import Power
    from analytics.domain.run import Run
    from analytics.repeated.fit import fit_mmrm
    from analytics.repeated.moments import Moments
    from analytics.repeated.value import RepeatedFit
    from analytics.show.display_blocks import Blocks

__version__ = "0.2.0"
__all__ = [
    "Moments", "analyse", "cohort", "compare", "describe", "example", "explore", "fit_mmrm", "log", "open_run", "plan",
    "plot", "power", "read", "readings", "report", "section", "sentence", "table", "validate",
]  # fmt: skip

Source = str | PathLike[str]


def read(
    source: Source | Sequence[Source], *, mapping: Source | Mapping[str, Any] | Sequence[Source] | None = None
) -> Dataset:
    """Read session files: CSV, TSV, Excel, Parquet, Arrow, or a folder of them; several are stacked.

    ``mapping``: the clinic's mapping file (or one per source), not needed where the columns are ours. Nothing is judged
    yet: that is ``validate``. Raises DataRefused for a file that cannot be used, PlanRefused for a faulty mapping.
    """
    from analytics.deliver import prompt

    return prompt.read(_many(source), _many(mapping))


def example(*, patients: int = 200, clinics: int = 3, seed: int = 1, scenario: str = "effect") -> Dataset:
    """Simulated clinics as a Dataset, for a start without own data. Same arguments, same data."""
    from analytics.deliver import prompt

    return prompt.example(patients=patients, clinics=clinics, seed=seed, scenario=scenario)


def validate(data: Dataset, *, cutoff: Any = None) -> Sifted:
    """Set faulty rows aside with every reason; the rest goes on. ``cutoff``: a later date is a fault."""
    from analytics.deliver import prompt

    return prompt.validate(data, cutoff)


def plan(source: Source | Sifted) -> Plan:
    """The plan in a YAML file, or the default plan for validated data. Raises PlanRefused."""
    from analytics.deliver.inputs import plan_of

    return plan_of(source)


def cohort(sifted: Sifted, plan: Plan | None = None, *, clinics: str | Sequence[str] | None = None) -> Cohort:
    """Who is compared, on what: courses, baseline, visits and the flow from rows to patients.

    ``clinics``: one or several, to look at these only. Raises PlanRefused where the plan does not fit the data,
    UsageError with the nearest names for a clinic that is not there.
    """
    from analytics.deliver import prompt

    return prompt.cohort(sifted, plan, clinics)


def readings(cohort: Cohort, *, outcome: str) -> DataFrame:
    """An outcome's readings at the planned visits as a long table for ``fit_mmrm``: a row per patient and visit.

    Columns: ``patient`` ("patient 1", ... in the order of the files, as everywhere), ``arm`` and ``week`` (categories
    in the plan's order), ``baseline`` and ``change`` (where the outcome is analysed against a baseline), ``value``, and
    the plan's covariates in force. Only patients with one treatment on one place of the skin: those with different
    treatments on their sides are left out. Who lacks a baseline or a covariate is left out too; ``attrs["notes"]``
    counts them. Raises UsageError for an outcome that is not there, or that was read at several places of a patient.
    """
    from analytics.deliver.long_table import readings_of

    return readings_of(cohort, outcome=outcome)


def describe(cohort: Cohort) -> Blocks:
    """Baseline by arm, readings by outcome and visit, and who left, before any comparison."""
    from analytics.deliver.views import describe_cohort

    return describe_cohort(cohort)


def compare(
    cohort: Cohort,
    *,
    outcome: str,
    by: str | None = None,
    visit: float | None = None,
    method: str | None = None,
    measure: str | None = None,
    adjust: str | Sequence[str] | None = None,
) -> Findings:
    """Compare the arms on one outcome, as an exploratory look: it is marked so, and gets no verdict of the plan.

    ``by``: a column that subgroups may name, for the contrasts within each of its levels (many numbers are split in two
    at the middle one); ``visit`` the nominal week (default: the plan's primary one); ``method`` one of the house's
    methods, with a note on whom it cannot compare; ``measure`` keeps one measure; ``adjust`` covariates | change_score
    | none, or the names of covariates known before the first session. The design is read from the data: sides of one
    face are compared within patients. What was asked is remembered, see ``log``.
    Raises UsageError with the nearest names, and with the reason where a question makes no sense.
    """
    from analytics.deliver import prompt

    return prompt.compare(cohort, outcome=outcome, by=by, visit=visit, method=method, measure=measure, adjust=adjust)


def power(cohort: Cohort, *, outcome: str, difference: float | None = None, power: float = 0.8) -> Power:
    """Patients needed to find ``difference``, and what the patients there are could find, at the plan's primary visit.

    From the clinic's own spread within arms, correlation with the start and missing readings; two-sided at the plan's
    confidence level, noncentral t, each comparison for itself. ``difference``: in the outcome's unit, a ratio (0.8) for
    counts and other outcomes analysed on the log, a share (0.15) for grades (default: the size agreed to matter).
    ``power``: 0.5 to below 1. ``plot`` draws it. Raises UsageError where fewer than 10 patients have a reading.
    """
    from analytics.deliver import prompt

    return prompt.power(cohort, outcome=outcome, difference=difference, power=power)


def explore(cohort: Cohort) -> Any:
    """Controls for outcome, visit, subgroup, clinic and method in JupyterLab, and beside them the view they choose.

    The view (averages, comparison, table, and the line of code that makes them) is an ordinary output: a saved notebook
    keeps the last one. Every control works by mouse and by keyboard; every view enters the ``log``.
    """
    from analytics.explorer import explorer

    return explorer(cohort)


def plot(
    value: Findings | Cohort | RepeatedFit | Power,
    *,
    outcome: str | None = None,
    view: str | None = None,
    ax: Any = None,
    theme: Mapping[str, Any] | None = None,
) -> Any:
    """Findings as a forest plot, a Cohort as trajectories, a repeated-measures fit in one of its views, a Power.

    A forest plot has a row for each pair of treatments, and within levels (``by=``) or designs one for each of them.
    ``view``, of a fit only: means (default; adjusted means by visit) | residuals | covariance | influence.
    ``ax``: axes of a matplotlib figure to draw on. ``theme``: colours by name: ink, soft, rule, zone, paper, and arms
    (a list). Returns a Figure (that of ``ax`` where it is given), made without pyplot: it shows once, with its own
    white ground and alt text, and ``savefig`` writes the same bytes every time.
    """
    from analytics.deliver.views import plot_value

    return plot_value(value, outcome=outcome, view=view, ax=ax, theme=theme)


def table(value: Findings | Cohort) -> Blocks:
    """Findings as a table of contrasts, a Cohort as its flow."""
    from analytics.deliver.views import table_value

    return table_value(value)


def sentence(findings: Findings) -> str:
    """What the findings say, in one sentence per outcome and visit, with the interval in the same breath."""
    from analytics.deliver.views import sentence_value

    return sentence_value(findings)


def analyse(sifted: Sifted, plan: Plan | None = None) -> Run:
    """Everything the plan asks for, as a Run ready to be sealed: the command line's path, the same numbers."""
    from analytics.deliver import prompt

    return prompt.analyse(sifted, plan)


def log() -> Log:
    """What was looked at in this kernel besides the plan, each look once.

    A look: data cut, outcome, visit, population, contrast, method. ``compare``, ``describe``, ``plot`` of a cohort and
    ``explore`` add to it. A report tells it only when it is passed: ``report(run, out, log=log())``.
    """
    from analytics.deliver import looked

    return looked.log()


def report(
    run: Run,
    out: Source,
    *,
    reports: str | Sequence[str] = "effectiveness_review",
    formats: str | Sequence[str] = ("html", "ipynb"),
    log: Log | None = None,
) -> Path:
    """Write the report folder of a run, all or nothing; returns the path of the file to open first.

    ``reports``: effectiveness_review | data_quality | safety_review | clinic_benchmark | consultation_review; the first
    is ``report.*``, others bear their names. ``formats``: html | pdf | xlsx | docx | ipynb | json. CSV files, figures,
    the sealed run and the receipt are always there. ``log``: what was looked at besides the plan (``log()``); it has a
    section of its own and enters the run id. Raises UsageError for an unknown name, NotWritten.
    """
    from analytics.deliver import prompt
    from analytics.deliver.order import order

    return prompt.report(run, Path(out), order(reports, formats), log)


def open_run(folder: Source) -> Run:
    """A sealed run, as it lies in the ``run`` folder of a report."""
    from analytics.reports.sealed import open_sealed

    return open_sealed(Path(folder))


def section(run: Run, name: str) -> Blocks:
    """One section of a report as blocks: page_one, flow, quality, outcomes, safety, ... UsageError names them all."""
    from analytics.show.sections import display

    return display(run, name)


def __getattr__(name: str) -> Any:
    """``fit_mmrm`` and ``Moments`` themselves, loaded when they are first asked for."""
    if name == "fit_mmrm":
        from analytics.repeated.fit import fit_mmrm

        return fit_mmrm
    if name == "Moments":
        from analytics.repeated.moments import Moments

        return Moments
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def _many(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)
