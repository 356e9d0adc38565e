"""Example clinics with known truth: canonical tables, and the same clinics as they would export them, faults too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.sources.simulate.clinics import export_clinics
from analytics.sources.simulate.scenarios import SCENARIOS, Scenario, scenario_named
from analytics.sources.simulate.text import csv_bytes
from analytics.sources.simulate.world import canonical

__all__ = ["SCENARIOS", "Scenario", "Simulation", "files", "simulate"]


@dataclass(frozen=True, eq=False)
class Simulation:
    """Simulated clinics.

    ``tables``: the canonical sessions, patients, consultations and adverse_events (dates as Timestamps, NaN = empty).
    ``exports``: clinic -> relative file name -> bytes, as the clinic's own software would write them.
    ``mappings``: clinic -> text of its mapping.yml. ``truth``: planted effects and planted faults, ready for JSON.
    """

    tables: Mapping[str, pd.DataFrame]
    exports: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    mappings: Mapping[str, str] = field(default_factory=dict)
    truth: Mapping[str, Any] = field(default_factory=dict)
    scenario: str = "effect"
    seed: int = 1

    def __repr__(self) -> str:
        rows = len(self.tables["sessions"])
        return (
            f"Simulation of {len(self.tables['patients'])} patients, {rows} session rows, scenario {self.scenario!r}, "
            f"seed {self.seed}"
        )


def simulate(*, patients: int = 600, clinics: int = 3, seed: int = 1, scenario: str = "effect") -> Simulation:
    """Simulate clinics. The same arguments give the same bytes anywhere.

    ``patients`` and ``clinics`` at least 1, ``scenario`` one of SCENARIOS; anything else raises UsageError.
    """
    world = scenario_named(scenario)
    if patients < 1 or clinics < 1 or seed < 0:
        raise UsageError(
            f"patients and clinics must be at least 1 and the seed at least 0; found {patients}, {clinics}, {seed}.",
            fix="for example: --patients 600 --clinics 3 --seed 1",
        )
    patients = min(patients, world.at_most or patients)
    rng = np.random.Generator(np.random.PCG64(seed))
    tables, truth = canonical(rng, world, patients, min(clinics, patients))
    exports, mappings, places = export_clinics(tables, world, seed)
    facts = {"seed": seed, "patients": patients, **truth, **places}
    return Simulation(tables, exports, mappings, facts, scenario=world.id, seed=seed)


def files(simulation: Simulation) -> dict[str, bytes]:
    """Relative path -> bytes of everything `outcomes simulate` writes, in sorted order."""
    found = {f"{name}.csv": csv_bytes(frame) for name, frame in simulation.tables.items()}
    for clinic, exported in simulation.exports.items():
        found |= {f"clinics/{clinic}/{name}": data for name, data in exported.items()}
        found[f"clinics/{clinic}/mapping.yml"] = simulation.mappings[clinic].encode()
    found["truth.json"] = (json.dumps(dict(simulation.truth), indent=1, ensure_ascii=False) + "\n").encode()
    return dict(sorted(found.items()))
