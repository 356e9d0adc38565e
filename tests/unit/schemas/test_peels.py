"""Peel depth classes of the two tables, cell by cell as printed in the domain reference, and where they disagree."""

from __future__ import annotations

import math

import pytest

from schemas.peels import DEPTHS, disagrees_with_record, peel_depth_class
from schemas.treatments import PEEL_AGENTS

VERY, SUPERFICIAL, MEDIUM, DEEP = DEPTHS


@pytest.mark.parametrize(
    ("agent", "percent", "layers", "minutes", "a", "b", "disagree"),
    [
        ("glycolic_acid", 20, None, None, VERY, "", False),
        ("glycolic_acid", 35, None, None, VERY, SUPERFICIAL, False),
        ("glycolic_acid", 50, None, None, SUPERFICIAL, SUPERFICIAL, False),
        ("glycolic_acid", 50, None, 1.5, VERY, SUPERFICIAL, False),
        ("glycolic_acid", 60, None, 3, SUPERFICIAL, "", False),
        ("glycolic_acid", 70, None, None, MEDIUM, MEDIUM, False),
        ("glycolic_acid", 70, None, 2, SUPERFICIAL, MEDIUM, True),
        ("glycolic_acid", 70, None, 5, MEDIUM, MEDIUM, False),
        ("glycolic_acid", 7, None, None, "", "", False),
        ("salicylic_acid", 20, None, None, VERY, "", False),
        ("salicylic_acid", 30, None, None, VERY, SUPERFICIAL, False),
        ("salicylic_acid", 35, 3, None, "", MEDIUM, False),
        ("salicylic_acid", 35, 1, None, "", "", False),
        ("lactic_acid", 15, None, None, "", SUPERFICIAL, False),
        ("lactic_acid", 40, None, None, VERY, "", False),
        ("mandelic_acid", 40, None, None, "", SUPERFICIAL, False),
        ("pyruvic_acid", 50, None, None, "", SUPERFICIAL, False),
        ("trichloroacetic_acid", 20, None, None, SUPERFICIAL, "", False),
        ("trichloroacetic_acid", 30, 1, None, SUPERFICIAL, MEDIUM, True),
        ("trichloroacetic_acid", 35, 1, None, MEDIUM, MEDIUM, False),
        ("trichloroacetic_acid", 45, 1, None, "", MEDIUM, False),
        ("trichloroacetic_acid", 35, 3, None, MEDIUM, "", False),
        ("jessner", None, 2, None, VERY, "", False),
        ("jessner", None, 7, None, SUPERFICIAL, "", False),
        ("jessner", None, None, None, "", "", False),
        ("phenol", 88, None, None, DEEP, DEEP, False),
        ("other", 30, None, None, "", "", False),
    ],
)  # fmt: skip
def test_both_tables(agent, percent, layers, minutes, a, b, disagree):
    found = peel_depth_class(agent, percent, None, layers, minutes)
    assert (found.a, found.b, found.disagree) == (a, b, disagree)
    assert found.depth == (a or b)
    assert bool(found.note) == (disagree or not a)


def test_the_same_percent_is_not_the_same_depth():
    depths = {
        agent: peel_depth_class(agent, 30).depth for agent in ("glycolic_acid", "trichloroacetic_acid", "pyruvic_acid")
    }
    assert len(set(depths.values())) == 3


@pytest.mark.parametrize("agent", [None, "", float("nan")])
def test_without_agent_there_is_no_class(agent):
    assert peel_depth_class(agent, 50).depth == ""


def test_blank_numbers_may_be_none_or_nan_and_ph_decides_nothing():
    nan = math.nan
    assert peel_depth_class("glycolic_acid", 50, nan, nan, nan) == peel_depth_class("glycolic_acid", 50)
    assert peel_depth_class("glycolic_acid", 50, 0.6) == peel_depth_class("glycolic_acid", 50, 3.0)


def test_every_agent_gets_an_answer():
    assert all(peel_depth_class(agent, 40, 2, 1, 3).depth in (*DEPTHS, "") for agent in PEEL_AGENTS)


def test_difference_from_the_record_is_a_question():
    assert disagrees_with_record(MEDIUM, SUPERFICIAL)
    assert not disagrees_with_record(MEDIUM, MEDIUM)
    assert not disagrees_with_record("", MEDIUM)
    assert not disagrees_with_record(MEDIUM, None)
    assert not disagrees_with_record(MEDIUM, math.nan)
