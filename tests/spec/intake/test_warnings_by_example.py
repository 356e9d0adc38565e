"""Warnings by example: what each is told about, and what it leaves alone; the row always stays."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pytest
from clinic_files import ClinicFiles, balanced

from analytics.domain.dataset import Sifted
from analytics.intake.accepted import write_files
from analytics.intake.sift import NothingAccepted

DATED = "patient_id,treatment,session_date"


def warned(sifted: Sifted) -> list[tuple]:
    """(row, column, rule) of every warning, in order; row None: the whole column."""
    rows = sifted.quarantine[sifted.quarantine["severity"] == "warning"]
    assert balanced(sifted)
    return [(None if pd.isna(r) else int(r), c, rule) for r, c, rule in rows[["row", "column", "rule"]].to_numpy()]


def told(clinic: ClinicFiles, header: str, lines: Iterable[str], mapping: object = None) -> list[tuple]:
    return warned(clinic.sift("\n".join([header, *lines]) + "\n", mapping))


def test_two_treatments_less_than_a_week_apart(clinic: ClinicFiles) -> None:
    lines = [
        "a,chemical_peel,2026-01-01", "a,chemical_peel,2026-01-07", "a,,2026-01-10", "a,chemical_peel,2026-01-14",
        "b,chemical_peel,2026-01-01", "b,dermal_roller,2026-01-01", "b,chemical_peel,2026-01-02",
        "c,chemical_peel,2026-01-05 23:00", "c,chemical_peel,2026-01-12 01:00",
    ]  # fmt: skip
    sifted = clinic.sift("\n".join([DATED, *lines]) + "\n")
    assert warned(sifted) == [(3, "session_date", "short_interval"), (8, "session_date", "short_interval")]
    assert sifted.quarantine["must"].tolist() == [
        "must be at least 7 days after the treatment before it; 6 days were found",
        "must be at least 7 days after the treatment before it; 1 day was found",
    ]
    assert sifted.rows["accepted"] == len(lines)


def test_a_day_of_several_rows_is_listed_once_on_its_first(clinic: ClinicFiles) -> None:
    lines = ["a,chemical_peel,2026-01-01,left", "a,chemical_peel,2026-01-04,left", "a,dermal_roller,2026-01-04,right"]
    assert told(clinic, f"{DATED},side", lines) == [(3, "session_date", "short_interval")]


def test_arms_of_a_trial_are_no_treatments(clinic: ClinicFiles) -> None:
    lines = ["a,chemical_peel,0", "a,chemical_peel,1", "a,chemical_peel,3"]
    assert told(clinic, "patient_id,treatment,visit", lines) == []
    assert told(clinic, "patient_id,treatment,study_day", lines) == []


def test_a_session_number_that_is_skipped(clinic: ClinicFiles) -> None:
    lines = [
        "a,chemical_peel,2026-01-01,1", "a,chemical_peel,2026-01-15,2", "a,chemical_peel,2026-02-01,4",
        "a,chemical_peel,2026-02-15,5", "a,chemical_peel,2026-03-15,8", "b,chemical_peel,2026-01-01,3",
        "b,chemical_peel,2026-01-20,4", "c,chemical_peel,2026-01-01,2", "c,chemical_peel,2026-02-01,1",
    ]  # fmt: skip
    sifted = clinic.sift("\n".join([f"{DATED},session_no", *lines]) + "\n")
    assert warned(sifted) == [(4, "session_no", "session_gap"), (6, "session_no", "session_gap")]
    assert sifted.quarantine["must"].tolist() == [
        "must follow the session number before it; 4 comes after 2",
        "must follow the session number before it; 8 comes after 5",
    ]


def test_sides_with_numbers_of_their_own_are_counted_apart(clinic: ClinicFiles) -> None:
    left = ["a,chemical_peel,2026-01-01,1,left", "a,chemical_peel,2026-02-01,3,left"]
    own = [f"a,dermal_roller,2026-01-{3 + 7 * n},{n},right" for n in (1, 2, 3)]
    header = f"{DATED},session_no,side"
    assert told(clinic, header, [*left, *own]) == [(3, "session_no", "session_gap")]
    assert told(clinic, header.replace("side", "body_site"), [
        line.replace("left", "face").replace("right", "neck") for line in (*left, *own)
    ]) == [(3, "session_no", "session_gap")]  # fmt: skip
    assert told(clinic, header, [*left, *own, "a,,2026-01-20,2,"]) == []  # a row of no side may be the missing one
    assert told(clinic, header, [*left, *own, "a,,2026-03-20,5,both"]) == [
        (3, "session_no", "session_gap"), (7, "session_no", "session_gap"),
    ]  # fmt: skip
    other = [line.replace("a,", "b,", 1) for line in own]
    assert told(clinic, header, [*left, *other]) == [(3, "session_no", "session_gap")]


def test_sides_that_share_the_patients_numbers_are_one_series(clinic: ClinicFiles) -> None:
    header = f"{DATED},session_no,side"
    same_days = ["a,chemical_peel,2026-01-01,1,left", "a,dermal_roller,2026-01-01,1,right",
                 "a,dermal_roller,2026-01-15,2,right", "a,chemical_peel,2026-02-01,3,left"]  # fmt: skip
    assert told(clinic, header, same_days) == []
    in_turn = [f"a,chemical_peel,2026-0{n}-01,{n},{'left' if n % 2 else 'right'}" for n in range(1, 6)]
    assert told(clinic, header, in_turn) == []
    read_later = [*same_days, "a,,2026-01-20,1,left"]  # a reading of session 1 is no treatment of its day
    assert told(clinic, header, read_later) == []


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ("a,laser,2026-01-15,2", "a session set aside has the number"),
        ("a,laser,2026-01-15,two", "the number of a session set aside is not known"),
        (",chemical_peel,2026-01-15,2", "the session of nobody may be it"),
        ("a,chemical_peel,2026-01-15", "a row of another width may be it"),
        ("a,,2026-01-15,2", "an assessment has the number"),
    ],
)
def test_no_gap_where_the_missing_session_may_be_set_aside(clinic: ClinicFiles, second: str, why: str) -> None:
    lines = ["a,chemical_peel,2026-01-01,1", second, "a,chemical_peel,2026-02-01,3"]
    assert told(clinic, f"{DATED},session_no", lines) == []


def test_a_row_of_nobody_at_another_time_does_not_explain_a_gap(clinic: ClinicFiles) -> None:
    lines = ["a,chemical_peel,2026-01-01,1", ",chemical_peel,2026-06-15,2", "a,chemical_peel,2026-02-01,3"]
    assert told(clinic, f"{DATED},session_no", lines) == [(4, "session_no", "session_gap")]


def test_an_assessment_set_aside_hides_no_gap(clinic: ClinicFiles) -> None:
    lines = ["a,chemical_peel,2026-01-01,1,3", "a,,2026-01-15,,33", "a,chemical_peel,2026-02-01,3,4"]
    assert told(clinic, f"{DATED},session_no,texture_grade", lines) == [(4, "session_no", "session_gap")]


def test_a_date_far_from_all_others(clinic: ClinicFiles) -> None:
    body = [f"p{n},,2024-{n:02d}-01" for n in range(1, 10)]
    assert told(clinic, DATED, [*body, "z,,2025-09-01"]) == []  # 365 days
    assert told(clinic, DATED, [*body, "z,,2025-09-02"]) == [(11, "session_date", "isolated_date")]
    assert told(clinic, DATED, [*body, "y,,2019-01-01", "z,,2019-06-01"]) == []  # two of them have each other
    assert told(clinic, DATED, ["a,,2019-01-01", "b,,2023-01-01"]) == []  # no body to be far from
    assert told(clinic, DATED, ["a,,2019-01-01"]) == []


def test_dates_of_one_table_are_held_against_all_of_the_file(clinic: ClinicFiles) -> None:
    folder = clinic.folder_of(
        sessions=f"{DATED}\na,,2024-01-01\na,,2024-06-01\n",
        adverse_events="patient_id,event,onset_date,resolved_date\na,erythema,2024-01-02,2026-01-05\n"
        "a,erythema,2024-02-02,2024-02-05\n",
    )
    from analytics.intake.sift import sift
    from analytics.sources.read import read

    assert warned(sift(read([folder]))) == [(2, "resolved_date", "isolated_date")]


IDS = [f"P-{n:03d}" for n in range(1, 11)]


@pytest.mark.parametrize("odd", ["p-003", "P- 003", "P-OO3", "P003", "P-0O3", "\uff30-003", "P.003"])
def test_another_spelling_of_an_id(clinic: ClinicFiles, odd: str) -> None:
    lines = [f"{id},,2024-01-{n:02d}" for n, id in enumerate(IDS, 1)] + ["P-003,,2024-02-01", f"{odd},,2024-03-01"]
    sifted = clinic.sift("\n".join([DATED, *lines]) + "\n")
    assert warned(sifted) == [(13, "patient_id", "id_spelling")]
    assert sifted.quarantine["must"].tolist() == ["must be spelled one way for one patient; the others say 'P-003'"]


@pytest.mark.parametrize("fine", ["P-011", "Q-003", "P-0031", "P-00I", "X7"])
def test_other_ids_are_other_patients(clinic: ClinicFiles, fine: str) -> None:
    assert told(clinic, DATED, [f"{id},,2024-01-01" for id in (*IDS, fine)]) == ([] if fine != "P-00I" else [
        (12, "patient_id", "id_spelling")
    ])  # fmt: skip


def test_look_alikes_are_believed_only_where_ids_have_a_pattern(clinic: ClinicFiles) -> None:
    assert told(clinic, DATED, [f"{id},,2024-01-01" for id in ("AB1", "ABI", "A8I", "7XO", "7X0", "Z")]) == []


def test_ids_are_compared_within_a_clinic(clinic: ClinicFiles) -> None:
    lines = ["north,a1,,2024-01-01", "south,A1,,2024-01-01", "south,A1,,2024-01-02", "south,a1,,2024-01-03"]
    assert told(clinic, f"clinic_id,{DATED}", lines) == [(5, "patient_id", "id_spelling")]


def test_a_person_who_changes(clinic: ClinicFiles) -> None:
    lines = [
        "a,,2024-01-01,f,1990,2", "a,,2024-01-02,f,1990,2", "a,,2024-01-03,m,1991,", "a,,2024-01-04,,1990,3",
        "b,,2024-01-01,f,1990,2", "b,,2024-01-02,m,1990,2",
    ]  # fmt: skip
    assert told(clinic, f"{DATED},sex,birth_year,fitzpatrick", lines) == [
        (4, "sex", "changed_person"), (4, "birth_year", "changed_person"), (5, "fitzpatrick", "changed_person"),
        (6, "sex", "changed_person"), (7, "sex", "changed_person"),
    ]  # fmt: skip


def test_sessions_and_patients_table_are_looked_at_together(clinic: ClinicFiles) -> None:
    from analytics.intake.sift import sift
    from analytics.sources.read import read

    folder = clinic.folder_of(
        sessions=f"{DATED},sex\na,,2024-01-01,f\na,,2024-01-02,f\nb,,2024-01-02,f\n",
        patients="patient_id,sex\na,m\nb,f\n",
    )
    assert warned(sift(read([folder]))) == [(2, "sex", "changed_person")]


SERIES = [(n, 3 + n % 4, 10 + 7 * n) for n in range(1, 8)]


def copied(*others: str, lesions: int = 0) -> list[str]:
    lines = [f"a,,2024-01-{day:02d},{grade},{count}" for day, grade, count in SERIES]
    for other in others:
        lines += [f"{other},,2024-01-{day:02d},{grade},{count + lesions}" for day, grade, count in reversed(SERIES)]
    return lines


def test_a_series_that_is_another_patients(clinic: ClinicFiles) -> None:
    header = f"{DATED},texture_grade,inflammatory_lesions"
    sifted = clinic.sift("\n".join([header, *copied("b", "c")]) + "\n")
    assert warned(sifted) == [(9, "patient_id", "copied_patient"), (16, "patient_id", "copied_patient")]
    assert (
        sifted.quarantine["must"].tolist()
        == ["must not repeat the whole series of another patient; it is that of a (row 2)"] * 2
    )
    assert told(clinic, header, copied("b", lesions=1)) == []
    assert told(clinic, header, [line for line in copied("b") if "-01-07" not in line][:5] + copied("b")[7:12]) == []


def test_series_that_never_vary_are_no_copies(clinic: ClinicFiles) -> None:
    lines = [f"{who},,2024-01-{day:02d},0" for who in "ab" for day in range(1, 20)]
    assert told(clinic, f"{DATED},inflammatory_lesions", lines) == []


ROUND = "count: {label: Count, domain: breakouts, kind: count, direction: lower}"


def test_readings_rounded_by_hand(clinic: ClinicFiles) -> None:
    header = f"{DATED},inflammatory_lesions"
    fives = [f"p{n},,2024-01-01,{5 * (n % 13) if n % 2 else n}" for n in range(60)]
    sifted = clinic.sift("\n".join([header, *fives]) + "\n")
    assert warned(sifted) == [(None, "inflammatory_lesions", "digit_preference")]
    line = sifted.quarantine.iloc[0]
    assert line["value"] == "60 % of 60 readings end in 0 or 5"
    assert line["must"].endswith("(60 % of 60 readings end in 0 or 5, 20 % by chance)")
    assert (
        b"sessions,sessions.csv,,inflammatory_lesions,digit_preference,warning,"
        in write_files(sifted)["quarantine.csv"]
    )
    assert told(clinic, header, fives[:49]) == []  # too few to tell
    assert told(clinic, header, [f"p{n},,2024-01-01,{n}" for n in range(60)]) == []
    assert told(clinic, header, [f"p{n},,2024-01-01,{5 if n % 2 else n % 8}" for n in range(60)]) == []  # no spread


def test_instruments_in_halves_and_tens_are_not_rounded(clinic: ClinicFiles) -> None:
    header = f"{DATED},texture_grade,satisfaction_vas,elasticity_r2"
    lines = [f"p{n},,2024-01-01,{n % 19 / 2},{10 * (n % 11)},{(n % 40 + 1) / 50:.3f}" for n in range(80)]
    assert told(clinic, header, lines) == []


def test_percents_that_are_fractions(clinic: ClinicFiles) -> None:
    header = "patient_id,treatment,session_date,Uptake"
    lines = [f"p{n},chemical_peel,2024-01-01,0.{n}" for n in range(1, 6)]
    mapping = {"columns": {**{name: name for name in DATED.split(",")}, "absorbed_percent": "Uptake"}}
    assert told(clinic, header, lines, mapping) == [(None, "Uptake", "fraction_as_percent")]
    mapping["columns"]["absorbed_percent"] = {"from": "Uptake", "unit": "fraction"}
    assert told(clinic, header, lines, mapping) == []
    mapping["columns"]["absorbed_percent"] = "Uptake"
    assert told(clinic, header, [*lines, "p9,chemical_peel,2024-01-01,1.5"], mapping) == []
    assert told(clinic, header, [f"p{n},chemical_peel,2024-01-01,0" for n in range(6)], mapping) == []


def test_a_column_per_visit_is_told_of_once(clinic: ClinicFiles) -> None:
    rows = "".join(f"{n},a,0.{n % 9 + 1},0.{n % 7 + 1}\n" for n in range(30))
    mapping = """
        columns:
          patient_id: Id
          treatment: {from: T, values: {chemical_peel: [a]}}
          absorbed_percent: [{from: One, visit: 1}, {from: Two, visit: 2}]
    """
    assert warned(clinic.sift(f"Id,T,One,Two\n{rows}", mapping)) == [(None, "One", "fraction_as_percent")]


def test_tone_read_too_soon_after_a_session(clinic: ClinicFiles) -> None:
    header = f"{DATED},melanin_index,side,timing,hours_since_session"
    lines = [
        "a,chemical_peel,2026-01-01,300,,,",  # before the session of its own row
        "a,chemical_peel,2026-01-15,300,,,",  # 14 days: the washout is over
        "a,,2026-01-28,300,,,",  # 13 days
        "b,chemical_peel,2026-01-01,300,,post,",
        "b,,2026-01-03,300,,,400",  # hours as written
        "c,chemical_peel,2026-01-01,,left,,",
        "c,,2026-01-05,300,right,,",
        "c,,2026-01-05,300,left,,",
        "c,,2026-01-06,300,,,",
        "d,,2026-01-02,300,,,",
    ]
    assert told(clinic, header, lines) == [(row, "melanin_index", "early_tone_reading") for row in (4, 5, 9, 10)]


def test_times_of_day_decide_on_the_day_of_a_session(clinic: ClinicFiles) -> None:
    lines = ["a,chemical_peel,2026-01-01 10:00,", "a,,2026-01-01 09:00,300", "a,,2026-01-01 11:00,300",
             "b,chemical_peel,2026-01-01 10:00,", "b,,2026-01-15 09:59,300", "b,,2026-01-15 10:00,310"]  # fmt: skip
    assert told(clinic, f"{DATED},melanin_index", lines) == [
        (4, "melanin_index", "early_tone_reading"), (6, "melanin_index", "early_tone_reading"),
    ]  # fmt: skip


def test_the_order_of_rows_does_not_matter(clinic: ClinicFiles) -> None:
    header = f"{DATED},session_no,melanin_index,sex"
    lines = ["a,chemical_peel,2026-01-01,1,,f", "a,chemical_peel,2026-01-05,4,300,f", "a,,2026-01-06,,300,m",
             "b,,2019-01-01,,,f", "A,,2026-02-01,,,f", "c,,2026-02-05,,,f"]  # fmt: skip
    one = {(lines[row - 2], column, rule) for row, column, rule in told(clinic, header, lines)}
    back = lines[::-1]
    assert one == {(back[row - 2], column, rule) for row, column, rule in told(clinic, header, back)}
    assert len(one) == 7


def test_rows_set_aside_give_no_warnings_of_these_kinds(clinic: ClinicFiles) -> None:
    with pytest.raises(NothingAccepted) as refused:
        clinic.sift(f"{DATED},session_no\na,laser,2026-01-01,1\na,laser,2026-01-02,5\n")
    assert set(refused.value.sifted.quarantine["severity"]) == {"error"}
