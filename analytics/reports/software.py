"""Which software made a report: version, commit, lock and Python, found in the source checkout or in the wheel."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DISTRIBUTION = "clinical-outcomes"
PACKAGE = Path(__file__).resolve().parents[1]  # the folder analytics/
INSTALLED = Path(__file__).resolve().parent  # where the wheel keeps the notebooks and the lock
SOURCES = ("analytics", "schemas", "notebooks", "pyproject.toml", "requirements.lock")
GIT_SECONDS = 20
# Packages that numbers, checks, figures and files of a report rest on; show/method_texts.py says what each is for.
PACKAGES = ("formulaic", "matplotlib", "narwhals", "numpy", "pandas", "pandera", "pyarrow", "scipy")


@cache
def checkout() -> Path | None:
    """The root of the source checkout that this code runs from; None when it was installed from a wheel."""
    project = _project(PACKAGE.parent)
    return PACKAGE.parent if project.get("name") == DISTRIBUTION else None


def _project(root: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, tomllib.TOMLDecodeError):
        return {}


def shipped(name: str) -> Path | None:
    """A file that lies in the root of the checkout and, in the wheel, beside this module (notebooks, the lock)."""
    root = checkout()
    path = (root if root is not None else INSTALLED) / name
    return path if path.exists() else None


def version() -> str:
    """The version of this code; the checkout's own word first: what an editable install remembers may be old."""
    root = checkout()
    if root is not None:
        return str(_project(root)["version"])
    try:
        return importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def lock_sha256() -> str | None:
    """SHA-256 of the lock that names every package of this version; None where it is not there."""
    path = shipped("requirements.lock")
    return None if path is None else hashlib.sha256(path.read_bytes()).hexdigest()


def commit() -> str | None:
    """The commit of the checkout if nothing that a report rests on was changed since; else None."""
    root = checkout()
    if root is None or not (root / ".git").exists():
        return None
    changed = _git(root, "status", "--porcelain", "--untracked-files=all", "--", *SOURCES)
    return _git(root, "rev-parse", "--verify", "HEAD") if changed == "" else None


def _git(root: Path, *arguments: str) -> str | None:
    """What git prints, whoever owns the checkout and whatever the user's own settings are; None if it fails."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    settings = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.quotePath=true")
    try:
        done = subprocess.run(
            ["git", *settings, "-C", str(root), *arguments],
            env={**environment, "GIT_OPTIONAL_LOCKS": "0", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def software() -> dict[str, str | None]:
    """The ``software`` entry of the receipt."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"version": version(), "commit": commit(), "lock_sha256": lock_sha256(), "python": python}


def packages() -> dict[str, str]:
    """Name -> installed version of the packages that a report rests on; the lock names all of them."""
    return {name: importlib.metadata.version(name) for name in PACKAGES}
