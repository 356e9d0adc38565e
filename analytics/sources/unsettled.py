"""Date formats that a drafted mapping left open: refused with both candidates and cells that show them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analytics.domain.date_guess import UNSETTLED, guess_format
from analytics.domain.errors import PlanRefused
from analytics.domain.mapping import Entry, Mapping, TableMapping
from analytics.sources.grid import Options
from analytics.sources.locate import content_of, format_of, locate, shown

FIX = 'write the right one instead of the ?, for example format: "%d/%m/%Y"'


def refuse_unsettled(place: Path, mapping: Mapping) -> None:
    """Raise PlanRefused where ``mapping`` still says ``format: "?"``, telling what the cells of ``place`` permit."""
    if not any(list(_open(table)) for table in (mapping, *mapping.tables.values())):
        return
    told = []
    for item in locate(place, mapping, _sheets).tables:
        how = item.mapping
        if how is None:
            continue
        options = Options(how.header_row, how.separator, how.encoding, rows_needed=False)
        grid = format_of(item.path).grid(content_of(item.path), shown(item.path), item.sheet, options)
        texts = {column.header: [str(text) for text in column.texts] for column in grid.columns}
        told += [
            f"  {name}: {_said(texts.get(str(entry.source), []), str(entry.source))}" for name, entry in _open(how)
        ]
    if told:
        raise PlanRefused("\n".join([f"{mapping._name} has a date format that is not settled:", *told]), fix=FIX)


def _sheets(path: Path) -> tuple[str, ...]:
    return format_of(path).sheets(content_of(path), shown(path))


def _open(table: TableMapping) -> Iterable[tuple[str, Entry]]:
    for name, entries in table.columns.items():
        yield from ((name, entry) for entry in entries if (entry.format or "").strip() == UNSETTLED)


def _said(texts: list[str] | None, header: str) -> str:
    """What the column's cells permit."""
    if texts is None:
        return f"the file has no column {header[:60]!r}"
    guess = guess_format(texts)
    if not guess.formats:
        some = ", ".join(repr(text[:30]) for text in texts[:3])
        return f"no date format reads column {header[:60]!r}" + (f" ({some})" if some else "")
    named = " or ".join(f'"{told or "%Y-%m-%d"}"' for told in guess.formats[:2])
    examples = "; ".join(guess.examples) or ", ".join(repr(t[:30]) for t in texts[:3])
    return f"column {header[:60]!r} may be {named} ({examples})"
