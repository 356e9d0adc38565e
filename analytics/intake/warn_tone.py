"""Warning about tone: a reading taken before the washout of its outcome is over, when the session still shows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from analytics.intake.records import PARTS
from analytics.intake.sift_faults import Block
from analytics.intake.warn_rows import NO_DAY, Rows, distinct, pairs
from schemas.vocabulary import Vocabulary

BOTH = "both"


def early_tone_reading(rows: Rows, words: Vocabulary, style: str) -> Iterable[Block]:
    """Tone readings less than the washout hours of their outcome after the last session of that skin.

    Hours since the session as written; else exact where both have a time, 24 per day where not. On one day a session
    follows the reading unless the row says otherwise (timing, hours, times of day).
    """
    tone = [o for o in words.outcomes.values() if o.domain == "tone" and o.washout_hours > 0 and o.id in rows]
    read = {outcome.id: ~np.isnan(rows.number(outcome.id)) for outcome in tone}
    if not tone or not len(rows):
        return
    which = np.flatnonzero(np.logical_or.reduce(list(read.values())))
    hours = rows.number("hours_since_session")[which]
    if style == "dated" and "treatment" in rows:
        hours = np.where(np.isnan(hours), _hours(rows, which), hours)
    for outcome in tone:
        early = which[(hours < outcome.washout_hours) & read[outcome.id][which]]
        if len(early):
            must = f"must be taken {outcome.washout_hours:g} hours or more after the last session"
            yield rows.block("early_tone_reading", outcome.id, early, must)


def _hours(rows: Rows, which: np.ndarray) -> np.ndarray:
    """Hours since the last session that reached the skin of each reading; infinite: none."""
    found = np.full(len(which), np.inf)
    sides, sites = rows.codes("side"), rows.codes("body_site")
    treated = rows.filled("treatment") & (rows.day("session_date") != NO_DAY)
    places = pairs(sides[0][which] + 1, sites[0][which])
    for place in distinct(places):
        here = np.flatnonzero(places == place)
        side, site = int(sides[0][which[here[0]]]), int(sites[0][which[here[0]]])
        reached = treated & _touching(side, *sides, _sides_apart) & _touching(site, *sites, _sites_apart)
        found[here] = _since(rows, np.flatnonzero(reached), which[here])
    return found


def _touching(code: int, codes: np.ndarray, texts: np.ndarray, apart) -> np.ndarray:
    """(n,) bool: rows whose side (or site) may be the same skin as that of ``code``; blank is everywhere."""
    if code < 0 or not len(texts):
        return np.ones(len(codes), bool)
    other = np.array([apart(str(texts[code]), str(text)) for text in texts], bool)
    return (codes < 0) | ~other[np.maximum(codes, 0)]


def _sides_apart(one: str, other: str) -> bool:
    return one != other and BOTH not in (one, other)


def _sites_apart(one: str, other: str) -> bool:
    return one != other and other not in PARTS.get(one, ()) and one not in PARTS.get(other, ())


def _since(rows: Rows, sessions: np.ndarray, readings: np.ndarray) -> np.ndarray:
    """Hours from the last of ``sessions`` of the same patient to each of ``readings`` (positions in the rows)."""
    found = np.full(len(readings), np.inf)
    if not len(sessions):
        return found
    treated, wanted = rows.patient_day[sessions], rows.patient_day[readings]
    keys = distinct(treated)
    at = np.searchsorted(keys, wanted) - 1
    known = (at >= 0) & (keys[at] >> 32 == rows.patient[readings])
    found[known] = 24.0 * (wanted - keys[at])[known]
    own = keys[np.minimum(at + 1, len(keys) - 1)] == wanted
    after = own & _said_after(rows, readings)
    if not rows.timed:
        found[after] = 0.0
        return found
    clock = rows.clock("session_date")
    found[known] += np.nan_to_num(clock[readings] - _last_clock(keys, treated, clock[sessions])[at])[known]
    apart = np.nan_to_num(clock[readings] - _first_clock(keys, treated, clock[sessions], wanted))
    after |= own & (apart > 0)
    found[after] = np.maximum(apart, 0.0)[after]
    return found


def _said_after(rows: Rows, which: np.ndarray) -> np.ndarray:
    codes, texts = rows.codes("timing")
    post = np.flatnonzero(texts == "post")
    said = np.isin(codes[which], post) if len(post) else np.zeros(len(which), bool)
    return said | ~np.isnan(rows.number("hours_since_session")[which])


def _last_clock(keys: np.ndarray, treated: np.ndarray, clock: np.ndarray) -> np.ndarray:
    """Time of the last session of each patient-day in ``keys``; NaN where one of them has no time."""
    last = np.full(len(keys), -np.inf)
    np.maximum.at(last, np.searchsorted(keys, treated), np.where(np.isnan(clock), np.inf, clock))
    return np.where(np.isfinite(last), last, np.nan)


def _first_clock(keys: np.ndarray, treated: np.ndarray, clock: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Time of the first session with a time on each wanted patient-day; NaN where there is none."""
    first = np.full(len(keys), np.inf)
    np.minimum.at(first, np.searchsorted(keys, treated), np.where(np.isnan(clock), np.inf, clock))
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    fits = (keys[at] == wanted) & np.isfinite(first[at])
    return np.where(fits, first[at], np.nan)
