"""Running a question notebook in a folder of its own, as JupyterLab's Restart & Run All would; and what came out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

from analytics.reports.narrate import source
from analytics.reports.notebooks import inject

SECONDS = 600  # for one cell, on a machine that does much else
WIDGET = "application/vnd.jupyter.widget-view+json"  # its ids, and the address in its text, are others each time
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")


def restart_and_run_all(name: str, folder: Path, parameters: Mapping[str, Any] | None = None) -> NotebookNode:
    """The committed notebook, run in ``folder``. An error in a cell that is not tagged raises-exception is raised."""
    told = inject(source(name), parameters or {})
    client = NotebookClient(
        told, kernel_name="python3", timeout=SECONDS, record_timing=False, resources={"metadata": {"path": str(folder)}}
    )
    return client.execute(env={**os.environ, **ONE_THREAD})


def lasting(notebook: NotebookNode) -> list[list[dict[str, Any]]]:
    """Outputs by cell without what is of the moment: transient notes, ids of widgets, execution counts."""
    return [[_lasting(each) for each in outputs(cell)] for cell in notebook.cells]


def outputs(cell: NotebookNode) -> Iterator[NotebookNode]:
    """The outputs of a cell that are not marked transient."""
    for each in cell.get("outputs", ()):
        if not each.get("metadata", {}).get("outcomes", {}).get("transient"):
            yield each


def _lasting(output: NotebookNode) -> dict[str, Any]:
    kept = {key: value for key, value in output.items() if key not in ("execution_count", "transient")}
    if WIDGET in kept.get("data", {}):
        kept["data"] = {WIDGET: "a widget"}
    return kept
