"""Excel workbooks, Parquet and Arrow files: damaged, protected, blown up, or with cells where nobody looks."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet
from case import CLEAN, HEADER, Case, one, rows

NOT_WHOLE = "is not a whole Excel workbook"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DAMAGED = "cannot be read as a workbook"


def book(edit: Callable[[openpyxl.Workbook], object] = lambda b: None, *lines: Iterable[object]) -> bytes:
    """The clean file as a workbook, with more lines, and edited."""
    made = openpyxl.Workbook()
    made.active.title = "sessions"
    for line in (HEADER.split(","), CLEAN.split(","), *lines):
        made.active.append(line)
    edit(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def with_cell(place: str, value: object) -> bytes:
    return book(lambda made: made.active.__setitem__(place, value))


def zipped(files: dict[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return stream.getvalue()


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def line(number: int, texts: Iterable[str]) -> str:
    return f'<row r="{number}">' + "".join(cell(f"{chr(65 + i)}{number}", t) for i, t in enumerate(texts)) + "</row>"


CLEAN_LINES = line(1, HEADER.split(",")) + line(2, CLEAN.split(","))


def raw(sheet: str, *, head: str = "", strings: str = "") -> bytes:
    """A workbook whose one sheet has this XML between ``<sheetData>`` and its end."""
    types = (("/xl/workbook.xml", "sheet.main"), ("/xl/worksheets/sheet1.xml", "worksheet"))
    if strings:
        types += (("/xl/sharedStrings.xml", "sharedStrings"),)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(f'<Override PartName="{n}" ContentType="{kind}.{t}+xml"/>' for n, t in types)
    link = f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{RELATION}'
    files: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{overrides}</Types>',
        "_rels/.rels": f'{link}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
        '<sheet name="sessions" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{link}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    if strings:
        files["xl/sharedStrings.xml"] = strings
    return zipped(files)


def laughs() -> bytes:
    """Entities of entities of entities, which would be three gigabytes of laughter."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9))
    return raw(CLEAN_LINES + line(3, ["&a9;"]), head=f"<!DOCTYPE bomb [{entities}]>")


def outside() -> bytes:
    return raw(CLEAN_LINES + line(3, ["&file;"]), head='<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>')


def corners(count: int) -> bytes:
    """The clean workbook and so many rows whose one cell lies in the last column."""
    return raw(CLEAN_LINES + corners_of(count))


def corners_of(count: int) -> str:
    return "".join(f'<row r="{i}"><c r="XFD{i}"><v>1</v></c></row>' for i in range(3, count + 3))


def flipped() -> bytes:
    """A workbook of which a byte in the middle of the sheet's compressed rows has changed."""
    content = bytearray(book(lambda b: None, *([f"p{i}", "", "2026-01-01", 3, i] for i in range(900))))
    place = content.find(b"xl/worksheets/sheet1.xml") + 4_000
    content[place : place + 40] = bytes(40)
    return bytes(content)


def encrypted_entries() -> bytes:
    """A workbook whose zip entries say that they are encrypted."""
    content = bytearray(book())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def understated() -> bytes:
    """A bomb that says it is small: the sizes in its directory are not those of its entries."""
    content = bytearray(raw(CLEAN_LINES + "<!-- " + " " * 120_000_000 + "-->"))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        if b"sheet1.xml" in content[place : place + 80]:
            content[place + 24 : place + 28] = (2_000).to_bytes(4, "little")
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


def chart_only() -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    made.create_chartsheet("sessions")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def parquet(columns: dict[str, pa.Array], *, twice: str = "", **options: object) -> bytes:
    """A Parquet file; ``twice``: the name of the last column is that of another."""
    stream = io.BytesIO()
    names = [*list(columns)[:-1], twice] if twice else list(columns)
    pa.parquet.write_table(pa.Table.from_arrays(list(columns.values()), names), stream, **options)
    return stream.getvalue()


def clean_columns(count: int = 2) -> dict[str, pa.Array]:
    cells = dict(zip(HEADER.split(","), CLEAN.split(",")))
    texts = {name: pa.array([text] * count) for name, text in cells.items()}
    return {**texts, "patient_id": pa.array([f"p{i}" for i in range(count)])}


def odd_types() -> bytes:
    return parquet(
        {
            **clean_columns(2),
            "session_date": pa.array([dt.datetime(2026, 1, 1, 10), None], pa.timestamp("ns", "UTC")),
            "texture_grade": pa.array([3.0, float("nan")]),
            "inflammatory_lesions": pa.array([2**40, None], pa.uint64()),
            "nothing": pa.nulls(2),
            "bytes": pa.array([b"\xff\x00", None]),
        }
    )


def many_rows(count: int) -> bytes:
    """A small file of so many rows: every column but one value, written once."""
    cells = dict(zip(HEADER.split(","), CLEAN.split(",")))
    indices = pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), pa.array(["x" * 1_000]))
    return parquet(dict.fromkeys(cells, indices), write_statistics=False, data_page_size=2**28, row_group_size=2**27)


WORKBOOKS = (
    one("a text named xlsx", rows(), 11, NOT_WHOLE, file="s.xlsx"),
    one("an empty workbook file", b"", 11, "is empty", file="s.xlsx"),
    one("a truncated workbook", lambda: book()[:3_000], 11, NOT_WHOLE, file="s.xlsx"),
    one("a workbook without its last bytes", lambda: book()[:-30], 11, NOT_WHOLE, file="s.xlsx"),
    one("a password-protected workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), 11, "password",
        file="s.xlsx"),
    one("a workbook of encrypted entries", encrypted_entries, 11, DAMAGED, file="s.xlsx"),
    one("a workbook with damaged rows", flipped, 11, DAMAGED, file="s.xlsx"),
    one("a workbook with broken XML", lambda: raw(CLEAN_LINES + "<row><c>"), 11, DAMAGED, file="s.xlsx"),
    one("a number cell that holds a word", lambda: raw(CLEAN_LINES + '<row r="3"><c r="A3"><v>abc</v></c></row>'), 11,
        DAMAGED, file="s.xlsx"),
    one("a number cell of five thousand digits",
        lambda: raw(CLEAN_LINES + f'<row r="3"><c r="A3"><v>{"9" * 5_000}</v></c></row>'), 11, DAMAGED, file="s.xlsx"),
    one("a text that is not in the list of texts",
        lambda: raw(CLEAN_LINES + '<row r="3"><c r="A3" t="s"><v>77</v></c></row>'), 11, DAMAGED, file="s.xlsx"),
    one("a workbook without sheets of cells", chart_only, 11, "no sheet", file="s.xlsx"),
    one("a zip without a workbook", lambda: zipped({"a.txt": "x"}), 11, "no Excel workbook", file="s.xlsx"),
    one("a zip named csv", lambda: zipped({"s.csv": rows()}), 11, "it is a zip file"),
    one("a zip bomb", lambda: zipped({"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": bytes(80_000_000)}), 11,
        "would unpack to 80 MB and was not opened", file="s.xlsx"),
    one("a zip bomb of many files", lambda: zipped({f"xl/{i}.xml": bytes(2_000_000) for i in range(40)}), 11,
        "would unpack to 80 MB", file="s.xlsx"),
    one("a zip bomb that says it is small", understated, 11, DAMAGED, file="s.xlsx"),
    one("a billion laughs in a sheet", laughs, 11, DAMAGED, file="s.xlsx"),
    one("a sheet that asks for another file", outside, 11, DAMAGED, file="s.xlsx"),
    one("a cell in the sheet's last corner", lambda: with_cell("XFD1048576", "far away"), 0, "1 accepted + 1 set aside",
        "row 1048576", file="s.xlsx"),
    one("a name in the last column and rows as wide",
        lambda: raw(CLEAN_LINES.replace("</row>", cell("XFD1", "x") + "</row>", 1) + corners_of(1_000)), 11,
        "far to the right", file="s.xlsx"),
    one("a thousand cells in the last column", lambda: corners(1_000), 11, "far to the right", file="s.xlsx"),
    one("merged cells in the header", lambda: book(lambda b: b.active.merge_cells("A1:B1")), 11, "are merged",
        file="s.xlsx"),
    one("formulas without a value, and errors", lambda: book(lambda b: None, ["p2", "", "2026-01-01", "=A1", 1],
        ["p3", "", "2026-01-01", "#DIV/0!", 1]), 0, "1 accepted + 2 set aside", "row 3, texture_grade", file="s.xlsx"),
    one("a number in a column of dates", lambda: book(lambda b: None, ["p2", "", 46023, 3, 1]), 0,
        "1 accepted + 1 set aside", "row 3, session_date: '46023'", file="s.xlsx"),
    one("true and false among numbers", lambda: book(lambda b: None, ["p2", "", "2026-01-01", True, 1]), 0,
        "1 accepted + 1 set aside", "row 3, texture_grade: 'true'", file="s.xlsx"),
    one("a sheet without rows", lambda: book(lambda b: b.active.delete_rows(2)), 11, "no rows", file="s.xlsx"),
    one("a sheet without anything", lambda: book(lambda b: b.active.delete_rows(1, 2)), 11, "no column names",
        file="s.xlsx"),
    one("two sheets and none called sessions", lambda: book(lambda b: (setattr(b.active, "title", "one"),
        b.create_sheet(
        "two"))), 11, "several sheets and none is called sessions", file="s.xlsx"),
    one("an old Excel file", b"\xd0\xcf\x11\xe0" + bytes(900), 11, "old Excel", "save it as .xlsx", file="s.xls"),
    one("an OpenDocument sheet", b"PK\x03\x04" + bytes(900), 11, "OpenDocument", "save it as .xlsx", file="s.ods"),
)  # fmt: skip

PARQUET = (
    one("a text named parquet", rows(), 11, "is not a whole Parquet file", file="s.parquet"),
    one("a truncated Parquet file", lambda: parquet(clean_columns())[:-40], 11, "not a whole Parquet",
        file="s.parquet"),
    one("a Parquet file with a hole", lambda: b"PAR1" + bytes(300) + parquet(clean_columns())[304:], 11,
        "not a whole Parquet", file="s.parquet"),
    one("lists in a column nobody needs", lambda: parquet({**clean_columns(), "notes": pa.array([["a"], None])}), 0,
        "2 rows received = 2 accepted", file="s.parquet"),
    one("structures in the column of dates", lambda: parquet({**clean_columns(),
        "session_date": pa.array([{"y": 1}] * 2)}),
        11, "session_date", "struct<y: int64>", file="s.parquet", writes=True),
    one("times with a zone, NaN, bytes and nothing", odd_types, 0, "1 accepted + 1 set aside", file="s.parquet"),
    one("dates of another age of the earth", lambda: parquet({**clean_columns(), "session_date": pa.array([-10**15, 0],
        pa.timestamp("s"))}), 0, "1 accepted + 1 set aside", "row 2, session_date", file="s.parquet"),
    one("two Parquet columns of one name", lambda: parquet(clean_columns(), twice="treatment"), 11,
        "two columns have the name 'treatment'", file="s.parquet"),
    one("a Parquet file of few bytes and a hundred million rows", lambda: many_rows(100_000_000), 11, "million rows",
        file="s.parquet", long=True),
)  # fmt: skip


def arrow(table: pa.Table, compression: str | None = None) -> bytes:
    """An Arrow file."""
    stream = io.BytesIO()
    with pa.ipc.new_file(stream, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return stream.getvalue()


def blown_up() -> bytes:
    """A small Arrow file of one very long text."""
    return arrow(pa.table({**clean_columns(1), "notes": pa.array(["x" * 250_000_000])}), "zstd")


ARROW = (
    one("a text named arrow", rows(), 11, "is not a whole Arrow file", file="s.arrow"),
    one("a Parquet file named feather", lambda: parquet(clean_columns()), 11, "by its first bytes it is a Parquet file",
        file="s.feather"),
    one("a truncated Arrow file", lambda: arrow(pa.table(clean_columns()))[:-40], 11, "not a whole Arrow",
        file="s.arrow"),
    one("an Arrow file with a hole", lambda: b"ARROW1\0\0" + bytes(300) + arrow(pa.table(clean_columns()))[308:], 11,
        "not a whole Arrow", file="s.arrow"),
    one("an Arrow file blown up", blown_up, 11, "would unpack to 250 MB and was not opened", file="s.arrow"),
    one("structures in an Arrow column of texts", lambda: arrow(pa.table({**clean_columns(),
        "treatment": pa.array([{"name": "peel"}, None])})), 0, "1 accepted + 1 set aside", "row 2, treatment",
        file="s.arrow"),
    one("two Arrow columns of one name", lambda: arrow(pa.Table.from_arrays([pa.array(["a"])] * 2, ["a", "a"])), 11,
        "two columns have the name 'a'", file="s.arrow"),
)  # fmt: skip

WORKBOOK_CASES: tuple[Case, ...] = (*WORKBOOKS, *PARQUET, *ARROW)
