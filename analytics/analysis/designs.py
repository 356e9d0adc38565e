"""Which patients a method can compare where a cohort holds two designs, and what is said of those it leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from analytics.analysis.questions import is_paired
from analytics.domain.cohort import Cohort
from analytics.intake.select import population

PAIRED = "paired_difference"
PAIRED_METHODS = (PAIRED, "negative_binomial", "fractional_logit", "cumulative_logit", "standardised_risk")
SPLIT, SINGLE = "split_face", "parallel"
WHY = {  # short: a display cuts a note after a hundred letters
    "unpaired": "different treatments on their sides, which {method} would take for two patients",
    "grouped": f"different treatments on their sides (ask with method='{PAIRED}')",
    "paired": "one treatment each, so there are no sides to compare (leave method out)",
}


def fits(cohort: Cohort, population: str, method: str) -> bool:
    """Whether a method can compare a population: sides within patients, or patients with one treatment each."""
    return method in PAIRED_METHODS if is_paired(cohort, population) else method != PAIRED


@dataclass(frozen=True, eq=False)
class Aside:
    """The members with a design that the question is not asked of, and why not."""

    members: pd.DataFrame
    why: str

    def note(self, whom: str) -> str:
        """How many of a population (a level of a column, or everybody) are left out, and why; "" where nobody is."""
        members = self.members if "=" not in whom or whom.startswith("design=") else population(self.members, whom)
        count = members["patient"].nunique()
        return f"{count} {'patient' if count == 1 else 'patients'} left out: {self.why}" if count else ""


def of_design(cohort: Cohort, *, by: str | None, method: str | None) -> tuple[Cohort, Aside]:
    """The cohort that the question can be asked of, and whom it leaves out.

    Somebody only where both designs are there: differences within patients leave out those with one treatment; other
    methods, and levels of a column where the plan does not pool the designs, those with different ones on their sides.
    """
    members = cohort.members
    nobody = Aside(members.iloc[:0], "")
    if set(members["design"]) != {SPLIT, SINGLE}:
        return cohort, nobody
    if method == PAIRED:
        aside = Aside(members[members["design"] == SINGLE], WHY["paired"])
        return (cohort if by is None and len(cohort.populations) > 1 else _only(cohort, SPLIT)), aside
    split = members[members["design"] == SPLIT]
    if cohort.plan.pool_designs:
        return cohort, nobody
    if method is not None and method not in PAIRED_METHODS:
        return cohort, Aside(split, WHY["unpaired"].format(method=method))
    return cohort, nobody if by is None else Aside(split, WHY["grouped"])


def _only(cohort: Cohort, design: str) -> Cohort:
    members, table = (part[part["design"] == design] for part in (cohort.members, cohort.table))
    return replace(cohort, members=members.reset_index(drop=True), table=table.reset_index(drop=True))
