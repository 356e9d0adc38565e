"""Which method an outcome takes, and what a plan is told when it asks for one that does not fit."""

from __future__ import annotations

import subprocess
import sys

import pytest

from analytics.domain.errors import PlanRefused
from analytics.domain.plan import OutcomePlan
from analytics.methods import METHODS, method, method_for
from schemas.vocabulary import Outcome


def outcome(kind: str, **changes) -> Outcome:
    return Outcome("measured", "Measured", "texture", kind, "", "lower", None, None, **changes)


@pytest.mark.parametrize(
    ("kind", "parallel", "paired"),
    [
        ("continuous", "ancova", "paired_difference"),
        ("positive", "ancova", "paired_difference"),
        ("count", "negative_binomial", "negative_binomial"),
        ("percent", "fractional_logit", "fractional_logit"),
        ("ordinal", "cumulative_logit", "cumulative_logit"),
        ("binary", "standardised_risk", "standardised_risk"),
    ],
)
def test_by_kind_and_design(kind, parallel, paired):
    assert method_for(outcome(kind)) == parallel
    assert method_for(outcome(kind), OutcomePlan(outcome="measured"), paired=True) == paired


def test_the_plan_overrides_the_entry_and_the_entry_overrides_the_kind():
    entry = outcome("ordinal", method="ancova")
    assert method_for(entry) == "ancova"
    assert method_for(entry, OutcomePlan(outcome="measured", method="cumulative_logit")) == "cumulative_logit"


def test_a_linear_method_follows_the_design():
    asked = OutcomePlan(outcome="measured", method="paired_difference")
    assert method_for(outcome("continuous"), asked) == "ancova"
    assert method_for(outcome("count"), OutcomePlan(outcome="m", method="ancova"), paired=True) == "paired_difference"


def test_a_method_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(PlanRefused, match="measured: there is no method 'ancovar'") as refused:
        method_for(outcome("continuous"), OutcomePlan(outcome="measured", method="ancovar"))
    assert "ancova" in str(refused.value)
    with pytest.raises(PlanRefused, match="no method"):
        method("mmrmm")


def test_a_method_that_cannot_analyse_the_kind_is_refused():
    with pytest.raises(PlanRefused, match="this one is continuous") as refused:
        method_for(outcome("continuous"), OutcomePlan(outcome="measured", method="negative_binomial"))
    assert "ancova" in str(refused.value)


def test_the_door_opens_without_loading_a_statistics_library():
    code = "import sys, analytics.methods; print([m for m in ('statsmodels', 'scipy') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
    assert all(method(name) is METHODS[name] for name in METHODS)
