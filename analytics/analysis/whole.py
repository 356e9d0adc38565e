"""The whole analysis of a cohort: every question answered, every table a report may draw on, six digits each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import pandas as pd
from threadpoolctl import threadpool_limits

from analytics.analysis.answers import Answer, answer
from analytics.analysis.costs import costs
from analytics.analysis.effects import effects, power
from analytics.analysis.questions import questions
from analytics.analysis.rows import arm_means_frame, findings_frame
from analytics.apart import apart
from analytics.descriptions import (
    advice,
    aside,
    baseline,
    benchmark,
    care_outcomes,
    clinics,
    consultation,
    depth,
    digits,
    exposure,
    instructions,
    missing,
    outcomes,
    quality,
    raters,
    reactions,
    resolution,
    responders,
    safety,
    serious,
    severity,
)  # fmt: skip
from analytics.domain.cohort import Cohort
from analytics.domain.run import tidy
from analytics.intake import flow

WORTH_A_PROCESS = 250  # patients: to describe them takes as long as a process needs to start
Progress = Callable[[str, int, int], None] | None


def analyse_cohort(cohort: Cohort, *, progress: Progress = None) -> dict[str, pd.DataFrame]:
    """name -> frame of every table of a Run, computed with one BLAS thread so that bits do not move."""
    many = len(cohort.members) >= WORTH_A_PROCESS
    describing = apart(described, cohort) if many else nullcontext(partial(described, cohort))
    with threadpool_limits(1), describing as other:
        found = _answers(cohort, progress)
        tables = {
            "findings": findings_frame(found),
            "arm_means": arm_means_frame(found),
            "effects": effects(cohort, found),
            "power": power(cohort, found),
            **other(),
        }
    return {name: tidy(frame) for name, frame in tables.items()}


def _answers(cohort: Cohort, progress: Progress) -> list[Answer]:
    asked = list(questions(cohort))
    found = []
    for number, one in enumerate(asked):
        if progress is not None:
            progress("comparing treatments", number, len(asked))
        found.append(answer(cohort, one))
    return found


def glimpsed(cohort: Cohort) -> dict[str, pd.DataFrame]:
    """The few of these tables that a first look at a cohort needs: made in a fifth of the time."""
    return {
        "flow": cohort.flow,
        "arms": flow.arms(cohort),
        "visits": flow.visits(cohort),
        "descriptions": outcomes.describe(cohort),
        "baseline": baseline.baseline(cohort),
    }


def described(cohort: Cohort) -> dict[str, pd.DataFrame]:
    """The tables without a model: who is in the data, what was seen, what was set aside, safety and consultation."""
    reported = reactions.reported(cohort)
    return {
        **glimpsed(cohort),
        "responders": responders.responders(cohort),
        "depth": depth.depth(cohort),
        "clinics": clinics.clinics(cohort),
        "safety": safety.safety(cohort),
        "consultation": consultation.consultation(cohort),
        "eligibility_counts": quality.eligibility_counts(cohort.eligibility),
        "quality": quality.quality(cohort.sifted),
        "repairs": quality.repairs(cohort.sifted),
        "files": quality.files(cohort.sifted),
        "costs": costs(cohort.sifted),
        "aside": aside.aside(cohort.sifted),
        "faults": aside.faults(cohort.sifted),
        "missing": missing.missing(cohort),
        "raters": raters.raters(cohort),
        "digits": digits.digits(cohort),
        "serious": serious.serious(cohort, reported),
        "exposure": exposure.exposure(cohort, reported),
        "severity": severity.severity(cohort, reported),
        "resolution": resolution.resolution(cohort, reported),
        **dict(zip(("instructions", "instructions_difference"), instructions.instructions(cohort, reported))),
        **dict(zip(("benchmark", "benchmark_overall"), benchmark.benchmark(cohort))),
        "mix": advice.mix(cohort),
        "agreement": advice.agreement(cohort),
        **dict(zip(("care_outcomes", "care_difference"), care_outcomes.care_outcomes(cohort))),
    }
