"""A table with one statistic per cell: cells of several numbers are taken apart into columns with heads of their own.

What each number is follows from its runs: the words beside it, its place in "from to", "of" and "v", and the statistic
of the results row that it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.domain.block import Runs, Table
from analytics.reports.formats.cell_numbers import PERCENT, Part, Value, parts_of
from analytics.reports.story import plain

Cell = Value | str


@dataclass(frozen=True)
class Column:
    """``over``: the report's own head where it stands over several columns, else empty; ``head``: this column's."""

    over: str
    head: str
    numeric: bool


@dataclass(frozen=True)
class Grid:
    """``headers``: leading columns that name the row. An empty text is an empty cell."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    headers: int


def apart(table: Table) -> Grid:
    """The table as a grid with one statistic per cell; words stay as they are."""
    made = [_columns(table, at) for at in range(len(table.columns))]
    columns = [column for found, _ in made for column in found]
    rows = tuple(tuple(cell for _, cells in made for cell in cells[at]) for at in range(len(table.rows)))
    return Grid(tuple(columns), rows, sum(len(found) for found, _ in made[: table.header_columns]))


def _columns(table: Table, at: int) -> tuple[list[Column], list[list[Cell]]]:
    """The columns that one column of the table becomes, and its cells row by row."""
    head, cells = plain(table.columns[at]), [row[at] if at < len(row) else () for row in table.rows]
    numeric = table.align[at] == "r" if at < len(table.align) else at >= table.header_columns
    parts = _levelled([parts_of(cell) if numeric else () for cell in cells])
    roles = _ordered(parts)
    if len(roles) < 2:
        name = f"{head}{_unit(roles[0])}" if roles else head
        return [Column("", name, numeric)], [[_first(p, cell)] for p, cell in zip(parts, cells)]
    return [Column(head, role, True) for role in roles], [_spread(p, cell, roles) for p, cell in zip(parts, cells)]


def _first(parts: Sequence[Part], cell: Runs) -> Cell:
    return parts[0].value if parts else _words(cell)


def _spread(parts: Sequence[Part], cell: Runs, roles: Sequence[str]) -> list[Cell]:
    """A cell over its columns; one that is words stands in the first."""
    if not parts:
        return [_words(cell), *[""] * (len(roles) - 1)]
    found = {part.role: part.value for part in parts}
    return [found.get(role, "") for role in roles]


def _words(cell: Runs) -> str:
    return plain(cell).replace("\u00a0", " ").strip()


def _levelled(parts: Sequence[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """The parts; numbers that stand alone belong to the first column of the others, whatever their statistic is."""
    longest = max(parts, key=len, default=())
    first = longest[0].role if longest else ""

    def own(part: Part) -> Part:
        role = first if part.role.endswith(PERCENT) == first.endswith(PERCENT) else part.role
        return replace(part, role=role) if part.lone else part

    return [tuple(map(own, group)) for group in parts]


def _ordered(parts: Sequence[Sequence[Part]]) -> list[str]:
    """Every role, each where the longest cells have it."""
    roles: list[str] = []
    for group in sorted(parts, key=len, reverse=True):
        place = len(roles)
        for part in group:
            if part.role not in roles:
                roles.insert(place, part.role)
            place = roles.index(part.role) + 1
    return roles


def _unit(role: str) -> str:
    """What the head of a column that stays one has to say about its numbers."""
    return f" {PERCENT}" if role.endswith(PERCENT) else ""
