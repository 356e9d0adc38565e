"""Looks: what was looked at besides the plan, each question once, and the Log that a report may print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

LOOK_COLUMNS = ("data", "outcome", "visit", "population", "contrast", "method")
SHOWN = 20


class Look(NamedTuple):
    """One question put to one data cut. ``contrast``: "arm v reference", or every treatment beside the others."""

    data: str
    outcome: str
    visit: float
    population: str
    contrast: str
    method: str

    def line(self) -> str:
        """The look as the receipt has it."""
        return " | ".join([self.data, self.outcome, f"{self.visit:g}", *self[3:]])


@dataclass(frozen=True, repr=False)
class Log:
    """Distinct looks, in a fixed order. A report prints them only when it is given them: ``report(..., log=...)``."""

    looks: tuple[Look, ...] = ()

    def __len__(self) -> int:
        return len(self.looks)

    def __iter__(self) -> Iterator[Look]:
        return iter(self.looks)

    def lines(self) -> tuple[str, ...]:
        """One line per look, for the receipt and the run id."""
        return tuple(look.line() for look in self.looks)

    def to_frame(self) -> pd.DataFrame:
        """LOOK_COLUMNS, a row per look."""
        import pandas as pd

        frame = pd.DataFrame(self.looks, columns=list(LOOK_COLUMNS))
        return frame.astype({"visit": "float64", **dict.fromkeys(set(LOOK_COLUMNS) - {"visit"}, "str")})

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from analytics.domain.display.log import log_page

        return log_page(self).text()

    def _repr_html_(self) -> str:
        from analytics.domain.display.log import log_page

        return log_page(self).html()
