"""Mappings: YAML that would blow up, words that mean something else, and places outside the folder."""

from __future__ import annotations

import os

from case import HEADER, Case, Place, rows
from text_cases import wide
from workbook_cases import book

OWN = "".join(f"  {name}: {name}\n" for name in HEADER.split(","))
COLUMNS = f"columns:\n{OWN}"
#: Nine anchors of nine aliases each.
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join(['*' + before] * 9)}]\n" for before, after in zip("abcdefgh", "bcdefghi")
)
WITH_MAPPING = "validate sessions.csv --mapping m.yml --out out"
PATIENTS = "tables: {patients: {file: %s}}\n"


def bad(name: str, text: object, *says: str, code: int = 12, **more: object) -> Case:
    """A mapping of the clean file."""
    files = {"sessions.csv": rows(), "m.yml": text}
    return Case(name, files, code, says, **{"command": WITH_MAPPING, **more})  # type: ignore[arg-type]


YAML = (
    bad("a billion laughs", LAUGHS, "line 1", "anchors (&) and aliases (*) are not used here"),
    bad("an anchor that holds itself", "a: &a [*a]\n", "anchors (&)"),
    bad("a merge key", "columns: &c {age: A}\nconstants:\n  <<: *c\n", "anchors (&)"),
    bad("a tag that runs a program", "columns: !!python/object/apply:os.system [ls]\n", "the tag"),
    bad("a tag of binary", "columns: !!binary aGVsbG8=\n", "the tag"),
    bad("nested three hundred thousand deep", "a: " + "[" * 300_000, "nested more than 20 deep"),
    bad("nested in braces", "a: " + "{a: " * 20_000, "nested more than 20 deep"),
    bad("nested by indentation", "".join(" " * i + "a:\n" for i in range(400)), "nested more than 20 deep"),
    bad("a key that stands twice", f"{COLUMNS}columns: {{}}\n", "line 7: the key 'columns' stands twice"),
    bad("a key that is a list", "? [a, b]\n: c\n", "a key must be a simple text"),
    Case("a sheet's name of nine hundred thousand letters", {"s.xlsx": book,
        "m.yml": f"sheet: {'x' * 900_000}\n{COLUMNS}"},
        11, ("s.xlsx has no sheet 'xxx", "it has 'sessions'"), "validate s.xlsx --mapping m.yml --out out"),
    bad("a key of nine hundred thousand letters", f"? {'x' * 900_000}\n: 1\n", "there is no key"),
    bad("two megabytes", "# " + "x" * 2_000_000, "longer than 1,000,000 characters"),
    bad("two thousand keys", "".join(f"k{i}: 1\n" for i in range(2_000)), "and 1992 more"),
    bad("forty thousand items", "missing: [" + "x," * 40_000 + "]\n" + COLUMNS, "1 accepted", code=0, long=True),
    bad("half a million items", "missing: [" + "x," * 490_000 + "]\n" + COLUMNS, "line 1", "more than 50,000 entries",
        seconds=20),
    bad("tabs for spaces", "columns:\n\tage: A\n", "is not YAML"),
    bad("two documents", f"{COLUMNS}---\n{COLUMNS}", "a second document"),
    bad("a list", "- a\n- b\n", "made of lines like key: value"),
    bad("one word", "columns", "made of lines like key: value"),
    bad("nothing but a comment", "# soon\n", "1 rows received = 1 accepted", code=0),
    bad("UTF-16", f"{COLUMNS}".encode("utf-16"), "is not UTF-8 text"),
    bad("NUL bytes", b"columns:\x00 {}\n", "cannot be read as text"),
    bad("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is not UTF-8 text"),
    bad("a workbook", b"PK\x03\x04" + bytes(400), "cannot be read as text"),
)  # fmt: skip

WORDS = (
    bad("yes for true", "columns: {gais: {from: G, reverse: yes}}\n", "must be true or false"),
    bad("off for false", "columns: {patient_id: {row_number: off}}\n", "must be true or false"),
    bad("Norway", "columns: {treatment: {from: T, values: {no: [x]}}}\n", "'no' is no value of treatment"),
    bad("010 for a header row", f"header_row: 0x1\n{COLUMNS}", "header_row", "must be a whole number"),
    bad("underscores in a number", f"header_row: 1_0\n{COLUMNS}", "header_row", "written without _"),
    bad("Arabic digits for a header row", f"header_row: ١\n{COLUMNS}", "header_row", "must be a whole number"),
    bad("a header row below all", f"header_row: 999\n{COLUMNS}", "has no row 999", code=11),
    bad("a header row of millions", f"header_row: 99999999999999999999\n{COLUMNS}", "header_row", "1000"),
    bad("infinity as a scale", "columns: {texture_grade: {from: T, scale: [0, .inf]}}\n", "scale"),
    bad("1e400 as a visit", "columns: {dlqi: [{from: A, visit: 1e400}]}\n", "visit", "finite"),
    bad("a scale upside down", "columns: {texture_grade: {from: T, scale: [10, 0]}}\n",
        "from its lowest to its highest"),
    bad("a column of ours that is none", "columns: {patient_nr: A}\n", "there is no column 'patient_nr'"),
    bad("a key that is none", "colmns: {}\n", "did you mean 'columns'"),
    bad("one text for two arms", "columns: {treatment: {from: T, values: {chemical_peel: [a], dermal_roller: [A]}}}\n",
        "keep one"),
    bad("a date format that settles no day", "columns: {session_date: {from: D, format: '%Y'}}\n", "must hold a day"),
    bad("a date format that is still open", COLUMNS.replace("session_date: session_date",
        "session_date: {from: session_date, format: '?'}"), "session_date", "write the right one"),
    bad("a pattern that never ends", "columns: {session_date: {from: D, format: '(a+)+$'}}\n", "must hold a day"),
    bad("a date format of a hundred thousand letters",
        f"columns: {{session_date: {{from: D, format: '{'%x' * 50_000}'}}}}\n", "session_date.format"),
    bad("stars upon stars", COLUMNS.replace("treatment: treatment",
        "treatment: {from: treatment, values: {chemical_peel: ['"
        + "*a" * 2_000 + "b']}}"), "1 rows received", code=0),
    bad("an encoding nobody knows", f"encoding: {'klingon' * 9_000}\n{COLUMNS}", "the encoding", "is not known"),
    bad("an encoding that is no text", f"encoding: zlib\n{COLUMNS}", "the encoding 'zlib' is not known"),
    bad("an encoding the file has not", f"encoding: utf-16\n{COLUMNS}", "is not text", code=11),
    bad("an encoding that unpacks escapes", f"encoding: unicode_escape\n{COLUMNS}", "the encoding"),
    bad("a separator of two letters", f"separator: '::'\n{COLUMNS}", "separator must be one character"),
    bad("rules that cannot be switched off", f"rules: {{width: off}}\n{COLUMNS}", "width cannot be switched off"),
    bad("rules that are none", f"rules: {{everything: off}}\n{COLUMNS}", "there is no rule 'everything'"),
    bad("a range wider than ours", f"rules: {{range: {{age: [-5, 900]}}}}\n{COLUMNS}", "only be made stricter"),
    bad("an outcome of ours redefined", f"outcomes: {{dlqi: {{range: [0, 3]}}}}\n{COLUMNS}", "cannot be changed here"),
    bad("an arm called like a word of the analysis", "treatments: {baseline: {label: B}}\n", "choose another id"),
    bad("an arm of markup", "treatments: {'<script>': {label: B}}\n", "cannot be an id"),
)  # fmt: skip


def two(first: str, second: str) -> dict:
    again = rows("p9,,2026-01-01,3,1")
    return {"a.csv": rows(), "b.csv": again, "a.yml": first + COLUMNS, "b.yml": second + COLUMNS}


LASER = "treatments: {laser: {label: %s}}\n"
PAIRS = (
    Case("two mappings that define one arm differently", two(LASER % "Fractional", LASER % "Pulsed"), 12,
        ("Two mappings define 'laser' differently", "a.yml", "b.yml"),
        "validate a.csv b.csv --mapping a.yml --mapping b.yml --out out"),
    Case("two mappings with one name for an arm and a covariate", two(LASER % "Fractional",
        "covariates: {laser: {from: texture_grade, kind: category}}\n"), 12,
        ("Two mappings define 'laser' differently",),
        "validate a.csv b.csv --mapping a.yml --mapping b.yml --out out"),
    Case("a draft of two files at once", {"a.csv": rows(), "b.csv": rows()}, 2,
        ("from one file or folder at a time; found 2", "one for each clinic"), "mapping init a.csv b.csv --out m.yml"),
    Case("the folder as a mapping", {"sessions.csv": rows()}, 12, ("The mapping . is not a file",),
        "validate sessions.csv --mapping ."),
    Case("a folder that is not there", {"sessions.csv": rows()}, 11, ("There is no file or folder spring",),
        "validate spring"),
    Case("everything set aside and written", {"sessions.csv": rows().replace(",3,1", ",99,1")}, 11,
        ("1 row: texture_grade must be from 0 to 9", "every fault stands in out"), writes=True),
    Case("three mappings for two files", two("", ""), 2, ("3 mappings for 2 DATA",),
        "validate a.csv b.csv --mapping a.yml --mapping b.yml --mapping a.yml --out out"),
    bad("a mapping for another file", "columns: {patient_id: Fallnummer, treatment: Massnahme, session_date: Datum}\n",
        "Fallnummer", "mapping init", code=11),
    bad("a mapping of a thousand columns for another file", "columns: {patient_id: P, treatment: T, session_date: D}\n"
        "covariates:\n" + "".join(f"  c{i}: {{from: Column {i}, kind: category}}\n" for i in range(1_000)),
        "lacks 1003 columns", "more", code=11),
    Case("a mapping of a thousand columns for a file of ten thousand", {"sessions.csv": lambda: wide(10_000, 2),
        "m.yml":
        COLUMNS + "covariates:\n" + "".join(f"  c{i}: {{from: Column {i}, kind: category}}\n" for i in range(1_000))},
        11, ("lacks 1000 columns", "and 988 more"), WITH_MAPPING, long=True),
    bad("a mapping for another file, checked", "columns: {patient_id: Fallnummer, treatment: T, session_date: D}\n",
        "Fallnummer", command="mapping check m.yml sessions.csv"),
    bad("a mapping that is not there", "", "cannot be read: no such file",
        command="validate sessions.csv --mapping n.yml"),
)  # fmt: skip

PATHS = (
    bad("a path out of the folder", PATIENTS % "../../etc/passwd", "leaves the folder"),
    bad("a path from the root", PATIENTS % "/etc/passwd", "leaves the folder"),
    bad("a path with backslashes", PATIENTS % r"'..\x.csv'", "leaves the folder"),
    bad("a path that goes in and out", PATIENTS % "a/../../p.csv", "leaves the folder"),
    bad("a path of five thousand letters", PATIENTS % ("p" * 5_000 + ".csv") + COLUMNS, "file name too long", code=11),
    bad("a path with a NUL", PATIENTS % r'"p\0.csv"', "path"),
    Case("a link that leaves the folder", {"sessions.csv": rows(), "m.yml": f"{PATIENTS % 'p.csv'}{COLUMNS}",
        "p.csv": Place(lambda path: path.symlink_to("/etc/hosts"))}, 12, ("leaves the folder",), WITH_MAPPING),
    Case("a mapping that is a folder", {"sessions.csv": rows(), "m.yml": Place(os.mkdir)}, 12,
        ("m.yml", "is not a file"), WITH_MAPPING),
    Case("a mapping that is a pipe", {"sessions.csv": rows(), "m.yml": Place(os.mkfifo)}, 12, ("is not a file",),
        WITH_MAPPING),
    Case("a mapping without an end", {"sessions.csv": rows()}, 12, ("is not a file",),
        "validate sessions.csv --mapping /dev/zero --out out"),
    Case("a mapping that links to itself", {"sessions.csv": rows(), "m.yml": Place(lambda p: p.symlink_to("m.yml"))},
        12,
        ("cannot be read",), WITH_MAPPING),
    Case("a mapping nobody may read", {"sessions.csv": rows(), "m.yml": Place(lambda p: (p.write_text(COLUMNS),
        p.chmod(0)))},
        12, ("cannot be read: permission denied",), WITH_MAPPING, as_nobody=True),
)  # fmt: skip

MAPPING_CASES: tuple[Case, ...] = (*YAML, *WORDS, *PAIRS, *PATHS)
