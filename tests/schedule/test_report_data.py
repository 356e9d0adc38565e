"""Of which data a date's report is made: the window by the primary visit, and the store as it was then."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from export_rooms import at

import analytics as oc
from analytics.deliver.order import REPORTS
from analytics.domain.plan_file import load_plan
from analytics.schedule.calling import Due
from analytics.schedule.config import DataOf
from analytics.schedule.first_words import MAIN, PAGES, title_and_headline, told_of
from analytics.schedule.maker import measured, new_rows, version_at
from analytics.schedule.window import said_span, span_of, start_span, write_plan

DAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("window", "day", "span"),
    [
        ("last_3_months", DAY, ("2025-12-01", "2026-02-28")),
        ("last_1_months", dt.date(2028, 3, 31), ("2028-02-01", "2028-02-29")),
        ("last_14_months", dt.date(2026, 1, 31), ("2024-11-01", "2025-12-31")),
        ("last_2_weeks", DAY, ("2026-02-16", "2026-03-01")),
        ("last_90_days", DAY, ("2025-12-02", "2026-03-01")),
    ],
)
def test_the_days_of_a_window(window: str, day: dt.date, span: tuple[str, str]) -> None:
    found = span_of(window, day)
    assert found is not None
    assert (found[0].isoformat(), found[1].isoformat()) == span
    assert said_span(found).endswith(f"from {span[0]} to {span[1]}")


def test_the_windows_of_following_months_share_no_course_and_lose_none(tmp_path: Path) -> None:
    (tmp_path / "plan.yml").write_text("visits: {weeks: [4, 10]}\nprimary: [texture_grade]\n")
    plan = load_plan(tmp_path / "plan.yml")
    spans = [start_span(span_of("last_1_months", dt.date(2026, m, 1)), plan) for m in range(1, 13)]  # type: ignore[arg-type]
    assert all(b[0] - a[1] == dt.timedelta(days=1) for a, b in pairwise(spans))
    assert spans[2] == (dt.date(2026, 2, 1) - dt.timedelta(weeks=10), dt.date(2026, 2, 28) - dt.timedelta(weeks=10))


def test_the_plan_of_a_date_keeps_what_a_person_wrote_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "plan.yml").write_text("title: Ours\nprimary: [texture_grade]\ndata: {cutoff: 2026-02-20}\n")
    data = DataOf(window="last_1_months", clinics=["north"])
    made = load_plan(write_plan(tmp_path / "plan.yml", data, DAY, tmp_path / "made.yml"))
    assert made.model_fields_set == {"title", "primary", "data"}
    assert (made.data.start, made.data.end) == (dt.date(2025, 11, 9), dt.date(2025, 12, 6))
    assert (made.data.clinics, made.data.cutoff) == (("north",), dt.date(2026, 2, 20))
    assert write_plan(tmp_path / "plan.yml", DataOf(), DAY, tmp_path / "x.yml") == tmp_path / "plan.yml"


VERSIONS = [
    {"version": 1, "at": "2026-02-01T08:00:00Z", "new": 50},
    {"version": 2, "at": "2026-03-02T04:59:59Z", "new": 3, "changed": 2, "unchanged": 40},
    {"version": 3, "at": "2026-03-02T05:00:01Z", "new": 7},
]


@pytest.mark.parametrize(
    ("due", "late", "version"),
    [
        ("2026-03-02T05:00", False, 2),
        ("2026-03-02T05:00", True, 2),
        ("2026-03-09T05:00", False, 3),
        ("2026-01-01T05:00", True, 1),
        ("2026-01-01T05:00", False, 3),
    ],
)
def test_the_store_as_it_was_then(due: str, late: bool, version: int) -> None:
    assert version_at(VERSIONS, Due(at(due), DAY, late)) == version


def test_rows_that_are_new_or_changed_since_the_report_before() -> None:
    assert [new_rows(VERSIONS, before, 3) for before in (None, 1, 2, 3)] == [62, 12, 7, 0]


def test_what_the_gates_look_at_ends_with_the_due_day() -> None:
    days = pd.to_datetime(["2026-02-01", "2026-03-02 17:00", "2026-03-03", "2026-04-01"], format="ISO8601")
    rows = pd.DataFrame({"session_date": days, "clinic_id": ["north", "north", "north", "south"]})

    sifted = SimpleNamespace(sessions=rows, rows={"received": 9, "quarantined": 2})
    found = measured(sifted, DAY)  # type: ignore[arg-type]
    assert found == {"received": 9, "aside": 2, "last": "2026-03-02", "clinics": {"north": "2026-03-02", "south": ""}}


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        (("safety_review", "effectiveness_review"), "effectiveness_review"),
        (("safety_review", "data_quality"), "safety_review"),
    ],
)
def test_the_report_that_title_and_headline_are_of(reports: tuple[str, ...], told: str) -> None:
    assert told_of(reports) == told
    assert {MAIN, *PAGES} == {*REPORTS}


def test_title_and_headline_are_those_of_the_page_that_is_sent() -> None:
    sifted = oc.validate(oc.example(patients=40))
    run = oc.analyse(sifted, oc.plan(sifted).model_copy(update={"title": "Quarter"}))
    title, headline = title_and_headline(run, MAIN)
    assert title == "Quarter"
    assert "texture" in headline.lower() or "treatments" in headline
    assert title_and_headline(run, "safety_review")[0] == "Safety review"
    assert "serious adverse event" in title_and_headline(run, "safety_review")[1].lower()
    assert title_and_headline(run, "data_quality")[0] == "Data quality"
    assert "row" in title_and_headline(run, "data_quality")[1]
