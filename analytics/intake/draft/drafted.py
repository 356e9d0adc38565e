"""What a draft says, before it is written down: entries with keys and reasons, what is left over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.domain.found import FoundTable
from analytics.intake.draft.content import Facts


@dataclass(frozen=True)
class Text:
    """A text of the file (or a wildcard), how many lines have it, and why it means what it means."""

    text: str
    lines: int
    reason: str = ""


@dataclass(frozen=True)
class Source:
    """One column of the file for one of ours. ``keys``: format, unit, scale, visit ...; ``values``: code -> texts."""

    header: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Sequence[Text]] = field(default_factory=dict)
    unmatched: Sequence[Text] = ()
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Entry:
    """One of our columns and where it stands; no source: the number of the row."""

    target: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, eq=False)
class TableDraft:
    """One table: how it is read, what its columns become, what nothing was found for."""

    found: FoundTable
    decimal: str
    missing: tuple[str, ...]
    entries: tuple[Entry, ...]
    left: tuple[Facts, ...] = ()
    shape: str = "wide"
    readings: tuple[Entry, ...] = ()  # long files: how outcomes are read, under outcomes:
    arms: tuple[Text, ...] = ()  # treatment texts that match nothing
    lists: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)  # of outcomes that are not ours, by stem

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(entry.target for entry in self.entries)


@dataclass(frozen=True, eq=False)
class Draft:
    """The whole mapping: the sessions and the other tables; ``alone``: tables that were not understood."""

    sessions: TableDraft
    others: Mapping[str, TableDraft] = field(default_factory=dict)
    alone: tuple[str, ...] = ()
