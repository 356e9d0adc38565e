"""The page on data quality: what to mend first stands first, figures agree with the quarantine, nothing can run."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from clinic_files import ClinicFiles
from page import Element, read
from test_faulty_rows import FINE, HEAD, HOSTILE

from analytics.domain.errors import DataRefused
from analytics.intake.loss import losses
from analytics.intake.sift import sift
from analytics.reports.quality_page import quality_page


@pytest.fixture
def clinic(tmp_path: Path) -> ClinicFiles:
    return ClinicFiles(tmp_path)


def made(clinic: ClinicFiles, text: str | bytes, mapping: Any = None) -> str:
    data = clinic.read(text, mapping, name="visits.csv")
    try:
        found = sift(data)
    except DataRefused as refused:
        found = refused.sifted  # type: ignore[attr-defined]
    cost = losses(data, found)
    content = quality_page(data, found, cost)
    assert content == quality_page(data, found, cost), "same bytes"
    return content.decode()


def test_it_says_how_many_are_fine_and_what_the_others_cost(clinic: ClinicFiles) -> None:
    page = read(made(clinic, HEAD + FINE + "a,2026-03-01,,12,\nc,2026-01-01,laser,4,\n").encode())
    assert page.first("h1").text == "2 of 4 rows are fine, 2 were set aside"
    lead = next(e for e in page.every("p") if e.attributes.get("class") == "lead")
    assert lead.text == "What was set aside costs the comparison 2 readings and 1 patient."
    first, second = (e.text for e in page.first("article").every("li"))
    assert "Treatment that is not known" in first
    assert "visits.csv row 5, treatment: “laser”" in first
    assert "Costs 1 reading and 1 patient." in first
    assert "Value outside what is possible" in second
    assert "Costs 1 reading." in second


def test_perfect_and_hopeless_files_are_said_plainly(clinic: ClinicFiles) -> None:
    good = read(made(clinic, HEAD + FINE).encode())
    assert good.first("h1").text == "Every row is fine: 2 received, none set aside"
    bad = read(made(clinic, HEAD + "a,x,chemical_peel,5,\n").encode())
    assert bad.first("h1").text == "No row could be used: all 1 were set aside"


def test_sections_tell_faults_warnings_repairs_and_empty_cells(clinic: ClinicFiles) -> None:
    text = (
        "patient_id;session_date;treatment;inflammatory_lesions;absorbed_percent\n"
        "a;2026-01-01;chemical_peel;450;1,5\nb;2026-01-01;dermal_roller;-2;\nc;2026-01-01;dermal_roller;;n/a\n"
    )
    page = read(made(clinic, text, "decimal: ','\nmissing: [n/a]\n").encode())
    heads = [e.text for e in page.every("h2")]
    assert heads[:2] == ["What to mend first", "What to check"]
    assert {"Rows", "What is wrong, kind by kind", "What was mended on reading", "Empty cells"} <= set(heads)
    tables = {
        e.first("caption").text: [[c.text for c in r.every("th", "td")] for r in e.every("tr")]
        for e in page.every("table")
    }
    assert ["absorbed_percent", "absorbed_percent", "visits.csv", "2", "67 %"] in tables["Empty cells by column"]
    assert ["inflammatory_lesions", "inflammatory_lesions", "visits.csv", "1", "33 %"] in tables[
        "Empty cells by column"
    ]
    assert tables["Mended on reading"][1] == ["decimal comma read", "absorbed_percent", "1"]
    assert tables["Faults by file and column"][1][2:] == ["inflammatory_lesions", "value outside what is possible", "1"]


def test_headings_go_down_step_by_step_and_anchors_are_told_apart(clinic: ClinicFiles) -> None:
    page = read(made(clinic, HEAD + FINE + "a,2026-03-01,,12,\nc,2026-01-01,laser,4,\na,soon,,,x\n").encode())
    levels = [int(e.tag[1]) for e in page.every("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [e.attributes["id"] for e in page.every() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    links = {e.attributes["href"] for e in page.every("a") if e.attributes["href"].startswith("#")}
    assert links <= {f"#{name}" for name in ids}


def safe(page: Element) -> None:
    assert not list(page.every("script", "link", "iframe", "object", "img", "svg"))
    for element in page.every():
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            assert element.attributes.get(name, "#").startswith(("#", "data:text/csv"))


def test_hostile_text_stays_text(clinic: ClinicFiles) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for at, value in enumerate(HOSTILE):
        writer.writerow([f"p{at}{value[:20]}", "2026-01-02", value, value, value])
    head = HEAD.replace("rater_id", "rater_id,<b onclick=x>,=1+1")
    text = made(
        clinic,
        (head + FINE.replace("\n", ",,\n") + stream.getvalue()).encode("utf-8", "surrogatepass"),
    )
    page = read(text.encode())
    safe(page)
    shown = page.text
    assert "<script>alert(1)</script>" in shown
    assert "\u202e" not in text
    assert "\x01" not in text
    assert "x" * 200 not in shown
    assert any("\u05e9\u05dc\u05d5\u05dd" in e.text for e in page.every("bdi"))


def test_the_policy_permits_the_style_sheet_and_nothing_else(clinic: ClinicFiles) -> None:
    text = made(clinic, HEAD + FINE)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [e.attributes["content"] for e in read(text.encode()).every("meta") if "http-equiv" in e.attributes]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_a_changed_rule_keeps_the_name_of_its_column(clinic: ClinicFiles) -> None:
    lines = "patient_id,treatment,session_date,texture_grade\np1,chemical_peel,2026-01-01,3\n"
    text = made(clinic, lines, "rules: {range: {texture_grade: [0, 4]}, short_interval: off}\n")
    assert "<p>texture_grade must be from" in text
    assert "<p>The rule short_interval is switched off" in text
