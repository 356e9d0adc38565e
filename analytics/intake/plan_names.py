"""What a plan names and vocabulary or data do not have: every fault at once, with line, place and nearest names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import floor

from analytics.domain.dataset import Sifted
from analytics.domain.documents import Problem, refusal
from analytics.domain.plan import Plan
from analytics.domain.yaml_text import Place
from analytics.intake.covariates import NEVER, columns_of
from analytics.intake.records import number, outcomes_in, text, treatments_in
from analytics.methods import METHODS, method_for
from schemas.vocabulary import Vocabulary

SHOWN = 8
#: Tables that say something about a patient before the start.
TABLES = frozenset(("sessions", "consultations", "patients"))
#: Columns the analysis uses itself, to tell units apart: no group of patients, and nothing to adjust for.
OWN = frozenset(("side", "body_site", "planned_sessions"))
USABLE = "columns that can be used"
FIX = "correct the name, or leave it out: a blank is filled from the data"


def named_weeks(plan: Plan) -> bool:
    """Whether a person wrote the weeks."""
    return "visits" in plan.model_fields_set and "weeks" in plan.visits.model_fields_set


def named_covariates(plan: Plan) -> tuple[str, ...]:
    """The covariates a person wrote; the usual list, written out or not, is a suggestion and asks for nothing."""
    return () if plan.covariates == Plan.model_fields["covariates"].default else plan.covariates


def usable_columns(sifted: Sifted) -> tuple[str, ...]:
    """Filled columns that can be a covariate or a subgroup, what describes the patient first."""
    return _described_first([n for n in columns_of(sifted) if n not in OWN], sifted.vocabulary)


def check_plan(plan: Plan, vocabulary: Vocabulary) -> None:
    """Look up every name of ``plan`` in ``vocabulary``, without data. Raises PlanRefused with all that is unknown."""
    known = [c.id for c in vocabulary.columns.values() if TABLES & set(c.tables)]
    columns = [n for n in (*known, *vocabulary.parameters()) if n not in NEVER and n not in OWN]
    _refuse(plan, [*_word_faults(plan, vocabulary), *_column_faults(plan, vocabulary, columns)])


def check_with_data(plan: Plan, sifted: Sifted) -> None:
    """Look up every name of ``plan`` in the vocabulary and in the data. Raises PlanRefused with all that is absent."""
    words = _word_faults(plan, sifted.vocabulary)
    columns = _column_faults(plan, sifted.vocabulary, usable_columns(sifted))
    faults = [*words, *columns, *_data_faults(plan, sifted)]
    _refuse(plan, faults, [*_visit_faults(plan, sifted), *_date_faults(plan, sifted)])


def _word_faults(plan: Plan, vocabulary: Vocabulary) -> Iterable[Problem]:
    """Arms, outcomes and methods that no vocabulary has."""
    for place, name in _places(plan.arms, "arms"):
        yield from _unknown("arm", name, vocabulary.treatments, place)
    if plan.reference is not None and not plan.arms:
        yield from _unknown("reference", plan.reference, vocabulary.treatments, ("reference",))
    for group in ("primary", "secondary"):
        for i, item in enumerate(getattr(plan, group)):
            yield from _unknown("outcome", item.outcome, vocabulary.outcomes, (group, i))
            if item.method:
                yield from _unknown("method", item.method, METHODS, (group, i, "method"))
            entry = vocabulary.outcomes.get(item.outcome)
            if entry is not None and item.method in METHODS:
                method_for(entry, item)
            if entry is not None and not entry.averaged:
                yield (group, i), f"{item.outcome} is shown, never averaged, so it cannot be compared"


def _column_faults(plan: Plan, vocabulary: Vocabulary, usable: Sequence[str]) -> Iterable[Problem]:
    """Covariates and subgroups that are no column, or none that the data have."""
    usable = _described_first(usable, vocabulary)
    entries = (("covariate", "covariates", named_covariates(plan)), ("subgroup", "subgroups", plan.subgroups))
    for word, key, names in entries:
        for place, name in _places(names, key):
            if name not in usable:
                yield place, _no_column(word, name, vocabulary, usable)


def _no_column(word: str, name: str, vocabulary: Vocabulary, usable: Sequence[str]) -> str:
    hint, all_ = _hint(name, usable, USABLE), _listed(usable, USABLE)
    if name in vocabulary.outcomes:
        return f"{word} {name!r} is an outcome; only its own baseline is adjusted for, by itself{all_}"
    if name in NEVER or name in OWN:
        return f"{word} {name!r} tells who, where or when, not what a patient is like{all_}"
    if name in vocabulary.columns or name in vocabulary.parameters():
        return f"{word} {name!r} is not in the data{hint}"
    return f"there is no column {name!r} for a {word}{hint}"


def _described_first(names: Iterable[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    roles = {column.id: column.role for column in vocabulary.columns.values()}
    return tuple(sorted(names, key=lambda name: roles.get(name) != "covariate"))


def _data_faults(plan: Plan, sifted: Sifted) -> Iterable[Problem]:
    """Arms, outcomes and clinics that are known, and not in these data."""
    vocabulary = sifted.vocabulary
    given = treatments_in(sifted.sessions, vocabulary)
    for place, name in _places(plan.arms, "arms"):
        if name in vocabulary.treatments:
            yield from _absent("arm", name, given, place)
    # A column that is there and empty is told in the report: nothing was read
    read = [*outcomes_in(sifted.sessions, vocabulary), *(o for o in vocabulary.outcomes if o in sifted.sessions)]
    for group in ("primary", "secondary"):
        for place, item in _places([item.outcome for item in getattr(plan, group)], group):
            if item in vocabulary.outcomes:
                yield from _absent("outcome", item, read, place)
    clinics = sorted(set(text(sifted.sessions, "clinic_id")) - {""})
    for i, name in enumerate(plan.data.clinics or ()):
        yield from _absent("clinic", name, clinics, ("data", "clinics", i))


def _visit_faults(plan: Plan, sifted: Sifted) -> Iterable[Problem]:
    weeks, width = plan.visits.weeks, plan.visits.window_days
    if sifted.style == "trial":
        if named_weeks(plan):
            seen = sorted(float(v) for v in number(sifted.sessions, "visit").dropna().unique() if v > 0)
            shown = ", ".join(f"{v:g}" for v in seen) or "none"
            for week in (w for w in weeks if w not in seen):
                yield ("visits", "weeks"), f"visit {week:g} is not in the data (there: {shown})"
        return
    widest = floor(min((7 * (b - a) / 2 for a, b in pairwise(weeks)), default=width))
    remedy = f"the largest window_days that works is {widest}" if widest >= 1 else "name weeks further apart"
    for a, b in pairwise(weeks):
        if 2 * width > 7 * (b - a):
            apart = f"the windows of week {a:g} and week {b:g} overlap: they lie {7 * (b - a):g} days apart, and"
            yield ("visits", "window_days"), f"{apart} window_days {width} reaches as far to both sides; {remedy}"


def _date_faults(plan: Plan, sifted: Sifted) -> Iterable[Problem]:
    if sifted.style == "dated":
        return
    limits = {"from": plan.data.start, "to": plan.data.end, "cutoff": plan.data.cutoff}
    for name, day in limits.items():
        if day is not None:
            yield ("data", name), f"{name} {day} needs dates, and these data have none: leave it out"


def _places(names: Iterable[str], key: str) -> list[tuple[Place, str]]:
    return [((key, i), name) for i, name in enumerate(names)]


def _unknown(word: str, name: str, known: Iterable[str], place: Place) -> Iterable[Problem]:
    pool = list(known)
    if name not in pool:
        yield place, f"there is no {word} {name!r}{_hint(name, pool)}"


def _absent(word: str, name: str, present: Sequence[str], place: Place) -> Iterable[Problem]:
    if name not in present:
        yield place, f"{word} {name!r} is not in the data{_hint(name, present, 'there')}"


def _hint(name: str, pool: Sequence[str], title: str = "possible") -> str:
    near = Vocabulary.nearest(name, pool)
    return f" (nearest: {', '.join(near)})" if near else _listed(pool, title)


def _listed(pool: Sequence[str], title: str) -> str:
    more = f" and {len(pool) - SHOWN} more" if len(pool) > SHOWN else ""
    return f" ({title}: {', '.join(list(pool)[:SHOWN])}{more})" if pool else ""


def _refuse(plan: Plan, names: Iterable[Problem], others: Iterable[Problem] = ()) -> None:
    """Raise PlanRefused with every fault, or return."""
    wrong, more = list(names), list(others)
    if wrong or more:
        written = plan._written
        raise refusal(written.name, [*wrong, *more], written.lines, fix=FIX if wrong else "")
