"""Orders on the command line: reports by name, a mock, an earlier report beside, a plan that was changed, a diff."""

from __future__ import annotations

import html
import json
import re
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command_line import outcomes

PLAN = "primary: [texture_grade]\nsecondary: []\nvisits: {weeks: [4, 8, 12], primary: %s}\n"


def told(path: Path) -> str:
    """The words of a page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", path.read_text())))


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("orders")
    for seed in (1, 2):
        done = outcomes("simulate", "--out", folder / f"data{seed}", "--patients", 40, "--clinics", 1, "--seed", seed)
        assert done.returncode == 0, done.stderr
    for week in (8, 12):
        (folder / f"plan{week}.yml").write_text(PLAN % week)
    done = outcomes("report", folder / "data1", "--plan", folder / "plan12.yml", "--out", folder / "spring")
    assert done.returncode == 0, done.stderr
    return folder


def report(clinic: Path, out: str, *more: object, data: int = 1, week: int = 12) -> None:
    plan = clinic / f"plan{week}.yml"
    done = outcomes("report", clinic / f"data{data}", "--plan", plan, "--out", clinic / out, *more)
    assert done.returncode in (0, 13), done.stderr


def test_the_first_report_is_report_and_the_others_have_their_names(clinic: Path) -> None:
    report(clinic, "three", "--report", "safety_review,data_quality", "--format", "html,json")
    names = {path.name for path in (clinic / "three").iterdir()}
    assert {"report.html", "report.json", "data_quality.html", "data_quality.json", "results.parquet"} <= names
    assert "report.ipynb" not in names
    assert {"findings.csv", "flow.csv", "quarantine.csv", "receipt.json", "run"} <= names
    listed = {file["name"] for file in json.loads((clinic / "three" / "receipt.json").read_text())["files"]}
    there = {p.relative_to(clinic / "three").as_posix() for p in (clinic / "three").rglob("*") if p.is_file()}
    assert listed == there - {"receipt.json"}


@pytest.mark.parametrize(
    ("option", "value", "near"),
    [("--report", "safety_revew", "safety_review"), ("--format", "htm", "html"), ("--audience", "extern", "external"),
     ("--format", ",", "pdf")],
)  # fmt: skip
def test_a_wrong_name_is_2_and_the_nearest_is_told(clinic: Path, option: str, value: str, near: str) -> None:
    done = outcomes("report", clinic / "data1", "--out", clinic / "never", option, value)
    assert done.returncode == 2
    assert near in done.stderr
    assert not (clinic / "never").exists()


def test_a_mock_says_so_everywhere_and_verifies(clinic: Path) -> None:
    order = ("mock", clinic / "data1", "--plan", clinic / "plan12.yml", "--out", clinic / "mock")
    done = outcomes(*order, "--format", "html,ipynb,xlsx,docx,json")
    assert done.returncode in (0, 13), done.stderr
    assert "MOCK" in done.stdout
    page = (clinic / "mock" / "report.html").read_text()
    assert "MOCK" in re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]  # type: ignore[index]
    for name in ("findings", "arm_means", "descriptions", "flow"):
        lines = (clinic / "mock" / f"{name}.csv").read_text().splitlines()
        assert lines[0].startswith("mock,")
        assert all(line.startswith("MOCK,") for line in lines[1:])
    saved = re.findall(r'href="data:text/csv[^"]*"', page)
    assert saved
    assert all("%EF%BB%BFmock%2C" in link and "MOCK%2C" in link for link in saved), "tables saved from the page too"
    rows = pq.read_table(clinic / "mock" / "results.parquet")
    assert rows.column_names[0] == "mock"
    assert set(rows["mock"].to_pylist()) == {"MOCK"}
    for name in ("results.parquet", "run/results.parquet"):
        assert pq.read_schema(clinic / "mock" / name).metadata[b"mock"].startswith(b"MOCK")
        assert not pq.read_schema(clinic / "spring" / "run" / "results.parquet").metadata
    drawings = sorted((clinic / "mock" / "figures").rglob("*.svg"))
    assert drawings
    assert all(re.search(r"<title[^>]*>MOCK \(", file.read_text()) for file in drawings)
    assert all(">MOCK</text>" in file.read_text() for file in drawings)
    assert not any("MOCK" in file.read_text() for file in (clinic / "spring" / "figures").rglob("*.svg"))
    with zipfile.ZipFile(clinic / "mock" / "report.docx") as word:
        assert "MOCK" in word.read("word/header1.xml").decode(), "on every page"
    real, mock = (json.loads((clinic / out / "receipt.json").read_text()) for out in ("spring", "mock"))
    assert mock["mock"] is True
    assert real["run_id"] != mock["run_id"]
    assert real["plan_sha256"] == mock["plan_sha256"]
    assert (clinic / "spring" / "findings.csv").read_text() != (clinic / "mock" / "findings.csv").read_text()
    again = outcomes("verify", clinic / "mock", "--data", clinic / "data1")
    assert again.returncode == 0, again.stderr + again.stdout


def test_a_mock_needs_a_plan(clinic: Path) -> None:
    assert outcomes("mock", clinic / "data1", "--out", clinic / "never").returncode == 2


def test_what_changed_since_the_last_report_is_a_section_and_its_receipt_is_known(clinic: Path) -> None:
    report(clinic, "summer", "--previous", clinic / "spring", data=2)
    assert "n then" in told(clinic / "summer" / "report.html").replace("\u00a0", " ")
    assert "No earlier report was named" in told(clinic / "spring" / "report.html")
    import hashlib

    known = json.loads((clinic / "summer" / "receipt.json").read_text())["previous_receipt_sha256"]
    assert known == hashlib.sha256((clinic / "spring" / "receipt.json").read_bytes()).hexdigest()
    assert outcomes("verify", clinic / "summer", "--data", clinic / "data2").returncode == 0
    no = outcomes("report", clinic / "data1", "--out", clinic / "never", "--previous", clinic / "data1")
    assert no.returncode == 11
    assert not (clinic / "never").exists()


@pytest.mark.long
def test_a_changed_plan_on_the_same_data_shows_on_page_one_for_good(clinic: Path) -> None:
    report(clinic, "again")
    assert "The plan was changed" not in told(clinic / "again" / "report.html")
    for _ in range(2):
        report(clinic, "again", week=8)
        page = told(clinic / "again" / "report.html")
        known = json.loads((clinic / "again" / "receipt.json").read_text())
        assert "The plan was changed" in page.split("Contents")[0]
        for plan in (*known["plans_before"], known["plan_sha256"]):
            assert plan[:12] in page.split("Contents")[0]
    report(clinic, "again", data=2)
    assert "The plan was changed" not in told(clinic / "again" / "report.html"), "other data: nothing was tried before"


@pytest.mark.long
def test_diff_prints_writes_and_refuses(clinic: Path) -> None:
    done = outcomes("diff", clinic / "spring", clinic / "spring")
    assert done.returncode == 0, done.stderr
    assert "0 changed, 0 new, 0 gone" in done.stdout
    report(clinic, "autumn", data=2)
    done = outcomes("diff", clinic / "spring", clinic / "autumn", "--out", clinic / "moved")
    assert done.returncode == 0, done.stderr
    assert "input sessions.csv" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert {path.name for path in (clinic / "moved").iterdir()} == {"diff.html", "diff.json", "diff.txt"}
    printed = outcomes("diff", clinic / "spring", clinic / "autumn", "--format", "json").stdout
    assert printed == (clinic / "moved" / "diff.json").read_text()
    assert outcomes("diff", clinic / "spring", clinic / "data1").returncode == 11
    assert outcomes("diff", clinic / "spring", clinic / "autumn", "--format", "pdf").returncode == 2


@pytest.mark.long
def test_an_outside_copy_replaces_its_own_earlier_one_and_verifies(clinic: Path) -> None:
    for _ in range(2):
        report(clinic, "shared", "--audience", "external")
    names = {path.name for path in (clinic / "shared").iterdir()}
    assert not names & {"quarantine.csv", "eligibility.csv", "disclosure.csv"}
    assert (clinic / "shared-internal" / "disclosure.csv").is_file()
    told = json.loads((clinic / "shared" / "receipt.json").read_text())
    assert not {"inputs", "rows"} & set(told)
    again = outcomes("verify", clinic / "shared", "--data", clinic / "data1")
    assert again.returncode == 0, again.stdout + again.stderr
    mixed = outcomes("report", clinic / "data1", "--out", clinic / "never", "--previous", clinic / "shared")
    assert mixed.returncode == 2, "an outside copy is set beside outside copies only"
