"""Columns side by side, one per visit or side: each group is one outcome, ours or proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.intake.draft import sources
from analytics.intake.draft.columns import choose, in_order
from analytics.intake.draft.content import Facts
from analytics.intake.draft.context import Context
from analytics.intake.draft.drafted import Entry, Source
from analytics.intake.draft.names import name_of
from analytics.intake.draft.shape import Place
from schemas.vocabulary import Vocabulary

TIMES = ("study_day", "visit")
Groups = dict[str, list[tuple[Facts, Place]]]


def draft_lists(
    groups: Groups, context: Context, vocabulary: Vocabulary, missing: Sequence[str],
    *, ours: bool,
) -> tuple[list[Entry], set[str], dict[str, tuple[Source, ...]]]:  # fmt: skip
    """One column per visit or side: each group is one outcome, found by its stem and the first column's content.

    Also the columns used, and by stem the groups that are no outcome of ours.
    """
    stems = list(groups)
    faces = [replace(groups[stem][0][0], header=stem, name=name_of(stem)) for stem in stems]
    chosen = choose(faces, vocabulary.outcomes, context, vocabulary, ours=ours)
    entries, used = [], set()
    for c in in_order(chosen, vocabulary, "sessions"):
        parts = []
        for facts, place in groups[c.facts.header]:
            source = sources.column_source(replace(c, facts=facts), vocabulary, missing)
            reasons = (*source.reasons, *((place.remark,) if place.remark else ()))
            parts.append(replace(source, keys={**source.keys, **dict(place.told)}, reasons=reasons))
            used.add(facts.header)
        entries.append(Entry(c.target, tuple(parts)))
    known = {c.facts.header for c in chosen}
    strange = {
        stem: tuple(Source(f.header, dict(p.told), reasons=(p.remark,) if p.remark else ()) for f, p in group)
        for stem, group in groups.items() if stem not in known
    }  # fmt: skip
    entries, untimed = _one_time(entries)
    strange |= {entry.target: entry.sources for entry in untimed}
    used -= {source.header for entry in untimed for source in entry.sources}
    return entries, used, strange


def _one_time(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Lists that tell the same kind of time (a mapping can hold one only), and those that tell another or none."""
    told = [next((k for k in TIMES if all(k in s.keys for s in e.sources)), "") for e in entries]
    times = [time for time in told if time]
    if not times:
        return list(entries), []
    usual = max(sorted(set(times)), key=times.count)
    reason = f"other columns tell their {usual}: add it here too"
    rest = [
        replace(e, sources=tuple(replace(s, reasons=(*s.reasons, reason)) for s in e.sources))
        for e, time in zip(entries, told) if time != usual
    ]  # fmt: skip
    return [e for e, time in zip(entries, told) if time == usual], rest
