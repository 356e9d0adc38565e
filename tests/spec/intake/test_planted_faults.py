"""Simulated clinics as they would export them: every planted fault found in its row, no clean row set aside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics.domain.dataset import Sifted
from analytics.intake.sift import sift
from analytics.sources.read import read
from analytics.sources.simulate import files, simulate

SEEDS = [1, 2, 3, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 21))]


def mains(clinic: Path, mapping: str) -> Path:
    """The sessions file of a clinic's folder: the one that its mapping does not name for another table."""
    others = [line.split("file:")[1].strip() for line in mapping.splitlines() if "file:" in line]
    found = [p for p in clinic.iterdir() if p.name != "mapping.yml" and p.name not in others]
    assert len(found) == 1
    return found[0]


def export(tmp_path: Path, seed: int, patients: int = 150) -> tuple[Sifted, Sifted, list[dict]]:
    """(the clinics' own exports, the canonical tables, planted faults)."""
    made = files(simulate(patients=patients, seed=seed))
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


@pytest.mark.parametrize("seed", SEEDS)
def test_recall_is_whole_and_there_is_no_false_alarm(tmp_path: Path, seed: int) -> None:
    messy, canonical, planted = export(tmp_path, seed)
    errors = messy.quarantine[messy.quarantine["severity"] == "error"]
    found = {
        (f.split("/")[-1], t, int(r), rule)
        for f, t, r, rule in zip(errors["file"], errors["table"], errors["row"], errors["rule"])
    }
    wanted = {(f["file"].split("/")[-1], f["table"], f["row"], f["rule"]) for f in planted}
    assert wanted
    assert wanted - found == set()
    extra = {place[:3] for place in found} - {place[:3] for place in wanted}
    assert extra <= partners(messy, wanted)
    assert canonical.rows["quarantined"] == 0
    assert sum(counts["quarantined"] for counts in canonical.other_rows.values()) == 0


def test_the_planted_text_and_the_header_of_the_file_are_shown(tmp_path: Path) -> None:
    messy, _, planted = export(tmp_path, 1)
    shown = {
        (f.split("/")[-1], t, int(r), c): v
        for f, t, r, c, v in messy.quarantine[["file", "table", "row", "column", "value"]].itertuples(index=False)
    }
    for fault in planted:
        if fault["column"]:
            assert shown[fault["file"].split("/")[-1], fault["table"], fault["row"], fault["column"]] == fault["value"]
