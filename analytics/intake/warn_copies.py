"""Warning about copies: all readings of a patient, on all days, are those of another, and chance does not explain it.

Equal series are common by chance where grades are coarse and days nominal: a pair is listed only where fewer than one
such pair is expected, m (m - 1) / 2 x product over outcomes of (sum of squared shares of its values) ^ (distinct values
in the series), m being the patients who were read on the same days. Shares are of all readings of the files.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics.intake.sift_faults import Block
from analytics.intake.sift_keys import mixed, row_hash
from analytics.intake.warn_rows import Rows, distinct, pairs

LEAST = 12  # readings of a series
WHEN = ("session_date", "visit", "study_day")
WHERE = ("side", "body_site")


def copied_patient(rows: Rows) -> Iterable[Block]:
    """The first row of every patient whose whole series repeats that of a patient further up in the files."""
    outcomes = [name for name in rows.state.outcomes if name in rows]
    if not outcomes or not len(rows):
        return
    series, length = _series(rows, outcomes)
    repeated = _repeated(series, length >= LEAST)
    if not repeated.any():
        return
    unlikely = _log_expected(rows, outcomes, repeated) < 0.0
    first = _first_rows(rows)
    found = np.flatnonzero(repeated & unlikely)
    found = found[np.argsort(first[found], kind="stable")]
    again = pd.Series(series[found]).duplicated().to_numpy()
    earliest = dict(zip(series[found][::-1].tolist(), found[::-1].tolist()))
    original = [earliest[bits] for bits in series[found[again]].tolist()]
    if again.any():
        musts = [_said(rows, first[code], code) for code in original]
        yield rows.block("copied_patient", "patient_id", first[found[again]], musts)


def _said(rows: Rows, position: int, code: int) -> str:
    key = str(rows.keys[code]).rsplit("|", 1)[-1]
    return f"must not repeat the whole series of another patient; it is that of {key} ({rows.place(int(position))})"


def _moments(rows: Rows, columns: Iterable[str]) -> np.ndarray:
    """(n,) 64 bits of the day (and visit), and of side and site where these are among ``columns``."""
    frame = rows.state.frame
    named = [name for name in columns if name in frame]
    part = frame[named].iloc[rows.at]
    if "session_date" in part:
        part = part.assign(session_date=part["session_date"].dt.normalize())
    return row_hash(part, named)


def _series(rows: Rows, outcomes: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """(patients,) 64 bits of the set of readings of each patient, and how many there are. Order does not matter."""
    bits, count = np.zeros(len(rows.keys), np.uint64), np.zeros(len(rows.keys), np.int64)
    place = _moments(rows, (*WHEN, *WHERE))
    with np.errstate(over="ignore"):
        for number, name in enumerate(outcomes, start=1):
            value = rows.number(name)
            read = np.flatnonzero(~np.isnan(value))
            one = mixed(mixed(place[read] ^ (value[read] + 0.0).view(np.uint64)) ^ np.uint64(number))
            np.add.at(bits, rows.patient[read], one)
            count += np.bincount(rows.patient[read], minlength=len(count))
    return bits, count


def _repeated(series: np.ndarray, long: np.ndarray) -> np.ndarray:
    """(patients,) bool: a long series that another patient has too."""
    found = np.zeros(len(series), bool)
    at = np.flatnonzero(long)
    found[at] = pd.Series(series[at]).duplicated(keep=False).to_numpy()
    return found


def _log_expected(rows: Rows, outcomes: Iterable[str], candidates: np.ndarray) -> np.ndarray:
    """(patients,) log of the pairs expected by chance; infinite for those who are no candidates or never vary."""
    same = _same_days(rows, outcomes)[candidates]
    total = np.log(same * (same - 1) / 2)
    varies = np.zeros(len(total), bool)
    place = np.cumsum(candidates) - 1
    for name in outcomes:
        value = rows.number(name)
        mine = np.flatnonzero(~np.isnan(value) & candidates[rows.patient])
        codes = pd.factorize(value[mine])[0]
        many = np.bincount(distinct(pairs(place[rows.patient[mine]], codes)) >> 32, minlength=len(total))
        total += many * np.log(_chance_equal(rows, name))
        varies |= many > 1
    found = np.full(len(candidates), np.inf)
    found[candidates] = np.where(varies, total, np.inf)
    return found


def _chance_equal(rows: Rows, outcome: str) -> float:
    """The chance that two readings of the files are equal."""
    state = rows.state
    values = state.frame[outcome].to_numpy(dtype=np.float64)[state.present]
    codes = pd.factorize(values[~np.isnan(values)])[0]
    shares = np.bincount(codes) / max(len(codes), 1)
    return float((shares**2).sum()) if len(codes) else 1.0


def _same_days(rows: Rows, outcomes: Iterable[str]) -> np.ndarray:
    """(patients,) how many patients were read on the same set of days."""
    read = np.zeros(len(rows), bool)
    for name in outcomes:
        read |= ~np.isnan(rows.number(name))
    at = np.flatnonzero(read)
    day = mixed(_moments(rows, WHEN)[at])
    patient = rows.patient[at]
    once = ~pd.Series(mixed(day ^ patient.astype(np.uint64))).duplicated().to_numpy()
    bits = np.zeros(len(rows.keys), np.uint64)
    with np.errstate(over="ignore"):
        np.add.at(bits, patient[once], day[once])
    group = pd.factorize(bits)[0]
    seen = np.bincount(patient, minlength=len(bits)) > 0
    return np.bincount(group[seen], minlength=int(group.max()) + 1)[group]


def _first_rows(rows: Rows) -> np.ndarray:
    """(patients,) position of the first row of each patient."""
    first = np.zeros(len(rows.keys), np.int64)
    first[rows.patient[::-1]] = np.arange(len(rows))[::-1]
    return first
