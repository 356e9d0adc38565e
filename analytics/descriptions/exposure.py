"""Events over the time under treatment: rates per 100 patient-weeks with exact Poisson limits (Garwood 1936).

Time under a treatment runs from each of its sessions to the patient's next session, or to the last day on which
anything was written down about the patient, that day included: who never came back adds a day, not unwatched time.
"""

from __future__ import annotations

import math

import pandas as pd

from analytics.descriptions.reactions import Reported
from analytics.descriptions.safety import ANY, GROUPS
from analytics.domain.cohort import Cohort
from analytics.inference.rates import poisson_rate

COLUMNS = (
    "treatment", "group", "event", "class", "patients", "weeks", "events", "rate", "conf_low", "conf_high",
)  # fmt: skip
PER = 100.0  # patient-weeks


def exposure(cohort: Cohort, reported: Reported) -> pd.DataFrame:
    """One row per treatment x skin type group x event x class, as in the safety table. COLUMNS.

    ``weeks``: patient-weeks under the treatment; ``events``: all that followed its sessions, several of one patient
    too; ``rate`` and limits per 100 patient-weeks. Empty without a list of adverse events or without dates.
    """
    if cohort.sifted.adverse_events is None or cohort.style != "dated":
        return pd.DataFrame(columns=list(COLUMNS))
    days, events = reported.days, reported.attributed
    timed = days.assign(weeks=under_treatment(cohort, days) / 7.0)
    lines = [(ANY, ANY), (ANY, "expected"), (ANY, "adverse")]
    lines += [(e, k) for k in ("expected", "adverse") for e in sorted(set(events.loc[events["class"] == k, "event"]))]
    rows: list[tuple] = []
    for treatment in [name for name in cohort.vocabulary.treatments if (days["treatment"] == name).any()]:
        own, had = timed[timed["treatment"] == treatment], events[events["treatment"] == treatment]
        for group, types in GROUPS:
            base = own if group == "all" else own[own["fitzpatrick"].isin(types)]
            part = had if group == "all" else had[had["fitzpatrick"].isin(types)]
            if group == "all" or len(base):
                rows += [(treatment, group, *_row(base, part, line, cohort)) for line in lines]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"patients": "int64", "events": "int64"})


def _row(base: pd.DataFrame, events: pd.DataFrame, line: tuple[str, str], cohort: Cohort) -> tuple:
    event, kind = line
    chosen = pd.Series(True, index=events.index)
    if kind != ANY:
        chosen &= events["class"] == kind
    if event != ANY:
        chosen &= events["event"] == event
    weeks, count = float(base["weeks"].sum()), int(chosen.sum())
    rate = poisson_rate(count, weeks / PER, level=cohort.plan.confidence_level) if weeks else (math.nan,) * 3
    return event, kind, base["patient"].nunique(), weeks, count, *rate


def under_treatment(cohort: Cohort, days: pd.DataFrame) -> pd.Series:
    """Days from each session of ``days`` to the patient's next one; after the last, to the last contact, that included.

    Two treatments on one day (two sides) both get the time.
    """
    following = days[["patient", "day"]].drop_duplicates().sort_values(["patient", "day"])
    following["next"] = following.groupby("patient")["day"].shift(-1)
    merged = days.merge(following, on=["patient", "day"], how="left")
    last = merged["patient"].map(last_contacts(cohort))
    until = merged["next"].fillna(last + pd.Timedelta(days=1))
    return pd.Series((until - merged["day"]).dt.days.clip(lower=1).to_numpy(), index=days.index)


def last_contacts(cohort: Cohort) -> pd.Series:
    """The last day, up to the cut-off, on which anything was written down: a session, a reading, an event."""
    sifted = cohort.sifted
    found = [sifted.sessions[["patient", "session_date"]].set_axis(["patient", "day"], axis=1)]
    if sifted.adverse_events is not None:
        events = sifted.adverse_events
        names = [name for name in ("session_date", "onset_date", "resolved_date") if name in events]
        found += [events[["patient", name]].set_axis(["patient", "day"], axis=1) for name in names]
    seen = pd.concat(found, ignore_index=True).dropna()
    seen = seen.assign(patient=seen["patient"].astype(str), day=pd.to_datetime(seen["day"]).dt.normalize())
    if cohort.plan.data.cutoff is not None:
        seen = seen[seen["day"] <= pd.Timestamp(cohort.plan.data.cutoff)]
    return seen.groupby("patient")["day"].max()
