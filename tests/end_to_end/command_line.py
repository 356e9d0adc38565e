"""The command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("data_quality", "safety_review", "clinic_benchmark", "consultation_review")
EVERYTHING = ("--report", ",".join(("effectiveness_review", *OTHERS)), "--format", "html,pdf,xlsx,docx,ipynb,json")


def outcomes(*arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """``outcomes ARGUMENTS``, with these environment variables besides one's own."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-m", "analytics", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
