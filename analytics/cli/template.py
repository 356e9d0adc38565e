"""``outcomes template``: an empty file with our column names, to fill in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.screen import out


class Table(StrEnum):
    """The tables that can be filled in."""

    sessions = "sessions"
    patients = "patients"
    consultations = "consultations"
    adverse_events = "adverse_events"


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: outcomes template --out sessions.xlsx")(template)


def template(
    out_file: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="A .csv or .xlsx file to write.", show_default=False)
    ],
    table: Annotated[Table, typer.Argument(help="Which table.")] = Table.sessions,
) -> None:
    """An empty file to fill in; it needs no mapping. In Excel it explains each column and offers the choices."""
    from analytics.deliver.blank import write_blank

    write_blank(table.value, out_file)
    out(f"{out_file}: the columns of {table.value}, to fill in from row 2 on.")
    if table is Table.sessions:
        out(f"Then: outcomes validate {out_file}")
    else:
        out(f"Put it beside your sessions file, in one folder, as {table.value}{out_file.suffix.lower()}.")
