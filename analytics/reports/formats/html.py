"""One self-contained HTML file: no script, no request, light and dark, for a screen, a telephone and a printer."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from analytics.domain.block import Answers, Paragraph, Runs, Table
from analytics.domain.printable import printable, slug, unused
from analytics.domain.run import Run
from analytics.reports.formats import svg
from analytics.reports.formats.csv import table_csv
from analytics.reports.story import Element, Heading, Story, plain, story

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
POLICY = "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'"
BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
CLOSING = ("provenance",)  # roles that stand at the foot of page one
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"  # Hebrew, Arabic and their neighbours in Unicode
TURNED = re.compile(f"([{_RIGHT_TO_LEFT}]+(?:\\s+[{_RIGHT_TO_LEFT}]+)*)")
SHORT = 18  # characters of a figure with its interval
LONGEST = 50  # rows of a table that stands open; a longer one is folded, and not printed unless opened
MOST_POINTS = 60  # of a list in the evidence that stands open
MOST_TEXT = 4000  # characters of a list that stands open: two screens
FOLDED = ("checklist-strobe", "checklist-record", "departures", "packages", "literature")  # tables to look things up in
MOST_TABLES = 8  # one after the other that stand open
MANY = 4  # sub-sections from which on each one's tables are folded together, so that one sees what there is
WIDE = (Answers, Table)  # what takes the whole width of page one


@dataclass(frozen=True)
class Pair:
    """Figures that stand side by side where there is room."""

    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Fold:
    """Tables, and the remarks between them, behind one line that names them."""

    elements: tuple[Element, ...]

    @property
    def summary(self) -> str:
        names = [plain(e.caption) or "table" for e in self.elements if isinstance(e, Table)]
        return f"{len(names)} tables: {', '.join(names)}"


@dataclass(frozen=True)
class Part:
    """A heading of the second level with all that stands under it."""

    elements: tuple[Element | Pair | Fold, ...]

    @property
    def wide(self) -> bool:
        return any(isinstance(e, WIDE) for e in self.elements)


def render(notebook: NotebookNode, run: Run, *, told: Story | None = None) -> bytes:
    """The report of an executed notebook as HTML bytes; equal notebooks and runs give equal bytes."""
    told = told or story(notebook)
    version = run.facts.get("software", {}).get("version", "")
    return page(told, title=_title(told, run), version=version, mock=bool(run.facts.get("mock")))


def page(told: Story, *, title: str, version: str, mock: bool = False) -> bytes:
    """A story as one HTML file in the house's look; the tables that a ``mock`` saves begin with that word."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text = _template().render(
        title=title,
        style=style,
        policy=POLICY.format(hash=digest),
        version=version,
        contents=list(_contents(told.headings)),
        **_page_one(told),
        sections=[_arranged(part) for part in _parts(told.evidence)],
        **_values(mock),
    )
    return text.encode()


@dataclass(frozen=True)
class Entry:
    """A line of the contents: a section, and what stands in it under headings of its own."""

    heading: Heading
    deeper: tuple[Heading, ...]


def _contents(headings: Sequence[Heading]) -> Iterator[Entry]:
    starts = [i for i, heading in enumerate(headings) if heading.level == 2]
    for start, end in zip(starts, [*starts[1:], len(headings)]):
        deeper = tuple(h for h in headings[start + 1 : end] if h.level == 3)
        yield Entry(headings[start], deeper if len(deeper) > 1 else ())


def _title(told: Story, run: Run) -> str:
    return f"{told.title} – {told.name or printable(run.title)}"


def _page_one(told: Story) -> dict[str, Any]:
    """Page one as opening (up to the first heading of the second level), parts, and closing."""
    closing = [e for e in told.page_one if isinstance(e, Paragraph) and e.role in CLOSING]
    rest = [e for e in told.page_one if not (isinstance(e, Paragraph) and e.role in CLOSING)]
    first = next((i for i, e in enumerate(rest) if isinstance(e, Heading) and e.level == 2), len(rest))
    return {"opening": rest[:first], "parts": list(_parts(rest[first:])), "closing": closing}


def _parts(elements: Iterable[Element]) -> Iterator[Part]:
    """The elements, divided before every heading of the second level."""
    group: list[Element] = []
    for element in elements:
        if isinstance(element, Heading) and element.level <= 2 and group:
            yield Part(tuple(group))
            group = []
        group.append(element)
    if group:
        yield Part(tuple(group))


def _arranged(part: Part) -> Part:
    """Neighbouring figures as pairs; neighbouring tables folded where they, or the sub-sections, are many."""
    most = 1 if sum(isinstance(e, Heading) and e.level == 3 for e in part.elements) >= MANY else MOST_TABLES
    made: list[Any] = []
    for kind, group in _runs_of_a_kind(part.elements):
        if kind == "figure" and len(group) > 1:
            made.append(Pair(group))
        elif kind == "table" and sum(isinstance(e, Table) for e in group) > most:
            made.append(Fold(group))
        else:
            made += group
    return Part(tuple(made))


def _runs_of_a_kind(elements: Iterable[Any]) -> Iterator[tuple[str, tuple[Element, ...]]]:
    """Neighbours of one kind: figures, tables with the notes that follow them, anything else."""
    last = ""
    group: list[Element] = []
    for element in elements:
        kind = type(element).__name__.lower()
        if kind == "paragraph" and element.role == "note" and last == "table":
            kind = "table"
        if kind != last and group:
            yield last, tuple(group)
            group = []
        last = kind
        group.append(element)
    if group:
        yield last, tuple(group)


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["told"] = _told
    return environment.get_template("report.html.j2")


def _told(text: str) -> Markup:
    """Printable, escaped text; words from right to left are isolated, or they carry off the number behind them."""
    parts = TURNED.split(printable(text))
    if len(parts) == 1:
        return escape(parts[0])
    return Markup("").join(Markup("<bdi>{}</bdi>" if at % 2 else "{}").format(part) for at, part in enumerate(parts))


def _values(mock: bool) -> dict[str, Any]:
    """What the template calls; anchors and file names are unique within one report."""
    drawings, used, saved = count(1), set[str](), set[str]()
    return {
        "kind": lambda value: type(value).__name__,
        "plain": plain,
        "anchor": lambda name: unused(f"block-{slug(name)}", used),
        "long": lambda table: len(table.rows) > LONGEST or table.name in FOLDED,
        "many": lambda p: len(p.items) > MOST_POINTS or sum(len(plain(item)) for item in p.items) > MOST_TEXT,
        "drawn": lambda figure: Markup(svg.inline(figure, prefix=f"f{next(drawings)}-")),
        "side": _side,
        "saved": partial(_saved, mock=mock),
        "file_name": lambda table: f"{unused(slug(table.name) or slug(plain(table.caption)) or 'table', saved)}.csv",
    }


def _side(table: Table, column: int, cell: Runs = ()) -> str:
    """The class of a cell: r to the right, k kept in one line (a short figure that would be torn apart)."""
    right = column < len(table.align) and table.align[column] == "r"
    kept = right and 0 < len(plain(cell)) <= SHORT
    return Markup(f' class="{"r k" if kept else "r"}"') if right else ""


def _saved(table: Table, *, mock: bool) -> str:
    """The table as a link that saves it as CSV without asking anybody."""
    return "data:text/csv;charset=utf-8," + quote(BYTE_ORDER_MARK + table_csv(table, mock=mock).decode())
