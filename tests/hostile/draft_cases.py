"""Files that ask for a draft of a mapping: nobody has said yet what they are, so nothing of them can be trusted."""

from __future__ import annotations

import os

import pyarrow as pa
from case import HEADER, Case, Content, Place, rows
from text_cases import UMLAUT, wide
from workbook_cases import book, flipped, laughs, parquet, raw

CLOSING = "Next: read it through"


def draft(
    name: str, content: Content | Place, code: int, *says: str, file: str = "sessions.csv", **more: object
) -> Case:
    """A file of which a draft is made."""
    command = f"mapping init {file} --out m.yml"
    return Case(name, {file: content}, code, says or (CLOSING,), **{"command": command, **more})  # type: ignore[arg-type]


DRAFT_CASES: tuple[Case, ...] = (
    draft("the draft of a pipe", Place(os.mkfifo), 11, "is not a file"),
    draft("the draft of an empty file", b"", 11, "is empty"),
    draft("the draft of UTF-16", UMLAUT.encode("utf-16"), 0),
    draft("the draft of broken UTF-8", UMLAUT.encode() + b"\xc3\n", 11, "damaged character"),
    draft("the draft of a name of sixteen megabytes", lambda: rows().replace("texture", "x" * 16_000_000), 0),
    draft("the draft of a cell of four megabytes", lambda: rows("x" * 4_000_000 + ",laser,2026-01-01,3,1"), 0),
    draft("the draft of ten thousand columns", lambda: wide(10_000, 3), 11, "a draft is made of up to 500"),
    draft("the draft of names that are YAML", f"{HEADER},&a *a !x,'{{': [}},\u2028\n" + "p1,,2026-01-01,3,1,1,2,3\n",
        0),
    draft("the draft of texts that are YAML", rows("p2,'*a: &b !!python [,2026-01-01,3,1", "p3,\x07,2026-01-01,3,1"),
        0),
    draft("the draft of dates nobody can settle", rows().replace("2026-01-01", "03/04/2026"), 0),
    draft("the draft of a damaged workbook", flipped, 11, "is damaged", file="s.xlsx"),
    draft("the draft of a laughing workbook", laughs, 11, "is damaged", file="s.xlsx"),
    draft("the draft of an empty sheet", lambda: raw(""), 11, "s.xlsx", file="s.xlsx"),
    draft("the draft of a cell in the last corner", lambda: book(lambda b: b.active.__setitem__("XFD1048576", "x")), 0,
        file="s.xlsx"),
    draft("the draft of lists", lambda: parquet({"a": pa.array([[1], [2]])}), 0, file="s.parquet"),
    draft("the draft of a folder of everything else", Place(lambda p: (p.mkdir(),
        (p / "a.csv").write_bytes(b"\x89PNG" * 9),
        (p / "b.txt").write_text("hello"), os.mkfifo(p / "c.csv"))), 11, "PNG picture", file="data"),
    Case("a draft read in again", {"m.yml": "missing: [x]\n", "sessions.csv": rows()}, 14, ("was not touched",),
        "mapping init sessions.csv --out m.yml"),
)  # fmt: skip
