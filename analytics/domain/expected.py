"""What a verb takes, and which step is missing where it was given something else."""

from __future__ import annotations

from typing import Any

from analytics.domain.errors import UsageError

STEPS = {  # what a value is made by
    "Dataset": "oc.read(FILE)", "Sifted": "oc.validate(data)", "Plan": "oc.plan(sifted)",
    "Cohort": "oc.cohort(sifted)", "Findings": "oc.compare(cohort, outcome=...)", "Run": "oc.analyse(sifted)",
    "RepeatedFit": "oc.fit_mmrm(...)", "Power": "oc.power(cohort, outcome=...)", "Log": "oc.log()",
}  # fmt: skip


def expect(verb: str, value: Any, *kinds: type) -> None:
    """UsageError where ``value`` is none of ``kinds``, with the step that makes the first of them."""
    if isinstance(value, kinds):
        return
    named = " or ".join(f"a {kind.__name__}" for kind in kinds)
    found = "a text" if isinstance(value, str) else f"a {type(value).__name__}"
    first = kinds[0].__name__
    raise UsageError(f"{verb} takes {named}; {found} was given.", fix=f"make one with {STEPS.get(first, first)}")
