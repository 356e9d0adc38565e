"""What was done to accepted cells, counted; and the pandera models over what was accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.domain.errors import DataRefused
from analytics.intake.sift_accept import averaged_readings
from analytics.intake.sift_keys import reading_groups
from analytics.intake.sift_rules import off_step
from analytics.intake.sift_stack import Stack
from analytics.intake.sift_stages import Standing, averaging
from schemas.vocabulary import Vocabulary


def repairs_of(states: Iterable[Standing], words: Vocabulary) -> dict[tuple[str, str], int]:
    """(kind, column) -> cells of accepted rows that were repaired."""
    found: dict[tuple[str, str], int] = {}
    for state in states:
        for (kind, column), records in state.stack.repairs.items():
            kept = records[state.records[records]]
            listed = state.stack.listed.get(column)
            count = len(kept) if listed is not None else _lines_in(state, kept)
            found[kind, column] = found.get((kind, column), 0) + count
        if averaging(state, words):
            for column, records in averaged_readings(state, words, reading_groups(state.stack, state.frame)).items():
                found["averaged", column] = len(records)
    return {key: count for key, count in sorted(found.items()) if count}


def _lines_in(state: Standing, records: np.ndarray) -> int:
    found = np.zeros(state.stack.lines, bool)
    found[state.stack.line[records]] = True
    return int(found.sum())


def guarded(frames: Mapping[str, pd.DataFrame], stack: Stack, words: Vocabulary) -> None:
    """The pandera models over what was accepted: they must find nothing, or the sift itself is at fault."""
    from schemas.tables import guard

    free = off_step(stack, words) | {
        name for name in words.outcomes if any(p.raw.layout.replicates == "mean" for p in stack.pieces)
    }
    for name in sorted(free):
        words = words.with_outcome(replace(words.outcomes[name], kind="continuous", step=None))
    off = {rule for piece in stack.pieces for rule in piece.raw.layout.rules.off}
    for table, frame in frames.items():
        left = guard(frame, table, words, without=off) if len(frame) else pd.DataFrame()
        if len(left):
            row = left.iloc[0]
            raise DataRefused(
                f"Accepted rows of {table} break the rule {row['rule']} ({row['sentence']}): the program is at fault.",
                fix="please report it with the file's header and one such row",
            )
