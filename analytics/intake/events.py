"""Intercurrent events after time zero, recorded or derived, and what the plan does about them (ICH E9 R1)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.domain.plan import EVENTS, Plan
from analytics.intake.records import onto

# Order within a day: before its readings, between readings and session, after everything.
EARLY, MIDDLE, LATE = -1e-4, 5e-4, 9e-4
AFTER_SESSION = 6e-4
#: Events that concern the whole patient, on whichever side they were written down.
EVERYWHERE = ("new_skin_drug", "pregnancy")
STRATEGY_ORDER = ("composite", "while_on_treatment", "hypothetical")
COLUMNS = ["unit", "event", "moment"]


def events(
    units: pd.DataFrame,
    sessions: pd.DataFrame,
    covered: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    plan: Plan,
    today: float,
    style: str,
) -> pd.DataFrame:
    """Events of ``units`` after time zero: unit, event, moment (day with its order within the day).

    ``sessions``: unit x session pairs; ``covered``: unit x row pairs of ``rows``, the records that tell of an event;
    ``today``: day of the cut-off.
    """
    found = [_recorded(units, covered, rows, style)]
    if style != "trial":
        found.append(_switches(units, sessions))
    if style == "dated":
        found.append(_stops(units, sessions, gap_days=plan.course.gap_days, today=today))
    whole = pd.concat(found, ignore_index=True)
    return whole.sort_values(COLUMNS).drop_duplicates(["unit", "event"]).reset_index(drop=True)


def _recorded(units: pd.DataFrame, covered: pd.DataFrame, rows: pd.DataFrame, style: str) -> pd.DataFrame:
    """What was written down. Without a date of its own, a switch or stop was decided after that row's readings, any
    other event had happened when they were taken."""
    said = covered[covered["intercurrent_event"] != ""]
    wide = rows[rows["intercurrent_event"].isin(EVERYWHERE)].merge(units[["patient"]].reset_index(), on="patient")
    said = onto(pd.concat([said, wide[[c for c in said.columns if c in wide]]], ignore_index=True), units, ["start"])
    dated = said["event_day"].notna()
    decided = said["intercurrent_event"].isin(["switch", "stop"])
    order = pd.Series(EARLY, index=said.index).where(~(dated | decided), LATE)
    said = said.assign(on=said["event_day"].where(dated, said["day"]), event=said["intercurrent_event"])
    said["moment"] = said["on"] + order
    later = said["on"] > said["start"] if style == "trial" else said["on"] >= said["start"]
    return said[later][COLUMNS]


def _switches(units: pd.DataFrame, sessions: pd.DataFrame) -> pd.DataFrame:
    """A later session of any other treatment on the unit's skin."""
    later = onto(sessions, units, ["start", "arm"])
    later = later[(later["day"] > later["start"]) & (later["treatment"] != later["arm"])]
    return later.assign(event="switch", moment=later["day"] + MIDDLE)[COLUMNS]


def _stops(units: pd.DataFrame, sessions: pd.DataFrame, *, gap_days: int, today: float) -> pd.DataFrame:
    """No session for ``gap_days`` before the cut-off and fewer than planned: stopped on the day of the last session."""
    given = onto(sessions, units, ["start", "arm"])
    given = given[given["day"] >= given["start"]]
    last = given.groupby("unit")["day"].max()
    own = given[given["treatment"] == given["arm"]].groupby("unit")["day"].nunique()
    planned = units["planned_sessions"].reindex(last.index)
    stopped = last[(today - last > gap_days) & (own.reindex(last.index).fillna(0) < planned)]
    return pd.DataFrame({"unit": stopped.index, "event": "stop", "moment": stopped.to_numpy() + LATE})


def governing(found: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """The earliest event of each unit that changes what is analysed; index unit; strategy, event, moment.

    Every later reading is governed by it; of two at one moment: composite, while_on_treatment, hypothetical.
    """
    strategy: Mapping[str, str] = {event: getattr(plan.intercurrent, event) for event in EVENTS}
    frame = found.assign(strategy=found["event"].map(strategy))
    frame = frame[frame["strategy"].isin(STRATEGY_ORDER)]
    frame = frame.assign(rank=frame["strategy"].map({name: i for i, name in enumerate(STRATEGY_ORDER)}))
    frame = frame.sort_values(["unit", "moment", "rank", "event"]).drop_duplicates("unit")
    return frame.set_index("unit")[["strategy", "event", "moment"]]


def is_after(judged: pd.DataFrame, governed: pd.DataFrame) -> pd.Series:
    """Readings taken after the governing event of their unit."""
    moment = judged["unit"].map(governed["moment"]).astype(float)
    taken = judged["day"] + judged["late_in_day"].astype(float) * AFTER_SESSION
    return ~judged["before"] & (taken > moment)


def summary(found: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Per unit: events (";"-joined in the order of the plan), switched, stopped."""
    rank = {event: i for i, event in enumerate(EVENTS)}
    ordered = found.assign(rank=found["event"].map(rank)).sort_values(["unit", "rank"])
    joined = ordered.groupby("unit")["event"].agg(";".join).reindex(units.index, fill_value="")
    said = {event: set(found.loc[found["event"] == event, "unit"]) for event in ("switch", "stop")}
    return pd.DataFrame(
        {
            "events": joined.astype(object),
            "switched": units.index.isin(said["switch"]),
            "stopped": units.index.isin(said["stop"]),
        },
        index=units.index,
    )
