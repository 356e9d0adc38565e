"""Each row-wise rule by one small table: which rows break it, what null means, and that pandas and Arrow agree."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from schemas.rules import FIRST_SESSION, NAMED, STAGES, failing, row_rules
from schemas.standard import STANDARD
from schemas.vocabulary import Outcome, Treatment

DATES = ("session_date", "consultation_date", "onset_date", "resolved_date", "intercurrent_date", FIRST_SESSION)


def typed(columns: dict[str, list]) -> pd.DataFrame:
    """The columns as an accepted table holds them: dates datetime64[ns], numbers float, texts str."""
    frame = pd.DataFrame(columns)
    for name in frame:
        if name in DATES:
            frame[name] = pd.to_datetime(frame[name], format="ISO8601").astype("datetime64[ns]")
        elif all(isinstance(v, (int, float)) or v is None for v in columns[name]):
            frame[name] = frame[name].astype("float64")
        else:
            frame[name] = frame[name].astype("str").where(frame[name].notna(), None)
    return frame


def broken(table: str, columns: dict[str, list], vocabulary=STANDARD) -> dict[str, list[int]]:
    """Rule key -> rows, after checking that pandas and Arrow say the same."""
    frame = typed(columns)
    rules = row_rules(vocabulary, table, columns)
    found = failing(frame, rules)
    assert failing(pa.Table.from_pandas(frame, preserve_index=False), rules) == found
    return found


MDA, PEEL, ROLLER = ["microdermabrasion"], ["chemical_peel"], ["dermal_roller"]
GLYCOLIC = ["glycolic_acid"]
EXAMPLES = [
    ("missing:patient_id", "sessions", {"patient_id": ["a", None]}, [1]),
    ("missing:event", "adverse_events", {"event": [None, "erythema"]}, [0]),
    ("missing:consultation_date", "consultations", {"consultation_date": ["2024-01-01", None]}, [1]),
    ("missing:session_date", "sessions", {"session_date": ["2024-01-01", None]}, [1]),
    (
        "missing:session_date:visit", "sessions",
        {"session_date": ["2024-01-01", None, None], "visit": [None, 4, None]}, [2],
    ),
    ("treatment:treatment", "sessions", {"treatment": ["chemical_peel", "laser", None]}, [1]),
    ("code:side", "sessions", {"side": ["left", "upper", None, "both"]}, [1]),
    ("code:sex", "patients", {"sex": ["female", "F", None]}, [1]),
    ("code:recommended_treatment", "consultations", {"recommended_treatment": ["none", "dermal_roller", "spa"]}, [2]),
    (
        "code:contraindications", "consultations",
        {"contraindications": ["pregnancy;keloid_history", "pregnancy;cat", None, "none", "pregnancy;"]}, [1, 4],
    ),
    ("code:peel_agent", "sessions", {"peel_agent": ["phenol", "acid", None], "treatment": PEEL * 3}, [1]),
    ("range:texture_grade", "sessions", {"texture_grade": [0, 9, 9.5, -0.5, None]}, [2, 3]),
    ("range:roughness_ra_um", "sessions", {"roughness_ra_um": [0, 20, None, -1]}, [0, 3]),
    ("range:pore_count", "sessions", {"pore_count": [0, -1, 1e6, None]}, [1]),
    ("range:dlqi", "sessions", {"dlqi": [30, 31, None]}, [1]),
    ("range:gais", "sessions", {"gais": [0, 1, 5, 6]}, [0, 3]),
    ("range:absorbed_percent", "sessions", {"absorbed_percent": [0, 100, 100.1, None]}, [2]),
    ("range:fitzpatrick", "patients", {"fitzpatrick": [0, 1, 6, 7, None]}, [0, 3]),
    ("range:age", "sessions", {"age": [0, 120, -1, None]}, [2]),
    ("range:severity", "adverse_events", {"severity": [1, 3, 4, None]}, [2]),
    ("step:texture_grade", "sessions", {"texture_grade": [3.5, 3.3, None, 9]}, [1]),
    ("step:acne_iga", "sessions", {"acne_iga": [2, 2.5, None]}, [1]),
    ("step:fitzpatrick", "sessions", {"fitzpatrick": [2, 2.5, None]}, [1]),
    ("unit:roller_needle_mm", "sessions", {"roller_needle_mm": [0.5, 500, 0.05, 9], "treatment": ROLLER * 4}, [1, 2]),
    ("range:roller_needle_mm", "sessions", {"roller_needle_mm": [0.5, 500, 0, None], "treatment": ROLLER * 4}, [2]),
    ("unit:mda_vacuum_kpa", "sessions", {"mda_vacuum_kpa": [27, 8, 250, 0.3, None], "treatment": MDA * 5}, [1, 2, 3]),
    ("unit:peel_percent", "sessions", {"peel_percent": [30, 0.3, 700, None], "treatment": PEEL * 4}, [1]),
    ("range:peel_percent", "sessions", {"peel_percent": [30, 0.3, 700, None], "treatment": PEEL * 4}, [2]),
    ("range:peel_ph", "sessions", {"peel_ph": [14, 0.6, None], "treatment": PEEL * 3}, [0]),
    ("unit:elasticity_r2", "sessions", {"elasticity_r2": [0.7, 70, None]}, [1]),
    (
        "wrong_parameter:peel_percent:treatment", "sessions",
        {"peel_percent": [30, 30, 30, None], "treatment": [*PEEL, *ROLLER, None, *ROLLER]}, [1, 2],
    ),
    ("soft_range:inflammatory_lesions", "sessions", {"inflammatory_lesions": [200, 201, -1, None]}, [1]),
    ("soft_range:tewl_g_m2_h", "sessions", {"tewl_g_m2_h": [40, 41, 151, None]}, [1]),
    ("soft_range:peel_ph", "sessions", {"peel_ph": [0.4, 3, 5, 8], "treatment": PEEL * 4}, [0, 2]),
    (
        "soft_range:peel_percent:peel_agent", "sessions",
        {
            "peel_percent": [7, 35, 60, 60, 88, None, 35], "treatment": PEEL * 7,
            "peel_agent": [*GLYCOLIC * 2, "salicylic_acid", *GLYCOLIC, "phenol", "lactic_acid", None],
        }, [0, 2],
    ),
    (
        "sum:total_lesions:inflammatory_lesions:noninflammatory_lesions", "sessions",
        {
            "total_lesions": [7, 8, None, 7, 7, 0], "inflammatory_lesions": [3, 3, 3, None, 3, 0],
            "noninflammatory_lesions": [4, 4, 4, 4, None, 0],
        }, [1],
    ),
    (
        "order:resolved_date:onset_date", "adverse_events",
        {
            "onset_date": ["2024-01-02", "2024-01-02", None, "2024-01-02"],
            "resolved_date": ["2024-01-02", "2024-01-01", "2024-01-01", None],
        }, [1],
    ),
    (
        "order:onset_date:session_date", "adverse_events",
        {"session_date": ["2024-01-02 14:30", "2024-01-02 14:30"], "onset_date": ["2024-01-02", "2024-01-01"]}, [1],
    ),
    (
        "order:onset_date:_first_session", "adverse_events",
        {"onset_date": ["2024-01-02", "2023-12-31", None], FIRST_SESSION: ["2024-01-01"] * 3}, [1],
    ),
    (
        "order:intercurrent_date:_first_session", "sessions",
        {"intercurrent_date": ["2024-01-02", "2023-12-31", None], FIRST_SESSION: ["2024-01-01"] * 3}, [1],
    ),
    (
        "order:birth_year:session_date", "sessions",
        {"birth_year": [1990, 2024, 2025, None], "session_date": ["2024-06-01"] * 4}, [2],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key", "table", "columns", "rows"), EXAMPLES, ids=[f"{e[0]}" for e in EXAMPLES])
def test_rule(key, table, columns, rows):
    assert broken(table, columns).get(key) == rows


def test_every_row_wise_id_has_an_example():
    shown = {key.split(":")[0] for key, *_ in EXAMPLES}
    made = {
        rule.id
        for table in ("sessions", "adverse_events")
        for rule in row_rules(STANDARD, table, STANDARD.known(table))
    }
    assert made == shown


def test_a_bad_figure_has_one_reason():
    found = broken("sessions", {"texture_grade": [12.3], "roller_needle_mm": [500], "treatment": ["dermal_roller"]})
    assert found == {"range:texture_grade": [0], "unit:roller_needle_mm": [0]}


def test_a_blank_row_of_readings_breaks_nothing():
    columns = {name: [None] for name in STANDARD.outcomes} | {
        name: [None] for name, (_, p) in STANDARD.parameters().items() if not p.codes
    }
    assert broken("sessions", {"patient_id": ["a"], "visit": [0], "treatment": ["chemical_peel"], **columns}) == {}


def test_named_rules_have_the_same_face():
    assert list(NAMED) == [
        "width", "missing", "type", "date", "treatment", "range", "step", "code", "unit", "wrong_parameter",
        "duplicate_row", "conflict", "order", "unknown_patient", "future", "soft_range", "sum",
        "id_spelling", "changed_person", "copied_patient", "short_interval", "session_gap", "isolated_date",
        "digit_preference", "early_tone_reading", "fraction_as_percent",
    ]  # fmt: skip
    for rule in NAMED.values():
        assert rule.sentence.startswith("must")
        assert rule.fix.endswith(".")
        assert rule.summary
        assert rule.stage in STAGES
        assert not rule.row_wise
    warnings = {r.id for r in NAMED.values() if r.severity == "warning"}
    assert warnings == {"soft_range", "sum"} | {r.id for r in NAMED.values() if r.stage == "warnings"}


@pytest.mark.parametrize("table", ["sessions", "patients", "consultations", "adverse_events"])
def test_made_rules_are_complete_unique_and_in_order(table):
    rules = row_rules(STANDARD, table, STANDARD.known(table))
    assert len({rule.key for rule in rules}) == len(rules)
    assert [STAGES.index(r.stage) for r in rules] == sorted(STAGES.index(r.stage) for r in rules)
    for rule in rules:
        assert rule.columns
        assert rule.row_wise
        assert rule.sentence.startswith("must")
        assert rule.fix
        assert rule.id in NAMED


def test_rules_ask_only_for_columns_that_are_there():
    rules = row_rules(STANDARD, "sessions", ["patient_id", "peel_percent", "texture_grade", "unheard_of"])
    assert {rule.key for rule in rules} == {
        "missing:patient_id", "range:peel_percent", "unit:peel_percent", "range:texture_grade", "step:texture_grade",
    }  # fmt: skip


def test_arms_and_outcomes_of_a_mapping_get_their_rules():
    change = Outcome("global_change", "Global change", "texture", "ordinal", "grade", "lower", 1, 5, 1, baseline="none")
    spots = Outcome("spots", "Spots", "breakouts", "count", "spots", "lower", None, None)
    rinsed = Outcome("rinsed", "Rinsed", "absorption", "percent", "%", "higher", None, None)
    more = STANDARD.with_outcome(change).with_outcome(spots).with_outcome(rinsed)
    more = more.with_treatment(Treatment("test", "Test cream", "Test", ""))
    found = broken(
        "sessions",
        {
            "treatment": ["test", "chemical_peel", "placebo"], "global_change": [6, 1.5, 1], "spots": [-1, 0.5, 3],
            "rinsed": [101, 50, None], "peel_percent": [30, 30, None],
        },
        more,
    )  # fmt: skip
    assert found == {
        "treatment:treatment": [2], "range:global_change": [0], "step:global_change": [1], "range:spots": [0],
        "step:spots": [1], "range:rinsed": [0], "wrong_parameter:peel_percent:treatment": [0],
    }  # fmt: skip
    assert "range:global_change" not in {r.key for r in row_rules(STANDARD, "sessions", ["global_change"])}


def test_sentences_name_the_limits():
    rules = {r.key: r.sentence for r in row_rules(STANDARD, "sessions", STANDARD.known())}
    assert rules["range:texture_grade"] == "must be from 0 to 9"
    assert rules["step:texture_grade"] == "must go in steps of 0.5"
    assert rules["range:roughness_ra_um"] == "must be above 0 and at most 1000 µm"
    assert rules["range:pore_count"] == "must be at least 0 pores"
    assert rules["step:dlqi"] == "must be a whole number"
    assert "µm" in rules["unit:roller_needle_mm"]
    assert (
        rules["wrong_parameter:peel_ph:treatment"] == "must be empty unless the treatment of the row is chemical_peel"
    )
