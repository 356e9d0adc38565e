"""Narrating: a report notebook is run on a sealed Run, in a kernel that knows nothing of where and when it runs."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import site
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from analytics.domain.errors import OutcomesError, UsageError
from analytics.reports.notebook_file import NotebookNode, nbformat
from analytics.reports.notebooks import clean, inject
from analytics.reports.software import PACKAGE, shipped

Progress = Callable[[str, int, int], None]
FORMAT = 4  # of the notebook file
START_SECONDS = 120  # a cold start on a busy machine took 20 s
LOG_LINES = 5
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")


# What every report notebook imports; done while the run files are still being made. A report is hundreds of thousands
# of small values that stay: looking for garbage among them as often as Python does took a quarter of the time.
WARM_UP = (
    "import analytics.show.sections, analytics.reports.sealed, analytics.show.figures, matplotlib.font_manager\n"
    "import gc; gc.set_threshold(20_000, 50, 100)"
)


def narrate(
    run_files: Mapping[str, bytes] | Callable[[], Mapping[str, bytes]],
    notebook: str | NotebookNode = "effectiveness_review",
    *,
    parameters: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> NotebookNode:
    """The notebook, executed beside a folder ``run/`` that holds ``run_files`` (``sealed.seal``), cleaned for writing.

    ``run_files`` may be a function that waits for them: the kernel starts and imports meanwhile.
    ``notebook``: a name in ``notebooks/``, or a notebook. ``parameters`` replace values of the cell tagged
    ``parameters``. ``progress(step, done, total)`` is called per code cell. The same run files give an equal notebook
    in every folder, HOME, time zone and locale. Raises OutcomesError with the message of the cell that failed.
    """
    name = notebook if isinstance(notebook, str) else "report"
    told = inject(source(notebook) if isinstance(notebook, str) else notebook, parameters or {})
    with tempfile.TemporaryDirectory(prefix="outcomes-") as folder:
        home = Path(folder)
        (home / "work" / "run").mkdir(parents=True)

        def lay_out() -> None:
            for file, content in (run_files() if callable(run_files) else run_files).items():
                (home / "work" / "run" / file).write_bytes(content)

        return clean(_execute(told, name, home, progress, lay_out))


def source(name: str) -> NotebookNode:
    """A report notebook as it was committed. Raises UsageError with the names there are."""
    folder = shipped("notebooks")
    there = sorted(p.stem for p in folder.glob("*.ipynb")) if folder is not None else []
    if folder is None or name not in there:
        fix = f"choose one of {', '.join(there)}" if there else "install it again: its notebooks are missing"
        raise UsageError(f"There is no report {name!r}.", fix=fix)
    return nbformat.read(folder / f"{name}.ipynb", as_version=FORMAT)


def _execute(
    notebook: NotebookNode, name: str, home: Path, progress: Progress | None, lay_out: Callable[[], None]
) -> NotebookNode:
    """Run every cell in a fresh kernel of this interpreter, after ``lay_out``; its chatter goes to a log."""
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    client = _client(lay_out)(
        notebook,
        km=_kernel(home),
        timeout=None,
        startup_timeout=START_SECONDS,
        log=_silent(),
        record_timing=False,
        coalesce_streams=True,  # else what was printed is cut where a buffer happened to be full
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(home / "work")}},
        on_cell_executed=_told(progress, len(notebook.cells)),
    )
    with (home / "kernel.log").open("w+b") as log:
        try:
            return client.execute(env=_environment(home), cleanup_kc=True, stdout=log, stderr=log)
        except CellExecutionError as error:
            raise _refusal(name, notebook, f"{error.ename}: {error.evalue}") from error
        except (DeadKernelError, RuntimeError) as error:
            log.seek(0)
            last = log.read().decode(errors="replace").splitlines()[-LOG_LINES:]
            raise _refusal(name, notebook, " ".join([str(error), *last])) from error


def _client(lay_out: Callable[[], None]) -> Any:
    """A notebook client whose kernel imports what it needs while ``lay_out`` waits for the run files."""
    from nbclient import NotebookClient

    class Client(NotebookClient):
        async def async_start_new_kernel_client(self) -> Any:
            client = await super().async_start_new_kernel_client()
            client.execute(WARM_UP, silent=True, store_history=False)
            laid = False
            try:
                await asyncio.to_thread(lay_out)
                laid = True
            finally:
                if not laid:  # whatever stopped the analysis: leave no kernel behind, and say it further up
                    await self._async_cleanup_kernel()
                    atexit.unregister(self._cleanup_kernel)  # done: a second time, at the end, it would fail aloud
            return client

    return Client


def _silent() -> logging.Logger:
    """What nbclient has to say is said once, by the error."""
    log = logging.Logger("narrate")
    log.addHandler(logging.NullHandler())
    return log


def _told(progress: Progress | None, total: int) -> Callable[..., None] | None:
    if progress is None:
        return None

    def told(*, cell_index: int, **_: Any) -> None:
        progress("telling the report", cell_index + 1, total)

    return told


def _refusal(name: str, notebook: NotebookNode, found: str) -> OutcomesError:
    failed = [i for i, c in enumerate(notebook.cells, 1) if any(o.output_type == "error" for o in c.get("outputs", ()))]
    where = f" at cell {failed[0]}" if failed else ""
    return OutcomesError(
        f"The report notebook {name} stopped{where}. {found.strip()}",
        fix=f"open notebooks/{name}.ipynb beside the sealed run and run it cell by cell; nothing was written",
    )


def _kernel(home: Path) -> Any:
    """A kernel of this very interpreter: needs no installed kernelspec, writes no file outside ``home``."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class Kernel(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            flags = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(
                argv=[sys.executable, *flags, "--HistoryManager.enabled=False"],
                display_name="Python 3",
                language="python",
                metadata={"supported_encryption": ["curve"]},
            )

    kernel = Kernel(connection_file=str(home / "kernel.json"))
    if kernel.has_trait("transport_encryption"):  # patients' figures pass through a local port
        kernel.transport_encryption = "required"
    return kernel


def _environment(home: Path) -> dict[str, str]:
    """What the kernel may know: where programs and packages are, and nothing of the person, place or time."""
    paths = [str(PACKAGE.parent), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    folders = {"HOME": "home", "IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib", "XDG_CACHE_HOME": "cache"}
    folders |= {f"JUPYTER_{kind}_DIR": f"jupyter-{kind.lower()}" for kind in ("CONFIG", "DATA", "RUNTIME")}
    for folder in folders.values():
        (home / folder).mkdir(parents=True, exist_ok=True)
    return {
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
        **{name: str(home / folder) for name, folder in folders.items()},
        **dict.fromkeys(ONE_THREAD, "1"),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONUSERBASE": site.getuserbase(),
        "PYTHONHASHSEED": "0",
        "OUTCOMES_PROGRESS": "off",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "LANG": "C.UTF-8",
    }
