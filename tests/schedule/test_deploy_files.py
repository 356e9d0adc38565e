"""The files in deploy/: as far as they can be checked on the machine of the tests."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analytics.schedule.rule import fault

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_its_units(tmp_path: Path) -> None:
    """With the paths of the installation replaced by ones that are there."""
    for name in ("outcomes-run-due.service", "outcomes-run-due.timer"):
        text = (DEPLOY / name).read_text().replace("/opt/outcomes/bin/outcomes", "/bin/true")
        (tmp_path / name).write_text(text.replace("/srv/outcomes", "/tmp"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_service_is_hardened() -> None:
    found = (DEPLOY / "outcomes-run-due.service").read_text()
    for line in ("NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077",
                 "SuccessExitStatus=14", "PrivateTmp=true", "ProtectHome=true"):  # fmt: skip
        assert f"\n{line}\n" in found


def test_the_line_for_cron_is_one() -> None:
    lines = [line for line in (DEPLOY / "crontab").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0].startswith("MAILTO=")
    assert fault(" ".join(lines[1].split()[:5])) == ""
    assert "run-due --config exports.yml" in lines[1]
    assert "%" not in lines[1], "cron reads % as a line end"


def test_the_container_has_no_rights_and_checks_what_it_installs() -> None:
    found = (DEPLOY / "Containerfile").read_text()
    assert "--require-hashes" in found
    assert re.search(r"\nUSER \d+\n", found)
    for folder in re.findall(r"^COPY (?!--from)(.+) \S+$", found, re.M):
        assert all((DEPLOY.parent / name).exists() for name in folder.split())


def test_no_secret_and_no_address_of_ours_stands_in_them() -> None:
    for path in DEPLOY.iterdir():
        assert not re.search(r"(?i)(password|secret|token)=\S", path.read_text())
