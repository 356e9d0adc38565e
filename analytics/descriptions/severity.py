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

    ``count``: events, several of one patient too; ``total``: events of the line; ``patients``: those with an event of
    that severity. The event ``any``: the whole class. Events that follow no known session are not here. Empty without a
    list of adverse events.
    """
    whole = dict.fromkeys(("count", "total", "patients"), "int64")
    if cohort.sifted.adverse_events is None:
        return pd.DataFrame(columns=list(COLUMNS)).astype(whole)
    events = reported.attributed
    rows: list[tuple] = []
    for treatment in [name for name in cohort.vocabulary.treatments if (events["treatment"] == name).any()]:
        for kind in ("expected", "adverse"):
            own = events[(events["treatment"] == treatment) & (events["class"] == kind)]
            for event in (ANY, *sorted(set(own["event"]))):
                part = own if event == ANY else own[own["event"] == event]
                rows += [(treatment, event, kind, *row) for row in _graded(part)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(whole)


def _graded(part: pd.DataFrame) -> list[tuple[str, int, int, int]]:
    """severity, count, total, patients of every grade, and of those not recorded."""
    level = part["severity"].astype(float)
    grade = level.map({value: f"{value:g}" for value in GRADES}).astype(object).fillna(UNKNOWN)
    groups = part["patient"].groupby(grade.to_numpy()).agg(["size", "nunique"])
    counted = groups.reindex([*(f"{value:g}" for value in GRADES), UNKNOWN], fill_value=0)
    return [(str(name), int(n), len(part), int(people)) for name, n, people in counted.itertuples()]
