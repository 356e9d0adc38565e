"""Runs ``outcomes`` in a process of its own for every call, without importing it anew: a server that forks.

Each child has its own folder, no keyboard, a bound on memory beyond what the imports took, and a time after which it
is killed. Run as a script this file is the server; ``Commands`` is its client.
"""

from __future__ import annotations

import gc
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
#: What the commands would import one after the other (a child that finds them there starts in milliseconds).
WARM = (
    "pandas", "pyarrow.csv", "pyarrow.parquet", "pandera.pandas", "narwhals", "openpyxl", "xlsxwriter", "ruamel.yaml",
    "typer.rich_utils", "scipy.stats", "analytics.cli.app", "analytics.deliver.checks", "analytics.deliver.mappings",
    "analytics.sources.csv", "analytics.sources.excel", "analytics.sources.parquet", "schemas.standard",
    "schemas.tables", "schemas.rule_words", "analytics.reports.faulty_rows", "analytics.reports.quality_page",
    "hypothesis.extra.pandas", "pandera.strategies.pandas_strategies", "pandera.backends.pandas.register",
    "narwhals._pandas_like.namespace", "analytics.deliver.report", "analytics.reports.formats.csv",
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a command ended. ``code``: its exit code, or minus the signal that killed it; ``peak``: MB of memory."""

    code: int
    out: str
    err: str
    seconds: float
    peak: float


class Commands:
    """The client: starts the server once, asks it for one command after the other."""

    def __init__(self) -> None:
        environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        self.server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(
        self, arguments: Sequence[str], *, cwd: Path, seconds: int, megabytes: int, as_nobody: bool = False
    ) -> Ended:
        """``outcomes ARGUMENTS`` in ``cwd``; killed after ``seconds`` (of the clock), refused memory over a bound."""
        told = {
            "arguments": list(arguments), "cwd": str(cwd), "seconds": seconds, "bytes": megabytes * 2**20,
            "as_nobody": as_nobody,
        }  # fmt: skip
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(told) + "\n")
        self.server.stdin.flush()
        return Ended(**json.loads(self.server.stdout.readline()))

    def close(self) -> None:
        self.server.communicate()


def _serve() -> None:
    from importlib import import_module

    for name in WARM:
        import_module(name)
    gc.collect()
    gc.freeze()  # so that looking for garbage in a child does not copy what it has from here
    for line in sys.stdin:
        print(json.dumps(_ended(json.loads(line))), flush=True)


def _ended(told: dict[str, Any]) -> dict[str, Any]:
    """Fork, run, wait."""
    outputs = [os.memfd_create(name) for name in ("out", "err")]
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(told, *outputs)
    _, status, used = os.wait4(child, 0)
    texts = []
    for handle in outputs:
        os.lseek(handle, 0, os.SEEK_SET)
        with os.fdopen(handle, "rb") as file:
            texts.append(file.read().decode("utf-8", "replace"))
    return {
        "code": os.waitstatus_to_exitcode(status),
        "out": texts[0],
        "err": texts[1],
        "seconds": time.monotonic() - began,
        "peak": used.ru_maxrss / 1024,
    }


def _become(told: dict[str, Any], out: int, err: int) -> None:
    """The child: never returns."""
    code = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout, sys.stderr = (io.TextIOWrapper(io.FileIO(i, "w", closefd=False), "utf-8") for i in (1, 2))
        os.chdir(told["cwd"])
        signal.alarm(told["seconds"])
        bound = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + told["bytes"]
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if told["as_nobody"] and os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        code = _main(told["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _main(arguments: list[str]) -> int:
    from analytics.cli import main

    sys.argv = ["outcomes", *arguments]
    try:
        main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException as error:  # noqa: BLE001  as the interpreter would do it
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


if __name__ == "__main__":
    _serve()
