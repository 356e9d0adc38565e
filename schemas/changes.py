"""What a mapping changes in the rules for its own files: switched off, made stricter, added; told in every report."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias

#: Column, lowest and highest value (None: no limit on that side).
Bounds: TypeAlias = tuple[str, float | None, float | None]


@dataclass(frozen=True)
class RuleChanges:
    """``off``: ids of rules. ``ranges``: stricter limits, outside which a row is set aside. ``usual``: limits in place
    of ours, outside which it is listed. ``required``: columns that may not be empty. All in our words and units.
    """

    off: tuple[str, ...] = ()
    ranges: tuple[Bounds, ...] = ()
    usual: tuple[Bounds, ...] = ()
    required: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, part.name) for part in fields(self))


NO_CHANGES = RuleChanges()
