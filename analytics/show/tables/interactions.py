"""Whether a difference depends on the level of a column: one test per comparison over the levels (Welch)."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Table
from analytics.show.orient import Row
from analytics.show.runs import lower, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import grid, value
from analytics.show.tables.contrasts import pair_label

REMARK = (
    "Welch's test of whether the difference is the same at every level. A small p says that it is not; a large one "
    "says little where levels hold few patients. Exploratory."
)


def interactions(source: Evidence, rows: Sequence[Row], column: str) -> Table:
    """A row per comparison. ``rows``: INTERACTION_COLUMNS; ``column``: label of what the levels are levels of."""
    alpha = f"{1 - source.plan.confidence_level:.6g}"
    body = []
    for row in rows:
        arm, _, reference = str(row["contrast"]).partition(" v ")
        keyed = {**row, "quantity": "interaction"}
        body.append([pair_label(source, arm, reference), value("effects", keyed, "p_value", f"p:{alpha}")])
    caption = runs("Does the difference depend on ", name(lower(column)), "?")
    return grid(caption, ["Comparison", "p"], body, name="interactions", remark=REMARK)
