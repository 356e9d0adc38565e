"""The Cohort: the analysis table and the flow that explains who is in it; and the Sample a method is given."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.dataset import Sifted
from analytics.domain.plan import Plan
from schemas.vocabulary import Outcome, Vocabulary

FLOW_COLUMNS = ("step", "unit", "count", "reason", "arm")


@dataclass(frozen=True, eq=False, repr=False)
class Cohort:
    """Who is compared, on what.

    ``members``: one row per analysed unit (patient x side x body_site that has its own time zero):
      patient, patient_id, clinic_id, unit (str key, unique), side, body_site, arm, design (parallel | split_face),
      start (Timestamp; NaT in trial style), sessions (int, sessions of the arm in the first course), planned_sessions,
      switched, stopped (bool), events (";"-joined intercurrent events), the plan's covariates that survived
      (categories as str with ``unknown``; numbers as float, NaN = not recorded), peel_depth (class or ""),
      and the columns the consultation, safety and subgroup sections need when present.
    ``table``: long, one row per unit x visit x outcome that has an eligible reading:
      patient, unit, side, body_site, arm, design, visit (float, 0 = baseline), outcome, value, baseline, change,
      day (days from time zero, NaN in trial style), n_readings, derivation (observed | averaged | imputed),
      days_since_session, hours_since_session, responder (1.0 / 0.0 / NaN).
      ``baseline``/``change`` are NaN where there is none. Visit-0 rows are present for outcomes with a baseline.
    ``flow``: FLOW_COLUMNS; unit = rows | patients; from rows received to patients analysed, every exclusion a row with
      its reason; per-arm rows carry ``arm``.
    ``covariates``: kinds of those in force: name -> "number" | "category" (constant or absent ones dropped, noted).
    ``plan``: the plan, every blank filled from the data (arms, primary, cutoff, visits); ``planned``: False when the
      default plan was used. ``excluded``: patient, reason of every patient who is not in the primary analysis.
    """

    members: pd.DataFrame
    table: pd.DataFrame
    flow: pd.DataFrame
    covariates: Mapping[str, str]
    plan: Plan
    sifted: Sifted
    excluded: pd.DataFrame
    eligibility: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    planned: bool = True
    style: str = "dated"

    @property
    def vocabulary(self) -> Vocabulary:
        return self.sifted.vocabulary

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256((self.sifted.fingerprint + self.plan.sha256).encode()).hexdigest()

    def outcome(self, name: str) -> Outcome:
        return self.vocabulary.outcomes[name]

    @property
    def populations(self) -> tuple[str, ...]:
        """``all``, or one population per design when both designs are present and the plan does not pool them."""
        designs = sorted(set(self.members["design"]))
        if len(designs) < 2 or self.plan.pool_designs:
            return ("all",)
        return tuple(f"design={design}" for design in designs)

    def to_frame(self) -> pd.DataFrame:
        """A row per unit, visit and outcome (see ``table``), with ``patient_id``: the clinic's own ids."""
        from analytics.domain.frames import analysed

        return analysed(self)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from analytics.domain.display.cohort import cohort_page

        return cohort_page(self).text()

    def _repr_html_(self) -> str:
        from analytics.domain.display.cohort import cohort_page

        return cohort_page(self).html()


@dataclass(frozen=True)
class Estimand:
    """What one number estimates; reads as one protocol sentence (analytics.show.words.protocol_sentence).

    ``adjustment``: none | covariates | change_score | weights | doubly_robust.
    """

    outcome: str
    visit: float
    population: str
    arms: tuple[str, ...]
    method: str
    adjustment: str = "covariates"
    strategies: tuple[tuple[str, str], ...] = ()
    randomised: bool = False
    confidence_level: float = 0.95


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows one method analyses, plus all it may know about them. Made by analytics.intake.select.sample.

    ``rows``: one row per unit with a value at the visit and complete numeric covariates:
      patient (cluster), unit, arm, side ("" where none), value, baseline, change, and one column per covariate.
    ``arms``: order of the plan. ``covariates``: name -> number | category, none if adjustment is ``none``.
    ``baseline``: whether the outcome has a baseline and the adjustment uses it as a covariate.
    ``respond``: ``change`` or ``value``: what a linear method takes as response.
    ``paired``: the sample is split-face (different arms within patients): only within-patient contrasts are allowed.
    ``n``: patients per arm among ``rows``. ``notes``: rows dropped and why.
    """

    rows: pd.DataFrame
    outcome: Outcome
    arms: tuple[str, ...]
    covariates: Mapping[str, str] = field(default_factory=dict)
    baseline: bool = False
    respond: str = "value"
    paired: bool = False
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> dict[str, int]:
        counts = self.rows.groupby("arm", observed=True)["patient"].nunique()
        return {arm: int(counts.get(arm, 0)) for arm in self.arms}

    @property
    def clusters(self) -> np.ndarray:
        """Integer code of the patient of each row."""
        return pd.factorize(self.rows["patient"])[0]
