"""The README tells the truth: its tour runs, its commands exist, its picture and its files are there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.S)


@pytest.mark.long
def test_the_tour_in_a_notebook_runs() -> None:
    scope: dict = {}
    for number, block in enumerate(blocks("python")):
        exec(compile(block.replace("patients=200", "patients=80"), f"README.md, block {number}", "exec"), scope)
    assert scope["run"].tables["findings"].shape[0] > 0
    assert scope["fit"].status == "estimated"


def test_the_mapping_of_the_readme_loads() -> None:
    from analytics.domain.mapping import load_mapping

    mapping, _ = blocks("yaml")
    assert load_mapping(mapping).columns


def test_the_exports_file_of_the_readme_loads(tmp_path: Path) -> None:
    from analytics.schedule.loading import load_exports

    (tmp_path / "exports.yml").write_text(blocks("yaml")[1])
    assert load_exports(tmp_path / "exports.yml").exports[0].name == "director-monthly"


def test_make_targets_and_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"\bmake ([a-z]+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target
    from analytics.cli.app import app

    groups = {"plan", "mapping", "store", "exports"}
    commands = {command.callback.__name__ for command in app.registered_commands} | groups
    assert set(re.findall(r"outcomes ([a-z]+) ", README)) <= commands


def test_files_and_pictures_of_the_readme_are_there() -> None:
    for name in re.findall(r"`((?:docs|notebooks)/[^`]*)`", README) + re.findall(r"!\[[^]]*\]\(([^)]*)\)", README):
        assert (ROOT / name).exists(), name
    help_text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"report", "test", "check", "bench", "help"} <= {line.split()[0] for line in help_text.splitlines()}
