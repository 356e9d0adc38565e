"""Spellings lead to codes, unit names to factors, and a unit slip is recognised without being guessed."""

from __future__ import annotations

import pytest

from schemas.spelling import fold, permitted, spellings
from schemas.standard import STANDARD
from schemas.units import FACTORS, candidates, factor, telling, units_for
from schemas.vocabulary import Treatment


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("sex", "W", "female"), ("sex", " F ", "female"), ("sex", "Männlich", "male"), ("side", "L", "left"),
        ("side", "RIGHT", "right"), ("instructions_given", "Y", "yes"), ("instructions_followed", "nein", "no"),
        ("serious", "TRUE", "true"), ("serious", "0", "false"), ("severity", "Moderate", "2"),
        ("fitzpatrick", "IV", "4"),
        ("event", "Redness", "erythema"), ("event", "PIH", "hyperpigmentation"),
        ("contraindications", "Keloid", "keloid_history"),
        ("peel_agent", "GA", "glycolic_acid"), ("peel_agent", "tca", "trichloroacetic_acid"),
        ("timing", "before", "pre"),
        ("treatment", "Chemical_Peel", "chemical_peel"), ("recommended_treatment", "none", "none"),
        ("sun_exposure_14d", "Sunburnt", "sunburn"), ("outcome", "DLQI", "dlqi"),
    ],
)  # fmt: skip
def test_spelling_leads_to_code(column, text, code):
    assert spellings(STANDARD, column)[fold(text)] == code


@pytest.mark.parametrize("column", ["product", "provider_id", "nothing_of_this_name", "texture_grade"])
def test_columns_without_codes_have_no_spellings(column):
    assert permitted(STANDARD, column) is None
    assert spellings(STANDARD, column) == {}


def test_open_lists_permit_any_text_but_know_spellings():
    assert permitted(STANDARD, "event") is None
    assert permitted(STANDARD, "concerns") is None
    assert spellings(STANDARD, "concerns")["breakouts"] == "acne"


def test_arms_of_a_mapping_are_permitted_treatments():
    more = STANDARD.with_treatment(Treatment("laser", "Laser", "Laser", ""))
    assert "laser" in permitted(more, "treatment")
    assert "laser" in permitted(more, "recommended_treatment")
    assert "laser" not in permitted(STANDARD, "treatment")


@pytest.mark.parametrize(
    ("unit", "ours", "expected"),
    [
        ("um", "mm", 0.001), ("μm", "mm", 0.001), ("MM", "mm", 1.0), ("inHg", "kPa", 3.386389), ("bar", "kPa", 100),
        ("mmhg", "kPa", 0.1333224), ("hPa", "kPa", 0.1), ("um", "µm", 1.0), ("ug/cm2/h", "µg/cm²/h", 1.0),
        ("s", "min", 1 / 60),
        ("fraction", "% of dose", 100), ("percent", "%", 1.0), ("%", "ratio", 0.01), ("months", "years", 1 / 12),
    ],
)  # fmt: skip
def test_factor(unit, ours, expected):
    assert factor(unit, ours) == pytest.approx(expected)


@pytest.mark.parametrize(("unit", "ours"), [("kg", "mm"), ("mmHg", "mm"), ("", "mm"), ("mm", "points")])
def test_unknown_units_have_no_factor(unit, ours):
    assert factor(unit, ours) is None


def test_vacuum_as_printed_by_vendors_is_recognised():
    # domain reference: 8 to 12 inHg is 27 to 41 kPa
    assert 8 * factor("inHg", "kPa") == pytest.approx(27, abs=0.5)
    assert 12 * factor("inHg", "kPa") == pytest.approx(41, abs=0.5)
    assert candidates(500, "mm", 0.1, 3.0) == ("µm",)
    assert "inHg" in candidates(8, "kPa", 13, 60)
    assert candidates(0.35, "%", 1, 100) == ("fraction",)
    assert candidates(12, "points", 0, 9) == ()


def test_only_units_that_can_explain_a_figure_are_named():
    for ours in FACTORS:
        assert telling(ours, 0, None) == {}, "nothing below 0 grows into the range, nothing is too large"
    assert set(telling("mm", 0.1, 3.0)) == {"µm", "cm", "inch"}
    assert set(telling("min", 0, 720)) == {"s"}
    assert units_for("mm")[0] == "mm"
