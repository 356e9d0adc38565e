"""How long a repeated-measures model takes: fit, degrees of freedom, adjusted means and contrasts, by patients and way.

    python -m benchmarks.mmrm [--patients 300 1000 3000 10000 30000 300000] [--ways "" cr2 kenward_roger] [--no-mixedlm]

Simulated trials of three arms at six visits (26 coefficients, 10 % of the values missing, unstructured covariance), and
one of ten visits. Each line is a process of its own: figures are of the second fit there, on fresh data, the memory is
the highest of the process with the data. Beside it statsmodels' MixedLM with a mere random intercept in the same run,
and what R took on another day.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

PATIENTS = (300, 1_000, 3_000, 10_000, 30_000, 300_000)
FORMULA = "change ~ arm * visit + baseline:visit + age + sex"
ARMS = np.array(["filler", "laser", "peel"])
WAYS = {"": {}, "cr2": {"vcov": "cr2"}, "kenward_roger": {"df": "kenward_roger"}}
MOST_MIXEDLM = 30_000  # patients: MixedLM's time grows with them, and nobody learns from more
R_MMRM = {300: 0.49, 1_000: 1.36, 3_000: 4.70, 10_000: 15.5, 30_000: 51.0}  # Satterthwaite; CPU seconds, R 4.2
R_KENWARD_ROGER = {300: 1.65, 1_000: 3.95, 3_000: 11.6, 10_000: 39.6}
R_GLS = {300: 5.6, 1_000: 23.0, 3_000: 76.0, 10_000: 330.0}
WANTED = {
    ("", 300, 6): 0.15,
    ("", 30_000, 6): 0.6,
    ("cr2", 30_000, 6): 1.8,
    ("", 300_000, 6): 6.0,
    ("cr2", 300_000, 6): 12.0,
    ("", 1_000, 10): 1.5,
}
HEADER = (
    "patients visits  way             wall s   CPU s  (wanted)  peak MB   of default  of MixedLM  of R mmrm  of R's KR"
)


def trial(patients: int, visits: int, seed: int) -> pd.DataFrame:
    """A long table in any order of rows: patient (text), visit, arm, baseline, age, sex, change."""
    rng = np.random.default_rng(seed)
    week = np.arange(visits)
    baseline, age = rng.normal(size=patients), rng.normal(45, 12, patients)
    arm, sex = rng.integers(3, size=patients), rng.integers(2, size=patients)
    covariance = 0.6 ** np.abs(np.subtract.outer(week, week)) * np.outer(1 + 0.1 * week, 1 + 0.1 * week)
    noise = rng.normal(size=(patients, visits)) @ np.linalg.cholesky(covariance).T
    change = 0.3 * arm[:, None] * np.sqrt(week) + 0.5 * baseline[:, None] + 0.01 * age[:, None] + noise
    rows = rng.permutation(np.flatnonzero(rng.random(patients * visits) > 0.1))
    who, when = np.divmod(rows, visits)
    names = np.array([f"patient {number:07d}" for number in range(patients)], dtype=object)
    return pd.DataFrame(
        {
            "patient": names[who],
            "visit": pd.Categorical.from_codes(when, [f"week {4 * one}" for one in range(1, visits + 1)]),
            "arm": ARMS[arm[who]],
            "baseline": baseline[who],
            "age": age[who],
            "sex": np.array(["female", "male"])[sex[who]],
            "change": change[who, when],
        }
    )


def ours(data: pd.DataFrame, way: str) -> None:
    """Everything that an analyst asks of one outcome."""
    from analytics import fit_mmrm

    fit = fit_mmrm(FORMULA, data, subject="patient", visit="visit", **WAYS[way])
    if fit.status != "estimated":
        raise SystemExit(f"no fit: {fit.status} {fit.why}")
    fit.coefficients()
    fit.adjusted_means("arm", by="visit")
    fit.contrasts("arm", by="visit")


def mixedlm(data: pd.DataFrame, way: str) -> None:
    """What a Python user has today: one variance, one correlation, z-tests."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    MixedLM.from_formula(FORMULA, data, groups="patient").fit()


def measured(work: Callable[[pd.DataFrame, str], None], patients: int, visits: int, way: str) -> dict[str, float]:
    """wall, cpu (seconds, second fit in this process) and peak (MB of this process)."""
    for seed in (1, 2):
        data = trial(patients, visits, seed)
        began, busy = time.perf_counter(), time.process_time()
        work(data, way)
        wall, cpu = time.perf_counter() - began, time.process_time() - busy
    return {"wall": wall, "cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def apart(who: str, patients: int, visits: int, way: str) -> dict[str, float]:
    """``measured`` in a process of its own; only MixedLM must be told to use one thread."""
    around = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    if who == "mixedlm":
        around["OPENBLAS_NUM_THREADS"] = "1"
    command = [sys.executable, "-m", "benchmarks.mmrm", "--one", who, str(patients), str(visits), way]
    root = Path(__file__).resolve().parents[1]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root, env=around)
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


def case(patients: int, visits: int, ways: Sequence[str], *, beside: bool) -> None:
    """Print the lines of one size."""
    other = apart("mixedlm", patients, visits, "") if beside and patients <= MOST_MIXEDLM else None
    plain = None
    for way in ways:
        found = apart("ours", patients, visits, way)
        plain = plain or found
        r = {key: table.get(patients) if visits == 6 else None for key, table in _anchors().items()}
        wanted = WANTED.get((way, patients, visits))
        print(
            f"{patients:8,} {visits:6}  {way or 'default':14} {found['wall']:7.2f} {found['cpu']:7.3f}  "
            f"{_or_blank(wanted, '({:.2f})'):>8} {found['peak']:8.0f}   {found['cpu'] / plain['cpu']:10.2f}  "
            f"{_share(found, other and other['cpu'])}  {_share(found, r['mmrm'])}  {_share(found, r['kr'])}",
            flush=True,
        )
    if other:
        wall, cpu, peak = other["wall"], other["cpu"], other["peak"]
        print(f"{patients:8,} {visits:6}  {'MixedLM':14} {wall:7.2f} {cpu:7.3f}  {peak:17.0f}", flush=True)


def _anchors() -> dict[str, dict[int, float]]:
    return {"mmrm": R_MMRM, "kr": R_KENWARD_ROGER}


def _share(found: dict[str, float], of: float | None) -> str:
    return f"{found['cpu'] / of:10.4f}" if of else " " * 10


def _or_blank(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs="+", default=PATIENTS)
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--no-mixedlm", action="store_true")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        who, patients, visits, way = options.one
        print(json.dumps(measured({"ours": ours, "mixedlm": mixedlm}[who], int(patients), int(visits), way)))
        return
    print(HEADER)
    for patients in options.patients:
        case(patients, 6, options.ways, beside=not options.no_mixedlm)
    case(1_000, 10, options.ways, beside=not options.no_mixedlm)
    print("\nCPU seconds of R 4.2 on such data, another day: mmrm with Satterthwaite", _listed(R_MMRM))
    print("mmrm with Kenward-Roger", _listed(R_KENWARD_ROGER), "\nnlme::gls", _listed(R_GLS))


def _listed(anchors: dict[int, float]) -> str:
    return ", ".join(f"{seconds:g} at {patients:,}" for patients, seconds in anchors.items())


if __name__ == "__main__":
    main()
