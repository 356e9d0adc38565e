"""Drafting the sessions table: patient, date and treatment, its shape, then every other column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.domain.found import FoundTable
from analytics.intake.draft import sources
from analytics.intake.draft.columns import Chosen, choose, in_order, parts_of, reversed_scale, settled_pairs
from analytics.intake.draft.content import Facts, decimal_of, facts_of
from analytics.intake.draft.context import Context
from analytics.intake.draft.drafted import Entry, Source, TableDraft, Text
from analytics.intake.draft.keys import known, unique_share
from analytics.intake.draft.listing import TIMES, Groups, draft_lists
from analytics.intake.draft.shape import lists, long_columns
from analytics.intake.draft.treatments import Meant
from schemas.vocabulary import Vocabulary


def look(table: FoundTable, elsewhere: Sequence[frozenset[str]] = ()) -> tuple[Context, str]:
    """A table's rows with their keys, and its decimal sign."""
    decimal = decimal_of(table)
    facts = facts_of(table, decimal)
    lines = min(len(table.rows), next((len(f.codes) for f in facts.values()), 0))
    return known(facts, lines, elsewhere), decimal


def formats_of(facts: Facts, dates: Sequence[Facts]) -> tuple[str, ...]:
    """The formats that a date column permits; where two are possible, other columns written alike decide."""
    mine = facts.dates.formats
    if len(mine) == 1:
        return mine
    for other in dates:
        if len(other.dates.formats) == 1 and other.dates.formats[0] in mine:
            return other.dates.formats
    return mine


def draft_sessions(table: FoundTable, context: Context, decimal: str, vocabulary: Vocabulary) -> TableDraft:
    """The draft of the main table."""
    dates = [f for f in context.facts.values() if f.n and f.dates.formats]
    missing = table_missing(context)
    long = long_columns(context)
    listed: Groups = {}
    if not long:
        context, listed = _with_lists(context)
    ours = bool(context.meant.arms)
    entries, arms = _keys(context, dates)
    taken = _headers(context)
    strange: dict[str, tuple[Source, ...]] = {}
    readings: tuple[Entry, ...] = ()
    if listed:
        found, used, strange = draft_lists(listed, context, vocabulary, missing, ours=ours)
        entries, taken = entries + found, taken | used
    if long:
        source, readings = _measurements(*long, context, vocabulary, ours=ours)
        entries += [sources.entry("outcome", source), sources.entry("value", Source(long[1].header))]
        taken |= {f.header for f in long}
    proposed = {s.header for of in strange.values() for s in of}
    rest = [f for h, f in context.facts.items() if h not in taken | proposed and f.n]
    targets = _targets(vocabulary, entries, long=bool(long), listed=bool(listed))
    chosen = settled_pairs(choose(rest, targets, context, vocabulary, ours=ours), context)
    entries += _rest(in_order(chosen, vocabulary, "sessions"), context, vocabulary, missing, dates)
    taken |= {c.facts.header for c in chosen}
    left = tuple(f for h, f in context.facts.items() if h not in taken)
    shape = "long" if long else "wide"
    return TableDraft(
        table, decimal, missing, tuple(ordered(entries, vocabulary)), left, shape, readings, arms, strange
    )


def _with_lists(context: Context) -> tuple[Context, Groups]:
    """Columns side by side for visits or sides; what was taken for an id may be the first of them, or no id at all."""
    patient = context.patient
    listed = lists(context.facts, _headers(context))
    if patient is None:
        return context, listed
    every = lists(context.facts, _headers(context) - {patient.header})
    if any(patient.header == f.header for group in every.values() for f, _ in group):
        return context.knowing(patient=None), every
    repeated = listed and context.date is None and unique_share(patient) < 0.9
    return (context.knowing(patient=None) if repeated else context), listed


def _keys(context: Context, dates: Sequence[Facts]) -> tuple[list[Entry], tuple[Text, ...]]:
    """Patient, date and treatment; and the treatment texts that match nothing."""
    patient, date = context.patient, context.date
    entries = [Entry("patient_id", (Source(patient.header),) if patient else ())]
    if date is not None:
        entries.append(sources.entry("session_date", sources.date_source(date, formats_of(date, dates))))
    if context.treatment is None:
        return entries, ()
    source, arms = sources.treatment_source(context.treatment, context.meant)
    return [*entries, sources.entry("treatment", source)], arms


def _rest(
    chosen: Sequence[Chosen], context: Context, vocabulary: Vocabulary, missing: Sequence[str], dates: Sequence[Facts]
) -> list[Entry]:
    """The entries of the columns that were chosen together."""
    backwards = reversed_scale({c.target: c.facts for c in chosen}, vocabulary, context)
    found = []
    for c in chosen:
        source = _source(c, vocabulary, missing, dates, context.meant)
        found.append(sources.entry(c.target, turned(source, backwards.get(c.target))))
    return found


def turned(source: Source, reason: str | None) -> Source:
    """The source with its scale turned round, where there is a reason."""
    if not reason:
        return source
    return replace(source, keys={**source.keys, "reverse": True}, reasons=(*source.reasons, reason))


def _source(c: Chosen, vocabulary: Vocabulary, missing: Sequence[str], dates: Sequence[Facts], arms: Meant) -> Source:
    if c.facts.dates.formats and c.target.endswith("_date"):
        return sources.date_source(c.facts, formats_of(c.facts, dates))
    return sources.column_source(c, vocabulary, missing, arms)


def _headers(context: Context) -> set[str]:
    return {f.header for f in (context.patient, context.date, context.treatment) if f is not None}


def table_missing(context: Context) -> tuple[str, ...]:
    """Words for "no value" that stand in several columns, or in one only where no text column has them."""
    count: dict[str, int] = {}
    for f in context.facts.values():
        for gap in f.gaps:
            count[gap] = count.get(gap, 0) + 1
    return tuple(sorted(gap for gap, n in count.items() if n >= 1))


def _targets(vocabulary: Vocabulary, entries: Sequence[Entry], *, long: bool, listed: bool) -> list[str]:
    taken = {e.target for e in entries}
    found = [name for name in vocabulary.known("sessions") if name not in taken and name not in ("outcome", "value")]
    if long or (listed and any({"visit", "study_day"} & set(s.keys) for e in entries for s in e.sources)):
        found = [name for name in found if name not in vocabulary.outcomes]
    if any("side" in s.keys for e in entries for s in e.sources):
        found.remove("side")
    timed = {"session_date", "visit", "study_day"} & taken
    if timed or listed:
        found = [name for name in found if name not in ("session_date", *TIMES)]
    return found


def _measurements(
    outcome: Facts, value: Facts, context: Context, vocabulary: Vocabulary, *, ours: bool
) -> tuple[Source, tuple[Entry, ...]]:
    """The outcome texts of a long file, and how their values are read."""
    parts = parts_of(outcome, value)
    chosen = choose(list(parts.values()), vocabulary.outcomes, context, vocabulary, ours=ours)
    named = {c.facts.header: c for c in in_order(chosen, vocabulary, "sessions")}
    backwards = reversed_scale({c.target: c.facts for c in chosen}, vocabulary, context)
    readings = []
    for text, c in named.items():
        source = turned(sources.column_source(replace(c, name=1.0), vocabulary, value.gaps), backwards.get(c.target))
        if source.keys:
            readings.append(Entry(c.target, (replace(source, header=text),)))
    left = [t for t in outcome.used if t not in named]
    return sources.outcome_texts(named, outcome, left), tuple(readings)


def ordered(entries: Sequence[Entry], vocabulary: Vocabulary, table: str = "sessions") -> list[Entry]:
    """Patient, time and treatment first, then as the dictionary goes."""
    first = ("clinic_id", "patient_id", "session_date", "consultation_date", "visit", "study_day", "treatment")
    rank = {name: i for i, name in enumerate(dict.fromkeys((*first, *vocabulary.known(table))))}
    return sorted(entries, key=lambda e: rank.get(e.target, len(rank)))
