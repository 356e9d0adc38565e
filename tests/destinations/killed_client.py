"""Starts the client, tells the server its process id, waits for its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def client(
    base: Path, setting: dict[str, Any], tell: Callable[[int], None], env: dict[str, str]
) -> tuple[int, list[str]]:
    """Its exit code (-9: killed) and the lines of its ledger after the process id."""
    base.mkdir(exist_ok=True)
    (base / "setting.json").write_text(json.dumps(setting))
    (base / "ledger.txt").unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, str(HERE / "sending_client.py"), str(base)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{HERE}:{HERE.parents[1]}", **env},
    )
    tell(_pid(base, process))
    output, _ = process.communicate("go\n", timeout=60)
    lines = (base / "ledger.txt").read_text().splitlines()[1:]
    return process.returncode, lines if process.returncode in (0, -9) else [*lines, output]


def _pid(base: Path, process: subprocess.Popen[str]) -> int:
    for _ in range(600):
        if (base / "ledger.txt").exists() and "\n" in (base / "ledger.txt").read_text():
            return process.pid
        if process.poll() is not None:
            raise RuntimeError(process.stdout.read() if process.stdout else "")
        time.sleep(0.05)
    raise TimeoutError("the client did not start")
