"""From accepted rows and a plan to the Cohort: who is compared on what (statistics.md 1 and 2, to the letter)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Sifted
from analytics.domain.plan import Plan
from analytics.intake import covariates, design, eligibility, events, flow
from analytics.intake.courses import session_counts, starts
from analytics.intake.peel import depth_at_start
from analytics.intake.plans import resolve
from analytics.intake.records import EPOCH, Records, prepare
from analytics.intake.table import analysis_table
from analytics.intake.units import candidates, covering, unit_readings

#: Columns of members beside the covariates, for the sections on the consultation, safety and subgroups.
DESCRIBED = (
    "age", "sex", "skin_type", "fitzpatrick", "indication", "concerns", "recommended_treatment", "instructions_given",
    "instructions_followed", "provider_id", "device_id", "adjunct", "sun_exposure_14d", "product_stop_days",
)  # fmt: skip
STATED = (
    "a row with a treatment and scores is read as scored before that treatment, unless it says otherwise",
    "treatments before the first row of the file are unknown",
)


@dataclass(frozen=True, eq=False)
class Placed:
    """Treated units with their time zero, the readings that belong to them and the sessions that reach them."""

    units: pd.DataFrame
    readings: pd.DataFrame
    sessions: pd.DataFrame


def derive(sifted: Sifted, plan: Plan | None = None, *, planned: bool | None = None) -> Cohort:
    """The cohort of ``sifted`` under ``plan`` (None: the default plan, and not ``planned``). Raises PlanRefused."""
    resolved = resolve(plan, sifted)
    plan = resolved.plan
    cutoff = pd.Timestamp(plan.data.cutoff) if plan.data.cutoff is not None else None
    today = np.inf if cutoff is None else float((cutoff - EPOCH).days)
    records = prepare(sifted, cutoff=cutoff)
    placed = place(records, plan.arms)
    reason = design.exclusions(placed.units, sifted, records, plan)
    units = placed.units[reason == ""]
    happened = _events(units, placed, records, plan, today)
    members, kinds, notes = _members(units, placed, happened, sifted, records, plan)
    table, used = analysis_table(
        units, placed.readings, placed.sessions, happened, sifted.vocabulary, plan, style=sifted.style, today=today
    )
    used = [*flow.unplaced(records, placed.readings, units), *used]
    steps = [
        *flow.row_steps(sifted, records),
        *flow.patient_steps(records, placed.units, reason, plan.arms),
        *flow.without_number(members, kinds, plan.arms),
        *used,
    ]
    return Cohort(
        members=members,
        table=table,
        flow=flow.frame(steps),
        covariates=kinds,
        plan=plan,
        sifted=sifted,
        excluded=_excluded(records, placed.units, reason),
        eligibility=eligibility.assess(sifted),
        notes=(*resolved.notes, *notes, *_statements(sifted, members)),
        planned=resolved.planned if planned is None else planned,
        style=sifted.style,
    )


def place(records: Records, arms: tuple[str, ...]) -> Placed:
    """Every unit that one of ``arms`` reached, with its time zero, readings and sessions; nobody is left out yet."""
    found = candidates(records, arms)
    sessions = covering(found, records.sessions)
    begun = starts(sessions, arms=arms, style=records.style)
    treated = found.join(begun, how="inner")
    readings = unit_readings(treated, records)
    units = design.arrange(treated, readings)
    mine = readings["unit"].isin(units.index)
    return Placed(units, readings[mine], sessions[sessions["unit"].isin(units.index)])


def _events(units: pd.DataFrame, placed: Placed, records: Records, plan: Plan, today: float) -> pd.DataFrame:
    said = records.rows[records.rows["intercurrent_event"] != ""]
    sessions = placed.sessions[placed.sessions["unit"].isin(units.index)]
    return events.events(units, sessions, covering(units, said), said, plan=plan, today=today, style=records.style)


def _members(
    units: pd.DataFrame, placed: Placed, happened: pd.DataFrame, sifted: Sifted, records: Records, plan: Plan
) -> tuple[pd.DataFrame, Mapping[str, str], tuple[str, ...]]:
    described = [name for name in DESCRIBED if covariates.in_data(name, sifted)]
    columns = [n for n in dict.fromkeys([*plan.covariates, *plan.subgroups, *described]) if n != "clinic_id"]
    members = pd.DataFrame(
        {
            "patient": units["patient"],
            "patient_id": units["patient"].map(_first_of(records.rows, "patient_id")),
            "clinic_id": _clinic(units["clinic_id"]),
            "unit": units.index.astype(object),
            "side": units["side"],
            "body_site": units["body_site"],
            "arm": units["arm"],
            "design": units["design"],
            "start": _as_date(units["start"], records.style),
            "sessions": _sessions(units, placed, records.style, plan),
            "planned_sessions": units["planned_sessions"],
        },
        index=units.index,
    )
    members = members.join(events.summary(happened, units))
    members = members.join(covariates.known(units, columns, sifted, records))
    members["peel_depth"] = depth_at_start(units, placed.sessions, sifted)
    ordered = members.reset_index(drop=True).sort_values(["patient", "side", "body_site", "unit"], ignore_index=True)
    kinds, notes = covariates.in_force(ordered, plan.covariates, sifted.vocabulary)
    return ordered, kinds, notes


def _clinic(clinic: pd.Series) -> pd.Series:
    """Clinic of the first session; ``unknown`` where others have one, "" where nobody has."""
    return clinic.fillna(covariates.UNKNOWN if clinic.notna().any() else "").astype(object)


def _sessions(units: pd.DataFrame, placed: Placed, style: str, plan: Plan) -> pd.Series:
    """Sessions of the first course; a file with visit numbers does not say how many there were (NaN)."""
    if style == "trial":
        return pd.Series(np.nan, index=units.index)
    return session_counts(placed.sessions, units, gap_days=plan.course.gap_days)


def _as_date(day: pd.Series, style: str) -> pd.Series:
    if style != "dated":
        return pd.Series(pd.NaT, index=day.index).astype("datetime64[ns]")
    return (EPOCH + pd.to_timedelta(day, unit="D")).astype("datetime64[ns]")


def _first_of(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows.sort_values(["patient", column]).groupby("patient")[column].first()


def _excluded(records: Records, units: pd.DataFrame, reason: pd.Series) -> pd.DataFrame:
    """Patient and reason of everybody who is not in the primary analysis."""
    fate = flow.fates(units.assign(reason=reason))
    untreated = sorted(set(records.rows["patient"]) - set(units["patient"]))
    out = [(p, "after_cutoff") for p in records.late_patients] + [(p, "no_treatment") for p in untreated]
    out += [(patient, why) for patient, why in fate.items() if why]
    return pd.DataFrame(sorted(out), columns=["patient", "reason"]).astype(object)


def _statements(sifted: Sifted, members: pd.DataFrame) -> tuple[str, ...]:
    """What is taken for granted, and what these data cannot tell apart."""
    split = members[members["design"] == "split_face"]
    places = split.assign(place=split["side"] + split["body_site"]).groupby("arm")["place"].nunique()
    fixed = sorted(places[places == 1].index) if split["side"].nunique() + split["body_site"].nunique() > 2 else []
    tied = tuple(f"{arm} always lies on one side: it cannot be told apart from that side" for arm in fixed)
    return (*(STATED if sifted.style != "trial" else ()), *tied)
