"""Texts to values, one distinct text at a time: what is read, what is a fault, what was repaired."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.mapping import Entry
from analytics.intake.sift_numbers import plain_numbers
from analytics.intake.sift_typing import read_texts
from schemas.standard import STANDARD


def read(
    column: str,
    *texts: str,
    decimal: str = ".",
    missing: tuple[str, ...] = (),
    kinds: str | None = None,
    **entry: object,
):
    reading = Entry.model_validate({"from": "X", **entry}) if entry else None
    told = np.array(list(kinds), dtype="U1") if kinds else None
    return read_texts(np.array(texts, dtype=object), told, column, reading, STANDARD, decimal=decimal, missing=missing)


def values(column: str, *texts: str, **how: object) -> list[object]:
    found = read(column, *texts, **how).values[:-1].tolist()  # type: ignore[arg-type]
    return [None if isinstance(v, float) and math.isnan(v) else v for v in found]


def rules(column: str, *texts: str, **how: object) -> list[str]:
    found = read(column, *texts, **how)  # type: ignore[arg-type]
    return [found.faults[i].rule if i in found.faults else "" for i in range(len(texts))]


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1e400",
        "1_000",
        "1,5",
        "1 000",
        "1,000.5",
        "٣",
        "３",
        "0x10",
        "--1",
        "1.",
        ".",
        "1.5.2",
        "<5",
        "5%",
        "5 mm",
        "½",
        "1e",
        "e5",
        "+-1",
        "1e5000",
        "one",
    ],
)
def test_what_is_no_plain_number(text: str) -> None:
    assert rules("texture_grade", text) == ["type"]
    assert values("texture_grade", text) == [None]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("5.5", 5.5),
        (".5", 0.5),
        ("-3", -3),
        ("+3", 3),
        (" 3 ", 3),
        ("\u00a03", 3),
        ("1e1", 10),
        ("007", 7),
        ("-0", 0),
    ],
)
def test_plain_numbers(text: str, value: float) -> None:
    assert values("texture_grade", text) == [value]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_reads_back(value: float) -> None:
    assert plain_numbers(np.array([repr(value)], dtype=object))[0] == value
    assert plain_numbers(np.array([repr(value).replace(".", ",")], dtype=object), ",")[0] == value


@given(st.lists(st.text(max_size=8), max_size=6))
def test_numbers_are_read_alike_alone_and_together(texts: list[str]) -> None:
    together = plain_numbers(np.array(texts, dtype=object)) if texts else np.zeros(0)
    alone = [plain_numbers(np.array([text], dtype=object))[0] for text in texts]
    np.testing.assert_array_equal(together, np.array(alone))


def test_with_a_decimal_comma_a_dot_is_a_fault() -> None:
    assert values("texture_grade", "1,5", "1.5", "1", decimal=",") == [1.5, None, 1]
    found = read("texture_grade", "1,5", "1.5", decimal=",")
    assert "this file's decimal sign is ','" in found.faults[1].must
    assert found.repairs["decimal_comma"].tolist() == [0]


def test_number_cells_have_no_decimal_sign_to_obey() -> None:
    assert values("texture_grade", "1.5", "1.5", "2026-01-01", "true", decimal=",", kinds="ntdb") == [
        1.5,
        None,
        None,
        None,
    ]


def test_missing_tokens_are_blank_not_faults() -> None:
    found = read("melanin_index", "", "  ", "N/A", "n/a ", "-", "999", "998", missing=("n/a", "-"))
    assert found.empty.tolist() == [True, True, True, True, True, False, False, True]
    assert not found.faults
    entry = Entry.model_validate({"from": "X", "missing": ["999"]})
    own = read_texts(np.array(["999", "998"], dtype=object), None, "melanin_index", entry, STANDARD)
    assert own.empty.tolist() == [True, False, True]


def test_units_are_turned_into_ours() -> None:
    assert values("roller_needle_mm", "500", "1500", unit="um") == [0.5, 1.5]
    assert values("mda_vacuum_kpa", "8", unit="inHg") == [pytest.approx(27.0911, abs=1e-4)]
    assert read("roller_needle_mm", "500", unit="um").repairs["unit"].tolist() == [0]
    assert "unit" not in read("roller_needle_mm", "0.5", unit="mm").repairs


def test_scales_are_rescaled_and_turned_round() -> None:
    assert values("satisfaction_vas", "0", "7", "10", "11", scale=[0, 10]) == [0, 70, 100, 110]
    assert values("gais", "1", "5", "2", reverse=True) == [5, 1, 4]
    assert values("gais", "0", "4", scale=[0, 4], reverse=True) == [5, 1]
    assert values("acne_iga", "1", "5", scale=[1, 5]) == [0, 4]
    assert values("satisfaction_vas", "0.7", scale=[0, 1]) == [70]  # no dust of binary fractions


@given(st.floats(0, 10), st.booleans())
def test_a_scale_turned_twice_is_itself(value: float, reverse: bool) -> None:
    once = values("satisfaction_vas", repr(value), scale=[0, 10], reverse=reverse)[0]
    back = values("satisfaction_vas", repr(once), reverse=reverse)[0]
    assert back == pytest.approx(value * 10, abs=1e-8)


def test_texts_that_mean_a_number() -> None:
    assert values("acne_iga", "clear", "2", "Almost", values={0: ["clear"], 1: ["almost*"]}) == [0, 2, 1]
    assert rules("acne_iga", "severe", values={0: ["clear"]}) == ["code"]
    assert values("fitzpatrick", "IV", "4", "type 2") == [4, 4, 2]  # spellings of ours


def test_dates_of_ours_and_of_the_file() -> None:
    found = read("session_date", "2026-03-01", "2026-03-01 14:30", "01.03.2026", "2026-02-30", "")
    assert found.values[:2].tolist()[1].isoformat() == "2026-03-01T14:30:00"
    assert found.timed is not None
    assert found.timed.tolist() == [False, True, False, False, False, False]
    assert {i: f.rule for i, f in found.faults.items()} == {2: "date", 3: "date"}
    assert rules("session_date", "01.03.2026", "2026-03-01", format="%d.%m.%Y") == ["", "date"]
    assert rules("session_date", "46082", "2026-03-01", kinds="nd", format="%d.%m.%Y") == ["date", ""]


def test_words_are_matched_by_mapping_then_by_our_spellings() -> None:
    assert values("treatment", "Chemical_Peel", "MN 1.5", "x", values={"dermal_roller": ["MN*"]}) == [
        "chemical_peel",
        "dermal_roller",
        None,
    ]
    assert rules("treatment", "x", "laser") == ["treatment", "treatment"]
    assert values("sex", "F", "weiblich", "m") == ["female", "female", "male"]
    assert rules("sex", "both") == ["code"]
    assert values("side", "L", "left", "BOTH") == ["left", "left", "both"]
    assert values("serious", "yes", "0", "true") == ["true", "false", "true"]


def test_two_wildcards_that_claim_a_text_are_named() -> None:
    found = read("treatment", "MN peel", values={"dermal_roller": ["MN*"], "chemical_peel": ["*peel"]})
    assert found.faults[0].rule == "treatment"
    assert "dermal_roller and chemical_peel" in found.faults[0].must


def test_open_lists_keep_a_clinic_s_own_words() -> None:
    assert values("concerns", "Acne; scars ;my own", "") == ["acne;acne_scars;my own", None]
    assert values("body_site", "left knee", "FACE") == ["left knee", "face"]
    assert rules("contraindications", "pregnancy;moon") == ["code"]


def test_free_text_with_texts_of_a_mapping_is_closed() -> None:
    assert values("clinic_id", "1", "north", "x", values={"north": ["1"]}) == ["north", "north", None]
    assert rules("clinic_id", "x", values={"north": ["1"]}) == ["code"]


def test_control_characters_are_a_fault() -> None:
    assert rules("product", "a\x07b", "a\nb", "ok", "é\u2028a") == ["type", "type", "", "type"]


def test_the_same_text_in_two_encodings_of_unicode_is_one() -> None:
    assert len(set(values("rater_id", "Zoë", "Zoe\u0308"))) == 1


def test_a_cell_without_a_value_is_a_fault_in_every_column() -> None:
    for column in ("texture_grade", "session_date", "treatment", "product"):
        assert rules(column, "#REF!", kinds="x") == ["type"]
