"""The same arguments give the same bytes, wherever and whenever; other arguments give others."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from simulated import world, written

from analytics.domain.errors import UsageError
from analytics.sources.simulate import SCENARIOS, files, simulate

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import hashlib
from analytics.sources.simulate import files, simulate
for name, data in files(simulate(patients=80, seed=4, scenario="messy")).items():
    print(name, hashlib.sha256(data).hexdigest())
"""


def hashes(**environment: str) -> str:
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", **environment}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=settings, check=True)
    return done.stdout


def test_same_bytes_under_another_hash_seed_time_zone_locale_and_clock() -> None:
    here = files(simulate(patients=80, seed=4, scenario="messy"))
    expected = "".join(f"{name} {hashlib.sha256(data).hexdigest()}\n" for name, data in here.items())
    assert hashes(PYTHONHASHSEED="1", TZ="Pacific/Auckland", LC_ALL="C") == expected
    time.sleep(1.1)  # a clock in a file would show whole seconds
    assert hashes(PYTHONHASHSEED="77", TZ="America/New_York", LC_ALL="C.UTF-8") == expected


def test_another_seed_gives_other_data() -> None:
    one, two = written(patients=60, seed=1), written(patients=60, seed=2)
    assert one["sessions.csv"] != two["sessions.csv"]


def test_scenarios_share_people_but_not_outcomes() -> None:
    effect, null = world("effect", 200), world("null", 200)
    for name in ("birth_year", "sex", "fitzpatrick", "skin_type"):
        assert effect.tables["patients"][name].equals(null.tables["patients"][name])
    assert not effect.tables["sessions"].equals(null.tables["sessions"])


def test_every_file_that_is_promised_is_there() -> None:
    names = set(written())
    assert {"sessions.csv", "patients.csv", "consultations.csv", "adverse_events.csv", "truth.json"} <= names
    for clinic in ("north", "lindenhof", "harbour"):
        assert f"clinics/{clinic}/mapping.yml" in names
    assert list(written()) == sorted(names)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_can_be_made_small_and_large(scenario: str) -> None:
    for patients, clinics in ((1, 3), (7, 5), (120, 2)):
        made = simulate(patients=patients, clinics=clinics, seed=3, scenario=scenario)
        assert len(made.tables["patients"]) == min(patients, SCENARIOS[scenario].at_most or patients)
        assert len(made.exports) == min(clinics, len(made.tables["patients"]))
        assert files(made)


@pytest.mark.parametrize(
    "wrong", [{"scenario": "efect"}, {"patients": 0}, {"clinics": 0}, {"seed": -1}], ids=lambda w: next(iter(w))
)
def test_what_cannot_be_simulated_is_said(wrong: dict) -> None:
    with pytest.raises(UsageError):
        simulate(**wrong)


def test_a_simulation_says_what_it_is() -> None:
    assert "600 patients" in repr(world())
    assert "'effect'" in repr(world())
