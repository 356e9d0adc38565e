"""From an own file to accepted rows without writing a mapping by hand: files as clinics have them, in five tongues."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from analytics.deliver.mappings import check_mapping, draft_mapping, write_draft
from analytics.domain.errors import PlanRefused
from analytics.domain.mapping import Mapping, load_mapping
from analytics.intake.sift import sift
from analytics.sources.read import read
from schemas.standard import STANDARD

GERMAN = """Export der Praxis;;;;;;;;
;;;;;;;;
Patienten-Nr.;Datum;Behandlung;Seite;Rötung;Rauigkeit (µm);Entzündliche Läsionen;Leer;Bemerkung
1001;03.04.2024;Microneedling 1,5 mm;links;312,5;22,4;12;;ok
1001;17.04.2024;Microneedling 1,5 mm;links;300;21;9;;
1002;05.04.2024;Fruchtsäure-Peeling;;k.A.;30,1;20;;
1002;19.04.2024;Fruchtsäure-Peeling;;280;29,5;16;;kommt wieder
1003;07.04.2024;Mikrodermabrasion;;290;25;-;;
1003;28.04.2024;Mikrodermabrasion;;288;24,1;6;;
"""
ITALIAN = """Codice paziente,Data seduta,Trattamento,Rugosità (µm),Eritema,TEWL (g/m2/h),Soddisfazione (0-10)
P1,03/04/2024,Peeling glicolico 30%,22.4,312,12.1,7
P1,05/06/2024,Peeling glicolico 30%,20.4,302,11.9,8
P2,04/04/2024,Microdermoabrasione,25,290,10.3,5
P2,06/05/2024,Microdermoabrasione,24.3,288,10.1,6
"""
SPANISH = """Paciente;Fecha;Tratamiento;Edad;Sexo;Lesiones inflamatorias S0;Lesiones inflamatorias S12
A1;12/01/2024;Microagujas;34;Mujer;12;5
A2;13/02/2024;Peeling químico;41;Hombre;20;11
A3;30/03/2024;Láser CO2;29;Mujer;8;6
"""


def drafted(tmp_path: Path, text: str, name: str = "own.csv") -> tuple[Mapping, Path, str]:
    """The loaded draft of a file with this text, the file, and the draft as written."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    done = draft_mapping(path)
    return load_mapping(done.text), path, done.text


def uncommented(text: str) -> str:
    """A draft whose proposals a person has taken: the ``# `` before treatments, outcomes, lists and values is away."""
    lines = []
    for line in text.splitlines():
        plain = line.lstrip()
        proposal = plain.startswith(("# treatments:", "# outcomes:", "# values:")) or (
            plain.startswith("# ") and ("{label:" in plain or "[{from:" in plain or ": [" in plain)
        )
        lines.append(line.replace("# ", "", 1) if proposal else line if not line.startswith("#   #") else "")
    fixed = [f"  {line.lstrip('# ')}" if line.startswith("#   ") and "{label:" in line else line for line in lines]
    return "\n".join(fixed) + "\n"


def test_a_german_file_with_title_rows_decimal_commas_and_an_empty_column(tmp_path: Path) -> None:
    mapping, path, _ = drafted(tmp_path, GERMAN)
    assert (mapping.header_row, mapping.decimal, set(mapping.missing)) == (3, ",", {"k.A.", "-"})
    sources = {name: entries[0].source for name, entries in mapping.columns.items()}
    assert sources == {
        "patient_id": "Patienten-Nr.",
        "session_date": "Datum",
        "treatment": "Behandlung",
        "side": "Seite",
        "erythema_index": "Rötung",
        "roughness_ra_um": "Rauigkeit (µm)",
        "inflammatory_lesions": "Entzündliche Läsionen",
    }
    sifted = sift(read([path], [mapping]))
    assert sifted.rows["accepted"] == 6
    assert sorted(set(sifted.sessions["treatment"])) == ["chemical_peel", "dermal_roller", "microdermabrasion"]
    assert sifted.sessions["roughness_ra_um"].iloc[0] == 22.4


def test_an_undecided_date_format_is_refused_with_both_readings_until_it_is_filled(tmp_path: Path) -> None:
    mapping, path, text = drafted(tmp_path, ITALIAN)
    assert mapping.columns["session_date"][0].format == "?"
    assert mapping.columns["satisfaction_vas"][0].scale == (0, 10)
    with pytest.raises(PlanRefused) as refused:
        read([path], [mapping])
    message = str(refused.value)
    assert '"%d/%m/%Y" or "%m/%d/%Y"' in message
    assert "03/04/2024 is 3 April 2024 or 4 March 2024" in message
    assert refused.value.exit_code == 12
    filled = text.replace('format: "?"', 'format: "%d/%m/%Y"')
    assert sift(read([path], [load_mapping(filled)])).rows["accepted"] == 4


def test_an_undecided_format_is_refused_without_data_too(tmp_path: Path) -> None:
    mapping, _, _ = drafted(tmp_path, ITALIAN)
    with pytest.raises(PlanRefused, match="not settled"):
        mapping.vocabulary(STANDARD)


def test_another_date_column_settles_the_format_of_one_that_cannot(tmp_path: Path) -> None:
    text = "patient,date,treatment,intercurrent date,TEWL\n" + "".join(
        f"P{i},0{i}/04/2024,peel,2{i}/05/2024,1{i}.5\n" for i in range(1, 8)
    )
    mapping, _, _ = drafted(tmp_path, text)
    assert mapping.columns["session_date"][0].format == "%d/%m/%Y"


def test_one_column_per_visit_becomes_a_list(tmp_path: Path) -> None:
    mapping, path, text = drafted(tmp_path, SPANISH)
    listed = {e.source: e.visit for e in mapping.columns["inflammatory_lesions"]}
    assert listed == {"Lesiones inflamatorias S0": 0, "Lesiones inflamatorias S12": 12}
    assert "# laser_co2: [Láser CO2]  # 1" in text
    taken = load_mapping(uncommented(text))
    assert set(taken.treatments) == {"laser_co2"}
    assert sift(read([path], [taken])).rows["accepted"] == 3
    assert sift(read([path], [mapping])).rows["accepted"] == 2


def test_left_and_right_columns_become_a_list_by_side(tmp_path: Path) -> None:
    rows = "".join(f"P{i},2024-04-{i + 10},peel,{10 + i}.5,{11 + i}.5\n" for i in range(1, 8))
    mapping, path, _ = drafted(tmp_path, "Patient,Date,Treatment,TEWL L,TEWL R\n" + rows)
    assert {e.source: e.side for e in mapping.columns["tewl_g_m2_h"]} == {"TEWL L": "left", "TEWL R": "right"}
    assert sift(read([path], [mapping])).rows["accepted"] == 7


def test_one_line_per_measurement(tmp_path: Path) -> None:
    measures = {"TEWL": (10.5, 12.5), "Hydration": (44, 52), "Melanin index": (210, 250), "Spots": (5, 9)}
    rows = "".join(
        f"P{i};1{d}.04.2024;{arm};{name};{low + (high - low) * i / 8:.{0 if name == 'Spots' else 1}f}\n"
        for i, arm in enumerate(("GA 35", "MN 1.5", "MDA") * 3)
        for d in (3, 9)
        for name, (low, high) in measures.items()
    )
    mapping, path, _ = drafted(tmp_path, "Patient;Date;Procedure;Parameter;Result\n" + rows)
    assert mapping.shape == "long"
    assert mapping.columns["value"][0].source == "Result"
    checked = check_mapping(_written(tmp_path, mapping), path)
    found = {e.target for e in checked.effects}
    assert {"tewl_g_m2_h", "hydration_au", "melanin_index", "inflammatory_lesions"} <= found


def _written(tmp_path: Path, mapping: Mapping) -> Path:
    path = tmp_path / "m.yml"
    path.write_text(mapping.canonical(), encoding="utf-8")
    return path


def test_a_workbook_with_a_title_and_other_sheets(tmp_path: Path) -> None:
    path = tmp_path / "praxis.xlsx"
    with xlsxwriter.Workbook(path) as book:
        days = book.add_format({"num_format": "dd.mm.yyyy"})
        page = book.add_worksheet("Behandlungen")
        page.write_row(0, 0, ["Alle Behandlungen 2024"])
        page.write_row(2, 0, ["Kunden-Nr.", "Datum", "Behandlung", "Feuchtigkeit", "Zufriedenheit"])
        for i in range(12):
            page.write_row(3 + i, 0, [f"K{i % 4}"])
            page.write_datetime(3 + i, 1, dt.datetime(2024, 4, 1 + i), days)
            page.write_row(3 + i, 2, [("Peeling", "Microneedling")[i % 2], 40.5 + i, i % 11])
        people = book.add_worksheet("Kunden")
        people.write_row(0, 0, ["Kunden-Nr.", "Geburtsjahr", "Geschlecht"])
        for i in range(4):
            people.write_row(1 + i, 0, [f"K{i}", 1980 + i, "wm"[i % 2]])
        book.add_worksheet("Notizen")
    text = draft_mapping(path).text
    mapping = load_mapping(text)
    assert (mapping.sheet, mapping.header_row) == ("Behandlungen", 3)
    assert mapping.columns["satisfaction_vas"][0].scale == (0, 10)
    assert mapping.columns["session_date"][0].format is None
    assert {n: e[0].source for n, e in mapping.tables["patients"].columns.items()} == {
        "patient_id": "Kunden-Nr.",
        "birth_year": "Geburtsjahr",
        "sex": "Geschlecht",
    }
    sifted = sift(read([path], [mapping]))
    assert sifted.rows["accepted"] == 12
    assert sifted.patients is not None
    assert len(sifted.patients) == 4


def test_canonical_files_get_a_draft_that_changes_nothing(tmp_path: Path) -> None:
    text = (
        "patient_id,session_date,treatment,texture_grade,absorbed_percent\n"
        "P1,2024-04-01,chemical_peel,4.5,\nP1,2024-05-01,chemical_peel,4,12.5\n"
        "P2,2024-04-02,dermal_roller,6,\nP2,2024-05-02,dermal_roller,5.5,20.1\n"
    )
    mapping, path, _ = drafted(tmp_path, text)
    assert all(name == entries[0].source for name, entries in mapping.columns.items())
    assert sift(read([path], [mapping])).sessions["texture_grade"].tolist() == [4.5, 4.0, 6.0, 5.5]


def test_the_same_file_gives_the_same_draft_and_a_draft_is_not_written_over_another(tmp_path: Path) -> None:
    _, path, text = drafted(tmp_path, GERMAN)
    done = draft_mapping(path)
    assert done.text == text
    write_draft(done, tmp_path / "m.yml")
    write_draft(done, tmp_path / "m.yml")
    assert (tmp_path / "m.yml").read_text(encoding="utf-8") == text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.yml", "own.csv"]


FOUND = {
    "sanon_skin_condition.csv": {"clinic_id": "center", "treatment": "treat"},
    "sanon_seborrheic_dermatitis.csv": {"clinic_id": "center", "treatment": "treat"},
    "spef_skin_tumor_counts.csv": {"patient_id": "id", "study_day": "time", "age": "age", "sex": "male"},
    "ctost_econazole_paired_absorption.csv": {"patient_id": "sample"},
    "vissig_hidradenitis_lesion_counts.csv": {"treatment": "TRT"},
    "vissig_psoriasis_pasi_response.csv": {
        "patient_id": "Deidentified Subject Number",
        "visit": "Analysis Visit",
        "study_day": "Analysis Relative Day",
        "treatment": "Blinded Treatment",
    },
}


@pytest.mark.parametrize("name", sorted(FOUND))
def test_files_of_real_trials_get_what_their_headers_say_and_no_outcome_of_ours(name: str, shared: Path) -> None:
    text = draft_mapping(shared / "data" / name).text
    mapping = load_mapping(text)
    found = {n: e[0].source for n, e in mapping.columns.items() if e[0].source is not None}
    assert found == FOUND[name]
    assert not set(mapping.columns) & set(STANDARD.outcomes)


def test_a_trial_file_can_be_used_once_its_proposals_are_taken(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "sanon_skin_condition.csv"
    taken = load_mapping(uncommented(draft_mapping(path).text))
    assert set(taken.treatments) == {"test", "placebo"}
    assert [e.visit for e in taken.columns["res"]] == [1, 2, 3]
    assert sift(read([path], [taken])).rows["accepted"] == 172


def test_one_date_that_cannot_be_read_does_not_hide_the_shape(tmp_path: Path) -> None:
    rows = [
        f"P{i},2024-04-{d:02d},{arm},{name},{10 + i + k}"
        for i, arm in enumerate(("GA 35", "MN 1.5", "MDA") * 4)
        for d in (3, 9, 20)
        for k, name in enumerate(("Spots", "Blackheads", "Oiliness"))
    ]
    rows[7] = rows[7].replace("2024-04-09", "soon")
    mapping, _, _ = drafted(tmp_path, "Patient,Date,Procedure,Parameter,Result\n" + "\n".join(rows) + "\n")
    assert mapping.shape == "long"
    assert mapping.columns["value"][0].source == "Result"


def test_a_unit_in_the_header_speaks_against_what_has_another(tmp_path: Path) -> None:
    later = [f"P{i},2024-05-{1 + i % 28:02d},{('peel', 'MDA')[i % 2]},{8 + 0.7 * (i * 7 % 40):.1f}" for i in range(40)]
    first = [line.replace("-05-", "-04-").rsplit(",", 1)[0] + "," for line in later]
    header = "Patient,Date,Treatment,Serum gone in"
    mapping, _, _ = drafted(tmp_path, "\n".join([f"{header} %", *first, *later]) + "\n")
    assert mapping.columns["absorbed_percent"][0].source == "Serum gone in %"
    mapping, _, _ = drafted(tmp_path, "\n".join([f"{header} kPa", *first, *later]) + "\n")
    assert "absorbed_percent" not in mapping.columns


def test_a_header_that_says_how_many_steps_its_scale_has(tmp_path: Path) -> None:
    rows = [f"P{i},2024-04-{1 + i % 28},{('peel', 'MDA')[i % 2]},{i % 3 + 1},{i % 3 + 1}" for i in range(40)]
    header = "Patient,Date,Treatment,Overall (5-point),Dents (four steps)"
    mapping, _, _ = drafted(tmp_path, "\n".join([header, *rows]) + "\n")
    assert mapping.columns["scar_grade"][0].source == "Dents (four steps)"
    assert {e.source for name in ("acne_iga", "gais") for e in mapping.columns.get(name, ())} == {"Overall (5-point)"}


def test_dates_of_adverse_events_are_told_by_their_order_on_the_lines_that_have_both(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text(
        "Patient,Date,Treatment,TEWL\n"
        + "".join(f"P{i:02d},2024-0{1 + i % 9}-10,{('peel', 'MDA')[i % 2]},1{i % 10}.5\n" for i in range(30))
    )
    lines = [f"P{i:02d},2024-0{1 + i % 9}-10,erythema,2024-0{1 + i % 9}-12,2024-0{1 + i % 9}-14" for i in range(30)]
    ended = [line if i % 9 < 4 else line.rsplit(",", 1)[0] + "," for i, line in enumerate(lines)]  # only early ones end
    (tmp_path / "trouble.csv").write_text("\n".join(["Patient,Came,What,Began,Over", *ended]) + "\n")
    found = load_mapping(draft_mapping(tmp_path).text).tables["adverse_events"].columns
    assert {name: found[name][0].source for name in ("session_date", "onset_date", "resolved_date")} == {
        "session_date": "Came", "onset_date": "Began", "resolved_date": "Over",
    }  # fmt: skip


def test_a_visit_of_few_cells_and_a_slip_stays_in_its_list(tmp_path: Path) -> None:
    text = "Kunde;Arm;Pickel W0;Pickel W4;Pickel W8\nA;Peel;10;8;x\nB;Roll;12;9;7\nC;Roll;;;\n"
    mapping, path, _ = drafted(tmp_path, text)
    assert {e.source: e.visit for e in mapping.columns["inflammatory_lesions"]} == {
        "Pickel W0": 0, "Pickel W4": 4, "Pickel W8": 8,
    }  # fmt: skip
    checked = check_mapping(_written(tmp_path, mapping), path)
    last = next(e for e in checked.effects if e.header == "Pickel W8")
    assert (last.told, last.pairs, last.faulty) == ("visit 8", (("7", "7"),), (("x", 1),))
