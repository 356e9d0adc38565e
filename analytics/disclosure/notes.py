"""What may be said in words outside: notes that name what was done, without a count; facts without inputs and rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analytics.domain.plan import Plan

# A note leaves if it is one of these, and without its numbers of patients. Parameters are names of arms and columns.
PATIENTS = re.compile(r"^\d+ patients? (left out: .*)$")
KEPT = tuple(re.compile(f"{text}") for text in (
    r"^left out: no baseline$", r"^left out: a covariate is not recorded$", r"^\w+ covariance$",
    r"^covariance \w+ used instead of \w+$", r"^depends on the baseline model$", r"^fragile: [^\d]*$",
    r"^descriptive: [^\d]*$", r"^covariate \w+ is the same for everybody here$", r"^compared within patients[^\d]*$",
    r"^\w+ was always on the \w+ side: arm and side cannot be told apart$",
    r"^[^\d]*needs missing completely at random$", r"^the counts spread no wider than Poisson counts[^\d]*$",
    r"^[^\d]*\(Bonferroni\)$", r"^[^\d]*Bonferroni intervals?[^\d]*$",
))  # fmt: skip
# The facts that leave; ``run_id`` was made with audience "external" before the inputs were dropped.
FACTS = (
    "run_id", "mapping_sha256", "plan_sha256", "planned", "cutoff", "software", "audience", "previous_receipt_sha256",
    "style", "covariates", "mock", "plans_before", "cutoff_asked",
)  # fmt: skip
ROUNDED_TO = "rounded_to"  # the fact that says that a run was made coarse, and how coarse


def note(text: Any) -> str:
    """The parts of a finding's note that may leave."""
    parts = (PATIENTS.sub(r"\1", part) for part in str(text or "").split("; "))
    return "; ".join(dict.fromkeys(part for part in parts if any(kept.search(part) for kept in KEPT)))


def facts(known: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """The facts of an outside copy; the day up to which the data go is the plan's, and leaves with it."""
    kept = {name: known[name] for name in FACTS if name in known}
    return {**kept, "audience": "external", ROUNDED_TO: plan.minimum_cell}
