"""The check of a file from command to browser: every file is there, the page fits, asks for nothing, can be read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from command_line import outcomes
from test_browser import browser as window  # the fixture

browser = window

FILES = {"accepted.parquet", "quarantine.csv", "quality.html", "faulty_rows.xlsx"}
ROWS = [
    "patient_id,session_date,treatment,texture_grade,inflammatory_lesions,rater_id",
    *(f"p{n},2026-01-0{1 + n % 9},chemical_peel,5,{10 + n},AB" for n in range(30)),
    "q1,2026-02-30,chemical_peel,5,10,AB",
    "q2,2026-02-01,laser,5,10,AB", "q3,2026-02-01,dermal_roller,55,10,AB",
    "q4,2026-02-01,dermal_roller,4.3,10,AB",
    ",2026-02-01,dermal_roller,4,10,AB", "q5,2026-02-01,dermal_roller,4,450,AB",
    f"q6,2026-02-01,<script>alert(1)</script>,{'x' * 3000},10,\u05e9\u05dc\u05d5\u05dd", "q7,2026-02-01",
]  # fmt: skip


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checked")
    (folder / "visits.csv").write_text("\n".join(ROWS) + "\n", encoding="utf-8")
    done = outcomes("validate", folder / "visits.csv", "--out", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_the_receipt_covers_every_file(checked: Path) -> None:
    receipt = json.loads((checked / "receipt.json").read_bytes())
    listed = {file["name"]: file["sha256"] for file in receipt["files"]}
    assert set(listed) == FILES
    assert {p.name for p in checked.iterdir()} == {*FILES, "receipt.json"}
    for name, digest in listed.items():
        assert hashlib.sha256((checked / name).read_bytes()).hexdigest() == digest


def test_everything_set_aside_is_11_and_the_files_are_written_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("patient_id,session_date,treatment\na,x,chemical_peel\nb,y,dermal_roller\n")
    done = outcomes("validate", tmp_path / "bad.csv", "--out", tmp_path / "out")
    assert done.returncode == 11
    assert "Traceback" not in done.stderr
    assert {p.name for p in (tmp_path / "out").iterdir()} == {*FILES, "receipt.json"}
    assert "No row could be used" in (tmp_path / "out" / "quality.html").read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_asks_for_nothing_and_has_no_fault_of_accessibility(
    browser: Any,
    checked: Path,
    width: int,
    scheme: str,
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    heard: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    page.on("request", lambda request: heard.append(request.url))
    page.goto((checked / "quality.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert heard == [(checked / "quality.html").as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response
    assert len(found["passes"]) > 10, "axe has not looked"
    faults = [v for v in found["violations"] if v["impact"] in ("serious", "critical", "moderate")]
    assert [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in faults] == []
    context.close()
