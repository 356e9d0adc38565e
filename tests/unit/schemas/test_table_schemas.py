"""The pandera guard of accepted tables: it agrees with the row rules on random frames, and names rows."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.rules import failing, row_rules
from schemas.standard import STANDARD
from schemas.tables import GUARD_COLUMNS, column_kind, guard, table_schema
from schemas.vocabulary import Outcome

NUMBERS = {
    "texture_grade": st.sampled_from([None, 0.0, 3.5, 3.3, 9.0, 9.5, -1.0]),
    "acne_iga": st.sampled_from([None, 0.0, 4.0, 5.0, 1.5]),
    "inflammatory_lesions": st.sampled_from([None, 0.0, 3.0, 250.0, -2.0, 1.5]),
    "roughness_ra_um": st.sampled_from([None, 0.0, 20.0, 30000.0, 150.0, 2e6]),
    "roller_needle_mm": st.sampled_from([None, 0.5, 500.0, 9.0]),
    "peel_percent": st.sampled_from([None, 35.0, 0.35, 700.0]),
    "birth_year": st.sampled_from([None, 1990.0, 2030.0, 1800.0]),
    "fitzpatrick": st.sampled_from([None, 1.0, 2.5, 9.0]),
}
TEXTS = {
    "patient_id": st.sampled_from([None, "a", "b"]),
    "treatment": st.sampled_from([None, "chemical_peel", "dermal_roller", "laser"]),
    "side": st.sampled_from([None, "left", "up"]),
    "concerns": st.sampled_from([None, "acne", "my own words"]),
}
DAYS = st.sampled_from([None, "2024-01-01", "2025-06-30 12:00"])


@st.composite
def frames(draw) -> pd.DataFrame:
    rows = draw(st.integers(1, 6))

    def column(values):
        return draw(st.lists(values, min_size=rows, max_size=rows))

    frame = pd.DataFrame({name: pd.array(column(v), dtype="str") for name, v in TEXTS.items()})
    for name, values in NUMBERS.items():
        frame[name] = pd.Series(column(values), dtype="float64")
    frame["session_date"] = pd.to_datetime(pd.Series(column(DAYS), dtype="str"), format="ISO8601").astype(
        "datetime64[ns]"
    )
    return frame.set_index(pd.Index([7] * rows))


@given(frames())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_guard_and_rules_agree_on_random_frames(frame):
    rules = [rule for rule in row_rules(STANDARD, "sessions", frame.columns) if rule.severity == "error"]
    expected = failing(frame, rules)
    assert failing(pa.Table.from_pandas(frame, preserve_index=False), rules) == expected
    before = frame.copy(deep=True)
    found = guard(frame, "sessions", STANDARD)
    assert {(r, i) for r, rows in expected.items() for i in rows} == set(zip(found["rule"], found["row"]))
    pd.testing.assert_frame_equal(frame, before)


def clean() -> pd.DataFrame:
    frame = pd.DataFrame({"patient_id": ["a", "b"], "treatment": ["chemical_peel", None], "texture_grade": [3.5, 4.0]})
    frame["session_date"] = pd.to_datetime(["2024-01-01", "2024-02-01"]).astype("datetime64[ns]")
    frame["_row"] = [2, 3]
    return frame


def test_a_clean_table_passes_with_the_columns_of_the_sift():
    found = guard(clean(), "sessions", STANDARD)
    assert list(found.columns) == list(GUARD_COLUMNS)
    assert found.empty


def test_warnings_do_not_refuse():
    assert guard(clean().assign(inflammatory_lesions=[250.0, 3.0]), "sessions", STANDARD).empty


def test_wrong_storage_and_missing_columns_are_faults_of_the_column():
    found = guard(clean().assign(texture_grade=["3.5", "4"]).drop(columns="treatment"), "sessions", STANDARD)
    assert {"stored:texture_grade", "column:treatment"} <= set(found["rule"])
    assert set(found.loc[found["rule"].str.startswith(("stored", "column")), "row"]) == {-1}


def test_the_environment_cannot_switch_the_guard_off(monkeypatch):
    monkeypatch.setenv("PANDERA_VALIDATION_DEPTH", "SCHEMA_ONLY")
    monkeypatch.setenv("PANDERA_VALIDATION_ENABLED", "False")
    assert list(guard(clean().assign(texture_grade=[12.0, 4.0]), "sessions", STANDARD)["rule"]) == [
        "range:texture_grade"
    ]


def test_other_tables_and_outcomes_of_a_mapping():
    event = pd.DataFrame({"patient_id": ["a"], "event": [None], "serious": [True]})
    assert list(guard(event, "adverse_events", STANDARD)["rule"]) == ["missing:event"]
    assert "stored:serious" not in set(guard(event.assign(serious="true"), "adverse_events", STANDARD)["rule"])
    assert "stored:serious" in set(guard(event.assign(serious="perhaps"), "adverse_events", STANDARD)["rule"])
    assert guard(pd.DataFrame({"patient_id": ["a"], "sex": ["F"]}), "patients", STANDARD)["row"].tolist() == [0]
    consultation = pd.DataFrame({"patient_id": ["a"], "consultation_date": ["yesterday"]})
    assert list(guard(consultation, "consultations", STANDARD)["rule"]) == ["stored:consultation_date"]
    more = STANDARD.with_outcome(Outcome("glow", "Glow", "texture", "ordinal", "grade", "higher", 1, 5))
    assert list(guard(clean().assign(glow=[6.0, 5.0]), "sessions", more)["rule"]) == ["range:glow"]
    assert guard(clean().assign(glow=[6.0, 5.0]), "sessions", STANDARD).empty


def test_unknown_table():
    with pytest.raises(KeyError, match="choose from sessions"):
        table_schema("visits", STANDARD, ["patient_id"])


def test_how_columns_are_stored():
    kinds = {name: column_kind(STANDARD, name) for name in STANDARD.known()}
    assert kinds["texture_grade"] == kinds["value"] == kinds["fitzpatrick"] == kinds["peel_percent"] == "number"
    assert kinds["peel_agent"] == kinds["side"] == kinds["outcome"] == kinds["concerns"] == "text"
    assert kinds["session_date"] == kinds["intercurrent_date"] == "date"
    assert column_kind(STANDARD, "serious") == "boolean"
    assert column_kind(STANDARD, "unheard_of") == ""
    assert all(kinds.values())
