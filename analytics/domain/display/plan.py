"""A Plan as a page: what will be compared, and how, in a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analytics.domain.display.digits import percent, short
from analytics.domain.display.page import Grid, Page

if TYPE_CHECKING:
    from analytics.domain.plan import OutcomePlan, Plan

SHORT_HASH = 12
A_LINE = 4
BLANK = "filled from the data"


def plan_page(plan: Plan) -> Page:
    """The settings, those left blank said to be so."""
    rows = [
        ("Treatments", ", ".join(plan.arms) or BLANK),
        ("Compared with", plan.reference or "each other"),
        *_listed("Primary outcomes", plan.primary, BLANK),
        *_listed("Secondary outcomes", plan.secondary, "none"),
        ("Visits", f"weeks {', '.join(short(w) for w in plan.visits.weeks)}, ± {plan.visits.window_days} days"),
        ("Primary visit", f"week {short(plan.visits.last)}"),
        ("Adjusted for", ", ".join(plan.covariates) or "nothing"),
        ("Subgroups", ", ".join(plan.subgroups) or "none"),
        ("Several comparisons", plan.multiplicity.replace("_", " ")),
        ("Confidence level", percent(plan.confidence_level)),
        ("Randomised", "yes" if plan.randomised else "no: treatments were chosen at the consultation"),
        ("Data", _data(plan)),
        ("Fewest patients told", f"{plan.minimum_cell}"),
    ]
    foot = f"Plan hash {plan.sha256[:SHORT_HASH]}. What is not in it is called exploratory."
    return Page(f"Plan: {plan.title}", (), [Grid("What will be compared", ("Setting", "Value"), rows, heads=2)], foot)


def _listed(what: str, items: Sequence[OutcomePlan], none: str) -> Iterator[tuple[str, str]]:
    """A few in a line."""
    for start in range(0, max(len(items), 1), A_LINE):
        yield "" if start else what, ", ".join(map(_item, items[start : start + A_LINE])) or none


def _item(item: OutcomePlan) -> str:
    return f"{item.outcome} ({item.method})" if item.method else item.outcome


def _data(plan: Plan) -> str:
    cut = plan.data
    parts = [f"courses begun {cut.start or '...'} to {cut.end or '...'}"] if cut.start or cut.end else []
    parts += [f"clinics {', '.join(cut.clinics)}"] if cut.clinics else []
    parts += [f"until {cut.cutoff}"] if cut.cutoff else []
    return "; ".join(parts) or "all"
