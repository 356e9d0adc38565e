"""CSV: encodings, separators, row numbers, widths and quotes; the fast reader against the strict one."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain.errors import DataRefused
from analytics.sources import csv as csv_files
from analytics.sources.grid import Grid, Options
from analytics.sources.swallowed import swallowing

WHERE = "f.csv"


def grid(content: bytes | str, **options: object) -> Grid:
    raw = content if isinstance(content, bytes) else content.encode()
    return csv_files.grid(raw, WHERE, "", Options(**options))  # type: ignore[arg-type]


def cells(found: Grid) -> list[list[str]]:
    return [[column.text(i) for column in found.columns] for i in range(len(found.rows))]


def test_rows_are_numbered_as_a_sheet_shows_them() -> None:
    found = grid("a,b\n1,2\n\n3,4\n , \n5,6\n")
    assert found.rows.tolist() == [2, 4, 6]
    assert cells(found) == [["1", "2"], ["3", "4"], ["5", "6"]]


def test_a_title_above_the_header() -> None:
    found = grid("Clinic North\n\na;b\n1;2\n", header_row=3)
    assert found.rows.tolist() == [4]
    assert [c.header for c in found.columns] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("a,b;c\n1,2;3\n", ["a", "b;c"]),
        ("a;b;c,d\n1;2;3\n", ["a", "b", "c,d"]),
        ("a\tb\n1\t2\n", ["a", "b"]),
        ("a|b\n1|2\n", ["a", "b"]),
        ('"x,y,z";b\n1;2\n', ["x,y,z", "b"]),
        ("sep=;\na;b\n1;2\n", ["a", "b"]),
        ("a\n1\n", ["a"]),
    ],
)
def test_the_header_line_tells_the_separator(text: str, headers: list[str]) -> None:
    assert [c.header for c in grid(text).columns] == headers


def test_a_mapping_tells_the_separator() -> None:
    assert [c.header for c in grid("a^b,c\n1^2\n", separator="^").columns] == ["a", "b,c"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_encodings_are_recognised(encoding: str) -> None:
    found = grid("a,b\nü,é\n".encode(encoding))
    assert cells(found) == [["ü", "é"]]
    assert bool(found.notes) == (encoding in ("utf-16", "windows-1252"))


def test_windows_1252_is_said_with_the_first_such_word() -> None:
    assert grid("a,b\nplain,Größe\n".encode("cp1252")).notes == (
        "f.csv was read as Windows-1252 (first word with such a letter: Größe).",
    )


def test_an_encoding_of_the_mapping() -> None:
    assert cells(grid("a,b\nЖ,1\n".encode("koi8-r"), encoding="koi8-r")) == [["Ж", "1"]]


def test_line_ends_of_all_systems() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert cells(grid(f"a,b{end}1,2{end}3,4")) == [["1", "2"], ["3", "4"]]


def test_lines_of_another_width_are_kept_apart_with_their_text() -> None:
    found = grid("a,b,c\n1,2\n1,2,3\n1,2,3,4\n1,2,3,,\n")
    assert found.rows.tolist() == [3, 5]
    assert found.misfits == ((2, "1,2", ("1", "2")), (4, "1,2,3,4", ("1", "2", "3", "4")))


def test_unnamed_empty_last_columns_are_dropped_and_unnamed_full_ones_get_a_letter() -> None:
    assert [c.header for c in grid("a,b,,\n1,2,,\n").columns] == ["a", "b"]
    assert [c.header for c in grid("a,,c\n1,2,3\n").columns] == ["a", "(column B without a name)", "c"]


def test_quoted_cells_hold_separators_quotes_and_line_breaks() -> None:
    found = grid('a,b\n"x, ""y""","line\nbreak"\n3,4\n')
    assert cells(found) == [['x, "y"', "line\nbreak"], ["3", "4"]]
    assert found.rows.tolist() == [2, 3]


@pytest.mark.parametrize(
    "text", ['a,b\n"1,2\n3,4\n', 'a,b\n1,"x\n2,3\n4,"y\n5,6\n', 'a,b\n"1"2,3\n', 'a,b,c\n1,"x,2\n2,"y,3\n3,z,4\n']
)
def test_quotes_that_are_never_closed_do_not_swallow_rows(text: str) -> None:
    with pytest.raises(DataRefused, match="cannot be read from row"):
        grid(text)


def test_a_very_large_cell_is_read() -> None:
    big = "x" * 17_000_000
    assert cells(grid(f"a,b\n{big},2\n"))[0][0] == big


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b\n", "has a header but no rows"),
        (b"a,a\n1,2\n", "two columns have the name 'a'"),
        (b"a, a \n1,2\n", "two columns have the name 'a'"),
        (b",,\n1,2,3\n", "the header row is empty"),
        (b"\n\na,b\n1,2\n", "the header row is empty"),
        (b"   \n \n", "is empty"),
        (b"a,b\n\x00,1\n", "NUL"),
        ("a,b\n1,2\n".encode("utf-16-le"), "NUL"),
        (b"PK\x03\x04....", "a zip file that is not whole"),
        (b"\x89PNG\r\n\x1a\n....", "a PNG picture"),
        (b"%PDF-1.4", "a PDF"),
        ("a,b\nü,1\n".encode() + b"\xff,2\n", "damaged character in line 3"),
        ("a,b\n1,ü".encode()[:-1], "damaged character in line 2"),
        (b"a,b\n\x81\x8d,1\n", "not text in windows-1252"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(content: bytes, says: str) -> None:
    with pytest.raises(DataRefused) as refused:
        grid(content)
    assert says in str(refused.value)
    assert refused.value.exit_code == 11
    assert "f.csv" in str(refused.value)


def test_header_only_is_an_answer_for_the_other_tables() -> None:
    assert len(grid("a,b\n", rows_needed=False).rows) == 0


def test_a_header_row_beyond_the_end() -> None:
    with pytest.raises(DataRefused, match="no row 9"):
        grid("a,b\n1,2\n", header_row=9)


plain = st.text(alphabet='ab1é", ;\n', max_size=6)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(plain, min_size=3, max_size=3), min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_the_fast_reader_sees_what_the_csv_module_sees(rows: list[list[str]], quote: bool, end: str) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL)
    writer.writerows([["h1", "h2", "h3"], *rows])
    text = stream.getvalue()
    expected = [(i, row) for i, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    if not expected or swallowing(list(zip(*rows)), ",") is not None:  # a cell that is a row of the table is refused
        return
    found = grid(text)
    assert found.rows.tolist() == [i for i, _ in expected]
    assert cells(found) == [[cell if cell.strip() else "" for cell in row] for _, row in expected]
    assert found.misfits == ()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='a1", ;\n\r', max_size=40))
def test_any_text_is_read_alike_by_both_readers_or_refused(body: str) -> None:
    text = "h1,h2\n" + body
    try:
        strict = csv_files._strict(body, ",", 2, WHERE, 1)
    except DataRefused:
        strict = None
    try:
        found = grid(text)
    except DataRefused:
        assert strict is None or not len(strict.numbers)
        return
    assert strict is not None
    assert found.rows.tolist() == (strict.numbers + 1).tolist()
    assert [m[2] for m in found.misfits] == [m[2] for m in strict.misfits]
