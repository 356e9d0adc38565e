"""A plan as a YAML file: loading with one clear message, and writing with a comment at every entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analytics.domain.documents import read_document
from analytics.domain.plan import OutcomePlan, Plan, Written

#: (key, inner keys or None, comment above it)
LAYOUT: tuple[tuple[str, str], ...] = (
    ("title", "The title of the report."),
    ("arms", "The treatments compared, in this order (empty: those present in the data)."),
    ("reference", "null: every pair of arms; or one arm, against which all others are compared."),
    (
        "primary",
        "Primary outcomes: an id, or {outcome: id, method: ..., meaningful_difference: {measure: size}, margin: ...}.",
    ),
    ("secondary", "Secondary outcomes, written likewise."),
    ("randomised", "true only if the treatment was drawn by lot: then, and only then, the report speaks of effects."),
    ("pool_designs", "true: patients with two treatments on two sides are analysed together with the others."),
    ("visits", "Nominal weeks after the first treatment, days around them, and the primary week (null: the last)."),
    ("course", "A longer gap ends a course; a baseline is at most so many days old."),
    (
        "data",
        "Courses by START date (both days included), clinics (null: all); cutoff stands for today (null: last date).",
    ),
    ("covariates", "Allowed for in every adjusted comparison, as last known before the first treatment."),
    ("intercurrent", "What counts after an event: treatment_policy, hypothetical, while_on_treatment or composite."),
    ("primary_estimator", "adjusted (outcome model with the covariates) or unadjusted."),
    ("multiplicity", "How the pairs of one outcome share the error rate."),
    ("across", "none, or bonferroni over the primary outcomes."),
    ("subgroups", "Columns whose groups are looked at, exploratory."),
    ("confidence_level", "Of every interval."),
    ("minimum_cell", "Smaller groups are marked, and hidden in copies that leave the clinic."),
    ("seed", "Of everything random."),
)


def load_plan(path: str | Path) -> Plan:
    """The plan in a YAML file. Raises PlanRefused with line, place and nearest key."""
    plan, lines, name = read_document(path, Plan, what="the plan")
    plan._written = Written(name, lines)
    return plan


def dump_plan(plan: Plan) -> str:
    """``plan`` as commented YAML; ``load_plan`` gives the same plan back."""
    value = plan.model_dump(mode="json", by_alias=True)
    value["primary"] = [_outcome(item) for item in plan.primary]
    value["secondary"] = [_outcome(item) for item in plan.secondary]
    lines = ["# What will be compared. Write it before the results are looked at."]
    for key, comment in LAYOUT:
        lines += ["", f"# {comment}", f"{key}: {_flow(value[key])}"]
    return "\n".join(lines) + "\n"


def _outcome(item: OutcomePlan) -> Any:
    told = item.model_dump(mode="json", exclude_none=True)
    return item.outcome if set(told) == {"outcome"} else told


def _flow(value: Any) -> str:
    """A value in one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return f"{value:.12g}"
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    """Plain where it reads back as the same text, else in double quotes."""
    import json
    import re

    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_ .-]*[A-Za-z0-9_]|[A-Za-z_]|[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    return text if plain and text not in ("true", "false", "null") else json.dumps(text, ensure_ascii=False)
