"""Tables on an A4 page of Word: columns as wide as they need, else smaller letters, else a turned page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from analytics.domain.block import Number, Runs, Table, Text
from analytics.reports.formats.docx_template import LANDSCAPE, MARGIN, PORTRAIT
from analytics.reports.formats.docx_text import paragraph, told
from analytics.reports.story import plain

USUAL, SMALL, TINY = ("Tabletext", 9.0), ("Tabletextsmall", 8.0), ("Tabletexttiny", 7.5)  # style, points of its letters
WAYS = (  # to set a table, the best one first
    *((*size, PORTRAIT) for size in (USUAL, SMALL, TINY)),
    *((*size, LANDSCAPE) for size in (USUAL, SMALL, TINY)),
)
LETTER = 0.51  # width of a letter in its height: Calibri with some room
PADDING = 160  # twentieths of a point beside the words of a cell
KEPT_TOGETHER = 18  # characters of a figure with its interval that is not broken over lines
LONGEST_WORD = 26  # characters; longer ones are broken
FEW_LINES, MOST_LINES = 3, 40  # of a cell
RAGGED = 1.2  # lines are not filled to the end
SENTENCE = 120  # characters; such cells may be high
WHOLE = 8  # rows of a table that is not divided between pages
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Fit:
    """How a table is set: widths in twentieths of a point, the paragraph style of its cells, and the page."""

    widths: tuple[int, ...]
    style: str
    page: tuple[int, int]


def fit(table: Table) -> Fit:
    """The largest letters with which cells stay short, upright if that can be; else whatever has the shortest cells."""
    needs = [_need(table, at) for at in range(len(table.columns))]
    many = MOST_LINES if max((most for _, most in needs), default=0) > SENTENCE else FEW_LINES
    tried: list[tuple[int, int, Fit]] = []
    for style, points, page in WAYS:
        widths, lines = _shared(needs, points, page[0] - 2 * MARGIN)
        if widths and lines <= many:
            return Fit(tuple(widths), style, page)
        tried.append((lines, len(tried), Fit(tuple(widths), style, page)))
    best = min(tried, key=lambda way: way[:2])[2]
    return best if best.widths else _squeezed([narrow for narrow, _ in needs])


def _squeezed(least: Sequence[int]) -> Fit:
    """Words have no room in any way: columns in proportion, words broken."""
    room = LANDSCAPE[0] - 2 * MARGIN
    return Fit(tuple(max(width * room // sum(least), 1) for width in least), WAYS[-1][0], LANDSCAPE)


def _need(table: Table, at: int) -> tuple[int, int]:
    """(least, most) characters that a column needs: its longest word, its longest line."""
    texts = [plain(table.columns[at]), *(_cell_text(table, row, at) for row in table.rows)]
    words = [len(word) for text in texts for word in text.split(" ")]
    return min(max(words, default=1), LONGEST_WORD), max(map(len, texts), default=1)


def _shared(needs: Sequence[tuple[int, int]], points: float, room: int) -> tuple[list[int], int]:
    """Widths with which the longest cell takes the fewest lines, and how many; no widths if a word has no room."""
    least, most = ([round(n * points * 20 * LETTER) + PADDING for n in of] for of in zip(*needs))
    for lines in range(1, MOST_LINES) if sum(least) <= room else ():
        widths = [
            max(narrow, wide if lines == 1 else round(wide * RAGGED / lines)) for narrow, wide in zip(least, most)
        ]
        if sum(widths) <= room:
            return _filled(widths, most, room), lines
    return (least, MOST_LINES) if sum(least) <= room else ([], MOST_LINES + 1)


def _filled(widths: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """The widths with the room that is left given to columns that come nearest to one line with it."""
    filled, left = list(widths), room - sum(widths)
    for at in sorted(range(len(widths)), key=lambda i: (most[i] - widths[i], i)):
        more = min(max(most[at] - widths[at], 0), left)
        filled[at] += more
        left -= more
    return filled


def _cell_text(table: Table, row: Sequence[Runs], at: int) -> str:
    return plain(_cell(table, row, at))


def _right(table: Table, at: int) -> bool:
    return at < len(table.align) and table.align[at] == "r"


def _cell(table: Table, row: Sequence[Runs], at: int) -> Runs:
    """A cell's runs; a short figure stays in one line."""
    runs = row[at] if at < len(row) else ()
    if not _right(table, at) or len(plain(runs)) > KEPT_TOGETHER:
        return runs
    return tuple(_joined(run) for run in runs)


def _joined(run: Text | Number) -> Text | Number:
    text = run.text.replace(" ", NO_BREAK)
    return Text(text, run.style) if isinstance(run, Text) else Number(text, run.kind, run.ref, run.transform)


def table_xml(table: Table, how: Fit) -> str:
    """The table: its first row stands again on every page, and no row is torn apart."""
    kept = len(table.rows) <= WHOLE
    heads = _row(table, table.columns, how, head=True, with_next=True)
    last = len(table.rows) - 1
    rows = (
        _row(table, row, how, head=False, with_next=(kept and at < last) or (bool(table.note) and at >= last - 1))
        for at, row in enumerate(table.rows)
    )
    name = quoteattr(plain(table.caption)[:250])
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in how.widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="ReportTable"/><w:tblW w:w="{sum(how.widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val={name}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{heads}{''.join(rows)}</w:tbl>"
    )


def _row(table: Table, row: Sequence[Runs], how: Fit, *, head: bool, with_next: bool) -> str:
    cells = []
    for at, width in enumerate(how.widths):
        runs = row[at] if head and at < len(row) else _cell(table, row, at)
        side = '<w:jc w:val="right"/>' if _right(table, at) else ""
        bottom = '<w:vAlign w:val="bottom"/>' if head else ""
        words = paragraph(how.style, told(runs), properties=("<w:keepNext/>" if with_next else "") + side)
        cells.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{bottom}</w:tcPr>{words}</w:tc>')
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"
