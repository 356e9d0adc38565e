"""Sift: apply mapping and rules to a Dataset; faulty rows are set aside with all their reasons, the rest goes on.

received = accepted + set aside, always, in lines. A row is judged by its own cells first; what depends on other rows
(repeats, contradictions, order, other tables) is judged among rows still standing, again until nothing is new.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.domain.dataset import TABLES, Dataset, Sifted
from analytics.domain.errors import DataRefused
from analytics.intake import sift_rules as rules
from analytics.intake import sift_stages as stages
from analytics.intake.received import fills
from analytics.intake.sift_accept import accepted_frame, rejected_frame
from analytics.intake.sift_faults import quarantine_frame
from analytics.intake.sift_first import first_days, possible_first_days
from analytics.intake.sift_guard import guarded, repairs_of
from analytics.intake.sift_keys import patient_keys, resolved, shared_ids
from analytics.intake.sift_presence import presence
from analytics.intake.sift_stack import Stack
from analytics.intake.sift_stacking import stack
from analytics.intake.sift_texts import as_strings
from analytics.intake.sift_width import misfit_frame, misfits_of
from analytics.intake.warn import take_warnings
from schemas.rules import NAMED
from schemas.vocabulary import Vocabulary

REASONS, WIDTH = 3, 78  # shown where nothing is accepted
#: Patients of the patients tables, and the DATA that have such a table.
_Known = tuple[frozenset[str], frozenset[int]]
Told = Callable[[pd.DataFrame], object]


class NothingAccepted(DataRefused):
    """Every row was set aside. ``sifted`` holds the quarantine, so that the list of faults can still be written."""

    def __init__(self, message: str, *, fix: str, sifted: Sifted) -> None:
        super().__init__(message, fix=fix)
        self.sifted = sifted


def sift(
    dataset: Dataset,
    *,
    cutoff: dt.date | None = None,
    told: Told | None = None,
    known_before: Collection[str] = (),
) -> Sifted:
    """Accepted rows and quarantine of ``dataset``. ``cutoff``: rows dated after it are faults (None: no such rule).

    ``known_before``: keys of patients that a patients table named at another time; they are no strangers here.
    ``told`` is called with the quarantine as soon as it is known, before the accepted rows are put together.
    Raises NothingAccepted (a DataRefused, with the quarantine as ``.sifted``) when no row of the sessions is left.
    """
    words = dataset.vocabulary
    style = next((raw.layout.style for raw in dataset.tables["sessions"]), "dated")
    stacks = {table: stack(raws, words) for table, raws in dataset.tables.items()}
    sessions = _begin(stacks["sessions"], words, style, cutoff, patient_keys(stacks["sessions"]))
    keys = frozenset(sessions.frame["patient"].dropna().unique())
    others = {}
    for table in TABLES[1:]:
        if table in stacks:
            who, unclear = resolved(stacks[table], patient_keys(stacks[table]), keys)
            others[table] = _begin(stacks[table], words, style, cutoff, who)
            others[table].take([_unclear(np.flatnonzero(unclear))])
    known = _known_patients(others.get("patients"), keys, known_before)
    _settle_sessions(sessions, words, style, known)
    for table, state in others.items():
        stages.settle(state, words, style, _later_stages(table, words, sessions, known))
    return replace(_result(dataset, sessions, others, style, told), cutoff=cutoff)


def _begin(found: Stack, words: Vocabulary, style: str, cutoff: dt.date | None, who: pd.Series) -> stages.Standing:
    """Cells and row-wise rules: every fault a row has by itself."""
    frame = found.frame.assign(patient=who.array)
    outcomes = tuple(name for name in words.outcomes if name in frame)
    present = presence(found, frame, outcomes, style)
    state = stages.Standing(found, frame, outcomes, np.zeros(found.lines, bool), present)
    cells = found.faults.blocks
    state.take(
        [
            *cells,
            *rules.row_blocks(found, frame, words, style, present),
            *rules.future_blocks(found, frame, cutoff, present),
        ]
    )
    return state


def _settle_sessions(state: stages.Standing, words: Vocabulary, style: str, known: _Known | None) -> None:
    def order(now: stages.Standing) -> list:
        return rules.order_blocks(now.stack, now.frame, words, possible_first_days(now), now.records)

    more = [order] if style == "dated" and rules.first_session_rules(state.stack, words) else []
    if known is not None:
        more.append(lambda now: stages.stranger_block(now, *known))
    stages.settle(state, words, style, more)


def _later_stages(table: str, words: Vocabulary, sessions: stages.Standing, known: _Known | None) -> list:
    first = possible_first_days(sessions)
    more = [lambda now: rules.order_blocks(now.stack, now.frame, words, first, now.records)]
    if table == "patients":
        accepted = first_days(sessions)
        more.append(lambda now: _born_late(now, accepted))
    elif known is not None:
        more.append(lambda now: stages.stranger_block(now, *known))
    return more


def _born_late(state: stages.Standing, first: Mapping[str, pd.Timestamp]) -> list:
    """A patient born after their first session."""
    if "birth_year" not in state.frame or not first:
        return []
    year = state.frame["patient"].map({key: day.year for key, day in first.items()}).astype("float64")
    late = state.records & (state.frame["birth_year"] > year).to_numpy()
    rule = NAMED["order"]
    must = "must not be after the patient's first session"
    return [stages.Block(np.flatnonzero(late), "birth_year", rule.id, rule.severity, must, rule.fix)]


def _unclear(records: np.ndarray) -> stages.Block:
    rule = NAMED["unknown_patient"]
    must = "must say which clinic: patients of several clinics have this id"
    return stages.Block(records, "patient_id", rule.id, rule.severity, must, "Fill in clinic_id.")


def _known_patients(state: stages.Standing | None, keys: frozenset[str], before: Collection[str]) -> _Known | None:
    """Patients that the patients tables have, also those whose row is faulty: a slip there is not a stranger here."""
    if state is None:
        return None
    named = {*state.frame["patient"].dropna().unique(), *before}
    ids = as_strings(state.frame["patient_id"])
    bare = set(ids[(as_strings(state.frame["patient"]) == ids).to_numpy()].dropna())
    bare |= {key for key in before if "|" not in key}
    patients = frozenset(named | {key for key in keys if key.rsplit("|", 1)[-1] in bare})
    return patients, frozenset(piece.raw.source for piece in state.stack.pieces)


def _result(
    dataset: Dataset, sessions: stages.Standing, others: Mapping[str, stages.Standing], style: str, told: Told | None
) -> Sifted:
    """Quarantine and accepted frames: warnings set nothing aside, so both follow from what still stands."""
    words = dataset.vocabulary
    states = {"sessions": sessions, **others}
    rows = {table: _counts(state) for table, state in states.items()}
    quarantine = _quarantine(dataset, states, take_warnings(states, words, style))
    if told is not None:
        told(quarantine)
    frames = {table: accepted_frame(state, words, style) for table, state in states.items()}
    guarded(frames, sessions.stack, words)
    sifted = Sifted(
        sessions=frames["sessions"],
        quarantine=quarantine,
        vocabulary=words,
        files=dataset.files,
        rows=rows["sessions"],
        patients=frames.get("patients"),
        consultations=frames.get("consultations"),
        adverse_events=frames.get("adverse_events"),
        rejected_sessions=rejected_frame(sessions, style),
        other_rows={table: counts for table, counts in rows.items() if table != "sessions"},
        repairs=repairs_of(states.values(), words),
        notes=(*dataset.notes, *_patient_notes(sessions)),
        mapping_text=dataset.mapping_text,
        fingerprint=dataset.fingerprint,
        style=style,
        filled=fills(dataset, "sessions"),
    )
    if not rows["sessions"]["accepted"]:
        raise _nothing(sifted)
    return sifted


def _quarantine(
    dataset: Dataset, states: Mapping[str, stages.Standing], columns: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Every fault of a row, then what is said of whole ``columns``."""
    parts = [
        part
        for state in states.values()
        for found in (*map(state.stack.located, state.blocks), [misfit_frame(state.stack)])
        for part in found
    ]
    return quarantine_frame([*parts, *columns], [file.name for file in dataset.files])


def _counts(state: stages.Standing) -> dict[str, int]:
    width = len(misfits_of(state.stack))
    aside = int(state.aside.sum())
    entries = sum(int((cut & ~state.aside[state.stack.line]).sum()) for cut in state.cut.values())
    return {
        "received": state.stack.lines + width,
        "accepted": state.stack.lines - aside,
        "quarantined": aside + width,
        "entries_quarantined": entries,
    }


def _patient_notes(sessions: stages.Standing) -> tuple[str, ...]:
    shared = shared_ids(sessions.stack, sessions.frame["patient"])
    if not shared:
        return ()
    few = ", ".join(shared[:5]) + (", ..." if len(shared) > 5 else "")
    told = f"Warning: {len(shared)} patient ids without clinic_id occur in several files"
    return (f"{told}; each was taken for one patient: {few}.",)


def _nothing(sifted: Sifted) -> NothingAccepted:
    """The refusal, with the three most frequent reasons: rows, column, demand and the first place."""
    errors = sifted.quarantine[(sifted.quarantine["severity"] == "error") & (sifted.quarantine["table"] == "sessions")]
    told = [(len(rows[["file", "row"]].drop_duplicates()), rows) for _, rows in errors.groupby(["rule", "column"])]
    often = sorted(told, key=lambda reason: -reason[0])
    lines = [line for count, rows in often[:REASONS] for line in _reason(count, rows)]
    most = ", most often because" if len(often) > REASONS else ""
    return NothingAccepted(
        "\n".join([f"Every row was set aside ({sifted.rows['received']:,} received){most}:", *lines]),
        fix="mend the file or its mapping; outcomes validate DATA --out DIR lists every fault",
        sifted=sifted,
    )


def _reason(count: int, rows: pd.DataFrame) -> list[str]:
    """Rows, column, demand (the general one where the rows differ) and first place of one reason, in short lines."""
    first = rows.iloc[0]
    demands = rows["must"].str.split("; ").str[0].unique()
    must = demands[0] if len(demands) == 1 else NAMED[first["rule"]].sentence
    subject = f"{first['column'][:40]} " if first["column"] else ""
    value = str(first["value"])
    found = f": {value[:30]!r}{'...' if len(value) > 30 else ''}" if value else ""
    where = f"(first: {first['file']} row {first['row']}{found})"
    text = f"{count:,} {'row' if count == 1 else 'rows'}: {subject}{must} {where}"
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
