"""The stages behind the single rows: repeated rows, contradicting readings, order of dates, patients of other tables.

Each stage sees only rows still standing, and all are repeated until nothing new is found: a faulty row cannot take a
clean one with it, and the order of rows does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.intake.sift_faults import Block
from analytics.intake.sift_hash import repeated, row_hash
from analytics.intake.sift_keys import line_hash, reading_groups
from analytics.intake.sift_stack import Stack
from analytics.intake.sift_texts import codes_of
from schemas.rules import NAMED
from schemas.vocabulary import Vocabulary

#: A fault in one of these takes the line, also where a list names several.
KEY_COLUMNS = frozenset(
    (
        "patient_id", "clinic_id", "session_date", "visit", "study_day", "treatment", "side", "body_site", "timing",
        "outcome",
    )
)  # fmt: skip
#: A patients row says one thing about a patient.
PERSON = ("birth_year", "sex", "fitzpatrick", "skin_type")
GRADES = ("ordinal", "binary")
#: What to do where two readings of a number contradict each other; a grade, an arm or a person has no mean.
MEAN = "Keep the right row, fill in the column that tells them apart, or set `replicates: mean`."


@dataclass
class Standing:
    """What still stands. ``aside`` (lines,); ``cut``: column -> (records,) entries set aside; every fault found."""

    stack: Stack
    frame: pd.DataFrame
    outcomes: tuple[str, ...]
    aside: np.ndarray
    present: np.ndarray
    cut: dict[str, np.ndarray] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    @property
    def records(self) -> np.ndarray:
        """(records,) bool: present, and its line standing."""
        return self.present & ~self.aside[self.stack.line]

    def take(self, blocks: Iterable[Block]) -> bool:
        """Set aside what the blocks name: the entry of a list, else the line. True if anything new was set aside."""
        before = (int(self.aside.sum()), sum(int(c.sum()) for c in self.cut.values()))
        for block in map(self._in_force, blocks):
            if not len(block.records):
                continue
            self.blocks.append(block)
            if block.severity == "error":
                self._set_aside(block)
        self._without_entries()
        return before != (int(self.aside.sum()), sum(int(c.sum()) for c in self.cut.values()))

    def _in_force(self, block: Block) -> Block:
        """The block without records of files whose mapping switches the rule off."""
        off = np.array([block.rule in piece.raw.layout.rules.off for piece in self.stack.pieces], bool)
        return block.only(~off[self.stack.piece[block.records]]) if off.any() else block

    def _set_aside(self, block: Block) -> None:
        listed = self.stack.listed.get(block.column)
        if listed is None or block.column in KEY_COLUMNS:
            self.aside[self.stack.line[block.records]] = True
            return
        entries = block.records[listed[block.records]]
        self.aside[self.stack.line[block.records[~listed[block.records]]]] = True
        cut = self.cut.setdefault(block.column, np.zeros(len(self.frame), bool))
        cut[entries] = True

    def _without_entries(self) -> None:
        """A line goes when entries of it were cut and no reading is left."""
        if not self.cut:
            return
        touched = np.zeros(self.stack.lines, bool)
        left = np.zeros(self.stack.lines, bool)
        for cut in self.cut.values():
            touched[self.stack.line[cut]] = True
        for name in {*self.outcomes, *self.stack.listed} - KEY_COLUMNS:
            left[self.stack.line[self.values(name).notna().to_numpy()]] = True
        self.aside |= touched & ~left

    def values(self, name: str) -> pd.Series:
        """A column without the entries that were cut."""
        values = self.frame[name]
        return values.mask(self.cut[name]) if name in self.cut else values


def duplicate_blocks(state: Standing, bits: np.ndarray, several: np.ndarray) -> list[Block]:
    """Lines equal to an earlier one in every mapped column; the first is kept. Not for lines known by their number.

    ``bits`` (lines,): the lines' hashes; ``several`` (lines,): those that any two lines share.
    """
    stack = state.stack
    numbered = np.array([piece.raw.layout.by_row_number for piece in stack.pieces], bool)
    standing = state.records & ~numbered[stack.piece]
    flags = np.zeros(stack.lines, bool)
    flags[stack.line[standing]] = True
    lines = np.flatnonzero(flags & several)
    lines = lines[repeated(bits[lines])]
    if not len(lines):
        return []
    again = pd.Series(bits[lines]).duplicated().to_numpy()
    first = dict(zip(bits[lines][::-1].tolist(), lines[::-1].tolist()))
    record_of = np.zeros(stack.lines, np.int64)
    backwards = np.flatnonzero(standing)[::-1]
    record_of[stack.line[backwards]] = backwards
    rule = NAMED["duplicate_row"]
    places = [_place(stack, int(record_of[first[bit]])) for bit in bits[lines[again]].tolist()]
    must = np.array([f"{rule.sentence} (row {place})" for place in places], dtype=object)
    return [Block(record_of[lines[again]], "", rule.id, rule.severity, must, rule.fix)]


def _line_bits(state: Standing) -> np.ndarray:
    """The hash of every line over patient and mapped columns."""
    timed = ["has_time"] if "has_time" in state.frame else []
    return line_hash(state.stack, state.frame, ["patient", *state.stack.columns, *timed], state.present)


def _place(stack: Stack, record: int) -> str:
    piece = stack.pieces[int(stack.piece[record])]
    row = int(piece.raw.rows[record - piece.start])
    return str(row) if len({p.raw.file for p in stack.pieces}) == 1 else f"{row} of {piece.raw.file}"


def conflict_blocks(state: Standing, vocabulary: Vocabulary, groups: np.ndarray) -> list[Block]:
    """Different values of one outcome for one patient, moment and place: all aside, unless the mean is wanted."""
    blocks = []
    averaged = averaging(state, vocabulary)
    for name in state.outcomes:
        values = state.values(name).to_numpy(dtype=np.float64)
        at = np.flatnonzero(state.records & ~np.isnan(values))
        if len(at):
            found = at[_differing(groups[at], values[at])]
            if name in averaged:
                found = found[_mixed(groups[found], averaged[name][found])]
            fix = "" if vocabulary.outcomes[name].kind in GRADES else MEAN
            blocks.append(_conflict(found, name, NAMED["conflict"].sentence, fix))
    return blocks


def _mixed(groups: np.ndarray, may: np.ndarray) -> np.ndarray:
    """Groups in which some record may not be averaged."""
    return np.isin(groups, groups[~may])


def averaging(state: Standing, vocabulary: Vocabulary) -> dict[str, np.ndarray]:
    """outcome -> (records,) bool: the mapping says ``replicates: mean`` (a grade has no mean: those stay conflicts)."""
    means = np.array([piece.raw.layout.replicates == "mean" for piece in state.stack.pieces], bool)[state.stack.piece]
    if not means.any():
        return {}
    return {name: means for name in state.outcomes if vocabulary.outcomes[name].kind not in GRADES}


def _differing(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Where a group holds more than one value: some value then differs from any one of them."""
    if not len(groups):
        return np.zeros(0, bool)
    one = np.zeros(int(groups.max()) + 1, values.dtype)
    one[groups] = values
    several = np.zeros(len(one), bool)
    several[groups[values != one[groups]]] = True
    return several[groups]


def _conflict(records: np.ndarray, column: str, must: str, fix: str = "") -> Block:
    rule = NAMED["conflict"]
    return Block(records, column, rule.id, rule.severity, must, fix or rule.fix)


def arm_blocks(state: Standing) -> list[Block]:
    """In files by visit the arm of a patient (and side, and site) is one: a line that says another contradicts it."""
    if "treatment" not in state.frame:
        return []
    told = np.array(["treatment" not in piece.record.qualifiers for piece in state.stack.pieces], bool)[
        state.stack.piece
    ]
    at = np.flatnonzero(state.records & told & state.frame["treatment"].notna().to_numpy())
    if not len(at):
        return []
    places = [name for name in ("patient", "side", "body_site") if name in state.frame]
    groups = pd.factorize(row_hash(state.frame[places].iloc[at], places))[0]
    several = _differing(groups, codes_of(state.frame["treatment"])[at])
    must = "must be one arm per patient (and side and site) in a file that goes by visit"
    return [_conflict(at[several], "treatment", must, "Correct the treatment in the wrong row.")]


def person_blocks(state: Standing) -> list[Block]:
    """Two rows of the patients table that say different things about one patient."""
    blocks = []
    at = np.flatnonzero(state.records)
    for name in PERSON:
        if name in state.frame and len(at):
            known = at[state.frame[name].notna().to_numpy()[at]]
            who = pd.factorize(codes_of(state.frame["patient"])[known])[0]
            several = _differing(who, codes_of(state.frame[name])[known])
            must = "must be the same in every row of the patient"
            blocks.append(_conflict(known[several], name, must, "Correct the value in the wrong row."))
    return blocks


def stranger_block(state: Standing, known: frozenset[str], sources: frozenset[int]) -> list[Block]:
    """Rows of patients that the patients tables do not have, in DATA that come with a patients table (``sources``)."""
    told = np.array([piece.raw.source in sources for piece in state.stack.pieces], bool)[state.stack.piece]
    at = np.flatnonzero(state.records & told & ~state.frame["patient"].isin(known).to_numpy())
    rule = NAMED["unknown_patient"]
    return [Block(at, "patient_id", rule.id, rule.severity, rule.sentence, rule.fix)]


def settle(state: Standing, vocabulary: Vocabulary, style: str, more: Iterable) -> None:
    """Run the stages until nothing new is set aside. ``more``: further stages, functions of the state."""
    groups = reading_groups(state.stack, state.frame) if state.outcomes else np.zeros(0, np.int64)
    bits = _line_bits(state)
    several = repeated(bits)
    changed = True
    while changed:
        changed = state.take(duplicate_blocks(state, bits, several))
        if state.stack.table == "sessions":
            changed |= state.take(conflict_blocks(state, vocabulary, groups))
            if style == "trial":
                changed |= state.take(arm_blocks(state))
        if state.stack.table == "patients":
            changed |= state.take(person_blocks(state))
        for stage in more:
            changed |= state.take(stage(state))
