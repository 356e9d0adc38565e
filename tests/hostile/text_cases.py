"""Text files: encodings, separators, quotes, widths, headers and sizes that a clinic's export can have."""

from __future__ import annotations

import gzip
import random

from case import CLEAN, HEADER, Case, one, rows

DAMAGED = "is UTF-8 with a damaged character in line"
NO_TEXT = "is not a text file"
UMLAUT = rows("Müller,chemical_peel,2026-01-02,3,1")
QUOTED = 'p2,chemical_peel,2026-01-02,3,"1'


def wide(columns: int, lines: int) -> str:
    """The clean file with so many columns nobody knows, of so many rows, every second one faulty."""
    more = ",".join(f"extra_{i}" for i in range(columns))
    cells = ",".join("x" for _ in range(columns))
    body = (f"p{i},{'laser' if i % 2 else 'chemical_peel'},2026-01-01,3,1,{cells}" for i in range(lines))
    return "\n".join([f"{HEADER},{more}", *body]) + "\n"


ENCODINGS = (
    one("UTF-8 with a byte order mark", UMLAUT.encode("utf-8-sig"), 0, "2 rows received = 2 accepted"),
    one("UTF-16, little end first", UMLAUT.encode("utf-16"), 0, "2 rows received = 2 accepted", "read as UTF-16"),
    one("UTF-16, big end first", b"\xfe\xff" + UMLAUT.encode("utf-16-be"), 0, "2 accepted", "read as UTF-16"),
    one("UTF-16 without a mark", UMLAUT.encode("utf-16-le"), 11, NO_TEXT, "export the table as CSV in UTF-8"),
    one("UTF-16 cut inside a letter", UMLAUT.encode("utf-16")[:-1], 11, "is not text in utf-16"),
    one("UTF-32", UMLAUT.encode("utf-32"), 11, NO_TEXT),
    one("Latin-1", UMLAUT.encode("latin-1"), 0, "2 accepted", "read as Windows-1252", "Müller"),
    one("Windows-1252 with a euro sign", rows("p€,,2026-01-01,3,1").encode("cp1252"), 0, "Windows-1252", "p€"),
    one("bytes that Windows-1252 has not", rows().encode() + b"\x81\x8d,,,,\n", 11, "is not text in windows-1252"),
    one(
        "UTF-8 with one line of Windows-1252", UMLAUT.encode() + "Jürgen,,,,\n".encode("cp1252"), 11, DAMAGED, "line 4"
    ),
    one("UTF-8 cut inside a letter", rows("pü").encode()[:-2], 11, DAMAGED, "encoding: in a mapping"),
    one("UTF-8 with half an emoji", rows("p\U0001f600,,2026-01-01,3,1").encode() + b"\xf0\x9f\n", 11, DAMAGED),
    one("surrogates written as UTF-8", rows().encode() + b"\xc3\xbc\xed\xa0\x80,,,,\n", 11, DAMAGED),
    one("NUL bytes between the letters", rows().encode().replace(b"p1", b"p\x001"), 11, NO_TEXT, "NUL bytes"),
    one("NUL bytes at the end", rows().encode() + bytes(4096), 11, NO_TEXT, "NUL bytes"),
    one("control characters only", bytes(range(1, 9)) * 50, 11, NO_TEXT, "control characters"),
    one("bytes at random", random.Random(5).randbytes(6000), 11, NO_TEXT),
    one("a picture renamed", b"\x89PNG\r\n\x1a\n" + bytes(300), 11, "it is a PNG picture"),
    one("a PDF renamed", b"%PDF-1.7\n%\xe2\xe3\n" + b"0 obj\n" * 50, 11, "it is a PDF"),
    one("a gzip renamed", gzip.compress(rows().encode(), mtime=0), 11, "it is a gzip archive"),
)

EMPTY = (
    one("an empty file", b"", 11, "is empty", "export it again"),
    one("a byte order mark and nothing else", b"\xef\xbb\xbf", 11, "is empty"),
    one("a UTF-16 mark and nothing else", b"\xff\xfe", 11, "is empty"),
    one("blank lines only", "\r\n\r\n  \r\n", 11, "is empty"),
    one("a header and nothing else", HEADER, 11, "has a header but no rows"),
    one("a header and rows of commas", f"{HEADER}\n,,,,\n;\n,,,,\n"[:-9] + "\n", 11, "has a header but no rows"),
    one("a header of commas", ",,,,\n" + CLEAN + "\n", 11, "the header row is empty"),
    one("zeroes instead of a file", bytes(70_000), 11, "is empty"),
)

LINES = (
    one("carriage returns as line ends", rows("p2,,2026-01-01,3,1").replace("\n", "\r"), 0, "2 rows received = 2 acc"),
    one("three kinds of line ends", f"{HEADER}\r\n{CLEAN}\rp2,,2026-01-01,3,1\n", 0, "2 rows received = 2 accepted"),
    one("no line end at the end", rows("p2,,2026-01-01,3,1").rstrip(), 0, "2 rows received = 2 accepted"),
    one(
        "a first line sep=;",
        "sep=;\r\n" + rows("p2;;2026-01-01;x;1").replace(",", ";"),
        0,
        "sessions.csv row 3, texture_grade",
    ),
    one("a first line sep=; and commas all the same", "sep=;\n" + rows(), 11, "lacks 3 columns"),
    one("a separator nobody uses", rows().replace(",", "^"), 11, "lacks 3 columns for sessions"),
    one("tabs", rows("p2,,2026-01-01,x,1").replace(",", "\t"), 0, "1 accepted + 1 set aside", "row 3, texture_grade"),
    one("blank records keep their number", rows("", ",,,,", "", "p2,,2026-01-01,x,1"), 0, "row 6, texture_grade: 'x'"),
    one("ragged lines", rows("p2", "p3,,2026-01-01,3,1,9,9", "p4,,2026-01-01,3"), 0, "1 accepted + 3 set", "row 5"),
    one("every line short", f"{HEADER}\np1\np2\n", 11, "Every row was set aside", writes=True),
    one(
        "empty surplus cells", rows("p2,,2026-01-01,3,1,,,,", "p3,,2026-01-01,3,1,,"), 0, "3 rows received = 3 accepted"
    ),
    one("unnamed last columns", rows("p2,,2026-01-01,3,1").replace("\n", ",,,\n"), 0, "2 rows received = 2 accepted"),
    one("a header written twice", rows(HEADER, "p2,,2026-01-01,3,1"), 0, "2 accepted + 1 set aside", "row 3"),
    one("two columns of one name", rows().replace("texture_grade", "treatment"), 11, "two columns have the name"),
    one("a header in line four", f"Clinic North\n\nexported\n{rows()}", 11, "lacks 3 columns", "mapping init"),
    one("no header", f"{CLEAN}\n{CLEAN}\n", 11, "lacks 3 columns", "patient_id"),
)

QUOTES = (
    one("a quote never closed", rows(QUOTED, "p3,,2026-01-01,3,1"), 11, "cannot be read from row 3 on", "never closed"),
    one("a quote never closed in the header", '"' + rows(), 11, "cannot be read from row 1 on", "never closed"),
    one("two quotes never closed", rows(QUOTED, "p3,,2026-01-01,3,1", QUOTED), 11, "cannot be read from row"),
    one("two quotes that swallow rows", rows(*[QUOTED, *["p3,,2026-01-01,3,1"] * 6, '"']), 11, "cannot be read"),
    one("quotes that swallow the end of one row and the beginning of the next",
        rows('p2,"chemical_peel,2026-01-02,3,1', 'p3,chemical_peel",2026-01-02,3,1', "p4,,2026-01-01,3,1"), 11,
        "from row 3 on: whole rows stand inside one cell"),
    one("a comment of several lines with commas", f"{HEADER},notes\n" + "".join(
        f'p{i},,2026-01-01,3,1,"seen\nredness, itching, scaling, oedema, pain, {i}\nback in 2 weeks"\n'
        for i in range(3)),
        0, "3 rows received = 3 accepted"),
    one("a quote inside a cell", rows('p"2,,2026-01-01,3,1'), 0, "2 rows received = 2 accepted"),
    one("a cell of two lines", rows('"p\n2",,2026-01-01,3,1', "p3,,2026-01-01,x,1"), 0, "row 3, patient_id", "row 4"),
    one("a cell of quotes", rows('"""""",,2026-01-01,3,1'), 0, "2 rows received"),
    one("four megabytes of quotes", lambda: rows('"' * 4_000_000 + ",,2026-01-01,3,1"), 0, "2 rows received"),
    one("four megabytes of quotes, one too many", lambda: rows('"' * 4_000_001), 11, "cannot be read from row 3"),
)  # fmt: skip

SIZES = (
    one("a cell of sixteen megabytes", lambda: rows("x" * 16_000_000 + ",laser,2026-01-01,3,1"), 0, "row 3, treatment"),
    one("a name of sixteen megabytes", lambda: rows().replace("texture", "x" * 16_000_000), 0, "Columns not used"),
    one("a quoted cell of sixteen megabytes of lines",
        lambda: rows('"' + "x\n" * 8_000_000 + '",laser,2026-01-01,3,1'), 0, "row 3, treatment"),
    one("ten thousand columns", lambda: wide(10_000, 3), 0, "3 rows received = 2 accepted + 1 set aside", "extra_1,"),
    one("ten thousand columns of many faulty rows", lambda: wide(10_000, 600), 0, "300 accepted + 300 set aside",
        long=True),
    one("twenty thousand columns, more than Excel has", lambda: wide(20_000, 4), 0, "2 accepted + 2 set aside",
        long=True),
    one("ten thousand columns and no patient", ",".join(f"x{i}" for i in range(10_000)) + "\n1\n", 11,
        "lacks 3 columns"),
    one("ten thousand empty names", "," * 10_000 + rows(), 11, "cells as the header line has", writes=True),
    one("a million blank lines", lambda: rows("\n" * 1_000_000 + "p2,,2026-01-01,x,1"), 0, "row 1000003"),
    one("eight thousand lines of all widths", lambda: rows(*("p," + "," * (i % 9) + "1" for i in range(8_000))), 0,
        "set aside"),
)  # fmt: skip

TEXT_CASES: tuple[Case, ...] = (*ENCODINGS, *EMPTY, *LINES, *QUOTES, *SIZES)
