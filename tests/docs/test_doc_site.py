"""The site builds without a warning, loads nothing from elsewhere, tells every public name, and has the same bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from doc_pages import DOCS, ROOT

sys.path.insert(0, str(DOCS))
from generate import command_line, front_door, offline, pictures


def build(out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", "-b", "html"]
    return subprocess.run(
        [*command, "-d", str(out / "work"), str(DOCS), str(out / "site")],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def hashes(site: Path) -> dict[str, str]:
    files = [path for path in sorted(site.rglob("*")) if path.is_file()]
    return {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("manual")
    done = build(out, PYTHONHASHSEED="1", TZ="Asia/Tokyo")
    assert done.returncode == 0, done.stderr[-3000:]
    return out / "site"


@pytest.mark.long
def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    assert offline.asked_elsewhere(site) == []
    assert (site / "index.html").is_file()


@pytest.mark.long
def test_the_reference_shows_every_picture(site: Path) -> None:
    page = (site / "reference" / "front_door.html").read_text(encoding="utf-8")
    for stem, _ in (one for drawn in pictures.wanted().values() for one in drawn):
        assert f"{stem}.svg" in page
        assert (site / "_images" / f"{stem}.svg").is_file()


@pytest.mark.long
def test_the_same_bytes_again(site: Path, tmp_path: Path) -> None:
    done = build(tmp_path, PYTHONHASHSEED="2", TZ="America/Lima", HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    assert hashes(site) == hashes(tmp_path / "site")


@pytest.mark.long
def test_a_broken_link_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text('extensions = ["myst_parser"]\nroot_doc = "index"\n')
    (tmp_path / "index.md").write_text("# A page\n\n[nowhere](missing.md)\n")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", str(tmp_path), str(tmp_path / "out")]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The made page, with the pictures' alt texts stood in for."""
    folder = tmp_path_factory.mktemp("pictures")
    for stem, _ in (one for drawn in pictures.wanted().values() for one in drawn):
        (folder / f"{stem}.txt").write_text("alt")
    return front_door.page(folder, "pictures")


def test_the_reference_has_every_public_name_with_its_docstring(reference: str) -> None:
    import analytics

    assert set(front_door.public()) == set(analytics.__all__)
    for name in analytics.__all__:
        assert f"\n### {name}\n" in reference
        part = reference.split(f"\n### {name}\n")[1].split("\n### ")[0]
        doc = getattr(analytics, name).__doc__ or ""
        assert doc.split("\n")[0].replace("``", "`").strip() in part, name
        assert "Source: `analytics/" in part, name


def test_the_reference_has_the_values_that_the_verbs_give(reference: str) -> None:
    for value in ("Dataset", "Sifted", "Plan", "Cohort", "Findings", "Run", "Blocks", "RepeatedFit"):
        assert f"\n### {value}\n" in reference
    assert "`to_frame(" in reference


def test_the_command_reference_has_every_command_and_option(tmp_path: Path) -> None:
    page = command_line.page(tmp_path)
    for wanted in (
        "## outcomes report",
        "## outcomes mapping init",
        "## outcomes store erase",
        "--audience",
        "--as-of",
    ):
        assert wanted in page
    assert page.count("\n## ") + 1 >= 25


@pytest.mark.parametrize(
    ("text", "suffix", "found"),
    [
        ('<script src="https://cdn.example.org/x.js"></script>', ".html", 1),
        ('<link rel="stylesheet" href="//fonts.example.org/css">', ".html", 1),
        ('<img src="http://example.org/a.png">', ".html", 1),
        ('<p style="background: url(https://example.org/a.png)">', ".html", 2),
        ("@font-face{src:url('https://example.org/f.woff2')}", ".css", 1),
        ('@import "https://example.org/a.css";', ".css", 1),
        ('<a href="https://doi.org/10.1000/1">a reference</a><img src="../_images/a.svg">', ".html", 0),
        ('<svg xmlns="http://www.w3.org/2000/svg"><use xlink:href="#a"/></svg>', ".svg", 0),
    ],
)
def test_what_counts_as_loading_from_elsewhere(text: str, suffix: str, found: int) -> None:
    assert len(offline.loads(text, suffix)) == found
