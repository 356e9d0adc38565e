"""Tables of the report as blocks, each made from rows of a run; an empty one says why."""

from __future__ import annotations

from analytics.show.tables.averages import clinics, means, measured, responders
from analytics.show.tables.care import depth, eligibility, instructions, recommended, safety, safety_by_skin
from analytics.show.tables.contrasts import contrasts, picture_numbers
from analytics.show.tables.interactions import interactions
from analytics.show.tables.people import arms, baseline, flow
from analytics.show.tables.records import files, glossary, plan, receipt, repairs, rules

__all__ = [
    "arms", "baseline", "clinics", "contrasts", "depth", "eligibility", "files", "flow", "glossary", "instructions",
    "interactions",
    "means", "measured", "picture_numbers", "plan", "receipt", "recommended", "repairs", "responders", "rules",
    "safety",
    "safety_by_skin",
]  # fmt: skip
