"""Reading DATA: files, folders, several of them, mappings in order; what is refused and what is only said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from clinic_files import HEADER, ClinicFiles, as_mapping

from analytics.domain.errors import DataRefused, PlanRefused, UsageError
from analytics.intake.sift import sift
from analytics.sources.read import read

ROW = "p1,chemical_peel,2026-03-01,3,10\n"
SESSIONS = f"{HEADER}\n{ROW}"


def test_a_file_becomes_a_dataset(clinic: ClinicFiles) -> None:
    data = clinic.read(SESSIONS)
    assert [f.name for f in data.files] == ["sessions.csv"]
    assert data.files[0].rows == 1
    assert len(data.files[0].sha256) == 64
    assert data.mapping_text == ""
    assert data.notes == ()


def test_inputs_are_untouched(clinic: ClinicFiles) -> None:
    path = clinic.write("sessions.csv", SESSIONS)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    sift(read([path]))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_the_fingerprint_knows_bytes_name_and_mapping_but_no_folder(clinic: ClinicFiles, tmp_path: Path) -> None:
    one = read([clinic.write("a/sessions.csv", SESSIONS)])
    other = read([clinic.write("b/sessions.csv", SESSIONS)])
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != read([clinic.write("a/sessions.csv", SESSIONS.replace("3,10", "4,10"))]).fingerprint
    assert one.fingerprint != clinic.read(SESSIONS, {"missing": ["x"]}).fingerprint


def test_a_folder_with_some_of_the_tables(clinic: ClinicFiles) -> None:
    folder = clinic.folder_of(sessions=SESSIONS, patients="patient_id,sex\np1,f\n")
    clinic.write("data/truth.json", "{}")
    clinic.write("data/clinics/x.csv", "a\n1\n")
    data = read([folder])
    assert list(data.tables) == ["sessions", "patients"]
    assert [f.name for f in data.files] == ["sessions.csv", "patients.csv"]
    assert data.notes == ("Left alone: clinics/, truth.json.",)


def test_a_folder_without_sessions(clinic: ClinicFiles) -> None:
    folder = clinic.folder_of(patients="patient_id,sex\np1,f\n")
    with pytest.raises(DataRefused, match=r"holds no sessions file .*found 'patients.csv'"):
        read([folder])


def test_a_folder_with_a_table_twice(clinic: ClinicFiles) -> None:
    folder = clinic.folder_of(sessions=SESSIONS)
    clinic.write("data/Sessions.tsv", SESSIONS)
    with pytest.raises(DataRefused, match="sessions more than once"):
        read([folder])


def test_several_data_are_stacked(clinic: ClinicFiles) -> None:
    north = clinic.write("north.csv", SESSIONS)
    south = clinic.write("south.csv", SESSIONS.replace("p1", "p2"))
    sifted = sift(read([north, south]))
    assert sifted.sessions[["_file", "_row", "patient"]].to_numpy().tolist() == [
        ["north.csv", 2, "p1"],
        ["south.csv", 2, "p2"],
    ]


def test_files_of_one_name_get_their_folder_s(clinic: ClinicFiles) -> None:
    north = clinic.write("north/sessions.csv", SESSIONS)
    south = clinic.write("south/sessions.csv", SESSIONS)
    assert [f.name for f in read([north, south]).files] == ["north/sessions.csv", "south/sessions.csv"]
    assert [f.name for f in read([north, north]).files] == ["sessions.csv (1)", "sessions.csv (2)"]


def test_one_mapping_for_all_or_one_per_data(clinic: ClinicFiles) -> None:
    north = clinic.write("north.csv", "Id,What,Day\na,chemical_peel,2026-01-01\n")
    south = clinic.write("south.csv", "Id,What,Day\nb,chemical_peel,01/02/2026\n")
    base = {"patient_id": "Id", "treatment": "What"}
    iso = {"columns": {**base, "session_date": "Day"}}
    british = {"columns": {**base, "session_date": {"from": "Day", "format": "%d/%m/%Y"}}}
    sifted = sift(read([north, south], [iso, british]))
    assert [str(d.date()) for d in sifted.sessions["session_date"]] == ["2026-01-01", "2026-02-01"]
    assert sift(read([north, south], [iso])).rows["quarantined"] == 1
    with pytest.raises(UsageError, match="2 mappings for 1 DATA"):
        read([north], [iso, british])


def test_no_data() -> None:
    with pytest.raises(UsageError):
        read([])


def test_tables_of_a_mapping_lie_beside_the_sessions(clinic: ClinicFiles) -> None:
    path = clinic.write("v.csv", SESSIONS)
    clinic.write("ae.csv", "Who;What;Since\np1;redness;03.03.2026\n")
    mapping = as_mapping(
        """
        tables:
          adverse_events:
            file: ae.csv
            separator: ";"
            columns: {patient_id: Who, event: What, onset_date: {from: Since, format: "%d.%m.%Y"}}
        """
    )
    sifted = sift(read([path], [mapping]))
    assert sifted.adverse_events is not None
    assert sifted.adverse_events[["patient", "event"]].to_numpy().tolist() == [["p1", "erythema"]]
    assert [f.name for f in sifted.files] == ["v.csv", "ae.csv"]


def test_a_table_of_a_mapping_that_is_not_there(clinic: ClinicFiles) -> None:
    with pytest.raises(DataRefused, match=r"There is no file patients\.csv"):
        clinic.read(SESSIONS, {"tables": {"patients": {"file": "patients.csv"}}})


def test_unused_columns_are_listed_once(clinic: ClinicFiles) -> None:
    data = clinic.read("patient_id,treatment,session_date,Room,Lot\np1,chemical_peel,2026-01-01,1,2\n")
    assert data.notes == ("Columns not used in sessions.csv: Room, Lot.",)
    assert "Room" not in sift(data).sessions


def test_our_columns_that_a_mapping_leaves_out_are_not_used_but_said(clinic: ClinicFiles) -> None:
    data = clinic.read(
        "patient_id,treatment,session_date,age,Room\np1,chemical_peel,2026-01-01,30,2\n",
        {"columns": {"patient_id": "patient_id", "treatment": "treatment", "session_date": "session_date"}},
    )
    assert "Columns of ours that the mapping leaves out in sessions.csv, not used: age." in data.notes
    assert "age" not in sift(data).sessions


def test_very_many_unused_columns_are_cut(clinic: ClinicFiles) -> None:
    names = ",".join(f"x{i}" for i in range(9_000))
    data = clinic.read(f"{HEADER},{names}\n{ROW.strip()}" + "," * 9_000 + "\n")
    assert len(data.notes[0]) < 1000
    assert data.notes[0].endswith("and 8960 more.")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("patientid,treatment,session_date", "no column patient_id for sessions; nearest: 'patientid'"),
        ("patient_id,treatmen,session_date", "no column treatment for sessions; nearest: 'treatmen'"),
        ("patient_id,treatment,date", "no column session_date or visit or study_day for sessions"),
        ("Patient_ID,treatment,session_date", "nearest: 'Patient_ID'"),
        ("patient_id,treatment,session_date,outcome", "no column value"),
        ("patient_id,treatment,session_date,value", "no column outcome"),
        ("patient_id:treatment:session_date", "its columns are 'patient_id:treatment:session_date'"),
    ],
)
def test_a_required_column_is_missing(clinic: ClinicFiles, header: str, says: str) -> None:
    with pytest.raises(DataRefused) as refused:
        clinic.read(header + "\n" + ",".join("x" for _ in header.split(",")) + "\n")
    assert says in str(refused.value)
    assert refused.value.exit_code == 11


def test_required_columns_of_the_other_tables(clinic: ClinicFiles) -> None:
    folder = clinic.folder_of(sessions=SESSIONS, consultations="patient_id,skin_type\np1,dry\n")
    with pytest.raises(DataRefused, match="no column consultation_date for consultations"):
        read([folder])


def test_lists_and_constants_can_fill_what_is_required(clinic: ClinicFiles) -> None:
    text = "who,W0,W12\np1,3,4\n"
    lists = "[{from: W0, visit: 0}, {from: W12, visit: 12}]"
    sifted = clinic.sift(
        text, f"columns: {{patient_id: who, texture_grade: {lists}}}\nconstants: {{treatment: chemical_peel}}\n"
    )
    assert sifted.sessions[["visit", "treatment", "texture_grade"]].to_numpy().tolist() == [
        [0, "chemical_peel", 3],
        [12, "chemical_peel", 4],
    ]
    with pytest.raises(DataRefused, match=r"(?s)no column treatment .*add treatment to the mapping"):
        clinic.read(text, f"columns: {{patient_id: who, texture_grade: {lists}}}\n")


def test_a_mapped_column_that_the_file_does_not_have(clinic: ClinicFiles) -> None:
    with pytest.raises(DataRefused, match=r"no column 'Client' that the mapping names; nearest: 'client'"):
        clinic.read(
            "client,What,Day\na,b,c\n",
            {"columns": {"patient_id": "Client", "treatment": "What", "session_date": "Day"}},
        )


def test_both_shapes_at_once(clinic: ClinicFiles) -> None:
    with pytest.raises(DataRefused, match="use one of the two shapes"):
        clinic.read("patient_id,treatment,session_date,outcome,value,dlqi\np1,chemical_peel,2026-01-01,dlqi,3,4\n")


def test_a_dated_file_and_a_file_by_visit_do_not_stack(clinic: ClinicFiles) -> None:
    one = clinic.write("a.csv", SESSIONS)
    two = clinic.write("b.csv", "patient_id,treatment,visit\np1,chemical_peel,0\n")
    with pytest.raises(DataRefused, match=r"cannot be stacked: a.csv goes by date; b.csv goes by visit"):
        read([one, two])


def test_a_constant_that_cannot_be_a_value(clinic: ClinicFiles) -> None:
    with pytest.raises(PlanRefused, match="constant fitzpatrick"):
        clinic.sift(SESSIONS, {"constants": {"fitzpatrick": "dark"}})


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.csv", "There is no file none.csv"),
        ("sesions.csv", "did you mean 'sessions.csv'"),
        ("x.xls", "save it as .xlsx"),
        ("x.ods", "save it as .xlsx"),
        ("x.docx", "files may end in .csv"),
        ("x", "files may end in .csv"),
        ("pipe.csv", "is not a file"),
        ("loop.csv", "There is no file loop.csv"),
    ],
)
def test_what_is_no_readable_file(clinic: ClinicFiles, name: str, says: str) -> None:
    clinic.write("sessions.csv", SESSIONS)
    for other in ("x.xls", "x.ods", "x.docx", "x"):
        clinic.write(other, "x")
    os.mkfifo(clinic.folder / "pipe.csv")
    (clinic.folder / "loop.csv").symlink_to(clinic.folder / "loop.csv")
    with pytest.raises(DataRefused) as refused:
        read([clinic.folder / name])
    assert says in str(refused.value)
    assert str(clinic.folder) not in str(refused.value)


def test_progress_is_told(clinic: ClinicFiles) -> None:
    told: list[tuple[str, int, int]] = []
    read([clinic.write("sessions.csv", SESSIONS)], progress=lambda *args: told.append(args))
    assert told == [("reading", 0, 1), ("reading", 1, 1)]


def test_settings_of_a_mapping_that_a_file_has_no_use_for_are_told(clinic: ClinicFiles) -> None:
    import pandas as pd

    csv = clinic.write("s.csv", SESSIONS)
    note = "s.csv: a .csv file has no sheet; sheet: in the mapping was not used."
    assert read([csv], [{"sheet": "Visits"}]).notes[0] == note
    assert read([csv], [{"separator": ",", "header_row": 1, "encoding": "utf-8"}]).notes == ()
    frame = pd.read_csv(csv)
    frame.to_parquet(clinic.folder / "s.parquet", index=False)
    told = read([clinic.folder / "s.parquet"], [{"header_row": 3, "separator": ";"}]).notes
    assert [note.split(";")[0] for note in told] == [
        "s.parquet: a .parquet file has no header row",
        "s.parquet: a .parquet file has no separator",
    ]
    frame.to_excel(clinic.folder / "s.xlsx", index=False)
    assert "a .xlsx file has no encoding" in read([clinic.folder / "s.xlsx"], [{"encoding": "utf-8"}]).notes[0]
