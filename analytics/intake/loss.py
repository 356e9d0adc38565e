"""What the rows set aside cost the comparison, in all and by rule: readings that are gone, patients who must stay out.

A reading is one outcome of one patient at one moment and place. It is lost if it stands in a row that was set aside
(or was itself the entry set aside) and no accepted row has it; a faulty value counts as the reading it should have
been. A patient is lost whose row set aside may have been the first treatment (the step ``set_aside_session`` of the
flow), or to whom no accepted treatment is left. Who breaks two rules counts with both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from analytics.domain.dataset import Dataset, Sifted
from analytics.intake import design
from analytics.intake.derive import Placed, place
from analytics.intake.received import fills
from analytics.intake.records import Records, prepare

MOST_ROWS = 200_000  # received rows above which only rows are counted: the cost would take as long as the check
MOMENT = {"dated": "session_date", "study_day": "study_day", "trial": "visit"}
PLACE = ("side", "body_site", "timing", "product", "hours_since_session")
LINE = ["_file", "_row"]


@dataclass(frozen=True)
class Loss:
    """``readings`` and ``patients`` lost to the comparison; ``rows`` named (of all tables)."""

    rows: int
    readings: int = 0
    patients: int = 0


@dataclass(frozen=True)
class Losses:
    """The cost in all and by rule. ``counted``: False where only rows were counted (MOST_ROWS)."""

    whole: Loss
    rules: Mapping[str, Loss] = field(default_factory=dict)
    counted: bool = True


def losses(dataset: Dataset, sifted: Sifted, *, most: int = MOST_ROWS) -> Losses:
    """What the errors of ``sifted`` cost. ``dataset``: what it was sifted from."""
    return losses_of(replace(sifted, filled=fills(dataset, "sessions")), most=most)


def losses_of(sifted: Sifted, *, most: int = MOST_ROWS) -> Losses:
    """The same from the accepted and rejected rows alone, which know which column of theirs fills which of ours."""
    errors = sifted.quarantine[sifted.quarantine["severity"] == "error"]
    rows = errors[["table", "file", "row", "rule"]].drop_duplicates()
    counts = rows.groupby("rule", sort=True).size()
    whole = len(rows[["table", "file", "row"]].drop_duplicates())
    if sifted.rows["received"] > most or not len(errors):
        return Losses(Loss(whole), {str(r): Loss(int(n)) for r, n in counts.items()}, counted=not len(errors))
    named = rows[rows["table"] == "sessions"].rename(columns={"file": "_file", "row": "_row"})
    cells = _unread(sifted, errors[errors["table"] == "sessions"])
    readings, patients = _readings(sifted), _Patients.of(sifted)
    everything = pd.MultiIndex.from_frame(named[LINE].drop_duplicates())
    gone = patients.lost(everything)
    found = {}
    for rule, count in counts.items():
        lines = pd.MultiIndex.from_frame(named.loc[named["rule"] == rule, LINE])
        cut = len(cells.loc[cells["rule"] == rule, [*LINE, "column"]].drop_duplicates())
        found[str(rule)] = Loss(int(count), _count(readings, lines) + cut, len(patients.lost(lines, among=gone)))
    cut = len(cells[[*LINE, "column"]].drop_duplicates())
    return Losses(Loss(whole, _count(readings, everything) + cut, len(gone)), found)


def _count(readings: pd.DataFrame, lines: pd.MultiIndex) -> int:
    """Distinct readings in these lines."""
    here = pd.MultiIndex.from_frame(readings[LINE]).isin(lines)
    return int(readings.loc[here, ["key", "outcome"]].drop_duplicates().shape[0])


def _unread(sifted: Sifted, errors: pd.DataFrame) -> pd.DataFrame:
    """Cells of outcomes that hold something no number could be made of, in lines set aside with every rule of the line;
    and the single entries that were set aside in accepted lines, each with its own rule."""
    outcomes = {*sifted.vocabulary.outcomes, "value"}
    told = errors.rename(columns={"file": "_file", "row": "_row"})
    ours = [bool(outcomes & set(sifted.filled.get(key, ()))) for key in zip(told["_file"], told["column"])]
    cells = told[pd.Series(ours, index=told.index, dtype=bool)]
    aside = _lines(sifted.rejected_sessions)
    inside = pd.MultiIndex.from_frame(cells[LINE]).isin(aside)
    unread = cells[inside & (cells["rule"] == "type").to_numpy()][[*LINE, "column"]].drop_duplicates()
    entries = cells[~inside][[*LINE, "column", "rule"]]
    return pd.concat([unread.merge(told[[*LINE, "rule"]].drop_duplicates(), on=LINE), entries], ignore_index=True)


def _lines(frame: pd.DataFrame | None) -> pd.MultiIndex:
    found = frame[LINE] if frame is not None else pd.DataFrame({name: [] for name in LINE})
    return pd.MultiIndex.from_frame(found.drop_duplicates())


def _readings(sifted: Sifted) -> pd.DataFrame:
    """Readings in the lines set aside that no accepted line has: _file, _row, key (patient, moment, place), outcome."""
    aside = sifted.rejected_sessions
    if aside is None or aside.empty:
        return pd.DataFrame({name: [] for name in (*LINE, "key", "outcome")})
    accepted = sifted.sessions
    accepted = accepted[accepted["patient"].isin(aside["patient"].dropna().unique())] if len(accepted) else accepted
    names = [name for name in sifted.vocabulary.outcomes if name in aside]
    lost, kept = (_long(frame, names, sifted.style) for frame in (aside, accepted))
    both = lost.merge(kept[["key", "outcome"]].drop_duplicates(), on=["key", "outcome"], how="left", indicator=True)
    return both.loc[both["_merge"] == "left_only", [*LINE, "key", "outcome"]]


def _long(frame: pd.DataFrame, outcomes: list[str], style: str) -> pd.DataFrame:
    names = [name for name in ("patient", MOMENT[style], *PLACE) if name in frame]
    text = frame[names].astype(object).where(frame[names].notna(), "").astype(str)
    joined = ["|".join(cells) for cells in zip(*(text[name] for name in names))]
    key = pd.Series(joined, index=frame.index, dtype=object)
    unknown = frame["patient"].isna() | (frame[MOMENT[style]].isna() if MOMENT[style] in frame else True)
    own = frame["_file"].astype(str) + " " + frame["_row"].astype(str)  # nobody knows whose or when: a reading apart
    keyed = frame.assign(key=key.astype(object).where(~unknown, own))
    parts = [keyed.loc[keyed[o].notna(), [*LINE, "key"]].assign(outcome=o) for o in outcomes if o in keyed]
    return pd.concat(parts, ignore_index=True) if parts else keyed.iloc[:0][[*LINE, "key"]].assign(outcome="")


@dataclass(frozen=True, eq=False)
class _Patients:
    """Patients with a line set aside: their accepted courses, and which of them were treated at all."""

    sifted: Sifted
    records: Records | None = None
    placed: Placed | None = None
    treated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, sifted: Sifted) -> _Patients:
        aside = sifted.rejected_sessions
        whole = sifted.sessions
        if aside is None or aside.empty or "treatment" not in whole:
            return cls(sifted)
        given = set(whole["treatment"].dropna().unique())
        arms = tuple(name for name in sifted.vocabulary.treatments if name in given)
        mine = whole[whole["patient"].isin(aside["patient"].dropna().unique())]
        part = replace(sifted, sessions=mine.reset_index(drop=True))
        if mine.empty or not arms:
            return cls(part)
        records = prepare(part)
        treated = frozenset(records.rows.loc[records.rows["treatment"].isin(arms), "patient"])
        return cls(part, records, place(records, arms) if treated else None, treated)

    def lost(self, lines: pd.MultiIndex, among: set[str] | None = None) -> set[str]:
        """Patients whom these lines take out of the comparison; ``among``: those whom all lines together take."""
        aside = self.sifted.rejected_sessions
        if aside is None or aside.empty:
            return set()
        mine = pd.MultiIndex.from_frame(aside[LINE]).isin(lines)
        here = aside[mine]
        able = here[here["readable_patient"].astype(bool) & here["possible_treatment"].astype(bool)]
        named = set(able["patient"].dropna().astype(str))
        untreated = named - self.treated
        if among is not None:
            if not (named & among) - untreated:
                return untreated
            elsewhere = set(aside.loc[~mine, "patient"].dropna().astype(str))
            if not named & among & elsewhere:  # no other line of theirs has a share in it
                return untreated | (named & among)
        return untreated | (self._set_aside(here) if len(able) else set())

    def _set_aside(self, rows: pd.DataFrame) -> set[str]:
        """Patients of whom no unit is left, as the flow counts them (a side takes its pair along)."""
        if self.records is None or self.placed is None:
            return set()
        units = self.placed.units
        flag = design.set_aside(units, replace(self.sifted, rejected_sessions=rows), self.records)
        pair = flag.groupby(units["patient"]).transform("any") & (units["design"] == "split_face")
        gone = (flag | pair).groupby(units["patient"]).all()
        return set(gone[gone].index.astype(str))
