"""Random clean files: the detectors of warnings against a plain judge; and what was measured of them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warning_referee import COLUMNS, Row, warnings

from analytics.domain.dataset import Sifted
from analytics.intake.sift import sift
from analytics.sources.read import read

DAYS = ["2024-01-01", "2024-01-03", "2024-01-08", "2024-01-15", "2024-01-28", "2024-02-11", "2025-06-01", "2019-05-05"]
POOL = {
    "patient_id": ["p1", "p2", "p3", "P1", "p-1"],
    "treatment": ["", "", "chemical_peel", "dermal_roller"],
    "session_date": [*DAYS[:6] * 3, *DAYS[6:]],
    "side": ["", "", "left", "right"],
    "timing": ["", "", "", "post"],
    "hours_since_session": ["", "", "", "", "30", "400"],
    "session_no": ["", "", "1", "2", "3", "4", "6"],
    "sex": ["", "female", "female", "male"],
    "melanin_index": ["", "300"],
}
FOLDER: dict[str, Path] = {}


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    FOLDER["at"] = tmp_path_factory.mktemp("random")


def sifted(rows: Iterable[Iterable[object]], header: Iterable[str] = COLUMNS) -> Sifted:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    path = FOLDER["at"] / "sessions.csv"
    path.write_text(stream.getvalue(), newline="", encoding="utf-8")
    return sift(read([path]))


def found(result: Sifted) -> set[tuple[int, str, str]]:
    listed = result.quarantine[result.quarantine["row"].notna()]
    return {(int(row) - 2, column, rule) for row, column, rule in listed[["row", "column", "rule"]].to_numpy()}


@st.composite
def clinics(draw: st.DrawFn) -> list[Row]:
    rng = random.Random(draw(st.integers(0, 2**32)))
    rows = [tuple(rng.choice(POOL[name]) for name in COLUMNS) for _ in range(draw(st.integers(1, 30)))]
    return list(dict.fromkeys(rows))


def as_judged(rows: list[Row]) -> None:
    result = sifted(rows)
    assert result.rows["accepted"] == len(rows)
    assert found(result) == warnings(rows)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(clinics())
def test_as_a_plain_judge_would(rows: list[Row]) -> None:
    as_judged(rows)


SIDED = {**POOL, "patient_id": ["p1", "p2"], "treatment": ["chemical_peel", "dermal_roller", ""],
         "side": ["left", "right", "left", "right", ""], "session_no": ["1", "2", "3", "4", ""],
         "session_date": DAYS[1:6]}  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_sides_with_numbers_of_their_own_as_a_plain_judge_would(seed: int) -> None:
    rng = random.Random(seed)
    as_judged(list(dict.fromkeys(tuple(rng.choice(SIDED[n]) for n in COLUMNS) for _ in range(rng.randint(2, 14)))))


@pytest.mark.long
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(clinics())
def test_as_a_plain_judge_would_in_many_files(rows: list[Row]) -> None:
    as_judged(rows)


def test_the_random_files_reach_every_warning() -> None:
    rng = random.Random(3)
    files = [[tuple(rng.choice(POOL[name]) for name in COLUMNS) for _ in range(25)] for _ in range(40)]
    reached = {rule for rows in files for _, _, rule in warnings(list(dict.fromkeys(rows)))}
    assert reached == {
        "short_interval", "session_gap", "changed_person", "isolated_date", "early_tone_reading", "id_spelling",
    }  # fmt: skip


SYSTEMS = {
    "numbers": lambda n, rng: str(1001 + n),
    "padded": lambda n, rng: f"L-{n:04d}",
    "initials": lambda n, rng: "".join(rng.choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 2)) + f"{n:04d}",
    "letters": lambda n, rng: "".join(rng.choice(list("ABILO0189XZ"), 4)) + f"/{n}",
    "long": lambda n, rng: f"{rng.integers(10**11, 10**12 - 1)}",
    "mixed": lambda n, rng: [f"A{n}", f"KD-{n:05d}", f"{n}", f"x{n}y"][n % 4],
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_honest_ids_give_no_alarm(system: str) -> None:
    rng = np.random.default_rng(5)
    ids = [SYSTEMS[system](n, rng) for n in range(1500)]
    result = sifted([(id, "", "2024-01-01") for id in dict.fromkeys(ids)], COLUMNS[:3])
    assert not len(result.quarantine)


@pytest.mark.parametrize("change", [str.lower, lambda t: t.replace("0", "O", 1), lambda t: t.replace("-", ""),
                                    lambda t: t.replace("1", "l", 1), lambda t: f"{t[:3]} {t[3:]}",
                                    lambda t: t.replace("0", "o"), lambda t: t.replace("1", "I"),
                                    lambda t: t.replace("-", "_")])  # fmt: skip
def test_slips_of_the_pen_are_found(change) -> None:
    ids = [f"L-{n:04d}" for n in range(1, 200)]
    rows = [(id, "", "2024-01-01") for id in ids] + [("L-0101", "", "2024-02-01"), (change("L-0101"), "", "2024-03-01")]
    assert found(sifted(rows, COLUMNS[:3])) == {(200, "patient_id", "id_spelling")}


def coarse(rng: np.random.Generator, patients: int, visits: int = 5) -> list[tuple]:
    """Honest grades of few steps on nominal days: many equal series by chance."""
    rows = []
    for who in range(patients):
        grades = np.clip(2 + np.cumsum(rng.integers(-1, 2, (visits, 3)), axis=0), 0, 4)
        for visit, (iga, scar, gais) in enumerate(grades.tolist()):
            rows.append((f"p{who}", "chemical_peel", visit * 4, iga, max(scar, 1), max(gais, 1)))
    return rows


HEAD = ("patient_id", "treatment", "visit", "acne_iga", "scar_grade", "gais")


@pytest.mark.parametrize("seed", range(3))
def test_coarse_grades_on_nominal_days_are_no_copies(seed: int) -> None:
    rows = coarse(np.random.default_rng(seed), 2000)
    result = sifted(rows, HEAD)
    assert "copied_patient" not in set(result.quarantine["rule"])


@pytest.mark.parametrize("seed", range(3))
def test_planted_copies_are_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    days = {who: np.datetime64("2024-01-01") + np.cumsum(rng.integers(7, 30, 6)) for who in range(400)}
    rows = [
        (f"p{who}", "", str(day), rng.integers(0, 19) / 2, rng.poisson(9))
        for who, of in days.items() for day in of
    ]  # fmt: skip
    copies = [(f"c{k}", *row[1:]) for k in range(20) for row in rows if row[0] == f"p{k * 17}"]
    result = sifted(rows + copies, ("patient_id", "treatment", "session_date", "texture_grade", "inflammatory_lesions"))
    listed = result.quarantine[result.quarantine["rule"] == "copied_patient"]
    assert sorted(listed["value"]) == sorted(f"c{k}" for k in range(20))
