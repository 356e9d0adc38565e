"""Dates of a rule: both changes of the clock, months without a 31st, leap days, holidays, the first in a period."""

from __future__ import annotations

import datetime as dt

import pytest
from export_rooms import at

from analytics.schedule.rule import Rule, fault, said


def dates(cron: str, start: str, until: str, **more: object) -> list[str]:
    rule = Rule(cron, zone="Europe/Rome", **more)  # type: ignore[arg-type]
    return [rule.local(one).isoformat(timespec="minutes") for one in rule.dates(at(start), at(until))]


def test_an_hour_that_is_skipped_comes_right_after() -> None:
    assert dates("30 2 * * *", "2026-03-28T00:00", "2026-03-30T12:00") == [
        "2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00",
    ]  # fmt: skip


def test_an_hour_that_comes_twice_counts_once_for_a_daily_rule() -> None:
    assert dates("30 2 * * *", "2026-10-24T12:00", "2026-10-26T12:00") == [
        "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00",
    ]  # fmt: skip


@pytest.mark.parametrize("minutes", range(0, 240, 15))
def test_from_any_moment_of_the_night_the_dates_are_the_same(minutes: int) -> None:
    """A call between the two equal hours neither repeats nor loses one."""
    rule = Rule("30 2 * * *", zone="Europe/Rome")
    start, end = at("2026-10-24T23:00"), at("2026-10-26T12:00")
    cut = start + dt.timedelta(minutes=minutes)
    parts = [*rule.dates(start, cut), *rule.dates(cut + dt.timedelta(seconds=1), end)]
    assert parts == list(rule.dates(start, end))


def test_every_half_hour_counts_both_equal_hours() -> None:
    assert len(dates("*/30 * * * *", "2026-10-24T22:00", "2026-10-25T22:59")) == 50


def test_months_without_a_31st_and_the_last_day() -> None:
    assert [d[:10] for d in dates("0 6 31 * *", "2026-01-01", "2026-06-01")] == [
        "2026-01-31", "2026-03-31", "2026-05-31",
    ]  # fmt: skip
    assert [d[:10] for d in dates("0 6 L * *", "2028-01-01", "2028-03-15")] == ["2028-01-31", "2028-02-29"]


def test_leap_days() -> None:
    assert [d[:10] for d in dates("0 6 29 2 *", "2026-01-01", "2034-01-01")] == ["2028-02-29", "2032-02-29"]


def test_the_first_working_day_of_the_month() -> None:
    found = dates("0 6 * * 1-5", "2026-04-15", "2026-09-01", first_in="month", holidays=("2026-05-01", "2026-06-01"))
    assert [d[:10] for d in found] == ["2026-05-04", "2026-06-02", "2026-07-01", "2026-08-03"]


@pytest.mark.parametrize(("period", "wanted"), [("week", 52), ("month", 12), ("quarter", 4), ("year", 1)])
def test_one_in_each_period(period: str, wanted: int) -> None:
    assert len(dates("0 6 * * *", "2026-01-01T00:00+01:00", "2026-12-31T23:00+01:00", first_in=period)) == wanted


def test_the_first_of_a_month_that_has_begun_is_not_the_next() -> None:
    assert dates("0 6 * * 1-5", "2026-03-10", "2026-03-31", first_in="month") == []


@pytest.mark.parametrize(
    "cron", ["0 6 1W * *", "* * * * * *", "0 6 30 2 *", "@daily", "0 6 * *", "60 6 * * *", "", "L"]
)
def test_lines_that_are_refused(cron: str) -> None:
    assert fault(cron)


def test_a_rule_in_words() -> None:
    told = said(Rule("0 6 * * 1-5", "month", ("2026-05-01",), "Europe/Rome"))
    assert told == (
        "At 06:00 on Monday through Friday, only the first such date of each month, never on 1 holiday (Europe/Rome)"
    )
    assert "31st day" in said(Rule("0 6 31 * *"))
    assert "11th" in said(Rule("0 6 11 * *"))
