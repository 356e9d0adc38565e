"""The Word document: A4, real styles, headings in order, tables that break well, figures in words, equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from itertools import pairwise
from typing import Any

import awkward_labels
import docx
import pytest
from docx.oxml.ns import qn
from nbformat import NotebookNode

from analytics.domain.printable import BOX
from analytics.domain.run import Run
from analytics.reports.formats.docx import render
from analytics.reports.formats.docx_template import template

A4 = (210.0, 297.0)


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def xml(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def texts(document: Any) -> list[str]:
    return [paragraph.text for paragraph in document.element.body.iter(qn("w:p"))]


@pytest.fixture
def content(notebook: NotebookNode, run: Run) -> bytes:
    return render(notebook, run)


@pytest.fixture
def document(content: bytes) -> Any:
    return opened(content)


def test_the_page_is_a4_upright(document: Any) -> None:
    pages = {(round(s.page_width.mm, 0), round(s.page_height.mm, 0)) for s in document.sections}
    assert pages == {A4}


def test_a_table_that_is_too_wide_turns_its_page(run: Run) -> None:
    import report_by_hand as by_hand

    turned = opened(render(by_hand.executed(("markdown", "# T\n\n## S"), ("blocks", [by_hand.wide_table(22)])), run))
    assert [s.page_width > s.page_height for s in turned.sections] == [False, True, False]
    usable = [s.page_width - s.left_margin - s.right_margin for s in turned.sections]
    widths = sum(int(column.get(qn("w:w"))) for column in turned.tables[0]._tbl.tblGrid.iter(qn("w:gridCol")))
    assert widths * 635 <= usable[1]


def test_styles_are_words_own_and_no_heading_is_skipped(document: Any) -> None:
    names = [p.style.name for p in document.paragraphs]
    assert names.count("Title") == 1
    assert {"Subtitle", "Lead", "Answer", "Caption", "List Bullet", "Table note", "TOC Heading", "toc 1"} <= set(names)
    levels = [int(name[-1]) for name in names if name.startswith("Heading ")]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert {table.style.name for table in document.tables} == {"Report Table"}


def test_the_first_row_of_a_table_is_repeated_and_no_row_is_torn(document: Any) -> None:
    for table in document.tables:
        rows = [row._tr for row in table.rows]
        assert [bool(row.findall(f".//{qn('w:tblHeader')}")) for row in rows] == [True, *[False] * (len(rows) - 1)]
        assert all(row.findall(f".//{qn('w:cantSplit')}") for row in rows)


def test_figures_are_told_in_words_and_their_numbers_stand_in_the_appendix(document: Any) -> None:
    told = [e.get("descr") for e in document.element.body.iter(qn("wp:docPr"))]
    assert told == [
        "Cream 0.4 points better than vehicle.", "Both groups fall, the cream group further.", "Again in words.",
    ]  # fmt: skip
    after = texts(document)
    after = after[len(after) - after[::-1].index("Numbers of the figures") :]
    assert sum(text == "Numbers of the picture" for text in after) == 3


def test_the_header_names_run_and_page_by_fields(content: bytes, run: Run) -> None:
    header = xml(content, "word/header1.xml")
    assert re.findall(r'w:instr="([^"]*)"', header) == [" DOCPROPERTY Run ", " PAGE ", " NUMPAGES "]
    assert run.run_id in xml(content, "docProps/custom.xml")
    assert opened(content).sections[0].header.paragraphs[0].text.startswith("Run ")


def test_properties_are_of_the_data_and_not_of_the_clock(document: Any, run: Run) -> None:
    core = document.core_properties
    assert core.title == "Grade improved more after the cream than after the vehicle. \u2013 Effectiveness review"
    assert core.language == "en-GB"
    assert core.created == core.modified == datetime.fromisoformat("2026-09-30T00:00:00+00:00")


def test_links_lead_somewhere_and_marks_are_unique(document: Any) -> None:
    body = document.element.body
    marks = [(e.get(qn("w:name")), e.get(qn("w:id"))) for e in body.iter(qn("w:bookmarkStart"))]
    links = {e.get(qn("w:anchor")) for e in body.iter(qn("w:hyperlink"))}
    assert links
    assert links <= {name for name, _ in marks}
    for values in zip(*marks):
        assert len(set(values)) == len(values)
    pictures = [e.get("id") for e in body.iter(qn("wp:docPr"))]
    assert len(set(pictures)) == len(pictures)
    fields = [e.get(qn("w:fldCharType")) for e in body.iter(qn("w:fldChar"))]
    assert fields == ["begin", "separate", "end"]


def test_labels_of_any_kind_are_text(run: Run) -> None:
    content = render(awkward_labels.notebook(), run)
    told = texts(opened(content))
    assert f"a{BOX}b{BOX}c{BOX}d" in told
    assert f"half {BOX} pair" in told
    assert {"<script>alert(1)</script>", "x" * 5_000, "&amp; ]]> <w:t>", "line break tab"} <= set(told)
    assert '<w:rtl/></w:rPr><w:t xml:space="preserve">\u05e9\u05dc\u05d5\u05dd<' in xml(content, "word/document.xml")


def test_bytes_are_equal_and_the_file_holds_no_trace_of_its_making(
    content: bytes, notebook: NotebookNode, run: Run
) -> None:
    assert content == render(notebook, run)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = archive.namelist()
    assert names[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert names[2:] == sorted(names[2:])
    assert not any("thumbnail" in name for name in names)


def test_a_report_without_tables_figures_or_evidence_is_a_document_too(run: Run) -> None:
    import report_by_hand as by_hand

    document = opened(render(by_hand.executed(("markdown", "# Only a title")), run))
    assert texts(document) == ["Only a title"]


def test_the_empty_template_can_be_opened() -> None:
    made = template(title='A "title" <&>', run_id="r", when="2026-01-02")
    assert opened(made).core_properties.title == 'A "title" <&>'
