"""How long reactions and events lasted: Kaplan-Meier, so that those not yet gone count as long as they were watched.

The interval of the median is Brookmeyer and Crowley's (log-log). Several events of one patient are taken for
independent, which makes it somewhat too narrow.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analytics.descriptions.exposure import last_contacts
from analytics.descriptions.reactions import Reported
from analytics.descriptions.safety import ANY
from analytics.domain.cohort import Cohort
from analytics.inference.survival import kaplan_meier, quantile

COLUMNS = (
    "treatment", "event", "class", "events", "undated", "resolved", "open", "median", "conf_low", "conf_high",
    "ninetieth", "patients", "patients_resolved", "patients_open",
)  # fmt: skip
ALL = "all"


def resolution(cohort: Cohort, reported: Reported) -> pd.DataFrame:
    """One row per treatment (and ``all``) x event x class. COLUMNS; times in days from onset, 0 = gone the same day.

    ``events`` = undated (no onset and no session known) + resolved + open (no day on which it was gone: still there
    when the patient was last heard of). ``median``: days by which half were gone; ``ninetieth``: nine tenths. NaN where
    the curve does not get there. ``patients``: of all these events, of the resolved and of the open.
    Empty without a list of events, without dates, or where nobody wrote down an end.
    """
    events = cohort.sifted.adverse_events
    if events is None or cohort.style != "dated" or "resolved_date" not in events:
        return pd.DataFrame(columns=list(COLUMNS))
    found = reported.attributed
    if not pd.to_datetime(found["gone"]).notna().any():
        return pd.DataFrame(columns=list(COLUMNS))
    timed = _timed(cohort, found)
    rows: list[tuple] = []
    for treatment in (ALL, *cohort.vocabulary.treatments):
        own = timed.drop_duplicates(["entry", "class"]) if treatment == ALL else timed[timed["treatment"] == treatment]
        for kind in ("expected", "adverse"):
            part = own[own["class"] == kind]
            for event in (ANY, *sorted(set(part["event"]))) if len(part) else ():
                line = part if event == ANY else part[part["event"] == event]
                rows.append((treatment, event, kind, *_row(line, cohort.plan.confidence_level)))
    whole = dict.fromkeys(("events", "undated", "resolved", "open", *COLUMNS[-3:]), "int64")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(whole)


def _timed(cohort: Cohort, events: pd.DataFrame) -> pd.DataFrame:
    """Events with ``days`` (NaN: no onset) and ``over``; an open one lasted until the patient's last contact."""
    onset, gone = pd.to_datetime(events["onset"]), pd.to_datetime(events["gone"])
    cutoff = pd.Timestamp(cohort.plan.data.cutoff) if cohort.plan.data.cutoff is not None else pd.Timestamp.max
    over = gone.notna() & (gone <= cutoff)
    last = events["patient"].map(last_contacts(cohort))
    days = (gone.where(over, last) - onset).dt.days
    return events.assign(days=days.clip(lower=0), over=over)


def _row(line: pd.DataFrame, level: float) -> tuple:
    known = line[line["days"].notna()]
    days, over = known["days"].to_numpy(float), known["over"].to_numpy(bool)
    counts = (len(line), len(line) - len(known), int(over.sum()), int((~over).sum()))
    people = tuple(int(part["patient"].nunique()) for part in (line, known[over], known[~over]))
    if not over.any():
        return (*counts, *(math.nan,) * 4, *people)
    curve = kaplan_meier(np.asarray(days), np.asarray(over))
    return (*counts, *quantile(curve, 0.5, level=level), quantile(curve, 0.9, level=level)[0], *people)
