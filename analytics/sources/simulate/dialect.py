"""How one clinic writes things down: its headers, texts, scales and file shape, and the mapping that undoes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Field:
    """One column of a clinic's file.

    ``texts``: our code -> the ways the clinic writes it, one of which is drawn per row; ``{name}`` stands for another
    column of that row. ``patterns``: what its mapping says instead of listing those texts. ``times`` and ``divided``
    bring numbers to the clinic's scale, ``mirror`` turns it round (theirs = low + high - ours). ``extra``: further keys
    of the mapping entry (unit, scale, reverse, missing). ``gaps``: what stands in some of the cells that are missing.
    """

    header: str
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    times: int = 1
    divided: int = 1
    mirror: tuple[float, float] | None = None
    extra: Mapping[str, Any] = field(default_factory=_nothing)
    gaps: tuple[str, ...] = ()

    def entry(self) -> dict[str, Any] | str:
        """The mapping entry of this column."""
        known = {"values": {ours: list(t) for ours, t in (self.patterns or self.texts).items()}} if self.texts else {}
        return {"from": self.header, **known, **self.extra} if known or self.extra else self.header


@dataclass(frozen=True)
class Layout:
    """Where a table of the clinic stands: a file of its own or a sheet of the workbook, with its columns."""

    place: str
    fields: Mapping[str, Field]
    title: str = ""
    leftovers: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)  # columns nobody needs: header -> texts


@dataclass(frozen=True)
class Dialect:
    """A clinic's way of keeping data. ``date``: strptime format, "" for real Excel dates."""

    id: str
    shape: Literal["wide", "long"]
    container: Literal["csv", "xlsx"]
    layouts: Mapping[str, Layout]
    date: str = ""
    decimal: str = "."
    separator: str = ","
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ()
    outcome_field: Field | None = None
    value_header: str = ""
    workbook: str = ""
    outcomes: Mapping[str, Field] = field(default_factory=dict)  # long shape: how each outcome is named and scaled

    @property
    def main_file(self) -> str:
        """File name of the sessions, what a person gives to the command line."""
        return self.workbook or self.layouts["sessions"].place

    @property
    def header_row(self) -> int:
        """Row of the header as a spreadsheet shows it."""
        return 3 if self.layouts["sessions"].title else 1


PEEL_SHORT = {
    "glycolic_acid": "GA",
    "salicylic_acid": "SA",
    "trichloroacetic_acid": "TCA",
    "lactic_acid": "Lactic",
    "mandelic_acid": "Mandelic",
}
