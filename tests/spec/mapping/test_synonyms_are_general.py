"""The dictionary for drafting holds everyday names only: none of the simulated clinics' own, and only names of ours."""

from __future__ import annotations

from analytics.sources.simulate.clinics import DIALECTS
from schemas.spelling import fold
from schemas.standard import STANDARD
from schemas.synonyms import NAMES, TABLES
from schemas.synonyms_texts import TEXTS, TREATMENTS
from schemas.usual import USUAL


def test_no_name_of_a_simulated_clinic_is_a_synonym() -> None:
    phrases = {fold(phrase) for of in (*NAMES.values(), *TABLES.values()) for phrase in of}
    headers = {field.header for d in DIALECTS for layout in d.layouts.values() for field in layout.fields.values()}
    headers |= {field.header for d in DIALECTS for field in d.outcomes.values()}
    headers |= {
        place for d in DIALECTS for layout in d.layouts.values() for place in (layout.place, layout.title) if place
    }
    assert len(headers) > 100
    assert not {header for header in headers if fold(header) in phrases}


def test_no_text_of_a_simulated_clinic_is_a_synonym_unless_the_field_writes_it_so() -> None:
    phrases = {fold(p) for of in TEXTS.values() for texts in of.values() for p in texts}
    phrases |= {fold(p) for texts in TREATMENTS.values() for p in texts}
    written = {
        fold(text)
        for d in DIALECTS
        for layout in d.layouts.values()
        for field in layout.fields.values()
        for texts in field.texts.values()
        for text in texts
    }
    # The abbreviation that the field itself uses.
    usual = {"mda"}
    assert not (written & phrases) - usual


def test_every_synonym_is_of_a_name_of_ours() -> None:
    known = {name for table in TABLES for name in STANDARD.known(table)}
    assert set(NAMES) <= known
    assert set(USUAL) <= known
    assert set(TREATMENTS) == set(STANDARD.treatments)
    for codes, texts in TEXTS.items():
        assert set(texts) <= set(STANDARD.codes[codes].codes), codes


def test_every_outcome_and_parameter_has_names_in_the_dictionary() -> None:
    assert {*STANDARD.outcomes, *STANDARD.parameters()} <= set(NAMES)
    assert set(STANDARD.outcomes) <= set(USUAL)
