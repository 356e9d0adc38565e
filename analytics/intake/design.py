"""Parallel or split-face, and which units stay out of the primary analysis and why (statistics.md 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.domain.dataset import Sifted
from analytics.domain.plan import Plan
from analytics.intake.records import Records, contains, day_number, number, text, touches

#: Reasons a treated patient is left out, in the order in which they are looked at.
REASONS: Mapping[str, str] = {
    "outside_dates": "the first treatment lies outside the dates of the plan",
    "other_clinic": "treated at a clinic that the plan leaves out",
    "set_aside_session": "a row that was set aside may have been an earlier treatment",
    "two_arms": "different treatments at different visits, so no single arm",
    "combined": "two treatments on the same skin on the first day",
    "prevalent": "treatment had begun before: a later session number, or a treatment in the half year before",
    "unequal_start": "the sides were first treated on different days, so they are no pair",
}


def arrange(units: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Give every treated unit its design; units that stand for no skin of their own are left out.

    Out go units of a split-face patient that are of two arms at once (no side named), and units that were never read
    beside one of the same arm that was.
    """
    # Skin given two arms at once is not skin given one of them: which the plan names first must not decide.
    treated = units.groupby("patient")["given"].transform("nunique")
    units = units.assign(design=(treated > 1).map({True: "split_face", False: "parallel"}).astype(object))
    units = units[~of_two_arms(units)]
    units = units.assign(read=units.index.isin(readings["unit"].unique()))
    kept = units["read"] | ~units.groupby(["patient", "arm"])["read"].transform("any")
    return units[kept].drop(columns="read").sort_index()


def of_two_arms(units: pd.DataFrame) -> pd.Series:
    """Units that hold skin of different arms: readings there belong to no arm."""
    split = units[(units["design"] == "split_face") & (units["own_arm"] == "")].reset_index()
    pairs = split.merge(split[["patient", "side", "body_site", "arm"]], on="patient", suffixes=("", "_other"))
    holds = contains(pairs["side"], pairs["body_site"], pairs["side_other"], pairs["body_site_other"])
    mixed = pairs[holds].groupby("unit")["arm_other"].nunique() > 1
    return pd.Series(units.index.isin(mixed[mixed].index), index=units.index)


def exclusions(units: pd.DataFrame, sifted: Sifted, records: Records, plan: Plan) -> pd.Series:
    """The reason that keeps each unit out of the primary analysis, "" where none does; a side takes its pair along."""
    split = units["design"] == "split_face"
    unequal = units.groupby("patient")["start"].transform("nunique") > 1
    flags = {
        "outside_dates": _outside_dates(units, records.style, plan),
        "other_clinic": _elsewhere(units, plan),
        "set_aside_session": set_aside(units, sifted, records),
        "two_arms": units["two_arms"],
        "combined": units["combined"],
        "prevalent": units["prevalent"],
        "unequal_start": split & unequal,
    }
    reason = pd.Series("", index=units.index, dtype=object)
    for name in REASONS:
        flag = flags[name].astype(bool)
        whole_pair = flag.groupby(units["patient"]).transform("any") & split
        reason = reason.where((reason != "") | ~(flag | whole_pair), name)
    return reason


def _outside_dates(units: pd.DataFrame, style: str, plan: Plan) -> pd.Series:
    out = pd.Series(False, index=units.index)
    if style != "dated":
        return out
    limits = day_number(pd.Series([pd.Timestamp(d) if d else pd.NaT for d in (plan.data.start, plan.data.end)]))
    return (units["start"] < limits[0]) | (units["start"] > limits[1])


def _elsewhere(units: pd.DataFrame, plan: Plan) -> pd.Series:
    if plan.data.clinics is None:
        return pd.Series(False, index=units.index)
    return ~units["clinic_id"].isin(plan.data.clinics)


def set_aside(units: pd.DataFrame, sifted: Sifted, records: Records) -> pd.Series:
    """Units whose start may not be the first session: a row set aside, at or before it or undated, may be a treatment.

    Not where an accepted row shows the same patient, day, side and treatment; never in files with visit numbers.
    """
    flagged = pd.Series(False, index=units.index)
    rows = _possible_sessions(sifted, records)
    if rows is None or rows.empty:
        return flagged
    pairs = (
        units[["patient", "side", "body_site", "start"]]
        .reset_index()
        .merge(rows.rename(columns={"side": "row_side", "body_site": "row_site"}), on="patient")
    )
    reach = touches(pairs["side"], pairs["body_site"], pairs["row_side"], pairs["row_site"])
    early = pairs["day"].isna() | (pairs["day"] <= pairs["start"])
    return pd.Series(units.index.isin(pairs.loc[reach & early, "unit"].unique()), index=units.index)


def _possible_sessions(sifted: Sifted, records: Records) -> pd.DataFrame | None:
    frame = sifted.rejected_sessions
    if frame is None or frame.empty or sifted.style == "trial":
        return None
    if "readable_patient" in frame:
        frame = frame[frame["readable_patient"].fillna(False).astype(bool)]
    if "possible_treatment" in frame:  # False: the line says that nothing was done, only readings were taken
        frame = frame[frame["possible_treatment"].fillna(True).astype(bool)]
    rows = pd.DataFrame({"patient": frame["patient"].astype(str).astype(object)})
    for column in ("side", "body_site", "treatment"):
        rows[column] = text(frame, column)
    if sifted.style == "dated":
        dated = "session_date" in frame
        rows["day"] = day_number(frame["session_date"]) if dated else float("nan")
    else:
        rows["day"] = number(frame, "study_day")
    key = ["patient", "day", "side", "treatment"]
    shown = records.sessions[key].drop_duplicates()
    matched = rows.merge(shown, on=key, how="left", indicator=True)["_merge"].to_numpy() == "both"
    return rows[~matched]
