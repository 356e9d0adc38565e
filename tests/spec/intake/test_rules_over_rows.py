"""Setting aside by example: repeats, contradictions, order, other tables, cut-off; all reasons; nothing lost."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from clinic_files import HEADER, ClinicFiles, balanced, column, faults, table_of

from analytics.domain.dataset import QUARANTINE_COLUMNS, Sifted
from analytics.domain.errors import DataRefused
from analytics.intake.sift import sift
from analytics.sources.read import read


def test_a_row_is_set_aside_with_all_its_reasons(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\n,laser,2026-02-30,3.3,-1\np2,chemical_peel,2026-01-01,3,4\n")
    assert faults(sifted) == [
        (2, "patient_id", "missing"),
        (2, "treatment", "treatment"),
        (2, "session_date", "date"),
        (2, "texture_grade", "step"),
        (2, "inflammatory_lesions", "range"),
    ]
    assert sifted.rows == {"received": 2, "accepted": 1, "quarantined": 1, "entries_quarantined": 0}
    assert list(sifted.quarantine.columns) == list(QUARANTINE_COLUMNS)
    assert set(sifted.quarantine["table"]) == {"sessions"}
    assert all(sifted.quarantine["must"].str.startswith("must"))
    assert all(sifted.quarantine["fix"] != "")


def test_an_undated_row_in_a_dated_file_is_missing(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("patient_id,treatment,session_date,visit\np1,,,4\np2,,2026-01-01,\n")
    assert faults(sifted) == [(2, "session_date", "missing")]


def test_a_cell_that_could_not_be_read_is_not_blamed_twice(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("patient_id,treatment,session_date,roller_needle_mm\np1,laser,soon,1.5\np2,,2026-01-01,\n")
    assert faults(sifted) == [(2, "treatment", "treatment"), (2, "session_date", "date")]


def test_a_setting_of_another_treatment(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        "patient_id,treatment,session_date,roller_needle_mm\np1,chemical_peel,2026-01-01,1.5\np2,,2026-01-01,\n"
    )
    assert faults(sifted) == [(2, "roller_needle_mm", "wrong_parameter")]


def test_a_unit_slip_is_told_from_a_wrong_figure(clinic: ClinicFiles) -> None:
    header = "patient_id,treatment,session_date,roller_needle_mm"
    sifted = clinic.sift(f"{header}\np1,dermal_roller,2026-01-01,500\np2,dermal_roller,2026-01-01,1.5\n")
    assert faults(sifted) == [(2, "roller_needle_mm", "unit")]


NEEDLES = """
columns: {patient_id: patient_id, treatment: treatment, session_date: day, roller_needle_mm: {from: Needle, unit: um}}
"""


def test_a_figure_in_the_files_own_unit_is_told_in_both_units(clinic: ClinicFiles) -> None:
    rows = ["p1,500", "p2,1.5", "p3,500000", "p4,3500"]
    text = "patient_id,Needle,treatment,day\n" + "".join(f"{row},dermal_roller,2026-01-01\n" for row in rows)
    told = clinic.sift(text, NEEDLES).quarantine.set_index("row")
    assert told["value"].to_dict() == {3: "1.5", 4: "500000", 5: "3500"}
    assert told["must"].to_dict() == {
        3: "must be from 0.1 to 3 mm; 1.5 um is 0.0015 mm, and would fit as mm",
        4: "must be from 0.1 to 3 mm; 500000 um is 500 mm",
        5: "must be from 0.1 to 3 mm; 3500 um is 3.5 mm",
    }
    assert told["fix"].to_dict() == {
        3: "Correct the `unit` of the column in the mapping, or the value.",
        4: "Correct the value in the file, or leave the cell empty if it is not known.",
        5: "Correct the value in the file, or leave the cell empty if it is not known.",
    }


def test_a_unit_slip_names_the_units_in_which_the_figure_fits(clinic: ClinicFiles) -> None:
    header = "patient_id,treatment,session_date,roller_needle_mm"
    told = clinic.sift(
        f"{header}\np1,dermal_roller,2026-01-01,500\np2,dermal_roller,2026-01-01,0.05\np3,,2026-01-01,\n"
    )
    assert told.quarantine["must"].tolist() == [
        "must be from 0.1 to 3 mm; 500 would fit as µm",
        "must be from 0.1 to 3 mm; 0.05 would fit as cm or inch",
    ]


def test_a_total_that_is_not_its_parts_added_up_is_a_warning(clinic: ClinicFiles) -> None:
    header = "patient_id,treatment,session_date,inflammatory_lesions,noninflammatory_lesions,total_lesions"
    days = ["2026-01-01,3,4,8", "2026-01-02,3,4,7", "2026-01-03,3,,9", "2026-01-04,,,9", "2026-01-05,0,0,1"]
    sifted = clinic.sift(header + "\n" + "".join(f"p1,,{day}\n" for day in days))
    assert sifted.rows["accepted"] == 5
    found = sifted.quarantine[["row", "column", "rule", "severity", "value", "must"]].to_numpy().tolist()
    must = "must be inflammatory_lesions + noninflammatory_lesions"
    assert found == [
        [2, "total_lesions", "sum", "warning", "8", f"{must} (3 + 4 = 7)"],
        [6, "total_lesions", "sum", "warning", "1", f"{must} (0 + 0 = 0)"],
    ]
    assert column(sifted.sessions, "total_lesions") == [8, 7, 9, 9, 1]


def test_what_to_do_about_a_contradiction_depends_on_what_contradicts_itself(clinic: ClinicFiles) -> None:
    def fix(text: str) -> set[str]:
        found = clinic.sift(text).quarantine
        return set(found.loc[found["rule"] == "conflict", "fix"])

    day = "p1,,2026-01-01,"
    assert "replicates: mean" in fix(f"{HEADER}\n{day}3,1\n{day}4,1\np2,,2026-01-01,4,1\n").pop()
    grades = f"patient_id,treatment,session_date,acne_iga\n{day}3\n{day}4\np2,,2026-01-01,4\n"
    assert fix(grades) == {"Correct or delete the wrong row, or fill in the column that tells them apart."}
    arms = "patient_id,treatment,visit\n1,chemical_peel,0\n1,dermal_roller,4\n3,chemical_peel,0\n"
    assert fix(arms) == {"Correct the treatment in the wrong row."}
    people = sift_folder(clinic, patients="patient_id,sex\np1,f\np1,m\np2,f\n").quarantine
    assert set(people.loc[people["rule"] == "conflict", "fix"]) == {"Correct the value in the wrong row."}


def test_a_date_beyond_the_plausible_years_says_which_years_those_are(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,,2204-02-01,3,1\np2,,0026-01-01,3,1\np3,,2026-02-30,3,1\np4,,2026-02-01,3,1\n")
    told = sifted.quarantine
    assert told["must"].tolist()[:2] == ["must lie in the years 1900 to 2199"] * 2
    assert "a date that exists" in told["must"][2]
    assert told["fix"].tolist()[:2] == ["Correct the year."] * 2


def test_warnings_are_listed_and_the_row_stays(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,chemical_peel,2026-01-01,3,201\n")
    assert sifted.rows["accepted"] == 1
    assert sifted.quarantine[["row", "column", "rule", "severity"]].to_numpy().tolist() == [
        [2, "inflammatory_lesions", "soft_range", "warning"]
    ]


def test_a_repeated_row_is_set_aside_and_the_first_is_kept(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER},Room\np1,,2026-01-01,3,1,a\np1,,2026-01-01,3.0,1,b\np1,,2026-01-01,3,1,c\n")
    assert faults(sifted) == [(3, "", "duplicate_row"), (4, "", "duplicate_row")]
    assert "(row 2)" in sifted.quarantine["must"][0]
    assert column(sifted.sessions, "_row") == [2]


def test_rows_that_differ_in_a_mapped_column_are_no_repeats(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER},provider_id\np1,,2026-01-01,3,1,a\np1,,2026-01-01,3,1,b\n")
    assert faults(sifted) == []


def test_a_faulty_twin_takes_no_clean_row_with_it(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,,2026-01-01,3,-1\np1,,2026-01-01,4,1\n")
    assert faults(sifted) == [(2, "inflammatory_lesions", "range")]  # not a conflict: the other value is not standing


def test_a_repeat_is_no_contradiction(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,,2026-01-01,3,1\np1,,2026-01-01,3,1\np1,,2026-01-01,4,1\np2,,2026-01-01,4,1\n")
    assert faults(sifted) == [
        (2, "texture_grade", "conflict"),
        (3, "", "duplicate_row"),
        (4, "texture_grade", "conflict"),
    ]


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("rater_id", "a", "b"),
        ("device_id", "a", "b"),
        ("side", "left", "right"),
        ("body_site", "chin", "nose"),
        ("timing", "pre", "post"),
        ("product", "x", "y"),
        ("hours_since_session", "1", "2"),
    ],
)
def test_what_tells_two_readings_apart(clinic: ClinicFiles, name: str, one: str, other: str) -> None:
    header = f"patient_id,treatment,session_date,{name},texture_grade"
    assert faults(clinic.sift(f"{header}\np1,,2026-01-01,{one},3\np1,,2026-01-01,{other},4\n")) == []
    assert (
        len(faults(clinic.sift(f"{header}\np1,,2026-01-01,{one},3\np1,,2026-01-01,{one},4\np2,,2026-01-01,{one},4\n")))
        == 2
    )


def test_times_of_day_tell_readings_apart(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,,2026-01-01 10:00,3,\np1,,2026-01-01 11:00,4,\np1,,2026-01-01,5,\n")
    assert faults(sifted) == []
    assert column(sifted.sessions, "has_time") == [True, True, False]


def test_two_treatments_on_one_day_are_no_contradiction(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,chemical_peel,2026-01-01,,\np1,dermal_roller,2026-01-01,,\n")
    assert sifted.rows["accepted"] == 2


def test_one_arm_per_patient_in_a_file_by_visit(clinic: ClinicFiles) -> None:
    text = (
        "patient_id,treatment,visit,side\n1,chemical_peel,0,\n1,dermal_roller,4,\n"
        "2,chemical_peel,0,left\n2,dermal_roller,0,right\n3,chemical_peel,0,\n3,,4,\n"
    )
    assert faults(clinic.sift(text)) == [(2, "treatment", "conflict"), (3, "treatment", "conflict")]
    dated = text.replace("visit", "study_day")
    assert faults(clinic.sift(dated)) == []


def test_lines_of_another_width(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,,2026-01-01,3,1\np2,,2026-01-01\np3,,2026-01-01,3,1,9\n")
    assert faults(sifted) == [(3, "", "width"), (4, "", "width")]
    assert sifted.quarantine["value"].tolist() == ["p2,,2026-01-01", "p3,,2026-01-01,3,1,9"]
    assert sifted.rows == {"received": 3, "accepted": 1, "quarantined": 2, "entries_quarantined": 0}


def test_after_the_cut_off(clinic: ClinicFiles) -> None:
    text = f"{HEADER}\np1,,2026-01-01 23:59,3,1\np1,,2026-01-02,3,1\n"
    assert faults(clinic.sift(text, cutoff=dt.date(2026, 1, 1))) == [(3, "session_date", "future")]
    assert faults(clinic.sift(text)) == []


def test_events_before_the_first_session(clinic: ClinicFiles) -> None:
    header = "patient_id,treatment,session_date,intercurrent_event,intercurrent_date"
    sifted = clinic.sift(
        f"{header}\np1,chemical_peel,2026-02-01,,\np1,,2026-03-01,stop,2026-01-01\np1,,2026-04-01,stop,2026-02-01\n"
    )
    assert faults(sifted) == [(3, "intercurrent_date", "order")]


def test_birth_after_the_session(clinic: ClinicFiles) -> None:
    sifted = clinic.sift("patient_id,treatment,session_date,birth_year\np1,,2026-02-01,2027\np2,,2026-02-01,1990\n")
    assert faults(sifted) == [(2, "birth_year", "order")]


SESSIONS = table_of(
    [("p1", "chemical_peel", "2026-02-01", 3, 1), ("p2", "", "2026-02-01", 3, 1), ("p1", "", "2026-03-01", 3, 1)]
)


def sift_folder(clinic: ClinicFiles, **tables: str) -> Sifted:
    return sift(read([clinic.folder_of(**{"sessions": SESSIONS, **tables})]))


def test_patients_that_the_patients_table_does_not_have(clinic: ClinicFiles) -> None:
    sifted = sift_folder(
        clinic, patients="patient_id,sex\np1,f\n", consultations="patient_id,consultation_date\np3,2026-01-01\n"
    )
    assert faults(sifted) == [(3, "patient_id", "unknown_patient"), (2, "patient_id", "unknown_patient")]
    assert sifted.other_rows["consultations"]["quarantined"] == 1


def test_a_faulty_patients_row_makes_no_strangers(clinic: ClinicFiles) -> None:
    sifted = sift_folder(clinic, patients="patient_id,birth_year\np1,1780\np2,1990\n")
    assert faults(sifted) == [(2, "birth_year", "range")]
    assert sifted.rows["accepted"] == 3


def test_strangers_are_looked_for_only_where_there_is_a_patients_table(clinic: ClinicFiles) -> None:
    north = clinic.folder_of(sessions=SESSIONS, patients="patient_id,sex\np1,f\np2,m\n")
    south = clinic.write("south.csv", SESSIONS.replace("p1", "q1").replace("p2", "q2"))
    assert sift(read([north, south])).rows["quarantined"] == 0


def test_the_other_tables_are_sifted_and_counted_apart(clinic: ClinicFiles) -> None:
    sifted = sift_folder(
        clinic,
        adverse_events="patient_id,event,onset_date,resolved_date,severity\np1,redness,2026-02-02,2026-02-01,1\n"
        "p1,scarring,2026-01-01,,4\np1,erythema,2026-01-15,,\np1,erythema,2026-02-02,,1\np1,erythema,2026-02-02,,1\n",
        consultations="patient_id,consultation_date,skin_type\np1,,dry\np2,2026-01-01,green\np2,2026-01-01,oily\n",
    )
    assert sifted.rows == {"received": 3, "accepted": 3, "quarantined": 0, "entries_quarantined": 0}
    assert sifted.other_rows["adverse_events"] == {
        "received": 5,
        "accepted": 1,
        "quarantined": 4,
        "entries_quarantined": 0,
    }
    assert sifted.other_rows["consultations"]["accepted"] == 1
    assert faults(sifted) == [
        (2, "consultation_date", "missing"),
        (3, "skin_type", "code"),
        (2, "resolved_date", "order"),
        (3, "severity", "range"),
        (4, "onset_date", "order"),
        (6, "", "duplicate_row"),
    ]
    assert sifted.adverse_events is not None
    assert column(sifted.adverse_events, "patient", "event", "severity") == [("p1", "erythema", 1)]


def test_a_first_session_that_was_set_aside_makes_no_event_too_early(clinic: ClinicFiles) -> None:
    broken = SESSIONS.replace("2026-02-01,3,1\np2", "2026-02-01,33,1\np2")
    events = "patient_id,event,onset_date\np1,redness,2026-02-02\np1,redness,2026-01-02\n"
    sifted = sift_folder(clinic, sessions=broken, adverse_events=events)
    assert faults(sifted) == [(2, "texture_grade", "range"), (3, "onset_date", "order")]


@pytest.mark.parametrize("row", ["p1,,someday,3,1", "p1,,,3,1", "p1,x"])
def test_a_patient_with_an_undated_row_has_no_known_first_session(clinic: ClinicFiles, row: str) -> None:
    events = "patient_id,event,onset_date\np1,redness,2026-01-02\np2,redness,2026-01-02\n"
    sifted = sift_folder(clinic, sessions=f"{SESSIONS}{row}\n", adverse_events=events)
    assert [place for place in faults(sifted) if place[2] == "order"] == [(3, "onset_date", "order")]


def test_the_patient_of_a_short_line_is_known_by_clinic_and_id(clinic: ClinicFiles) -> None:
    header = "clinic_id,patient_id,treatment,session_date"
    sifted = clinic.sift(f"{header}\nnorth,1,,2026-01-01\nsouth,2,,2026-01-01\nsouth,2,x\nsouth,1,x\n")
    assert sifted.rejected_sessions is not None
    assert column(sifted.rejected_sessions, "_row", "patient", "patient_id") == [(4, "south|2", "2"), (5, None, None)]


def test_the_patients_table_says_one_thing_about_a_patient(clinic: ClinicFiles) -> None:
    sifted = sift_folder(clinic, patients="patient_id,sex,birth_year\np1,f,1990\np1,m,\np2,f,2030\n")
    assert faults(sifted) == [(2, "sex", "conflict"), (3, "sex", "conflict"), (4, "birth_year", "order")]


def test_header_only_other_tables_are_an_answer(clinic: ClinicFiles) -> None:
    sifted = sift_folder(clinic, adverse_events="patient_id,event,onset_date\n")
    assert sifted.adverse_events is not None
    assert len(sifted.adverse_events) == 0
    assert sifted.other_rows["adverse_events"]["received"] == 0


def test_a_patient_is_clinic_and_id_over_all_tables(clinic: ClinicFiles) -> None:
    sessions = (
        "clinic_id,patient_id,treatment,session_date\nnorth,1,,2026-01-01\nsouth,1,,2026-01-01\nsouth,2,,2026-01-01\n"
    )
    patients = "patient_id,sex\n2,f\n1,m\n"
    sifted = sift_folder(
        clinic,
        sessions=sessions,
        patients=patients,
        consultations="clinic_id,patient_id,consultation_date\nnorth,1,2026-01-01\n",
    )
    assert sifted.patients is not None
    assert sifted.consultations is not None
    assert column(sifted.patients, "patient") == ["south|2"]
    assert column(sifted.consultations, "patient") == ["north|1"]
    assert faults(sifted) == [(3, "patient_id", "unknown_patient")]
    assert "must say which clinic" in sifted.quarantine["must"][0]


def test_an_id_without_clinic_that_occurs_in_several_data_is_one_patient_and_said(clinic: ClinicFiles) -> None:
    one = clinic.write("a.csv", SESSIONS)
    two = clinic.write("b.csv", SESSIONS.replace("p2", "p3").replace("2026-", "2025-"))
    sifted = sift(read([one, two]))
    assert sorted(set(sifted.sessions["patient"])) == ["p1", "p2", "p3"]
    assert sifted.notes == (
        "Warning: 1 patient ids without clinic_id occur in several files; each was taken for one patient: p1.",
    )


def test_derived_outcomes_are_filled_where_all_parts_are_there(clinic: ClinicFiles) -> None:
    header = "patient_id,treatment,session_date,inflammatory_lesions,noninflammatory_lesions,total_lesions"
    sifted = clinic.sift(f"{header}\np1,,2026-01-01,1,2,\np2,,2026-01-01,1,,\np3,,2026-01-01,1,2,9\n")
    assert column(sifted.sessions, "total_lesions") == [3, None, 9]


def test_derived_outcomes_of_long_files(clinic: ClinicFiles) -> None:
    rows = [
        "p1,,0,inflammatory_lesions,1",
        "p1,,0,noninflammatory_lesions,2",
        "p2,,0,inflammatory_lesions,5",
        "p2,,4,noninflammatory_lesions,5",
    ]
    sifted = clinic.sift("\n".join(["patient_id,treatment,visit,outcome,value", *rows]) + "\n")
    assert column(sifted.sessions, "total_lesions") == [3, None, None, None]


def test_what_is_known_of_rows_set_aside(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(
        f"{HEADER}\np1,chemical_peel,2026-01-01,33,1\n,chemical_peel,2026-01-02,3,1\np1,laser,soon,3,1\np1,,2026-01-03,33,\np1,,2026-02-01,3,1\np1,x\nq,x\n"
    )
    rejected = sifted.rejected_sessions
    assert rejected is not None
    assert set(sifted.sessions.columns) <= set(rejected.columns)
    assert column(
        rejected, "_row", "patient", "session_date", "treatment", "readable_patient", "possible_treatment"
    ) == [
        (2, "p1", pd.Timestamp("2026-01-01"), "chemical_peel", True, True),
        (3, None, pd.Timestamp("2026-01-02"), "chemical_peel", False, True),
        (4, "p1", None, None, True, True),
        (5, "p1", pd.Timestamp("2026-01-03"), None, True, False),
        (7, "p1", None, None, True, True),
        (8, None, None, None, False, True),
    ]


def test_everything_set_aside_is_a_refusal_that_keeps_the_list(clinic: ClinicFiles) -> None:
    with pytest.raises(DataRefused) as refused:
        clinic.sift(f"{HEADER}\np1,laser,2026-01-01,3,1\np2,laser,2026-01-01,3,1\np3\n")
    assert refused.value.exit_code == 11
    said = str(refused.value).splitlines()
    assert said[0] == "Every row was set aside (3 received):"
    assert said[1].startswith("  2 rows: treatment must be one of: microdermabrasion")
    assert "  1 row: must have as many cells as the header line has (5, not 1) (first:" in said
    assert all(len(line) <= 80 for line in said[:-1])
    kept: Sifted = refused.value.sifted  # type: ignore[attr-defined]
    assert balanced(kept)
    assert kept.rows["quarantined"] == 3
    assert len(kept.quarantine) == 3


def test_where_nothing_is_accepted_the_three_most_frequent_reasons_are_told(clinic: ClinicFiles) -> None:
    with pytest.raises(DataRefused) as refused:
        clinic.sift(f"{HEADER}\np1,,soon,33,1.5\np2,,soon,44,1\np3,,soon,3,1\n,,2026-01-01,3,1\n")
    said = str(refused.value)
    assert said.startswith("Every row was set aside (4 received), most often because:\n")
    lines = [line for line in said.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    assert [line.split(" must ")[0] for line in lines[:-1]] == [
        "  3 rows: session_date", "  2 rows: texture_grade", "  1 row: patient_id",
    ]  # fmt: skip
    assert "(first: sessions.csv row 2: 'soon')" in " ".join(said.split())
    assert "1 times" not in said


def test_the_last_date_and_the_style(clinic: ClinicFiles) -> None:
    assert clinic.sift(SESSIONS).last_date == pd.Timestamp("2026-03-01")
    assert clinic.sift(SESSIONS).style == "dated"
    assert clinic.sift("patient_id,treatment,study_day\np1,,0\n").style == "study_day"
    assert clinic.sift("patient_id,treatment,study_day\np1,,0\n").last_date is None
