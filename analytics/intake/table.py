"""The analysis table: one row per unit x visit x outcome with value, baseline, change and how it was read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.plan import Plan
from analytics.intake import carry, events, flow
from analytics.intake.readings import baselines, judge
from analytics.intake.records import onto
from analytics.intake.responders import responders
from analytics.intake.visits import follow_up
from schemas.vocabulary import Vocabulary

COLUMNS = (
    "patient", "unit", "side", "body_site", "arm", "design", "visit", "outcome", "value", "baseline", "change", "day",
    "n_readings", "derivation", "days_since_session", "hours_since_session", "responder", "product",
)  # fmt: skip
MEMBER = ["patient", "side", "body_site", "arm", "design"]


def analysis_table(
    units: pd.DataFrame,
    readings: pd.DataFrame,
    sessions: pd.DataFrame,
    happened: pd.DataFrame,
    vocabulary: Vocabulary,
    plan: Plan,
    *,
    style: str,
    today: float,
) -> tuple[pd.DataFrame, list[tuple]]:
    """The table of the analysed ``units`` and the flow steps of their readings.

    ``readings``, ``sessions``: with the unit they belong to; ``happened``: events; ``today``: day of the cut-off.
    """
    judged = judge(readings, units, sessions, vocabulary, style=style)
    governed = events.governing(happened, plan)
    judged["after_event"] = events.is_after(judged, governed)
    trial = style == "trial"
    first = _baseline_rows(judged, vocabulary, None if trial else plan.course.baseline_window_days)
    width = None if trial else plan.visits.window_days
    open_ = judged[~judged["before"] & judged["washed"]]
    later = follow_up(open_[~open_["after_event"]], plan.visits.weeks, window_days=width)
    added = []
    if len(governed):
        lost = follow_up(open_[open_["after_event"]], plan.visits.weeks, window_days=width)
        due = carry.due(units, governed, lost, _grid(open_, plan), per_week=1.0 if trial else 7.0, today=today)
        added = carry.added(due, later, open_[~open_["after_event"]], vocabulary)
    whole = _with_change(first, pd.concat([later, *added], ignore_index=True), vocabulary)
    return _ordered(whole, units, vocabulary, trial=trial), flow.reading_steps(_fates(judged, first, later))


def _grid(readings: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Every outcome that was read with every visit of the plan."""
    outcomes = sorted(readings["outcome"].unique())
    weeks = [float(week) for week in plan.visits.weeks]
    return pd.MultiIndex.from_product([outcomes, weeks], names=["outcome", "visit"]).to_frame(index=False)


def _ordered(whole: pd.DataFrame, units: pd.DataFrame, vocabulary: Vocabulary, *, trial: bool) -> pd.DataFrame:
    rank = {name: i for i, name in enumerate(vocabulary.outcomes)}
    whole = onto(whole, units, MEMBER).assign(rank=whole["outcome"].map(rank))
    whole["day"] = np.nan if trial else whole["rel"]
    table = whole.sort_values(["rank", "patient", "side", "body_site", "unit", "visit"])[list(COLUMNS)]
    return table.reset_index(drop=True)


def _baseline_rows(judged: pd.DataFrame, vocabulary: Vocabulary, window: int | None) -> pd.DataFrame:
    based = [o.id for o in vocabulary.outcomes.values() if o.baseline == "before" or o.baseline_when_measured]
    found = baselines(judged[judged["outcome"].isin(based)], window_days=window)
    return found.assign(visit=0.0, days_since_session=np.nan, hours_since_session=np.nan)


def _with_change(first: pd.DataFrame, later: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    base = first[["unit", "outcome", "value"]].rename(columns={"value": "baseline"})
    whole = pd.concat([first, later], ignore_index=True).merge(base, on=["unit", "outcome"], how="left")
    whole["change"] = whole["value"] - whole["baseline"]
    ruled = responders(whole, vocabulary)
    fixed = whole["responder"] if "responder" in whole else pd.Series(np.nan, index=whole.index)
    whole["responder"] = fixed.astype(float).fillna(ruled)
    return whole


def _fates(judged: pd.DataFrame, first: pd.DataFrame, later: pd.DataFrame) -> list[tuple[str, int, str]]:
    """Every reading of the analysed units once: used, or why not."""
    before, washed, after = judged["before"], judged["washed"], judged["after_event"]
    candidates = int((before & washed).sum())
    open_ = int((~before & washed & ~after).sum())
    used, at_visit = int(first["n_readings"].sum()), int(later["n_readings"].sum())
    in_window = int(later["readings"].sum())
    return [
        ("washout", int((~washed).sum()), "too soon after a session for this measurement"),
        ("after_event", int((~before & washed & after).sum()), "after an event that the plan does not look beyond"),
        ("not_baseline", candidates - used, "before the first treatment, but not the last reading or too old"),
        ("no_visit", open_ - in_window, "at no visit of the plan"),
        ("not_nearest", in_window - at_visit, "another reading lay nearer to the visit"),
        ("at_baseline", used, ""),
        ("at_visit", at_visit, ""),
    ]
