"""Same inputs, same bytes: in another folder, HOME, time zone, locale, hash seed, thread count, and on another day."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command_line import EVERYTHING, OTHERS, outcomes

# Python runs this before anything else: the clock is a year ahead (date.today asks time.time too).
NEXT_YEAR = "import time; _now = time.time; time.time = lambda: _now() + 366 * 86400\n"
DELIVERED = {
    "report.html", "report.ipynb", "findings.csv", "arm_means.csv", "descriptions.csv", "quarantine.csv",
    "eligibility.csv", "flow.csv", "receipt.json", "run/results.parquet", "run/plan.yml", "run/facts.json",
}  # fmt: skip
LONG_NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[+-]?\d+)?(?![\w.])")


def held(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def made_elsewhere(folder: Path, data: Path, plan: Path, *options: str) -> Path:
    """The same report made in every other circumstance at once."""
    copied, home, late = folder / "copied", folder / "home", folder / "late"
    shutil.copytree(data, copied)
    for path in copied.rglob("*"):
        os.utime(path, (10**9, 10**9))
    home.mkdir()
    late.mkdir()
    (late / "sitecustomize.py").write_text(NEXT_YEAR)
    env = {"HOME": str(home), "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "4711", "COLUMNS": "40"}
    threads = {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    python_path = f"{Path(__file__).resolve().parents[2]}{os.pathsep}{late}"
    shutil.copy(plan, folder / "renamed.yml")
    arguments = ("report", "copied", "--plan", "renamed.yml", "--out", "deep/er", *options)
    done = outcomes(*arguments, cwd=folder, **env, **threads, PYTHONPATH=python_path)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in home.iterdir()) == [], "something was written into HOME"
    return folder / "deep" / "er"


@pytest.fixture(scope="module")
def elsewhere(example_data: Path, example_plan: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_elsewhere(tmp_path_factory.mktemp("else where \u00e9"), example_data, example_plan)


def assert_same_bytes(folder: Path, elsewhere: Path) -> None:
    one, other = held(folder), held(elsewhere)
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []


def test_every_file_has_the_same_bytes(example_report: Path, elsewhere: Path) -> None:
    assert_same_bytes(example_report, elsewhere)


def test_a_report_in_every_format_has_the_same_bytes(few_data: Path, few_plan: Path, tmp_path: Path) -> None:
    """The shortest report, so that the six formats are looked at each time the tests run."""
    options = ("--report", "data_quality", "--format", "html,pdf,xlsx,docx,ipynb,json")
    done = outcomes("report", few_data, "--plan", few_plan, "--out", tmp_path / "here", *options)
    assert done.returncode == 0, done.stderr
    assert {f"report.{suffix}" for suffix in options[-1].split(",")} <= set(held(tmp_path / "here"))
    there = tmp_path / "else where \u00e9"
    there.mkdir()
    assert_same_bytes(tmp_path / "here", made_elsewhere(there, few_data, few_plan, *options))


@pytest.mark.long
def test_all_reports_in_all_formats_have_the_same_bytes(
    every_report: Path, few_data: Path, few_plan: Path, tmp_path: Path
) -> None:
    names = set(held(every_report))
    assert {f"{n}.{s}" for n in ("report", *OTHERS) for s in ("html", "pdf", "xlsx", "docx", "ipynb", "json")} <= names
    assert_same_bytes(every_report, made_elsewhere(tmp_path, few_data, few_plan, *EVERYTHING))


def test_everything_is_delivered_and_listed(example_report: Path) -> None:
    files = held(example_report)
    assert set(files) >= DELIVERED
    assert [n for n in files if n.startswith("figures/") and n.endswith(".svg")]
    receipt = json.loads(files["receipt.json"])
    listed = {f["name"]: f["sha256"] for f in receipt["files"]}
    assert listed == {n: hashlib.sha256(c).hexdigest() for n, c in files.items() if n != "receipt.json"}
    rows = receipt["rows"]
    assert rows["received"] == rows["accepted"] + rows["quarantined"]


def test_no_number_has_more_than_six_significant_digits(example_report: Path) -> None:
    for name, content in held(example_report).items():
        if name.endswith(".csv"):
            for found in LONG_NUMBER.findall(content.decode()):
                digits = found.split("e")[0].lstrip("-").replace(".", "").strip("0")
                assert len(digits) <= 6, f"{name}: {found}"
    results = pq.read_table(example_report / "run" / "results.parquet").to_pandas()
    values = results["value"].dropna()
    assert all(float(f"{v:.6g}") == v or float(v).is_integer() for v in values if abs(v) != float("inf"))


def test_nothing_tells_where_or_when_it_was_made(example_report: Path, elsewhere: Path, example_data: Path) -> None:
    for name, content in held(elsewhere).items():
        for told in (str(elsewhere), str(example_data), tempfile.gettempdir() + os.sep, " at 0x"):
            assert told.encode() not in content, f"{name} tells {told}"


def test_every_number_of_the_report_is_a_row_of_the_results(example_report: Path) -> None:
    from analytics.domain.block import MIME, Number, from_json

    rows = set(pq.read_table(example_report / "run" / "results.parquet").column("id").to_pylist())
    notebook = json.loads((example_report / "report.ipynb").read_text())
    blocks = [o["data"][MIME] for c in notebook["cells"] for o in c.get("outputs", ()) if MIME in o.get("data", {})]
    refs = [n.ref for value in blocks for n in numbers(from_json(value), Number) if n.kind == "R"]
    assert len(refs) > 100
    assert [ref for ref in refs if not set(ref.split("\n")) <= rows] == []


def numbers(value: object, kind: type) -> list:
    """Every Number inside nested blocks."""
    if isinstance(value, kind):
        return [value]
    inner = (
        value if isinstance(value, tuple) else [getattr(value, n) for n in getattr(value, "__dataclass_fields__", ())]
    )
    return [found for each in inner for found in numbers(each, kind)]


def test_the_figures_are_pictures_of_their_own(example_report: Path) -> None:
    for path in sorted((example_report / "figures").iterdir()):
        root = ET.fromstring(path.read_bytes())
        assert root.get("role") == "img"
        assert root[0].tag.endswith("title")


def test_a_second_report_takes_the_place_of_the_first(
    example_data: Path, example_plan: Path, example_report: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(example_report, out)
    (out / "mine.txt").write_text("keep")
    (out / "report.html").write_text("damaged")
    done = outcomes("report", example_data, "--plan", example_plan, "--out", out)
    assert done.returncode == 0, done.stderr
    assert held(out) == {**held(example_report), "mine.txt": b"keep"}


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(example_data: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("x")
    done = outcomes("report", example_data, "--out", tmp_path / "photos")
    assert done.returncode == 14
    assert "Traceback" not in done.stderr
    assert held(tmp_path / "photos") == {"a.jpg": b"x"}
