"""Findings rows of every verdict, measure and direction, and the same rows seen from the other arm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from run_by_hand import MDA, PEEL, RATIO, pair, run

from analytics.domain.run import Run
from analytics.show.orient import MIRROR
from analytics.show.runs import words
from analytics.show.stories import story
from analytics.show.words import outcome_sentence
from schemas.standard import STANDARD
from schemas.vocabulary import Outcome, Threshold

SIZES = {"difference": 0.5, "risk_difference": 0.1, "ratio": 0.8, "rate_ratio": 0.8, "odds_ratio": 1.5}
KINDS = {
    "difference": "continuous",
    "risk_difference": "binary",
    "ratio": "positive",
    "rate_ratio": "count",
    "odds_ratio": "ordinal",
}
# (low, high) in units of the meaningful difference, towards better for the first-named arm
SPANS = {
    "better_meaningful": (1.2, 2.0), "better": (0.4, 1.6), "better_small": (0.2, 0.8), "equivalent": (-0.6, 0.5),
    "not_shown_loss_excluded": (-0.5, 1.5), "not_shown_gain_excluded": (-1.5, 0.5), "not_shown": (-1.4, 1.7),
    "worse_small": (-0.8, -0.2), "worse": (-1.6, -0.4), "worse_meaningful": (-2.0, -1.2),
}  # fmt: skip


def outcome(measure: str, direction: str, *, sized: bool = True, baseline: str = "before") -> Outcome:
    sizes = {measure: Threshold(SIZES[measure], "a source")} if sized else {}
    if sized and measure == "odds_ratio":
        sizes["win_probability"] = Threshold(0.56, "a source")
    return Outcome("marks", "Marks on skin", "reported", KINDS[measure], "marks", direction, 0, None, baseline=baseline,  # type: ignore[arg-type]
                   meaningful_difference=sizes, short_label="Marks")  # fmt: skip


def natural(measure: str, direction: str, size: float) -> float:
    """A row's number from a size towards better in units of the meaningful difference."""
    turned = -size if direction == "lower" else size
    if measure in RATIO:
        return math.exp(turned * abs(math.log(SIZES[measure])))
    return turned * SIZES[measure]


def row(verdict: str, measure: str, direction: str, contrast: tuple[str, str] = (PEEL, MDA)) -> list[dict[str, Any]]:
    low, high = SPANS[verdict]
    ends = sorted(natural(measure, direction, size) for size in (low, high))
    limits = {"conf_low": ends[0], "conf_high": ends[1], "conf_low_adjusted": ends[0], "conf_high_adjusted": ends[1]}
    limits = {key: float(f"{value:.6g}") for key, value in limits.items()}
    middle = float(f"{natural(measure, direction, (low + high) / 2):.6g}")
    first = pair("texture_grade", contrast, middle, 0.1, measure=measure)
    rows = [{**first, **limits, "outcome": "marks", "verdict": verdict}]
    if measure == "odds_ratio":
        wins = {
            key: round(0.5 + 0.06 * size, 4)
            for key, size in zip(("estimate", "low", "high"), ((low + high) / 2, low, high))
        }
        limits = {"conf_low": wins["low"], "conf_high": wins["high"], "conf_low_adjusted": wins["low"],
                  "conf_high_adjusted": wins["high"]}  # fmt: skip
        rows.append({**rows[0], **limits, "measure": "win_probability", "estimate": wins["estimate"], "verdict": ""})
    return rows


def swapped(one: Mapping[str, Any]) -> dict[str, Any]:
    """The same finding with arm and reference exchanged."""
    turn = {"win_probability": lambda v: round(1 - v, 6)}.get(one["measure"],
    (lambda v: float(f"{1 / v:.6g}")) if one["measure"]
                                                              in RATIO else (lambda v: -v))  # fmt: skip
    mirror = {**MIRROR, **{better: worse for worse, better in MIRROR.items()}}
    return {
        **one, "arm": one["reference"], "reference": one["arm"], "contrast": f"{one['reference']} v {one['arm']}",
        "n_arm": one["n_reference"], "n_reference": one["n_arm"], "estimate": turn(one["estimate"]),
        "conf_low": turn(one["conf_high"]), "conf_high": turn(one["conf_low"]),
        "conf_low_adjusted": turn(one["conf_high_adjusted"]), "conf_high_adjusted": turn(one["conf_low_adjusted"]),
        "verdict": mirror.get(one["verdict"], one["verdict"]),
    }  # fmt: skip


def told(rows: list[dict[str, Any]], entry: Outcome, *, randomised: bool = False) -> str:
    made = a_run(rows, entry, randomised=randomised)
    return words(outcome_sentence(story(made, "marks")))


def a_run(rows: list[dict[str, Any]], entry: Outcome, **changes: Any) -> Run:
    return run(rows, vocabulary=STANDARD.with_outcome(entry), arms=(MDA, PEEL), primary=("marks",), secondary=(),
               tables={"power": pd.DataFrame(), "visits": pd.DataFrame()}, **changes)  # fmt: skip
