"""Which table each sheet or file is: the sessions by treatments and readings, the others by how they hang on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from analytics.domain.errors import DataRefused
from analytics.domain.found import FoundTable
from analytics.intake.draft.context import Context
from analytics.intake.draft.drafted import Draft, TableDraft
from analytics.intake.draft.names import Dictionary, words_of
from analytics.intake.draft.others import draft_other
from analytics.intake.draft.sessions import draft_sessions, look
from analytics.intake.draft.texts import meanings
from schemas.synonyms import TABLES
from schemas.vocabulary import Vocabulary

_WORDS = Dictionary(TABLES)
SHARED = 0.5  # of the ids of another table that must be patients of the sessions
OTHERS = ("patients", "consultations", "adverse_events")


def draft(tables: Sequence[FoundTable], vocabulary: Vocabulary, *, main: str | None = None) -> Draft:
    """The mapping of a clinic's tables. ``main``: the sheet that holds the sessions, where a person said so."""
    looks = [look(table) for table in tables]
    at = _main(tables, [context for context, _ in looks], main)
    rest = [i for i in range(len(tables)) if i != at]
    elsewhere = [_texts(c.patient.used) for i, (c, _) in enumerate(looks) if i != at and c.patient is not None]
    context, decimal = look(tables[at], elsewhere) if elsewhere else looks[at]
    sessions = draft_sessions(tables[at], context, decimal, vocabulary)
    ids = _texts(context.patient.used) if context.patient is not None else frozenset()
    others: dict[str, TableDraft] = {}
    alone = []
    for i, own, sign in [(i, *_linked(tables[i], ids)) for i in rest]:
        name = _table(tables[i], own, ids, vocabulary, set(others)) if ids else ""
        if name:
            others[name] = draft_other(tables[i], name, own, sign, vocabulary, context.meant)
        else:
            alone.append(tables[i].place)
    return Draft(sessions, {name: others[name] for name in OTHERS if name in others}, tuple(alone))


def _texts(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(texts)


def _linked(table: FoundTable, ids: frozenset[str]) -> tuple[Context, str]:
    """Another table, its patient column being the one that holds the ids of the sessions."""
    context, decimal = look(table, [ids] if ids else ())
    best = max(
        (f for f in context.facts.values() if f.n and not f.dates.formats),
        key=lambda f: sum(t in ids for t in f.used) / max(f.distinct, 1), default=None,
    )  # fmt: skip
    return (context.knowing(patient=best) if best is not None and ids else context), decimal


def _main(tables: Sequence[FoundTable], contexts: Sequence[Context], main: str | None) -> int:
    """The table of the sessions: treatments, dates and many columns."""
    if not tables:
        raise DataRefused("There is no table to draft a mapping from.", fix="name a file with rows")
    if main is not None:
        named = [i for i, table in enumerate(tables) if table.sheet == main]
        if named:
            return named[0]
    scores = [_session_like(table, context) for table, context in zip(tables, contexts)]
    return int(np.argmax(scores))


def _session_like(table: FoundTable, context: Context) -> float:
    treated = 2.0 if context.treatment is not None else 0.0
    numbers = sum(f.numeric for f in context.facts.values())
    name = _WORDS.likeness(_name(table), "sessions")
    return treated + 0.1 * min(numbers, 15) + 0.5 * name + 0.1 * np.log10(1 + len(table.rows))


def _name(table: FoundTable) -> tuple[str, ...]:
    return words_of(table.sheet or PurePath(table.file).stem)


def _table(table: FoundTable, context: Context, ids: frozenset[str], vocabulary: Vocabulary, taken: set[str]) -> str:
    """Which other table this is ("" = none that is known)."""
    patient = context.patient
    if patient is None or sum(t in ids for t in patient.used) < SHARED * max(patient.distinct, 1):
        return ""
    dates = [f for f in context.facts.values() if f.n and f.dates.formats]
    events = max(
        (meanings(f.used, "event", vocabulary).share(dict(zip(f.texts, f.counts.tolist())))
         for f in context.facts.values() if f.n and not f.numeric and not f.dates.formats), default=0.0,
    )  # fmt: skip
    once = patient.distinct >= 0.9 * patient.n
    scores = {
        "patients": (1.0 if once else -1.0) + (0.5 if not dates else -0.3),
        "consultations": (0.6 if once else 0.0) + (0.5 if len(dates) == 1 else -0.5),
        "adverse_events": (0.9 * events) + (0.4 if len(dates) >= 2 else 0.0) + (0.0 if once else 0.2),
    }
    for name in scores:
        scores[name] += 0.6 * _WORDS.likeness(_name(table), name) - (9.0 if name in taken else 0.0)
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.5 else ""
