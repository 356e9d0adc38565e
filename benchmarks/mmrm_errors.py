"""Error rates of the repeated-measures model: each rule for errors and degrees of freedom on the same simulated trials.

    python -m benchmarks.mmrm_errors [--runs 10000] [--mixedlm-runs 1000] [--cases 20/ "12/20/40 2"] [--effect 0.5]

Three arms, four visits, one baseline covariate; after each visit a patient leaves, the likelier the higher the last
response (beyond what the baseline explains, in spreads of the arm), one in five in all; with --effect more often where
the effect is larger. In "2:1:1" the first arm spreads twice as widely. One fit of each trial
(unstructured, REML) serves every rule; statsmodels' MixedLM (random intercept, z) is fitted to the first trials.
Printed, in Markdown: how often a pair's 95 % interval at the last visit misses the truth (without --effect the type-I
error; coverage is one minus it), and how often the max-t family of the three pairs holds an error. A trial without an
estimate counts as no error and in the last column. Run i of a case has its own seed, so --jobs changes no figure.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from analytics import fit_mmrm
from analytics.inference.intervals import quantile
from analytics.inference.max_t import correlation_of, maximum
from analytics.inference.sandwich import LOST_TOLERANCE
from analytics.repeated.moments import moments_of
from analytics.repeated.rows import Columns, Rows, read_rows
from analytics.repeated.uncertainty import Uncertainty

FORMULA = "change ~ arm * visit + baseline:visit"
ARMS, VISITS, LEVEL = ("a", "b", "c"), 4, 0.95
SPREAD = 1.0 + 0.15 * np.arange(VISITS)  # of the visits
CORRELATION = 0.4 + 0.6 * 0.5 ** np.abs(np.subtract.outer(np.arange(VISITS), np.arange(VISITS)))
np.fill_diagonal(CORRELATION, 1.0)
STAYING = 2.95  # logit of staying after one visit at a usual response: one in five leaves over three
EFFECT = np.array([0.0, 0.5, 1.0])  # of --effect, by arm, growing to the last visit
PAIRS = ((1, 0), (2, 0), (2, 1))
WAYS = (
    ("model", "kenward_roger_linear"),
    ("model", "kenward_roger"),
    ("model", "satterthwaite"),
    ("model", "between_within"),
    ("model", "residual"),
    ("cr0", "Bell-McCaffrey"),
    ("cr2", "Bell-McCaffrey"),
    ("cr3", "Bell-McCaffrey"),
)
MIXEDLM = "MixedLM, z"


@dataclass(frozen=True)
class Case:
    sizes: tuple[int, int, int]
    spread: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def name(self) -> str:
        return "/".join(map(str, self.sizes)) + (" equal" if len(set(self.spread)) == 1 else " 2:1:1")


SIZES = ((9, 9, 9), (20, 20, 20), (60, 60, 60), (12, 20, 40))
CASES = tuple(Case(sizes, spread) for sizes in SIZES for spread in ((1.0, 1.0, 1.0), (2.0, 1.0, 1.0)))


@cache
def template() -> tuple[Rows, np.ndarray]:
    """Rows of a complete trial, read once for their Terms, and the three pairs at the last visit (3, q)."""
    rng = np.random.default_rng(0)
    arm, visit = np.repeat(np.arange(30) % 3, VISITS), np.tile(np.arange(VISITS), 30)
    frame = pd.DataFrame({"patient": np.repeat(np.arange(30), VISITS), "visit": visit, "arm": np.array(ARMS)[arm]})
    frame = frame.assign(baseline=np.repeat(rng.normal(size=30), VISITS), change=rng.normal(size=len(frame)))
    rows = read_rows(FORMULA, frame, Columns("patient", "visit"))
    at = [{"arm": code, "visit": VISITS - 1} for code in range(3)]
    means = np.array(
        [[np.prod([v[codes[name]] for name, v in key.categories]) * (not key.numbers) for key in rows.terms.keys]
         for codes in at]
    )  # fmt: skip
    return rows, np.array([means[one] - means[other] for one, other in PAIRS])


def drawn(rng: np.random.Generator, case: Case, effect: float) -> Rows:
    """The rows of one trial."""
    arm = np.repeat(np.arange(3), case.sizes)
    baseline = rng.normal(size=len(arm))
    root = np.linalg.cholesky(CORRELATION) * SPREAD[:, None]
    noise = np.array(case.spread)[arm, None] * (rng.normal(size=(len(arm), VISITS)) @ root.T)
    beyond = noise + effect * EFFECT[arm, None] * np.arange(1, VISITS + 1) / VISITS
    value = 0.5 * baseline[:, None] + beyond
    worse = beyond / (np.array(case.spread)[arm, None] * SPREAD)
    stays = rng.random((len(arm), VISITS - 1)) < 1 / (1 + np.exp(worse[:, :-1] - STAYING))
    seen = np.cumprod(np.c_[np.ones(len(arm), bool), stays], axis=1).astype(bool)
    who, when = np.nonzero(seen)
    number = baseline[who]
    return replace(
        template()[0],
        y=value[seen],
        codes={"arm": arm[who], "visit": when},
        numbers={"baseline": number[:, None]},
        raw={"baseline": number},
        visit=when,
        start=np.r_[0, np.cumsum(seen.sum(axis=1))],
        place=np.arange(len(who)),
        index=pd.RangeIndex(len(who)),
        group=np.zeros(len(arm), np.intp),
    )


def judged(estimate: np.ndarray, covariance: np.ndarray, df: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Of the three pairs: missed (3,), family missed, smallest df; NaN where there is no estimate."""
    error = np.sqrt(np.diag(covariance))
    here = np.isfinite(estimate) & (error > 0) & (df > 0)
    found = np.full(5, np.nan)
    if here.any():
        t = np.abs(estimate - truth)[here] / error[here]
        found[:3][here] = t > quantile(0.5 + LEVEL / 2, df[here])
        family = maximum(correlation_of(covariance[np.ix_(here, here)]), float(df[here].min()))
        found[3:] = family.p_value(float(t.max())) < 1 - LEVEL, df[here].min()
    return found


def one_run(run: int, *, case: Case, effect: float, seed: int, mixedlm: int) -> np.ndarray:
    """``judged`` of every way and of MixedLM, which only the first ``mixedlm`` runs have; (ways + 1, 5)."""
    rows = drawn(np.random.default_rng([seed, CASES.index(case), run]), case, effect)
    truth = effect * np.array([EFFECT[one] - EFFECT[other] for one, other in PAIRS])
    pairs = template()[1]
    found = np.full((len(WAYS) + 1, 5), np.nan)
    fit = fit_mmrm(moments_of(rows))
    if fit.status == "estimated":
        sure = {name: Uncertainty(fit.uncertainty.criterion, fit.uncertainty.optimum, rows, name) for name, _ in WAYS}
        for place, (vcov, df) in enumerate(WAYS):
            found[place] = judged(*_answer(sure[vcov], pairs, df), truth)
    if run < mixedlm:
        found[-1] = judged(*_of_mixedlm(rows, pairs), truth)
    return found


def _answer(sure: Uncertainty, pairs: np.ndarray, df: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    estimate = np.where(sure.lost(pairs) <= LOST_TOLERANCE, sure.estimate(pairs), np.nan)
    return estimate, sure.covariance(pairs, df), sure.degrees(pairs, df)


def _of_mixedlm(rows: Rows, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from statsmodels.regression.mixed_linear_model import MixedLM

    design = np.column_stack([rows.column(key) for key in rows.terms.keys])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = MixedLM(rows.y, design, groups=np.repeat(np.arange(len(rows.size)), rows.size)).fit()
    covariance = pairs @ np.asarray(found.cov_params())[: len(pairs.T), : len(pairs.T)] @ pairs.T
    return pairs @ np.asarray(found.fe_params), covariance, np.full(len(pairs), np.inf)


def table(case: Case, told: np.ndarray, mixedlm: int) -> list[str]:
    """Markdown lines of one case; ``told`` (runs, ways + 1, 5), the last one of the first ``mixedlm`` runs only."""
    found = []
    for place, (vcov, df) in enumerate([*WAYS, (MIXEDLM, "")]):
        mine = told[:, place] if vcov != MIXEDLM else told[:mixedlm, place]
        if np.isnan(mine).all():
            continue
        missed = np.nan_to_num(mine[:, :4]).mean(axis=0)
        name = {"model": df, MIXEDLM: MIXEDLM}.get(vcov, f"{vcov}, {df}")
        rates = " | ".join(f"{rate:.3f}" for rate in missed)
        few = np.nanmedian(mine[:, 4])
        found.append(f"| {case.name} | {name} | {rates} | {few:.1f} | {np.isnan(mine[:, :3]).any(axis=1).mean():.3f} |")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--cases", nargs="+", default=[case.name for case in CASES], help="names, or their beginnings")
    parser.add_argument("--effect", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--mixedlm-runs", type=int, default=1_000, help="it takes ten times as long as all the rest")
    options = parser.parse_args(arguments)
    chance = 2 * np.sqrt(LEVEL * (1 - LEVEL) / options.runs)
    fewer = min(options.runs, options.mixedlm_runs)
    print(f"{options.runs:,} trials per case (MixedLM: {fewer:,}); a true 0.05 shows as 0.05 +- {chance:.3f}\n")
    print("| patients, spread | rule | b - a | c - a | c - b | max-t family | median df | no estimate |")
    print("|---|---|---|---|---|---|---|---|")
    began = time.process_time()
    for case in CASES:
        if not any(case.name.startswith(name) for name in options.cases):
            continue
        work = partial(one_run, case=case, effect=options.effect, seed=options.seed, mixedlm=options.mixedlm_runs)
        if options.jobs > 1:
            with ProcessPoolExecutor(options.jobs) as pool:
                told = list(pool.map(work, range(options.runs), chunksize=50))
        else:
            told = [work(run) for run in range(options.runs)]
        print(*table(case, np.array(told), options.mixedlm_runs), sep="\n", flush=True)
    print(f"{time.process_time() - began:.0f} CPU s", file=sys.stderr)


if __name__ == "__main__":
    main()
