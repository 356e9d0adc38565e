"""The words of a mapping against ours: every name checked, and the Vocabulary with what the mapping adds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.domain.documents import Problem, nearest, refusal
from analytics.domain.errors import PlanRefused
from analytics.domain.mapping import Covariate, Mapping, OutcomeEntry
from analytics.domain.mapping_checks import table_problems
from analytics.domain.mapping_rules import rule_problems
from analytics.domain.plan import MEASURES
from schemas.vocabulary import Column, Outcome, Threshold, Treatment, Vocabulary

ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
#: Names the analysis table uses itself: an extra column may not hide them.
RESERVED = frozenset(
    (
        "patient", "unit", "arm", "value", "outcome", "baseline", "change", "design", "start", "end", "day", "days",
        "responder", "derivation", "all", "has_time", "line", "n_readings", "sessions", "switched", "stopped", "events",
        "peel_depth", "population", "contrast", "reference", "level", "file", "row", "record",
    )
)  # fmt: skip
OWN = "the clinic's own mapping"
DEFINITION = ("label", "domain", "kind", "direction")


def vocabulary_of(mapping: Mapping, base: Vocabulary) -> Vocabulary:
    """``base`` with what ``mapping`` defines. Raises one PlanRefused for all names that are wrong."""
    problems = list(_definition_problems(mapping, base))
    if problems:
        raise refusal(mapping._name, problems, mapping._lines)
    found = base
    for arm, entry in mapping.treatments.items():
        found = found.with_treatment(
            Treatment(
                arm, entry.label, entry.short_label or entry.label, entry.definition, course_days=entry.course_days
            )
        )
    for name, outcome in mapping.outcomes.items():
        if name not in base.outcomes:
            found = found.with_outcome(_outcome(name, outcome))
    for name, entries in mapping.covariates.items():
        found = found.with_column(_column(name, entries))
    problems = [*table_problems(mapping, found), *rule_problems(mapping.rules, found, _filled_once(mapping))]
    if problems:
        raise refusal(mapping._name, problems, mapping._lines)
    return found.with_rules(mapping.constants.get("clinic_id", _lower(mapping._name)), mapping.changes)


def _filled_once(mapping: Mapping) -> set[str] | None:
    """Columns that one cell of a row fills, in any table; None where the mapping names none (our names in the file)."""
    if not mapping.columns:
        return None
    tables = (mapping, *mapping.tables.values())
    listed = [*(item for table in tables for item in table.columns.items()), *mapping.covariates.items()]
    return {name for name, entries in listed if not any(entry.qualifiers for entry in entries)}


def joint_vocabulary(mappings: Iterable[Mapping], base: Vocabulary) -> Vocabulary:
    """The words of several mappings together. PlanRefused where two define one id differently."""
    found = base
    owner: dict[str, tuple[_Entry, str]] = {}
    for mapping in mappings:
        own = mapping.vocabulary(base)
        for id_, entry in _added(own, base):
            known = owner.setdefault(id_, (entry, mapping._name))
            if known[0] != entry:
                raise PlanRefused(
                    f"Two mappings define {id_!r} differently: {_lower(known[1])} and {_lower(mapping._name)}.",
                    fix="give both the same definition, or two different ids",
                )
        found = _joined(found, own, base)
        for who, changes in own.rules:
            found = found.with_rules(who, changes)
    return found


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


@dataclass(frozen=True)
class _Entry:
    kind: str
    value: object


def _added(own: Vocabulary, base: Vocabulary) -> list[tuple[str, _Entry]]:
    groups = ((own.treatments, base.treatments), (own.outcomes, base.outcomes), (own.columns, base.columns))
    kinds = ("treatment", "outcome", "covariate")
    return [(i, _Entry(k, e)) for k, (new, old) in zip(kinds, groups) for i, e in new.items() if i not in old]


def _joined(found: Vocabulary, own: Vocabulary, base: Vocabulary) -> Vocabulary:
    add = {
        "treatment": Vocabulary.with_treatment,
        "outcome": Vocabulary.with_outcome,
        "covariate": Vocabulary.with_column,
    }
    for _, entry in _added(own, base):
        found = add[entry.kind](found, entry.value)  # type: ignore[operator]
    return found


def _definition_problems(mapping: Mapping, base: Vocabulary) -> Iterable[Problem]:
    taken = {*base.treatments, *base.outcomes, *base.columns, *base.parameters()}
    groups = (("treatments", mapping.treatments), ("outcomes", mapping.outcomes), ("covariates", mapping.covariates))
    seen: dict[str, str] = {}
    for group, entries in groups:
        for id_ in entries:
            ours = group == "outcomes" and id_ in base.outcomes
            if not ID.fullmatch(id_):
                yield (group, id_), f"{id_[:60]!r} cannot be an id: letters, digits and _ only, beginning with a letter"
            elif id_ in RESERVED:
                yield (group, id_), f"{id_!r} is a word that the analysis uses itself: choose another id"
            elif id_ in taken and not ours:
                yield (
                    (group, id_),
                    f"{id_!r} is a name of ours already{_owner(id_, base)}: choose another id, or map it under columns",
                )
            elif seen.setdefault(id_, group) != group:
                yield (group, id_), f"{id_!r} stands under {seen[id_]} too"
    for name, outcome in mapping.outcomes.items():
        yield from ((("outcomes", name), text) for text in _outcome_problems(name, outcome, base))
    for name, listed in mapping.covariates.items():
        if len({entry.kind for entry in listed}) > 1:
            yield ("covariates", name), "all columns of one covariate must have the same kind"


def _owner(id_: str, base: Vocabulary) -> str:
    column = base.columns.get(id_)
    return "" if column is None or "sessions" in column.tables else f" (a column of {column.tables[0]})"


def _outcome_problems(name: str, entry: OutcomeEntry, base: Vocabulary) -> Iterable[str]:
    if name in base.outcomes:
        changed = sorted(entry.model_fields_set - {"values", "unit", "scale", "reverse", "missing"})
        if changed:
            yield f"{name} is an outcome of ours: {', '.join(changed)} cannot be changed here"
        return
    missing = [key for key in DEFINITION if not getattr(entry, key)]
    if missing:
        near = nearest(name, base.outcomes) if len(missing) == len(DEFINITION) else ""
        yield f"an outcome of your own needs {', '.join(missing)}{near}"
        return
    low, high = _range(entry)
    if low is not None and high is not None and low >= high:
        yield "range goes from the lowest to the highest value"
    if entry.kind == "ordinal" and (low is None or high is None):
        yield "an ordinal outcome needs its range, like [1, 5]"
    for measure, size in entry.meaningful_difference.items():
        if measure not in MEASURES:
            yield f"{measure!r} is not a measure{nearest(measure, MEASURES)}"
        elif size <= 0:
            yield f"a meaningful {measure} must be above 0"


def _range(entry: OutcomeEntry) -> tuple[float | None, float | None]:
    usual = {"count": (0.0, None), "percent": (0.0, 100.0), "binary": (0.0, 1.0), "positive": (0.0, None)}
    return entry.range if entry.range is not None else usual.get(str(entry.kind), (None, None))


def _outcome(name: str, entry: OutcomeEntry) -> Outcome:
    low, high = _range(entry)
    whole = entry.kind in ("count", "ordinal", "binary")
    responder = None if entry.responder_change is None else Threshold(entry.responder_change, OWN)
    return Outcome(
        name, entry.label, str(entry.domain), entry.kind, entry.unit or "", entry.direction, low, high,  # type: ignore[arg-type]
        entry.step if entry.step is not None else (1.0 if whole else None),
        meaningful_difference={m: Threshold(size, OWN) for m, size in entry.meaningful_difference.items()},
        responder_change=responder, baseline=entry.baseline, method=entry.method,
        definition=entry.definition or entry.label, short_label=entry.short_label or entry.label, range_source=OWN,
        notes=() if entry.meaningful_difference else ("The mapping names no size of difference that matters.",),
    )  # fmt: skip


def _column(name: str, entries: Sequence[Covariate]) -> Column:
    kind = entries[0].kind
    label = entries[0].label or name.replace("_", " ").capitalize()
    return Column(
        name, label, "number" if kind == "continuous" else "text", role="covariate", source=OWN,
        definition=f"An extra column of {OWN} ({kind}).",
    )  # fmt: skip
