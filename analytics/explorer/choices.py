"""What can be chosen in the explorer, and what is chosen: one value per control, each a plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analytics.analysis.designs import PAIRED, fits
from analytics.analysis.senseless import AFTER, known
from analytics.domain.cohort import Cohort
from analytics.domain.errors import UsageError
from analytics.domain.finding import METHOD_WORDS
from analytics.intake.plan_names import usable_columns
from analytics.methods import KINDS

ANY = ""  # every patient, every clinic, the usual method
MOST_LEVELS = 12  # of a column that makes groups: more are a list of names
CONTROLS = ("outcome", "visit", "subgroup", "clinic", "method")
Options = tuple[tuple[str, str], ...]  # (value, what the person reads)


@dataclass(frozen=True)
class Choice:
    """What the controls say. ``visit`` is the nominal week as text."""

    outcome: str
    visit: str
    subgroup: str = ANY
    clinic: str = ANY
    method: str = ANY

    def told(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in CONTROLS}


def first(cohort: Cohort) -> Choice:
    """Where the explorer starts: the first primary outcome at the primary visit."""
    outcomes = [value for value, _ in _outcomes(cohort)]
    if not outcomes:
        raise UsageError(
            "No outcome of these data can be averaged: there is nothing to explore.", fix="look at oc.describe(cohort)"
        )
    planned = [item.outcome for item in cohort.plan.primary if item.outcome in outcomes]
    return Choice((planned or outcomes)[0], f"{cohort.plan.visits.last:g}")


def options(cohort: Cohort, choice: Choice) -> dict[str, Options]:
    """The options of every control; the methods are those that fit the outcome and the design."""
    unit = "visit" if cohort.style == "trial" else "week"
    return {
        "outcome": _outcomes(cohort),
        "visit": tuple((f"{week:g}", f"{unit} {week:g}") for week in cohort.plan.visits.weeks),
        "subgroup": ((ANY, "all patients"), *_columns(cohort)),
        "clinic": ((ANY, "all clinics"), *_clinics(cohort)),
        "method": ((ANY, "the usual one"), *_methods(cohort, choice.outcome)),
    }


def chosen(cohort: Cohort, before: Choice, asked: Mapping[str, object]) -> Choice:
    """The choice after a control was moved; a method that no longer fits becomes the usual one, the rest stays."""
    wanted = replace(before, **{name: str(asked[name]) for name in CONTROLS if name in asked})
    if wanted.outcome not in [value for value, _ in _outcomes(cohort)]:
        wanted = replace(wanted, outcome=before.outcome)
    there = {name: [value for value, _ in listed] for name, listed in options(cohort, wanted).items()}
    kept = {
        name: value if value in there[name] else getattr(before, name) if name != "method" else ANY
        for name, value in wanted.told().items()
    }
    return Choice(**kept)


def check(cohort: Cohort, before: Choice, asked: Mapping[str, object]) -> None:
    """UsageError with the nearest names where ``asked`` is no control, or none of its options."""
    for name in asked:
        known(name, CONTROLS, "control of the explorer")
    outcome = str(asked.get("outcome", before.outcome))
    known(outcome, [value for value, _ in _outcomes(cohort)], "option of outcome")
    listed = options(cohort, replace(before, outcome=outcome))
    for name, value in asked.items():
        known(str(value), [each for each, _ in listed[name]], f"option of {name}")


def _outcomes(cohort: Cohort) -> Options:
    """Those that were read after the start and can be averaged: primary ones first."""
    read = set(cohort.table.loc[cohort.table["visit"] > 0, "outcome"])
    named = [item.outcome for item in cohort.plan.outcomes]
    order = [*named, *(name for name in cohort.vocabulary.outcomes if name not in named)]
    entries = [cohort.outcome(name) for name in order if name in read]
    return tuple((entry.id, f"{entry.label} ({entry.unit or 'score'})") for entry in entries if entry.averaged)


def _columns(cohort: Cohort) -> Options:
    """Columns known before the first session that make a few groups."""
    words = cohort.vocabulary.columns
    found = [name for name in usable_columns(cohort.sifted) if name not in AFTER and name in words]
    few = [name for name in found if name not in cohort.members or 1 < cohort.members[name].nunique() <= MOST_LEVELS]
    numbers = [name for name in found if name in cohort.members and name not in few and name == "age"]
    return tuple((name, words[name].label) for name in (*few, *numbers))


def _clinics(cohort: Cohort) -> Options:
    if "clinic_id" not in cohort.members:
        return ()
    names = sorted({str(name) for name in cohort.members["clinic_id"].dropna()} - {"", "unknown"})
    return tuple((name, name) for name in names) if len(names) > 1 else ()


def _methods(cohort: Cohort, outcome: str) -> Options:
    """Methods that can analyse the outcome, of everybody or of the patients with one of the designs."""
    kind = cohort.outcome(outcome)
    fitting = [name for name, kinds in KINDS.items() if kind.kind in kinds]
    if kind.responder is not None and "standardised_risk" not in fitting:
        fitting.append("standardised_risk")
    split = bool((cohort.members["design"] == "split_face").any())
    fitting = [
        name for name in fitting
        if (split if name == PAIRED else any(fits(cohort, each, name) for each in cohort.populations))
    ]  # fmt: skip
    return tuple((name, METHOD_WORDS.get(name, name)) for name in fitting)
