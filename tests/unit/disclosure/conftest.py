"""Reports of marked clinics for the tests of outside copies: one to give away, the house's own, and another house's."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "end_to_end"), str(TESTS / "unit" / "reports")]

from planted_clinics import FORMATS, REPORTS, planted, run_cli  # noqa: E402


@dataclass(frozen=True)
class Delivered:
    """Folders: the data; the outside copy, all reports in all formats; the house's own report; another house's."""

    data: Path
    outside: Path
    house: Path
    other: Path


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    folder = tmp_path_factory.mktemp("outside")
    data, others = planted(folder), planted(folder, patients=110, seed=8)
    made = Delivered(data, folder / "external", folder / "internal", folder / "other")
    told = ("--report", ",".join(REPORTS), "--format", FORMATS, "--audience", "external")
    run_cli("report", str(data), *told, "--out", str(made.outside))
    run_cli("report", str(data), "--report", ",".join(REPORTS), "--format", "json", "--out", str(made.house))
    run_cli("report", str(others), "--format", "json", "--out", str(made.other))
    return made
