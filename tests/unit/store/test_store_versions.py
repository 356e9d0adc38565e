"""Rows that are new, changed, gone or as they were; versions; full exports; conflicts; files received before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from store_files import lines, many, take_in

from analytics.domain.errors import DataRefused, UsageError
from analytics.intake.sift import sift
from analytics.sources.read import read
from analytics.store.check import check
from analytics.store.ingest import ingest
from analytics.store.reading import store_sifted
from analytics.store.retry import retry
from analytics.store.telling import batch_list, history, quarantine_list, status

A = lines("P1,2026-01-05,chemical_peel,4", "P2,2026-01-05,dermal_roller,3")
B = lines("P1,2026-01-05,chemical_peel,2", "P2,2026-01-05,dermal_roller,3")


def counts(done) -> tuple[int, int, int, int]:
    change = done.change
    return change.new, change.changed, change.unchanged, change.gone


def grades(folder: Path, as_of=None) -> list[float]:
    return sorted(store_sifted(folder / "store", as_of=as_of).sessions["texture_grade"])


def test_a_changed_row_supersedes_and_the_old_version_stays(tmp_path: Path) -> None:
    assert counts(take_in(tmp_path, "a.csv", A)) == (2, 0, 0, 0)
    assert counts(take_in(tmp_path, "b.csv", B)) == (0, 1, 1, 0)
    assert grades(tmp_path) == [2, 3]
    assert grades(tmp_path, as_of=1) == [3, 4]


def test_rows_are_compared_as_values_not_as_texts(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A)
    again = lines("P1,2026-01-05,chemical_peel,4.0", " P2 ,2026-01-05,Dermal_Roller,3.00")
    assert counts(take_in(tmp_path, "b.csv", again)) == (0, 0, 2, 0)


def test_a_column_that_comes_empty_changes_nothing(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A)
    wide = lines(
        "P1,2026-01-05,chemical_peel,4,", "P2,2026-01-05,dermal_roller,3,",
        head="patient_id,session_date,treatment,texture_grade,pore_count",
    )  # fmt: skip
    assert counts(take_in(tmp_path, "b.csv", wide)) == (0, 0, 2, 0)


def test_a_file_received_before_changes_nothing_unless_told(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A)
    take_in(tmp_path, "b.csv", B)
    done = take_in(tmp_path, "renamed.csv", A)
    assert done.change is None
    assert done.known == ("renamed.csv",)
    assert grades(tmp_path) == [2, 3]
    assert counts(take_in(tmp_path, "renamed.csv", A, again=True)) == (0, 1, 1, 0)
    assert grades(tmp_path) == [3, 4]


def test_a_known_file_beside_a_new_one_undoes_no_correction(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A)
    take_in(tmp_path, "b.csv", B)
    (tmp_path / "c.csv").write_text(lines("P3,2026-01-05,chemical_peel,1"))
    done = ingest([tmp_path / "a.csv", tmp_path / "c.csv"], (), tmp_path / "store")
    assert counts(done) == (1, 0, 0, 0)
    assert grades(tmp_path) == [1, 2, 3]


def test_another_clinic_or_a_full_export_is_another_receipt(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A, clinic="north")
    assert take_in(tmp_path, "a.csv", A, clinic="north").change is None
    assert take_in(tmp_path, "a.csv", A, clinic="south").change.new == 2
    assert take_in(tmp_path, "a.csv", A, clinic="north", full=True).change is not None
    assert status(tmp_path / "store").patients == 4


def test_a_clinic_that_the_file_denies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="south"):
        take_in(tmp_path, "a.csv", many(3, clinic="south"), clinic="north")


def test_equal_keys_with_other_content_in_one_call_are_a_conflict(tmp_path: Path) -> None:
    head = "patient_id,session_date,treatment,texture_grade,peel_percent"
    text = lines(
        "P1,2026-01-05,chemical_peel,4,20", "P1,2026-01-05,chemical_peel,,30", "P2,2026-01-05,chemical_peel,3,20",
        head=head,
    )  # fmt: skip
    done = take_in(tmp_path, "a.csv", text)
    assert done.sifted.rows == {"received": 3, "accepted": 1, "quarantined": 2, "entries_quarantined": 0}
    found = quarantine_list(tmp_path / "store")
    assert list(found["rule"]) == ["conflict", "conflict"]
    assert store_sifted(tmp_path / "store").rows == done.sifted.rows


def test_two_outcomes_of_a_long_file_are_two_rows(tmp_path: Path) -> None:
    head = "patient_id,session_date,treatment,outcome,value"
    text = lines("P1,2026-01-05,chemical_peel,texture_grade,4", "P1,2026-01-05,chemical_peel,pore_count,200", head=head)
    assert counts(take_in(tmp_path, "a.csv", text)) == (2, 0, 0, 0)
    later = lines("P1,2026-01-05,chemical_peel,pore_count,180", head=head)
    assert counts(take_in(tmp_path, "b.csv", later)) == (0, 1, 0, 0)


def test_a_session_number_finds_a_row_whose_date_was_corrected(tmp_path: Path) -> None:
    head = "patient_id,session_date,treatment,texture_grade,session_id"
    take_in(tmp_path, "a.csv", lines("P1,2026-01-05,chemical_peel,4,S-77", head=head))
    assert counts(take_in(tmp_path, "b.csv", lines("P1,2026-01-06,chemical_peel,4,S-77", head=head))) == (0, 1, 0, 0)


def test_a_full_export_ends_rows_that_are_gone(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", many(20), clinic="north")
    take_in(tmp_path, "s.csv", many(5), clinic="south")
    done = take_in(tmp_path, "b.csv", many(19), clinic="north", full=True)
    assert counts(done) == (0, 0, 19, 1)
    assert status(tmp_path / "store").rows["sessions"] == 24
    assert status(tmp_path / "store", as_of=2).rows["sessions"] == 25
    assert [e.what for e in history(tmp_path / "store", "P19", clinic="north")] == ["new", "gone"]


def test_more_than_a_tenth_gone_is_asked_for(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", many(20), clinic="north")
    with pytest.raises(DataRefused, match="3 of 20") as told:
        take_in(tmp_path, "b.csv", many(17), clinic="north", full=True)
    assert told.value.exit_code == 11
    assert status(tmp_path / "store").version == 1
    assert take_in(tmp_path, "b.csv", many(17), clinic="north", full=True, allow_gone=True).change.gone == 3


def test_a_row_now_set_aside_keeps_its_old_version(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", many(20), clinic="north")
    faulty = many(20).replace("P3,2026-01-05,chemical_peel,4", "P3,2026-01-05,chemical_peel,99")
    unsure = faulty.replace("P4,2026-01-05,chemical_peel", "P4,2026-01-05,something else")
    done = take_in(tmp_path, "b.csv", unsure, clinic="north", full=True)
    assert (done.change.quarantined, done.change.gone) == (2, 0)
    found = status(tmp_path / "store")
    assert (found.rows["sessions"], found.quarantined) == (20, 2)


def test_a_line_set_aside_is_over_when_it_comes_right(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A.replace(",4", ",99"))
    assert status(tmp_path / "store").quarantined == 1
    take_in(tmp_path, "a2.csv", A.replace(",4", ",98"))
    assert status(tmp_path / "store").quarantined == 1
    take_in(tmp_path, "b.csv", A)
    assert status(tmp_path / "store").quarantined == 0
    assert len(quarantine_list(tmp_path / "store")) == 0
    assert list(quarantine_list(tmp_path / "store", as_of=1)["value"]) == ["99"]


def test_a_day_names_the_last_version_of_that_day(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A, now=dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC))
    take_in(tmp_path, "b.csv", B, now=dt.datetime(2026, 3, 8, 6, tzinfo=dt.UTC))
    assert grades(tmp_path, as_of="2026-03-07") == [3, 4]
    assert grades(tmp_path, as_of="2026-03-08") == [2, 3]
    for wrong in ("2026-02-28", "9", "yesterday"):
        with pytest.raises(UsageError):
            store_sifted(tmp_path / "store", as_of=wrong)


def test_the_rows_of_the_store_are_those_of_the_sift(tmp_path: Path) -> None:
    text = lines("P1,2026-01-05 09:30,chemical_peel,4", "P2,2026-02-30,dermal_roller,3", "P3,2026-01-09,,1", "P4,2026")
    take_in(tmp_path, "a.csv", text)
    direct, stored = sift(read(tmp_path / "a.csv")), store_sifted(tmp_path / "store")
    assert stored.rows == direct.rows
    for one, other in ((direct.sessions, stored.sessions), (direct.rejected_sessions, stored.rejected_sessions)):
        plain = [c for c in one if c not in ("_file", "patient", "patient_id")]
        assert list(one) == list(other)
        pd.testing.assert_frame_equal(one[plain], other[plain])
    assert list(direct.quarantine["rule"]) == list(stored.quarantine["rule"])


def test_the_same_content_has_the_same_hash(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A)
    first = status(tmp_path / "store").sha256
    take_in(tmp_path, "b.csv", B)
    assert status(tmp_path / "store", as_of=1).sha256 == first
    assert status(tmp_path / "store").sha256 != first
    assert check(tmp_path / "store").problems == ()


def test_a_cutoff_sets_later_rows_aside(tmp_path: Path) -> None:
    text = lines("P1,2026-01-05,chemical_peel,4", "P1,2026-03-05,chemical_peel,3")
    take_in(tmp_path, "a.csv", text)
    until = dt.date(2026, 2, 1)
    direct, stored = sift(read(tmp_path / "a.csv"), cutoff=until), store_sifted(tmp_path / "store", cutoff=until)
    assert stored.rows == direct.rows == {"received": 2, "accepted": 1, "quarantined": 1, "entries_quarantined": 0}
    assert list(stored.quarantine["rule"]) == list(direct.quarantine["rule"]) == ["future"]


MAPPING = """columns:
  patient_id: {from: Client}
  session_date: {from: Day}
  treatment: {from: What, values: {chemical_peel: [Peel], dermal_roller: ["Roll*"]}}
  texture_grade: {from: Grade}
"""
CLINIC = lines("K1,2026-01-05,Peel,4", "K2,2026-01-05,Needles,3", "K3,2026-01-05,Roll of M. Rossi,2",
               head="Client,Day,What,Grade")  # fmt: skip


def test_retry_finds_texts_that_a_better_mapping_names(tmp_path: Path) -> None:
    done = take_in(tmp_path, "a.csv", CLINIC, mappings=[MAPPING])
    assert (done.change.accepted, done.change.quarantined) == (2, 1)
    better = MAPPING.replace('["Roll*"]', '["Roll*", needles]')
    change = retry(tmp_path / "store", mapping=better)
    assert (change.new, change.unchanged, change.quarantined) == (1, 2, 0)
    found = store_sifted(tmp_path / "store")
    assert sorted(found.sessions["treatment"]) == ["chemical_peel", "dermal_roller", "dermal_roller"]
    assert found.mapping_text != store_sifted(tmp_path / "store", as_of=1).mapping_text
    assert store_sifted(tmp_path / "store", as_of=1).rows["quarantined"] == 1
    assert check(tmp_path / "store").problems == ()
    assert [one["kind"] for one in batch_list(tmp_path / "store")] == ["ingest", "retry"]


def test_retry_can_set_rows_aside(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", CLINIC, mappings=[MAPPING.replace('"Roll*"', '"Roll*", Needles')])
    change = retry(tmp_path / "store", mapping=MAPPING)
    assert (change.accepted, change.quarantined, change.gone) == (2, 1, 1)
    assert status(tmp_path / "store", as_of=1).rows["sessions"] == 3


def test_retry_does_not_bring_back_what_was_superseded(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A)
    take_in(tmp_path, "b.csv", B)
    before = store_sifted(tmp_path / "store")
    change = retry(tmp_path / "store")
    assert (change.new, change.changed, change.gone) == (0, 0, 0)
    pd.testing.assert_frame_equal(store_sifted(tmp_path / "store").sessions, before.sessions)


def test_a_line_with_an_unknown_treatment_is_over_when_it_comes_right(tmp_path: Path) -> None:
    take_in(tmp_path, "a.csv", A + "P3,2026-01-05,laser,3\n")
    assert status(tmp_path / "store").quarantined == 1
    take_in(tmp_path, "other.csv", lines("P3,2026-01-12,dermal_roller,3", "P4,2026-01-05,dermal_roller,3"))
    assert status(tmp_path / "store").quarantined == 1
    take_in(tmp_path, "b.csv", A + "P3,2026-01-05,chemical_peel,3\n")
    assert status(tmp_path / "store").quarantined == 0


@pytest.mark.parametrize("clinic", ["", "north"])
def test_a_weekly_patients_table_may_hold_the_new_patients_alone(tmp_path: Path, clinic: str) -> None:
    def week(name: str, patients: str, sessions: str, **how: bool) -> pd.DataFrame:
        (tmp_path / name).mkdir()
        (tmp_path / name / "patients.csv").write_text(lines(*patients.split(), head="patient_id,sex"))
        (tmp_path / name / "sessions.csv").write_text(lines(*sessions.split()))
        done = ingest([tmp_path / name], (), tmp_path / "store", clinic=clinic, **how)
        return done.sifted.quarantine

    assert len(week("one", "P1,female P2,male", "P1,2026-01-05,chemical_peel,4 P2,2026-01-05,dermal_roller,3")) == 0
    aside = week("two", "P3,female", "P2,2026-01-20,dermal_roller,2 P3,2026-01-20,chemical_peel,5 P9,2026-01-20,,4")
    assert aside["rule"].tolist() == ["unknown_patient"]
    full = week(
        "three", "P3,female", "P2,2026-01-20,dermal_roller,2 P3,2026-01-20,chemical_peel,5", full=True, allow_gone=True
    )
    assert full["rule"].tolist() == ["unknown_patient"]
