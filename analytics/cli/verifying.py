"""``outcomes verify``: is this report as it was made, and do its data still give it?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.cli.options import Mappings
from analytics.cli.screen import out, progress
from analytics.domain.errors import Different

SHOWN = 10
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a report.", show_default=False)]
Again = Annotated[
    list[Path] | None,
    typer.Option("--data", metavar="DATA", help="Compute the report again from these data.", show_default=False),
]

Stored = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="Compute it again from this store.", show_default=False),
]


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: outcomes verify spring --data visits.xlsx --mapping clinic.yml")(verify)


def verify(folder: Folder, data: Again = None, mapping: Mappings = None, store: Stored = None) -> None:
    """Every file of a report against its receipt; with --data or --store every number again. Exit 15: different."""
    from analytics.deliver.verifying import verify_report

    stored = None if store is None else _stored(folder, store)
    with progress() as shown:
        found = verify_report(folder, data or (), mapping or (), stored=stored, progress=shown)
    for one in found.differences[:SHOWN]:
        out(str(one))
    if len(found.differences) > SHOWN:
        out(f"... and {len(found.differences) - SHOWN:,} more")
    if found.differences:
        raise Different(
            f"{folder} is not as it was made: {len(found.differences):,} "
            f"{'difference' if len(found.differences) == 1 else 'differences'}, first {found.differences[0]}.",
            fix="get the report again from where it was made, or make it anew and compare",
        )
    again = f"; {found.numbers:,} numbers computed again from the data are the same" if found.numbers else ""
    whose = f"Run {found.run_id}" if found.run_id else "Check of data"
    out(f"{whose}: {found.files:,} files are as the receipt says{again or ' (hashes only)'}.")


def _stored(folder: Path, store: Path) -> Callable[[Any], Any]:
    """What gives the rows of the version that a report names. Different where they are not there any more."""
    from analytics.reports.verify import receipt_of
    from analytics.store.reading import store_sifted
    from analytics.store.verifying import version_of_report

    version = version_of_report(receipt_of(folder), store)
    return lambda cutoff: store_sifted(store, as_of=version, cutoff=cutoff)
