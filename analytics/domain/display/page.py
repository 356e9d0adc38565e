"""A page of lines and small tables, as text for a terminal and as plain HTML for a notebook, light or dark."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analytics.domain.printable import printable

WIDE = 100  # characters of a line of text
LONGEST = 60  # of a cell


@dataclass(frozen=True)
class Grid:
    """A small table of texts. ``heads``: how many first columns hold words; ``note`` stands below."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    heads: int = 1
    note: str = ""

    def html(self) -> str:
        """The table for a notebook."""
        return _grid_html(self)


@dataclass(frozen=True)
class Page:
    """A title, lines below it, then tables, and a last line of what else to know."""

    title: str
    lines: Sequence[str] = ()
    grids: Sequence[Grid] = ()
    foot: str = ""

    def text(self) -> str:
        """For a terminal."""
        parts = ["\n".join(_wrapped([self.title, *self.lines]))]
        parts += ["\n".join(_grid_text(grid)) for grid in self._filled()]
        return "\n\n".join([*parts, *(["\n".join(_wrapped([self.foot]))] if self.foot else [])])

    def html(self) -> str:
        """For a notebook: no style, no script, nothing that an unsigned notebook would lose."""
        lines = "".join(f"<br>{_safe(line)}" for line in self.lines)
        head = f"<p><strong>{_safe(self.title)}</strong>{lines}</p>"
        foot = f"<p><small>{_safe(self.foot)}</small></p>" if self.foot else ""
        return head + "".join(_grid_html(grid) for grid in self._filled()) + foot

    def _filled(self) -> Iterator[Grid]:
        return (grid for grid in self.grids if grid.rows)


def cut(text: object, longest: int = LONGEST) -> str:
    """One short line of any text that somebody else wrote."""
    told = " ".join(printable(str(text)).split())
    return told if len(told) <= longest else f"{told[: longest - 1]}…"


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 patient", "1,200 patients"."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _safe(text: str) -> str:
    return html.escape(printable(text))


def _wrapped(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from textwrap.wrap(printable(line), WIDE, subsequent_indent="  ", break_long_words=False) or [""]


def _grid_text(grid: Grid) -> Iterator[str]:
    body = [list(grid.columns), *([printable(cell) for cell in row] for row in grid.rows)]
    widths = [max(len(row[at]) for row in body) for at in range(len(grid.columns))]
    yield from _wrapped([grid.caption])
    for number, row in enumerate(body):
        yield "  ".join(_padded(cell, widths[at], left=at < grid.heads) for at, cell in enumerate(row)).rstrip()
        if not number:
            yield "  ".join("-" * width for width in widths)
    if grid.note:
        yield from _wrapped([grid.note])


def _padded(cell: str, width: int, *, left: bool) -> str:
    return cell.ljust(width) if left else cell.rjust(width)


def _grid_html(grid: Grid) -> str:
    head = "".join(f'<th scope="col">{_safe(column)}</th>' for column in grid.columns)
    rows = "".join(f"<tr>{_row_html(grid, row)}</tr>" for row in grid.rows)
    note = f"<p><small>{_safe(grid.note)}</small></p>" if grid.note else ""
    table = f"<caption>{_safe(grid.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f"<table>{table}</table>{note}"


def _row_html(grid: Grid, row: Sequence[str]) -> str:
    return "".join(
        f'<th scope="row">{_safe(cell)}</th>' if not at else f"<td>{_safe(cell)}</td>" for at, cell in enumerate(row)
    )
