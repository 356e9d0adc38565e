"""``outcomes analyse`` and ``outcomes report``: the findings, or everything."""

from __future__ import annotations

import typer

from analytics.cli.options import Audience, Data, Formats, Mappings, NeededPlan, Out, PlanFile, Previous, Reports
from analytics.cli.screen import out, progress
from analytics.domain.errors import NothingEstimated


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: outcomes analyse sessions.csv --plan plan.yml --out findings")(analyse)
    app.command(epilog="Example: outcomes report visits.xlsx --mapping clinic.yml --plan plan.yml --out spring")(report)
    app.command(epilog="Example: outcomes mock visits.xlsx --mapping clinic.yml --plan plan.yml --out mock")(mock)


def analyse(data: Data, out_dir: Out, mapping: Mappings = None, plan: PlanFile = None) -> None:
    """The findings as files, without prose: CSV files, the sealed run and the receipt."""
    from analytics.deliver.report import deliver

    with progress() as shown:
        done = deliver(data, mapping or (), plan, out_dir, progress=shown)
    _tell(done)


def report(
    data: Data,
    out_dir: Out,
    mapping: Mappings = None,
    plan: PlanFile = None,
    report: Reports = None,
    format: Formats = None,
    audience: Audience = "internal",
    previous: Previous = None,
) -> None:
    """Everything: the report in the formats asked for, CSV files, figures, the sealed run and the receipt."""
    from analytics.deliver.order import order
    from analytics.deliver.report import deliver

    wanted = order(report, format, audience, previous=previous)
    with progress() as shown:
        done = deliver(data, mapping or (), plan, out_dir, wanted=wanted, progress=shown)
    _tell(done)


def mock(
    data: Data,
    out_dir: Out,
    plan: NeededPlan,
    mapping: Mappings = None,
    report: Reports = None,
    format: Formats = None,
) -> None:
    """The report with treatments shuffled between patients: agree on it before anyone sees results."""
    from analytics.deliver.order import order
    from analytics.deliver.report import deliver

    wanted = order(report, format, mock=True)
    with progress() as shown:
        done = deliver(data, mapping or (), plan, out_dir, wanted=wanted, progress=shown)
    out("MOCK: treatments were shuffled between patients; no number here is a result.")
    _tell(done)


def _tell(done) -> None:
    from analytics.cli.pages import delivery_page

    for line in delivery_page(done):
        out(line)
    if not done.estimated:
        raise NothingEstimated(
            "No comparison could be estimated; the files say why for each one.",
            fix="look at the column notes of findings.csv: usually too few patients per treatment at the visit",
        )
