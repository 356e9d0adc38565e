"""An empty file to fill in, as CSV or as a workbook that explains itself: choices, units, limits and examples.

The first row holds our plain column names and nothing else, so that a filled file needs no mapping. Where a reading
has a unit of measurement the name carries it (``tewl_g_m2_h``); a note on the name and a hint beside the cell say it
again, with what may stand there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.reports.workbook import DOUBT, HEAD, LAST_ROW, NEEDED, PAPER, RULE, sheet_name, style, workbook_bytes
from schemas.template import TemplateColumn, template

EXPLAINED, CHOICES = "columns", "codes"
TINTS = {
    "who, when, what": "#e6f1f6", "measured": "#e9f3e6", "settings of the treatment": DOUBT, "the session": HEAD,
    "the patient": "#f3e9f3", "consultation": "#e8ebf5", "what happened": "#f8e6e0",
}  # fmt: skip
HINT, HINT_TITLE = 255, 32  # the most characters that Excel shows beside a cell
WIDE = {"text": 14, "date": 13, "number": 12, "code": 18, "codes": 22}
HOW = (
    "How to fill in the sheet “{table}”",
    "One row for each {one}. Leave a cell empty where nothing was measured or nothing is known.",
    "Columns you do not use may stay empty or be deleted. Do not rename a column, and put nothing above the first row.",
    "Write dates as dates and plain numbers in the unit that is given. Dark blue columns are needed.",
    "Then: outcomes validate FILE shows what is wrong before anything is analysed.",
)
ONE = {
    "sessions": "treatment or reading", "patients": "patient", "consultations": "consultation",
    "adverse_events": "reaction or other event",
}  # fmt: skip
NUMBERS_AS_TEXT = "number_stored_as_text"


def blank_csv(table: str = "sessions") -> bytes:
    """The header line of ``table`` with our column names."""
    return (",".join(column.name for column in template(table)) + "\n").encode()


def blank_xlsx(table: str = "sessions") -> bytes:
    """A workbook with the empty ``table``, a sheet that explains each column, and one with the choices."""
    columns = template(table)

    def fill(book: Any) -> None:
        used: set[str] = set()
        sheets = [book.add_worksheet(sheet_name(name, used)) for name in (table, EXPLAINED, CHOICES)]
        places = _choices(book, sheets[2], columns)
        _table(book, sheets[0], columns, places)
        _explained(book, sheets[1], columns, table)

    return workbook_bytes(fill)


def _table(book: Any, sheet: Any, columns: Sequence[TemplateColumn], places: dict[str, str]) -> None:
    """The sheet to fill in: header with notes, a format and a check for each column."""
    for at, column in enumerate(columns):
        head = style(
            bold=True, text_wrap=True, valign="bottom", bottom=1, right=1, border_color=RULE,
            bg_color=NEEDED if column.needed else TINTS[column.group],
        )  # fmt: skip
        if column.needed:
            head["font_color"] = PAPER
        cells = style(num_format=_format(column))
        sheet.set_column(at, at, max(WIDE[column.kind], len(column.name) + 2), book.add_format(cells))
        sheet.write_string(0, at, column.name, book.add_format(head))
        size = {"x_scale": 2.4, "y_scale": 1.2 + 0.25 * (len(_note(column)) // 60), "author": ""}
        sheet.write_comment(0, at, _note(column), size)
        sheet.data_validation(1, at, LAST_ROW, at, _check(column, places))
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({NUMBERS_AS_TEXT: f"A2:XFD{LAST_ROW + 1}"})


def _format(column: TemplateColumn) -> str:
    """Ids and words stay what is typed (007, 1/2); dates show the one order that nobody misreads."""
    return {"text": "@", "code": "@", "codes": "@", "date": "yyyy-mm-dd"}.get(column.kind, "General")


def _note(column: TemplateColumn) -> str:
    """The note on a column's name."""
    unit = f"\nUnit: {column.unit}" if column.unit else ""
    return f"{column.label}: {column.what}{unit}\nWhat may stand here: {column.values}\n{_needed(column)}"


def _needed(column: TemplateColumn) -> str:
    if column.filled:
        return "Needed in every row."
    return (
        "This column is needed; an empty cell means that only readings were taken."
        if column.needed
        else "May stay empty."
    )


def _check(column: TemplateColumn, places: dict[str, str]) -> dict[str, Any]:
    """What Excel offers, refuses and says beside the cell; an empty cell is always right."""
    unit = f" Unit: {column.unit}." if column.unit else ""
    hint = {
        "input_title": column.label[:HINT_TITLE], "input_message": _cut(f"{column.what}{unit} {column.values}"),
        "error_title": column.label[:HINT_TITLE], "error_message": _cut(f"{column.name}: {column.values}"),
    }  # fmt: skip
    if column.kind == "codes":  # several of the choices stand in one cell: no list can check that
        return {"validate": "any", **hint}
    if column.codes:
        return {"validate": "list", "source": places[column.name], "show_error": not column.open, **hint}
    if column.kind == "date":
        return {"validate": "date", "criteria": ">=", "value": _first_day(), **hint}
    if column.kind == "number":
        return {**_number_check(column), **hint}
    return {"validate": "any", **hint}


def _number_check(column: TemplateColumn) -> dict[str, Any]:
    lim = column.limits
    kind = "integer" if lim.step == 1 else "decimal"
    if lim.low is not None and lim.high is not None and not lim.above:
        return {"validate": kind, "criteria": "between", "minimum": lim.low, "maximum": lim.high}
    if lim.low is not None and lim.high is not None:  # above the low limit: a hair more than it
        return {"validate": kind, "criteria": "between", "minimum": lim.low + 1e-9, "maximum": lim.high}
    if lim.low is not None:
        return {"validate": kind, "criteria": ">" if lim.above else ">=", "value": lim.low}
    return {"validate": kind, "criteria": "between", "minimum": -1e12, "maximum": 1e12}


def _first_day() -> Any:
    import datetime as dt

    return dt.date(1990, 1, 1)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= HINT else text[: HINT - 1].rsplit(" ", 1)[0] + "…"


def _choices(book: Any, sheet: Any, columns: Sequence[TemplateColumn]) -> dict[str, str]:
    """The sheet of choices; where those of each column stand, for the lists of the first sheet."""
    head, word = book.add_format(style(bold=True, bg_color=HEAD, bottom=1)), book.add_format(style())
    bold, wrapped = book.add_format(style(bold=True)), book.add_format(style(text_wrap=True))
    for at, (name, width) in enumerate((("column", 24), ("write this", 24), ("meaning", 60))):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name, head)
    places, row = {}, 1
    for column in columns:
        start = row
        for code, meaning in column.codes:
            sheet.write_string(row, 0, column.name, bold if row == start else word)
            if column.kind == "number":
                sheet.write_number(row, 1, float(code), book.add_format(style(align="left")))
            else:
                sheet.write_string(row, 1, code, word)
            sheet.write_string(row, 2, meaning, wrapped)
            row += 1
        if column.codes:
            places[column.name] = f"={CHOICES}!$B${start + 1}:$B${row}"
    sheet.freeze_panes(1, 0)
    return places


def _explained(book: Any, sheet: Any, columns: Sequence[TemplateColumn], table: str) -> None:
    """The sheet that explains: how to fill in, then a line for each column."""
    title, plain = book.add_format(style(bold=True, font_size=14)), book.add_format(style())
    for row, line in enumerate(HOW):
        sheet.write_string(row, 0, line.format(table=table, one=ONE[table]), title if row == 0 else plain)
    top = len(HOW) + 1
    heads = (("column", 26), ("needed", 12), ("what it is", 58), ("unit", 11), ("what may stand there", 48),
             ("example", 18), ("group", 24))  # fmt: skip
    for at, (name, width) in enumerate(heads):
        sheet.set_column(at, at, width)
        sheet.write_string(top, at, name, book.add_format(style(bold=True, bg_color=HEAD, bottom=1)))
    for row, column in enumerate(columns, start=top + 1):
        cell = book.add_format(style(text_wrap=True, bottom=1, border_color=RULE))
        name = book.add_format(style(bold=True, bottom=1, border_color=RULE, bg_color=TINTS[column.group]))
        needed = "every row" if column.filled else "column" if column.needed else ""
        told = (needed, f"{column.label}. {column.what}", column.unit, column.values, column.example, column.group)
        sheet.write_string(row, 0, column.name, name)
        for at, text in enumerate(told, start=1):
            sheet.write_string(row, at, text, cell)
    sheet.freeze_panes(top + 1, 1)
    sheet.ignore_errors({NUMBERS_AS_TEXT: f"A1:G{top + len(columns) + 1}"})
