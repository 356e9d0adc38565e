"""The messy exports: every planted fault stands where the truth says, is found there, and nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from simulated import grid, truth, world, written

from analytics.domain.cohort import Cohort
from analytics.domain.mapping import load_mapping
from analytics.intake.derive import derive
from analytics.intake.sift import sift
from analytics.sources.read import read
from analytics.sources.simulate.clinics import DIALECTS
from analytics.sources.simulate.faults import FAULTS
from analytics.sources.simulate.oddities import ODDITIES
from schemas.rules import NAMED
from schemas.standard import STANDARD

SCENARIOS = (("effect", 300), ("messy", 200), ("tiny", 24))


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda p: p[0])
def scene(request: pytest.FixtureRequest) -> tuple[str, int]:
    return request.param


def test_each_fault_stands_where_the_truth_says(scene: tuple[str, int]) -> None:
    made, facts = written(*scene), truth(*scene)
    assert facts["faults"]
    for fault in facts["faults"]:
        rows = grid(made[fault["file"]], fault["file"], fault["clinic"], fault["sheet"])
        head = rows[2] if fault["sheet"] else rows[0]
        row = rows[fault["row"] - 1]
        if fault["fault"] == "doubled_row":
            assert row == rows[fault["row"] - 2], fault
            continue
        cell = row[head.index(fault["column"])]
        shown = "" if cell is None else f"{cell:%Y-%m-%d}" if hasattr(cell, "year") else str(cell)
        assert shown == fault["value"], fault
        if fault["fault"] not in ("no_patient", "id_spelt_anew"):
            assert str(row[0]) == fault["patient_id"]


def test_every_kind_of_fault_is_planted_in_some_clinic() -> None:
    planted = {fault["fault"] for fault in truth()["faults"]}
    odd = {oddity.id for oddity in ODDITIES} | {"patient_copied"}
    assert planted == {fault.id for fault in FAULTS} | {"doubled_row", "two_grades_of_one_day"} | odd
    assert {fault["rule"] for fault in truth()["faults"]} <= set(NAMED)
    assert {(f["rule"], f["severity"]) for f in truth()["faults"]} <= {(r.id, r.severity) for r in NAMED.values()}


def test_columns_that_are_spoilt_as_a_whole_have_no_row() -> None:
    whole = [fault for fault in truth("rounded", 150)["faults"] if fault["row"] is None]
    assert {fault["rule"] for fault in whole} == {"digit_preference", "fraction_as_percent"}
    made = written("rounded", 150)
    for fault in whole:
        rows = grid(made[fault["file"]], fault["file"], fault["clinic"], fault["sheet"])
        assert fault["column"] in (rows[2] if fault["sheet"] else rows[0])


def test_no_two_faults_share_a_patient() -> None:
    faults = pd.DataFrame(truth("messy", 200)["faults"])
    assert faults.groupby(["clinic", "patient_id"])["fault"].nunique().max() == 1
    for severity, low, high in (("error", 0.3, 0.6), ("warning", 0.1, 0.3)):
        of = faults[faults["severity"] == severity]
        assert low < len(of[["clinic", "patient_id"]].drop_duplicates()) / 200 <= high


def test_mappings_are_the_mapping_language() -> None:
    for clinic, text in world().mappings.items():
        mapping = load_mapping(text)
        assert mapping.vocabulary(STANDARD)
        assert mapping.constants == {"clinic_id": clinic}
    assert [load_mapping(world().mappings[d.id]).shape for d in DIALECTS] == ["wide", "wide", "long"]


def test_headers_do_not_give_our_names_away() -> None:
    ours = set(STANDARD.known("sessions")) | set(STANDARD.known("patients"))
    for dialect in DIALECTS:
        headers = {f.header for layout in dialect.layouts.values() for f in layout.fields.values()}
        assert not {h.casefold().replace(" ", "_") for h in headers} & ours, dialect.id


def test_the_clinics_write_differently() -> None:
    made = written()
    north, lindenhof = made["clinics/north/visits.xlsx"], made["clinics/lindenhof/termine.csv"].decode("cp1252")
    assert north[:2] == b"PK"
    assert grid(north, "visits.xlsx", "north", "Visits")[0][0] == "All appointments"
    assert ";" in lindenhof.splitlines()[0]
    assert "Säure" in lindenhof
    with pytest.raises(UnicodeDecodeError):
        made["clinics/lindenhof/termine.csv"].decode("utf-8")
    assert "GA35/3min/x1" in made["clinics/harbour/measurements.csv"].decode()


def cohorts(folder: Path, scene: tuple[str, int]) -> tuple[Cohort, Cohort, pd.DataFrame]:
    """Canonical and messy cohort, and the errors found in the messy files."""
    for name, content in written(*scene).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    clinics = truth(*scene)["clinics"]
    plain = sift(read(folder))
    messy = sift(read([folder / c["data"] for c in clinics], [folder / c["mapping"] for c in clinics]))
    assert plain.rows["quarantined"] == 0
    assert (plain.quarantine["severity"] == "error").sum() == 0
    return derive(plain), derive(messy), messy.quarantine[messy.quarantine["severity"] == "error"]


def test_exactly_the_planted_faults_are_found_and_the_rest_is_the_same_cohort(
    scene: tuple[str, int], tmp_path: Path
) -> None:
    plain, messy, found = cohorts(tmp_path, scene)
    faults = truth(*scene)["faults"]
    planted = {
        (Path(f["file"]).name, f["table"], f["row"], f["rule"], f["value"]) for f in faults if f["severity"] == "error"
    }
    shown = found.assign(value=found["value"].where(found["rule"] != "duplicate_row", ""))
    assert set(shown[["file", "table", "row", "rule", "value"]].itertuples(index=False, name=None)) == planted
    faulty = {f"{f['clinic']}|{f[name]}" for f in faults for name in ("patient_id", "value")}
    assert messy.plan.primary == plain.plan.primary
    assert messy.covariates == plain.covariates
    # A long file has the two parts of a sum on two lines: whether the sum is made there is not the simulator's matter.
    sums = [o.id for o in STANDARD.outcomes.values() if o.derived_from]
    for name in ("members", "table"):
        one, two = (getattr(c, name) for c in (plain, messy))
        if name == "table":
            one, two = (f[~f["outcome"].isin(sums)] for f in (one, two))
        one, two = (f[~f["patient"].isin(faulty)].reset_index(drop=True) for f in (one, two))
        assert len(one)
        pd.testing.assert_frame_equal(one, two[list(one.columns)], check_exact=True)
