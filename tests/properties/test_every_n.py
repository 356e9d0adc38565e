"""Every n of findings.csv from the accepted rows and the plan alone: counted again by a second way to the cohort.

The referee of test_cohort_referee.py says who is analysed and which reading stands for which visit; added here is who
has what each method needs, as its page under docs/methods says it. Nothing of analytics.intake takes part.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import analytics as oc
from analytics.sources.simulate import files, simulate
from schemas.standard import STANDARD
from tests.properties.cohort_referee import Row, Unit, referee

ROOT = Path(__file__).resolve().parents[2]
ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
BOTH = ("inflammatory_lesions", "noninflammatory_lesions")
SEEDS = [(1, 90), *(pytest.param(seed, patients, marks=pytest.mark.long) for seed, patients in ((2, 60), (3, 150)))]


def accepted(folder: Path, out: Path) -> pd.DataFrame:
    """The accepted rows as ``outcomes validate --out`` writes them."""
    command = [sys.executable, "-m", "analytics", "validate", str(folder), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return pd.read_parquet(io.BytesIO((out / "accepted.parquet").read_bytes()))


def lines(frame: pd.DataFrame, outcomes: list[str]) -> list[Row]:
    """Accepted rows in the referee's words."""
    found = []
    for row in frame.to_dict("records"):
        values = {name: row.get(name) for name in outcomes}
        if values.get("total_lesions") is None and "total_lesions" in values:
            values["total_lesions"] = sum(row[name] for name in BOTH)
        found.append({
            "patient": row["patient"], "at": row["session_date"].to_pydatetime(), "timed": bool(row["has_time"]),
            "treatment": _text(row["treatment"]), "side": _text(row.get("side")), "timing": _text(row.get("timing")),
            "session_no": _number(row.get("session_no")), "hours": _number(row.get("hours_since_session")),
            "outcomes": {name: _number(value) for name, value in values.items()},
        })  # fmt: skip
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


class Count:
    """Patients by outcome, visit, population and arm who have what a method needs."""

    def __init__(self, rows: list[Row], outcomes: list[str], last: pd.Timestamp) -> None:
        washout = {name: STANDARD.outcomes[name].washout_hours for name in outcomes}
        cohort = referee(rows, ARMS, washout, last.date())
        self.people = {p: [u for u in units if not u.reason] for p, units in cohort.items()}
        self.split = {p: len({u.arm for u in units}) > 1 for p, units in self.people.items()}

    def n(self, row: dict[str, Any], arm: str) -> int:
        """What n of ``arm`` must be in a row of the findings."""
        wanted = row["population"] == "design=split_face"
        found = set()
        for patient, units in self.people.items():
            if self.split[patient] is not wanted:
                continue
            fit = [unit for unit in units if self._has(unit, row)]
            if wanted and len({unit.arm for unit in fit}) < 2:
                continue  # only whole pairs
            if any(unit.arm == arm for unit in fit):
                found.add(patient)
        return len(found)

    @staticmethod
    def _has(unit: Unit, row: dict[str, Any]) -> bool:
        """A reading at the visit, the baseline of an outcome that has one, and a verdict of the responder rule."""
        outcome, name = STANDARD.outcomes[row["outcome"]], row["outcome"]
        if (name, int(row["visit"])) not in unit.values:
            return False
        if outcome.baseline == "before" and (name, 0) not in unit.values:
            return False
        if row["method"] != "standardised_risk" or outcome.kind == "binary":
            return True
        rule = outcome.responder
        assert rule is not None
        if outcome.baseline == "none":  # an impression of change: the level alone
            return True
        start = unit.values[name, 0][0]
        return (rule.floor is None or start >= rule.floor) and (rule.rule != "percent_fall" or start > 0)


@pytest.mark.parametrize(("seed", "patients"), SEEDS)
def test_every_n_follows_from_the_accepted_rows_and_the_plan(seed: int, patients: int, tmp_path: Path) -> None:
    made = files(simulate(patients=patients, seed=seed))
    (tmp_path / "data").mkdir()
    for name in ("sessions.csv", "patients.csv", "consultations.csv", "adverse_events.csv"):
        (tmp_path / "data" / name).write_bytes(made[name])
    run = oc.analyse(oc.validate(oc.read(tmp_path / "data")))
    findings = run.tables["findings"]
    outcomes = sorted(set(findings["outcome"]))
    frame = accepted(tmp_path / "data", tmp_path / "out")
    count = Count(lines(frame, outcomes), outcomes, frame["session_date"].max())
    assert list(run.plan.visits.weeks) == [4.0, 8.0, 12.0]
    assert set(findings["arm"]) | set(findings["reference"]) == set(ARMS)
    wrong, seen = [], defaultdict(int)
    for row in findings.to_dict("records"):
        expected: tuple[int, ...] = (count.n(row, row["arm"]), count.n(row, row["reference"]))
        seen[row["method"]] += sum(expected) > 0
        told = (row["n_arm"], row["n_reference"])
        if told != expected:
            wrong.append((*(row[k] for k in ("outcome", "visit", "population", "contrast", "method", "adjustment",
                                             "status", "n_arm", "n_reference")), *expected))  # fmt: skip
    assert wrong == []
    assert min(seen.values()) > 5
    assert {"mmrm", "negative_binomial", "cumulative_logit", "standardised_risk", "paired_difference"} <= set(seen)
