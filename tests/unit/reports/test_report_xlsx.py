"""The workbook: numbers with the told digits, text that is never a formula, sheets that can be found and read."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

import awkward_labels
import openpyxl
import pytest
import report_by_hand as by_hand
from awkward_labels import FORMULAS, LABELS
from nbformat import NotebookNode

from analytics.domain.block import Number, Table, Text
from analytics.domain.printable import BOX
from analytics.domain.run import Run
from analytics.reports.formats.xlsx import render

FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}


@pytest.fixture
def awkward(run: Run) -> bytes:
    return render(awkward_labels.notebook(), run)


def test_cover_words_and_a_sheet_for_each_table_in_the_order_of_the_report(notebook: NotebookNode, run: Run) -> None:
    names = opened(render(notebook, run)).sheetnames
    after = ["Adverse events, Level skipped", "Forest, Grade"]
    assert names == ["Cover", "Words", "Forest", "Trajectory", "A wide table", *after]


def test_the_cover_states_the_receipt_and_leads_to_every_sheet(notebook: NotebookNode, run: Run) -> None:
    book = opened(render(notebook, run))
    cover = book["Cover"]
    texts = {str(cell.value) for row in cover.iter_rows() for cell in row}
    assert {"Spring review", run.run_id, "2026-09-30", run.plan.sha256, "1" * 64} <= texts
    assert "12 rows, SHA-256 " + "0" * 64 in texts
    assert [cover.cell(r, 2).value for r in range(1, 20) if cover.cell(r, 1).value == "Rows received"] == [12]
    links = {cell.hyperlink.location for row in cover.iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in book.sheetnames[1:]}


def test_numbers_are_numbers_one_in_a_cell_with_the_unit_in_the_head(run: Run) -> None:
    ref = 'findings|{"outcome":"grade"}|'
    low, high = Number("\u22120.40", "R", ref + "conf_low"), Number("1.40", "R", ref + "conf_high")
    cell = (Number("0.90", "R", ref + "estimate"), Text(" ("), low, Text(" to "), high, Text(")"))
    made = Table((Text("Effects"),), ((Text("Arm"),), (Text("Effect"),)), (((Text("Cream"),), cell),), ("l", "r"))
    sheet = opened(render(by_hand.executed(("blocks", [made])), run))["Effects"]
    assert [c.value for c in sheet[4]] == [None, "Effect", None, None]
    assert [c.value for c in sheet[5]] == ["Arm", "estimate", "from", "to"]
    assert [(c.value, c.number_format) for c in sheet[6][1:]] == [(0.9, "0.00"), (-0.4, "0.00"), (1.4, "0.00")]
    assert sheet["A2"].value.endswith("unit: grade")
    assert sheet.freeze_panes == "B6"


def test_long_tables_can_be_filtered_and_their_heads_are_printed_on_every_page(run: Run) -> None:
    rows = tuple(((Text("Arm"),), (Number(str(n), "R", "t|{}|n"),)) for n in range(30))
    made = Table((Text("Long"),), ((Text("Arm"),), (Text("n"),)), rows, ("l", "r"))
    sheet = opened(render(by_hand.executed(("blocks", [made])), run))["Long"]
    assert sheet.auto_filter.ref == "A4:B34"
    assert sheet.print_title_rows == "$4:$4"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")


def test_no_text_is_a_formula_or_a_link_of_somebody_else(awkward: bytes) -> None:
    for name, xml in parts(awkward).items():
        assert not re.search(r"<f[ >]", xml), name
        assert "x.example" not in xml or not name.endswith(".rels"), name
    cells = [c for sheet in opened(awkward).worksheets for row in sheet.iter_rows() for c in row]
    found = [c for c in cells if isinstance(c.value, str) and c.value.lstrip("\t") in FORMULAS]
    assert len(found) > 3 * len(FORMULAS)
    assert {c.data_type for c in found} == {"s"}
    assert all(c.quotePrefix for c in found if not c.hyperlink)
    assert all(c.hyperlink.location and not c.hyperlink.target for c in cells if c.hyperlink)


def test_every_label_is_there_and_can_be_shown(awkward: bytes) -> None:
    cells = {c.value for sheet in opened(awkward).worksheets for row in sheet.iter_rows() for c in row}
    assert f"a{BOX}b{BOX}c{BOX}d" in cells
    assert f"half {BOX} pair" in cells
    assert {"x" * 5_000, "<script>alert(1)</script>", LABELS[10], LABELS[12]} <= cells


def test_sheet_names_are_names_that_excel_takes(awkward: bytes) -> None:
    names = opened(awkward).sheetnames
    assert len({name.casefold() for name in names}) == len(names) == 8
    assert all(0 < len(name) <= 31 and not FORBIDDEN.search(name) and name.strip("'") == name for name in names)


def test_bytes_are_equal_and_hold_no_time_of_making(notebook: NotebookNode, run: Run) -> None:
    content = render(notebook, run)
    assert content == render(notebook, run)
    assert opened(content).properties.created == datetime(2026, 9, 30)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
