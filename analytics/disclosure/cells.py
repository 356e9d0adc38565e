"""What a reader says of a cell that counts: its column, the name of what it counts, and what else is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.disclosure.ledger import Name

Row = Mapping[str, Any]
Cell = tuple[str, Name, dict[str, Any]]  # column, name, further fields of Count
BASIS = {"basis": True}
THERE = {"least": 1}  # the line stands there only because somebody is in it


def key(value: Any) -> str:
    """A key's value as part of a name."""
    if value is None or value != value:
        return ""
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def keys(row: Row, *columns: str) -> Name:
    """The same of several columns."""
    return tuple(key(row[column]) for column in columns)


def at_visit(row: Row, arm: str = "arm") -> Name:
    """Outcome, visit, population and arm."""
    return keys(row, "outcome", "visit", "population", arm)


def cohort(population: str, arm: str) -> Name:
    """The patients of an arm in a population."""
    return ("arm", arm) if population == "all" else ("cohort", population, arm)
