"""The plan in force: the default one, or the user's with its blanks filled from the data and every name looked up."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analytics.domain.dataset import Sifted
from analytics.domain.errors import PlanRefused
from analytics.domain.plan import DataCut, OutcomePlan, Plan, Visits
from analytics.intake.covariates import in_data
from analytics.intake.plan_names import check_plan, check_with_data, named_weeks
from analytics.intake.records import number, outcomes_in, treatments_in
from schemas.outcomes import DEFAULT_PRIMARY, OUTCOMES

__all__ = ["Resolved", "blank_plan", "check_plan", "default_plan", "resolve"]


class Resolved(NamedTuple):
    """A plan without blanks; whether a person planned it; what was left out, in sentences."""

    plan: Plan
    planned: bool
    notes: tuple[str, ...] = ()


def blank_plan() -> Plan:
    """A plan to start from without data: the usual primary outcomes, arms to be filled from the data."""
    return Plan.model_validate({"primary": list(DEFAULT_PRIMARY)})


def default_plan(sifted: Sifted) -> Plan:
    """The plan used where none is given: arms and outcomes present in the data. Raises PlanRefused."""
    return resolve(None, sifted).plan


def resolve(plan: Plan | None, sifted: Sifted) -> Resolved:
    """Fill the blanks of ``plan`` (None: the default plan) from the data.

    Raises PlanRefused, naming every name a person wrote that the vocabulary or the data do not have, and nearest names.
    """
    asked = plan if plan is not None else Plan.model_validate({})
    if plan is not None:
        check_with_data(plan, sifted)
    arms = asked.arms or _arms(asked, sifted)
    primary, secondary = _outcomes(asked, sifted)
    filled = asked.model_copy(update={"arms": arms, "primary": primary, "secondary": secondary})
    filled = filled.model_copy(update={"visits": _visits(filled, sifted), "data": _cut(filled, sifted)})
    present = tuple(name for name in filled.covariates if in_data(name, sifted))
    absent = tuple(name for name in filled.covariates if name not in present)
    filled = filled.model_copy(update={"covariates": present})
    notes = tuple(f"covariate {name} left out: it is not in the data" for name in absent)
    return Resolved(filled, plan is not None, notes)


def _arms(plan: Plan, sifted: Sifted) -> tuple[str, ...]:
    found = treatments_in(sifted.sessions, sifted.vocabulary)
    if len(found) < 2:
        given = f"only {found[0]} was given" if found else "no treatment was given"
        raise PlanRefused(
            f"A comparison needs at least two treatments; in these data {given}.",
            fix="add the sessions of another treatment, or name its texts under treatment in the mapping",
        )
    if plan.reference is not None and plan.reference not in found:
        raise PlanRefused(f"reference {plan.reference!r} was not given to anybody.", fix=f"one of {', '.join(found)}")
    return found


def _outcomes(plan: Plan, sifted: Sifted) -> tuple[tuple[OutcomePlan, ...], tuple[OutcomePlan, ...]]:
    """Primary and secondary outcomes; secondary ones are filled only where the plan leaves both open."""
    entries = sifted.vocabulary.outcomes
    present = [o for o in outcomes_in(sifted.sessions, sifted.vocabulary) if entries[o].averaged]
    primary, secondary = plan.primary, plan.secondary
    taken = {item.outcome for item in secondary}
    if not primary:
        primary = tuple(OutcomePlan(outcome=name) for name in _primary([o for o in present if o not in taken]))
    if not primary:
        raise PlanRefused(
            "There is no outcome to compare: none of the columns of the data is a measured outcome.",
            fix="name an outcome column in the mapping, under columns",
        )
    if not plan.primary and "secondary" not in plan.model_fields_set:
        named = {item.outcome for item in primary}
        secondary = tuple(OutcomePlan(outcome=name) for name in present if name not in named)
    return primary, secondary


def _primary(present: list[str]) -> list[str]:
    """The usual three where present, else the mapping's own outcomes, else all."""
    house = {outcome.id for outcome in OUTCOMES}
    usual = [name for name in DEFAULT_PRIMARY if name in present]
    own = [name for name in present if name not in house]
    return usual or own or present


def _visits(plan: Plan, sifted: Sifted) -> Visits:
    """Visit numbers of a trial-style file are all those seen; elsewhere the plan's weeks stand."""
    visits = plan.visits
    if sifted.style == "trial" and not named_weeks(plan):
        weeks = seen_visits(sifted, [item.outcome for item in plan.outcomes])
        if not weeks:
            raise PlanRefused(
                "There is no visit after the baseline: nothing can be compared.",
                fix="number the later visits above 0 (their week or visit number)",
            )
        visits = visits.model_copy(update={"weeks": weeks, "primary": weeks[-1]})
    return visits.model_copy(update={"primary": visits.last})


def seen_visits(sifted: Sifted, outcomes: list[str]) -> tuple[float, ...]:
    """Visit numbers above 0 at which one of the outcomes was read."""
    read = [o for o in outcomes if o in sifted.sessions]
    filled = sifted.sessions[read].notna().any(axis=1)
    visits = number(sifted.sessions, "visit")[filled]
    return tuple(sorted(float(v) for v in visits.dropna().unique() if v > 0))


def _cut(plan: Plan, sifted: Sifted) -> DataCut:
    last = sifted.last_date if sifted.style == "dated" else None
    if plan.data.cutoff is not None or last is None or pd.isna(last):
        return plan.data
    return plan.data.model_copy(update={"cutoff": last.date()})
