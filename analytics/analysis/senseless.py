"""Questions that can be typed and make no sense: each refused with the reason and what to ask instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import NoReturn

from analytics.domain.cohort import Cohort
from analytics.domain.errors import UsageError
from analytics.intake.plan_names import usable_columns
from analytics.intake.select import chosen
from schemas.treatments import CHEMICAL_PEEL
from schemas.vocabulary import Outcome, Treatment, Vocabulary

# What is only known once treatment has begun: an answer of the treatment, not a property of the patient.
AFTER = {
    "hours_since_session": "it is counted from a session",
    "session_no": "it counts the sessions",
    "exposure_days": "it counts days under treatment",
    "timing": "it says where in a session a reading was taken",
    "intercurrent_event": "it happened after the start",
    "intercurrent_date": "it happened after the start",
    "switched": "it happened after the start",
    "stopped": "it happened after the start",
    "sessions": "it counts the sessions",
}
PERCENT_CHANGE = (
    "percent_change", "percent", "percentage", "percentage_change", "pct_change", "relative_change", "percent_fall",
)  # fmt: skip
FEWEST = 2  # patients of a treatment that a comparison needs
GROUPS = "a column of your own (such as age_group), named under covariates: in the mapping"
UPTAKE = ("absorption", "product_absorption", "uptake", "penetration", "delivery")
WATER_LOSS = "tewl_g_m2_h"


def known(name: str, among: Sequence[str], what: str, labels: Iterable[tuple[str, str]] = ()) -> None:
    """UsageError with the nearest names where ``name`` is not ``among`` them; ``labels`` (label, name) find theirs."""
    if name in among:
        return
    spoken = {label.casefold(): each for label, each in labels}
    near = Vocabulary.nearest(str(name), [*among, *spoken]) if name else ()
    found = tuple(dict.fromkeys(spoken.get(each, each) for each in near)) or tuple(among)
    raise UsageError(f"{name!r} is no {what}.", fix=f"choose from {', '.join(found)}")


def check_outcome(cohort: Cohort, outcome: str) -> Outcome:
    """The outcome, if these data have it and it can be averaged."""
    words = cohort.vocabulary
    read = set(cohort.table["outcome"])
    among = [name for name in words.outcomes if name in read]
    if str(outcome).casefold().replace(" ", "_") in UPTAKE and outcome not in among:
        _refuse_uptake(words, among)
    entries = [words.outcomes[name] for name in among]
    labels = [(label, entry.id) for entry in entries for label in (entry.label, entry.short_label) if label]
    known(outcome, among, "outcome of these data", labels)
    entry = words.outcomes[outcome]
    if not entry.averaged:
        raise UsageError(
            f"{outcome} is shown, never averaged: a place among other people has no mean and no difference.",
            fix="compare the underlying score or count instead",
        )
    return entry


def _refuse_uptake(words: Vocabulary, among: Sequence[str]) -> None:
    direct = [name for name in among if words.outcomes[name].domain == "absorption"]
    barrier = (
        f" {WATER_LOSS} is water that leaves the skin: it measures the barrier, and is never product going in."
        if WATER_LOSS in among
        else ""
    )
    raise UsageError(
        f"Absorption is measured by product that went in{'' if direct else ', which these data do not have'}.{barrier}",
        fix=f"compare {' or '.join(direct)}" if direct else "record absorbed_percent or flux_ug_cm2_h at the sessions",
    )


def check_measure(cohort: Cohort, outcome: Outcome, measure: str | None) -> None:
    """Percent change from the start is refused: of nothing there is no percent, and it is skewed where there is."""
    if measure is None or str(measure).casefold().replace(" ", "_") not in PERCENT_CHANGE:
        return
    starts = cohort.table[(cohort.table["outcome"] == outcome.id) & (cohort.table["visit"] == 0)]
    zero = int(starts.loc[starts["value"] == 0, "patient"].nunique())
    whole = int(starts["patient"].nunique())
    why = (
        f"{zero} of {whole} patients start at 0, and of 0 there is no percent"
        if zero
        else "a patient who starts low would count most, and a doubling would outweigh a halving"
    )
    ratio = outcome.kind in ("count", "positive")
    raise UsageError(
        f"Percent change from the start is not compared: {why}.",
        fix="leave measure out: a ratio of 0.8 between arms reads as 20 % less, and takes the start into account"
        if ratio
        else "leave measure out: the difference in the outcome's own unit takes the start into account",
    )


def check_before(cohort: Cohort, name: str, role: str) -> None:
    """A column to adjust for or to group by must be known before the first session."""
    words = cohort.vocabulary
    if name in AFTER:
        _refuse_after(name, AFTER[name], role)
    if name in words.parameters():
        _refuse_setting(name, words.parameters()[name][0], role)
    if name in words.outcomes and role == "adjust":
        _refuse_after(name, "it is an outcome, read after sessions; its own start is adjusted for by itself", role)
    what = "column of these data that makes groups of patients" if role == "by" else "covariate of these data"
    settings = words.parameters() if role == "by" else ()
    usable = [column for column in usable_columns(cohort.sifted) if column not in AFTER and column not in settings]
    known(name, usable, what)


def _refuse_setting(name: str, treatment: Treatment, role: str) -> NoReturn:
    """A setting belongs to one treatment: nobody with another treatment has it."""
    label = treatment.label
    within = f"compare doses within the treatment: {name} under covariates of a plan, then oc.readings and oc.fit_mmrm"
    if treatment.id == CHEMICAL_PEEL.id:
        within = "describe doses within the treatment: oc.section(run, 'peel_strength')"
    if role == "adjust":
        raise UsageError(
            f"{name} is a setting of {label}: adjusting for it would take away part of the treatment.",
            fix=f"leave it out, or {within}",
        )
    raise UsageError(
        f"{name} is a setting of {label}: nobody with another treatment has it, so within one of its levels there is "
        "no other treatment to compare with.",
        fix=f"group by something that patients of every treatment have, such as age or skin_type, or {within}",
    )


def check_levels(cohort: Cohort, by: str, levels: Sequence[str]) -> None:
    """A column to group by needs a level in which patients of two treatments are."""
    for level in levels:
        arms = chosen(cohort, f"{by}={level}").groupby("arm")["patient"].nunique()
        if (arms >= FEWEST).sum() > 1:
            return
    raise UsageError(
        f"In none of the {len(levels)} groups that {by} makes are there {FEWEST} patients each of two treatments: "
        "nothing can be compared within them."
        if levels
        else f"{by} was recorded for nobody who is compared: it makes no groups.",
        fix=f"make fewer groups: {GROUPS}" if len(levels) > 2 else "group by something else, such as age or skin_type",
    )


def _refuse_after(name: str, why: str, role: str) -> None:
    use = "Grouping by it" if role == "by" else "Adjusting for it"
    raise UsageError(
        f"{name} is known only once treatment has begun ({why}). {use} would hide part of what treatment did, or show "
        "what it did not.",
        fix="take something known before the first session, such as age, skin_type or fitzpatrick",
    )


def check_visit(cohort: Cohort, visit: float | None) -> float:
    """The nominal week asked for; the plan's primary one where none was named."""
    weeks = cohort.plan.visits.weeks
    listed = ", ".join(f"{week:g}" for week in weeks)
    if visit is None:
        return cohort.plan.visits.last
    if isinstance(visit, bool) or not isinstance(visit, Real):
        raise UsageError(f"A visit is a number of weeks; {visit!r} was found.", fix=f"choose from {listed}")
    if visit == 0:
        raise UsageError("Visit 0 is the start, before any treatment: arms differ there by who chose them.",
                         fix=f"choose from {listed}; oc.describe(cohort) shows the start")  # fmt: skip
    if visit not in weeks:
        raise UsageError(f"There is no visit {visit:g} in the plan.", fix=f"choose from {listed}")
    return float(visit)


def covariates_named(adjust: str | Sequence[str] | None, adjustments: Iterable[str]) -> tuple[str, ...] | None:
    """The covariates that ``adjust`` lists; None where it names one of the ``adjustments``."""
    if adjust is None or (isinstance(adjust, str) and adjust in adjustments):
        return None
    return (adjust,) if isinstance(adjust, str) else tuple(adjust)
