"""Drafting the clinic's other tables: patients, consultations and adverse events."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.found import FoundTable
from analytics.intake.draft import sources
from analytics.intake.draft.columns import choose, in_order, settled_pairs
from analytics.intake.draft.content import Facts
from analytics.intake.draft.context import NEVER, Context, day_numbers
from analytics.intake.draft.drafted import Entry, Source, TableDraft
from analytics.intake.draft.keys import WORDS
from analytics.intake.draft.sessions import formats_of, ordered, table_missing
from analytics.intake.draft.treatments import Meant
from schemas.vocabulary import Vocabulary

DATES = {
    "consultations": ("consultation_date",), "patients": (),
    "adverse_events": ("session_date", "onset_date", "resolved_date"),
}  # fmt: skip


def draft_other(
    table: FoundTable, name: str, context: Context, decimal: str, vocabulary: Vocabulary, arms: Meant
) -> TableDraft:
    """The draft of patients, consultations or adverse events."""
    dates = [f for f in context.facts.values() if f.n and f.dates.formats]
    missing = table_missing(context)
    patient = context.patient
    entries = [Entry("patient_id", (Source(patient.header),))] if patient else []
    taken = {patient.header} if patient else set()
    placed = _dates(dates, name)
    for target, facts in placed.items():
        entries.append(sources.entry(target, sources.date_source(facts, formats_of(facts, dates))))
        taken.add(facts.header)
    # Contents alone may tell: the table belongs to a clinic whose patients are known.
    rest = [f for h, f in context.facts.items() if h not in taken and f.n and not f.dates.formats]
    targets = [t for t in vocabulary.known(name) if t not in {e.target for e in entries} and not t.endswith("_date")]
    plain = context.knowing(treatment=None, meant=arms)
    chosen = in_order(settled_pairs(choose(rest, targets, plain, vocabulary, ours=True), plain), vocabulary, name)
    entries += [sources.entry(c.target, sources.column_source(c, vocabulary, missing, arms)) for c in chosen]
    used = taken | {c.facts.header for c in chosen}
    left = tuple(f for h, f in context.facts.items() if h not in used)
    return TableDraft(table, decimal, missing, tuple(ordered(entries, vocabulary, name)), left)


def _dates(dates: Sequence[Facts], table: str) -> dict[str, Facts]:
    """Date columns by name, else by their order in time: the session, then the onset, then the end."""
    wanted = list(DATES[table])
    if not dates or not wanted:
        return {}
    if len(wanted) == 1:
        best = max(dates, key=lambda f: (WORDS.likeness(f.name.words, wanted[0]), f.n))
        return {wanted[0]: best}
    found: dict[str, Facts] = {}
    rest = list(dates)
    for target in wanted:
        likely = max(rest, key=lambda f: WORDS.likeness(f.name.words, target), default=None)
        if likely is not None and WORDS.likeness(likely.name.words, target) >= 0.8:
            found[target] = likely
            rest.remove(likely)

    open_ = [t for t in wanted if t not in found]
    for target, facts in zip(open_, _in_time(rest)):
        found[target] = facts
    return {t: found[t] for t in wanted if t in found}


def _in_time(dates: Sequence[Facts]) -> list[Facts]:
    """Date columns in the order of their days on the lines that have both: an end that is often empty has fewer."""
    days = [day_numbers(f) for f in dates]

    def before(i: int) -> int:
        """How many of the others come later as a rule."""
        apart = [(other - days[i])[(other != NEVER) & (days[i] != NEVER)] for other in days]
        return sum(int((gap > 0).sum() > (gap < 0).sum()) for gap in apart)

    return [dates[i] for i in sorted(range(len(dates)), key=before, reverse=True)]
