"""A folder of small clinic files for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from clinic_files import ClinicFiles


@pytest.fixture
def clinic(tmp_path: Path) -> ClinicFiles:
    return ClinicFiles(tmp_path)
