"""How severe the reactions and events were, by treatment: counts of events, the severity not recorded among them."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.reactions import Reported
from analytics.descriptions.safety import ANY
from analytics.descriptions.within import UNKNOWN
from analytics.domain.cohort import Cohort

COLUMNS = ("treatment", "event", "class", "severity", "count", "total", "patients")
GRADES = (1.0, 2.0, 3.0)


def severity(cohort: Cohort, reported: Reported) -> pd.DataFrame:
    """One row per treatment x event x class x severity (1, 2, 3, unknown). COLUMNS.

    ``count``: events, several of one patient too; ``total``: events of the line. The event ``any``: the whole class.
    Events that follow no known session are not here. Empty without a list of adverse events.
    """
    if cohort.sifted.adverse_events is None:
        return pd.DataFrame(columns=list(COLUMNS)).astype({"count": "int64", "total": "int64"})
    events = reported.attributed
    rows: list[tuple] = []
    for treatment in [name for name in cohort.vocabulary.treatments if (events["treatment"] == name).any()]:
        for kind in ("expected", "adverse"):
            own = events[(events["treatment"] == treatment) & (events["class"] == kind)]
            for event in (ANY, *sorted(set(own["event"]))):
                part = own["severity"] if event == ANY else own.loc[own["event"] == event, "severity"]
                part = part.astype(float)
                counts = [(f"{grade:g}", int((part == grade).sum())) for grade in GRADES]
                counts.append((UNKNOWN, len(part) - sum(n for _, n in counts)))
                rows += [(treatment, event, kind, grade, n, len(part)) for grade, n in counts]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"count": "int64", "total": "int64"})
