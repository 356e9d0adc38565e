"""Simulated clinics as they would export them: every planted fault found in its row, no clean row set aside."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.domain.dataset import Sifted
from analytics.intake.sift import sift
from analytics.sources.read import read
from analytics.sources.simulate import files, simulate

SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 21))]


def mains(clinic: Path, mapping: str) -> Path:
    """The sessions file of a clinic's folder: the one that its mapping does not name for another table."""
    others = [line.split("file:")[1].strip() for line in mapping.splitlines() if "file:" in line]
    found = [p for p in clinic.iterdir() if p.name != "mapping.yml" and p.name not in others]
    assert len(found) == 1
    return found[0]


def export(
    tmp_path: Path, seed: int, patients: int = 150, scenario: str = "effect"
) -> tuple[Sifted, Sifted, list[dict]]:
    """(the clinics' own exports, the canonical tables, planted faults)."""
    made = files(simulate(patients=patients, seed=seed, scenario=scenario))
    for name, content in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    clinics = sorted((tmp_path / "clinics").iterdir())
    data = [mains(c, (c / "mapping.yml").read_text()) for c in clinics]
    messy = sift(read(data, [c / "mapping.yml" for c in clinics]))
    return messy, sift(read([tmp_path])), json.loads(made["truth.json"])["faults"]


def partners(messy: Sifted, wanted: set[tuple]) -> set[tuple]:
    """Lines of a patient and day with planted contradictions: a third reading contradicts one of them too."""
    rejected = messy.rejected_sessions
    assert rejected is not None
    place = list(zip(rejected["_file"], rejected["_row"]))
    planted = {(file, row) for file, table, row, rule in wanted if rule == "conflict" and table == "sessions"}
    days = {(p, d) for p, d, at in zip(rejected["patient"], rejected["session_date"], place) if at in planted}
    return {
        (file, "sessions", int(row))
        for (file, row), p, d in zip(place, rejected["patient"], rejected["session_date"])
        if (p, d) in days
    }


def places(quarantine: pd.DataFrame) -> set[tuple]:
    """(file, table, row, rule) of every entry; no row: the whole column."""
    columns = quarantine[["file", "table", "row", "rule"]].itertuples(index=False, name=None)
    return {
        (file.split("/")[-1], table, None if pd.isna(row) else int(row), rule) for file, table, row, rule in columns
    }


def planted_places(planted: list[dict], severity: str) -> set[tuple]:
    return {(f["file"].split("/")[-1], f["table"], f["row"], f["rule"]) for f in planted if f["severity"] == severity}


def natural(canonical: Sifted) -> set[tuple]:
    """(patient, day, rule) of what is odd in the simulated clinics without being planted, told by a plain judge."""
    rows = canonical.sessions
    days: dict[str, list] = {}
    for patient, day, side, treatment in zip(rows["patient"], rows["session_date"], rows["side"], rows["treatment"]):
        if isinstance(treatment, str):
            days.setdefault(patient, []).append((day, side))
    found = set()
    for row in rows.to_dict("records"):
        hours = row["hours_since_session"]
        if pd.isna(hours):
            apart = [
                (row["session_date"] - day).days
                for day, side in days.get(row["patient"], [])
                if day < row["session_date"] and not (isinstance(side, str) and side != row["side"] == row["side"])
            ]
            hours = 24 * min(apart, default=1000)
        if hours < 336 and not (pd.isna(row["melanin_index"]) and pd.isna(row["erythema_index"])):
            found.add((row["patient"], row["session_date"], "early_tone_reading"))
        limits = {
            "inflammatory_lesions": 200,
            "noninflammatory_lesions": 300,
            "tewl_g_m2_h": 40,
            "roughness_ra_um": 100,
        }
        if any(row[name] > high for name, high in limits.items()):
            found.add((row["patient"], row["session_date"], "soft_range"))
    return found


def odd_rows(sifted: Sifted, leave_out: set[str]) -> set[tuple]:
    """(patient, day, rule) of every warning about a session of other patients than these."""
    rows = sifted.sessions.drop_duplicates(["_file", "_row"]).set_index(["_file", "_row"])
    warned = sifted.quarantine[sifted.quarantine["severity"] == "warning"]
    found = set()
    for file, row, rule in warned[["file", "row", "rule"]].itertuples(index=False, name=None):
        if (file, row) in rows.index:
            patient, day = rows.loc[(file, row), ["patient", "session_date"]]
            if patient not in leave_out:
                found.add((patient, day, rule))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_recall_is_whole_and_there_is_no_false_alarm(tmp_path: Path, seed: int) -> None:
    messy, canonical, planted = export(tmp_path, seed)
    found = places(messy.quarantine[messy.quarantine["severity"] == "error"])
    wanted = planted_places(planted, "error")
    assert wanted
    assert wanted - found == set()
    extra = {place[:3] for place in found} - {place[:3] for place in wanted}
    assert extra <= partners(messy, wanted)
    assert canonical.rows["quarantined"] == 0
    assert sum(counts["quarantined"] for counts in canonical.other_rows.values()) == 0

    odd = planted_places(planted, "warning")
    assert len({rule for *_, rule in odd}) >= 6
    assert odd - places(messy.quarantine) == set()
    touched = {f"{f['clinic']}|{f[name]}" for f in planted for name in ("patient_id", "value")}
    expected = natural(canonical)
    assert odd_rows(canonical, set()) == expected
    assert odd_rows(messy, touched) == {
        (patient, day, rule) for patient, day, rule in expected if patient not in touched
    }
    assert all(rule in ("early_tone_reading", "soft_range") for *_, rule in expected)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 11))])
def test_columns_that_are_wrong_as_a_whole_are_named_once(tmp_path: Path, seed: int) -> None:
    messy, _, planted = export(tmp_path, seed, scenario="rounded")
    whole = {place for place in places(messy.quarantine) if place[2] is None}
    assert whole == {place for place in planted_places(planted, "warning") if place[2] is None}
    assert {rule for *_, rule in whole} == {"digit_preference", "fraction_as_percent"}
    shown = messy.quarantine[messy.quarantine["row"].isna()]
    assert set(shown["column"]) == {f["column"] for f in planted if f["row"] is None}
    assert not (shown["value"] == "").any()


def test_the_planted_text_and_the_header_of_the_file_are_shown(tmp_path: Path) -> None:
    messy, _, planted = export(tmp_path, 1)
    shown = {
        (f.split("/")[-1], t, int(r), c, rule): v
        for f, t, r, c, rule, v in messy.quarantine[["file", "table", "row", "column", "rule", "value"]].itertuples(
            index=False
        )
    }
    for fault in planted:
        if fault["column"]:
            place = (fault["file"].split("/")[-1], fault["table"], fault["row"], fault["column"], fault["rule"])
            assert shown[place] == fault["value"]
