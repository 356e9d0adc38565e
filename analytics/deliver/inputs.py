"""The first steps of every command and verb: read, sift, choose the plan."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Dataset, Sifted
from analytics.domain.date_format import as_date
from analytics.domain.errors import UsageError
from analytics.domain.plan import Plan
from analytics.domain.plan_file import load_plan
from analytics.intake.derive import derive
from analytics.intake.plans import resolve
from analytics.intake.sift import sift
from analytics.sources.read import read

Progress = Callable[[str, int, int], None] | None


def read_sources(sources: Sequence[Any], mappings: Sequence[Any] = (), *, progress: Progress = None) -> Dataset:
    """Read every source with its mapping; see analytics.sources.read."""
    return read([Path(s) for s in sources], mappings, progress=progress)


def sift_data(data: Dataset, *, cutoff: Any = None) -> Sifted:
    """Accepted rows and quarantine; ``cutoff`` a date, ISO text or None."""
    if not isinstance(data, Dataset):
        raise UsageError(f"validate takes what read returns, not {type(data).__name__}.", fix="validate(read(FILE))")
    return sift(data, cutoff=as_date(cutoff))


def cohort_of(sifted: Any, plan: Plan | None = None) -> Cohort:
    """The cohort of validated data; UsageError for anything else."""
    if not isinstance(sifted, Sifted):
        found = type(sifted).__name__
        raise UsageError(f"A cohort is made of validated data; {found} was given.", fix="call oc.validate(data) first")
    return derive(sifted, plan)


def plan_of(source: Any) -> Plan:
    """The plan in a file, or the default plan for a Sifted."""
    return resolve(None, source).plan if isinstance(source, Sifted) else load_plan(Path(source))


def simulate_files(*, patients: int, clinics: int, seed: int, scenario: str) -> Mapping[str, bytes]:
    """Example data as files: relative path -> bytes."""
    from analytics.sources.simulate import SCENARIOS, files, simulate
    from schemas.vocabulary import Vocabulary

    if scenario not in SCENARIOS:
        near = Vocabulary.nearest(scenario, SCENARIOS) or tuple(SCENARIOS)
        raise UsageError(f"There is no scenario {scenario!r}.", fix=f"choose one of {', '.join(near)}")
    return files(simulate(patients=patients, clinics=clinics, seed=seed, scenario=scenario))


def example_data(*, patients: int, clinics: int, seed: int, scenario: str) -> Dataset:
    """The canonical tables of simulated clinics as a Dataset."""
    made = simulate_files(patients=patients, clinics=clinics, seed=seed, scenario=scenario)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in made.items():
            if "/" not in name and name.endswith(".csv"):
                (Path(folder) / name).write_bytes(content)
        return read([Path(folder)])
