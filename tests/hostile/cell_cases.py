"""Cells: numbers, dates, ids and texts that are almost what they should be, or would run somewhere else."""

from __future__ import annotations

from case import HEADER, Case, one, rows


def grades(*texts: str) -> str:
    """The clean file with a row for each text as its texture grade."""
    return rows(*(f"q{i},,2026-01-01,{text},1" for i, text in enumerate(texts)))


def dates(*texts: str) -> str:
    """The clean file with a row for each text as its date."""
    return rows(*(f"q{i},,{text},3,1" for i, text in enumerate(texts)))


def aside(count: int, accepted: int = 1) -> str:
    return f"{accepted} accepted + {count} set aside"


NUMBERS = (
    one("nan, inf and what looks like them", grades("nan", "NaN", "inf", "-Infinity", "1e400"), 0, aside(5), "'nan'"),
    one("Python's underscores", grades("1_000", "1_0", "0x3", "0b1", "3L"), 0, aside(5), "'1_000'"),
    one("Arabic and full-width digits", grades("٣", "３", "३", "²", "Ⅲ"), 0, aside(5), "'٣'"),
    one("thousands separators", rows('p2,,2026-01-01,3,"1,000"', "p3,,2026-01-01,3,1 000", "p4,,2026-01-01,3,1'000",
        "p5,,2026-01-01,3,1.000.000"), 0, aside(4), "'1,000'"),
    one("a comma for a point", grades('"3,5"'), 0, aside(1), "the file's decimal sign"),
    one("less than, about and percent", grades("<3", "~3", "3%", "3-4", "3 mg"), 0, aside(5), "'<3'"),
    one("a number of four thousand digits", grades("9" * 4_000, "0." + "0" * 4_000 + "1"), 0, "set aside", "'9999"),
    one("a number of a million digits", lambda: grades("9" * 1_000_000), 0, aside(1), "row 3, texture_grade"),
    one("signs, spaces and a minus of the printers", grades("−3", "- 3", "+-3", "--3"), 0, aside(4), "'−3'"),
)  # fmt: skip

DATES = (
    one("29 February in years that have none", dates("2025-02-29", "2100-02-29", "2026-02-30"), 0, aside(3),
        "'2025-02"),
    one("29 February in a year that has one", dates("2024-02-29"), 0, "2 rows received = 2 accepted"),
    one("Excel's serial numbers", dates("46023", "46023.5", "1"), 0, aside(3), "row 3, session_date", "'46023'"),
    one("two orders of day and month", dates("03/04/2026", "04.03.2026", "2026-04-03"), 0, aside(2, 2), "'03/04/2026'"),
    one("days that never were", dates("2026-13-01", "2026-00-10", "2026-04-31", "0000-00-00"), 0, aside(4)),
    one("years out of this world", dates("0026-01-01", "1026-01-01", "20226-01-01", "9999-12-31"), 0, aside(4)),
    one("hours that are none", dates("2026-01-01T25:00", "2026-01-01 24:00", "2026-01-01T10:60"), 0, aside(3)),
    one("a time with a zone", dates("2026-01-01T10:00:00Z", "2026-01-01T10:00+02:00"), 0, aside(2)),
    one("words for days", dates("today", "1 March 2026", "03-Mar-2026", "unknown"), 0, aside(4), "'today'"),
    one("dates in Arabic digits", dates("٢٠٢٦-٠١-٠١", "２０２６-01-01"), 0, aside(2)),
    Case("a format that fits half of the days", {"sessions.csv": dates("13/01/2026", "01/13/2026"), "m.yml":
        "columns:\n  session_date: {from: session_date, format: '%d/%m/%Y'}\n"
        + "".join(f"  {name}: {name}\n" for name in HEADER.split(",") if name != "session_date")},
        0, (aside(2), "'01/13/2026'"), "validate sessions.csv --mapping m.yml --out out"),
)  # fmt: skip

TEXTS = (
    one("ids of emoji and from right to left", rows("👩‍⚕️,,2026-01-01,3,1", "מטופל٣,,2026-01-01,3,1",
        "مريض,,2026-01-01,3,1"),
        0, "4 rows received = 4 accepted"),
    one("ids that turn the text round", rows("\u202egnp.exe,,2026-01-01,3,x", "a\u200bb,,2026-01-01,3,1"), 0,
        "set aside"),
    one("ids with control characters", rows("p\x07,,2026-01-01,3,1", "p\x1b[31m,,2026-01-01,3,1"), 0, aside(2)),
    one("colours for the terminal in a fault", rows("p2,\x1b[2Jlaser,2026-01-01,3,1"), 0, aside(1), "row 3"),
    one("markup in a fault", rows("p2,[bold red]<script>alert(1)</script>,2026-01-01,3,1"), 0, "[bold red]<script>"),
    one("formulas for somebody's Excel", rows("=cmd|' /C calc'!A0,,2026-01-01,=1+1,1", "+1,,2026-01-01,@x,1"), 0,
        aside(2)),
    one("a treatment of a megabyte", lambda: rows(f"p2,{'laser ' * 160_000},2026-01-01,3,1"), 0, aside(1), "laser"),
    one("two thousand treatments", lambda: rows(*(f"p{i},laser {i},2026-01-01,3,1" for i in range(2_000))), 0,
        "1 accepted + 2,000 set aside", "row 3, treatment"),
    one("a name of every script", f"{HEADER},Ζ,日本,\u202e,é\n" + "p1,,2026-01-01,3,1,,,,\n", 0, "1 accepted", "日本"),
)  # fmt: skip

CELL_CASES: tuple[Case, ...] = (*NUMBERS, *DATES, *TEXTS)
