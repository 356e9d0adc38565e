"""``outcomes analyse`` and ``outcomes report``: the findings, or everything."""

from __future__ import annotations

import typer

from analytics.cli.options import Data, Mappings, Out, PlanFile
from analytics.cli.screen import out, progress
from analytics.domain.errors import NothingEstimated


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: outcomes analyse sessions.csv --plan plan.yml --out findings")(analyse)
    app.command(epilog="Example: outcomes report visits.xlsx --mapping clinic.yml --plan plan.yml --out spring")(report)


def analyse(data: Data, out_dir: Out, mapping: Mappings = None, plan: PlanFile = None) -> None:
    """The findings as files, without prose: CSV files, the sealed run and the receipt."""
    from analytics.deliver.report import deliver

    with progress() as shown:
        done = deliver(data, mapping or (), plan, out_dir, kind="findings", progress=shown)
    _tell(done)


def report(data: Data, out_dir: Out, mapping: Mappings = None, plan: PlanFile = None) -> None:
    """Everything: report.html, report.ipynb, CSV files, figures, the sealed run and the receipt."""
    from analytics.deliver.report import deliver

    with progress() as shown:
        done = deliver(data, mapping or (), plan, out_dir, kind="report", progress=shown)
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
