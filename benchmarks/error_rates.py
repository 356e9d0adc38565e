"""Type-I error and coverage of the one-visit methods on simulated clinics: statistics page, section 0.

    python benchmarks/error_rates.py --runs 10000 --jobs 2
    python benchmarks/error_rates.py --runs 1000 --methods cumulative_logit --scenarios 20 12/20/40 --effect 0.5

One line per method, scenario and measure: how often a pair's interval misses the truth (mean and worst of the three
pairs; +- two Monte-Carlo errors), which under the null (--effect 0) is the type-I error; coverage is one minus it. The
truth of a standardised measure is that of the patients drawn, as the methods take covariates as fixed. Run i of a
scenario has its own seed, so --jobs changes no figure. In "2:1:1" the first arm spreads twice as widely.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from scipy.special import expit

from analytics.domain.cohort import Estimand, Sample
from analytics.inference.intervals import interval
from analytics.methods import METHODS
from schemas.vocabulary import Outcome

ARMS = ("a", "b", "c")
PAIRS = (("b", "a"), ("c", "a"), ("c", "b"))
EFFECT = (0.0, 1.0, 0.5)  # of --effect, by arm, on the link scale
CUTS = np.array([-1.8, -0.5, 0.5, 1.8])  # symmetric: unequal spread alone then moves neither odds nor wins
HEADER = (
    "method             scenario          measure          runs failed  error (mean)  (worst)   +-      df   se ratio"
)


@dataclass(frozen=True)
class Scenario:
    name: str
    sizes: tuple[int, int, int]
    spread: tuple[float, float, float] = (1.0, 1.0, 1.0)
    dropout: bool = False  # patients leave before the visit, the likelier the worse their last response was


SCENARIOS = (
    Scenario("20", (20, 20, 20)),
    Scenario("60", (60, 60, 60)),
    Scenario("12/20/40", (12, 20, 40)),
    Scenario("36/60/120", (36, 60, 120)),
    Scenario("20 2:1:1", (20, 20, 20), (2.0, 1.0, 1.0)),
    Scenario("60 2:1:1", (60, 60, 60), (2.0, 1.0, 1.0)),
    Scenario("12/20/40 2:1:1", (12, 20, 40), (2.0, 1.0, 1.0)),
    Scenario("36/60/120 2:1:1", (36, 60, 120), (2.0, 1.0, 1.0)),
    Scenario("20 dropout", (25, 25, 25), dropout=True),
    Scenario("60 dropout", (75, 75, 75), dropout=True),
)
STAYING = 1.5  # logit of staying at an average last response: about one patient in five leaves


@dataclass(frozen=True, eq=False)
class Drawn:
    """A Sample and the true value of each measure, (3,) over PAIRS."""

    sample: Sample
    truth: dict[str, np.ndarray]


def outcome(kind: str, low: float | None, high: float | None, step: float | None = None) -> Outcome:
    return Outcome("x", "X", "texture", kind, "", "lower", low, high, step)


def over_pairs(values: np.ndarray) -> np.ndarray:
    return np.array([values[ARMS.index(arm)] - values[ARMS.index(reference)] for arm, reference in PAIRS])


def patients(arm: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
    names = [f"p{i:05d}" for i in range(len(arm))]
    rows = pd.DataFrame({"patient": names, "unit": names, "arm": np.array(ARMS)[arm], "side": "", "baseline": np.nan})
    rows = rows.assign(**columns)
    return rows.assign(change=rows["value"] - rows["baseline"])


def draw_ancova(rng: np.random.Generator, arm: np.ndarray, spread: np.ndarray, shift: np.ndarray) -> Drawn:
    before = rng.normal(size=len(arm))
    value = 0.6 * before + shift[arm] + spread[arm] * rng.normal(size=len(arm))
    sample = Sample(
        patients(arm, value=value, baseline=before),
        outcome("continuous", None, None),
        ARMS,
        baseline=True,
        respond="change",
    )
    return Drawn(sample, {"difference": over_pairs(shift)})


def draw_paired(rng: np.random.Generator, arm: np.ndarray, spread: np.ndarray, shift: np.ndarray) -> Drawn:
    """Split-face: patient i has two of the three arms, the type of pair by its place in ``arm``."""
    kinds = np.array([[1, 0], [2, 0], [2, 1]])[arm]
    kinds = np.where(rng.random(len(arm))[:, None] < 0.5, kinds, kinds[:, ::-1])  # which one is on the left
    patient = np.repeat(np.arange(len(arm)), 2)
    both, own = kinds.ravel(), np.repeat(rng.normal(size=len(arm)), 2)
    value = own + shift[both] + spread[both] * rng.normal(size=len(both))
    names = pd.Series(patient).map("p{:05d}".format)
    side = np.tile(["left", "right"], len(arm))
    rows = pd.DataFrame({"patient": names, "unit": names + "." + side, "arm": np.array(ARMS)[both], "side": side})
    rows = rows.assign(value=value, baseline=0.0, change=value)
    sample = Sample(rows, outcome("continuous", None, None), ARMS, respond="change", paired=True)
    return Drawn(sample, {"difference": over_pairs(shift)})


def draw_counts(rng: np.random.Generator, arm: np.ndarray, spread: np.ndarray, shift: np.ndarray) -> Drawn:
    """Gamma frailties with variance 0.4 spread^2; a baseline count that is itself noisy."""
    latent = rng.normal(size=len(arm))
    shape = 1 / (0.4 * spread[arm] ** 2)
    rate = np.exp(1.8 + 0.5 * latent)
    value = rng.poisson(rate * np.exp(shift[arm]) * rng.gamma(shape, 1 / shape)).astype(float)
    before = rng.poisson(np.exp(2.3 + 0.7 * latent)).astype(float)
    sample = Sample(patients(arm, value=value, baseline=before), outcome("count", 0, None), ARMS, baseline=True)
    return Drawn(sample, {"rate_ratio": over_pairs(shift), "difference": over_pairs(np.exp(shift) * rate.mean())})


def draw_percent(rng: np.random.Generator, arm: np.ndarray, spread: np.ndarray, shift: np.ndarray) -> Drawn:
    """Beta with variance m (1 - m) spread^2 / 9."""
    latent = rng.normal(size=len(arm))
    mean = expit(-0.4 + 0.6 * latent + shift[arm])
    size = 9 / spread[arm] ** 2 - 1
    value = 100 * rng.beta(mean * size, (1 - mean) * size)
    before = 100 * expit(0.6 * latent + 0.4 * rng.normal(size=len(arm)))
    truth = 100 * np.array([expit(-0.4 + 0.6 * latent + s).mean() for s in shift])
    sample = Sample(patients(arm, value=value, baseline=before), outcome("percent", 0, 100), ARMS, baseline=True)
    return Drawn(sample, {"difference": over_pairs(truth)})


def draw_grades(rng: np.random.Generator, arm: np.ndarray, spread: np.ndarray, shift: np.ndarray) -> Drawn:
    latent = rng.normal(size=len(arm))
    value = np.digitize(0.7 * latent + shift[arm] + spread[arm] * rng.logistic(size=len(arm)), CUTS).astype(float)
    below = np.array(
        [expit((CUTS[None, :] - 0.7 * latent[:, None] - s) / w).mean(axis=0) for s, w in zip(shift, spread)]
    )
    grades = np.diff(np.column_stack([np.zeros(3), below, np.ones(3)]), axis=1)
    lower = np.tril(np.ones((5, 5)), -1).T + 0.5 * np.eye(5)
    wins = np.array([grades[ARMS.index(x)] @ lower @ grades[ARMS.index(y)] for x, y in PAIRS])
    sample = Sample(
        patients(arm, value=value, severity=latent), outcome("ordinal", 0, 4, 1), ARMS, {"severity": "number"}
    )
    return Drawn(sample, {"odds_ratio": over_pairs(shift), "win_probability": wins})


def draw_risk(rng: np.random.Generator, arm: np.ndarray, spread: np.ndarray, shift: np.ndarray) -> Drawn:
    latent = rng.normal(size=len(arm))
    value = (rng.random(len(arm)) < expit(-0.4 + 0.7 * latent + shift[arm])).astype(float)
    risk = np.array([expit(-0.4 + 0.7 * latent + s).mean() for s in shift])
    sample = Sample(patients(arm, value=value, severity=latent), outcome("binary", 0, 1), ARMS, {"severity": "number"})
    return Drawn(sample, {"risk_difference": over_pairs(risk), "risk_ratio": over_pairs(np.log(risk))})


Draw = Callable[[np.random.Generator, np.ndarray, np.ndarray, np.ndarray], Drawn]
DRAWS: dict[str, Draw] = {
    "ancova": draw_ancova,
    "paired_difference": draw_paired,
    "negative_binomial": draw_counts,
    "fractional_logit": draw_percent,
    "cumulative_logit": draw_grades,
    "standardised_risk": draw_risk,
}


def one_run(run: int, *, method: str, scenario: Scenario, effect: float, seed: int, level: float) -> dict:
    """measure -> (3, 4): missed, standard error, df, estimate minus truth of each pair; NaN where not estimable."""
    places = (list(DRAWS).index(method), [s.name for s in SCENARIOS].index(scenario.name))
    rng = np.random.default_rng([seed, *places, run])
    drawn = DRAWS[method](
        rng, np.repeat(np.arange(3), scenario.sizes), np.array(scenario.spread), effect * np.array(EFFECT)
    )
    if scenario.dropout:
        drawn = replace(drawn, sample=stayed(drawn.sample, rng))
    fit = METHODS[method](drawn.sample, Estimand("x", 12.0, "all", ARMS, method, "covariates"))
    told = {}
    for block in fit.blocks(PAIRS):
        truth = drawn.truth[block.measure]
        low, high = interval(block.estimate, block.std_error, block.df, level)
        missed = np.where(block.estimable, (np.asarray(low) > truth) | (truth > np.asarray(high)), np.nan)
        told[block.measure] = np.column_stack([missed, block.std_error, block.df, block.estimate - truth])
    return told


def stayed(sample: Sample, rng: np.random.Generator) -> Sample:
    """The sample without patients who left: the chance falls with the last response before the visit (the baseline)."""
    last = sample.rows.groupby("patient")["baseline"].transform("mean").to_numpy(float)
    worse = (last - last.mean()) / last.std()
    names, code = np.unique(sample.rows["patient"], return_inverse=True)
    stays = rng.uniform(size=len(names))[code] < 1 / (1 + np.exp(worse - STAYING))
    return replace(sample, rows=sample.rows[stays].reset_index(drop=True))


def applies(method: str, scenario: Scenario) -> bool:
    """Only two methods are drawn with a baseline that varies: elsewhere dropout has nothing to hang on."""
    if scenario.dropout:
        return method in ("ancova", "negative_binomial")
    return not (method == "standardised_risk" and max(scenario.spread) > 1)


def case(method: str, scenario: Scenario, options: argparse.Namespace) -> Iterator[str]:
    work = partial(
        one_run, method=method, scenario=scenario, effect=options.effect, seed=options.seed, level=options.level
    )
    if options.jobs > 1:
        with ProcessPoolExecutor(options.jobs) as pool:
            runs = list(pool.map(work, range(options.runs), chunksize=50))
    else:
        runs = [work(run) for run in range(options.runs)]
    for measure in runs[0]:
        yield line(method, scenario, measure, np.array([run[measure] for run in runs]))


def line(method: str, scenario: Scenario, measure: str, told: np.ndarray) -> str:
    """``told`` (runs, 3, 4). ``se ratio``: mean standard error over the spread of the estimates, mean of the pairs."""
    missed = told[:, :, 0]
    error, failed = np.nanmean(missed, axis=0), np.isnan(missed).mean()
    spread = 2 * np.nanstd(np.nanmean(missed, axis=1)) / np.sqrt(len(missed))
    ratio = np.nanmean(told[:, :, 1], axis=0) / np.nanstd(told[:, :, 3], axis=0)
    df = np.nanmean(told[:, :, 2])
    return (
        f"{method:18} {scenario.name:17} {measure:16} {len(missed):5d} {failed:6.3f} {error.mean():12.4f} "
        f"{error.max():9.4f} {spread:7.4f} {df:7.1f} {ratio.mean():8.3f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--methods", nargs="+", choices=list(DRAWS), default=list(DRAWS))
    parser.add_argument(
        "--scenarios", nargs="+", choices=[s.name for s in SCENARIOS], default=[s.name for s in SCENARIOS]
    )
    parser.add_argument(
        "--effect", type=float, default=0.0, help="of the second arm on the link scale; half in the third"
    )
    parser.add_argument("--level", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    print(HEADER)
    began = time.perf_counter()
    for method in options.methods:
        for scenario in SCENARIOS:
            if scenario.name in options.scenarios and applies(method, scenario):
                print(*case(method, scenario, options), sep="\n", flush=True)
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
