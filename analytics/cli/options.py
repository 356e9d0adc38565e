"""Arguments and options that several sub-commands share.

``readable=False``: a file that nobody may read is told by the one who reads it, with its own exit code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    list[Path],
    typer.Argument(
        metavar="DATA...",
        help="CSV, TSV, Excel, Parquet, Arrow files, or folders of sessions, patients, consultations, adverse_events.",
        show_default=False,
        readable=False,
    ),
]
MaybeData = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[DATA...]", help="Data the plan is meant for.", show_default=False, readable=False),
]
Mappings = Annotated[
    list[Path] | None,
    typer.Option(
        "--mapping",
        metavar="M.yml",
        help="How the clinic's columns become ours: once for all DATA, or once per DATA in order.",
        show_default=False,
        readable=False,
    ),
]
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan", metavar="P.yml", help="The plan; without it the default plan.", show_default=False, readable=False
    ),
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder to write into.", show_default=False, readable=False)
]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="NAME,...",
        help="effectiveness_review (usual), data_quality, safety_review, clinic_benchmark, consultation_review.",
        show_default=False,
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format", metavar="F,...", help="html, pdf, xlsx, docx, ipynb, json (usual: html,ipynb).", show_default=False
    ),
]
NeededPlan = Annotated[
    Path, typer.Option("--plan", metavar="P.yml", help="The plan to try out.", show_default=False, readable=False)
]
Audience = Annotated[
    str,
    typer.Option(
        "--audience",
        metavar="WHO",
        help="internal, or external: a copy to give away, small counts hidden and the others rounded.",
    ),
]
Previous = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        metavar="DIR",
        help="The folder of an earlier report: what changed since is told.",
        show_default=False,
        readable=False,
    ),
]
