"""``outcomes analyse`` and ``outcomes report``: the findings, or everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.cli.options import Audience, Data, Formats, Mappings, NeededPlan, Out, PlanFile, Previous, Reports
from analytics.cli.screen import out, progress
from analytics.domain.errors import NothingEstimated, UsageError

MaybeStored = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[DATA...]", help="Files or folders; or --store.", show_default=False, readable=False),
]
Store = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="From this store, not from files.", show_default=False)
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE|VERSION", help="The store as it was then.", show_default=False),
]


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
    out_dir: Out,
    data: MaybeStored = None,
    mapping: Mappings = None,
    plan: PlanFile = None,
    report: Reports = None,
    format: Formats = None,
    audience: Audience = "internal",
    previous: Previous = None,
    store: Store = None,
    as_of: AsOf = None,
) -> None:
    """Everything: the report in the formats asked for, CSV files, figures, the sealed run and the receipt."""
    from analytics.deliver.order import order
    from analytics.deliver.report import deliver

    stored = _stored(data, mapping, store, as_of)
    wanted = order(report, format, audience, previous=previous)
    with progress() as shown:
        done = deliver(data or (), mapping or (), plan, out_dir, wanted=wanted, stored=stored, progress=shown)
    _tell(done)


def _stored(data: Any, mapping: Any, store: Path | None, as_of: str | None) -> Callable[[Any], Any] | None:
    """What gives the rows of the store up to a cut-off; None where files are given."""
    if store is None and as_of is None and data:
        return None
    if store is None or data or mapping:
        raise UsageError(
            "A report is made from files or from a store.", fix="give DATA (with --mapping), or --store (with --as-of)"
        )
    from analytics.store.reading import store_sifted

    return lambda cutoff: store_sifted(store, as_of=as_of, cutoff=cutoff)


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
