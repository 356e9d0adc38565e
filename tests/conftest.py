"""Shared fixtures: where the shared reference folder lies, and one BLAS thread so that figures have the same bits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared reference data beside the repository; tests that need it are skipped where it is absent."""
    path = ROOT.parent / "shared"
    if not (path / "reference").is_dir():
        pytest.skip("the shared folder with reference numbers and real files is not beside this checkout")
    return path
