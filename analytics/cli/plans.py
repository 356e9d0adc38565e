"""``outcomes plan init`` and ``outcomes plan check``: write a plan before the results, and check one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.options import Mappings, MaybeData
from analytics.cli.screen import out, progress

plan_app = typer.Typer(name="plan", help="Write or check a plan.", no_args_is_help=True, add_completion=False)


def register(app: typer.Typer) -> None:
    plan_app.command("init", epilog="Example: outcomes plan init sessions.csv > plan.yml")(init)
    plan_app.command("check", epilog="Example: outcomes plan check plan.yml")(check)
    app.add_typer(plan_app, name="plan", epilog="Example: outcomes plan init sessions.csv > plan.yml")


def init(data: MaybeData = None, mapping: Mappings = None) -> None:
    """Print a plan to start from: the default one, filled from DATA where it is given."""
    from analytics.deliver.planning import draft_plan

    with progress() as shown:
        text = draft_plan(data or (), mapping or (), progress=shown)
    out(text.rstrip("\n"))


def check(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN.yml", help="The plan to check.", show_default=False, readable=False)
    ],
    mapping: Mappings = None,
) -> None:
    """Check a plan: every name known, every value possible; prints what it will compare."""
    from analytics.deliver.planning import check_plan_file

    for line in check_plan_file(plan, mapping or ()):
        out(line)
