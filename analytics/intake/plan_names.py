"""What a plan names and vocabulary or data do not have: every fault at once, with the nearest names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from analytics.domain.dataset import Sifted
from analytics.domain.errors import PlanRefused
from analytics.domain.plan import Plan
from analytics.intake.covariates import NEVER, columns_of, in_data
from analytics.intake.records import number, outcomes_in, text, treatments_in
from analytics.methods import METHODS, method_for
from schemas.vocabulary import Vocabulary


def named_weeks(plan: Plan) -> bool:
    """Whether a person wrote the weeks."""
    return "visits" in plan.model_fields_set and "weeks" in plan.visits.model_fields_set


def named_covariates(plan: Plan) -> tuple[str, ...]:
    """The covariates a person wrote; the usual list, written out or not, is a suggestion and asks for nothing."""
    return () if plan.covariates == Plan.model_fields["covariates"].default else plan.covariates


def check_plan(plan: Plan, vocabulary: Vocabulary) -> None:
    """Look up every name of ``plan`` in ``vocabulary``, without data. Raises PlanRefused with all that is unknown."""
    faults = _unknown("arm", plan.arms, vocabulary.treatments)
    faults += _unknown("outcome", [item.outcome for item in plan.outcomes], vocabulary.outcomes)
    for item in plan.outcomes:
        faults += _unknown("method", [item.method] if item.method else [], METHODS)
        entry = vocabulary.outcomes.get(item.outcome)
        if entry is None:
            continue
        if item.method in METHODS:
            method_for(entry, item)
        if not entry.averaged:
            faults.append(f"{item.outcome} is shown, never averaged, so it cannot be compared")
    columns = [name for name in (*vocabulary.columns, *vocabulary.parameters()) if name not in NEVER]
    faults += _unknown("covariate", named_covariates(plan), columns)
    faults += _unknown("subgroup", plan.subgroups, columns)
    if plan.reference is not None and not plan.arms:
        faults += _unknown("reference", [plan.reference], vocabulary.treatments)
    refuse(faults)


def data_faults(plan: Plan, sifted: Sifted) -> list[str]:
    """What the plan names and the data do not hold."""
    faults = _absent("arm", plan.arms, treatments_in(sifted.sessions, sifted.vocabulary))
    read = outcomes_in(sifted.sessions, sifted.vocabulary)
    faults += _absent("outcome", [item.outcome for item in plan.outcomes], read)
    for word, names in (("covariate", named_covariates(plan)), ("subgroup", plan.subgroups)):
        faults += _absent(word, [n for n in names if not in_data(n, sifted)], columns_of(sifted))
    clinics = sorted(set(text(sifted.sessions, "clinic_id")) - {""})
    faults += _absent("clinic", plan.data.clinics or (), clinics)
    return faults + _visit_faults(plan, sifted) + _date_faults(plan, sifted)


def _visit_faults(plan: Plan, sifted: Sifted) -> list[str]:
    weeks, width = plan.visits.weeks, plan.visits.window_days
    if sifted.style == "trial":
        if not named_weeks(plan):
            return []
        seen = sorted(float(v) for v in number(sifted.sessions, "visit").dropna().unique() if v > 0)
        missing = [w for w in weeks if w not in seen]
        shown = ", ".join(f"{v:g}" for v in seen) or "none"
        return [f"visit {w:g} is not in the data (there: {shown})" for w in missing]
    close = [(a, b) for a, b in pairwise(weeks) if 2 * width > 7 * (b - a)]
    return [
        f"the windows of week {a:g} and week {b:g} overlap: {width} days on either side of {7 * (b - a):g} days apart"
        for a, b in close
    ]


def _date_faults(plan: Plan, sifted: Sifted) -> list[str]:
    if sifted.style == "dated":
        return []
    limits = {"from": plan.data.start, "to": plan.data.end, "cutoff": plan.data.cutoff}
    return [f"data.{name} needs dates, and these data have none" for name, day in limits.items() if day is not None]


def _unknown(word: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    pool = list(known)
    return [f"there is no {word} {name!r}{_hint(name, pool)}" for name in names if name not in pool]


def _absent(word: str, names: Iterable[str], present: Sequence[str]) -> list[str]:
    return [f"{word} {name!r} is not in the data{_hint(name, present)}" for name in names if name not in present]


def _hint(name: str, pool: Sequence[str]) -> str:
    near = Vocabulary.nearest(name, pool)
    if near:
        return f" (nearest: {', '.join(near)})"
    return f" (there: {', '.join(list(pool)[:8])})" if pool else ""


def refuse(faults: Sequence[str]) -> None:
    """Raise PlanRefused with every fault, or return."""
    if faults:
        raise PlanRefused(
            "The plan names what is not there: " + "; ".join(faults) + ".",
            fix="correct the plan, or leave the line out: a blank is filled from the data",
        )
