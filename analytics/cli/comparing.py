"""``outcomes diff``: what moved between two reports, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.screen import out
from analytics.domain.errors import UsageError

FORMS = ("text", "html", "json")
Before = Annotated[Path, typer.Argument(metavar="DIR_A", help="The earlier report.", show_default=False)]
Now = Annotated[Path, typer.Argument(metavar="DIR_B", help="The later report.", show_default=False)]


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: outcomes diff spring summer --out moved")(diff)


def diff(
    before: Before,
    now: Now,
    form: Annotated[str, typer.Option("--format", metavar="F", help="What is printed: text, html or json.")] = "text",
    out_dir: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write diff.html, diff.json, diff.txt too.", show_default=False),
    ] = None,
) -> None:
    """What moved between two reports and why: main answers, data, plan, mapping, software, every number."""
    from analytics.deliver.comparing import diff_files, diff_reports, write_diff

    if form not in FORMS:
        raise UsageError(f"There is no format {form!r} here.", fix=f"choose from {', '.join(FORMS)}")
    found = diff_reports(before, now)
    if out_dir is not None:
        write_diff(found, out_dir)
    name = {"text": "diff.txt", "html": "diff.html", "json": "diff.json"}[form]
    for line in diff_files(found)[name].decode().splitlines():
        out(line)
