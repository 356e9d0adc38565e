"""The eligibility policy, cell by cell as in the domain reference: conditions by treatment, depth, agent and days."""

from __future__ import annotations

import re

import pytest

from schemas.codes import CONDITION
from schemas.eligibility import LEVELS, MDA, PEEL, POLICY, POLICY_VERSION, ROLLER, Facts, judge, level, stop_days_needed
from schemas.literature import CITED, CONVENTION, GENERAL
from schemas.standard import STANDARD

BY_ID = {condition.id: condition for condition in POLICY}


def levels_of(id: str, **facts) -> tuple[str, str, str]:
    """Levels of one condition for the three treatments."""
    given = {"conditions": frozenset({id}), **facts}
    return tuple(dict(judge(Facts(treatment, **given))).get(id, "") for treatment in (MDA, PEEL, ROLLER))


@pytest.mark.parametrize(
    ("id", "facts", "expected"),
    [
        ("active_infection", {}, ("block", "block", "block")),
        ("isotretinoin_6m", {}, ("warn", "warn", "warn")),
        ("isotretinoin_6m", {"peel_depth": "superficial"}, ("warn", "warn", "warn")),
        ("isotretinoin_6m", {"peel_depth": "medium"}, ("warn", "block", "warn")),
        ("isotretinoin_6m", {"peel_depth": "deep"}, ("warn", "block", "warn")),
        ("keloid_history", {}, ("warn", "warn", "block")),
        ("keloid_history", {"peel_depth": "medium"}, ("warn", "block", "block")),
        ("pregnancy", {}, ("note", "warn", "warn")),
        ("pregnancy", {"peel_agent": "glycolic_acid"}, ("note", "warn", "warn")),
        ("pregnancy", {"peel_agent": "salicylic_acid"}, ("note", "block", "warn")),
        ("breastfeeding", {"peel_agent": "trichloroacetic_acid"}, ("note", "block", "warn")),
        ("fitzpatrick_4_6", {"fitzpatrick": 5}, ("note", "warn", "note")),
        ("fitzpatrick_4_6", {"fitzpatrick": 3}, ("", "", "")),
        ("fitzpatrick_4_6", {"fitzpatrick": float("nan")}, ("", "", "")),
        ("sun_exposure_14d", {"sun": "yes"}, ("warn", "warn", "warn")),
        ("sun_exposure_14d", {"sun": "sunburn"}, ("warn", "block", "warn")),
        ("sun_exposure_14d", {"sun": "unknown"}, ("", "", "")),
        ("sun_exposure_14d", {"sun": ""}, ("", "", "")),
        ("product_stop_days", {"product_stop_days": 1}, ("warn", "warn", "warn")),
        ("product_stop_days", {"product_stop_days": 2}, ("warn", "warn", "")),
        ("product_stop_days", {"product_stop_days": 3}, ("", "", "")),
        ("product_stop_days", {"product_stop_days": 3, "fitzpatrick": 6}, ("", "warn", "")),
        ("product_stop_days", {"product_stop_days": 7, "fitzpatrick": 6}, ("", "", "")),
        ("product_stop_days", {}, ("", "", "")),
        ("retinoid", {}, ("warn", "warn", "warn")),
        ("retinoid", {"product_stop_days": 30}, ("", "", "")),
        ("hair_removal", {}, ("warn", "warn", "warn")),
        ("herpes_history", {}, ("note", "note", "warn")),
        ("herpes_history", {"peel_depth": "medium"}, ("note", "warn", "warn")),
        ("anticoagulant", {}, ("note", "note", "warn")),
        ("active_inflamed_acne", {}, ("warn", "", "warn")),
        ("recent_peel", {}, ("warn", "warn", "warn")),
        ("recent_filler", {}, ("warn", "warn", "warn")),
    ],
)
def test_policy_cell(id, facts, expected):
    if id in ("fitzpatrick_4_6", "sun_exposure_14d", "product_stop_days"):  # derived: no code of the consultation
        facts = {**facts, "conditions": frozenset()}
    assert levels_of(id, **facts) == expected


def test_nothing_known_nothing_said():
    assert all(judge(Facts(treatment)) == () for treatment in STANDARD.treatments)
    assert judge(Facts(PEEL, frozenset({"none"}))) == ()


def test_an_arm_the_policy_does_not_know_is_not_judged():
    everything = frozenset(CONDITION.codes)
    assert judge(Facts("laser", everything, fitzpatrick=6, sun="sunburn", product_stop_days=0)) == ()


def test_judgement_keeps_the_order_of_the_policy():
    found = [name for name, _ in judge(Facts(ROLLER, frozenset({"recent_peel", "pregnancy", "active_infection"})))]
    assert found == ["active_infection", "pregnancy", "recent_peel"]


def test_stop_days():
    assert [stop_days_needed(Facts(t)) for t in (MDA, PEEL, ROLLER, "laser")] == [3, 3, 2, 0]
    assert stop_days_needed(Facts(PEEL, concerns=frozenset({"acne"}))) == 7
    assert stop_days_needed(Facts(ROLLER, concerns=frozenset({"acne"}))) == 2


def test_every_condition_is_labelled_and_sourced():
    assert re.fullmatch(r"eligibility \d{4}-\d\d-\d\d", POLICY_VERSION)
    known = (*CITED.values(), CONVENTION, GENERAL)
    for condition in POLICY:
        assert all((condition.label, condition.basis)), condition.id
        assert any(text in condition.source for text in known), condition.id
        for levels in condition.levels.values():
            assert set(levels.values()) <= {*LEVELS, ""}


def test_every_code_of_the_consultation_is_a_condition_or_explained():
    derived = {"fitzpatrick_4_6", "sun_exposure_14d", "product_stop_days"}
    assert set(CONDITION.codes) - set(BY_ID) == {"none", "pigment_history"}, "these two have no line of their own"
    assert set(BY_ID) - set(CONDITION.codes) == derived


def test_level_of_one_condition():
    facts = Facts(PEEL, frozenset({"pregnancy"}), peel_agent="retinoic_acid")
    assert level(BY_ID["pregnancy"], facts) == "block"
    assert level(BY_ID["keloid_history"], facts) == ""
