"""Excel, Parquet and Arrow: types are kept, row numbers are the sheet's, broken files are refused with words."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from clinic_files import ClinicFiles
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain.errors import DataRefused
from analytics.intake.sift import sift
from analytics.sources import FORMATS, arrow, excel
from analytics.sources.grid import Options
from analytics.sources.read import read

HEADER = ["patient_id", "treatment", "session_date", "texture_grade"]


def workbook(rows: list[list[object]], *, title: str = "sessions", edit: object = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if edit is not None:
        edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells(content: bytes, sheet: str = "sessions", **options: object) -> list[list[tuple[str, str]]]:
    grid = excel.grid(content, "f.xlsx", sheet, Options(**options))  # type: ignore[arg-type]
    found = []
    for i in range(len(grid.rows)):
        row = []
        for column in grid.columns:
            code = int(column.codes[i])
            row.append(("", "") if code < 0 else (str(column.kinds[code]), str(column.texts[code])))
        found.append(row)
    return found


def test_types_are_kept() -> None:
    row = [1001.0, "Peel", dt.datetime(2026, 3, 1), 3.5, True, dt.datetime(2026, 3, 1, 14, 30), None, 0.25]
    found = cells(workbook([["a", "b", "c", "d", "e", "f", "g", "h"], row]))
    assert found == [
        [
            ("n", "1001"),
            ("t", "Peel"),
            ("d", "2026-03-01"),
            ("n", "3.5"),
            ("b", "true"),
            ("d", "2026-03-01 14:30:00"),
            ("", ""),
            ("n", "0.25"),
        ]
    ]


def test_row_numbers_are_the_sheet_s(clinic: ClinicFiles) -> None:
    content = workbook(
        [
            ["A title"],
            [],
            HEADER,
            ["p1", "chemical_peel", dt.datetime(2026, 3, 1), 3],
            [],
            ["p2", "chemical_peel", "x", 3],
        ]
    )
    path = clinic.write("v.xlsx", content)
    mapping = {"header_row": 3, "columns": {name: name for name in HEADER}}
    sifted = sift(read([path], [mapping]))
    assert sifted.sessions["_row"].tolist() == [4]
    assert sifted.quarantine[["row", "column", "rule"]].to_numpy().tolist() == [[6, "session_date", "date"]]


def test_a_number_in_a_date_column_and_a_date_in_a_number_column_are_faults(clinic: ClinicFiles) -> None:
    rows = [
        HEADER,
        ["p1", "chemical_peel", 46082, 3],
        ["p2", "chemical_peel", dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 1)],
        ["p3", "chemical_peel", dt.datetime(2026, 3, 1), True],
        ["p4", "chemical_peel", dt.datetime(2026, 3, 1), 4],
    ]
    sifted = sift(read([clinic.write("v.xlsx", workbook(rows))]))
    errors = sifted.quarantine[["row", "rule", "value"]].to_numpy().tolist()
    assert errors == [[2, "date", "46082"], [3, "type", "2026-03-01"], [4, "type", "true"]]
    assert sifted.sessions["patient_id"].tolist() == ["p4"]


def test_decimal_and_format_apply_to_text_cells_only(clinic: ClinicFiles) -> None:
    rows = [HEADER, ["p1", "chemical_peel", dt.datetime(2026, 3, 1), 3.5], ["p2", "chemical_peel", "02/03/2026", "4,5"]]
    mapping = {
        "decimal": ",",
        "columns": {**{n: n for n in HEADER}, "session_date": {"from": "session_date", "format": "%d/%m/%Y"}},
    }
    sifted = sift(read([clinic.write("v.xlsx", workbook(rows))], [mapping]))
    assert sifted.sessions["texture_grade"].tolist() == [3.5, 4.5]
    assert sifted.sessions["session_date"].tolist() == [pd.Timestamp("2026-03-01"), pd.Timestamp("2026-03-02")]


def test_a_formula_without_a_saved_value_and_an_error_value_are_faults(clinic: ClinicFiles) -> None:
    rows = [
        HEADER,
        ["p1", "chemical_peel", dt.datetime(2026, 3, 1), "=1+1"],
        ["p2", "chemical_peel", dt.datetime(2026, 3, 1), "#REF!"],
        ["p3", "chemical_peel", dt.datetime(2026, 3, 1), 3],
    ]
    sifted = sift(read([clinic.write("v.xlsx", workbook(rows))]))
    errors = sifted.quarantine[["row", "rule", "value"]].to_numpy().tolist()
    assert errors == [[2, "type", "=1+1"], [3, "type", "#REF!"]]


def test_a_workbook_with_several_tables(clinic: ClinicFiles) -> None:
    def more(book: openpyxl.Workbook) -> None:
        for title, rows in {"Patients": [["patient_id", "sex"], ["p1", "f"]], "Notes": [["free text"]]}.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)

    content = workbook([HEADER, ["p1", "chemical_peel", dt.datetime(2026, 3, 1), 3]], edit=more)
    data = read([clinic.write("book.xlsx", content)])
    assert {name: raws[0].file for name, raws in data.tables.items()} == {
        "sessions": "book.xlsx",
        "patients": "book.xlsx",
    }
    assert "sheet 'Notes'" in data.notes[0]
    assert data.files[0].rows == 2
    assert data.files[0].tables == ("sessions", "patients")


def test_several_sheets_and_none_is_called_sessions(clinic: ClinicFiles) -> None:
    content = workbook(
        [HEADER, ["p1", "", "2026-01-01", 3]], title="Tabelle1", edit=lambda book: book.create_sheet("Tabelle2")
    )
    with pytest.raises(DataRefused, match=r"several sheets and none is called sessions: 'Tabelle1' and 'Tabelle2'"):
        read([clinic.write("b.xlsx", content)])


def test_a_sheet_that_is_not_there(clinic: ClinicFiles) -> None:
    content = workbook([HEADER, ["p1", "", "2026-01-01", 3]])
    with pytest.raises(DataRefused, match="has no sheet 'Visits'; it has 'sessions'"):
        read([clinic.write("b.xlsx", content)], [{"sheet": "Visits"}])


def test_merged_header_cells_are_refused_with_words() -> None:
    content = workbook([["a", "b"], [1, 2]], edit=lambda book: book.active.merge_cells("A1:B1"))
    with pytest.raises(DataRefused, match="merged"):
        cells(content)


def test_a_cell_in_the_last_corner_does_not_pad_every_row() -> None:
    def corner(book: openpyxl.Workbook) -> None:
        book.active["XFD2000"] = "x"

    content = workbook([["a", "b"], [1, 2], [3, 4]], edit=corner)
    grid = excel.grid(content, "f.xlsx", "sessions", Options())
    assert [c.header for c in grid.columns] == ["a", "b"]
    assert grid.rows.tolist() == [2, 3]
    assert [m[0] for m in grid.misfits] == [2000]


def test_a_zip_bomb_is_not_opened() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    with pytest.raises(DataRefused, match="would unpack to 200 MB and was not opened"):
        excel.sheets(stream.getvalue(), "f.xlsx")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "password-protected or an old .xls"),
        (workbook([["a"], [1]])[:-200], "not a whole Excel workbook"),
        (b"hello", "not a whole Excel workbook"),
    ],
)
def test_broken_workbooks(content: bytes, says: str) -> None:
    with pytest.raises(DataRefused, match=says):
        excel.sheets(content, "f.xlsx")


def test_a_zip_that_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(DataRefused, match="no Excel workbook"):
        excel.sheets(stream.getvalue(), "f.xlsx")


def test_parquet_keeps_types_and_counts_rows_from_two(clinic: ClinicFiles) -> None:
    table = pa.table(
        {
            "patient_id": pa.array(["p1", "p2", None]),
            "treatment": pa.array(["chemical_peel", None, "chemical_peel"]).dictionary_encode(),
            "session_date": pa.array([dt.date(2026, 3, 1), dt.date(2026, 3, 2), dt.date(2026, 3, 3)]),
            "texture_grade": pa.array([3.5, float("nan"), 4.0]),
            "age": pa.array([30, 31, 32], pa.int8()),
        }
    )
    stream = io.BytesIO()
    pq.write_table(table, stream)
    sifted = sift(read([clinic.write("s.parquet", stream.getvalue())]))
    assert sifted.sessions["_row"].tolist() == [2, 3]
    assert sifted.sessions["texture_grade"].isna().tolist() == [False, True]
    assert sifted.sessions["age"].tolist() == [30, 31]
    assert sifted.quarantine[["row", "rule"]].to_numpy().tolist() == [[4, "missing"]]


def arrow_file(table: pa.Table, *, stream: bool = False, compression: str | None = None, rows: int = 1000) -> bytes:
    """An Arrow IPC file (or stream) in batches of ``rows``."""
    sink, write = io.BytesIO(), pa.ipc.new_stream if stream else pa.ipc.new_file
    with write(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


TYPED = pa.table(
    {
        "patient_id": pa.array([b"p1", b"p2", b"p3", b"p4"]),
        "treatment": pa.array(["chemical_peel", None, "chemical_peel", "dermal_roller"]).dictionary_encode(),
        "session_date": pa.array([dt.datetime(2026, 3, n, 14, 30) for n in (1, 2, 3, 4)], pa.timestamp("us", "UTC")),
        "texture_grade": pa.array([3.5, float("nan"), 4.0, 4.5], pa.float16()),
        "roughness_ra_um": pa.array([12.3, 10.1, None, 30], pa.float32()),
        "acne_iga": pc.run_end_encode(pa.array([1, 1, 1, 2])),
        "session_no": pa.array([1, 2, 3, 4], pa.uint8()),
        "absorbed_percent": pa.array([Decimal("7.25"), None, Decimal("8.00"), None], pa.decimal128(5, 2)),
        "device_id": pa.array(["d", "d", "e", ""], pa.large_string()),
        "adjunct": pa.array([None] * 4, pa.null()),
    }
)


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("stream", [False, True])
def test_arrow_keeps_types(clinic: ClinicFiles, stream: bool, compression: str | None) -> None:
    content = arrow_file(TYPED, stream=stream, compression=compression, rows=3)
    dataset = read([clinic.write("s.arrow", content)])
    sifted = sift(dataset)
    assert not len(sifted.quarantine)
    assert not dataset.notes
    frame = sifted.sessions
    assert frame["patient_id"].tolist() == ["p1", "p2", "p3", "p4"]
    assert frame["session_date"].tolist() == [pd.Timestamp(f"2026-03-0{n} 14:30") for n in (1, 2, 3, 4)]
    assert frame["texture_grade"].fillna(-1).tolist() == [3.5, -1, 4.0, 4.5]
    assert frame["roughness_ra_um"].fillna(-1).tolist() == [12.3, 10.1, -1, 30.0]
    assert frame["acne_iga"].tolist() == [1, 1, 1, 2]
    assert frame["absorbed_percent"].fillna(-1).tolist() == [7.25, -1, 8.0, -1]
    assert frame["device_id"].isna().tolist() == [False, False, False, True]


def test_structures_in_a_column_are_faults_where_it_is_used(clinic: ClinicFiles) -> None:
    table = pa.Table.from_pandas(GOOD, preserve_index=False)
    table = table.append_column("acne_iga", pa.array([[1, 2], None])).append_column("other", pa.array([{"a": 1}] * 2))
    sifted = sift(read([clinic.write("s.arrow", arrow_file(table))]))
    assert sifted.quarantine[["row", "column", "rule", "value"]].to_numpy().tolist() == [
        [2, "acne_iga", "type", "(list<item: int64>)"]
    ]


def test_an_arrow_stream_cut_between_two_batches_is_told(clinic: ClinicFiles) -> None:
    content = arrow_file(TYPED, stream=True, rows=2)
    note = "s.arrows has no mark at its end: if its writing was broken off, rows are missing."
    assert read([clinic.write("s.arrows", content[:-8])]).notes == (note,)


def test_an_arrow_file_that_would_unpack_to_far_more_is_not_opened(clinic: ClinicFiles) -> None:
    table = pa.table({"patient_id": pa.array(["a" * 100_000_000]), "treatment": [b"b" * 150_000_000]})
    content = arrow_file(table, compression="zstd")
    assert len(content) < 100_000
    with pytest.raises(DataRefused, match=r"s.arrow would unpack to 250 MB and was not opened"):
        read([clinic.write("s.arrow", content)])


def test_old_feather_is_named(clinic: ClinicFiles) -> None:
    with pytest.raises(DataRefused, match="Feather of version 1"):
        read([clinic.write("s.feather", b"FEA1" + bytes(100) + b"FEA1")])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=5), st.booleans())
def test_a_damaged_arrow_file_is_read_or_refused(changes: list[tuple[int, int]], stream: bool) -> None:
    content = bytearray(arrow_file(TYPED, stream=stream, compression="zstd"))
    for place, byte in changes:
        content[place % len(content)] = byte
    with suppress(DataRefused):
        arrow.grid(bytes(content), "s.arrow", "", Options())


def content_for(ending: str, frame: pd.DataFrame) -> bytes:
    """A table in a format (every format of the door has one here)."""
    stream = io.BytesIO()
    if ending == "parquet":
        frame.to_parquet(stream, index=False)
    elif ending in ("arrow", "arrows", "feather"):
        return arrow_file(pa.Table.from_pandas(frame, preserve_index=False), stream=ending == "arrows")
    elif ending in ("xlsx", "xlsm"):
        return workbook([list(frame.columns), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()])
    else:
        frame.to_csv(stream, index=False, sep="\t" if ending == "tsv" else ",")
    return stream.getvalue()


GOOD = pd.DataFrame(
    {
        "patient_id": ["p1", "p2"],
        "treatment": ["chemical_peel", None],
        "session_date": ["2026-03-01", "2026-03-02"],
        "texture_grade": [3.5, 4.0],
    }
)


@pytest.mark.parametrize("ending", sorted(FORMATS))
class TestEveryFormat:
    """The contract of a reader: the same rows, and a refusal in words for what is broken."""

    def test_the_same_table(self, ending: str, clinic: ClinicFiles) -> None:
        sifted = sift(read([clinic.write(f"s.{ending}", content_for(ending, GOOD))]))
        assert sifted.sessions["_row"].tolist() == [2, 3]
        assert sifted.sessions["texture_grade"].tolist() == [3.5, 4.0]
        assert sifted.sessions["treatment"].isna().tolist() == [False, True]

    def test_empty(self, ending: str, clinic: ClinicFiles) -> None:
        with pytest.raises(DataRefused, match="is empty"):
            read([clinic.write(f"s.{ending}", b"")])

    def test_header_only(self, ending: str, clinic: ClinicFiles) -> None:
        with pytest.raises(DataRefused, match="no rows"):
            read([clinic.write(f"s.{ending}", content_for(ending, GOOD.head(0)))])

    def test_wrong_columns(self, ending: str, clinic: ClinicFiles) -> None:
        wrong = GOOD.rename(columns={"treatment": "Treatmnt"})
        with pytest.raises(DataRefused, match=r"no column treatment for sessions; nearest: 'Treatmnt'"):
            read([clinic.write(f"s.{ending}", content_for(ending, wrong))])

    def test_truncated_or_of_another_kind(self, ending: str, clinic: ClinicFiles) -> None:
        content = content_for(ending, pd.concat([GOOD] * 50))
        broken = content[: len(content) // 2] if ending not in ("csv", "tsv", "txt") else b"\x89PNG\r\n" + content
        with pytest.raises(DataRefused):
            read([clinic.write(f"s.{ending}", broken)])


def test_every_format_is_in_the_contract(tmp_path: Path) -> None:
    assert set(FORMATS) == {"csv", "tsv", "txt", "xlsx", "xlsm", "parquet", "arrow", "arrows", "feather"}
