"""The software entry of the receipt says the same from every folder, and no commit where files were changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.reports import software as room

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = "from analytics.reports.software import software; print(software())"


def told(root: Path, cwd: Path, **environment: str) -> str:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), **environment}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=cwd, env=env, capture_output=True, text=True, check=True
    ).stdout


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small copy of the checkout under its own git."""
    root = tmp_path / "copy"
    for name in ("analytics", "schemas"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    (root / ".gitignore").write_text("__pycache__/\n")
    git(root, "init")
    git(root, "add", ".")
    git(root, "commit", "-m", "x")
    return root


def test_this_checkout() -> None:
    found = room.software()
    assert found["version"] == re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)[1]  # type: ignore[index]
    assert found["lock_sha256"] == hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    assert found["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_the_commit_of_a_clean_checkout_from_anywhere(checkout: Path, tmp_path: Path) -> None:
    head = subprocess.run(
        ["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    here = told(checkout, checkout)
    assert f"'commit': '{head}'" in here
    assert told(checkout, tmp_path, HOME=str(tmp_path), TZ="Asia/Tokyo", GIT_DIR=str(tmp_path), LC_ALL="C") == here


@pytest.mark.parametrize("change", ["edit", "new file"])
def test_no_commit_once_something_was_changed(checkout: Path, change: str) -> None:
    path = checkout / "schemas" / ("vocabulary.py" if change == "edit" else "more.py")
    path.write_text((path.read_text() if path.exists() else "") + "\n# changed\n")
    assert "'commit': None" in told(checkout, checkout)


def test_what_no_report_rests_on_may_change(checkout: Path) -> None:
    (checkout / "letter.txt").write_text("x")
    assert "'commit': None" not in told(checkout, checkout)


def test_installed_from_a_wheel_there_is_no_commit_and_the_lock_lies_within(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name in ("analytics", "schemas"):
        shutil.copytree(ROOT / name, site / name, ignore=shutil.ignore_patterns("__pycache__"))
    (site / "analytics" / "reports" / "requirements.lock").write_text("lock")
    git(tmp_path, "init")
    found = told(site, tmp_path)
    assert "'commit': None" in found
    assert hashlib.sha256(b"lock").hexdigest() in found


def test_packages_that_a_report_rests_on_stand_with_their_version_in_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    found = room.packages()
    assert tuple(found) == room.PACKAGES
    for name, version in found.items():
        assert any(line.startswith(f"{name}=={version} ") for line in lock), name
