"""The mapping by example: a small file, the mapping, and what becomes of each line."""

from __future__ import annotations

import pandas as pd
import pytest
from clinic_files import ClinicFiles, column, faults

from analytics.domain.errors import PlanRefused

BASE = """
columns:
  patient_id: Client ID
  session_date: {from: Date, format: "%d/%m/%Y"}
  treatment: {from: Service, values: {dermal_roller: ["derma roller", "MN*"], chemical_peel: ["GA*", peel]}}
"""


def test_columns_get_our_names(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("Client ID,Date,Service\n7,02/01/2026,peel\n", BASE)
    assert column(sifted.sessions, "patient_id", "session_date", "treatment") == [
        ("7", pd.Timestamp("2026-01-02"), "chemical_peel")
    ]


def test_texts_match_without_regard_to_case_accents_and_outer_space(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        "Client ID,Date,Service\n1,02/01/2026, PEEL \n2,02/01/2026,Dérma Roller\n3,02/01/2026,mn 1.5\n", BASE
    )
    assert column(sifted.sessions, "treatment") == ["chemical_peel", "dermal_roller", "dermal_roller"]
    assert sifted.repairs["synonym", "treatment"] == 3


def test_canonical_ids_always_match(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("Client ID,Date,Service\n1,02/01/2026,microdermabrasion\n2,02/01/2026,Dermal_Roller\n", BASE)
    assert column(sifted.sessions, "treatment") == ["microdermabrasion", "dermal_roller"]


def test_an_exact_text_beats_a_wildcard(clinic: ClinicFiles) -> None:
    mapping = BASE.replace('"MN*"]', '"MN*", "GA roller"]')
    sifted = clinic.sift("Client ID,Date,Service\n1,02/01/2026,GA roller\n2,02/01/2026,GA 35\n", mapping)
    assert column(sifted.sessions, "treatment") == ["dermal_roller", "chemical_peel"]


def test_a_text_that_nothing_matches_sets_its_row_aside(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("Client ID,Date,Service\n1,02/01/2026,laser\n2,02/01/2026,peel\n", BASE)
    assert faults(sifted) == [(2, "Service", "treatment")]
    assert sifted.quarantine["value"].tolist() == ["laser"]


def test_a_text_that_two_wildcards_claim_sets_its_row_aside(clinic: ClinicFiles) -> None:
    mapping = BASE.replace('"GA*"', '"*acid"').replace('"MN*"', '"new*"')
    sifted = clinic.sift("Client ID,Date,Service\n1,02/01/2026,new acid\n2,02/01/2026,peel\n", mapping)
    assert faults(sifted) == [(2, "Service", "treatment")]
    assert "dermal_roller and chemical_peel both claim it" in sifted.quarantine["must"][0]


def test_an_exact_text_in_two_entries_is_a_mapping_error(clinic: ClinicFiles) -> None:
    with pytest.raises(
        PlanRefused, match="the text 'peel' stands under dermal_roller and under chemical_peel"
    ) as refused:
        clinic.read("Client ID,Date,Service\n1,02/01/2026,peel\n", BASE.replace('"MN*"]', '"Peel "]'))
    assert refused.value.exit_code == 12


def test_a_blank_treatment_is_a_visit_without_one(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("Client ID,Date,Service\n1,02/01/2026,\n", BASE)
    assert column(sifted.sessions, "treatment") == [None]


def test_a_unit_is_turned_into_ours(clinic: ClinicFiles) -> None:
    mapping = BASE + "  roller_needle_mm: {from: Needle, unit: um}\n"
    sifted = clinic.sift("Client ID,Date,Service,Needle\n1,02/01/2026,MN,1500\n", mapping)
    assert column(sifted.sessions, "roller_needle_mm") == [1.5]
    assert sifted.repairs["unit", "roller_needle_mm"] == 1


def test_a_scale_is_rescaled_to_ours(clinic: ClinicFiles) -> None:
    mapping = BASE + "  satisfaction_vas: {from: Happy, scale: [0, 10]}\n"
    sifted = clinic.sift("Client ID,Date,Service,Happy\n1,02/01/2026,MN,7\n2,02/01/2026,MN,11\n", mapping)
    assert column(sifted.sessions, "satisfaction_vas") == [70]
    assert faults(sifted) == [(3, "Happy", "range")]
    assert sifted.quarantine["value"].tolist() == ["11"]
    assert "on the file's own scale: from 0 to 10" in sifted.quarantine["must"][0]


def test_reverse_turns_a_scale_round(clinic: ClinicFiles) -> None:
    mapping = BASE + "  gais: {from: Overall, reverse: true}\n"
    sifted = clinic.sift("Client ID,Date,Service,Overall\n1,02/01/2026,MN,5\n2,02/01/2026,MN,2\n", mapping)
    assert column(sifted.sessions, "gais") == [1, 4]


def test_a_longer_scale_need_not_land_on_our_steps(clinic: ClinicFiles) -> None:
    mapping = BASE + "  texture_grade: {from: T, scale: [0, 10]}\n  acne_iga: {from: I, scale: [1, 5]}\n"
    sifted = clinic.sift("Client ID,Date,Service,T,I\n1,02/01/2026,MN,3,2\n2,02/01/2026,MN,3,2.5\n", mapping)
    assert column(sifted.sessions, "texture_grade", "acne_iga") == [(2.7, 1)]
    assert faults(sifted) == [(3, "I", "step")]  # a scale of the same length keeps its steps


def test_a_decimal_comma(clinic: ClinicFiles) -> None:
    mapping = 'decimal: ","\n' + BASE + "  texture_grade: T\n"
    sifted = clinic.sift("Client ID;Date;Service;T\n1;02/01/2026;MN;3,5\n2;02/01/2026;MN;3.5\n", mapping)
    assert column(sifted.sessions, "texture_grade") == [3.5]
    assert faults(sifted) == [(3, "T", "type")]
    assert sifted.repairs["decimal_comma", "texture_grade"] == 1


def test_what_counts_as_missing_in_the_file_and_in_one_column(clinic: ClinicFiles) -> None:
    mapping = 'missing: ["n/a", "-"]\n' + BASE + '  melanin_index: {from: M, missing: ["999"]}\n  erythema_index: E\n'
    sifted = clinic.sift("Client ID,Date,Service,M,E\n1,02/01/2026,N/A,999,-\n2,02/01/2026,MN,12,999\n", mapping)
    assert column(sifted.sessions, "treatment", "melanin_index", "erythema_index") == [
        (None, None, None),
        ("dermal_roller", 12, 999),
    ]


def test_separator_and_encoding_where_the_header_does_not_tell(clinic: ClinicFiles) -> None:
    mapping = 'separator: "^"\nencoding: windows-1251\n' + BASE + "  product: P\n"
    sifted = clinic.sift("Client ID^Date^Service^P\n1^02/01/2026^MN^Ж,x\n".encode("cp1251"), mapping)
    assert column(sifted.sessions, "product") == ["Ж,x"]


def test_a_title_above_the_header(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        "Clinic North\nsecond line\nClient ID,Date,Service\n1,02/01/2026,MN\n2,x,MN\n", "header_row: 3\n" + BASE
    )
    assert column(sifted.sessions, "_row") == [4]
    assert faults(sifted) == [(5, "Date", "date")]


def test_constants_fill_a_column(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        "Client ID,Date,Service\n1,02/01/2026,MN\n", BASE + "constants: {clinic_id: north, rater_id: Dr X}\n"
    )
    assert column(sifted.sessions, "clinic_id", "rater_id", "patient") == [("north", "Dr X", "north|1")]


def test_extra_covariates(clinic: ClinicFiles) -> None:
    mapping = BASE + (
        "covariates:\n  stage: {from: Stage, kind: ordinal}\n"
        "  centre: {from: Centre, kind: category, values: {a: [x]}}\n"
        "  bmi: {from: BMI, kind: continuous}\n"
    )
    sifted = clinic.sift(
        "Client ID,Date,Service,Stage,Centre,BMI\n1,02/01/2026,MN,3,X,21.5\n2,02/01/2026,MN,4,y,fat\n", mapping
    )
    assert column(sifted.sessions, "stage", "centre", "bmi") == [("3", "a", 21.5)]
    assert faults(sifted) == [(3, "Centre", "code"), (3, "BMI", "type")]


def test_extra_arms_and_outcomes(clinic: ClinicFiles) -> None:
    mapping = """
    columns: {patient_id: Id, visit: Week, treatment: {from: Arm, values: {test: [A]}}, glow: Glow}
    treatments: {test: {label: Test cream}, placebo: {label: Vehicle}}
    outcomes: {glow: {label: Glow, domain: texture, kind: ordinal, range: [1, 5], step: 1, direction: higher}}
    """
    sifted = clinic.sift("Id,Week,Arm,Glow\n1,0,a,2\n1,4,A,6\n2,0,Placebo,1.5\n3,0,placebo,1\n", mapping)
    assert column(sifted.sessions, "patient", "treatment", "glow") == [("1", "test", 2), ("3", "placebo", 1)]
    assert faults(sifted) == [(3, "Glow", "range"), (4, "Glow", "step")]
    assert sifted.style == "trial"


LISTS = """
columns:
  patient_id: Id
  treatment: Arm
  inflammatory_lesions:
    - {from: Spots W0, visit: 0}
    - {from: Spots W12, visit: 12}
"""


def test_a_list_makes_one_record_per_visit(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("Id,Arm,Spots W0,Spots W12\n1,chemical_peel,20,5\n2,dermal_roller,30,\n", LISTS)
    assert column(sifted.sessions, "_row", "_record", "patient", "visit", "treatment", "inflammatory_lesions") == [
        (2, 0, "1", 0, "chemical_peel", 20),
        (2, 1, "1", 12, "chemical_peel", 5),
        (3, 0, "2", 0, "dermal_roller", 30),
    ]  # a visit at which nothing was read is no record
    assert sifted.rows == {"received": 2, "accepted": 2, "quarantined": 0, "entries_quarantined": 0}


def test_a_line_without_any_reading_stays_a_patient(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("Id,Arm,Spots W0,Spots W12\n1,chemical_peel,,\n2,chemical_peel,1,1\n", LISTS)
    assert column(sifted.sessions, "patient", "visit", "inflammatory_lesions") == [
        ("1", 0, None),
        ("2", 0, 1),
        ("2", 12, 1),
    ]


def test_in_a_list_only_the_faulty_entry_is_set_aside(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("Id,Arm,Spots W0,Spots W12\n1,chemical_peel,20,many\n2,chemical_peel,-1,3\n", LISTS)
    assert column(sifted.sessions, "patient", "visit", "inflammatory_lesions") == [("1", 0, 20), ("2", 12, 3)]
    assert faults(sifted) == [(2, "Spots W12", "type"), (3, "Spots W0", "range")]
    assert sifted.rows == {"received": 2, "accepted": 2, "quarantined": 0, "entries_quarantined": 2}


def test_the_line_goes_when_a_key_is_bad_or_no_entry_is_left(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        "Id,Arm,Spots W0,Spots W12\n1,laser,20,5\n2,chemical_peel,x,y\n3,chemical_peel,x,\n4,chemical_peel,1,2\n", LISTS
    )
    assert column(sifted.sessions, "patient") == ["4", "4"]
    assert sifted.rows == {"received": 4, "accepted": 1, "quarantined": 3, "entries_quarantined": 0}


def test_entries_of_a_list_have_their_own_unit_values_and_scale(clinic: ClinicFiles) -> None:
    mapping = """
    columns:
      patient_id: Id
      treatment: Arm
      satisfaction_vas:
        - {from: Before, visit: 0, scale: [0, 10]}
        - {from: After, visit: 12, scale: [0, 5], reverse: true}
      acne_iga: [{from: G, visit: 12, values: {0: [clear], 4: [severe]}}]
    """
    sifted = clinic.sift("Id,Arm,Before,After,G\n1,chemical_peel,5,1,clear\n", mapping)
    assert column(sifted.sessions, "visit", "satisfaction_vas", "acne_iga") == [(0, 50, None), (12, 80, 0)]


def test_lists_by_study_day_side_and_body_site(clinic: ClinicFiles) -> None:
    mapping = """
    columns:
      patient_id: Id
      treatment: Arm
      dlqi: [{from: A, study_day: 0, side: left, body_site: Knee}, {from: B, study_day: 30.5, side: R}]
    """
    sifted = clinic.sift("Id,Arm,A,B\n1,chemical_peel,5,1\n", mapping)
    assert column(sifted.sessions, "study_day", "side", "body_site", "dlqi") == [
        (0, "left", "Knee", 5),
        (30.5, "right", None, 1),
    ]
    assert sifted.style == "study_day"


def test_a_list_by_arm_is_two_treatments_on_two_pieces_of_skin(clinic: ClinicFiles) -> None:
    mapping = """
    columns:
      patient_id: Id
      visit: V
      absorbed_percent: [{from: P, treatment: chemical_peel}, {from: R, treatment: dermal_roller}]
    """
    sifted = clinic.sift("Id,V,P,R\n1,1,5,7\n2,1,6,\n", mapping)
    assert column(sifted.sessions, "patient", "treatment", "absorbed_percent") == [
        ("1", "chemical_peel", 5),
        ("1", "dermal_roller", 7),
        ("2", "chemical_peel", 6),
        ("2", "dermal_roller", None),
    ]  # a treatment that was given stays, also where its reading is missing


def test_in_dated_files_both_treated_sides_stay_where_one_was_read(clinic: ClinicFiles) -> None:
    mapping = """
    columns:
      patient_id: Id
      session_date: Date
      treatment: What
      tewl_g_m2_h: [{from: L, side: left}, {from: R, side: right}]
    """
    sifted = clinic.sift("Id,Date,What,L,R\n1,2026-01-01,chemical_peel,10,\n2,2026-01-01,chemical_peel,,\n", mapping)
    assert column(sifted.sessions, "patient", "side", "tewl_g_m2_h") == [
        ("1", "left", 10),
        ("1", "right", None),
        ("2", "left", None),
        ("2", "right", None),
    ]


def test_each_visit_may_have_its_own_date_and_treatment(clinic: ClinicFiles) -> None:
    mapping = """
    columns:
      patient_id: Id
      session_date: [{from: D0, visit: 0}, {from: D4, visit: 4}, {from: D8, visit: 8}]
      treatment: [{from: T0, visit: 0}, {from: T4, visit: 4}]
      dlqi: [{from: Q0, visit: 0}, {from: Q8, visit: 8}]
    """
    text = (
        "Id,D0,T0,Q0,D4,T4,D8,Q8\n"
        "1,2026-01-01,chemical_peel,9,2026-02-01,chemical_peel,2026-03-01,5\n"
        "2,2026-01-01,chemical_peel,9,,,,7\n"
    )
    sifted = clinic.sift(text, mapping)
    assert sifted.style == "dated"
    assert column(sifted.sessions, "patient", "visit", "treatment", "dlqi") == [
        ("1", 0, "chemical_peel", 9),
        ("1", 4, "chemical_peel", None),
        ("1", 8, None, 5),
    ]
    assert faults(sifted) == [(3, "D8", "missing")]  # an undated reading in a dated file


def test_covariates_may_be_lists_too(clinic: ClinicFiles) -> None:
    mapping = """
    columns: {patient_id: Id, treatment: Arm, dlqi: [{from: Q, visit: 4, body_site: face}]}
    covariates: {soreness: [{from: S, kind: continuous, visit: 0, body_site: face}]}
    """
    sifted = clinic.sift("Id,Arm,Q,S\n1,chemical_peel,5,1.5\n", mapping)
    assert column(sifted.sessions, "visit", "body_site", "dlqi", "soreness") == [
        (0, "face", None, 1.5),
        (4, "face", 5, None),
    ]


def test_row_number_serves_files_without_ids(clinic: ClinicFiles) -> None:
    mapping = "columns: {patient_id: {row_number: true}, visit: V, treatment: T, dlqi: Q}\n"
    sifted = clinic.sift("V,T,Q\n1,chemical_peel,5\n1,chemical_peel,5\n", mapping, name="a.csv")
    assert column(sifted.sessions, "patient", "patient_id") == [("a.csv:2", "2"), ("a.csv:3", "3")]
    assert faults(sifted) == []  # equal lines are two patients here, no repeats


LONG = """
shape: long
columns:
  patient_id: Ref
  session_date: On
  treatment: What
  outcome: {from: Scale, values: {texture_grade: [feel], satisfaction_vas: [smiley], roughness_ra_um: [primos]}}
  value: {from: Reading, missing: ["?"]}
outcomes: {satisfaction_vas: {scale: [0, 10]}, roughness_ra_um: {unit: mm}}
"""


def test_long_files_have_one_reading_per_line(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        "Ref,On,What,Scale,Reading\n1,2026-01-01,chemical_peel,feel,3.5\n1,2026-01-01,chemical_peel,smiley,7\n"
        "1,2026-01-01,chemical_peel,primos,0.03\n1,2026-01-01,,dlqi,?\n",
        LONG,
    )
    assert column(sifted.sessions, "texture_grade", "satisfaction_vas", "roughness_ra_um") == [
        (3.5, None, None),
        (None, 70, None),
        (None, None, 30),
        (None, None, None),
    ]
    assert "outcome" not in sifted.sessions


def test_faults_of_a_long_file(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        "Ref,On,What,Scale,Reading\n1,2026-01-01,,feel,3.3\n2,2026-01-01,,smell,3\n3,2026-01-01,,,3\n4,2026-01-01,,smiley,11\n"
        "5,2026-01-01,,feel,x\n6,2026-01-01,,feel,3\n6,2026-01-01,,feel,4\n7,2026-01-01,,feel,3\n",
        LONG,
    )
    assert faults(sifted) == [
        (2, "Reading", "step"),
        (3, "Scale", "code"),
        (4, "Scale", "missing"),
        (5, "Reading", "range"),
        (6, "Reading", "type"),
        (7, "Reading", "conflict"),
        (8, "Reading", "conflict"),
    ]
    assert sifted.quarantine["value"].tolist() == ["3.3", "smell", "", "11", "x", "3", "4"]


def test_canonical_files_may_be_long(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        "patient_id,treatment,visit,outcome,value\n1,chemical_peel,0,dlqi,5\n1,chemical_peel,0,acne_iga,2\n"
    )
    assert column(sifted.sessions, "dlqi", "acne_iga") == [(5, None), (None, 2)]


TWICE = (
    "patient_id,treatment,session_date,texture_grade,acne_iga,provider_id\n"
    "1,,2026-01-01,3,1,a\n1,,2026-01-01,4,1,b\n2,,2026-01-01,5,2,a\n"
)


def test_equal_keys_with_other_values_are_set_aside(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(TWICE)
    assert faults(sifted) == [(2, "texture_grade", "conflict"), (3, "texture_grade", "conflict")]


def test_or_averaged_where_the_mapping_says_so(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(TWICE, "replicates: mean\n")
    assert column(sifted.sessions, "_row", "texture_grade", "acne_iga") == [(2, 3.5, 1), (3, None, 1), (4, 5, 2)]
    assert sifted.repairs["averaged", "texture_grade"] == 2
    assert faults(sifted) == []


def test_grades_have_no_mean(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(TWICE.replace("4,1,b", "3,2,b"), "replicates: mean\n")
    assert faults(sifted) == [(2, "acne_iga", "conflict"), (3, "acne_iga", "conflict")]


def test_patient_ids_of_a_chain(clinic: ClinicFiles) -> None:
    text = "patient_id,clinic_id,treatment,visit\n1,north,,0\n1,south,,4\n"
    assert column(clinic.sift(text).sessions, "patient") == ["north|1", "south|1"]
    assert column(clinic.sift(text, "patient_ids: chain\n").sessions, "patient") == ["1", "1"]
