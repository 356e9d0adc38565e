"""First sheets of the workbook: the cover with the receipt's facts and the contents, and the words of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analytics.domain.block import Answers, Figure, Paragraph, Table
from analytics.domain.printable import printable
from analytics.domain.run import Run
from analytics.reports.formats.prose import prose_lines
from analytics.reports.formats.told_tables import ToldTable
from analytics.reports.formats.xlsx_sheet import A4, HEAD, LINK, RULE, SOFT, Looks, high, write_text
from analytics.reports.story import Element, Heading, Prose, Story, plain
from analytics.reports.workbook import PAPER, shown

LINE_WIDTH = 92  # characters
SIZES = {1: 18, 2: 15, 3: 12}
MARK = "\u2022 "
QUIET = ("note", "kicker", "provenance")


def write_cover(
    sheet: Any, looks: Looks, told: Story, run: Run, contents: Sequence[tuple[str, ToldTable]]
) -> None:  # fmt: skip
    """Title, the facts of the receipt, and a link to each sheet."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 92)
    write_text(sheet, 0, 0, told.name or printable(run.title), looks, bold=True, font_size=20)
    write_text(sheet, 1, 0, told.title, looks, font_size=12, font_color=SOFT)
    sheet.set_row(0, high([("", 1)], size=20))
    row = 3
    for name, value in _facts(run):
        write_text(sheet, row, 0, name, looks, bold=True, text_wrap=True, bottom=1, border_color=RULE)
        sheet.set_row(row, high([(name, 34), (str(value), 92)]))
        _fact(sheet, looks, row, value)
        row += 1
    write_text(sheet, row + 1, 0, "Contents", looks, bold=True, font_size=14)
    _contents(sheet, looks, row + 2, contents)
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.activate()


def _fact(sheet: Any, looks: Looks, row: int, value: Any) -> None:
    how = {"bottom": 1, "border_color": RULE, "align": "left"}
    if isinstance(value, int):
        sheet.write_number(row, 1, value, looks.of(num_format="#,##0", **how))
    else:
        write_text(sheet, row, 1, str(value), looks, text_wrap=True, num_format="@", **how)


def _facts(run: Run) -> Iterator[tuple[str, Any]]:
    """What the receipt states, as far as the run says it (a copy for outside says less)."""
    facts, software = run.facts, run.facts.get("software", {})
    yield "Run", run.run_id
    yield "Data up to", facts.get("cutoff") or "not dated"
    yield "Plan", f"{printable(run.title)}{'' if facts.get('planned') else ' (the standard plan: none was given)'}"
    yield "Fingerprint of the plan", run.plan.sha256
    rows = facts.get("rows") or {}
    for name, told in (("received", "Rows received"), ("accepted", "Rows accepted"), ("quarantined", "Rows set aside")):
        if name in rows:
            yield told, rows[name]
    for file in facts.get("inputs") or ():
        count = f"{file['rows']:,} rows, " if "rows" in file else ""
        yield f"File {printable(str(file.get('name', '')))}", f"{count}SHA-256 {file.get('sha256', '')}"
    yield "Software", f"clinical-outcomes {software.get('version', '')}, Python {software.get('python', '')}"
    yield "Fingerprint of its parts", software.get("lock_sha256") or "unknown"
    yield "Numbers", "rounded as in the report; report.json and results.parquet hold them in full"


def _contents(sheet: Any, looks: Looks, row: int, contents: Sequence[tuple[str, ToldTable]]) -> None:
    """Sheets under the headings of the report: section on the left, link on the right."""
    link = looks.of(font_color=LINK, underline=1)
    sheet.write_url(row, 1, "internal:'Words'!A1", link, "What the report says in words")
    last = ""
    for at, (name, told) in enumerate(contents, start=row + 1):
        place = told.section if told.section != last else ""
        last = told.section
        if place:
            write_text(sheet, at, 0, place, looks, bold=True, text_wrap=True)
            sheet.set_row(at, high([(place, 34)]))
        sheet.write_url(at, 1, f"internal:'{name}'!A1", link, shown(told.title, 200), "To this sheet")


def write_words(sheet: Any, looks: Looks, told: Story, sheets: Mapping[int, tuple[str, ToldTable]]) -> None:
    """Headings, paragraphs and answers in order; where a table stands, a link to its sheet."""
    sheet.set_column(0, 0, LINE_WIDTH)
    row = 0
    for element in (*told.page_one, *told.evidence):
        for text, how in _lines(element):
            write_text(sheet, row, 0, text, looks, text_wrap=True, **how)
            sheet.set_row(row, high([(text, LINE_WIDTH)], size=how.get("font_size", 11)))
            row += 1
        table = element if isinstance(element, Table) else element.data if isinstance(element, Figure) else None
        if table is not None and id(table) in sheets:
            name, of = sheets[id(table)]
            look = looks.of(font_color=LINK, underline=1, indent=1)
            sheet.write_url(row, 0, f"internal:'{name}'!A1", look, shown(f"\u2192 {of.title}", 200), "To this sheet")
            row += 1
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5)
    sheet.fit_to_pages(1, 0)


def _lines(element: Element) -> Iterator[tuple[str, dict[str, Any]]]:
    """The texts of an element with their looks; a table's stand on its sheet."""
    if isinstance(element, Heading):
        look = {"bold": True, "font_size": SIZES.get(element.level, 11)}
        yield plain(element.runs), {**look, "bg_color": HEAD if element.level == 2 else PAPER}
    elif isinstance(element, Prose):
        for line in prose_lines(element.html):
            yield (f"{MARK}{line.text}", {"indent": line.depth}) if line.depth else (line.text, {})
    elif isinstance(element, Paragraph):
        yield from _paragraph(element)
    elif isinstance(element, Answers):
        for answer in element.items:
            yield f"{plain(answer.label)}: {plain(answer.tag.runs)}", {"bold": True, "top": 1, "border_color": RULE}
            yield plain(answer.sentence), {}
            yield from [(plain(answer.small), {"font_color": SOFT})] if answer.small else []
    elif isinstance(element, Figure) and element.data is None:
        yield plain(element.caption), {"font_color": SOFT}


def _paragraph(block: Paragraph) -> Iterator[tuple[str, dict[str, Any]]]:
    if block.runs:
        look = {"font_color": SOFT} if block.role in QUIET else {"bold": True} if block.role == "tag" else {}
        yield plain(block.runs), look
    for item in block.items:
        yield f"{MARK}{plain(item)}", {"indent": 1}
