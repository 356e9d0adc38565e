"""Runs that a report must survive: few patients, nothing estimated, no rows, two arms, two designs, counted visits."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from run_by_hand import ARMS, MDA, PAIRS, PEEL, failed, pair, run, standard_findings

from analytics.domain.run import KEYS, Run


def few() -> Run:
    """A run in which one arm is under the minimum cell."""
    return run([pair("texture_grade", c, -0.9, 0.3, n={MDA: 30, PEEL: 4, ARMS[2]: 25}) for c in PAIRS])


def nothing() -> Run:
    """A run in which nothing could be estimated."""
    return run([failed(o, c) for o in ("texture_grade", "inflammatory_lesions", "absorbed_percent") for c in PAIRS])


def bare() -> Run:
    """A run without a single row in any table."""
    empty = {name: pd.DataFrame(columns=[*keys, "value"]) for name, keys in KEYS.items() if name != "findings"}
    return run([], tables=empty, facts={"rows": {}, "inputs": [], "notes": []})


def two_arms() -> Run:
    """A randomised plan with a reference."""
    rows = [row for row in standard_findings() if (row["arm"], row["reference"]) == PAIRS[0]]
    return run(rows, arms=(MDA, PEEL), reference=MDA, randomised=True)


def designs() -> Run:
    """Parallel and split-face patients apart."""
    whole = standard_findings()
    parts = [
        {**r, "population": f"design={d}", "n_arm": r["n_arm"] // k}
        for d, k in (("parallel", 1), ("split_face", 4))
        for r in whole
    ]
    return run(parts)


def trial() -> Run:
    """A trial-style file: visits are numbers."""
    return run(facts={"style": "trial", "cutoff": None, "planned": False})


RUNS: dict[str, Callable[[], Run]] = {
    "whole": run, "few": few, "nothing": nothing, "bare": bare, "two arms": two_arms, "designs": designs,
    "trial": trial,
}  # fmt: skip
