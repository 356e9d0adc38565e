"""Power: how many patients a comparison needs, and what those there are could find, from the clinic's own data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from schemas.vocabulary import Outcome


@dataclass(frozen=True, eq=False, repr=False)
class Power:
    """``scale``: additive (differences in the outcome's unit), ratio (analysed on the log) or share (of responders).

    ``difference``, ``detectable`` and the curve stand on the reported scale; ``sd`` (of values within arms, or of
    differences within patients), ``correlation`` with the start and ``residual_sd`` on the working scale (log for a
    ratio). ``patients``: with a reading, per arm (or pairs); ``enrolled``: so many that they remain after ``dropout``.
    ``now``: the fewest patients of an arm with a reading at the visit. ``curve``: patients, detectable.
    """

    outcome: Outcome
    visit: float
    population: str
    scale: str
    sd: float
    correlation: float
    residual_sd: float
    dropout: float
    power: float
    level: float
    arms: int
    paired: bool
    difference: float | None
    patients: float
    enrolled: float
    now: int
    detectable: float
    curve: pd.DataFrame
    counted: int
    where: str = ""
    notes: tuple[str, ...] = ()
    style: str = "dated"

    def to_frame(self) -> pd.DataFrame:
        """One row: outcome, visit, difference, patients and the rest, for a table of several outcomes."""
        import pandas as pd

        names = (
            "visit", "population", "scale", "difference", "patients", "enrolled", "now", "detectable", "power", "sd",
            "correlation", "residual_sd", "dropout",
        )  # fmt: skip
        return pd.DataFrame([{"outcome": self.outcome.id, **{name: getattr(self, name) for name in names}}])

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from analytics.domain.display.power import power_page

        return power_page(self).text()

    def _repr_html_(self) -> str:
        from analytics.domain.display.power import power_page

        return power_page(self).html()
