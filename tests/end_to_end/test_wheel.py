"""The wheel makes a report in an environment of its own, far from the checkout: notebooks and templates are in it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def quiet(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, env=environment)


def makes_a_report(scripts: Path, folder: Path) -> None:
    """Simulate and report with the installed command, and look at what came out."""
    made = quiet(scripts / "outcomes", "simulate", "--out", "data", "--patients", 60, cwd=folder)
    assert made.returncode == 0, made.stderr
    done = quiet(scripts / "outcomes", "report", "data", "--out", "report", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert {"report.html", "report.ipynb", "findings.csv", "receipt.json"} <= {
        p.name for p in (folder / "report").iterdir()
    }
    where = quiet(scripts / "python", "-c", "import analytics; print(analytics.__file__)", cwd=folder)
    assert str(folder) in where.stdout
    assert str(ROOT) not in where.stdout


def test_the_wheel_makes_a_report_elsewhere(wheel: Path, tmp_path: Path) -> None:
    """In a new environment that sees the installed libraries but not this checkout (an empty one: the next test)."""
    assert quiet(sys.executable, "-m", "venv", "--without-pip", tmp_path / "env", cwd=tmp_path).returncode == 0
    site = next((tmp_path / "env").glob("lib/python*/site-packages"))
    # A plain path in a .pth file is added without reading the .pth files there: the editable install stays unseen.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", tmp_path / "env" / "bin" / "python"]
    done = quiet(*pip, "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    makes_a_report(tmp_path / "env" / "bin", tmp_path)


@pytest.mark.long
def test_the_wheel_makes_a_report_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """The same with every library installed from the hashed lock."""
    assert quiet(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path).returncode == 0
    pip = [tmp_path / "env" / "bin" / "python", "-m", "pip", "install", "-qq"]
    done = quiet(*pip, "--require-hashes", "-r", ROOT / "requirements.lock", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = quiet(*pip, "--no-deps", wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    makes_a_report(tmp_path / "env" / "bin", tmp_path)
