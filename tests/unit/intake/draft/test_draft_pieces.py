"""The pieces of a draft: words, texts, dates, places, units, the joint choice, and YAML that reads back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from analytics.domain.dataset import RawColumn
from analytics.domain.date_guess import guess_format
from analytics.domain.yaml_text import parse
from analytics.intake.draft.assign import best_pairs
from analytics.intake.draft.content import Facts, decimal_of
from analytics.intake.draft.names import Dictionary, name_of, words_of
from analytics.intake.draft.scalars import remark, scalar
from analytics.intake.draft.shape import place_of
from analytics.intake.draft.texts import meanings
from analytics.intake.draft.treatments import arm_of, listed
from analytics.intake.draft.units import conversion
from schemas.standard import STANDARD
from schemas.synonyms import NAMES

WORDS = Dictionary(NAMES)


def column(header: str, numbers: list[float]) -> Facts:
    """A column of numbers, one line each."""
    texts = tuple(dict.fromkeys(f"{n:g}" for n in numbers))
    codes = np.array([texts.index(f"{n:g}") for n in numbers], np.int32)
    return Facts(header, name_of(header), texts, codes, None, np.array([float(t) for t in texts]))


def best(header: str) -> str:
    words = name_of(header).words
    return max(NAMES, key=lambda target: WORDS.likeness(words, target))


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Patienten-Nr.", "patient_id"),
        ("Datum", "session_date"),
        ("Fecha", "session_date"),
        ("Rötung", "erythema_index"),
        ("Behandlung", "treatment"),
        ("Rugosità (µm)", "roughness_ra_um"),
        ("TEWL (g/m2/h)", "tewl_g_m2_h"),
        ("inflammatoryLesions", "inflammatory_lesions"),
        ("non-inflammatory lesions", "noninflammatory_lesions"),
        ("Nadellänge", "roller_needle_mm"),
        ("Edad", "age"),
        ("Âge", "age"),
        ("Sesso", "sex"),
        ("Hautfeuchte", "hydration_au"),
        ("DLQI_total", "dlqi"),
        ("Fototipo", "fitzpatrick"),
        ("Geburtsjahr", "birth_year"),
        ("PATIENT ID", "patient_id"),
        ("Satisfacción", "satisfaction_vas"),
        ("Élasticité", "elasticity_r2"),
        ("Zufriedenheit", "satisfaction_vas"),
    ],
)
def test_headers_in_five_languages_are_nearest_to_their_own_name(header: str, target: str) -> None:
    assert best(header) == target


@pytest.mark.parametrize("header", ["Remarks", "Paid", "Room", "Bemerkung", "Telefono", "zzz"])
def test_a_header_of_something_else_is_like_nothing(header: str) -> None:
    assert WORDS.likeness(words_of(header), best(header)) < 0.5


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["03/04/2024", "25/04/2024"], ("%d/%m/%Y",)),
        (["03/04/2024", "04/25/2024"], ("%m/%d/%Y",)),
        (["2024-04-03"], ("",)),
        (["3.4.2024", "12.4.2024"], ("%d.%m.%Y",)),
        (["03 Apr 2024"], ("%d %b %Y",)),
        (["03/04/24 14:30", "25/04/24 09:00"], ("%d/%m/%y %H:%M",)),
        (["2024/04/03"], ("%Y/%m/%d",)),
        (["abc"], ()),
        (["12", "13"], ()),
        ([], ()),
    ],
)
def test_a_day_beyond_twelve_settles_the_format(texts: list[str], formats: tuple[str, ...]) -> None:
    assert guess_format(texts).formats == formats


def test_two_possible_formats_are_both_told_with_the_days_they_mean() -> None:
    guess = guess_format(["03/04/2024", "05/05/2024", "11/12/2024"])
    assert set(guess.formats) == {"%d/%m/%Y", "%m/%d/%Y"}
    assert guess.examples[0] == "03/04/2024 is 3 April 2024 or 4 March 2024"
    assert not guess.settled


def test_a_few_impossible_dates_do_not_unsettle_a_format() -> None:
    texts = [f"{d:02}/03/2024" for d in range(1, 29)] + ["31/02/2024"]
    assert guess_format(texts).formats == ("%d/%m/%Y",)


@pytest.mark.parametrize(
    ("header", "stem", "told"),
    [
        ("Spots W0", "spots", {"visit": 0}),
        ("Spots Week 12", "spots", {"visit": 12}),
        ("IGA Baseline", "iga", {"visit": 0}),
        ("TEWL links", "tewl", {"side": "left"}),
        ("Rötung Woche 4 re", "rötung", {"visit": 4, "side": "right"}),
        ("res3", "res", {"visit": 3}),
        ("abscesses.w16", "abscesses", {"visit": 16}),
        ("Score M3", "score", {"visit": 12}),
        ("DLQI Tag 28", "dlqi", {"study_day": 28}),
        ("V2 Poren", "poren", {"visit": 2}),
        ("Lesiones S12", "lesiones", {"visit": 12}),
    ],
)
def test_a_header_tells_visit_and_side(header: str, stem: str, told: dict) -> None:
    place = place_of(header)
    assert place is not None
    assert (place.stem, dict(place.told)) == (stem, told)


@pytest.mark.parametrize("header", ["Datum", "Left on", "TEWL", "Week", "L", "Fitzpatrick"])
def test_other_headers_tell_no_place_of_a_measure(header: str) -> None:
    place = place_of(header)
    assert place is None or not place.stem or header == "Left on"


@pytest.mark.parametrize(
    ("text", "arm"),
    [
        ("MN 1.5", "dermal_roller"),
        ("GA35/2min/x3", "chemical_peel"),
        ("Peeling chimico", "chemical_peel"),
        ("Mikrodermabrasion", "microdermabrasion"),
        ("dermapen 1 mm", "dermal_roller"),
        ("Microagujas", "dermal_roller"),
        ("IPL", ""),
        ("RF microneedling", ""),
        ("laser peel", ""),
        ("MDA + peel", ""),
        ("placebo", ""),
        ("", ""),
        ("123", ""),
    ],
)
def test_treatment_texts(text: str, arm: str) -> None:
    assert arm_of(text) == arm


def test_many_texts_of_one_beginning_become_a_wildcard_unless_another_arm_has_it_too() -> None:
    texts = [(f"GA{n}/3min", 2) for n in range(20, 30)]
    assert listed(texts, []) == [("GA*", 20, 10)]
    assert len(listed(texts, ["Gala facial"])) == 10


@pytest.mark.parametrize(
    ("name", "texts", "expected"),
    [
        (
            "skin_type",
            ["C", "O", "D", "N", "S"],
            {"C": "combination", "O": "oily", "D": "dry", "N": "normal", "S": "sensitive"},
        ),
        ("side", ["LH", "RH"], {"LH": "left", "RH": "right"}),
        ("sex", ["Fr.", "Hr."], {"Fr.": "female", "Hr.": "male"}),
        ("instructions_followed", ["met", "not met"], {"met": "yes", "not met": "no"}),
        ("side", ["port", "starboard"], {}),
        ("side", ["camera left"], {}),
        ("skin_type", ["trocken", "Mischhaut"], {"trocken": "dry", "Mischhaut": "combination"}),
    ],
)
def test_texts_of_coded_columns(name: str, texts: list[str], expected: dict[str, str]) -> None:
    found = meanings(texts, name, STANDARD)
    assert {text: code for text, (code, _) in found.found.items()} == expected
    assert set(found.left) == set(texts) - set(expected)


def test_units_come_from_the_header_or_from_the_range_with_the_reason() -> None:
    told = conversion(column("Needle (µm)", [500, 1000, 1500]), "roller_needle_mm", STANDARD)
    assert told is not None
    assert told.keys == {"unit": "µm"}
    assert told.told
    seen = conversion(column("Needle", [500, 1000, 1500] * 5), "roller_needle_mm", STANDARD)
    assert seen is not None
    assert seen.keys == {"unit": "µm"}
    assert "500" in seen.reason
    assert conversion(column("Needle", [0.5, 1, 1.5]), "roller_needle_mm", STANDARD).keys == {}  # type: ignore[union-attr]
    ten = conversion(column("Happy", [float(n) for n in range(11)]), "satisfaction_vas", STANDARD)
    assert ten is not None
    assert ten.keys == {"scale": [0.0, 10.0]}
    share = conversion(column("Absorbed", [i / 40 for i in range(1, 35)]), "absorbed_percent", STANDARD)
    assert share is not None
    assert share.keys == {"unit": "fraction"}
    assert conversion(column("TEWL", [-5, -10]), "tewl_g_m2_h", STANDARD) is None


@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_the_joint_choice_is_the_best_one(rows: int, columns: int, seed: int) -> None:
    scores = np.random.default_rng(seed).random((rows, columns))
    scores[scores < 0.2] = -np.inf
    pairs = best_pairs(scores, 0.4)
    gain = np.where(scores >= 0.4, scores - 0.4, 0.0)
    r, c = linear_sum_assignment(-gain)
    assert sum(scores[p] - 0.4 for p in pairs) == pytest.approx(gain[r, c].sum())
    assert len({r for r, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)


@given(st.text(min_size=0, max_size=30).filter(lambda t: t == t.strip()))
@settings(max_examples=300, deadline=None)
def test_a_text_reads_back_from_the_yaml_it_is_written_in(text: str) -> None:
    value, _ = parse(f"key: {scalar(text)}\n", what="x")
    assert value == {"key": text}
    assert "\n" not in remark(text)


def test_the_decimal_sign_is_the_one_the_numbers_need() -> None:
    from analytics.domain.found import FoundTable

    def table(*texts: str) -> FoundTable:
        codes = np.arange(len(texts), dtype=np.int32)
        return FoundTable("x.csv", "", 1, {"a": RawColumn("a", np.array(texts, object), codes)}, codes)

    assert decimal_of(table("1,5", "2", "3,25")) == ","
    assert decimal_of(table("1.5", "2")) == "."
    assert decimal_of(table("1", "2")) == "."
    assert decimal_of(table("a, b", "c, d")) == "."
