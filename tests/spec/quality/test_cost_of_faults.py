"""What rows set aside cost the comparison, counted by hand and against the flow of the cohort."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from clinic_files import ClinicFiles

from analytics.intake.derive import derive
from analytics.intake.loss import Loss, losses
from analytics.intake.sift import sift
from analytics.sources.read import read
from analytics.sources.simulate import files, simulate

HEAD = "patient_id,session_date,treatment,side,texture_grade,inflammatory_lesions\n"
FINE = (
    "a,2026-01-01,chemical_peel,,5,10\na,2026-03-26,,,4,8\n"
    "b,2026-01-01,dermal_roller,,6,12\nb,2026-03-26,,,5,9\n"
)  # fmt: skip


@pytest.fixture
def clinic(tmp_path: Path) -> ClinicFiles:
    return ClinicFiles(tmp_path)


def cost(clinic: ClinicFiles, rows: str, mapping: str | None = None) -> tuple[Loss, dict[str, Loss]]:
    data = clinic.read(HEAD + FINE + rows, mapping)
    found = losses(data, sift(data))
    return found.whole, dict(found.rules)


def test_nothing_wrong_costs_nothing(clinic: ClinicFiles) -> None:
    assert cost(clinic, "") == (Loss(0), {})


def test_a_faulty_reading_after_the_start_costs_the_readings_of_its_row(clinic: ClinicFiles) -> None:
    whole, rules = cost(clinic, "a,2026-02-10,,,55,7\n")
    assert rules == {"range": Loss(rows=1, readings=2, patients=0)}
    assert whole == Loss(1, 2, 0)


def test_a_cell_that_cannot_be_read_counts_as_the_reading_it_should_have_been(clinic: ClinicFiles) -> None:
    assert cost(clinic, "a,2026-02-10,,,about 3,7\n")[1] == {"type": Loss(1, 2, 0)}


def test_a_row_that_may_have_been_the_first_treatment_costs_the_patient(clinic: ClinicFiles) -> None:
    _, rules = cost(clinic, "a,2025-12-01,chemical_peel,,55,\n")
    assert rules == {"range": Loss(1, 1, 1)}


def test_who_has_no_other_treatment_is_lost_too(clinic: ClinicFiles) -> None:
    assert cost(clinic, "c,2026-01-01,laser,,5,\n")[1] == {"treatment": Loss(1, 1, 1)}


def test_a_row_that_stands_there_twice_costs_nothing(clinic: ClinicFiles) -> None:
    assert cost(clinic, "a,2026-03-26,,,4,8\n")[1] == {"duplicate_row": Loss(1, 0, 0)}


def test_two_rows_that_contradict_each_other_are_one_reading(clinic: ClinicFiles) -> None:
    _, rules = cost(clinic, "a,2026-02-10,,,3,\na,2026-02-10,,,4,\n")
    assert rules == {"conflict": Loss(rows=2, readings=1, patients=0)}


def test_a_row_with_two_faults_counts_with_both_rules_and_once_in_all(clinic: ClinicFiles) -> None:
    whole, rules = cost(clinic, "a,2026-02-10,,middle,55,7\n")
    assert rules == {"code": Loss(1, 2, 0), "range": Loss(1, 2, 0)}
    assert whole == Loss(1, 2, 0)


def test_a_row_of_another_width_costs_its_patient_but_no_reading_that_could_be_told(clinic: ClinicFiles) -> None:
    assert cost(clinic, "a,2026-02-10,,\n")[1] == {"width": Loss(1, 0, 1)}


def test_an_entry_set_aside_in_an_accepted_row_is_one_reading(tmp_path: Path) -> None:
    text = "id;arm;t0;t12\na;chemical_peel;5;55\nb;dermal_roller;6;4\n"
    mapping = """
        separator: ;
        columns:
          patient_id: id
          treatment: arm
          texture_grade: [{from: t0, visit: 0}, {from: t12, visit: 12}]
    """
    data = ClinicFiles(tmp_path).read(text, mapping)
    assert dict(losses(data, sift(data)).rules) == {"range": Loss(1, 1, 0)}


def test_everything_set_aside_costs_everybody(clinic: ClinicFiles) -> None:
    from analytics.domain.errors import DataRefused

    data = clinic.read(HEAD + "a,x,chemical_peel,,5,\nb,x,dermal_roller,,6,2\n")
    with pytest.raises(DataRefused) as refused:
        sift(data)
    assert losses(data, refused.value.sifted).whole == Loss(2, 3, 2)  # type: ignore[attr-defined]


def test_large_files_are_counted_in_rows_only(clinic: ClinicFiles) -> None:
    data = clinic.read(HEAD + FINE + "a,2026-02-10,,,55,7\n")
    found = losses(data, sift(data), most=4)
    assert not found.counted
    assert found.whole == Loss(1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_patients_lost_are_those_of_the_flow(seed: int, tmp_path: Path) -> None:
    made = files(simulate(patients=60, clinics=3, seed=seed, scenario="effect"))
    for name, content in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    for mapping in sorted(tmp_path.glob("clinics/*/mapping.yml")):
        named = [p for p in mapping.parent.iterdir() if p.name in ("termine.csv", "visits.xlsx", "measurements.csv")]
        data = read(named, [mapping])
        sifted = sift(data)
        found = losses(data, sifted)
        cohort, aside = derive(sifted), sifted.rejected_sessions
        assert aside is not None
        gone = set(cohort.excluded.loc[cohort.excluded["reason"] == "set_aside_session", "patient"])
        treated = set(sifted.sessions.loc[sifted.sessions["treatment"].notna(), "patient"])
        gone |= set(aside.loc[aside["possible_treatment"] & aside["readable_patient"], "patient"].dropna()) - treated
        assert found.whole.patients == len(gone), mapping.parent.name
        assert max(loss.patients for loss in found.rules.values()) <= found.whole.patients
        assert sum(loss.patients for loss in found.rules.values()) >= found.whole.patients
        without = derive(replace(sifted, rejected_sessions=None))
        assert gone & treated <= set(without.members["patient"]) | set(without.excluded["patient"])
