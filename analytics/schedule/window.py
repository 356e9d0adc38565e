"""The courses of a report: those whose primary visit falls in the window, told to the plan as days of start."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from analytics.domain.documents import dump
from analytics.domain.plan import Plan
from analytics.domain.plan_file import load_plan
from analytics.schedule.config import WINDOW, DataOf

Span = tuple[dt.date, dt.date]


def span_of(window: str, day: dt.date) -> Span | None:
    """First and last day of a window at a due day, both included; None for all.

    Months are the whole calendar months before the month of ``day``; weeks and days end on the day before it.
    """
    found = re.fullmatch(WINDOW, window)
    if found is None or found[1] is None:
        return None
    count = int(found[1])
    if found[2] == "months":
        last = day.replace(day=1) - dt.timedelta(days=1)
        months = day.year * 12 + day.month - 1 - count
        return dt.date(months // 12, months % 12 + 1, 1), last
    days = count * (7 if found[2] == "weeks" else 1)
    return day - dt.timedelta(days=days), day - dt.timedelta(days=1)


def said_span(span: Span | None) -> str:
    return "all courses" if span is None else f"courses whose primary visit falls from {span[0]} to {span[1]}"


def start_span(span: Span, plan: Plan) -> Span:
    """The days of start whose primary visit, counted in whole weeks from it, falls in ``span``."""
    ahead = dt.timedelta(days=round(7 * plan.visits.last))
    return span[0] - ahead, span[1] - ahead


def write_plan(plan_file: Path, data: DataOf, day: dt.date, target: Path) -> Path:
    """The plan of a date: the clinic's, with the courses of the window. The same keys count as written by a person."""
    plan = load_plan(plan_file)
    if data.whole:
        return plan_file
    told = plan.model_dump(mode="json", by_alias=True, exclude_unset=True)
    chosen = dict(told.get("data") or {})
    span = span_of(data.window, day)
    if span is not None:
        start, end = start_span(span, plan)
        chosen |= {"from": start.isoformat(), "to": end.isoformat()}
    if data.clinics != "all":
        chosen["clinics"] = list(data.clinics)
    target.write_text(dump({**told, "data": chosen}), encoding="utf-8")
    return target
