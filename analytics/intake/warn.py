"""Warnings: what is possible but deserves a look in rows that were accepted; every one stays, is listed and counted."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.intake.sift_stages import Standing
from analytics.intake.warn_columns import column_warnings
from analytics.intake.warn_copies import copied_patient
from analytics.intake.warn_gaps import session_gap
from analytics.intake.warn_ids import id_spelling
from analytics.intake.warn_person import changed_person
from analytics.intake.warn_rows import Rows
from analytics.intake.warn_times import isolated_date, short_interval
from analytics.intake.warn_tone import early_tone_reading
from schemas.vocabulary import Vocabulary


def take_warnings(states: Mapping[str, Standing], words: Vocabulary, style: str) -> list[pd.DataFrame]:
    """Note in ``states`` every warning about a row; give back those about a whole column, as rows of the quarantine.

    Rules that every file switches off are not looked for.
    """
    rows = {table: Rows(state) for table, state in states.items()}
    wanted = _wanted(states)
    sessions = rows["sessions"]
    single = {
        "short_interval": lambda: short_interval(sessions, style),
        "session_gap": lambda: session_gap(sessions),
        "copied_patient": lambda: copied_patient(sessions),
        "early_tone_reading": lambda: early_tone_reading(sessions, words, style),
    }
    for rule, detect in single.items():
        if rule in wanted:
            states["sessions"].take(detect())
    several = {"id_spelling": id_spelling, "changed_person": changed_person, "isolated_date": isolated_date}
    for rule, look in several.items():
        for table, blocks in look(rows).items() if rule in wanted else ():
            states[table].take(blocks)
    return [column_warnings(sessions, words)]


def _wanted(states: Mapping[str, Standing]) -> frozenset[str]:
    """Rules of warnings that some file has not switched off."""
    from schemas.rules import NAMED

    changes = [piece.raw.layout.rules for state in states.values() for piece in state.stack.pieces]
    return frozenset(rule for rule in NAMED if not changes or any(rule not in each.off for each in changes))
