"""What was looked at in this kernel, remembered until it ends: comparisons, averages, and views of the explorer."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.domain.cohort import Cohort
from analytics.domain.finding import Findings
from analytics.domain.looks import Log, Look

SHORT_HASH = 12
EVERY_ARM, AVERAGES = "every treatment", "averages"
ASKED = ("primary", "secondary", "exploratory")
_LOOKED: dict[Look, None] = {}


def data_cut(cohort: Cohort) -> str:
    """The bytes read (shortened hash) and which courses of them count."""
    cut = cohort.plan.data
    parts = [cohort.sifted.fingerprint[:SHORT_HASH]]
    parts += [f"clinics {', '.join(cut.clinics)}"] if cut.clinics else []
    parts += [f"from {cut.start}"] if cut.start else []
    parts += [f"to {cut.end}"] if cut.end else []
    return " ".join([*parts, f"until {cut.cutoff}"] if cut.cutoff else parts)


def compared(cohort: Cohort, findings: Findings) -> None:
    """Remember every contrast of the findings."""
    data = data_cut(cohort)
    for row in findings.frame.to_dict("records"):
        if row["analysis"] in ASKED:
            where = row["outcome"], float(row["visit"]), row["population"]
            _LOOKED[Look(data, *where, row["contrast"], row["method"])] = None


def averaged(cohort: Cohort, outcomes: Iterable[str], populations: Iterable[str]) -> None:
    """Remember averages of outcomes by treatment and visit."""
    data, whom = data_cut(cohort), tuple(populations)
    for outcome in outcomes:
        for visit in cohort.plan.visits.weeks:
            for population in whom:
                _LOOKED[Look(data, outcome, float(visit), population, EVERY_ARM, AVERAGES)] = None


def log() -> Log:
    """Everything looked at so far, each once, in the order of its words: the same looks give the same log."""
    return Log(tuple(sorted(_LOOKED)))


def forget() -> None:
    """Nothing was looked at: for a test that counts."""
    _LOOKED.clear()
