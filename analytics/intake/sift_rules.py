"""The row-wise rules of the vocabulary on a stack of records; a verdict is unknown where a cell could not be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analytics.domain.layout import STYLE_OF
from analytics.intake.sift_faults import Block
from analytics.intake.sift_stack import Stack
from schemas.own_rules import own_rules
from schemas.rules import FIRST_SESSION, NAMED, Rule, row_rules
from schemas.vocabulary import Vocabulary

#: The date that decides whether a row lies after the cut-off.
MAIN_DATES = {"sessions": "session_date", "consultations": "consultation_date", "adverse_events": "onset_date"}


def row_blocks(
    stack: Stack, frame: pd.DataFrame, vocabulary: Vocabulary, style: str, present: np.ndarray
) -> list[Block]:
    """Everything wrong with single rows, whatever else is wrong with them."""
    free = off_step(stack, vocabulary)
    rules = [
        rule
        for rule in row_rules(vocabulary, stack.table, stack.columns)
        if not (rule.id == "missing" and len(rule.columns) > 1) and not (rule.id == "step" and rule.columns[0] in free)
    ]
    blocks = _with_own(stack, frame, vocabulary, rule_blocks(stack, frame, rules, present), present)
    if stack.table == "sessions":
        blocks += _undated(stack, frame, style, present)
    return blocks


def _with_own(
    stack: Stack, frame: pd.DataFrame, vocabulary: Vocabulary, blocks: list[Block], present: np.ndarray
) -> list[Block]:
    """``blocks`` with the rules of each file's own mapping, which stand in place of our usual limits."""
    for changes in dict.fromkeys(piece.raw.layout.rules for piece in stack.pieces):
        added = own_rules(changes, vocabulary, stack.columns)
        if not added:
            continue
        here = np.array([piece.raw.layout.rules == changes for piece in stack.pieces], bool)[stack.piece]
        usual = {rule.columns for rule in added if rule.id == "soft_range"}
        kept = [b.only(~here[b.records]) if b.rule == "soft_range" and (b.column,) in usual else b for b in blocks]
        blocks = [*kept, *rule_blocks(stack, frame, added, present & here)]
    return blocks


def rule_blocks(stack: Stack, frame: pd.DataFrame, rules: Iterable[Rule], present: np.ndarray) -> list[Block]:
    """The rules' faults among the records in ``present``."""
    import narwhals as nw

    checks = {rule.key: rule for rule in rules if rule.expression is not None}
    if not checks or not len(frame):
        return []
    verdicts = nw.from_native(frame, eager_only=True).select(
        **{key: ~rule.expression() for key, rule in checks.items() if rule.expression is not None}
    )
    blocks = []
    for key, rule in checks.items():
        broken = np.asarray(verdicts[key].to_numpy(), dtype=bool) & present & ~_unreadable(stack, rule.columns)
        if broken.any():
            at = np.flatnonzero(broken)
            blocks.append(Block(at, rule.columns[0], rule.id, rule.severity, _demand(rule, frame, at), rule.fix))
    return blocks


def _demand(rule: Rule, frame: pd.DataFrame, at: np.ndarray) -> str | np.ndarray:
    """The rule's sentence; of a sum with the figures of each row."""
    if rule.id != "sum":
        return rule.sentence
    parts = frame[list(rule.columns[1:])].iloc[at].to_numpy(dtype=np.float64)
    told = [f"{rule.sentence} ({' + '.join(f'{v:g}' for v in row)} = {row.sum():g})" for row in parts]
    return np.array(told, dtype=object)


def _unreadable(stack: Stack, columns: Sequence[str]) -> np.ndarray:
    found = np.zeros(len(stack.frame), bool)
    for name in columns:
        if name in stack.bad:
            found = found | stack.bad[name]
    return found


def _undated(stack: Stack, frame: pd.DataFrame, style: str, present: np.ndarray) -> list[Block]:
    """Every session needs the kind of time its file goes by."""
    name = next((column for column, kind in STYLE_OF.items() if kind == style), None)
    if name is None or name not in frame:
        return []
    missing = frame[name].isna().to_numpy() & present & ~_unreadable(stack, (name,))
    rule = NAMED["missing"]
    return [Block(np.flatnonzero(missing), name, rule.id, rule.severity, rule.sentence, rule.fix)]


def future_blocks(stack: Stack, frame: pd.DataFrame, cutoff: dt.date | None, present: np.ndarray) -> list[Block]:
    """Rows dated after the cut-off."""
    name = MAIN_DATES.get(stack.table)
    if cutoff is None or name is None or name not in frame:
        return []
    late = (frame[name] >= pd.Timestamp(cutoff) + pd.Timedelta(days=1)).to_numpy() & present
    rule = NAMED["future"]
    must = f"must not be after the cut-off, {cutoff.isoformat()}"
    return [Block(np.flatnonzero(late), name, rule.id, rule.severity, must, rule.fix)]


def order_blocks(
    stack: Stack, frame: pd.DataFrame, vocabulary: Vocabulary, first: Mapping[str, pd.Timestamp], standing: np.ndarray
) -> list[Block]:
    """Dates before the patient's first session. ``first``: that day by patient."""
    found = first_session_rules(stack, vocabulary)
    if not first or not found:
        return []
    days = frame["patient"].map(pd.Series(first, dtype="datetime64[ns]"))
    known = frame.assign(**{FIRST_SESSION: days.astype("datetime64[ns]").to_numpy()})
    return rule_blocks(stack, known, found, standing)


def first_session_rules(stack: Stack, vocabulary: Vocabulary) -> list[Rule]:
    """The rules that compare a date of this table with the patient's first session."""
    columns = (*stack.columns, FIRST_SESSION)
    return [rule for rule in row_rules(vocabulary, stack.table, columns) if FIRST_SESSION in rule.columns]


def off_step(stack: Stack, vocabulary: Vocabulary) -> frozenset[str]:
    """Outcomes rescaled from a scale of another length: their values need not lie on a step of ours."""
    found = set()
    for piece in stack.pieces:
        for name, cell in piece.cells.items():
            reading = piece.raw.layout.readings.get(name) if piece.raw.layout.long else cell.entry
            outcome = vocabulary.outcomes.get(name)
            if outcome is None or reading is None or outcome.low is None or outcome.high is None:
                continue
            if reading.scale is not None and reading.scale[1] - reading.scale[0] != outcome.high - outcome.low:
                found.add(name)
    return frozenset(found)
