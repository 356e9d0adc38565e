"""``outcomes dictionary``: what every name, unit, range and rule means."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from analytics.cli.screen import out


class Part(StrEnum):
    """The parts of the dictionary."""

    treatments = "treatments"
    outcomes = "outcomes"
    columns = "columns"
    rules = "rules"


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: outcomes dictionary outcomes")(dictionary)


def dictionary(part: Annotated[Part | None, typer.Argument(help="One part only.", show_default=False)] = None) -> None:
    """What every name, unit, range and rule means."""
    from schemas.dictionary import lines

    for line in lines(part.value if part else None):
        out(line)
